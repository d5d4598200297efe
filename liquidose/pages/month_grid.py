"""The calendar: a month on a page, or numbered weeks, with a box to tick for each dose of each day."""

from __future__ import annotations

import datetime as dt
from calendar import Calendar
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple, TypeAlias

from liquidose.courses.days import Day, course_days, last_day
from liquidose.courses.schedule import Schedule
from liquidose.courses.steps import ScheduledDose
from liquidose.directions import volume_words
from liquidose.pages.fill_in import Item, fill_in, words_mm
from liquidose.pages.fonts import ASCENT
from liquidose.pages.shapes import MM_PER_PT, Box, Line, Page, Placed, Shape, Text
from liquidose.pages.sheet import HEAVY_MM, MARGIN_MM, THIN_MM, Part, Sheet, words_block
from liquidose.quantities.writing import NO_BREAK

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_PAD_MM: Final = 2.0
_BETWEEN_MM: Final = 1.8
"""Between one dose and the next where a volume stands beneath its time."""
_MOST_ROWS: Final = 6
_HOW: Final = (
    "Tick each dose when it is given. A heavy frame and its words mark a change of dose. How to fill the syringe "
    "stands on the step sheet."
)
_HOW_AS_NEEDED: Final = (
    "Tick each dose that is given; the boxes of doses that are not needed stay empty. A heavy frame and its words mark "
    "the first day and the end. How to fill the syringe stands on the step sheet."
)
_AFTER: Final = {"continue": "Goes on: see below", "stop": ""}
_NOTHING_ORDERED: Final = "No dose ordered: see below"

Week: TypeAlias = tuple[int, ...]
"""Seven days by their number in the month, or in the course; 0 where the grid is empty."""


class GridPage(NamedTuple):
    """One page: its title, the day of the course that a number is to be added to, and its weeks."""

    title: str
    offset: int
    weeks: tuple[Week, ...]


def calendar_part(schedule: Schedule, sheet: Sheet) -> Part:
    """The calendar of a course: every dose of every day stands on it once.

    Raises:
        DoesNotFit: a day of more doses than a page has room for.
    """
    grid = _Grid(schedule, sheet)
    pages = list(grid.pages())
    return Part(sheet, len(pages), grid.bodies(pages))


class _Grid:
    """The measures that all pages share, and the art of each kind of day, drawn once."""

    def __init__(self, schedule: Schedule, sheet: Sheet) -> None:
        self._schedule, self._sheet, self._look = schedule, sheet, sheet.look
        look = sheet.look
        self._wide = sheet.width_mm / len(_WEEKDAYS)
        self._number = look.body_pt * MM_PER_PT * 1.2
        widest = "30" if schedule.start else f"day{NO_BREAK}{last_day(schedule)}"
        self._number_mm = words_mm(widest, look, look.body_pt, bold=True) + 1.5
        told = _HOW_AS_NEEDED if schedule.as_needed else _HOW
        how = words_block([told], sheet.width_mm, look, look.small_pt, field="how")
        self._how = Placed(x_mm=MARGIN_MM, y_mm=sheet.top_mm, page=how, again=True)
        title = look.head_pt * MM_PER_PT * 1.3
        self._title_mm = sheet.top_mm + how.height_mm + ASCENT * title
        self._names_mm = look.small_pt * MM_PER_PT * 1.6
        self._top = sheet.top_mm + how.height_mm + title + self._names_mm
        room = sheet.top_mm + sheet.room_mm - self._top
        self._cells: dict[tuple[int, str, bool], Page] = {}
        need = self._measured(look.body_pt)
        if need > room:
            need = self._measured(look.small_pt)
        sheet.checked(self._top - sheet.top_mm + need)
        self._rows = min(int(room / need), _MOST_ROWS)
        self._high = room / self._rows
        first = 6 if schedule.profile == "us" else 0
        self._calendar = Calendar(first)
        self._names = [_WEEKDAYS[(first + k) % 7] for k in range(7)] if schedule.start else []
        self._grids: dict[int, Page] = {}

    def _measured(self, size: float) -> float:
        """How high a cell must be where doses are set in this size."""
        self._size, self._line = size, size * MM_PER_PT * 1.3
        inside = self._wide - 2 * _PAD_MM
        texts = {(dose.time, _volume(dose)) for step in self._schedule.steps for dose in step.doses}
        rows = [fill_in(_items(*both), inside, self._look, size, high_mm=1.0).height_mm for both in texts]
        self._one_row = max(rows) == 1
        return max(2 * _PAD_MM + self._content(day.doses, day.words).height_mm for day in self._kinds())

    def _kinds(self) -> Iterator[Day]:
        """A day of each kind."""
        seen = set()
        for day in course_days(self._schedule):
            key = _key(day)
            if key not in seen:
                seen.add(key)
                yield day

    def pages(self) -> Iterator[GridPage]:
        """What stands on which page."""
        days, start = last_day(self._schedule), self._schedule.start
        if start is None:
            weeks = [tuple(range(k, k + 7)) for k in range(1, days + 1, 7)]
            for some in self._cut(weeks):
                yield GridPage(f"Days {some[0][0]} to {some[-1][-1]}", 0, some)
            return
        end = start + dt.timedelta(days=days - 1)
        for month in range(start.year * 12 + start.month - 1, end.year * 12 + end.month):
            year, index = divmod(month, 12)
            offset = (dt.date(year, index + 1, 1) - start).days
            weeks = [tuple(week) for week in self._calendar.monthdayscalendar(year, index + 1)]
            if len(weeks) > self._rows:  # then only those with days of the course
                weeks = [week for week in weeks if any(n and 1 <= n + offset <= days for n in week)]
            for some in self._cut(weeks):
                yield GridPage(f"{_MONTHS[index]} {year}", offset, some)

    def _cut(self, weeks: list[Week]) -> Iterator[tuple[Week, ...]]:
        return (tuple(weeks[k : k + self._rows]) for k in range(0, len(weeks), self._rows))

    def bodies(self, pages: Sequence[GridPage]) -> Iterator[tuple[Shape, ...]]:
        """The pages in turn, the days of the course laid into their cells."""
        days = chain(course_days(self._schedule), _after(self._schedule))
        coming = next(days, None)
        for page in pages:
            placed: list[Shape] = [self._how, self._grid(len(page.weeks))]
            texts: list[Shape] = [
                self._text(page.title, MARGIN_MM, self._title_mm, self._look.head_pt, bold=True)
            ]
            for row, week in enumerate(page.weeks):
                for column, number in enumerate(week):
                    if not number:
                        continue
                    x, y = MARGIN_MM + self._wide * column, self._top + self._high * row
                    on_course = coming is not None and coming.number == number + page.offset
                    if coming is not None and on_course:
                        placed.append(Placed(x_mm=x, y_mm=y, page=self._cell(coming), again=True))
                        coming = next(days, None)
                    texts.append(self._day_number(number, x, y, bold=on_course))
            yield (*placed, *texts)

    def _day_number(self, number: int, x: float, y: float, *, bold: bool) -> Text:
        words = str(number) if self._schedule.start else f"day{NO_BREAK}{number}"
        high = self._look.body_pt * MM_PER_PT
        return self._text(words, x + _PAD_MM, y + _PAD_MM + ASCENT * high, self._look.body_pt, bold=bold)

    @staticmethod
    def _text(words: str, x: float, y: float, size: float, *, bold: bool) -> Text:
        """A number or the name of a month, which always have room."""
        return Text(x_mm=x, y_mm=y, text=words, size_pt=size, bold=bold, name="calendar")

    def _content(self, doses: tuple[ScheduledDose, ...], words: str) -> Page:
        """What stands in a cell: the words beside its number where they have room, else beneath it; then the doses."""
        inside, look = self._wide - 2 * _PAD_MM, self._look
        high = self._number
        shapes: list[Shape] = []
        if words:
            wide = words_mm(words, look, look.small_pt, bold=True)
            beside = self._number_mm + wide < inside
            said = words_block(
                [words], wide if beside else inside, look, look.small_pt, bold=True, field="day"
            )
            shapes.append(
                Placed(x_mm=inside - wide if beside else 0.0, y_mm=0.5 if beside else high, page=said)
            )
            high += 0.0 if beside else said.height_mm
        for place, dose in enumerate(doses):
            items = _items(dose.time, _volume(dose))
            high += _BETWEEN_MM if place and not self._one_row else 0.0
            for row in [items] if self._one_row else [[item] for item in items]:
                line = fill_in(row, inside, look, self._size, high_mm=self._line)
                shapes.append(Placed(x_mm=0, y_mm=high, page=line))
                high += line.height_mm
        return Page(width_mm=inside, height_mm=high, shapes=tuple(shapes))

    def _cell(self, day: Day) -> Page:
        """The art of a day: words and doses, in a heavy frame where something changes."""
        key = _key(day)
        if key not in self._cells:
            content = self._content(day.doses, day.words)
            shapes: list[Shape] = [Placed(x_mm=_PAD_MM, y_mm=_PAD_MM, page=content)]
            if day.is_change:
                inset = THIN_MM + HEAVY_MM / 2
                shapes.append(
                    Box(
                        x_mm=inset,
                        y_mm=inset,
                        width_mm=self._wide - 2 * inset,
                        height_mm=self._high - 2 * inset,
                        stroke_mm=HEAVY_MM,
                        name="change",
                    )
                )
            self._cells[key] = Page(width_mm=self._wide, height_mm=self._high, shapes=tuple(shapes))
        return self._cells[key]

    def _grid(self, rows: int) -> Placed:
        """The ruled grid with the names of the weekdays, kept for pages of as many weeks."""
        if rows not in self._grids:
            self._grids[rows] = Page(
                width_mm=self._sheet.page_width_mm,
                height_mm=self._sheet.page_height_mm,
                shapes=tuple(self._ruled(rows)),
            )
        return Placed(x_mm=0, y_mm=0, page=self._grids[rows], again=True)

    def _ruled(self, rows: int) -> Iterator[Shape]:
        left, right = MARGIN_MM, MARGIN_MM + self._sheet.width_mm
        foot = self._top + self._high * rows
        for row in range(rows + 1):
            y = self._top + self._high * row
            yield Line(x1_mm=left, y1_mm=y, x2_mm=right, y2_mm=y, width_mm=THIN_MM)
        for column in range(len(_WEEKDAYS) + 1):
            x = left + self._wide * column
            yield Line(x1_mm=x, y1_mm=self._top, x2_mm=x, y2_mm=foot, width_mm=THIN_MM)
        for column, name in enumerate(self._names):
            yield self._text(
                name,
                left + self._wide * column + _PAD_MM,
                self._top - 0.35 * self._names_mm,
                self._look.small_pt,
                bold=True,
            )


def _volume(dose: ScheduledDose) -> str:
    fillings = len(dose.measured.draws_ml)
    return volume_words(dose.measured.ml) + (f" {fillings}{NO_BREAK}fillings" if fillings > 1 else "")


def _items(time: str, volume: str) -> list[Item]:
    """A box with its time, the volume, and in how many fillings where it is more than one."""
    ml, *fillings = volume.split(" ", 1)
    return [Item(time, tick=True), Item(ml, bold=True), *map(Item, fillings)]


def _key(day: Day) -> tuple[int, str, bool]:
    return day.step.number, day.words, day.is_change


def _after(schedule: Schedule) -> Iterator[Day]:
    """The day behind the last, if anything is to be said of it: an empty day would read as a stop."""
    words = _AFTER.get(schedule.then, _NOTHING_ORDERED)
    last = schedule.steps[-1]
    if words and last.days is not None:
        yield Day(last.to_day + 1, None, last, (), words, is_change=True)
