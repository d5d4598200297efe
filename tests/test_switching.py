"""A course from a bottle of another strength tells each step's old volume beside its new one (R49)."""

from __future__ import annotations

from typing import Any

import pytest
from course_orders import TITRATION, order_of, schedule_of
from tables import plain

from liquidose import LiquidoseError, make_schedule
from liquidose.courses.table import schedule_text
from liquidose.exchange.calendar_file import schedule_calendar
from liquidose.site import Site

DATED = "start = 2026-11-23" + TITRATION


def before(strength: str) -> str:
    return f'\n[dispense]\ndate = 2026-11-22\nprevious_strength = "{strength}"'


def told(directions: str, previous: str, *, site: Site | None = None, **parts: Any) -> list[str]:
    schedule = make_schedule(order_of(directions + before(previous), **parts), site)
    return [plain(c.text) for c in schedule.own if c.code in {"new-strength", "old-volume", "same-strength"}]


def test_every_step_of_a_titration_has_its_old_volume_and_syringe_beside_the_new() -> None:
    assert told(TITRATION, "5 mg/5 mL", strength="25 mg/5 mL") == [
        "NEW STRENGTH: 25 mg in 5 mL (5 mg per mL), not 5 mg in 5 mL (1 mg per mL) as before. Do not use the old bottle.",
        "Step 1: give 1 mL (1 mL oral syringe), not 5 mL (5 mL oral syringe).",
        "Step 2: give 2 mL (3 mL oral syringe), not 10 mL (10 mL oral syringe).",
        "Step 3: give 3 mL (3 mL oral syringe), not 15 mL (20 mL oral syringe).",
        "Step 4: give 4 mL (5 mL oral syringe), not 20 mL (20 mL oral syringe).",
    ]


def test_it_stands_before_every_other_warning_of_the_table() -> None:
    schedule = make_schedule(
        order_of(DATED + 'warnings = ["Do not stop suddenly."]' + before("5 mg/5 mL"), strength="25 mg/5 mL")
    )
    words = plain(schedule_text(schedule))
    assert "Warning: NEW STRENGTH: 25 mg in 5 mL" in words
    assert (
        words.index("NEW STRENGTH") < words.index("Step 4: give 4 mL") < words.index("Do not stop suddenly")
    )


def test_doses_that_differ_over_the_day_are_told_with_their_times() -> None:
    steps = 'then = "stop"\n[[directions.steps]]\ndose = { morning = "5 mg", bedtime = "7.5 mg" }\ndays = 3'
    assert told(steps, "1 mg/mL", strength="5 mg/mL")[1:] == [
        "Step 1: give 1 mL in the morning and 1.5 mL at bedtime (1 mL oral syringe and 3 mL oral syringe), "
        "not 5 mL in the morning and 7.4 mL at bedtime (5 mL oral syringe and 10 mL oral syringe)."
    ]


def test_bottles_and_quantity_of_the_new_strength_are_not_held_against_the_old() -> None:
    supply = '\nquantity = "10 mL"\n[supply]\nbottles = ["15 mL"]'
    schedule = make_schedule(order_of(TITRATION + before("5 mg/5 mL") + supply, strength="25 mg/5 mL"))
    assert (
        plain(schedule.own[4].text)
        == "Step 4: give 4 mL (5 mL oral syringe), not 20 mL (20 mL oral syringe)."
    )
    assert schedule.supply is not None
    assert [bottle.size_ml for bottle in schedule.supply.bottles] == [15] * 7


def test_a_volume_written_for_the_new_bottle_is_not_held_against_the_old() -> None:
    steps = 'times_a_day = 1\nthen = "stop"\n[[directions.steps]]\ndose = "5 mg"\ndays = 3\nvolume = "1 mL"\nstrength = "5 mg/mL"'
    assert told(steps, "1 mg/mL", strength="5 mg/mL")[1:] == [
        "Step 1: give 1 mL (1 mL oral syringe), not 5 mL (5 mL oral syringe)."
    ]


def test_two_strengths_on_one_line_are_told_too() -> None:
    one = 'times_a_day = 1\ndose = "10.02 mg"\nfor_days = 3\nthen = "stop"'
    assert told(one, "1.001 mg/mL", strength="1 mg/mL", top='locale = "en-US"')[1:] == [
        "Step 1: the dose is still 10 mL (10 mL oral syringe)."
    ]


def test_the_same_strength_in_other_words_is_no_change() -> None:
    assert told(TITRATION, "5 mg/5 mL", strength="1 mg/mL") == [
        "The previous strength comes to the same amount in 1 mL: the schedule tells no change."
    ]


def test_old_volumes_that_no_syringe_measures_are_not_told() -> None:
    one = 'times_a_day = 1\ndose = "5 mg"\nfor_days = 3\nthen = "stop"'
    assert told(one, "100 mg/mL", strength="1 mg/mL", site=Site(stocked=("oral-5",))) == [
        "NEW STRENGTH: 1 mg per mL, not 100 mg per mL as before. Do not use the old bottle. "
        "The old bottle was at least ten times as strong: the old number of mL would be far too little. "
        "The old volumes are not told: no stocked syringe measures them."
    ]


@pytest.mark.parametrize(
    ("directions", "previous", "message"),
    [
        (
            'times_a_day = 1\ndose = "5 mL"\nfor_days = 3\nthen = "stop"',
            "2 mg/mL",
            "The doses are ordered in mL and the strength was '2 mg/mL' before, so nobody can tell whether the volumes are meant for the old bottle or the new one. Write the doses as amounts of drug, such as '5 mg'.",
        ),
    ],
)
def test_doses_in_ml_do_not_say_which_bottle_they_are_for(
    directions: str, previous: str, message: str
) -> None:
    with pytest.raises(LiquidoseError) as caught:
        schedule_of(directions + before(previous))
    assert plain(str(caught.value)) == message


@pytest.mark.parametrize("previous", ["5 meg/mL", "5 units/mL", "strong"])
def test_a_previous_strength_that_cannot_be_read_or_matched_is_refused(previous: str) -> None:
    with pytest.raises(LiquidoseError, match=r"^dispense\.previous_strength: ") as caught:
        schedule_of(TITRATION + before(previous))
    assert caught.value.given == previous


def test_an_event_of_a_calendar_tells_only_its_own_step() -> None:
    schedule = make_schedule(order_of(DATED + before("5 mg/5 mL"), strength="25 mg/5 mL"))
    text = plain(schedule_calendar(schedule).replace("\r\n ", ""))
    event = text.partition("BEGIN:VEVENT")[2].partition("END:VEVENT")[0]
    assert "NEW STRENGTH" in event
    assert "Step 1: give 1 mL (1 mL oral syringe)\\, not 5 mL" in event
    assert "Step 2: give" not in event
