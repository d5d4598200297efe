"""A guard: a limit that the order or a protocol states, never the program, with its source."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal

import msgspec

from liquidose.clock import DayParts
from liquidose.courses.course import checked_days
from liquidose.courses.steps import Step
from liquidose.dosing.daily import HOURS
from liquidose.dosing.dose import Dose, write_dose
from liquidose.dosing.ordered import read_dose
from liquidose.dosing.patient import Patient
from liquidose.errors import CheckTheAmount
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import NO_BREAK, Profile

Rule = Literal[
    "most_per_dose",
    "most_per_day",
    "largest_step",
    "shortest_step",
    "shortest_interval",
    "no_stop_without_taper",
    "no_gap",
]
OLDEST: Final = 130
_AMOUNTS: Final = ("most_per_dose", "most_per_day", "largest_step")


class Guard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One limit: what it holds, what happens where it does not, and who says so.

    Raises:
        ValueError: an amount or a number of days or hours that its rule does not need, or lacks.
    """

    rule: Rule
    amount: str | None = None
    """For one dose or one day, as the rule says; ``2 mg/kg`` counts by the weight."""
    days: int | None = None
    hours: int | None = None
    """The fewest between two doses."""
    breach: Literal["refuse", "warn"] = "refuse"
    overridable: bool = True
    """Whether an ``[[override]]`` of the order passes it where it refuses."""
    source: str = "the order"
    from_age: int | None = None
    """In years; it holds from this birthday."""
    to_age: int | None = None
    """It holds to this birthday, that day included."""

    def __post_init__(self) -> None:
        if (self.rule in _AMOUNTS) != (self.amount is not None):
            needs = "needs an amount" if self.rule in _AMOUNTS else "has no amount"
            raise ValueError(f"the guard {self.rule} {needs}")
        if (self.rule == "shortest_step") != (self.days is not None):
            needs = "needs days" if self.rule == "shortest_step" else "has no days"
            raise ValueError(f"the guard {self.rule} {needs}")
        if (self.rule == "shortest_interval") != (self.hours is not None):
            needs = "needs hours" if self.rule == "shortest_interval" else "has no hours"
            raise ValueError(f"the guard {self.rule} {needs}")
        if self.days is not None:
            checked_days(self.days)
        if self.hours is not None and not 1 <= self.hours <= HOURS:
            raise ValueError(f"the guard {self.rule} has {self.hours} hours; write 1 to {HOURS}")
        check_ages(self.from_age, self.to_age)
        if not self.source.strip():
            raise ValueError(f"the guard {self.rule} has no source")

    @property
    def code(self) -> str:
        """What its warnings, and the overrides that pass it, are named by: ``guard-most-per-day``."""
        return f"guard-{self.rule.replace('_', '-')}"

    @property
    def by_age(self) -> bool:
        """Whether it holds at some ages only."""
        return self.from_age is not None or self.to_age is not None

    def holds_in(self, step: Step, birth: dt.date | None) -> bool:
        """Whether the patient is of its ages on any day of a step; without dates only where it needs none."""
        if not self.by_age:
            return True
        if birth is None or step.first is None or step.last is None:
            return False
        old_enough = self.from_age is None or step.last >= birthday(birth, self.from_age)
        return old_enough and (self.to_age is None or step.first <= birthday(birth, self.to_age))

    def limit(self, locale: str | None = None) -> Dose:
        """Its amount as one limit for everybody, per kg or per m², with its own maximum if it has one.

        Raises:
            CannotRead: as :func:`read_dose` does.
            CheckTheAmount: an amount that would hold for something else than the rule says.
        """
        read = read_dose(self.amount or "", locale=locale)
        for_a_day = self.rule != "most_per_dose"
        unheld = read.most if for_a_day else read.most_a_day or (read.amount if read.a_day else None)
        if unheld is not None or read.least is not None or read.doses_a_day is not None:
            what, like = (
                ("a day", "2 mg/kg (max 60 mg/day)") if for_a_day else ("one dose", "2 mg/kg (max 60 mg)")
            )
            raise CheckTheAmount(
                f"The guard {self.rule} is for {what}, and its amount is '{self.amount}'.",
                f"Write an amount for {what} alone, such as '{like}'.",
                given=self.amount or "",
            )
        return msgspec.structs.replace(read, a_day=False, most=read.most or read.most_a_day, most_a_day=None)

    def words(self, locale: str | None = None) -> str:
        """The limit in a sentence, its source behind it."""
        amount = "" if self.amount is None else write_dose(self.limit(locale))
        said = {
            "most_per_dose": f"at most {amount} for each dose",
            "most_per_day": f"at most {amount} a day",
            "largest_step": f"at most {amount} a day up or down in one step, the last step to none included",
            "shortest_step": f"at least {self.days}{NO_BREAK}days for each step",
            "shortest_interval": f"at least {self.hours}{NO_BREAK}hour{'' if self.hours == 1 else 's'} between doses",
            "no_stop_without_taper": "no stop without a taper",
            "no_gap": "no day without a dose between doses",
        }[self.rule]
        ages = f", {age_words(self.from_age, self.to_age)}" if self.by_age else ""
        return f"{said}{ages} ({self.source})"


class Checked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What guards are held against."""

    before: Quantity | None
    """What was taken a day until the first step, where the order says it."""
    steps: tuple[Step, ...]
    stops: bool
    patient: Patient
    birth: dt.date | None
    profile: Profile
    locale: str | None
    """How the numbers of the order's own guards are written."""
    hours: DayParts = DayParts()
    """The clock times of the parts of the day, where the order or the site states them."""


def check_ages(from_age: int | None, to_age: int | None) -> None:
    """Nothing comes out, if both are ages that people have, the first not above the second.

    Raises:
        ValueError: they are not.
    """
    for name, age in (("from_age", from_age), ("to_age", to_age)):
        if age is not None and not 0 <= age <= OLDEST:
            raise ValueError(f"{name} is {age}; write years from 0 to {OLDEST}")
    if from_age is not None and to_age is not None and from_age > to_age:
        raise ValueError(f"from_age {from_age} is above to_age {to_age}")


def age_words(from_age: int | None, to_age: int | None) -> str:
    """``from 8 years of age up to the birthday of 18 years``, or one end of it."""
    begin = "" if from_age is None else f"from {from_age} years of age"
    end = "" if to_age is None else f"up to the birthday of {to_age} years"
    return " ".join(filter(None, (begin, end)))


def birthday(birth: dt.date, years: int) -> dt.date:
    """The day somebody becomes so many years old; born on 29 February, on 1 March of a common year."""
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return dt.date(birth.year + years, 3, 1)
