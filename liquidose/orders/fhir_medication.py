"""A Medication of FHIR to the drug of an order. A strength that is missing is refused, never assumed."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Final

from liquidose.cautions import Caution, Notes
from liquidose.dosing.forms import sign_of
from liquidose.dosing.products import Product, read_product
from liquidose.dosing.strength import ML, Stated, Strength
from liquidose.errors import (
    BadFile,
    CheckTheAmount,
    GiveWhatIsMissing,
    LiquidoseError,
    NameTheComponent,
    UnitsDoNotMatch,
)
from liquidose.orders.fhir_amounts import ratio_of, text_of
from liquidose.orders.fhir_resources import Concept, Ingredient, Medication
from liquidose.orders.fhir_table import SNOMED
from liquidose.quantities.quantity import Quantity

_TAG: Final = re.compile(
    r" \((?:product|medicinal product|clinical drug|substance|qualifier value|dose form)\)$"
)
"""What SNOMED CT puts behind its fully specified names, and no label says."""
_ACTIVE: Final = frozenset({None, "active"})


def drug_of(
    medication: Medication | Concept, *, locale: str | None = None, called: str | None = None
) -> dict[str, Any]:
    """The drug of an order, by the names of its keys; ``called`` is what the reference to it calls it.

    Raises:
        GiveWhatIsMissing: no name, or no strength, neither as a Ratio nor in the name.
        CheckTheAmount: the name states another strength than the ingredients.
        BadFile: a medicine that is not in use, or one made of others.
    """
    if isinstance(medication, Concept):
        medication = Medication(resource_type="Medication", code=medication)
    if medication.status not in _ACTIVE:
        raise BadFile(
            f"The medication's status is {medication.status!a}, and only an active one is supplied.",
            "Check the order with the sender.",
            given=str(medication.status),
        )
    ingredients = [one for one in medication.ingredient if one.is_active is not False]
    names = [words for one in ingredients if (words := _words(one.item_codeable_concept))]
    name = _words(medication.code) or " and ".join(names)
    if not name:
        raise GiveWhatIsMissing(
            "The medication has no name.", "Have the sender write it as code.text.", given=""
        )
    notes: list[Caution] = []
    said = _product(name, locale, notes)
    found: dict[str, Any] = {"name": name}
    if any(one.strength for one in ingredients):
        found["strength"] = _strength(ingredients, name, locale)
    else:
        _refuse_without_strength(said, name)
        found["strength"] = name
        found["name"] = said.name if isinstance(said, Product) and said.name else name
    codes = [] if medication.code is None else medication.code.every_words
    _refuse_another_strength(found["strength"], [*codes, *([called] if called else [])], locale)
    found["form"] = _words(medication.form)
    if isinstance(said, Product):
        found["form"] = found["form"] or said.form or said.container  # the words that say where it goes
        if found["strength"] == name and not notes and _says_no_more(said, found["form"]):
            found["strength"] = _text(said.stated, locale)
    if medication.batch is not None:
        found |= {"lot": medication.batch.lot_number, "expiry": medication.batch.expiration_date}
    return {key: value for key, value in found.items() if value is not None}


def _words(concept: Concept | None) -> str | None:
    """What a concept is called, without the tag of SNOMED CT."""
    if concept is None or concept.words is None:
        return None
    tagged = concept.text is None and any(coding.system == SNOMED for coding in concept.coding)
    return _TAG.sub("", concept.words) if tagged else concept.words


def _says_no_more(said: Product, form: str | None) -> bool:
    """Whether a product's strength and form tell all that its text does."""
    return said.stated.notation == "amount" and not said.insulin and sign_of(form or "") == said.sign


def _text(stated: Stated, locale: str | None) -> str:
    return f"{text_of(stated.amount, locale)}/{_volume(stated.volume, locale)}"


def _volume(volume: Quantity, locale: str | None) -> str:
    return "mL" if volume == Quantity(value=Fraction(1), unit=ML) else text_of(volume, locale)


def _product(name: str, locale: str | None, notes: Notes = None) -> Product | LiquidoseError:
    """What the name says as a product, or why it says nothing."""
    try:
        return read_product(name, locale=locale, notes=notes)
    except LiquidoseError as fault:
        return fault


def _refuse_without_strength(said: Product | LiquidoseError, name: str) -> None:
    if isinstance(
        said, Product | NameTheComponent
    ):  # a combination's strength is printed where it is given by volume
        return
    why = "" if isinstance(said, GiveWhatIsMissing) else f" {said.problem}"
    raise GiveWhatIsMissing(
        f"'{name}' has no strength per volume, and none is ever assumed.{why}",
        "Have the sender write the strength as a Ratio, such as 5 mg in 5 mL.",
        given=name,
    )


def _strength(ingredients: list[Ingredient], name: str, locale: str | None) -> str:
    """The strength as a container states it; that of a combination names every amount."""
    stated = []
    for one in ingredients:
        if one.strength is None:
            raise GiveWhatIsMissing(
                f"One ingredient of '{name}' has a strength and another has none.",
                "Have the sender write every strength.",
                given=name,
            )
        if one.item_reference is not None and "Medication/" in (one.item_reference.reference or ""):
            raise BadFile(
                f"'{name}' is made of other medications.",
                "Have the sender write its own strength.",
                given=name,
            )
        stated.append(ratio_of(one.strength, "strength"))
    volume = stated[0][1]
    if any(other.to(volume.unit).value != volume.value for _, other in stated):
        raise UnitsDoNotMatch(
            f"The ingredients of '{name}' are stated in different volumes.",
            "Have the sender state them in the same volume.",
            given=name,
        )
    return "/".join([*(text_of(amount, locale) for amount, _ in stated), _volume(volume, locale)])


def _refuse_another_strength(strength: str, names: list[str], locale: str | None) -> None:
    """Nothing comes out, unless one of the medicine's names states another strength than the one read.

    Raises:
        CheckTheAmount: naming both.
    """
    read = _product(strength, locale)
    for name in names:
        said = _product(name, locale)
        if (
            isinstance(read, Product)
            and isinstance(said, Product)
            and not _same(read.strength, said.strength)
        ):
            raise CheckTheAmount(
                f"{name!a} states another strength than {strength!a}.",
                "Check the strength on the container, and have the sender correct it.",
                given=name,
            )


def _same(one: Strength, other: Strength) -> bool:
    mine, its = one.per_ml, other.per_ml
    return mine.unit.dimension == its.unit.dimension and mine.value == its.to(mine.unit).value
