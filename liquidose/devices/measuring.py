"""From an exact volume to marks on a syringe: the only step that rounds a dose, and it keeps both numbers.

The rule, in full (see docs/decisions/rounding.md): for one, two or three draws with one syringe, each stocked
syringe of the route's kind offers the nearest total it can be set to. An offer passes if the rounding and
the tolerance of the scale are small enough. The fewest draws win; then unrounded before rounded, the
smallest capacity, the smaller tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cache, lru_cache
from typing import Final

import msgspec

from liquidose.cautions import Caution
from liquidose.devices.choosing import NO_BOUNDS, Bounds, Pool, pool_of
from liquidose.devices.limits import TINY_SYRINGE_ML, Limits
from liquidose.devices.syringes import (
    ANY_BRAND,
    KIND_FOR,
    KIND_WORDS,
    ROUTES,
    Kind,
    Route,
    Syringe,
    default_stock,
    syringes_of,
)
from liquidose.devices.unmeasurable import millilitres, not_measurable, too_small
from liquidose.dosing.strength import ML, Strength
from liquidose.errors import ChangeTheDevice, CheckTheAmount, UnitsDoNotMatch, UnreadableText
from liquidose.numbers import write_number
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.writing import write_percent, write_quantity, write_short

TINY_ML: Final = Fraction(1, 10)
"""Two brands of 1 mL oral syringes missed ±10 % at and below this volume (R70)."""
_TINY_IN_1_ML: Final = int(1 / TINY_ML)

DEFAULT_LIMITS: Final = Limits()


class Measured(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What a syringe is set to for one dose, beside the exact volume it stands for."""

    syringe: Syringe
    ml: Fraction
    """All draws together."""
    draws_ml: tuple[Fraction, ...]
    """What each filling is, each on a mark."""
    exact_ml: Fraction
    scale_tolerance_ml: Fraction
    """How far the printed scale may be out, if it meets ISO 7886-1, summed over the draws."""
    limits: Limits
    strength: Strength | None = None
    """What was measured, where that is known."""

    @property
    def dose_given(self) -> Quantity | None:
        """The amount of drug in the measured volume, where the strength is known."""
        if self.strength is None:
            return None
        per_ml = self.strength.per_ml
        return Quantity(value=self.ml * per_ml.value, unit=per_ml.unit)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the warnings; the sentences take longer to write than the dose to measure."""
        total, parts = self.ml.as_integer_ratio()
        exact, share = self.exact_ml.as_integer_ratio()
        scale, finer = self.scale_tolerance_ml.as_integer_ratio()
        warns, hundredth = self.limits.tolerance_warns.as_integer_ratio()
        tiny = exact * _TINY_IN_1_ML <= share and self.syringe.capacity_ml > TINY_SYRINGE_ML
        return _codes(
            (total, parts) != (exact, share),
            tiny or scale * parts * 100 * hundredth > warns * total * finer,
            len(self.draws_ml) > 1,
            # One insulin syringe is sold with two scales.
            self.syringe.brand == ANY_BRAND or self.syringe.kind == "insulin",
        )

    @property
    def warnings(self) -> tuple[Caution, ...]:
        """What the person who measures should know, told from the figures."""
        return tuple(_SAID[code](self) for code in self.codes)

    @property
    def change_percent(self) -> Fraction:
        """How much more (or less) than ordered the measured volume is, in %."""
        return Fraction(*self.change_ratio)

    @property
    def change_ratio(self) -> tuple[int, int]:
        """The same as two whole numbers, the one to be divided by the other."""
        (one, part), (other, whole) = self.ml.as_integer_ratio(), self.exact_ml.as_integer_ratio()
        return (one * whole - other * part) * 100, other * part

    @property
    def rounded(self) -> bool:
        """Whether the measured volume differs from the exact one."""
        return self.ml.as_integer_ratio() != self.exact_ml.as_integer_ratio()


_POOLS: Final = 256
"""Stocks whose scales are remembered; a site has one."""
_pool: Final = lru_cache(_POOLS)(pool_of)


@lru_cache(_POOLS)
def _pool_for(stocked: tuple[Syringe, ...] | None, kind: Kind, insulin: Fraction | None) -> Pool | None:
    """The stocked syringes of a kind, insulin's of its own strength; None where there is none."""
    if stocked is None:
        stocked = default_stock(kind)
    found = [s for s in stocked if s.kind == kind and (kind != "insulin" or s.units_per_ml == insulin)]
    return pool_of(found) if found else None


def stock_for(
    route: Route, syringes: Iterable[str | Syringe] | None = None, *, insulin: Fraction | None = None
) -> Pool:
    """The stocked syringes that a route allows, smallest first; insulin only in its own.

    Raises:
        UnreadableText: a route or an id that is not known.
        ChangeTheDevice: none of them is of the route's kind.
    """
    if route not in ROUTES:
        raise UnreadableText(f"'{route}' is not a route.", f"Say {', '.join(ROUTES)}.", given=str(route))
    if insulin is not None and route != "injection":
        raise ChangeTheDevice(
            "Insulin is measured only for injection, in an insulin syringe of its own strength.",
            "Check the route.",
            given=route,
        )
    kind: Kind = "insulin" if insulin is not None and route == "injection" else KIND_FOR[route]
    pool = _pool_for(None if syringes is None else syringes_of(syringes), kind, insulin)
    if pool is None:
        of_its_own = f" for {write_number(insulin)} units per mL" if kind == "insulin" and insulin else ""
        raise ChangeTheDevice(
            f"No stocked syringe is an {KIND_WORDS[kind]}{of_its_own}."
            if KIND_WORDS[kind][0] in "aeio"
            else f"No stocked syringe is a {KIND_WORDS[kind]}{of_its_own}.",
            "Name one that is, or state the right route; no other kind is ever used.",
            given=route,
        )
    return pool


def measure(  # noqa: PLR0913  (every one of them decides the mark)
    volume: Quantity | str,
    *,
    route: Route = "oral",
    syringes: Iterable[str | Syringe] | None = None,
    limits: Limits | None = None,
    least: Quantity | None = None,
    most: Quantity | None = None,
    strength: Strength | None = None,
    insulin: Fraction | None = None,
) -> Measured:
    """What the stocked syringes can be set to for an exact volume; both numbers are kept.

    ``least`` and ``most`` are volumes that rounding must not cross; ``strength`` adds the dose really given;
    ``insulin`` is the units per mL of an insulin, which goes in its own syringes only.

    Raises:
        ChangeTheDevice: no stocked syringe measures it within the limits; the message says what would.
        UnitsDoNotMatch: not a volume.
        CheckTheAmount: no volume at all.

    >>> measured = measure("8 mL", syringes=["oral-5", "oral-60"])
    >>> measured.syringe.id, measured.draws_ml
    ('oral-5', (Fraction(4, 1), Fraction(4, 1)))
    """
    if isinstance(volume, str):
        volume = read_quantity(volume)
    if not isinstance(volume, Quantity):
        raise TypeError(f"A volume is text with its unit or a Quantity, got {volume!r}")
    if "volume" not in volume.unit.uses:
        raise UnitsDoNotMatch(
            f"{write_quantity(volume)} is not a volume.", "Measure mL.", given=write_quantity(volume)
        )
    ml = volume.to(ML).value
    whole, part = ml.as_integer_ratio()
    if not whole:
        raise CheckTheAmount("There is no volume to measure.", "Check the dose.", given="0 mL")
    limits = limits or DEFAULT_LIMITS
    pool = stock_for(route, syringes, insulin=insulin)
    bounds = NO_BOUNDS
    if least or most:
        bounds = Bounds(least.to(ML).value if least else None, most.to(ML).value if most else None)
    if whole * _TINY_IN_1_ML <= part:
        small = tuple(s for s in pool.syringes if s.capacity_ml <= TINY_SYRINGE_ML)
        if not small and limits.audience != "clinician":
            raise too_small(ml, pool.syringes[0], strength)
        pool = _pool(small) if small else pool
    chosen = pool.choose(ml, bounds, limits)
    if chosen is None:
        raise not_measurable(ml, pool, limits, bounds, strength)
    return Measured(
        syringe=chosen.syringe,
        ml=chosen.total,
        draws_ml=chosen.draws,
        exact_ml=ml,
        scale_tolerance_ml=chosen.tolerance,
        limits=limits,
        strength=strength,
    )


def _rounded(measured: Measured) -> Caution:
    change = measured.change_percent
    return Caution(
        code="rounded",
        text=f"The exact dose is {write_short(Quantity(value=measured.exact_ml, unit=ML))}; the nearest line is "
        f"{millilitres(measured.ml)}, {write_percent(abs(change))} {'more' if change > 0 else 'less'}.",
        level="warning" if abs(change) > measured.limits.rounding_warns else "note",
    )


def _scale_tolerance(measured: Measured) -> Caution:
    percent = measured.scale_tolerance_ml / measured.ml * 100
    return Caution(
        code="scale-tolerance",
        text=f"The scale of a {measured.syringe.words} may be out by {millilitres(measured.scale_tolerance_ml)} "
        f"here, {write_percent(percent)} of the dose, if it meets ISO 7886-1, which oral syringes need not.",
    )


def _several_draws(measured: Measured) -> Caution:
    two = len(measured.draws_ml) == 2
    return Caution(
        code="several-draws",
        text=f"Each dose takes {'two' if two else 'three'} fillings of the syringe.",
        level="note" if two else "warning",
    )


@cache
def _check_the_lines(step_ml: Fraction, units_per_ml: Fraction | None) -> Caution:
    step = millilitres(step_ml)
    if units_per_ml is not None:
        units = step_ml * units_per_ml
        step = f"{write_number(units)}\u00a0unit{'' if units == 1 else 's'}"
    text = f"This is for a syringe marked every {step}; check yours."
    return Caution(code="check-the-lines", text=text, level="note")


_SAID: Final[dict[str, Callable[[Measured], Caution]]] = {
    "rounded": _rounded,
    "scale-tolerance": _scale_tolerance,
    "several-draws": _several_draws,
    "check-the-lines": lambda measured: _check_the_lines(
        measured.syringe.step_ml, measured.syringe.units_per_ml
    ),
}


@cache
def _codes(*held: bool) -> tuple[str, ...]:
    """The codes of the warnings that hold, told in the order of all of them."""
    return tuple(code for code, holds in zip(_SAID, held, strict=True) if holds)
