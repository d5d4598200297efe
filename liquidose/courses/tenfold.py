"""Slips of the decimal point and of mg for mL, found without any table of drugs (R172, R173)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Final, cast

from liquidose.cautions import Caution
from liquidose.conversion import Conversion
from liquidose.courses.steps import ScheduledDose, Step
from liquidose.directions import DAY_PARTS
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
    """A warning for each step that is ten times the one before it or more, or a tenth of it or less.

    Where the days are not, the doses at the same time of both days are compared, then those of one day.
    """
    dosed = [step for step in steps if step.doses]
    days = [(f"step {step.number}", _day(step)) for step in dosed]
    if before is not None:
        days.insert(0, ("the dose until now", before))
    for (name, one), (other_name, other) in pairwise(days):
        if how := _tenfold(one, other):
            yield _slip(
                f"{other_name.capitalize()} is {write_quantity(other, profile=profile)} a day, {how} "
                f"{name} ({write_quantity(one, profile=profile)} a day)"
            )
    for step, after in pairwise(dosed):
        until_now = {dose.time: dose.dose for dose in step.doses}
        for dose in after.doses:
            was = until_now.get(dose.time)
            if (
                was is not None
                and (how := _tenfold(was, dose.dose))
                and not _tenfold(_day(step), _day(after))
            ):
                yield _slip(
                    f"Step {after.number} is {write_quantity(dose.dose, profile=profile)} {_when(dose)}, {how} "
                    f"step {step.number} ({write_quantity(was, profile=profile)})"
                )
    for step in dosed:
        least, most = (pick(step.doses, key=lambda dose: dose.volume_ml) for pick in (min, max))
        if how := _tenfold(least.dose, most.dose):
            yield _slip(
                f"Step {step.number} is {write_quantity(most.dose, profile=profile)} {_when(most)}, {how} "
                f"the {write_quantity(least.dose, profile=profile)} {_when(least)}"
            )


def _day(step: Step) -> Quantity:
    return cast("Quantity", step.day_amount)  # a step with doses


def _tenfold(one: Quantity, other: Quantity) -> str:
    """How another amount compares with one, if it is ten times it or more, or a tenth or less; else nothing."""
    ratio = other.to(one.unit).value / one.value
    if ratio >= TENFOLD:
        return "at least ten times"
    return "at most a tenth of" if ratio <= Fraction(1, TENFOLD) else ""


def _when(dose: ScheduledDose) -> str:
    return DAY_PARTS.get(dose.time, f"as {dose.time}")


def _slip(problem: str) -> Caution:
    return Caution(code="tenfold-step", text=f"{problem}. Check the decimal point.")


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
