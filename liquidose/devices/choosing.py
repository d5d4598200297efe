"""The choice of syringe and draws, by the rule, in whole numbers.

Marks and volumes are counted in whole parts of a millilitre small enough to make every one of them whole, so
that the choice is exact and quick at once.
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

DRAWS: Final = 6
"""Divisible by two and by three, so that equal draws are whole too."""
_MOST_ML: Final = int(MOST_ML)
COMMON_PARTS: Final = 1000 * DRAWS
"""Whole for every volume of three decimals, so that a finer grid is seldom needed."""


class Bounds(NamedTuple):
    """What the total must not fall below or pass: the stated minimum and maximum, as volumes."""

    least_ml: Fraction | None = None
    most_ml: Fraction | None = None


class Scale(NamedTuple):
    """A syringe's marks in whole parts of a mL, so that choosing is exact and quick in integers."""

    syringe: Syringe
    capacity: int
    step: int
    extra: tuple[int, ...]
    permille: tuple[int, int, int]

    def finer(self, times: int) -> Scale:
        """The same scale in parts so many times smaller."""
        if times == 1:
            return self
        extra = tuple(mark * times for mark in self.extra) if self.extra else ()
        return Scale(self.syringe, self.capacity * times, self.step * times, extra, self.permille)

    def tolerance(self, mark: int) -> int:
        """A thousand times the tolerance at a mark, in the scale's parts."""
        of_capacity, of_dose, from_half = self.permille
        return mark * from_half if mark * 2 >= self.capacity else self.capacity * of_capacity + mark * of_dose

    def nearest(self, volume: int, least: int, most: int) -> int | None:
        """The mark nearest to a volume, the smaller of two as near, within bounds; None if there is none."""
        step = self.step
        low = -(-max(least, step) // step) * step
        high = min(most, self.capacity) // step * step
        near: int | None = None
        if low <= high:
            below = volume // step * step
            above = min(max(below + step, low), high)
            below = min(max(below, low), high)
            near = below if abs(volume - below) <= abs(volume - above) else above
        for mark in self.extra:
            if least <= mark <= most and (
                near is None or (abs(volume - mark), mark) < (abs(volume - near), near)
            ):
                near = mark
        return near


class Offer(NamedTuple):
    """What one syringe offers for one number of draws, in the parts of its scale."""

    scale: Scale
    draws: tuple[int, ...]
    total: int
    tolerance: int


class Task(NamedTuple):
    """A volume to be measured and the bounds its rounding must not cross, in parts of a mL."""

    volume: int
    least: int
    most: int
    limits: Limits
    times: int
    """How many times smaller the parts are than those of the scales to choose from."""

    def good(self, an_offer: Offer, percent: Fraction) -> bool:
        """Whether the scale's tolerance is within so many % of the offer."""
        return an_offer.tolerance * percent.denominator <= an_offer.total * 10 * percent.numerator

    def reach(self) -> int:
        """What full syringes must hold together for any offer to pass the test of rounding, in parts of the scales."""
        refused = self.limits.rounding_refused
        hundred = 100 * refused.denominator
        return -(-self.volume * (hundred - refused.numerator) // (hundred * self.times))

    def near(self, an_offer: Offer) -> bool:
        """Whether an offer passes the test of rounding."""
        refused = self.limits.rounding_refused
        off = abs(an_offer.total - self.volume) * 100 * refused.denominator
        return off <= self.volume * refused.numerator


def offer(scale: Scale, task: Task, draws: int) -> Offer | None:
    """The draws of one syringe that come nearest to a volume: equal ones, or full ones and a rest.

    None if no such total keeps within the bounds. Parts are divisible by two and three.
    """
    volume, least, most = task.volume, task.least, task.most
    equal = scale.nearest(volume // draws, -(-least // draws), most // draws)
    full = scale.capacity * (draws - 1)
    rest = None
    if draws > 1 and volume > full:
        rest = scale.nearest(volume - full, least - full, most - full)
    if rest is not None and (equal is None or abs(full + rest - volume) < abs(equal * draws - volume)):
        return Offer(
            scale,
            (scale.capacity,) * (draws - 1) + (rest,),
            full + rest,
            scale.tolerance(scale.capacity) * (draws - 1) + scale.tolerance(rest),
        )
    if equal is None:
        return None
    return Offer(scale, (equal,) * draws, equal * draws, scale.tolerance(equal) * draws)


def _rank(an_offer: Offer, volume: int) -> tuple[bool, int, int]:
    return an_offer.total != volume, an_offer.scale.capacity, an_offer.tolerance


def _on_a_line(scales: Sequence[Scale], task: Task) -> Offer | None:
    """One draw on a line of the smallest syringe that measures it well: there is no better offer."""
    whole, fraction = divmod(task.volume, task.times)
    if fraction:  # what is not whole in the scales' own parts is on no line
        return None
    for scale in scales:
        on_a_line = not whole % scale.step or whole in scale.extra
        if on_a_line and task.least <= task.volume <= min(task.most, scale.capacity * task.times):
            fine = scale.finer(task.times)
            exact = Offer(fine, (task.volume,), task.volume, fine.tolerance(task.volume))
            if task.good(exact, task.limits.tolerance_warns):
                return exact
    return None


def choose(scales: Sequence[Scale], task: Task) -> Offer | None:
    """The offer that the rule chooses, or None where none passes; scales come smallest first.

    A scale is brought to the parts of the task only when it is its turn: most are never looked at.
    """
    exact = _on_a_line(scales, task)
    if exact is not None:
        return exact
    limits = task.limits
    reach = task.reach()
    passing_at_all: list[Offer] = []
    for draws in range(1, limits.most_draws + 1):
        passing: list[Offer] = []
        good: list[Offer] = []
        for scale in scales:
            if good and draws == 1 and scale.capacity * task.times > good[0].scale.capacity:
                break  # every single draw still open is rounded, so the smallest capacity has won
            if scale.capacity * draws < reach:
                continue
            found = offer(scale.finer(task.times), task, draws)
            if found is not None and task.near(found):
                if task.good(found, limits.tolerance_warns):
                    good.append(found)
                elif task.good(found, limits.tolerance_refused):
                    passing.append(found)
        if good:
            return good[0] if len(good) == 1 else min(good, key=lambda o: _rank(o, task.volume))
        passing_at_all = passing_at_all or passing
    return min(passing_at_all, key=lambda o: _rank(o, task.volume), default=None)


def scale_of(syringe: Syringe) -> tuple[int, Scale]:
    """The parts of a mL that make a syringe's marks whole, and its scale in them."""
    sizes = (syringe.capacity_ml, syringe.step_ml, *syringe.extra_marks_ml)
    parts = lcm(*(size.denominator for size in sizes))
    capacity, step, *extra = (int(size * parts) for size in sizes)
    return parts, Scale(syringe, capacity, step, tuple(extra), permille(syringe.capacity_ml))


class Chosen(NamedTuple):
    """The chosen offer, in millilitres."""

    syringe: Syringe
    draws: tuple[Fraction, ...]
    total: Fraction
    tolerance: Fraction


class Pool(NamedTuple):
    """The stocked syringes of one kind, smallest first, on one grid."""

    parts: int
    scales: tuple[Scale, ...]

    @property
    def syringes(self) -> tuple[Syringe, ...]:
        """The syringes themselves."""
        return tuple(scale.syringe for scale in self.scales)

    def choose(self, ml: Fraction, bounds: Bounds, limits: Limits) -> Chosen | None:
        """The offer that the rule chooses for a volume, in millilitres; None where none passes."""
        least, most = bounds
        parts = lcm(self.parts, ml.denominator * DRAWS)
        if least is not None:
            parts = lcm(parts, least.denominator * DRAWS)
        if most is not None:
            parts = lcm(parts, most.denominator * DRAWS)
        task = Task(
            ml.numerator * (parts // ml.denominator),
            0 if least is None else int(least * parts),
            _MOST_ML * parts if most is None else int(most * parts),
            limits,
            parts // self.parts,
        )
        best = choose(self.scales, task)
        if best is None:
            return None
        total = Fraction(best.total, parts)
        return Chosen(
            syringe=best.scale.syringe,
            draws=(total,) if len(best.draws) == 1 else tuple(Fraction(draw, parts) for draw in best.draws),
            total=total,
            tolerance=Fraction(best.tolerance, parts * 1000),
        )


def pool_of(syringes: Iterable[Syringe]) -> Pool:
    """Syringes on one grid, smallest first; equals keep their order."""
    scaled = [scale_of(s) for s in sorted(syringes, key=lambda s: s.capacity_ml)]
    parts = lcm(COMMON_PARTS, *(own for own, _ in scaled))
    return Pool(parts, tuple(scale.finer(parts // own) for own, scale in scaled))
