"""A request in mg and its supply in mL: the two must come to the same dose, or neither is believed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from liquidose.cautions import Caution
from liquidose.conversion import work_out
from liquidose.devices.limits import Limits
from liquidose.dosing.ordered import read_dose
from liquidose.dosing.patient import patient_of
from liquidose.dosing.strength import ML
from liquidose.errors import BadFile, CheckTheAmount
from liquidose.orders.order import Order
from liquidose.source import source_of

_WORDS: Final = {
    "times": "times of day",
    "times_a_day": "number of times a day",
    "every": "time between doses",
    "as_needed": "need of a dose",
    "for_days": "number of days",
    "route": "route",
}


def refuse_disagreement(order: Order, supplied: dict[str, Any]) -> None:
    """Nothing comes out, unless the directions of a supply are not those of the order that it supplies.

    A volume may differ from the exact one by as much as measuring may round it (10 %, R54).

    Raises:
        CheckTheAmount: another dose.
        BadFile: other times, another route, or instructions that the request does not have.
    """
    ours = order.directions
    for key in _WORDS:
        own = getattr(ours, key)
        if supplied.get(key) != (own or None):
            raise BadFile(
                f"Its request and it disagree on the {_WORDS[key]}: {_shown(own)}; {_shown(supplied.get(key))}.",
                "Check both with the sender.",
                given=key,
            )
    most = supplied.get("max_per_day", ours.max_per_day)  # a supply may leave it to its request
    if most != ours.max_per_day:
        raise BadFile(
            f"Its request and it disagree on the most in a day: {_shown(ours.max_per_day)}; {most}.",
            "Check both with the sender.",
            given="max_per_day",
        )
    new = [text for text in supplied["warnings"] if text not in ours.warnings]
    if new:
        raise BadFile(
            f"It has an instruction that its request does not have: {new[0]!a}.",
            "Check both with the sender.",
            given=new[0],
        )
    dose = read_dose(supplied["dose"], locale=order.locale)
    if dose.by_volume:
        exact = _exact_ml(order)
        given = dose.amount.to(ML).value
        if abs(given - exact) * 100 <= exact * Limits().rounding_refused:
            return
    elif dose == read_dose(ours.dose or "", locale=order.locale):
        return
    raise CheckTheAmount(
        f"Its dose, {supplied['dose']}, is not the {ours.dose} of its request at {order.drug.strength}.",
        "Check both with the sender.",
        given=str(supplied["dose"]),
    )


def _exact_ml(order: Order) -> Fraction:
    patient, directions = order.patient, order.directions
    notes: list[Caution] = []
    dose = read_dose(directions.dose or "", locale=order.locale)
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
        dose, source, patient=known, times_a_day=directions.doses_a_day, route=directions.way, notes=notes
    ).volume_ml


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return ("yes" if value is True else str(value)) if value else "none"
