"""A number in words, beside its figures, where one misread digit would be a wrong dose (R118). English."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from liquidose.numbers import decimal_digits

_SMALL: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def number_in_words(value: Fraction) -> str:
    """The number as it is said, digit by digit behind the point.

    Raises:
        ValueError: 100 and above, or no short decimal: nothing on a syringe is either.

    >>> number_in_words(Fraction("2.5")), number_in_words(Fraction("42")), number_in_words(Fraction("0.05"))
    ('two point five', 'forty-two', 'zero point zero five')
    """
    digits = decimal_digits(value)
    if digits is None or value >= 100:
        raise ValueError(f"{value} is no number of a syringe")
    whole, _, part = digits.partition(".")
    return _below_hundred(int(whole)) + (" point " + " ".join(_SMALL[int(d)] for d in part) if part else "")


def _below_hundred(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f"-{_SMALL[ones]}" if ones else "")
