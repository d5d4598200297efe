"""Dose: what is ordered, and the amount each administration is, for one patient."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal

import msgspec

from liquidose import cautions
from liquidose.dosing.patient import Measurement
from liquidose.errors import CheckTheAmount, GiveWhatIsMissing, UnitsDoNotMatch
from liquidose.numbers import exceeds, product
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.units import Unit
from liquidose.quantities.writing import Profile, write_quantity

MOST_DOSES_A_DAY: Final = 24
WEIGHT_WITHOUT_MAXIMUM: Final = Fraction(40)
"""From this weight in kg a dose per kg can pass an adult's; without a stated maximum it is doubted."""


class Dose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What is ordered: an amount, per dose or per day, for everybody, per kg or per m², with its limits.

    Raises:
        CheckTheAmount: nothing at all, or a minimum above the maximum.
        UnitsDoNotMatch: a limit that counts something else than the dose.
    """

    amount: Quantity
    """Of drug, or a volume where the order is by volume."""
    per: Literal["patient", "kg", "m2"] = "patient"
    a_day: bool = False
    """Whether the amount is for a whole day; it is divided only then."""
    doses_a_day: int | None = None
    least: Quantity | None = None
    """Least for each dose."""
    most: Quantity | None = None
    """Most for each dose."""
    most_a_day: Quantity | None = None

    def __post_init__(self) -> None:
        if not {"amount", "volume"} & set(self.amount.unit.uses):
            raise UnitsDoNotMatch(
                f"{self.amount.unit.name} does not measure a dose.",
                "Write the dose in mg, mcg, g, units, mEq, mmol or mL.",
                given=self.amount.unit.name,
            )
        if not self.amount.value:
            raise CheckTheAmount(
                f"{write_quantity(self.amount)} is no dose.", "Leave it out, or write the dose.", given="0"
            )
        for limit in (self.least, self.most, self.most_a_day):
            if limit is not None and limit.unit.dimension != self.amount.unit.dimension:
                raise UnitsDoNotMatch(
                    f"The limit {write_quantity(limit)} does not count what the dose counts "
                    f"({self.amount.unit.name}).",
                    f"Write the limit in {self.amount.unit.name}.",
                    given=write_quantity(limit),
                )
            if limit is not None and not limit.value:
                raise CheckTheAmount(
                    f"A limit of {write_quantity(limit)} allows no dose.",
                    "Leave it out, or write it.",
                    given="0",
                )
        if self.least and self.most and self.least.to(self.most.unit).value > self.most.value:
            raise CheckTheAmount(
                f"The minimum {write_quantity(self.least)} is above the maximum {write_quantity(self.most)}.",
                "Check both with the prescriber.",
                given=write_quantity(self.least),
            )
        if self.doses_a_day is not None:
            checked_doses_a_day(self.doses_a_day)

    @property
    def by_volume(self) -> bool:
        """Whether the order is in mL rather than in an amount of drug."""
        return "volume" in self.amount.unit.uses

    @property
    def plain(self) -> bool:
        """Whether each dose is the amount as it is written: nothing to multiply, to divide or to limit it by."""
        return (
            self.per == "patient"
            and not self.a_day
            and self.least is None
            and self.most is None
            and self.most_a_day is None
        )


class EachDose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What one administration is for one patient, before and after the stated limits."""

    amount: Quantity
    before_limits: Quantity
    least: Quantity | None = None
    """Least for this administration."""
    most: Quantity | None = None
    """Most for this administration, a day's maximum shared out included."""
    doses_a_day: int | None = None
    multiplier: Quantity | None = None
    """The weight in kg or the surface in m² that the ordered amount was multiplied by."""


def checked_doses_a_day(doses: int) -> int:
    """The same number of doses, if a day can hold them.

    Raises:
        TypeError: not a whole number.
        CheckTheAmount: none, or more than 24.
    """
    if isinstance(doses, bool) or not isinstance(doses, int):
        raise TypeError(f"Doses a day are a whole number, got {doses!r}")
    if not 1 <= doses <= MOST_DOSES_A_DAY:
        raise CheckTheAmount(
            f"{doses} doses a day cannot be.", f"Give 1 to {MOST_DOSES_A_DAY}.", given=str(doses)
        )
    return doses


def dose_for(  # noqa: PLR0913  (a dose depends on this much)
    dose: Dose,
    *,
    weight: Measurement | None = None,
    surface: Measurement | None = None,
    times_a_day: int | None = None,
    notes: cautions.Notes = None,
    profile: Profile = "international",
    locale: str | None = None,
) -> EachDose:
    """The exact amount of one administration for a patient, with the limits applied and said.

    Raises:
        GiveWhatIsMissing: the weight, the body surface or the number of doses a day.
        CheckTheAmount: two numbers of doses a day that differ, or a maximum that forbids the minimum.
    """
    doses = _doses_a_day(dose, times_a_day)
    if dose.plain:
        return EachDose(amount=dose.amount, before_limits=dose.amount, doses_a_day=doses)
    value = dose.amount.value
    multiplier = _multiplier(dose, weight, surface)
    if multiplier is not None:
        value = product(value, multiplier.value)
    if dose.a_day and doses:
        value /= doses
    unit = dose.amount.unit
    before = amount = Quantity(value=value, unit=unit)
    least = dose.least.to(unit) if dose.least else None
    most = _most(dose, unit, doses)
    if least and most and exceeds(least.value, most.value):
        raise CheckTheAmount(
            f"The minimum {write_quantity(least)} is above what the day's maximum leaves for each dose, "
            f"{write_quantity(most)}.",
            "Check both with the prescriber.",
            given=write_quantity(least),
        )
    if most and exceeds(value, most.value):
        amount = most
        _note_limit(notes, "limited", amount, before, locale, profile)
    elif least and exceeds(least.value, value):
        amount = least
        _note_limit(notes, "raised", amount, before, locale, profile)
    if (
        dose.per == "kg"
        and multiplier
        and not (dose.most or dose.most_a_day)
        and exceeds(multiplier.value, WEIGHT_WITHOUT_MAXIMUM)
    ):
        cautions.add(
            notes,
            "no-maximum",
            f"The dose is per kg without a maximum, and the weight is {write_quantity(multiplier, locale=locale)}: "
            "check it against the adult dose.",
        )
    return EachDose(
        amount=amount, before_limits=before, least=least, most=most, doses_a_day=doses, multiplier=multiplier
    )


def _doses_a_day(dose: Dose, times_a_day: int | None) -> int | None:
    if times_a_day is not None:
        checked_doses_a_day(times_a_day)
    if dose.doses_a_day and times_a_day and dose.doses_a_day != times_a_day:
        raise CheckTheAmount(
            f"The dose says {dose.doses_a_day} doses a day, and {times_a_day} times a day were given.",
            "Give one number of doses a day.",
            given=str(times_a_day),
        )
    doses = dose.doses_a_day or times_a_day
    if doses is None and dose.a_day:
        raise GiveWhatIsMissing(
            f"{write_dose(dose)} is for a whole day, and the number of doses a day is not given.",
            "Write 'in 3 doses' behind it, or give the times a day.",
            given=write_quantity(dose.amount),
        )
    if doses is None and dose.most_a_day:
        raise GiveWhatIsMissing(
            f"The maximum of {write_dose(dose)} is for a whole day, and the number of doses a day is not given.",
            "Give the times a day, or write the maximum for each dose.",
            given=write_quantity(dose.most_a_day),
        )
    return doses


def _multiplier(dose: Dose, weight: Measurement | None, surface: Measurement | None) -> Quantity | None:
    if dose.per == "patient":
        return None
    measured = weight if dose.per == "kg" else surface
    if measured is None:
        need, example = ("weight", "18 kg") if dose.per == "kg" else ("body surface", "0.8 m2")
        how = "the weight" if dose.per == "kg" else "the body surface, or height and weight"
        raise GiveWhatIsMissing(
            f"{write_dose(dose)} needs the {need}, which is not given.",
            f"Give {how}, such as '{example}'.",
            given=write_quantity(dose.amount),
        )
    return measured.used


def _most(dose: Dose, unit: Unit, doses: int | None) -> Quantity | None:
    most = dose.most.to(unit) if dose.most else None
    if dose.most_a_day and doses:
        shared = Quantity(value=dose.most_a_day.to(unit).value / doses, unit=unit)
        if most is None or exceeds(most.value, shared.value):
            return shared
    return most


def _note_limit(  # noqa: PLR0913, PLR0917  (one sentence, three numbers, how they are written)
    notes: cautions.Notes, word: str, amount: Quantity, before: Quantity, locale: str | None, profile: Profile
) -> None:
    shown, would = (write_quantity(q, locale=locale, profile=profile) for q in (amount, before))
    cautions.add(notes, word, f"Each dose is {word} to {shown} (would be {would}).")


def write_dose(dose: Dose, *, locale: str | None = None, profile: Profile = "international") -> str:
    r"""The dose in the words that :func:`liquidose.dosing.ordered.read_dose` reads back.

    >>> from liquidose.dosing.ordered import read_dose
    >>> write_dose(read_dose("25 mg/kg/day in 3 doses (max 1 g/day)"))
    '25\xa0mg per kg per day in 3 doses, max 1\xa0g per day'
    """

    def shown(quantity: Quantity) -> str:
        return write_quantity(quantity, locale=locale, profile=profile)

    words = shown(dose.amount)
    if dose.per != "patient":
        words += f" per {'kg' if dose.per == 'kg' else 'm²'}"
    if dose.a_day:
        words += " per day"
    if dose.doses_a_day:
        words += f" in {dose.doses_a_day} dose{'s' if dose.doses_a_day > 1 else ''}"
    limits = [
        f"min {shown(dose.least)}" if dose.least else "",
        f"max {shown(dose.most)}" if dose.most else "",
        f"max {shown(dose.most_a_day)} per day" if dose.most_a_day else "",
    ]
    return ", ".join([words, *filter(None, limits)])
