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
            "It supplies another medicine than its request orders: strength is '10 mg/5 mL' and "
            "'5 mg/5 mL'. Send the supply alone, once somebody has compared the two.",
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
