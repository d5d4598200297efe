"""The dosages of one request to steps: those that follow one another, and those that are given on the same days.

Dosages with different ``sequence`` follow one another, those with the same one are given on the same days (FHIR R4,
Dosage.sequence). What a step could not say is refused by name.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, NamedTuple

import msgspec

from liquidose.courses.course import NONE
from liquidose.errors import BadFile, CheckTheAmount, GiveWhatIsMissing
from liquidose.orders.fhir_amounts import at
from liquidose.orders.fhir_dosage import OTHER_MEANS, instruction_of, is_none
from liquidose.orders.fhir_resources import NOT_YET, Concept, Dosage
from liquidose.orders.fhir_table import ENDINGS, SNOMED

CHECK: Final = "Check the order with the sender."
_OFTEN: Final = ("times", "times_a_day", "every")
_SAID: Final = frozenset({"dose", *_OFTEN, "for_days", "start", "route", "warnings"})
"""The keys of an instruction that the steps of a course have a place for."""
_NUMBERS: Final = "Have the sender number them one after the other, from 1 (sequence)."


class _Said(NamedTuple):
    """One of several dosages, read."""

    dosage: Dosage
    none: bool
    """Whether it orders that nothing is given."""
    stops: bool
    """Whether it says that the medicine stops then."""
    keys: dict[str, Any]
    """By the names of an order's keys."""


class Step(NamedTuple):
    """The doses of the same days."""

    dose: str | dict[str, str]
    """One for every time, one for each part of the day, or none."""
    often: dict[str, Any]
    """``times``, ``times_a_day`` or ``every``, where one dose is for every time."""
    days: int | None
    start: dt.date | None
    stops: bool


def steps_of(dosages: tuple[Dosage, ...], *, locale: str | None = None) -> tuple[list[Step], dict[str, Any]]:
    """The steps of several dosages, in turn, and what all of them say alike, by the names of an order's keys.

    Raises:
        BadFile: something that a course could not say, or dosages of which one seems to be missing.
        CheckTheAmount: two doses for one time.
        LiquidoseError: as instruction_of does.
    """
    said = []
    for place, dosage in enumerate(dosages):
        with at(f"dosageInstruction[{place}]"):
            said.append(_read(dosage, locale))
    common = {key: _same(said, key) for key in ("route", "warnings")}
    return [_step(group) for group in _in_turn(said)], common


def _read(dosage: Dosage, locale: str | None) -> _Said:
    """One of several; what only an order of one dose has a place for is refused, so that nothing is left out."""
    instructions = tuple(concept for concept in dosage.additional_instruction if not _is_stop(concept))
    stops = instructions != dosage.additional_instruction
    dosage = msgspec.structs.replace(dosage, additional_instruction=instructions)
    keys = instruction_of(dosage, locale=locale)
    other = next((key for key in keys if key not in _SAID), None)
    if other is not None:
        raise BadFile(
            f"It says {other!a} in one of several dosage instructions, {NOT_YET}.", OTHER_MEANS, given=other
        )
    return _Said(dosage, is_none(dosage), stops, keys)


def _is_stop(concept: Concept) -> bool:
    """Whether an instruction says that the medicine stops then, and nothing else."""
    known = {ENDINGS.get(coding.code or "") for coding in concept.coding if coding.system == SNOMED}
    return len(known) == 1 and {words.rstrip(".") for words in concept.every_words} <= known


def _same(said: list[_Said], key: str) -> Any:
    """What all the dosages say alike; one of nothing need not say it."""
    given = [one.keys.get(key) for one in said if not one.none or one.keys.get(key)]
    if any(one != given[0] for one in given):
        raise BadFile(
            f"Its dosage instructions differ in their {key}, and a course has the same for all its steps.",
            OTHER_MEANS,
            given=key,
        )
    return given[0] if given else None


def _in_turn(said: list[_Said]) -> list[list[_Said]]:
    """The dosages of each step, step by step: by their numbers, else by their dates; without both, of one step."""
    keys: list[Any] = [one.dosage.sequence for one in said]
    if all(key is None for key in keys):
        keys = [one.keys.get("start") for one in said]
        if None in keys:
            return [said]
    elif None in keys:
        raise BadFile(
            "Some of its dosage instructions have a sequence and others have none.",
            _NUMBERS,
            given="sequence",
        )
    else:
        numbers = sorted(set(keys))
        if numbers[0] not in {0, 1} or numbers[-1] - numbers[0] + 1 != len(numbers):
            shown = ", ".join(map(str, numbers))
            raise BadFile(
                f"Its dosage instructions have the sequence {shown}, so that others are missing.",
                CHECK,
                given=shown,
            )
    steps: dict[Any, list[_Said]] = {key: [] for key in sorted(set(keys))}
    for one, key in zip(said, keys, strict=True):
        steps[key].append(one)
    return list(steps.values())


def _step(group: list[_Said]) -> Step:
    """One step; the dosages of the same days are doses of different parts of the day."""
    first = group[0]
    dose: str | dict[str, str] = NONE if first.none else first.keys["dose"]
    often: dict[str, Any] = {key: first.keys[key] for key in _OFTEN if key in first.keys}
    if len(group) > 1:
        dose, often = _of_a_day(group), {}
    elif dose != NONE and not often:
        raise GiveWhatIsMissing(
            f"One of its dosage instructions orders {dose}, and does not say how often a day.",
            "Have the sender write frequency, period and periodUnit.",
            given=str(dose),
        )
    return Step(
        dose=dose,
        often={} if dose == NONE else often,
        days=first.keys.get("for_days"),
        start=first.keys.get("start"),
        stops=any(one.stops for one in group),
    )


def _of_a_day(group: list[_Said]) -> dict[str, str]:
    """The dose of each part of the day that dosages side by side stand for."""
    doses: dict[str, str] = {}
    for one in group:
        _refuse_beside(one, group[0])
        for time in one.keys["times"]:
            if time in doses:
                raise CheckTheAmount(
                    f"Two of its dosage instructions are for the {time} of the same days.", CHECK, given=time
                )
            doses[time] = one.keys["dose"]
    return doses


def _refuse_beside(one: _Said, first: _Said) -> None:
    """Nothing comes out, if a dosage can stand beside the first of the same step."""
    if any(one.keys.get(key) != first.keys.get(key) for key in ("for_days", "start")):
        raise BadFile(
            "It has dosage instructions side by side that are for different days, so that nobody can tell which "
            "follows which.",
            _NUMBERS,
            given="sequence",
        )
    if one.none:
        raise BadFile(
            "One of its dosage instructions is of nothing, beside another for the same days.",
            CHECK,
            given="0",
        )
    if "times" not in one.keys:
        raise BadFile(
            "It has dosage instructions side by side, and not every one names its parts of the day.",
            "Have the sender write them (when), such as MORN and HS, or number the instructions (sequence).",
            given="when",
        )
    if one.dosage.max_dose_per_period is not None:
        raise BadFile(
            f"It has maxDosePerPeriod beside different doses of the same day, {NOT_YET}.",
            OTHER_MEANS,
            given="maxDosePerPeriod",
        )
