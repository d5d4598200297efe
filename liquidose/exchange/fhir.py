"""A plan as FHIR R4: the request with its dose in mg, and the supply of it with the volume in mL, in one Bundle.

Ids are made from the order, so that the same order gives the same bytes, and two orders never share an id.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

from liquidose.dosing.dose import Dose
from liquidose.dosing.strength import ML
from liquidose.errors import BadFile, LiquidoseError
from liquidose.exchange.fhir_medication import medication_of
from liquidose.numbers import decimal_digits
from liquidose.orders.fhir_amounts import amount_of
from liquidose.orders.fhir_carried import extensions_of
from liquidose.orders.fhir_needed import DOSES, as_needed_elements
from liquidose.orders.fhir_resources import (
    Amount,
    Annotation,
    Coding,
    Concept,
    Dosage,
    DoseAndRate,
    HumanName,
    Identifier,
    MedicationDispense,
    MedicationRequest,
    Observation,
    Patient,
    Ratio,
    Reference,
    Repeat,
    Resource,
    Timing,
)
from liquidose.orders.fhir_table import LOINC, MEASUREMENTS, ROUTES, SNOMED, TIMES
from liquidose.orders.order import Order
from liquidose.orders.ucum import LEAVE_OUT, SYSTEM
from liquidose.plan import Plan
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.writing import NO_BREAK

_NAMES: Final = uuid.UUID("6f1f6d0e-35c1-5d0a-9f6e-1a4f6c0c7b52")
"""The namespace of the ids, drawn once."""
_DOSE_TYPES: Final = "http://terminology.hl7.org/CodeSystem/dose-rate-type"


def fhir_of(plan: Plan) -> bytes:
    """The Bundle of one plan as JSON: Patient, measurements, Medication, MedicationRequest, MedicationDispense.

    Raises:
        BadFile: a value of the order that FHIR cannot carry; the message names it.
        UnknownUnit: a dose in units, whose kind the order does not say.
        NameTheComponent: a combination whose amounts are not parts of one sum.
    """
    order = plan.order
    names = _Names(order)
    measurements = _measurements(order, names)
    dosage = _dosage(order)
    parts: list[tuple[str, Resource]] = [
        ("patient", _patient(order)),
        *measurements,
        ("medication", medication_of(order)),
        ("request", _request(plan, names, dosage, [name for name, _ in measurements])),
        ("dispense", _dispense(plan, names, dosage)),
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": names.url(name), "resource": resource} for name, resource in parts],
    }
    raw = msgspec.json.Encoder(decimal_format="number", enc_hook=_decimal).encode(bundle)
    return msgspec.json.format(raw, indent=2) + b"\n"


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


def _dosage(order: Order) -> Dosage:
    """When and by which route, as the request and the supply both say."""
    directions = order.directions
    codes = {time: code for code, time in TIMES.items()}
    when = tuple(codes[time] for time in directions.times)
    repeat = Repeat(bounds_duration=_length(order))
    if directions.doses_a_day is not None:
        hours = directions.hours_apart
        repeat = msgspec.structs.replace(
            repeat,
            frequency=1 if hours else directions.doses_a_day,
            period=Fraction(hours or 1),
            period_unit="h" if hours else "d",
            when=when,
        )
    timing = None if repeat == Repeat() else Timing(repeat=repeat)
    route = None
    if directions.route is not None:
        coded = next((row for row in ROUTES.values() if row.written and row.route == directions.route), None)
        coding = () if coded is None else (Coding(system=SNOMED, code=coded.code, display=coded.words),)
        route = Concept(coding=coding, text=directions.route)
    needed = as_needed_elements(directions.as_needed)
    return Dosage(timing=timing, route=route, **needed)


def _length(order: Order) -> Amount | None:
    """How long it is given; FHIR's timing ends with it.

    Raises:
        BadFile: a course that goes on, or is reviewed.
    """
    directions = order.directions
    if directions.for_days is None:
        return None
    if directions.then != "stop":
        raise BadFile(
            "FHIR carries a course that stops after its days, and this one does not.",
            LEAVE_OUT,
            given=str(directions.then),
        )
    return Amount(value=Fraction(directions.for_days), unit="d", system=SYSTEM, code="d")


def _request(plan: Plan, names: _Names, dosage: Dosage, measurements: list[str]) -> MedicationRequest:
    order = plan.order
    number = order.dispense.rx_number
    prescriber = order.dispense.prescriber
    return MedicationRequest(
        resource_type="MedicationRequest",
        extension=extensions_of(order),
        identifier=() if number is None else (Identifier(value=number),),
        status="active",
        intent="order",
        medication_reference=names.to("medication"),
        subject=names.to("patient"),
        supporting_information=tuple(names.to(name) for name in measurements),
        requester=None if prescriber is None else Reference(display=prescriber),
        dosage_instruction=(_ordered(plan.conversion.dose, order, dosage),),
    )


def _ordered(dose: Dose, order: Order, dosage: Dosage) -> Dosage:
    """The dosage with the dose as it was ordered.

    Raises:
        BadFile: a dose for a whole day, or a minimum, which FHIR has no element for.
    """
    if dose.a_day or dose.least is not None:
        what = (
            "is for a whole day, and FHIR's is for one time"
            if dose.a_day
            else "has a minimum, which FHIR has no place for"
        )
        raise BadFile(
            f"The dose '{order.directions.dose}' {what}.", LEAVE_OUT, given=order.directions.dose or ""
        )
    per = "" if dose.per == "patient" else f"/{dose.per}"
    return msgspec.structs.replace(
        dosage,
        additional_instruction=tuple(Concept(text=text) for text in order.directions.warnings),
        dose_and_rate=(_dose("ordered", amount_of(dose.amount, per=per)),),
        max_dose_per_period=_most_in_a_day(dose, order),
        max_dose_per_administration=None if dose.most is None else amount_of(dose.most),
    )


def _most_in_a_day(dose: Dose, order: Order) -> Ratio | None:
    """The one maximum of a day that FHIR has a place for.

    Raises:
        BadFile: an amount and a number of doses.
    """
    stated = order.directions.frequency(locale=order.locale).most
    doses = None if stated is None else stated.doses
    if doses is not None and dose.most_a_day is not None:
        raise BadFile(
            f"The dose '{order.directions.dose}' has a maximum for a day beside '{order.directions.max_per_day}', "
            "and FHIR has a place for one of them.",
            LEAVE_OUT,
            given=str(order.directions.max_per_day),
        )
    most = None
    if doses is not None:
        most = Amount(value=Fraction(doses), unit="doses", system=SYSTEM, code=DOSES)
    elif dose.most_a_day is not None:
        most = amount_of(dose.most_a_day)
    day = Amount(value=Fraction(1), unit="d", system=SYSTEM, code="d")
    return None if most is None else Ratio(numerator=most, denominator=day)


def _dose(kind: str, amount: Amount) -> DoseAndRate:
    return DoseAndRate(type=Concept(coding=(Coding(system=_DOSE_TYPES, code=kind),)), dose_quantity=amount)


def _dispense(plan: Plan, names: _Names, dosage: Dosage) -> MedicationDispense:
    """The supply: the volume to measure, the sentence on the label, and what else stands on it as notes."""
    order = plan.order
    words = (plan.fill, *plan.cautions)
    volume = amount_of(Quantity(value=plan.measured.ml, unit=ML))
    return MedicationDispense(
        resource_type="MedicationDispense",
        status="preparation",
        medication_reference=names.to("medication"),
        subject=names.to("patient"),
        authorizing_prescription=(names.to("request"),),
        quantity=_supplied(order),
        when_prepared=_day(order.dispense.date),
        note=tuple(Annotation(text=_plain(text)) for text in words),
        dosage_instruction=(
            msgspec.structs.replace(
                dosage, text=_plain(plan.direction), dose_and_rate=(_dose("calculated", volume),)
            ),
        ),
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
