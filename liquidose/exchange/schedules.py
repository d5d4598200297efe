"""A schedule as a stable JSON document, and as rows for a spreadsheet.

Values are text, as in a conversion's document: a short decimal where it is exact, else a fraction.
"""

from __future__ import annotations

import csv
import io
from typing import Any, Final, Literal

import msgspec

from liquidose.cautions import Caution
from liquidose.courses.ending import stop_words
from liquidose.courses.schedule import Schedule
from liquidose.courses.steps import ScheduledDose, Step
from liquidose.exchange.conversions import Amount, WarningPart, exact_text, plain
from liquidose.exchange.spreadsheet import safe_cell

SCHEDULE: Final = "liquidose.schedule/1"
COLUMNS: Final = (
    "step", "from_day", "days", "from_date", "days_on", "days_off", "every_hours", "as_needed", "time", "dose", "unit", "strength",
    "volume_ml", "measured_ml", "draws_ml", "syringe", "words",
)  # fmt: skip


class CyclePart(msgspec.Struct, frozen=True, kw_only=True):
    """Days with doses and days without, in turn, from the first day of the step."""

    on: int
    off: int


class DosePart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One dose of a day."""

    time: str
    dose: Amount
    volume_ml: str
    measured_ml: str
    syringe: str
    draws_ml: tuple[str, ...] = ()
    """Each filling, where one does not hold the dose."""


class StepPart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The same doses for so many days; no doses and no days mean none, from then on."""

    from_day: int
    days: int | None
    doses: tuple[DosePart, ...]
    from_date: str | None = None
    """Where the course has a start."""
    cycle: CyclePart | None = None
    """Where not every day has doses."""
    every_hours: int | None = None
    """From one dose to the next, where that is how the order says when; of a dose as needed, the fewest."""
    as_needed: bool = False
    """Whether the doses are the most that a day may have, each given only when it is needed."""


class ScheduleDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A course, worked out."""

    schema: Literal["liquidose.schedule/1"]
    steps: tuple[StepPart, ...]
    exact_total_ml: str
    measured_total_ml: str
    then: str
    """``continue``, ``stop`` or ``review on`` a date."""
    warnings: tuple[WarningPart, ...]
    """What comes after the course stands last."""


def schedule_document(schedule: Schedule, *, also: tuple[Caution, ...] = ()) -> ScheduleDocument:
    """The document of one schedule; ``also`` are suggestions, which stand before what comes after."""
    told = _told(schedule, also)
    return ScheduleDocument(
        schema=SCHEDULE,
        steps=tuple(map(_step, schedule.steps)),
        exact_total_ml=exact_text(schedule.exact_total_ml),
        measured_total_ml=exact_text(schedule.measured_total_ml),
        then=schedule.then,
        warnings=tuple(WarningPart(code=w.code, text=plain(w.text)) for w in told),
    )


def _told(schedule: Schedule, also: tuple[Caution, ...]) -> tuple[Caution, ...]:
    said = (*schedule.own, *schedule.notes, *schedule.guarded, *schedule.overridden, *schedule.supplied)
    return (*said, *also, *schedule.ending)


def _step(step: Step) -> StepPart:
    return StepPart(
        from_day=step.from_day,
        days=step.days,
        doses=tuple(map(_dose, step.doses)),
        from_date=None if step.first is None else step.first.isoformat(),
        cycle=None if step.cycle is None else CyclePart(on=step.cycle.on, off=step.cycle.off),
        every_hours=step.every if step.doses else None,
        as_needed=step.as_needed,
    )


def _dose(dose: ScheduledDose) -> DosePart:
    draws = dose.measured.draws_ml
    return DosePart(
        time=dose.time,
        dose=Amount(value=exact_text(dose.dose.value), unit=dose.dose.unit.name),
        volume_ml=exact_text(dose.volume_ml),
        measured_ml=exact_text(dose.measured.ml),
        syringe=dose.measured.syringe.id,
        draws_ml=tuple(map(exact_text, draws)) if len(draws) > 1 else (),
    )


def schedule_json(schedule: Schedule, *, also: tuple[Caution, ...] = ()) -> str:
    """The document as JSON text."""
    raw = msgspec.json.encode(schedule_document(schedule, also=also))
    return msgspec.json.format(raw, indent=2).decode() + "\n"


def schedule_csv(schedule: Schedule, *, also: tuple[Caution, ...] = ()) -> str:
    """A row for each dose of a step's day, then one for each warning; what comes after the course stands last."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for step, part in zip(schedule.steps, map(_step, schedule.steps), strict=True):
        row = {
            "step": step.number,
            "from_day": part.from_day,
            "days": "" if part.days is None else part.days,
            "from_date": part.from_date or "",
            "days_on": "" if part.cycle is None else part.cycle.on,
            "days_off": "" if part.cycle is None else part.cycle.off,
            "every_hours": part.every_hours or "",
            "as_needed": "yes" if part.as_needed else "",
        }
        if not part.doses:
            writer.writerow({**row, "words": plain(stop_words(step))})
        for dose in part.doses:
            writer.writerow({
                **row,
                "time": dose.time,
                "dose": dose.dose.value,
                "unit": dose.dose.unit,
                "strength": safe_cell(plain(schedule.strength)),
                "volume_ml": dose.volume_ml,
                "measured_ml": dose.measured_ml,
                "draws_ml": " + ".join(dose.draws_ml),
                "syringe": dose.syringe,
            })  # fmt: skip
    for caution in _told(schedule, also):
        writer.writerow({"words": safe_cell(plain(caution.text))})
    return text.getvalue()


def schedule_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return msgspec.json.schema(ScheduleDocument)
