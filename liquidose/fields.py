"""The words of a plan by the field names that a label design uses."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from liquidose.directions import needed_for, volume_words
from liquidose.orders.parts import OrderPatient
from liquidose.orders.product_code import ProductCode
from liquidose.plan import Plan, under
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.writing import NO_BREAK, Profile, english, sentence, write_quantity, written_date
from liquidose.tallman import tallman


def texts_of(plan: Plan, profile: Profile | None = None) -> dict[str, tuple[str, ...]]:
    """Every field with its texts, each of which begins on a line of its own; none where the order has none.

    They are in the words of ``profile``, a label design's own, else of the plan's. ``product``, ``direction``,
    ``details`` and ``pharmacy`` say together what other fields say one by one.
    """
    plan = under(plan, profile)
    given, drug = plan.order.dispense, plan.order.drug
    name = tallman(drug.name) if plan.profile == "us" else drug.name
    line = f"{name} {drug.form}" if drug.form else name
    what_for = needed_for(plan.order.directions.purpose or plan.order.directions.reason).lstrip()
    identifiers = second_identifiers(plan.order.patient)
    strength = _KEPT.sub(NO_BREAK, plan.strength)
    number = "Number" if plan.profile == "uk" else "Rx"
    parts = {
        "rx_number": _after(number, given.rx_number),
        "dispensed": _after("Dispensed", given.date),
        "prescriber": _after("Prescriber", given.prescriber),
        "quantity": _after("Quantity", given.quantity and _quantity(given.quantity, plan.order.locale)),
        "refills": _refills(given.refills),
        "discard": _after("Do not use after", given.discard_after),
        "initials": _after("Pharmacist", given.initials),
        "generic_for": _after("Generic for", drug.generic_for),
        "manufacturer": _after("Made by", drug.manufacturer),
        "used": plan.conversion.used,
    }
    details = [
        words if field in _BREAKABLE else words.replace(" ", NO_BREAK)
        for field, words in parts.items()
        if words
    ]
    pharmacy = plan.pharmacy
    shop = ("", "", "")
    if pharmacy:
        shop = (pharmacy.name, pharmacy.address, pharmacy.phone.replace(" ", NO_BREAK))
    return {
        "patient": (", ".join((plan.order.patient.name, *identifiers)),),
        "patient_name": (plan.order.patient.name,),
        "identifiers": _one(", ".join(identifiers)),
        "drug": (line,),
        "drug_name": (name,),
        "form": _one(drug.form),
        "strength": (strength,),
        "product": (f"{line}, {strength}",),
        "direction": (plan.direction,),
        "give": (plan.give,),
        "purpose": (sentence(what_for),) if what_for else (),
        "fill": (plan.fill,),
        "cautions": plan.cautions,
        "details": _one(" · ".join(details)),
        **{field: _one(words) for field, words in parts.items()},
        "pharmacy": _one(" · ".join(filter(None, shop))),
        **dict(zip(("pharmacy_name", "pharmacy_address", "pharmacy_phone"), map(_one, shop), strict=True)),
        **_preparation(plan),
    }


_KEPT: Final = re.compile(r"(?<=\d) (?=[^\W\d]|%)| (?=per\s)|(?<=\sper) ")
"""The spaces of a strength, typed or written here, at which no line ends: ``1 mg per mL`` is one unit."""
_BREAKABLE: Final = frozenset({"prescriber", "generic_for", "manufacturer"})
"""Details that are names; any other is kept on one line."""


def _after(words: str, given: str | dt.date | None) -> str:
    if not given:
        return ""
    return f"{words} {written_date(given) if isinstance(given, dt.date) else given}"


def _one(words: str | None) -> tuple[str, ...]:
    return (words,) if words else ()


def _refills(refills: int | None) -> str:
    if refills is None:
        return ""
    return f"Refills {refills}" if refills else "No refills"


def _quantity(text: str, locale: str | None) -> str:
    return write_quantity(read_quantity(text, locale=locale), locale=english(locale))


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


def written_time(moment: dt.datetime) -> str:
    """A date and a time of 24 hours: ``03 Feb 2026 14:30`` (R183)."""
    return f"{written_date(moment.date())}{NO_BREAK}{moment:%H:%M}"


def second_identifiers(patient: OrderPatient) -> tuple[str, ...]:
    """What tells two patients of one name apart: the birth date, the number, or both."""
    born = f"born {written_date(patient.birth_date)}" if patient.birth_date else None
    return tuple(filter(None, (born, patient.id)))


def _preparation(plan: Plan) -> dict[str, tuple[str, ...]]:
    """What is said of one filled syringe; no field of it where the order has no preparation."""
    given, added = plan.order.preparation, plan.order.diluent
    if given is None:
        return {}
    diluent = None if added is None else f"with {volume_words(added.ml)} {added.name}"
    return {
        "prepared": (written_time(given.prepared),) if given.prepared else (),
        "discard_at": (written_time(given.discard_at),) if given.discard_at else (),
        "preparer": (given.preparer,) if given.preparer else (),
        "checker": (given.checker,) if given.checker else (),
        "diluent": (diluent,) if diluent else (),
    }
