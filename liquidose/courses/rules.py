"""The rules of a course: the doses of a titration and of a taper, one by one and exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice, takewhile
from typing import Final

import msgspec

from liquidose.courses.course import Course, Taper, Titrate
from liquidose.dosing.dose import Dose, write_dose
from liquidose.errors import CheckTheAmount, GiveWhatIsMissing, UnitsDoNotMatch
from liquidose.quantities.quantity import Quantity

MOST_STEPS: Final = 400

Read = Callable[[str], Dose]
Floor = Callable[[Dose], str]
"""Tells a dose with its volume, or nothing where no syringe measures it."""


def rising(titrate: Titrate, course: Course, read: Read) -> list[tuple[Dose, int]]:
    """The doses of a titration with their days."""
    start, step = read(titrate.start), read(titrate.step)
    _alike(start, step, "titrate.step")
    rise = step.amount.to(start.amount.unit).value
    if titrate.target is not None:
        target = read(titrate.target)
        _alike(start, target, "titrate.target")
        top = target.amount.to(start.amount.unit).value
        if top < start.amount.value:
            raise CheckTheAmount(
                f"The target {write_dose(target)} is below the start {write_dose(start)}.",
                "A titration rises; write the way down as a taper.",
                given=write_dose(target),
            )
        count = -(-(top - start.amount.value) // rise) + 1
        few_enough(count)
        values = [min(start.amount.value + rise * k, top) for k in range(count)]
        return [(_of(start, value), titrate.days) for value in values]
    first, last = course.start, titrate.until
    days = (last - first).days + 1 if first and last else 0
    count = -(-days // titrate.days)
    few_enough(count)
    lengths = [min(titrate.days, days - titrate.days * k) for k in range(count)]
    return [(_of(start, start.amount.value + rise * k), length) for k, length in enumerate(lengths)]


def falling(taper: Taper, current: Dose, read: Read, floor: Floor) -> list[Dose]:
    """The doses of a taper, the one before it and the zero at its end left out."""
    if taper.by is not None:
        return _by_amount(taper.by, taper.to, current, read)
    if taper.percent is not None:
        ever_lower = _by_percent(current, taper.percent)
        if taper.last is None:
            raise _no_last(taper.percent, ever_lower, floor)
        last = read(taper.last)
        _alike(current, last, "taper.last")
        _lower(current, last, "taper.last")
        least = last.amount.to(current.amount.unit).value
        above = list(islice(takewhile(lambda d: d.amount.value > least, ever_lower), MOST_STEPS + 1))
        return [*above, _of(current, least)]
    doses = []
    before = current
    for place, text in enumerate(taper.doses, 1):
        dose = read(text)
        _alike(current, dose, f"taper.doses, number {place},")
        _lower(before, dose, f"taper.doses, number {place},")
        doses.append(dose)
        before = dose
    return doses


def _by_amount(by: str, to: str, current: Dose, read: Read) -> list[Dose]:
    cut = read(by)
    _alike(current, cut, "taper.by")
    fall, least = cut.amount.to(current.amount.unit).value, Fraction(0)
    if fall > current.amount.value:
        raise CheckTheAmount(
            f"taper.by is {write_dose(cut)}, more than the {write_dose(current)} that it begins with.",
            "Check the amount; to stop at once is no taper, and is written with then = 'stop' alone.",
            given=write_dose(cut),
        )
    if to != "zero":
        kept = read(to)
        _alike(current, kept, "taper.to")
        _lower(current, kept, "taper.to")
        least = kept.amount.to(current.amount.unit).value
    count = -(-(current.amount.value - least) // fall)
    few_enough(count)
    values = [max(current.amount.value - fall * k, least) for k in range(1, count + 1)]
    return [_of(current, value) for value in values if value]


def _by_percent(current: Dose, percent: int) -> Iterator[Dose]:
    """Each dose so many percent below the one before, without end; exact, as only measuring rounds."""
    value = current.amount.value
    while True:
        value = value * (100 - percent) / 100
        yield _of(current, value)


def _no_last(percent: int, ever_lower: Iterator[Dose], floor: Floor) -> GiveWhatIsMissing:
    """The refusal of a taper that never ends, with the lowest step that a stocked syringe measures."""
    told = takewhile(bool, (floor(dose) for dose in islice(ever_lower, MOST_STEPS)))
    steps = list(told)
    where = "The stocked syringes do not measure even its first step."
    if len(steps) == MOST_STEPS:
        where = f"Step {len(steps)} would still be {steps[-1]}."
    elif steps:
        where = f"The stocked syringes measure it down to step {len(steps)}, {steps[-1]}; the next is too small for them."
    return GiveWhatIsMissing(
        f"A taper by {percent} % of the current dose never reaches zero, and the order states no last dose. {where}",
        "Ask the prescriber for the last dose and write it as taper.last; none is chosen here.",
        given=f"{percent} %",
    )


def _of(dose: Dose, value: Fraction) -> Dose:
    """The same kind of dose with another amount."""
    return msgspec.structs.replace(dose, amount=Quantity(value=value, unit=dose.amount.unit))


def _alike(one: Dose, other: Dose, name: str) -> None:
    """Nothing comes out, if two doses of a rule count the same.

    Raises:
        UnitsDoNotMatch: one is per kg or per day and the other is not, or their units differ in kind.
        CheckTheAmount: a limit that stands where it would not be used.
    """
    if (one.per, one.a_day, one.amount.unit.dimension) != (
        other.per,
        other.a_day,
        other.amount.unit.dimension,
    ):
        raise UnitsDoNotMatch(
            f"{name} is {write_dose(other)}, where the rule begins with {write_dose(one)}: they do not count the same.",
            "Write all doses of a rule for each dose, or all per day.",
            given=write_dose(other),
        )
    if other.least or other.most or other.most_a_day or other.doses_a_day not in {None, one.doses_a_day}:
        raise CheckTheAmount(
            f"{name} is {write_dose(other)}, with a limit or a number of doses of its own.",
            "Write it behind the first dose of the rule, for all of its steps.",
            given=write_dose(other),
        )


def _lower(above: Dose, dose: Dose, name: str) -> None:
    if dose.amount.to(above.amount.unit).value >= above.amount.value:
        raise CheckTheAmount(
            f"{name} is {write_dose(dose)}, which is not below {write_dose(above)}.",
            "A taper only falls.",
            given=write_dose(dose),
        )


def few_enough(steps: int) -> None:
    """Nothing comes out, if a course can be carried out in so many steps.

    Raises:
        CheckTheAmount: more than 400.
    """
    if steps > MOST_STEPS:
        raise CheckTheAmount(
            f"The course would have {steps:,} steps.",
            f"Check the amounts: at most {MOST_STEPS} steps are carried out.",
            given=str(steps),
        )
