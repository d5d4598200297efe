"""FHIR in: what is read from a request, what is refused by name, and every example file of the standard."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fhir.resources.R4B.bundle import Bundle
from fhir_request import DISPENSE, MEDICATION, PATIENT, REQUEST, WEIGHT, bundle, changed, ucum
from tables import CASES, Row, cases

from liquidose import LiquidoseError, load_order
from liquidose.cautions import Caution
from liquidose.cli import main
from liquidose.errors import BadFile, CheckTheAmount, GiveWhatIsMissing
from liquidose.orders.fhir import orders_of, outcomes_of
from liquidose.orders.order import Order
from liquidose.plan import make_plan

EXAMPLES = CASES / "fhir"


def order(given: str | dict[str, Any]) -> Order:
    (found,) = orders_of(given, name="rx.json")
    return found


def refusal(given: str | dict[str, Any], name: str = "rx.json") -> LiquidoseError:
    with pytest.raises(LiquidoseError) as fault:
        orders_of(given, name=name)
    return fault.value


def test_the_request_that_every_change_is_made_to_is_fhir() -> None:
    Bundle.model_validate_json(json.dumps(bundle(PATIENT, WEIGHT, MEDICATION, REQUEST, DISPENSE)))


def test_a_request_in_a_bundle_is_an_order() -> None:
    found = order(json.dumps(bundle()))
    assert (found.patient.name, found.patient.id, found.patient.weight) == ("Sam Example", "H1", "18 kg")
    assert str(found.patient.birth_date) == "2014-03-09"
    assert (found.drug.name, found.drug.strength, found.drug.form) == (
        "baclofen",
        "5 mg/5 mL",
        "oral solution",
    )
    assert (found.directions.dose, found.directions.times_a_day) == ("5 mg", 3)
    assert make_plan(found).direction.replace("\u00a0", " ") == "Give 5 mL by mouth 3 times a day."


def test_a_decoded_resource_is_read_like_its_text() -> None:
    decoded = json.loads(json.dumps(bundle()), parse_float=Decimal)
    assert orders_of(decoded) == orders_of(json.dumps(bundle()))


@cases("fhir-changes.toml", "read")
def test_what_is_read(row: Row) -> None:
    value = order(changed(row["at"], row["json"]))
    for key in row["key"].split("."):
        value = getattr(value, key)
    assert (", ".join(value) if isinstance(value, tuple) else str(value)) == row["value"]


@cases("fhir-changes.toml", "refused")
def test_what_is_refused_and_how_it_says_so(row: Row) -> None:
    fault = refusal(changed(row["at"], row["json"]))
    assert (fault.code, str(fault)) == (row["code"], row["says"])


def test_a_dose_of_nothing_stays_nothing_and_makes_no_label() -> None:
    zero = order(changed("MedicationRequest.dosageInstruction.0.doseAndRate.0.doseQuantity.value", "0"))
    assert zero.directions.dose == "0 mg"
    with pytest.raises(CheckTheAmount, match="is no dose"):
        make_plan(zero)


def test_the_free_text_of_a_dosage_is_never_read() -> None:
    assert "50 mg" in REQUEST["dosageInstruction"][0]["text"]
    assert order(bundle()).directions.dose == "5 mg"


def test_a_limit_for_a_day_binds_a_dose_per_kg() -> None:
    path = "MedicationRequest.dosageInstruction.0"
    text = changed(f"{path}.doseAndRate.0.doseQuantity", json.dumps(ucum(1, "mg/kg")))
    decoded = json.loads(text)
    dosage = decoded["entry"][3]["resource"]["dosageInstruction"][0]
    dosage["maxDosePerPeriod"] = {"numerator": ucum(45, "mg"), "denominator": ucum(1, "d")}
    plan = make_plan(order(json.dumps(decoded)))
    assert plan.conversion.volume_ml == 15


@pytest.mark.parametrize(
    ("contained", "reference"), [(True, "#baclofen"), (False, "http://example.org/fhir/Medication/baclofen")]
)
def test_a_medication_is_found_where_it_is(contained: bool, reference: str) -> None:  # noqa: FBT001  (a column)
    request, medication = copy.deepcopy(REQUEST), copy.deepcopy(MEDICATION)
    request["medicationReference"]["reference"] = reference
    if contained:
        request["contained"] = [medication]
        whole = bundle(PATIENT, WEIGHT, request)
    else:
        whole = bundle(PATIENT, WEIGHT, medication, request)
        whole["entry"][2]["fullUrl"] = reference
    assert order(whole).drug.strength == "5 mg/5 mL"


def test_a_combination_by_volume_is_read_and_by_mass_is_refused() -> None:
    medication = copy.deepcopy(MEDICATION)
    second = copy.deepcopy(medication["ingredient"][0])
    second["strength"]["numerator"] = ucum(1, "mg")
    medication["ingredient"].append(second)
    found = order(bundle(PATIENT, WEIGHT, medication, REQUEST))
    assert found.drug.strength == "5 mg/1 mg/5 mL"
    with pytest.raises(LiquidoseError, match="more than one amount"):
        make_plan(found)
    second["strength"]["denominator"] = ucum(1, "mL")
    assert "stated in different volumes" in str(refusal(bundle(PATIENT, WEIGHT, medication, REQUEST)))


def test_lines_share_what_they_name_and_one_bad_line_spoils_no_other() -> None:
    bad = {**REQUEST, "id": "rx2", "status": "stopped"}
    lines = "\n".join(json.dumps(one) for one in (PATIENT, WEIGHT, MEDICATION, REQUEST, bad)) + "\n"
    first, second = outcomes_of(lines, name="orders.ndjson")
    assert isinstance(first[1], Order)
    assert second[0] == "orders.ndjson, line 5, MedicationRequest/rx2"
    assert str(second[1]) == (
        "orders.ndjson, line 5, MedicationRequest/rx2: Its status is 'stopped', not active. "
        "Leave it out, or ask the sender."
    )


def test_a_line_that_is_no_json_is_named() -> None:
    fault = refusal(json.dumps(PATIENT) + "\n{oops\n", name="orders.ndjson")
    assert str(fault) == (
        "orders.ndjson, line 2 is not JSON that can be read: Expecting property name enclosed in double quotes, "
        "line 1, column 2. Have it sent again."
    )


def test_a_note_is_one_line_and_acts_on_no_terminal() -> None:
    notes: list[Caution] = []
    text = json.dumps(
        [{"text": "call\n\x1b[31mthe ward\u202e"}, {"text": "made anew", "authorString": "liquidose"}]
    )
    orders_of(changed("MedicationRequest.note", text), notes=notes)
    assert [note.text.partition(": ")[2] for note in notes] == ["'call  [31mthe ward '."]


def test_notes_are_collected_for_people() -> None:
    notes: list[Caution] = []
    orders_of(changed("MedicationRequest.note", '[{"text": "call the ward"}]'), notes=notes)
    assert [note.text for note in notes] == [
        "FHIR, entry[3], MedicationRequest/rx has a note that no label says: 'call the ward'."
    ]


@pytest.mark.parametrize(
    ("name", "drug", "strength", "form"),
    [
        ("Phenytoin 25mg/ml oral suspension", "Phenytoin", "25 mg/mL", "oral suspension"),
        ("lidocaine 1 % solution", "lidocaine", "lidocaine 1 % solution", "solution"),
        ("MORPHINE EQ 20MG BASE/10ML", "MORPHINE", "MORPHINE EQ 20MG BASE/10ML", None),
        ("insulin aspart 100 units/mL", "insulin aspart", "insulin aspart 100 units/mL", None),
        ("baclofen 1 mg/mL, 1 mL vial", "baclofen", "1 mg/mL", "vial"),
    ],
)
def test_a_strength_in_a_name_loses_nothing_that_the_name_says(
    name: str, drug: str, strength: str, form: str | None
) -> None:
    medication = {"resourceType": "Medication", "id": "baclofen", "code": {"text": name}}
    found = order(bundle(PATIENT, WEIGHT, medication, REQUEST)).drug
    assert (found.name, found.strength, found.form) == (drug, strength, form)


# A supply beside its request, and alone.


def test_a_supply_of_its_request_is_one_order() -> None:
    found = order(bundle(PATIENT, WEIGHT, MEDICATION, REQUEST, DISPENSE))
    assert (found.directions.dose, found.dispense.quantity) == ("5 mg", "450 mL")


def test_a_supply_alone_is_an_order_of_what_was_supplied() -> None:
    found = order(bundle(PATIENT, MEDICATION, DISPENSE))
    assert (found.directions.dose, found.dispense.quantity) == ("5 mL", "450 mL")


SUPPLY = "rx.json, entry[4], MedicationDispense/supply"


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (
            "dosageInstruction.0.doseAndRate.0.doseQuantity.value",
            "0.5",
            "Its dose, 0.5 mL, is not the 5 mg of its request at 5 mg/5 mL. Check both with the sender.",
        ),
        (
            "dosageInstruction.0.doseAndRate.0.doseQuantity.value",
            "5.6",
            "Its dose, 5.6 mL, is not the 5 mg of its request at 5 mg/5 mL. Check both with the sender.",
        ),
        (
            "dosageInstruction.0.doseAndRate.0.doseQuantity",
            json.dumps(ucum(50, "mg")),
            "Its dose, 50 mg, is not the 5 mg of its request at 5 mg/5 mL. Check both with the sender.",
        ),
        (
            "dosageInstruction.0.timing.repeat.frequency",
            "4",
            "Its request and it disagree on the number of times a day: 3; 4. Check both with the sender.",
        ),
        (
            "dosageInstruction.0.timing.repeat",
            '{"frequency": 1, "period": 8, "periodUnit": "h"}',
            "Its request and it disagree on the number of times a day: 3; none. Check both with the sender.",
        ),
        (
            "dosageInstruction.0.asNeededBoolean",
            "true",
            "Its request and it disagree on the need of a dose: none; yes. Check both with the sender.",
        ),
        (
            "dosageInstruction.0.maxDosePerPeriod",
            json.dumps({"numerator": {**ucum(4, "{dose}"), "unit": "doses"}, "denominator": ucum(1, "d")}),
            "Its request and it disagree on the most in a day: none; 4 doses. Check both with the sender.",
        ),
        (
            "dosageInstruction.0.route.coding.0.code",
            '"127490009"',
            "Its request and it disagree on the route: by mouth; by tube. Check both with the sender.",
        ),
        (
            "dosageInstruction.0.additionalInstruction",
            '[{"text": "Keep upright."}]',
            "It has an instruction that its request does not have: 'Keep upright.'. Check both with the sender.",
        ),
        (
            "subject",
            '{"display": "Sam Other"}',
            "It is for another patient than its request. Check both with the sender.",
        ),
        (
            "medicationCodeableConcept",
            '{"text": "baclofen 10 mg/5 mL"}',
            "It has medicationCodeableConcept and medicationReference, and FHIR allows one of them. "
            "Have the sender leave one of them out.",
        ),
        (
            "medicationReference",
            '{"reference": "Medication/baclofen", "display": "baclofen 2 mg/mL"}',
            "'baclofen 2 mg/mL' states another strength than '5 mg/5 mL'. Check the strength on the container, and have "
            "the sender correct it.",
        ),
        (
            "dosageInstruction.0.maxDosePerAdministration",
            json.dumps(ucum(7, "mL")),
            "It has a maximum for each dose that its request does not have: 7 mL. Check both with the sender.",
        ),
        (
            "dosageInstruction.0.maxDosePerPeriod",
            json.dumps({"numerator": ucum(16, "mL"), "denominator": ucum(1, "d")}),
            "It has a maximum for a day that its request does not have: 16 mL. Check both with the sender.",
        ),
        (
            "whenPrepared",
            '"2026-02-30"',
            "Its whenPrepared, '2026-02-30', is no whole date. Have the sender write year, month and day.",
        ),
        (
            "status",
            '"cancelled"',
            "Its status is 'cancelled', and only completed, in-progress, preparation are supplies. "
            "Leave it out, or ask the sender.",
        ),
    ],
)
def test_a_supply_that_is_not_its_requests_is_refused(at: str, value: str, message: str) -> None:
    assert str(refusal(changed(f"MedicationDispense.{at}", value, supply=True))) == f"{SUPPLY}: {message}"


def test_a_supply_of_another_medicine_is_refused() -> None:
    supply = {**copy.deepcopy(DISPENSE), "medicationCodeableConcept": {"text": "baclofen 10 mg/5 mL"}}
    del supply["medicationReference"]
    assert str(refusal(bundle(PATIENT, WEIGHT, MEDICATION, REQUEST, supply))) == (
        f"{SUPPLY}: It supplies another medicine than its request orders: strength is '10 mg/5 mL' and "
        "'5 mg/5 mL'. Send the supply alone, once somebody has compared the two."
    )


@pytest.mark.parametrize(
    ("prescriptions", "message"),
    [
        (
            [{"reference": "MedicationRequest/rx"}, {"reference": "MedicationRequest/other"}],
            "It names 2 prescriptions, and a label is for one. Send one supply a request.",
        ),
        (
            [{"reference": "#rx"}],
            "It contains its prescription, '#rx'. Have the two sent side by side.",
        ),
        (
            [{"reference": "MedicationRequest/rx/_history/1"}],
            "It names version '1' of 'MedicationRequest/rx', and the file holds another, or does not say which. "
            "Have that version sent.",
        ),
        (
            [{"identifier": {"value": "R1"}}],
            "It names its prescription by a number that 2 requests have. Have the sender name it by its place (reference).",
        ),
    ],
)
def test_a_supply_whose_request_is_in_doubt_is_refused_alone(
    prescriptions: list[dict[str, Any]], message: str
) -> None:
    supply = {**copy.deepcopy(DISPENSE), "authorizingPrescription": prescriptions}
    numbered = {**REQUEST, "identifier": [{"value": "R1"}]}
    other = {**numbered, "id": "rx2", "subject": {"display": "Alex Other"}, "supportingInformation": []}
    *requests, (_, fault) = outcomes_of(
        bundle(PATIENT, WEIGHT, MEDICATION, numbered, other, supply), name="rx.json"
    )
    assert [type(one) for _, one in requests] == [Order, Order]
    assert str(fault) == f"rx.json, entry[5], MedicationDispense/supply: {message}"


def test_a_supply_that_names_its_request_by_a_number_is_its_own() -> None:
    number = {"system": "http://example.org/rx", "value": "R1"}
    supply = {**copy.deepcopy(DISPENSE), "authorizingPrescription": [{"identifier": number}]}
    whole = bundle(PATIENT, WEIGHT, MEDICATION, {**REQUEST, "identifier": [number]}, supply)
    assert order(whole).dispense.quantity == "450 mL"
    for other in (
        {"identifier": {"value": "R1"}},
        {"display": "R1"},
    ):  # of nobody known, and no number at all
        alone = {**supply, "authorizingPrescription": [other]}
        whole = bundle(PATIENT, WEIGHT, MEDICATION, {**REQUEST, "identifier": [number]}, alone)
        assert len(outcomes_of(whole)) == 2


TWICE = "It was sent more than once, and not with the same contents. Find out which one holds, and read that alone."


def test_two_requests_of_one_number_are_one_order_twice() -> None:
    first = {**REQUEST, "identifier": [{"system": "http://example.org/rx", "value": "R1"}]}
    second = {**copy.deepcopy(first), "id": "rx2"}
    second["dosageInstruction"][0]["doseAndRate"] = [{"doseQuantity": ucum(50, "mg")}]
    both = outcomes_of(bundle(PATIENT, WEIGHT, MEDICATION, first, second), name="rx.json")
    assert [str(fault) for _, fault in both] == [
        f"rx.json, entry[3], MedicationRequest/rx: {TWICE}",
        f"rx.json, entry[4], MedicationRequest/rx2: {TWICE}",
    ]
    for change in (
        {"medicationReference": None, "medicationCodeableConcept": {"text": "Phenytoin 25 mg/mL"}},
        {"identifier": [{"system": "http://example.org/other", "value": "R1"}]},
    ):
        other = {key: value for key, value in {**second, **change}.items() if value is not None}
        found = outcomes_of(bundle(PATIENT, WEIGHT, MEDICATION, first, other))
        assert [type(one) for _, one in found] == [Order, Order], (
            "another item of one prescription, or no version"
        )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("priorPrescription", {"reference": "MedicationRequest/rx/_history/1"}),
        ("basedOn", [{"reference": "CarePlan/1"}, {"reference": "MedicationRequest/rx"}]),
    ],
)
def test_a_request_that_another_replaces_or_carries_out_is_no_order(key: str, value: Any) -> None:
    new = {**REQUEST, "id": "rx2", key: value}
    (_, old), (_, order) = outcomes_of(bundle(PATIENT, WEIGHT, MEDICATION, REQUEST, new), name="rx.json")
    assert isinstance(order, Order)
    assert str(old) == (
        f"rx.json, entry[3], MedicationRequest/rx: Another request takes its place ({key}). "
        "Leave it out, or ask the sender."
    )


def test_a_version_is_read_where_the_file_says_that_it_holds_it() -> None:
    request = copy.deepcopy(REQUEST)
    request["medicationReference"]["reference"] += "/_history/2"
    held = {**MEDICATION, "meta": {"versionId": "2"}}
    assert order(bundle(PATIENT, WEIGHT, held, request)).drug.name == "baclofen"


VALID = [
    ({"start": "2026-01-15", "end": "2026-02-15"}, "2026-02-15T23:00:00+01:00", "valid from 2026-01-15 until 2026-02-15"),
    ({"end": "2026"}, "2026-12-31", "valid until 2026"),
    ({"start": "2026-01"}, "2026-01-01", "valid from 2026-01"),
    ({"start": "2026-01-15", "end": "2026-02-15"}, None, "valid from 2026-01-15 until 2026-02-15"),
]  # fmt: skip


@pytest.mark.parametrize(("period", "prepared", "says"), VALID)
def test_for_how_long_a_prescription_is_valid_is_told(
    period: dict[str, str], prepared: str | None, says: str
) -> None:
    request = {**REQUEST, "dispenseRequest": {"validityPeriod": period}}
    supply = {**DISPENSE, **({} if prepared is None else {"whenPrepared": prepared})}
    notes: list[Caution] = []
    orders_of(bundle(PATIENT, WEIGHT, MEDICATION, request, supply), name="rx.json", notes=notes)
    assert [note.text for note in notes] == [
        f"rx.json, entry[3], MedicationRequest/rx is {says}, which no label says."
    ]


@pytest.mark.parametrize("day", ["2026-01-14", "2026-02-16"])
def test_a_supply_outside_of_it_is_refused(day: str) -> None:
    request = {**REQUEST, "dispenseRequest": {"validityPeriod": {"start": "2026-01-15", "end": "2026-02-15"}}}
    supply = {**DISPENSE, "whenPrepared": day}
    assert str(refusal(bundle(PATIENT, WEIGHT, MEDICATION, request, supply))) == (
        f"rx.json, entry[3], MedicationRequest/rx: It is valid from 2026-01-15 until 2026-02-15, and its supply is of {day}. "
        "Ask the prescriber for one that holds."
    )


def test_when_a_patient_was_weighed_is_told() -> None:
    notes: list[Caution] = []
    orders_of(changed("Observation.effectiveDateTime", '"2019-05-04T08:00:00Z"'), name="rx.json", notes=notes)
    assert [note.text for note in notes] == [
        "rx.json, entry[1], Observation/weight: the body weight is of 2019-05-04, which no label says."
    ]


@pytest.mark.parametrize("volume", ["5", "5.5", "4.5"])
def test_a_volume_within_rounding_is_its_requests(volume: str) -> None:
    at = "MedicationDispense.dosageInstruction.0.doseAndRate.0.doseQuantity.value"
    assert order(changed(at, volume, supply=True)).directions.dose == "5 mg"


@pytest.mark.parametrize("subject", ["", '{"display": "Sam Example"}'])
def test_a_supply_of_the_same_name_or_of_none_is_its_requests(subject: str) -> None:
    assert order(changed("MedicationDispense.subject", subject, supply=True)).patient.id == "H1"


def test_a_supply_without_a_dosage_is_given_as_its_request_says() -> None:
    found = order(changed("MedicationDispense.dosageInstruction", "", supply=True))
    assert (found.directions.dose, found.dispense.quantity) == ("5 mg", "450 mL")


def test_a_supply_of_one_of_two_requests_of_a_name_is_refused_alone() -> None:
    whole = bundle(PATIENT, WEIGHT, MEDICATION, REQUEST, REQUEST, DISPENSE)
    *requests, (place, supply) = outcomes_of(whole, name="rx.json")
    assert [type(one) for _, one in requests] == [Order, Order]
    assert place == "rx.json, entry[5], MedicationDispense/supply"
    assert str(supply) == (
        "rx.json, entry[5], MedicationDispense/supply: It names 'MedicationRequest/rx', and the file holds 2 "
        "resources of that name. Have each sent once."
    )


def test_a_patient_and_a_medication_that_several_exports_hold_are_one() -> None:
    once = order(bundle(PATIENT, WEIGHT, MEDICATION, REQUEST))
    assert order(bundle(PATIENT, WEIGHT, MEDICATION, REQUEST, MEDICATION, WEIGHT, PATIENT)) == once


def test_two_supplies_of_one_request_are_refused() -> None:
    again = {**DISPENSE, "id": "again"}
    fault = refusal(bundle(PATIENT, WEIGHT, MEDICATION, REQUEST, DISPENSE, again))
    assert str(fault) == (
        "rx.json, entry[5], MedicationDispense/again is a second supply of one request. Send one supply a request."
    )


# What is no FHIR R4 in JSON.


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": -Infinity}', "-Infinity is no number"),
        ('{"a": 1, "a": 2}', "the key 'a' stands twice in one object"),
        ("[" * 100_000, "it is nested too deeply"),
        ('{"a":' * 100_000, "it is nested too deeply"),
        (f'{{"a": {"9" * 5000}}}', "it holds a number that is too long"),
        ('{"a": 1e99999999999999999999}', "it holds a number that is too long"),
        (r'{"a": "\ud83d"}', "it holds half a character"),
        ('{"a": 1,}', "Expecting property name enclosed in double quotes, line 1, column 9"),
        ("", "Expecting value, line 1, column 1"),
    ],
    ids=["nan", "infinity", "twice", "lists", "objects", "digits", "exponent", "half", "comma", "empty"],
)
def test_json_that_two_programs_would_read_in_two_ways_is_refused(text: str, why: str) -> None:
    assert str(refusal(text)) == f"rx.json is not JSON that can be read: {why}. Have it sent again."


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("<Bundle/>", "rx.json is XML. Have it sent as JSON (application/fhir+json)."),
        ("[]", "rx.json is no resource of FHIR: it has no resourceType. Check that it is the file."),
        ("5", "rx.json is no resource of FHIR: it has no resourceType. Check that it is the file."),
        (
            {"resourceType": "Bundle", "type": "history", "entry": []},
            "rx.json, Bundle is a history: it holds versions that no longer hold. "
            "Send the orders as they stand now.",
        ),
        (
            {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": bundle()}]},
            "rx.json, entry[0] is a Bundle in a Bundle. Send each Bundle alone.",
        ),
        (
            {"resourceType": "Bundle", "entry": [{"resource": REQUEST, "request": {"method": "DELETE"}}]},
            "rx.json, entry[0] asks for 'DELETE', and only what is added or replaced is an order. "
            "Leave that entry out.",
        ),
        (
            {
                "resourceType": "Bundle",
                "entry": [{"resource": REQUEST, "response": {"status": "409 Conflict"}}],
            },
            "rx.json, entry[0] is the answer '409 Conflict': what was asked for was not done. Leave that entry out.",
        ),
        (
            {
                "resourceType": "Bundle",
                "entry": [{"resource": REQUEST, "search": {"modifierExtension": [{"url": "urn:not"}]}}],
            },
            "rx.json, entry[0]: It has the modifierExtension 'urn:not' in its search, which may change the meaning of "
            "everything in it. Do not leave it out: ask the sender what it means.",
        ),
        (
            {"resourceType": "Bundle", "link": [{"relation": "next", "url": "https://example.org/2"}]},
            "rx.json, Bundle is one page of several. Send all pages in one Bundle, or each order alone.",
        ),
        (
            {"resourceType": "Bundle", "entry": {}},
            "rx.json, Bundle: entry is no list. Have it sent again.",
        ),
        (
            {"resourceType": "Bundle", "implicitRules": "x"},
            "rx.json, Bundle: liquidose does not know what its implicitRules changes. "
            "Do not leave it out: ask the sender what it means.",
        ),
        (
            bundle({"resourceType": "NutritionOrder"}),
            "rx.json, entry[0], NutritionOrder: a NutritionOrder is no order that liquidose reads. "
            "Send a MedicationRequest or a MedicationDispense.",
        ),
        (
            bundle(PATIENT),
            "rx.json holds no MedicationRequest and no MedicationDispense. Check that it is the file.",
        ),
        (
            bundle(PATIENT, WEIGHT, MEDICATION, MEDICATION | {"status": "active"}, REQUEST),
            "rx.json, entry[4], MedicationRequest/rx: It names 'Medication/baclofen', and the file holds 2 "
            "resources of that name. Have each sent once.",
        ),
    ],
)
def test_what_is_no_bundle_of_orders_is_refused(given: str | dict[str, Any], message: str) -> None:
    assert str(refusal(given)) == message


def test_a_hundred_thousand_keys_are_read_or_refused_at_once() -> None:
    many = ", ".join(f'"k{k}": 0' for k in range(100_000))
    assert "there is no key 'k" in str(refusal(f'{{"resourceType": "MedicationRequest", {many}}}'))
    assert "the key 'k0' stands twice" in str(refusal(f'{{{many}, "k0": 0}}'))


def test_a_full_pair_of_halves_is_a_character() -> None:
    name = r'"Sam \ud83d\ude00"'
    assert order(changed("Patient.name", f'[{{"text": {name}}}]')).patient.name == "Sam 😀"


def test_a_text_without_end_is_refused_in_a_short_sentence() -> None:
    for at in ("Medication.code.text", "MedicationRequest.dosageInstruction.0.method.text"):
        assert len(str(refusal(changed(at, json.dumps("x" * 1_000_000))))) < 300


# Files.


def test_a_file_of_one_request_makes_a_label(tmp_path: Path) -> None:
    source, target = tmp_path / "request.json", tmp_path / "label.pdf"
    source.write_text(json.dumps(bundle()), encoding="utf-8")
    assert load_order(str(source)).drug.name == "baclofen"
    result = CliRunner().invoke(main, ["label", str(source), "-o", str(target)])
    assert result.exit_code == 0, result.stderr
    assert target.read_bytes().startswith(b"%PDF-")


def test_what_the_sender_wrote_for_people_is_told_by_the_command(tmp_path: Path) -> None:
    source = tmp_path / "request.json"
    source.write_text(changed("MedicationRequest.note", '[{"text": "call the ward"}]'), encoding="utf-8")
    for command in (["label", str(source), "-o", str(tmp_path / "l.pdf")], ["fhir", str(source)]):
        result = CliRunner().invoke(main, command)
        assert (result.exit_code, result.stderr) == (
            0,
            f"Note: {source}, entry[3], MedicationRequest/rx has a note that no label says: 'call the ward'.\n",
        )
        assert "call the ward" not in result.stdout


def test_xml_is_said_to_be_xml_by_every_command(tmp_path: Path) -> None:
    source = tmp_path / "request.xml"
    source.write_text('<MedicationRequest xmlns="http://hl7.org/fhir"/>', encoding="utf-8")
    for command in ("label", "fhir", "schedule"):
        result = CliRunner().invoke(main, [command, str(source)])
        assert (result.exit_code, result.stderr) == (
            2,
            f"liquidose: {source} is XML. Have it sent as JSON (application/fhir+json).\n",
        )


def test_a_file_of_two_orders_is_no_order(tmp_path: Path) -> None:
    source = tmp_path / "two.json"
    whole = bundle(PATIENT, WEIGHT, MEDICATION, REQUEST, {**REQUEST, "id": "rx2"})
    source.write_text(json.dumps(whole), encoding="utf-8")
    with pytest.raises(BadFile) as fault:
        load_order(str(source))
    assert str(fault.value) == f"{source} holds 2 orders, and one was expected. Give a file of one order."
    result = CliRunner().invoke(main, ["label", str(source), "-o", str(tmp_path / "label.pdf")])
    assert result.exit_code == 2
    assert not (tmp_path / "label.pdf").exists()


def test_a_missing_strength_ends_with_the_status_of_a_refusal(tmp_path: Path) -> None:
    source = tmp_path / "request.json"
    source.write_text(changed("Medication.ingredient", ""), encoding="utf-8")
    with pytest.raises(GiveWhatIsMissing):
        load_order(str(source))
    assert CliRunner().invoke(main, ["label", str(source)]).exit_code == 3


# The examples of the standard, gone through by a person.


def test_every_example_file_stands_in_the_table() -> None:
    from tables import rows  # noqa: PLC0415  (only here)

    files = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.*ml")}
    files |= {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.json")}
    assert files == {row["file"] for row in rows("fhir.toml", "example")}
    assert len(files) == 185


@cases("fhir.toml", "example")
def test_each_example_is_an_order_or_a_refusal_that_a_person_agrees_with(row: Row) -> None:
    text = (EXAMPLES / row["file"]).read_text(encoding="utf-8-sig")
    if row["outcome"] != "order":
        fault = refusal(text)
        assert fault.code == row["outcome"]
        assert row["says"] in str(fault)
        return
    found = order(text)
    assert found.directions.dose == row["dose"]
    assert found.drug.strength == row["strength"]
    assert found.directions.doses_a_day == row["times_a_day"]
    assert found.directions.route == row["route"]
    assert make_plan(found).measured.ml
