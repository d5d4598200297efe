"""Printer profiles: what is measured on the calibration page, kept in the site file, and undone on the page."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from zebrafy.zebrafy_zpl import ZebrafyZPL

from liquidose.cli import main
from liquidose.devices.printers import Printer, printer_of
from liquidose.devices.stocks import stock_of, stocks
from liquidose.errors import BadFile, CannotWrite, CheckTheAmount, DoesNotFit, LiquidoseError
from liquidose.files import Signed, decode_toml
from liquidose.pages.calibration_page import bars_of, calibration_page
from liquidose.pages.correction import Correction, corrected
from liquidose.pages.outline import outline_page
from liquidose.pages.shapes import Box, Line, MarkPlace, Page, Placed, Polygon, Text
from liquidose.render.pdf import render_pdf
from liquidose.site import Site, load_site
from liquidose.site_writing import put_row

MM = 72 / 25.4
TOO_SMALL = {
    "dymo-30330",
    "dymo-30332",
    "dymo-30346",
    "dymo-11355",
    "dymo-11353",
    "brother-dk-11203",
    "brother-dk-11204",
    "brother-dk-11218",
    "brother-dk-11219",
    "brother-dk-11221",
    "brother-dk-22205",
    "brother-dk-22210",
    "brother-dk-22214",
    "brother-dk-22225",
    "zebra-1.5x0.5in",
    "iso26825-min",
    "iso26825-35x10",
    "iso26825-max",
}  # less than 22 mm can be printed one way, or a roll without labels
pytestmark = pytest.mark.usefixtures("bare_environment")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="liquidose")


def row(**changes: Any) -> Printer:
    values: dict[str, Any] = {
        "name": "desk",
        "offset_x_mm": Signed("0.8"),
        "offset_y_mm": Signed("-0.3"),
        "scale_x": Fraction("0.994"),
        "scale_y": Fraction("1.002"),
    }
    return Printer(**(values | changes))


def printed(printer: Printer) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """What a printer with this error makes of a place: our only picture of one, apart from the correction."""
    sx, sy = float(printer.scale_x), float(printer.scale_y)
    dx, dy = float(printer.offset_x_mm), float(printer.offset_y_mm)
    return (lambda x: sx * x + dx), (lambda y: sy * y + dy)


def opened(page: Page) -> Any:
    (sheet,) = pdfplumber.open(BytesIO(render_pdf([page], title="x"))).pages
    return sheet


@pytest.mark.parametrize(
    "printer",
    [
        row(),
        row(offset_x_mm=Signed(-3), offset_y_mm=Signed(2)),
        row(scale_x=Fraction("0.985"), scale_y=Fraction("1.1")),
    ],
    ids=["usual", "shifted", "scaled"],
)
def test_the_corrected_page_put_through_the_printer_s_error_is_true_to_a_hundredth_of_a_millimetre(
    printer: Printer,
) -> None:
    true = outline_page(stock_of("avery-l7163"))
    across, down = printed(printer)
    sheet = opened(corrected(true, printer))
    assert [float(sheet.width) / MM, float(sheet.height) / MM] == pytest.approx([210, 297])
    drawn = [
        (across(r["x0"] / MM), down(r["top"] / MM), across(r["x1"] / MM), down(r["bottom"] / MM))
        for r in sheet.rects
    ]
    wanted = [
        (box.x_mm, box.y_mm, box.x_mm + box.width_mm, box.y_mm + box.height_mm)
        for box in true.shapes
        if isinstance(box, Box)
    ]
    assert len(drawn) == len(wanted) > 14
    for one, other in zip(drawn, wanted, strict=True):
        assert one == pytest.approx(other, abs=0.01)
    texts = [text for text in true.shapes if isinstance(text, Text)]
    chars = iter(sheet.chars)
    for text in texts:
        letters = [next(chars) for _ in text.text]
        assert across(letters[0]["matrix"][4] / MM) == pytest.approx(text.x_mm, abs=0.01)
        assert down(297 - letters[0]["matrix"][5] / MM) == pytest.approx(text.y_mm, abs=0.01)
        wide = (letters[-1]["x1"] - letters[0]["x0"]) / MM * float(printer.scale_x)
        plain = opened(Page(width_mm=210, height_mm=297, shapes=(text,))).chars
        assert wide == pytest.approx((plain[-1]["x1"] - plain[0]["x0"]) / MM, abs=0.01)


@given(
    sx=st.decimals("0.9", "1.1", places=4), sy=st.decimals("0.9", "1.1", places=4),
    dx=st.decimals(-5, 5, places=2), dy=st.decimals(-5, 5, places=2),
    x=st.floats(30, 170), y=st.floats(30, 240),
)  # fmt: skip
def test_every_kind_of_shape_lands_true(*, sx: Any, sy: Any, dx: Any, dy: Any, x: float, y: float) -> None:
    printer = row(scale_x=Fraction(sx), scale_y=Fraction(sy), offset_x_mm=Signed(dx), offset_y_mm=Signed(dy))
    across, down = printed(printer)
    mark = Line(x1_mm=x, y1_mm=y, x2_mm=x + 1, y2_mm=y + 5, width_mm=0.4, name="dose_mark")
    wedge = Polygon(points_mm=((x, y), (x + 3, y), (x, y + 2)), stroke_mm=0.1, name="witness")
    page = Page(width_mm=210, height_mm=297, shapes=(mark, wedge))
    line, polygon = corrected(page, printer).shapes
    assert isinstance(line, Line)
    assert isinstance(polygon, Polygon)
    ends = (across(line.x1_mm), down(line.y1_mm), across(line.x2_mm), down(line.y2_mm))
    assert ends == pytest.approx((x, y, x + 1, y + 5), abs=1e-9)
    for (px, py), wanted in zip(polygon.points_mm, wedge.points_mm, strict=True):
        assert (across(px), down(py)) == pytest.approx(wanted, abs=1e-9)
    assert line.width_mm == pytest.approx(0.4, rel=0.12)


def test_labels_laid_on_a_sheet_land_true_and_what_is_placed_again_stays_one_page() -> None:
    art = Page(
        width_mm=60, height_mm=30, shapes=(Box(x_mm=1, y_mm=2, width_mm=50, height_mm=1, fill_grey=0),)
    )
    mark = MarkPlace(ml=Fraction(2), at_mm=(20, 10), zero_at_mm=(10, 10), mm_per_ml=5)
    label = Page(
        width_mm=60, height_mm=30,
        shapes=(Placed(x_mm=0.5, y_mm=0.5, page=art, again=True), Line(x1_mm=20, y1_mm=5, x2_mm=20, y2_mm=15, width_mm=0.4)),
        marks=(mark,),
    )  # fmt: skip
    places = [(x, y) for y in (20, 200) for x in (10, 140)]
    true = Page(
        width_mm=210, height_mm=297, shapes=tuple(Placed(x_mm=x, y_mm=y, page=label) for x, y in places)
    )
    printer = row()
    across, down = printed(printer)
    correction = Correction(printer)
    pages = [correction(true), correction(true)]
    kept = {
        id(art.page)
        for page in pages for placed in page.shapes if isinstance(placed, Placed)
        for art in placed.page.shapes if isinstance(art, Placed)
    }  # fmt: skip
    assert len(kept) == 1
    with pdfplumber.open(BytesIO(render_pdf(pages, title="x"))) as pdf:
        for sheet in pdf.pages:
            bars = [(across(r["x0"] / MM), down(r["top"] / MM), across(r["x1"] / MM)) for r in sheet.rects]
            lines = [(across(line["x0"] / MM), down(line["top"] / MM)) for line in sheet.lines]
            assert len(bars) == len(lines) == 4
            for (x, y), bar, line in zip(places, bars, lines, strict=True):
                assert bar == pytest.approx((x + 1.5, y + 2.5, x + 51.5), abs=0.01)
                assert line == pytest.approx((x + 20, y + 5), abs=0.01)
    for (x, y), found in zip(places, pages[0].all_marks(), strict=True):
        assert (across(found.at_mm[0]), down(found.at_mm[1])) == pytest.approx((x + 20, y + 10))
        assert found.at_mm[0] - found.zero_at_mm[0] == pytest.approx(2 * found.mm_per_ml)
    at_zero = replace(mark, ml=Fraction(0), at_mm=mark.zero_at_mm)
    (found,) = correction(replace(label, marks=(at_zero,))).marks
    assert found.mm_per_ml == pytest.approx(5 / 0.994)


def test_a_shape_that_the_correction_moves_off_the_paper_is_refused_with_its_edge() -> None:
    near = Text(x_mm=0.5, y_mm=20, text="Sam", size_pt=9, name="patient")
    with pytest.raises(DoesNotFit) as refused:
        corrected(Page(width_mm=50, height_mm=30, shapes=(near,)), row())
    assert str(refused.value) == (
        "To make up for its error, printer 'desk' would have to print 'patient' 0.4\u00a0mm over the left edge "
        "of the paper. Move the paper in the printer so that its shift is smaller and calibrate again, or use a "
        "larger label."
    )
    edge = Box(
        x_mm=0, y_mm=0, width_mm=50, height_mm=30, stroke_mm=0.1
    )  # half of it was off the paper before
    assert corrected(Page(width_mm=50, height_mm=30, shapes=(edge,)), row()).shapes
    unnamed = Line(x1_mm=49, y1_mm=1, x2_mm=49.9, y2_mm=1, width_mm=0.2)
    with pytest.raises(DoesNotFit, match=r"print a part of the page 1\.3.mm over the right edge"):
        corrected(Page(width_mm=50, height_mm=30, shapes=(unnamed,)), row(offset_x_mm=Signed(-1)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"scale_x": Fraction("0.89")},
            "The scale across of printer 'desk' would be 0.89, more than a tenth out. Print the calibration page "
            "at 100 % (actual size), not fitted to the paper, and measure again.",
        ),
        (
            {"scale_y": Fraction("1.11")},
            "The scale down of printer 'desk' would be 1.11, more than a tenth out. Print the calibration page "
            "at 100 % (actual size), not fitted to the paper, and measure again.",
        ),
        (
            {"offset_y_mm": Signed("-20.5")},
            "The shift down of printer 'desk' would be -20.5 mm, more than 20 mm. Check the paper size in the "
            "printer's settings, print the calibration page and measure again.",
        ),
        ({"dpi": 304}, "No Zebra printer has 304 dpi, as printer 'desk' would. Write 203, 300 or 600, as its type plate says."),
        (
            {"name": "the desk"},
            "'the desk' cannot be the name of a printer. Write up to 60 letters, digits, hyphens and points, "
            "without a space.",
        ),
    ],
)  # fmt: skip
def test_an_error_that_no_printer_in_order_has_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(LiquidoseError) as refused:
        row(**changes)
    assert str(refused.value) == message


def test_the_greatest_error_allowed_is_allowed() -> None:
    assert row(scale_x=Fraction("0.9"), scale_y=Fraction("1.1"), offset_x_mm=Signed(-20), dpi=203).dpi == 203


def test_a_printer_s_row_for_the_stock_goes_before_its_general_row() -> None:
    general, special = row(), row(stock="avery-l7160", scale_x=Fraction(1))
    other = row(name="ward", stock="avery-5160")
    known = (general, special, other)
    assert printer_of("desk", "avery-l7160", known) is special
    assert printer_of("desk", "avery-5160", known) is general
    assert printer_of("desk", None, known) is general
    for name, stock, message in (
        ("dessk", None, "There is no printer 'dessk' in the site file. Did you mean 'desk'?"),
        ("zebra", None, "There is no printer 'zebra' in the site file. 'liquidose printers calibrate zebra' begins one."),
        (
            "ward", "avery-l7160",
            "Printer 'ward' was measured on 'avery-5160', and not on 'avery-l7160'. "
            "Print 'liquidose printers calibrate ward --stock avery-l7160' and measure it.",
        ),
        (
            "ward", None,
            "Printer 'ward' was measured on 'avery-5160', and not on plain paper. "
            "Print 'liquidose printers calibrate ward' and measure it.",
        ),
    ):  # fmt: skip
        with pytest.raises(LiquidoseError) as refused:
            printer_of(name, stock, known)
        assert str(refused.value) == message


def test_the_site_file_holds_shifts_below_zero_and_no_other_number_below_zero() -> None:
    site = decode_toml('[[printer]]\nname = "desk"\noffset_x_mm = -0.25\nscale_x = 1.001\n', Site, name="s")
    assert site.printer == (Printer(name="desk", offset_x_mm=Signed("-0.25"), scale_x=Fraction("1.001")),)
    with pytest.raises(BadFile, match=r"'-1.0' is below zero"):
        decode_toml('[[printer]]\nname = "desk"\nscale_x = -1.0\n', Site, name="s")
    with pytest.raises(
        BadFile, match=r"The scale across of printer 'desk' would be 0\.5, more than a tenth out"
    ):
        decode_toml('[[printer]]\nname = "desk"\nscale_x = 0.5\n', Site, name="s")
    twice = '[[printer]]\nname = "desk"\n' * 2
    with pytest.raises(BadFile, match="Printer 'desk' has two rows for every stock without a row of its own"):
        decode_toml(twice, Site, name="s")


def test_what_is_measured_is_stored_listed_and_used(tmp_path: Path) -> None:
    assert "No printer is in the site file." in run("printers", "list").output
    typed = (
        "printers",
        "set",
        "desk",
        "--bar-x",
        "99.4",
        "--bar-y",
        "100.2",
        "--shift-x",
        "0.8",
        "--shift-y",
        "-0.3",
    )
    result = run(*typed)
    assert result.exit_code == 0
    assert "There was no site file; written to liquidose.toml." in result.output
    site = load_site("liquidose.toml")
    assert site.printer == (row(),)
    line = (
        "desk, every stock without a row of its own: 100 mm come out as 99.4 mm across and 100.2 mm down, "
        "shifted by 0.8 mm to the right and -0.3 mm down"
    )
    assert run("printers", "list").output == line + "\n"
    assert "Written to liquidose.toml." in run(*typed, "--dpi", "203").output
    assert "; 203 dpi" in run(*typed).output  # a new measurement keeps the printer's head
    run(*typed, "--stock", "avery-l7160")
    assert len(load_site("liquidose.toml").printer) == 2
    done = run(
        "stocks", "show", "avery-l7160", "--outline", "--printer", "desk", "-o", str(tmp_path / "o.pdf")
    )
    assert done.exit_code == 0
    with pdfplumber.open(tmp_path / "o.pdf") as pdf:
        first = min(
            (r for r in pdf.pages[0].rects if r["height"] / MM > 30), key=lambda r: (r["top"], r["x0"])
        )
    assert first["x0"] / MM == pytest.approx((7.2 - 0.8) / 0.994, abs=0.01)
    assert first["top"] / MM == pytest.approx((15.15 + 0.3) / 1.002, abs=0.01)
    refused = run("stocks", "show", "avery-l7160", "--outline", "--printer", "dask", "-o", "no.pdf")
    assert refused.exit_code == 2
    assert "Did you mean 'desk'?" in refused.stderr
    assert not Path("no.pdf").exists()


@pytest.mark.parametrize(
    ("changed", "value", "status", "message"),
    [
        ("--bar-x", "80", 3, "The scale across of printer 'desk' would be 0.8, more than a tenth out."),
        ("--bar-x", "99,4", 2, "'99,4' could be 99.4 or 994."),
        ("--shift-x", "--1", 2, "'-1' has a sign."),
        ("--shift-y", "25", 3, "The shift down of printer 'desk' would be 25 mm, more than 20 mm."),
        ("--stock", "avery-9", 2, "There is no label stock 'avery-9'."),
    ],
)
def test_nothing_is_stored_of_a_measurement_that_is_refused(
    changed: str, value: str, status: int, message: str
) -> None:
    options = {"--bar-x": "100", "--bar-y": "100", "--shift-x": "0", "--shift-y": "0", changed: value}
    result = run("printers", "set", "desk", *(part for pair in options.items() for part in pair))
    assert result.exit_code == status
    assert message in result.stderr
    assert not Path("liquidose.toml").exists()


def test_comments_and_all_else_in_the_site_file_survive() -> None:
    before = (
        '# ours\nprofile = "uk"  # since 2024\n\n[[printer]]  # the old one\nname = "ward"\nscale_x = 1.01  # worn\n\n'
        '[[printer]]\nname = "desk"\nscale_x = 1.02 # measured by Jo\ndpi = 203\n\n# the drawer\n[limits]\nmost_draws = 2\n'
    )
    Path("liquidose.toml").write_text(before, encoding="utf-8")
    put_row(
        "liquidose.toml",
        "printer",
        {"name": "desk", "scale_x": Fraction("0.994"), "dpi": None},
        keys=("name", "stock"),
    )
    after = Path("liquidose.toml").read_text(encoding="utf-8")
    assert after == before.replace("scale_x = 1.02 #", "scale_x = 0.994 #").replace("dpi = 203\n", "")
    put_row(
        "liquidose.toml",
        "printer",
        {"name": "third", "offset_x_mm": Fraction("-0.5")},
        keys=("name", "stock"),
    )
    grown = Path("liquidose.toml").read_text(encoding="utf-8")
    assert all(
        part in grown for part in ("# ours", "# since 2024", "# the old one", "# worn", "Jo", "# the drawer")
    )
    assert [p.name for p in load_site("liquidose.toml").printer] == ["ward", "desk", "third"]
    assert load_site("liquidose.toml").limits.most_draws == 2


def test_a_site_file_that_would_have_a_fault_is_left_as_it_was() -> None:
    path = Path("liquidose.toml")
    for text, keys, message in (
        ("printer = []\n", ("name",), "'printer' is a list in brackets, to which no row can be added."),
        ("profil = 1\n", ("name",), "there is no key 'profil'. Did you mean 'profile'?"),
        ('[[printer]]\nname = "desk"\n', ("name", "scale_x"), "Printer 'desk' has two rows"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BadFile, match=message.replace("?", r"\?")):
            put_row("liquidose.toml", "printer", {"name": "desk", "scale_x": Fraction(1)}, keys=keys)
        assert path.read_text(encoding="utf-8") == text
    with pytest.raises(ValueError, match="1/3 is no decimal of 12 digits"):
        put_row("new.toml", "printer", {"name": "desk", "scale_x": Fraction(1, 3)}, keys=("name",))
    with pytest.raises(CannotWrite):
        put_row("nowhere/new.toml", "printer", {"name": "desk"}, keys=("name",))


def test_a_row_that_would_change_the_rest_of_the_file_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path("liquidose.toml")
    path.write_text('profile = "uk"\n', encoding="utf-8")
    monkeypatch.setattr("liquidose.site_writing.tomlkit.dumps", lambda _: '[[printer]]\nname = "desk"\n')
    with pytest.raises(BadFile) as refused:
        put_row("liquidose.toml", "printer", {"name": "desk"}, keys=("name", "stock"))
    assert str(refused.value) == (
        "liquidose.toml is written in a way that no row can be added to without changing the rest. "
        "Move its [[printer]] rows to the end, and try again."
    )
    assert path.read_text(encoding="utf-8") == 'profile = "uk"\n'


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("stock", [None, "avery-l7160", "avery-5160"])
def test_the_calibration_page_has_its_bars_and_crosses_where_it_says(paper: str, stock: str | None) -> None:
    on = ("--stock", stock) if stock else ("--paper", paper)
    result = run("printers", "calibrate", "desk", *on, "-o", "c.pdf")
    assert result.exit_code == 0
    with pdfplumber.open("c.pdf") as pdf:
        (page,) = pdf.pages
        wide, high = float(page.width) / MM, float(page.height) / MM
        bars = sorted((r["width"] / MM, r["height"] / MM) for r in page.rects if r["fill"])
        crossings = {
            (round(a["x0"] / MM, 2), round(b["top"] / MM, 2))
            for a in page.lines if abs(a["x0"] - a["x1"]) < 0.01
            for b in page.lines if abs(b["top"] - b["bottom"]) < 0.01
            and b["x0"] < a["x0"] < b["x1"] and a["top"] < b["top"] < a["bottom"]
        }  # fmt: skip
        words = page.extract_text()
    assert bars == [
        (pytest.approx(1), pytest.approx(100, abs=0.005)),
        (pytest.approx(100, abs=0.005), pytest.approx(1)),
    ]
    corners = {
        (10, 10),
        (round(wide - 10, 2), 10),
        (10, round(high - 10, 2)),
        (round(wide - 10, 2), round(high - 10, 2)),
    }
    if stock:
        found = stock_of(stock)
        first = found.columns * (found.rows - 1)
        row_of = {
            (round(float(p.x_mm), 2), round(float(p.y_mm), 2))
            for p in map(found.origin_mm, range(first, first + found.columns))
        }
    else:
        row_of = {(round(wide / 2, 2), round(high - 10, 2))}
    assert crossings == corners | row_of
    command = f"liquidose printers set desk{f' --stock {stock}' if stock else ''} --bar-x MM --bar-y MM"
    assert command in words.replace("\u00a0", " ")
    assert command in result.output
    assert "less a tenth of bar-x" in result.output


def test_measuring_a_simulated_printer_by_the_words_of_the_page_gives_its_error_back() -> None:
    error = row()
    across, down = printed(error)
    for stock in (None, stock_of("avery-l7160"), stock_of("zebra-4x6in"), stock_of("dymo-99012")):
        bars = bars_of(stock)
        page = calibration_page("desk", stock)
        corner = [s for s in page.named("corner:1") if isinstance(s, Line)]
        x, y = corner[1].x1_mm, corner[0].y1_mm
        bar_x, bar_y = (shape for name in ("bar:x", "bar:y") for shape in page.named(name))
        assert isinstance(bar_x, Box)
        assert isinstance(bar_y, Box)
        read_x = across(bar_x.x_mm + bar_x.width_mm) - across(bar_x.x_mm)
        read_y = down(bar_y.y_mm + bar_y.height_mm) - down(bar_y.y_mm)
        assert read_x / bars.across.mm == pytest.approx(float(error.scale_x))
        assert across(x) - read_x / bars.across.part == pytest.approx(float(error.offset_x_mm))
        assert down(y) - read_y / bars.down.part == pytest.approx(float(error.offset_y_mm))


def test_every_stock_has_a_calibration_page_inside_its_print_box_or_a_refusal() -> None:
    for stock in stocks():
        if stock.id in TOO_SMALL:
            with pytest.raises(DoesNotFit) as refused:
                calibration_page("desk", stock)
            assert str(refused.value) == (
                f"{stock.id} has no room for bars of 20\u00a0mm both ways. Calibrate the printer on a larger stock."
            )
            continue
        page = calibration_page("desk", stock)
        assert render_pdf([page], title="x")
        if stock.print_x0_mm is None or stock.print_width_mm is None:
            continue
        left, right = float(stock.print_x0_mm), float(stock.print_x0_mm + stock.print_width_mm)
        for shape in page.shapes:
            if isinstance(shape, Line):
                assert left <= min(shape.x1_mm, shape.x2_mm) <= max(shape.x1_mm, shape.x2_mm) <= right
            if isinstance(shape, Box):
                assert left <= shape.x_mm < shape.x_mm + shape.width_mm <= right


def test_a_calibration_page_is_refused_for_a_stock_that_is_not_there_or_a_name_with_a_space() -> None:
    assert run("printers", "calibrate", "desk", "--stock", "avery-9").exit_code == 2
    result = run("printers", "calibrate", "the desk")
    assert result.exit_code == 2
    assert "'the desk' cannot be the name of a printer." in result.stderr
    assert not list(Path().iterdir())


def test_a_site_file_with_a_fault_stops_the_list() -> None:
    Path("liquidose.toml").write_text("profil = 1\n", encoding="utf-8")
    assert run("printers", "list").exit_code == 2


def test_a_scale_too_far_out_is_a_refusal_for_safety() -> None:
    with pytest.raises(CheckTheAmount):
        row(scale_x=Fraction("0.5"))


def test_the_calibration_page_of_a_zebra_printer_is_measured_through_the_same_dots() -> None:
    result = run(
        "printers", "calibrate", "zebra", "--stock", "zebra-4x6in", "--format", "zpl", "--dpi", "203", "-o", "c.zpl"
    )  # fmt: skip
    assert result.exit_code == 0
    assert "1. bar-x: the length of the bar across, 80\u00a0mm if all is well." in result.output
    (picture,) = ZebrafyZPL(Path("c.zpl").read_text(encoding="ascii")).to_images()
    rows = [
        "".join("#" if not picture.getpixel((x, y)) else " " for x in range(picture.width))
        for y in range(400, 800)
    ]
    longest = max(len(run_) for row_ in rows for run_ in row_.split())
    assert longest == pytest.approx(80 * 8, abs=1)
    refused = run(
        "printers", "calibrate", "zebra", "--stock", "zebra-4x6in", "--format", "zpl", "-o", "d.zpl"
    )
    assert refused.exit_code == 3
    assert "ZPL needs the dots of the printer." in refused.stderr
    assert not Path("d.zpl").exists()
