"""Draws the labels, cards and worksheets of the docs, each alone and on its stock, for a person to look at.

``make pictures`` runs it and writes ``docs/pictures/label*.png``, ``stock-*.png``, ``caregiver-card.png`` and ``worksheet*.png``.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image
from test_stocks_page import COLOURED, ROWS, site_for

from liquidose.devices.stocks import SHEETS, stock_of
from liquidose.labelling import label_document
from liquidose.orders.order import decode_order, load_order
from liquidose.pages.templates import load_template
from liquidose.plan import Plan, make_plan
from liquidose.print_run import Run

ROOT: Final = Path(__file__).parent.parent
PICTURES: Final = ROOT / "docs" / "pictures"
ALONE: Final = {
    "label": ("dispensing", "baclofen", 230),
    "label-dispensing-us": ("dispensing-us", "prednisolone", 150),
    "label-dispensing-uk": ("dispensing-uk", "levothyroxine", 150),
    "label-dispensing-large-print": ("dispensing-large-print", "baclofen", 100),
    "label-four-lines": ("four-lines", "baclofen", 150),
    "caregiver-card": ("caregiver-card", "new-strength", 110),
    "worksheet": ("worksheet", "paediatric", 80),
    "worksheet-blank": ("worksheet-blank", "paediatric", 80),
}
"""The pictures of one label: its design, its order, and how many dots to the inch."""
CLASSES: Final = {
    "Morphine": "opioid", "Naloxone": "opioid_antagonist", "Rocuronium": "relaxant",
    "Neostigmine": "relaxant_reversal", "Adrenaline": "adrenaline", "Oxytocin": "",
}  # fmt: skip
_FLAG_DPI: Final = 200
_ON_STOCK: Final = (320, 454)
"""The largest picture of a page on its stock, across and down."""
_GAP: Final = 12
_GROUND: Final = 215
_GREYS: Final = 32


def pictures() -> Iterator[tuple[str, Image.Image]]:
    """Each file's name with its picture."""
    for name, (design, order, dpi) in ALONE.items():
        yield name, printed(design, plan_of(order), dpi)
    long = ("baclofen", "amoxicillin and clavulanate potassium")
    flags = [printed("oral-syringe", named("syringes/baclofen", "baclofen", to), _FLAG_DPI) for to in long]
    yield "label-oral-syringe", in_rows([flags])
    labels = [printed("syringe", of_class(name, kind), _FLAG_DPI) for name, kind in CLASSES.items()]
    rows = [labels[k : k + 2] for k in range(0, len(labels), 2)]
    yield "label-syringe", in_rows([[*row, *map(in_grey, row)] for row in rows])
    for design, order, *stocks in ROWS:
        pages = [on_stock(design, order, stock.strip("`")) for stock in stocks if stock != "none"]
        grey = [in_grey(page) for page in pages] if design in COLOURED else []
        yield f"stock-{design}", in_rows([[*pages, *grey]])


def plan_of(order: str, **changes: str) -> Plan:
    """The plan of an example, with some of its text exchanged."""
    text = (ROOT / "examples" / f"{order}.toml").read_text(encoding="utf-8")
    for old, new in changes.items():
        text = text.replace(old, new)
    return make_plan(decode_order(text, name=order))


def named(order: str, old: str, new: str) -> Plan:
    """The plan of an example for another drug."""
    return plan_of(order, **{f'name = "{old}"': f'name = "{new}"'})


def of_class(name: str, kind: str) -> Plan:
    """The example of a syringe for a drug of another class, or of none."""
    key = f'class = "{kind}"' if kind else ""
    return plan_of("syringes/morphine", **{'name = "morphine"': f'name = "{name}"', 'class = "opioid"': key})


def printed(design: str, plan: Plan, dpi: float) -> Image.Image:
    """One label of a plan."""
    content, _ = label_document([plan], Run(template=load_template(design)))
    return last_page(content, dpi / 72)


def on_stock(design: str, order: str, stock: str) -> Image.Image:
    """A whole sheet of one label, or the label on its roll, as large as there is room for it."""
    known = None if stock == "plain paper" else stock_of(stock)
    places = known.columns * known.rows if known is not None and known.paper in SHEETS else 1
    plan = make_plan(load_order(str(ROOT / order)), site_for(design))
    run = Run(template=load_template(design), stock=known, copies=places)
    content, _ = label_document([plan], run, site_for(design))
    return last_page(content, None)


def last_page(content: bytes, scale: float | None) -> Image.Image:
    """The last page of a PDF, on a check label's account; without a scale, as large as there is room for it."""
    with pypdfium2.PdfDocument(io.BytesIO(content)) as pdf:
        page = pdf[len(pdf) - 1]
        wide, high = page.get_size()
        drawn: Image.Image = page.render(
            scale=scale or min(_ON_STOCK[0] / wide, _ON_STOCK[1] / high)
        ).to_pil()
        return drawn.convert("RGB")


def in_grey(picture: Image.Image) -> Image.Image:
    """The picture as a printer without colour would print it."""
    return picture.convert("L").convert("RGB")


def in_rows(rows: list[list[Image.Image]]) -> Image.Image:
    """The pictures in rows, each row centred in its height, on grey."""
    wide = max(sum(picture.width + _GAP for picture in row) for row in rows) + _GAP
    high = sum(max(picture.height for picture in row) + _GAP for row in rows) + _GAP
    sheet, down = Image.new("RGB", (wide, high), (_GROUND, _GROUND, _GROUND)), _GAP
    for row in rows:
        across, tallest = _GAP, max(picture.height for picture in row)
        for picture in row:
            sheet.paste(picture, (across, down + (tallest - picture.height) // 2))
            across += picture.width + _GAP
        down += tallest + _GAP
    return sheet


if __name__ == "__main__":
    for name, picture in pictures():
        path = PICTURES / f"{name}.png"
        picture.quantize(_GREYS).save(path, optimize=True)
        print(path.relative_to(ROOT), picture.size, path.stat().st_size)  # noqa: T201  (this file is a script)
