"""A conversion, or the refusal of one, as a stable JSON document.

Every value is text: a short decimal where it is exact, else a fraction such as ``10/3``. The JSON Schemas under
``data/schemas`` are made from these classes.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final, Literal

import msgspec

from liquidose.conversion import Conversion
from liquidose.errors import LiquidoseError
from liquidose.numbers import decimal_digits, rounded
from liquidose.quantities.quantity import Quantity

CONVERT: Final = "liquidose.convert/1"
ERROR: Final = "liquidose.error/1"


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """An exact amount."""

    value: str
    unit: str


class StrengthPart(msgspec.Struct, frozen=True, kw_only=True):
    """A strength per mL, and as it was given."""

    value: str
    unit: str
    per: Literal["mL"]
    as_written: str


class VolumePart(msgspec.Struct, frozen=True, kw_only=True):
    """The exact volume, and its decimal, which may be rounded for show."""

    exact_ml: str
    decimal_ml: str
    is_rounded: bool


class MeasuredPart(msgspec.Struct, frozen=True, kw_only=True):
    """What a syringe is set to."""

    syringe: str
    ml: str
    draws_ml: tuple[str, ...]
    change_percent: str
    scale_tolerance_ml: str
    dose_given: Amount | None


class WarningPart(msgspec.Struct, frozen=True, kw_only=True):
    """A warning or a note."""

    code: str
    text: str


class ConvertDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One conversion; ``strength`` is null where the order is by volume."""

    schema: Literal["liquidose.convert/1"]
    dose: Amount
    strength: StrengthPart | None
    volume: VolumePart
    measured: MeasuredPart | None
    """Null only together with a warning that says why."""
    warnings: tuple[WarningPart, ...]
    working: tuple[str, ...]


class ErrorDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal."""

    schema: Literal["liquidose.error/1"]
    code: str
    problem: str
    remedy: str
    given: str


def exact_text(value: Fraction) -> str:
    """The exact value as a short decimal, or as a fraction.

    >>> exact_text(Fraction(5, 2)), exact_text(Fraction(-4, 3))
    ('2.5', '-4/3')
    """
    digits = decimal_digits(abs(value))
    if digits is None:
        return str(value)
    return f"-{digits}" if value < 0 else digits


def _amount(quantity: Quantity) -> Amount:
    return Amount(value=exact_text(quantity.value), unit=quantity.unit.name)


def convert_document(conversion: Conversion) -> ConvertDocument:
    """The document of one conversion."""
    strength = measured = None
    if conversion.strength is not None:
        per_ml = _amount(conversion.strength.per_ml)
        strength = StrengthPart(
            value=per_ml.value, unit=per_ml.unit, per="mL", as_written=conversion.as_written
        )
    if conversion.measured is not None:
        found = conversion.measured
        measured = MeasuredPart(
            syringe=found.syringe.id,
            ml=exact_text(found.ml),
            draws_ml=tuple(map(exact_text, found.draws_ml)),
            change_percent=exact_text(found.change_percent),
            scale_tolerance_ml=exact_text(found.scale_tolerance_ml),
            dose_given=None if found.dose_given is None else _amount(found.dose_given),
        )
    ml = conversion.volume_ml
    digits = decimal_digits(ml)
    return ConvertDocument(
        schema=CONVERT,
        dose=_amount(conversion.dose_amount),
        strength=strength,
        volume=VolumePart(
            exact_ml=exact_text(ml), decimal_ml=digits or exact_text(rounded(ml)), is_rounded=digits is None
        ),
        measured=measured,
        warnings=tuple(WarningPart(code=w.code, text=plain(w.text)) for w in conversion.warnings),
        working=tuple(map(plain, conversion.working)),
    )


def error_document(error: LiquidoseError) -> ErrorDocument:
    """The document of one refusal."""
    return ErrorDocument(
        schema=ERROR,
        code=error.code,
        problem=plain(error.problem),
        remedy=plain(error.remedy),
        given=error.given,
    )


def plain(text: str) -> str:
    """The text with ordinary spaces, for programs that search it."""
    return text.replace("\u00a0", " ")


def encoded(document: msgspec.Struct, *, indent: int = 0) -> str:
    """The document as JSON text, on one line unless an indent is asked for."""
    raw = msgspec.json.encode(document)
    return (msgspec.json.format(raw, indent=indent) if indent else raw).decode()


def schema_of(document: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of a document."""
    return msgspec.json.schema(document)
