"""How far a syringe's own printed scale may be out."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import msgspec

from liquidose.files import load_data


class _Tolerance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    from_ml: Fraction
    percent_of_capacity: Fraction
    percent_of_dose: Fraction
    percent_from_half: Fraction
    source: str

    def __post_init__(self) -> None:
        if any(p * 10 % 1 for p in (self.percent_of_capacity, self.percent_of_dose, self.percent_from_half)):
            raise ValueError("percentages have one decimal at most")

    def permille(self) -> tuple[int, int, int]:
        """The three percentages in whole parts of a thousand."""
        three = (self.percent_of_capacity, self.percent_of_dose, self.percent_from_half)
        return tuple(int(percent * 10) for percent in three)  # type: ignore[return-value]


class _Tolerances(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tolerance: tuple[_Tolerance, ...]


@cache
def permille(capacity_ml: Fraction) -> tuple[int, int, int]:
    """For a capacity: of it, of the dose below half of it, and of the dose from half, in parts of 1,000."""
    rows = load_data("tolerances.toml", _Tolerances).tolerance
    return max((r for r in rows if r.from_ml <= capacity_ml), key=lambda r: r.from_ml).permille()


def scale_tolerance(capacity_ml: Fraction, ml: Fraction) -> Fraction:
    """How far a scale that meets ISO 7886-1 may be out at this volume, in mL (R67).

    >>> scale_tolerance(Fraction(10), Fraction(6, 10))
    Fraction(39, 250)
    """
    of_capacity, of_dose, from_half = permille(capacity_ml)
    if ml * 2 >= capacity_ml:
        return ml * from_half / 1000
    return (capacity_ml * of_capacity + ml * of_dose) / 1000
