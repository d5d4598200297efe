"""Labels on their pages: each in its place on the stock, the check bar with them, made up for the printer's error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby, repeat, takewhile
from operator import itemgetter

from liquidose.devices.stocks import SHEETS, Stock
from liquidose.manifest import LabelEntry, PageEntry, elements_of
from liquidose.pages.checking import check_label, margin_bar
from liquidose.pages.correction import Correction
from liquidose.pages.imposing import Rest, free_places, page_size, rest_on
from liquidose.pages.shapes import Page, Placed, Shape, Text
from liquidose.print_run import Label, Run
from liquidose.render.pdf import made_by
from liquidose.site import Site


def pages_of(labels: Iterable[Label], run: Run, site: Site) -> Iterator[tuple[Page, PageEntry]]:
    """The labels on their pages, with what the manifest says of each page.

    Raises:
        BadOption: places a stock lacks.
        DoesNotFit: the design does not fit the stock.
    """
    template, stock = run.template, run.stock
    size, rest = (template.width_mm, template.height_mm), Rest(0, 0)
    art = _margin_art(run, site)
    if stock is not None:
        rest = rest_on(template, stock, site.stock)
        size = page_size(template, stock, rest)
    if template.check_bar is None and not art:
        words = (run.again, made_by(run.rules(site.profile)))
        bar = check_label(template.width_mm, template.height_mm, template.margin_mm, words)
        labels = chain([Label(0, "", bar, again=_told(run.again, bar.shapes))], labels)
    each = (copy for label in labels for copy in repeat(label, label.copies))
    margin = Page(width_mm=size[0], height_mm=size[1], shapes=art)
    under: list[Shape] = [Placed(x_mm=0, y_mm=0, page=margin, again=True, name="margin")] if art else []
    correct = Correction(run.printer) if run.printer else None
    corners: dict[int, tuple[float, float]] = {}
    for number, (_, some) in enumerate(groupby(_placed(each, run), key=itemgetter(0)), 1):
        shapes = list(under)
        laid = []
        for _, place, label in some:
            if place not in corners:
                corners[place] = _corner(stock, place, rest)
            x, y = corners[place]
            shapes.append(Placed(x_mm=x, y_mm=y, page=label.page))
            laid.append((place, label))
        page = Page(width_mm=size[0], height_mm=size[1], shapes=tuple(shapes))
        if correct:
            page = correct(page)
        yield page, _entry(number, page, laid, elements=run.elements, again=_told(run.again, art))


def _told(words: str, shapes: Iterable[Shape]) -> str:
    """These words, where they stand among the shapes as one text or as rows of one; else nothing."""
    return words if words in " ".join(shape.text for shape in shapes if isinstance(shape, Text)) else ""


def _entry(
    number: int, page: Page, laid: list[tuple[int, Label]], *, elements: bool, again: str
) -> PageEntry:
    """What the manifest says of a page as it is drawn: its last shapes are the labels."""
    entries = []
    for (place, label), shape in zip(laid, page.shapes[-len(laid) :], strict=True):
        if isinstance(shape, Placed):
            found = elements_of(shape.page, shape.x_mm, shape.y_mm) if elements else ()
            entries.append(
                LabelEntry(
                    order=label.order,
                    id=label.id,
                    place=place,
                    x_mm=round(shape.x_mm, 4),
                    y_mm=round(shape.y_mm, 4),
                    elements=found,
                    reprint=label.again,
                )
            )
    return PageEntry(
        number=number,
        width_mm=page.width_mm,
        height_mm=page.height_mm,
        labels=tuple(entries),
        reprint=again,
    )


def _corner(stock: Stock | None, place: int, rest: Rest) -> tuple[float, float]:
    """The top left corner of a design in its place on the page."""
    if stock is None or stock.paper not in SHEETS:
        return rest.x_mm, rest.y_mm
    label = stock.origin_mm(place - 1)
    return float(label.x_mm) + rest.x_mm, float(label.y_mm) + rest.y_mm


def _placed(labels: Iterable[Label], run: Run) -> Iterator[tuple[int, int, Label]]:
    """Each label with its page and its place there; without a sheet, a page for each."""
    if run.stock is None or run.stock.paper not in SHEETS:
        yield from ((page, 1, label) for page, label in enumerate(labels, 1))
    else:
        free = free_places(run.stock, start_at=run.start_at, skip=run.skip, fill=run.fill)
        yield from ((page, place, label) for label, (page, place) in zip(labels, free, strict=False))


def labels_on(sheets: int, run: Run, site: Site) -> int:
    """How many labels fill so many sheets or pages, the check label left out.

    Raises:
        BadOption: places the stock lacks.
    """
    room = sheets
    if run.stock is not None and run.stock.paper in SHEETS:
        free = free_places(run.stock, start_at=run.start_at, skip=run.skip, fill=run.fill)
        room = sum(1 for _ in takewhile(lambda place: place[0] <= sheets, free))
    return room - int(run.template.check_bar is None and not _margin_art(run, site))


def _margin_art(run: Run, site: Site) -> tuple[Shape, ...]:
    """The check bar in the margin of a sheet; nothing where the design has its own, or no margin has room for it."""
    if run.stock is None or run.template.check_bar is not None:
        return ()
    words = (run.again, f"{run.stock.id}.", f"{made_by(run.rules(site.profile))}.")
    return margin_bar(run.stock, *words)
