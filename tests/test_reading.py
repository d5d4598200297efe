"""Text to one amount; whatever could be read two ways is refused."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, cases

from liquidose.cautions import Caution
from liquidose.dosing.ordered import read_dose
from liquidose.dosing.patient import measurement
from liquidose.dosing.products import read_container, read_product, read_strength
from liquidose.errors import LiquidoseError, UnitsDoNotMatch, UnknownUnit
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.units import UNITS, factor, from_pint, is_pint, spelt, unit


def _weight(text: str, **options: Any) -> object:
    return measurement(text, "weight", **options)


READERS: tuple[Callable[..., object], ...] = (
    read_quantity, read_strength, read_product, read_container, read_dose, _weight,
)  # fmt: skip
JUNK = (
    "", " ", "\n", "\x00", "½", "½ mg", "¼ mg/mL", "٥ mg", "５ mg", "５ mg/mL", "५ mg", "② mg", "Ⅳ mg", "5² mg",
    "NaN", "NaN mg", "nan mg/mL", "inf", "inf mg", "Infinity mg/mL", "-inf mg", "1e999 mg", "1e-999 mg/mL",
    "\u202e5 mg", "5\u202d mg", "5\u200bmg", "5 mg\u2066", "\ufeff5 mg/mL", "5 mg\u2028", "5\x7fmg", "5\x85mg",
    "x" * 300, "5 mg " * 60, "9" * 300, "9" * 10**6, "(" * 190, ")" * 190, "/" * 190, "5/" * 90, "5 mg/" * 30,
    "max " * 40, "5 mg max " * 20, "5 mg (max 1" + " " * 150, "5 " * 90, "5-" * 90, "1," * 90, "%" * 190,
    "mg", "mL", "/", "//", "per", "in", "+", "-", "–", ";", "|", "()", "1:1", "1:", ":1000", "5 mg/", "/5 mL",
    "None", "null", "true", "[]", "{}", "{0}", "%s", "\\", "'", '"', "<b>", "=1+1", "@", "5 mg; DROP", "../mg",
    "\ud800", "5 \ud800mg", "😀", "5 😀", "é", "5 é", "мг", "5 мг", "毫克", "5 毫克", "ß", "İ", "ſ", "5 ſ", "K",
)  # fmt: skip


@cases("quantities.toml", "read")
def test_reading_amount_is_exact(row: Row) -> None:
    notes: list[Caution] = []
    amount = read_quantity(row["text"], locale=row.get("locale"), notes=notes)
    assert f"{amount.value} {amount.unit.name}" == row["value"]
    assert [caution.code for caution in notes] == row.get("warnings", [])


@cases("quantities.toml", "refused")
def test_reading_amount_refuses_with_remedy(row: Row) -> None:
    with pytest.raises(LiquidoseError) as refusal:
        read_quantity(row["text"], locale=row.get("locale"))
    assert (type(refusal.value).__name__, str(refusal.value)) == (row["error"], row["message"])


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", JUNK, ids=lambda text: ascii(text)[:30])
@pytest.mark.parametrize("locale", [None, "en-US", "de-DE"])
def test_readers_refuse_junk(reader: Callable[..., object], text: str, locale: str | None) -> None:
    with pytest.raises(LiquidoseError):
        reader(text, locale=locale)


PIECES = st.lists(
    st.sampled_from((*"0123456789.,/()-+;:%|= \u00a0\u202f’'", "mg", "mL", "mcg", "µg", "g", "units", "U", "IU", "kg",
                     "m2", "per", "in", "max", "min", "day", "dose", "doses", "EQ", "base", "w/v", "w/w", "1:1000", "U-100",
                     "1,000", "1.125", "gel", "solution", "vial", "million", "[iU]", "or", "to", "lb", "oz")),
    max_size=14,
).map("".join)  # fmt: skip


@given(text=st.text("0159.eEmgMLnu ", max_size=12) | PIECES)
def test_an_amount_in_one_word_is_read_as_with_spaces_around_it(text: str) -> None:
    def outcome(written: str) -> object:
        try:
            return read_quantity(written)
        except LiquidoseError as refusal:
            return type(refusal), str(refusal).replace(f"'{written}'", f"'{text}'")

    assert outcome(text) == outcome(f"{text} ")


@pytest.mark.parametrize("reader", READERS)
@given(text=st.text(max_size=60) | PIECES, locale=st.sampled_from((None, "en-US", "de-DE", "de-CH")))
def test_readers_give_value_or_refusal_for_any_text(
    reader: Callable[..., object], text: str, locale: str | None
) -> None:
    try:
        assert reader(text, locale=locale, notes=[]) is not None
    except LiquidoseError as refusal:
        assert str(refusal) == f"{refusal.problem} {refusal.remedy}"  # noqa: PT017  (both outcomes are allowed)
        assert refusal.remedy.endswith((".", "?"))  # noqa: PT017  (as above)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("given", [5, 5.0, b"5 mg", None, ["5 mg"]], ids=repr)
def test_readers_take_text_only(reader: Callable[..., object], given: object) -> None:
    with pytest.raises((TypeError, AttributeError)):
        reader(given)


@pytest.mark.parametrize("given", [5.0, 5, "5", None])
def test_quantity_needs_a_fraction(given: Any) -> None:
    with pytest.raises(TypeError) as fault:
        Quantity(value=given, unit=unit("mg"))
    assert str(fault.value) == f"A Quantity needs a Fraction, got {given!r}"


def test_quantity_is_never_below_zero() -> None:
    with pytest.raises(ValueError, match=r"^A Quantity is never below zero, got -1/2$"):
        Quantity(value=Fraction(-1, 2), unit=unit("mg"))


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [("g", "mg", "1000"), ("mg", "mcg", "1000"), ("mcg", "ng", "1000"), ("g", "ng", "1000000000"), ("kg", "g", "1000"),
     ("mcg", "mg", "1/1000"), ("L", "mL", "1000"), ("mL", "L", "1/1000"), ("m", "cm", "100"), ("lb", "kg", "45359237/100000000")],
)  # fmt: skip
def test_factor_between_units_is_exact(source: str, target: str, expected: str) -> None:
    assert factor(source, target) == Fraction(expected)
    amount = Quantity(value=Fraction(3), unit=unit(source)).to(target)
    assert amount == Quantity(value=3 * Fraction(expected), unit=unit(target))


@pytest.mark.parametrize("name", UNITS)
def test_amount_in_its_own_unit_is_itself(name: str) -> None:
    amount = Quantity(value=Fraction(7, 3), unit=unit(name))
    assert amount.to(name) is amount
    assert amount.to(unit(name)) is amount


@pytest.mark.parametrize("source", UNITS)
@pytest.mark.parametrize("target", UNITS)
def test_units_of_two_dimensions_never_become_each_other(source: str, target: str) -> None:
    one, other = unit(source), unit(target)
    if one.dimension == other.dimension:
        assert factor(source, target) * factor(target, source) == 1
        return
    with pytest.raises(UnitsDoNotMatch) as refusal:
        factor(source, target)
    assert str(refusal.value) == (
        f"{source} and {target} measure different things ({one.dimension} and {other.dimension}). "
        f"Give the amount in {target}; no general factor exists."
    )


def test_unknown_name_of_a_unit_is_refused() -> None:
    with pytest.raises(UnknownUnit) as refusal:
        unit("ml")
    assert str(refusal.value) == (
        "'ml' is not a unit's name. The units are g, mg, mcg, ng, units, mEq, mmol, mL, L, kg, lb, cm, m, m2."
    )


def test_spelling_in_words_holds_in_any_case() -> None:
    assert spelt("MILLION  International UNITS") == (unit("units"), 1_000_000, False)


def test_amounts_go_to_pint_and_come_back_exactly() -> None:
    pint = pytest.importorskip("pint")
    registry = pint.UnitRegistry(non_int_type=Fraction)
    there = Quantity(value=Fraction(5, 2), unit=unit("mg")).to_pint(registry)
    assert is_pint(there)
    assert not is_pint("5 mg")
    assert (there.magnitude, str(there.units)) == (Fraction(5, 2), "milligram")
    assert from_pint(there) == (Fraction(5, 2), {"mg": 1})
    assert from_pint(there / registry.Quantity(Fraction(5), "milliliter")) == (
        Fraction(1, 2),
        {"mg": 1, "mL": -1},
    )


@pytest.mark.parametrize("magnitude", [5.0, True, "5"])
def test_pint_quantity_that_is_not_exact_is_a_mistake(magnitude: object) -> None:
    class Given:
        """What a pint quantity looks like from outside."""

    given = Given()
    given.magnitude = magnitude  # type: ignore[attr-defined]
    with pytest.raises(TypeError) as fault:
        from_pint(given)
    assert str(fault.value) == f"A pint quantity must hold an int, Decimal or Fraction, got {magnitude!r}"


@pytest.mark.parametrize(("unit_text", "shown"), [("second", "second"), ("milligram ** 2", "milligram^2")])
def test_pint_unit_that_is_not_ours_is_refused(unit_text: str, shown: str) -> None:
    pint = pytest.importorskip("pint")
    foreign = pint.UnitRegistry(non_int_type=Fraction).Quantity(Fraction(5), unit_text)
    with pytest.raises(UnknownUnit) as refusal:
        from_pint(foreign)
    assert str(refusal.value) == (
        f"'{shown}' has a unit that liquidose does not know. Use mg, mcg, g, ng, kg, mL or L."
    )
