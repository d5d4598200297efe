"""docs/stocks.md: every design is printed on the stocks that the page names, and only one has a colour."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from marks import calibration_row

from liquidose.devices.stocks import stock_of
from liquidose.devices.syringes import syringes_of
from liquidose.files import decode_toml
from liquidose.labelling import label_document
from liquidose.orders.order import load_order
from liquidose.pages.imposing import stocks_for
from liquidose.pages.templates import load_template, shipped_templates
from liquidose.plan import make_plan
from liquidose.print_run import Run
from liquidose.site import Site

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "stocks.md").read_text(encoding="utf-8")
ROWS = re.findall(
    r"^\| \[`(.*?)`\]\(.*?\) \| \[.*?\]\(\.\./(.*?)\) \| (.*?) \| (.*?) \|$", PAGE, re.MULTILINE
)
COLOURED = {"syringe"}


def site_for(design: str) -> Site:
    if design != "syringe-mark":
        return Site()
    (syringe,) = syringes_of(["bd-oral-5"])
    return decode_toml(f'stocked = ["bd-oral-5"]\n{calibration_row(syringe)}', Site, name="site.toml")


def grey(colour: Any) -> bool:
    """Whether a colour of a PDF, in one, three or four parts, is black, white or between."""
    parts = colour if isinstance(colour, tuple) else (colour,)
    return len(parts) == 1 or (len(parts) == 3 and len(set(parts)) == 1)


def test_the_page_has_a_row_and_a_picture_of_every_shipped_design() -> None:
    assert [design for design, *_ in ROWS] == re.findall(r"^## (.*)$", PAGE, re.MULTILINE)
    assert {design for design, *_ in ROWS} == set(shipped_templates())
    for design, *_ in ROWS:
        assert f"](pictures/stock-{design}.png)" in PAGE
        assert (ROOT / "docs" / "pictures" / f"stock-{design}.png").stat().st_size < 80_000


@pytest.mark.parametrize(("design", "order", "sheet", "roll"), ROWS)
def test_a_design_is_printed_on_the_stocks_of_its_row(design: str, order: str, sheet: str, roll: str) -> None:
    template = load_template(design)
    plan = make_plan(load_order(str(ROOT / order)), site_for(design))
    fitting = {stock.id: stock.paper for stock in stocks_for(template)}
    assert (sheet == "plain paper") == (not fitting)
    assert (roll == "none") == ("roll" not in fitting.values())
    assert fitting.get(sheet.strip("`"), "A4") in {"A4", "Letter"}
    assert fitting.get(roll.strip("`"), "none") == ("none" if roll == "none" else "roll")
    for name in (sheet, roll):
        stock = stock_of(name.strip("`")) if "`" in name else None
        content, made = label_document([plan], Run(template=template, stock=stock), site_for(design))
        assert made.labels == 1
        with pdfplumber.open(BytesIO(content)) as file:
            drawn = [s for page in file.pages for s in (*page.chars, *page.rects, *page.curves, *page.lines)]
        colours = [s[of] for s in drawn for of in ("stroking_color", "non_stroking_color")]
        assert all(map(grey, colours)) == (design not in COLOURED)
