"""The words of a plan by the field names that a label design uses."""

from __future__ import annotations

from liquidose.plan import Plan
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.writing import NO_BREAK, english, write_quantity, written_date

__all__ = ["texts_of", "written_date"]


def texts_of(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Every field with its texts, each of which begins on a line of its own; none where the order has none."""
    return {
        "patient": (_patient(plan),),
        "drug": (plan.drug,),
        "strength": (plan.strength,),
        "direction": (plan.direction,),
        "fill": (plan.fill,),
        "cautions": plan.cautions,
        "details": _details(plan),
        "pharmacy": _pharmacy(plan),
    }


def _patient(plan: Plan) -> str:
    patient = plan.order.patient
    words = [patient.name]
    if patient.birth_date:
        words.append(f"born {written_date(patient.birth_date)}")
    if patient.id:
        words.append(patient.id)
    return ", ".join(words)


def _details(plan: Plan) -> tuple[str, ...]:
    given, locale = plan.order.dispense, plan.order.locale
    found = []
    if given.rx_number:
        found.append(f"Rx {given.rx_number}")
    if given.date:
        found.append(f"Dispensed {written_date(given.date)}")
    if given.prescriber:
        found.append(f"Prescriber {given.prescriber}")
    if given.quantity:
        amount = read_quantity(given.quantity, locale=locale)
        found.append(f"Quantity {write_quantity(amount, locale=english(locale))}")
    if given.discard_after:
        found.append(f"Discard after {written_date(given.discard_after)}")
    if plan.conversion.used:
        found.append(plan.conversion.used)
    kept = (words if words.startswith("Prescriber") else words.replace(" ", NO_BREAK) for words in found)
    return (" · ".join(kept),) if found else ()


def _pharmacy(plan: Plan) -> tuple[str, ...]:
    pharmacy = plan.pharmacy
    if pharmacy is None:
        return ()
    return (" · ".join(filter(None, (pharmacy.name, pharmacy.address, pharmacy.phone))),)
