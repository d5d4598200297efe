"""Values to the safe text people see: R1 to R5, R7, R14 to R17, R22."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, cases

from liquidose.dosing.products import read_strength
from liquidose.dosing.strength import Stated, Strength, stated_per_ml, write_stated, write_strength
from liquidose.errors import LiquidoseError
from liquidose.numbers import decimal_digits, marks_of
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.units import UNITS, unit
from liquidose.quantities.writing import (
    PROFILES,
    Profile,
    write_exact,
    write_percent,
    write_quantity,
    write_unit,
)

LOCALES = (
    None,
    "en-US",
    "en-GB",
    "de-DE",
    "fr-FR",
    "es-ES",
    "pt-BR",
    "pl-PL",
    "de-CH",
    "sv-SE",
    "ar-EG",
    "hi-IN",
)


def _quantity(text: str) -> Quantity:
    value, _, name = text.partition(" ")
    return Quantity(value=Fraction(value), unit=unit(name))


@cases("writing.toml", "amount")
def test_writing_amount_is_safe(row: Row) -> None:
    written = write_quantity(
        _quantity(row["value"]), locale=row.get("locale"), profile=row.get("profile", "us")
    )
    assert written == row["text"]


@cases("writing.toml", "exact")
def test_writing_for_a_checker_shows_the_fraction(row: Row) -> None:
    assert write_exact(_quantity(row["value"]), locale=row.get("locale")) == row["text"]


@cases("writing.toml", "percent")
def test_writing_percentage_is_short_and_marked(row: Row) -> None:
    assert write_percent(Fraction(row["value"]), locale=row.get("locale")) == row["text"]


@cases("writing.toml", "strength")
def test_writing_strength_shows_it_as_stated_and_per_ml(row: Row) -> None:
    stated = Stated(
        amount=_quantity(row["amount"]),
        volume=_quantity(row["volume"]),
        notation=row.get("notation", "amount"),
    )
    assert write_stated(stated, locale=row.get("locale"), profile=row.get("profile", "us")) == row["text"]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", UNITS)
def test_every_unit_is_written_as_it_is_read(profile: Profile, name: str) -> None:
    assert read_quantity(f"5 {write_unit(unit(name), profile=profile)}").unit.name == name


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("profile", PROFILES)
@given(
    name=st.sampled_from(sorted(UNITS)),
    value=st.builds(Fraction, st.integers(0, 10**12 - 1), st.sampled_from([10**n for n in range(13)])),
)
def test_every_written_amount_is_safe_and_reads_back(
    locale: str | None, profile: Profile, name: str, value: Fraction
) -> None:
    amount = Quantity(value=value, unit=unit(name))
    written = write_quantity(amount, locale=locale, profile=profile)
    assert read_quantity(written, locale=locale) == amount
    assert " " not in written
    number, _, shown = written.partition("\u00a0")
    assert shown == write_unit(amount.unit, profile=profile)
    whole, _, part = number.partition(marks_of(locale).decimal)
    digits = "".join(c for c in whole if c.isdecimal())
    assert digits == "0" or not digits.startswith("0")
    fourth = locale is None and len(part) == 4 and digits != "0"
    assert not part.removesuffix("0" if fourth else "").endswith("0")
    assert not part or part.isdecimal()


@pytest.mark.parametrize("locale", LOCALES)
@given(
    name=st.sampled_from(("mg", "mcg", "g", "units", "mEq", "mmol")),
    value=st.builds(Fraction, st.integers(1, 10**6), st.sampled_from((1, 10, 100, 1000, 10**4, 10**6))),
)
def test_every_written_strength_reads_back(locale: str | None, name: str, value: Fraction) -> None:
    try:
        strength = Strength(per_ml=Quantity(value=value, unit=unit(name)))
    except LiquidoseError:
        return  # denser than any liquid
    written = write_strength(strength, locale=locale)
    assert read_strength(written, locale=locale) == strength
    assert write_stated(stated_per_ml(strength), locale=locale) == written


def test_writing_marks_what_is_no_short_decimal() -> None:
    third = Quantity(value=Fraction(10, 3), unit=unit("mL"))
    assert decimal_digits(third.value) is None
    with pytest.raises(LiquidoseError):
        read_quantity(write_quantity(third))
    with pytest.raises(LiquidoseError):
        read_quantity(write_exact(third))
