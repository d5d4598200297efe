"""The PDF, read back by parsers that are not ours, against the layout."""

from __future__ import annotations

import re
import subprocess
import sys
import tracemalloc
from fractions import Fraction
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pdfplumber
import pypdfium2
import pytest
from test_pages import DISPENSING, TEXTS

import liquidose
from liquidose._version import __version__
from liquidose.devices.measuring import Measured, measure
from liquidose.pages.labels import lay_out
from liquidose.pages.shapes import Box, Line, Page, Placed, Polygon, Text
from liquidose.pages.syringe_art import DOSE_MARK_MM, NUMBERED_TICK_MM, TICK_MM, pictures, scale_of, ticks
from liquidose.render.pdf import Document, render_pdf

MM = 25.4 / 72
BLACK = (0, (0,))
DOSES: dict[str, list[str] | None] = {
    "5 mL": None,
    "0.36 mL": None,
    "12 mL": ["oral-5", "oral-10"],
    "13 mL": ["oral-5", "oral-10"],
}


def measured(volume: str) -> Measured:
    stock = DOSES[volume]
    return measure(volume) if stock is None else measure(volume, syringes=stock)


@cache
def label(volume: str) -> Page:
    return lay_out(DISPENSING, TEXTS, measured(volume))


@cache
def pdf(volume: str) -> bytes:
    return render_pdf([label(volume)], title="Sam Example")


def opened(content: bytes) -> Any:
    return pdfplumber.open(BytesIO(content))


def lines_of_width(page: Any, width_mm: float) -> list[Any]:
    return [line for line in page.lines if abs(line["linewidth"] * MM - width_mm) < 0.01]


def test_the_page_has_the_true_size_of_the_label() -> None:
    with opened(pdf("5 mL")) as file:
        (page,) = file.pages
        assert float(page.width) * MM == pytest.approx(99, abs=0.01)
        assert float(page.height) * MM == pytest.approx(67.5, abs=0.01)
    document = pypdfium2.PdfDocument(pdf("5 mL"))
    width, height = document[0].get_size()
    assert width * MM == pytest.approx(99, abs=0.01)
    assert height * MM == pytest.approx(67.5, abs=0.01)


@pytest.mark.parametrize("volume", list(DOSES))
def test_every_word_of_every_field_is_on_the_paper_inside_its_own_box(volume: str) -> None:
    with opened(pdf(volume)) as file:
        page = file.pages[0]
        for element in DISPENSING.text:
            left, top, width, height = (side / MM for side in element.box_mm)
            box = (left - 0.01, top - 0.01, left + width + 0.01, top + height + 0.01)
            words = page.within_bbox(box).extract_words()
            shown = [word["text"] for word in words if word["text"] != "•"]
            sharing = [other for other in DISPENSING.text if other.box_mm == element.box_mm]
            assert shown == " ".join(line for one in sharing for line in TEXTS.get(one.field, ())).split()
        margin = DISPENSING.margin_mm / MM
        for word in page.extract_words():
            assert margin <= word["x0"] < word["x1"] <= page.width - margin
            assert margin <= word["top"] < word["bottom"] <= page.height - margin


@pytest.mark.parametrize("volume", list(DOSES))
def test_every_text_stands_where_layout_says_in_its_size_and_weight(volume: str) -> None:
    wanted = [shape for shape in label(volume).flat() if isinstance(shape, Text)]
    with opened(pdf(volume)) as file:
        chars = file.pages[0].chars
    drawn = "".join(shape.text for shape in wanted).replace("\u00a0", " ")  # both are the face's one space
    assert "".join(char["text"] for char in chars) == drawn
    start = 0
    for shape in wanted:
        first = chars[start]
        start += len(shape.text)
        assert first["x0"] * MM == pytest.approx(shape.x_mm, abs=0.01)
        assert DISPENSING.height_mm - first["matrix"][5] * MM == pytest.approx(shape.y_mm, abs=0.01)
        assert first["size"] == pytest.approx(shape.size_pt, abs=0.01)
        assert first["fontname"].endswith("Bold" if shape.bold else "Regular")
        assert first["non_stroking_color"] in BLACK


@pytest.mark.parametrize("volume", list(DOSES))
def test_the_dose_mark_and_the_stopper_s_edge_stand_where_the_scale_puts_the_dose(volume: str) -> None:
    assert DISPENSING.syringe is not None
    dose = measured(volume)
    wanted = [
        scale_of(dose.syringe, picture.place).x_mm(picture.ml)
        for picture in pictures(dose, DISPENSING.syringe)
    ]
    with opened(pdf(volume)) as file:
        page = file.pages[0]
        marks = lines_of_width(page, DOSE_MARK_MM)
        stoppers = [r for r in page.rects if r["fill"] and r["non_stroking_color"] in (0.5, (0.5,))]
        pointers = [curve["pts"][0][0] for curve in page.curves]
        assert [mark["x0"] * MM for mark in marks] == pytest.approx(wanted, abs=0.05)
        assert [mark["x1"] * MM for mark in marks] == pytest.approx(wanted, abs=0.05)
        assert [stopper["x0"] * MM for stopper in stoppers] == pytest.approx(wanted, abs=0.05)
        assert [x * MM for x in pointers] == pytest.approx(wanted, abs=0.05)
        assert max(line["linewidth"] for line in page.lines) == marks[0]["linewidth"]


@pytest.mark.parametrize("volume", list(DOSES))
def test_zero_and_every_graduation_are_printed_to_scale(volume: str) -> None:
    assert DISPENSING.syringe is not None
    dose = measured(volume)
    wanted = []
    for picture in pictures(dose, DISPENSING.syringe):
        scale = scale_of(dose.syringe, picture.place)
        wanted += [scale.x_mm(ml) for ml in ticks(dose.syringe, scale)]
    with opened(pdf(volume)) as file:
        page = file.pages[0]
        assert all(line["stroking_color"] in BLACK for line in page.lines)
        drawn = lines_of_width(page, TICK_MM) + lines_of_width(page, NUMBERED_TICK_MM)
        assert sorted(line["x0"] * MM for line in drawn) == pytest.approx(sorted(wanted), abs=0.01)
        assert all(line["x0"] == line["x1"] for line in drawn)


def test_the_numbers_of_the_scale_stand_under_their_own_lines_and_are_evenly_apart() -> None:
    assert DISPENSING.syringe is not None
    left, top, _, height = DISPENSING.syringe.box_mm
    with opened(pdf("5 mL")) as file:
        page = file.pages[0]
        box = tuple(side / MM for side in (left, top + height - 2.8, left + 75.5, top + height + 0.3))
        words = page.within_bbox(box).extract_words()
        assert [word["text"] for word in words] == ["0", "1", "2", "3", "4", "5"]
        middles = [(word["x0"] + word["x1"]) / 2 for word in words]
        long = sorted(line["x0"] for line in lines_of_width(page, NUMBERED_TICK_MM))
        assert middles == pytest.approx(long, abs=0.05 / MM)
        steps = [b - a for a, b in pairwise(middles)]
        assert steps == pytest.approx([steps[0]] * 5, abs=0.02 / MM)


@pytest.mark.parametrize("volume", list(DOSES))
def test_the_dark_line_in_the_picture_is_the_dose_mark(volume: str) -> None:
    assert DISPENSING.syringe is not None
    dose = measured(volume)
    per_mm = 40
    image = pypdfium2.PdfDocument(pdf(volume))[0].render(scale=per_mm * MM, grayscale=True).to_pil()
    for picture, mark in zip(
        pictures(dose, DISPENSING.syringe), label(volume).named("dose_mark"), strict=True
    ):
        assert isinstance(mark, Line)
        scale = scale_of(dose.syringe, picture.place)
        row = round((mark.y1_mm + 0.6) * per_mm)  # in the barrel, above the longest graduation
        start = round(scale.zero_x_mm * per_mm)
        until = round(scale.x_mm(dose.syringe.capacity_ml) * per_mm) + per_mm
        dark = [x for x in range(start, until) if image.getpixel((x, row)) < 64]
        assert dark == list(range(dark[0], dark[-1] + 1))
        assert (dark[0] + dark[-1] + 1) / 2 / per_mm == pytest.approx(scale.x_mm(picture.ml), abs=0.05)


def test_the_check_bar_is_50_mm_long() -> None:
    with opened(pdf("5 mL")) as file:
        (bar,) = [r for r in file.pages[0].rects if r["fill"] and r["non_stroking_color"] in BLACK]
        assert bar["width"] * MM == pytest.approx(50, abs=0.05)
        assert DISPENSING.check_bar is not None
        left, top, width, height = DISPENSING.check_bar.words_box_mm
        box = tuple(side / MM for side in (left - 0.1, top, left + width, top + height))
        assert file.pages[0].within_bbox(box).extract_text() == (
            "This bar is 50 mm long. If not, print at 100 %."
        )


def test_every_named_font_is_embedded_and_is_ours() -> None:
    with opened(pdf("5 mL")) as file:
        fonts = file.pages[0].page_obj.resources["Font"].resolve()
        names = set()
        for reference in fonts.values():
            font = reference.resolve()
            names.add(font["BaseFont"].name)
            assert "FontFile2" in font["FontDescriptor"].resolve()
    assert {name.partition("+")[2] for name in names} == {"SourceSansPro-Regular", "SourceSansPro-Bold"}
    named = set(re.findall(rb"/BaseFont\s*/([^\s/]+)", pdf("5 mL")))
    assert named == {name.encode() for name in names}
    assert b"Helvetica" not in pdf("5 mL")


def test_the_catalogue_asks_for_no_scaling_and_names_language_title_and_maker() -> None:
    with opened(render_pdf([label("5 mL")], title="Étiquette", language="fr")) as file:
        catalogue = file.doc.catalog
        assert catalogue["Lang"] == b"fr"
        assert catalogue["ViewerPreferences"].resolve()["PrintScaling"].name == "None"
        assert file.metadata["Title"] == "Étiquette"
        assert file.metadata["Producer"] == file.metadata["Creator"] == f"liquidose {__version__}"
        assert not file.metadata["Author"]


def test_the_same_page_gives_the_same_bytes_and_another_page_does_not() -> None:
    here = render_pdf([label("5 mL")], title="Sam Example")
    assert here == render_pdf([label("5 mL")], title="Sam Example")
    assert here != render_pdf([label("12 mL")], title="Sam Example")


@pytest.mark.slow
def test_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    page = tmp_path / "page.json"
    page.write_bytes(msgspec.json.encode(TEXTS))
    program = (
        "import hashlib, json, sys; from liquidose.pages.labels import lay_out; "
        "from liquidose.pages.templates import load_template; from liquidose.devices.measuring import measure; "
        "from liquidose.render.pdf import render_pdf; "
        "texts = json.load(open(sys.argv[1], encoding='utf-8')); "
        "page = lay_out(load_template('dispensing'), texts, measure('5 mL')); "
        "sys.stdout.buffer.write(render_pdf([page], title='Sam Example'))"
    )
    there = subprocess.run([sys.executable, "-c", program, str(page)], capture_output=True, check=True)
    assert there.stdout == pdf("5 mL")


def test_each_page_keeps_its_own_size_and_text() -> None:
    small = Page(
        width_mm=50,
        height_mm=20,
        shapes=(Text(x_mm=2, y_mm=10, text="small", size_pt=9, name="words"),),
    )
    with opened(render_pdf([label("5 mL"), small, label("13 mL")], title="three")) as file:
        sizes = [(round(float(p.width) * MM, 2), round(float(p.height) * MM, 2)) for p in file.pages]
        assert sizes == [(99, 67.5), (50, 20), (99, 67.5)]
        assert file.pages[1].extract_text() == "small"
        assert file.pages[2].extract_text().count("Then fill 3 mL") == 1


def test_lines_boxes_and_polygons_lie_within_a_hundredth_of_a_mm_anywhere_on_a_large_page() -> None:
    places = [k * 41.123457 for k in range(1, 11)]
    shapes = [
        shape
        for at in places
        for shape in (
            Line(x1_mm=at, y1_mm=at / 2, x2_mm=at + 1.23457, y2_mm=at, width_mm=0.1),
            Box(x_mm=at, y_mm=at / 3, width_mm=2.34567, height_mm=0.76543, stroke_mm=0.2),
            Polygon(points_mm=((at, at), (at + 3.3333, at), (at, at + 1.1111)), fill_grey=0.25),
        )
    ]
    large = Page(width_mm=420, height_mm=594, shapes=tuple(shapes))
    with opened(render_pdf([large], title="large")) as file:
        page = file.pages[0]
        for at, line, rect, curve in zip(places, page.lines, page.rects, page.curves, strict=True):
            assert [v * MM for v in (line["x0"], line["top"], line["x1"], line["bottom"])] == pytest.approx(
                [at, at / 2, at + 1.23457, at], abs=0.01
            )
            assert [
                v * MM for v in (rect["x0"], rect["top"], rect["width"], rect["height"])
            ] == pytest.approx([at, at / 3, 2.34567, 0.76543], abs=0.01)
            assert not rect["fill"]
            assert [v * MM for point in curve["pts"][:3] for v in point] == pytest.approx(
                [at, at, at + 3.3333, at, at, at + 1.1111], abs=0.01
            )
            assert curve["non_stroking_color"] in (0.25, (0.25,))
            assert not curve["stroke"]


def test_more_letters_than_one_font_subset_holds_are_all_readable() -> None:
    letters = [chr(code) for code in (*range(0x21, 0x7F), *range(0xC0, 0x17F))]
    shapes = tuple(
        Text(x_mm=5 + 5 * (k % 19), y_mm=5 + 5 * (k // 19), text=letter, size_pt=9)
        for k, letter in enumerate(letters)
    )
    page = Page(width_mm=105, height_mm=100, shapes=shapes)
    with opened(render_pdf([page], title="letters")) as file:
        assert [char["text"] for char in file.pages[0].chars] == letters


def test_a_text_beyond_the_first_font_subset_changes_nothing_of_those_around_it() -> None:
    many = "".join(chr(code) for code in (*range(0xC0, 0x17F), *range(0x391, 0x3A1), *range(0x410, 0x450)))
    mixed = f"a{many[-1]}b\\(c)"
    texts = [
        Text(x_mm=5, y_mm=5, text=many, size_pt=2),
        Text(x_mm=5, y_mm=10, text="before", size_pt=9, fill_rgb=(1, 0, 0)),
        Text(x_mm=5, y_mm=15, text=mixed, size_pt=9, fill_rgb=(0, 0, 1)),
        Text(x_mm=5, y_mm=20, text="after", size_pt=9),
        Text(x_mm=5, y_mm=25, text="bold", size_pt=7, bold=True),
    ]
    page = Page(width_mm=300, height_mm=30, shapes=tuple(texts))
    with opened(render_pdf([page], title="letters")) as file:
        chars = file.pages[0].chars
    start = 0
    for text, colour in zip(texts, (None, (1, 0, 0), (0, 0, 1), None, None), strict=True):
        found = chars[start : start + len(text.text)]
        start += len(text.text)
        assert "".join(char["text"] for char in found) == text.text
        assert {char["size"] for char in found} == {text.size_pt}
        assert all(char["fontname"].endswith("Bold" if text.bold else "Regular") for char in found)
        assert all(char["non_stroking_color"] in (BLACK if colour is None else (colour,)) for char in found)
        assert found[0]["x0"] * MM == pytest.approx(text.x_mm, abs=0.01)
        assert 30 - found[0]["matrix"][5] * MM == pytest.approx(text.y_mm, abs=0.01)


def test_a_page_placed_on_a_placed_page_stands_where_both_moves_put_it() -> None:
    text = Text(x_mm=1, y_mm=2, text="deep", size_pt=9)
    inner = Page(width_mm=20, height_mm=10, shapes=(text,))
    for again in (False, True):
        middle = Page(width_mm=40, height_mm=20, shapes=(Placed(x_mm=3, y_mm=4, page=inner, again=again),))
        after = Text(x_mm=0, y_mm=50, text="after", size_pt=9)
        outer = Page(
            width_mm=100, height_mm=60, shapes=(Placed(x_mm=50, y_mm=30, page=middle, again=again), after)
        )
        with opened(render_pdf([outer], title="pages")) as file:
            chars = file.pages[0].chars
        assert "".join(char["text"] for char in chars) == "deepafter"
        for char, x, y in ((chars[0], 54, 36), (chars[4], 0, 50)):
            assert char["x0"] * MM == pytest.approx(x, abs=0.01)
            assert 60 - char["matrix"][5] * MM == pytest.approx(y, abs=0.01)


def test_pages_wait_compressed_for_the_end_of_their_document() -> None:
    lines = tuple(
        Text(x_mm=5, y_mm=4 + 4 * k, text=f"line {k} " + "with words " * 9, size_pt=9) for k in range(70)
    )
    page = Page(width_mm=210, height_mm=297, shapes=lines)
    document = Document(title="many")
    document.add(page)
    written = sum(len(text.text) for text in lines)
    tracemalloc.start()
    for _ in range(100):
        document.add(page)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < 100 * written
    with opened(document.finished()) as file:
        assert len(file.pages) == 101
        assert file.pages[100].extract_text().count("line") == 70


def test_no_page_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="at least one page"):
        render_pdf([], title="none")


def test_only_the_pdf_renderer_draws_with_reportlab_and_nothing_makes_paragraphs() -> None:
    root = Path(liquidose.__file__).parent
    sources = {path: path.read_text(encoding="utf-8") for path in root.rglob("*.py")}
    drawing = [path.name for path, text in sources.items() if "import" in text and "reportlab.pdfgen" in text]
    assert [name for name in drawing if name != "__init__.py"] == ["pdf.py"]
    assert not [path for path, text in sources.items() if "platypus" in text]


@pytest.mark.slow
def test_at_every_mark_of_a_syringe_the_printed_line_stands_on_the_dose() -> None:
    assert DISPENSING.syringe is not None
    five = measured("5 mL")
    marks = five.syringe.marks()
    doses = [msgspec.structs.replace(five, ml=ml, draws_ml=(ml,), exact_ml=Fraction(ml)) for ml in marks]
    pages = [lay_out(DISPENSING, TEXTS, dose) for dose in doses]
    scale = scale_of(five.syringe, DISPENSING.syringe.box_mm)
    with opened(render_pdf(pages, title="all")) as file:
        for ml, page in zip(marks, file.pages, strict=True):
            (line,) = lines_of_width(page, DOSE_MARK_MM)
            assert line["x0"] * MM == pytest.approx(scale.x_mm(ml), abs=0.05)
