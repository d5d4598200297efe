"""A request in mg and its supply in mL: the two must come to the same doses, or neither is believed."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import msgspec

from liquidose.cautions import Caution
from liquidose.conversion import work_out
from liquidose.courses.course import NONE, CourseStep
from liquidose.devices.limits import Limits
from liquidose.dosing.ordered import read_dose
from liquidose.dosing.patient import patient_of
from liquidose.dosing.strength import ML
from liquidose.errors import BadFile, CheckTheAmount
from liquidose.orders.fhir_amounts import text_of
from liquidose.orders.order import Order
from liquidose.orders.parts import Directions
from liquidose.source import source_of

_WORDS: Final = {
    "times": "times of day",
    "times_a_day": "number of times a day",
    "days": "number of days",
}
"""Of a step, as a refusal calls them."""


_LIMITS: Final = {"most": " for each dose", "most_a_day": " for a day"}
"""The maxima of a dose, as a refusal calls them."""


def refuse_disagreement(order: Order, supplied: Directions) -> None:
    """Nothing comes out, unless the directions of a supply are not those of the order that it supplies.

    A volume may differ from the exact one by as much as measuring may round it (10 %, R54).

    Raises:
        CheckTheAmount: another dose.
        BadFile: other times, days or steps, another route, or instructions or maxima that the request does not have.
    """
    ours = order.directions
    _refuse_other("route", ours.route, supplied.route)
    _refuse_other("first day", ours.start, supplied.start)
    new = [text for text in supplied.warnings if text not in ours.warnings]
    if new:
        raise BadFile(
            f"It has an instruction that its request does not have: {new[0]!a}.",
            "Check both with the sender.",
            given=new[0],
        )
    steps, others = _steps(ours), _steps(supplied)
    _refuse_other("number of steps", len(steps), len(others))
    for number, (own, other) in enumerate(zip(steps, others, strict=True), 1):
        _compare_steps(order, own, other, f" in step {number}" if len(steps) > 1 else "")
    _refuse_other("time between doses", ours.every, supplied.every)
    _refuse_other("need of a dose", ours.as_needed, supplied.as_needed)
    if supplied.max_per_day is not None:  # which a supply may leave to its request
        _refuse_other("most in a day", ours.max_per_day, supplied.max_per_day)


def _steps(directions: Directions) -> list[CourseStep]:
    """The steps of a course, each with its times; those of one dose are one."""
    common = {"times": directions.times, "times_a_day": directions.times_a_day}
    return [
        msgspec.structs.replace(step, **common)
        if isinstance(step.dose, str) and step.dose != NONE and not (step.times or step.times_a_day)
        else step
        for step in directions.steps or (CourseStep(dose=directions.dose or "", days=directions.for_days),)
    ]


def _refuse_other(what: str, own: object, other: object) -> None:
    if (own or None) != (other or None):
        raise BadFile(
            f"Its request and it disagree on the {what}: {_shown(own)}; {_shown(other)}.",
            "Check both with the sender.",
            given=what,
        )


def _compare_steps(order: Order, own: CourseStep, other: CourseStep, where: str) -> None:
    """Nothing comes out, unless two steps are not of the same days, times and doses."""
    for key, words in _WORDS.items():
        _refuse_other(f"{words}{where}", getattr(own, key), getattr(other, key))
    doses, others = _by_time(own), _by_time(other)
    _refuse_other(f"times of day{where}", tuple(doses), tuple(others))
    often = len(own.times) or own.times_a_day or order.directions.doses_a_day
    if isinstance(own.dose, dict):
        often = len(doses)
    for time, dose in doses.items():
        if dose != others[time]:
            _compare(order, dose, others[time], often, where)


def _by_time(step: CourseStep) -> dict[str, str]:
    return step.dose if isinstance(step.dose, dict) else {"": step.dose}


def _compare(order: Order, own: str, other: str, doses_a_day: int | None, where: str) -> None:
    dose, asked = (read_dose(text, locale=order.locale) for text in (other, own))
    for limit, words in _LIMITS.items():
        most = getattr(dose, limit)
        if most is not None and most != getattr(asked, limit):
            raise BadFile(
                f"It has a maximum{words}{where} that its request does not have: {text_of(most, None)}.",
                "Check both with the sender.",
                given=text_of(most, None),
            )
    if dose.by_volume:
        exact = _exact_ml(order, own, doses_a_day)
        given = dose.amount.to(ML).value
        if abs(given - exact) * 100 <= exact * Limits().rounding_refused:
            return
    elif dose == asked:
        return
    raise CheckTheAmount(
        f"Its dose{where}, {other}, is not the {own} of its request at {order.drug.strength}.",
        "Check both with the sender.",
        given=other,
    )


def _exact_ml(order: Order, text: str, doses_a_day: int | None) -> Fraction:
    patient, directions = order.patient, order.directions
    notes: list[Caution] = []
    dose = read_dose(text, locale=order.locale)
    source = source_of(
        order.drug.strength, by_volume=dose.by_volume, component=order.drug.component, locale=order.locale
    )
    known = patient_of(
        needs_surface=dose.per == "m2",
        weight=patient.weight,
        height=patient.height,
        bsa=patient.bsa,
        locale=order.locale,
        notes=notes,
    )
    return work_out(
        dose, source, patient=known, times_a_day=doses_a_day, route=directions.way, notes=notes
    ).volume_ml


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return ("yes" if value is True else str(value)) if value else "none"
