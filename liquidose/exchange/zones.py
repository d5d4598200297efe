"""Time zones by their names: a place whose clocks are known, never an abbreviation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from liquidose.errors import CheckTheAmount, UnreadableText
from liquidose.files import nearest
from liquidose.quantities.writing import written_date


def zone_of(name: str) -> ZoneInfo:
    """The time zone of a place.

    ``EST`` has no summer time, and ``Etc/GMT+5`` lies west of Greenwich: such names are easily misread.

    Raises:
        UnreadableText: a name that is not known, or names no place.
    """
    known = {zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")}
    if name not in known:
        like = nearest(name, known)
        meant = f"Did you mean '{like}'?" if like else "Write it as a place, like 'Europe/London'."
        raise UnreadableText(f"'{name}' is not the time zone of a place.", meant, given=name)
    return ZoneInfo(name)


def moment(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    """A clock time of a day in a zone; where clocks go back and it comes twice, the first (RFC 5545, 3.3.5).

    Raises:
        CheckTheAmount: clocks go forward on that day, and none of them ever shows this time.
    """
    found = dt.datetime.combine(day, time, tzinfo=zone)
    back = found.astimezone(dt.UTC).astimezone(zone)
    if back.time() != time:
        raise CheckTheAmount(
            f"On {written_date(day)} no clock in {zone.key} shows {time:%H:%M}: the clocks go forward.",
            "State another clock time in day_parts.",
            given=f"{time:%H:%M}",
        )
    return found


class Change(NamedTuple):
    """From when on the clocks of a zone show which time."""

    local: dt.datetime
    """On the clock as it stood until then, as RFC 5545 writes it."""
    before: dt.timedelta
    after: dt.timedelta
    summer: bool
    name: str


def changes(zone: ZoneInfo, first: dt.date, last: dt.date) -> Iterator[Change]:
    """What a calendar program must know of a zone: its time on the first day, and each change until the last.

    (icalendar 6.1 and 7.3 write the beginning of summer time as the clock shows it behind the change, an hour late.)
    """
    early = dt.datetime.combine(first, dt.time(), tzinfo=zone).astimezone(dt.UTC)
    yield _change(early, _offset(early, zone), zone)
    while early.date() < last:
        late = early + dt.timedelta(days=1)
        before = _offset(early, zone)
        if _offset(late, zone) != before:
            low, high = early, late
            while high - low > dt.timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
            yield _change(high.replace(microsecond=0), before, zone)
        early = late


def _offset(moment: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    return moment.astimezone(zone).utcoffset() or dt.timedelta()


def _change(moment: dt.datetime, before: dt.timedelta, zone: ZoneInfo) -> Change:
    shown = moment.astimezone(zone)
    return Change(
        local=(moment + before).replace(tzinfo=None),
        before=before,
        after=_offset(moment, zone),
        summer=bool(shown.dst()),
        name=shown.tzname() or "",
    )
