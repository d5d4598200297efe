"""A course day by day: each day once, with its doses and what is new about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, NamedTuple

from liquidose.courses.ending import as_needed_words
from liquidose.courses.schedule import Schedule
from liquidose.courses.steps import ScheduledDose, Step

START: Final = "Start"
NEW_DOSE: Final = "New dose"
STOP: Final = "Stop: none from today"
NO_DOSE: Final = "No dose today"


class Day(NamedTuple):
    """One day of a course."""

    number: int
    """Counted from 1."""
    date: dt.date | None
    """Where the course has a start."""
    step: Step
    doses: tuple[ScheduledDose, ...]
    words: str
    """What is new or missing; empty on a day like the one before."""
    is_change: bool
    """Whether its doses begin, change or end with it; alternate days are no change."""


def course_days(schedule: Schedule) -> Iterator[Day]:
    """Every day in order; a stop without an end is one day, on which it begins."""
    before: tuple[object, ...] = ()
    for step in schedule.steps:
        after = tuple((dose.time, dose.measured.ml) for dose in step.doses)
        for place in range(step.days or 1):
            on = bool(step.doses) and (step.cycle is None or step.cycle.doses_on(place))
            number = step.from_day + place
            is_change = not place and (number == 1 or after != before)
            yield Day(
                number,
                None if step.first is None else step.first + dt.timedelta(days=place),
                step,
                step.doses if on else (),
                _words(step, number, on=on, is_change=is_change),
                is_change,
            )
        before = after


def last_day(schedule: Schedule) -> int:
    """The number of the last day that :func:`course_days` gives."""
    return schedule.steps[-1].to_day


def _words(step: Step, number: int, *, on: bool, is_change: bool) -> str:
    if not on:
        return STOP if step.days is None else NO_DOSE
    change = (START if number == 1 else NEW_DOSE) if is_change else ""
    needed = as_needed_words(step) if step.as_needed else ""
    return ": ".join(filter(None, (change, needed)))
