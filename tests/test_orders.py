"""An order file: what it may hold, and how its faults are told."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from liquidose import LiquidoseError
from liquidose.errors import BadFile
from liquidose.orders.order import Order, decode_order, load_order

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.toml"))

SMALL = """
[patient]
name = "Sam Example"
[drug]
name = "baclofen"
strength = "5 mg/5 mL"
[directions]
dose = "5 mg"
"""


def order(text: str) -> Order:
    return decode_order(text, name="order.toml")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.name)
def test_examples_are_orders(path: Path) -> None:
    assert load_order(str(path)).patient.name.endswith("Example")


def test_only_patient_drug_strength_and_dose_are_demanded() -> None:
    assert order(SMALL).directions.doses_a_day is None


def test_changed_directions_have_a_course_of_their_own() -> None:
    given = order(SMALL).directions
    changed = msgspec.structs.replace(given, dose="10 mg")
    assert (given.course.dose, changed.course.dose) == ("5 mg", "10 mg")


def test_times_of_day_are_counted() -> None:
    text = SMALL + 'times = ["morning", "bedtime"]\nroute = "by tube"\n'
    directions = order(text).directions
    assert directions.doses_a_day == 2
    assert directions.way == "tube"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("[drug]", "[drug]\nstrenght = 5"),
            "order.toml, drug: there is no key 'strenght'. Did you mean 'strength'?",
        ),
        (("[patient]", "[pateint]"), "order.toml: there is no key 'pateint'. Did you mean 'patient'?"),
        (
            ('"5 mg"', "5"),
            "order.toml, directions.dose: text is needed, and not 5. Write it in quotation marks.",
        ),
        (
            ('name = "baclofen"', ""),
            "order.toml, drug: Object missing required field `name`. Correct it there.",
        ),
        (
            ('dose = "5 mg"', 'dose = "5 mg"\ntimes = ["teatime"]'),
            "order.toml, directions: 'teatime' is not a time of day; write morning, noon, afternoon, evening, "
            "bedtime, night. Correct it there.",
        ),
        (
            ('dose = "5 mg"', 'dose = "5 mg"\ntimes = ["noon", "noon"]'),
            "order.toml, directions: a time of day stands twice in times. Correct it there.",
        ),
        (
            ('dose = "5 mg"', 'dose = "5 mg"\ntimes = ["noon"]\ntimes_a_day = 3'),
            "order.toml, directions: times names 1 and times_a_day says 3. Correct it there.",
        ),
        (
            ('dose = "5 mg"', 'dose = "5 mg"\nroute = "in the eye"'),
            "order.toml, directions: 'in the eye' is not a route; write by mouth, by tube or by injection. "
            "Correct it there.",
        ),
        (
            ('dose = "5 mg"', 'dose = "5 mg"\nwith = "2 tsp of jam"'),
            "directions.with holds an amount, '2 tsp', in free text: '2 tsp of jam'. "
            "Give the dose in directions.dose only, and leave amounts out of the words.",
        ),
        (
            ('dose = "5 mg"', 'dose = "5 mg"\nwarnings = ["Never more than 10 mL"]'),
            "directions.warnings holds an amount, '10 mL', in free text: 'Never more than 10 mL'. "
            "Give the dose in directions.dose only, and leave amounts out of the words.",
        ),
        (('"Sam Example"', '""'), "patient.name is empty. Correct it there."),
        (
            ('"baclofen"', '"baclofen"\ngeneric_for = "Lioresal 10 mg"'),
            "drug.generic_for holds an amount, '10 mg', in free text: 'Lioresal 10 mg'. "
            "Give the dose in directions.dose only, and leave amounts out of the words.",
        ),
        (('"baclofen"', '"baclofen"\ngeneric_for = " "'), "drug.generic_for is empty. Correct it there."),
        (
            ('"Sam Example"', '"Sam\\nExample"'),
            "patient.name holds a line break or another control character. Correct it there.",
        ),
        (
            ('"Sam Example"', '"Sam \\u202eExample"'),
            "patient.name: 'Sam \\u202eExample' holds a character that cannot be seen, U+202E (right-to-left override). Type it afresh.",
        ),
        (
            ("[patient]", 'locale = "xx"\n[patient]'),
            "'xx' is not a known locale. Write it like 'en-US' or 'de-DE'.",
        ),
        (
            ("[patient]", "dispense.refills = -1\n[patient]"),
            "order.toml, dispense.refills: -1 is not 0 or more. Correct it there.",
        ),
        (
            ("[patient]", 'dispense.refills = "two"\n[patient]'),
            "order.toml, dispense.refills: a whole number is needed, and not 'two'. Correct it there.",
        ),
        (
            ("[patient]", 'dispense.initials = "the pharmacist"\n[patient]'),
            "order.toml, dispense.initials: 'the pharmacist' has more than 10 characters. Correct it there.",
        ),
        (("[directions]", "[directions"), None),
    ],
)
def test_faults_are_told_by_place_and_remedy(change: tuple[str, str], message: str | None) -> None:
    with pytest.raises(LiquidoseError) as caught:
        order(SMALL.replace(*change))
    if message is None:
        assert isinstance(caught.value, BadFile)
        assert "order.toml is not TOML" in str(caught.value)
    else:
        assert str(caught.value) == (
            message if message.startswith("order.toml") else f"order.toml: {message}"
        )


@pytest.mark.parametrize("what", ["missing", "folder", "binary", "huge"])
def test_files_that_are_none_are_refused(tmp_path: Path, what: str) -> None:
    path = tmp_path / "order.toml"
    if what == "folder":
        path.mkdir()
    elif what == "binary":
        path.write_bytes(b"\xff\xfe\x00")
    elif what == "huge":
        path.write_bytes(b"#" * 4_000_001)
    with pytest.raises(BadFile, match=r"order\.toml"):
        load_order(str(path))


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "order.toml"
    path.write_text(SMALL, encoding="utf-8-sig")
    assert load_order(str(path)) == order(SMALL)


@pytest.mark.parametrize("key", ['previous_strength = "1 mg/mL"', "opened = 2026-11-22"])
def test_what_cannot_be_carried_out_is_never_to_be_left_out(key: str) -> None:
    with pytest.raises(BadFile) as caught:
        decode_order(SMALL + key, name="order.toml")
    name = key.partition(" ")[0]
    assert str(caught.value) == (
        f"order.toml, directions: this version cannot carry out '{name}'. "
        "Do not leave it out: write this label by other means."
    )
