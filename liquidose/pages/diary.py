"""The diary: for each day its doses to tick, how it went, and at the end a page to take to the doctor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from liquidose.courses.days import Day, course_days
from liquidose.courses.ending import cycle_words, stop_words
from liquidose.courses.schedule import Schedule
from liquidose.courses.steps import ScheduledDose
from liquidose.directions import volume_words
from liquidose.pages.fill_in import Item, fill_in, words_mm
from liquidose.pages.fonts import ASCENT
from liquidose.pages.shapes import MM_PER_PT, Page, Placed, Shape, Text
from liquidose.pages.sheet import (
    MARGIN_MM,
    Part,
    Sheet,
    framed,
    stacked,
    words_block,
)
from liquidose.pages.step_sheet import groups_of, step_title, working_blocks
from liquidose.quantities.writing import NO_BREAK, written_date

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_PAD_MM: Final = 2.0
_MISSED_ROWS: Final = 14
_QUESTION_ROWS: Final = 2
_FEELING: Final = "How I feel, 0 very bad to 10 very well:"
_HOW: Final = (
    "Tick each dose when it is given, and write the time and who gave it.",
    "If a dose is missed, tick that too. Never give more to make up for it.",
    "Circle how the day was, tick what was felt, and write down anything else.",
)
_HOW_AS_NEEDED: Final = (
    "Fill in a row each time a dose is given: tick it, and write the time, who gave it and why.",
    "The rows of a day are the most it may have. On a day when no dose is needed they stay empty.",
    "Before each dose count the doses of the last 24\u00a0hours, those of the day before included.",
    "Circle how the day was, tick what was felt, and write down anything else.",
)
_STOP_TOPICS: Final = ("advice-stopping", "advice-when-to-call")


def diary_part(
    schedule: Schedule, sheet: Sheet, told: Sequence[str], working: Sequence[Sequence[str]] = ()
) -> Part:
    """The diary of a course: every dose of every day stands in it once.

    Raises:
        DoesNotFit: a day of more doses than a page has room for.
    """
    diary = _Diary(schedule, sheet)
    first = list(sheet.filled(diary.first(told)))
    pages = diary.days_on_pages()
    last = [
        *([] if schedule.as_needed else sheet.filled(diary.missed())),
        *sheet.filled([*diary.for_the_doctor(), *working_blocks(working, sheet.look, sheet.width_mm)]),
    ]
    return Part(sheet, len(first) + len(pages) + len(last), chain(first, diary.bodies(pages), last))


class _Diary:
    """The blocks of one diary; that of each kind of day is drawn once."""

    def __init__(self, schedule: Schedule, sheet: Sheet) -> None:
        self._schedule, self._sheet, self._look = schedule, sheet, sheet.look
        look = sheet.look
        doses = [dose for step in schedule.steps for dose in step.doses]
        self._times_mm = max(words_mm(dose.time, look, look.body_pt, bold=False) for dose in doses)
        volumes = {volume_words(dose.measured.ml) for dose in doses}
        self._volumes_mm = max(words_mm(words, look, look.body_pt, bold=True) for words in volumes)
        self._days: dict[tuple[int, str, bool], Page] = {}

    def first(self, told: Sequence[str]) -> Iterator[Page]:
        """What must be known before the first dose."""
        look, width, schedule = self._look, self._sheet.width_mm, self._schedule
        urgent = [c.text for topic in _STOP_TOPICS for c in schedule.guarded if c.code == topic]
        inside = width - 2 * _PAD_MM
        call = fill_in(
            [Item("Whom to call:", blank_mm=40), Item("telephone:", blank_mm=30)], inside, look, look.body_pt
        )
        words = [words_block(urgent, inside, look, look.body_pt, bold=True, field="urgent")] if urgent else []
        yield framed(stacked([*words, call], 1.5), heavy=True, pad_mm=_PAD_MM)
        how = _HOW_AS_NEEDED if schedule.as_needed else _HOW
        yield words_block(how, width, look, look.body_pt, field="how")
        yield from self._sheet.told(line for line in told if not any(map(line.endswith, urgent)))

    def days_on_pages(self) -> list[int]:
        """How many days stand on each page."""
        pages: list[int] = []
        used = self._sheet.room_mm + 1
        for day in course_days(self._schedule):
            high = self._art(day).height_mm
            if used + high > self._sheet.room_mm:
                pages.append(0)
                used = 0.0
            pages[-1] += 1
            used += high + self._look.gap_mm
        return pages

    def bodies(self, pages: Sequence[int]) -> Iterator[tuple[Shape, ...]]:
        """The pages in turn: the art of each day, and over it which day it is."""
        look = self._look
        down = _PAD_MM + ASCENT * look.body_pt * MM_PER_PT
        days = course_days(self._schedule)
        for count in pages:
            top = self._sheet.top_mm
            placed: list[Shape] = []
            texts: list[Shape] = []
            for _ in range(count):
                day = next(days)
                art = self._art(day)
                placed.append(Placed(x_mm=MARGIN_MM, y_mm=top, page=art, again=True))
                texts.append(
                    Text(
                        x_mm=MARGIN_MM + _PAD_MM,
                        y_mm=top + down,
                        text=day_title(day),
                        size_pt=look.body_pt,
                        bold=True,
                        name="day",
                    )
                )
                top += art.height_mm + look.gap_mm
            yield (*placed, *texts)

    def _art(self, day: Day) -> Page:
        """What stands alike on all days of a kind: the doses, and the rows to be filled in."""
        key = (day.step.number, day.words, day.is_change)
        if key not in self._days:
            look, width = self._look, self._sheet.width_mm - 2 * _PAD_MM
            size = look.body_pt
            line = size * MM_PER_PT * 1.3
            wide = words_mm(day.words, look, size, bold=True) if day.words else 0.0
            words = fill_in(
                [Item(day.words, bold=True)] if day.words else [], wide or 1.0, look, size, high_mm=line
            )
            title = Page(
                width_mm=width,
                height_mm=line,
                shapes=(Placed(x_mm=width - wide, y_mm=-0.15 * line, page=words),),
            )
            rows = [title]
            rows += [fill_in(self._given(dose), width, look, size) for dose in day.doses]
            rows += self._how_it_went(width)
            block = framed(stacked(rows, 0.0), heavy=day.is_change, pad_mm=_PAD_MM)
            self._sheet.checked(block.height_mm)
            self._days[key] = block
        return self._days[key]

    def _given(self, dose: ScheduledDose) -> list[Item]:
        """The row of one dose; times and volumes stand under one another."""
        return [
            Item(dose.time, tick=True, least_mm=self._times_mm),
            Item(volume_words(dose.measured.ml), bold=True, least_mm=self._volumes_mm),
            Item("given at", blank_mm=14),
            Item("by", blank_mm=14),
            Item("why", blank_mm=14) if self._schedule.as_needed else Item("missed", tick=True),
        ]

    def _how_it_went(self, width: float) -> Iterator[Page]:
        look = self._look
        size = look.small_pt
        scale = [Item(_FEELING), *(Item(str(number)) for number in range(11))]
        yield fill_in([*scale, Item("in words", blank_mm=25)], width, look, size)
        yield fill_in([*self._side_effects(), Item("other", tick=True, blank_mm=30)], width, look, size)
        yield fill_in([Item("Notes", blank_mm=60)], width, look, size)

    def _side_effects(self) -> list[Item]:
        protocol = self._schedule.protocol
        listed = () if protocol is None or protocol.side_effects is None else protocol.side_effects.words
        return [Item("Side effects:"), *(Item(word, tick=True) for word in listed)]

    def missed(self) -> Iterator[Page]:
        """Rows for doses that were missed."""
        look, width = self._look, self._sheet.width_mm
        title = words_block(["Missed doses"], width, look, look.head_pt, bold=True, field="missed")
        row = [
            Item("day", blank_mm=20),
            Item("which dose", blank_mm=22),
            Item("why", blank_mm=35),
            Item("what was done", blank_mm=35),
        ]
        rows = [fill_in(row, width, look, look.small_pt) for _ in range(_MISSED_ROWS)]
        yield stacked([title, rows[0]], 1.0)
        yield from rows[1:]

    def for_the_doctor(self) -> Iterator[Page]:
        """The page to take to the doctor: the course in short, and what to tell and to ask."""
        look, width, schedule = self._look, self._sheet.width_mm, self._schedule
        size = look.body_pt
        title = words_block(["For the doctor"], width, look, look.head_pt, bold=True, field="doctor")
        by = schedule.order.dispense.prescriber
        about = [] if by is None else [f"Prescriber: {by.rstrip('.')}."]
        lines = [*about, *(line for step in schedule.steps for line in self._in_short(step.number - 1))]
        blocks = [words_block([line], width, look, look.small_pt, field="course") for line in lines]
        yield stacked([title, blocks[0]], 1.0)
        yield from blocks[1:]
        for items in (
            [Item("Filled in from", blank_mm=30), Item("to", blank_mm=30)],
            [Item("Doses given, how many", blank_mm=15), Item("most in 24\u00a0hours", blank_mm=15)]
            if schedule.as_needed
            else [Item("Doses missed, how many", blank_mm=15), Item("which", blank_mm=50)],
            [Item("Worst day", blank_mm=30), Item("best day", blank_mm=30)],
            [*self._side_effects(), Item("other", tick=True, blank_mm=40)],
            [Item("since", blank_mm=40)],
        ):
            yield fill_in(items, width, look, size)
        asked = [[Item("What I want to ask", blank_mm=60)], *[[Item(blank_mm=100)]] * _QUESTION_ROWS]
        yield stacked([fill_in(items, width, look, size) for items in asked], look.gap_mm)

    def _in_short(self, place: int) -> Iterator[str]:
        """One line for a step: its days, and the volumes with their times."""
        step = self._schedule.steps[place]
        if not step.doses:
            yield f"{step_title(self._schedule, step)}: {stop_words(step)}."
            return
        doses = "; ".join(
            f"{volume_words(group.dose.measured.ml)} {group.times}".strip() for group in groups_of(step)
        )
        cycle = "" if step.cycle is None else f"; {cycle_words(step.cycle)}"
        yield f"{step_title(self._schedule, step)}: {doses}{cycle}."


def day_title(day: Day) -> str:
    """``Mon 23 Nov 2026, day 1``; without dates its number alone."""
    number = f"day{NO_BREAK}{day.number}"
    if day.date is None:
        return f"D{number[1:]}"
    return f"{_WEEKDAYS[day.date.weekday()]}{NO_BREAK}{written_date(day.date)}, {number}"
