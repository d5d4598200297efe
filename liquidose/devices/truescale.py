"""How large one syringe's scale really is: from the site's own calibration, else from a published bore, else not at all."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

import msgspec

from liquidose.devices.bores import bores_of, mm_per_ml_of, plausible
from liquidose.devices.calibration import FAN_STEP, READING_MM, Calibration, refuse_insulin
from liquidose.devices.syringes import Syringe
from liquidose.errors import ChangeTheDevice, GiveWhatIsMissing
from liquidose.numbers import write_number

BORE_OUT_MM: Final = Fraction(1, 10)
"""How far a published bore of a known brand may be out: two sets of BD figures differ by 0.07 to 0.11 mm."""
PRINT_OUT: Final = Fraction(1, 100)
"""How far a printer's millimetres may be out; a ruler of the same printer is out alike, and it cancels."""
SLIP_MM: Final = Fraction(1, 2)
"""How far from its place a strip is stuck."""

_NO_SYRINGE: Final = ("spoon", "cup", "dropper", "drops", "pipette")


class MarkError(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far a printed mark may be out against the syringe's own scale, in mL, by what causes it."""

    scale_ml: Fraction
    """A bore that is not quite the published one, or a span not quite read."""
    print_ml: Fraction
    slip_ml: Fraction

    @property
    def worst_ml(self) -> Fraction:
        """Everything out at once and the same way."""
        return self.scale_ml + self.print_ml + self.slip_ml


class TrueScale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The scale of one syringe in millimetres."""

    syringe: Syringe
    mm_per_ml: Fraction
    outer_mm: Fraction
    """The outer diameter, or the least that barrels of this size have."""
    calibration: Calibration | None = None
    """None where the catalogue's bore holds."""

    def error_at(self, ml: Fraction) -> MarkError:
        """The worst case for a mark at this volume."""
        slip = SLIP_MM / self.mm_per_ml
        measured = self.calibration
        if measured is None:
            bore = self.syringe.inner_diameter_mm or bores_of(self.syringe.capacity_ml).bore_low_mm
            return published_error(ml, bore, self.mm_per_ml)
        if measured.longest is not None:
            return MarkError(
                scale_ml=ml * READING_MM / measured.longest.mm, print_ml=Fraction(), slip_ml=slip
            )
        # The best of scales a step apart may be half a step out, and it was held to the whole scale.
        share = FAN_STEP / 2 + READING_MM / (self.syringe.capacity_ml * self.mm_per_ml)
        return MarkError(scale_ml=ml * share, print_ml=Fraction(), slip_ml=slip)

    @property
    def called(self) -> str:
        """Brand, size and catalogue number, or our id where none was told: ``BD 5 mL (bd-oral-5)``."""
        syringe, measured = self.syringe, self.calibration
        brand = (measured.brand if measured else "") or syringe.brand
        number = (measured.catalogue_no if measured else "") or f"({syringe.id})"
        return f"{brand} {write_number(syringe.capacity_ml)}\u00a0mL {number}"


def published_error(ml: Fraction, bore_mm: Fraction, mm_per_ml: Fraction) -> MarkError:
    """The worst case for a mark placed by a published bore: the volume goes with its square."""
    return MarkError(
        scale_ml=ml * 2 * BORE_OUT_MM / bore_mm, print_ml=ml * PRINT_OUT, slip_ml=SLIP_MM / mm_per_ml
    )


def published_scale(syringe: Syringe) -> Fraction | None:
    """The mm per mL of the catalogue: a scale that somebody measured, else by the bore."""
    if not syringe.inner_diameter_mm:
        return None
    if syringe.measured_span_mm and syringe.measured_span_ml:
        return syringe.measured_span_mm / syringe.measured_span_ml
    return mm_per_ml_of(syringe.inner_diameter_mm)


def true_scale(syringe: Syringe, calibrations: Iterable[Calibration] = ()) -> TrueScale:
    """The scale of a syringe that may carry a mark.

    Raises:
        ChangeTheDevice: an insulin syringe: it is marked in units.
        GiveWhatIsMissing: no calibration and no published bore; the message says how to calibrate.
        CheckTheAmount: a bore that no syringe of this size has.
    """
    refuse_insulin(syringe)
    measured = next((one for one in calibrations if one.syringe == syringe.id), None)
    scale = published_scale(syringe) if measured is None else measured.scale_mm_per_ml
    if scale is None:
        raise GiveWhatIsMissing(
            f"No bore of {syringe.id} is published, so that the lines of this syringe cannot be known.",
            f"Measure it once: 'liquidose syringes calibrate {syringe.id}' prints a strip and says how.",
            given=syringe.id,
        )
    outer = (measured.outer_mm if measured else None) or syringe.outer_diameter_mm
    return TrueScale(
        syringe=syringe,
        mm_per_ml=plausible(scale, syringe.capacity_ml),
        outer_mm=outer or bores_of(syringe.capacity_ml).outer_least_mm,
        calibration=measured,
    )


def refuse_what_is_no_syringe(identity: str) -> None:
    """Nothing comes out.

    Raises:
        ChangeTheDevice: a spoon, a cup or a dropper, which carry no mark of ours.
    """
    words = identity.lower()
    found = next((word for word in _NO_SYRINGE if word in words), None)
    if found is not None:
        raise ChangeTheDevice(
            f"'{identity}' is no syringe, and no dose mark is printed for a spoon, a cup or a dropper.",
            "Choose an oral syringe: 'liquidose syringes --kind oral' lists them.",
            given=identity,
        )
