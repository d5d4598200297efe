"""Quantity: an exact number of one unit, and nothing else."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

import msgspec

from liquidose.quantities.units import Unit, factor, to_pint, unit


class Quantity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """An exact amount, such as 5 mg.

    Raises:
        TypeError: the value is not a Fraction; a float never enters the core.
        ValueError: the value is below zero.

    >>> Quantity(value=Fraction(5), unit=unit("mg")).to("mcg").value
    Fraction(5000, 1)
    """

    value: Fraction
    unit: Unit

    def __post_init__(self) -> None:
        if type(self.value) is not Fraction:
            raise TypeError(f"A Quantity needs a Fraction, got {self.value!r}")
        if self.value.numerator < 0:
            raise ValueError(f"A Quantity is never below zero, got {self.value}")

    def to(self, target: str | Unit) -> Quantity:
        """The same amount in another unit, exactly.

        Raises:
            UnitsDoNotMatch: the two units measure different things.
            UnknownUnit: no unit has that name.
        """
        wanted = unit(target) if isinstance(target, str) else target
        if wanted.name == self.unit.name:
            return self
        return Quantity(
            value=_converted(*self.value.as_integer_ratio(), self.unit.name, wanted.name), unit=wanted
        )

    def to_pint(self, registry: Any) -> Any:
        """The same amount as a quantity of the caller's pint registry, with a Fraction for magnitude."""
        return to_pint(self.value, self.unit.name, registry)


@lru_cache(maxsize=4096)
def _converted(whole: int, part: int, source: str, target: str) -> Fraction:
    """So much of one unit in another: limits and doses come again with every weight and strength."""
    return Fraction(whole, part) * factor(source, target)
