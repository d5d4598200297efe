"""Courses in FHIR: several dosage instructions in and out, nothing lost, and none of them ever left out."""

from __future__ import annotations

import copy
import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from fhir.resources.R4B.bundle import Bundle
from fhir_request import DISPENSE, MEDICATION, PATIENT, REQUEST, UCUM, WEIGHT, bundle
from hypothesis import assume, given
from hypothesis import strategies as st
from tables import Row, cases

from liquidose import LiquidoseError, load_order
from liquidose.cli import main
from liquidose.courses.course import CourseStep, Taper, Titrate
from liquidose.courses.schedule import make_schedule
from liquidose.courses.steps import Step
from liquidose.directions import DAY_PARTS
from liquidose.errors import BadFile
from liquidose.exchange.fhir import fhir_of, order_as_fhir
from liquidose.orders.fhir import orders_of
from liquidose.orders.fhir_amounts import text_of
from liquidose.orders.order import Order, decode_order
from liquidose.orders.parts import Directions, OrderDrug, OrderPatient
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.units import unit

EXAMPLES = Path(__file__).parent.parent / "examples"
TITRATION = EXAMPLES / "baclofen-titration.toml"
TAPER = EXAMPLES / "baclofen-taper.toml"

ORDER = (
    'patient = { name = "Sam Example", weight = "18 kg" }\ndrug = { name = "it", strength = "5 mg/5 mL" }\n'
)


# In: a table of requests in short.


def quantity(text: str) -> dict[str, Any]:
    value, code = text.split(" ")
    return {"value": Decimal(value), "unit": code, "system": UCUM, "code": code}


def days(number: Any) -> dict[str, Any]:
    return {"value": number, "unit": "d", "system": UCUM, "code": "d"}


def dosage(row: Row) -> dict[str, Any]:
    """A dosage of FHIR, from its row."""
    found: dict[str, Any] = {"doseAndRate": [{"doseQuantity": quantity(row["dose"])}]}
    if repeat := timing(row):
        found["timing"] = {"repeat": repeat}
    if "n" in row:
        found["sequence"] = row["n"]
    if row["dose"][:2] != "0 " or "route" in row:
        code = row.get("route", "26643006")
        found["route"] = {"coding": [{"system": "http://snomed.info/sct", "code": code}]}
    if "says" in row:
        found["additionalInstruction"] = [{"text": row["says"]}]
    if "stops" in row:
        code = {"system": "http://snomed.info/sct", "code": "422327006", "display": "Then stop"}
        found["additionalInstruction"] = [{"coding": [code], **row["stops"]}]
    if "needed" in row:
        found["asNeededBoolean"] = row["needed"]
    if "most_doses" in row:
        doses = {"value": row["most_doses"], "system": UCUM, "code": "{dose}"}
        found["maxDosePerPeriod"] = {"numerator": doses, "denominator": days(1)}
    if "most" in row:
        found["maxDosePerAdministration"] = quantity(f"{row['most']} mg")
    if "most_a_day" in row:
        found["maxDosePerPeriod"] = {"numerator": quantity(f"{row['most_a_day']} mg"), "denominator": days(1)}
    return found


def timing(row: Row) -> dict[str, Any]:
    repeat: dict[str, Any] = {}
    if "every" in row:
        repeat |= {"frequency": 1, "period": row["every"], "periodUnit": "h"}
    if "often" in row:
        repeat |= {"frequency": row["often"], "period": 1, "periodUnit": "d"}
    if "when" in row:
        repeat |= {"frequency": len(row["when"]), "period": 1, "periodUnit": "d", "when": row["when"]}
    if "days" in row:
        repeat["boundsDuration"] = days(row["days"])
    if "from" in row or "to" in row:
        repeat["boundsPeriod"] = {
            name: row[key] for key, name in (("from", "start"), ("to", "end")) if key in row
        }
    return repeat


def request(row: Row) -> dict[str, Any]:
    """The request of a row, in its Bundle."""
    asked = {**copy.deepcopy(REQUEST), "dosageInstruction": [dosage(one) for one in row["dosages"]]}
    if "supply" in row:
        asked["dispenseRequest"] = {"expectedSupplyDuration": days(row["supply"])}
    if "then" in row:
        asked["extension"] = [{"url": "urn:x-liquidose:order:directions.then", "valueString": row["then"]}]
    return bundle(PATIENT, WEIGHT, MEDICATION, asked)


def test_the_rows_are_written_out_as_fhir() -> None:
    steps = [
        {"n": 1, "dose": "5 mg", "when": ["MORN"], "days": 3},
        {"n": 2, "dose": "0 mg", "from": "2026-01-04"},
    ]
    whole = request({"dosages": steps, "supply": 3, "then": "continue"})
    Bundle.model_validate_json(json.dumps(whole, default=int))


@cases("fhir-sequences.toml", "read")
def test_dosages_are_read_as_the_directions_they_stand_for(row: Row) -> None:
    (order,) = orders_of(request(row))
    expected = msgspec.convert(row["directions"], Directions)
    assert msgspec.structs.replace(order.directions, route=None) == expected
    assert order.directions.route == "by mouth"


@cases("fhir-sequences.toml", "read")
def test_what_is_read_of_several_dosages_can_be_carried_out(row: Row) -> None:
    (order,) = orders_of(request(row))
    assert order_as_fhir(order)


@cases("fhir-sequences.toml", "refused")
def test_dosages_that_a_course_could_not_say_are_refused_by_name(row: Row) -> None:
    with pytest.raises(LiquidoseError) as fault:
        orders_of(request(row), name="rx.json")
    assert (fault.value.code, str(fault.value)) == (
        row["code"],
        f"rx.json, entry[3], MedicationRequest/rx{'' if row['says'][0] == ',' else ': '}{row['says']}",
    )


# A supply beside its request.

STEPS: list[Row] = [
    {"n": 1, "dose": "5 mg", "when": ["MORN"], "days": 3},
    {"n": 1, "dose": "10 mg", "when": ["HS"], "days": 3},
    {"n": 2, "dose": "10 mg", "when": ["MORN", "HS"], "days": 4},
    {"n": 3, "dose": "0 mg"},
]
SUPPLIED = [{**step, "dose": step["dose"].replace("mg", "mL")} for step in STEPS]


def with_supply(steps: list[Row], supplied: list[Row], **more: Any) -> dict[str, Any]:
    whole = request({"dosages": steps, **more})
    supply = {**copy.deepcopy(DISPENSE), "dosageInstruction": [dosage(one) for one in supplied]}
    return {**whole, "entry": [*whole["entry"], {"resource": supply}]}


def test_a_supply_of_the_same_steps_is_its_requests() -> None:
    (order,) = orders_of(with_supply(STEPS, SUPPLIED))
    assert orders_of(request({"dosages": STEPS}))[0].directions == order.directions
    assert order.dispense.quantity == "450 mL"


def test_a_supply_that_goes_on_is_its_requests() -> None:
    (order,) = orders_of(with_supply(STEPS[:3], [*SUPPLIED[:2], {**SUPPLIED[2]}]))
    assert order.directions.then == "stop"
    steps, supplied = ([*s[:2], {k: v for k, v in s[2].items() if k != "days"}] for s in (STEPS, SUPPLIED))
    (order,) = orders_of(with_supply(steps, supplied, supply=30))
    assert order.directions.then == "continue"


def lasting(steps: list[Row], supplied: list[Row], asked: int | None, given: int | None) -> dict[str, Any]:
    """A request and its supply, with how long the medicine is to last and how long it does."""
    whole = with_supply(steps, supplied, **({} if asked is None else {"supply": asked}))
    if given is not None:
        whole["entry"][-1]["resource"]["daysSupply"] = days(given)
    return whole


def test_a_supply_may_say_alone_how_long_it_lasts() -> None:
    steps, supplied = ([*s[:2], {k: v for k, v in s[2].items() if k != "days"}] for s in (STEPS, SUPPLIED))
    found = [orders_of(lasting(steps, supplied, *said)) for said in ((30, None), (None, 30), (30, 30))]
    assert found[0] == found[1] == found[2]
    with pytest.raises(LiquidoseError) as fault:
        orders_of(lasting(steps, supplied, 90, 30), name="rx.json")
    assert str(fault.value) == (
        "rx.json, entry[3], MedicationRequest/rx: Its medicine is to last 90 days, and what is supplied lasts 30. "
        "Have the sender correct expectedSupplyDuration or daysSupply."
    )


def test_a_part_of_what_a_course_with_an_end_needs_may_be_supplied() -> None:
    assert orders_of(lasting(STEPS, SUPPLIED, 7, 3)) == orders_of(with_supply(STEPS, SUPPLIED))


@pytest.mark.parametrize(
    ("place", "change", "says"),
    [
        (0, {"dose": "0.5 mL"}, "Its dose in step 1, 0.5 mL, is not the 5 mg of its request at 5 mg/5 mL."),
        (2, {"dose": "100 mL"}, "Its dose in step 2, 100 mL, is not the 10 mg of its request at 5 mg/5 mL."),
        (2, {"dose": "0 mL"}, "Its request and it disagree on the times of day in step 2: morning, bedtime; none."),
        (2, {"days": 5}, "Its request and it disagree on the number of days in step 2: 4; 5."),
        (3, {"dose": "5 mL", "often": 1, "days": 3}, "Its request and it disagree on the number of times a day in step 3: none; 1."),
        (1, {"when": ["NOON"]}, "Its request and it disagree on the times of day in step 1: morning, bedtime; morning, noon."),
        (2, {"when": ["MORN"]}, "Its request and it disagree on the times of day in step 2: morning, bedtime; morning."),
    ],
)  # fmt: skip
def test_a_supply_of_other_steps_is_refused(place: int, change: Row, says: str) -> None:
    supplied = [*SUPPLIED[:place], {**SUPPLIED[place], **change}, *SUPPLIED[place + 1 :]]
    with pytest.raises(LiquidoseError) as fault:
        orders_of(with_supply(STEPS, supplied), name="rx.json")
    assert str(fault.value) == (
        f"rx.json, entry[4], MedicationDispense/supply: {says} Check both with the sender."
    )


def test_a_supply_that_lacks_a_step_is_refused() -> None:
    with pytest.raises(LiquidoseError, match="disagree on the number of steps: 3; 2"):
        orders_of(with_supply(STEPS, SUPPLIED[:3]))
    one = [{"dose": "5 mL", "often": 1}]
    with pytest.raises(LiquidoseError, match="disagree on the number of steps: 3; 1"):
        orders_of(with_supply(STEPS, one))


def test_a_supply_alone_of_several_steps_is_an_order_in_ml() -> None:
    supply = {**copy.deepcopy(DISPENSE), "dosageInstruction": [dosage(one) for one in SUPPLIED[:2]]}
    for one in supply["dosageInstruction"]:
        del one["timing"]["repeat"]["boundsDuration"]
    supply["daysSupply"] = days(30)
    (order,) = orders_of(bundle(PATIENT, MEDICATION, supply))
    assert order.directions.steps == (CourseStep(dose={"morning": "5 mL", "bedtime": "10 mL"}, days=30),)
    assert order.directions.then == "continue"


# Out, and back again.


def written(order: Order) -> dict[str, Any]:
    """Each resource of an order's Bundle by its type, once another library has accepted the whole."""
    raw = order_as_fhir(order)
    Bundle.model_validate_json(raw)
    return {entry["resource"]["resourceType"]: entry["resource"] for entry in json.loads(raw)["entry"]}


def back(order: Order) -> Order:
    (found,) = orders_of(order_as_fhir(order).decode())
    return found


def doses(resource: dict[str, Any]) -> list[tuple[int, int, str]]:
    return [
        (one["sequence"], part["value"], part["code"])
        for one in resource["dosageInstruction"]
        for part in [one["doseAndRate"][0]["doseQuantity"]]
    ]


def bare(steps: tuple[Step, ...]) -> list[Any]:
    """What is given on which days: the steps without how their doses were written."""
    return [
        (s.number, s.from_day, s.days, s.first, [(d.time, d.dose, d.measured) for d in s.doses])
        for s in steps
    ]


def test_a_titration_is_a_sequence_in_mg_and_in_ml() -> None:
    found = written(load_order(str(TITRATION)))
    asked, supplied = found["MedicationRequest"], found["MedicationDispense"]
    assert doses(asked) == [(1, 5, "mg"), (2, 10, "mg"), (3, 15, "mg"), (4, 20, "mg")]
    assert doses(supplied) == [(1, 5, "mL"), (2, 10, "mL"), (3, 15, "mL"), (4, 20, "mL")]
    periods = [one["timing"]["repeat"]["boundsPeriod"] for one in asked["dosageInstruction"]]
    assert periods == [
        {"start": "2026-11-23", "end": "2026-11-25"},
        {"start": "2026-11-26", "end": "2026-11-28"},
        {"start": "2026-11-29", "end": "2026-12-01"},
        {"start": "2026-12-02"},  # it goes on: an end here would stop it
    ]
    assert [one["timing"] for one in supplied["dosageInstruction"]] == [
        one["timing"] for one in asked["dosageInstruction"]
    ]
    assert (
        asked["dispenseRequest"]["expectedSupplyDuration"]["value"] == supplied["daysSupply"]["value"] == 12
    )
    assert supplied["dosageInstruction"][0]["text"] == (
        "Give 5 mL by mouth in the morning, at noon and at bedtime, for 3 days, with food. "
        "Fill a 5 mL oral syringe to the 5 mL line."
    )
    notes = [note["text"] for note in supplied["note"]]
    assert notes[-1] == "Keep giving 20 mL. Do not stop. Get more before 05 Dec 2026."
    assert any(note.startswith("Checked against baclofen-us, version 1") for note in notes)


def test_a_taper_ends_with_a_quantity_of_0() -> None:
    found = written(load_order(str(TAPER)))
    asked, supplied = found["MedicationRequest"], found["MedicationDispense"]
    assert doses(asked) == [(1, 20, "mg"), (2, 15, "mg"), (3, 10, "mg"), (4, 5, "mg"), (5, 0, "mg")]
    assert doses(supplied) == [(1, 20, "mL"), (2, 15, "mL"), (3, 10, "mL"), (4, 5, "mL"), (5, 0, "mL")]
    last = supplied["dosageInstruction"][-1]
    assert last["timing"] == {"repeat": {"boundsPeriod": {"start": "2027-03-08"}}}
    assert last["text"] == "Stop: none from 08 Mar 2027."
    assert supplied["note"][0]["text"] == "Until the first step: 60 mg a day."


def test_a_course_without_a_start_has_its_days() -> None:
    order = load_order(str(TAPER))
    order = msgspec.structs.replace(order, directions=msgspec.structs.replace(order.directions, start=None))
    found = written(order)["MedicationRequest"]["dosageInstruction"]
    lengths = [
        one.get("timing", {}).get("repeat", {}).get("boundsDuration", {}).get("value") for one in found
    ]
    assert lengths == [14, 7, 7, 7, None]
    assert "timing" not in found[-1]


def test_unequal_doses_of_a_day_share_their_sequence() -> None:
    order = decode_order(
        ORDER + 'directions = { dose = "10 mg/day", times = ["morning", "noon", "bedtime"], for_days = 7, '
        'then = "stop", split = "unequal", largest_at = "bedtime" }',
        name="order",
    )
    found = written(order)
    asked = found["MedicationRequest"]
    amounts = [(n, Fraction(str(value)), code) for n, value, code in doses(asked)]
    assert [n for n, _, _ in amounts] == [1, 1, 1]
    assert sum(value for _, value, _ in amounts) == 10
    assert amounts[2][1] > amounts[0][1]
    assert [one["timing"]["repeat"]["when"] for one in asked["dosageInstruction"]] == [
        ["MORN"],
        ["NOON"],
        ["HS"],
    ]
    read = back(order)
    assert bare(make_schedule(read).steps) == bare(make_schedule(order).steps)


@pytest.mark.parametrize(
    "directions",
    [
        'dose = "0.3 mg/kg/day (max 12 mg/day)"\ntimes = ["morning", "noon", "bedtime"]\nfor_days = 7\nthen = "continue"',
        'dose = "5 mg"\ntimes_a_day = 3\nfor_days = 7\nthen = "review on 2027-01-31"\nstart = 2027-01-01',
        'titrate = { start = "0.3 mg/kg", step = "0.1 mg/kg", every = "1 week", target = "0.5 mg/kg" }\ntimes_a_day = 2\n'
        'taper = { by = "0.1 mg/kg", every = "1 week" }\nhold = "2 weeks"\nthen = "stop"',
        'taper = { from = "10 mg", doses = ["5 mg", "2.5 mg"], every = "3 days" }\ntimes_a_day = 2\nthen = "stop"',
        'taper = { from = "20 mg/day", doses = ["15 mg/day", "5 mg/day"], every = "3 days" }\ntimes = ["morning", "bedtime"]\n'
        'split = "unequal"\nlargest_at = "bedtime"\nhold = "1 week"\nthen = "review on 2027-01-31"\nstart = 2027-01-01',
        'titrate = { start = "5 mg/day", step = "5 mg/day", every = "3 days", target = "15 mg/day" }\nsplit = "unequal"\n'
        'taper = { by = "5 mg/day", every = "3 days" }\ntimes = ["morning", "bedtime"]\nthen = "stop"',
        'taper = { from = "2 mg/kg/day (max 30 mg/day)", by = "1 mg/kg/day", every = "3 days" }\ntimes = ["morning", "noon"]\n'
        'split = "unequal"\nthen = "stop"',
        'steps = [{ dose = "5 mg", days = 2 }, { dose = "none", days = 2 }, { dose = "5 mg", days = 2 }]\ntimes_a_day = 1\n'
        'then = "review on 2027-01-31"',
    ],
)
def test_every_kind_of_course_comes_back_with_the_same_steps(directions: str) -> None:
    order = decode_order(f"{ORDER}[directions]\n{directions}\n", name="order")
    written(order)
    read = back(order)
    ours, theirs = make_schedule(order), make_schedule(read)
    assert bare(theirs.steps) == bare(ours.steps)
    assert (theirs.then, theirs.start, theirs.before) == (ours.then, ours.start, ours.before)


RULED = ORDER + (
    '[directions]\ntimes_a_day = 3\ntitrate = { start = "5 mg", step = "5 mg", every = "3 days", target = "10 mg" }\n'
    'hold = "2 weeks"\ntaper = { doses = ["7.5 mg", "2.5 mg"], every = "1 week" }\nthen = "stop"\n'
)


def with_rule(change: Any) -> dict[str, Any]:
    """The message of an order by a rule, once its extensions (by their keys) have been changed."""
    whole = json.loads(order_as_fhir(decode_order(RULED, name="order")), parse_float=Decimal)
    asked = next(
        e["resource"] for e in whole["entry"] if e["resource"]["resourceType"] == "MedicationRequest"
    )
    ours = {each["url"].rpartition(":")[2]: each for each in asked["extension"]}
    change(ours)
    asked["extension"] = list(ours.values())
    return dict(whole)


def inner(extension: dict[str, Any], key: str) -> dict[str, Any]:
    return next(part for part in extension["extension"] if part["url"] == key)


def test_a_rule_is_an_extension_for_each_of_its_keys_and_comes_back() -> None:
    order = decode_order(RULED, name="order")
    asked = written(order)["MedicationRequest"]
    (found,) = [one for one in asked["extension"] if one["url"].endswith("taper")]
    assert found == {
        "url": "urn:x-liquidose:order:directions.taper",
        "extension": [
            {"url": "every", "valueString": "1 week"},
            {"url": "doses", "valueString": "7.5 mg"},
            {"url": "doses", "valueString": "2.5 mg"},
        ],
    }
    assert orders_of(with_rule(dict)) == [back(order)] == [order]


def test_another_reader_that_leaves_out_our_extensions_has_the_same_steps() -> None:
    order = decode_order(RULED, name="order")
    (read,) = orders_of(with_rule(dict.clear))
    assert read.directions.steps is not None
    assert bare(make_schedule(read).steps) == bare(make_schedule(order).steps)


RULE = "{place}: The rule in its extensions makes other doses or days than its dosage instructions. Check the order with the sender."
OTHERS = "{place}: The extension 'urn:x-liquidose:order:directions.taper' is none that this version writes. Do not leave it out: it is of an order of another version."


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda ours: inner(ours["directions.titrate"], "step").update(valueString="2.5 mg"), RULE),
        (lambda ours: inner(ours["directions.titrate"], "start").update(valueString="50 mg"), "{place}: The target 10\u00a0mg is below the start 50\u00a0mg. A titration rises; write the way down as a taper."),
        (lambda ours: inner(ours["directions.taper"], "every").update(valueString="3 weeks"), RULE),
        (lambda ours: inner(ours["directions.taper"], "doses").update(valueString="8 mg"), RULE),
        (lambda ours: ours["directions.hold"].update(valueString="3 weeks"), RULE),
        (lambda ours: ours.pop("directions.hold"), RULE),
        (lambda ours: ours.pop("directions.titrate"), "{place}, directions: taper needs from, the dose taken until now. Correct it there."),
        (lambda ours: (ours.pop("directions.titrate"), ours.pop("directions.taper")), "{place}, directions: there is no dose; write dose, or a course as steps, titrate or taper. Correct it there."),
        (lambda ours: ours["directions.taper"]["extension"].__setitem__(slice(1, 3), [{"url": "percent", "valueInteger": 25}]), RULE),
        (lambda ours: ours["directions.taper"].update(extension=[]), OTHERS),
        (lambda ours: ours["directions.taper"].update(extension="1 week"), OTHERS),
        (lambda ours: ours["directions.taper"]["extension"].append("1 week"), OTHERS),
        (lambda ours: ours["directions.taper"]["extension"].append({"url": ["every"], "valueString": "1 week"}), OTHERS),
        (lambda ours: ours["directions.taper"]["extension"].append({"url": "dose", "valueString": "1 mg"}), OTHERS),
        (lambda ours: ours["directions.taper"]["extension"].append({"url": "doses", "valueDecimal": Decimal("1.5")}), OTHERS),
        (lambda ours: ours["directions.taper"]["extension"].append({"url": "every", "valueString": "1 week"}), OTHERS),
        (lambda ours: ours["directions.taper"]["extension"].pop(0), "{place}, directions.taper: Object missing required field `every`. Correct it there."),
    ],
)  # fmt: skip
def test_a_rule_that_is_not_that_of_the_dosages_is_refused(change: Any, says: str) -> None:
    with pytest.raises(LiquidoseError) as fault:
        orders_of(with_rule(change), name="rx.json")
    assert str(fault.value) == says.format(place="rx.json, entry[3], MedicationRequest")


def test_where_the_file_of_a_protocol_lies_is_nowhere_in_the_message(tmp_path: Path) -> None:
    (tmp_path / "protocols").mkdir()
    for name in ("baclofen-titration.toml", "protocols/baclofen-us.toml"):
        (tmp_path / name).write_bytes((EXAMPLES / name).read_bytes())
    moved = order_as_fhir(load_order(str(tmp_path / "baclofen-titration.toml")))
    assert moved == order_as_fhir(load_order(str(TITRATION)))
    assert b"protocols/" not in moved


@pytest.mark.parametrize(
    ("directions", "says"),
    [
        (
            'dose = "10 mg/day"\ntimes_a_day = 3\nfor_days = 7\nthen = "stop"\nsplit = "unequal"',
            "Step 1 has different doses without parts of the day, and FHIR could not say which is when. "
            "Write the parts of the day in directions.times.",
        ),
        (
            'then = "stop"\ntimes = ["morning", "bedtime"]\nsplit = "unequal"\n'
            'taper = { from = "1.23456789012 mg/kg/day", doses = ["0.5 mg/kg/day"], every = "1 week" }',
            "277777775277/12500000000\u00a0mg is no decimal of 12 digits or fewer, and FHIR has only decimals. Leave this order out of the FHIR export.",
        ),
        (
            'then = "stop"\nsteps = [{ dose = { morning = "5 mg (max 30 mg/day)", noon = "10 mg" }, days = 3 }]',
            "Step 1 has different doses of a day with a maximum for the day, which FHIR has only beside one. "
            "Leave this order out of the FHIR export.",
        ),
        (
            'then = "stop"\ntimes_a_day = 3\nsteps = [{ dose = "10 mg/day", days = 3 }, { dose = "15 mg", days = 3 }]',
            "10/3\u00a0mg is no decimal of 12 digits or fewer, and FHIR has only decimals. Leave this order out of the FHIR export.",
        ),
        (
            'then = "stop"\ntimes_a_day = 3\ntaper = { from = "10.3 mg", percent = 33, every = "1 week", last = "0.9 mg" }',
            "9317213363407/10000000000000\u00a0mg is no decimal of 12 digits or fewer, and FHIR has only decimals. "
            "Leave this order out of the FHIR export.",
        ),
        (
            'then = "stop"\ntimes_a_day = 3\nsteps = [{ dose = "5 mg", days = 3, volume = "5 mL" }, { dose = "15 mg", days = 3 }]',
            "'directions.steps.volume' has no place in FHIR yet. Leave this order out of the FHIR export.",
        ),
        (
            'then = "stop"\ntimes_a_day = 3\nsteps = [{ dose = "5 mg", days = 3, cycle = { on = 1, off = 1 } }]',
            "'directions.steps.cycle' has no place in FHIR yet. Leave this order out of the FHIR export.",
        ),
        (
            'then = "stop"\ntimes_a_day = 3\ndose = "5 mg"\nfor_days = 8\ncycle = { on = 1, off = 1 }',
            "'directions.cycle' has no place in FHIR yet. Leave this order out of the FHIR export.",
        ),
    ],
)
def test_a_course_that_fhir_cannot_carry_is_refused_by_name(directions: str, says: str) -> None:
    order = decode_order(f"{ORDER}[directions]\n{directions}\n", name="order")
    with pytest.raises(BadFile) as fault:
        order_as_fhir(order)
    assert str(fault.value) == says


def mg(value: Fraction) -> str:
    return text_of(Quantity(value=value, unit=unit("mg")), None)


AMOUNTS = st.integers(1, 40).map(lambda halves: mg(Fraction(halves, 2)))
TIMES = st.lists(st.sampled_from(list(DAY_PARTS)), min_size=1, unique=True).map(tuple)


@st.composite
def courses(draw: st.DrawFn) -> Order:
    """A course of written steps, as reading writes them: common times at the top, different doses by their times."""
    common = draw(TIMES)
    length = st.integers(1, 30)
    several = st.lists(st.sampled_from(list(DAY_PARTS)), min_size=2, unique=True)
    uneven = st.builds(
        lambda times, amounts: dict(zip(times, amounts, strict=False)),
        several,
        st.lists(AMOUNTS, min_size=6, max_size=6, unique=True),
    )
    step = st.builds(CourseStep, dose=AMOUNTS | uneven | st.just("none"), days=length)
    steps = draw(st.lists(step, min_size=1, max_size=5))
    ends = draw(st.booleans())
    if ends:
        steps.append(CourseStep(dose="none"))
    elif steps[-1].is_none:
        steps.append(CourseStep(dose="5 mg", days=draw(length)))
    assume(len(steps) > 1 and any(not step.is_none for step in steps))
    one = any(isinstance(step.dose, str) and not step.is_none for step in steps)
    after = ["stop", "review on 2031-01-31"] + ([] if ends else ["continue"])
    return Order(
        patient=OrderPatient(name="Sam"),
        drug=OrderDrug(name="it", strength="5 mg/5 mL", form="oral solution"),
        directions=Directions(
            steps=tuple(steps),
            times=common if one else (),
            then=draw(st.sampled_from(after)),
            start=draw(st.none() | st.dates(dt.date(2025, 1, 1), dt.date(2030, 1, 1))),
            route="by mouth",
            warnings=tuple(draw(st.lists(st.sampled_from(["Keep upright.", "May stain."]), unique=True))),
        ),
    )


@given(courses())
def test_a_course_of_steps_comes_back_as_it_went(order: Order) -> None:
    try:
        schedule = make_schedule(order)
    except LiquidoseError:
        assume(False)  # noqa: FBT003  (hypothesis' own way to leave an example out)
        raise
    raw = fhir_of(schedule)
    assert orders_of(raw.decode()) == [order]
    Bundle.model_validate_json(raw)


LENGTHS = st.tuples(st.integers(1, 20), st.sampled_from(["day", "week"])).map(
    lambda of: f"{of[0]} {of[1]}{'s' if of[0] > 1 else ''}"
)


@st.composite
def ruled(draw: st.DrawFn) -> Order:
    """A course by a rule: up, up and down, or down, by an amount, by percent or by a list; for each dose or each day."""
    times = draw(TIMES)
    every = draw(st.none() | st.sampled_from(["6 hours", "12 hours"]))
    count = 24 // int(every.split()[0]) if every else len(times)
    way = draw(st.sampled_from(["up", "up and down", "down"]))
    halves = sorted(draw(st.lists(st.integers(1, 40), min_size=4, max_size=4, unique=True)))
    a_day = draw(st.booleans())
    low, between, high, top = (
        mg(Fraction(half, 2) * (count if a_day else 1)) + ("/day" if a_day else "") for half in halves
    )
    start = draw(st.none() | st.dates(dt.date(2025, 1, 1), dt.date(2030, 1, 1)))
    titrate = taper = None
    if way != "down":
        until = draw(st.none() if start is None else st.none() | st.integers(1, 60))
        titrate = Titrate(
            start=low,
            step=draw(st.sampled_from([low, between])),
            every=draw(LENGTHS),
            target=top if until is None else None,
            until=None if start is None or until is None else start + dt.timedelta(days=until),
        )
    if way != "up":
        down: dict[str, Any] = draw(
            st.sampled_from(
                [
                    {"by": low},
                    {"by": between, "to": low},
                    {"percent": 50, "last": low},
                    {"doses": (high, between)},
                ]
            )
        )
        taper = Taper(every=draw(LENGTHS), from_=top if way == "down" else None, **down)
    ends = taper is not None and taper.to == "zero"
    after = ["stop", "review on 2041-01-31"] + ([] if ends else ["continue"])
    return Order(
        patient=OrderPatient(name="Sam"),
        drug=OrderDrug(name="it", strength="5 mg/5 mL", form="oral solution"),
        directions=Directions(
            times=() if every else times,
            every=every,
            titrate=titrate,
            taper=taper,
            hold=draw(st.none() | LENGTHS),
            start=start,
            route="by mouth",
            then=draw(st.sampled_from(after)),
        ),
    )


@given(ruled())
def test_a_course_by_a_rule_comes_back_as_it_went(order: Order) -> None:
    try:
        schedule = make_schedule(order)
    except LiquidoseError:
        assume(False)  # noqa: FBT003  (hypothesis' own way to leave an example out)
        raise
    raw = fhir_of(schedule)
    assert orders_of(raw.decode()) == [order]
    Bundle.model_validate_json(raw)


# The commands.


def test_a_sequence_is_written_by_one_command_and_read_by_another(tmp_path: Path) -> None:
    target = tmp_path / "titration.json"
    result = CliRunner().invoke(main, ["fhir", str(TITRATION), "-o", str(target)])
    assert (result.exit_code, result.output) == (0, f"FHIR written to {target}.\n")
    shown = CliRunner().invoke(main, ["schedule", str(target)])
    assert shown.exit_code == 0, shown.stderr
    assert "Keep giving 20" in shown.output
    label = CliRunner().invoke(main, ["label", str(target), "-o", str(tmp_path / "label.pdf")])
    assert label.exit_code == 3
    assert "course of several doses" in label.stderr
    diary = CliRunner().invoke(main, ["diary", str(target), "-o", str(tmp_path / "diary.pdf")])
    assert diary.exit_code == 0, diary.stderr
