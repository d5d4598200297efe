"""A step of a schedule: the same doses for a number of days, exact and measured side by side."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import msgspec

from liquidose.courses.course import Cycle
from liquidose.devices.measuring import Measured
from liquidose.dosing.dose import Dose
from liquidose.dosing.strength import ML
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import NO_BREAK, written_date


class ScheduledDose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One dose of a day: when, what is ordered, and what the syringe is set to."""

    time: str
    """A part of the day, or ``dose 1``, ``dose 2`` … where the order names none."""
    dose: Quantity
    """Exactly as ordered; a volume where the order is by volume."""
    ordered: Dose
    """As the order writes it, before weight and limits."""
    measured: Measured

    @property
    def volume_ml(self) -> Fraction:
        """The exact volume."""
        return self.measured.exact_ml

    @property
    def given(self) -> Quantity:
        """What the measured volume holds, in the unit of the dose."""
        given = self.measured.dose_given
        return Quantity(value=self.measured.ml, unit=ML) if given is None else given.to(self.dose.unit)


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same doses for a number of days; without doses nothing is given."""

    number: int
    from_day: int
    """Counted from 1."""
    days: int | None
    """None where there is no end: a stop, for good."""
    doses: tuple[ScheduledDose, ...]
    cycle: Cycle | None = None
    every: int | None = None
    """Hours from one dose to the next, where that is how the order says when; of a dose as needed, the fewest."""
    as_needed: bool = False
    """Whether its doses are the most that a day may have, each given only when it is needed."""
    first: dt.date | None = None
    """The date of its first day, where the course has a start."""

    @property
    def to_day(self) -> int:
        """The number of its last day; of its first where there is no end."""
        return self.from_day + (self.days or 1) - 1

    @property
    def last(self) -> dt.date | None:
        """The date of its last day."""
        return None if self.first is None else self.first + dt.timedelta(days=(self.days or 1) - 1)

    @property
    def dosing_days(self) -> int:
        """How many of its days have doses; 0 where there is no end to count to."""
        if not self.doses or self.days is None:
            return 0
        return self.days if self.cycle is None else self.cycle.dosing_days(self.days)

    @property
    def last_place(self) -> int:
        """Which of its days, counted from 0, is the last with doses."""
        places = reversed(range(self.days or 0))
        return next((place for place in places if self.cycle is None or self.cycle.doses_on(place)), 0)

    @property
    def day_ml(self) -> Fraction:
        """The exact volume of one day with doses."""
        return sum((dose.volume_ml for dose in self.doses), Fraction(0))

    @property
    def day_measured_ml(self) -> Fraction:
        """The measured volume of one day with doses."""
        return sum((dose.measured.ml for dose in self.doses), Fraction(0))

    @property
    def day_amount(self) -> Quantity | None:
        """What is ordered for one day with doses; None where nothing is."""
        return _together([dose.dose for dose in self.doses])

    @property
    def day_given(self) -> Quantity | None:
        """What the measured volumes of one day hold."""
        return _together([dose.given for dose in self.doses])

    @property
    def is_even(self) -> bool:
        """Whether every dose of a day is the same."""
        return len({(dose.dose, dose.measured.ml) for dose in self.doses}) == 1

    @property
    def from_words(self) -> str:
        """When it begins: a date, or the number of the day."""
        return day_words(self.from_day, self.first)


def day_words(day: int, date: dt.date | None) -> str:
    """A day of a course as people say it: ``05 Dec 2026``, or ``day 13`` where there are no dates."""
    return f"day{NO_BREAK}{day}" if date is None else written_date(date)


def _together(amounts: list[Quantity]) -> Quantity | None:
    if not amounts:
        return None
    unit = amounts[0].unit
    return Quantity(value=sum((amount.to(unit).value for amount in amounts), Fraction(0)), unit=unit)
