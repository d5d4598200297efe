"""How much rounding and scale tolerance is allowed before a dose is warned about, and refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal

import msgspec

TINY_SYRINGE_ML: Final = Fraction(1, 2)
"""The syringe that 0.1 mL and under need."""


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much rounding and scale tolerance is allowed, in % of the dose, and how many draws.

    The figures are R54 (5 % compounding, 10 % dose-rounding studies), R69 and R79.

    Raises:
        ValueError: a warning above its refusal, or a number of draws outside 1 to 3.
    """

    rounding_warns: Fraction = Fraction(5)
    rounding_refused: Fraction = Fraction(10)
    tolerance_warns: Fraction = Fraction(10)
    tolerance_refused: Fraction = Fraction(20)
    most_draws: int = 3
    audience: Literal["caregiver", "clinician"] = "caregiver"
    """A clinician may measure 0.1 mL and under in a 1 mL syringe, warned."""

    def __post_init__(self) -> None:
        if self.rounding_warns > self.rounding_refused or self.tolerance_warns > self.tolerance_refused:
            raise ValueError("a limit that warns must not be above the limit that refuses")
        if not 1 <= self.most_draws <= 3:
            raise ValueError("most_draws must be 1, 2 or 3")
