"""The rule book, by number: rules R1 to R81 of the safety bodies that this program can hold to.

The numbers are those of the rule book the project was founded on; each test says the rule in its own words.
Rules without a test here, and why: docs/rules.md.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from liquidose import (
    LiquidoseError,
    convert,
    measure,
    read_dose,
    read_quantity,
    read_strength,
    write_quantity,
    write_strength,
)
from liquidose.devices.syringes import KINDS, catalogue
from liquidose.devices.tolerance import scale_tolerance
from liquidose.directions import Often, direction, filling
from liquidose.dosing.products import read_container
from liquidose.dosing.strength import write_stated
from liquidose.fields import texts_of
from liquidose.numbers import write_number
from liquidose.orders.order import load_order
from liquidose.plan import make_plan
from liquidose.quantities.lint import amounts_in, lint

ROOT = Path(__file__).parent.parent


def shown(text: str, **how: str) -> str:
    return write_quantity(read_quantity(text), **how).replace("\u00a0", " ")  # type: ignore[arg-type]


def codes(dose: str, strength: str, **how: str) -> list[str]:
    return [w.code for w in convert(dose, strength, **how).warnings]  # type: ignore[arg-type]


def f(text: str) -> Fraction:
    return Fraction(text)


def test_r1_values_under_one_carry_a_leading_zero() -> None:
    assert write_number(f("1/2")) == "0.5"
    with pytest.raises(LiquidoseError):
        read_quantity(".5 mL")


@pytest.mark.parametrize(
    ("text", "clean"), [("5.0 mg", "5 mg"), ("2.50 mg", "2.5 mg"), ("0.50 mg", "0.5 mg")]
)
def test_r2_no_trailing_zero(text: str, clean: str) -> None:
    assert shown(text) == clean


@pytest.mark.parametrize("value", ["10", "100000", "1/1000000", "1/100000000000"])
def test_r3_no_exponents(value: str) -> None:
    assert "e" not in write_number(f(value), locale="en-US").lower()
    with pytest.raises(LiquidoseError):
        read_quantity("1E+1 mL")


@pytest.mark.parametrize("text", ["5mL", "10mg", "5 mL"])
def test_r5_one_unbroken_space_between_number_and_unit(text: str) -> None:
    assert re.fullmatch(r"[0-9]+\u00a0[A-Za-z]+", write_quantity(read_quantity(text)))


def test_r6_a_space_between_drug_and_dose() -> None:
    plan = make_plan(load_order(str(ROOT / "examples" / "baclofen.toml")))
    assert not re.search(r"[a-z][0-9]", " ".join(" ".join(lines) for lines in texts_of(plan).values()))


@pytest.mark.parametrize(("value", "text"), [("1000", "1,000"), ("100000", "100,000"), ("999", "999")])
def test_r7_thousands_are_separated_in_english(value: str, text: str) -> None:
    assert write_number(f(value), locale="en-US") == text
    assert write_number(f(value), locale="en-GB") == text


def test_r8_millions_are_written_out_and_words_are_read() -> None:
    assert shown("1 million units", locale="en-US") == "1,000,000 units"
    for text in ("1M units", "1MM units", "1 MU"):
        with pytest.raises(LiquidoseError):
            read_quantity(text)


def test_r13_dose_and_strength_stay_in_the_unit_of_the_strength() -> None:
    given = convert("0.5 g", "250 mg/5 mL").measured
    assert given is not None
    assert given.dose_given is not None
    assert given.dose_given.unit.name == "mg"


@pytest.mark.parametrize("text", ["5 ml", "5 ML", "5 mls", "5 mLs", "5 cc"])
def test_r14_the_volume_unit_is_ml(text: str) -> None:
    assert shown(text) == "5 mL"
    assert ("doubtful-unit" in codes("0.5 cc/kg", "5 mg/mL", weight="10 kg")) is True


def test_r15_micrograms_are_mcg_or_spelled_out_and_never_a_symbol() -> None:
    for text in ("5 µg", "5 μg", "5 ug", "5 mcg"):
        assert shown(text) == "5 mcg"
        assert shown(text, profile="uk") == "5 micrograms"


def test_r16_units_are_written_in_full() -> None:
    for text in ("100 IU", "100 U", "100 UNT", "100 USP units"):
        assert shown(text) == "100 units"


@pytest.mark.parametrize("text", ["5 mL.", "5 mg."])
def test_r17_no_full_stop_after_a_unit(text: str) -> None:
    with pytest.raises(LiquidoseError):
        read_quantity(text)


@pytest.mark.parametrize(("ratio", "strength"), [("1:1000", "1"), ("1:10000", "0.1"), ("1:100000", "0.01")])
def test_r18_a_ratio_is_shown_as_mg_per_ml(ratio: str, strength: str) -> None:
    assert write_strength(read_strength(ratio)).replace("\u00a0", " ") == f"{strength} mg per mL"
    assert "ratio" in codes("0.5 mg", ratio)


def test_r19_per_and_no_slash_between_dose_and_unit() -> None:
    plan = make_plan(load_order(str(ROOT / "examples" / "paediatric.toml")))
    assert "/" not in plan.direction + plan.strength + plan.fill
    assert " per\u00a0" in write_strength(read_strength("5 mg/mL"))


def test_r20_r21_a_strength_in_several_ml_is_shown_with_its_strength_per_ml() -> None:
    assert (
        write_stated(read_container("5 mg/5 mL").stated).replace("\u00a0", " ")
        == "5 mg in 5 mL (1 mg per mL)"
    )


def test_r22_a_percentage_is_shown_as_mg_per_ml_too() -> None:
    assert write_stated(read_container("2 %").stated).replace("\u00a0", " ") == "2 % (20 mg per mL)"


@pytest.mark.parametrize("text", ["1/2 mL", "2 1/2 mL", "½ mL", "IV mL"])
def test_r23_decimals_only(text: str) -> None:
    with pytest.raises(LiquidoseError):
        read_quantity(text)


def test_r24_r25_r26_directions_are_in_words() -> None:
    words = direction(f("5"), "oral", often=Often(times=("morning", "bedtime")), with_words="food")
    assert not re.search(r"[<>@&+°]|\b(qd|bid|tid|hs|od|po)\b", words, re.IGNORECASE)


def test_r28_meq_and_mmol_never_become_each_other() -> None:
    with pytest.raises(LiquidoseError):
        convert("5 mmol", "5 mEq/mL")


@pytest.mark.parametrize("text", ["1 tsp", "1 teaspoon", "1 tbsp", "1 oz", "1 dram", "1 dropperful", "5 gr"])
def test_r29_household_measures_are_refused(text: str) -> None:
    with pytest.raises(LiquidoseError):
        read_quantity(text)
    with pytest.raises(LiquidoseError):
        read_dose(text)


def found(text: str) -> list[str]:
    return [finding.rule for finding in lint(text)]


def test_r4_a_trailing_zero_may_stand_in_a_laboratory_result_and_not_in_a_dose() -> None:
    assert found("potassium 4.0 mmol/L") == []
    assert found("potassium 4.0 mmol") == ["R2"]


def test_r9_separators_are_for_amounts_and_not_for_identifiers() -> None:
    assert found("Rx 1234567, NDC 00093-4061-01, 555 0100, 2026") == []
    assert found("1234567 units") == ["R7"]


def test_r27_short_names_of_drugs_are_found() -> None:
    assert found("MSO4") == found("MTX") == ["R27"]
    assert found("methotrexate") == []


def test_r30_numerals_are_asked_for_in_the_united_states() -> None:
    assert [finding.rule for finding in lint("two tablets", profile="us")] == ["R30"]
    assert found("two tablets") == []


@pytest.mark.parametrize(
    ("text", "rule"), [(".5 mL", "R1"), ("5.0 mg", "R2"), ("5mg", "R5"), ("1000 mg", "R7")]
)
def test_r31_the_four_faults_of_a_written_dose_are_found(text: str, rule: str) -> None:
    assert found(f"Give {text} twice a day") == [rule]


def test_r31_an_amount_in_free_text_is_found() -> None:
    assert amounts_in("give .5 mL") != ()
    assert amounts_in("with food") == ()


def test_r33_ucum_arbitrary_units_are_read_as_units() -> None:
    assert read_quantity("5 [iU]") == read_quantity("5 units")


def test_r35_arithmetic_is_exact_and_rounded_once() -> None:
    conversion = convert("10 mg/kg/day in 3 doses", "3 mg/mL", weight="10 kg")
    assert conversion.volume_ml == Fraction(100, 9)
    assert conversion.measured is not None
    assert conversion.measured.exact_ml == Fraction(100, 9)


def test_r36_an_unstated_comma_or_point_for_thousands_is_refused() -> None:
    for text in ("1,000 mg", "1.000 mg"):
        with pytest.raises(LiquidoseError):
            read_quantity(text)
    assert write_number(f("2500.5"), locale="de-DE") == "2\u202f500,5"


def test_r38_r40_directions_are_in_ml_and_in_mixed_case() -> None:
    plan = make_plan(load_order(str(ROOT / "examples" / "baclofen.toml")))
    assert "5\u00a0mL" in plan.direction
    assert "mg" not in plan.direction


def test_r39_no_household_measure_in_any_template_or_order_we_ship() -> None:
    for path in [*(ROOT / "templates").glob("*.toml"), *(ROOT / "examples").glob("*.toml")]:
        assert not re.search(r"\b(tsp|tbsp|teaspoon|tablespoon|spoon)", path.read_text(encoding="utf-8"))


def test_r42_r45_the_device_is_named_and_marked_in_the_labels_unit() -> None:
    measured = measure("5 mL")
    assert "5\u00a0mL oral syringe" in filling(measured)
    assert filling(measured).count("mL") == 2


def test_r43_r60_the_smallest_syringe_that_holds_the_dose_is_chosen() -> None:
    assert measure("2.4 mL").syringe.id == "oral-3"
    assert measure("4 mL").syringe.id == "oral-5"


def test_r47_the_catalogue_is_metric_only() -> None:
    for kind in KINDS:
        for syringe in catalogue(kind):
            assert not re.search(r"tsp|\boz\b|dram|\bmg\b", f"{syringe.family} {syringe.id}".lower())


def test_r48_a_missing_strength_is_refused_and_never_assumed() -> None:
    for strength in ("", "oral solution", None):
        with pytest.raises(LiquidoseError):
            convert("5 mg", strength)


def test_r50_a_volume_for_a_single_drug_is_asked_for_in_mg() -> None:
    with pytest.raises(LiquidoseError):
        convert("5 mL", "5 mg/5 mL")


def test_r53_the_change_is_always_given() -> None:
    exact = convert("7 mg", "5 mg/mL", syringes=["oral-3"]).measured
    assert exact is not None
    assert (exact.ml, exact.change_percent) == (f("7/5"), f("0"))
    rounded = convert("7.3 mg", "5 mg/mL", syringes=["oral-3"]).measured
    assert rounded is not None
    assert rounded.ml == f("3/2")
    assert round(float(rounded.change_percent), 1) == 2.7


def test_r54_notes_warnings_and_refusals_by_how_much_was_rounded() -> None:
    def level(dose: str) -> str | None:
        found = convert(dose, "1 mg/mL", syringes=["oral-20"])
        return next((w.level for w in found.warnings if w.code == "rounded"), None)

    assert level("10 mg") is None
    assert level("10.4 mg") == "note"
    assert level("8.45 mg") == "warning"
    assert convert("3.4 mg", "1 mg/mL", syringes=["oral-20"]).measured is None


def test_r61_r62_never_between_the_lines() -> None:
    for volume in ("0.85 mL", "7.5 mL", "2.25 mL"):
        measured = measure(volume)
        assert all(measured.syringe.is_mark(draw) for draw in measured.draws_ml)


def test_r63_r64_steps_belong_to_the_maker_and_the_sizes_are_there() -> None:
    steps = {s.step_ml for s in catalogue("oral") if s.capacity_ml == 1}
    assert steps == {f("1/100"), f("1/50")}
    sizes = {s.capacity_ml for s in catalogue("oral") if s.id.startswith("exactamed")}
    assert sizes == {f("1/2"), 1, 3, 5, 10, 20, 35, 60}


def test_r65_irregular_marks_are_marks() -> None:
    assert measure("2.5 mL", syringes=["uk-oral-5"]).ml == f("5/2")
    assert measure("2.5 mL", syringes=["oral-5"]).ml == f("12/5")


def test_r66_the_number_at_the_line_is_said() -> None:
    assert "0.6\u00a0mL line" in filling(measure("0.6 mL"))


@pytest.mark.parametrize(
    ("capacity", "dose", "tolerance"),
    [
        ("1", "0.1", "0.017"), ("1", "0.2", "0.019"), ("1", "0.5", "0.025"), ("3", "0.5", "0.055"),
        ("5", "2", "0.095"), ("5", "2.5", "0.1"), ("10", "0.6", "0.156"), ("10", "4", "0.19"), ("20", "5", "0.35"),
    ],
)  # fmt: skip
def test_r67_r68_tolerance_of_the_scale(capacity: str, dose: str, tolerance: str) -> None:
    assert scale_tolerance(f(capacity), f(dose)) == f(tolerance)


@pytest.mark.parametrize(
    ("capacity", "least", "half"),
    [("0.5", "0.09375", "0.25"), ("1", "0.1875", "0.5"), ("3", "0.5625", "1.5"), ("5", "5/6", "1.875"), ("10", "5/3", "3.75"), ("60", "10", "22.5")],
)  # fmt: skip
def test_r69_smallest_dose_within_ten_and_five_percent(capacity: str, least: str, half: str) -> None:
    v, dose = f(capacity), f(least)
    assert scale_tolerance(v, dose) == dose / 10
    assert scale_tolerance(v, dose * Fraction(99, 100)) > dose * Fraction(99, 1000)
    if f(capacity) >= 5:
        assert scale_tolerance(v, f(half)) == f(half) / 20


def test_r70_a_tenth_and_under_needs_a_half_ml_syringe() -> None:
    with pytest.raises(LiquidoseError, match=r"0\.1\u00a0mL is too little for a 1\u00a0mL oral syringe"):
        measure("0.1 mL", syringes=["exactamed-1"])
    assert measure("0.1 mL", syringes=["exactamed-1", "exactamed-0.5"]).syringe.id == "exactamed-0.5"


def test_r72_dead_space_is_never_added_to_the_dose() -> None:
    assert measure("0.5 mL", syringes=["oral-1"]).ml == f("1/2")


def test_r75_no_luer_syringe_for_a_dose_by_mouth() -> None:
    with pytest.raises(LiquidoseError):
        measure("5 mL", route="oral", syringes=catalogue("luer"))
    assert measure("5 mL", route="tube").syringe.kind == "enfit"


def test_r78_split_into_the_fewest_draws_on_marks_told_without_times() -> None:
    measured = measure("12 mL", syringes=["oral-5", "oral-10"])
    assert measured.draws_ml == (f("6"), f("6"))
    assert "2 x" not in filling(measured)
    assert "Each dose is 12\u00a0mL." in filling(measured)


def test_r79_more_than_two_draws_are_doubted() -> None:
    levels = {w.code: w.level for w in measure("25 mL", syringes=["oral-10"]).warnings}
    assert levels["several-draws"] == "warning"
    with pytest.raises(LiquidoseError):
        measure("45 mL", syringes=["oral-10"])


def test_the_page_of_rules_names_every_rule_with_its_test_or_with_the_reason_for_none() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    cells = [line.split("|")[1] for line in page.splitlines() if line.startswith("| R")]
    named: set[int] = set()
    for first, last in re.findall(r"R(\d+)(?:–R(\d+))?", " ".join(cells)):
        named.update(range(int(first), int(last or first) + 1))
    assert set(range(1, 184)) <= named
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    for name in re.findall(r"`(test_r\d+[a-z0-9_]*)…?`", page):
        number = name.rpartition("_")[2]  # the last rule of a range may stand behind others in a test's name
        assert re.search(rf"def ({name}|test_(r[0-9]+_|to_)*{number}_)", tests), f"{name} is no test"
