"""Quantities and ratios of FHIR to our amounts and to the text that an order holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Final

from liquidose.errors import (
    BadFile,
    CannotRead,
    GiveWhatIsMissing,
    LiquidoseError,
    UnitsDoNotMatch,
    UnknownUnit,
    UnreadableText,
)
from liquidose.numbers import decimal_digits
from liquidose.orders.fhir_resources import Amount, Ratio
from liquidose.orders.ucum import LEAVE_OUT, SYSTEM, code_of, unit_of
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.units import spelt
from liquidose.quantities.writing import NO_BREAK, write_quantity

PER: Final = ("kg", "m2")
"""What a dose may be reckoned by; the same in UCUM and in our texts."""


@contextmanager
def at(place: str) -> Iterator[None]:
    """Nothing comes out; a refusal within gets its place in front, unless it names one in the same file.

    Raises:
        LiquidoseError: the same kind of refusal, with the place.
    """
    try:
        yield
    except LiquidoseError as fault:
        if fault.problem.startswith(f"{place.partition(', ')[0]}, "):
            raise
        raise type(fault)(f"{place}: {fault.problem}", fault.remedy, given=fault.given) from None


def quantity_of(amount: Amount, what: str, *uses: str) -> Quantity:
    """The exact amount of a Quantity; ``what`` is what a refusal calls it, ``uses`` what its unit may be for.

    Raises:
        GiveWhatIsMissing: no value.
        UnknownUnit: no UCUM code, one that is not on the list, or a printed unit that says something else.
        UnitsDoNotMatch: a unit for something else.
    """
    unit = unit_of(_code(amount, what), what=what)
    _refuse_two_units(amount, what, unit.name)
    if not set(uses) & set(unit.uses):
        raise UnitsDoNotMatch(
            f"The {what} is in {unit.name}, which does not measure that.",
            "Have the sender correct the unit.",
            given=unit.name,
        )
    return Quantity(value=_value(amount, what), unit=unit)


def dose_of(amount: Amount, what: str) -> tuple[Quantity, str]:
    """The amount of one dose, and what it is reckoned by: ``kg``, ``m2`` or nothing.

    Raises:
        LiquidoseError: as quantity_of, or a dose for a day or an hour.
    """
    code = _code(amount, what)
    head, _, per = code.partition("/")
    if not per:
        return quantity_of(amount, what, "amount", "volume"), ""
    if per not in PER:
        raise UnreadableText(
            f"The {what} is in '{code}', and it must be the amount of one dose.",
            "Have the sender write it in mg, mg/kg or mg/m2, for example.",
            given=code,
        )
    unit = unit_of(head, what=what)
    if amount.unit is not None and amount.unit != code:
        before, slash, behind = amount.unit.partition("/")
        if not slash or behind.strip() != per or _unit_named(before) != unit.name:
            raise _two_units(amount, what)
    return Quantity(value=_value(amount, what), unit=unit), per


def ratio_of(ratio: Ratio, what: str) -> tuple[Quantity, Quantity]:
    """The amount of drug and the volume that it is in.

    Raises:
        LiquidoseError: as quantity_of, or a half that is missing.
    """
    if ratio.numerator is None or ratio.denominator is None:
        raise GiveWhatIsMissing(
            f"The {what} lacks one of its two amounts.",
            "Have the sender write both, such as 5 mg in 5 mL.",
            given=what,
        )
    return (
        quantity_of(ratio.numerator, f"amount in the {what}", "amount"),
        quantity_of(ratio.denominator, f"volume in the {what}", "volume"),
    )


def text_of(quantity: Quantity, locale: str | None) -> str:
    """The amount as an order holds it, with an ordinary space; it reads back as the same amount."""
    return write_quantity(quantity, locale=locale).replace(NO_BREAK, " ")


def amount_of(quantity: Quantity, *, per: str = "") -> Amount:
    """The Quantity of an exact amount; the inverse of quantity_of, and of dose_of with ``/kg`` or ``/m2``.

    Raises:
        BadFile: it is no decimal of at most 12 digits.
        UnknownUnit: no one UCUM code is right for its unit.
    """
    if decimal_digits(quantity.value) is None:
        raise BadFile(
            f"{quantity.value}{NO_BREAK}{quantity.unit.name} is no decimal of 12 digits or fewer, and FHIR has only decimals.",
            LEAVE_OUT,
            given=str(quantity.value),
        )
    code = code_of(quantity.unit) + per
    return Amount(value=quantity.value, unit=f"{quantity.unit.name}{per}", system=SYSTEM, code=code)


def _value(amount: Amount, what: str) -> Fraction:
    if amount.value is None:
        raise GiveWhatIsMissing(f"The {what} has no value.", "Have the sender write it.", given=what)
    if decimal_digits(amount.value) is None:  # such as 1e12, whose own digits are few
        raise UnreadableText(
            f"The {what} has more than 12 digits.",
            "Check the number with the sender.",
            given=str(amount.value),
        )
    return amount.value


def _code(amount: Amount, what: str) -> str:
    if amount.system == SYSTEM and amount.code:
        return amount.code
    shown = amount.unit or amount.code
    raise UnknownUnit(
        f"The {what} is in {shown!a}, and has no UCUM code." if shown else f"The {what} has no unit.",
        "Have the sender write a unit of UCUM, such as mg or mL.",
        given=shown or "",
    )


def _refuse_two_units(amount: Amount, what: str, name: str) -> None:
    if amount.unit is not None and amount.unit != amount.code and _unit_named(amount.unit) != name:
        raise _two_units(amount, what)


def _unit_named(text: str) -> str:
    """The name of the unit that a printed unit stands for; empty where it stands for none."""
    try:
        return spelt(text.strip()).unit.name
    except CannotRead:
        return ""


def _two_units(amount: Amount, what: str) -> UnknownUnit:
    return UnknownUnit(
        f"The {what} is printed in {amount.unit!a} and coded in {amount.code!a}, which may not be the same.",
        "Have the sender write one unit in both.",
        given=f"{amount.unit}, {amount.code}",
    )
