"""How often the one dose of an order is given, counted for its patient, and what must be told of that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from liquidose.cautions import Caution
from liquidose.directions import Often, every_words
from liquidose.dosing.daily import in_a_day
from liquidose.dosing.dose import Dose
from liquidose.dosing.patient import Patient
from liquidose.orders.parts import Directions
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import NO_BREAK, Profile, english, write_quantity

_LONG: Final = 6
"""From so many hours an interval can be a part of the day as well."""


class Counted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The dose of an order, and how many of it a day may have."""

    dose: Dose
    """With the amount that a day's doses together may not pass."""
    doses_a_day: int | None
    """As ordered; of a dose as needed, the most in 24 hours. None where nothing says."""
    often: Often


def counted(directions: Directions, dose: Dose, patient: Patient, *, locale: str | None) -> Counted:
    """How often the one dose of some directions is given.

    Raises:
        LiquidoseError: as :func:`liquidose.dosing.daily.in_a_day` does.
    """
    dose, doses = in_a_day(dose, directions.frequency(locale=locale), patient)
    often = Often(
        times=directions.times,
        times_a_day=directions.times_a_day,
        every=directions.hours_apart,
        as_needed=directions.given_as_needed,
        reason=directions.reason,
        most=doses if _has_maximum(directions, dose) else None,
    )
    return Counted(dose=dose, doses_a_day=doses, often=often)


def told_of_a_day(
    directions: Directions,
    found: Counted,
    each: Quantity,
    *,
    locale: str | None,
    profile: Profile = "international",
) -> Iterator[Caution]:
    """What the directions leave open of a day, and how its maximum was counted; ``each`` is the amount of one dose."""
    often, most = found.often, found.dose.most_a_day
    if often.as_needed and not _has_maximum(directions, found.dose):
        yield Caution(
            code="no-daily-maximum",
            text=f"The order does not say how much may be given in 24{NO_BREAK}hours at most: ask the pharmacist.",
        )
    if often.as_needed and found.doses_a_day is not None and most is not None:
        locale = english(locale)
        one, limit = (write_quantity(amount, locale=locale, profile=profile) for amount in (each, most))
        day = Quantity(value=each.value * found.doses_a_day, unit=each.unit)
        yield Caution(
            code="daily-maximum",
            text=f"At most {found.doses_a_day}{NO_BREAK}dose{'s' if found.doses_a_day > 1 else ''} of {one} in "
            f"24{NO_BREAK}hours, {write_quantity(day, locale=locale, profile=profile)}; the maximum is {limit}.",
            level="note",
        )
    if often.every is not None and often.every >= _LONG and not often.as_needed:
        yield Caution(
            code="interval",
            text=f"'{every_words(often.every)}' is understood less well than parts of the day: if the prescriber "
            "agrees, write times.",
            level="note",
        )


def _has_maximum(directions: Directions, dose: Dose) -> bool:
    return directions.max_per_day is not None or dose.most_a_day is not None
