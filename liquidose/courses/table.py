"""A schedule as a table in plain text: the plan, what is measured, and the difference so far, side by side."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from liquidose.cautions import Caution
from liquidose.courses.ending import cycle_words, often_words, stop_words
from liquidose.courses.schedule import Schedule, Sofar
from liquidose.courses.steps import ScheduledDose, Step, day_words
from liquidose.directions import DAY_PARTS, volume_words
from liquidose.dosing.strength import ML
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import NO_BREAK, exactly, write_short, written_date

_HEAD: Final = (
    "step",
    "days",
    "from",
    "when",
    "ordered",
    "exact",
    "measured",
    "syringe",
    "a day",
    "difference so far",
)

_LEVELS: Final = {"keep-giving": "", "review": ""}
"""What comes after the course is said without a word before it."""


def schedule_text(schedule: Schedule, *, also: tuple[Caution, ...] = ()) -> str:
    """The whole schedule as text; what comes after the course stands last."""
    return "\n".join([schedule_table(schedule), "", *schedule_words(schedule, also=also)]) + "\n"


def schedule_words(schedule: Schedule, *, also: tuple[Caution, ...] = ()) -> list[str]:
    """What must be known, line by line; ``also`` are suggestions, and what comes after the course stands last."""
    own, ending = (*schedule.own, *schedule.notes, *schedule.guarded), schedule.ending
    return _lines((*own, *schedule.overridden, *schedule.supplied, *also, *ending))


def sheet_words(schedule: Schedule, *, also: tuple[Caution, ...] = ()) -> list[str]:
    """The same for a sheet that the patient gets: without who passed what, and why."""
    return _lines(
        (*schedule.own, *schedule.notes, *schedule.guarded, *schedule.supplied, *also, *schedule.ending)
    )


def _lines(told: tuple[Caution, ...]) -> list[str]:
    return [
        f"{_LEVELS.get(caution.code, caution.level.capitalize() + ': ')}{caution.text}" for caution in told
    ]


def schedule_table(schedule: Schedule) -> str:
    """The steps in rows, and their totals."""
    rows: list[tuple[str, ...]] = [_HEAD]
    for step, so_far in zip(schedule.steps, schedule.so_far, strict=True):
        rows += _rows(schedule, step, so_far)
    if schedule.start is None:
        rows = [row[:2] + row[3:] for row in rows]
    full = [row for row in rows if len(row) == len(rows[0])]
    widths = [max(map(len, column)) for column in zip(*full, strict=True)]
    lines = [_title(schedule), f"Only for the bottle marked {schedule.strength}.", schedule.manner]
    if schedule.order.dispense.prescriber is not None:
        lines.append(f"Prescriber: {schedule.order.dispense.prescriber.rstrip('.')}.")
    if schedule.before is not None:
        lines.append(f"Until now: {amount_words(schedule, schedule.before)} a day.")
    lines.append("")
    lines += [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, "", totals_words(schedule)])


def _title(schedule: Schedule) -> str:
    start = "" if schedule.start is None else f", from {written_date(schedule.start)}"
    return f"{schedule.headed} for {schedule.order.patient.name}{start}"


def _rows(schedule: Schedule, step: Step, so_far: Sofar) -> list[tuple[str, ...]]:
    """The rows of one step: one, where every dose of a day is the same, else one for each dose."""
    begins = "" if step.first is None else written_date(step.first)
    if not step.doses:
        days = f"{step.from_day} on" if step.days is None else days_words(step)
        return [(str(step.number), days, begins, stop_words(step))]
    shown = [step.doses[:1]] if step.is_even else [(dose,) for dose in step.doses]
    rows: list[tuple[str, ...]] = []
    for place, (dose,) in enumerate(shown):
        first = place == 0
        when = when_words(step) if step.is_even else dose.time
        if not step.is_even and step.cycle is not None:
            when += f" ({cycle_words(step.cycle)})"
        rows.append((
            str(step.number) if first else "",
            days_words(step) if first else "",
            begins if first else "",
            when,
            *_dose_cells(schedule, dose),
            _day_cell(schedule, step) if first else "",
            difference_words(schedule, so_far) if first else "",
        ))  # fmt: skip
    return rows


def days_words(step: Step) -> str:
    """``4 to 6``, or the number of a single day."""
    return str(step.from_day) if step.days == 1 else f"{step.from_day} to {step.to_day}"


def when_words(step: Step) -> str:
    """The times of day, or how often: ``morning, noon, bedtime``, ``3 times a day``, ``every 8 hours``."""
    times = ", ".join(dose.time for dose in step.doses)
    if step.as_needed or step.doses[0].time not in DAY_PARTS:
        times = often_words(step)
    return f"{times} ({cycle_words(step.cycle)})" if step.cycle is not None else times


def _dose_cells(schedule: Schedule, dose: ScheduledDose) -> tuple[str, str, str, str]:
    draws = dose.measured.draws_ml
    measured = volume_words(dose.measured.ml)
    if len(draws) > 1:
        measured += f" as {' + '.join(volume_words(draw).removesuffix(f'{NO_BREAK}mL') for draw in draws)}"
    return (
        amount_words(schedule, dose.dose),
        write_short(Quantity(value=dose.volume_ml, unit=ML), locale=schedule.locale),
        measured,
        dose.measured.syringe.words,
    )


def amount_words(schedule: Schedule, amount: Quantity) -> str:
    """An amount in the words of the schedule."""
    return write_short(amount, locale=schedule.locale, profile=schedule.profile)


def _day_cell(schedule: Schedule, step: Step) -> str:
    amount = step.day_amount
    return "" if amount is None else f"{'up to ' if step.as_needed else ''}{amount_words(schedule, amount)}"


def difference_words(schedule: Schedule, so_far: Sofar) -> str:
    """How much more or less was measured than ordered: ``1.8 mg less``, or ``none``."""
    if not so_far.difference:
        return "none"
    size = amount_words(schedule, Quantity(value=abs(so_far.difference), unit=so_far.unit))
    size = f"up to {size}" if schedule.as_needed else size
    return f"{size} {'more' if so_far.difference > 0 else 'less'}"


def totals_words(schedule: Schedule) -> str:
    """What the whole course needs, exact and measured, in a sentence."""
    exact, measured = schedule.exact_total_ml, schedule.measured_total_ml
    last = max(step.to_day for step in schedule.steps if step.doses)
    final = schedule.so_far[-1]
    all_of_it = "If every dose is needed" if schedule.as_needed else "In all"
    volumes = f"{exactly(_volume(schedule, exact))}, measured {_volume(schedule, measured)}"
    words = f"{all_of_it}, to {_last_day(schedule, last)}: {volumes}"
    if measured == exact:
        return f"{words}."
    return f"{words} ({difference_words(schedule, final)} than ordered)."


def _last_day(schedule: Schedule, last: int) -> str:
    step = next(step for step in schedule.steps if step.doses and step.to_day == last)
    return day_words(last, step.last)


def _volume(schedule: Schedule, ml: Fraction) -> str:
    return write_short(Quantity(value=ml, unit=ML), locale=schedule.locale)
