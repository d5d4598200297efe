"""What bottles, vials and drug files say, to the one strength that is there: never wrong."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tables import Row, cases, jsonl_rows, tsv_rows

from liquidose.cautions import Caution
from liquidose.dosing.products import read_container, read_product
from liquidose.errors import CheckTheAmount, LiquidoseError
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.units import unit

EQUIVALENCES = tsv_rows("equivalences.tsv")
CONCENTRATIONS = jsonl_rows("concentrations.jsonl")
STRENGTHS = [row["string"] for name in ("strengths.tsv", "strengths-odbl.tsv") for row in tsv_rows(name)]


def _in_mg(amount: Quantity) -> Fraction:
    return amount.to("mg").value if amount.unit.dimension == "mass" else amount.value


def _read(text: str) -> Quantity | None:
    try:
        return read_product(text, locale="en-US").strength.per_ml
    except LiquidoseError:
        return None


@pytest.mark.parametrize("row", EQUIVALENCES, ids=lambda row: row["string"][:50])
def test_strength_stated_twice_is_read_once_and_never_wrong(row: dict[str, str]) -> None:
    if row["verdict"] == "INCONSISTENT":
        with pytest.raises(
            CheckTheAmount, match=r"^'.*' states two strengths that disagree: .*\. Check the container"
        ):
            read_product(row["string"], locale="en-US")
        return
    amount = _read(row["string"])
    assert amount is None or _in_mg(amount) == Fraction(row["left_per_ml"])


def test_at_least_97_percent_of_strengths_stated_twice_are_read() -> None:
    consistent = [row["string"] for row in EQUIVALENCES if row["verdict"] != "INCONSISTENT"]
    assert sum(_read(text) is not None for text in consistent) >= Fraction(97, 100) * len(consistent)


@pytest.mark.parametrize("row", CONCENTRATIONS, ids=lambda row: ascii(row["string"])[1:51])
def test_concentration_is_read_as_other_programs_tests_say(row: Row) -> None:
    if row["per_ml"] is None:
        with pytest.raises(LiquidoseError):
            read_product(row["string"], locale="en-US")
        return
    amount = _read(row["string"])
    assert amount is not None
    assert amount.to(row["unit"]) == Quantity(value=Fraction(row["per_ml"]), unit=unit(row["unit"]))


@cases("products.toml", "read")
def test_reading_product_finds_the_one_strength(row: Row) -> None:
    notes: list[Caution] = []
    product = read_product(row["text"], locale=row.get("locale", "en-US"), notes=notes)
    strength = product.strength.per_ml
    assert f"{strength.value} {strength.unit.name}" == row["per_ml"]
    size = "" if product.size is None else f"{product.size.value} {product.size.unit.name}"
    said = (
        product.name,
        product.container or "",
        size,
        product.form or "",
        product.sign or "",
        product.insulin,
    )
    assert said == tuple(
        row.get(key, default)
        for key, default in (
            ("name", ""),
            ("container", ""),
            ("size", ""),
            ("form", ""),
            ("sign", ""),
            ("insulin", False),
        )
    )
    assert [caution.code for caution in notes] == row.get("warnings", [])


@cases("products.toml", "read")
def test_container_text_is_read_as_a_product(row: Row) -> None:
    locale = row.get("locale", "en-US")
    assert (
        read_container(row["text"], locale=locale).strength
        == read_product(row["text"], locale=locale).strength
    )


@cases("products.toml", "refused")
def test_reading_product_refuses_with_remedy(row: Row) -> None:
    with pytest.raises(LiquidoseError) as refusal:
        read_product(row["text"], locale=row.get("locale", "en-US"))
    assert (type(refusal.value).__name__, str(refusal.value)) == (row["error"], row["message"])


@cases("strengths-by-hand.toml", "strength")
def test_real_product_text_is_read_as_by_hand(row: Row) -> None:
    if "per_ml" not in row:
        with pytest.raises(LiquidoseError):
            read_product(row["text"], locale="en-US")
        return
    product = read_product(row["text"], locale="en-US", component=row.get("component"))
    assert product.strength.per_ml == Quantity(value=Fraction(row["per_ml"]), unit=unit(row["unit"]))
    assert (product.container, product.form, product.sign) == (
        row.get("container"), row.get("form"), row.get("sign"),
    )  # fmt: skip


@pytest.mark.slow
def test_real_product_texts_give_a_strength_or_a_refusal() -> None:
    read = 0
    for text in STRENGTHS:
        for locale in ("en-US", None):
            try:
                product = read_product(text, locale=locale, notes=[])
            except LiquidoseError as refusal:
                assert refusal.problem  # noqa: PT017  (both outcomes are allowed)
                assert refusal.remedy  # noqa: PT017  (as above)
            else:
                read += 1
                assert product.strength.per_ml.value > 0
    assert read > len(STRENGTHS) // 2
