"""Texts that other programs read wrongly: refused, or read in exactly one way."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tables import Row, cases

from liquidose.cautions import Caution
from liquidose.dosing.products import read_product, read_strength
from liquidose.errors import LiquidoseError
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity

DOUBTED = ", with a warning"


def _expected(row: Row, unit_tail: str = "") -> tuple[Fraction, str]:
    number, _, unit = row["expect"].removesuffix(DOUBTED).partition(" ")
    return Fraction(number), unit.removesuffix(unit_tail)


def _assert_reads(row: Row, amount: Quantity, notes: list[Caution], *, unit_tail: str = "") -> None:
    assert (amount.value, amount.unit.name) == _expected(row, unit_tail)
    warned = any(caution.level == "warning" for caution in notes)
    assert warned == row["expect"].endswith(DOUBTED)


@cases("traps.toml", "quantity")
def test_trap_quantity_is_refused_or_read_in_one_way(row: Row) -> None:
    if row["expect"] == "refuse":
        with pytest.raises(LiquidoseError) as refusal:
            read_quantity(row["text"], locale=row.get("locale"))
        assert str(refusal.value) == row["message"]
        return
    notes: list[Caution] = []
    _assert_reads(row, read_quantity(row["text"], locale=row.get("locale"), notes=notes), notes)


@cases("traps.toml", "strength")
def test_trap_strength_is_refused_or_read_in_one_way(row: Row) -> None:
    if row["expect"] == "refuse":
        with pytest.raises(LiquidoseError) as refusal:
            read_strength(row["text"])
        assert str(refusal.value) == row["message"]
        return
    notes: list[Caution] = []
    _assert_reads(row, read_strength(row["text"], notes=notes).per_ml, notes, unit_tail=" per mL")


@cases("traps.toml", "product")
def test_trap_product_is_refused_or_read_in_one_way(row: Row) -> None:
    if row["expect"] == "refuse":
        with pytest.raises(LiquidoseError) as refusal:
            read_product(row["text"])
        assert str(refusal.value) == row["message"]
        return
    notes: list[Caution] = []
    _assert_reads(row, read_product(row["text"], notes=notes).strength.per_ml, notes, unit_tail=" per mL")
