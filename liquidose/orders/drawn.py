"""What the doses of an order are drawn from: its drug, with name and form."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from liquidose.cautions import Caution
from liquidose.errors import DoesNotFit, GiveWhatIsMissing
from liquidose.orders.order import Order
from liquidose.orders.tablets import MG_FOR_MG
from liquidose.quantities.writing import Profile
from liquidose.source import Source, source_of


def source_of_order(order: Order, *, by_volume: bool, notes: list[Caution]) -> Source:
    """The drug of an order; where the dose is by volume its strength is not counted.

    Raises:
        GiveWhatIsMissing: no strength, or the volume of a powder.
        LiquidoseError: as reading the strength does.
    """
    drug = order.drug
    source = source_of(
        drug.strength, by_volume=by_volume, component=drug.component, locale=order.locale, notes=notes
    )
    if source.made_up is not None and not source.made_up.exact:
        raise GiveWhatIsMissing(
            f"The strength '{drug.strength}' leaves out the volume of the powder.",
            "Give the displacement or the final volume, such as ', displacement 0.4 mL'.",
            given=drug.strength,
        )
    return source.of_drug(drug.name, drug.form)


def one_dose(order: Order) -> Order:
    """The order with its only dose in ``directions.dose``.

    Raises:
        DoesNotFit: it is a course of several doses.
    """
    directions = order.directions
    if directions.steps is not None and len(directions.steps) == 1:
        (step,) = directions.steps
        if isinstance(step.dose, str) and not step.is_none and step.cycle is None and step.strength is None:
            directions = msgspec.structs.replace(
                directions,
                steps=None,
                dose=step.dose,
                for_days=step.days,
                times=step.times or (() if step.times_a_day else directions.times),
                times_a_day=step.times_a_day or directions.times_a_day,
                every=None if step.times or step.times_a_day else directions.every,
                volume=step.volume,
            )
    if not directions.course.is_one_step:
        raise DoesNotFit(
            "The order is a course of several doses, and a label has room for one: it would say less than was ordered.",
            "Print the course with 'liquidose schedule'.",
            given=order.drug.name,
        )
    if directions is order.directions:
        return order
    return msgspec.structs.replace(order, directions=directions)


def in_place_of_tablets(order: Order, *, profile: Profile = "international") -> Iterator[Caution]:
    """What every output tells where a liquid takes the place of tablets: of which, and who said so."""
    tablets = order.directions.tablets
    if tablets is not None:
        yield Caution(
            code="tablets",
            text=f"In place of {tablets.words(locale=order.locale, profile=profile)}, never as well: the same dose, "
            f"measured in millilitres, {MG_FOR_MG} ({tablets.source.rstrip('.')}).",
        )
