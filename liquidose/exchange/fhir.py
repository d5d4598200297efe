"""An order as FHIR R4: the request with its doses in mg, and the supply of it with the volumes in mL, in one Bundle.

Ids are made from the order, so that the same order gives the same bytes, and two orders never share an id.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

from liquidose.courses.protocol import load_protocol
from liquidose.courses.schedule import Schedule, make_schedule
from liquidose.errors import BadFile, LiquidoseError
from liquidose.exchange.fhir_dosages import Dosages, days_amount, dosages_of_plan, dosages_of_schedule
from liquidose.exchange.fhir_medication import medication_of
from liquidose.numbers import decimal_digits
from liquidose.orders.fhir_amounts import amount_of, text_of
from liquidose.orders.fhir_carried import OWN_NOTES, extensions_of
from liquidose.orders.fhir_resources import (
    Amount,
    Annotation,
    Coding,
    Concept,
    DispenseRequest,
    HumanName,
    Identifier,
    MedicationDispense,
    MedicationRequest,
    Observation,
    Patient,
    Reference,
    Resource,
)
from liquidose.orders.fhir_table import LOINC, MEASUREMENTS
from liquidose.orders.order import Order
from liquidose.plan import Plan, make_plan
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.writing import NO_BREAK, write_quantity
from liquidose.site import Site

_NAMES: Final = uuid.UUID("6f1f6d0e-35c1-5d0a-9f6e-1a4f6c0c7b52")
"""The namespace of the ids, drawn once."""


def order_as_fhir(order: Order, site: Site | None = None) -> bytes:
    """The Bundle of one order, worked out under a site's values: of its plan, or of its schedule if it has several doses.

    Raises:
        LiquidoseError: as make_plan or make_schedule does, and as fhir_of does.
    """
    if order.directions.course.is_one_step:
        return fhir_of(make_plan(order, site))
    return fhir_of(make_schedule(order, site))


def fhir_of(worked_out: Plan | Schedule) -> bytes:
    """The Bundle of one plan or schedule as JSON: Patient, measurements, Medication, MedicationRequest, MedicationDispense.

    Raises:
        BadFile: a value of the order that FHIR cannot carry, which the message names; the schedule of a dose as needed.
        UnknownUnit: a dose in units, whose kind the order does not say.
        NameTheComponent: a combination whose amounts are not parts of one sum.
    """
    if isinstance(worked_out, Plan):
        dosages, words = dosages_of_plan(worked_out), _words_of_plan(worked_out)
    elif worked_out.as_needed:
        raise BadFile(
            "The days of a dose as needed are written from its plan.",
            "Make the plan of the order.",
            given="as_needed",
        )
    else:
        dosages, words = dosages_of_schedule(worked_out), _words_of_schedule(worked_out)
    order = worked_out.order
    if isinstance(order.protocol, str):  # where its file lies is no part of the order
        order = msgspec.structs.replace(order, protocol=load_protocol(order.protocol))
    names = _Names(order)
    until_now = _until_now(worked_out)
    measurements = _measurements(order, names)
    parts: list[tuple[str, Resource]] = [
        ("patient", _patient(order)),
        *measurements,
        ("medication", medication_of(order)),
        ("request", _request(order, names, dosages, [name for name, _ in measurements], until_now)),
        ("dispense", _dispense(order, names, dosages, words)),
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": names.url(name), "resource": resource} for name, resource in parts],
    }
    raw = msgspec.json.Encoder(decimal_format="number", enc_hook=_decimal).encode(bundle)
    return msgspec.json.format(raw, indent=2) + b"\n"


def _words_of_plan(plan: Plan) -> tuple[str, ...]:
    """What stands on the label beside the direction, and the protocol that it was held to."""
    held = (caution.text for caution in plan.warnings if caution.code == "protocol")
    return (plan.fill, *plan.cautions, *held)


def _words_of_schedule(schedule: Schedule) -> tuple[str, ...]:
    """What must be known before the first dose; what comes after the course stands last."""
    before: list[str] = []
    if schedule.before is not None:
        before.append(f"Until the first step: {write_quantity(schedule.before)} a day.")
    told = (*schedule.own, *schedule.notes, *schedule.guarded, *schedule.supplied, *schedule.ending)
    return (*before, *(caution.text for caution in told))


class _Names:
    """The ids of one order's resources."""

    def __init__(self, order: Order) -> None:
        self._order = msgspec.json.encode(order).decode()

    def url(self, name: str) -> str:
        """The full URL of one resource."""
        return f"urn:uuid:{uuid.uuid5(_NAMES, f'{name} {self._order}')}"

    def to(self, name: str) -> Reference:
        """A reference to one resource."""
        return Reference(reference=self.url(name))


def _decimal(value: object) -> Decimal:
    """The JSON number of an exact value; every one was looked at when it was put in."""
    if not isinstance(value, Fraction):
        raise TypeError(f"no JSON stands for {value!r}")
    return Decimal(decimal_digits(value) or "NaN")


def _patient(order: Order) -> Patient:
    patient = order.patient
    return Patient(
        resource_type="Patient",
        identifier=() if patient.id is None else (Identifier(value=patient.id),),
        name=(HumanName(text=patient.name),),
        birth_date=_day(patient.birth_date),
    )


def _measurements(order: Order, names: _Names) -> list[tuple[str, Resource]]:
    found: list[tuple[str, Resource]] = []
    for code, row in MEASUREMENTS.items():
        text = getattr(order.patient, row.field)
        if text is not None:
            value = amount_of(read_quantity(text, locale=order.locale))
            concept = Concept(coding=(Coding(system=LOINC, code=code, display=row.words),))
            observation = Observation(
                resource_type="Observation",
                status="final",
                code=concept,
                subject=names.to("patient"),
                value_quantity=value,
            )
            found.append((row.field, observation))
    return found


def _until_now(worked_out: Plan | Schedule) -> str | None:
    """The dose of a day until the first, of a taper in unequal parts, which is written as the doses that they are.

    Raises:
        BadFile: it is no decimal.
    """
    directions = worked_out.order.directions
    if isinstance(worked_out, Plan) or directions.split == "equal" or directions.taper is None:
        return None
    before = worked_out.before
    if before is None:
        return None
    amount_of(before)
    return f"{text_of(before, worked_out.order.locale)}/day"


def _request(
    order: Order, names: _Names, dosages: Dosages, measurements: list[str], until_now: str | None
) -> MedicationRequest:
    number = order.dispense.rx_number
    prescriber = order.dispense.prescriber
    asked = DispenseRequest(
        number_of_repeats_allowed=order.dispense.refills,
        expected_supply_duration=None if dosages.days is None else days_amount(dosages.days),
    )
    return MedicationRequest(
        resource_type="MedicationRequest",
        extension=extensions_of(order, until_now=until_now),
        identifier=() if number is None else (Identifier(value=number),),
        status="active",
        intent="order",
        medication_reference=names.to("medication"),
        subject=names.to("patient"),
        supporting_information=tuple(names.to(name) for name in measurements),
        requester=None if prescriber is None else Reference(display=prescriber),
        dosage_instruction=dosages.ordered,
        dispense_request=None if asked == DispenseRequest() else asked,
    )


def _dispense(order: Order, names: _Names, dosages: Dosages, words: tuple[str, ...]) -> MedicationDispense:
    """The supply: the volumes to measure, the sentences on the label, and what else stands on it as notes."""
    return MedicationDispense(
        resource_type="MedicationDispense",
        status="preparation",
        medication_reference=names.to("medication"),
        subject=names.to("patient"),
        authorizing_prescription=(names.to("request"),),
        quantity=_supplied(order),
        days_supply=None if dosages.days is None else days_amount(dosages.days),
        when_prepared=_day(order.dispense.date),
        note=tuple(Annotation(text=_plain(text), author_string=OWN_NOTES) for text in words),
        dosage_instruction=dosages.supplied,
    )


def _supplied(order: Order) -> Amount | None:
    """What is supplied; 0 stays 0."""
    text = order.dispense.quantity
    if text is None:
        return None
    try:
        return amount_of(read_quantity(text, locale=order.locale))
    except LiquidoseError as fault:
        raise BadFile(
            f"dispense.quantity '{text}' is no amount that FHIR carries: {fault.problem}",
            "Write it like '450 mL'.",
            given=text,
        ) from None


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _plain(text: str) -> str:
    return text.replace(NO_BREAK, " ")
