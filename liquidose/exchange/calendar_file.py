"""A schedule as a calendar file (RFC 5545): an event for each dose whose hour is stated, else one for each day.

The same order gives the same bytes: DTSTAMP is the date of the order, and a UID comes from the patient, the drug,
the day and the part of the day, so that a later revision of the order changes its events and makes none twice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import TYPE_CHECKING, Final

from liquidose._version import __version__
from liquidose.cautions import Caution
from liquidose.clock import DayParts
from liquidose.courses.occasions import Occasion, occasions
from liquidose.courses.schedule import Schedule
from liquidose.courses.table import sheet_words
from liquidose.errors import GiveWhatIsMissing
from liquidose.exchange.replaced import COURSE, MAKER, Gone, gone_from
from liquidose.exchange.zones import changes, moment, zone_of
from liquidose.files import data_version

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from icalendar import Event, Timezone

_SPACE: Final = uuid.UUID("6f1f5f0e-3c43-5d0e-9f5c-5b9f0d1c7a11")
"""Whose names the UIDs are; never to be changed, or every event of every calendar is another."""


def schedule_calendar(  # noqa: PLR0913  (one file, its settings)
    schedule: Schedule,
    *,
    also: tuple[Caution, ...] = (),
    day_parts: DayParts | None = None,
    zone: str | None = None,
    with_name: bool = False,
    replaces: str | None = None,
) -> str:
    """The calendar file of a schedule; ``day_parts`` are the site's hours, before which an order's own go.

    ``replaces`` is the text of the file of an earlier revision: what it has from the order's date on, and this one
    has not, is in the new file as a cancelled event.

    Raises:
        GiveWhatIsMissing: no start, no date of the order, no zone for events at an hour.
        UnreadableText: a zone that is none.
        CheckTheAmount: an hour that a day does not have; an earlier file that is not an earlier revision of this order.
        BadFile: an earlier file that liquidose did not write.
    """
    order = schedule.order
    entries = occasions(schedule, order.day_parts or day_parts or DayParts(), with_name=with_name)
    if order.dispense.date is None:
        raise GiveWhatIsMissing(
            "The order has no date, and every event of a calendar carries one.",
            "Write dispense.date.",
            given="dispense.date",
        )
    place = None if zone is None else zone_of(zone)
    if place is None and any(entry.time for entry in entries):
        raise GiveWhatIsMissing(
            "Doses stand at clock times, and no time zone is named.",
            "Name the patient's with --zone, such as --zone Europe/London.",
            given="zone",
        )
    course = _course_id(schedule)
    stamp = dt.datetime.combine(order.dispense.date, dt.time(), tzinfo=dt.UTC)
    events = [_event(entry, course, order.revision, stamp, place) for entry in entries]
    gone: tuple[Gone, ...] = ()
    if replaces is not None:
        gone = gone_from(
            replaces,
            course=course,
            revision=order.revision,
            since=order.dispense.date,
            kept=frozenset(str(event["UID"]) for event in events),
        )
        events += [_cancelled(one, schedule, stamp) for one in gone]
    zones = {one.start.tzinfo for one in gone if isinstance(one.start, dt.datetime)} | {place}
    return _file(schedule, sheet_words(schedule, also=also), course, events, zones)


def why_silent(schedule: Schedule, text: str) -> str:
    """Why nothing in the calendar file of a schedule rings, in a sentence; empty where something does."""
    if "BEGIN:VALARM" in text:
        return ""
    if schedule.as_needed:
        return "A dose as needed has no time of its own, so each day has one entry and none rings."
    return "No clock times are stated, so each day has one entry and none rings: see [day_parts]."


def _course_id(schedule: Schedule) -> str:
    """What all revisions of a course have in common: whom it is for, and the drug."""
    patient = schedule.order.patient
    born = "" if patient.birth_date is None else patient.birth_date.isoformat()
    return str(
        uuid.uuid5(_SPACE, "\n".join((patient.name, patient.id or "", born, schedule.order.drug.name)))
    )


def _event(entry: Occasion, course: str, revision: int, stamp: dt.datetime, zone: ZoneInfo | None) -> Event:
    from icalendar import Alarm, Event  # noqa: PLC0415  (30 ms, and only this format needs it)

    event = Event()
    event.add("uid", str(uuid.uuid5(uuid.UUID(course), f"{entry.date.isoformat()}\n{entry.key}")))
    event.add("dtstamp", stamp)
    event.add("sequence", revision)
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("summary", entry.title)
    if entry.lines:
        event.add("description", "\n".join(entry.lines))
    rings = dt.timedelta()
    if entry.time is not None and zone is not None:
        event.add("dtstart", moment(entry.date, entry.time, zone))
    else:
        event.add("dtstart", entry.date)
        if entry.days > 1:
            event.add("dtend", entry.date + dt.timedelta(days=entry.days))
        if entry.rings is None:
            return event
        rings = dt.timedelta(hours=entry.rings.hour, minutes=entry.rings.minute)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.title)
    alarm.add("trigger", rings)
    event.add_component(alarm)
    return event


def _cancelled(gone: Gone, schedule: Schedule, stamp: dt.datetime) -> Event:
    """The event that takes another away; its title says so too, for programs that show it all the same."""
    from icalendar import Event  # noqa: PLC0415  (as above)

    revision = schedule.order.revision
    event = Event()
    event.add("uid", gone.uid)
    event.add("dtstamp", stamp)
    event.add("sequence", revision)
    event.add("status", "CANCELLED")
    event.add("transp", "TRANSPARENT")
    event.add("dtstart", gone.start)
    event.add(
        "summary",
        f"CANCELLED, nothing to give here: {schedule.drug}, {schedule.strength}, revision\u00a0{revision}",
    )
    return event


def _file(
    schedule: Schedule, words: list[str], course: str, events: list[Event], zones: set[dt.tzinfo | None]
) -> str:
    from icalendar import Calendar  # noqa: PLC0415  (as above)

    calendar = Calendar()
    calendar.add("prodid", f"{MAKER}{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add(COURSE, course)
    calendar.add("x-liquidose-rules", schedule.profile)
    calendar.add("x-liquidose-data", data_version())
    calendar.add("description", "\n".join(words))
    made = hashlib.sha256(b"".join(event.to_ical() for event in events)).hexdigest()[:8]
    calendar.add("x-liquidose-document", made)
    starts = [event.decoded("dtstart") for event in events]
    years = [start.year for start in starts if isinstance(start, dt.datetime)]
    for key in sorted(str(zone) for zone in zones if zone is not None) if years else ():
        calendar.add_component(_zone(key, dt.date(min(years), 1, 1), dt.date(max(years), 12, 31)))
    for event in events:
        calendar.add_component(event)
    whole: bytes = calendar.to_ical()
    return whole.decode()


def _zone(key: str, first: dt.date, last: dt.date) -> Timezone:
    """When the clocks of a zone change, for programs that do not know its name."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard  # noqa: PLC0415  (as above)

    zone = Timezone()
    zone.add("tzid", key)
    for change in changes(zone_of(key), first, last):
        part = TimezoneDaylight() if change.summer else TimezoneStandard()
        part.add("dtstart", change.local)
        part.add("tzoffsetfrom", change.before)
        part.add("tzoffsetto", change.after)
        part.add("tzname", change.name)
        zone.add_component(part)
    return zone
