"""The amount of a day over a course, as a curve with a step for each step; it reads in black and white."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

from liquidose.courses.schedule import Schedule
from liquidose.courses.steps import Step
from liquidose.courses.table import amount_words
from liquidose.pages.fill_in import words_mm
from liquidose.pages.fonts import ASCENT
from liquidose.pages.shapes import MM_PER_PT, Line, Page, Polygon, Shape, Text
from liquidose.pages.sheet import Look, stacked, words_block
from liquidose.quantities.quantity import Quantity

_CURVE_MM: Final = 0.9
_AXIS_MM: Final = 0.25
_GUIDE_MM: Final = 0.1
_ASIDE_MM: Final = 12.0
"""What is drawn of the time before the course, and of the time after it."""
_DASH_MM: Final = 2.0


class Level(NamedTuple):
    """A piece of the curve: from where to where across, and the amount of a day."""

    start_mm: float
    end_mm: float
    amount: Fraction
    broken: bool = False
    """Whether some of its days have no dose."""


class Axes(NamedTuple):
    """Where days and amounts lie."""

    left_mm: float
    first_mm: float
    """Where day 1 begins."""
    mm_per_day: float
    foot_mm: float
    mm_per_unit: float

    def y_mm(self, amount: Fraction) -> float:
        """How far from the top an amount lies."""
        return self.foot_mm - float(amount) * self.mm_per_unit

    def x_mm(self, day: int) -> float:
        """Where a day begins."""
        return self.first_mm + (day - 1) * self.mm_per_day


def draw_curve(schedule: Schedule, look: Look, width: float) -> Page:
    """The curve with its words: which bottle it is for, the amounts at its left, the steps beneath."""
    unit = schedule.so_far[0].unit
    steps = schedule.steps
    amounts = [_amount(step, schedule) for step in steps]
    before = None if schedule.before is None else schedule.before.to(unit).value
    shown = sorted({*amounts, *(() if before is None else (before,))}, reverse=True)
    labels = {
        amount: amount_words(schedule, Quantity(value=amount, unit=unit)) if amount else "none"
        for amount in shown
    }
    size = look.small_pt
    high = size * MM_PER_PT
    left = max(words_mm(words, look, size, bold=False) for words in labels.values()) + 1.5
    deep = 38.0 + high
    top = high * 0.6
    foot = deep - 1.8 * high
    days = max(step.to_day for step in steps if step.days is not None)
    first = left + (_ASIDE_MM if before is not None else 0.0)
    axes = Axes(
        left, first, (width - _ASIDE_MM - first) / days, foot, (foot - top) / float(max(shown) or Fraction(1))
    )
    shapes: list[Shape] = [
        Line(x1_mm=left, y1_mm=top, x2_mm=left, y2_mm=foot, width_mm=_AXIS_MM),
        Line(x1_mm=left, y1_mm=foot, x2_mm=width, y2_mm=foot, width_mm=_AXIS_MM),
        *_amount_labels(labels, axes, width, size),
        *_day_labels(steps, axes, width, look, size),
    ]
    shapes += _curve(_levels(schedule, amounts, before, axes, width), axes, arrow=schedule.then == "continue")
    what = "The most that may be given in a day" if schedule.as_needed else "How much a day"
    said = f"{what}, over the course. For the bottle marked {schedule.strength}."
    if any(step.cycle is not None for step in steps):
        said += " Where the line is broken, not every day has doses."
    title = words_block([said], width, look, look.small_pt, bold=True, field="curve")
    return stacked([title, Page(width_mm=width, height_mm=deep, shapes=tuple(shapes))], 1.0)


def _amount(step: Step, schedule: Schedule) -> Fraction:
    """What is ordered for a day with doses."""
    return Fraction(0) if step.day_amount is None else step.day_amount.to(schedule.so_far[0].unit).value


def _levels(
    schedule: Schedule, amounts: list[Fraction], before: Fraction | None, axes: Axes, width: float
) -> Iterator[Level]:
    if before is not None:
        yield Level(axes.left_mm, axes.first_mm, before)
    for step, amount in zip(schedule.steps, amounts, strict=True):
        end = width if step.days is None else axes.x_mm(step.to_day + 1)
        yield Level(axes.x_mm(step.from_day), end, amount, step.cycle is not None)
    last = schedule.steps[-1]
    if schedule.then == "continue" and last.days is not None:
        yield Level(axes.x_mm(last.to_day + 1), width - 2.0, amounts[-1], last.cycle is not None)


def _curve(found: Iterator[Level], axes: Axes, *, arrow: bool) -> Iterator[Shape]:
    levels = list(found)
    half = _CURVE_MM / 2
    for level in levels:
        y = axes.y_mm(level.amount)
        for start, end in _strokes(level):
            yield Line(x1_mm=start, y1_mm=y, x2_mm=end, y2_mm=y, width_mm=_CURVE_MM, name="curve")
    for one, other in pairwise(levels):
        if one.amount != other.amount:
            ys = sorted((axes.y_mm(one.amount), axes.y_mm(other.amount)))
            yield Line(
                x1_mm=other.start_mm,
                y1_mm=ys[0] - half,
                x2_mm=other.start_mm,
                y2_mm=ys[1] + half,
                width_mm=_CURVE_MM,
                name="curve:change",
            )
    if arrow:
        x, y = levels[-1].end_mm, axes.y_mm(levels[-1].amount)
        yield Polygon(
            points_mm=((x + 2.0, y), (x - 0.5, y - 1.4), (x - 0.5, y + 1.4)),
            fill_grey=0,
            name="curve:goes-on",
        )


def _strokes(level: Level) -> Iterator[tuple[float, float]]:
    if not level.broken:
        yield level.start_mm, level.end_mm
        return
    for k in range(math.ceil((level.end_mm - level.start_mm) / (2 * _DASH_MM))):
        start = level.start_mm + 2 * _DASH_MM * k
        yield start, min(start + _DASH_MM, level.end_mm)


def _amount_labels(labels: dict[Fraction, str], axes: Axes, width: float, size: float) -> Iterator[Shape]:
    """The amounts beside the axis, from the largest; one that would touch the last is left to its guide line."""
    high = size * MM_PER_PT
    above = -math.inf
    for amount, words in labels.items():
        y = axes.y_mm(amount)
        if amount:
            yield Line(x1_mm=axes.left_mm, y1_mm=y, x2_mm=width, y2_mm=y, width_mm=_GUIDE_MM, name="guide")
        if y - above >= high:
            yield Text(x_mm=0, y_mm=y + (ASCENT - 0.4) * high, text=words, size_pt=size, name="curve:amount")
            above = y


def _day_labels(
    steps: tuple[Step, ...], axes: Axes, width: float, look: Look, size: float
) -> Iterator[Shape]:
    """Where steps begin, beneath the axis; of those that would touch, the first."""
    high = size * MM_PER_PT
    reach = -math.inf
    for step in steps:
        x = axes.x_mm(step.from_day)
        yield Line(x1_mm=x, y1_mm=axes.foot_mm, x2_mm=x, y2_mm=axes.foot_mm + 1, width_mm=_AXIS_MM)
        wide = words_mm(step.from_words, look, size, bold=False)
        at = min(max(x - wide / 2, axes.left_mm), width - wide)
        if at > reach + 2:
            yield Text(
                x_mm=at,
                y_mm=axes.foot_mm + 1.4 + ASCENT * high,
                text=step.from_words,
                size_pt=size,
                name="curve:day",
            )
            reach = at + wide
