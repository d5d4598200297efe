"""Faults that were found by trying to break the core; each is the answer it must give."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from brute_force import Rule, answers

from liquidose import Caution, amount_in, convert, weight_for
from liquidose.devices.measuring import measure
from liquidose.devices.syringes import Syringe
from liquidose.devices.tolerance import _Tolerance
from liquidose.dosing.patient import measurement, mosteller
from liquidose.dosing.products import read_product
from liquidose.errors import LiquidoseError
from liquidose.files import decode_toml, read_text
from liquidose.numbers import read_number, write_number
from liquidose.quantities.lint import amounts_in
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.units import unit
from liquidose.whole_files import write_whole


def _syringe(name: str, capacity: str, step: str, *extra: str) -> Syringe:
    return Syringe(
        id=name, kind="oral", capacity_ml=Fraction(capacity), step_ml=Fraction(step),
        extra_marks_ml=tuple(map(Fraction, extra)), source=("a test",),
    )  # fmt: skip


def _ml(value: str) -> Quantity:
    return Quantity(value=Fraction(value), unit=unit("mL"))


@pytest.mark.parametrize("dose", ["75 mg/kg in 3 doses", "5 mg in 3 doses"])
def test_doses_without_a_day_or_dose_are_refused(dose: str) -> None:
    with pytest.raises(LiquidoseError):
        convert(dose, "50 mg/mL", weight="10 kg")


@pytest.mark.parametrize("text", ["epinephrine 1:1000,000.", "1:1000,000. injection"])
def test_ratio_that_is_badly_grouped_is_refused(text: str) -> None:
    with pytest.raises(LiquidoseError):
        read_product(text, locale="en-US")


def test_ratio_before_a_full_stop_is_read() -> None:
    assert read_product("epinephrine 1:10,000. injection", locale="en-US").strength.per_ml.value == Fraction(
        1, 10
    )


@pytest.mark.parametrize(
    "strength",
    [
        "about 3.33 mg/mL",
        "≈3.33 mg/mL",
        "~5 mg/mL",
        "<5 mg/mL",
        ">5 mg/mL",
        "±5 mg/mL",
        "−5 mg/mL",
        "-5 mg/mL",
    ],
)
def test_strength_with_a_sign_or_a_doubt_is_refused(strength: str) -> None:
    with pytest.raises(LiquidoseError):
        convert("5 mg", strength)


@pytest.mark.parametrize("text", ["baclofen 5. mg/mL", "baclofen 5.mg/mL"])
def test_product_with_a_trailing_point_is_refused(text: str) -> None:
    with pytest.raises(LiquidoseError):
        read_product(text)


@pytest.mark.parametrize("text", ["5 mg e3/mL", "5 mg (x10)/mL", "5 mg²/mL"])
def test_product_with_a_factor_behind_its_amount_is_refused(text: str) -> None:
    with pytest.raises(LiquidoseError):
        read_product(text)


@pytest.mark.parametrize(
    "text", ["Children's Tylenol 160 mg/5 mL", "Penicillin V 250mg/5ml", "Tylenol PM 160 mg/5 mL"]
)
def test_words_of_a_drugs_name_are_no_container(text: str) -> None:
    product = read_product(text)
    assert (product.container, product.sign) == (None, None)


def test_eye_drops_are_never_measured_by_mouth() -> None:
    assert convert("5 mg", "Acular_Ophth Soln 0.5%").measured is None


def test_insulin_is_never_measured_by_mouth() -> None:
    with pytest.raises(LiquidoseError):
        measure("0.3 mL", route="oral", insulin=Fraction(100))


def test_second_statement_agrees_in_every_locale() -> None:
    assert read_product("130mg/18ml (7,2mg/ml)", locale="de-DE").strength.per_ml.value == Fraction(65, 9)


def test_extra_mark_of_a_small_syringe_goes_before_a_larger_syringe() -> None:
    small, large = _syringe("small", "2.5", "0.1", "1.75"), _syringe("large", "6.5", "0.25")
    assert measure(_ml("1.75"), syringes=[small, large]).syringe == small


def test_extra_mark_of_a_large_syringe_goes_before_rounding_in_a_small_one() -> None:
    small, large = _syringe("small", "5", "0.2"), _syringe("large", "5.6", "0.1", "5.04")
    measured = measure(_ml("5.04"), syringes=[small, large])
    assert (measured.syringe, measured.rounded) == (large, False)


def test_equal_draws_are_nearest_to_the_exact_share() -> None:
    stock = (_syringe("own", "10", "2", "7.9", "8.1", "8.2"),)
    measured = measure(_ml("146701/6000"), syringes=stock)
    assert measured.draws_ml in [c.draws for c in answers(stock, Fraction(146701, 6000), Rule())]


def test_measurement_of_one_thing_is_not_taken_for_another() -> None:
    with pytest.raises(LiquidoseError):
        measurement(measurement("110 cm", "height"), "weight")


def test_body_surface_by_mosteller_is_plausible() -> None:
    with pytest.raises(LiquidoseError):
        mosteller(measurement("250 cm", "height"), measurement("350 kg", "weight"))


@pytest.mark.parametrize("text", ["5\x1cmg", "5\x0bmg"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(LiquidoseError):
        read_quantity(text)


@pytest.mark.parametrize("dose", ["10 mg/kg (max 300 mg", "10 mg/kg max 300 mg)"])
def test_dose_cut_short_in_its_brackets_is_refused(dose: str) -> None:
    with pytest.raises(LiquidoseError):
        convert(dose, "50 mg/mL", weight="10 kg")


@pytest.mark.parametrize(
    "text",
    [
        "5 mgs",
        "give 10 IUs",
        "a 5-mL spoonlike",
        "twenty mL",
        "eleven mg",
        "a dessertspoonful",
        "a cupful",
        "٥ mg",
        "５ mg",
    ],
)
def test_lint_finds_amounts_in_other_dress(text: str) -> None:
    assert amounts_in(text)


@pytest.mark.parametrize("text", ["0." + "0" * 5000, "1." + "0" * 5000])
@pytest.mark.parametrize("locale", [None, "en-US"])
def test_number_with_thousands_of_zeros_is_refused(text: str, locale: str | None) -> None:
    with pytest.raises(LiquidoseError):
        read_number(text, locale=locale)


def test_number_that_cannot_be_shown_is_not_shown_wrongly() -> None:
    assert write_number(Fraction(1, 3_000_000_000_000)) == "less than 0.000000000001"
    with pytest.raises(ValueError, match="without a sign, got -5/2"):
        write_number(Fraction(-5, 2))


def test_units_by_injection_at_an_insulins_strength_are_taken_for_insulin() -> None:
    assert convert("20 units", "Lantus 100 units/mL", route="injection").measured is None
    heparin = convert("100 units", "heparin lock flush 100 units/mL", route="injection").measured
    assert heparin is not None
    assert heparin.syringe.kind == "luer"


@pytest.mark.parametrize(
    "text",
    ["Povidone-Iodine 10% antiseptic solution", "Clotrimazole_Soln 1%", "Chlorhexidine 0.05% skin solution"],
)
def test_percentages_that_do_not_say_the_mouth_are_not_measured_by_mouth(text: str) -> None:
    assert convert("50 mg", text).measured is None


@pytest.mark.parametrize(
    "text", ["Xylocaine + Adren_Inj 1%", "Paracetamol/codeine 120mg/5ml", "A + B 5 mg/mL"]
)
def test_two_names_and_one_strength_are_refused(text: str) -> None:
    with pytest.raises(LiquidoseError, match="more than one drug"):
        read_product(text)


def test_a_gel_is_never_weight_in_volume() -> None:
    with pytest.raises(LiquidoseError):
        read_product("Lidocaine 1% (10 mg/mL) gel")


@pytest.mark.parametrize(
    "text", ["Amlodipine (as besilate) 5mg/5ml", "Valproate 200mg/5ml (as sodium valproate)"]
)
def test_what_a_strength_is_stated_as_is_said(text: str) -> None:
    notes: list[Caution] = []
    read_product(text, notes=notes)
    assert [note.code for note in notes] == ["stated-as"]


def test_the_syringe_recommended_takes_the_fewest_draws() -> None:
    with pytest.raises(LiquidoseError, match=r"A 3\u00a0mL oral syringe marked every 0\.1\u00a0mL would do"):
        measure("1.5 mL", syringes=["oral-60"])


def test_one_id_is_not_taken_for_a_list() -> None:
    with pytest.raises(TypeError, match="list of ids"):
        measure("5 mL", syringes="oral-5")


def test_a_limit_per_kg_is_refused_in_words() -> None:
    with pytest.raises(LiquidoseError, match="is not for a dose or a day"):
        convert("5 mg/kg (max 10 mg/kg)", "5 mg/mL", weight="10 kg")


def test_nothing_is_left_behind_whatever_goes_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "a", b"x")
    assert list(tmp_path.iterdir()) == []


def test_free_text_of_digits_is_searched_in_no_time() -> None:
    assert amounts_in("1" * 20000) == ()


@pytest.mark.parametrize(
    "text", ["x = " + "1" * 5000, "x = 1e99999999999999999999"], ids=["digits", "exponent"]
)
def test_file_with_a_monstrous_number_is_refused(text: str) -> None:
    with pytest.raises(LiquidoseError):
        decode_toml(text, dict[str, Fraction], name="order.toml")


@pytest.mark.parametrize("use", [read_text, lambda path: write_whole(path, b"")])
def test_path_with_a_null_is_refused(use: Callable[[str], object], tmp_path: Path) -> None:
    with pytest.raises(LiquidoseError):
        use(f"{tmp_path}/a\0b")


def test_a_tolerance_is_kept_whole_or_refused() -> None:
    with pytest.raises(ValueError, match="one decimal at most"):
        _Tolerance(
            from_ml=Fraction(0),
            percent_of_capacity=Fraction("1.55"),
            percent_of_dose=Fraction(2),
            percent_from_half=Fraction(5),
            source="a test",
        )


@pytest.mark.parametrize(
    "text",
    [
        "5mg/mL/h", "5 mg/mL/min", "5 mg/5 mL/day", "5 mg/mL/kg", "100 mg/5 mL per kg", "5mg/5mL/10mL",
        "500 mg in 5 mL in 100 mL", "dilute to 5 mg/mL", "do not use: 5 mg/mL", "max 5 mg/mL", "5 mg/mL?",
        "5 mg/mL approx", "5 mg/5 mL or 10 mg/5 mL",
    ],
)  # fmt: skip
def test_words_that_change_a_strength_are_never_dropped(text: str) -> None:
    with pytest.raises(LiquidoseError):
        convert("5 mg", text)


@pytest.mark.parametrize(
    "text",
    [
        "Caffeine citrate 20 mg/mL (equivalent to 10 mg/mL caffeine base)",
        "Lactulose 3.1-3.7g/5ml",
        "75 mg (15 mg elemental)/mL",
    ],
)
def test_one_drug_counted_twice_and_ranges_have_no_total(text: str) -> None:
    with pytest.raises(LiquidoseError):
        read_product(text, component="total")


@pytest.mark.parametrize(
    "text",
    [
        "Zinc sulfate 10 mg/mL elemental",
        "Iron 15 mg/mL (elemental)",
        "phenytoin 50 mg/mL PE",
        "Morphine 10 mg/5 mL as sulfate",
    ],
)
def test_a_salt_word_behind_the_volume_is_said(text: str) -> None:
    notes: list[Caution] = []
    read_product(text, notes=notes)
    assert [note.code for note in notes] == ["stated-as"]


def test_a_products_name_is_no_component() -> None:
    with pytest.raises(LiquidoseError):
        read_product("Simbrinza_Eye Dps 10mg/ml / 2mg/ml", component="Simbrinza")


def test_strengths_joined_by_a_slash_are_a_combination() -> None:
    product = read_product("Simbrinza_Eye Dps 10mg/ml / 2mg/ml", component="second")
    assert product.strength.per_ml.value == 2


def test_a_limit_or_an_implausible_weight_hides_the_weight() -> None:
    for dose, amount in (("10 mg/kg (max 100 mg)", "180 mg"), ("10 mg/kg (max 100 mg)", "100 mg"),
                         ("10 mg/kg (min 50 mg)", "50 mg"), ("10 mg/kg", "1 mg")):  # fmt: skip
        with pytest.raises(LiquidoseError):
            weight_for(dose, amount)
    assert weight_for("10 mg/kg (max 100 mg)", "90 mg").value == 9


@pytest.mark.parametrize("volume", ["0 mL", "2.5 L"])
def test_no_amount_in_what_is_no_dose(volume: str) -> None:
    with pytest.raises(LiquidoseError):
        amount_in(volume, "1 mg/mL")


@pytest.mark.parametrize(
    "dose",
    [
        "10 mg/kg [max 300 mg]",
        "10 mg/kg (max. 300 mg)",
        "10 mg/kg (maximum 300 mg)",
        "10 mg/kg (min 0.1 mg; max 300 mg)",
    ],
)
def test_limits_are_read_as_people_write_them(dose: str) -> None:
    assert convert(dose, "50 mg/mL", weight="31 kg").dose_amount.value == 300


def test_a_days_dose_may_be_divided_in_words() -> None:
    for dose in ("30 mg/kg/day in 3 divided doses", "30 mg/kg/day divided in 3 doses"):
        assert convert(dose, "50 mg/mL", weight="10 kg").dose_amount.value == 100


@pytest.mark.parametrize(
    "call",
    [
        lambda: convert("5 mg/kg", "5 mg/mL", weight=20),  # type: ignore[arg-type]
        lambda: convert("5 mg/kg", "5 mg/mL", weight=18.0),  # type: ignore[arg-type]
        lambda: convert("5 mg", "5 mg/mL", component=1),  # type: ignore[arg-type]
        lambda: measure(5.0),  # type: ignore[arg-type]
        lambda: measure(Fraction(5)),  # type: ignore[arg-type]
    ],
)
def test_bare_numbers_are_a_type_error(call: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        call()


def test_a_ratio_is_a_sign_of_an_injection() -> None:
    conversion = convert("0.3 mg", "Epinephrine 1:1000")
    assert conversion.measured is None
    assert read_product("Adrenaline 1 in 1000 ampoule").container == "ampoule"


def test_a_percentage_beside_an_amount_per_volume_is_of_a_liquid() -> None:
    with pytest.raises(LiquidoseError, match="more than one amount"):
        read_product("Potassium chloride 20 mEq/15 mL (10%)")


@pytest.mark.parametrize(("text", "short"), [("00.5", "0.5"), ("007", "7"), ("00", "0")])
def test_the_safe_spelling_shown_is_safe(text: str, short: str) -> None:
    with pytest.raises(LiquidoseError, match=f"Write '{short}'"):
        read_number(text)


def test_the_v_of_an_abbreviated_route_is_no_vial() -> None:
    assert read_product("Morphine 10 mg/mL i.v.").container is None


def test_rounding_of_exactly_the_limit_passes() -> None:
    measured = measure("200 mL")
    assert measured.change_percent == -10
    assert measured.draws_ml == (Fraction(60),) * 3


def test_a_second_statement_that_rounds_too_far_disagrees() -> None:
    with pytest.raises(LiquidoseError, match="disagree"):
        read_product("10MG/7ML (1MG/ML)")
