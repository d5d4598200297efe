"""What an order's [[override]] passes in a course: told to the pharmacist, and on no sheet for the patient."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import pdfplumber
import pytest
from course_orders import TITRATION, order_of, schedule_of
from tables import Row, cases, plain

from liquidose import LiquidoseError, Schedule, make_schedule
from liquidose.courses.table import schedule_text
from liquidose.exchange.calendar_file import schedule_calendar
from liquidose.exchange.schedules import schedule_csv, schedule_json
from liquidose.orders.order import load_order
from liquidose.overrides import GUARDS
from liquidose.plan import make_plan
from liquidose.sheets import diary_pdf, schedule_pdf
from liquidose.site import Site

EXAMPLES = Path(__file__).parent.parent / "examples"
SMALL = 'times = ["morning"]\ndose = "0.36 mg"\nfor_days = 3\nthen = "stop"\nstart = 2026-11-23'
"""0.36 mL lies 11 % from the nearest line of a 3 mL syringe."""
THREE = Site(stocked=("oral-3",))


def overrides(codes: list[str]) -> str:
    one = '\n[[override]]\ncode = "{}"\nreason = "As agreed with the ward"\nby = "A. Chemist"\n'
    return "".join(one.format(code) for code in codes)


def schedule_of_row(row: Row, codes: list[str]) -> Schedule:
    return schedule_of(row["directions"] + overrides(codes), top=f"[[guard]]\n{row['guard']}")


def refused(directions: str, site: Site | None = None, **parts: str) -> str:
    with pytest.raises(LiquidoseError) as caught:
        schedule_of(directions, site, **parts)
    return plain(str(caught.value))


@cases("guards.toml", "passed")
def test_a_guard_that_is_passed_is_warned_of_and_told_with_its_reason(row: Row) -> None:
    schedule = schedule_of_row(row, row["codes"])
    warned = [plain(w.text) for w in schedule.warnings if w.code.startswith("guard-")]
    assert sorted(warned) == sorted(row["warned"])
    told = [plain(w.text) for w in schedule.warnings if w.code == "overridden"]
    assert told == [
        f"Overridden: {code}, {GUARDS[code]}. Reason: As agreed with the ward. By: A. Chemist."
        for code in row["codes"]
    ]


@cases("guards.toml", "passed")
def test_without_each_of_its_overrides_the_course_is_refused(row: Row) -> None:
    for code in row["codes"]:
        with pytest.raises(LiquidoseError, match=f"of '{code}' in the order"):
            schedule_of_row(row, [other for other in row["codes"] if other != code])


@cases("guards.toml", "never")
def test_what_no_override_passes_is_refused_in_a_whole_sentence(row: Row) -> None:
    with pytest.raises(LiquidoseError) as caught:
        schedule_of_row(row, row["codes"])
    assert plain(str(caught.value)) == row["message"]


def said(content: bytes) -> str:
    with pdfplumber.open(io.BytesIO(content)) as document:
        return " ".join(plain(page.extract_text()).replace("\n", " ") for page in document.pages)


def test_the_pharmacist_reads_who_passed_it_and_the_patient_does_not() -> None:
    guard = '[[guard]]\nrule = "most_per_day"\namount = "50 mg"'
    schedule = schedule_of(
        f"start = 2026-11-23{TITRATION}{overrides(['guard-most-per-day'])}[dispense]\ndate = 2026-11-22",
        top=guard,
    )
    warning = "Step 4 is 60 mg a day. The guard says: at most 50 mg a day (the order)."
    passed = "guard-most-per-day, the guard of the most for a day. Reason: As agreed with the ward. By: A. Chemist."
    for text in (schedule_text(schedule), schedule_json(schedule), schedule_csv(schedule)):
        assert warning in plain(text)
        assert passed in plain(text)
    for sheet in (schedule_pdf(schedule), diary_pdf(schedule)):
        assert warning in said(sheet)
    for text in (said(schedule_pdf(schedule)), said(diary_pdf(schedule)), schedule_calendar(schedule)):
        assert "Chemist" not in text
        assert "verrid" not in text


def test_a_limit_of_measuring_is_passed_for_a_course_too() -> None:
    schedule = schedule_of(SMALL + overrides(["rounding"]), THREE)
    assert schedule.steps[0].doses[0].measured.ml == Fraction("0.4")
    assert [w.code for w in schedule.warnings].count("overridden") == 1
    assert "rounded" in [w.code for w in schedule.warnings if w.level == "warning"]


def test_a_course_that_nothing_measures_names_the_override_that_would() -> None:
    assert refused(SMALL, THREE).endswith(
        "No schedule is made of it. An [[override]] of 'rounding' in the order, with reason and by, would pass it."
    )


def test_a_limit_that_needs_no_override_is_not_overridden() -> None:
    assert refused(TITRATION + overrides(["rounding"])) == (
        "There is nothing to override: without 'rounding' the dose is measured just the same. "
        "Check the dose and the strength, or take the override out."
    )


def test_an_override_of_the_new_bottle_is_none_of_the_old_one() -> None:
    before = '\n[dispense]\nprevious_strength = "0.1 mg/mL"'
    schedule = schedule_of(SMALL + overrides(["rounding"]) + before, THREE)
    assert schedule.switch is not None
    assert schedule.switch.steps is not None
    assert schedule.switch.steps[0].doses[0].measured.draws_ml == (Fraction("1.8"), Fraction("1.8"))
    guard = '[[guard]]\nrule = "most_per_day"\namount = "50 mg"'
    directions = TITRATION + overrides(["guard-most-per-day"]) + before
    assert schedule_of(directions, top=guard).switch is not None


def test_a_label_is_passed_by_guards_and_limits_together() -> None:
    guard = '[[guard]]\nrule = "most_per_dose"\namount = "0.2 mg"'
    dose = 'times = ["morning"]\ndose = "0.36 mg"'
    codes = ["rounding", "guard-most-per-dose"]
    plan = make_plan(order_of(dose + overrides(codes), top=guard), THREE)
    assert plan.measured.ml == Fraction("0.4")
    assert [text.split(",")[0] for text in plan.off_paper if "verridden" in text] == [
        f"Overridden: {code}" for code in codes
    ]
    assert not any("verrid" in text or "Chemist" in text for text in plan.cautions)
    with pytest.raises(LiquidoseError, match="of 'guard-most-per-dose' in the order"):
        make_plan(order_of(dose + overrides(["rounding"]), top=guard), THREE)


def test_a_label_without_a_guard_has_none_to_override() -> None:
    dose = 'times = ["morning"]\ndose = "5 mg"' + overrides(["guard-most-per-day"])
    with pytest.raises(LiquidoseError, match="There is nothing to override") as caught:
        make_plan(order_of(dose))
    assert caught.value.given == "guard-most-per-day"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "baclofen"', 'name = "diazepam"'),
        ('strength = "5 mg/5 mL"', 'strength = "5000 mcg/5 mL"'),
        ('form = "oral solution"', 'form = "intrathecal solution"'),
        ('route = "by mouth"', 'route = "by injection"'),
        ("birth_date = 2008-03-09", "birth_date = 2020-03-09"),
        ('start = "5 mg"', 'start = "5 units"'),
        ('start = "5 mg"', 'start = "1,5 mg"'),
    ],
)
def test_another_drug_unit_route_or_age_is_passed_by_nobody(tmp_path: Path, old: str, new: str) -> None:
    text = (EXAMPLES / "baclofen-titration.toml").read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new).replace("protocols/", f"{EXAMPLES}/protocols/")
    found = []
    for codes in ([], list(GUARDS)):
        order = tmp_path / "order.toml"
        order.write_text(text + overrides(codes), encoding="utf-8")
        with pytest.raises(LiquidoseError) as caught:
            make_schedule(load_order(str(order)))
        found.append((type(caught.value), str(caught.value)))
    assert found[0] == found[1]


def test_a_protocol_says_which_of_its_guards_nobody_passes(tmp_path: Path) -> None:
    protocol = (EXAMPLES / "protocols" / "baclofen-us.toml").read_text(encoding="utf-8")
    (tmp_path / "own.toml").write_text(protocol.replace("overridable = false\n", ""), encoding="utf-8")
    text = (EXAMPLES / "baclofen-titration.toml").read_text(encoding="utf-8")
    text = text.replace('target = "20 mg"', 'target = "30 mg"') + overrides(["guard-most-per-day"])
    order = tmp_path / "order.toml"
    messages = []
    for name in ("own.toml", f"{EXAMPLES}/protocols/baclofen-us.toml"):
        order.write_text(text.replace("protocols/baclofen-us.toml", name), encoding="utf-8")
        try:
            schedule = make_schedule(load_order(str(order)))
            messages.append([plain(w.text) for w in schedule.guarded if w.code == "guard-most-per-day"])
        except LiquidoseError as error:
            messages.append([plain(str(error))])
    told = "Step 6 is 90 mg a day. The protocol baclofen-us, version 1, says: at most 80 mg a day (Ozobax label, dosage and administration)."
    assert messages == [
        [told],
        [f"{told} Check the order with the prescriber. No override passes this guard."],
    ]
