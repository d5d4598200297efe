"""The label as shapes: nothing cut, nothing left off, the syringe to scale."""

from __future__ import annotations

import re
import tomllib
from fractions import Fraction
from functools import partial
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from liquidose.devices.measuring import Measured, measure
from liquidose.devices.syringes import KINDS, Syringe, catalogue, default_stock, syringes_of
from liquidose.errors import BadFile, DoesNotFit, GiveWhatIsMissing, LiquidoseError, UnreadableText
from liquidose.files import decode_toml
from liquidose.pages.elements import Place, SyringeElement, TextElement
from liquidose.pages.fonts import block_height_mm, drawable, width_mm
from liquidose.pages.labels import lay_out
from liquidose.pages.places import ORDER_KEYS
from liquidose.pages.setting import wrap
from liquidose.pages.shapes import MM_PER_PT, Box, Line, Page, Polygon, Text
from liquidose.pages.syringe_art import (
    CLOSEST_MM,
    NUMBERS_PT,
    Scale,
    draw_syringe,
    numbered,
    pictures,
    scale_of,
    ticks,
)
from liquidose.pages.templates import Template, load_template, template_schema

DISPENSING = load_template("dispensing")
TEXTS = {
    "patient": ["Sam Example"],
    "drug": ["baclofen oral solution"],
    "strength": ["5\u00a0mg in 5\u00a0mL (1\u00a0mg per\u00a0mL)"],
    "direction": ["Give 5\u00a0mL by mouth in the morning, at noon and at bedtime, with food."],
    "fill": ["Fill a 5\u00a0mL oral syringe to the 5\u00a0mL line."],
    "cautions": [
        "May cause drowsiness. Alcohol makes it worse. Do not drive or use machines until you know how it acts.",
        "Do not stop suddenly.",
        "Shake well before each use.",
    ],
    "details": [
        "Rx 1234567 · 3 February 2026 · Dr A. Prescriber",
        "Quantity 450\u00a0mL. Discard after 5 March 2026.",
    ],
    "pharmacy": ["Corner Pharmacy", "12 High Street, Springfield · 555-0100"],
}
FIVE = measure("5 mL")
DEMANDED = ("patient", "drug", "strength", "direction")


def element_of(field: str) -> TextElement:
    return next(element for element in DISPENSING.text if element.field == field)


def rows_of(page: Page, name: str) -> list[Text]:
    return [shape for shape in page.named(name) if isinstance(shape, Text)]


def set_to(syringe: Syringe, *draws: Fraction) -> Measured:
    total = sum(draws, Fraction(0))
    return msgspec.structs.replace(FIVE, syringe=syringe, ml=total, draws_ml=draws, exact_ml=total)


def fits(texts: dict[str, list[str]]) -> bool:
    try:
        lay_out(DISPENSING, texts)
    except DoesNotFit:
        return False
    return True


def assert_in_box(rows: list[Text], element: TextElement) -> None:
    left, top, width, height = element.box_mm
    for row in rows:
        size = row.size_pt * MM_PER_PT
        assert element.floor_pt <= row.size_pt <= element.size_pt
        assert row.bold == element.bold
        assert row.x_mm >= left
        assert row.x_mm + width_mm(row.text, size_pt=row.size_pt, bold=row.bold) <= left + width + 1e-5
        assert row.y_mm - 0.75 * size >= top - 1e-5
        assert row.y_mm + 0.25 * size <= top + height + 1e-5


def test_label_shows_every_word_of_every_field_inside_its_own_box() -> None:
    page = lay_out(DISPENSING, TEXTS, FIVE)
    for field, lines in TEXTS.items():
        rows = rows_of(page, field)
        shown = " ".join(row.text for row in rows).replace("•\u00a0", "").replace("• ", "")
        assert shown == " ".join(lines)
        assert_in_box(rows, element_of(field))


def test_label_with_a_long_drug_name_warnings_that_run_on_and_two_fillings_fits() -> None:
    texts = TEXTS | {
        "drug": ["amoxicillin and clavulanate potassium powder for oral suspension, sugar free"],
        "fill": [
            "Each dose is 12\u00a0mL. Fill the syringe to 6\u00a0mL and give it. Fill it to 6\u00a0mL again and give it."
        ],
    }
    page = lay_out(DISPENSING, texts, measure("12 mL", syringes=["oral-5", "oral-10"]))
    assert len(rows_of(page, "drug")) == 2
    assert len(rows_of(page, "cautions")) == 2
    texts["direction"] = [
        "Give 12\u00a0mL by mouth every 8\u00a0hours if needed for pain. " * 2
        + "Do not give it with food or with milk."
    ]
    assert len(rows_of(lay_out(DISPENSING, texts), "direction")) == 3


def test_the_direction_is_the_largest_and_boldest_text_in_the_shipped_design() -> None:
    direction = element_of("direction")
    assert direction.bold
    assert all(direction.size_pt > element.size_pt for element in DISPENSING.text if element != direction)


@pytest.mark.parametrize("field", list(TEXTS))
def test_a_text_of_any_length_is_whole_or_refused_by_name_and_mm(field: str) -> None:
    says = rf"The texts? of .*'{field}'.* at [\d.]+\u00a0pt, .* \d+\.\d\u00a0mm too (wide|high).* Shorten (it|'{field}', the longest), "
    fitted = refused = 0
    for count in range(1, 90):
        words = [f"word{k}" for k in range(count)]
        texts = TEXTS | {field: [" ".join(words)]}
        if refused or not fits(texts):
            refused += 1
            with pytest.raises(DoesNotFit, match=says):
                lay_out(DISPENSING, texts)
            continue
        page = lay_out(DISPENSING, texts)
        fitted += 1
        rows = rows_of(page, field)
        assert " ".join(row.text for row in rows).removeprefix("• ").split() == words
        assert_in_box(rows, element_of(field))
    assert fitted
    assert refused


@pytest.mark.parametrize("count", [18, 22, 26])
def test_a_text_is_set_as_large_as_fits_in_half_point_steps(count: int) -> None:
    texts = TEXTS | {"direction": [" ".join(["noonday"] * count)]}
    size = rows_of(lay_out(DISPENSING, texts), "direction")[0].size_pt
    assert size < 14
    assert size * 2 == int(size * 2)
    larger = [
        msgspec.structs.replace(e, floor_pt=size + 0.5) if e.field == "direction" else e
        for e in DISPENSING.text
    ]
    with pytest.raises(DoesNotFit):
        lay_out(msgspec.structs.replace(DISPENSING, text=tuple(larger)), texts)


def test_too_much_text_is_refused_in_full_words() -> None:
    with pytest.raises(DoesNotFit) as fault:
        lay_out(DISPENSING, TEXTS | {"fill": ["Fill it", "and fill it", "and fill it"]})
    assert str(fault.value) == (
        "The text of 'fill' does not fit: at 6.5\u00a0pt, the smallest allowed, it is 2.9\u00a0mm too high. "
        "Shorten it, or use a larger label."
    )


def test_a_name_too_long_for_its_row_is_refused_and_never_split() -> None:
    name = "very-long-hyphenated/and-slashed-" * 3 + "name"
    with pytest.raises(DoesNotFit) as fault:
        lay_out(DISPENSING, TEXTS | {"drug": [f"one {name}"]})
    assert re.fullmatch(
        r"The text of 'drug' does not fit: at 9\u00a0pt, the smallest allowed, it is \d+\.\d\u00a0mm too wide, "
        rf"for '{name}' is kept on one line\. Shorten it, or use a larger label\.",
        str(fault.value),
    )


def test_no_break_spaces_keep_number_and_unit_on_one_line_at_every_width() -> None:
    text = (
        "Give 12.5\u00a0mL (10\u202f000\u00a0units) every 8\u00a0hours, then 5\u00a0mL per\u00a0day at noon"
    )
    kept = ["12.5\u00a0mL", "(10\u202f000\u00a0units)", "8\u00a0hours,", "5\u00a0mL", "per\u00a0day"]
    counts = set()
    for tenths in range(50, 1500, 3):
        rows = wrap(text, tenths / 10, partial(width_mm, size_pt=12, bold=True))
        counts.add(len(rows))
        assert " ".join(rows) == text
        assert all(any(pair in row.split(" ") for row in rows) for pair in kept)
    assert max(counts) > 5
    assert min(counts) == 1


@pytest.mark.parametrize("field", DEMANDED)
@pytest.mark.parametrize("nothing", [None, [], ["  "]])
def test_a_demanded_field_without_text_is_refused(field: str, nothing: list[str] | None) -> None:
    texts = {name: lines for name, lines in TEXTS.items() if name != field}
    if nothing is not None:
        texts[field] = nothing
    with pytest.raises(GiveWhatIsMissing) as fault:
        lay_out(DISPENSING, texts, FIVE)
    assert str(fault.value) == (
        f"The label 'dispensing' must show {ORDER_KEYS[field]}, and it is not given. Write that in the order."
    )


def test_the_four_demanded_fields_make_a_label_by_themselves() -> None:
    page = lay_out(DISPENSING, {field: TEXTS[field] for field in DEMANDED})
    assert {s.name for s in page.flat() if isinstance(s, Text)} == {*DEMANDED, "check_bar"}
    assert not page.named("dose_mark")


@pytest.mark.parametrize(
    ("field", "remedy"),
    [
        (
            "details",
            "Use another label design, or name it in the design's 'left_out' if it need not be there.",
        ),
        ("cautions", "Use another label design: every label shows it."),
    ],
)
def test_a_text_without_a_place_is_refused_unless_the_design_leaves_it_out(field: str, remedy: str) -> None:
    few = msgspec.structs.replace(DISPENSING, text=tuple(e for e in DISPENSING.text if e.field != field))
    with pytest.raises(DoesNotFit) as fault:
        lay_out(few, TEXTS)
    assert str(fault.value) == f"The label 'dispensing' has no place for the text of '{field}'. {remedy}"


def test_what_a_design_leaves_out_is_not_printed() -> None:
    few = msgspec.structs.replace(DISPENSING, text=tuple(e for e in DISPENSING.text if e.field != "details"))
    left_out = msgspec.structs.replace(few, left_out=("details",))
    assert not lay_out(left_out, TEXTS).named("details")


def test_one_text_in_the_place_of_a_list_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match="'patient' are given as a list"):
        lay_out(DISPENSING, TEXTS | {"patient": "Sam Example"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Sam 漢", "The text of 'patient' has '漢' (U+6F22), which the label's typeface cannot draw."),
        ("سام", "The text of 'patient' has 'س' (U+0633), which the label's typeface cannot draw."),
        (
            "Sam \U0001f600",
            "The text of 'patient' has '\U0001f600' (U+1F600), which the label's typeface cannot draw.",
        ),
        (
            "Sam\u00adExample",
            "The text of 'patient' has a character that cannot be seen, U+00AD (soft hyphen).",
        ),
        (
            "Sam\u200bExample",
            "The text of 'patient' has a character that cannot be seen, U+200B (zero width space).",
        ),
        (
            "Sam\u202eExample",
            "The text of 'patient' has a character that cannot be seen, U+202E (right-to-left override).",
        ),
        ("Sam\nExample", "The text of 'patient' has a character that cannot be seen, U+000A."),
    ],
)
def test_a_character_that_cannot_be_drawn_is_refused_by_name(text: str, says: str) -> None:
    with pytest.raises(UnreadableText) as fault:
        lay_out(DISPENSING, TEXTS | {"patient": [text]})
    assert fault.value.problem == says


def test_accents_are_composed_and_the_letters_of_europe_can_be_drawn() -> None:
    page = lay_out(DISPENSING, TEXTS | {"patient": ["Zoe\u0308 Łukasz Ängström"]})
    assert rows_of(page, "patient")[0].text == "Zoë Łukasz Ängström"
    for bold in (False, True):
        for text in ("☐ ≤ • ½ µ 10\u202f000\u00a0mL", "Ελένη Παπαδοπούλου", "Сергей Ёлкин"):
            assert drawable(text, bold=bold, field="patient") == text


def test_fixed_words_lines_boxes_and_prefixes_are_drawn_where_the_design_says() -> None:
    design = msgspec.convert(
        {
            "id": "small",
            "width_mm": 60,
            "height_mm": 30,
            "margin_mm": 2,
            "text": [
                {"field": "dose", "box_mm": [2, 2, 56, 5], "size_pt": 12, "floor_pt": 9, "prefix": "DOSE "},
                {"field": "low", "box_mm": [2, 8, 56, 10], "size_pt": 10, "floor_pt": 9, "sits": "bottom"},
            ],
            "words": [{"words": "For oral use", "box_mm": [2, 20, 40, 4], "size_pt": 9, "bold": True}],
            "line": [{"from_mm": [2, 19], "to_mm": [58, 19], "thick_mm": 0.3}],
            "box": [{"box_mm": [0.5, 0.5, 59, 29], "thick_mm": 0.2}],
        },
        Template,
    )
    page = lay_out(design, {"dose": ["5\u00a0mL"], "low": ["kept low"]})
    frame, rule, *texts = page.flat()
    assert frame == Box(x_mm=0.5, y_mm=0.5, width_mm=59, height_mm=29, stroke_mm=0.2, name="box")
    assert rule == Line(x1_mm=2, y1_mm=19, x2_mm=58, y2_mm=19, width_mm=0.3, name="line")
    assert [t.text for t in texts if isinstance(t, Text)] == ["DOSE 5\u00a0mL", "kept low", "For oral use"]
    assert rows_of(page, "low")[0].y_mm == pytest.approx(18 - 0.25 * 10 * MM_PER_PT)


# Designs


def shipped() -> dict[str, Any]:
    text = files("liquidose.templates").joinpath("dispensing.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def test_the_shipped_design_keeps_to_the_schema_and_a_fault_does_not() -> None:
    jsonschema.validate(shipped(), template_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(shipped() | {"width_mm": 0}, template_schema())


def test_the_shipped_design_is_for_sheets_of_eight_with_a_bar_of_50_mm_and_demands_what_a_dose_needs() -> (
    None
):
    assert (DISPENSING.id, DISPENSING.width_mm, DISPENSING.height_mm) == ("dispensing", 99, 67.5)
    assert DISPENSING.check_bar is not None
    assert DISPENSING.check_bar.length_mm == 50
    assert {e.field for e in DISPENSING.text if e.missing == "refuse"} == set(DEMANDED)
    assert all(e.floor_pt >= (9 if e.field in DEMANDED else 6) for e in DISPENSING.text if e.field != "id")


HEAD = 'id = "own"\nwidth_mm = 60\nheight_mm = 30\nmargin_mm = 2\n'
TEXT = '[[text]]\nfield = "drug"\nbox_mm = [2, 2, 56, 5]\nsize_pt = 12\nfloor_pt = 9\n'


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        (HEAD, "own.toml: Object missing required field `text`."),
        (HEAD + TEXT + "bould = true", "own.toml, text[0]: there is no key 'bould'. Did you mean 'bold'?"),
        (
            HEAD + TEXT.replace("floor_pt = 9", "floor_pt = 12.5"),
            "text[0]: floor_pt must not be above size_pt.",
        ),
        (
            HEAD + TEXT.replace("56, 5]", "57, 5]"),
            "text 'drug' reaches 1.00 mm past the margin of 2 mm (right).",
        ),
        (
            HEAD + TEXT.replace("[2, 2,", "[2, 1.5,"),
            "text 'drug' reaches 0.50 mm past the margin of 2 mm (top).",
        ),
        (
            HEAD + TEXT + TEXT.replace("drug", "dose"),
            "text 'drug' and text 'dose' overlap by 56.00 mm across",
        ),
        *(
            (
                HEAD + other + TEXT.replace('"drug"', '"strength"\nbelow = "drug"'),
                "text 'strength' is below 'drug': it must be the next text, in the same box. Correct it there.",
            )
            for other in (
                "",
                TEXT.replace("56, 5]", "56, 4]"),
                TEXT.replace("drug", "form"),
                TEXT + TEXT.replace("drug", "form").replace("[2, 2,", "[2, 8,"),
            )
        ),
        (
            HEAD + TEXT + TEXT.replace('"drug"', '"strength"\nbelow = "drug"') + TEXT.replace("drug", "dose"),
            "text 'drug' and text 'dose' overlap by 56.00 mm across",
        ),
        (HEAD + TEXT.replace("12", "nan"), "own.toml, text[0].size_pt: NaN is not 5 or more."),
        (HEAD + TEXT.replace("56, 5]", "56, -5]"), "own.toml, text[0].box_mm[3]: -5 is not more than 0."),
        (
            HEAD + TEXT.replace('"drug"', '"../drug"'),
            "own.toml, text[0].field: Expected `str` matching regex",
        ),
        (HEAD + TEXT + "[[line]]\nfrom_mm = [2, 9]\nto_mm = [61, 9]", "line 1 reaches 1.00 mm past the edge"),
        (
            HEAD + TEXT + "[[box]]\nbox_mm = [0, 0, 60, 30.5]\nthick_mm = 1",
            "box 1 reaches 0.50 mm past the edge",
        ),
        (
            HEAD + TEXT + "[[box]]\nbox_mm = [0, 0, 60, 30]",
            "own.toml, box[0]: a box needs thick_mm or fill_grey",
        ),
        (
            HEAD + TEXT + "[syringe]\nbox_mm = [2, 6, 56, 15]",
            "own.toml: text 'drug' and the syringe overlap by 56.00 mm across and 1.00 mm down.",
        ),
        (
            HEAD
            + TEXT
            + '[check_bar]\nleft_mm = 9\ntop_mm = 20\nwords = "50 mm"\nwords_box_mm = [2, 22, 50, 3]',
            "own.toml: the check bar reaches 1.00 mm past the margin of 2 mm (right).",
        ),
        *(
            (
                f'{HEAD}{TEXT}[check_bar]\nleft_mm = 2\ntop_mm = 20\nlength_mm = 30\nwords = "{words}"\n'
                "words_box_mm = [2, 22, 50, 3]",
                "own.toml, check_bar: words must say the bar's length, '30 mm', and no other",
            )
            for words in ("This bar is 50 mm long.", "50", "30 mm, not 50 mm", "130 mm", "30")
        ),
        (
            f'{HEAD}{TEXT}[check_bar]\nleft_mm = 2\ntop_mm = 20\nlength_mm = 30\nwords = "30 mm. Give 30 mL"\n'
            "words_box_mm = [2, 22, 50, 3]",
            "own.toml, check_bar: words holds an amount, '30 mL', in free text",
        ),
    ],
)
def test_a_fault_in_a_site_s_design_is_refused_with_file_and_place(
    tmp_path: Path, toml: str, says: str
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(BadFile) as fault:
        load_template(path)
    assert says in str(fault.value)
    assert str(path) in str(fault.value)


def test_a_site_s_design_is_loaded_by_path_and_a_shipped_one_by_name(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(HEAD + TEXT, encoding="utf-8")
    assert load_template(path) == load_template(str(path))
    assert load_template(path).id == "own"
    with pytest.raises(BadFile) as fault:
        load_template("dispencing")
    assert str(fault.value) == (
        "There is no label design 'dispencing'. Did you mean 'dispensing'? A file of your own ends in '.toml'."
    )
    with pytest.raises(BadFile, match=r"There are: .*dispensing"):
        load_template("../data/units")


# One below another in one box

SHARED = decode_toml(
    """id = "own"
width_mm = 60
height_mm = 30
margin_mm = 2
[[text]]
field = "direction"
box_mm = [2, 2, 40, 14]
size_pt = 10
floor_pt = 6
bold = true
[[text]]
field = "cautions"
below = "direction"
box_mm = [2, 2, 40, 14]
size_pt = 8
floor_pt = 5
prefix = "• "
run_on = true
""",
    Template,
    name="own.toml",
)


@pytest.mark.parametrize(
    ("words", "warnings", "steps"),
    [
        (3, ["Keep it cool."], 0),
        (12, ["Keep it cool.", "Keep it dark."], 7),
        (12, [], 4),
        (0, ["Keep it cool.", "Keep it dark."], 0),
        (4, ["Keep it cool and dark."] * 6, 5),
        (16, ["Keep it cool and dark."] * 2, 7),
    ],
)
def test_texts_that_share_a_box_are_as_large_as_they_fit_together(
    words: int, warnings: list[str], steps: int
) -> None:
    texts = {"direction": ["by mouth" + " at noon" * words] if words else [], "cautions": warnings}
    page = lay_out(SHARED, texts)
    above, below = rows_of(page, "direction"), rows_of(page, "cautions")
    for rows, element in zip((above, below), SHARED.text, strict=True):
        assert {row.size_pt for row in rows} <= {max(element.size_pt - steps / 2, element.floor_pt)}
        assert_in_box(rows, element)
    if above and below:
        free = below[0].y_mm - above[-1].y_mm - MM_PER_PT * (above[-1].size_pt + below[0].size_pt * 3) / 4
        row = above[-1].size_pt * MM_PER_PT * 1.25
        assert row * 0.2 - 1e-6 <= free <= row * 0.7 + 1e-6, (
            "a row's own leading, and half a row where there is room"
        )
        assert (free == pytest.approx(row * 0.7)) == (steps == 0)
    if steps:
        raised = (e.floor_pt + max(e.size_pt - (steps - 1) / 2 - e.floor_pt, 0) for e in SHARED.text)
        larger = tuple(
            msgspec.structs.replace(e, floor_pt=floor) for e, floor in zip(SHARED.text, raised, strict=True)
        )
        with pytest.raises(DoesNotFit):
            lay_out(msgspec.structs.replace(SHARED, text=larger), texts)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            {"direction": ["at noon " * 24], "cautions": ["Keep it cool."] * 12},
            "The texts of 'direction' and 'cautions' do not fit together: at 6 and 5\u00a0pt, the smallest allowed, "
            "they are 7.7\u00a0mm too high. Shorten 'direction', the longest, or use a larger label.",
        ),
        (
            {"cautions": ["Keep it cool and dark."] * 30},
            "The text of 'cautions' does not fit: at 5\u00a0pt, the smallest allowed, it is 16.5\u00a0mm too high. "
            "Shorten it, or use a larger label.",
        ),
        (
            {"direction": ["at noon"], "cautions": ["x" * 90]},
            "The text of 'cautions' does not fit: at 5\u00a0pt, the smallest allowed, it is 30.9\u00a0mm too wide, for "
            f"'{'x' * 90}' is kept on one line. Shorten it, or use a larger label.",
        ),
    ],
)
def test_texts_that_have_no_room_together_are_refused_with_the_mm(
    texts: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(DoesNotFit) as refused:
        lay_out(SHARED, texts)
    assert str(refused.value) == message


# The syringe

WIDE = SyringeElement(box_mm=Place(3, 37.7, 99, 13), words="Not actual size")
STACKED = SyringeElement(box_mm=Place(3, 3, 60, 30))


def drawing(measured: Measured, element: SyringeElement = WIDE) -> Page:
    return Page(width_mm=105, height_mm=74, shapes=tuple(draw_syringe(measured, element)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_catalogued_syringe_has_its_lines_to_scale_and_numbers_apart(kind: Any) -> None:
    for syringe in catalogue(kind):
        for width in (99.0, 47.5, 44.0):
            place = Place(3, 0, width, 13)
            scale = scale_of(syringe, place)
            lines = [scale.x_mm(ml) for ml in ticks(syringe, scale)]
            assert lines[0] == scale.zero_x_mm > place.left_mm
            assert scale.x_mm(syringe.capacity_ml) < place.left_mm + width
            assert all(b - a >= CLOSEST_MM - 1e-9 for a, b in pairwise(lines))
            for mark in syringe.marks():
                share = float(mark / syringe.capacity_ml)
                whole = scale.x_mm(syringe.capacity_ml) - scale.zero_x_mm
                assert scale.x_mm(mark) == pytest.approx(scale.zero_x_mm + share * whole, abs=1e-9)
            numbers = numbered(syringe, scale)
            assert set(numbers) <= set(ticks(syringe, scale))
            assert len(numbers) > 2
            ends = [
                (scale.x_mm(ml) - half, scale.x_mm(ml) + half)
                for ml, text in numbers.items()
                for half in [width_mm(text, size_pt=NUMBERS_PT, bold=False) / 2]
            ]
            assert all(b[0] > a[1] for a, b in pairwise(ends))


def test_where_every_line_has_room_every_line_is_drawn() -> None:
    for syringe in default_stock("oral"):
        scale = scale_of(syringe, WIDE.box_mm)
        assert ticks(syringe, scale) == [0, *syringe.marks()]


@pytest.mark.parametrize("element", [WIDE, SyringeElement(box_mm=Place(3, 0, 44, 12))], ids=["wide", "small"])
@pytest.mark.parametrize(
    "identity", ["oral-1", "oral-5", "oral-60", "uk-oral-5", "enfit-ldt-2.5", "luer-1", "u100-1-generic"]
)
def test_at_every_mark_the_plunger_s_edge_and_the_target_line_stand_on_the_dose(
    identity: str, element: SyringeElement
) -> None:
    (syringe,) = syringes_of([identity])
    scale = scale_of(syringe, element.box_mm)
    left, top, width, height = element.box_mm
    for ml in syringe.marks():
        page = drawing(set_to(syringe, ml), element)
        (mark,), (stopper,), (liquid,), (pointer,) = (
            page.named(name) for name in ("dose_mark", "syringe:stopper", "syringe:liquid", "syringe:pointer")
        )
        x = scale.zero_x_mm + float(ml) * scale.mm_per_ml
        assert isinstance(mark, Line)
        assert (mark.x1_mm, mark.x2_mm) == (x, x)
        assert isinstance(stopper, Box)
        assert stopper.x_mm == x
        assert isinstance(liquid, Box)
        assert liquid.x_mm + liquid.width_mm == pytest.approx(x, abs=1e-9)
        assert isinstance(pointer, Polygon)
        assert pointer.points_mm[0] == (x, mark.y1_mm)
        others = [s.width_mm for s in page.flat() if isinstance(s, Line) and s is not mark]
        assert mark.width_mm > max(others)
        for shape in page.flat():
            if isinstance(shape, Text):
                wide = width_mm(shape.text, size_pt=shape.size_pt, bold=shape.bold)
                assert left - 1e-9 <= shape.x_mm <= left + width - wide + 1e-9
                assert top <= shape.y_mm <= top + height
            if isinstance(shape, Box):
                assert left <= shape.x_mm <= shape.x_mm + shape.width_mm <= left + width
                assert top <= shape.y_mm <= shape.y_mm + shape.height_mm <= top + height


@pytest.mark.parametrize(
    ("volume", "stock", "words"),
    [
        ("5 mL", None, ["5\u00a0mL"]),
        ("0.36 mL", None, ["0.36\u00a0mL"]),
        ("12 mL", ["oral-5", "oral-10"], ["Fill 6\u00a0mL, then again 6\u00a0mL"]),
        ("15 mL", ["oral-5"], ["Fill 5\u00a0mL, then again 5\u00a0mL, then again 5\u00a0mL"]),
        ("13 mL", ["oral-5", "oral-10"], ["Fill 10\u00a0mL", "Then fill 3\u00a0mL"]),
        ("25 mL", ["oral-10"], ["Fill 10\u00a0mL, then again 10\u00a0mL", "Then fill 5\u00a0mL"]),
    ],
)
@pytest.mark.parametrize(
    "element", [WIDE, SyringeElement(box_mm=Place(3, 3, 99, 30))], ids=["beside", "stacked"]
)
def test_each_filling_that_differs_has_its_picture_and_words(
    volume: str, stock: list[str] | None, words: list[str], element: SyringeElement
) -> None:
    measured = measure(volume) if stock is None else measure(volume, syringes=stock)
    page = drawing(measured, element)
    assert [row.text for row in rows_of(page, "syringe:target")] == words
    shown = pictures(measured, element)
    assert [picture.ml for picture in shown] == list(dict.fromkeys(measured.draws_ml))
    marks = [mark.x1_mm for mark in page.named("dose_mark") if isinstance(mark, Line)]
    assert marks == [scale_of(measured.syringe, p.place).x_mm(p.ml) for p in shown]
    if len(shown) == 2:
        first, second = (picture.place for picture in shown)
        if element is WIDE:
            assert first.left_mm + first.width_mm < second.left_mm
        else:
            assert first.top_mm + first.height_mm <= second.top_mm


def test_an_insulin_syringe_is_numbered_in_units() -> None:
    (syringe,) = syringes_of(["u100-1-generic"])
    page = drawing(set_to(syringe, Fraction(22, 100)))
    assert [row.text for row in rows_of(page, "syringe:target")] == ["22\u00a0units (0.22\u00a0mL)"]
    assert [row.text for row in rows_of(page, "syringe:unit")] == ["units"]
    numbers = [s.text for s in page.flat() if isinstance(s, Text) and s.name.startswith("syringe:number:")]
    assert numbers == [str(units) for units in range(0, 101, 10)]


def test_lines_too_close_for_print_are_thinned_but_the_dose_keeps_its_mark() -> None:
    (syringe,) = syringes_of(["luer-1"])
    small = SyringeElement(box_mm=Place(0, 0, 44, 12))
    scale = scale_of(syringe, small.box_mm)
    assert ticks(syringe, scale) == [Fraction(k, 50) for k in range(51)]
    page = drawing(set_to(syringe, Fraction(37, 100)), small)
    assert not page.named("syringe:tick:0.37")
    (mark,) = page.named("dose_mark")
    assert isinstance(mark, Line)
    assert mark.x1_mm == scale.x_mm(Fraction(37, 100))
    assert len(ticks(syringe, Scale(0, 1.0))) == 11


@pytest.mark.parametrize(
    ("place", "volume", "says"),
    [
        (Place(3, 3, 40, 13), "5 mL", "its picture needs 4.0\u00a0mm more, being 40.0\u00a0mm wide."),
        (Place(3, 3, 99, 9), "5 mL", "being 9.0\u00a0mm high."),
        (Place(3, 3, 88, 13), "13 mL", "its picture needs 2.0\u00a0mm more, being 42.0\u00a0mm wide."),
    ],
)
def test_a_syringe_without_room_is_refused_with_the_mm_missing(place: Place, volume: str, says: str) -> None:
    measured = measure(volume, syringes=["oral-5", "oral-10"])
    with pytest.raises(DoesNotFit) as fault:
        draw_syringe(measured, SyringeElement(box_mm=place))
    assert says in str(fault.value)


def test_two_pictures_stand_one_above_the_other_where_the_box_is_high_and_narrow() -> None:
    upper, lower = pictures(measure("13 mL", syringes=["oral-10"]), STACKED)
    assert upper.place == Place(3, 3, 60, 15)
    assert lower.place == Place(3, 18, 60, 15)


def test_every_refusal_of_a_label_is_one_of_the_tree() -> None:
    wrongs: list[dict[str, list[str]]] = [
        {"patient": ["漢"]},
        {"patient": []},
        {"drug": ["x" * 200]},
        {"unknown": ["text"]},
    ]
    for wrong in wrongs:
        with pytest.raises(LiquidoseError):
            lay_out(DISPENSING, TEXTS | wrong, FIVE)


def test_a_block_of_lines_is_as_high_as_its_leading_says() -> None:
    assert block_height_mm(3, 10) == pytest.approx(35 * MM_PER_PT)
