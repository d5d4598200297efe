"""What there is to say of a course before its first dose: each thing once, with the steps it is about."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Final

from liquidose import cautions
from liquidose.cautions import Caution
from liquidose.conversion import Conversion
from liquidose.courses.course import Cycle
from liquidose.courses.ending import cycle_words
from liquidose.courses.steps import Step
from liquidose.courses.tenfold import mistaken_for_mg
from liquidose.devices.measuring import Measured
from liquidose.directions import joined
from liquidose.dosing.strength import Stated
from liquidose.quantities.writing import NO_BREAK, Profile

_OF_A_STEP: Final = frozenset(
    {
        "rounded",
        "scale-tolerance",
        "several-draws",
        "limited",
        "raised",
        "large-volume",
        "no-maximum",
        "check-the-lines",
    }
)
"""Warnings that speak of one dose, so that they must say which."""


def notes_on(
    steps: Iterable[Step], conversions: Iterable[Conversion], found: dict[Fraction, Measured]
) -> list[Caution]:
    """What converting and measuring had to say of the doses of steps."""
    steps, conversions = tuple(steps), tuple(conversions)
    of_volume: dict[Fraction, list[Caution]] = {}
    for one in conversions:
        of_volume.setdefault(one.volume_ml, []).extend([*one.notes, *found[one.volume_ml].warnings])
    told: dict[Caution, list[int]] = {}
    for step in steps:
        for note in dict.fromkeys(note for dose in step.doses for note in of_volume[dose.volume_ml]):
            told.setdefault(note, []).append(step.number)
    notes: list[Caution] = []
    for note, numbers in told.items():
        named = note.code in _OF_A_STEP and len(steps) > 1
        text = f"{steps_words(numbers)}: {note.text}" if named else note.text
        cautions.add(notes, note.code, text, note=note.level == "note")
    for used in dict.fromkeys(one.used for one in conversions if one.used):
        cautions.add(notes, "used", f"{used}.", note=True)
    return notes


def doubts_on(steps: Iterable[Step], stated: Stated | None, *, profile: Profile) -> list[Caution]:
    """Warnings about steps that cannot be told from one dose alone."""
    steps = tuple(steps)
    found = [*_lost(steps), *_begun_anew(steps)]
    for step in steps:
        doses = dict.fromkeys(dose.dose for dose in step.doses)
        for dose in doses:
            found += mistaken_for_mg(dose, stated, where=f"Step{NO_BREAK}{step.number}", profile=profile)
    return found


def steps_words(numbers: list[int]) -> str:
    """``Step 3``, ``Steps 3, 4 and 7``, ``Steps 1 to 4 and 7``; the numbers are in order."""
    if len(numbers) == 1:
        return f"Step{NO_BREAK}{numbers[0]}"
    named: list[str] = []
    for _, run in groupby(enumerate(numbers), lambda placed: placed[1] - placed[0]):
        alike = [number for _, number in run]
        named += [f"{alike[0]} to {alike[-1]}"] if len(alike) > 2 else map(str, alike)
    return f"Steps {joined(named)}"


def _lost(steps: tuple[Step, ...]) -> list[Caution]:
    """A warning for steps that differ from the one before them in the order, and not in the syringe."""
    lost: list[list[int]] = []
    for one, other in pairwise(steps):
        volumes = [[dose.volume_ml for dose in step.doses] for step in (one, other)]
        measured = [[dose.measured.ml for dose in step.doses] for step in (one, other)]
        if volumes[0] == volumes[1] or measured[0] != measured[1]:
            continue
        if lost and lost[-1][-1] == one.number:
            lost[-1].append(other.number)
        else:
            lost.append([one.number, other.number])
    return [
        Caution(
            code="step-lost",
            text=f"{steps_words(numbers)} are ordered apart and measured the same: no line "
            "lies between them. Ask the prescriber for doses that can be measured.",
        )
        for numbers in lost
    ]


def _begun_anew(steps: tuple[Step, ...]) -> list[Caution]:
    """A warning for each rhythm of days that a step breaks off, since the next step begins it anew."""
    broken: dict[Cycle, list[int]] = {}
    for one, other in pairwise(steps):
        if one.cycle is None or one.cycle != other.cycle or not one.doses or not other.doses:
            continue
        if (one.days or 0) % one.cycle.length:
            broken.setdefault(one.cycle, []).append(other.number)
    return [
        Caution(
            code="cycle-begun-anew",
            text=f"{steps_words(numbers)}: the days on and off ({cycle_words(cycle)}) start anew, and the step before "
            "ends in the middle of them, so days with doses may follow each other. "
            f"Steps of a multiple of {cycle.length} days keep them.",
        )
        for cycle, numbers in broken.items()
    ]
