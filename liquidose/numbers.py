"""Digits to exact fractions and back, for a stated locale or for none.

A number that could be read two ways is refused. With no locale the decimal mark is the point and a
comma is refused. With a locale its CLDR marks hold, strictly (Babel supplies the two marks and nothing
else). A narrow no-break space (U+202F) groups thousands in every locale and in none.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from liquidose.errors import UnreadableText

MOST_DIGITS: Final = 12
MOST_CHARACTERS: Final = 200
_TRILLION: Final = 10**MOST_DIGITS
THIN: Final = "\u202f"
_NO_BREAK: Final = "\u00a0"

_PLAIN: Final = re.compile(r"(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,11}))?").fullmatch


class Marks(NamedTuple):
    """The decimal mark of a locale and the characters that may group its thousands."""

    decimal: str
    groups: str


@lru_cache(maxsize=64)
def marks_of(locale: str | None) -> Marks:
    """The decimal and group marks of a locale.

    Raises:
        UnreadableText: the locale is not one that CLDR knows.
    """
    if locale is None:
        return Marks(".", THIN)
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415  (30 ms, only needed with a locale)

    try:
        symbols = Locale.parse(locale.replace("-", "_")).number_symbols["latn"]
    except (UnknownLocaleError, ValueError, KeyError, TypeError, AttributeError):
        raise UnreadableText(
            f"'{locale}' is not a known locale.", "Write it like 'en-US' or 'de-DE'.", given=locale
        ) from None
    group = symbols["group"]
    groups = _NO_BREAK + THIN if group in {" ", _NO_BREAK, THIN} else group + THIN
    return Marks(symbols["decimal"], groups)


@lru_cache(maxsize=64)
def _grammar(locale: str | None) -> re.Pattern[str]:
    marks = marks_of(locale)
    group = f"[{re.escape(marks.groups)}]"
    return re.compile(
        rf"(?P<whole>0|[1-9][0-9]{{0,2}}(?:(?P<g>{group})[0-9]{{3}})(?:(?P=g)[0-9]{{3}})*|[1-9][0-9]*)"
        rf"(?:{re.escape(marks.decimal)}(?P<part>[0-9]+))?"
    )


def read_number(text: str, *, locale: str | None = None) -> Fraction:
    """The exact value of a number as people write it.

    Raises:
        UnreadableText: it could be read two ways, or not at all; the message shows the safe spellings.

    >>> read_number("2.50")
    Fraction(5, 2)
    >>> read_number("10,000", locale="en-US")
    Fraction(10000, 1)
    """
    if locale is None and (plain := _PLAIN(text)):
        whole, part = plain.groups()
        if part is None:
            return Fraction(int(whole))
        if (len(part) != 3 or whole == "0") and len(whole) + len(part) <= MOST_DIGITS:
            return Fraction(int(whole + part), 10 ** len(part))
    if len(text) > MOST_CHARACTERS:
        raise UnreadableText(
            f"'{text[:20]}…' has more than {MOST_DIGITS} digits.", "Write it with fewer.", given=text[:20]
        )
    match = _grammar(locale).fullmatch(text)
    if match is None:
        raise _refusal(text, locale)
    whole = "".join(c for c in match["whole"] if c.isdigit())
    part = match["part"] or ""
    if len(whole.lstrip("0")) + len(part.rstrip("0")) > MOST_DIGITS:
        raise UnreadableText(
            f"'{text}' has more than {MOST_DIGITS} digits.", "Write it with fewer.", given=text
        )
    if len(part) == 3 and whole != "0" and locale is None:
        raise _two_readings(text, whole, part, ".")
    if len(part) == 3 and part.endswith("0") and locale is not None:
        raise _two_readings(text, whole, part, marks_of(locale).decimal)
    return Fraction(int(whole + part), 10 ** len(part))


def _two_readings(text: str, whole: str, part: str, point: str) -> UnreadableText:
    short = part.rstrip("0")
    decimal = (
        whole if not short else f"{whole}{point}{part}0" if len(short) == 3 else f"{whole}{point}{short}"
    )
    return UnreadableText(
        f"'{text}' could be a decimal, or {int(whole + part)} with its thousands grouped.",
        f"Write '{decimal}' or '{int(whole + part)}'.",
        given=text,
    )


def _refusal(text: str, locale: str | None) -> UnreadableText:  # noqa: C901, PLR0911  (one branch a reason)
    """The reason a number was not read, with the way to write it."""

    def because(problem: str, remedy: str) -> UnreadableText:
        return UnreadableText(f"'{text}' {problem}", remedy, given=text)

    point = marks_of(locale).decimal
    if not text:
        return UnreadableText("There is no number.", "Write one, such as '5' or '2.5'.", given=text)
    if not text.isascii() and any(c.isnumeric() and not c.isascii() for c in text):
        return because("is not written in the digits 0 to 9.", f"Write it like '0{point}5'.")
    if re.fullmatch(r"[-+−].*", text):
        return because("has a sign.", "An amount is written without one.")
    if re.fullmatch(rf"[{re.escape(point)}][0-9]+", text):
        return because("has no digit before its point.", f"Write '0{text}'.")
    if re.fullmatch(rf"[0-9]+[{re.escape(point)}]", text):
        return because("ends in a point.", f"Write '{text[:-1]}'.")
    if re.fullmatch(r"0[0-9].*", text):
        bare = text.lstrip("0")
        short = bare if bare[:1].isdigit() else "0" + bare
        return because("begins with a zero that says nothing.", f"Write '{short}'.")
    if re.fullmatch(r"[0-9]+ [0-9]{3}(?![0-9]).*", text):
        return because("has a space inside.", f"Write it without: '{text.replace(' ', '')}'.")
    if "/" in text or " " in text:
        return because("is not one number.", f"Write one decimal, such as '2{point}5'.")
    if re.fullmatch(r"[0-9.,]*[eE][-+]?[0-9]+", text) or "_" in text:
        return because("is not written as people write amounts.", "Write all digits, without 'e' or '_'.")
    if locale is None and "," in text:
        if one := re.fullmatch(r"([0-9]+),([0-9]+)", text):
            whole, part = one.groups()
            return because(
                f"could be {whole}.{part} or {int(whole + part)}.",
                "Write a point for decimals and nothing between thousands, or state the locale.",
            )
        return because(
            "has a comma, which is a decimal mark in some countries and not in others.",
            "Write a point for decimals and nothing between thousands, or state the locale.",
        )
    if locale is not None and re.fullmatch(r"[0-9.,'’\u00a0\u202f]+", text):
        return because(
            f"is not how a number is written in {locale}.",
            f"There '{point}' is the decimal mark, and groups of thousands have three digits each.",
        )
    return because("is not a number.", f"Write one, such as '5' or '2{point}5'.")


def exceeds(one: Fraction, other: Fraction) -> bool:
    """Whether the first is greater, told in integers: several times as quick as comparing Fractions."""
    (a, b), (c, d) = one.as_integer_ratio(), other.as_integer_ratio()
    return a * d > c * b


def between(least: Fraction, value: Fraction, most: Fraction) -> bool:
    """Whether the value is neither below the one nor above the other, told in the same way."""
    (a, b), (c, d), (e, f) = least.as_integer_ratio(), value.as_integer_ratio(), most.as_integer_ratio()
    return a * d <= c * b and c * f <= e * d


def product(one: Fraction, other: Fraction) -> Fraction:
    """The one times the other, as quick as integers allow."""
    (a, b), (c, d) = one.as_integer_ratio(), other.as_integer_ratio()
    return Fraction(a * c, b * d)


def decimal_digits(value: Fraction) -> str | None:
    """The value's digits with a point, no trailing zero, or None if it is no decimal of 12 digits.

    >>> decimal_digits(Fraction(5, 2)), decimal_digits(Fraction(10, 3))
    ('2.5', None)
    """
    whole, part_of = value.as_integer_ratio()
    if _TRILLION % part_of or whole < 0:
        return None
    whole, rest = divmod(whole * (_TRILLION // part_of), _TRILLION)
    part = f"{rest:012d}".rstrip("0") if rest else ""
    if len(part) + (len(str(whole)) if whole else 0) > MOST_DIGITS:
        return None
    return f"{whole}.{part}" if part else str(whole)


def write_number(value: Fraction, *, locale: str | None = None, grouped: bool = True) -> str:
    """The value with a leading zero, no trailing zero and grouped thousands; marked 'about' if rounded.

    With no locale three decimals after a non-zero whole part get a fourth, so that they read back.
    Thousands are grouped by a comma in English and by U+202F elsewhere, where ``grouped`` asks for it.

    Raises:
        ValueError: below zero.

    >>> write_number(Fraction(10000), locale="en-US"), write_number(Fraction(10, 3))
    ('10,000', 'about 3.33')
    """
    return _written(*value.as_integer_ratio(), locale, grouped=grouped)


@lru_cache(maxsize=1024)
def _written(above: int, below: int, locale: str | None, *, grouped: bool) -> str:
    """The words of a fraction, kept by its two integers, which are quicker to hash than itself: doses come again."""
    value = Fraction(above, below)
    if above < 0:
        raise ValueError(f"Amounts are written without a sign, got {value}")
    digits = decimal_digits(value)
    prefix = "" if digits is not None else "about "
    if digits is None:
        digits = decimal_digits(rounded(value)) or str(int(value))
        if digits == "0":
            digits, prefix = "0." + "1".rjust(MOST_DIGITS, "0"), "less than "
    whole, _, part = digits.partition(".")
    if locale is None and len(part) == 3 and whole != "0":
        part += "0"
    mark, groups = marks_of(locale)
    if grouped:
        group = "," if "," in groups and locale is not None and locale.startswith("en") else THIN
        whole = f"{int(whole):,}".replace(",", group)
    return prefix + whole + (mark + part if part else "")


def rounded(value: Fraction) -> Fraction:
    """The value to two decimals, or to three significant digits below 1, a half going up. For show only."""
    whole, part = value.as_integer_ratio()
    scale = 100
    while 0 < whole * scale < 100 * part:
        scale *= 10
    return Fraction((2 * whole * scale + part) // (2 * part), scale)
