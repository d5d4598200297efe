"""What a calendar holds of a course, entry by entry: each dose, or each day, and what comes after the last.

Every day of the course has an entry, so that an empty day never has to be read. A dose stands at an hour only
where the hour of its part of the day is stated; else its day has one entry that lists its doses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

import msgspec

from liquidose.clock import DayParts
from liquidose.courses.ending import dose_words, keep_giving, often_words, stop_words
from liquidose.courses.noting import steps_words
from liquidose.courses.schedule import Schedule
from liquidose.courses.steps import ScheduledDose, Step
from liquidose.courses.switching import OLD_VOLUME
from liquidose.directions import DAY_PARTS, filling
from liquidose.errors import CheckTheAmount, GiveWhatIsMissing
from liquidose.quantities.writing import NO_BREAK, sentence, write_short, written_date

_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 2199
"""Outside these a year is a slip of the pen, and time zones are not known."""


class Occasion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry: on a day, at an hour or for the whole day."""

    key: str
    """What it is of its day: a part of the day, ``day``, ``after``, ``supply`` or ``review``."""
    date: dt.date
    time: dt.time | None = None
    days: int = 1
    rings: dt.time | None = None
    """When the alarm of a whole day is; None for none."""
    title: str
    lines: tuple[str, ...]


def occasions(schedule: Schedule, parts: DayParts, *, with_name: bool = False) -> tuple[Occasion, ...]:
    """The entries of a course, in order of its days; the patient's name stands in them only if asked for.

    Raises:
        GiveWhatIsMissing: no start date, or an hour for some of a day's doses and not for others.
        CheckTheAmount: a start in a year that cannot be meant.
    """
    if schedule.start is None:
        raise GiveWhatIsMissing(
            "A calendar needs dates, and the course has no start.",
            "Write directions.start.",
            given="directions.start",
        )
    if not _FIRST_YEAR <= schedule.start.year <= _LAST_YEAR:
        raise CheckTheAmount(
            f"The course starts on {written_date(schedule.start)}, for which no calendar is kept.",
            "Check the year.",
            given=str(schedule.start),
        )
    return tuple(_Calendar(schedule, parts, schedule.start, with_name=with_name).entries())


class _Calendar:
    """Writes the entries of one course."""

    def __init__(self, schedule: Schedule, parts: DayParts, start: dt.date, *, with_name: bool) -> None:
        self.schedule, self.parts, self.start = schedule, parts, start
        order = schedule.order
        self.tail = f"{schedule.drug}, {schedule.strength}, revision{NO_BREAK}{order.revision}"
        if with_name:
            self.tail += f", for {order.patient.name}"
        self.last = next(step for step in reversed(schedule.steps) if step.doses)
        clocks = [clock for step in schedule.steps for clock in self._clocks(step)]
        self.rings = parts.clock("reminder") or min(filter(None, clocks), default=None)

    def entries(self) -> Iterator[Occasion]:
        for step in self.schedule.steps:
            yield from self._of_step(step)
        yield from self._after()

    def _day(self, number: int) -> dt.date:
        return self.start + dt.timedelta(days=number - 1)

    def _clocks(self, step: Step) -> list[dt.time | None]:
        """The hour of each dose of a step's day; all of them are stated, or none is. A dose as needed has none.

        Raises:
            GiveWhatIsMissing: some are and others are not.
        """
        clocks = [None if step.as_needed else self.parts.clock(dose.time) for dose in step.doses]
        without = [dose.time for dose, clock in zip(step.doses, clocks, strict=True) if clock is None]
        if without and any(clocks):
            stated = next(dose.time for dose in step.doses if dose.time not in without)
            raise GiveWhatIsMissing(
                f"day_parts has no clock time for {' and '.join(without)}, and one for {stated}.",
                "Write the clock time of every part of the day that the course names, or of none.",
                given=without[0],
            )
        return clocks

    def _of_step(self, step: Step) -> Iterator[Occasion]:
        if not step.doses:
            yield self._whole("day", step.from_day, self._none(step), days=step.days or 1)
            return
        for place in range(step.days or 1):
            number = step.from_day + place
            if step.cycle is not None and not step.cycle.doses_on(place):
                yield self._whole("day", number, "none on this day", self._where(step, number))
                continue
            if step.as_needed:
                yield self._whole(
                    "day", number, f"Give {_day_words(step)}", *self._told(step, number), rings=False
                )
                continue
            for dose, clock in zip(step.doses, self._clocks(step), strict=True):
                if clock is None:
                    yield self._whole("day", number, f"Give {_day_words(step)}", *self._told(step, number))
                    break
                words = f"Give {dose_words(_alone(step, dose))}"
                yield Occasion(
                    key=dose.time,
                    date=self._day(number),
                    time=clock,
                    title=self._title(words),
                    lines=self._told(step, number, dose),
                )

    def _none(self, step: Step) -> str:
        if step.days is None:
            return stop_words(step)
        return (
            "none on this day" if step.days == 1 else f"none from {step.from_words} to {self._last_day(step)}"
        )

    def _last_day(self, step: Step) -> str:
        return written_date(self._day(step.to_day))

    def _after(self) -> Iterator[Occasion]:
        """What comes behind the last dose: keep giving, more to be got, the review; a stop is a step itself."""
        schedule, behind = self.schedule, self.last.to_day + 1
        review = schedule.order.directions.course.review
        ends = tuple(caution.text for caution in schedule.ending)
        if schedule.then == "continue":
            yield self._whole("after", behind, keep_giving(self.last), *ends)
        elif review is not None and schedule.steps[-1].doses and self._day(behind) < review:
            yield self._whole("after", behind, "No dose is ordered from here: ask the prescriber", *ends)
        supply = schedule.supply
        more = behind if schedule.then == "continue" else None
        if schedule.runs_out_on is not None:
            more = schedule.runs_out_on
        if more is not None:
            early = None if supply is None else supply.refill_on
            words = f"Get more before {schedule.day_words(more)}"
            yield self._whole("supply", early or max(more - 1, 1), words)
        if review is not None:
            yield self._whole("review", (review - self.start).days + 1, f"Review on {written_date(review)}")

    def _whole(
        self, key: str, number: int, words: str, *lines: str, days: int = 1, rings: bool = True
    ) -> Occasion:
        return Occasion(
            key=key,
            date=self._day(number),
            days=days,
            rings=self.rings if rings else None,
            title=self._title(words),
            lines=lines,
        )

    def _title(self, words: str) -> str:
        return f"{words[0].upper()}{words[1:]}: {self.tail}"

    def _where(self, step: Step, number: int) -> str:
        schedule = self.schedule
        return (
            f"Step {step.number} of {len(schedule.steps)}, day {number} of {self.last.to_day}: "
            f"{written_date(self._day(step.from_day))} to {self._last_day(step)}."
        )

    def _told(self, step: Step, number: int, dose: ScheduledDose | None = None) -> tuple[str, ...]:
        """What stands below a title: each dose with its syringe, how, the step, and the order's own warnings."""
        schedule = self.schedule
        doses = step.doses[:1] if dose is None and step.is_even else step.doses if dose is None else (dose,)
        lines = []
        for one in doses:
            amount = write_short(one.dose, locale=schedule.locale, profile=schedule.profile)
            when = "Each dose" if dose is None and step.is_even else _part(one)
            lines.append(f"{sentence(f'{when}: {amount}')} {filling(one.measured)}")
        lines += [schedule.manner, self._where(step, number)]
        lines.append(f"Only for the bottle marked {schedule.strength}.")
        here = f"{steps_words([step.number])}:"
        lines += [c.text for c in schedule.own if c.code != OLD_VOLUME or c.text.startswith(here)]
        lines += dict.fromkeys(
            caution.text
            for one in doses
            for caution in one.measured.warnings
            if caution.level == "warning" or caution.code == "check-the-lines"
        )
        lines += [
            caution.text
            for caution in schedule.notes
            if caution.level == "warning" and not caution.text.startswith("Step")
        ]
        if step is self.last:
            lines += [caution.text for caution in schedule.ending]
        return tuple(lines)


def _part(dose: ScheduledDose) -> str:
    return DAY_PARTS.get(dose.time, dose.time)


def _alone(step: Step, dose: ScheduledDose) -> Step:
    """The step with one of its doses, whose words then need no time."""
    return msgspec.structs.replace(step, doses=(dose,))


def _day_words(step: Step) -> str:
    """The doses of a whole day: ``5 mL in the morning and at bedtime``, ``5 mL, 3 times a day``."""
    if not step.is_even:
        return dose_words(step)
    apart = "" if step.as_needed or step.every or step.doses[0].time in DAY_PARTS else ","
    return f"{dose_words(step)}{apart} {often_words(step)}"
