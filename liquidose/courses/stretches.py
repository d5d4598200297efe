"""What a course orders, stretch by stretch, exactly and before anything is measured."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from liquidose import cautions
from liquidose.courses.course import Course, CourseStep, Cycle, days_in
from liquidose.courses.rules import falling, few_enough, rising
from liquidose.dosing.daily import HOURS
from liquidose.dosing.dose import Dose, checked_doses_a_day, write_dose
from liquidose.dosing.ordered import read_dose
from liquidose.errors import CheckTheAmount, GiveWhatIsMissing


class Slot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One dose of a day: when, and what is ordered for it."""

    time: str
    """A part of the day, or ``dose 1``, ``dose 2`` … where none is named."""
    dose: Dose
    doses_a_day: int
    """By which a dose written per day is divided."""


class Stretch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same doses for a number of days; without slots nothing is given."""

    slots: tuple[Slot, ...]
    days: int | None
    """None where there is no end."""
    cycle: Cycle | None = None
    volume: str | None = None
    """As the prescriber wrote it, to be compared."""
    every: int | None = None
    """Hours from one dose to the next, where that is how the order says when."""


class Expanded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A course, written out."""

    before: tuple[Slot, ...]
    """What was taken until the first day; empty where the order does not say."""
    stretches: tuple[Stretch, ...]


def expand(
    course: Course,
    *,
    floor: Callable[[Slot], str],
    counted: tuple[Dose, int | None] | None = None,
    locale: str | None = None,
    notes: cautions.Notes = None,
) -> Expanded:
    """The stretches of a course, in order; one that stops ends with a stretch of none.

    ``counted`` is the only dose of a course with how many a day may have, where a maximum had a say in it.

    Raises:
        CannotRead: a dose that could be read two ways.
        CheckTheAmount: steps that go the wrong way, or too many of them.
        GiveWhatIsMissing: how often a day, or the last dose of a taper by percent.
        UnitsDoNotMatch: doses of one rule that count different things.
    """
    reader = _Reader(course, locale, notes)
    before: tuple[Slot, ...] = ()
    if course.until_now is not None:
        before = reader.until_now(course.until_now)
    if course.steps is not None:
        stretches = [reader.written(step, course) for step in course.steps]
    elif course.dose is not None:
        dose, doses = counted or (reader.read(course.dose), None)
        one = reader.same(dose, course.times, doses)
        stretches = [
            Stretch(
                slots=one,
                days=course.for_days,
                cycle=course.cycle,
                volume=course.volume,
                every=course.hours_apart,
            )
        ]
    else:
        before, stretches = _by_rule(course, reader, floor)
    if course.then == "stop" and stretches[-1].slots:
        stretches.append(Stretch(slots=(), days=None))
    if not any(stretch.slots for stretch in stretches):
        raise CheckTheAmount("No step of the course has a dose.", "Write the doses.", given="none")
    return Expanded(before=before, stretches=tuple(stretches))


class _Reader:
    """Reads the doses of one course, and gives them the course's own times."""

    def __init__(self, course: Course, locale: str | None, notes: cautions.Notes) -> None:
        self.times = course.times
        self.times_a_day = course.times_a_day
        self.every = course.hours_apart
        self.locale = locale
        self.notes = notes

    def read(self, text: str) -> Dose:
        return read_dose(text, locale=self.locale, notes=self.notes)

    def same(
        self, dose: Dose, times: tuple[str, ...] = (), times_a_day: int | None = None
    ) -> tuple[Slot, ...]:
        """The same dose at each time."""
        if not times and times_a_day is None:
            times = self.times
            times_a_day = HOURS // self.every if self.every else self.times_a_day
        count = len(times) or times_a_day or dose.doses_a_day
        if count is None:
            raise GiveWhatIsMissing(
                f"The course does not say how often a day {write_dose(dose)} is given.",
                "Write times = ['morning', 'bedtime'], times_a_day or every; of a dose as needed, max_per_day.",
                given=write_dose(dose),
            )
        checked_doses_a_day(count)
        names = times or tuple(f"dose {place}" for place in range(1, count + 1))
        return tuple(Slot(time=name, dose=dose, doses_a_day=count) for name in names)

    def until_now(self, text: str) -> tuple[Slot, ...]:
        """What was taken a day, whose times the steps need not say."""
        dose = self.read(text)
        if dose.a_day and dose.most is None:
            whole = msgspec.structs.replace(dose, doses_a_day=None)
            return (Slot(time="until now", dose=whole, doses_a_day=1),)
        return self.same(dose)

    def written(self, step: CourseStep, course: Course) -> Stretch:
        """A step that the order writes out."""
        if step.is_none:
            return Stretch(slots=(), days=step.days)
        if isinstance(step.dose, dict):
            slots = tuple(self._at(time, text, len(step.dose)) for time, text in step.dose.items())
        else:
            slots = self.same(self.read(step.dose), step.times, step.times_a_day)
        return Stretch(
            slots=slots,
            days=step.days,
            cycle=step.cycle or course.cycle,
            volume=step.volume,
            every=None if step.says_when else course.hours_apart,
        )

    def _at(self, time: str, text: str, count: int) -> Slot:
        dose = self.read(text)
        if dose.a_day:
            raise CheckTheAmount(
                f"'{text}' is for a whole day, and it is written for one time, {time}.",
                "Write the dose of that time alone.",
                given=text,
            )
        return Slot(time=time, dose=dose, doses_a_day=count)


def _by_rule(
    course: Course, reader: _Reader, floor: Callable[[Slot], str]
) -> tuple[tuple[Slot, ...], list[Stretch]]:
    """What was taken before, and the stretches of titrate, hold and taper."""
    found: list[tuple[Dose, int]] = []
    before: tuple[Slot, ...] = ()
    taper = course.taper
    if course.titrate is not None:
        found += rising(course.titrate, course, reader.read)
    if taper is not None and taper.from_ is not None:
        before = reader.same(reader.read(taper.from_))
    if course.hold is not None:
        dose, days = found.pop() if found else (before[0].dose, 0)
        found.append((dose, days + days_in(course.hold)))
    ends = False
    if taper is not None:
        current = found[-1][0] if found else before[0].dose
        lowest = falling(taper, current, reader.read, lambda dose: floor(reader.same(dose)[0]))
        found += [(dose, taper.days) for dose in lowest]
        ends = taper.to == "zero"
    few_enough(len(found))
    stretches = [
        Stretch(slots=reader.same(dose), days=days, cycle=course.cycle, every=course.hours_apart)
        for dose, days in found
    ]
    if ends:
        stretches.append(Stretch(slots=(), days=None))
    return before, stretches
