"""What there is to say of a course before its first dose: each thing once, with the steps it is about."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Final

from liquidose import cautions
from liquidose.cautions import Caution
from liquidose.conversion import Conversion
from liquidose.courses.steps import Step
from liquidose.courses.tenfold import mistaken_for_mg
from liquidose.devices.measuring import Measured
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
    found = list(_lost(steps))
    for step in steps:
        doses = dict.fromkeys(dose.dose for dose in step.doses)
        for dose in doses:
            found += mistaken_for_mg(dose, stated, where=f"Step{NO_BREAK}{step.number}", profile=profile)
    return found


def steps_words(numbers: list[int]) -> str:
    """``Step 3``, ``Steps 3, 4 and 7``."""
    if len(numbers) == 1:
        return f"Step{NO_BREAK}{numbers[0]}"
    return f"Steps {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def _lost(steps: tuple[Step, ...]) -> list[Caution]:
    """A warning for each step that differs from the one before it in the order, and not in the syringe."""
    found = []
    for one, other in pairwise(steps):
        volumes = [[dose.volume_ml for dose in step.doses] for step in (one, other)]
        measured = [[dose.measured.ml for dose in step.doses] for step in (one, other)]
        if volumes[0] != volumes[1] and measured[0] == measured[1]:
            found.append(
                Caution(
                    code="step-lost",
                    text=f"Steps {one.number} and {other.number} are ordered apart and measured the same: no line "
                    "lies between them. Ask the prescriber for doses that can be measured.",
                )
            )
    return found
