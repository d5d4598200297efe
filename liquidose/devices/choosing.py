"""The choice of syringe and draws, by the rule, in whole numbers.

Marks are counted in whole parts of a millilitre small enough to make every one of them whole, and a volume is a whole
number divided by another, so that the choice is exact and quick at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm
from typing import Final, NamedTuple

from liquidose.devices.limits import Limits
from liquidose.devices.syringes import Syringe
from liquidose.devices.tolerance import permille


class Bounds(NamedTuple):
    """What the total must not fall below or pass: the stated minimum and maximum, as volumes."""

    least_ml: Fraction | None = None
    most_ml: Fraction | None = None

    def tighten(self, least: int, most: int, parts: int) -> tuple[int, int]:
        """The tighter of these and of two other bounds in whole parts of a mL.

        A total is a whole number of parts, so that a bound between two of them is the one inside.
        """
        if self.least_ml is not None:
            whole, part = self.least_ml.as_integer_ratio()
            least = max(least, -(-whole * parts // part))
        if self.most_ml is not None:
            whole, part = self.most_ml.as_integer_ratio()
            most = min(most, whole * parts // part)
        return least, most


NO_BOUNDS: Final = Bounds()


class Setting(NamedTuple):
    """One thing that a syringe can be set to, once or several times."""

    syringe: Syringe
    draws: tuple[Fraction, ...]
    """In mL, as the two that follow."""
    total: Fraction
    tolerance: Fraction
    capacity_parts: int
    total_parts: int
    tolerance_parts: int
    """In thousandths of the scale's parts."""


class Scale(NamedTuple):
    """A syringe's marks in whole parts of a mL, so that choosing is exact and quick in integers."""

    syringe: Syringe
    parts: int
    """In 1 mL."""
    capacity: int
    step: int
    extra: tuple[int, ...]
    permille: tuple[int, int, int]
    settings: dict[tuple[int, ...], Setting]
    """Those that were asked for before, by their draws; a scale has few lines."""

    def tolerance(self, mark: int) -> int:
        """A thousand times the tolerance at a mark, in the scale's parts."""
        of_capacity, of_dose, from_half = self.permille
        return mark * from_half if mark * 2 >= self.capacity else self.capacity * of_capacity + mark * of_dose

    def nearest(self, volume: int, share: int, least: int, most: int) -> int | None:
        """The mark nearest to volume ÷ share, the smaller of two as near, within bounds; None if there is none."""
        step = self.step
        low = step if least <= step else -(-least // step) * step
        high = self.capacity if most >= self.capacity else most // step * step
        near: int | None = None
        if low <= high:
            below = volume // (share * step) * step
            above = below + step
            if below < low:
                near = low
            elif above > high:
                near = high
            else:
                near = below if 2 * volume <= (below + above) * share else above
        for mark in self.extra:
            if least <= mark <= most and (
                near is None or (abs(volume - mark * share), mark) < (abs(volume - near * share), near)
            ):
                near = mark
        return near

    def nearest_ml(self, ml: Fraction, bounds: Bounds) -> Fraction | None:
        """The same of a volume in mL and the stated bounds alone."""
        volume, share = ml.as_integer_ratio()
        mark = self.nearest(volume * self.parts, share, *bounds.tighten(0, self.capacity, self.parts))
        return None if mark is None else Fraction(mark, self.parts)

    def set_to(self, draws: tuple[int, ...]) -> Setting:
        """The setting with these draws, each on a mark."""
        found = self.settings.get(draws)
        if found is None:
            parts, total, tolerance = self.parts, sum(draws), sum(map(self.tolerance, draws))
            found = self.settings[draws] = Setting(
                syringe=self.syringe,
                draws=tuple(Fraction(draw, parts) for draw in draws),
                total=Fraction(total, parts),
                tolerance=Fraction(tolerance, parts * 1000),
                capacity_parts=self.capacity,
                total_parts=total,
                tolerance_parts=tolerance,
            )
        return found


class Task(NamedTuple):
    """A volume to be measured, in the parts of the scales."""

    volume: int
    share: int
    """What the volume is divided by: 1 where it is whole in those parts."""
    least: int
    """The least total that comes near enough to it and does not fall below the stated minimum."""
    most: int
    """The same of the stated maximum."""


def good(offer: Setting, percent: Fraction) -> bool:
    """Whether the scale's tolerance is within so many % of an offer."""
    many, part = percent.as_integer_ratio()
    return offer.tolerance_parts * part <= offer.total_parts * 10 * many


def offer_of(scale: Scale, task: Task, draws: int) -> Setting | None:
    """The draws of one syringe that come nearest to a volume: equal ones, or full ones and a rest.

    None if no such total is allowed.
    """
    volume, share, least, most = task
    if draws == 1:
        mark = scale.nearest(volume, share, least, most)
        return None if mark is None else scale.set_to((mark,))
    equal = scale.nearest(volume, share * draws, -(-least // draws), most // draws)
    full = scale.capacity * (draws - 1)
    left = volume - full * share
    rest = scale.nearest(left, share, least - full, most - full) if left > 0 else None
    if rest is not None and (equal is None or abs(rest * share - left) < abs(equal * draws * share - volume)):
        return scale.set_to((scale.capacity,) * (draws - 1) + (rest,))
    return None if equal is None else scale.set_to((equal,) * draws)


def _best(offers: Sequence[Setting], task: Task) -> Setting:
    """Unrounded before rounded, then the smallest capacity, then the smaller tolerance."""
    if len(offers) == 1:
        return offers[0]
    return min(
        offers,
        key=lambda o: (o.total_parts * task.share != task.volume, o.capacity_parts, o.tolerance_parts),
    )


def _in_one_draw(scales: Sequence[Scale], task: Task, percent: Fraction) -> Setting | None:
    """The one draw that the rule chooses, if any is within so many %: more draws are no better then."""
    volume, share, least, most = task
    if share == 1 and least <= volume <= most:
        for scale in scales:
            if volume <= scale.capacity and (not volume % scale.step or volume in scale.extra):
                exact = scale.set_to((volume,))
                if good(exact, percent):
                    return exact
    found: Setting | None = None
    for scale in scales:
        if scale.capacity < least:
            continue
        if found is not None and scale.capacity > found.capacity_parts:
            break  # all that are left are rounded too, so the smallest capacity has won
        mark = scale.nearest(volume, share, least, most)
        if mark is not None:
            offer = scale.set_to((mark,))
            if good(offer, percent) and (found is None or offer.tolerance_parts < found.tolerance_parts):
                found = offer
    return found


def choose(scales: Sequence[Scale], task: Task, limits: Limits) -> Setting | None:
    """The offer that the rule chooses, or None where none passes; scales come smallest first."""
    well = _in_one_draw(scales, task, limits.tolerance_warns)
    if well is not None or scales[-1].capacity * limits.most_draws < task.least:
        return well
    doubted: list[Setting] = []
    for draws in range(1, limits.most_draws + 1):
        able = (offer_of(scale, task, draws) for scale in scales if scale.capacity * draws >= task.least)
        offers = [offer for offer in able if offer is not None]
        within = [offer for offer in offers if good(offer, limits.tolerance_warns)]
        if within:
            return _best(within, task)
        doubted = doubted or [offer for offer in offers if good(offer, limits.tolerance_refused)]
    return _best(doubted, task) if doubted else None


class Pool(NamedTuple):
    """The stocked syringes of one kind, smallest first, on one grid."""

    parts: int
    syringes: tuple[Syringe, ...]
    scales: tuple[Scale, ...]

    def choose(self, ml: Fraction, bounds: Bounds, limits: Limits) -> Setting | None:
        """The offer that the rule chooses for a volume; None where none passes."""
        parts = self.parts
        volume, share = ml.as_integer_ratio()
        if parts % share:
            volume *= parts
        else:
            volume, share = volume * (parts // share), 1
        refused, of = limits.rounding_refused.as_integer_ratio()
        off, hundred = volume * refused, 100 * of * share
        least = -((off - volume * 100 * of) // hundred)
        most = (off + volume * 100 * of) // hundred
        least, most = bounds.tighten(least, most, parts)
        return choose(self.scales, Task(volume, share, least, most), limits)


def pool_of(syringes: Iterable[Syringe]) -> Pool:
    """Syringes on one grid, smallest first; equals keep their order."""
    stocked = tuple(sorted(syringes, key=lambda s: s.capacity_ml))
    parts = lcm(
        *(size.denominator for s in stocked for size in (s.capacity_ml, s.step_ml, *s.extra_marks_ml))
    )
    return Pool(parts, stocked, tuple(_scale_of(syringe, parts) for syringe in stocked))


def _scale_of(syringe: Syringe, parts: int) -> Scale:
    capacity, step, *extra = (
        int(size * parts) for size in (syringe.capacity_ml, syringe.step_ml, *syringe.extra_marks_ml)
    )
    return Scale(syringe, parts, capacity, step, tuple(extra), permille(syringe.capacity_ml), {})
