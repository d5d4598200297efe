"""SVG, PNG and ZPL from the same shapes as the PDF, read back by parsers that are not ours."""

from __future__ import annotations

import importlib.util
import re
import xml.etree.ElementTree as ET
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
import resvg_py
from msgspec.structs import replace
from PIL import Image, ImageChops
from test_barcodes import SAYS, scanned
from test_barcodes import label as coded_label
from test_render_pdf import label
from test_scripts import NAMES, design, faces, needs_noto
from zebrafy.zebrafy_zpl import ZebrafyZPL

from liquidose.devices.printers import DOTS_PER_MM
from liquidose.errors import BadOption, CheckTheAmount, DoesNotFit, GiveWhatIsMissing, LiquidoseError
from liquidose.pages.fonts import width_mm
from liquidose.pages.labels import Layout
from liquidose.pages.shapes import Box, Line, Page, Polygon, Text
from liquidose.render.formats import FORMATS, Format, file_names, render
from liquidose.render.raster import pictures_of

SVG = "{http://www.w3.org/2000/svg}"
VOLUMES = ["5 mL", "0.36 mL", "12 mL"]


def document(page: Page, title: str = "Label") -> ET.Element:
    (content,) = render([page], "svg", title=title)
    return ET.fromstring(content)  # noqa: S314  (our own file)


def page_of(*shapes: Any, wide: float = 50, high: float = 30) -> Page:
    return Page(width_mm=wide, height_mm=high, shapes=shapes)


@pytest.mark.parametrize("volume", VOLUMES)
def test_the_svg_has_every_shape_of_the_page_where_layout_puts_it_in_its_order(volume: str) -> None:
    page = label(volume)
    root = document(page)
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("99mm", "67.5mm", "0 0 99 67.5")
    drawn = [e for e in root if e.tag.removeprefix(SVG) in {"g", "line", "rect", "polygon"}][1:]
    shapes = list(page.flat())
    assert len(drawn) == len(shapes)
    for element, shape in zip(drawn, shapes, strict=True):
        assert element.get("data-name", "") == shape.name
        match shape:
            case Text():
                assert element.get("aria-label") == shape.text
            case Line():
                ends = [float(element.get(key, "")) for key in ("x1", "y1", "x2", "y2", "stroke-width")]
                wanted = [shape.x1_mm, shape.y1_mm, shape.x2_mm, shape.y2_mm, shape.width_mm]
                assert ends == pytest.approx(wanted, abs=1e-4)
            case Box():
                sides = [float(element.get(key, "")) for key in ("x", "y", "width", "height")]
                wanted = [shape.x_mm, shape.y_mm, shape.width_mm, shape.height_mm]
                assert sides == pytest.approx(wanted, abs=1e-4)
            case Polygon():
                points = [tuple(map(float, pair.split(","))) for pair in element.get("points", "").split()]
                assert [c for point in points for c in point] == pytest.approx(
                    [c for point in shape.points_mm for c in point], abs=1e-4
                )


def test_the_svg_names_no_typeface_and_fetches_nothing() -> None:
    (content,) = render([label("5 mL")], "svg", title="Label")
    text = content.decode()
    assert not re.search(r"font|<text|<image|<script|<style|url\(|data:", text)
    assert all(link.startswith("#") for link in re.findall(r'href="([^"]*)"', text))
    root = ET.fromstring(content)  # noqa: S314  (our own file)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    wanted = {e.get("{http://www.w3.org/1999/xlink}href", "")[1:] for e in root.iter(f"{SVG}use")}
    assert wanted == set(ids)


@pytest.mark.parametrize("hostile", ['"><script>alert(1)</script>', "]]> & <b> 'x'", "&lt;&#0;"])
def test_markup_in_a_text_a_name_or_the_title_stays_text(hostile: str) -> None:
    text = Text(x_mm=5, y_mm=10, text=hostile, size_pt=9, name=hostile)
    root = document(page_of(text), title=hostile)
    assert root.findtext(f"{SVG}title") == hostile
    (group,) = root.findall(f"{SVG}g")
    assert (group.get("aria-label"), group.get("data-name")) == (hostile, hostile)
    assert {e.tag.removeprefix(SVG) for e in root.iter()} == {
        "svg",
        "title",
        "desc",
        "rect",
        "defs",
        "path",
        "g",
        "use",
    }


@pytest.mark.parametrize("volume", VOLUMES)
def test_the_svg_and_the_pdf_are_the_same_picture(volume: str) -> None:
    per_mm = 12
    (content,) = render([label(volume)], "svg", title="x")
    drawn = resvg_py.svg_to_bytes(svg_string=content.decode(), dpi=25.4 * per_mm, skip_system_fonts=True)
    svg = Image.open(BytesIO(bytes(drawn))).convert("L")
    assert svg.size == (99 * per_mm, 67.5 * per_mm)
    (pdf,) = pictures_of([label(volume)], per_mm, smooth=True)
    difference = ImageChops.difference(svg.reduce(4), pdf.convert("L").reduce(4))
    _, most = difference.getextrema()
    assert isinstance(most, int)
    assert most < 130  # edges are smoothed in two ways, and nothing else differs
    histogram = difference.histogram()
    assert sum(histogram[40:]) < 0.02 * sum(histogram)
    assert svg.getpixel((0, 0)) == 255


def test_the_marks_stand_in_the_svg_s_picture_where_layout_puts_them() -> None:
    per_mm = 40
    page = label("5 mL")
    (mark,) = page.named("dose_mark")
    assert isinstance(mark, Line)
    (content,) = render([page], "svg", title="x")
    drawn = resvg_py.svg_to_bytes(svg_string=content.decode(), dpi=25.4 * per_mm, skip_system_fonts=True)
    picture = Image.open(BytesIO(bytes(drawn))).convert("L")
    row = round((mark.y1_mm + 0.6) * per_mm)
    around = range(round((mark.x1_mm - 2) * per_mm), round((mark.x1_mm + 2) * per_mm))
    dark = [x for x in around if picture.getpixel((x, row)) < 64]  # type: ignore[operator]
    assert (dark[0] + dark[-1] + 1) / 2 / per_mm == pytest.approx(mark.x1_mm, abs=0.02)


def test_a_text_is_as_wide_in_svg_as_layout_measured_it() -> None:
    words = "Hamburgefonstiv 0123456789"
    for bold in (False, True):
        text = Text(x_mm=5, y_mm=20, text=words, size_pt=12, bold=bold)
        (group,) = document(page_of(text, wide=100)).findall(f"{SVG}g")
        uses = group.findall(f"{SVG}use")
        scale = re.fullmatch(r"translate\(5 20\) scale\(([0-9.]+) -[0-9.]+\)", group.get("transform", ""))
        assert scale is not None
        last = float(uses[-1].get("x", "")) * float(scale[1])
        assert last == pytest.approx(width_mm(words[:-1], size_pt=12, bold=bold), abs=0.001)


def test_colours_come_out_as_they_went_in_and_as_a_pattern_in_zpl() -> None:
    red, blue = (0.8, 0.2, 0.2), (0.0, 0.0, 1.0)
    page = page_of(
        Box(x_mm=0, y_mm=0, width_mm=25, height_mm=15, fill_rgb=red),
        Polygon(points_mm=((25, 0), (50, 0), (50, 15), (25, 15)), fill_rgb=blue),
        Text(x_mm=5, y_mm=25, text="mm", size_pt=20, fill_rgb=blue),
    )
    root = document(page)
    fills = [e.get("fill") for e in root if e.get("data-name") is None and e.tag != f"{SVG}defs"]
    assert fills[-3:] == ["#cc3333", "#0000ff", "#0000ff"]
    (content,) = render([page], "png", title="x")
    picture = Image.open(BytesIO(content)).convert("RGB")
    per_mm = 200 / 25.4
    assert picture.getpixel((int(10 * per_mm), int(7 * per_mm))) == (204, 51, 51)
    assert picture.getpixel((int(40 * per_mm), int(7 * per_mm))) == (0, 0, 255)
    assert (0, 0, 255) in {pixel for _, pixel in picture.crop((0, 130, 390, 230)).getcolors(100_000) or []}
    (zpl,) = render([page], "zpl", title="x", dpi=203)
    (dots,) = decoded(zpl.decode())
    light = dots.crop((0, 0, 200, 120)).histogram()[255] / (200 * 120)
    assert light == pytest.approx((0.8 * 0.299 + 0.2 * 0.587 + 0.2 * 0.114), abs=0.06)


@pytest.mark.parametrize("dpi", list(DOTS_PER_MM))
def test_every_barcode_is_scanned_back_from_the_dots_of_a_zebra_printer(dpi: int) -> None:
    (content,) = render([coded_label()], "zpl", title="x", dpi=dpi)
    (picture,) = decoded(content.decode())
    assert scanned(picture) == SAYS


@needs_noto
@pytest.mark.parametrize(("script", "name", "way"), NAMES)
def test_a_name_in_another_script_is_the_same_picture_in_svg_and_pdf(
    script: str, name: str, way: str
) -> None:
    page = Layout(design(), further=faces(script)).label({"drug": (f"Sam {name}",)}, None)
    (content,) = render([page], "svg", title=way)
    drawn = resvg_py.svg_to_bytes(svg_string=content.decode(), dpi=25.4 * 12, skip_system_fonts=True)
    svg = Image.open(BytesIO(bytes(drawn))).convert("L")
    (pdf,) = pictures_of([page], 12, smooth=True)
    difference = ImageChops.difference(svg.reduce(4), pdf.convert("L").reduce(4))
    _, most = difference.getextrema()
    assert isinstance(most, int)
    assert most < 130
    assert ImageChops.invert(svg).getbbox() is not None


def test_every_page_has_a_file_of_its_own_and_the_same_pages_give_the_same_bytes() -> None:
    pages = [page_of(Line(x1_mm=5, y1_mm=k, x2_mm=9, y2_mm=k, width_mm=0.2)) for k in (5, 6, 7)]
    counts = {"pdf": 1, "svg": 3, "png": 3, "zpl": 1}
    for form in FORMATS:
        made = render(pages, form, title="x", dpi=203)
        assert len(made) == counts[form]
        assert made == render(pages, form, title="x", dpi=203)


def test_no_page_and_no_such_format_are_refused() -> None:
    for form in ("pdf", "svg"):
        with pytest.raises(ValueError, match="at least one page"):
            render([], form, title="x")
    with pytest.raises(BadOption) as refused:
        render([], "bmp", title="x")  # type: ignore[arg-type]
    assert str(refused.value) == "There is no format 'bmp'. Choose one of pdf, svg, png, zpl."


@pytest.mark.parametrize(("form", "what"), [("png", "A PNG picture"), ("zpl", "ZPL")])
@pytest.mark.parametrize("absent", ["pypdfium2", "zebrafy"])
def test_without_the_extra_a_picture_is_refused_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, form: Format, what: str, absent: str
) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == absent else there(name, *rest)
    )
    with pytest.raises(BadOption) as refused:
        render([page_of()], form, title="x", dpi=203)
    assert str(refused.value) == (
        f"{what} needs libraries that are not installed. Install them with: pip install 'liquidose[preview]'"
    )


@pytest.mark.parametrize("dpi", [None, 72, 203, 300, 601])
def test_a_bar_of_the_png_is_as_long_as_its_dpi_says(dpi: int | None) -> None:
    bar = Box(x_mm=4, y_mm=10, width_mm=50, height_mm=2, fill_grey=0, name="check_bar")
    (content,) = render([page_of(bar, wide=63.5, high=38.1)], "png", title="x", dpi=dpi)
    picture = Image.open(BytesIO(content))
    said = picture.info["dpi"][0]
    assert said == pytest.approx(dpi or 200, abs=0.1)
    per_mm = (dpi or 200) / 25.4
    grey = picture.convert("L")
    row = [grey.getpixel((x, round(11 * per_mm))) for x in range(picture.width)]
    length = sum(255 - value for value in row) / 255  # type: ignore[operator, misc]
    start = next(x for x, value in enumerate(row) if value < 250)  # type: ignore[operator]
    assert length / per_mm == pytest.approx(50, abs=1 / per_mm)
    assert start == pytest.approx(4 * per_mm, abs=1)
    assert picture.width == pytest.approx(63.5 * per_mm, abs=1)


def test_a_picture_too_fine_to_be_of_use_is_refused() -> None:
    with pytest.raises(CheckTheAmount) as refused:
        render([page_of()], "png", title="x", dpi=100_000)
    assert str(refused.value) == "A picture of 100000 dpi is not drawn. Choose from 1 to 1200."


def decoded(zpl: str) -> list[Image.Image]:
    """The labels of a ZPL file, decoded here from Zebra's description of ^GF and nothing else."""
    pictures = []
    for total, row_bytes, data in re.findall(r"\^GFA,\d+,(\d+),(\d+),([^^]*)\^FS", zpl):
        digits, rows, row, count = 2 * int(row_bytes), [], "", 0
        for c in data:
            if c in ",!":
                rows.append(row.ljust(digits, "0" if c == "," else "F"))
                row = ""
            elif c == ":":
                rows.append(rows[-1])
            elif "G" <= c <= "Y":
                count += ord(c) - ord("G") + 1
            elif "g" <= c <= "z":
                count += 20 * (ord(c) - ord("g") + 1)
            else:
                row += c * (count or 1)
                count = 0
                if len(row) == digits:
                    rows.append(row)
                    row = ""
        assert len(rows) * int(row_bytes) == int(total)
        assert not row
        assert not count
        black = Image.frombytes("1", (digits * 4, len(rows)), bytes.fromhex("".join(rows)))
        pictures.append(ImageChops.invert(black.convert("L")))
    return pictures


@pytest.mark.parametrize("dpi", list(DOTS_PER_MM))
def test_the_marks_stand_within_half_a_dot_in_the_zpl_as_two_decoders_read_it(dpi: int) -> None:
    per_mm = DOTS_PER_MM[dpi]
    pages = [label(volume) for volume in VOLUMES]
    (content,) = render(pages, "zpl", title="x", dpi=dpi)
    zpl = content.decode("ascii")
    assert zpl.count("^XA") == zpl.count("^XZ") == 3
    assert zpl.count("^XA\n^JMA^LH0,0^PMN\n") == 3  # full density, no old origin, not mirrored
    assert zpl.count(f"^PW{99 * per_mm}\n^LL{135 * per_mm // 2}\n") == 3
    ours, theirs = decoded(zpl), ZebrafyZPL(zpl).to_images()
    for page, picture, other in zip(pages, ours, theirs, strict=True):
        assert ImageChops.difference(picture, other.convert("L")).getbbox() is None
        for shape in (*page.named("dose_mark"), *page.named("zero")):
            assert isinstance(shape, Line)
            row = int((shape.y2_mm - 0.3 if shape.name == "zero" else shape.y1_mm + 0.6) * per_mm)
            runs = black_runs(picture, row)
            place = shape.x1_mm * per_mm
            start, end = min(runs, key=lambda run: abs(sum(run) / 2 - place))
            assert abs((start + end) / 2 - place) <= 0.5
            assert end - start == pytest.approx(shape.width_mm * per_mm, abs=1)
        (bar,) = [s for s in page.named("check_bar") if isinstance(s, Box)]
        start, end = max(black_runs(picture, int((bar.y_mm + 0.4) * per_mm)), key=lambda r: r[1] - r[0])
        assert (end - start) / per_mm == pytest.approx(50, abs=1.001 / per_mm)


def black_runs(picture: Image.Image, row: int) -> list[tuple[int, int]]:
    values = [True, *(bool(picture.getpixel((x, row))) for x in range(picture.width)), True]
    edges = [x for x, (one, other) in enumerate(pairwise(values)) if one != other]
    return list(zip(edges[::2], edges[1::2], strict=True))


@pytest.mark.parametrize("dpi", list(DOTS_PER_MM))
def test_wherever_a_mark_falls_between_the_dots_it_stands_within_half_a_dot(dpi: int) -> None:
    per_mm = DOTS_PER_MM[dpi]
    places = [10 + k * (2 + 1 / 24 / 7) for k in range(15)]
    marks = [
        Line(x1_mm=x, y1_mm=5, x2_mm=x, y2_mm=15, width_mm=w, name="witness:0")
        for x, w in zip(places, [0.1, 0.2, 0.25, 0.3, 0.4] * 3, strict=True)
    ]
    flat = [
        Line(x1_mm=2, y1_mm=20 + y, x2_mm=40, y2_mm=20 + y, width_mm=0.3, name="zero") for y in (0.013, 3.06)
    ]
    wedge = Polygon(points_mm=((5, 26), (45, 26), (45, 28)), fill_grey=0, name="dose_mark")
    (content,) = render([page_of(*marks, *flat, wedge)], "zpl", title="x", dpi=dpi)
    (picture,) = decoded(content.decode())
    centres = [(a + b) / 2 for a, b in black_runs(picture, 10 * per_mm)]
    assert centres == pytest.approx([x * per_mm for x in places], abs=0.501)
    down = black_runs(picture.transpose(Image.Transpose.TRANSPOSE), 3 * per_mm)
    assert [(a + b) / 2 for a, b in down] == pytest.approx([20.013 * per_mm, 23.06 * per_mm], abs=0.501)


@pytest.mark.parametrize("dpi", list(DOTS_PER_MM))
def test_both_edges_of_a_block_stand_within_half_a_dot_wherever_they_fall(dpi: int) -> None:
    per_mm = DOTS_PER_MM[dpi]
    for k in range(25):
        x, wide = 10 + k * 0.0137, 2 + k * 0.0031
        block = Box(x_mm=x, y_mm=5, width_mm=wide, height_mm=8, fill_grey=0, name="dose_mark")
        tick = Polygon(
            points_mm=((x + 20, 5), (x + 20.3, 5), (x + 20.3, 10), (x + 21, 13), (x + 19.3, 13), (x + 20, 10)),
            fill_grey=0, name="witness",
        )  # fmt: skip
        speck = Box(x_mm=x + 30, y_mm=5, width_mm=0.01, height_mm=8, fill_grey=0, name="zero")
        (content,) = render([page_of(block, tick)], "zpl", title="x", dpi=dpi)
        (picture,) = decoded(content.decode())
        edges = [edge / per_mm for run in black_runs(picture, 6 * per_mm) for edge in run]
        assert edges == pytest.approx([x, x + wide, x + 20, x + 20.3], abs=0.501 / per_mm)
        (content,) = render([page_of(replace(speck, name="speck"))], "zpl", title="x", dpi=dpi)
        ((start, end),) = black_runs(decoded(content.decode())[0], 6 * per_mm)
        assert end - start == 1


@pytest.mark.parametrize(
    "beside",
    [
        Box(x_mm=10, y_mm=4, width_mm=20, height_mm=12, fill_grey=1),  # hides it
        Box(x_mm=20.2, y_mm=4, width_mm=3, height_mm=12, fill_grey=0),  # touches it: which edge is the mark?
        Line(x1_mm=20.45, y1_mm=4, x2_mm=20.45, y2_mm=16, width_mm=0.5),  # runs into it at these dots
    ],
)
def test_a_mark_that_nobody_could_find_among_the_dots_is_refused(beside: Box | Line) -> None:
    mark = Line(x1_mm=20, y1_mm=5, x2_mm=20, y2_mm=15, width_mm=0.4, name="dose_mark")
    assert render([page_of(mark)], "zpl", title="x", dpi=203)
    with pytest.raises(DoesNotFit) as refused:
        render([page_of(mark, beside)], "zpl", title="x", dpi=203)
    assert str(refused.value) == (
        "'dose_mark' would not stand within half a dot of its place at 203 dpi. Print it as a PDF, on a printer "
        "with finer dots, or with a design that keeps its marks apart."
    )


def test_a_mark_off_the_label_is_refused_and_other_lines_are_free() -> None:
    off = Line(x1_mm=51, y1_mm=5, x2_mm=51, y2_mm=15, width_mm=0.4, name="zero")
    with pytest.raises(DoesNotFit, match="'zero' would not stand"):
        render([page_of(off)], "zpl", title="x", dpi=300)
    free = Line(x1_mm=51, y1_mm=5, x2_mm=51, y2_mm=15, width_mm=0.4, name="syringe:tick:1")
    assert render([page_of(free)], "zpl", title="x", dpi=300)


def test_black_stays_black_white_stays_white_and_grey_becomes_as_many_dots() -> None:
    boxes = [
        Box(x_mm=10 * k, y_mm=0, width_mm=10, height_mm=30, fill_grey=grey)
        for k, grey in enumerate((0, 0.25, 0.5, 0.75, 1))
    ]
    (content,) = render([page_of(*boxes)], "zpl", title="x", dpi=203)
    (picture,) = decoded(content.decode())
    for k, grey in enumerate((0, 0.25, 0.5, 0.75, 1)):
        part = picture.crop((80 * k, 0, 80 * k + 80, 240))
        light = part.histogram()[255] / (80 * 240)
        assert light == pytest.approx(grey, abs=0.05 if grey % 1 else 0)


@pytest.mark.parametrize("dpi", [None, 200, 304])
def test_zpl_without_the_printer_s_dots_is_refused(dpi: int | None) -> None:
    with pytest.raises(GiveWhatIsMissing) as refused:
        render([page_of()], "zpl", title="x", dpi=dpi)
    assert str(refused.value) == (
        "ZPL needs the dots of the printer. "
        "Give --dpi 203, 300 or 600, or store it with 'liquidose printers set'."
    )
    assert isinstance(refused.value, LiquidoseError)


@pytest.mark.parametrize(
    ("target", "count", "names"),
    [
        ("label.svg", 1, ["label.svg"]),
        ("label.svg", 2, ["label-1.svg", "label-2.svg"]),
        ("out.d/label", 2, ["out.d/label-1", "out.d/label-2"]),
        (".label", 2, [".label-1", ".label-2"]),
    ],
)
def test_several_files_are_numbered_before_their_ending(target: str, count: int, names: list[str]) -> None:
    assert file_names(target, count) == names
