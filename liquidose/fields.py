"""The words of a plan by the field names that a label design uses."""

from __future__ import annotations

import datetime as dt

from liquidose.directions import volume_words
from liquidose.orders.order import OrderPatient
from liquidose.orders.product_code import ProductCode
from liquidose.plan import Plan, english
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.writing import NO_BREAK, write_quantity


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
    } | _preparation(plan)


def codes_of(plan: Plan) -> dict[str, ProductCode | str]:
    """What the barcodes of a design may hold, by field; only what the order gives."""
    order = plan.order
    product = order.drug.product_code
    found = {
        "gs1": product,
        "gtin": product and product.gtin,
        "ndc": order.drug.ndc,
        "lot": order.drug.lot,
        "serial": order.drug.serial,
        "rx_number": order.dispense.rx_number,
        "patient_id": order.patient.id,
    }
    return {field: value for field, value in found.items() if value is not None}


def written_date(day: dt.date) -> str:
    """A date that cannot be misread: ``03 Feb 2026`` (R183)."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.day:02}{NO_BREAK}{months[day.month - 1]}{NO_BREAK}{day.year}"


def written_time(moment: dt.datetime) -> str:
    """A date and a time of 24 hours: ``03 Feb 2026 14:30`` (R183)."""
    return f"{written_date(moment.date())}{NO_BREAK}{moment:%H:%M}"


def second_identifiers(patient: OrderPatient) -> tuple[str, ...]:
    """What tells two patients of one name apart: the birth date, the number, or both."""
    born = f"born {written_date(patient.birth_date)}" if patient.birth_date else None
    return tuple(filter(None, (born, patient.id)))


def _patient(plan: Plan) -> str:
    patient = plan.order.patient
    return ", ".join((patient.name, *second_identifiers(patient)))


def _preparation(plan: Plan) -> dict[str, tuple[str, ...]]:
    """What is said of one filled syringe; no field of it where the order has no preparation."""
    given, added = plan.order.preparation, plan.order.diluent
    if given is None:
        return {}
    diluent = None if added is None else f"with {volume_words(added.ml)} of {added.name}"
    return {
        "prepared": (written_time(given.prepared),) if given.prepared else (),
        "discard_at": (written_time(given.discard_at),) if given.discard_at else (),
        "preparer": (given.preparer,) if given.preparer else (),
        "checker": (given.checker,) if given.checker else (),
        "diluent": (diluent,) if diluent else (),
    }


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
