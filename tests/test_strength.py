"""How much drug is in 1 mL: read exactly, impossible ones never built."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, cases

from liquidose.cautions import Caution
from liquidose.dosing.products import read_container, read_product, read_strength
from liquidose.dosing.strength import Strength, strength_of
from liquidose.errors import CheckTheAmount, LiquidoseError, UnitsDoNotMatch
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.units import UNITS, unit


def _quantity(value: Fraction | int | str, name: str) -> Quantity:
    return Quantity(value=Fraction(value), unit=unit(name))


@cases("strengths.toml", "read")
def test_reading_strength_is_exact(row: Row) -> None:
    notes: list[Caution] = []
    strength = read_strength(
        row["text"], locale=row.get("locale"), component=row.get("component"), notes=notes
    )
    assert f"{strength.per_ml.value} {strength.per_ml.unit.name}" == row["per_ml"]
    assert [caution.code for caution in notes] == row.get("warnings", [])


@cases("strengths.toml", "refused")
def test_reading_strength_refuses_with_remedy(row: Row) -> None:
    with pytest.raises(LiquidoseError) as refusal:
        read_strength(row["text"], locale=row.get("locale"), component=row.get("component"))
    assert (type(refusal.value).__name__, str(refusal.value)) == (row["error"], row["message"])


@cases("strengths.toml", "read")
def test_strength_alone_is_a_container_with_that_strength(row: Row) -> None:
    options = {"locale": row.get("locale"), "component": row.get("component")}
    assert read_container(row["text"], **options).strength == read_strength(row["text"], **options)


@given(
    amount=st.integers(1, 999),
    ml=st.integers(1, 999),
    name=st.sampled_from(("mg", "mcg", "units", "mEq", "mmol")),
    per=st.sampled_from(("/", " / ", " per ", " in ")),
)
def test_strength_is_the_amount_divided_by_the_volume(amount: int, ml: int, name: str, per: str) -> None:
    text = f"{amount} {name}{per}{ml} mL"
    expected = Strength(per_ml=_quantity(Fraction(amount, ml), name))
    assert read_strength(text) == read_product(text).strength == read_container(text).strength == expected


def test_equal_strengths_are_equal_however_written() -> None:
    written = ("5 mg/5 mL", "1 mg/mL", "1mg per 1 ml", "0.1 %", "1:1000", "5 mg in 5 mL (1 mg/mL)")
    assert {read_strength(text) for text in written} == {Strength(per_ml=_quantity(1, "mg"))}


@pytest.mark.parametrize("name", [name for name, known in UNITS.items() if "amount" not in known.uses])
def test_strength_counts_drug(name: str) -> None:
    with pytest.raises(UnitsDoNotMatch) as refusal:
        Strength(per_ml=_quantity(1, name))
    assert str(refusal.value) == (
        f"A strength states an amount of drug per volume, not {name} per mL. Write it like '5 mg/5 mL'."
    )


@pytest.mark.parametrize(
    ("amount", "volume", "message"),
    [
        (5, 0, "5\u00a0mg in 0\u00a0mL is no strength. Write the volume it is in, such as '5 mg/5 mL'."),
        (0, 5, "0\u00a0mg per mL holds no drug. Check the label of the container."),
        (
            12501,
            5,
            "2\u202f500.2\u00a0mg in 1\u00a0mL is more than any liquid holds. Check the strength on the container.",
        ),
    ],
)
def test_impossible_strength_cannot_be_built(amount: int, volume: int, message: str) -> None:
    with pytest.raises(CheckTheAmount) as refusal:
        strength_of(_quantity(amount, "mg"), _quantity(volume, "mL"))
    assert str(refusal.value) == message


def test_strength_is_per_volume_and_nothing_else() -> None:
    with pytest.raises(UnitsDoNotMatch) as refusal:
        strength_of(_quantity(5, "mg"), _quantity(5, "g"))
    assert str(refusal.value) == (
        "g and mL measure different things (mass and volume). Give the amount in mL; no general factor exists."
    )


@pytest.mark.parametrize(
    ("name", "most"), [("g", "5/2"), ("mg", "2500"), ("mcg", "2500000"), ("ng", "2500000000")]
)
def test_density_bound_is_the_same_in_every_unit_of_mass(name: str, most: str) -> None:
    assert Strength(per_ml=_quantity(most, name))
    with pytest.raises(CheckTheAmount):
        Strength(per_ml=_quantity(Fraction(most) + Fraction(1, 1000), name))
