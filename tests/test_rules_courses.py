"""The rule book on courses, by number: rules R130 to R173.

Each test says the rule in its own words. Rules without a test here, and why: docs/rules.md.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from course_orders import TITRATION, order_of, schedule_of

from liquidose import LiquidoseError, Schedule, make_schedule, read_strength
from liquidose.courses.protocol import load_protocol
from liquidose.courses.table import schedule_text
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


@pytest.mark.parametrize("days", [14, 35, 90, 180])
def test_r130_a_limit_of_the_usp_is_kept_where_the_order_states_it(days: int) -> None:
    supply = '\n[supply]\nbottles = ["2,000 mL"]\ndiscard_after_mixing = "{} days"\nbasis = "USP 795 (2023)"'
    schedule = schedule_of(for_days("5 mL", 1, 200) + supply.format(days), top='locale = "en-US"')
    assert schedule.supply is not None
    assert schedule.supply.bottles[0].discard_after_day == days
    assert "(basis: USP 795 (2023))" in told_of_supply(schedule)


def told_of_supply(schedule: Schedule) -> str:
    return " ".join(caution.text for caution in schedule.supplied)


def test_r131_no_bottle_is_used_behind_the_expiry_of_what_is_in_it() -> None:
    supply = '\n[supply]\nbottles = ["500 mL"]\ndiscard_after_mixing = "14 days"\nbasis = "its label"'
    drug = 'name = "amoxicillin"\nexpiry = 2026-11-{}'
    for expiry, last in ((30, 8), (26, 4)):
        found = schedule_of(for_days("5 mL", 1, 20) + supply, drug=drug.format(expiry)).supply
        assert found is not None
        assert found.bottles[0].discard_after_day == last


def test_r133_a_last_day_of_use_is_a_full_date_with_its_month_in_letters() -> None:
    supply = '\n[supply]\nbottles = ["500 mL"]\ndiscard_after_opening = "73 days"\nbasis = "its label"'
    schedule = schedule_of(for_days("5 mL", 1, 5) + supply)
    assert "not to be used after 03\u00a0Feb\u00a02027." in told_of_supply(schedule)


@pytest.mark.parametrize(
    "drug", ["amoxicillin", "azithromycin", "clarithromycin", "oseltamivir", "linezolid", "baclofen"]
)
def test_r135_r137_r138_r140_no_period_follows_from_the_name_of_a_drug(drug: str) -> None:
    """A recipe and its storage decide, and only the order can know them: without its word there is no period."""
    plain = for_days("5 mL", 1, 20) + '\n[supply]\nbottles = ["500 mL"]'
    found = schedule_of(plain, drug=f'name = "{drug}"').supply
    assert found is not None
    assert [bottle.discard_after_day for bottle in found.bottles] == [None]
    for days in (5, 10, 17):
        stated = f'{plain}\ndiscard_after_mixing = "{days} days"\nbasis = "its recipe, kept cold"'
        found = schedule_of(stated, drug=f'name = "{drug}"').supply
        assert found is not None
        assert found.bottles[0].discard_after_day == days


def test_r136_a_period_of_hours_is_refused_and_never_read_as_days() -> None:
    with pytest.raises(LiquidoseError, match="'12 hours' is no length of time"):
        schedule_of(
            for_days("5 mL", 1, 5) + '\n[supply]\ndiscard_after_mixing = "12 hours"\nbasis = "its label"'
        )


def test_r139_r141_r156_r157_r168_what_the_order_says_of_its_bottle_stands_on_the_schedule() -> None:
    drug = 'name = "Fleqsuvy"\nshake = true\nstorage = "Keep at room temperature"'
    words = '\nwarnings = ["Contains sorbitol", "Use a syringe within a day of filling it"]'
    schedule = schedule_of(for_days("5 mg", 3) + words, strength="25 mg/5 mL", drug=drug)
    text = schedule_text(schedule).replace("\u00a0", " ")
    assert "Only for the bottle marked 25 mg in 5 mL (5 mg per mL)." in text.splitlines()[1]
    for said in (
        "Shake the bottle well.", "Keep at room temperature.", "Contains sorbitol.",
        "Use a syringe within a day of filling it.", "1 mL oral syringe",
    ):  # fmt: skip
        assert said in text


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


@pytest.mark.parametrize("strength", ["10 mg/tablet", "20 mg/packet", "10 mg"])
def test_r151_r158_tablets_and_granules_are_no_liquid(strength: str) -> None:
    with pytest.raises(LiquidoseError, match="is not part of a strength per volume"):
        schedule_of(TITRATION, strength=strength)


def test_r157_the_us_protocol_says_how_each_brand_is_kept() -> None:
    (storage,) = (
        a for a in load_protocol(str(PROTOCOLS / "baclofen-us.toml")).advice if a.topic == "storage"
    )
    assert storage.text == (
        "Ozobax is kept in the refrigerator; Ozobax DS and Fleqsuvy at room temperature, "
        "Fleqsuvy for 2 months after opening"
    )
    told = [w.text for w in make_schedule(order_of(COURSE, top=US, patient=ADULT)).guarded]
    assert any(text.startswith(storage.text) for text in told)


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


@pytest.mark.parametrize(
    ("strength", "dose", "ml"),
    [
        ("160 mg/5 mL", "160 mg", "5"),
        ("100 mg/5 mL", "100 mg", "5"),
        ("50 mg/1.25 mL", "50 mg", "1.25"),
        ("20 mg/5 mL", "5 mg", "1.25"),
        ("100 mg/5 mL", "5 mg", "0.25"),
        ("6 mg/mL", "30 mg", "5"),
    ],
)
def test_r169_strengths_as_their_bottles_state_them(strength: str, dose: str, ml: str) -> None:
    assert schedule_of(for_days(dose, 2), strength=strength).steps[0].doses[0].volume_ml == Fraction(ml)


@pytest.mark.parametrize(
    ("strength", "dose", "ml"),
    [
        ("5 mg/mL", "5 mg", "1"),
        ("2 mg/mL", "5 mg", "2.5"),
        ("1 mg/mL", "5 mg", "5"),
        ("10 mg/mL", "5 mg", "0.5"),
        ("20 mcg/mL", "50 mcg", "2.5"),
        ("400 mcg/mL", "0.2 mg", "0.5"),
        ("4 mEq/mL", "10 mEq", "2.5"),
    ],
)
def test_r170_the_strengths_that_are_made_up_to_a_standard(strength: str, dose: str, ml: str) -> None:
    assert schedule_of(for_days(dose, 2), strength=strength).steps[0].doses[0].volume_ml == Fraction(ml)


@pytest.mark.parametrize(
    ("strength", "per_ml"),
    [
        ("125 mg/5 mL", 25), ("200 mg/5 mL", 40), ("250 mg/5 mL", 50), ("400 mg/5 mL", 80), ("100 mg/5 mL", 20),
        ("15 mg/5 mL", 3), ("0.5 mg/5 mL", "0.1"), ("1 mg/mL", 1), ("100 mg/mL", 100), ("30 mg/5 mL", 6),
        ("50 mcg/mL", 50), ("10 mg/mL", 10), ("5 mg/5 mL", 1), ("2 mg/mL", 2), ("5 mg/mL", 5),
    ],
)  # fmt: skip
def test_r171_starter_strengths_are_what_the_order_states(strength: str, per_ml: int | str) -> None:
    """No drug's name stands for one of them: phenytoin is 125 mg in 5 mL in one country and 30 mg in another."""
    read = read_strength(strength)
    assert read.per_ml.value == Fraction(per_ml)


def test_r171_two_amounts_are_never_one_strength() -> None:
    with pytest.raises(LiquidoseError, match=r"states more than one amount: 600\u00a0mg and 42\.9\u00a0mg"):
        read_strength("600-42.9 mg/5 mL")


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
