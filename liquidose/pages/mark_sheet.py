"""The paper a mark is printed on by itself: a plain page with its instructions, or a label of a stock."""

from __future__ import annotations

from typing import Final

from liquidose.devices.stocks import SHEETS, Paper, Stock
from liquidose.errors import DoesNotFit
from liquidose.marking import Mark
from liquidose.pages.elements import (
    BoxElement,
    CheckBar,
    LineElement,
    MarkElement,
    Place,
    TextElement,
    WordsElement,
)
from liquidose.pages.labels import lay_out
from liquidose.pages.mark import fit_strip
from liquidose.pages.shapes import Page
from liquidose.pages.templates import Template

_EDGE_MM: Final = 15.0
_STRIP_TOP_MM: Final = 32.0
_FLAG_MM: Final = 31.0
_LEAST_FLAG_MM: Final = 70.0
_CUT_MM: Final = 0.1
_TITLE: Final = "Syringe mark in true size"
_STEPS: Final = (
    "1. Print at 100\u00a0% (actual size), and measure the bar below. It must be 99.5 to 100.5\u00a0mm long; else throw this page away.",
    "2. Cut out the strip with the flag beneath it. The flag folds back along the strip's lower edge.",
    "3. Lay the strip's upper edge along the ends of the syringe's lines: arrow to the tip, the tick of 0 on the centre of its 0 line.",
    "4. Look at both ticks. If either misses the syringe's own line of its number, take the strip off and throw it away.",
    "5. To fill: pull until the ring of the stopper nearest the tip stands at the black block's edge on the TIP side.",
)

_INSET_MM: Final = 1.5
_BAR_MM: Final = 50.0
_BAR_WORDS_MM: Final = 8.0
_BAR_ROOM_MM: Final = 3.6


def mark_page(mark: Mark, paper: Paper, document: str) -> Page:
    """The plain page: strip, flag, steps, how far it may be out, a bar of 100 mm, and what the document is.

    Raises:
        DoesNotFit: the strip is longer than the paper is wide.
    """
    width, height = (float(side) for side in SHEETS[paper])
    inside = width - 2 * _EDGE_MM
    strip = fit_strip(mark, Place(_EDGE_MM, _STRIP_TOP_MM, inside, 20))
    flag_top, flag = _STRIP_TOP_MM + strip.place.height_mm, max(strip.place.width_mm, _LEAST_FLAG_MM)
    within, top = flag - 3, flag_top + _FLAG_MM + 6

    def full(
        field: str, height_mm: float, size_pt: float, floor_pt: float, *, prefix: str = ""
    ) -> TextElement:
        nonlocal top
        place = Place(_EDGE_MM, top, inside, height_mm)
        top += height_mm
        return TextElement(field=field, box_mm=place, size_pt=size_pt, floor_pt=floor_pt, prefix=prefix)

    def on_flag(field: str, at: float, high: float, size_pt: float, *, bold: bool = False) -> TextElement:
        place = Place(_EDGE_MM + 1.5, flag_top + at, within, high)
        return TextElement(
            field=field, box_mm=place, size_pt=size_pt, floor_pt=6.5, bold=bold, missing="refuse"
        )

    warnings = mark.to_mind
    texts = [
        on_flag("mark_dose", 1, 8.5, 10, bold=True),
        on_flag("mark_only", 9.7, 8.3, 9),
        on_flag("mark_use", 18.2, 7.7, 9, bold=True),
        on_flag("mark_route", 26, 4.5, 9, bold=True),
        full("mark_error", 6, 12, 10),
        full("mark_promise", 9, 10, 9),
        full("mark_source", 6, 9, 8),
        full("cautions", 10 * max(len(warnings), 1), 10, 8, prefix="Mind: "),
        full("mark_steps", 45, 10, 9),
        TextElement(field="document", box_mm=Place(_EDGE_MM, height - 13, inside, 4), size_pt=7, floor_pt=6),
    ]
    template = Template(
        id="mark",
        width_mm=width,
        height_mm=height,
        margin_mm=5,
        text=tuple(texts),
        words=(WordsElement(words=_TITLE, box_mm=Place(_EDGE_MM, 15, inside, 9), size_pt=16, bold=True),),
        box=(BoxElement(box_mm=Place(_EDGE_MM, flag_top, flag, _FLAG_MM), thick_mm=_CUT_MM),),
        mark=MarkElement(box_mm=Place(_EDGE_MM, _STRIP_TOP_MM, inside, strip.place.height_mm)),
        check_bar=CheckBar(
            left_mm=_EDGE_MM,
            top_mm=height - 20,
            length_mm=100,
            words="This bar is 100\u00a0mm long.",
            words_box_mm=Place(_EDGE_MM, height - 18, inside, 4),
            size_pt=9,
        ),
    )
    said = mark.words()
    shown = {element.field: said[element.field] for element in texts if element.field in said}
    own = {"cautions": warnings, "mark_steps": _STEPS, "document": [document]}
    return lay_out(template, {**shown, **own}, mark=mark)


def mark_on_stock(mark: Mark, stock: Stock, index: int = 0, *, identity: str = "") -> Page:
    """One page of a stock with the mark on one of its labels, counted from 0, and its short id beside the bar.

    Raises:
        DoesNotFit: the label is too small, round or endless; the message gives the mm missing.
    """
    left, top, width, height = label_box(stock, index)
    if width < _BAR_MM or height <= _BAR_ROOM_MM * 2:
        raise DoesNotFit(
            f"A label of {stock.id} has {width:.1f}\u00a0mm by {height:.1f}\u00a0mm for a mark and its bar of "
            f"{_BAR_MM:g}\u00a0mm, and that is too little.",
            "Use a larger label.",
            given=stock.id,
        )
    strip = fit_strip(mark, Place(left, top, width, height - _BAR_ROOM_MM))
    words_top = top + strip.place.height_mm + 0.8
    page_width, page_height = (float(side) for side in stock.page_mm)
    bar_top = top + height - _BAR_ROOM_MM + 0.4
    said = mark.words()
    fields = ("mark_dose", "mark_only", "mark_use", "mark_route", "mark_error")
    lines = [text for field in fields for text in said[field]]
    template = Template(
        id="mark",
        width_mm=page_width,
        height_mm=page_height,
        margin_mm=0,
        text=(
            TextElement(
                field="mark_words",
                box_mm=Place(left, words_top, width, bar_top - words_top - 0.4),
                size_pt=9,
                floor_pt=6,
                missing="refuse",
            ),
            TextElement(
                field="id",
                prefix="Label ",
                box_mm=Place(left + _BAR_WORDS_MM, bar_top + 0.9, _BAR_MM - _BAR_WORDS_MM, 2.3),
                size_pt=6,
                floor_pt=6,
            ),
        ),
        line=(
            LineElement(
                from_mm=(left, words_top - 0.4), to_mm=(left + width, words_top - 0.4), thick_mm=_CUT_MM
            ),
        ),
        mark=MarkElement(box_mm=Place(left, top, width, strip.place.height_mm)),
        check_bar=CheckBar(
            left_mm=left,
            top_mm=bar_top,
            length_mm=_BAR_MM,
            thick_mm=0.6,
            words="50\u00a0mm",
            words_box_mm=Place(left, bar_top + 0.9, _BAR_WORDS_MM, 2.3),
            size_pt=6,
        ),
    )
    return lay_out(template, {"mark_words": [*lines, *mark.to_mind], "id": [identity]}, mark=mark)


def label_box(stock: Stock, index: int) -> Place:
    """Where on a page of a stock one label may be printed on.

    Raises:
        DoesNotFit: a round or an endless label, which this does not lay out on.
    """
    if stock.shape != "rect":
        raise DoesNotFit(
            f"{stock.id} has no rectangular labels, and a mark needs one.",
            "Use another stock.",
            given=stock.id,
        )
    x, y = (float(side) for side in stock.origin_mm(index))
    left = top = _INSET_MM
    wide, high = float(stock.label_width_mm) - 2 * _INSET_MM, float(stock.label_height_mm) - 2 * _INSET_MM
    printable = (stock.print_x0_mm, stock.print_y0_mm, stock.print_width_mm, stock.print_height_mm)
    known = [float(side) for side in printable if side is not None]
    if len(known) == len(printable):
        left, top, wide, high = known
    return Place(x + left, y + top, wide, high)
