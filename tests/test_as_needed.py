"""Doses as needed and at intervals, in everything that a course comes out as."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pdfplumber
import pytest
import vobject
from click.testing import CliRunner
from course_orders import order_of, schedule_of
from tables import plain

from liquidose import Schedule, make_schedule
from liquidose.cli import main
from liquidose.clock import DayParts
from liquidose.courses.table import schedule_text
from liquidose.exchange.calendar_file import schedule_calendar, why_silent
from liquidose.exchange.schedules import schedule_csv, schedule_json
from liquidose.fields import texts_of
from liquidose.labelling import label_document
from liquidose.orders.cells import columns, value_of
from liquidose.orders.order import decode_order, load_order
from liquidose.pages.templates import load_template, shipped_templates
from liquidose.plan import make_plan
from liquidose.print_run import Run
from liquidose.sheet_fields import texts_for
from liquidose.sheets import diary_pdf, schedule_pdf

EXAMPLES = Path(__file__).parent.parent / "examples"
PAIN = """
start = 2026-11-23
dose = "5 mg"
as_needed = "pain"
every = "6 hours"
max_per_day = "4 doses"
for_days = 10
then = "review on 2026-12-03"
"""
BEDTIME = """
start = 2026-11-23
dose = "5 mg"
as_needed = true
times = ["bedtime"]
max_per_day = "1 dose"
for_days = 2
then = "stop"
"""
EVERY = """
start = 2026-11-23
dose = "5 mg"
every = "8 hours"
for_days = 2
then = "stop"
"""
DATED = "[dispense]\ndate = 2026-11-22\n"
HOURS = DayParts(bedtime="20:00", reminder="07:00")

pytestmark = pytest.mark.usefixtures("bare_environment")


def example(name: str) -> Schedule:
    return make_schedule(load_order(str(EXAMPLES / f"{name}.toml")))


def test_the_schedule_says_how_often_at_most_and_counts_no_more() -> None:
    lines = plain(schedule_text(example("as-needed"))).splitlines()
    assert lines[2] == (
        "Give by mouth as needed for pain or fever. Leave at least 6 hours between doses. "
        "Give no more than 4 doses (40 mL) in 24 hours."
    )
    assert [" ".join(line.split()) for line in lines[5:9]] == [
        "1 1 to 3 23 Nov 2026 as needed, up to 4 doses in 24 hours 240 mg 10 mL 10 mL 10 mL oral syringe up to 960 mg none",
        "2 4 on 26 Nov 2026 stop: none from 26 Nov 2026",
        "",
        "If every dose is needed, to 25 Nov 2026: exactly 120 mL, measured 120 mL.",
    ]


@pytest.mark.parametrize(
    ("directions", "when"),
    [
        (PAIN, "as needed, up to 4 doses in 24 hours"),
        (BEDTIME, "at bedtime as needed"),
        (EVERY, "every 8 hours"),
        (EVERY.replace("8 hours", "1 hour"), "every hour"),
    ],
)
def test_when_a_day_has_its_doses_is_said_alike_on_the_table_and_the_sheet(
    directions: str, when: str
) -> None:
    schedule = schedule_of(directions)
    assert f"  {when}  " in plain(schedule_text(schedule))
    with pdfplumber.open(io.BytesIO(schedule_pdf(schedule))) as document:
        assert when in plain(document.pages[0].extract_text())


@pytest.mark.parametrize(
    ("directions", "manner"),
    [
        (EVERY, "Give by mouth every 8 hours."),
        (EVERY + 'max_per_day = "3 doses"', "Give by mouth every 8 hours."),
        ('every = "8 hours"\nsteps = [{ dose = "5 mg", days = 2 }, { dose = "10 mg", days = 2 }]\nthen = "stop"', "Give by mouth every 8 hours."),
        ('every = "8 hours"\nsteps = [{ dose = "5 mg", days = 2 }, { dose = "5 mg", times_a_day = 2, days = 2 }]\nthen = "stop"', "Give by mouth."),
        ('times = ["noon"]\ndose = "5 mg"\nfor_days = 3\nthen = "stop"', "Give by mouth."),
    ],
)  # fmt: skip
def test_the_head_of_every_sheet_says_an_interval_that_all_doses_keep(directions: str, manner: str) -> None:
    schedule = schedule_of(directions)
    assert plain(schedule.manner) == manner
    for content in (schedule_pdf(schedule), diary_pdf(schedule)):
        with pdfplumber.open(io.BytesIO(content)) as document:
            assert all(manner in plain(page.extract_text()) for page in document.pages)


def test_a_supply_as_needed_is_the_most_that_can_be_used_and_says_so() -> None:
    supply = '[dispense]\nquantity = "90 mL"\n[supply]\nbottles = ["60 mL"]\n'
    assert [plain(one.text) for one in schedule_of(PAIN + supply).supplied] == [
        "To dispense at most: 200 mL, as measured. Every dose that a day may have (up to 4) is counted, here and in what "
        "follows.",
        "4 bottles, together 240 mL.",
        "Bottle 1, 60 mL: from 23 Nov 2026 to 25 Nov 2026, 60 mL used.",
        "Bottle 2, 60 mL: from 26 Nov 2026 to 28 Nov 2026, 60 mL used.",
        "Bottle 3, 60 mL: from 29 Nov 2026 to 01 Dec 2026, 60 mL used.",
        "Bottle 4, 60 mL: from 02 Dec 2026 to 02 Dec 2026, 20 mL used, 40 mL left.",
        "90 mL last at least 4 days, and perhaps not through 27 Nov 2026.",
        "90 mL do not last to the end of the course on 02 Dec 2026 if every dose is needed: it needs 200 mL.",
    ]


@pytest.mark.parametrize("directions", [PAIN, BEDTIME])
def test_a_dose_as_needed_has_no_hour_and_no_alarm_in_a_calendar(directions: str) -> None:
    schedule = make_schedule(order_of(directions + DATED))
    text = schedule_calendar(schedule, day_parts=HOURS, zone="Europe/London")
    events = [event for event in vobject.readOne(text).vevent_list if "Give" in event.summary.value]
    assert len(events) == schedule.order.directions.for_days
    for event in events:
        assert "as needed" in event.summary.value
        assert len(event.dtstart.value.isoformat()) == len("2026-11-23"), "a day, not an hour"
        assert not hasattr(event, "valarm")


def test_a_calendar_without_alarms_says_why() -> None:
    silent = why_silent(make_schedule(order_of(PAIN + DATED)), "")
    assert silent == "A dose as needed has no time of its own, so each day has one entry and none rings."
    assert why_silent(example("every-8-hours"), "") == (
        "No clock times are stated, so each day has one entry and none rings: see [day_parts]."
    )
    assert why_silent(example("as-needed"), "BEGIN:VALARM") == ""
    result = CliRunner().invoke(main, ["schedule", str(EXAMPLES / "as-needed.toml"), "--format", "ics"])
    assert result.stderr == f"Note: {silent}\n"


def test_a_dose_at_an_interval_is_an_event_of_the_day_since_its_hour_is_not_stated() -> None:
    text = schedule_calendar(make_schedule(order_of(EVERY + DATED)), day_parts=HOURS, zone="Europe/London")
    titles = [plain(event.summary.value) for event in vobject.readOne(text).vevent_list]
    assert [title.partition(":")[0] for title in titles] == ["Give 5 mL every 8 hours"] * 2 + ["Stop"]


def test_the_diary_has_a_blank_row_for_each_dose_that_a_day_may_have_and_none_is_missed() -> None:
    with pdfplumber.open(io.BytesIO(diary_pdf(example("as-needed")))) as document:
        pages = [plain(page.extract_text()) for page in document.pages]
    whole = "\n".join(pages)
    assert whole.count("mL given at by why") == 3 * 4
    assert "missed" not in whole.lower()
    assert "Before each dose count the doses of the last 24 hours, those of the day before included." in whole
    assert whole.count("as needed, up to 4 doses\n") == 3
    assert "Doses given, how many most in 24 hours" in whole


def test_calendar_and_curve_say_that_a_day_need_not_have_its_doses() -> None:
    with pdfplumber.open(io.BytesIO(schedule_pdf(example("as-needed")))) as document:
        steps, calendar = (plain(page.extract_text()).replace("\n", " ") for page in document.pages)
    assert "The most that may be given in a day, over the course." in steps
    assert "Up to 960 mg a day" in steps
    assert "Tick each dose that is given; the boxes of doses that are not needed stay empty." in calendar


def test_rows_and_documents_say_the_interval_and_that_it_is_as_needed() -> None:
    rows = list(csv.DictReader(io.StringIO(schedule_csv(example("as-needed")), newline="")))
    assert [(row["every_hours"], row["as_needed"], row["time"]) for row in rows[:5]] == [
        *(("6", "yes", f"dose {place}") for place in (1, 2, 3, 4)),
        ("", "", ""),
    ]
    first, stop = json.loads(schedule_json(example("as-needed")))["steps"]
    assert (first["every_hours"], first["as_needed"], len(first["doses"])) == (6, True, 4)
    assert "as_needed" not in stop
    planned = json.loads(schedule_json(example("every-8-hours")))["steps"][0]
    assert (planned["every_hours"], "as_needed" in planned) == (8, False)


def test_a_card_speaks_of_a_missed_dose_only_where_the_order_does() -> None:
    named = ("missed_dose", "when")
    plan = make_plan(order_of(BEDTIME))
    assert texts_for(plan, named)["missed_dose"] == ()
    assert texts_for(plan, named)["when"] == ("at bedtime as needed",)
    said = make_plan(order_of(BEDTIME + 'missed_dose = "Leave it out"'))
    assert texts_for(said, named)["missed_dose"] == ("Leave it out.",)
    assert texts_for(make_plan(order_of(EVERY)), named)["missed_dose"] == (
        "Do not give a double dose. Ask your pharmacist.",
    )


def test_a_reason_stands_where_a_purpose_would() -> None:
    reason = texts_of(make_plan(order_of(PAIN)))
    purpose = texts_of(make_plan(order_of(PAIN.replace('"pain"', "true") + 'purpose = "pain"')))
    for texts in (reason, purpose):
        assert plain(texts["direction"][0]).startswith("Give 5 mL by mouth as needed for pain, for 10 days.")
        assert plain(texts["give"][0]).startswith("Give 5 mL by mouth as needed, for 10 days.")
        assert texts["purpose"] == ("For pain.",)
    when = texts_of(make_plan(order_of(PAIN.replace('"pain"', '"when in pain"'))))
    assert when["purpose"] == ("When in pain.",)


def test_the_worksheet_shows_what_was_typed_of_it_and_how_many_were_counted() -> None:
    texts = texts_for(make_plan(order_of(PAIN)), ("order_as_typed", "how_read"))
    typed = [plain(line) for line in texts["order_as_typed"]]
    assert {"Every: 6 hours", "As needed: pain", "Most in 24 hours: 4 doses"} <= set(typed)
    assert "As needed, most doses in 24 hours: 4." in [plain(line) for line in texts["how_read"]]


def test_a_table_has_a_column_for_each_of_them() -> None:
    assert {f"directions.{key}" for key in ("every", "as_needed", "max_per_day")} <= set(columns())
    assert value_of("directions.as_needed", "TRUE") is True
    assert value_of("directions.as_needed", "false") is False
    assert value_of("directions.as_needed", "pain") == "pain"


NEEDED = """
[patient]
name = "Sam Example"
birth_date = 2014-03-09
[drug]
name = "baclofen"
strength = "5 mg/5 mL"
[directions]
dose = "5 mg"
as_needed = "pain"
every = "6 hours"
max_per_day = "4 doses"
route = "by mouth"
"""
FILLED = "[preparation]\nprepared = 2026-11-23T08:15:00\ndiscard_at = 2026-11-23T20:00:00\n"


@pytest.mark.parametrize("warnings", ["", 'warnings = ["May cause drowsiness."]\n'])
@pytest.mark.parametrize("design", sorted(set(shipped_templates()) - {"syringe", "syringe-mark"}))
def test_each_design_for_a_dose_by_mouth_has_room_for_a_plain_order_as_needed(
    design: str, warnings: str
) -> None:
    template = load_template(design)
    if template.demands:
        text = (EXAMPLES / "prednisolone.toml").read_text(encoding="utf-8")
        often = 'as_needed = "pain"\nevery = "6 hours"\nmax_per_day = "4 doses"\n'
        text = re.sub(r"^(times|purpose|warnings) .*\n", "", text, flags=re.MULTILINE)
        text = text.replace("[directions]\n", f"[directions]\n{often}{warnings}")
    else:
        text = NEEDED + warnings + (FILLED if design == "oral-syringe" else "")
    plan = make_plan(decode_order(text, name="order.toml"))
    with pdfplumber.open(io.BytesIO(label_document([plan], Run(template=template))[0])) as file:
        words = file.pages[-1].extract_words(use_text_flow=True)
    shown = " ".join(word["text"] for word in words)
    if design == "worksheet-blank":
        return
    for said in (
        "by mouth as needed",
        "Leave at least 6 hours between doses.",
        "no more than 4 doses",
        "in 24 hours.",
    ):
        assert said in " ".join(shown.split()), shown
