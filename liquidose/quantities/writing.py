"""Values to the safe text people see.

Always a leading zero, no trailing zero, a no-break space before the unit, ``mL``, ``units`` in full, and
``mcg`` or (in the United Kingdom) ``micrograms``: rules R1 to R17 of ISMP, the Joint Commission and the NHS.
"""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from typing import Final, Literal

from liquidose.numbers import decimal_digits, rounded, write_number
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.units import UNITS, Unit

Profile = Literal["international", "us", "uk"]
"""Whose words and rules: ``mcg`` or ``micrograms``."""
PROFILES: Final = ("international", "us", "uk")

NO_BREAK: Final = "\u00a0"
SHOWN_DECIMALS: Final = 4


def write_unit(unit: Unit, *, profile: Profile = "international") -> str:
    """How a unit is printed under a profile."""
    if unit.name == "m2":
        return "m²"
    return unit.uk if profile == "uk" else unit.name


def write_quantity(amount: Quantity, *, locale: str | None = None, profile: Profile = "international") -> str:
    r"""The amount as safe text; ``about`` marks a value that is no short decimal, and cannot be read back.

    >>> from liquidose import unit
    >>> write_quantity(Quantity(value=Fraction(5, 2), unit=unit("mL")))
    '2.5\xa0mL'
    """
    return write_number(amount.value, locale=locale) + NO_BREAK + write_unit(amount.unit, profile=profile)


def units_in_words(text: str, *, profile: Profile) -> str:
    r"""A text written here before its profile was known, with the units as the profile writes them.

    >>> units_in_words("limited to 50\u00a0mcg.", profile="uk")
    'limited to 50\xa0micrograms.'
    """
    if profile == "uk":
        for unit in UNITS.values():
            if unit.uk != unit.name:
                text = re.sub(rf"(?<={NO_BREAK}){unit.name}\b", unit.uk, text)
    return text


def write_short(amount: Quantity, *, locale: str | None = None, profile: Profile = "international") -> str:
    """The amount for reading at a glance: to two decimals and marked, where it has more than four."""
    digits = decimal_digits(amount.value)
    if digits is None or len(digits.partition(".")[2]) <= SHOWN_DECIMALS:
        return write_quantity(amount, locale=locale, profile=profile)
    short = Quantity(value=rounded(amount.value), unit=amount.unit)
    return f"about {write_quantity(short, locale=locale, profile=profile)}"


def write_exact(amount: Quantity, *, locale: str | None = None, profile: Profile = "international") -> str:
    r"""The amount for a person who checks the arithmetic: a fraction where no decimal is exact.

    >>> from liquidose import unit
    >>> write_exact(Quantity(value=Fraction(10, 3), unit=unit("mL")))
    '10/3\xa0mL (about 3.33\xa0mL)'
    """
    if decimal_digits(amount.value) is not None:
        return write_quantity(amount, locale=locale, profile=profile)
    fraction = f"{amount.value.numerator}/{amount.value.denominator}"
    unit = write_unit(amount.unit, profile=profile)
    return f"{fraction}{NO_BREAK}{unit} ({write_quantity(amount, locale=locale, profile=profile)})"


def exactly(written: str) -> str:
    """A written amount said to be exact, unless it already says that it is not.

    >>> exactly("10 mL"), exactly("about 11.61 mL")
    ('exactly 10 mL', 'about 11.61 mL')
    """
    return written if written.startswith("about ") else f"exactly {written}"


def write_percent(percent: Fraction, *, locale: str | None = None) -> str:
    r"""A percentage to one decimal at most, marked if that rounded it.

    >>> write_percent(Fraction(2)), write_percent(Fraction(8, 3))
    ('2\xa0%', 'about 2.7\xa0%')
    """
    whole, part = percent.as_integer_ratio()
    tenths = Fraction((20 * whole + part) // (2 * part), 10)
    shown = tenths or rounded(percent)
    about = "" if shown == percent else "about "
    return f"{about}{write_number(shown, locale=locale)}{NO_BREAK}%"


def written_date(day: dt.date) -> str:
    """A date that cannot be misread: ``03 Feb 2026`` (R183)."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.day:02}{NO_BREAK}{months[day.month - 1]}{NO_BREAK}{day.year}"


def english(locale: str | None) -> str | None:
    """The locale for numbers in English sentences: the stated one if it is English."""
    return locale if locale is not None and locale.startswith("en") else None


def sentence(text: str) -> str:
    """The text with a capital at its start and a stop at its end."""
    text = text.strip()
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
