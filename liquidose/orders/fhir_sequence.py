"""The dosages of a request to the directions of an order: one dose, or a course of steps with its days and its end.

What directions could not say is refused by name: no dosage is ever left out.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any, Final

from liquidose.courses.course import NONE
from liquidose.errors import BadFile, CheckTheAmount, GiveWhatIsMissing
from liquidose.orders.fhir_dosage import OTHER_MEANS, instruction_of, whole_days
from liquidose.orders.fhir_resources import Amount, Dosage
from liquidose.orders.fhir_steps import CHECK, Step, steps_of

STOP: Final = "stop"
GOES_ON: Final = "continue"


def directions_of(
    dosages: tuple[Dosage, ...],
    *,
    locale: str | None = None,
    then: str | None = None,
    supply: tuple[Amount, ...] = (),
) -> dict[str, Any]:
    """The directions of an order that all the dosages of a request stand for, by the names of their keys.

    ``then`` is what an extension of ours says comes after them, ``supply`` every statement of how long the medicine lasts.

    Raises:
        BadFile: something that directions could not say, or dosages of which one seems to be missing.
        CheckTheAmount: dates or numbers of days that contradict one another.
        GiveWhatIsMissing: no dosage, or one without a dose or without its days.
        LiquidoseError: as instruction_of does.
    """
    if not dosages:
        raise GiveWhatIsMissing(
            "It has no dosageInstruction.", "Have the sender write the dose as doseQuantity.", given=""
        )
    if len(dosages) > 1:
        return _course(dosages, locale, then, supply)
    number = dosages[0].sequence
    if number not in {None, 0, 1}:
        raise BadFile(
            f"Its only dosage instruction has the sequence {number}, so that others are missing.",
            CHECK,
            given=str(number),
        )
    return _alone(instruction_of(dosages[0], locale=locale), then, supply)


def _alone(found: dict[str, Any], then: str | None, supply: tuple[Amount, ...]) -> dict[str, Any]:
    """One dose: for good, for so many days, or from a day on for as long as its supply lasts."""
    if "for_days" in found:
        return found | {"then": _after(then, ends=True)}
    if then is None and "start" not in found:
        return found
    if "as_needed" in found and "start" in found:
        raise GiveWhatIsMissing(
            f"It is as needed from {found['start']} on, and does not say until when.",
            "Have the sender write the last day of its boundsPeriod, or for how long (boundsDuration).",
            given=str(found["start"]),
        )
    return found | {"for_days": _lasting(supply), "then": _after(then, ends=False)}


def _course(
    dosages: tuple[Dosage, ...], locale: str | None, then: str | None, supply: tuple[Amount, ...]
) -> dict[str, Any]:
    steps, common = steps_of(dosages, locale=locale)
    *earlier, last = steps
    _refuse_endless(earlier)
    comes_then = _what_then(last, then)
    if last.days is None and last.dose != NONE:
        last = last._replace(days=_rest(sum(step.days or 0 for step in earlier), supply))
    if any(step.stops for step in earlier) or (last.stops and comes_then != STOP):
        raise CheckTheAmount(
            "One of its dosage instructions says that the medicine stops then, and it goes on.",
            CHECK,
            given=STOP,
        )
    steps = [*earlier, last]
    _refuse_gaps(steps)
    often = [step.often for step in steps if step.often]
    alike = often[0] if often and all(one == often[0] for one in often) else {}
    if not alike and any("every" in one for one in often):
        raise BadFile(
            "Its dosage instructions differ in the hours between doses, and a course has the same for all its steps.",
            OTHER_MEANS,
            given="period",
        )
    found = common | {
        "start": steps[0].start,
        "then": comes_then,
        "steps": tuple(
            _without_none({"dose": step.dose, "days": step.days} | ({} if alike else step.often))
            for step in steps
        ),
    }
    return _without_none(found) | alike


def _refuse_endless(earlier: list[Step]) -> None:
    """Nothing comes out, if every step before the last has its days."""
    for number, step in enumerate(earlier, 1):
        if step.days is None:
            raise GiveWhatIsMissing(
                f"Step {number} of its dosage instructions has no end, and another follows it.",
                "Have the sender write its boundsDuration or boundsPeriod.",
                given="",
            )


def _what_then(last: Step, then: str | None) -> str:
    """What comes after the last step."""
    if last.dose != NONE:
        return _after(then, ends=last.days is not None)
    if last.days is not None:
        raise BadFile(
            f"Its last dosage instruction is of nothing for {last.days} days, and does not say what comes then.",
            CHECK,
            given="0",
        )
    if then == GOES_ON:
        raise CheckTheAmount(
            f"An extension says that {then!a} comes then, and the last dosage instruction is of nothing.",
            CHECK,
            given=then,
        )
    return then or STOP


def _after(then: str | None, *, ends: bool) -> str:
    """What comes after a dose: what our extension says, if it agrees; else a stop at its end, if it has one."""
    if then is not None and (then == GOES_ON) == ends:
        raise CheckTheAmount(
            f"An extension says that {then!a} comes then, and the last dosage instruction has "
            f"{'an' if ends else 'no'} end.",
            CHECK,
            given=then,
        )
    return then or (STOP if ends else GOES_ON)


def _rest(before: int, supply: tuple[Amount, ...]) -> int:
    """How many days of its supply a last step without an end has."""
    days = _lasting(supply)
    if days <= before:
        raise CheckTheAmount(
            f"The supply lasts {days} days, and the last dosage instruction begins after {before}.",
            "Check both with the sender.",
            given=str(days),
        )
    return days - before


def _lasting(supply: tuple[Amount, ...]) -> int:
    """How many days the supplied medicine lasts."""
    days = [whole_days(one, "duration of the supply") for one in supply]
    if not days:
        raise GiveWhatIsMissing(
            "Its last dosage instruction has no end, and nothing says for how many days the medicine is supplied.",
            "Have the sender write its boundsDuration, or how long the supply lasts (expectedSupplyDuration, daysSupply).",
            given="",
        )
    if days[0] != days[-1]:
        raise CheckTheAmount(
            f"Its medicine is to last {days[0]} days, and what is supplied lasts {days[-1]}.",
            "Have the sender correct expectedSupplyDuration or daysSupply.",
            given=str(days[-1]),
        )
    return days[0]


def _refuse_gaps(steps: list[Step]) -> None:
    """Nothing comes out, if the dates of the steps, where there are any, follow one another without a gap."""
    starts = [step.start for step in steps if step.start is not None]
    if not starts:
        return
    if len(starts) != len(steps):
        raise BadFile(
            "Some of its dosage instructions have dates (boundsPeriod) and others have none.",
            "Have the sender write them all in one way.",
            given="boundsPeriod",
        )
    for step, (start, after) in zip(steps, pairwise(starts), strict=False):
        last = start + dt.timedelta(days=(step.days or 1) - 1)
        if (after - last).days != 1:
            raise CheckTheAmount(
                f"Its dosage instructions do not follow one another: one ends on {last}, and the next starts on {after}.",
                "Check the dates with the sender.",
                given=str(after),
            )


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
