"""A liquid takes the place of tablets only where the order says mg for mg, and says who answers for that."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from click.testing import CliRunner
from tables import Row, cases, plain

from liquidose import LiquidoseError, make_schedule
from liquidose.cli import main
from liquidose.courses.table import schedule_text
from liquidose.exchange.calendar_file import schedule_calendar
from liquidose.orders.order import Order, decode_order
from liquidose.plan import make_plan
from liquidose.site import Site

EXAMPLE = str(Path(__file__).parent.parent / "examples" / "tablets.toml")
TABLETS = {
    "strength": "10 mg",
    "count": 1,
    "form": "tablet",
    "salt": "baclofen",
    "liquid_salt": "Baclofen",
    "equivalence": "mg for mg",
    "source": "Dr A. Example",
}
TOLD = "In place of {}, never as well: the same dose, measured in millilitres, mg for mg (Dr A. Example)."


def order_of(row: Row, **top: Any) -> Order:
    parts: dict[str, dict[str, Any]] = {
        "patient": {"name": "Kim Example"},
        "drug": {"name": "baclofen", "strength": "5 mg/5 mL", **row.get("drug", {})},
        "directions": {"times": ["morning", "noon", "bedtime"], **row.get("directions", {})},
        "directions.tablets": {**TABLETS, **row.get("tablets", {})},
    }
    text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in top.items())
    for part, values in parts.items():
        text += f"[{part}]\n" + "".join(
            f"{k} = {json.dumps(v)}\n" for k, v in values.items() if v is not None
        )
    return decode_order(text, name="order.toml")


@cases("tablets.toml", "dose")
def test_the_dose_is_what_the_tablets_hold_and_is_told_with_who_said_so(row: Row) -> None:
    plan = make_plan(order_of({"tablets": {"count": row["count"]}}))
    assert plan.conversion.volume_ml == Fraction(row["dose"])
    assert TOLD.format(row["told"]) in [plain(text) for text in plan.cautions]


@cases("tablets.toml", "refused")
def test_what_is_unclear_is_refused(row: Row) -> None:
    with pytest.raises(LiquidoseError) as caught:
        order_of(row)
    assert plain(str(caught.value)).endswith(row["message"])


@pytest.mark.parametrize("key", TABLETS)
def test_nothing_about_tablets_has_a_default(key: str) -> None:
    with pytest.raises(LiquidoseError, match=f"missing required field `{key}`"):
        order_of({"tablets": {key: None}})


@pytest.mark.parametrize("rule", ['titrate = { start = "5 mg", step = "5 mg", every = "3 days", target = "20 mg" }', '[[directions.steps]]\ndose = "5 mg"\ndays = 3'])  # fmt: skip
def test_a_course_of_several_doses_writes_them_as_amounts(rule: str) -> None:
    tablets = "".join(f"{key} = {json.dumps(value)}\n" for key, value in TABLETS.items())
    text = f'[patient]\nname = "A"\n[drug]\nname = "baclofen"\nstrength = "1 mg/mL"\n[directions]\ntimes = ["noon"]\nthen = "continue"\n{rule}\n[directions.tablets]\n{tablets}'  # fmt: skip
    with pytest.raises(LiquidoseError, match="tablets belong to a single dose"):
        decode_order(text, name="order.toml")


def test_a_dose_that_is_written_too_and_agrees_is_taken() -> None:
    order = order_of({"directions": {"dose": "10 mg"}})
    assert order.directions.dose == "10 mg"


@pytest.mark.parametrize(
    ("locale", "strength", "count", "dose"),
    [
        ("de-DE", "2,25 mg", "half", "1.125"),
        ("en-US", "2.25 mg", "half", "1.125"),
        (None, "2.25 mg", "half", "1.125"),
        ("en-US", "1,000 mg", 2, "2000"),
        ("de-DE", "1 mg", "1,5", "1.5"),
    ],
)
def test_the_dose_is_the_same_in_every_way_of_writing_numbers(
    locale: str | None, strength: str, count: int | str, dose: str
) -> None:
    top = {} if locale is None else {"locale": locale}
    liquid = "1000 mg/mL" if dose == "2000" else "1 mg/mL"
    row = {"tablets": {"strength": strength, "count": count}, "drug": {"strength": liquid}}
    conversion = make_plan(order_of(row, **top), Site(stocked=("oral-1", "oral-5"))).conversion
    assert conversion.dose_amount.value == Fraction(dose)


def test_micrograms_are_spelled_out_under_the_uk_profile() -> None:
    row = {"tablets": {"strength": "50 mcg"}, "drug": {"strength": "50 mcg/5 mL"}}
    assert TOLD.format("1 tablet of 50 micrograms") in [
        plain(text) for text in make_plan(order_of(row), Site(profile="uk")).cautions
    ]


def test_label_worksheet_schedule_and_calendar_say_who_said_so(tmp_path: Path) -> None:
    told = "In place of 1 tablet of 10 mg, never as well: the same dose, measured in millilitres, mg for mg (Dr A. Example"  # fmt: skip
    for template in ("dispensing", "worksheet", "caregiver-card"):
        target = tmp_path / f"{template}.pdf"
        result = CliRunner().invoke(main, ["label", EXAMPLE, "--template", template, "-o", str(target)])
        assert result.exit_code == 0
        with pdfplumber.open(target) as pdf:
            text = plain(" ".join((pdf.pages[0].extract_text() or "").split()))
        assert told in text
    course = {"for_days": 3, "then": "stop", "start": "2026-11-23"}
    row = {"directions": course}
    schedule = make_schedule(order_of_course(row))
    assert plain(schedule_text(schedule)).count(told) == 1
    assert told in plain(schedule_calendar(schedule).replace("\r\n ", "").replace("\\,", ","))


def order_of_course(row: Row) -> Order:
    """As ``order_of``, dated."""
    tablets = "".join(f"{key} = {json.dumps(value)}\n" for key, value in TABLETS.items())
    directions = "".join(
        f"{key} = {value if key == 'start' else json.dumps(value)}\n"
        for key, value in row["directions"].items()
    )
    return decode_order(
        '[patient]\nname = "Kim Example"\n[drug]\nname = "baclofen"\nstrength = "5 mg/5 mL"\n'
        f'[dispense]\ndate = 2026-11-22\n[directions]\ntimes = ["noon"]\n{directions}[directions.tablets]\n{tablets}',
        name="order.toml",
    )
