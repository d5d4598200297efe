"""Powders made up with a liquid."""

from __future__ import annotations

from fractions import Fraction

import pytest

from liquidose import LiquidoseError, Reconstitution, read_quantity, read_reconstitution
from liquidose.dosing.reconstitution import is_reconstitution


@pytest.mark.parametrize(
    ("text", "per_ml", "exact"),
    [
        ("10 mg vial + 2 mL water", "5", False),
        ("10mg + 2mL", "5", False),
        ("500 mg vial + 4.6 mL water for injection, displacement 0.4 mL", "100", True),
        ("5 g bottle + 90 mL of water; final volume 100 mL", "1/20", True),
    ],
)
def test_reconstitution_text_is_read(text: str, per_ml: str, exact: bool) -> None:  # noqa: FBT001  (a column of a table)
    made_up = read_reconstitution(text)
    assert made_up.strength.per_ml.value == Fraction(per_ml)
    assert made_up.exact is exact
    assert is_reconstitution(text)


@pytest.mark.parametrize("text", ["5 mg/5 mL", "5 mg", "", "5 mg/mL + 2 mL water", "1 % + 2 mL"])
def test_other_texts_are_no_reconstitution(text: str) -> None:
    assert not is_reconstitution(text)


@pytest.mark.parametrize("text", ["5 mg", "10 mg vial + water", "10 mg vial + 2 mL water, about 3 mL"])
def test_unclear_reconstitutions_are_refused(text: str) -> None:
    with pytest.raises(LiquidoseError):
        read_reconstitution(text)


def test_final_volume_alone_is_enough() -> None:
    made_up = Reconstitution(powder=read_quantity("5 g"), final_volume=read_quantity("100 mL"))
    assert made_up.strength.per_ml == read_quantity("0.05 g")


def test_impossible_parts_are_refused() -> None:
    powder, water = read_quantity("5 g"), read_quantity("90 mL")
    with pytest.raises(LiquidoseError, match="Neither a diluent nor a final volume"):
        Reconstitution(powder=powder)
    with pytest.raises(LiquidoseError, match="do not make up"):
        Reconstitution(powder=powder, diluent=water, final_volume=read_quantity("80 mL"))
    with pytest.raises(LiquidoseError, match="do not make up"):
        Reconstitution(
            powder=powder,
            diluent=water,
            displacement=read_quantity("3 mL"),
            final_volume=read_quantity("100 mL"),
        )
    with pytest.raises(LiquidoseError, match="is not a volume"):
        Reconstitution(powder=powder, diluent=powder)
    with pytest.raises(LiquidoseError, match="is not an amount of powder"):
        Reconstitution(powder=water, diluent=water)


def test_agreeing_parts_are_accepted() -> None:
    made_up = Reconstitution(
        powder=read_quantity("5 g"),
        diluent=read_quantity("97 mL"),
        displacement=read_quantity("3 mL"),
        final_volume=read_quantity("100 mL"),
    )
    assert made_up.exact
