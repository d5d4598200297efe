"""Slips of the decimal point and of mg for mL, found without any table of drugs (R172, R173)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Final

from liquidose.cautions import Caution
from liquidose.conversion import Conversion
from liquidose.courses.steps import Step
from liquidose.dosing.strength import ML, Stated, write_stated, write_strength
from liquidose.dosing.volume import amount_for
from liquidose.errors import CheckTheAmount
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.writing import Profile, write_exact, write_quantity

TENFOLD: Final = 10


def tenfold_steps(
    before: Quantity | None, steps: tuple[Step, ...], *, profile: Profile = "international"
) -> Iterator[Caution]:
    """A warning for each step that is ten times the one before it or more, or a tenth of it or less."""
    named = [] if before is None else [("the dose until now", before)]
    named += [(f"step {step.number}", day) for step in steps if (day := step.day_amount) is not None]
    for (name, one), (other_name, other) in pairwise(named):
        ratio = other.to(one.unit).value / one.value
        if ratio >= TENFOLD or ratio <= Fraction(1, TENFOLD):
            how = "at least ten times" if ratio > 1 else "at most a tenth of"
            yield Caution(
                code="tenfold-step",
                text=f"{other_name.capitalize()} is {write_quantity(other, profile=profile)} a day, {how} "
                f"{name} ({write_quantity(one, profile=profile)} a day). Check the decimal point.",
            )


def check_written_volume(
    written: str, conversion: Conversion, measured_ml: Fraction, *, where: str, locale: str | None
) -> None:
    """Nothing comes out, if the volume that the prescriber wrote is the one worked out, exact or measured.

    Raises:
        CheckTheAmount: it is another; both readings are told in full.
    """
    volume = read_quantity(written, locale=locale)
    ml = volume.to(ML).value
    if ml in {conversion.volume_ml, measured_ml}:
        return
    dose = write_quantity(conversion.dose_amount)
    problem = f"{where}: the order writes {write_quantity(volume)} for {dose}, and that dose is {write_exact(conversion.volume)}"
    if conversion.strength is not None:
        holds = write_quantity(amount_for(volume, conversion.strength))
        problem += (
            f" of {write_strength(conversion.strength)}; {write_quantity(volume)} of it would be {holds}"
        )
        if ml == conversion.dose_amount.value:
            problem += ", so mg and mL may have been mixed up"
    raise CheckTheAmount(f"{problem}.", "Ask the prescriber which of the two is meant.", given=written)


def mistaken_for_mg(
    dose: Quantity, stated: Stated | None, *, where: str, profile: Profile = "international"
) -> Iterator[Caution]:
    """A warning, if an ordered number of mL is the number of mg on the strength line, and 1 mL is not 1 mg."""
    if stated is None or "volume" not in dose.unit.uses:
        return
    per_ml = stated.strength.per_ml
    if per_ml.value == 1 or dose.value not in {stated.amount.value, per_ml.value}:
        return
    holds = write_quantity(amount_for(dose, stated.strength), profile=profile)
    yield Caution(
        code="mg-or-ml",
        text=f"{where}: {write_quantity(dose)} is ordered from a bottle of {write_stated(stated, profile=profile)}, and holds "
        f"{holds}. Check that mL and not {per_ml.unit.name} was meant.",
    )
