"""What a plan or a schedule orders, and the volumes that it measures, as dosages of FHIR R4.

A course is one dosage a step, numbered by ``sequence``; a step of different doses has one for each of them, all with
the number of the step.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import msgspec

from liquidose.conversion import Conversion
from liquidose.courses.ending import stop_words
from liquidose.courses.schedule import Schedule
from liquidose.courses.steps import ScheduledDose, Step
from liquidose.devices.measuring import Measured
from liquidose.directions import Often, direction, filling
from liquidose.dosing.dose import Dose, write_dose
from liquidose.dosing.strength import ML
from liquidose.errors import BadFile
from liquidose.orders.fhir_amounts import amount_of
from liquidose.orders.fhir_needed import DOSES, as_needed_elements
from liquidose.orders.fhir_resources import (
    Amount,
    Coding,
    Concept,
    Dosage,
    DoseAndRate,
    Period,
    Ratio,
    Repeat,
    Timing,
)
from liquidose.orders.fhir_table import ROUTES, SNOMED, TIMES
from liquidose.orders.order import Order
from liquidose.orders.ucum import LEAVE_OUT, SYSTEM
from liquidose.plan import Plan
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import NO_BREAK, sentence

_DOSE_TYPES: Final = "http://terminology.hl7.org/CodeSystem/dose-rate-type"
_CODES: Final = {time: code for code, time in TIMES.items()}


class Dosages(msgspec.Struct, frozen=True, kw_only=True):
    """What is ordered, and what is supplied for it."""

    ordered: tuple[Dosage, ...]
    supplied: tuple[Dosage, ...]
    days: int | None = None
    """For how many days a course that goes on is supplied."""


def dosages_of_plan(plan: Plan) -> Dosages:
    """The one dosage of a plan.

    Raises:
        BadFile: a minimum, or a dose that is no decimal.
    """
    order = plan.order
    directions = order.directions
    goes_on = directions.then == "continue"
    dose = plan.conversion.dose
    doses_a_day = directions.doses_a_day or dose.doses_a_day
    bounds = _bounds(directions.start, None if goes_on else directions.for_days)
    often = None if doses_a_day is None else _often(directions.times, doses_a_day, directions.hours_apart)
    frame = _frame(order, _timing(often, bounds))
    return Dosages(
        ordered=(_ordered(frame, plan.conversion, order, dose, doses_a_day or 1),),
        supplied=(_supplied(frame, plan.measured, plan.direction),),
        days=directions.for_days if goes_on else None,
    )


def dosages_of_schedule(schedule: Schedule) -> Dosages:
    """The dosages of a schedule, step by step; a course that the order ends with none ends with a dosage of 0.

    Raises:
        BadFile: a minimum, a dose that is no decimal, or different doses of a day without their parts of the day.
    """
    order = schedule.order
    steps = schedule.steps
    if not steps[-1].doses and not order.directions.course.ends_at_zero:
        steps = steps[:-1]  # the end of the last dosage says it
    goes_on = schedule.then == "continue"
    ordered: list[Dosage] = []
    supplied: list[Dosage] = []
    for step in steps:
        is_open = goes_on and step is steps[-1]
        for one, other in _of_step(step, schedule, is_open=is_open):
            ordered.append(one)
            supplied.append(other)
    if len(ordered) == 1:
        ordered, supplied = ([msgspec.structs.replace(one, sequence=None)] for (one,) in (ordered, supplied))
    days = sum(step.days or 0 for step in steps)
    return Dosages(ordered=tuple(ordered), supplied=tuple(supplied), days=days if goes_on else None)


def _of_step(step: Step, schedule: Schedule, *, is_open: bool) -> Iterator[tuple[Dosage, Dosage]]:
    """Each dosage of a step as it is ordered and as it is supplied."""
    order = schedule.order
    bounds = _bounds(step.first, None if is_open else step.days)
    if not step.doses:
        zero = Quantity(value=Fraction(0), unit=_first_dose(schedule).ordered.amount.unit)
        frame = _frame(order, _timing(None, bounds), step.number)
        words = "Give none." if step.days else sentence(stop_words(step))
        yield (
            _instructed(frame, order, _dose("ordered", amount_of(zero))),
            _said(frame, words, _dose("calculated", amount_of(Quantity(value=Fraction(0), unit=ML)))),
        )
        return
    count = len(step.doses)
    alike = step.is_even and len({dose.ordered for dose in step.doses}) == 1
    for doses in (step.doses,) if alike else ((dose,) for dose in step.doses):
        times = tuple(dose.time for dose in doses if dose.time in _CODES)
        if not alike:
            _refuse_untold(step, doses[0], times)
        frame = _frame(order, _timing(_often(times, len(doses), step.every), bounds), step.number)
        words = direction(
            doses[0].measured.ml,
            schedule.conversions[0].route or "oral",
            often=Often(times=times, times_a_day=len(doses), every=step.every),
            with_words=order.directions.with_,
            purpose=order.directions.purpose,
            for_days=None if is_open else step.days,
        )
        yield (
            _ordered(frame, schedule.conversions[0], order, doses[0].ordered, count),
            _supplied(frame, doses[0].measured, f"{words} {filling(doses[0].measured)}"),
        )


def _refuse_untold(step: Step, dose: ScheduledDose, times: tuple[str, ...]) -> None:
    """Nothing comes out, if one of the different doses of a day is told from the others."""
    if not times:
        raise BadFile(
            f"Step {step.number} has different doses without parts of the day, and FHIR could not say which is when.",
            "Write the parts of the day in directions.times.",
            given=dose.time,
        )
    if dose.ordered.most_a_day is not None:
        raise BadFile(
            f"Step {step.number} has different doses of a day with a maximum for the day, which FHIR has only beside one.",
            LEAVE_OUT,
            given=write_dose(dose.ordered),
        )


def _first_dose(schedule: Schedule) -> ScheduledDose:
    return next(step.doses[0] for step in schedule.steps if step.doses)


def _frame(order: Order, timing: Timing | None, number: int | None = None) -> Dosage:
    """When and by which route, as the request and the supply both say."""
    route = None
    said = order.directions.route
    if said is not None:
        coded = next((row for row in ROUTES.values() if row.written and row.route == said), None)
        coding = () if coded is None else (Coding(system=SNOMED, code=coded.code, display=coded.words),)
        route = Concept(coding=coding, text=said)
    needed = as_needed_elements(order.directions.as_needed)
    return Dosage(sequence=number, timing=timing, route=route, **needed)


def _often(times: tuple[str, ...], count: int, hours: int | None) -> Repeat:
    """So many times a day, at which parts of it, or once in so many hours."""
    if hours is not None:
        return Repeat(frequency=1, period=Fraction(hours), period_unit="h")
    return Repeat(
        frequency=count, period=Fraction(1), period_unit="d", when=tuple(_CODES[time] for time in times)
    )


def _bounds(start: dt.date | None, days: int | None) -> Repeat:
    """From which day to which, or for how many days; nothing where neither is said."""
    if start is None:
        return Repeat() if days is None else Repeat(bounds_duration=days_amount(days))
    last = None if days is None else start + dt.timedelta(days=days - 1)
    return Repeat(
        bounds_period=Period(start=start.isoformat(), end=None if last is None else last.isoformat())
    )


def _timing(often: Repeat | None, bounds: Repeat) -> Timing | None:
    repeat = msgspec.structs.replace(
        often or Repeat(), bounds_duration=bounds.bounds_duration, bounds_period=bounds.bounds_period
    )
    return None if repeat == Repeat() else Timing(repeat=repeat)


def days_amount(days: int) -> Amount:
    """So many days."""
    return Amount(value=Fraction(days), unit="d", system=SYSTEM, code="d")


def _ordered(frame: Dosage, found: Conversion, order: Order, dose: Dose, doses_a_day: int) -> Dosage:
    """The dosage with the dose as it was ordered; one for a whole day as that of each time.

    Raises:
        BadFile: a minimum, which FHIR has no element for, a share of a day's dose that is no decimal, or a dose as
            needed that is smaller because of what is the most in a day.
    """
    if order.directions.given_as_needed:
        _refuse_limited(found, order, dose, doses_a_day)
    if dose.least is not None:
        raise BadFile(
            f"The dose '{write_dose(dose)}' has a minimum, which FHIR has no place for.",
            LEAVE_OUT,
            given=write_dose(dose),
        )
    per = "" if dose.per == "patient" else f"/{dose.per}"
    each = dose.amount
    if dose.a_day:
        each = Quantity(value=each.value / doses_a_day, unit=each.unit)
    frame = msgspec.structs.replace(
        frame,
        max_dose_per_period=_most_in_a_day(dose, order),
        max_dose_per_administration=None if dose.most is None else amount_of(dose.most),
    )
    return _instructed(frame, order, _dose("ordered", amount_of(each, per=per)))


def _refuse_limited(found: Conversion, order: Order, dose: Dose, doses_a_day: int) -> None:
    """Nothing comes out, unless each dose as needed is smaller because of a maximum for the day that stands in the dose.

    FHIR has one element for both: of a dose as needed it makes fewer doses, and not smaller ones.
    """
    most, given = dose.most_a_day, found.dose_amount
    if most is None or given is None or "limited" not in found.codes:
        return
    if given.to(most.unit).value * doses_a_day == most.value:
        raise BadFile(
            f"The dose '{order.directions.dose}' is made smaller by its maximum for a day, which FHIR cannot say of a "
            "dose as needed.",
            LEAVE_OUT,
            given=str(order.directions.dose),
        )


def _most_in_a_day(dose: Dose, order: Order) -> Ratio | None:
    """The one maximum of a day that FHIR has a place for.

    Raises:
        BadFile: an amount and a number of doses.
    """
    stated = order.directions.frequency(locale=order.locale).most
    doses = None if stated is None else stated.doses
    if doses is not None and dose.most_a_day is not None:
        raise BadFile(
            f"The dose '{order.directions.dose}' has a maximum for a day beside '{order.directions.max_per_day}', "
            "and FHIR has a place for one of them.",
            LEAVE_OUT,
            given=str(order.directions.max_per_day),
        )
    most = None
    if doses is not None:
        most = Amount(value=Fraction(doses), unit="doses", system=SYSTEM, code=DOSES)
    elif dose.most_a_day is not None:
        most = amount_of(dose.most_a_day)
    return None if most is None else Ratio(numerator=most, denominator=days_amount(1))


def _instructed(frame: Dosage, order: Order, dose: DoseAndRate) -> Dosage:
    return msgspec.structs.replace(
        frame,
        additional_instruction=tuple(Concept(text=text) for text in order.directions.warnings),
        dose_and_rate=(dose,),
    )


def _supplied(frame: Dosage, measured: Measured, words: str) -> Dosage:
    """The dosage with the volume to measure."""
    return _said(frame, words, _dose("calculated", amount_of(Quantity(value=measured.ml, unit=ML))))


def _said(frame: Dosage, words: str, dose: DoseAndRate) -> Dosage:
    return msgspec.structs.replace(frame, text=words.replace(NO_BREAK, " "), dose_and_rate=(dose,))


def _dose(kind: str, amount: Amount) -> DoseAndRate:
    return DoseAndRate(type=Concept(coding=(Coding(system=_DOSE_TYPES, code=kind),)), dose_quantity=amount)
