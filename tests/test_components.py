"""Combinations: the dose names its component, or it is refused; never a range, never a guess."""

from __future__ import annotations

import pytest
from tables import Row, cases

from liquidose.cautions import Caution
from liquidose.dosing.components import PLACES
from liquidose.dosing.products import read_product, read_strength
from liquidose.errors import LiquidoseError, NameTheComponent


@cases("components.toml", "chosen")
def test_named_component_is_the_one_counted(row: Row) -> None:
    notes: list[Caution] = []
    product = read_product(row["text"], component=row["component"], locale="en-US", notes=notes)
    strength = product.strength.per_ml
    assert f"{strength.value} {strength.unit.name}" == row["per_ml"]
    assert [caution.code for caution in notes] == row.get("warnings", [])


@cases("components.toml", "refused")
def test_component_that_is_not_told_is_refused(row: Row) -> None:
    with pytest.raises(LiquidoseError) as refusal:
        read_product(row["text"], component=row.get("component"), locale="en-US")
    assert (type(refusal.value).__name__, str(refusal.value)) == (row["error"], row["message"])


@pytest.mark.parametrize("count", range(2, len(PLACES) + 1))
def test_every_place_names_its_own_amount(count: int) -> None:
    text = "/".join(f"{n}0 mg" for n in range(1, count + 1)) + "/mL"
    for place, word in enumerate(PLACES):
        if place < count:
            assert read_strength(text, component=word).per_ml.value == 10 * (place + 1)
            continue
        with pytest.raises(NameTheComponent):
            read_strength(text, component=word)
    assert read_strength(text, component="total").per_ml.value == 5 * count * (count + 1)
    with pytest.raises(NameTheComponent):
        read_strength(text)
