"""From an exact volume to marks on a syringe: the only step that rounds a dose, and it keeps both numbers.

The rule, in full (see docs/decisions/rounding.md): for one, two or three draws with one syringe, each stocked
syringe of the route's kind offers the nearest total it can be set to. An offer passes if the rounding and
the tolerance of the scale are small enough. The fewest draws win; then unrounded before rounded, the
smallest capacity, the smaller tolerance.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from typing import Final, Literal, NamedTuple

import msgspec

from liquidose.cautions import Caution
from liquidose.devices.syringes import (
    ANY_BRAND,
    KIND_FOR,
    KIND_WORDS,
    ROUTES,
    Kind,
    Route,
    Syringe,
    catalogue,
    default_stock,
    syringes_of,
)
from liquidose.dosing.strength import ML, Strength, write_strength
from liquidose.errors import ChangeTheDevice, CheckTheAmount, UnitsDoNotMatch, UnreadableText
from liquidose.files import load_data
from liquidose.numbers import rounded
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.writing import write_exact, write_number, write_percent, write_quantity

TINY_ML: Final = Fraction(1, 10)
"""Two brands of 1 mL oral syringes missed ±10 % at and below this volume (R70)."""
TINY_SYRINGE_ML: Final = Fraction(1, 2)


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


DEFAULT_LIMITS: Final = Limits()


class Measured(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a syringe is set to for one dose, beside the exact volume it stands for."""

    syringe: Syringe
    ml: Fraction
    """All draws together."""
    draws_ml: tuple[Fraction, ...]
    """What each filling is, each on a mark."""
    exact_ml: Fraction
    scale_tolerance_ml: Fraction
    """How far the printed scale may be out, if it meets ISO 7886-1, summed over the draws."""
    warnings: tuple[Caution, ...]
    dose_given: Quantity | None = None
    """The amount of drug in the measured volume, where the strength is known."""

    @property
    def change_percent(self) -> Fraction:
        """How much more (or less) than ordered the measured volume is, in %."""
        return (self.ml - self.exact_ml) / self.exact_ml * 100

    @property
    def rounded(self) -> bool:
        """Whether the measured volume differs from the exact one."""
        return self.ml != self.exact_ml


class _Tolerance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    from_ml: Fraction
    percent_of_capacity: Fraction
    percent_of_dose: Fraction
    percent_from_half: Fraction
    source: str


class _Tolerances(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tolerance: tuple[_Tolerance, ...]


@cache
def _tolerance_row(capacity_ml: Fraction) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Half the capacity, and the row's fixed part and factors, as fractions of 1."""
    rows = load_data("tolerances.toml", _Tolerances).tolerance
    row = max((r for r in rows if r.from_ml <= capacity_ml), key=lambda r: r.from_ml)
    fixed = capacity_ml * row.percent_of_capacity / 100
    return capacity_ml / 2, fixed, row.percent_of_dose / 100, row.percent_from_half / 100


def scale_tolerance(capacity_ml: Fraction, ml: Fraction) -> Fraction:
    """How far a scale that meets ISO 7886-1 may be out at this volume, in mL (R67).

    >>> scale_tolerance(Fraction(10), Fraction(6, 10))
    Fraction(39, 250)
    """
    half, fixed, of_dose, from_half = _tolerance_row(capacity_ml)
    return ml * from_half if ml >= half else fixed + ml * of_dose


class Bounds(NamedTuple):
    """What the total must not fall below or pass: the stated minimum and maximum, as volumes."""

    least_ml: Fraction | None = None
    most_ml: Fraction | None = None

    def hold(self, ml: Fraction) -> bool:
        """Whether a total keeps within them."""
        return (self.least_ml is None or ml >= self.least_ml) and (
            self.most_ml is None or ml <= self.most_ml
        )


class Offer(NamedTuple):
    """What one syringe offers for one number of draws."""

    syringe: Syringe
    draws: tuple[Fraction, ...]
    total: Fraction
    tolerance: Fraction


def nearest_mark(syringe: Syringe, ml: Fraction, bounds: Bounds = Bounds()) -> Fraction | None:  # noqa: B008
    """The mark nearest to a volume, the smaller of two as near, within bounds; None if there is none."""
    step, capacity = syringe.step_ml, syringe.capacity_ml
    below = ml.numerator * step.denominator // (ml.denominator * step.numerator)
    last = int(capacity / step)
    near = [step * k for k in {min(max(k, 1), last) for k in (below, below + 1)}]
    near += syringe.extra_marks_ml
    if not all(map(bounds.hold, near)):
        near = [mark for mark in syringe.marks() if bounds.hold(mark)]
    return min(near, key=lambda mark: (abs(mark - ml), mark), default=None)


def offer(syringe: Syringe, ml: Fraction, draws: int, bounds: Bounds = Bounds()) -> Offer | None:  # noqa: B008
    """The draws of one syringe that come nearest to a volume: equal ones, or full ones and a rest.

    None if no such total keeps within the bounds.
    """
    if draws == 1:
        mark = ml if syringe.is_mark(ml) and bounds.hold(ml) else nearest_mark(syringe, ml, bounds)
        if mark is None:
            return None
        return Offer(syringe, (mark,), mark, scale_tolerance(syringe.capacity_ml, mark))
    least, most = bounds
    share = Bounds(
        None if least is None else least / draws, None if most is None else most / draws
    )
    sets = []
    equal = nearest_mark(syringe, ml / draws, share)
    if equal is not None:
        sets.append((equal,) * draws)
    full = syringe.capacity_ml * (draws - 1)
    if ml > full:
        rest = nearest_mark(
            syringe,
            ml - full,
            Bounds(None if least is None else least - full, None if most is None else most - full),
        )
        if rest is not None:
            sets.append((syringe.capacity_ml,) * (draws - 1) + (rest,))
    if not sets:
        return None
    best = min(sets, key=lambda chosen: abs(sum(chosen) - ml))
    tolerance = sum((scale_tolerance(syringe.capacity_ml, draw) for draw in best), Fraction(0))
    return Offer(syringe, best, sum(best, Fraction(0)), tolerance)


def _choose(pool: tuple[Syringe, ...], ml: Fraction, limits: Limits, bounds: Bounds) -> Offer | None:
    if bounds.hold(ml):
        for syringe in pool:  # one draw on a mark of the smallest syringe is the best offer there is
            if syringe.is_mark(ml):
                tolerance = scale_tolerance(syringe.capacity_ml, ml)
                if tolerance * 100 <= ml * limits.tolerance_warns:
                    return Offer(syringe, (ml,), ml, tolerance)
    passing_at_all: list[Offer] = []
    for draws in range(1, limits.most_draws + 1):
        offers = [o for s in pool if (o := offer(s, ml, draws, bounds))]
        passing = [
            o
            for o in offers
            if abs(o.total - ml) * 100 <= ml * limits.rounding_refused
            and o.tolerance * 100 <= o.total * limits.tolerance_refused
        ]
        good = [o for o in passing if o.tolerance * 100 <= o.total * limits.tolerance_warns]
        if good:
            return min(good, key=lambda o: (o.total != ml, o.syringe.capacity_ml, o.tolerance))
        passing_at_all = passing_at_all or passing
    return min(
        passing_at_all, key=lambda o: (o.total != ml, o.syringe.capacity_ml, o.tolerance), default=None
    )


def stock_for(
    route: Route, syringes: Iterable[str | Syringe] | None = None, *, insulin: Fraction | None = None
) -> tuple[Syringe, ...]:
    """The stocked syringes that a route allows, smallest first; insulin only in its own.

    Raises:
        UnreadableText: a route or an id that is not known.
        ChangeTheDevice: none of them is of the route's kind.
    """
    if route not in ROUTES:
        raise UnreadableText(f"'{route}' is not a route.", f"Say {', '.join(ROUTES)}.", given=str(route))
    kind: Kind = "insulin" if insulin is not None and route == "injection" else KIND_FOR[route]
    stocked = default_stock(kind) if syringes is None else syringes_of(syringes)
    pool = [s for s in stocked if s.kind == kind and (kind != "insulin" or s.units_per_ml == insulin)]
    if not pool:
        of_its_own = f" for {write_number(insulin)} units per mL" if kind == "insulin" and insulin else ""
        raise ChangeTheDevice(
            f"No stocked syringe is an {KIND_WORDS[kind]}{of_its_own}."
            if KIND_WORDS[kind][0] in "aeio"
            else f"No stocked syringe is a {KIND_WORDS[kind]}{of_its_own}.",
            "Name one that is, or state the right route; no other kind is ever used.",
            given=route,
        )
    return tuple(sorted(pool, key=lambda s: s.capacity_ml))


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
    if "volume" not in volume.unit.uses:
        raise UnitsDoNotMatch(
            f"{write_quantity(volume)} is not a volume.", "Measure mL.", given=write_quantity(volume)
        )
    ml = volume.to(ML).value
    if not ml:
        raise CheckTheAmount("There is no volume to measure.", "Check the dose.", given="0 mL")
    limits = limits or DEFAULT_LIMITS
    pool = stock_for(route, syringes, insulin=insulin)
    bounds = Bounds(least.to(ML).value if least else None, most.to(ML).value if most else None)
    tiny = ml <= TINY_ML
    if tiny:
        small = tuple(s for s in pool if s.capacity_ml <= TINY_SYRINGE_ML)
        if not small and limits.audience != "clinician":
            raise _too_small(ml, pool, strength)
        pool = small or pool
    chosen = _choose(pool, ml, limits, bounds)
    if chosen is None:
        raise _not_measurable(ml, pool, limits, bounds, strength)
    given = None
    if strength is not None:
        given = Quantity(value=chosen.total * strength.per_ml.value, unit=strength.per_ml.unit)
    return Measured(
        syringe=chosen.syringe,
        ml=chosen.total,
        draws_ml=chosen.draws,
        exact_ml=ml,
        scale_tolerance_ml=chosen.tolerance,
        warnings=_warnings(chosen, ml, limits, tiny=tiny),
        dose_given=given,
    )


def _ml(value: Fraction) -> str:
    return write_quantity(Quantity(value=value, unit=ML))


def _warnings(chosen: Offer, ml: Fraction, limits: Limits, *, tiny: bool) -> tuple[Caution, ...]:
    found = []
    syringe = chosen.syringe
    if chosen.total != ml:
        change = (chosen.total - ml) / ml * 100
        direction = "more" if change > 0 else "less"
        doubted = abs(change) > limits.rounding_warns
        found.append(
            Caution(
                code="rounded",
                text=f"The exact dose is {_ml(ml)}; the nearest line is {_ml(chosen.total)}, "
                f"{write_percent(abs(change))} {direction}.",
                level="warning" if doubted else "note",
            )
        )
    small = tiny and syringe.capacity_ml > TINY_SYRINGE_ML
    if chosen.tolerance * 100 > chosen.total * limits.tolerance_warns or small:
        percent = write_percent(chosen.tolerance / chosen.total * 100)
        found.append(
            Caution(
                code="scale-tolerance",
                text=f"The scale of a {syringe.words} may be out by {_ml(chosen.tolerance)} here, {percent} of "
                "the dose, if it meets ISO 7886-1, which oral syringes need not.",
            )
        )
    if len(chosen.draws) > 1:
        words = {2: "two fillings", 3: "three fillings"}[len(chosen.draws)]
        found.append(
            Caution(
                code="several-draws",
                text=f"Each dose takes {words} of the syringe.",
                level="note" if len(chosen.draws) == 2 else "warning",
            )
        )
    if syringe.brand == ANY_BRAND:
        found.append(
            Caution(
                code="check-the-lines",
                text=f"This is for a syringe marked every {_ml(syringe.step_ml)}; check yours.",
                level="note",
            )
        )
    return tuple(found)


def _too_small(ml: Fraction, pool: tuple[Syringe, ...], strength: Strength | None) -> ChangeTheDevice:
    smallest = pool[0]
    tolerance = scale_tolerance(smallest.capacity_ml, ml)
    return ChangeTheDevice(
        f"{_volume(ml)} is too little for a {smallest.words}, whose scale alone may be out by {_ml(tolerance)} "
        f"({write_percent(tolerance / ml * 100)}).",
        f"Use a {_ml(TINY_SYRINGE_ML)} syringe{_or_strength(ml, smallest, strength)}.",
        given=_volume(ml),
    )


def _volume(ml: Fraction) -> str:
    return write_exact(Quantity(value=ml, unit=ML))


def _not_measurable(
    ml: Fraction, pool: tuple[Syringe, ...], limits: Limits, bounds: Bounds, strength: Strength | None
) -> ChangeTheDevice:
    reasons = []
    for syringe in pool:
        mark = nearest_mark(syringe, ml, bounds)
        if mark is None:
            reasons.append(f"a {syringe.words} has no line within the stated limits")
        elif ml > syringe.capacity_ml * limits.most_draws:
            reasons.append(f"a {syringe.words} would need more than {limits.most_draws} fillings")
        else:
            change = write_percent(abs(mark - ml) / ml * 100)
            out = scale_tolerance(syringe.capacity_ml, ml)
            reasons.append(
                f"on a {syringe.words} the nearest line is {_ml(mark)} ({change} off) and the scale may be out by "
                f"{_ml(out)} ({write_percent(out / ml * 100)})"
            )
    others = sorted(catalogue(pool[0].kind), key=lambda s: (s.capacity_ml, s.step_ml))
    would = next((s for s in others if _choose((s,), ml, limits, bounds) and ml > TINY_ML), None)
    remedy = "Ask the pharmacist for another strength or syringe."
    if would is not None:
        remedy = f"A {would.words} marked every {_ml(would.step_ml)} would do{_or_strength(ml, pool[0], strength)}."
    elif strength is not None:
        remedy = f"Ask the pharmacist for another strength{_or_strength(ml, pool[0], strength)}."
    return ChangeTheDevice(
        f"No stocked syringe measures {_volume(ml)}: {'; '.join(reasons)}.",
        remedy,
        given=_volume(ml),
    )


def _or_strength(ml: Fraction, syringe: Syringe, strength: Strength | None) -> str:
    """The strength at which the smallest stocked syringe would measure this dose, if the dose is too small."""
    enough = syringe.capacity_ml / 2
    if strength is None or ml >= enough:
        return ""
    weaker = Quantity(value=rounded(strength.per_ml.value * ml / enough), unit=strength.per_ml.unit)
    return f", or a strength near {write_strength(Strength(per_ml=weaker))}"
