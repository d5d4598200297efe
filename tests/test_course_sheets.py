"""Step sheet, calendar and diary, read back from their PDFs by a parser that is not ours."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, Literal

import pdfplumber
import pytest
from click.testing import CliRunner
from course_orders import EVERYTHING, TITRATION, order_of, schedule_of
from tables import plain

from liquidose import Schedule, lint, make_schedule
from liquidose.cli import main
from liquidose.courses.days import course_days, last_day
from liquidose.courses.table import schedule_words
from liquidose.directions import DAY_PARTS
from liquidose.errors import DoesNotFit, UnreadableText
from liquidose.orders.order import load_order
from liquidose.pages.curve import draw_curve
from liquidose.pages.shapes import Line, Text
from liquidose.pages.sheet import Head, Look, Sheet
from liquidose.pages.step_sheet import step_blocks, step_bodies
from liquidose.sheets import diary_pdf, schedule_pdf
from liquidose.site import Site

EXAMPLES = Path(__file__).parent.parent / "examples"
MM = 72 / 25.4
SIZES = {"A4": (210, 297), "Letter": (215.9, 279.4)}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TIMES = r"(morning|noon|afternoon|evening|bedtime|night|dose \d+)"

SIX_A_DAY = """
times = ["morning", "noon", "afternoon", "evening", "bedtime", "night"]
dose = "2.5 mg"
for_days = 40
then = "stop"
"""
OVER_THE_YEAR = """
start = 2026-12-28
times = ["morning", "bedtime"]
taper = { from = "40 mg/day", by = "10 mg/day", every = "1 week", to = "zero" }
then = "stop"
"""
BEFORE = '\n[dispense]\ndate = 2026-11-22\nprevious_strength = "1 mg/mL"'
AS_NEEDED = """
start = 2026-11-29
dose = "240 mg"
as_needed = "pain or fever"
every = "6 hours"
max_per_day = "4 doses"
for_days = 9
then = "review on 2026-12-08"
"""
EVERY = """
dose = "5 mg"
every = "4 hours"
for_days = 10
then = "stop"
"""
PROFILED = Site(profile="us")

pytestmark = pytest.mark.usefixtures("bare_environment")


def example(name: str, site: Site | None = None) -> Schedule:
    return make_schedule(load_order(str(EXAMPLES / f"baclofen-{name}.toml")), site)


SCHEDULES = {
    "titration": lambda: example("titration"),
    "taper": lambda: example("taper"),
    "seed without dates": lambda: schedule_of(TITRATION),
    "29 February, cycles, pauses, fillings": lambda: schedule_of(EVERYTHING),
    "six a day": lambda: schedule_of(SIX_A_DAY),
    "over the new year, Sundays first": lambda: schedule_of(OVER_THE_YEAR, PROFILED),
    "another strength than before": lambda: schedule_of(EVERYTHING + BEFORE, strength="5 mg/mL"),
    "as needed": lambda: schedule_of(AS_NEEDED, strength="120 mg/5 mL"),
    "every 4 hours": lambda: schedule_of(EVERY),
}
every_schedule = pytest.mark.parametrize("name", SCHEDULES)
every_look = pytest.mark.parametrize(
    ("paper", "large"),
    [
        ("A4", False),
        ("Letter", True),
        pytest.param("A4", True, marks=pytest.mark.slow),
        pytest.param("Letter", False, marks=pytest.mark.slow),
    ],
)
Paper = Literal["A4", "Letter"]


def opened(content: bytes) -> Any:
    return pdfplumber.open(io.BytesIO(content))


def texts(content: bytes) -> list[str]:
    with opened(content) as document:
        return [plain(page.extract_text()) for page in document.pages]


def ordered_days(schedule: Schedule) -> dict[int, list[tuple[str, Fraction]]]:
    """What the schedule says when it is asked day by day."""
    return {
        day: [(dose.time, dose.measured.ml) for dose in schedule.on(day)]
        for day in range(1, last_day(schedule) + 1)
    }


def doses_in(text: str) -> list[tuple[str, Fraction]]:
    return [(time, Fraction(ml)) for time, ml in re.findall(rf"{TIMES}\s+([\d.]+) mL", text)]


def cells(page: Any) -> Iterator[str]:
    """The texts of the cells of a calendar page, found by the lines of its grid."""
    across = sorted({round(line["x0"], 1) for line in page.lines if line["height"] > 50})
    down = sorted({round(line["top"], 1) for line in page.lines if line["width"] > 300})[1:]
    assert len(across) == 8
    for top, foot in pairwise(down):
        for left, right in pairwise(across):
            yield plain(page.crop((left, top, right, foot)).extract_text())


def days_on_calendar(content: bytes, schedule: Schedule) -> list[tuple[int, list[tuple[str, Fraction]]]]:
    """Each day of the course that has a cell, with its doses."""
    found = []
    with opened(content) as document:
        for page in document.pages:
            text = plain(page.extract_text())
            if not text.startswith("Calendar"):
                continue
            month = re.search(r"^(January|February|March|April|May|June|July|August|September|October|November|December) (\d{4})$", text, re.MULTILINE)  # fmt: skip
            assert (month is None) == (schedule.start is None)
            for cell in cells(page):
                number = re.match(r"(?:day )?(\d+)", cell)
                if number is None:
                    continue
                day = int(number[1])
                if month is not None and schedule.start is not None:
                    date = dt.date(int(month[2]), MONTHS.index(month[1][:3]) + 1, day)
                    day = (date - schedule.start).days + 1
                if 1 <= day <= last_day(schedule):
                    found.append((day, doses_in(cell)))
                else:
                    assert doses_in(cell) == [], cell
    return found


def days_in_diary(content: bytes, schedule: Schedule) -> list[tuple[int, list[tuple[str, Fraction]]]]:
    found: list[tuple[int, list[tuple[str, Fraction]]]] = []
    for text in texts(content):
        for line in text.splitlines():
            title = re.match(r"(?:\w{3} (\d{2}) (\w{3}) (\d{4}), d|D)ay (\d+)", line)
            if title is not None:
                found.append((int(title[4]), []))
                if schedule.start is not None:
                    date = dt.date(int(title[3]), MONTHS.index(title[2]) + 1, int(title[1]))
                    assert (date - schedule.start).days + 1 == int(title[4])
            row = re.match(rf"{TIMES} ([\d.]+) mL given at by (?:missed|why)", line)
            if row is not None:
                found[-1][1].append((row[1], Fraction(row[2])))
    return found


@every_look
@every_schedule
def test_every_dose_of_every_day_stands_on_the_calendar_once(name: str, paper: Paper, *, large: bool) -> None:
    schedule = SCHEDULES[name]()
    found = days_on_calendar(schedule_pdf(schedule, paper=paper, large_print=large), schedule)
    assert [day for day, _ in found] == list(range(1, last_day(schedule) + 1))
    assert dict(found) == ordered_days(schedule)
    assert sum(ml for _, doses in found for _, ml in doses) == schedule.measured_total_ml


@every_look
@every_schedule
def test_every_dose_of_every_day_has_a_row_in_the_diary_once(name: str, paper: Paper, *, large: bool) -> None:
    schedule = SCHEDULES[name]()
    found = days_in_diary(diary_pdf(schedule, paper=paper, large_print=large), schedule)
    assert [day for day, _ in found] == list(range(1, last_day(schedule) + 1))
    assert dict(found) == ordered_days(schedule)
    assert sum(ml for _, doses in found for _, ml in doses) == schedule.measured_total_ml


def both(schedule: Schedule, paper: Paper | None = None, *, large: bool = False) -> list[bytes]:
    return [
        schedule_pdf(schedule, paper=paper, large_print=large, working=True),
        diary_pdf(schedule, paper=paper, large_print=large, working=True),
    ]


@pytest.mark.slow
@every_look
@every_schedule
def test_every_page_names_drug_patient_strength_and_its_number(
    name: str, paper: Paper, *, large: bool
) -> None:
    schedule = SCHEDULES[name]()
    for content in both(schedule, paper, large=large):
        pages = texts(content)
        for number, text in enumerate(pages, 1):
            said = " ".join(text.split())
            assert re.match(r"(New strength|Step sheet|Calendar|Diary): baclofen .*for Sam Example", said)
            assert plain(f"Only for the bottle marked {schedule.strength}.") in said
            assert f"Page {number} of {len(pages)}" in said
            assert re.search(rf"liquidose \S+, data \w{{8}}, {schedule.profile} rules, id \w{{8}}", said)


@pytest.mark.slow
@every_look
@every_schedule
def test_nothing_runs_over_the_edge_or_into_other_words(name: str, paper: Paper, *, large: bool) -> None:
    schedule = SCHEDULES[name]()
    for content in both(schedule, paper, large=large):
        with opened(content) as document:
            for page in document.pages:
                sizes = sorted((page.width / MM, page.height / MM))
                assert sizes == pytest.approx(sorted(SIZES[paper]), abs=0.1)
                for ink in (*page.chars, *page.lines, *page.rects, *page.curves):
                    assert ink["x0"] > 11.5 * MM
                    assert ink["x1"] < page.width - 11.5 * MM
                    assert ink["top"] > 11 * MM
                    assert ink["bottom"] < page.height - 11 * MM
                words = page.extract_words(keep_blank_chars=False)
                for one, other in combinations(words, 2):
                    wide = min(one["x1"], other["x1"]) - max(one["x0"], other["x0"])
                    # type of one size needs three quarters of its line; less than a fifth of it may meet
                    deep = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
                    least = min(one["bottom"] - one["top"], other["bottom"] - other["top"])
                    assert wide < 0.5 or deep < 0.3 * least, (one["text"], other["text"], page.page_number)


@pytest.mark.slow
@every_schedule
def test_large_print_is_large(name: str) -> None:
    schedule = SCHEDULES[name]()
    for content in both(schedule, "A4", large=True):
        with opened(content) as document:
            small = [c for page in document.pages for c in page.chars if c["size"] < 13.9]
        assert {c["size"] for c in small} <= {7.0}
        assert set("".join(c["text"] for c in small)) <= set("0123456789.mL ")


@pytest.mark.slow
@every_schedule
def test_everything_is_black_or_grey(name: str) -> None:
    for content in both(SCHEDULES[name]()):
        with opened(content) as document:
            for page in document.pages:
                for ink in (*page.chars, *page.lines, *page.rects, *page.curves):
                    for colour in (ink["stroking_color"], ink["non_stroking_color"]):
                        assert colour is None or isinstance(colour, int | float) or len(colour) == 1


def test_a_change_of_dose_stands_out_by_a_heavy_frame_and_words() -> None:
    with opened(schedule_pdf(example("titration"))) as document:
        pages = [page for page in document.pages if page.extract_text().startswith("Calendar")]
        frames = [r for page in pages for r in page.rects if r["linewidth"] > 2 and r["height"] > 40]
        said = " ".join(plain(page.extract_text()) for page in pages)
    assert len(frames) == 5  # four doses, and the day behind the last
    assert (said.count("Start"), said.count("New dose"), said.count("Goes on: see below")) == (1, 3, 1)


def test_alternate_days_are_no_change_of_dose() -> None:
    days = list(course_days(schedule_of(EVERYTHING)))
    assert [day.number for day in days if day.is_change] == [1, 5, 6, 7, 9]
    assert [day.words for day in days] == [
        "Start", "No dose today", "", "No dose today", "No dose today", "New dose", "New dose", "", "New dose", "",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["titration", "taper"])
def test_every_warning_of_schedule_and_order_is_on_the_step_sheet(name: str) -> None:
    schedule = example(name)
    pages = [text for text in texts(schedule_pdf(schedule)) if text.startswith("Step sheet")]
    said = re.sub(r"\s", "", "".join(pages))
    lines = schedule_words(schedule)
    assert len(lines) > 10
    for line in lines:
        # a page may end within the warnings, never within one of them
        assert re.sub(r"\s", "", plain(line)) in said, line


def test_a_titration_ends_on_every_page_with_what_comes_then() -> None:
    for content in both(example("titration")):
        for text in texts(content):
            assert "Keep giving 20 mL. Do not stop. Get more before 05 Dec 2026." in text


def test_a_taper_ends_with_a_stop_and_never_with_an_amount() -> None:
    steps, *_, calendar = texts(schedule_pdf(example("taper")))
    assert "Step 5: day 36 on\nstop: none from 08 Mar 2027" in steps
    assert "Until now: 60 mg a day." in steps
    assert calendar.count("Stop: none from today") == 1
    assert "Keep giving" not in steps + calendar
    diary = " ".join(texts(diary_pdf(example("taper"))))
    assert "Mon 08 Mar 2027, day 36 Stop: none from today" in diary
    for text in (steps, calendar, diary):
        assert not re.search(r"\b0 mL\b", text.replace("5 mL in 5 mL", ""))


def test_a_review_leaves_no_empty_day_that_reads_as_a_stop() -> None:
    calendar = texts(schedule_pdf(schedule_of(EVERYTHING)))[-1]
    assert "No dose ordered:" in calendar
    assert "Review on 20 Mar 2028." in calendar


@pytest.mark.parametrize("large", [False, True])
def test_the_step_sheet_shows_each_volume_at_its_mark(*, large: bool) -> None:
    schedule = example("titration")
    blocks = list(step_blocks(schedule, Look("A4", large), 186, 240))
    for step, block in zip(schedule.steps, blocks, strict=False):
        (mark,) = block.named("dose_mark")
        ml = step.doses[0].measured.ml
        (tick,) = block.named(f"syringe:tick:{ml}")
        assert mark.x1_mm == pytest.approx(tick.x1_mm, abs=1e-9)  # type: ignore[union-attr]
        volume = block.named("volume")[0]
        assert plain(volume.text) == f"{ml} mL"  # type: ignore[union-attr]
        assert volume.size_pt == (40 if large else 26)  # type: ignore[union-attr]
        amount = block.named("amount")[0]
        assert plain(amount.text) == f"{ml} mg"  # type: ignore[union-attr]


def test_a_difference_that_is_made_even_again_is_said() -> None:
    steps = 'steps = [{ dose = "7.5 mg", days = 1 }, { dose = "7.55 mg", days = 2 }]\ntimes = ["noon"]\nthen = "stop"'
    said = texts(schedule_pdf(schedule_of(steps)))[0]
    assert "Measured so far: 0.1 mg less than ordered." in said
    assert "Measured so far: as much as ordered." in said


def test_an_amount_without_room_beside_the_volume_stands_beneath_it() -> None:
    schedule = schedule_of('dose = "12.3456 mg"\ntimes = ["noon"]\nfor_days = 3\nthen = "stop"')
    for large, beneath in ((False, False), (True, True)):
        block = next(step_blocks(schedule, Look("A4", large), 186, 240))
        volume, amount = block.named("volume")[0], block.named("amount")[0]
        assert isinstance(volume, Text)
        assert isinstance(amount, Text)
        assert plain(amount.text) == "12.3456 mg ordered"
        assert (amount.y_mm > volume.y_mm + 1) is beneath
        assert (amount.x_mm == volume.x_mm) is beneath


def test_a_dose_by_volume_has_no_amount_beside_it() -> None:
    drug, steps = 'name = "lactulose"', 'times = ["morning"]\ndose = "15 mL"\nfor_days = 3\nthen = "stop"'
    schedule = schedule_of(steps, strength="10 g/15 mL", drug=drug)
    first, *_ = step_blocks(schedule, Look("A4"), 186, 240)
    assert [plain(t.text) for t in first.named("volume")] == ["15 mL"]  # type: ignore[union-attr]
    assert first.named("amount") == []


def test_two_fillings_are_drawn_and_said() -> None:
    said = " ".join(texts(schedule_pdf(schedule_of(EVERYTHING))))
    assert "Fill a 60 mL oral syringe to the 35 mL line and give it. Fill it to the 35 mL line again" in said
    assert re.search(r"70 mL\s+(dose 2 )?70 mL\s+2 fillings|70 mL\s2 fillings", said)


def test_a_step_of_many_doses_goes_over_several_pages_with_its_title_on_each() -> None:
    doses = ", ".join(f'{time} = "{60 + 10 * k} mg"' for k, time in enumerate(DAY_PARTS, 1))
    schedule = schedule_of(f'then = "stop"\n[[directions.steps]]\ndose = {{ {doses} }}\ndays = 3')
    pages = [t for t in texts(schedule_pdf(schedule, paper="Letter")) if t.startswith("Step sheet")]
    said = "\n".join(pages)
    assert said.count("Step 1: days 1 to 3. 570 mg a day") == len(DAY_PARTS)
    assert [int(ml) for ml in re.findall(r"^(\d+) mL$", said, re.MULTILINE)] == [
        70,
        80,
        90,
        100,
        110,
        120,
    ]


@pytest.mark.parametrize("name", ["titration", "taper"])
def test_the_lines_for_questions_stay_with_what_they_are_for(name: str) -> None:
    last = texts(diary_pdf(example(name), paper="Letter", large_print=True))[-1]
    assert "What I want to ask" in last


@pytest.mark.slow
def test_a_long_taper_fits_on_the_page_for_the_doctor() -> None:
    taper = 'taper = { from = "60 mg", by = "1 mg", every = "1 week", to = "zero" }\nthen = "stop"'
    schedule = schedule_of(f'times = ["morning", "bedtime"]\n{taper}')
    said = "\n".join(texts(diary_pdf(schedule, large_print=True)))
    assert len(re.findall(r"^Step \d+: day", said, re.MULTILINE)) == 60


def test_a_rounded_dose_says_what_was_ordered_and_the_difference_so_far() -> None:
    said = texts(schedule_pdf(schedule_of(TITRATION, strength="2 mg/mL")))[0]
    assert "Exactly it is 7.5 mL; this gives 14.8 mg (about 1.3 % less than ordered)." in " ".join(
        said.split()
    )
    assert said.count("Measured so far: 1.8 mg less than ordered.") == 1
    assert said.count("15 mg ordered") == said.count("ordered\n") == 1


def test_the_curve_steps_as_the_course_does() -> None:
    schedule = example("taper")
    page = draw_curve(schedule, Look("A4"), 186)
    levels = [shape for shape in page.named("curve") if isinstance(shape, Line)]
    heights = [levels[-1].y1_mm - level.y1_mm for level in levels]  # from the line of none
    assert [round(high / heights[-2]) for high in heights] == [4, 4, 3, 2, 1, 0]
    assert heights[0] == pytest.approx(4 * heights[-2])
    words = [plain(t.text) for t in page.named("curve:amount")]  # type: ignore[union-attr]
    assert words == ["60 mg", "45 mg", "30 mg", "15 mg", "none"]
    first, *_, stop = [plain(t.text) for t in page.named("curve:day")]  # type: ignore[union-attr]
    assert (first, stop) == ("01 Feb 2027", "08 Mar 2027")


def test_the_curve_says_which_bottle_it_is_for() -> None:
    said = texts(schedule_pdf(example("titration")))[0]
    assert "How much a day, over the course. For the bottle marked 5 mg in 5 mL (1 mg per mL)." in said
    broken = texts(schedule_pdf(schedule_of(EVERYTHING)))[0]
    assert "Where the line is broken, not every day has doses." in broken


def test_the_diary_asks_after_what_the_protocol_lists() -> None:
    said = " ".join(texts(diary_pdf(example("titration"))))
    assert "Side effects: drowsiness dizziness weakness other" in said
    assert "Do not stop suddenly: hallucinations" in said
    assert "Call at once if doses are missed for a day" in said
    without = " ".join(texts(diary_pdf(schedule_of(TITRATION))))
    assert "Side effects: other" in without
    assert "drowsiness" not in without
    for words in (
        "How I feel, 0 very bad to 10 very well: 0 1 2 3 4 5 6 7 8 9 10",
        "Missed doses",
        "For the doctor",
    ):
        assert words in said


@pytest.mark.slow
def test_the_working_is_shown_on_request_only() -> None:
    schedule = example("titration")
    for write in (schedule_pdf, diary_pdf):
        assert "÷" not in " ".join(texts(write(schedule)))
        shown = " ".join(texts(write(schedule, working=True)))
        for line in ("Strength: 5 mg ÷ 5 mL = 1 mg in 1 mL.", "Volume: 20 mg ÷ 1 mg per mL = 20 mL."):
            assert line in shown


def test_the_same_order_gives_the_same_bytes_wherever_it_lies(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "protocols", tmp_path / "protocols")
    shutil.copy(EXAMPLES / "baclofen-taper.toml", tmp_path)
    here = make_schedule(load_order(str(EXAMPLES / "baclofen-taper.toml")))
    there = make_schedule(load_order(str(tmp_path / "baclofen-taper.toml")))
    assert both(here) == both(there)


def identity(content: bytes) -> str:
    found = {match for text in texts(content) for match in re.findall(r"id (\w{8})\b", text)}
    assert len(found) == 1
    return str(found.pop())


@pytest.mark.slow
def test_the_id_follows_from_what_stands_on_the_sheet() -> None:
    schedule = schedule_of(TITRATION)
    other = schedule_of(TITRATION.replace("20 mg", "25 mg"))
    ids = [
        identity(content)
        for content in (
            schedule_pdf(schedule),
            diary_pdf(schedule),
            schedule_pdf(other),
            schedule_pdf(schedule, large_print=True),
            schedule_pdf(schedule, working=True),
            schedule_pdf(schedule_of(TITRATION, strength="2 mg/2 mL")),
        )
    ]
    assert len(set(ids)) == len(ids)


def test_the_paper_follows_the_profile_unless_it_is_named() -> None:
    for site, paper, wide in ((Site(), None, 210), (PROFILED, None, 215.9), (PROFILED, "A4", 210)):
        schedule = schedule_of(TITRATION, site)
        with opened(diary_pdf(schedule, paper=paper, site=site)) as document:  # type: ignore[arg-type]
            assert document.pages[0].width / MM == pytest.approx(wide, abs=0.1)


def test_weeks_begin_on_sunday_in_the_united_states_only() -> None:
    for site, first in ((PROFILED, "Sun Mon"), (Site(profile="uk"), "Mon Tue")):
        assert f"\n{first}" in texts(schedule_pdf(schedule_of(OVER_THE_YEAR, site)))[-1]


def test_a_drug_with_a_look_alike_is_written_in_tall_man_letters_in_the_united_states() -> None:
    drug = 'name = "prednisolone"'
    assert "prednisoLONE for Sam" in texts(diary_pdf(schedule_of(TITRATION, PROFILED, drug=drug)))[0]
    assert "prednisolone for Sam" in texts(diary_pdf(schedule_of(TITRATION, drug=drug)))[0]


@pytest.mark.slow
@pytest.mark.parametrize("site", [Site(), PROFILED, Site(profile="uk")], ids=lambda site: site.profile)
def test_what_the_sheets_say_is_clean(site: Site) -> None:
    for directions in (TITRATION, EVERYTHING, OVER_THE_YEAR, AS_NEEDED.replace("240", "10"), EVERY):
        schedule = schedule_of(directions, site)
        for content in (schedule_pdf(schedule), diary_pdf(schedule)):
            with opened(content) as document:
                for page in document.pages:
                    assert lint(" ".join(page.extract_text().split("\n")), profile=site.profile) == []


LONG = "Maria Magdalena Guadalupe " * 6
UNBROKEN = "Wolfeschlegelsteinhausenbergerdorff" * 5


def test_a_long_name_is_wrapped_and_whole() -> None:
    for content in both(schedule_of(TITRATION, patient="", drug=f'name = "{LONG.strip()}"'), large=True):
        for text in texts(content):
            assert LONG.strip() in " ".join(text.split())


@pytest.mark.parametrize("write", [schedule_pdf, diary_pdf])
def test_what_has_no_room_is_refused_and_never_cut(write: Any) -> None:
    with pytest.raises(DoesNotFit, match="The text of 'title' does not fit"):
        write(schedule_of(TITRATION, drug=f'name = "{UNBROKEN}"'))
    with pytest.raises(DoesNotFit) as refused:
        write(schedule_of('dose = "5 mg"\ntimes_a_day = 24\nfor_days = 3\nthen = "stop"'), large_print=True)
    assert re.fullmatch(
        r"A part of the sheet that must stay together is [\d.]+\u00a0mm higher than the page has room for\. Print it in "
        r"normal type, or shorten the words of the order\.",
        str(refused.value),
    )


def test_a_head_that_leaves_no_room_is_refused() -> None:
    head = Head("Maria " * 150, "Only for the bottle marked 1 mg per mL.", "Give by mouth.", "", "liquidose")
    with pytest.raises(DoesNotFit) as refused:
        Sheet(Look("A4", large=True), head, sideways=True)
    assert re.fullmatch(
        r"Head and foot of the sheet leave -?\d+\u00a0mm of its 210\u00a0mm\. Shorten the names and words of the order, "
        r"or print it in normal type\.",
        str(refused.value),
    )


def test_a_warning_longer_than_a_page_goes_on_on_the_next_with_every_word() -> None:
    sheet = Sheet(Look("A4", large=True), Head("Diary", "Only", "Give", "", "liquidose"))
    words = [f"word{k}" for k in range(900)]
    blocks = list(sheet.told([f"Warning: {' '.join(words)}", "Note: short."]))
    assert len(blocks) > 3
    assert all(block.height_mm <= sheet.room_mm for block in blocks)
    pages = step_bodies(schedule_of(TITRATION), sheet, [f"Note: {' '.join(words)}"], ())
    assert len(pages) > 4
    told = " ".join(shape.text for block in blocks for shape in block.flat() if isinstance(shape, Text))
    assert told == f"Warning: {' '.join(words)} Note: short."


def test_a_character_that_no_face_has_is_refused() -> None:
    with pytest.raises(UnreadableText, match="U\\+4E2D"):
        diary_pdf(schedule_of(TITRATION, drug='name = "中"'))


@pytest.mark.slow
def test_ten_years_are_paged() -> None:
    schedule = schedule_of(
        'start = 2026-01-01\ndose = "5 mg"\ntimes = ["morning"]\nfor_days = 3660\nthen = "stop"'
    )
    found = days_on_calendar(schedule_pdf(schedule), schedule)
    assert [day for day, _ in found] == list(range(1, 3662))
    assert all(doses == [("morning", Fraction(5))] for _, doses in found[:-1])
    assert re.search(r"Page (6\d\d) of \1$", texts(diary_pdf(schedule))[-1])


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, list(arguments), prog_name="liquidose")


def test_the_commands_write_the_files_and_say_what_must_be_known() -> None:
    order = str(EXAMPLES / "baclofen-titration.toml")
    for arguments, name in (
        (("schedule", order, "--format", "pdf"), "schedule.pdf"),
        (("schedule", order, "--format", "pdf", "-o", "a.pdf", "--paper", "A4", "--working"), "a.pdf"),
        (("diary", order), "diary.pdf"),
        (("diary", order, "-o", "b.pdf", "--large-print", "--paper", "Letter"), "b.pdf"),
    ):
        result = run(*arguments)
        assert result.exit_code == 0, result.output
        lines = plain(result.stdout).splitlines()
        assert lines[0].endswith(f"written to {name}.")
        assert lines[-1] == "Keep giving 20 mL. Do not stop. Get more before 05 Dec 2026."
        assert Path(name).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("directions", "options", "status"),
    [
        ('dose = "5 mg"\ntimes = ["morning"]\nfor_days = 10000\nthen = "stop"', (), 2),
        ('dose = "5 mg"\ntimes = ["morning"]', (), 3),
        ('dose = "5 mg"\ntimes_a_day = 24\nfor_days = 3\nthen = "stop"', ("--large-print",), 3),
    ],
    ids=["10,000 days", "no course", "no room"],
)
@pytest.mark.parametrize("command", [("schedule", "--format", "pdf"), ("diary",)])
def test_nothing_is_written_on_a_refusal(
    command: tuple[str, ...], directions: str, options: tuple[str, ...], status: int
) -> None:
    name, *rest = command
    text = f'[patient]\nname = "Sam Example"\n[drug]\nname = "baclofen"\nstrength = "1 mg/mL"\n[directions]\n{directions}\n'
    Path("order.toml").write_text(text, encoding="utf-8")
    result = run(name, "order.toml", *rest, *options, "-o", "out.pdf")
    assert result.exit_code == status, result.output
    assert not Path("out.pdf").exists()


@pytest.mark.parametrize("option", [("--paper", "A4"), ("--large-print",), ("--working",)])
def test_options_of_paper_are_refused_where_nothing_is_printed(option: tuple[str, ...]) -> None:
    result = run("schedule", str(EXAMPLES / "baclofen-titration.toml"), *option)
    assert result.exit_code == 2
    assert "--paper, --large-print and --working are for a PDF. Add --format pdf." in result.output


def test_side_effects_without_a_word_are_refused(tmp_path: Path) -> None:
    protocol = (EXAMPLES / "protocols" / "baclofen-us.toml").read_text(encoding="utf-8")
    (tmp_path / "p.toml").write_text(
        protocol.replace('["drowsiness", "dizziness", "weakness"]', '["drowsiness", " "]'), encoding="utf-8"
    )
    with pytest.raises(ValueError, match="side_effects needs words, none of them empty"):
        make_schedule(order_of(TITRATION, top=f'protocol = "{tmp_path / "p.toml"}"'))


def test_what_the_page_about_sheets_shows_can_be_typed() -> None:
    page = (
        (EXAMPLES.parent / "docs" / "sheets.md")
        .read_text(encoding="utf-8")
        .replace("examples/", f"{EXAMPLES}/")
    )
    typed = re.findall(r"^\$ liquidose (.*)$", page, re.MULTILINE)
    assert len(typed) == 3
    for line in typed:
        assert run(*line.split()).exit_code == 0
        assert Path(line.split()[-1]).exists()
    (script,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(script, {})  # noqa: S102  (our own page)
    for picture in re.findall(r"!\[.*\]\((.*)\)", page):
        assert (EXAMPLES.parent / "docs" / picture).exists()
