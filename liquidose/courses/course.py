"""A course as an order states it: for so many days, steps written out, or a rule that makes them; and what then."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, Literal

import msgspec

from liquidose.directions import DAY_PARTS
from liquidose.dosing.daily import hours_in
from liquidose.errors import CheckTheAmount, UnreadableText

MOST_DAYS: Final = 3660
"""Ten years; a longer course is a slip of the pen."""
NONE: Final = "none"
"""How a step without a dose is written."""


class Cycle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days with doses and days without, in turn, from the first day of a step; alternate days are 1 and 1.

    Raises:
        ValueError: no day on, or no day off.
    """

    on: int
    off: int

    def __post_init__(self) -> None:
        if self.on < 1 or self.off < 1:
            raise ValueError("a cycle has at least 1 day on and 1 day off")

    @property
    def length(self) -> int:
        """After how many days it begins again."""
        return self.on + self.off

    def dosing_days(self, days: int) -> int:
        """How many of a step's days have doses."""
        whole, rest = divmod(days, self.length)
        return whole * self.on + min(rest, self.on)

    def doses_on(self, place: int) -> bool:
        """Whether the day at this place of a step, counted from 0, has doses."""
        return place % self.length < self.on


class CourseStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step as it is written out.

    Raises:
        ValueError: a time that is no day part, or times said twice.
    """

    dose: str | dict[str, str]
    """A dose, a dose for each day part, or ``none``."""
    days: int | None = None
    """How many; left out only where a last step is none."""
    times: tuple[str, ...] = ()
    times_a_day: int | None = None
    cycle: Cycle | None = None
    volume: str | None = None
    """The volume of each dose as the prescriber wrote it: it must be the one worked out."""
    strength: str | None = None
    """Allowed only where it is the drug's own."""

    def __post_init__(self) -> None:
        checked_times(self.times, self.times_a_day)
        if isinstance(self.dose, dict):
            if not self.dose:
                raise ValueError("dose names no time of day; write { morning = '5 mg', bedtime = '10 mg' }")
            checked_times(tuple(self.dose), None)
            if self.times or self.times_a_day or self.volume:
                raise ValueError("a dose for each time of day stands without times, times_a_day and volume")
        if self.days is not None:
            checked_days(self.days)

    @property
    def is_none(self) -> bool:
        """Whether nothing is given in this step."""
        return self.dose == NONE

    @property
    def says_when(self) -> bool:
        """Whether it has times of its own, beside those of the course."""
        return isinstance(self.dose, dict) or bool(self.times or self.times_a_day)


class Titrate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From a dose upwards by equal steps, to a target or until a day.

    Raises:
        ValueError: both a target and a day, or neither.
    """

    start: str
    step: str
    every: str
    """How long each step lasts: ``3 days``, ``1 week``."""
    target: str | None = None
    """The last dose; the step that would pass it ends at it."""
    until: dt.date | None = None
    """The last day; the step that would pass it is cut short."""

    def __post_init__(self) -> None:
        days_in(self.every)
        if (self.target is None) == (self.until is None):
            raise ValueError("titrate needs a target (a dose) or until (a date), and only one of them")

    @property
    def days(self) -> int:
        """How long each step lasts."""
        return days_in(self.every)


class Taper(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From a dose downwards: by an amount, by percent of the current dose, or by a list.

    Raises:
        ValueError: no way down or more than one, or a last dose where there is no percentage.
    """

    every: str
    """How long each step lasts: ``1 week``."""
    from_: str | None = msgspec.field(default=None, name="from")
    """The dose taken until now, where no titration goes before; the first step is one cut lower."""
    by: str | None = None
    percent: int | None = None
    last: str | None = None
    """The last dose of a taper by percent, which would never reach zero by itself."""
    doses: tuple[str, ...] = ()
    """The doses one by one, highest first."""
    to: str = "zero"
    """``zero``, or the dose that is kept."""

    def __post_init__(self) -> None:
        days_in(self.every)
        if (self.by is not None) + (self.percent is not None) + bool(self.doses) != 1:
            raise ValueError("taper goes down by an amount, by percent or by doses, and only one of them")
        if self.percent is not None and not 1 <= self.percent <= 90:
            raise ValueError("taper.percent must be from 1 to 90")
        if self.last is not None and self.percent is None:
            raise ValueError("taper.last belongs to a taper by percent")
        if self.to != "zero" and self.by is None:
            raise ValueError(
                "taper.to belongs to a taper by an amount; by percent write last, or end the list"
            )

    @property
    def days(self) -> int:
        """How long each step lasts."""
        return days_in(self.every)


class Course(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that ``[directions]`` says about doses and days.

    Raises:
        ValueError: it says nothing, two things at once, or not what comes after.
        CheckTheAmount: a course that ends before it starts, or is longer than ten years.
    """

    dose: str | None = None
    times: tuple[str, ...] = ()
    times_a_day: int | None = None
    every: str | None = None
    as_needed: bool = False
    volume: str | None = None
    for_days: int | None = None
    steps: tuple[CourseStep, ...] | None = None
    titrate: Titrate | None = None
    hold: str | None = None
    taper: Taper | None = None
    then: str | None = None
    start: dt.date | None = None
    cycle: Cycle | None = None
    split: Literal["equal", "unequal"] = "equal"
    largest_at: str | None = None
    until_now: str | None = None

    def __post_init__(self) -> None:
        checked_times(self.times, self.times_a_day)
        if self.every is not None:
            hours_in(self.every)
            if self.times or self.times_a_day is not None:
                other = "times" if self.times else "times_a_day"
                raise ValueError(f"{other} and every both say how often; keep one")
        if self.for_days is not None:
            checked_days(self.for_days)
        self._check_what_is_said()
        self._check_what_is_needed()
        self._check_what_comes_after()
        self._check_the_way()
        self._check_the_dates()
        self._check_the_steps()

    def _check_what_is_said(self) -> None:
        rules = [name for name in ("titrate", "taper") if getattr(self, name) is not None]
        others = [name for name in ("dose", "steps") if getattr(self, name) is not None]
        if not rules and not others:
            raise ValueError("there is no dose; write dose, or a course as steps, titrate or taper")
        if len(others) > 1 or (rules and others):
            raise ValueError(f"{' and '.join([*others, *rules])} are both given; keep one")
        if self.steps == ():
            raise ValueError("steps holds no step; write at least one")
        if self.for_days is not None and self.dose is None:
            raise ValueError("for_days belongs to a single dose; steps and rules have days of their own")
        if self.volume is not None and self.dose is None:
            raise ValueError("volume belongs to a single dose; write it in each of the steps")
        own = (step.is_none or step.says_when for step in self.steps or ())
        if self.every is not None and self.steps and all(own):
            raise ValueError("every says how often, and so does each of the steps; leave every out")
        if self.until_now is not None and rules:
            raise ValueError("until_now belongs to steps and single doses; a taper says it as from")
        if self.hold is not None:
            days_in(self.hold)
            if not rules:
                raise ValueError("hold stands between titrate and taper; a step has days of its own")

    def _check_what_is_needed(self) -> None:
        if not self.as_needed:
            return
        if self.dose is None:
            raise ValueError("as_needed belongs to a single dose; steps and rules are given on every day")
        if self.cycle is not None or self.split != "equal":
            raise ValueError("a dose as needed has no plan of days or parts; leave cycle and split out")
        if self.until_now is not None:
            raise ValueError("a dose as needed is not compared with the one until now; leave until_now out")
        if self.then == "continue":
            raise ValueError(
                "then = 'continue' goes on with every dose, and a dose as needed does not; leave for_days and then out"
            )

    def _check_what_comes_after(self) -> None:
        if not self.is_course:
            for name in ("then", "start", "cycle", "largest_at", "until_now"):
                if getattr(self, name) is not None:
                    raise ValueError(f"{name} belongs to a course; write for_days, steps, titrate or taper")
            if self.split != "equal":
                raise ValueError("split belongs to a course; write for_days, steps, titrate or taper")
            return
        if self.then is None:
            raise ValueError(
                "a course must say what comes then; write then = 'continue', 'stop' or 'review on 2026-12-31'"
            )
        if self.then not in {"continue", "stop"} and self.review is None:
            raise ValueError(f"'{self.then}' is not known; write continue, stop or review on 2026-12-31")
        if self.then == "continue" and self.ends_at_zero:
            raise ValueError(
                "then = 'continue' goes on with a dose, and this course ends with none; write stop"
            )

    def _check_the_way(self) -> None:
        taper, titrate = self.taper, self.titrate
        if taper is not None and (titrate is None) == (taper.from_ is None):
            raise ValueError(
                "taper.from is the dose taken until now; a taper behind titrate goes on from its last dose"
                if titrate is not None
                else "taper needs from, the dose taken until now"
            )
        if self.split == "equal" and self.largest_at is not None:
            raise ValueError("largest_at belongs to split = 'unequal'")
        if self.largest_at is not None and self.largest_at not in self.times:
            raise ValueError(f"largest_at is '{self.largest_at}', which is none of the times")

    def _check_the_dates(self) -> None:
        titrate = self.titrate
        if titrate is not None and titrate.until is not None:
            if self.start is None:
                raise ValueError(
                    "titrate.until is a date, and the course has no start; write start, or a target"
                )
            if titrate.until < self.start:
                raise ends_first(self.start, titrate.until, "titrate.until")
        if self.start is not None and self.review is not None and self.review < self.start:
            raise ends_first(self.start, self.review, "the review")

    def _check_the_steps(self) -> None:
        for place, step in enumerate(self.steps or (), 1):
            last = place == len(self.steps or ())
            if step.days is None and not (step.is_none and last):
                raise ValueError(
                    f"step {place} has no days; only a last step with dose = 'none' goes without"
                )
            if step.is_none and last and step.days is not None:
                raise ValueError(f"step {place} is none and the last, so it has no days; leave them out")

    @property
    def hours_apart(self) -> int | None:
        """Hours from one dose to the next, if it is said so."""
        return None if self.every is None else hours_in(self.every)

    @property
    def is_course(self) -> bool:
        """Whether more is ordered than one dose, day after day."""
        return any(x is not None for x in (self.for_days, self.steps, self.titrate, self.taper))

    @property
    def is_one_step(self) -> bool:
        """Whether one dose, the same at every time of every day, says it all."""
        return self.dose is not None and self.cycle is None and self.split == "equal"

    @property
    def ends_at_zero(self) -> bool:
        """Whether the order itself ends with none."""
        if self.steps:
            return self.steps[-1].is_none
        return self.taper is not None and self.taper.to == "zero"

    @property
    def review(self) -> dt.date | None:
        """The day of the review, if that is what comes after."""
        found = re.fullmatch(r"review on (\d{4}-\d{2}-\d{2})", self.then or "")
        try:
            return dt.date.fromisoformat(found[1]) if found else None
        except ValueError:
            return None


def ends_first(start: dt.date, end: dt.date, what: str) -> CheckTheAmount:
    """The refusal of a course that ends before it starts."""
    return CheckTheAmount(
        f"The course starts on {start} and {what} is {end}: it would end before it starts.",
        "Check both dates.",
        given=str(end),
    )


def days_in(text: str) -> int:
    """How many days a text such as ``3 days`` or ``2 weeks`` is.

    Raises:
        UnreadableText: not so many days or weeks, or none at all.
        CheckTheAmount: more than ten years.
    """
    match = re.fullmatch(r"\s*([0-9]{1,5})\s*(day|week)s?\s*", text, re.ASCII)
    if match is None:
        raise UnreadableText(
            f"'{text}' is no length of time.", "Write it like '3 days' or '1 week'.", given=text
        )
    days = int(match[1]) * (7 if match[2] == "week" else 1)
    if not days:
        raise UnreadableText(f"'{text}' is no time at all.", "Write '1 day' or more.", given=text)
    return checked_days(days)


def checked_days(days: int) -> int:
    """The same number of days, if a course can last them.

    Raises:
        ValueError: none.
        CheckTheAmount: more than ten years.
    """
    if days < 1:
        raise ValueError(f"{days} days is no step; write 1 or more")
    if days > MOST_DAYS:
        raise CheckTheAmount(
            f"{days:,} days is more than ten years.", "Check the number of days.", given=str(days)
        )
    return days


def checked_times(times: tuple[str, ...], times_a_day: int | None) -> None:
    """Nothing comes out, if the times are parts of a day, each once, and as many as are said.

    Raises:
        ValueError: with the times there are.
    """
    unknown = [time for time in times if time not in DAY_PARTS]
    if unknown:
        raise ValueError(f"'{unknown[0]}' is not a time of day; write {', '.join(DAY_PARTS)}")
    if len(set(times)) != len(times):
        raise ValueError("a time of day stands twice in times")
    if times and times_a_day not in {None, len(times)}:
        raise ValueError(f"times names {len(times)} and times_a_day says {times_a_day}")
