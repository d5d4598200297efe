"""Whether a design shows what it is given, and is given what it demands; nothing is left off in silence.

Some fields say together what others say one by one: a design shows the whole or the parts, as it likes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from liquidose.errors import BadFile, DoesNotFit, GiveWhatIsMissing
from liquidose.pages.templates import NEVER_LEFT_OUT, Template

PARTS: Final[dict[str, tuple[str, ...]]] = {
    "product": ("drug", "strength"),
    "drug": ("drug_name", "form"),
    "patient": ("patient_name", "identifiers"),
    "direction": ("give", "purpose"),
    "details": (
        "rx_number", "dispensed", "prescriber", "quantity", "refills", "discard", "initials",
        "generic_for", "manufacturer", "used",
    ),
    "pharmacy": ("pharmacy_name", "pharmacy_address", "pharmacy_phone"),
}  # fmt: skip
"""What a field that stands for several says, part by part."""

ORDER_KEYS: Final[dict[str, str]] = {
    "patient": "patient.name",
    "patient_name": "patient.name",
    "identifiers": "patient.birth_date",
    "drug": "drug.name",
    "drug_name": "drug.name",
    "form": "drug.form",
    "strength": "drug.strength",
    "generic_for": "drug.generic_for",
    "manufacturer": "drug.manufacturer",
    "direction": "directions.dose",
    "give": "directions.dose",
    "purpose": "directions.purpose",
    "cautions": "directions.warnings",
    "rx_number": "dispense.rx_number",
    "dispensed": "dispense.date",
    "prescriber": "dispense.prescriber",
    "quantity": "dispense.quantity",
    "refills": "dispense.refills",
    "discard": "dispense.discard_after",
    "initials": "dispense.initials",
    "pharmacy": "pharmacy.name",
    "pharmacy_name": "pharmacy.name",
    "pharmacy_address": "pharmacy.address",
    "pharmacy_phone": "pharmacy.phone",
}
"""Where in an order the text of a field is written; the pharmacy may stand in the site file."""


def check_places(template: Template, given: Mapping[str, Sequence[str]]) -> None:
    """Nothing comes out; every text has a place on the label, and none that it demands is missing.

    Raises:
        DoesNotFit: a text without a place.
        GiveWhatIsMissing: demanded texts that are not given, all of them named.
    """
    told = tuple(field for field, lines in given.items() if lines)
    if unplaced := _unplaced(tuple(element.field for element in template.text), template.left_out, told):
        field = unplaced[0]
        raise DoesNotFit(
            f"The label '{template.id}' has no place for the text of '{field}'.",
            "Use another label design: every label shows it."
            if field in NEVER_LEFT_OUT
            else "Use another label design, or name it in the design's 'left_out' if it need not be there.",
            given=" ".join(given[field]),
        )
    asked = [element.field for element in template.text if element.missing == "refuse"]
    missing = [field for field in dict.fromkeys((*asked, *template.demands)) if not given.get(field)]
    if missing:
        *most, last = (ORDER_KEYS.get(field, field) for field in missing)
        named = f"{', '.join(most)} and {last}" if most else last
        raise GiveWhatIsMissing(
            f"The label '{template.id}' must show {named}, and {'they are' if most else 'it is'} not given.",
            "Write that in the order"
            + ("; the pharmacy may stand in the site file." if "pharmacy." in named else "."),
            given=", ".join(missing),
        )


def check_design(template: Template, *, name: str) -> bool:
    """Whether it has a place for warnings, if it has one for the drug, the strength, the direction and what a mark says.

    A worksheet keeps a rule of its own.

    Raises:
        BadFile: one of them has none, so that every order would be refused.
    """
    told: tuple[str, ...] = ("drug_name", "drug", "strength", "product", "give", "direction")
    if template.mark is not None:
        told += tuple(sorted(field for field in NEVER_LEFT_OUT if field.startswith("mark_")))
    placed = tuple(element.field for element in template.text)
    lacking = set() if template.kind == "worksheet" else set(_unplaced(placed, template.left_out, told))
    if lacking := lacking - {"drug_name", "product", "give"}:
        raise BadFile(
            f"{name} has no place for {', '.join(sorted(lacking))}, and every label shows that.",
            "Give it a text of its own.",
            given=", ".join(sorted(lacking)),
        )
    return "cautions" in placed


@lru_cache(maxsize=256)
def _unplaced(placed: tuple[str, ...], left_out: tuple[str, ...], told: tuple[str, ...]) -> tuple[str, ...]:
    """The fields with a text whose words stand nowhere, in a whole or in parts, though they have to.

    Thousands of labels of one design ask this of the same few sets of fields.
    """
    shown = {*placed, *left_out}
    for _ in PARTS:  # a part may itself have parts
        for whole, parts in PARTS.items():
            given = {part for part in parts if part in told}
            if whole in shown:
                shown |= set(parts)
            elif given and given <= shown:
                shown.add(whole)
    return tuple(field for field in told if field not in shown)
