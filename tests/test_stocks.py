"""Label stock: every sheet's grid fits its paper, and each label lies where its index says."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from click.testing import CliRunner, Result

from liquidose import LiquidoseError
from liquidose.cli import main
from liquidose.devices.stocks import SHEETS, Stock, find_stocks, stock_of, stocks
from liquidose.pages.outline import outline_page
from liquidose.render.pdf import render_pdf

MM = 72 / 25.4
EVERY = [pytest.param(stock, id=stock.id) for stock in stocks()]


pytestmark = pytest.mark.usefixtures("bare_environment")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["stocks", *arguments], prog_name="liquidose")


def own(**changes: Any) -> Stock:
    row: dict[str, Any] = {
        "id": "own", "brand": "Ours", "part": "1", "description": "two by two", "paper": "A4", "shape": "rect",
        "label_width_mm": Fraction(100), "label_height_mm": Fraction(140), "columns": 2, "rows": 2,
        "x0_mm": Fraction(5), "y0_mm": Fraction(8), "dx_mm": Fraction(100), "dy_mm": Fraction(140),
        "source": "measured, 2026", "confidence": "low",
    }  # fmt: skip
    return Stock(**(row | changes))


def test_the_catalogue_has_its_113_stocks_each_once() -> None:
    assert len(stocks()) == 113
    assert len({stock.id for stock in stocks()}) == 113


@pytest.mark.parametrize("stock", EVERY)
def test_every_label_lies_on_its_paper_apart_from_the_others(stock: Stock) -> None:
    width, height = stock.page_mm
    corners = [stock.origin_mm(i) for i in range(stock.columns * stock.rows)]
    assert len(set(corners)) == len(corners)
    if stock.paper in SHEETS:
        for corner in corners:
            assert corner.x_mm + stock.label_width_mm <= width + Fraction(1, 4)
            assert corner.y_mm + stock.label_height_mm <= height + Fraction(1, 4)
    assert stock.source


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dx_mm": Fraction(99)}, "the columns overlap by 1 mm"),
        ({"dy_mm": Fraction("139.5")}, "the rows overlap by 0.5 mm"),
        ({"x0_mm": Fraction("11.5")}, "the labels hang over the right edge of A4 by 1.5 mm"),
        ({"y0_mm": Fraction(20)}, "the labels hang over the bottom edge of A4 by 3 mm"),
        ({"per_sheet": 5}, "per_sheet says 5, and the grid has 4 labels"),
        ({"columns": 0}, "a stock has at least one label"),
        ({"source": ""}, "source must say where the figures come from"),
    ],
)
def test_a_grid_that_cannot_be_is_refused_with_its_millimetres(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        own(**changes)


def test_published_figures_may_be_rounded() -> None:
    assert own(x0_mm=Fraction("10.25")).columns == 2
    assert own(dx_mm=Fraction("99.95")).columns == 2


def test_origins_come_from_the_index_and_never_add_up() -> None:
    stock = stock_of("avery-l7160")
    assert stock.origin_mm(0) == (Fraction("7.2"), Fraction("15.15"))
    assert stock.origin_mm(20) == (
        Fraction("7.2") + 2 * Fraction("66.04"),
        Fraction("15.15") + 6 * Fraction("38.1"),
    )
    for index in (-1, 21):
        with pytest.raises(IndexError):
            stock.origin_mm(index)


def test_stocks_are_found_by_size_either_way_round_and_by_paper() -> None:
    found = {s.id for s in find_stocks(size_mm=(Fraction(38), Fraction(63)), paper="A4")}
    assert "avery-l7160" in found
    assert {s.paper for s in find_stocks(paper="roll")} == {"roll"}
    assert len(find_stocks()) == 113


@pytest.mark.parametrize("stock", [p for p in EVERY if p.values[0].shape != "continuous"])  # type: ignore[union-attr]
def test_the_outline_shows_every_label_where_it_lies(stock: Stock) -> None:
    page = outline_page(stock)
    for index in range(stock.columns * stock.rows):
        (shape, *_) = page.named(f"label:{index + 1}")
        place = stock.origin_mm(index)
        if stock.shape == "rect":
            assert (shape.x_mm, shape.y_mm) == (float(place.x_mm), float(place.y_mm))  # type: ignore[union-attr]
    assert (page.width_mm, page.height_mm) == tuple(map(float, stock.page_mm))


def test_the_outline_of_a_sheet_is_printed_at_true_size(tmp_path: Path) -> None:
    target = tmp_path / "o.pdf"
    result = run("show", "avery-l7160", "--outline", "-o", str(target))
    assert result.exit_code == 0
    with pdfplumber.open(target) as pdf:
        (page,) = pdf.pages
        boxes = sorted(
            (r["x0"] / MM, r["top"] / MM)
            for r in page.rects
            if r["width"] / MM < 64 and r["height"] / MM > 30
        )
        (bar,) = [r for r in page.rects if abs(r["width"] / MM - 50) < 0.05]
    assert len(boxes) == 21
    assert boxes[0] == (pytest.approx(7.2, abs=0.01), pytest.approx(15.15, abs=0.01))
    assert bar["fill"]


def test_a_continuous_roll_has_no_outline() -> None:
    roll = next(s for s in stocks() if s.shape == "continuous")
    result = run("show", roll.id, "--outline")
    assert result.exit_code == 3
    assert "is a continuous roll" in result.stderr


def test_round_labels_are_drawn_round() -> None:
    stock = next(s for s in stocks() if s.shape == "round")
    assert render_pdf([outline_page(stock)], title="x").startswith(b"%PDF-")


def test_the_command_lists_finds_and_shows(tmp_path: Path) -> None:
    assert len(run().output.splitlines()) == 113
    assert "avery-l7160" in run("--size", "63x38", "--paper", "A4").output
    assert "No label stock is like that." in run("--size", "1x1").output
    shown = run("show", "avery-l7160").output
    assert "21 on A4" in shown
    assert "source: LibreOffice" in shown
    assert "confidence high" in shown
    assert "  note:" in run("show", "avery-5160").output
    roll = next(s for s in stocks() if s.shape == "continuous")
    assert "mm wide" in run("show", roll.id).output
    site = tmp_path / "liquidose.toml"
    site.write_text(
        '[[stock]]\nid = "ours"\nbrand = "Ours"\npart = "1"\ndescription = "one"\npaper = "A4"\nshape = "rect"\n'
        "label_width_mm = 50\nlabel_height_mm = 50\ncolumns = 1\nrows = 1\nx0_mm = 1\ny0_mm = 1\ndx_mm = 50\ndy_mm = 50\n"
        'source = "measured"\nconfidence = "low"\n',
        encoding="utf-8",
    )
    assert "ours" in run("--size", "50x50").output
    site.write_text(site.read_text(encoding="utf-8").replace("x0_mm = 1", "x0_mm = 200"), encoding="utf-8")
    result = run()
    assert result.exit_code == 2
    assert "'ours', stock[0]: the labels hang over the right edge of A4 by 40 mm." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "avery-l7161x"), "There is no label stock 'avery-l7161x'. Did you mean 'avery-l7161'?"),
        (("show", "?"), "There is no label stock '?'. 'liquidose stocks' lists them."),
        (("--size", "63"), "'63' is not a size. Write it like '63x38', in mm."),
    ],
)
def test_what_is_not_there_is_refused_with_a_remedy(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_an_unknown_stock_is_a_refusal_in_the_library_too() -> None:
    with pytest.raises(LiquidoseError):
        stock_of("nowhere")
