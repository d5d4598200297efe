"""The rule book on courses, by number: rules R142 to R173 that this program can hold to.

Each test says the rule in its own words. Rules without a test here, and why: docs/rules.md.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from course_orders import TITRATION, order_of, schedule_of

from liquidose import LiquidoseError, make_schedule
from liquidose.courses.protocol import load_protocol
from liquidose.site import Site

PROTOCOLS = Path(__file__).parent.parent / "examples" / "protocols"
US = f'protocol = "{(PROTOCOLS / "baclofen-us.toml").as_posix()}"'
UK = f'protocol = "{(PROTOCOLS / "baclofen-uk.toml").as_posix()}"'
ADULT = "birth_date = 1990-01-01"
COURSE = "start = 2026-11-23" + TITRATION


def for_days(dose: str, times: int, days: int = 10) -> str:
    return f'start = 2026-11-23\ntimes_a_day = {times}\ndose = "{dose}"\nfor_days = {days}\nthen = "continue"'


def test_r142_a_total_is_volume_for_each_dose_by_doses_a_day_by_days() -> None:
    assert schedule_of(for_days("5 mL", 3)).exact_total_ml == 150


def test_r143_days_of_supply_are_whole_days() -> None:
    supply = schedule_of(for_days("5 mL", 3) + '\n[dispense]\nquantity = "100 mL"').supply
    assert supply is not None
    assert supply.days_supply == 6


@pytest.mark.parametrize(
    ("strength", "exact", "measured"),
    [
        ("1 mg/mL", "450", "450"),
        ("2 mg/mL", "225", "224.1"),
        ("5 mg/mL", "90", "90"),
        ("10 mg/mL", "45", "45"),
    ],
)
def test_r144_a_titration_is_summed_step_by_step(strength: str, exact: str, measured: str) -> None:
    schedule = schedule_of(TITRATION, strength=strength)
    assert (schedule.exact_total_ml, schedule.measured_total_ml) == (Fraction(exact), Fraction(measured))


def test_r145_nothing_is_added_to_a_dose_for_loss() -> None:
    schedule = schedule_of(TITRATION)
    assert {dose.measured.ml for step in schedule.steps for dose in step.doses} == {5, 10, 15, 20}


def test_r132_the_earlier_day_of_discarding_is_the_default() -> None:
    supply = '\n[supply]\nbottles = ["500 mL"]\ndiscard_after_opening = "14 days"\nbasis = "default"'
    for words, day in (("", 14), ('\nopening_day = "counts"', 14), ('\nopening_day = "does not count"', 15)):
        found = schedule_of(for_days("5 mL", 1, 30) + supply + words).supply
        assert found is not None
        assert found.bottles[0].discard_after_day == day


def test_r134_the_basis_of_a_discard_period_is_told() -> None:
    with pytest.raises(LiquidoseError, match="say where the period comes from"):
        schedule_of(for_days("5 mL", 1, 30) + '\n[supply]\ndiscard_after_opening = "14 days"')


def test_r146_14_days_of_a_mixture_kept_for_10_are_10_and_4() -> None:
    supply = '\n[supply]\nbottles = ["100 mL"]\ndiscard_after_opening = "10 days"\nbasis = "label"'
    found = schedule_of(for_days("5 mL", 2, 14) + supply).supply
    assert found is not None
    assert [bottle.to_day - bottle.from_day + 1 for bottle in found.bottles] == [10, 4]


def test_r147_120_ml_at_80_mg_a_day_of_5_mg_per_ml_last_7_days() -> None:
    found = schedule_of(
        for_days("20 mg", 4, 30) + '\n[dispense]\nquantity = "120 mL"', strength="5 mg/mL"
    ).supply
    assert found is not None
    assert found.days_supply == 7


@pytest.mark.parametrize(
    ("strength", "volumes"),
    [("1 mg/mL", (5, 10, 15, 20)), ("10 mg/5 mL", (2.5, 5, 7.5, 10)), ("25 mg/5 mL", (1, 2, 3, 4))],
)
def test_r149_r152_r153_the_us_titration_in_the_strengths_sold(
    strength: str, volumes: tuple[float, ...]
) -> None:
    schedule = make_schedule(order_of(COURSE, strength=strength, top=US, patient=ADULT))
    assert [step.doses[0].volume_ml for step in schedule.steps] == list(map(Fraction, volumes))
    assert [(step.days, len(step.doses)) for step in schedule.steps] == [(3, 3)] * 4


def test_r150_the_strength_stands_on_every_schedule() -> None:
    for strength, shown in (("1 mg/mL", "1"), ("2 mg/mL", "2"), ("5 mg/mL", "5"), ("10 mg/mL", "10")):
        assert schedule_of(TITRATION, strength=strength).strength == f"{shown}\u00a0mg per\u00a0mL"


def test_r154_safety_is_not_established_under_12_years() -> None:
    with pytest.raises(LiquidoseError, match="safety below is not established"):
        make_schedule(order_of(COURSE, top=US, patient="birth_date = 2020-01-01"))


def test_r155_80_mg_a_day_is_kept_and_100_refused() -> None:
    assert make_schedule(order_of(for_days("20 mg", 4), top=US, patient=ADULT)).steps
    with pytest.raises(LiquidoseError, match="at most 80\u00a0mg a day"):
        make_schedule(order_of(for_days("25 mg", 4), top=US, patient=ADULT))


def test_r159_a_stop_from_above_the_lowest_step_is_refused_and_a_large_drop_warned() -> None:
    with pytest.raises(LiquidoseError, match="The course stops from 60"):
        make_schedule(order_of(COURSE.replace("continue", "stop"), top=US, patient=ADULT))
    fast = 'start = 2026-11-23\ntimes = ["morning", "noon", "bedtime"]\ntaper = {{ from = "60 mg/day", by = "{}", every = "1 week" }}\nthen = "stop"'  # fmt: skip
    warned = make_schedule(order_of(fast.format("30 mg/day"), top=US, patient=ADULT))
    assert [w.code for w in warned.guarded].count("guard-largest-step") == 2
    kept = make_schedule(order_of(fast.format("15 mg/day"), top=US, patient=ADULT))
    assert "guard-largest-step" not in {w.code for w in kept.guarded}


def test_r160_a_taper_reaches_zero_by_steps_and_a_gap_is_refused() -> None:
    pause = 'start = 2026-11-23\ntimes = ["noon"]\nsteps = [{ dose = "5 mg", days = 3 }, { dose = "none", days = 3 }, { dose = "5 mg", days = 3 }]\nthen = "continue"'  # fmt: skip
    with pytest.raises(LiquidoseError, match="no day without a dose between doses"):
        make_schedule(order_of(pause, top=US, patient=ADULT))


def test_r160_a_taper_names_its_prescriber() -> None:
    taper = 'times = ["noon"]\ntaper = { from = "10 mg", by = "5 mg", every = "1 week" }\nthen = "stop"'
    assert "no-prescriber" in {w.code for w in schedule_of(taper).warnings}
    named = taper + '\n[dispense]\nprescriber = "Dr A. Example"'
    assert "no-prescriber" not in {w.code for w in schedule_of(named).warnings}
    assert not schedule_of(taper).steps[-1].doses


def test_r161_kidneys_are_a_warning_without_arithmetic() -> None:
    with_protocol = make_schedule(order_of(COURSE, top=US, patient=ADULT))
    without = schedule_of(COURSE, patient=ADULT)
    assert with_protocol.steps == without.steps
    assert any(w.code == "advice-kidneys" for w in with_protocol.guarded)


def test_r162_what_adds_to_drowsiness_is_named() -> None:
    told = " ".join(w.text for w in make_schedule(order_of(COURSE, top=US, patient=ADULT)).guarded)
    for word in (
        "Alcohol",
        "opioids",
        "benzodiazepines",
        "stroke",
        "epilepsy",
        "psychosis",
        "autonomic dysreflexia",
    ):
        assert word in told


def test_r163_intrathecal_and_micrograms_are_refused_by_the_protocol_alone() -> None:
    in_mcg = for_days("5000 mcg", 3)
    for top in (US, UK):
        with pytest.raises(LiquidoseError, match="counted in mcg"):
            make_schedule(order_of(in_mcg, top=top, patient=ADULT))
    assert schedule_of(in_mcg, patient=ADULT).steps


def test_r164_the_uk_start_of_adults_is_kept() -> None:
    assert make_schedule(
        order_of(COURSE, strength="5 mg/5 mL", top=UK, patient=ADULT), Site(profile="uk")
    ).steps


@pytest.mark.parametrize(("born", "a_day"), [("2020-01-01", 40), ("2016-01-01", 60)])
def test_r165_uk_children_under_and_over_8_years(born: str, a_day: int) -> None:
    patient = f'birth_date = {born}\nweight = "35 kg"'
    assert make_schedule(order_of(for_days(f"{a_day // 4} mg", 4), top=UK, patient=patient)).steps
    with pytest.raises(LiquidoseError, match=f"at most {a_day}\u00a0mg a day"):
        make_schedule(order_of(for_days(f"{a_day // 4 + 1} mg", 4), top=UK, patient=patient))


def test_r166_limits_carry_country_and_source_and_are_never_merged() -> None:
    protocols = [load_protocol(str(path)) for path in sorted(PROTOCOLS.glob("*.toml"))]
    assert [protocol.jurisdiction for protocol in protocols] == ["uk", "us"]
    assert all(guard.source for protocol in protocols for guard in protocol.guard)


def test_r167_uk_advice_names_food_and_the_peptic_ulcer() -> None:
    told = " ".join(advice.text for advice in load_protocol(str(PROTOCOLS / "baclofen-uk.toml")).advice)
    assert "with or just after food" in told
    assert "peptic ulcer" in told


def test_r172_a_tenfold_step_is_doubted_without_a_table_of_drugs() -> None:
    found = schedule_of('times = ["noon"]\nsteps = [{ dose = "2 mg", days = 1 }, { dose = "20 mg", days = 1 }]\nthen = "continue"')  # fmt: skip
    assert [w.code for w in found.guarded] == ["tenfold-step"]


def test_r173_5_mg_is_not_5_ml_at_20_mg_per_ml() -> None:
    with pytest.raises(
        LiquidoseError, match=r"5\u00a0mL of it would be 100\u00a0mg, so mg and mL may have been mixed up"
    ):
        schedule_of(
            'times = ["noon"]\ndose = "5 mg"\nvolume = "5 mL"\nfor_days = 3\nthen = "continue"',
            strength="20 mg/mL",
        )
