"""What a dose may depend on: the patient's weight, height and body surface."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import Final

import msgspec

from liquidose import cautions
from liquidose.errors import CannotRead, CheckTheAmount, GiveWhatIsMissing, UnitsDoNotMatch, UnreadableText
from liquidose.numbers import between
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.units import UNITS
from liquidose.quantities.writing import write_quantity, write_short

KG: Final = UNITS["kg"]
CM: Final = UNITS["cm"]
M2: Final = UNITS["m2"]

_PLAUSIBLE: Final = {
    "weight": (KG, Fraction(3, 10), Fraction(350)),
    "height": (CM, Fraction(20), Fraction(250)),
    "body surface": (M2, Fraction(1, 20), Fraction(7, 2)),
}
_USES: Final = {"weight": "weight", "height": "height", "body surface": "surface"}
_EXAMPLES: Final = {"weight": "18 kg", "height": "110 cm", "body surface": "0.8 m2"}


class Measurement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A weight, height or body surface: as given, and in the unit that doses count in."""

    given: Quantity
    used: Quantity
    """In kg, cm or m²."""

    def shown(self, locale: str | None = None, *, short: bool = False) -> str:
        """As given, with the value used beside it where they differ: ``40 lb (18.1436948 kg)``."""
        write = write_short if short else write_quantity
        if self.given == self.used:
            return write(self.used, locale=locale)
        return f"{write_quantity(self.given, locale=locale)} ({write(self.used, locale=locale)})"


def measurement(
    given: str | Quantity | Measurement, what: str, *, locale: str | None = None, notes: cautions.Notes = None
) -> Measurement:
    """A plausible weight, height or body surface, from text or a quantity.

    Raises:
        UnreadableText: no unit, two units (``7 lb 4 oz``), or a number that could be read two ways.
        UnitsDoNotMatch: the unit measures something else.
        CheckTheAmount: outside 0.3 to 350 kg, 20 to 250 cm, 0.05 to 3.5 m².
    """
    if isinstance(given, Measurement):
        given = given.given
    if isinstance(given, str):
        given = _read(given, what, locale, notes)
    if not isinstance(given, Quantity):
        raise TypeError(f"A {what} is text with its unit or a Quantity, got {given!r}")
    unit, least, most = _PLAUSIBLE[what]
    if _USES[what] not in given.unit.uses:
        raise UnitsDoNotMatch(
            f"'{write_quantity(given)}' is not a {what}.",
            f"Write it like '{_EXAMPLES[what]}'.",
            given=given.unit.name,
        )
    used = given.to(unit)
    if not between(least, used.value, most):
        limits = f"{write_quantity(Quantity(value=least, unit=unit))} to {write_quantity(Quantity(value=most, unit=unit))}"
        raise CheckTheAmount(
            f"A {what} of {write_quantity(given)} is outside {limits}.",
            "Check the number and its unit.",
            given=write_quantity(given),
        )
    return Measurement(given=given, used=used)


def _read(text: str, what: str, locale: str | None, notes: cautions.Notes) -> Quantity:
    try:
        return read_quantity(text, locale=locale, notes=notes)
    except CannotRead:
        _check_one_unit(text, what)
        raise


def _check_one_unit(text: str, what: str) -> None:
    if sum(part in text.lower() for part in ("lb", "oz", "pound", "ounce", "st ", "stone")) > 1:
        raise UnreadableText(
            f"'{text}' is a {what} in two units.",
            f"Write it in one, such as '{_EXAMPLES[what]}'.",
            given=text,
        )
    if not any(c.isalpha() for c in text):
        raise UnreadableText(
            f"The {what} '{text}' has no unit.", f"Write it like '{_EXAMPLES[what]}'.", given=text
        )


def mosteller(height: Measurement, weight: Measurement) -> Measurement:
    """The body surface, the square root of height in cm times weight in kg over 3,600, to two decimals.

    The root is taken in whole numbers and rounded to the nearest hundredth of a square metre, as tables
    of it are.

    Source: Mosteller RD. Simplified calculation of body-surface area. N Engl J Med 1987;317:1098.

    >>> h = measurement("110 cm", "height"); w = measurement("18 kg", "weight")
    >>> mosteller(h, w).used.value
    Fraction(37, 50)
    """
    square = height.used.value * weight.used.value / 3600
    # Nearest n to 100·√square: the largest n with (2n − 1)² ≤ 40,000·square.
    n = (isqrt(int(40_000 * square)) + 1) // 2
    return measurement(Quantity(value=Fraction(n, 100), unit=M2), "body surface")


class Patient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What of one patient a dose depends on."""

    weight: Measurement | None = None
    surface: Measurement | None = None
    height: Measurement | None = None
    """Given only where the surface was worked out from it."""


NOBODY: Final = Patient()
"""The patient of a dose that depends on none."""


def patient_of(  # noqa: PLR0913  (three measurements, and how they are read)
    *,
    needs_surface: bool,
    weight: str | Quantity | Measurement | None = None,
    height: str | Quantity | Measurement | None = None,
    bsa: str | Quantity | Measurement | None = None,
    locale: str | None = None,
    notes: cautions.Notes = None,
) -> Patient:
    """The patient's measurements that a dose needs; the surface is as given, or by Mosteller.

    Raises:
        CheckTheAmount: a measurement that is not plausible, or both the body surface and the height.
        GiveWhatIsMissing: a height without a weight, for a dose per m².
        CannotRead: a text that cannot be read.
    """
    if weight is None and not needs_surface:
        return NOBODY
    kilos = None if weight is None else measurement(weight, "weight", locale=locale, notes=notes)
    if not needs_surface:
        return Patient(weight=kilos)
    if bsa is not None and height is not None:
        raise CheckTheAmount(
            "Both the body surface and the height are given.", "Give one of them.", given=str(bsa)
        )
    if bsa is not None:
        return Patient(weight=kilos, surface=measurement(bsa, "body surface", locale=locale, notes=notes))
    if height is None:
        return Patient(weight=kilos)
    if kilos is None:
        raise GiveWhatIsMissing(
            "The body surface needs the weight beside the height.", "Give the weight too.", given=str(height)
        )
    tall = measurement(height, "height", locale=locale, notes=notes)
    return Patient(weight=kilos, surface=mosteller(tall, kilos), height=tall)
