"""The names of all fields that a design may show, so that a slip in one is found before an order is printed with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from liquidose.errors import BadFile
from liquidose.files import nearest

FIELD_NAMES: Final = frozenset({
    "patient", "patient_name", "identifiers", "second_id", "product", "drug", "drug_name", "form", "strength",
    "direction", "give", "purpose", "fill", "cautions",
    "details", "rx_number", "dispensed", "prescriber", "quantity", "refills", "discard", "initials", "generic_for",
    "manufacturer", "used", "pharmacy", "pharmacy_name", "pharmacy_address", "pharmacy_phone",
    "prepared", "discard_at", "preparer", "checker", "diluent", "concentration", "dose", "volume", "only_for",
    "big_dose", "new_strength", "when", "with", "missed_dose", "in_doubt",
    "order_as_typed", "how_read", "formula", "exact", "measured", "change", "tolerance", "overrides", "notes",
    "lot", "expiry",
    "mark_dose", "mark_use", "mark_syringe", "mark_only", "mark_error", "mark_promise", "mark_route", "mark_source",
    "copy", "document", "id",
})  # fmt: skip
"""What a plan, a mark and a print run say, by name."""


def check_field_names(named: Iterable[tuple[str, str]], *, name: str) -> None:
    """Nothing comes out if every field is one; each comes with its place in the file of this name.

    Raises:
        BadFile: another field, with the nearest one.
    """
    for place, field in named:
        if field not in FIELD_NAMES:
            close = nearest(field, FIELD_NAMES)
            raise BadFile(
                f"{name}, {place}: there is no field '{field}'.",
                f"Did you mean '{close}'?" if close else f"The fields are {', '.join(sorted(FIELD_NAMES))}.",
                given=field,
            )
