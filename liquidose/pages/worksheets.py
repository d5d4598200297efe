"""What a design of kind ``worksheet`` must show, being the one kind that may go without the direction."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

EVERY_WORKSHEET: Final = frozenset({"drug", "order_as_typed"})
"""What every worksheet shows, those with the answers left blank too."""
TELL_NO_ANSWER: Final = EVERY_WORKSHEET | {
    "patient", "pharmacy", "document", "id", "copy", "lot", "expiry",
}  # fmt: skip
"""What a worksheet may show to a person who has yet to work the dose out."""
WITH_THE_ANSWER: Final = frozenset({"cautions", "notes", "overrides"})
"""What stands on a worksheet that shows anything else: what was doubted, and who passed it."""


def keeps_a_worksheet_whole(fields: Collection[str], left_out: Collection[str]) -> None:
    """Nothing comes out if a worksheet with these fields hides nothing that its reader needs.

    Raises:
        ValueError: it names what it leaves out, or lacks what it must show.
    """
    if left_out:
        raise ValueError("a worksheet needs no left_out: it shows the fields it names")
    answers = set(fields) - TELL_NO_ANSWER
    lacking = EVERY_WORKSHEET - set(fields)
    if answers:
        lacking |= WITH_THE_ANSWER - set(fields)
    if lacking:
        also = f", for it shows {', '.join(sorted(answers - lacking))}" if answers else ""
        raise ValueError(f"a worksheet must show {', '.join(sorted(lacking))}{also}")
