"""Dose to volume and back, exactly, within what a dose can plausibly be."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from liquidose import cautions
from liquidose.dosing.dose import Dose
from liquidose.dosing.patient import KG, measurement
from liquidose.dosing.strength import ML, Strength, strength_of
from liquidose.errors import CheckTheAmount, UnitsDoNotMatch
from liquidose.numbers import exceeds
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import write_exact, write_quantity

MOST_ML: Final = Fraction(1000)
LEAST_ML: Final = Fraction(1, 100)
MOUTHFUL_ML: Final = Fraction(60)
"""More than this by mouth is doubted."""
_LEAST_IN_1_ML: Final = int(1 / LEAST_ML)
_MOUTHFUL: Final = int(MOUTHFUL_ML)

_FOLD: Final = {10: "tenfold", 100: "hundredfold", 1000: "thousandfold"}


def volume_for(dose: Quantity, strength: Strength) -> Quantity:
    """The exact volume, in mL, that contains the dose.

    Raises:
        UnitsDoNotMatch: for example a dose in units and a strength in mg.

    >>> from liquidose.dosing.products import read_strength
    >>> from liquidose.quantities.reading import read_quantity
    >>> volume_for(read_quantity("75 mg"), read_strength("250 mg/5 mL")).value
    Fraction(3, 2)
    """
    per_ml = strength.per_ml
    if dose.unit.name != per_ml.unit.name:
        if dose.unit.dimension != per_ml.unit.dimension:
            raise _mismatch(dose, per_ml)
        dose = dose.to(per_ml.unit)
    (a, b), (c, d) = dose.value.as_integer_ratio(), per_ml.value.as_integer_ratio()
    return Quantity(value=Fraction(a * d, b * c), unit=ML)


def amount_for(volume: Quantity, strength: Strength) -> Quantity:
    """The exact amount of drug in a volume, in the unit of the strength.

    Raises:
        UnitsDoNotMatch: not a volume.
        CheckTheAmount: none at all, or over 1,000 mL.
    """
    _need_volume(volume)
    if not volume.value or exceeds(volume.to(ML).value, MOST_ML):
        raise CheckTheAmount(
            f"{write_quantity(volume)} is no volume of one dose.",
            "Check the number and its unit.",
            given="volume",
        )
    return Quantity(value=volume.to(ML).value * strength.per_ml.value, unit=strength.per_ml.unit)


def strength_that_gives(dose: Quantity, volume: Quantity) -> Strength:
    """The strength at which this volume holds this dose.

    Raises:
        UnitsDoNotMatch: the dose is no amount of drug, or the volume no volume.
        CheckTheAmount: no volume, or an implausible strength.
    """
    _need_volume(volume)
    return strength_of(dose, volume)


def weight_that_gives(dose: Dose, amount: Quantity) -> Quantity:
    """The weight in kg at which a dose per kg is this amount.

    Raises:
        UnitsDoNotMatch: the dose is not per kg, or counts something else than the amount.
        CheckTheAmount: the dose is for a whole day and does not say in how many doses, a limit applies to the
            amount, or the weight is not plausible.
    """
    if dose.per != "kg":
        raise UnitsDoNotMatch(
            "The dose is not per kg.", "Write it like '10 mg/kg'.", given=write_quantity(dose.amount)
        )
    if dose.amount.unit.dimension != amount.unit.dimension:
        raise _mismatch(amount, dose.amount)
    a_dose = dose.amount.value
    if dose.a_day:
        if dose.doses_a_day is None:
            raise CheckTheAmount(
                "The dose is for a whole day.",
                "Write 'in 3 doses' behind it.",
                given=write_quantity(dose.amount),
            )
        a_dose /= dose.doses_a_day
    for limit in (dose.least, dose.most):
        if (
            limit is not None
            and (amount.to(limit.unit).value - limit.value) * (1 if limit is dose.most else -1) >= 0
        ):
            raise CheckTheAmount(
                f"The limit {write_quantity(limit)} hides the weight: many give {write_quantity(amount)}, or none.",
                "Leave the limit out to solve for the weight.",
                given=write_quantity(amount),
            )
    weight = Quantity(value=amount.to(dose.amount.unit).value / a_dose, unit=KG)
    return measurement(weight, "weight").used


def check_volume(volume: Quantity, dose: Quantity, *, by_mouth: bool, notes: cautions.Notes = None) -> None:
    """Nothing comes out, if the volume of one dose is plausible; over 60 mL by mouth leaves a warning.

    Raises:
        CheckTheAmount: over 1,000 mL or under 0.01 mL, with the tenfold slip that would explain it.
    """
    ml = volume.value
    whole, part = ml.as_integer_ratio()
    if part < whole * _LEAST_IN_1_ML and whole < part * _MOUTHFUL:
        return  # as nearly all are: two comparisons of whole numbers
    if not exceeds(ml, MOST_ML) and not exceeds(LEAST_ML, ml):
        if by_mouth and exceeds(ml, MOUTHFUL_ML):
            cautions.add(
                notes,
                "large-volume",
                f"{write_quantity(volume)} is a lot for one dose by mouth; check the dose and the strength.",
            )
        return
    too_much = ml > MOST_ML
    limit = Quantity(value=MOST_ML if too_much else LEAST_ML, unit=ML)
    slip = 10
    while not LEAST_ML * 10 <= (ml / slip if too_much else ml * slip) <= MOUTHFUL_ML:
        slip *= 10
    factor = Fraction(1, slip) if too_much else Fraction(slip)
    meant = Quantity(value=dose.value * factor, unit=dose.unit)
    would = Quantity(value=ml * factor, unit=ML)
    raise CheckTheAmount(
        f"{write_quantity(dose)} would be {write_exact(volume)}, "
        f"which is {f'over {write_quantity(limit)}' if too_much else f'under {write_quantity(limit)}'} for one dose.",
        f"Check the dose, the strength and their units: a {_FOLD.get(slip, f'{slip:,}-fold')} slip would explain "
        f"it ({write_quantity(meant)} would be {write_exact(would)}).",
        given=write_quantity(dose),
    )


def _need_volume(volume: Quantity) -> None:
    if "volume" not in volume.unit.uses:
        raise UnitsDoNotMatch(
            f"{write_quantity(volume)} is not a volume.", "Write it in mL.", given=write_quantity(volume)
        )


def _mismatch(dose: Quantity, per: Quantity) -> UnitsDoNotMatch:
    if "volume" in dose.unit.uses:
        return UnitsDoNotMatch(
            f"{write_quantity(dose)} is a volume, where an amount of drug is needed.",
            f"Write the dose in {per.unit.name}, as it was ordered.",
            given=write_quantity(dose),
        )
    return UnitsDoNotMatch(
        f"The dose is in {dose.unit.name} and the strength in {per.unit.name}: they measure different things.",
        f"Ask for the dose in {per.unit.name}, or for the strength in {dose.unit.name}; no general factor exists.",
        given=write_quantity(dose),
    )
