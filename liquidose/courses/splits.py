"""A day's volume in doses that a syringe can be set to and that add up to it exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from liquidose.devices.unmeasurable import millilitres
from liquidose.errors import ChangeTheDevice


def split_day(
    day_ml: Fraction,
    times: tuple[str, ...],
    *,
    steps_ml: Iterable[Fraction],
    on_a_line: Callable[[Fraction], bool],
    largest_at: str | None = None,
) -> dict[str, Fraction]:
    """The volume at each time: equal ones, and what the lines leave over at ``largest_at``.

    The finest step of the stocked syringes on which every dose lies is taken. Without ``largest_at`` the doses
    are as even as its lines allow, the larger ones first.

    Raises:
        ChangeTheDevice: on no stocked syringe do doses add up to the day's volume.
    """
    for step in sorted(set(steps_ml)):
        lines = day_ml / step
        if lines.denominator != 1 or lines < len(times):
            continue
        even, more = divmod(int(lines), len(times))
        sizes = {
            time: step * (even + (place < more if largest_at is None else more * (time == largest_at)))
            for place, time in enumerate(times)
        }
        if all(map(on_a_line, set(sizes.values()))):
            return sizes
    raise ChangeTheDevice(
        f"{millilitres(day_ml)} a day cannot be split into {len(times)} doses that lie on lines of the stocked syringes "
        "and add up to it.",
        "Order a day's dose that can, or stock a syringe with finer lines.",
        given=millilitres(day_ml),
    )
