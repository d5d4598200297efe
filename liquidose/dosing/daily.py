"""How many doses 24 hours hold: as many as are ordered, or as many as a maximum and an interval leave of a dose as needed.

A maximum of a day never becomes a larger dose or a smaller one: a dose that does not keep it is refused.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

import msgspec

from liquidose import cautions
from liquidose.dosing.dose import MOST_DOSES_A_DAY, Dose, dose_for, write_dose
from liquidose.dosing.ordered import read_dose
from liquidose.dosing.patient import Patient
from liquidose.errors import CheckTheAmount, GiveWhatIsMissing, LiquidoseError, UnreadableText
from liquidose.numbers import write_number
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import NO_BREAK, write_quantity

HOURS: Final = 24
INTERVALS: Final = tuple(hours for hours in range(1, HOURS + 1) if HOURS % hours == 0)
"""1, 2, 3, 4, 6, 8, 12 and 24 hours: with these every day has the same doses."""
_LIKE: Final = "Write an amount, such as '60 mg', or a number of doses, such as '4 doses'."


class DailyMaximum(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The most that may be given in 24 hours: an amount, or a number of doses."""

    amount: Quantity | None = None
    doses: int | None = None


class Frequency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often a dose is ordered."""

    a_day: int | None = None
    """Doses a day by parts of the day or by a number."""
    every: int | None = None
    """Hours from one dose to the next; of a dose as needed, the fewest."""
    as_needed: bool = False
    most: DailyMaximum | None = None

    @property
    def said(self) -> int | None:
        """How many doses a day that is, where it is said."""
        return HOURS // self.every if self.every else self.a_day


def hours_in(text: str) -> int:
    """The hours between two doses that a text such as ``8 hours`` says.

    Raises:
        UnreadableText: a range, or no number of hours.
        CheckTheAmount: hours by which some days would have other doses than others.

    >>> hours_in("8 hours")
    8
    """
    match = re.fullmatch(r"\s*([0-9]{1,3})\s*h(?:ours?)?\s*", text, re.ASCII)
    if match is None and re.search(r"[0-9]\s*(?:[a-z]+\s*)?(?:-|–|—|\bto\b|\bor\b)\s*[0-9]", text):
        raise UnreadableText(
            f"'{text}' is a range of times between doses.",
            "Choose one, with the prescriber, such as '6 hours'.",
            given=text,
        )
    if match is None:
        raise UnreadableText(
            f"'{text}' is no time between doses.",
            "Write it in hours, such as '8 hours'; doses with days between them are a course with cycle.",
            given=text,
        )
    hours = int(match[1])
    if hours not in INTERVALS:
        known = ", ".join(map(str, INTERVALS[:-1]))
        raise CheckTheAmount(
            f"'{text}' does not divide a day, so that some days would have other doses than others.",
            f"Ask the prescriber for an interval of {known} or {INTERVALS[-1]} hours; "
            "doses with days between them are a course with cycle.",
            given=text,
        )
    return hours


def read_daily_maximum(text: str, *, locale: str | None = None, notes: cautions.Notes = None) -> DailyMaximum:
    """The most in 24 hours that a text such as ``60 mg`` or ``4 doses`` states.

    Raises:
        UnreadableText: a bare number, or more than one amount.
        CheckTheAmount: none, more than 24 doses, or an amount per kg.
        LiquidoseError: as reading a dose does.

    >>> read_daily_maximum("4 doses").doses
    4
    """
    counted = re.fullmatch(r"\s*([0-9]{1,4})\s*doses?\s*", text, re.ASCII)
    if counted is not None:
        doses = int(counted[1])
        if not 1 <= doses <= MOST_DOSES_A_DAY:
            raise CheckTheAmount(
                f"'{text}' in 24{NO_BREAK}hours cannot be.",
                f"Give 1 to {MOST_DOSES_A_DAY} doses.",
                given=text,
            )
        return DailyMaximum(doses=doses)
    if re.fullmatch(r"\s*[0-9]{1,2}\s*", text, re.ASCII):
        number = text.strip()
        raise UnreadableText(
            f"The maximum '{number}' in 24{NO_BREAK}hours could be {number} doses, or an amount whose unit is missing.",
            f"Write '{number} doses', or the amount with its unit, such as '{number} mg'.",
            given=text,
        )
    try:
        dose = read_dose(text, locale=locale, notes=notes)
    except LiquidoseError as fault:
        problem = f"The maximum in 24{NO_BREAK}hours: {fault.problem}"
        raise type(fault)(problem, fault.remedy, given=text) from None
    if dose.per != "patient":
        raise CheckTheAmount(
            f"The maximum {write_dose(dose)} in 24{NO_BREAK}hours is not an amount for this patient.",
            f"{_LIKE} A maximum by weight is a [[guard]] with rule = 'most_per_day'.",
            given=text,
        )
    if dose != Dose(amount=dose.amount, a_day=dose.a_day):
        raise UnreadableText(
            f"The maximum '{text}' holds more than one amount in 24{NO_BREAK}hours.", _LIKE, given=text
        )
    return DailyMaximum(amount=dose.amount)


def in_a_day(dose: Dose, often: Frequency, patient: Patient) -> tuple[Dose, int | None]:
    """The dose with the amount that a day's doses together may not pass, and how many a day may have; None where nothing says.

    Of a dose as needed it is the most in 24 hours: what the maximum and the interval both allow.

    Raises:
        CheckTheAmount: more is ordered than the maximum allows, or the maximum allows more than the order.
        GiveWhatIsMissing: a maximum, and nothing that says how many doses a day; a weight.
        UnitsDoNotMatch: a maximum that counts something else than the dose.
    """
    if often.most is None and not often.as_needed:
        return dose, often.said
    stated = often.most or DailyMaximum()
    if stated.amount is not None:
        if dose.most_a_day is not None:
            raise CheckTheAmount(
                f"The dose is {write_dose(dose)}, and max_per_day is {write_quantity(stated.amount)}: "
                "two maxima for one day.",
                "Write one of them.",
                given=write_quantity(stated.amount),
            )
        dose = msgspec.structs.replace(dose, most_a_day=stated.amount)
    if not often.as_needed:
        return dose, _kept(dose, often.said or dose.doses_a_day, stated, patient)
    if dose.a_day:
        raise CheckTheAmount(
            f"{write_dose(dose)} is for a whole day, and nobody knows how many doses of it will be needed.",
            "Write the amount of one dose, and the maximum as max_per_day.",
            given=write_dose(dose),
        )
    if often.a_day is not None:
        return dose, _kept(dose, often.a_day, stated, patient)
    return dose, _allowed(dose, often.said, stated, patient)


def _kept(dose: Dose, doses: int | None, stated: DailyMaximum, patient: Patient) -> int | None:
    """The number of doses a day that are ordered, where they keep the maximum.

    Raises:
        GiveWhatIsMissing: it is not said.
        CheckTheAmount: they are more than it allows.
    """
    if doses is None:
        raise GiveWhatIsMissing(
            f"The maximum is for 24{NO_BREAK}hours, and the order does not say how many doses a day are given.",
            "Write times, times_a_day or every.",
            given="max_per_day",
        )
    if stated.doses is not None and doses > stated.doses:
        raise CheckTheAmount(
            f"{_count(doses)} a day are ordered, and the maximum allows {stated.doses} in 24{NO_BREAK}hours.",
            "Check both with the prescriber.",
            given=f"{stated.doses} doses",
        )
    if stated.amount is not None:
        each = _each(dose, patient, doses)
        day = Quantity(value=each.value * doses, unit=each.unit)
        if _over(day, stated.amount):
            raise CheckTheAmount(
                f"{_count(doses)} of {write_quantity(each)} are {write_quantity(day)} a day, above the maximum of "
                f"{write_quantity(stated.amount)} in 24{NO_BREAK}hours.",
                "Check both with the prescriber.",
                given=write_quantity(stated.amount),
            )
    return doses


def _allowed(dose: Dose, fit: int | None, stated: DailyMaximum, patient: Patient) -> int | None:
    """The most doses of one as needed in 24 hours; ``fit`` is how many the interval leaves room for.

    Raises:
        CheckTheAmount: not even one, more than 24, or a stated number that the interval has no room for.
    """
    if stated.doses is not None:
        if fit is not None and stated.doses > fit:
            raise CheckTheAmount(
                f"The maximum allows {_count(stated.doses)} in 24{NO_BREAK}hours, and the time between doses leaves "
                f"room for {fit}.",
                "Check both with the prescriber.",
                given=f"{stated.doses} doses",
            )
        fit = stated.doses
    most = dose.most_a_day
    if most is None:
        return fit
    each = _each(dose, patient, None)
    whole = int(most.to(each.unit).value // each.value)
    if not whole:
        raise CheckTheAmount(
            f"One dose is {write_quantity(each)}, above the maximum of {write_quantity(most)} in 24{NO_BREAK}hours.",
            "Check both with the prescriber.",
            given=write_quantity(most),
        )
    if fit is None and whole > MOST_DOSES_A_DAY:
        raise CheckTheAmount(
            f"The maximum of {write_quantity(most)} in 24{NO_BREAK}hours would be "
            f"{write_number(Fraction(whole))} doses of {write_quantity(each)}.",
            "Check both amounts and their units.",
            given=write_quantity(most),
        )
    return whole if fit is None else min(whole, fit)


def _each(dose: Dose, patient: Patient, doses: int | None) -> Quantity:
    """One dose before any limit of a day."""
    alone = msgspec.structs.replace(dose, most_a_day=None)
    return dose_for(alone, weight=patient.weight, surface=patient.surface, times_a_day=doses).amount


def _over(amount: Quantity, limit: Quantity) -> bool:
    return amount.to(limit.unit).value > limit.value


def _count(doses: int) -> str:
    return f"{doses}{NO_BREAK}dose{'' if doses == 1 else 's'}"
