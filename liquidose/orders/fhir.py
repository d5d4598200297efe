"""FHIR R4 to orders: MedicationRequest and MedicationDispense, alone, in a Bundle or one a line.

What an order could not say is refused by name, never dropped; which elements change nothing stands in
``data/fhir.toml``. Everything passes the checks that an order in TOML passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple
from unicodedata import category

from liquidose import cautions
from liquidose.courses.protocol import Protocol
from liquidose.errors import BadFile, GiveWhatIsMissing, LiquidoseError
from liquidose.files import checked_value
from liquidose.orders.fhir_amounts import at, quantity_of, text_of
from liquidose.orders.fhir_carried import OWN_NOTES, carried
from liquidose.orders.fhir_medication import drug_of
from liquidose.orders.fhir_pairs import refuse_disagreement
from liquidose.orders.fhir_people import in_use, measured, patient_of
from liquidose.orders.fhir_pool import Pool
from liquidose.orders.fhir_resources import (
    Amount,
    Concept,
    Identifier,
    Medication,
    MedicationDispense,
    MedicationRequest,
    Reference,
)
from liquidose.orders.fhir_rules import by_its_rule, rule_in
from liquidose.orders.fhir_sequence import directions_of
from liquidose.orders.fhir_standing import (
    prepared_on,
    refuse_what_is_no_order,
    refuse_what_is_not_supplied,
    valid_between,
)
from liquidose.orders.fhir_table import BESIDE
from liquidose.orders.fhir_text import Resource, resources_in, resources_of
from liquidose.orders.order import Order
from liquidose.orders.parts import Directions

REQUEST: Final = "MedicationRequest"
DISPENSE: Final = "MedicationDispense"


def orders_of(
    given: str | Mapping[str, Any], *, name: str = "FHIR", notes: cautions.Notes = None
) -> list[Order]:
    """The orders that FHIR R4 holds, in its sequence: a text of JSON or ndjson, or a decoded resource.

    Numbers of a decoded resource are int or Decimal; ``notes`` collects the notes of the sender, which no label says.

    Raises:
        BadFile: not FHIR R4 in JSON, or something in it that an order could not say; the message names it.
        GiveWhatIsMissing: no order, or one without a patient, a dose or a strength.
        LiquidoseError: as reading an order does.
    """
    orders = []
    for _, outcome in outcomes_of(given, name=name, notes=notes):
        if isinstance(outcome, LiquidoseError):
            raise outcome
        orders.append(outcome)
    return orders


def outcomes_of(
    given: str | Mapping[str, Any], *, name: str = "FHIR", notes: cautions.Notes = None
) -> list[tuple[str, Order | LiquidoseError]]:
    """For each request and each dispense without one: its place, and the order or its refusal; one never spoils another.

    Raises:
        BadFile: the whole is not FHIR R4 in JSON, or holds a type of resource that liquidose does not know.
        GiveWhatIsMissing: no request and no dispense.
    """
    found = resources_in(given, name=name) if isinstance(given, str) else resources_of(dict(given), name=name)
    for resource in found:
        refuse_unknown(resource)
    outcomes = []
    for one in found_among(found):
        outcomes.append((one.resources[0].place, one.outcome))
        for note in one.notes:
            cautions.add(notes, "note-not-read", note)
    if not outcomes:
        raise GiveWhatIsMissing(
            f"{name} holds no MedicationRequest and no MedicationDispense.",
            "Check that it is the file.",
            given=name,
        )
    return outcomes


class Found(NamedTuple):
    """One request with its supplies, or one supply alone, and what it comes to."""

    resources: tuple[Resource, ...]
    outcome: Order | LiquidoseError
    notes: tuple[str, ...]
    """What the sender wrote for people, which no label says."""


def refuse_unknown(resource: Resource) -> None:
    """Nothing comes out, if the resource is an order or may stand beside one.

    Raises:
        BadFile: it does not; the message names its type.
    """
    if resource.kind not in BESIDE | {REQUEST, DISPENSE}:
        raise BadFile(
            f"{resource.place}: a {resource.kind} is no order that liquidose reads.",
            "Send a MedicationRequest or a MedicationDispense.",
            given=resource.kind,
        )


def found_among(resources: Sequence[Resource]) -> Iterator[Found]:
    """Every request and every supply of some resources once, each request with its supplies; supplies alone come last."""
    pool = Pool(list(resources))
    supplies: dict[int, list[Resource]] = {id(one): [] for one in resources if one.kind == REQUEST}
    alone: list[tuple[Resource, LiquidoseError | None]] = []
    for dispense in (one for one in resources if one.kind == DISPENSE):
        try:
            with at(dispense.place):
                request = pool.request_of(dispense)
        except LiquidoseError as fault:
            alone.append((dispense, fault))
            continue
        if request is None:
            alone.append((dispense, None))
        else:
            supplies[id(request)].append(dispense)
    for one in (one for one in resources if one.kind == REQUEST):
        yield _outcome(one, supplies[id(one)], pool)
    for dispense, refusal in alone:
        yield Found((dispense,), refusal, ()) if refusal else _outcome(None, [dispense], pool)


def decode_order(text: str, *, name: str, notes: cautions.Notes = None) -> Order:
    """The one order that a text of FHIR holds; ``notes`` collects what the sender wrote for people.

    Raises:
        BadFile: it holds more than one.
        LiquidoseError: as orders_of does.
    """
    orders = orders_of(text, name=name, notes=notes)
    if len(orders) > 1:
        raise BadFile(
            f"{name} holds {len(orders)} orders, and one was expected.",
            "Give a file of one order.",
            given=name,
        )
    return orders[0]


def _outcome(request: Resource | None, dispenses: list[Resource], pool: Pool) -> Found:
    notes: list[str] = []
    outcome: Order | LiquidoseError
    try:
        outcome = _order(request, dispenses, pool, notes)
    except LiquidoseError as fault:
        outcome = fault
    return Found((*((request,) if request else ()), *dispenses), outcome, tuple(map(_on_one_line, notes)))


def _on_one_line(text: str) -> str:
    """A note as it can be shown anywhere: what a sender wrote may hold line breaks, and what acts on a terminal."""
    return "".join(" " if category(character)[0] == "C" else character for character in text)


def _order(request: Resource | None, dispenses: list[Resource], pool: Pool, notes: list[str]) -> Order:
    """The order of a request, with the supply of its dispense; or that of a dispense alone."""
    if len(dispenses) > 1:
        raise BadFile(
            f"{dispenses[1].place} is a second supply of one request.", "Send one supply a request.", given=""
        )
    data: dict[str, Any] = {}
    asked = supplied = None
    if request is not None:
        with at(request.place):
            pool.refuse_versions(request)
            asked = pool.decoded(request, MedicationRequest)
            refuse_what_is_no_order(asked)
    for dispense in dispenses:
        with at(dispense.place):
            pool.refuse_versions(dispense)
            supplied = pool.decoded(dispense, MedicationDispense)
            refuse_what_is_not_supplied(supplied)
    lasting = _lasting(asked, supplied)
    if request is not None and asked is not None:
        with at(request.place):
            data = _of_request(asked, request, pool, lasting, notes)
    if supplied is not None:
        with at(dispenses[0].place):
            _of_dispense(supplied, dispenses[0], pool, data, paired=asked is not None)
    place = request.place if request is not None else dispenses[0].place
    rule = rule_in(data)
    notes += [
        f"{place} has a note that no label says: '{note.text}'."
        for note in (*(asked.note if asked else ()), *(supplied.note if supplied else ()))
        if note.author_string != OWN_NOTES  # which are made anew
    ]
    order = checked_value(data, Order, name=place)
    if isinstance(order.protocol, Protocol):
        notes.append(
            f"{place} brings the protocol {order.protocol.named}: check that it is the one of this site."
        )
    if asked is not None and asked.dispense_request is not None:
        with at(place):
            notes += valid_between(asked.dispense_request.validity_period, order.dispense.date, place)
    if asked is not None and supplied is not None and supplied.dosage_instruction:
        with at(dispenses[0].place):
            refuse_disagreement(order, _as_supplied(supplied, order, lasting, dispenses[0].place))
    if not rule:
        return order
    with at(place):
        return by_its_rule(order, rule, name=place)


def _lasting(request: MedicationRequest | None, dispense: MedicationDispense | None) -> tuple[Amount, ...]:
    """How long the medicine lasts, as the request says it and as the supply does."""
    asked = request.dispense_request if request is not None else None
    found = (asked.expected_supply_duration if asked else None, dispense.days_supply if dispense else None)
    return tuple(amount for amount in found if amount is not None)


def _of_request(
    request: MedicationRequest, holder: Resource, pool: Pool, lasting: tuple[Amount, ...], notes: list[str]
) -> dict[str, Any]:
    ours = carried(request.extension)
    locale = dict(ours).get("locale")
    asked = request.dispense_request
    patient = patient_of(request.subject, holder, pool)
    sizes, dated = measured(request.supporting_information, request.subject, holder, pool, locale=locale)
    notes += dated
    data: dict[str, Any] = {
        "patient": patient | sizes,
        "drug": _drug(
            request.medication_codeable_concept, request.medication_reference, holder, pool, locale
        ),
        "directions": directions_of(
            request.dosage_instruction,
            locale=locale,
            then=dict(ours).get("directions.then"),
            supply=lasting,
        ),
        "dispense": _without_none(
            {
                "rx_number": _number(request.identifier),
                "prescriber": request.requester and request.requester.display,
                "quantity": _supply(asked.quantity if asked else None, locale),
                "refills": asked and asked.number_of_repeats_allowed,
            }
        ),
    }
    for key, value in ours:
        *parts, last = key.split(".")
        place = data
        for part in parts:
            place = place.setdefault(part, {})
        place[last] = value or place.get(last, value)  # a part that is there, and holds nothing
    return data


def _of_dispense(
    dispense: MedicationDispense, holder: Resource, pool: Pool, data: dict[str, Any], *, paired: bool
) -> None:
    """Nothing comes out; what a supply says is added to the data, or compared with what the request says.

    Raises:
        BadFile: the supply is of another medicine than the request, or for another patient.
    """
    locale = data.get("locale")
    drug = _drug(dispense.medication_codeable_concept, dispense.medication_reference, holder, pool, locale)
    if paired:
        different = [key for key in drug if drug[key] != data["drug"].get(key)]
        if different:
            raise BadFile(
                f"It supplies another medicine than its request orders: {different[0]} is {drug[different[0]]!a} "
                f"and {data['drug'].get(different[0])!a}.",
                "Send the supply alone, once somebody has compared the two.",
                given=different[0],
            )
        whose = {} if dispense.subject is None else patient_of(dispense.subject, holder, pool)
        if any(whose[key] != data["patient"].get(key) for key in whose):
            raise BadFile(
                "It is for another patient than its request.", "Check both with the sender.", given="subject"
            )
    else:
        data["patient"] = patient_of(dispense.subject, holder, pool)
        data["drug"] = drug
        data["directions"] = directions_of(dispense.dosage_instruction, supply=_lasting(None, dispense))
    data["dispense"] = data.get("dispense", {}) | _without_none(
        {
            "rx_number": _number(dispense.identifier),
            "quantity": _supply(dispense.quantity, locale),
            "date": prepared_on(dispense.when_prepared),
        }
    )


def _as_supplied(
    dispense: MedicationDispense, order: Order, lasting: tuple[Amount, ...], place: str
) -> Directions:
    """The directions of a supply; what comes after them is its request's to say."""
    then = order.directions.then
    found = directions_of(
        dispense.dosage_instruction,
        locale=order.locale,
        then=None if then == "stop" else then,
        supply=lasting,
    )
    return checked_value(found, Directions, name=place)


def _drug(
    concept: Concept | None, reference: Reference | None, holder: Resource, pool: Pool, locale: Any
) -> dict[str, Any]:
    if concept is not None and reference is not None:
        raise BadFile(
            "It has medicationCodeableConcept and medicationReference, and FHIR allows one of them.",
            "Have the sender leave one of them out.",
            given="medicationReference",
        )
    if concept is not None:
        return drug_of(concept, locale=locale)
    if reference is None or reference.reference is None:
        raise GiveWhatIsMissing("It names no medication.", "Have the sender write which.", given="")
    found = pool.find(reference.reference, holder)
    if found is None:
        raise GiveWhatIsMissing(
            f"Its medication {reference.reference!a} is not in the file, so that its strength is not known.",
            "Have the Medication sent with it.",
            given=reference.reference,
        )
    return drug_of(pool.decoded(found, Medication), locale=locale, called=reference.display)


def _supply(amount: Amount | None, locale: Any) -> str | None:
    return None if amount is None else text_of(quantity_of(amount, "quantity", "volume", "amount"), locale)


def _number(identifiers: tuple[Identifier, ...]) -> str | None:
    """The number of a prescription, where there is only one: which of several a label should bear is not said."""
    numbers = in_use(identifiers)
    return numbers[0].value if len(numbers) == 1 else None


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
