"""A course: what each rule orders, what is measured for it, and what is refused."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from course_orders import TITRATION, order_of, schedule_of
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, cases, plain

from liquidose import LiquidoseError, Schedule, convert, make_schedule
from liquidose.conversion import Conversion, work_out
from liquidose.courses.course import Course, Cycle
from liquidose.courses.noting import steps_words
from liquidose.courses.suggest import suggestions
from liquidose.courses.table import schedule_text
from liquidose.devices.limits import Limits
from liquidose.devices.syringes import syringes_of
from liquidose.errors import CheckTheAmount, GiveWhatIsMissing
from liquidose.orders.order import decode_order
from liquidose.site import Site

US = f'protocol = "{(Path(__file__).parent.parent / "examples" / "protocols" / "baclofen-us.toml").as_posix()}"'


def by_hand(row: Row) -> Fraction:
    """The measured total by adding up day after day, without the program's own sums."""
    total = Fraction(0)
    for (_, days, *volumes), step in zip(row["steps"], schedule_of_row(row).steps, strict=True):
        for place in range(days):
            if step.cycle is None or place % (step.cycle.on + step.cycle.off) < step.cycle.on:
                total += sum(map(Fraction, volumes))
    return total


def schedule_of_row(row: Row) -> Schedule:
    return schedule_of(row["directions"], strength=row.get("strength", "1 mg/mL"), top=row.get("top", ""))


@cases("courses.toml", "given")
def test_a_course_is_carried_out(row: Row) -> None:
    schedule = schedule_of(row["directions"], strength=row.get("strength", "1 mg/mL"), top=row.get("top", ""))
    found = [
        [step.from_day, step.days or 0, *(dose.measured.ml for dose in step.doses)] for step in schedule.steps
    ]
    assert found == [[first, days, *map(Fraction, volumes)] for first, days, *volumes in row["steps"]]
    assert schedule.exact_total_ml == Fraction(row["exact"])
    assert schedule.measured_total_ml == Fraction(row["measured"]) == by_hand(row)
    last = schedule.warnings[-1].text if schedule.ending else ""
    assert plain(last) == row.get("last", "")
    for step in schedule.steps:
        for dose in step.doses:
            assert all(dose.measured.syringe.is_mark(draw) for draw in dose.measured.draws_ml)


@cases("courses.toml", "refused")
def test_what_cannot_be_a_course_is_refused_in_a_whole_sentence(row: Row) -> None:
    with pytest.raises(LiquidoseError) as caught:
        schedule_of_row(row)
    assert plain(str(caught.value)) == row["message"]


def test_a_patient_who_is_not_born_yet_has_no_course() -> None:
    with pytest.raises(LiquidoseError) as caught:
        order_of("start = 2026-11-23" + TITRATION, patient="birth_date = 2026-11-24")
    assert plain(str(caught.value)) == (
        "order.toml: patient.birth_date is after directions.start, 2026-11-23. Correct it there."
    )


def test_a_start_on_a_day_that_is_none_is_no_toml() -> None:
    with pytest.raises(LiquidoseError, match=r"order\.toml is not TOML: Invalid date"):
        order_of('start = 2027-02-29\ntimes = ["morning"]\ndose = "5 mg"\nfor_days = 3\nthen = "stop"')


def test_the_total_of_the_seed_is_the_sum_of_its_days() -> None:
    schedule = schedule_of(TITRATION, strength="2 mg/mL")
    exact = measured = Fraction(0)
    for day in range(1, 13):
        for dose in schedule.on(day):
            exact += dose.volume_ml
            measured += dose.measured.ml
    assert (exact, measured) == (Fraction(225), Fraction("224.1"))
    assert (exact, measured) == (schedule.exact_total_ml, schedule.measured_total_ml)


def test_plan_measured_and_the_difference_run_side_by_side() -> None:
    schedule = schedule_of(TITRATION, strength="2 mg/mL")
    assert [s.ordered for s in schedule.so_far] == [45, 135, 270, 450]
    assert [s.measured for s in schedule.so_far] == list(map(Fraction, ("45", "135", "268.2", "448.2")))
    assert [s.difference for s in schedule.so_far] == [0, 0, Fraction("-1.8"), Fraction("-1.8")]
    assert {s.unit.name for s in schedule.so_far} == {"mg"}


def test_no_dose_makes_up_for_another() -> None:
    titration = schedule_of(TITRATION, strength="2 mg/mL")
    alone = convert("15 mg", "2 mg/mL").measured
    assert alone is not None
    assert {dose.measured.ml for dose in titration.steps[2].doses} == {alone.ml}


def test_steps_have_dates_where_the_course_has_a_start() -> None:
    schedule = schedule_of("start = 2026-11-23" + TITRATION)
    assert schedule.start == dt.date(2026, 11, 23)
    assert [(step.first, step.last) for step in schedule.steps][-1] == (
        dt.date(2026, 12, 2),
        dt.date(2026, 12, 4),
    )
    assert [step.from_words.replace("\u00a0", " ") for step in schedule.steps[:2]] == [
        "23 Nov 2026",
        "26 Nov 2026",
    ]


def test_steps_have_numbers_where_it_has_none() -> None:
    schedule = schedule_of(TITRATION)
    assert schedule.start is None
    assert all(step.first is None and step.last is None for step in schedule.steps)
    assert schedule.steps[1].from_words == "day\u00a04"


def volumes(schedule: Schedule, day: dt.date | int) -> list[Fraction]:
    return [dose.measured.ml for dose in schedule.on(day)]


def test_a_day_is_asked_for_by_its_date_or_its_number() -> None:
    schedule = schedule_of("start = 2026-11-23" + TITRATION)
    assert volumes(schedule, dt.date(2026, 12, 1)) == volumes(schedule, 9) == [15, 15, 15]
    assert [dose.time for dose in schedule.on(9)] == ["morning", "noon", "bedtime"]


def test_behind_the_end_of_a_titration_the_last_dose_goes_on() -> None:
    assert volumes(schedule_of(TITRATION), 400) == [20, 20, 20]


def test_behind_a_stop_nothing_is_given() -> None:
    schedule = schedule_of(
        'times = ["morning"]\ntaper = { from = "20 mg", by = "10 mg", every = "3 days" }\nthen = "stop"'
    )
    assert volumes(schedule, 3) == [10]
    assert volumes(schedule, 4) == volumes(schedule, 4000) == []


def test_a_day_off_has_no_dose() -> None:
    schedule = schedule_of(
        'times = ["morning"]\ndose = "5 mg"\nfor_days = 7\ncycle = { on = 2, off = 1 }\nthen = "continue"'
    )
    assert [len(schedule.on(day)) for day in range(1, 11)] == [1, 1, 0, 1, 1, 0, 1, 1, 0, 1]


@pytest.mark.parametrize(
    ("day", "kind", "message"),
    [
        (0, CheckTheAmount, "The course has not begun on day 0. Ask for its first day or a later one."),
        (dt.date(2026, 11, 22), CheckTheAmount, "The course has not begun on 22 Nov 2026. Ask for its first day or a later one."),
        (13, GiveWhatIsMissing, "No dose is ordered for day 13: the course ends before it and is to be reviewed. Ask the prescriber how it goes on."),
    ],
)  # fmt: skip
def test_a_day_outside_the_course_is_no_day_without_a_dose(
    day: dt.date | int, kind: type, message: str
) -> None:
    schedule = schedule_of("start = 2026-11-23" + TITRATION.replace("continue", "review on 2026-12-05"))
    with pytest.raises(kind) as caught:
        schedule.on(day)
    assert plain(str(caught.value)) == message


def test_a_date_needs_a_start() -> None:
    with pytest.raises(GiveWhatIsMissing) as caught:
        schedule_of(TITRATION).on(dt.date(2026, 11, 23))
    assert str(caught.value) == (
        "The course has no start date. Write directions.start, or ask by the number of the day."
    )


def ending(directions: str) -> list[str]:
    return [plain(caution.text) for caution in schedule_of(directions).ending]


def test_a_review_is_the_end_and_a_run_out_before_it_warns() -> None:
    course = 'start = 2026-12-01\ntimes = ["morning"]\ndose = "5 mg"\nfor_days = 10\nthen = "review on {}"'
    assert ending(course.format("2026-12-11")) == ["Review on 11 Dec 2026."]
    assert ending(course.format("2026-12-12")) == [
        "The course runs out: the last dose is on 10 Dec 2026, the review on 12 Dec 2026, and no dose is ordered for "
        "the days between. Ask the prescriber.",
        "Review on 12 Dec 2026.",
    ]


def test_a_run_out_is_told_from_the_last_dose_and_not_from_the_days_off_behind_it() -> None:
    course = 'start = 2026-11-23\ntimes = ["morning"]\ndose = "5 mg"\nfor_days = 28\ncycle = { on = 21, off = 7 }\nthen = "review on 2026-12-25"'
    assert ending(course)[0] == (
        "The course runs out: the last dose is on 13 Dec 2026, the review on 25 Dec 2026, and no dose is ordered for "
        "the days between. Ask the prescriber."
    )


def test_a_review_without_a_start_cannot_be_compared() -> None:
    course = 'times = ["morning"]\ndose = "5 mg"\nfor_days = 10\nthen = "review on 2026-12-11"'
    assert ending(course) == [
        "The course has no start date, so nobody can tell whether it lasts until the review.",
        "Review on 11 Dec 2026.",
    ]


def test_a_taper_to_none_may_be_reviewed() -> None:
    course = 'times = ["morning"]\ntaper = { from = "20 mg", by = "10 mg", every = "3 days" }\nthen = "review on 2026-12-11"'
    assert ending(course) == ["Review on 11 Dec 2026."]


def test_steps_that_are_measured_the_same_are_told() -> None:
    found = schedule_of(
        'times = ["morning"]\nsteps = [{ dose = "10 mg", days = 1 }, { dose = "10.05 mg", days = 1 }]\nthen = "stop"'
    )
    assert [plain(w.text) for w in found.warnings if w.code == "step-lost"] == [
        "Steps 1 and 2 are ordered apart and measured the same: no line lies between them. "
        "Ask the prescriber for doses that can be measured."
    ]


def test_several_steps_that_are_measured_the_same_are_told_together() -> None:
    doses = ("10", "10.01", "10.02", "12", "10", "10.01")
    steps = ", ".join(f'{{ dose = "{dose} mg", days = 1 }}' for dose in doses)
    found = schedule_of(f'times = ["morning"]\nsteps = [{steps}]\nthen = "stop"')
    assert [w.text[:12] for w in found.warnings if w.code == "step-lost"] == ["Steps 1 to 3", "Steps 5 and "]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([3], "Step 3"),
        ([1, 2], "Steps 1 and 2"),
        ([1, 2, 3], "Steps 1 to 3"),
        ([1, 3, 4, 5, 7, 8], "Steps 1, 3 to 5, 7 and 8"),
    ],
)
def test_steps_in_a_row_are_named_from_first_to_last(numbers: list[int], words: str) -> None:
    assert plain(steps_words(numbers)) == words


@pytest.mark.parametrize(
    ("every", "told"),
    [
        ("1 week", "Steps 2 to 4: the days on and off (1 day on, 1 day off) start anew, and the step before ends in the middle "
                   "of them, so days with doses may follow each other. Steps of a multiple of 2 days keep them."),
        ("2 weeks", None),
    ],
)  # fmt: skip
def test_alternate_days_that_a_step_breaks_off_are_told(every: str, told: str | None) -> None:
    rule = f'titrate = {{ start = "5 mg", step = "5 mg", every = "{every}", target = "20 mg" }}'
    found = schedule_of(f'times = ["morning"]\n{rule}\ncycle = {{ on = 1, off = 1 }}\nthen = "continue"')
    assert [plain(w.text) for w in found.warnings if w.code == "cycle-begun-anew"] == ([told] if told else [])


def test_a_cycle_of_another_kind_or_behind_a_pause_is_not_broken_off() -> None:
    found = schedule_of("""
then = "continue"
times = ["morning"]
steps = [
    { dose = "5 mg", days = 3, cycle = { on = 1, off = 1 } }, { dose = "5 mg", days = 3, cycle = { on = 1, off = 2 } },
    { dose = "10 mg", days = 4 }, { dose = "none", days = 1, cycle = { on = 1, off = 2 } },
    { dose = "10 mg", days = 4, cycle = { on = 1, off = 2 } },
]
""")
    assert not [w for w in found.warnings if w.code == "cycle-begun-anew"]


def test_a_warning_says_which_steps_it_is_about() -> None:
    found = schedule_of(
        'times = ["morning"]\nsteps = [{ dose = "7.5 mg", days = 1 }, { dose = "5 mg", days = 1 }, { dose = "7.5 mg", days = 1 }]\n'
        'then = "continue"'
    )
    assert [plain(w.text) for w in found.warnings if w.code == "rounded"] == [
        "Steps 1 and 3: The exact dose is 7.5 mL; the nearest line is 7.4 mL, about 1.3 % less."
    ]


def test_the_weight_that_was_used_is_told() -> None:
    found = schedule_of('times = ["morning"]\ndose = "0.5 mg/kg"\nfor_days = 3\nthen = "stop"')
    assert [plain(w.text) for w in found.warnings if w.code == "used"] == ["Weight used: 18 kg."]


def test_the_orders_own_words_come_first() -> None:
    found = schedule_of(
        TITRATION
        + 'warnings = ["May cause drowsiness"]\nmissed_dose = "leave it out"\nwith = "food"\npurpose = "spasms"',
        drug='name = "baclofen"\nshake = true\nstorage = "keep it in the refrigerator"',
    )
    assert [w.text for w in found.own] == [
        "May cause drowsiness.", "Shake the bottle well.", "Keep it in the refrigerator.", "Missed dose: leave it out.",
    ]  # fmt: skip
    assert found.warnings[:4] == found.own
    assert found.manner == "Give by mouth, with food, for spasms."


def test_suggestions_are_lines_of_the_syringe_on_both_sides() -> None:
    schedule = schedule_of(TITRATION, strength="2 mg/mL")
    assert [plain(s.text) for s in suggestions(schedule)] == [
        "Step 3: 15 mg (7.5 mL) lies on no line of the syringe. "
        "The prescriber could order 14.8 mg (7.4 mL) or 15.2 mg (7.6 mL) instead."
    ]
    for dose in ("14.8 mg", "15.2 mg"):
        measured = convert(dose, "2 mg/mL").measured
        assert measured is not None
        assert not measured.rounded


def test_suggestions_are_in_the_words_of_the_profile() -> None:
    uk = Site(profile="uk")
    schedule = schedule_of(
        'times_a_day = 1\ndose = "13 mcg"\nfor_days = 3\nthen = "stop"', uk, strength="20 mcg/mL"
    )
    assert [plain(s.text) for s in suggestions(schedule, uk)] == [
        "Step 1: 13 micrograms (0.65 mL) lies on no line of the syringe. The prescriber could order "
        "12.8 micrograms (0.64 mL) or 13.2 micrograms (0.66 mL) instead."
    ]


def test_suggestions_for_several_draws_and_by_volume() -> None:
    site = Site(stocked=("oral-10",))
    course = 'times = ["morning"]\nsteps = [{ dose = "%s", days = 1 }, { dose = "10.5 %s", days = 1 }]\nthen = "continue"'
    two = schedule_of(course % ("15.1 mg", "mg"), site)
    assert [plain(s.text) for s in suggestions(two, site)] == [
        "Step 1: 15.1 mg (15.1 mL) lies on no line of the syringe. The prescriber could order 15 mg (15 mL) or 15.2 mg (15.2 mL) instead.",
        "Step 2: 10.5 mg (10.5 mL) lies on no line of the syringe. The prescriber could order 10 mg (10 mL) instead.",
    ]  # fmt: skip
    by_volume = schedule_of(course % ("7.5 mL", "mL"), site)
    assert "could order 7.4 mL or 7.6 mL instead" in plain(suggestions(by_volume)[0].text)


def test_behind_the_last_line_of_a_syringe_the_next_one_is_suggested() -> None:
    schedule = schedule_of('times = ["noon"]\ndose = "5.05 mg"\nfor_days = 3\nthen = "stop"')
    assert [plain(s.text) for s in suggestions(schedule)] == [
        "Step 1: 5.05 mg (5.05 mL) lies on no line of the syringe. The prescriber could order 5 mg (5 mL) or 5.2 mg (5.2 mL) instead."
    ]  # fmt: skip


@given(st.integers(min_value=20, max_value=15_000))
def test_every_suggestion_is_measured_without_rounding(hundredths: int) -> None:
    ordered = f"{hundredths // 100}.{hundredths % 100:02d} mg"
    schedule = schedule_of(f'times = ["noon"]\ndose = "{ordered}"\nfor_days = 3\nthen = "stop"')
    for told in suggestions(schedule):
        offers = re.findall(r"([\d.]+) mg \(", plain(told.text).partition("could order")[2])
        assert 1 <= len(offers) <= 2
        for offer in offers:
            measured = convert(f"{offer} mg", "1 mg/mL").measured
            assert measured is not None
            assert not measured.rounded


def test_what_would_be_rounded_itself_is_not_suggested() -> None:
    """61 mL of a 60 mL syringe are filled as 60, so 61 mg would be no better than 60.01 mg."""
    schedule = schedule_of('times = ["noon"]\ndose = "60.01 mg"\nfor_days = 3\nthen = "stop"')
    assert plain(suggestions(schedule)[0].text).endswith("The prescriber could order 60 mg (60 mL) instead.")


def test_where_nothing_beside_a_dose_is_measurable_nothing_is_offered() -> None:
    site = Site(stocked=("oral-60",))
    schedule = schedule_of('times = ["noon"]\ndose = "66.2 mL"\nfor_days = 3\nthen = "stop"', site)
    assert plain(suggestions(schedule, Site(stocked=("oral-5",)))[0].text) == (
        "Step 1: 66.2 mL (66.2 mL) lies on no line of the syringe."
    )


def test_where_no_syringe_holds_more_only_less_is_suggested() -> None:
    site = Site(stocked=("oral-1",), limits=Limits(most_draws=1))
    schedule = schedule_of('times = ["noon"]\ndose = "1.01 mg"\nfor_days = 3\nthen = "stop"', site)
    assert [plain(s.text) for s in suggestions(schedule, site)] == [
        "Step 1: 1.01 mg (1.01 mL) lies on no line of the syringe. The prescriber could order 1 mg (1 mL) instead."
    ]


@pytest.mark.parametrize(
    ("dose", "guard", "offered"),
    [
        ("7.5 mg", "", "7.4 mg (7.4 mL) or 7.6 mg (7.6 mL)"),
        ("7.5 mg", 'rule = "most_per_dose"\namount = "7.5 mg"', "7.4 mg (7.4 mL)"),
        ("7.5 mg", 'rule = "most_per_dose"\namount = "7.6 mg"', "7.4 mg (7.4 mL) or 7.6 mg (7.6 mL)"),
        ("7.5 mg", 'rule = "most_per_day"\namount = "15.1 mg"', "7.4 mg (7.4 mL)"),
        ("7.5 mg", 'rule = "most_per_day"\namount = "15.1 mg"\nbreach = "warn"', "7.4 mg (7.4 mL)"),
        ("7.5 mg", 'rule = "most_per_day"\namount = "1 mg/kg"\nbreach = "warn"', "7.4 mg (7.4 mL) or 7.6 mg (7.6 mL)"),
        ("7.5 mg", 'rule = "most_per_dose"\namount = "7 mg"\nfrom_age = 60', "7.4 mg (7.4 mL) or 7.6 mg (7.6 mL)"),
        ("7.5 mg (max 7.5 mg)", "", "7.4 mg (7.4 mL)"),
    ],
)  # fmt: skip
def test_nothing_is_suggested_above_a_most_that_is_stated(dose: str, guard: str, offered: str) -> None:
    course = f'start = 2026-11-23\ntimes_a_day = 2\ndose = "{dose}"\nfor_days = 3\nthen = "continue"'
    held = f"{course}\n[[guard]]\n{guard}" if guard else course
    (told,) = suggestions(schedule_of(held, patient="birth_date = 2000-01-01"))
    assert plain(told.text).endswith(f"The prescriber could order {offered} instead.")


def test_nothing_is_suggested_above_a_most_of_the_protocol() -> None:
    course = 'start = 2026-11-23\ntimes_a_day = 3\ndose = "26.6 mg"\nfor_days = 3\nthen = "continue"'
    (told,) = suggestions(schedule_of(course, top=US, patient="birth_date = 1990-01-01"))
    assert plain(told.text).endswith("The prescriber could order 26 mg (26 mL) instead.")


def test_nothing_is_suggested_where_every_dose_lies_on_a_line() -> None:
    assert suggestions(schedule_of(TITRATION)) == ()


def test_one_dose_is_no_course() -> None:
    with pytest.raises(GiveWhatIsMissing) as caught:
        schedule_of('dose = "5 mg"\ntimes = ["morning"]')
    assert str(caught.value) == (
        "The order has one dose and no course. Write for_days, steps, titrate or taper in directions; "
        "'liquidose label' prints a single dose."
    )


def test_the_same_order_gives_the_same_schedule() -> None:
    order = order_of(TITRATION)
    assert make_schedule(order) == make_schedule(order)


@given(
    st.lists(st.integers(min_value=20, max_value=4000), min_size=2, max_size=8),
    st.sampled_from(["1 mg/mL", "2 mg/mL", "7 mg/5 mL"]),
)
def test_a_titration_never_dips_and_a_taper_never_rises(hundredths: list[int], strength: str) -> None:
    doses = [Fraction(n, 100) for n in sorted(set(hundredths))]
    for course in (doses, doses[::-1]):
        steps = ", ".join(f'{{ dose = "{n.numerator / n.denominator:.2f} mg", days = 1 }}' for n in course)
        try:
            schedule = schedule_of(
                f'times = ["morning"]\nsteps = [{steps}]\nthen = "continue"', strength=strength
            )
        except LiquidoseError:  # some volumes no syringe measures
            continue
        measured = [step.doses[0].measured.ml for step in schedule.steps]
        assert measured == sorted(measured, reverse=course != doses)
        for step in schedule.steps:
            found = step.doses[0].measured
            assert all(found.syringe.is_mark(draw) for draw in found.draws_ml)
            assert abs(found.change_percent) <= 10


@given(
    st.integers(min_value=1, max_value=400),
    st.integers(min_value=2, max_value=6),
    st.booleans(),
)
def test_an_unequal_split_adds_up_exactly(tenths: int, count: int, at_the_end: bool) -> None:  # noqa: FBT001
    times = ["morning", "noon", "afternoon", "evening", "bedtime", "night"][:count]
    asked = f'\nlargest_at = "{times[-1]}"' if at_the_end else ""
    try:
        schedule = schedule_of(
            f'times = {times}\ndose = "{tenths / 10} mg/day"\nsplit = "unequal"{asked}\nfor_days = 1\nthen = "continue"'
        )
    except LiquidoseError:  # some days' doses no lines add up to
        return
    volumes = [dose.measured.ml for dose in schedule.steps[0].doses]
    assert sum(volumes) == Fraction(tenths, 10)
    assert volumes == [dose.volume_ml for dose in schedule.steps[0].doses]
    assert not at_the_end or volumes[-1] == max(volumes)


def test_a_year_of_three_doses_a_day_converts_each_dose_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []

    def counted(*arguments: Any, **named: Any) -> Conversion:
        calls.append(arguments)
        return work_out(*arguments, **named)

    monkeypatch.setattr("liquidose.courses.carrying.work_out", counted)
    schedule = schedule_of(
        'times = ["morning", "noon", "bedtime"]\nsteps = [{ dose = "5 mg", days = 182 }, { dose = "10 mg", days = 183 }]\n'
        'then = "continue"'
    )
    assert len(calls) == 2
    assert schedule.measured_total_ml == 182 * 15 + 183 * 30


def test_a_refill_of_measured_volumes_with_a_stock_of_the_sites_own() -> None:
    site = Site(stocked=("oral-10",))
    schedule = schedule_of(TITRATION, site)
    assert {dose.measured.syringe for step in schedule.steps for dose in step.doses} == set(
        syringes_of(["oral-10"])
    )
    assert list(schedule.steps[3].doses[0].measured.draws_ml) == [10, 10]


def test_a_dose_by_surface_and_limits_in_the_order_are_kept() -> None:
    schedule = schedule_of(
        'times = ["morning"]\nsteps = [{ dose = "15.1 mg/m2 (max 7.55 mg)", days = 1 }]\nthen = "continue"',
        patient='bsa = "0.5 m2"',
    )
    assert schedule.steps[0].doses[0].measured.ml == Fraction("7.4")


def test_the_dose_until_now_is_told_where_it_is_by_weight() -> None:
    schedule = schedule_of(
        'times = ["morning", "bedtime"]\ntaper = { from = "1 mg/kg", by = "0.5 mg/kg", every = "3 days" }\nthen = "stop"'
    )
    assert schedule.before is not None
    assert schedule.before.value == 36


def test_a_cycle_counts_from_the_first_day_of_its_step() -> None:
    assert [Cycle(on=21, off=7).dosing_days(days) for days in (1, 21, 22, 28, 29, 56)] == [
        1,
        21,
        21,
        21,
        22,
        42,
    ]


def test_a_course_is_a_value_of_its_own() -> None:
    assert Course(dose="5 mg").is_one_step
    assert not Course(dose="5 mg").is_course
    assert decode_order(
        'patient = { name = "A" }\ndrug = { name = "b", strength = "1 mg/mL" }\ndirections = { dose = "5 mg" }',
        name="order.toml",
    ).directions.course == Course(dose="5 mg")


STEP = st.fixed_dictionaries({
    "dose": st.sampled_from(["5 mg", "7.5 mg", "10 mg", "12.5 mg"]),
    "other": st.sampled_from(["", "2.5 mg", "20 mg"]),
    "days": st.integers(min_value=1, max_value=40),
    "on": st.integers(min_value=1, max_value=21),
    "off": st.integers(min_value=0, max_value=9),
})  # fmt: skip


@given(st.lists(STEP, min_size=1, max_size=5), st.sampled_from(["1 mg/mL", "2 mg/mL", "5 mg/mL"]))
def test_totals_are_the_sums_of_the_days(steps: list[dict[str, Any]], strength: str) -> None:
    texts = []
    for step in steps:
        doses = f'{{ morning = "{step["dose"]}", bedtime = "{step["other"]}" }}'
        written = doses if step["other"] else f'"{step["dose"]}"'
        times = "" if step["other"] else ', times = ["noon"]'
        cycle = f", cycle = {{ on = {step['on']}, off = {step['off']} }}" if step["off"] else ""
        texts.append(f"{{ dose = {written}, days = {step['days']}{times}{cycle} }}")
    schedule = schedule_of(f'steps = [{", ".join(texts)}]\nthen = "stop"', strength=strength)
    exact = measured = ordered = given_in_all = Fraction(0)
    for day in range(1, sum(step["days"] for step in steps) + 1):
        for dose in schedule.on(day):
            exact += dose.volume_ml
            measured += dose.measured.ml
            ordered += dose.dose.value
            given_in_all += dose.given.value
    assert (schedule.exact_total_ml, schedule.measured_total_ml) == (exact, measured)
    assert (schedule.so_far[-1].ordered, schedule.so_far[-1].measured) == (ordered, given_in_all)


def test_a_course_is_read_as_its_file_writes_numbers() -> None:
    course = 'times = ["morning"]\ntitrate = { start = "2,5 mg", step = "2,5 mg", every = "3 days", target = "7,5 mg" }\nthen = "stop"'
    schedule = schedule_of(course, top='locale = "de-DE"', strength="0,5 mg/mL")
    assert [step.day_ml for step in schedule.steps] == [5, 10, 15, 0]
    with pytest.raises(LiquidoseError, match=r"comma|could be"):
        schedule_of(course)


@pytest.mark.parametrize(
    ("until_now", "a_day"),
    [
        ("20 mg/day", "20"),
        ("10 mg", "20"),
        ("20 mg/day in 4 doses", "20"),
        ("20 mg/day (max 8 mg)", "16"),
        ("2 mg/kg/day (max 30 mg/day)", "30"),
        ("0.5 mg/kg", "18"),
    ],
)
def test_the_dose_until_now_of_steps_is_that_of_a_day(until_now: str, a_day: str) -> None:
    written = f"""
times = ["morning", "bedtime"]
steps = [{{ dose = "5 mg", days = 3 }}, {{ dose = "none" }}]
until_now = "{until_now}"
then = "stop"
"""
    schedule = schedule_of(written, patient='weight = "18 kg"')
    assert schedule.before is not None
    assert schedule.before.value == Fraction(a_day)
    assert f"Until now: {a_day} mg a day." in plain(schedule_text(schedule))


def test_a_first_step_of_a_tenth_of_the_dose_until_now_is_told() -> None:
    schedule = schedule_of(
        'times = ["morning", "bedtime"]\nsteps = [{ dose = "2 mg", days = 3 }]\nuntil_now = "40 mg/day"\nthen = "stop"\n'
    )
    assert (
        "Step 1 is 4 mg a day, at most a tenth of the dose until now (40 mg a day). Check the decimal point."
        in [plain(caution.text) for caution in schedule.warnings]
    )
