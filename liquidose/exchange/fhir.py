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

from liquidose.dosing.components import PLACES, TOTAL
from liquidose.dosing.dose import Dose
from liquidose.dosing.strength import ML, Stated
from liquidose.errors import BadFile, LiquidoseError, NameTheComponent
from liquidose.numbers import decimal_digits
from liquidose.orders.fhir_carried import extensions_of
from liquidose.orders.fhir_resources import (
    Amount,
    Annotation,
    Batch,
    Coding,
    Concept,
    Dosage,
    DoseAndRate,
    HumanName,
    Identifier,
    Ingredient,
    Medication,
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
from liquidose.orders.ucum import SYSTEM, code_of
from liquidose.plan import Plan
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.writing import NO_BREAK
from liquidose.source import source_of

_NAMES: Final = uuid.UUID("6f1f6d0e-35c1-5d0a-9f6e-1a4f6c0c7b52")
"""The namespace of the ids, drawn once."""
_DOSE_TYPES: Final = "http://terminology.hl7.org/CodeSystem/dose-rate-type"
_LEAVE_OUT: Final = "Leave this order out of the FHIR export."


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
        ("medication", _medication(plan)),
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


def _amount(quantity: Quantity, *, per: str = "") -> Amount:
    if decimal_digits(quantity.value) is None:
        raise BadFile(
            f"{quantity.value}{NO_BREAK}{quantity.unit.name} is no decimal, and FHIR has only decimals.",
            _LEAVE_OUT,
            given=str(quantity.value),
        )
    code = code_of(quantity.unit) + per
    return Amount(value=quantity.value, unit=f"{quantity.unit.name}{per}", system=SYSTEM, code=code)


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
            value = _amount(read_quantity(text, locale=order.locale))
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


def _medication(plan: Plan) -> Medication:
    drug = plan.order.drug
    stated = _stated(plan.order)
    said = source_of(drug.strength, by_volume=True, component=drug.component, locale=plan.order.locale)
    form = drug.form or said.form or said.container
    names = [drug.name] if len(stated) == 1 else [f"{drug.name}, {place} amount" for place in PLACES]
    batch = Batch(lot_number=drug.lot, expiration_date=_day(drug.expiry))
    return Medication(
        resource_type="Medication",
        code=Concept(text=drug.name),
        form=Concept(text=form) if form else None,
        ingredient=tuple(
            Ingredient(
                item_codeable_concept=Concept(text=name),
                strength=Ratio(numerator=_amount(one.amount), denominator=_amount(one.volume)),
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
            _LEAVE_OUT,
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
            _LEAVE_OUT,
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


def _dosage(order: Order) -> Dosage:
    """When and by which route, as the request and the supply both say."""
    directions = order.directions
    timing = None
    if directions.times:
        codes = {time: code for code, time in TIMES.items()}
        when = tuple(codes[time] for time in directions.times)
        timing = Timing(repeat=Repeat(frequency=len(when), period=Fraction(1), period_unit="d", when=when))
    elif directions.times_a_day is not None:
        timing = Timing(repeat=Repeat(frequency=directions.times_a_day, period=Fraction(1), period_unit="d"))
    route = None
    if directions.route is not None:
        coded = next((row for row in ROUTES.values() if row.written and row.route == directions.route), None)
        coding = () if coded is None else (Coding(system=SNOMED, code=coded.code, display=coded.words),)
        route = Concept(coding=coding, text=directions.route)
    return Dosage(timing=timing, route=route)


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
        raise BadFile(f"The dose '{order.directions.dose}' {what}.", _LEAVE_OUT, given=order.directions.dose)
    per = "" if dose.per == "patient" else f"/{dose.per}"
    a_day = None
    if dose.most_a_day is not None:
        day = Amount(value=Fraction(1), unit="d", system=SYSTEM, code="d")
        a_day = Ratio(numerator=_amount(dose.most_a_day), denominator=day)
    return msgspec.structs.replace(
        dosage,
        additional_instruction=tuple(Concept(text=text) for text in order.directions.warnings),
        dose_and_rate=(_dose("ordered", _amount(dose.amount, per=per)),),
        max_dose_per_period=a_day,
        max_dose_per_administration=None if dose.most is None else _amount(dose.most),
    )


def _dose(kind: str, amount: Amount) -> DoseAndRate:
    return DoseAndRate(type=Concept(coding=(Coding(system=_DOSE_TYPES, code=kind),)), dose_quantity=amount)


def _dispense(plan: Plan, names: _Names, dosage: Dosage) -> MedicationDispense:
    """The supply: the volume to measure, the sentence on the label, and what else stands on it as notes."""
    order = plan.order
    words = (plan.fill, *plan.cautions)
    volume = _amount(Quantity(value=plan.measured.ml, unit=ML))
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
        return _amount(read_quantity(text, locale=order.locale))
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
