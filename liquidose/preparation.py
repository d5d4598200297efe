"""What the label of one filled syringe says of it: its name, concentration, dose, volume, and whom it is for.

These words say again, in the form that such a label needs, what other fields of a plan say; so a design
takes those it names, and a design that names none misses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from liquidose.devices.syringes import Route
from liquidose.directions import volume_words
from liquidose.dosing.strength import ML, strength_of, write_stated, write_strength
from liquidose.errors import UnreadableText
from liquidose.fields import second_identifiers
from liquidose.plan import Plan
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import NO_BREAK, english, write_quantity

_ONLY_FOR: Final[dict[Route, str]] = {
    "oral": "For oral use only",
    "tube": "For feeding tube use only",
}


def words_of(plan: Plan, field: str) -> tuple[str, ...]:
    """The texts of one of these fields; none for another field, and where the order gives none.

    Raises:
        UnreadableText: a name all in capitals.
    """
    if field == "second_id":
        return tuple(one.replace(" ", NO_BREAK) for one in second_identifiers(plan.order.patient))
    write = _WORDS.get(field)
    text = "" if write is None else write(plan)
    return (text,) if text else ()


def _drug_name(plan: Plan) -> str:
    """The name alone, with a capital at its start (R86); capitals within it, as tall man has them, stay."""
    name = plan.order.drug.name.strip()
    if name.isupper() and len(name) > 1:
        raise UnreadableText(
            f"The name '{name}' is all in capitals, which a syringe label must not be.",
            f"Write it like '{name.capitalize()}'.",
            given=name,
        )
    return name[0].upper() + name[1:]


def _concentration(plan: Plan) -> str:
    """The drug per mL of what is in the syringe: of the container, or as diluted.

    A percentage stays one beside it (R92); an order in mL counts no drug, and has none.
    """
    conversion, given = plan.conversion, plan.measured.dose_given
    if conversion.strength is None or given is None:
        return ""
    locale = english(plan.order.locale)
    added = plan.order.diluent
    if added is not None:
        whole = strength_of(given, Quantity(value=plan.measured.ml + added.ml, unit=ML))
        return write_strength(whole, locale=locale, profile=plan.profile)
    if conversion.stated is not None and conversion.stated.notation == "percent":
        return write_stated(conversion.stated, locale=locale, profile=plan.profile)
    return write_strength(conversion.strength, locale=locale, profile=plan.profile)


def _dose(plan: Plan) -> str:
    """The amount of drug really given; none where the order is in mL."""
    given = plan.measured.dose_given
    if given is None:
        return ""
    return write_quantity(given, locale=english(plan.order.locale), profile=plan.profile)


_WORDS: Final[dict[str, Callable[[Plan], str]]] = {
    "drug_name": _drug_name,
    "concentration": _concentration,
    "dose": _dose,
    "volume": lambda plan: volume_words(plan.measured.ml),
    "only_for": lambda plan: _ONLY_FOR.get(plan.conversion.route or "oral", ""),
    "patient_name": lambda plan: plan.order.patient.name,
}
