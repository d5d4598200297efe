"""What a site measured on its own syringe: where two printed lines lie, with the ruler of its own printer.

Two spans are read, and must agree. Or one of a fan of printed scales met every line, and its mm per mL is
taken over. Either way nothing but the syringe's own scale and the printer's own millimetres come in.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Final

import msgspec

from liquidose.devices.bores import bores_of, plausible
from liquidose.devices.syringes import ANY_BRAND, Syringe
from liquidose.errors import BadOption, ChangeTheDevice, CheckTheAmount, UnreadableText
from liquidose.numbers import rounded, write_number

AGREE_PERCENT: Final = 1
"""Two spans that differ by more are read again."""
PRESET_PERCENT: Final = 3
"""A site's own figure further from the published one than this is told of."""
READING_MM: Final = Fraction(3, 10)
"""How far the reading of a span, or the meeting of a scale with the lines, may be out."""
FAN_STEP: Final = Fraction(1, 100)
FAN_STEPS: Final = 5
"""The fan reaches this many hundredths to either side."""


class Span(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From the centre of one printed line to the centre of another.

    Raises:
        ValueError: no way from one to the other.
    """

    from_ml: Fraction
    to_ml: Fraction
    mm: Fraction

    def __post_init__(self) -> None:
        if self.from_ml >= self.to_ml:
            raise ValueError("a span goes from a smaller volume to a larger one")
        if not self.mm:
            raise ValueError("the mm of a span must be above 0")

    @property
    def ml(self) -> Fraction:
        """The volume between the two lines."""
        return self.to_ml - self.from_ml

    @property
    def mm_per_ml(self) -> Fraction:
        """What this span alone says."""
        return self.mm / self.ml


class Calibration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One syringe, measured by the site.

    Raises:
        ValueError: neither two spans of different lines nor a scale of the fan, or spans that disagree.
    """

    syringe: str
    """Its id."""
    date: dt.date
    span: tuple[Span, ...] = ()
    mm_per_ml: Fraction | None = None
    """Of the scale of the fan that met every line; given instead of spans."""
    printer: str = ""
    brand: str = ""
    """Whose syringe it was, where the id stands for any brand's."""
    catalogue_no: str = ""
    outer_mm: Fraction | None = None
    """The barrel's outer diameter."""

    def __post_init__(self) -> None:
        if (self.mm_per_ml is None) != bool(self.span):
            raise ValueError("a calibration has either its spans or the mm_per_ml of the fan")
        if self.mm_per_ml is not None:
            if not self.mm_per_ml:
                raise ValueError("mm_per_ml must be above 0")
            return
        if len({(span.from_ml, span.to_ml) for span in self.span}) < 2:
            raise ValueError("a calibration needs a second span, between other lines, to check the first")
        low, high = min(s.mm_per_ml for s in self.span), max(s.mm_per_ml for s in self.span)
        if (high - low) * 100 > AGREE_PERCENT * high:
            apart = write_number(rounded((high - low) / high * 100))
            raise ValueError(
                f"the spans differ by {apart} %, and may differ by {AGREE_PERCENT} %; read them again"
            )

    @property
    def longest(self) -> Span | None:
        """The span that counts: a longer one is less out for the same slip."""
        return max(self.span, key=lambda span: span.ml, default=None)

    @property
    def scale_mm_per_ml(self) -> Fraction:
        """How far the plunger travels for each mL."""
        return self.mm_per_ml if self.longest is None else self.longest.mm_per_ml  # type: ignore[return-value]


def fan_of(mm_per_ml: Fraction) -> tuple[tuple[int, Fraction], ...]:
    """The scales of a fan around a figure: the percent, and the mm per mL to be printed and drawn, both the same.

    >>> [str(float(scale)) for _, scale in fan_of(Fraction(10))][:3]
    ['9.5', '9.6', '9.7']
    """
    digits = 100 if mm_per_ml >= 10 else 10000
    steps = range(-FAN_STEPS, FAN_STEPS + 1)
    return tuple((k, Fraction(round(mm_per_ml * (1 + k * FAN_STEP) * digits), digits)) for k in steps)


def refuse_insulin(syringe: Syringe) -> None:
    """Nothing comes out.

    Raises:
        ChangeTheDevice: an insulin syringe: doses of a few mm, in units, for one strength.
    """
    if syringe.kind == "insulin":
        raise ChangeTheDevice(
            f"{syringe.id} is an insulin syringe: it is marked in units, and no dose mark is printed for it.",
            "Use the lines of the syringe itself.",
            given=syringe.id,
        )


def checked(calibration: Calibration, syringe: Syringe) -> Calibration:
    """The same calibration, if it can be of this syringe.

    Raises:
        ChangeTheDevice: an insulin syringe, which is given no mark.
        UnreadableText: a line that the syringe does not have, or no brand where its id stands for any.
        CheckTheAmount: a scale or an outer diameter beyond what barrels of its size are like.
    """
    refuse_insulin(syringe)
    if syringe.brand == ANY_BRAND and not calibration.brand:
        raise UnreadableText(
            f"{syringe.id} stands for syringes of any brand, and their barrels differ by a quarter.",
            "Say whose syringe was measured, with --brand, or brand in the site file.",
            given=syringe.id,
        )
    for ml in (ml for span in calibration.span for ml in (span.from_ml, span.to_ml)):
        if ml and not syringe.is_mark(ml):
            raise UnreadableText(
                f"{syringe.id} has no line at {write_number(ml)}\u00a0mL: it has one every "
                f"{write_number(syringe.step_ml)}\u00a0mL, up to {write_number(syringe.capacity_ml)}\u00a0mL.",
                "Read between two printed lines.",
                given=write_number(ml),
            )
    plausible(calibration.scale_mm_per_ml, syringe.capacity_ml)
    known = bores_of(syringe.capacity_ml)
    outer = calibration.outer_mm
    if outer is not None and not known.outer_least_mm <= outer <= known.bore_high_mm * Fraction(5, 4) + 3:
        raise CheckTheAmount(
            f"An outer diameter of {write_number(outer)}\u00a0mm is beyond what barrels of "
            f"{write_number(syringe.capacity_ml)}\u00a0mL are like.",
            "Measure straight across the barrel, or leave it out.",
            given=write_number(outer),
        )
    return calibration


def far_from(published: Fraction, calibration: Calibration) -> Fraction | None:
    """By how many % the site's figure lies off the published one, where that is worth telling."""
    off = abs(calibration.scale_mm_per_ml - published) / published * 100
    return off if off > PRESET_PERCENT else None


def not_corrected_twice(calibration: Calibration | None, printer: str | None) -> None:
    """Nothing comes out.

    Raises:
        BadOption: a printer whose error would be made up for, and a scale that was measured with a printer's ruler.
    """
    if calibration is not None and printer is not None:
        raise BadOption(
            "The mark's millimetres were measured with a printer's own ruler, and would be corrected twice.",
            "Leave the printer's correction out, and print on the printer that printed the ruler.",
            given=printer,
        )
