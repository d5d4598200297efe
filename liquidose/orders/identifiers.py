"""The numbers a pack goes by: GTIN, NDC, lot and serial, copied as given and never made up.

A GTIN is held as 14 digits, a National Drug Code as text with its hyphens: without them ten digits can be split
in three ways, and the eleven digits of billing hide where a zero was put in (R123 to R126).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from liquidose.errors import CheckTheAmount, UnreadableText

_GTIN: Final = re.compile(r"[0-9]{8}|[0-9]{12,14}")
_NDC_10: Final = re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{2}|[0-9]{5}-[0-9]{3}-[0-9]{2}|[0-9]{5}-[0-9]{4}-[0-9]")
_NDC_12: Final = re.compile(r"[0-9]{6}-[0-9]{4}-[0-9]{2}")
_BILLING: Final = re.compile(r"[0-9]{11}|[0-9]{5}-[0-9]{4}-[0-9]{2}")
_SHORTENED: Final = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]+")
"""What a spreadsheet makes of a long number; without the plus it may be a lot, such as 4E12."""
_CODE: Final = re.compile(r"""[0-9A-Za-z!"%&'()*+,\-./:;<=>?_]+""")
"""GS1's character set 82, in which lots and serials are written."""
LONGEST_CODE: Final = 20
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099


def check_digit(digits: str) -> str:
    """The last digit of a GTIN, from those before it: modulo 10, weights 3 and 1 from the right (R122).

    >>> check_digit("0345312000001")
    '1'
    """
    weighed = sum(int(digit) * (3, 1)[k % 2] for k, digit in enumerate(reversed(digits)))
    return str(-weighed % 10)


def read_gtin(text: str) -> str:
    """The GTIN as 14 digits, its check digit verified; one of 8, 12 or 13 digits gets zeros in front.

    Raises:
        UnreadableText: not 8, 12, 13 or 14 digits, all zeros, or a check digit that is wrong.

    >>> read_gtin("352652600115")
    '00352652600115'
    """
    _not_shortened("gtin", text)
    if not _GTIN.fullmatch(text) or not text.strip("0"):
        raise UnreadableText(
            f"gtin {text!a} is not a GTIN.",
            "Write its 8, 12, 13 or 14 digits in quotes, without spaces, as under the pack's barcode.",
            given=text,
        )
    if text[-1] != check_digit(text[:-1]):
        raise UnreadableText(
            f"gtin {text!a} is mistyped: its check digit is wrong.",
            "Compare it with the pack, digit by digit.",
            given=text,
        )
    return text.zfill(14)


def gtin_of_ndc(text: str) -> str | None:
    """The GTIN-14 of a National Drug Code of ten digits, for the single pack; None for one of twelve.

    It is 0 for the single pack, 03, the ten digits, and the check digit (R123).

    Raises:
        UnreadableText: not an NDC with its hyphens.

    >>> gtin_of_ndc("52652-6001-1")
    '00352652600115'
    """
    _not_shortened("ndc", text)
    if _NDC_12.fullmatch(text):
        return None
    if _NDC_10.fullmatch(text):
        body = "003" + text.replace("-", "")
        return body + check_digit(body)
    remedy = "Write it with the hyphens that the pack has: 4-4-2, 5-3-2, 5-4-1 or 6-4-2 digits."
    if re.fullmatch("[0-9]{10}", text):
        problem = "has lost its hyphens, and ten digits can be split in three ways."
    elif _BILLING.fullmatch(text):
        problem = "is the form of 11 digits for billing, which hides where a zero was put in."
    else:
        problem = "is not a National Drug Code."
    raise UnreadableText(f"ndc {text!a} {problem}", remedy, given=text)


def agreed_gtin(gtin: str | None, ndc: str | None) -> str | None:
    """The GTIN-14 of a product that goes by a GTIN, an NDC or both; None where neither gives one.

    The packaging level in front may differ from the NDC's own. A code of 12 digits is not compared.

    Raises:
        UnreadableText: as reading either does.
        CheckTheAmount: the GTIN is another product's than the NDC.
    """
    read = None if gtin is None else read_gtin(gtin)
    derived = None if ndc is None else gtin_of_ndc(ndc)
    if read is None or derived is None:
        return read or derived
    if read[1:-1] != derived[1:-1]:
        raise CheckTheAmount(
            f"gtin '{gtin}' and ndc '{ndc}' are not the same product: the GTIN of that NDC is {derived}.",
            "Copy both from the same pack, or leave one out.",
            given=f"{gtin}, {ndc}",
        )
    return read


def checked_code(key: str, text: str) -> str:
    """The lot or serial as given.

    Raises:
        UnreadableText: more than 20 characters, none, one that GS1 does not allow, or a number that a
            spreadsheet has shortened.
    """
    _not_shortened(key, text)
    if len(text) > LONGEST_CODE or not text:
        raise UnreadableText(
            f"{key} {text!a} has {len(text)} characters, and a barcode takes 1 to {LONGEST_CODE}.",
            "Copy it from the pack.",
            given=text,
        )
    for character in text:
        if not _CODE.fullmatch(character):
            shown = f"'{character}' " if character.isprintable() else ""
            raise UnreadableText(
                f"{key} {text!a} has a character that no barcode of a pack holds, {shown}(U+{ord(character):04X}).",
                "Write it in Latin letters, digits and the marks on the pack, without spaces.",
                given=text,
            )
    return text


def checked_expiry(day: dt.date) -> dt.date:
    """The day as given.

    Raises:
        UnreadableText: a year outside this century, since a barcode holds two digits of it.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UnreadableText(
            f"expiry {day} is not in the years {FIRST_YEAR} to {LAST_YEAR}.",
            "Write the day until which the pack may be used.",
            given=str(day),
        )
    return day


def _not_shortened(key: str, text: str) -> None:
    if _SHORTENED.fullmatch(text):
        raise UnreadableText(
            f"{key} {text!a} was shortened by a spreadsheet, and its digits are lost.",
            "Copy it from the pack, and keep that column as text.",
            given=text,
        )
