"""What comes after a course, in words: a titration that ends is never read as a stop, and a stop says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from liquidose.cautions import Caution
from liquidose.courses.course import Course, Cycle
from liquidose.courses.steps import Step, day_words
from liquidose.directions import DAY_PARTS, every_words, how_often, joined, volume_words
from liquidose.quantities.writing import NO_BREAK, written_date


def dose_words(step: Step) -> str:
    """The measured doses of a day: ``20 mL``, or each with its time where they differ."""
    if step.is_even:
        return volume_words(step.doses[0].measured.ml)
    return joined(
        [f"{volume_words(dose.measured.ml)} {DAY_PARTS.get(dose.time, dose.time)}" for dose in step.doses]
    )


def often_words(step: Step) -> str:
    """When a day's doses are given: ``in the morning and at bedtime``, ``every 8 hours``, ``as needed, up to 4 doses in 24 hours``."""
    named = step.doses[0].time in DAY_PARTS
    if step.as_needed and not named:
        return f"{as_needed_words(step)} in 24{NO_BREAK}hours"
    if step.every is not None:
        return every_words(step.every)
    words = how_often(tuple(dose.time for dose in step.doses) if named else (), len(step.doses))
    return f"{words} as needed" if step.as_needed else words


def as_needed_words(step: Step) -> str:
    """``as needed, up to 4 doses``."""
    count = len(step.doses)
    return f"as needed, up to {count}{NO_BREAK}dose{'s' if count > 1 else ''}"


def stop_words(step: Step) -> str:
    """``stop: none from 05 Dec 2026``, or ``none`` for days without doses before others with."""
    if step.days is None:
        return f"stop: none from {step.from_words}"
    return "none"


def cycle_words(cycle: Cycle) -> str:
    """``1 day on, 1 day off``."""
    on, off = cycle.on, cycle.off
    return f"{on}{NO_BREAK}day{'s' if on > 1 else ''} on, {off}{NO_BREAK}day{'s' if off > 1 else ''} off"


def endings(course: Course, steps: tuple[Step, ...], *, runs_out: int | None) -> Iterator[Caution]:
    """What every output ends with: keep giving, or the review; nothing behind a stop, which is a step itself.

    ``runs_out`` is the first day that the dispensed quantity does not cover, where the order states one.
    """
    last = steps[-1]
    if not last.doses and course.review is None:
        return
    after_day = last.from_day + (last.days or 0)
    after = None if last.first is None else last.first + dt.timedelta(days=last.days or 0)
    if course.review is not None:
        yield from _until_review(course.review, after, last)
        yield Caution(code="review", text=f"Review on {written_date(course.review)}.")
        return
    if runs_out is not None:
        after = None if after is None else after + dt.timedelta(days=runs_out - after_day)
        after_day = runs_out
    yield Caution(
        code="keep-giving", text=f"{keep_giving(last)}. Get more before {day_words(after_day, after)}."
    )


def keep_giving(last: Step) -> str:
    """``Keep giving 20 mL. Do not stop``."""
    words = dose_words(last)
    if last.cycle is not None:
        words += f", {cycle_words(last.cycle)}"
    return f"Keep giving {words}. Do not stop"


def _until_review(review: dt.date, after: dt.date | None, last: Step) -> Iterator[Caution]:
    """A warning, if doses run out before the review, or nobody can tell; ``after`` is the day behind the course."""
    if not last.doses:
        return
    if after is None:
        yield Caution(
            code="run-out",
            text="The course has no start date, so nobody can tell whether it lasts until the review.",
        )
    elif after < review:
        off = (last.days or 0) - last.last_place - 1
        yield Caution(
            code="run-out",
            text=f"The course runs out: the last dose is on {written_date(after - dt.timedelta(days=1 + off))}, the review on "
            f"{written_date(review)}, and no dose is ordered for the days between. Ask the prescriber.",
        )
