"""The sheet of a changed strength: the old volume struck through beside the new one (R49), read back from the PDF."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from click.testing import CliRunner
from course_orders import TITRATION, order_of
from tables import plain

from liquidose import LiquidoseError, make_schedule
from liquidose.cli import main
from liquidose.courses.table import schedule_text
from liquidose.exchange.fhir import order_as_fhir
from liquidose.orders.order import Order, decode_order, load_order
from liquidose.pages.shapes import Line, Text
from liquidose.pages.sheet import Look
from liquidose.pages.switch_sheet import Changed, switch_blocks, switched_doses
from liquidose.plan import make_plan
from liquidose.sheets import changed_order, schedule_pdf, switch_pdf
from liquidose.site import Site

EXAMPLE = str(Path(__file__).parent.parent / "examples" / "new-strength.toml")
TAPER = """
times = ["morning", "bedtime"]
taper = { from = "20 mg", by = "5 mg", every = "1 week", to = "zero" }
then = "stop"
"""

pytestmark = pytest.mark.usefixtures("bare_environment")


def changed(directions: str, before: str, strength: str) -> Order:
    return order_of(f'{directions}\n[dispense]\nprevious_strength = "{before}"', strength=strength)


def one_dose(dose: str, before: str, strength: str) -> Order:
    return changed(f'dose = "{dose}"\ntimes = ["noon"]', before, strength)


def pages(content: bytes) -> list[Any]:
    return list(pdfplumber.open(io.BytesIO(content)).pages)


def said(content: bytes) -> str:
    return " ".join(plain(page.extract_text()).replace("\n", " ") for page in pages(content))


def old_column(order: Order) -> str:
    """The left half of the sheet, where only a 5 mL syringe is stocked."""
    (page,) = pages(switch_pdf(changed_order(order, Site(stocked=("oral-5",)))))
    return plain(page.crop((0, 0, page.width / 2, page.height)).extract_text()).replace("\n", " ")


def words_of(page: Any) -> list[Any]:
    return list(page.extract_words(keep_blank_chars=True, extra_attrs=["size"]))


def struck(page: Any, word: Any) -> bool:
    """Whether a line runs through the whole of a word, level and within its height."""
    return any(
        line["x0"] <= word["x0"] + 0.1
        and line["x1"] >= word["x1"] - 0.1
        and word["top"] < line["top"] < word["bottom"]
        and abs(line["top"] - line["bottom"]) < 0.01
        for line in page.lines
    )


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_r49_the_old_volume_is_struck_through_beside_the_new_one_in_large_type(
    paper: Any, *, large: bool
) -> None:
    (page,) = pages(switch_pdf(changed_order(load_order(EXAMPLE)), paper=paper, large_print=large))
    (old,) = [w for w in words_of(page) if plain(w["text"]) == "5 mL" and w["size"] > 15]
    (new,) = [w for w in words_of(page) if plain(w["text"]) == "1 mL" and w["size"] > 15]
    assert struck(page, old)
    assert not struck(page, new)
    assert new["size"] == (40 if large else 26)
    assert old["size"] < new["size"]
    assert old["x1"] < page.width / 2 < new["x0"]
    assert abs(old["top"] - new["top"]) < new["size"]  # side by side
    (exact,) = [w for w in words_of(page) if plain(w["text"]) == "Ordered: 5 mg, exactly 5 mL."]
    assert struck(page, exact)


def test_r49_both_strengths_are_named_and_the_old_bottle_is_not_to_be_used() -> None:
    text = said(switch_pdf(changed_order(load_order(EXAMPLE))))
    for words in (
        "New strength: baclofen oral solution for Kim Example, born 21 Jun 2017",
        "Only for the bottle marked 25 mg in 5 mL (5 mg per mL).",
        "NEW STRENGTH: the bottle has changed. Do not use the old bottle.",
        "Old bottle: 5 mg in 5 mL (1 mg per mL).",
        "OLD bottle: do not use it",
        "NEW bottle: give this",
        "Each dose, in the morning, at noon and at bedtime",
        "Ordered: 5 mg, exactly 1 mL.",
        "New bottle: Fill a 1 mL oral syringe to the 1 mL line. The picture is not in true size.",
        "Do not stop suddenly.",
        "This is for a syringe marked every 0.02 mL; check yours.",
        "Page 1 of 1",
    ):
        assert words in text, words


OVERDOSE = "The new bottle is at least ten times as strong: the old number of mL would be an overdose."
TOO_LITTLE = "The old bottle was at least ten times as strong: the old number of mL would be far too little."


@pytest.mark.parametrize("course", [False, True])
@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ("1 mg/mL", "10 mg/mL", OVERDOSE),
        ("10 mg/mL", "5 mg/5 mL", TOO_LITTLE),
        ("1 mg/mL", "9.9 mg/mL", None),
        ("2 mg/mL", "1 mg/mL", None),
    ],
)
def test_r172_a_tenfold_strength_is_told_and_stands_in_the_first_line(
    before: str, now: str, words: str | None, *, course: bool
) -> None:
    order = changed(TITRATION, before, now) if course else one_dose("5 mg", before, now)
    text = said(switch_pdf(changed_order(order)))
    shown = plain(make_plan(one_dose("5 mg", before, now)).strength)
    assert (f"New strength: baclofen, {shown}, for Sam Example" in text) is bool(words)
    assert [told for told in (OVERDOSE, TOO_LITTLE) if told in text] == ([words] if words else [])
    if course:
        table = plain(schedule_text(make_schedule(order)))
        assert table.startswith(f"baclofen, {shown}, for Sam Example") is bool(words)
        assert (f"Do not use the old bottle. {words}" in table) is bool(words)


def test_every_step_of_a_course_is_there_with_what_both_bottles_give() -> None:
    schedule = make_schedule(changed(TITRATION, "5 mg/5 mL", "2 mg/mL"))
    assert schedule.switch is not None
    assert schedule.switch.steps is not None
    doses = tuple(switched_doses(schedule, schedule.switch))
    _, *blocks = switch_blocks(Changed(schedule.switch.strength, "", doses), Look("A4"), 186)
    assert len(blocks) == 4
    for step, was, block in zip(schedule.steps, schedule.switch.steps, blocks, strict=True):
        told = [plain(t.text) for t in block.flat() if isinstance(t, Text) and "volume" in t.name]
        volumes = [one.doses[0].measured.ml for one in (was, step)]
        assert told == [f"{float(ml):g} mL" for ml in volumes]


@pytest.mark.parametrize("large", [False, True])
def test_each_syringe_stands_at_its_line_and_only_the_old_one_is_crossed_out(*, large: bool) -> None:
    schedule = make_schedule(changed(TITRATION, "5 mg/5 mL", "2 mg/mL"))
    assert schedule.switch is not None
    doses = tuple(switched_doses(schedule, schedule.switch))
    _, *blocks = switch_blocks(Changed("1 mg per mL", "", doses), Look("A4", large), 186)
    for dose, block in zip(doses, blocks, strict=True):
        marks = [line for line in block.named("dose_mark") if isinstance(line, Line)]
        assert len(marks) == 2
        for mark, drawn in zip(marks, (dose.was, dose.now), strict=True):
            assert drawn is not None
            ml = drawn.measured.ml
            ticks = [t.x1_mm for t in block.named(f"syringe:tick:{float(ml):g}") if isinstance(t, Line)]
            assert min(abs(x - mark.x1_mm) for x in ticks) < 1e-9
        lines = [line for line in block.named("struck") if isinstance(line, Line)]
        assert max(max(line.x1_mm, line.x2_mm) for line in lines) < 95
        assert marks[1].x1_mm > 95
        assert len([line for line in lines if line.y1_mm != line.y2_mm]) == 2  # the cross


def test_a_rounded_dose_shows_what_is_measured_and_what_is_exact() -> None:
    text = said(switch_pdf(make_schedule(changed(TITRATION, "5 mg/5 mL", "2 mg/mL"))))
    assert "7.4 mL" in text
    assert "Ordered: 15 mg, exactly 15 mL. Ordered: 15 mg, exactly 7.5 mL." in text
    assert "to the 7.4 mL line. This gives 14.8 mg (about 1.3 % less than ordered)." in text


@pytest.mark.parametrize("course", [False, True])
def test_the_working_is_shown_on_request(*, course: bool) -> None:
    order = changed(TITRATION, "5 mg/5 mL", "2 mg/mL") if course else one_dose("5 mg", "5 mg/5 mL", "2 mg/mL")
    line = "Volume: 5 mg ÷ 2 mg per mL = 2.5 mL."
    assert line in said(switch_pdf(changed_order(order), working=True))
    assert line not in said(switch_pdf(changed_order(order)))


def test_doses_that_are_measured_apart_have_a_block_each_with_their_times() -> None:
    steps = 'then = "stop"\n[[directions.steps]]\ndose = { morning = "5 mg", noon = "5 mg", bedtime = "8 mg" }\ndays = 3\ncycle = { on = 1, off = 1 }'
    schedule = make_schedule(changed(steps, "1 mg/mL", "2 mg/mL"))
    assert schedule.switch is not None
    times = [dose.times for dose in switched_doses(schedule, schedule.switch)]
    assert [plain(words) for words in times] == [
        "in the morning and at noon, 1 day on, 1 day off",
        "at bedtime, 1 day on, 1 day off",
        "stop: none from day 4",
    ]


def test_several_fillings_stand_one_above_the_other_and_every_filling_is_crossed_out() -> None:
    schedule = make_schedule(changed('times_a_day = 1\ndose = "70 mg"\nfor_days = 3\nthen = "stop"', "1 mg/mL", "5 mg/mL"))  # fmt: skip
    assert schedule.switch is not None
    doses = tuple(switched_doses(schedule, schedule.switch))
    _, block, _ = switch_blocks(Changed("1 mg per mL", "", doses), Look("A4", large=True), 186)
    old, new = block.named("old_volume")[0], block.named("volume")[0]
    assert isinstance(old, Text)
    assert isinstance(new, Text)
    assert (plain(old.text), plain(new.text)) == ("70 mL", "14 mL")
    assert old.y_mm < new.y_mm
    assert old.x_mm == new.x_mm
    assert len(block.named("struck")) == 4


def test_a_stop_stands_on_the_sheet_too() -> None:
    text = said(switch_pdf(make_schedule(changed(TAPER, "1 mg/mL", "5 mg/mL"))))
    assert "Step 4: day 22 on stop: none from day 22" in text


def test_an_old_volume_that_nobody_knows_is_not_told() -> None:
    order = one_dose("5 mg", "100 mg/mL", "1 mg/mL")
    assert "Its volume is not told: no stocked syringe measures it." in old_column(order)
    course = changed('times = ["noon"]\ndose = "5 mg"\nfor_days = 3\nthen = "stop"', "100 mg/mL", "1 mg/mL")
    assert "Its volume is not told: no stocked syringe measures it." in old_column(course)
    assert "Old bottle: 100 mg per mL." in old_column(course)


def test_the_same_line_from_both_bottles_is_not_struck_through() -> None:
    content = switch_pdf(changed_order(one_dose("10.02 mg", "1.0010 mg/mL", "1 mg/mL")))
    assert "The volume stays the same." in said(content)
    (page,) = pages(content)
    assert not any(struck(page, word) for word in words_of(page))


def test_the_schedule_begins_with_it_and_goes_on_as_before() -> None:
    plainly = pages(schedule_pdf(make_schedule(order_of(TITRATION, strength="2 mg/mL"))))
    content = pages(schedule_pdf(make_schedule(changed(TITRATION, "5 mg/5 mL", "2 mg/mL"))))
    kinds = [page.extract_text().partition(":")[0] for page in content]
    first = kinds.count("New strength")
    assert first > 0
    assert kinds[:first] == ["New strength"] * first
    assert "New strength" not in [page.extract_text().partition(":")[0] for page in plainly]
    assert set(kinds[first:]) == {"Step sheet", "Calendar"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "",
            "The order does not say of which strength the last bottle was. Write dispense.previous_strength.",
        ),
        (
            'previous_strength = "1 mg/mL"',
            "The strength before, '1 mg/mL', comes to the same volumes as '5 mg/5 mL'. Check dispense.previous_strength, or leave this sheet out.",
        ),
    ],
)
@pytest.mark.parametrize("course", ["", 'for_days = 3\nthen = "stop"'])
def test_without_a_change_there_is_no_sheet(text: str, message: str, course: str) -> None:
    order = decode_order(
        f'patient = {{ name = "Sam Example" }}\ndrug = {{ name = "baclofen", strength = "5 mg/5 mL" }}\n'
        f'[directions]\ndose = "5 mg"\ntimes = ["noon"]\n{course}\n[dispense]\n{text}',
        name="order.toml",
    )
    with pytest.raises(LiquidoseError) as caught:
        switch_pdf(changed_order(order))
    assert plain(str(caught.value)) == message


def test_the_command_writes_the_sheet_and_says_what_changed(tmp_path: Path) -> None:
    target = tmp_path / "switch.pdf"
    result = CliRunner().invoke(main, ["switch", EXAMPLE, "-o", str(target), "--paper", "A4"])
    assert result.exit_code == 0, result.output
    assert plain(result.output).splitlines()[:2] == [
        f"New strength written to {target}.",
        "Warning: NEW STRENGTH: give 1 mL, not 5 mL. Do not use the old bottle.",
    ]
    assert target.read_bytes() == switch_pdf(changed_order(load_order(EXAMPLE)), paper="A4")


def test_the_command_reads_what_the_other_sheets_read(tmp_path: Path) -> None:
    source, target = tmp_path / "order.json", tmp_path / "switch.pdf"
    source.write_bytes(order_as_fhir(load_order(EXAMPLE)))
    result = CliRunner().invoke(main, ["switch", str(source), "-o", str(target)])
    assert result.exit_code == 0, result.output
    assert "NEW STRENGTH: give 1 mL, not 5 mL. Do not use the old bottle." in plain(result.output)
    assert target.read_bytes().startswith(b"%PDF-")


def test_what_comes_after_a_course_is_said_last_and_not_as_a_warning(tmp_path: Path) -> None:
    order = tmp_path / "order.toml"
    text = Path(EXAMPLE).read_text(encoding="utf-8")
    order.write_text(
        text.replace('dose = "5 mg"', 'dose = "5 mg"\nfor_days = 30\nthen = "continue"'), encoding="utf-8"
    )
    result = CliRunner().invoke(main, ["switch", str(order), "-o", str(tmp_path / "switch.pdf")])
    assert plain(result.output).splitlines()[-1] == "Keep giving 1 mL. Do not stop. Get more before day 31."


def test_a_refusal_writes_nothing(tmp_path: Path) -> None:
    example = str(Path(EXAMPLE).parent / "baclofen.toml")
    target = tmp_path / "switch.pdf"
    result = CliRunner().invoke(main, ["switch", example, "-o", str(target)])
    assert result.exit_code == 3
    assert not target.exists()
