"""How every command reads an order: what its sender wrote for people is told, since no label says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liquidose.cli.showing import say

if TYPE_CHECKING:
    from liquidose.cautions import Caution
    from liquidose.orders.order import Order


def order_in(path: str) -> Order:
    """The order in a file; its sender's notes go to standard error, apart from what a command writes.

    Raises:
        LiquidoseError: as load_order does.
    """
    from liquidose.orders.loading import load_order  # noqa: PLC0415  (the heavy rooms are entered only here)

    notes: list[Caution] = []
    order = load_order(path, notes=notes)
    for note in notes:
        say(f"Note: {note.text}", error=True)
    return order
