"""Doses beside an ordered one that a syringe can be set to, which a prescriber could order instead."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from liquidose.cautions import Caution
from liquidose.courses.noting import steps_words
from liquidose.courses.schedule import Schedule
from liquidose.courses.steps import ScheduledDose
from liquidose.directions import volume_words
from liquidose.dosing.strength import ML
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import write_quantity, write_short


def suggestions(schedule: Schedule) -> tuple[Caution, ...]:
    """A note for each dose that no line stands for, with the measurable doses below and above it.

    They are offered to the prescriber; the schedule itself keeps what is ordered.
    """
    found: dict[Fraction, tuple[ScheduledDose, list[int]]] = {}
    for step in schedule.steps:
        for dose in step.doses:
            if dose.measured.rounded:
                numbers = found.setdefault(dose.volume_ml, (dose, []))[1]
                if step.number not in numbers:
                    numbers.append(step.number)
    return tuple(_suggestion(dose, numbers, schedule) for dose, numbers in found.values())


def _suggestion(dose: ScheduledDose, numbers: list[int], schedule: Schedule) -> Caution:
    offers = " or ".join(_offers(dose, schedule))
    exact = write_short(Quantity(value=dose.volume_ml, unit=ML))
    return Caution(
        code="suggestion",
        text=f"{steps_words(numbers)}: {write_short(dose.dose)} ({exact}) lies on no line of the syringe. "
        f"The prescriber could order {offers} instead.",
        level="note",
    )


def _offers(dose: ScheduledDose, schedule: Schedule) -> Iterator[str]:
    """The nearest settings of the syringe below and above, in the draws that were chosen."""
    measured = dose.measured
    draws = len(measured.draws_ml)
    marks = sorted({mark * draws for mark in measured.syringe.marks()} | {measured.ml})
    below = [mark for mark in marks if mark < measured.exact_ml][-1:]
    above = [mark for mark in marks if mark > measured.exact_ml][:1]
    for ml in (*below, *above):
        volume = volume_words(ml)
        if measured.dose_given is None:
            yield volume
        else:
            amount = Quantity(value=ml * dose.dose.value / dose.volume_ml, unit=dose.dose.unit)
            yield f"{write_quantity(amount, profile=schedule.profile)} ({volume})"
