"""What an order is held to: its own guards, and the protocol that it names."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from liquidose.cautions import Caution
from liquidose.clock import DayParts
from liquidose.courses.carrying import Carried
from liquidose.courses.guarding import check, passed_by
from liquidose.courses.guards import Checked
from liquidose.courses.protocol import Ordered, Protocol, held_to
from liquidose.dosing.patient import patient_of
from liquidose.errors import CheckTheAmount
from liquidose.orders.order import Order
from liquidose.orders.parts import ROUTE_WORDS
from liquidose.overrides import GUARDS
from liquidose.site import Site


def checked_of(order: Order, site: Site, carried: Carried, protocol: Protocol | None) -> Checked:
    """What the guards are held against; with the body surface where one of them counts by it."""
    limits = [guard.limit(order.locale) for guard in order.guard if guard.amount is not None]
    limits += [guard.limit() for guard in (protocol.guard if protocol else ()) if guard.amount is not None]
    patient, person = carried.patient, order.patient
    if patient.surface is None and any(limit.per == "m2" for limit in limits):
        patient = patient_of(
            needs_surface=True,
            weight=person.weight,
            height=person.height,
            bsa=person.bsa,
            locale=order.locale,
        )
    return Checked(
        before=carried.before,
        steps=carried.steps,
        stops=not carried.steps[-1].doses,
        patient=patient,
        birth=order.patient.birth_date,
        profile=site.profile,
        locale=order.locale,
        hours=order.day_parts or site.day_parts or DayParts(),
    )


def ordered_of(order: Order, site: Site, carried: Carried) -> Ordered:
    """What of an order a protocol must match; nothing said and no other sign means by mouth."""
    way = order.directions.way or "oral"
    route = next(words for words, known in ROUTE_WORDS.items() if known == way)
    strength = None if carried.source.strength is None else carried.source.strength.per_ml.unit.name
    return Ordered(
        drug=order.drug.name,
        words=f"{order.drug.name} {order.drug.form or ''} {order.drug.strength}",
        route=route,
        doses=carried.doses,
        strength_unit=strength,
        profile=site.profile,
        date=order.dispense.date,
    )


def guarded_by(
    order: Order, protocol: Protocol | None, course: Checked, ordered: Ordered
) -> Iterator[Caution]:
    """What the guards of an order and its protocol have to say, as far as no override passes them.

    Raises:
        CheckTheAmount: a guard that refuses, or an override of one that does not.
    """
    passed = {override.code for override in order.override if override.code in GUARDS}
    yield from check(order.guard, course, passed=passed)
    needed = set(passed_by(order.guard, course)) if passed else set()
    if order.guard:
        held = "; ".join(guard.words(order.locale) for guard in order.guard)
        yield Caution(code="guards", text=f"Checked against the guards of the order: {held}.", level="note")
    if protocol is not None:
        own = msgspec.structs.replace(course, locale=None)  # its numbers are not written as the order's are
        yield from held_to(protocol, ordered, own, passed=passed)
        needed |= set(passed_by(protocol.guard, own)) if passed else set()
    for code in sorted(passed - needed):
        raise CheckTheAmount(
            f"There is nothing to override: no guard that '{code}' would pass refuses the order.",
            "Check the doses and the guards, or take the override out.",
            given=code,
        )
