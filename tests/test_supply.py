"""What to dispense: volumes, bottles and days, against sums of our own."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from course_orders import TITRATION, schedule_of
from hypothesis import given
from hypothesis import strategies as st
from tables import plain

from liquidose import LiquidoseError, Schedule
from liquidose.courses.supply import Bottle, Supply

OPENED = 'discard_after_opening = "5 days"\nbasis = "its label"\n'
SHORT_LIFE = 'bottles = ["{}"]\ndiscard_after_opening = "{}"\nbasis = "its label"\n'


def course(dose: str, times: int, days: int, then: str = "stop", start: str = "") -> str:
    return f'{start}\ntimes_a_day = {times}\ndose = "{dose}"\nfor_days = {days}\nthen = "{then}"'


def with_supply(
    directions: str, supply: str = "", quantity: str = "", *, strength: str = "1 mg/mL"
) -> Schedule:
    dispense = f'\n[dispense]\nquantity = "{quantity}"' if quantity else ""
    return schedule_of(f"{directions}{dispense}\n[supply]\n{supply}", strength=strength)


def supply_of(directions: str, supply: str = "", quantity: str = "", *, strength: str = "1 mg/mL") -> Supply:
    found = with_supply(directions, supply, quantity, strength=strength).supply
    assert found is not None
    return found


def told(schedule: Schedule) -> list[str]:
    return [plain(caution.text) for caution in schedule.supplied]


def test_what_to_dispense_is_the_sum_of_the_measured_doses() -> None:
    assert supply_of(course("5 mL", 3, 10)).needed_ml == 150
    titration = supply_of(TITRATION, strength="2 mg/mL")
    assert titration.needed_ml == 9 * (Fraction("2.5") + 5 + Fraction("7.4") + 10) == Fraction("224.1")


def test_overfill_stands_on_a_line_of_its_own() -> None:
    schedule = with_supply(course("5 mL", 3, 10), 'overfill = "10 mL"')
    assert told(schedule) == [
        "To dispense: 150 mL, as measured, dose by dose.",
        "Overfill, as the order states: 10 mL; together 160 mL.",
    ]
    assert schedule.measured_total_ml == 150


def test_a_course_longer_than_a_bottle_may_be_used_takes_two() -> None:
    schedule = with_supply(course("5 mL", 2, 14), SHORT_LIFE.format("100 mL", "10 days"))
    assert schedule.supply is not None
    assert [(b.from_day, b.to_day) for b in schedule.supply.bottles] == [(1, 10), (11, 14)]
    assert told(schedule) == [
        "To dispense: 140 mL, as measured, dose by dose.",
        "2 bottles, together 200 mL.",
        "Bottle 1, 100 mL: from day 1 to day 10, 100 mL used; not to be used after day 10.",
        "Bottle 2, 100 mL: from day 11 to day 14, 40 mL used, 60 mL left; not to be used after day 20.",
        "Discard a bottle 10 days after opening; the day of opening counts (basis: its label).",
    ]


@pytest.mark.parametrize(("counts", "last"), [("counts", 14), ("does not count", 15)])
def test_whether_the_day_of_opening_counts_is_a_setting(counts: str, last: int) -> None:
    supply = SHORT_LIFE.format("500 mL", "14 days") + f'opening_day = "{counts}"'
    bottles = supply_of(course("5 mL", 1, 20), supply).bottles
    assert (bottles[0].to_day, bottles[0].discard_after_day) == (last, last)


def test_80_mg_a_day_of_a_120_ml_bottle_lasts_7_days() -> None:
    found = supply_of(course("20 mg", 4, 30, "continue"), quantity="120 mL", strength="5 mg/mL")
    assert (found.days_supply, found.runs_out_on) == (7, 8)


def test_days_of_supply_walk_the_steps() -> None:
    found = supply_of(TITRATION, quantity="450 mL")
    assert (found.days_supply, found.runs_out_on) == (12, 13)
    shorter = supply_of(TITRATION, quantity="449 mL")
    assert (shorter.days_supply, shorter.runs_out_on) == (11, 12)
    longer = supply_of(TITRATION, quantity="510 mL")
    assert (longer.days_supply, longer.runs_out_on) == (13, 14)


def test_more_is_to_be_had_before_the_quantity_runs_out_and_not_only_before_the_course_ends() -> None:
    for quantity, day in (("449 mL", "04 Dec 2026"), ("450 mL", "05 Dec 2026"), ("510 mL", "06 Dec 2026")):
        schedule = with_supply("start = 2026-11-23" + TITRATION, quantity=quantity)
        assert plain(schedule.warnings[-1].text) == f"Keep giving 20 mL. Do not stop. Get more before {day}."


def test_a_quantity_that_is_too_small_is_warned_about() -> None:
    schedule = with_supply("start = 2026-11-23" + TITRATION, 'refill_before = "3 days"', "300 mL")
    assert told(schedule)[1:] == [
        "300 mL last 9 days, and not through 02 Dec 2026; order more on 29 Nov 2026.",
        "300 mL do not last to the end of the course on 04 Dec 2026: it needs 450 mL.",
    ]
    assert schedule.supplied[-1].level == "warning"


@pytest.mark.parametrize(
    ("then", "dispense", "more"),
    [
        ("continue", "", ["Order more on 01 Dec 2026."]),
        ("continue", "discard_after = 2026-11-30", ["Order more on 27 Nov 2026."]),
        ("stop", "discard_after = 2026-11-30", ["Order more on 27 Nov 2026."]),
        ("stop", "", []),
    ],
)
def test_without_a_quantity_more_is_ordered_before_the_course_or_its_pack_ends(
    then: str, dispense: str, more: list[str]
) -> None:
    start = "start = 2026-11-23"
    schedule = schedule_of(
        f'{course("5 mL", 3, 12, then, start)}\n[supply]\nrefill_before = "4 days"\n[dispense]\n{dispense}'
    )
    assert told(schedule)[1:] == more


def test_more_is_ordered_before_the_pack_is_too_old_though_no_dose_falls_on_the_day_behind_it() -> None:
    days = f"{course('5 mL', 2, 9, start='start = 2026-11-23')}\ncycle = {{ on = 3, off = 2 }}"
    dispense = '[dispense]\nquantity = "250 mL"\ndiscard_after = 2026-11-26'
    schedule = schedule_of(f'{days}\n[supply]\nrefill_before = "3 days"\n{dispense}')
    assert told(schedule)[1] == "250 mL last 5 days, and not through 28 Nov 2026; order more on 24 Nov 2026."


def test_a_quantity_and_bottles_that_last_longer_are_only_told() -> None:
    schedule = with_supply(course("5 mL", 2, 9, "continue"), 'bottles = ["120 mL"]', "120 mL")
    assert told(schedule) == [
        "To dispense: 90 mL, as measured, dose by dose.",
        "Bottle 1, 120 mL: from day 1 to day 9, 90 mL used, 30 mL left.",
        "120 mL last 12 days, and not through day 13.",
    ]
    assert {caution.level for caution in schedule.supplied} == {"note"}


def test_a_quantity_that_lasts_one_day() -> None:
    assert (
        told(with_supply(course("5 mL", 1, 3), quantity="5 mL"))[1]
        == "5 mL last 1 day, and not through day 2."
    )


def test_a_quantity_that_is_enough_for_a_course_that_stops_says_so() -> None:
    schedule = with_supply(course("5 mL", 2, 10), quantity="100 mL")
    assert told(schedule)[1] == "100 mL last to the end of the course."
    assert schedule.supply is not None
    assert schedule.supply.days_supply == 10


def test_an_opened_bottle_lasts_no_longer_than_it_may_be_used() -> None:
    limits = 'discard_after_opening = "5 days"\nbasis = "its label"'
    assert supply_of(course("5 mL", 2, 10, "continue"), limits, "500 mL").runs_out_on == 6
    assert (
        supply_of(course("5 mL", 2, 10, "continue"), limits + '\nbottles = ["100 mL"]', "500 mL").runs_out_on
        == 26
    )  # five bottles of 100 mL, of each only 50 mL are used in its 5 days


def test_a_quantity_in_bottles_that_are_discarded_lasts_as_long_as_the_bottles() -> None:
    """The mL that are thrown away are no supply: 473 mL in one bottle of 5 days are 5 days."""
    limits = OPENED + 'bottles = ["473 mL"]'
    schedule = with_supply("start = 2026-11-23" + TITRATION, limits, "473 mL")
    assert told(schedule)[-2:] == [
        "473 mL last 5 days, and not through 28 Nov 2026.",
        "473 mL do not last to the end of the course on 04 Dec 2026: it needs 450 mL, and bottles are discarded before they are empty.",
    ]
    assert plain(schedule.warnings[-1].text).endswith("Get more before 28 Nov 2026.")


def dated(
    then: str = "continue", dispense: str = "", supply: str = "", expiry: str = "2026-12-01"
) -> Schedule:
    """One dose of 5 mL a day for 30 days from 23 November, of a pack with an expiry."""
    drug = f'name = "baclofen"\nexpiry = {expiry}' if expiry else 'name = "baclofen"'
    more = f"\n[dispense]\n{dispense}\n[supply]\n{supply}" if dispense or supply else ""
    return schedule_of(course("5 mL", 1, 30, then, "start = 2026-11-23") + more, drug=drug)


def of_code(schedule: Schedule, code: str) -> list[str]:
    return [plain(caution.text) for caution in schedule.warnings if caution.code == code]


def test_a_pack_is_used_no_longer_than_to_its_expiry() -> None:
    """1 December is day 9: the second bottle is of another lot, and only 9 of the 300 mL's days count."""
    limits = 'bottles = ["100 mL"]\ndiscard_after_opening = "14 days"\nbasis = "its label"'
    schedule = dated(dispense='quantity = "300 mL"', supply=limits)
    assert schedule.supply is not None
    assert [(b.from_day, b.to_day, b.discard_after_day) for b in schedule.supply.bottles] == [
        (1, 9, 9), (10, 23, 23), (24, 30, 37),
    ]  # fmt: skip
    assert (schedule.supply.days_supply, schedule.supply.runs_out_on) == (9, 10)
    assert of_code(schedule, "too-old") == [
        "The pack may be used to 01 Dec 2026 (drug.expiry), and the last dose is on 22 Dec 2026. "
        "Another pack is needed for the days between."
    ]
    assert of_code(schedule, "keep-giving") == ["Keep giving 5 mL. Do not stop. Get more before 02 Dec 2026."]


def test_the_earlier_of_expiry_and_discard_date_holds_without_any_supply_too() -> None:
    schedule = dated(dispense="discard_after = 2026-11-30")
    assert of_code(schedule, "too-old")[0].startswith(
        "The pack may be used to 30 Nov 2026 (dispense.discard_after)"
    )
    assert of_code(schedule, "keep-giving") == ["Keep giving 5 mL. Do not stop. Get more before 01 Dec 2026."]


@pytest.mark.parametrize("expiry", ["2026-12-22", "2027-12-22", ""])
def test_a_pack_that_outlasts_the_course_is_not_told(expiry: str) -> None:
    schedule = dated(expiry=expiry)
    assert of_code(schedule, "too-old") == []
    assert of_code(schedule, "keep-giving") == ["Keep giving 5 mL. Do not stop. Get more before 23 Dec 2026."]


def test_a_course_that_stops_is_told_of_its_old_pack_too() -> None:
    schedule = dated("stop")
    assert of_code(schedule, "too-old")
    assert schedule.ending == ()


def test_a_pack_that_is_too_old_for_the_first_dose_is_refused() -> None:
    with pytest.raises(LiquidoseError) as caught:
        dated(expiry="2026-11-22")
    assert plain(str(caught.value)) == (
        "The first dose is on 23 Nov 2026, and drug.expiry is 22 Nov 2026. "
        "Check both dates; nothing is given of a pack behind its last day."
    )


def test_a_pack_whose_last_day_is_that_of_the_first_dose_is_good_for_that_day() -> None:
    schedule = dated(expiry="2026-11-23", supply='bottles = ["5 mL"]')
    assert of_code(schedule, "keep-giving") == ["Keep giving 5 mL. Do not stop. Get more before 24 Nov 2026."]


def test_a_bottle_opened_on_the_last_day_of_its_pack_is_used_on_that_day_alone() -> None:
    """25 November is day 3: bottle 2 is opened then, and what is left of it is discarded."""
    limits = 'bottles = ["10 mL"]'
    schedule = dated(expiry="2026-11-25", supply=limits)
    assert schedule.supply is not None
    assert [(b.from_day, b.to_day, b.discard_after_day) for b in schedule.supply.bottles[:3]] == [
        (1, 2, 3), (3, 3, 3), (4, 5, None),
    ]  # fmt: skip


def test_no_more_is_ordered_for_a_pack_that_is_good_to_the_last_dose_of_a_course_that_stops() -> None:
    early = 'refill_before = "3 days"'
    for expiry, more in (("2026-12-21", 27), ("2026-12-22", None)):
        schedule = dated("stop", expiry=expiry, supply=early)
        assert schedule.supply is not None
        assert schedule.supply.refill_on == more


def test_a_quantity_that_ends_on_the_last_day_is_too_small() -> None:
    """29 doses of 5 mL are in 145 mL, and the thirtieth is on the last day."""
    schedule = with_supply(course("5 mL", 3, 10), "", "145 mL")
    assert of_code(schedule, "quantity-short") == [
        "145 mL do not last to the end of the course on day 10: it needs 150 mL."
    ]
    assert of_code(with_supply(course("5 mL", 3, 10), "", "150 mL"), "quantity-short") == []


def test_a_bottle_may_hold_one_dose_exactly_or_the_whole_course_exactly() -> None:
    assert [int(b.size_ml) for b in supply_of(course("20 mL", 1, 3), 'bottles = ["20 mL"]').bottles] == [
        20,
        20,
        20,
    ]
    sizes = 'bottles = ["100 mL", "150 mL", "200 mL"]'
    assert [int(b.size_ml) for b in supply_of(course("5 mL", 3, 10), sizes).bottles] == [150]


def test_a_course_without_a_start_is_compared_with_no_date() -> None:
    drug = 'name = "baclofen"\nexpiry = 2026-11-22'
    assert of_code(schedule_of(course("5 mL", 1, 30), drug=drug), "too-old") == []


def test_a_last_bottle_holds_what_the_quantity_leaves() -> None:
    found = supply_of(course("5 mL", 2, 30, "continue"), 'bottles = ["100 mL"]', "234 mL")
    assert found.days_supply == 23  # 46 doses: 20, 20 and 6 of the 34 mL left, and 4 mL are no dose


MIXED = 'discard_after_mixing = "10 days"\nbasis = "its label"\nbottles = ["100 mL"]\n'
DISPENSED = 'start = 2026-11-23\ntimes_a_day = 2\ndose = "5 mL"\nfor_days = 14\nthen = "stop"\n[dispense]\ndate = 2026-11-{}'


@pytest.mark.parametrize(
    ("directions", "supply", "last"),
    [
        (DISPENSED.format(23), MIXED, 10),
        (DISPENSED.format(21), MIXED, 8),  # mixed when it was dispensed, two days before the first dose
        (DISPENSED.format(21), MIXED + "first_bottle = 2026-11-22", 9),
        (DISPENSED.format(21), MIXED + 'opening_day = "does not count"', 9),
        (DISPENSED.format(21), MIXED.replace("mixing", "opening"), 10),
        (DISPENSED.format(21), MIXED.replace("mixing", "opening") + "first_bottle = 2026-11-20", 7),
        (DISPENSED.format(24), MIXED, 10),
    ],
)
def test_the_clock_of_the_first_bottle_starts_when_it_is_opened_or_mixed(
    directions: str, supply: str, last: int
) -> None:
    found = supply_of(directions, supply)
    assert [(b.from_day, b.discard_after_day) for b in found.bottles] == [
        (1, last),
        (last + 1, last + 10 + ("does not" in supply)),
    ]


def test_a_bottle_of_an_earlier_day_is_counted_from_the_first_dose_and_not_from_the_start() -> None:
    steps = 'start = 2026-11-23\ntimes_a_day = 1\nsteps = [{ dose = "none", days = 3 }, { dose = "5 mL", days = 9 }]\nthen = "stop"'
    (first, second) = supply_of(steps, MIXED + "first_bottle = 2026-11-24").bottles
    assert (first.from_day, first.to_day, first.discard_after_day) == (4, 11, 11)
    assert (second.from_day, second.to_day) == (12, 12)


def test_what_starts_the_clock_is_said() -> None:
    schedule = with_supply(DISPENSED.format(21), MIXED)
    assert (
        told(schedule)[-1]
        == "Discard a bottle 10 days after mixing; the day of mixing counts (basis: its label)."
    )


@pytest.mark.parametrize(
    ("first", "message"),
    [
        ("2026-11-24", "The first bottle is of 24 Nov 2026, after the first dose on 23 Nov 2026. Check the dates; a bottle is used for 10 days after mixing."),
        ("2026-11-13", "The first bottle is of 13 Nov 2026, too long before the first dose on 23 Nov 2026. Check the dates; a bottle is used for 10 days after mixing."),
    ],
)  # fmt: skip
def test_a_first_bottle_that_cannot_be_used_is_refused(first: str, message: str) -> None:
    with pytest.raises(LiquidoseError) as caught:
        with_supply(DISPENSED.format(13), f"{MIXED}first_bottle = {first}")
    assert plain(str(caught.value)) == message


def test_more_is_ordered_on_the_first_day_at_the_earliest() -> None:
    assert supply_of(course("5 mL", 1, 3), 'refill_before = "1 week"', "10 mL").refill_on == 1


def test_days_without_doses_use_nothing() -> None:
    on_and_off = (
        'times = ["noon"]\ndose = "5 mL"\nfor_days = 4\ncycle = { on = 1, off = 1 }\nthen = "continue"'
    )
    found = supply_of(on_and_off, quantity="15 mL")
    assert found.needed_ml == 10
    assert (found.days_supply, found.runs_out_on) == (6, 7)


def test_a_quantity_for_longer_than_ten_years_is_counted_no_further() -> None:
    on_and_off = (
        'times = ["noon"]\ndose = "0.2 mL"\nfor_days = 4\ncycle = { on = 1, off = 300 }\nthen = "continue"'
    )
    found = supply_of(on_and_off, quantity="900 mL")
    assert found.runs_out_on is None


def test_the_smallest_bottle_that_lasts_is_taken_and_else_the_largest() -> None:
    bottles = supply_of(course("5 mL", 2, 30), 'bottles = ["100 mL", "30 mL", "237 mL"]').bottles
    assert [int(b.size_ml) for b in bottles] == [237, 100]
    assert bottles[0].left_ml == 2  # 47 doses of 5 mL; the 48th is not taken from two bottles


@pytest.mark.parametrize(
    ("supply", "quantity", "message"),
    [
        ('bottles = ["15 mL", "120 mL"]', "", "A bottle of 15 mL is smaller than a dose of 20 mL. Name larger bottles: no dose is taken from two of them."),
        ('bottles = ["120 mg"]', "", "supply.bottles is '120 mg', which is no volume. Write it in mL."),
        ('overfill = "0 mL"', "", "supply.overfill is '0 mL', which is nothing. Leave it out, or write it."),
        ("", "5 mg", "dispense.quantity is '5 mg', which is no volume. Write it in mL."),
        ('discard_after_opening = "10 days"', "", "order.toml, supply: discard_after_opening (or discard_after_mixing) and basis belong together: say where the period comes from. Correct it there."),
        ('basis = "its label"', "", "order.toml, supply: discard_after_opening (or discard_after_mixing) and basis belong together: say where the period comes from. Correct it there."),
        (OPENED + 'discard_after_mixing = "5 days"', "", "order.toml, supply: discard_after_opening and discard_after_mixing are both given; keep the one that ends first. Correct it there."),
        ("first_bottle = 2026-11-20", "", "order.toml, supply: first_bottle starts a clock; write discard_after_opening or discard_after_mixing too. Correct it there."),
        (OPENED + "first_bottle = 2026-11-20", "", "supply.first_bottle is 2026-11-20, and the course has no start to count its days to. Write directions.start."),
        ('refill_before = "0 days"', "", "order.toml, supply: '0 days' is no time at all. Write '1 day' or more."),
    ],
)  # fmt: skip
def test_what_cannot_be_supplied_is_refused(supply: str, quantity: str, message: str) -> None:
    with pytest.raises(LiquidoseError) as caught:
        with_supply(TITRATION, supply, quantity)
    assert plain(str(caught.value)) == message


def test_a_supply_without_a_course_is_never_left_out() -> None:
    with pytest.raises(LiquidoseError) as caught:
        with_supply('dose = "5 mg"', 'overfill = "10 mL"')
    assert str(caught.value) == (
        "order.toml: supply belongs to a course; write for_days, steps, titrate or taper in directions. Correct it there."
    )


def test_an_order_that_says_nothing_of_it_has_no_supply() -> None:
    schedule = schedule_of(TITRATION)
    assert schedule.supply is None
    assert schedule.supplied == ()


@given(
    st.integers(min_value=1, max_value=25),
    st.integers(min_value=1, max_value=4),
    st.integers(min_value=1, max_value=60),
    st.integers(min_value=1, max_value=20),
    st.sampled_from([100, 120, 237]),
)
def test_bottles_hold_every_dose_once_and_are_never_used_too_long(
    dose: int, times: int, days: int, life: int, size: int
) -> None:
    found = supply_of(course(f"{dose} mL", times, days), SHORT_LIFE.format(f"{size} mL", f"{life} days"))
    assert sum(bottle.used_ml for bottle in found.bottles) == found.needed_ml
    for bottle in found.bottles:
        assert 0 < bottle.used_ml <= size
        assert bottle.to_day - bottle.from_day < life
    least = math.ceil(
        found.needed_ml / (size // found_dose(found, days, times) * found_dose(found, days, times))
    )
    assert len(found.bottles) >= max(least, math.ceil(days / life))
    assert all(
        one.to_day <= other.from_day for one, other in zip(found.bottles, found.bottles[1:], strict=False)
    )


@given(
    st.integers(min_value=1, max_value=25),
    st.integers(min_value=1, max_value=60),
    st.integers(min_value=1, max_value=20),
    st.sampled_from([100, 120, 237]),
)
def test_as_much_as_the_bottles_hold_lasts_to_the_end_and_a_bottle_less_does_not(
    dose: int, days: int, life: int, size: int
) -> None:
    bottles = SHORT_LIFE.format(f"{size} mL", f"{life} days")
    found = supply_of(course(f"{dose} mL", 1, days), bottles)
    all_of_them = sum(bottle.size_ml for bottle in found.bottles)
    assert supply_of(course(f"{dose} mL", 1, days), bottles, f"{all_of_them} mL").runs_out_on is None
    if len(found.bottles) > 1:
        less = supply_of(course(f"{dose} mL", 1, days), bottles, f"{all_of_them - size} mL")
        assert less.runs_out_on == found.bottles[-1].from_day


def found_dose(found: Supply, days: int, times: int) -> Fraction:
    """The measured volume of each of equal doses."""
    return found.needed_ml / days / times


def test_a_bottle_is_a_value() -> None:
    bottle = Bottle(
        number=1, size_ml=Fraction(120), from_day=1, to_day=7, used_ml=Fraction(112), discard_after_day=None
    )
    assert bottle.left_ml == 8
