"""Digits to exact fractions and back."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, cases

from liquidose.errors import LiquidoseError, UnreadableText
from liquidose.numbers import (
    MOST_DIGITS,
    decimal_digits,
    exceeds,
    marks_of,
    read_number,
    rounded,
    write_number,
)

LOCALES = (
    None, "en-US", "en-GB", "de-DE", "fr-FR", "es-ES", "pt-BR", "pl-PL", "de-CH", "sv-SE", "ar-EG", "hi-IN",
)  # fmt: skip


@st.composite
def short_decimals(draw: st.DrawFn) -> Fraction:
    """Every decimal of at most 12 digits, before and after the point together."""
    places = draw(st.integers(0, MOST_DIGITS))
    return Fraction(draw(st.integers(0, 10**MOST_DIGITS - 1)), 10**places)


@cases("numbers.toml", "read")
def test_reading_number_is_exact(row: Row) -> None:
    assert read_number(row["text"], locale=row.get("locale")) == Fraction(row["value"])


@cases("numbers.toml", "refused")
def test_reading_number_refuses_with_remedy(row: Row) -> None:
    with pytest.raises(LiquidoseError) as refusal:
        read_number(row["text"], locale=row.get("locale"))
    assert (type(refusal.value).__name__, str(refusal.value)) == (row["error"], row["message"])


@cases("numbers.toml", "written")
def test_writing_number_is_safe(row: Row) -> None:
    assert write_number(Fraction(row["value"]), locale=row.get("locale")) == row["text"]


@pytest.mark.parametrize("locale", LOCALES)
@given(value=short_decimals())
def test_every_short_decimal_reads_back(locale: str | None, value: Fraction) -> None:
    assert read_number(write_number(value, locale=locale), locale=locale) == value


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("digits", range(1, MOST_DIGITS + 1))
def test_every_length_of_decimal_reads_back(locale: str | None, digits: int) -> None:
    for places in range(MOST_DIGITS + 1):
        for numerator in (10**digits - 1, 10 ** (digits - 1), 1):
            value = Fraction(numerator, 10**places)
            assert read_number(write_number(value, locale=locale), locale=locale) == value


@pytest.mark.parametrize("locale", LOCALES)
@given(value=st.fractions(0, 10**6, max_denominator=997))
def test_rounded_number_is_marked_and_not_read_back(locale: str | None, value: Fraction) -> None:
    written = write_number(value, locale=locale)
    if decimal_digits(value) is not None:
        assert read_number(written, locale=locale) == value
        return
    assert written.startswith("about ")
    with pytest.raises(UnreadableText):
        read_number(written, locale=locale)
    shown = read_number(written.removeprefix("about "), locale=locale)
    assert shown == rounded(value)
    assert abs(shown - value) <= max(value, Fraction(1)) / 200


@pytest.mark.parametrize("locale", LOCALES)
@given(text=st.text(max_size=40) | st.from_regex(r"[0-9.,'’ \u00a0\u202f]{1,20}", fullmatch=True))
def test_reading_any_text_as_number_gives_number_or_refusal(locale: str | None, text: str) -> None:
    try:
        value = read_number(text, locale=locale)
    except LiquidoseError as refusal:
        assert refusal.problem  # noqa: PT017  (both outcomes are allowed)
        assert refusal.remedy  # noqa: PT017  (as above)
        assert refusal.given == text  # noqa: PT017  (as above)
    else:
        assert value >= 0


def test_number_beyond_twelve_digits_is_written_whole_and_marked() -> None:
    assert write_number(Fraction(10**12)) == "about 1\u202f000\u202f000\u202f000\u202f000"
    assert write_number(Fraction(10**13 + 1, 3)) == "about 3\u202f333\u202f333\u202f333\u202f333"


@pytest.mark.parametrize(
    ("locale", "decimal", "groups"),
    [
        (None, ".", "\u202f"),
        ("de-DE", ",", ".\u202f"),
        ("fr-FR", ",", "\u00a0\u202f"),
        ("de-CH", ".", "’\u202f"),
    ],
)
def test_marks_are_those_of_cldr(locale: str | None, decimal: str, groups: str) -> None:
    assert marks_of(locale) == (decimal, groups)


@given(one=st.fractions(0), other=st.fractions(0))
def test_exceeds_compares_as_fractions_do(one: Fraction, other: Fraction) -> None:
    assert exceeds(one, other) == (one > other)


def test_more_than_twelve_digits_are_no_short_decimal() -> None:
    assert decimal_digits(Fraction(10**12)) is None
    assert decimal_digits(Fraction(1, 10**13)) is None
    assert decimal_digits(Fraction(10**12 - 1, 10**6)) == "999999.999999"
    assert decimal_digits(Fraction(-1)) is None
