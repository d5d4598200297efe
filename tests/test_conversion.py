"""convert(): exact volumes, measured doses, warnings and refusals."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pint
import pytest
from tables import Row, cases

from liquidose import (
    Conversion,
    Limits,
    LiquidoseError,
    Quantity,
    amount_in,
    convert,
    read_dose,
    read_product,
    read_quantity,
    read_reconstitution,
    read_strength,
    strength_for,
    unit,
    volume_for,
    weight_for,
    write_strength,
)
from liquidose.cautions import Caution
from liquidose.errors import CheckTheAmount, UnitsDoNotMatch

OPTIONS = ("weight", "height", "bsa", "times_a_day", "component", "route", "locale", "syringes")


def options(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in OPTIONS if name in row}


def readable(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", "_")


@cases("convert.toml", "case")
def test_convert_gives(row: Row) -> None:
    conversion = convert(row["dose"], row["strength"], **options(row))
    assert conversion.volume_ml == Fraction(row["ml"])
    assert [w.code for w in conversion.warnings] == row["codes"]
    assert list(conversion.codes) == row["codes"]
    if "syringe" in row:
        assert conversion.measured is not None
        assert conversion.measured.syringe.id == row["syringe"]
        assert conversion.measured.draws_ml == tuple(map(Fraction, row["draws"]))
    else:
        assert conversion.measured is None


@cases("convert-refused.toml", "case")
def test_convert_refuses(row: Row) -> None:
    with pytest.raises(LiquidoseError) as caught:
        convert(row["dose"], row["strength"], **options(row))
    assert readable(str(caught.value)) == row["message"]
    assert caught.value.code == row["code"]


@pytest.mark.parametrize("strength", ["1:1000", "2 %", "5 mg/5 cc"])
def test_what_a_strength_calls_for_is_told_every_time_it_is_read(strength: str) -> None:
    first, second = (amount_notes(strength) for _ in range(2))
    assert first
    assert first == second
    told = list(first)
    amount_in("2 mL", strength, notes=told)
    assert told == first  # once in one list
    assert convert("5 mg", strength).warnings == convert("5 mg", strength).warnings


def amount_notes(strength: str) -> list[Caution]:
    notes: list[Caution] = []
    amount_in("2 mL", strength, notes=notes)
    return notes


def test_measured_is_none_only_with_a_warning_that_says_why() -> None:
    for dose in ("0.02 mg", "0.1 mg", "999 mg"):
        conversion = convert(dose, "1 mg/mL")
        assert conversion.measured is None
        assert "not-measurable" in {w.code for w in conversion.warnings}


def test_rounding_never_passes_a_stated_maximum() -> None:
    conversion = convert("15 mg/kg (max 300 mg)", "160 mg/5 mL", weight="20 kg")
    assert conversion.measured is not None
    assert conversion.measured.ml == Fraction(46, 5)
    assert conversion.measured.dose_given is not None
    assert conversion.measured.dose_given.value <= 300


def test_rounding_never_passes_a_days_maximum() -> None:
    conversion = convert("20 mg max 40 mg/day", "5 mg/mL", times_a_day=3)
    assert conversion.measured is not None
    assert conversion.measured.dose_given is not None
    assert conversion.measured.dose_given.value * 3 <= 40


def test_limits_change_what_is_measured() -> None:
    clinician = convert("0.1 mg", "1 mg/mL", limits=Limits(audience="clinician"))
    assert clinician.measured is not None
    assert "scale-tolerance" in {w.code for w in clinician.warnings}
    strict = Limits(rounding_warns=Fraction(0), rounding_refused=Fraction(1))
    assert convert("7.5 mg", "1 mg/mL", limits=strict, syringes=["oral-10"]).measured is None


@pytest.mark.parametrize(
    ("dose", "strength"),
    [
        (read_quantity("75 mg"), read_strength("250 mg/5 mL")),
        (read_dose("75 mg"), read_product("Example 250mg/5ml oral suspension")),
        ("75 mg", read_reconstitution("5 g bottle + 90 mL water, final volume 100 mL")),
    ],
)
def test_values_of_ours_are_taken_where_text_is(dose: Any, strength: Any) -> None:
    assert convert(dose, strength).volume_ml == Fraction(3, 2)


class TestPint:
    """Scripts may pass exact quantities of their own registry, and ask for them back."""

    registry: Any = pint.UnitRegistry(non_int_type=Fraction)

    def test_exact_quantities_are_taken(self) -> None:
        q = self.registry.Quantity
        strength = q(Fraction(250), "mg") / q(Fraction(5), "mL")
        assert convert(q(Fraction(75), "mg"), strength).volume_ml == Fraction(3, 2)
        assert convert(q(75, "microgram"), q(1, "mg/mL")).volume_ml == Fraction(3, 40)
        assert convert(q(10, "mg/kg"), "50 mg/mL", weight="5 kg").volume_ml == 1
        assert convert(q(Decimal("0.5"), "g"), q(1, "g/liter")).volume_ml == 500

    @pytest.mark.parametrize("dose", [0.5, 5.0])
    def test_floats_are_a_type_error(self, dose: float) -> None:
        with pytest.raises(TypeError):
            convert(self.registry.Quantity(dose, "mg"), "5 mg/mL")

    @pytest.mark.parametrize("units", ["meter", "mg * mg", "mg / kg / day", "mg**2"])
    def test_other_units_are_refused(self, units: str) -> None:
        with pytest.raises(LiquidoseError):
            convert(self.registry.Quantity(5, units), "5 mg/mL")

    @pytest.mark.parametrize("units", ["mg", "mg/kg", "1/mL", "meter/mL"])
    def test_other_strengths_are_refused(self, units: str) -> None:
        with pytest.raises(LiquidoseError):
            convert("5 mg", self.registry.Quantity(5, units))

    def test_results_go_back(self) -> None:
        back = convert("75 mg", "250 mg/5 mL").volume.to_pint(self.registry)
        assert back.to("liter").magnitude == Fraction(3, 2000)


@pytest.mark.parametrize("wrong", [5, 5.0, None, b"5 mg", ["5 mg"]])
def test_a_dose_of_another_type_is_a_type_error(wrong: Any) -> None:
    with pytest.raises(TypeError):
        convert(wrong, "5 mg/mL")


@pytest.mark.parametrize("wrong", [5, 5.0, b"5 mg/mL"])
def test_a_strength_of_another_type_is_a_type_error(wrong: Any) -> None:
    with pytest.raises(TypeError):
        convert("5 mg", wrong)


def test_no_strength_is_refused_and_never_assumed() -> None:
    with pytest.raises(LiquidoseError, match="There is no strength"):
        convert("5 mg", None)


def test_the_way_back_tells_what_was_given() -> None:
    assert amount_in("2.5 mL", "5 mg/5 mL") == read_quantity("2.5 mg")
    assert amount_in(read_quantity("2.5 mL"), read_strength("1 mg/mL")) == read_quantity("2.5 mg")
    notes: list[Any] = []
    assert amount_in("1 cc", "1 %", notes=notes) == read_quantity("10 mg")
    assert [n.code for n in notes] == ["doubtful-unit", "percent"]
    with pytest.raises(UnitsDoNotMatch):
        amount_in("5 mg", "5 mg/5 mL")


def test_strength_for_solves_for_the_strength() -> None:
    assert write_strength(strength_for("5 mg", "2.5 mL")) == "2\u00a0mg per\u00a0mL"
    assert strength_for(read_quantity("5 mg"), read_quantity("5 mL")) == read_strength("1 mg/mL")
    with pytest.raises(UnitsDoNotMatch):
        strength_for("5 mg", "5 mg")


def test_weight_for_solves_for_the_weight() -> None:
    assert weight_for("10 mg/kg", "180 mg") == read_quantity("18 kg")
    assert weight_for(read_dose("30 mg/kg/day in 3 doses"), read_quantity("0.18 g")) == read_quantity("18 kg")
    with pytest.raises(UnitsDoNotMatch, match="not per kg"):
        weight_for("10 mg", "180 mg")
    with pytest.raises(UnitsDoNotMatch):
        weight_for("10 mg/kg", "180 units")
    with pytest.raises(CheckTheAmount):
        weight_for("10 mg/kg/day", "180 mg")


def working_of(conversion: Conversion) -> list[str]:
    return [readable(line) for line in conversion.working]


def test_working_can_be_checked_by_hand() -> None:
    conversion = convert("25 mg/kg/day in 3 doses (max 1 g/day)", "160 mg/5 mL", weight="40 lb")
    assert working_of(conversion) == [
        "Ordered: 25 mg per kg per day in 3 doses, max 1 g per day.",
        "Weight: 40 lb (18.1436948 kg).",
        "25 mg per kg × 18.1436948 kg ÷ 3 doses a day = 45359237/300000 mg (about 151.2 mg) for each dose.",
        "Strength: 160 mg ÷ 5 mL = 32 mg in 1 mL.",
        "Volume: 45359237/300000 mg (about 151.2 mg) ÷ 32 mg per mL = 45359237/9600000 mL (about 4.72 mL).",
        "Measured: 4.8 mL on a 5 mL oral syringe marked every 0.2 mL (oral-5).",
        "Rounded: 45359237/9600000 mL (about 4.72 mL) to 4.8 mL, about 1.6 % more than ordered. "
        "It gives 153.6 mg.",
        "Scale: may be out by 0.192 mL, 4 % of the dose, if it meets ISO 7886-1, which oral syringes need not.",
    ]


def test_working_shows_limits_units_and_body_surface() -> None:
    capped = convert("300 mg/m2 (max 0.2 g)", "160 mg/5 mL", height="110 cm", weight="18 kg")
    assert working_of(capped)[1:4] == [
        "Body surface: 0.74 m², by Mosteller: √(110 cm × 18 kg ÷ 3600), to two decimals.",
        "300 mg per m² × 0.74 m² = 222 mg for each dose.",
        "Limited: 222 mg becomes 200 mg for each dose.",
    ]
    mixed = convert("500 mcg", "1 mg/mL", route="oral")
    assert working_of(mixed)[1:4] == [
        "Strength: 1 mg in 1 mL.",
        "500 mcg = 0.5 mg.",
        "Volume: 0.5 mg ÷ 1 mg per mL = 0.5 mL.",
    ]
    by_volume = convert("0.26 mL/kg", "5 mg/mL", weight="10 kg", syringes=["oral-5"])
    assert working_of(by_volume)[3:6] == [
        "Volume: 2.6 mL for each dose, as ordered; the strength is not used.",
        "Measured: 2.6 mL on a 5 mL oral syringe marked every 0.2 mL (oral-5).",
        "Scale: may be out by 0.104 mL, 4 % of the dose, if it meets ISO 7886-1, which oral syringes need not.",
    ]
    rounded = convert("0.27 mL/kg", "5 mg/mL", weight="10 kg", syringes=["oral-5"])
    assert working_of(rounded)[5] == "Rounded: 2.7 mL to 2.6 mL, about 3.7 % less than ordered."


def test_a_conversion_is_a_pure_value() -> None:
    assert convert("5 mg", "5 mg/5 mL").dose_amount == Quantity(value=Fraction(5), unit=unit("mg"))
    assert convert("5 mg", "5 mg/5 mL") == convert("5 mg", "5 mg/5 mL")


def test_a_volume_is_no_dose_for_a_strength() -> None:
    with pytest.raises(UnitsDoNotMatch) as caught:
        volume_for(read_quantity("5 mL"), read_strength("5 mg/mL"))
    assert readable(str(caught.value)) == (
        "5 mL is a volume, where an amount of drug is needed. Write the dose in mg, as it was ordered."
    )


def test_two_names_with_two_amounts_are_a_combination() -> None:
    product = read_product("Paracetamol/codeine 120mg/8mg/5ml", component="second")
    assert product.strength == read_strength("8 mg/5 mL")
