"""The calendar file of a course, read back by a library that did not write it (vobject)."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from click.testing import CliRunner, Result
from course_orders import order_of
from tables import plain

from liquidose import LiquidoseError, make_schedule
from liquidose.cli import main
from liquidose.clock import DayParts
from liquidose.courses.occasions import occasions
from liquidose.directions import DAY_PARTS
from liquidose.exchange.calendar_file import schedule_calendar

ROOT = Path(__file__).parent.parent
TITRATION = str(ROOT / "examples" / "baclofen-titration.toml")
TAPER = str(ROOT / "examples" / "baclofen-taper.toml")
HOURS = DayParts(morning="08:00", noon="13:00", bedtime="20:00")
DATED = "\n[dispense]\ndate = 2026-11-22"
SEED = """
start = 2026-11-23
times = ["morning", "noon", "bedtime"]
titrate = { start = "5 mg", step = "5 mg", every = "3 days", target = "20 mg" }
then = "continue"
"""


def calendar_of(
    directions: str = SEED,
    *,
    hours: DayParts | None = HOURS,
    zone: str | None = "Europe/London",
    after: str = DATED,
    **parts: Any,
) -> str:
    options = {key: parts.pop(key) for key in ("with_name", "replaces") if key in parts}
    schedule = make_schedule(order_of(directions + after, **parts))
    return schedule_calendar(schedule, day_parts=hours, zone=zone, **options)


def events_of(text: str) -> list[Any]:
    getattr(
        vobject.icalendar, "__tzidMap"
    ).clear()  # else it keeps the first zone of a name that it ever read
    events: list[Any] = vobject.readOne(text).vevent_list
    assert events
    return events


def titles(text: str) -> list[str]:
    return [plain(event.summary.value) for event in events_of(text)]


def refusal(directions: str = SEED, **parts: Any) -> LiquidoseError:
    with pytest.raises(LiquidoseError) as caught:
        calendar_of(directions, **parts)
    return caught.value


def test_each_dose_is_an_event_at_its_hour_with_ml_step_and_alarm() -> None:
    events = events_of(calendar_of())
    doses = [event for event in events if isinstance(event.dtstart.value, dt.datetime)]
    assert len(doses) == 4 * 3 * 3
    wanted = [
        (dt.date(2026, 11, 23) + dt.timedelta(days=day), hour, ml)
        for day in range(12)
        for hour in (8, 13, 20)
        for ml in [5 * (day // 3 + 1)]
    ]
    for event, (day, hour, ml) in zip(doses, wanted, strict=True):
        start = event.dtstart.value
        assert (start.date(), start.hour, start.minute) == (day, hour, 0)
        assert start.utcoffset() == dt.timedelta(0)
        assert plain(event.summary.value) == f"Give {ml} mL: baclofen, 1 mg per mL, revision 1"
        assert f"Step {ml // 5} of 4" in event.description.value
        assert plain(event.description.value).count(f"to the {ml} mL line") == 1
        assert event.valarm.trigger.value == dt.timedelta(0)
        assert event.valarm.action.value == "DISPLAY"
        assert event.status.value == "CONFIRMED"


def test_the_end_of_a_titration_is_never_read_as_a_stop() -> None:
    text = calendar_of()
    *_, last, keep, more = events_of(text)
    assert "Keep giving 20 mL. Do not stop. Get more before 05 Dec 2026." in plain(last.description.value)
    assert titles(text)[-2:] == [
        "Keep giving 20 mL. Do not stop: baclofen, 1 mg per mL, revision 1",
        "Get more before 05 Dec 2026: baclofen, 1 mg per mL, revision 1",
    ]
    assert (keep.dtstart.value, more.dtstart.value) == (dt.date(2026, 12, 5), dt.date(2026, 12, 4))
    assert keep.valarm.trigger.value == dt.timedelta(hours=8)


def test_more_is_got_on_the_day_that_the_supply_says() -> None:
    supply = DATED + '\nquantity = "300 mL"\n[supply]\nrefill_before = "2 days"'
    text = calendar_of(after=supply)
    (found,) = [event for event in events_of(text) if event.summary.value.startswith("Get more")]
    assert plain(found.summary.value).startswith("Get more before 02 Dec 2026")
    assert found.dtstart.value == dt.date(2026, 11, 30)


@pytest.mark.parametrize("supply", ["", '[supply]\nbottles = ["500 mL"]\n'])
def test_more_is_got_before_the_pack_is_too_old(supply: str) -> None:
    dated = f"{DATED}\ndiscard_after = 2026-12-01\n{supply}"
    calendar = calendar_of(after=dated)
    assert [title.partition(":")[0] for title in titles(calendar) if "Get more" in title] == [
        "Get more before 02 Dec 2026"
    ]
    assert "Get more before 05 Dec 2026" not in plain(calendar.replace("\r\n ", ""))
    stops = calendar_of(SEED.replace('"continue"', '"stop"'), after=dated)
    (bought,) = [event for event in events_of(stops) if "Get more" in event.summary.value]
    assert bought.dtstart.value == dt.date(2026, 12, 1)


def test_a_stop_is_an_event_of_its_own() -> None:
    event = events_of(calendar_of(SEED.replace("continue", "stop")))[-1]
    assert plain(event.summary.value) == "Stop: none from 05 Dec 2026: baclofen, 1 mg per mL, revision 1"
    assert event.dtstart.value == dt.date(2026, 12, 5)
    assert event.valarm.trigger.value == dt.timedelta(hours=8)


def test_without_hours_each_day_is_one_event_that_lists_its_doses() -> None:
    text = calendar_of(hours=None, zone=None)
    events = events_of(text)
    assert [event.dtstart.value for event in events[:12]] == [
        dt.date(2026, 11, 23) + dt.timedelta(days=day) for day in range(12)
    ]
    assert titles(text)[0] == (
        "Give 5 mL in the morning, at noon and at bedtime: baclofen, 1 mg per mL, revision 1"
    )
    assert "VALARM" not in text
    assert "VTIMEZONE" not in text


def test_a_whole_day_rings_only_when_it_is_told_to() -> None:
    for event in events_of(calendar_of(hours=DayParts(reminder="07:30"), zone=None)):
        assert event.valarm.trigger.value == dt.timedelta(hours=7, minutes=30)


def test_unequal_doses_days_off_and_pauses_have_their_words() -> None:
    text = calendar_of(
        """
start = 2026-11-23
then = "review on 2026-12-20"
[[directions.steps]]
dose = { morning = "5 mg", bedtime = "7.5 mg" }
days = 3
cycle = { on = 1, off = 1 }
[[directions.steps]]
dose = "none"
days = 1
[[directions.steps]]
dose = "none"
days = 2
[[directions.steps]]
dose = "70 mg"
times_a_day = 3
days = 1
""",
        hours=None,
        zone=None,
    )
    words = [title.partition(": baclofen")[0] for title in titles(text)]
    assert words == [
        "Give 5 mL in the morning and 7.4 mL at bedtime",
        "None on this day",
        "Give 5 mL in the morning and 7.4 mL at bedtime",
        "None on this day",
        "None from 27 Nov 2026 to 28 Nov 2026",
        "Give 70 mL, 3 times a day",
        "No dose is ordered from here: ask the prescriber",
        "Review on 20 Dec 2026",
    ]
    events = events_of(text)
    pause, large, ask = events[4], events[5], events[6]
    assert (pause.dtstart.value, pause.dtend.value) == (dt.date(2026, 11, 27), dt.date(2026, 11, 29))
    assert "Fill it to the 35 mL line again and give it." in plain(large.description.value)
    assert "The course runs out" in ask.description.value
    assert events[7].dtstart.value == dt.date(2026, 12, 20)
    uneven = plain(events[0].description.value)
    assert "In the morning: 5 mg. Fill a 5 mL oral syringe to the 5 mL line." in uneven
    assert "At bedtime: 7.5 mg. Fill a 10 mL oral syringe to the 7.4 mL line." in uneven


def test_a_review_behind_a_stop_or_within_the_course_is_an_event_alone() -> None:
    stopped = 'start = 2026-11-23\ntimes = ["noon"]\nthen = "review on 2026-12-20"\n[[directions.steps]]\ndose = "5 mg"\ndays = 1\n[[directions.steps]]\ndose = "none"'  # fmt: skip
    words = [title.partition(": ")[0] for title in titles(calendar_of(stopped))]
    assert words == ["Give 5 mL", "Stop", "Review on 20 Dec 2026"]
    within = SEED.replace('"continue"', '"review on 2026-12-01"')
    assert [t.partition(": ")[0] for t in titles(calendar_of(within))][-2:] == [
        "Give 20 mL",
        "Review on 01 Dec 2026",
    ]


@pytest.mark.parametrize(
    ("zone", "start", "before", "after"),
    [
        ("Europe/London", "2027-03-27", 0, 1),
        ("Europe/London", "2026-10-24", 1, 0),
        ("America/New_York", "2027-03-13", -5, -4),
        ("America/New_York", "2026-10-31", -4, -5),
    ],
)
def test_on_both_days_when_clocks_change_the_hour_on_the_clock_stays(
    zone: str, start: str, before: int, after: int
) -> None:
    text = calendar_of(
        f'start = {start}\ntimes = ["morning", "bedtime"]\ndose = "5 mg"\nfor_days = 2\nthen = "stop"',
        zone=zone,
    )
    starts = [event.dtstart.value for event in events_of(text)[:4]]
    assert [(one.hour, one.utcoffset()) for one in starts] == [
        (8, dt.timedelta(hours=before)),
        (20, dt.timedelta(hours=before)),
        (8, dt.timedelta(hours=after)),
        (20, dt.timedelta(hours=after)),
    ]
    utc = [one.astimezone(dt.UTC) for one in starts]
    assert utc[2] - utc[0] == dt.timedelta(hours=24 + before - after)
    assert f"DTSTART;TZID={zone}:" in text


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("Europe/London", ["20270101T000000 +0000 +0000", "20270328T010000 +0000 +0100", "20271031T020000 +0100 +0000"]),
        ("America/New_York", ["20270101T000000 -0500 -0500", "20270314T020000 -0500 -0400", "20271107T020000 -0400 -0500"]),
        ("Australia/Lord_Howe", ["20270101T000000 +1100 +1100", "20270404T020000 +1100 +1030", "20271003T020000 +1030 +1100"]),
        ("Asia/Kolkata", ["20270101T000000 +0530 +0530"]),
    ],
)  # fmt: skip
def test_the_changes_of_the_clocks_are_written_as_the_standard_says(key: str, shown: list[str]) -> None:
    once = 'start = 2027-06-01\ntimes = ["morning"]\ndose = "5 mg"\nfor_days = 1\nthen = "stop"'
    text = calendar_of(once, zone=key).partition("END:VTIMEZONE")[0]
    starts, befores, afters = (
        re.findall(rf"{name}:(.*?)\r\n", text) for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO")
    )
    assert [" ".join(row) for row in zip(starts, befores, afters, strict=True)] == shown


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    once = 'start = 2027-03-28\ntimes = ["morning"]\ndose = "5 mg"\nfor_days = 1\nthen = "stop"'
    error = refusal(once, hours=DayParts(morning="01:30"))
    assert plain(str(error)) == (
        "On 28 Mar 2027 no clock in Europe/London shows 01:30: the clocks go forward. "
        "State another clock time in day_parts."
    )
    assert events_of(calendar_of(once, hours=DayParts(morning="01:30"), zone="America/New_York"))


def test_of_a_time_that_comes_twice_the_first_holds() -> None:
    twice = 'start = 2026-10-25\ntimes = ["morning"]\ndose = "5 mg"\nfor_days = 1\nthen = "stop"'
    start = events_of(calendar_of(twice, hours=DayParts(morning="01:30")))[0].dtstart.value
    assert start.replace(tzinfo=ZoneInfo("Europe/London")).astimezone(dt.UTC).hour == 0


@pytest.mark.parametrize(
    ("zone", "message"),
    [
        ("EST", "'EST' is not the time zone of a place. Write it as a place, like 'Europe/London'."),
        ("Etc/GMT+5", "'Etc/GMT+5' is not the time zone of a place. Write it as a place, like 'Europe/London'."),
        ("Europe/london", "'Europe/london' is not the time zone of a place. Did you mean 'Europe/London'?"),
        ("../etc/passwd", "'../etc/passwd' is not the time zone of a place. Write it as a place, like 'Europe/London'."),
        ("", "'' is not the time zone of a place. Write it as a place, like 'Europe/London'."),
    ],
)  # fmt: skip
def test_a_zone_is_the_name_of_a_place(zone: str, message: str) -> None:
    assert str(refusal(zone=zone)) == message


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"zone": None}, "Doses stand at clock times, and no time zone is named. Name the patient's with --zone, such as --zone Europe/London."),
        ({"after": ""}, "The order has no date, and every event of a calendar carries one. Write dispense.date."),
        ({"directions": SEED.replace("start = 2026-11-23\n", "")}, "A calendar needs dates, and the course has no start. Write directions.start."),
        ({"hours": DayParts(morning="08:00", bedtime="20:00")}, "day_parts has no clock time for noon, and one for morning. Write the clock time of every part of the day that the course names, or of none."),
    ],
)  # fmt: skip
def test_what_is_missing_is_asked_for(parts: dict[str, Any], message: str) -> None:
    assert str(refusal(**parts)) == message


@pytest.mark.parametrize(
    ("hours", "message"),
    [
        ({"morning": "8:00"}, "morning is '8:00', which is no clock time; write it like '08:00' or '20:30'"),
        ({"morning": "8 am"}, "morning is '8 am', which is no clock time; write it like '08:00' or '20:30'"),
        ({"reminder": "24:00"}, "reminder is '24:00', which is no clock time; write it like '08:00' or '20:30'"),
        ({"noon": "08:00", "morning": "08:00"}, "noon is 08:00 and morning is 08:00: the parts of a day follow one another, all before midnight"),
        ({"bedtime": "22:00", "night": "02:00"}, "night is 02:00 and bedtime is 22:00: the parts of a day follow one another, all before midnight"),
    ],
)  # fmt: skip
def test_hours_are_clock_times_in_the_order_of_a_day(hours: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        DayParts(**hours)


def test_every_part_of_a_day_may_have_its_hour() -> None:
    assert DayParts.__struct_fields__ == (*DAY_PARTS, "reminder")


def test_an_order_has_its_own_hours_before_the_sites() -> None:
    text = calendar_of(after=DATED + '\n[day_parts]\nmorning = "06:00"\nnoon = "12:00"\nbedtime = "21:15"')
    assert [event.dtstart.value.strftime("%H:%M") for event in events_of(text)[:3]] == [
        "06:00",
        "12:00",
        "21:15",
    ]


def test_the_same_order_gives_the_same_bytes_and_no_clock_is_read() -> None:
    assert calendar_of() == calendar_of()
    for event in events_of(calendar_of()):
        assert event.dtstamp.value == dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
        assert event.sequence.value == "1"


@pytest.mark.parametrize("year", ["0001", "1969", "2200", "9998"])
def test_a_year_that_cannot_be_meant_is_refused(year: str) -> None:
    error = refusal(SEED.replace("2026", year), after="\n[dispense]\ndate = 2026-11-22")
    assert plain(str(error)) == (
        f"The course starts on 23 Nov {int(year)}, for which no calendar is kept. Check the year."
    )


def test_no_two_events_share_a_uid_not_even_of_two_children() -> None:
    one = {event.uid.value for event in events_of(calendar_of())}
    other = {event.uid.value for event in events_of(calendar_of(patient="birth_date = 2020-01-01"))}
    assert len(one) == len(events_of(calendar_of()))
    assert not one & other


def test_the_patients_name_stands_nowhere_unless_asked_for() -> None:
    assert "Sam" not in calendar_of()
    named = titles(calendar_of(with_name=True))
    assert named[0] == "Give 5 mL: baclofen, 1 mg per mL, revision 1, for Sam Example"
    assert all(title.endswith(", for Sam Example") for title in named)


def test_every_title_names_strength_and_revision() -> None:
    for title in titles(calendar_of(top="revision = 7")):
        assert title.endswith(": baclofen, 1 mg per mL, revision 7")


def test_hostile_text_comes_back_as_it_was_and_no_line_is_too_long() -> None:
    drug = 'name = "bac; lo,fen\\\\n BEGIN:VEVENT \\" 药 é"'
    text = calendar_of(SEED + r'warnings = ["a; b, c\\d: e\\n", "END:VCALENDAR"]', drug=drug)
    assert text.endswith("END:VCALENDAR\r\n")
    assert text.count("\n") == text.count("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    first = events_of(text)[0]
    assert plain(first.summary.value) == (
        'Give 5 mL: bac; lo,fen\\n BEGIN:VEVENT " 药 é, 1 mg per mL, revision 1'
    )
    assert "A; b, c\\d: e\\n.\nEND:VCALENDAR." in first.description.value
    unfolded = text.replace("\r\n ", "")
    assert r"bac\; lo\,fen\\n BEGIN:VEVENT" in unfolded
    assert len(events_of(text)) == 36 + 2


def test_a_line_break_never_reaches_the_file() -> None:
    with pytest.raises(LiquidoseError):
        order_of(SEED, drug='name = "bac\\nBEGIN:VEVENT"')


REVISED = SEED.replace('target = "20 mg"', 'target = "15 mg"').replace('"continue"', '"stop"')


def test_a_revision_changes_what_stays_and_cancels_what_is_gone() -> None:
    old = calendar_of()
    new = calendar_of(REVISED, top="revision = 2", replaces=old, after=DATED)
    before = {event.uid.value: event for event in events_of(old)}
    now = {event.uid.value: event for event in events_of(new)}
    assert set(before) <= set(now)
    cancelled = [event for event in now.values() if event.status.value == "CANCELLED"]
    assert {event.uid.value for event in cancelled} == set(before) - {
        event.uid.value for event in events_of(calendar_of(REVISED))
    }
    # Days 10 to 12 without their doses, and nothing to get; the stop stands on a day of its own.
    assert len(cancelled) == 9 + 2
    for event in cancelled:
        assert event.dtstart.value == before[event.uid.value].dtstart.value
        assert plain(event.summary.value) == (
            "CANCELLED, nothing to give here: baclofen, 1 mg per mL, revision 2"
        )
        assert not hasattr(event, "valarm")
    assert {event.sequence.value for event in now.values()} == {"2"}


def test_what_was_before_the_new_orders_date_is_left_alone() -> None:
    old = calendar_of()
    later = REVISED.replace("2026-11-23", "2026-12-01")
    new = calendar_of(later, top="revision = 2", replaces=old, after="\n[dispense]\ndate = 2026-11-30")
    days = {
        start.date() if isinstance(start := event.dtstart.value, dt.datetime) else start
        for event in events_of(new)
        if event.status.value == "CANCELLED"
    }
    assert min(days) == dt.date(2026, 11, 30)


@pytest.mark.parametrize(("ends", "gone"), [(9, True), (3, True), (2, False)])
def test_a_pause_that_goes_on_behind_the_new_orders_date_is_cancelled(ends: int, gone: bool) -> None:  # noqa: FBT001
    paused = f"""
start = 2026-11-28
times = ["morning"]
then = "continue"
steps = [{{ dose = "5 mg", days = 2 }}, {{ dose = "none", days = {ends + 1} }}, {{ dose = "5 mg", days = 3 }}]
"""
    anew = 'start = 2026-12-03\ntimes = ["morning"]\ndose = "5 mg"\nfor_days = 7\nthen = "continue"'
    old = calendar_of(paused)
    (pause,) = [event for event in events_of(old) if event.summary.value.startswith("None from")]
    assert pause.dtend.value == dt.date(2026, 12, ends + 1)
    new = calendar_of(anew, top="revision = 2", replaces=old, after="\n[dispense]\ndate = 2026-12-03")
    status = {event.uid.value: event.status.value for event in events_of(new)}
    assert status.get(pause.uid.value) == ("CANCELLED" if gone else None)


def test_hours_of_the_old_zone_are_cancelled_in_it() -> None:
    old = calendar_of(zone="America/New_York")
    new = calendar_of(REVISED, top="revision = 2", replaces=old)
    assert "TZID:America/New_York\r\n" in new
    assert "TZID:Europe/London\r\n" in new
    gone = [event for event in events_of(new) if event.status.value == "CANCELLED"]
    timed = [g.dtstart.value for g in gone if isinstance(g.dtstart.value, dt.datetime)]
    assert {start.utcoffset() for start in timed} == {dt.timedelta(hours=-5)}


def test_whole_days_give_way_to_hours_and_back() -> None:
    whole = calendar_of(hours=None, zone=None)
    timed = calendar_of(top="revision = 2", replaces=whole)
    assert sum("CANCELLED" in title for title in titles(timed)) == 12
    back = calendar_of(hours=None, zone=None, top="revision = 3", replaces=timed)
    assert sum("CANCELLED" in title for title in titles(back)) == 36
    assert "TZID:Europe/London\r\n" in back


OURS = "liquidose did not write it"
NONE_OF_OURS = (
    "The calendar file to be replaced is none of ours: {}. "
    "Name a file that 'liquidose schedule --format ics' wrote."
)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda _: "", "it cannot be read"),
        (lambda _: "hello", "it cannot be read"),
        (lambda text: text.replace("-//liquidose//", "-//other//"), OURS),
        (lambda text: re.sub(r"X-LIQUIDOSE-COURSE.*\r\n", "", text), "it names no course"),
        (lambda text: re.sub(r"\nUID:.*\r\n", "\nUID:../../x\r\n", text), "an event has no UID of its own"),
        (lambda text: text.replace("SEQUENCE:1\r\n", ""), "an event has no revision or no start"),
        (lambda text: text.replace("SEQUENCE:1\r\n", "SEQUENCE:one\r\n"), "an event has no revision or no start"),
        (lambda text: re.sub(r"\nDTSTART;.*\r\n", "\n", text), "an event has no revision or no start"),
        (lambda text: re.sub(r"\nDTSTART;.*\r\n", "\nDTSTART;VALUE=DATE:tomorrow\r\n", text), "an event has no revision or no start"),
        (lambda text: re.sub(r"DTSTART;TZID=[^:]*:", "DTSTART:", text), "an event has an hour and no time zone"),
        (lambda text: re.sub(r"\nDTSTART;TZID.*\r\n", "\nDTSTART;VALUE=TIME:080000\r\n", text), "an event has no revision or no start"),
        (lambda text: text.replace("SEQUENCE:1\r\n", "SEQUENCE:1\r\nDTEND;VALUE=DATE:tomorrow\r\n"), "an event ends on no day"),
        (lambda text: text.replace("SEQUENCE:1\r\n", "SEQUENCE:1\r\nDTEND;VALUE=TIME:080000\r\n"), "an event ends on no day"),
        (lambda text: text.replace("SEQUENCE:1\r\n", "SEQUENCE:1\r\nDTEND:20261201T080000Z\r\n"), "an event ends on no day"),
    ],
)  # fmt: skip
def test_only_a_file_of_ours_is_replaced(spoil: Any, why: str) -> None:
    assert str(refusal(top="revision = 2", replaces=spoil(calendar_of()))) == NONE_OF_OURS.format(why)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"drug": 'name = "gabapentin"'}, "The calendar file to be replaced is for another patient or another drug. Name the file of an earlier revision of this order."),
        ({"patient": "birth_date = 2020-01-01"}, "The calendar file to be replaced is for another patient or another drug. Name the file of an earlier revision of this order."),
        ({"top": "revision = 1"}, "The calendar file to be replaced is revision 1, and the order is revision 1. Write a higher revision in the order."),
    ],
)  # fmt: skip
def test_only_an_earlier_revision_of_the_same_order_is_replaced(parts: dict[str, Any], message: str) -> None:
    assert str(refusal(**{"top": "revision = 2", **parts}, replaces=calendar_of())) == message


def test_a_revision_is_a_number_from_1() -> None:
    with pytest.raises(LiquidoseError, match="revision"):
        order_of(SEED, top="revision = 0")


def test_a_calendar_can_be_had_without_the_library() -> None:
    schedule = make_schedule(order_of(SEED))
    assert len(occasions(schedule, HOURS)) == 38


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["schedule", *arguments], prog_name="liquidose")


@pytest.mark.usefixtures("bare_environment")
def test_the_command_writes_and_replaces_a_file() -> None:
    result = run(TITRATION, "--format", "ics", "--zone", "Europe/London", "-o", "a.ics")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "Schedule written to a.ics.\n", "")
    written = Path("a.ics").read_bytes()
    printed = run(TITRATION, "--format", "ics", "--zone", "Europe/London")
    assert printed.stdout_bytes == written
    refused = run(
        TITRATION, "--format", "ics", "--zone", "Europe/London", "--replaces", "a.ics", "-o", "b.ics"
    )
    assert refused.exit_code == 3
    assert "revision 1" in refused.stderr
    assert not Path("b.ics").exists()


@pytest.mark.usefixtures("bare_environment")
def test_the_command_says_that_nothing_rings() -> None:
    result = run(TAPER, "--format", "ics", "-o", "a.ics")
    assert result.exit_code == 0
    assert result.stderr == "Note: No clock times are stated, so each day has one entry and none rings: see [day_parts].\n"  # fmt: skip
    assert titles(Path("a.ics").read_bytes().decode())[-1].startswith("Stop: none from 08 Mar 2027: baclofen")


@pytest.mark.usefixtures("bare_environment")
def test_the_site_states_hours_for_all_its_orders() -> None:
    Path("liquidose.toml").write_text(
        '[day_parts]\nmorning = "07:00"\nnoon = "12:00"\nbedtime = "19:00"\n', encoding="utf-8"
    )
    shown = CliRunner().invoke(main, ["site", "show"], prog_name="liquidose").stdout
    assert "morning 07:00, noon 12:00, bedtime 19:00" in shown
    assert run(TAPER, "--format", "ics").exit_code == 3
    text = run(TAPER, "--format", "ics", "--zone", "America/Chicago").stdout_bytes.decode()
    assert events_of(text)[0].dtstart.value.hour == 7


@pytest.mark.usefixtures("bare_environment")
@pytest.mark.parametrize("option", [("--zone", "Europe/London"), ("--replaces", "a.ics"), ("--with-name",)])
def test_options_of_a_calendar_file_stand_with_no_other_format(option: tuple[str, ...]) -> None:
    result = run(TITRATION, *option, "-o", "out")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "liquidose: --zone, --replaces and --with-name belong to a calendar file. Add --format ics.\n"
    )
    assert not Path("out").exists()


@pytest.mark.slow
def test_a_year_of_three_doses_a_day_is_a_file() -> None:
    text = calendar_of(
        'start = 2027-01-01\ntimes = ["morning", "noon", "bedtime"]\ndose = "5 mg"\nfor_days = 365\nthen = "stop"'
    )
    starts = [event.dtstart.value for event in events_of(text)]
    assert len(starts) == 3 * 365 + 1
    assert len(set(starts)) == len(starts)
