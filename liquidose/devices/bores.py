"""What the bore of a barrel says of its scale, and what barrels of each size are known to be like."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Final

import msgspec

from liquidose.errors import CheckTheAmount, GiveWhatIsMissing
from liquidose.files import load_data
from liquidose.numbers import rounded, write_number

PI: Final = Fraction("3.14159265358979323846")
"""ISO 80000-2 names it; the digits are those of any table, and the 21st changes no barrel by an atom."""


class Bores(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The barrels of one class of sizes."""

    from_ml: Fraction
    to_ml: Fraction
    bore_low_mm: Fraction
    bore_high_mm: Fraction
    mm_per_ml_low: Fraction
    mm_per_ml_high: Fraction
    outer_least_mm: Fraction
    source: str


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    bores: tuple[Bores, ...]


def mm_per_ml_of(bore_mm: Fraction) -> Fraction:
    """How far the plunger travels for each mL in a barrel of this inner diameter.

    >>> round(mm_per_ml_of(Fraction("4.699")), 3)
    Fraction(57663, 1000)
    """
    return 4000 / (PI * bore_mm * bore_mm)


@cache
def bores_of(capacity_ml: Fraction) -> Bores:
    """What barrels of this size are like; of a size between two classes, what either is like.

    Raises:
        GiveWhatIsMissing: a size beyond the largest class or below the smallest.
    """
    classes = load_data("bores.toml", _Table).bores
    up_to = [row for row in classes if row.from_ml <= capacity_ml]
    beyond = [row for row in classes if row.to_ml >= capacity_ml]
    if not up_to or not beyond:
        raise GiveWhatIsMissing(
            f"No barrel of {write_number(capacity_ml)}\u00a0mL is known, so that no reading of one can be checked.",
            "Choose a syringe from 0.3\u00a0mL to 60\u00a0mL.",
            given=write_number(capacity_ml),
        )
    smaller, larger = up_to[-1], beyond[0]
    return msgspec.structs.replace(
        smaller, bore_high_mm=larger.bore_high_mm, to_ml=larger.to_ml, mm_per_ml_low=larger.mm_per_ml_low
    )


def plausible(mm_per_ml: Fraction, capacity_ml: Fraction) -> Fraction:
    """The same figure, if a syringe of this size can have it.

    Raises:
        CheckTheAmount: it is beyond what barrels of this size are like.
        GiveWhatIsMissing: as :func:`bores_of` does.
    """
    known = bores_of(capacity_ml)
    if not known.mm_per_ml_low <= mm_per_ml <= known.mm_per_ml_high:
        figure = write_number(rounded(mm_per_ml))
        raise CheckTheAmount(
            f"{figure}\u00a0mm for each mL is beyond what syringes of {write_number(capacity_ml)}\u00a0mL are like, "
            f"{write_number(known.mm_per_ml_low)} to {write_number(known.mm_per_ml_high)}\u00a0mm.",
            "Check the two volumes and the millimetres, and that the strip was printed at 100\u00a0%.",
            given=figure,
        )
    return mm_per_ml
