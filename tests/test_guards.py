"""Faults that were found by trying to break the core; each row is the answer it must give.

A row marked ``open`` is a fault that still stands: its test is expected to fail, and fails the suite when it
no longer does, so that the mark goes with the fault.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from brute_force import Rule, answers

from liquidose import convert
from liquidose.devices.measuring import measure
from liquidose.devices.syringes import Syringe
from liquidose.dosing.patient import measurement, mosteller
from liquidose.dosing.products import read_product
from liquidose.errors import LiquidoseError
from liquidose.files import decode_toml, read_text, write_whole
from liquidose.numbers import read_number, write_number
from liquidose.quantities.lint import amounts_in
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.units import unit


def _open(reason: str) -> pytest.MarkDecorator:
    return pytest.mark.xfail(reason=reason, strict=True)


def _syringe(name: str, capacity: str, step: str, *extra: str) -> Syringe:
    return Syringe(
        id=name, kind="oral", capacity_ml=Fraction(capacity), step_ml=Fraction(step),
        extra_marks_ml=tuple(map(Fraction, extra)), source=("a test",),
    )  # fmt: skip


def _ml(value: str) -> Quantity:
    return Quantity(value=Fraction(value), unit=unit("mL"))


@_open("'75 mg/kg in 3 doses' is read as 75 mg/kg for each dose: threefold if a day's was meant")
@pytest.mark.parametrize("dose", ["75 mg/kg in 3 doses", "5 mg in 3 doses"])
def test_doses_without_a_day_or_dose_are_refused(dose: str) -> None:
    with pytest.raises(LiquidoseError):
        convert(dose, "50 mg/mL", weight="10 kg")


@_open("'1:1000,000.' is read as 1:1000, a thousandfold: the ratio gives back digits until it fits")
@pytest.mark.parametrize("text", ["epinephrine 1:1000,000.", "1:1000,000. injection"])
def test_ratio_that_is_badly_grouped_is_refused(text: str) -> None:
    with pytest.raises(LiquidoseError):
        read_product(text, locale="en-US")


@_open("a ratio before a full stop gives back digits: '1:10,000.' is called 1:10")
def test_ratio_before_a_full_stop_is_read() -> None:
    assert read_product("epinephrine 1:10,000. injection", locale="en-US").strength.per_ml.value == Fraction(
        1, 10
    )


@_open("a sign or a doubt before the number is dropped in silence")
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


@_open("a point behind the number is dropped in product texts")
@pytest.mark.parametrize("text", ["baclofen 5. mg/mL", "baclofen 5.mg/mL"])
def test_product_with_a_trailing_point_is_refused(text: str) -> None:
    with pytest.raises(LiquidoseError):
        read_product(text)


@_open("any word may stand between the amount and the volume, an exponent and a factor too")
@pytest.mark.parametrize("text", ["5 mg e3/mL", "5 mg (x10)/mL", "5 mg²/mL"])
def test_product_with_a_factor_behind_its_amount_is_refused(text: str) -> None:
    with pytest.raises(LiquidoseError):
        read_product(text)


@_open("'s, V and PM in a name are taken for a syringe, a vial and a bag")
@pytest.mark.parametrize(
    "text", ["Children's Tylenol 160 mg/5 mL", "Penicillin V 250mg/5ml", "Tylenol PM 160 mg/5 mL"]
)
def test_words_of_a_drugs_name_are_no_container(text: str) -> None:
    product = read_product(text)
    assert (product.container, product.sign) == (None, None)


@_open("'Ophth' is not on the list of words: an oral syringe is chosen for eye drops")
def test_eye_drops_are_never_measured_by_mouth() -> None:
    assert convert("5 mg", "Acular_Ophth Soln 0.5%").measured is None


@_open("insulin by mouth is measured in an oral syringe")
def test_insulin_is_never_measured_by_mouth() -> None:
    with pytest.raises(LiquidoseError):
        measure("0.3 mL", route="oral", insulin=Fraction(100))


@_open("decimals are counted by the point, so that a German second statement never agrees")
def test_second_statement_agrees_in_every_locale() -> None:
    assert read_product("130mg/18ml (7,2mg/ml)", locale="de-DE").strength.per_ml.value == Fraction(65, 9)


@_open("the short way to an exact mark does not look at the extra marks")
def test_extra_mark_of_a_small_syringe_goes_before_a_larger_syringe() -> None:
    small, large = _syringe("small", "2.5", "0.1", "1.75"), _syringe("large", "6.5", "0.25")
    assert measure(_ml("1.75"), syringes=[small, large]).syringe == small


@_open("a part of a mL that is divided by the draws is cut, and a tie is seen where none is")
def test_equal_draws_are_nearest_to_the_exact_share() -> None:
    stock = (_syringe("own", "10", "2", "7.9", "8.1", "8.2"),)
    measured = measure(_ml("146701/6000"), syringes=stock)
    assert measured.draws_ml in [c.draws for c in answers(stock, Fraction(146701, 6000), Rule())]


@_open("a height passes for a weight if it comes as a Measurement")
def test_measurement_of_one_thing_is_not_taken_for_another() -> None:
    with pytest.raises(LiquidoseError):
        measurement(measurement("110 cm", "height"), "weight")


@_open("a body surface by Mosteller is not held to what is plausible")
def test_body_surface_by_mosteller_is_plausible() -> None:
    with pytest.raises(LiquidoseError):
        mosteller(measurement("250 cm", "height"), measurement("350 kg", "weight"))


@_open("control characters of ASCII are not looked for")
@pytest.mark.parametrize("text", ["5\x1cmg", "5\x0bmg"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(LiquidoseError):
        read_quantity(text)


@_open("brackets that do not close are read, as in a text that was cut short")
@pytest.mark.parametrize("dose", ["10 mg/kg (max 300 mg", "10 mg/kg max 300 mg)"])
def test_dose_cut_short_in_its_brackets_is_refused(dose: str) -> None:
    with pytest.raises(LiquidoseError):
        convert(dose, "50 mg/mL", weight="10 kg")


@_open("these amounts are not seen in free text")
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


@_open("a number of 5,000 digits is Python's own error")
@pytest.mark.parametrize("text", ["0." + "0" * 5000, "1." + "0" * 5000])
@pytest.mark.parametrize("locale", [None, "en-US"])
def test_number_with_thousands_of_zeros_is_refused(text: str, locale: str | None) -> None:
    with pytest.raises(LiquidoseError):
        read_number(text, locale=locale)


@_open("what is too small to show is written 'about 0', and what is below zero wrongly")
@pytest.mark.parametrize("value", ["1/3000000000000", "-5/2"])
def test_number_that_cannot_be_shown_is_not_shown_wrongly(value: str) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        write_number(Fraction(value))


@_open("these escape as errors of Python's own")
@pytest.mark.parametrize(
    "text", ["x = " + "1" * 5000, "x = 1e99999999999999999999"], ids=["digits", "exponent"]
)
def test_file_with_a_monstrous_number_is_refused(text: str) -> None:
    with pytest.raises(LiquidoseError):
        decode_toml(text, dict[str, Fraction], name="order.toml")


@_open("a path with a null escapes as an error of Python's own")
@pytest.mark.parametrize("use", [read_text, lambda path: write_whole(path, b"")])
def test_path_with_a_null_is_refused(use: Callable[[str], object], tmp_path: Path) -> None:
    with pytest.raises(LiquidoseError):
        use(f"{tmp_path}/a\0b")
