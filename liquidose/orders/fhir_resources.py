"""The elements of FHIR R4 that an order is read from and written to, as checked values.

A field with a type is read. One typed ``Any`` is passed over, unless the class refuses it by name in ``REFUSED``.
A key that has no field is refused by name: what is not known is never ignored.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, ClassVar, Final

import msgspec

from liquidose.errors import BadFile
from liquidose.quantities.reading import checked_text

NOT_YET: Final = "which this version cannot carry out"
_CHANGES: Final = "which may change the meaning of everything in it"


class Element(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True
):
    """What every element may have; a plain extension never changes a meaning.

    Raises:
        BadFile: an element that liquidose cannot honour is given.
    """

    id: Any = None
    extension: Any = None
    modifier_extension: Any = None
    """Looked for in the whole of a resource before it is read (fhir_whole)."""

    REFUSED: ClassVar[dict[str, str]] = {}
    """The fields that are refused when given, each with the reason."""

    def __post_init__(self) -> None:
        for field, why in self.REFUSED.items():
            if getattr(self, field) is not None:
                name = next(f.encode_name for f in msgspec.structs.fields(self) if f.name == field)
                raise BadFile(
                    f"It has {name}, {why}.",
                    "Do not leave it out: write this label by other means.",
                    given=name,
                )


class Coding(Element, frozen=True, kw_only=True):
    """A code of a code system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None
    version: Any = None
    user_selected: Any = None


class Concept(Element, frozen=True, kw_only=True):
    """A CodeableConcept: codes, and words."""

    coding: tuple[Coding, ...] = ()
    text: str | None = None

    @property
    def words(self) -> str | None:
        """Its text, else the first display."""
        return next(iter(self.every_words), None)

    @property
    def every_words(self) -> list[str]:
        """Its text and its displays.

        Raises:
            UnreadableText: one that is longer than 200 characters, or cannot be seen.
        """
        found = (self.text, *(coding.display for coding in self.coding))
        return [checked_text(words) for words in found if words]


class Amount(Element, frozen=True, kw_only=True):
    """A Quantity."""

    REFUSED: ClassVar[dict[str, str]] = {"comparator": "so that it is no exact amount"}

    value: Fraction | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None
    comparator: Any = None


class Ratio(Element, frozen=True, kw_only=True):
    """So much in so much."""

    numerator: Amount | None = None
    denominator: Amount | None = None


class Reference(Element, frozen=True, kw_only=True):
    """A pointer to a resource, and its name for people."""

    reference: str | None = None
    display: str | None = None
    type: str | None = None
    identifier: Any = None


class Identifier(Element, frozen=True, kw_only=True):
    """A number that somebody gave."""

    value: str | None = None
    system: Any = None
    use: str | None = None
    type: Any = None
    period: Any = None
    assigner: Any = None


class Period(Element, frozen=True, kw_only=True):
    """From one day to another, both included."""

    start: str | None = None
    end: str | None = None


class Repeat(Element, frozen=True, kw_only=True):
    """How often."""

    REFUSED: ClassVar[dict[str, str]] = {
        "bounds_range": "a range of days, and a label needs one number",
        "count": f"a number of doses in all, {NOT_YET}",
        "count_max": f"a number of doses in all, {NOT_YET}",
        "duration": "the time that one dose takes, and liquidose measures no infusions",
        "duration_max": "the time that one dose takes, and liquidose measures no infusions",
        "frequency_max": "a range of times, and a label needs one number",
        "period_max": "a range of times, and a label needs one number",
        "day_of_week": f"days of the week, {NOT_YET}",
        "time_of_day": "times on the clock, and an order's times are parts of the day",
        "offset": "minutes before or after a meal or another event, which the label could not say",
    }

    bounds_duration: Amount | None = None
    bounds_period: Period | None = None
    bounds_range: Any = None
    count: Any = None
    count_max: Any = None
    duration: Any = None
    duration_max: Any = None
    duration_unit: Any = None
    frequency: Annotated[int, msgspec.Meta(ge=1)] | None = None
    frequency_max: Any = None
    period: Fraction | None = None
    period_max: Any = None
    period_unit: str | None = None
    day_of_week: Any = None
    time_of_day: Any = None
    when: tuple[str, ...] = ()
    offset: Any = None


class Timing(Element, frozen=True, kw_only=True):
    """When."""

    REFUSED: ClassVar[dict[str, str]] = {
        "event": "dates of single doses, and an order's times are parts of the day"
    }

    event: Any = None
    repeat: Repeat | None = None
    code: Concept | None = None


class DoseAndRate(Element, frozen=True, kw_only=True):
    """How much."""

    REFUSED: ClassVar[dict[str, str]] = {
        "dose_range": "a range: one amount is to be chosen, with the prescriber",
        "rate_ratio": "a rate, and liquidose measures single doses",
        "rate_range": "a rate, and liquidose measures single doses",
        "rate_quantity": "a rate, and liquidose measures single doses",
    }

    type: Concept | None = None
    dose_quantity: Amount | None = None
    dose_range: Any = None
    rate_ratio: Any = None
    rate_range: Any = None
    rate_quantity: Any = None


class Dosage(Element, frozen=True, kw_only=True):
    """How it is given. Its free text is never read."""

    REFUSED: ClassVar[dict[str, str]] = {
        "site": "a place on the body, which the label could not say",
        "max_dose_per_lifetime": "a limit that needs the doses given before",
    }

    sequence: int | None = None
    text: str | None = None
    additional_instruction: tuple[Concept, ...] = ()
    patient_instruction: str | None = None
    timing: Timing | None = None
    as_needed_boolean: bool | None = None
    as_needed_codeable_concept: Concept | None = None
    site: Any = None
    route: Concept | None = None
    method: Concept | None = None
    dose_and_rate: tuple[DoseAndRate, ...] = ()
    max_dose_per_period: Ratio | None = None
    max_dose_per_administration: Amount | None = None
    max_dose_per_lifetime: Any = None


class Ingredient(Element, frozen=True, kw_only=True):
    """One part of a medicine."""

    item_codeable_concept: Concept | None = None
    item_reference: Reference | None = None
    is_active: bool | None = None
    strength: Ratio | None = None


class Batch(Element, frozen=True, kw_only=True):
    """The lot of a pack."""

    lot_number: str | None = None
    expiration_date: str | None = None


class Resource(Element, frozen=True, kw_only=True):
    """What every resource may have, beside what is passed over."""

    REFUSED: ClassVar[dict[str, str]] = {"implicit_rules": _CHANGES}

    resource_type: str
    implicit_rules: Any = None


class Medication(Resource, frozen=True, kw_only=True):
    """A medicine."""

    status: str | None = None
    code: Concept | None = None
    form: Concept | None = None
    ingredient: tuple[Ingredient, ...] = ()
    batch: Batch | None = None


class HumanName(Element, frozen=True, kw_only=True):
    """A name of a person."""

    use: str | None = None
    text: str | None = None
    family: str | None = None
    given: tuple[str, ...] = ()
    prefix: Any = None
    suffix: Any = None
    period: Any = None


class Link(Element, frozen=True, kw_only=True):
    """Another record of the same patient."""

    other: Any = None
    type: str | None = None


class Patient(Resource, frozen=True, kw_only=True):
    """Whom it is for."""

    REFUSED: ClassVar[dict[str, str]] = {**Resource.REFUSED, "deceased_date_time": "so that nothing is given"}

    identifier: tuple[Identifier, ...] = ()
    active: bool | None = None
    link: tuple[Link, ...] = ()
    name: tuple[HumanName, ...] = ()
    birth_date: str | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: Any = None


class Observation(Resource, frozen=True, kw_only=True):
    """One measurement of the patient."""

    status: str
    code: Concept
    subject: Reference | None = None
    effective_date_time: str | None = None
    value_quantity: Amount | None = None


class DispenseRequest(Element, frozen=True, kw_only=True):
    """What is to be supplied."""

    REFUSED: ClassVar[dict[str, str]] = {
        "initial_fill": "so that the first supply is another than the later ones, and a label needs one"
    }

    quantity: Amount | None = None
    expected_supply_duration: Amount | None = None
    dispense_interval: Any = None
    initial_fill: Any = None
    number_of_repeats_allowed: int | None = None
    performer: Any = None
    validity_period: Period | None = None


class Annotation(Element, frozen=True, kw_only=True):
    """A note for the people who handle an order."""

    text: str
    author_reference: Any = None
    author_string: str | None = None
    time: Any = None


class MedicationRequest(Resource, frozen=True, kw_only=True):
    """An order."""

    REFUSED: ClassVar[dict[str, str]] = {
        **Resource.REFUSED,
        "reported_reference": "so that it is somebody's account of an order",
    }

    extension: tuple[dict[str, Any], ...] = ()
    identifier: tuple[Identifier, ...] = ()
    status: str
    intent: str
    do_not_perform: bool | None = None
    reported_boolean: bool | None = None
    reported_reference: Any = None
    medication_codeable_concept: Concept | None = None
    medication_reference: Reference | None = None
    subject: Reference | None = None
    supporting_information: tuple[Reference, ...] = ()
    requester: Reference | None = None
    note: tuple[Annotation, ...] = ()
    dosage_instruction: tuple[Dosage, ...] = ()
    dispense_request: DispenseRequest | None = None


class MedicationDispense(Resource, frozen=True, kw_only=True):
    """A supply."""

    identifier: tuple[Identifier, ...] = ()
    status: str
    medication_codeable_concept: Concept | None = None
    medication_reference: Reference | None = None
    subject: Reference | None = None
    authorizing_prescription: tuple[Reference, ...] = ()
    quantity: Amount | None = None
    days_supply: Amount | None = None
    when_prepared: str | None = None
    note: tuple[Annotation, ...] = ()
    dosage_instruction: tuple[Dosage, ...] = ()
