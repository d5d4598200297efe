"""Guards held against a course: what breaks one is refused or warned about, as the guard says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from typing import Final

import msgspec

from liquidose.cautions import Caution
from liquidose.clock import DayParts
from liquidose.courses.guards import Checked, Guard, Rule
from liquidose.courses.steps import Step
from liquidose.courses.tenfold import TENFOLD
from liquidose.dosing.daily import HOURS
from liquidose.dosing.dose import Dose, write_dose
from liquidose.errors import CheckTheAmount, GiveWhatIsMissing, UnitsDoNotMatch
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import NO_BREAK, write_quantity


class _Breach(msgspec.Struct, frozen=True):
    """What breaks a guard."""

    problem: str
    only_measured: bool = False
    """Whether the order itself keeps it, and only the lines of the syringe do not: then it is never refused."""
    tenfold: bool = False
    """Whether it is ten times the limit or more: then nobody passes it."""


_Held = tuple[Step, ...]
"""The steps in which a guard holds, by the patient's age."""


def check(
    guards: tuple[Guard, ...],
    course: Checked,
    *,
    whose: str = "The guard",
    passed: Collection[str] = (),
) -> Iterator[Caution]:
    """What the guards have to say of a course, each with its source; ``passed`` are the codes of overrides.

    Raises:
        CheckTheAmount: the course breaks a guard that refuses, and that no override passes.
        GiveWhatIsMissing: a guard that refuses counts by a weight that the order lacks.
        UnitsDoNotMatch: a guard counts something else than the course.
    """
    for guard in guards:
        held = tuple(step for step in course.steps if guard.holds_in(step, course.birth))
        if guard.by_age and (course.birth is None or course.steps[0].first is None):
            yield Caution(
                code="age-not-checked",
                text=f"Not checked, as the birth date or the dates are not known: {guard.words(course.locale)}.",
            )
            continue
        if not held:
            continue
        try:
            breaches = tuple(_RULES[guard.rule](guard, held, course))
        except GiveWhatIsMissing as missing:
            if guard.breach == "refuse":
                raise
            yield Caution(code="guard-not-checked", text=f"Not checked: {missing}")
            continue
        for breach in breaches:
            problem = f"{breach.problem}. {whose} says: {guard.words(course.locale)}."
            refused = guard.breach == "refuse" and not breach.only_measured
            if refused and (guard.code not in passed or breach.tenfold or not guard.overridable):
                remedy = f"Check the order with the prescriber. {_how_to_pass(guard, breach)}"
                raise CheckTheAmount(problem, remedy, given=guard.rule)
            yield Caution(code=guard.code, text=problem)


def passed_by(guards: tuple[Guard, ...], course: Checked) -> Iterator[str]:
    """The codes of the guards that refuse a course which :func:`check` lets pass: those whose overrides are needed."""
    for guard in guards:
        held = tuple(step for step in course.steps if guard.holds_in(step, course.birth))
        if guard.breach == "refuse" and held:
            breaches = _RULES[guard.rule](guard, held, course)
            if not all(breach.only_measured for breach in breaches):
                yield guard.code


def _how_to_pass(guard: Guard, breach: _Breach) -> str:
    """Which override would pass a guard, or why none does."""
    if not guard.overridable:
        return "No override passes this guard."
    if breach.tenfold:
        return "It is ten times the limit or more, which no override passes."
    return f"An [[override]] of '{guard.code}' in the order, with reason and by, would pass it."


def _most_per_dose(guard: Guard, held: _Held, course: Checked) -> Iterator[_Breach]:
    most = _limit(guard, course)
    for step in held:
        for dose in step.doses:
            for amount in (dose.dose, dose.given):
                if over(amount, most):
                    yield _Breach(
                        f"Step {step.number} has a dose of {_shown(amount, course)}, {dose.time}",
                        tenfold=_tenfold(amount, most),
                    )
                    break


def _most_per_day(guard: Guard, held: _Held, course: Checked) -> Iterator[_Breach]:
    most = _limit(guard, course)
    for step in held:
        for amount in (step.day_amount, step.day_given):
            if amount is not None and over(amount, most):
                yield _Breach(
                    f"Step {step.number} is {_shown(amount, course)} a day", tenfold=_tenfold(amount, most)
                )
                break


def _largest_step(guard: Guard, held: _Held, course: Checked) -> Iterator[_Breach]:
    """Every change of a day's amount above the most, the drop to none included."""
    most = _limit(guard, course)
    nothing = Quantity(value=Fraction(0), unit=most.unit)
    places = [
        (
            "none" if not step.doses else f"step {step.number}",
            step.day_amount or nothing,
            step.day_given or nothing,
        )
        for step in course.steps
    ]
    if course.before is not None:
        places.insert(0, ("until now", course.before, course.before))
    changes = list(pairwise(places))
    for step, (one, other) in zip(course.steps[-len(changes) :], changes, strict=False):
        (name, exact_from, given_from), (to, exact_to, given_to) = one, other
        if step not in held:
            continue
        exact = exact_to.to(most.unit).value - exact_from.to(most.unit).value
        given = given_to.to(most.unit).value - given_from.to(most.unit).value
        change = exact if abs(exact) > most.value else given
        if abs(change) > most.value:
            by = _shown(Quantity(value=abs(change), unit=most.unit), course)
            yield _Breach(
                f"From {name} to {to} the dose {'rises' if change > 0 else 'falls'} by {by} a day"
                f"{'' if change is exact else ' as measured'}",
                only_measured=change is not exact,
                tenfold=abs(change) >= TENFOLD * most.value,
            )


def _shortest_step(guard: Guard, held: _Held, course: Checked) -> Iterator[_Breach]:
    for step, after in pairwise(course.steps):
        if step in held and step.days is not None and step.days < (guard.days or 0):
            lasts = f"{step.days}{NO_BREAK}day{'s' if step.days > 1 else ''}"
            yield _Breach(f"Step {step.number} lasts {lasts}, before {_called(after)}")


def _shortest_interval(guard: Guard, held: _Held, course: Checked) -> Iterator[_Breach]:
    """Doses at parts of the day are held to it by their clock times where these are stated, else by their number."""
    hours = guard.hours or 0
    for step in (step for step in held if step.doses):
        if step.every is not None:
            if step.every < hours:
                apart = f"{step.every}{NO_BREAK}hour{'' if step.every == 1 else 's'}"
                yield _Breach(f"Step {step.number} has {apart} from one dose to the next")
        elif len(step.doses) * hours > HOURS:
            yield _Breach(f"Step {step.number} has {len(step.doses)}{NO_BREAK}doses a day")
        elif (close := _closest(step, course.hours)) is not None and close[2] < hours * 60:
            yield _Breach(f"Step {step.number} has doses at {close[0]:%H:%M} and at {close[1]:%H:%M}")
        elif step.as_needed and len(step.doses) > 1:
            yield _Breach(f"Step {step.number} does not say how long to wait between doses as needed")


def _closest(step: Step, hours: DayParts) -> tuple[dt.time, dt.time, int] | None:
    """The two clock times of a step's doses that lie closest, with the minutes between; None where fewer than two are stated."""
    clocks = sorted(filter(None, (hours.clock(dose.time) for dose in step.doses)))
    if len(clocks) < 2:
        return None
    minutes = [clock.hour * 60 + clock.minute for clock in clocks]
    gaps = [
        (early, late, at - before)
        for (early, before), (late, at) in pairwise(zip(clocks, minutes, strict=True))
    ]
    if step.cycle is None or step.cycle.on > 1:  # the last of a day, and the first of the next
        gaps.append((clocks[-1], clocks[0], HOURS * 60 - minutes[-1] + minutes[0]))
    return min(gaps, key=lambda gap: gap[2])


def _called(step: Step) -> str:
    return f"step {step.number}" if step.doses else "none"


def _no_stop_without_taper(_: Guard, held: _Held, course: Checked) -> Iterator[_Breach]:
    """A stop from the highest dose, or from one that is not the lowest."""
    if not held or not course.stops:
        return
    amounts = [step.day_amount for step in course.steps if step.day_amount is not None]
    unit = amounts[0].unit
    days = [amount.to(unit).value for amount in amounts]
    highest = max([*days, *([course.before.to(unit).value] if course.before is not None else [])])
    if days[-1] == highest or days[-1] > min(days):
        from_highest = ", its highest dose" if days[-1] == highest else ""
        yield _Breach(f"The course stops from {_shown(amounts[-1], course)} a day{from_highest}")


def _no_gap(_: Guard, held: _Held, course: Checked) -> Iterator[_Breach]:
    last = max(step.number for step in course.steps if step.doses)
    for step in held:
        if step.cycle is not None and step.doses:
            yield _Breach(f"Step {step.number} has days without a dose")
        elif not step.doses and step.number < last:
            yield _Breach(f"Step {step.number} has no dose, and step {step.number + 1} goes on")


_RULES: Final[dict[Rule, Callable[[Guard, _Held, Checked], Iterator[_Breach]]]] = {
    "most_per_dose": _most_per_dose,
    "most_per_day": _most_per_day,
    "largest_step": _largest_step,
    "shortest_step": _shortest_step,
    "shortest_interval": _shortest_interval,
    "no_stop_without_taper": _no_stop_without_taper,
    "no_gap": _no_gap,
}


def ceilings(guards: tuple[Guard, ...], course: Checked) -> frozenset[Fraction]:
    """The volumes that rounding took over a maximum that the order itself keeps: they must be rounded down."""
    found: set[Fraction] = set()
    for guard, most, held in _maxima(guards, course):
        for step in held:
            whole = guard.rule == "most_per_day" and _rounded_over(step.day_amount, step.day_given, most)
            each = guard.rule == "most_per_dose"
            found |= {
                dose.volume_ml
                for dose in step.doses
                if whole or (each and _rounded_over(dose.dose, dose.given, most))
            }
    return frozenset(found)


def keeps_maxima(guards: tuple[Guard, ...], course: Checked, step: Step, doses: Sequence[Quantity]) -> bool:
    """Whether a day of a step with these doses in place of its own keeps every most for a dose and for a day."""
    unit = doses[0].unit
    day = Quantity(value=sum((dose.to(unit).value for dose in doses), Fraction(0)), unit=unit)
    return not any(
        over(amount, most)
        for guard, most, held in _maxima(guards, course)
        if step in held
        for amount in (doses if guard.rule == "most_per_dose" else (day,))
    )


def _maxima(guards: tuple[Guard, ...], course: Checked) -> Iterator[tuple[Guard, Quantity, _Held]]:
    """Each most for a dose or for a day that is known, with the steps in which it holds."""
    for guard in guards:
        held = tuple(step for step in course.steps if step.doses and guard.holds_in(step, course.birth))
        if guard.rule in {"most_per_dose", "most_per_day"} and held:
            with suppress(GiveWhatIsMissing):  # told, or refused, where the guard is checked
                yield guard, _limit(guard, course), held


def _rounded_over(ordered: Quantity | None, given: Quantity | None, most: Quantity) -> bool:
    return ordered is not None and given is not None and over(given, most) and not over(ordered, most)


def _limit(guard: Guard, course: Checked) -> Quantity:
    """The guard's amount for this patient."""
    limit = guard.limit(course.locale)
    ordered = next(step.doses[0].dose for step in course.steps if step.doses)
    if limit.amount.unit.dimension != ordered.unit.dimension:
        raise UnitsDoNotMatch(
            f"The guard {guard.rule} is {write_dose(limit)}, and the course is counted in {ordered.unit.name}.",
            f"Write the guard in {ordered.unit.name}, or the doses in {limit.amount.unit.name}.",
            given=guard.rule,
        )
    limits = [limit.amount, *filter(None, (limit.most,))]
    if limit.per != "patient":
        limits[0] = _for_patient(guard, limit, course)
    return min(limits, key=lambda amount: amount.to(limit.amount.unit).value)


def _for_patient(guard: Guard, limit: Dose, course: Checked) -> Quantity:
    weight = course.patient.weight if limit.per == "kg" else course.patient.surface
    if weight is None:
        raise GiveWhatIsMissing(
            f"The guard {guard.rule} is {write_dose(limit)}, and the order does not give what it counts by.",
            "Write patient.weight, or height and weight.",
            given=guard.rule,
        )
    return Quantity(value=limit.amount.value * weight.used.value, unit=limit.amount.unit)


def over(amount: Quantity, limit: Quantity) -> bool:
    """Whether an amount is above a limit."""
    return amount.to(limit.unit).value > limit.value


def _tenfold(amount: Quantity, limit: Quantity) -> bool:
    return amount.to(limit.unit).value >= TENFOLD * limit.value


def _shown(amount: Quantity, course: Checked) -> str:
    return write_quantity(amount, profile=course.profile)
