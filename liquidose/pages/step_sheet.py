"""The step sheet: what to draw up in each step, with the syringe set to it, the curve, and all that must be known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Final, NamedTuple

from liquidose.courses.ending import cycle_words, often_words, stop_words
from liquidose.courses.schedule import Schedule, Sofar
from liquidose.courses.steps import ScheduledDose, Step
from liquidose.courses.table import amount_words, days_words, difference_words, totals_words
from liquidose.devices.measuring import Measured
from liquidose.directions import DAY_PARTS, filling, given_words, joined, volume_words
from liquidose.dosing.strength import ML
from liquidose.pages.curve import draw_curve
from liquidose.pages.elements import Place, SyringeElement
from liquidose.pages.fill_in import words_mm
from liquidose.pages.fonts import ASCENT
from liquidose.pages.shapes import MM_PER_PT, Page, Placed, Shape
from liquidose.pages.sheet import Look, Sheet, framed, stacked, words_block
from liquidose.pages.syringe_art import draw_syringe
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import NO_BREAK, write_short, written_date

_PAD_MM: Final = 2.0
_SYRINGE_MM: Final = 86.0
NOT_TRUE: Final = "The picture is not in true size."


class Group(NamedTuple):
    """Doses of a day that are measured alike, with their times."""

    dose: ScheduledDose
    times: str


def step_blocks(schedule: Schedule, look: Look, width: float, room: float) -> Iterator[Page]:
    """A block for each step, in order, with the totals behind the last.

    A step whose doses are together higher than ``room`` has a block for each of them.
    """
    changed = Fraction(0)
    for step, so_far in zip(schedule.steps, schedule.so_far, strict=True):
        parts = list(
            _step(schedule, step, so_far, look, width - 2 * _PAD_MM, changed=so_far.difference != changed)
        )
        whole = framed(stacked(parts, 1.0), heavy=not step.doses, pad_mm=_PAD_MM)
        if whole.height_mm <= room:
            yield whole
        else:
            yield from (framed(stacked([parts[0], part], 1.0), pad_mm=_PAD_MM) for part in parts[1:])
        changed = so_far.difference
    yield words_block([totals_words(schedule)], width, look, look.body_pt, field="totals")


def step_bodies(
    schedule: Schedule, sheet: Sheet, told: Sequence[str], working: Sequence[Sequence[str]]
) -> list[tuple[Shape, ...]]:
    """The pages: the curve, the steps, what is ``told`` of them, and the working where it is asked for."""
    look, width = sheet.look, sheet.width_mm
    blocks = [draw_curve(schedule, look, width), *step_blocks(schedule, look, width, sheet.room_mm)]
    title = words_block(["What you must know"], width, look, look.head_pt, bold=True, field="told")
    known = list(sheet.told(told))
    opening = stacked([title, *known[:1]], 1.0)
    if opening.height_mm <= sheet.room_mm:
        blocks += [opening, *known[1:]] if known else []
    else:
        blocks += [title, *known]
    return list(sheet.filled([*blocks, *working_blocks(working, look, width)]))


def working_blocks(working: Sequence[Sequence[str]], look: Look, width: float) -> Iterator[Page]:
    """The arithmetic of each distinct dose, the title with the first; nothing where none is shown."""
    for place, lines in enumerate(working):
        block = words_block(lines, width, look, look.small_pt, field="working")
        if not place:
            title = words_block(["Working"], width, look, look.head_pt, bold=True, field="working")
            block = stacked([title, block], 1.0)
        yield block


def groups_of(step: Step) -> list[Group]:
    """The doses of a day, those alike together, in the order of the day."""
    alike: dict[tuple[Quantity, tuple[Fraction, ...]], list[ScheduledDose]] = {}
    for dose in step.doses:
        alike.setdefault((dose.dose, dose.measured.draws_ml), []).append(dose)
    return [Group(doses[0], times_words(step, doses)) for doses in alike.values()]


def times_words(step: Step, doses: list[ScheduledDose]) -> str:
    """When some doses of a day are given: ``in the morning and at bedtime``, ``3 times a day``."""
    if len(doses) == len(step.doses) and (step.as_needed or doses[0].time not in DAY_PARTS):
        return often_words(step)
    return joined([DAY_PARTS.get(dose.time, dose.time) for dose in doses])


def step_title(schedule: Schedule, step: Step) -> str:
    """Which step, its days and the amount of a day: ``Step 1: days 1 to 3. 15 mg a day``."""
    if step.days is None:
        return f"Step{NO_BREAK}{step.number}: day{NO_BREAK}{step.from_day} on"
    words = f"Step{NO_BREAK}{step.number}: day{'' if step.days == 1 else 's'}{NO_BREAK}{days_words(step)}"
    if step.first is not None and step.last is not None:
        words += f", {written_date(step.first)}"
        words += "" if step.days == 1 else f" to {written_date(step.last)}"
    if step.day_amount is not None:
        most = "Up to " if step.as_needed else ""
        words += f". {most}{amount_words(schedule, step.day_amount)} a day"
    return words


def none_words(step: Step) -> str:
    """``stop: none from 08 Mar 2027``, or that days before others have no dose."""
    return stop_words(step) if step.days is None else "none: no dose on these days"


def _step(  # noqa: PLR0913  (a step, and how it is drawn)
    schedule: Schedule, step: Step, so_far: Sofar, look: Look, width: float, *, changed: bool
) -> Iterator[Page]:
    """The title of a step, then each thing to be said of it."""
    yield words_block([step_title(schedule, step)], width, look, look.body_pt, bold=True, field="step")
    if not step.doses:
        yield words_block([none_words(step)], width, look, look.big_pt * 0.7, bold=True, field="stop")
        return
    if step.cycle is not None:
        yield words_block([cycle_words(step.cycle)], width, look, look.body_pt, bold=True, field="cycle")
    for group in groups_of(step):
        yield _group(schedule, group, look, width)
    if changed:
        words = f"Measured so far: {difference_words(schedule, so_far)} than ordered."
        if so_far.difference == 0:
            words = "Measured so far: as much as ordered."
        yield words_block([words], width, look, look.small_pt, field="difference")


def _group(schedule: Schedule, group: Group, look: Look, width: float) -> Page:
    """Volume, amount and times at the left, the syringe at the right, and how to fill it beneath."""
    measured = group.dose.measured
    beside = len(measured.draws_ml) == 1
    left = width - _SYRINGE_MM - 3 if beside else width
    said = stacked(
        [
            _amounts(schedule, group.dose, look, left),
            words_block([group.times], left, look, look.body_pt, bold=True, field="times"),
        ],
        0.5,
    )
    syringe = draw_dose(measured, look, _SYRINGE_MM if beside else width)
    words = filling(measured)
    given = given_words(measured, profile=schedule.profile)
    if given:
        exact = write_short(Quantity(value=measured.exact_ml, unit=ML), locale=schedule.locale)
        words += f" Exactly it is {exact}; this gives {given}."
    how = words_block([f"{words} {NOT_TRUE}"], width, look, look.small_pt, field="filling")
    if not beside:
        return stacked([said, syringe, how], 1.0)
    high = max(said.height_mm, syringe.height_mm)
    row = Page(
        width_mm=width,
        height_mm=high,
        shapes=(
            Placed(x_mm=0, y_mm=0, page=said),
            Placed(x_mm=width - _SYRINGE_MM, y_mm=0, page=syringe),
        ),
    )
    return stacked([row, how], 0.5)


def _amounts(schedule: Schedule, dose: ScheduledDose, look: Look, width: float) -> Page:
    """The volume in large type, and the amount beside it, on one line where there is room."""
    volume = volume_words(dose.measured.ml)
    words = "" if dose.dose.unit == ML else amount_words(schedule, dose.dose)
    if words and dose.measured.rounded:
        words += " ordered"
    large = words_block([volume], width, look, look.big_pt, bold=True, field="volume")
    if not words:
        return large
    start = words_mm(volume, look, look.big_pt, bold=True) + 4.0
    small = words_block([words], width, look, look.head_pt, field="amount")
    if start + words_mm(words, look, look.head_pt, bold=False) > width:
        return stacked([large, small], 0.5)
    down = ASCENT * (look.big_pt - look.head_pt) * MM_PER_PT
    shapes = (Placed(x_mm=0, y_mm=0, page=large), Placed(x_mm=start, y_mm=down, page=small))
    return Page(width_mm=width, height_mm=large.height_mm, shapes=shapes)


def draw_dose(measured: Measured, look: Look, width: float) -> Page:
    """The syringe at its mark, one under another where the fillings differ."""
    pictures = len(list(groupby(measured.draws_ml)))
    high = (22.0 if look.large else 18.0) * pictures
    element = SyringeElement(box_mm=Place(0, 0, width, high), size_pt=look.small_pt)
    return Page(width_mm=width, height_mm=high, shapes=tuple(draw_syringe(measured, element)))
