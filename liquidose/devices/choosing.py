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
from liquidose.dosing.volume import MOST_ML

_MOST_ML: Final = int(MOST_ML)


class Bounds(NamedTuple):
    """What the total must not fall below or pass: the stated minimum and maximum, as volumes."""

    least_ml: Fraction | None = None
    most_ml: Fraction | None = None


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
    """A volume to be measured and the bounds its rounding must not cross, in the parts of the scales."""

    volume: int
    share: int
    """What the volume is divided by: 1 where it is whole in those parts."""
    least: int
    most: int
    limits: Limits


def good(offer: Setting, percent: Fraction) -> bool:
    """Whether the scale's tolerance is within so many % of an offer."""
    many, part = percent.as_integer_ratio()
    return offer.tolerance_parts * part <= offer.total_parts * 10 * many


def offer_of(scale: Scale, task: Task, draws: int) -> Setting | None:
    """The draws of one syringe that come nearest to a volume: equal ones, or full ones and a rest.

    None if no such total keeps within the bounds.
    """
    volume, share, least, most, _limits = task
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


def _on_a_line(scales: Sequence[Scale], task: Task) -> Setting | None:
    """One draw on a line of the smallest syringe that measures it well: there is no better offer."""
    volume = task.volume
    if task.share != 1 or not task.least <= volume <= task.most:
        return None
    for scale in scales:
        if volume <= scale.capacity and (not volume % scale.step or volume in scale.extra):
            exact = scale.set_to((volume,))
            if good(exact, task.limits.tolerance_warns):
                return exact
    return None


def choose(scales: Sequence[Scale], task: Task) -> Setting | None:
    """The offer that the rule chooses, or None where none passes; scales come smallest first."""
    exact = _on_a_line(scales, task)
    if exact is not None:
        return exact
    volume, share, _least, _most, limits = task
    refused, part = limits.rounding_refused.as_integer_ratio()
    hundred, slack = 100 * part, volume * refused
    # What full syringes must hold together for any offer to be near enough.
    reach = -(-volume * (hundred - refused) // (hundred * share))
    doubted: list[Setting] = []
    for draws in range(1, limits.most_draws + 1):
        passing: list[Setting] = []
        within: list[Setting] = []
        for scale in scales:
            if scale.capacity * draws < reach:
                continue
            if within and draws == 1 and scale.capacity > within[0].capacity_parts:
                break  # every single draw still open is rounded, so the smallest capacity has won
            offer = offer_of(scale, task, draws)
            if offer is None or abs(offer.total_parts * share - volume) * hundred > slack:
                continue
            if good(offer, limits.tolerance_warns):
                within.append(offer)
            elif good(offer, limits.tolerance_refused):
                passing.append(offer)
        if within:
            return _best(within, task)
        doubted = doubted or passing
    return _best(doubted, task) if doubted else None


class Pool(NamedTuple):
    """The stocked syringes of one kind, smallest first, on one grid."""

    parts: int
    syringes: tuple[Syringe, ...]
    scales: tuple[Scale, ...]

    def choose(self, ml: Fraction, bounds: Bounds, limits: Limits) -> Setting | None:
        """The offer that the rule chooses for a volume; None where none passes."""
        parts = self.parts
        least_ml, most_ml = bounds
        least, most = 0, _MOST_ML * parts
        # A total is a whole number of parts, so that a bound between two of them is the one inside.
        if least_ml is not None:
            least = -(-least_ml.numerator * parts // least_ml.denominator)
        if most_ml is not None:
            most = most_ml.numerator * parts // most_ml.denominator
        volume, share = ml.as_integer_ratio()
        if not parts % share:
            return choose(self.scales, Task(volume * (parts // share), 1, least, most, limits))
        return choose(self.scales, Task(volume * parts, share, least, most, limits))


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
