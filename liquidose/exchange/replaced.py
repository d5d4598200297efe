"""What an earlier calendar file of the same order holds, and the new one does not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from liquidose.errors import BadFile, CheckTheAmount
from liquidose.exchange.zones import zone_of

if TYPE_CHECKING:
    from icalendar import Calendar
    from icalendar.cal import Component

MAKER: Final = "-//liquidose//"
"""How the maker's line of a calendar file of ours begins."""
COURSE: Final = "X-LIQUIDOSE-COURSE"
"""Which line names the course."""


class Gone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event that is to be taken away: which one, and when it stood."""

    uid: str
    start: dt.date | dt.datetime
    last: dt.date
    """Its last day, where it is of several."""


def gone_from(
    text: str, *, course: str, revision: int, since: dt.date, kept: frozenset[str]
) -> tuple[Gone, ...]:
    """The events of an earlier file that are gone, from a day on: what ended before it has happened.

    Raises:
        BadFile: it is no calendar file of this program.
        CheckTheAmount: it is of another patient or drug, or not of an earlier revision.
    """
    calendar = _read(text)
    if str(calendar[COURSE]) != course:
        raise CheckTheAmount(
            "The calendar file to be replaced is for another patient or another drug.",
            "Name the file of an earlier revision of this order.",
            given="replaces",
        )
    events = tuple(_events(calendar))
    before = max((number for _, number in events), default=0)
    if before >= revision:
        raise CheckTheAmount(
            f"The calendar file to be replaced is revision {before}, and the order is revision {revision}.",
            "Write a higher revision in the order.",
            given=str(revision),
        )
    return tuple(one for one, _ in events if one.uid not in kept and one.last >= since)


def _last(start: dt.date | dt.datetime, end: object) -> dt.date:
    """The last day of an event; the end of one of whole days is the day behind it (RFC 5545, 3.6.1).

    Raises:
        BadFile: an end that is neither none nor a day.
    """
    first = start.date() if isinstance(start, dt.datetime) else start
    if end is None:
        return first
    if isinstance(end, dt.datetime) or not isinstance(end, dt.date):
        raise _foreign("an event ends on no day")
    return max(first, end - dt.timedelta(days=1))


def _read(text: str) -> Calendar:
    from icalendar import Calendar  # noqa: PLC0415  (30 ms, and only this format needs it)

    try:
        calendar = Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as fault:
        raise _foreign("it cannot be read") from fault
    if not isinstance(calendar, Calendar) or not str(calendar.get("PRODID", "")).startswith(MAKER):
        raise _foreign("liquidose did not write it")
    if COURSE not in calendar:
        raise _foreign("it names no course")
    return calendar


def _events(calendar: Calendar) -> Iterator[tuple[Gone, int]]:
    """Each event with its revision."""
    for event in calendar.walk("VEVENT"):
        uid = str(event.get("UID", ""))
        if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", uid, re.ASCII):
            raise _foreign("an event has no UID of its own")
        try:
            number, start = int(event.get("SEQUENCE", "")), event.decoded("DTSTART")
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise _foreign("an event has no revision or no start") from fault
        if any(name == "DTEND" for name, _ in event.errors):  # older versions leave it out, and say so here
            raise _foreign("an event ends on no day")
        try:
            end = event.decoded("DTEND", None)
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise _foreign("an event ends on no day") from fault
        placed = _placed(event, start)
        yield Gone(uid=uid, start=placed, last=_last(placed, end)), number


def _placed(event: Component, start: object) -> dt.date | dt.datetime:
    """A start in the zone it names; a day without an hour as it is."""
    if isinstance(start, dt.datetime):
        named = event["DTSTART"].params.get("TZID")
        if named is None:
            raise _foreign("an event has an hour and no time zone")
        return start.replace(tzinfo=zone_of(str(named)))
    if isinstance(start, dt.date):
        return start
    raise _foreign("an event has no revision or no start")


def _foreign(why: str) -> BadFile:
    return BadFile(
        f"The calendar file to be replaced is none of ours: {why}.",
        "Name a file that 'liquidose schedule --format ics' wrote.",
        given="replaces",
    )
