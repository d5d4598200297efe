"""An order's drug as a Medication of FHIR: its form, its lot, and each amount that its container states."""

from __future__ import annotations

from liquidose.dosing.components import PLACES, TOTAL
from liquidose.dosing.strength import Stated
from liquidose.errors import BadFile, NameTheComponent
from liquidose.orders.fhir_amounts import amount_of
from liquidose.orders.fhir_resources import Batch, Concept, Ingredient, Medication, Ratio
from liquidose.orders.order import Order
from liquidose.orders.ucum import LEAVE_OUT
from liquidose.source import source_of


def medication_of(order: Order) -> Medication:
    """The Medication of an order, with the strength as its container states it.

    Raises:
        NameTheComponent: amounts that are not parts of one sum, or a part by name.
        BadFile: a powder, or a strength that is no decimal.
        UnknownUnit: a strength in units.
    """
    drug = order.drug
    stated = _stated(order)
    said = source_of(drug.strength, by_volume=True, component=drug.component, locale=order.locale)
    form = drug.form or said.form or said.container
    names = [drug.name] if len(stated) == 1 else [f"{drug.name}, {place} amount" for place in PLACES]
    batch = Batch(lot_number=drug.lot, expiration_date=drug.expiry.isoformat() if drug.expiry else None)
    return Medication(
        resource_type="Medication",
        code=Concept(text=drug.name),
        form=Concept(text=form) if form else None,
        ingredient=tuple(
            Ingredient(
                item_codeable_concept=Concept(text=name),
                strength=Ratio(numerator=amount_of(one.amount), denominator=amount_of(one.volume)),
            )
            for name, one in zip(names, stated, strict=False)
        ),
        batch=None if batch == Batch() else batch,
    )


def _stated(order: Order) -> tuple[Stated, ...]:
    """The strength that the container states; of a combination each amount.

    Raises:
        NameTheComponent: amounts that are not parts of one sum, or a part by name.
        BadFile: a powder, whose making up FHIR does not carry.
    """
    drug = order.drug
    try:
        source = source_of(drug.strength, locale=order.locale)
    except NameTheComponent:
        return _parts(order)
    if source.made_up is not None or source.stated is None:
        raise BadFile(
            f"'{drug.strength}' is made up from a powder, and FHIR does not carry how.",
            LEAVE_OUT,
            given=drug.strength,
        )
    return (source.stated,)


def _parts(order: Order) -> tuple[Stated, ...]:
    text, component = order.drug.strength, order.drug.component
    found: list[Stated] = []
    try:
        source_of(text, component=TOTAL, locale=order.locale)
    except NameTheComponent:
        raise NameTheComponent(
            f"The amounts of '{text}' are not parts of one sum, and FHIR carries ingredients.",
            LEAVE_OUT,
            given=text,
        ) from None
    if component not in {None, TOTAL, *PLACES}:
        raise NameTheComponent(
            f"drug.component '{component}' is a name, and the FHIR export knows amounts by their place.",
            "Write 'first', 'second' or 'total'.",
            given=str(component),
        )
    for place in PLACES:
        try:
            one = source_of(text, component=place, locale=order.locale).stated
        except NameTheComponent:
            break
        found += () if one is None else (one,)
    return tuple(found)
