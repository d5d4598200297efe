"""Why the stocked syringes cannot measure a dose, with the figures, and what would."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from liquidose.devices.choosing import Bounds, Pool, Scale, pool_of
from liquidose.devices.limits import TINY_SYRINGE_ML, Limits
from liquidose.devices.syringes import KIND_WORDS, Kind, Syringe, catalogue
from liquidose.devices.tolerance import scale_tolerance
from liquidose.dosing.strength import ML, Strength, write_strength
from liquidose.errors import ChangeTheDevice
from liquidose.numbers import rounded
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import sentence, write_percent, write_quantity, write_short


def millilitres(value: Fraction) -> str:
    """A volume as people read it."""
    return write_quantity(Quantity(value=value, unit=ML))


def _volume(ml: Fraction) -> str:
    return write_short(Quantity(value=ml, unit=ML))


def too_small(ml: Fraction, smallest: Syringe, strength: Strength | None) -> ChangeTheDevice:
    """The refusal of 0.1 mL and under where the smallest stocked syringe is larger than 0.5 mL."""
    tolerance = scale_tolerance(smallest.capacity_ml, ml)
    return ChangeTheDevice(
        sentence(
            f"{_volume(ml)} is too little for a {smallest.words}, whose scale alone may be out by {millilitres(tolerance)} "
            f"({write_percent(tolerance / ml * 100)})"
        ),
        f"Use a {millilitres(TINY_SYRINGE_ML)} {KIND_WORDS[smallest.kind]}{_or_strength(ml, smallest, strength)}.",
        given=_volume(ml),
    )


def not_measurable(
    ml: Fraction, pool: Pool, limits: Limits, bounds: Bounds, strength: Strength | None
) -> ChangeTheDevice:
    """The refusal where no stocked syringe passes, naming the syringe or strength that would do."""
    kind, units = pool.syringes[0].kind, pool.syringes[0].units_per_ml
    # Never an insulin syringe of another strength: its lines would be another dose.
    offers = [
        (s, alone.choose(ml, bounds, limits)) for s, alone in _each_alone(kind) if s.units_per_ml == units
    ]
    able = [(len(chosen.draws), s.capacity_ml, s.step_ml, s.id, s) for s, chosen in offers if chosen]
    would = min(able)[-1] if able else None
    if would is not None:
        remedy = f"A {would.words} marked every {millilitres(would.step_ml)} would do."
    else:
        weaker = _or_strength(ml, pool.syringes[0], strength)
        remedy = f"Ask the pharmacist for another syringe{weaker or ' or strength'}."
    reasons = "; ".join(_reason(ml, scale, limits, bounds) for scale in _nearest_two(ml, pool, limits))
    return ChangeTheDevice(
        f"No stocked syringe measures {_volume(ml)}: {reasons}.", remedy, given=_volume(ml)
    )


@cache
def _each_alone(kind: Kind) -> tuple[tuple[Syringe, Pool], ...]:
    """Every catalogued syringe of a kind, as if it were the only one stocked."""
    return tuple((syringe, pool_of((syringe,))) for syringe in catalogue(kind))


def _nearest_two(ml: Fraction, pool: Pool, limits: Limits) -> tuple[Scale, ...]:
    """The two stocked syringes that come nearest to the volume: the others would only lengthen the sentence."""
    able = [s for s in pool.scales if s.syringe.capacity_ml * limits.most_draws >= ml]
    return tuple(able[:2]) or pool.scales[-1:]


def _reason(ml: Fraction, scale: Scale, limits: Limits, bounds: Bounds) -> str:
    """Why one syringe cannot measure a volume, with the figures."""
    syringe = scale.syringe
    if ml > syringe.capacity_ml * limits.most_draws:
        return f"a {syringe.words} would need more than {limits.most_draws} fillings"
    mark = scale.nearest_ml(ml, bounds)
    if mark is None:
        return f"a {syringe.words} has no line within the stated limits"
    out = scale_tolerance(syringe.capacity_ml, ml)
    return (
        f"on a {syringe.words} the nearest line is {millilitres(mark)} ({write_percent(abs(mark - ml) / ml * 100)} off) "
        f"and the scale may be out by {millilitres(out)} ({write_percent(out / ml * 100)})"
    )


def _or_strength(ml: Fraction, syringe: Syringe, strength: Strength | None) -> str:
    """The strength at which the smallest stocked syringe would measure this dose, if the dose is too small."""
    enough = syringe.capacity_ml / 2
    if strength is None or ml >= enough or syringe.kind == "insulin":
        return ""
    weaker = Quantity(value=rounded(strength.per_ml.value * ml / enough), unit=strength.per_ml.unit)
    return f", or a strength near {write_strength(Strength(per_ml=weaker))}"
