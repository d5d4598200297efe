"""Whether a request or a supply of FHIR stands: its status, its intent, and the days for which it is valid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from liquidose.errors import BadFile
from liquidose.numbers import MOST_CHARACTERS
from liquidose.orders.fhir_dosage import day_in
from liquidose.orders.fhir_resources import MedicationDispense, MedicationRequest, Period

_INTENTS: Final = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order"})
_SUPPLIED: Final = frozenset({"preparation", "in-progress", "completed"})
_NOT_AN_ORDER: Final = "Leave it out, or ask the sender."


def refuse_what_is_no_order(request: MedicationRequest) -> None:
    """Nothing comes out, if a request is an order that holds.

    Raises:
        BadFile: it is none, or not to be given.
    """
    if request.do_not_perform:
        raise BadFile(
            "It has doNotPerform: the medicine is not to be given.", _NOT_AN_ORDER, given="doNotPerform"
        )
    if request.reported_boolean:
        raise BadFile(
            "It has reportedBoolean: it is somebody's account of an order.",
            _NOT_AN_ORDER,
            given="reportedBoolean",
        )
    if request.status != "active":
        raise BadFile(f"Its status is {request.status!a}, not active.", _NOT_AN_ORDER, given=request.status)
    if request.intent not in _INTENTS:
        raise BadFile(f"Its intent is {request.intent!a}, not an order.", _NOT_AN_ORDER, given=request.intent)


def refuse_what_is_not_supplied(dispense: MedicationDispense) -> None:
    """Nothing comes out, if a supply was made or is being made.

    Raises:
        BadFile: it was not.
    """
    if dispense.status not in _SUPPLIED:
        raise BadFile(
            f"Its status is {dispense.status!a}, and only {', '.join(sorted(_SUPPLIED))} are supplies.",
            _NOT_AN_ORDER,
            given=dispense.status,
        )


def valid_between(period: Period | None, supplied: dt.date | None, place: str) -> Iterator[str]:
    """Between which days a prescription may be supplied, for people: today is nothing that an order knows.

    Raises:
        BadFile: it was supplied before or after.
    """
    if period is None or (period.start is None and period.end is None):
        return
    said = " ".join(
        f"{word} {text[:MOST_CHARACTERS]}"
        for word, text in (("from", period.start), ("until", period.end))
        if text is not None
    )
    day = "" if supplied is None else supplied.isoformat()
    early = period.start is not None and day[: len(period.start)] < period.start[:10]
    late = period.end is not None and day[: len(period.end)] > period.end[:10]
    if day and (early or late):
        raise BadFile(
            f"It is valid {said}, and its supply is of {day}.",
            "Ask the prescriber for one that holds.",
            given=said,
        )
    yield f"{place} is valid {said}, which no label says."


def prepared_on(text: str | None) -> str | None:
    """The day on which a supply was prepared, by the clock where that was.

    Raises:
        BadFile: no whole date.
    """
    if text is not None and day_in(text[:10]) is None:
        raise BadFile(
            f"Its whenPrepared, {text[:MOST_CHARACTERS]!a}, is no whole date.",
            "Have the sender write year, month and day.",
            given=text[:MOST_CHARACTERS],
        )
    return text and text[:10]
