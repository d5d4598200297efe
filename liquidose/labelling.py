"""From orders to a document of labels: each planned, set in its design, laid on its stock, written whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import NamedTuple

import msgspec

from liquidose._version import __version__
from liquidose.devices.stocks import SHEETS, Stock, stock_of
from liquidose.errors import BadOption
from liquidose.fields import codes_of
from liquidose.files import data_version, write_whole
from liquidose.manifest import LabelEntry, Manifest, PageEntry, elements_of
from liquidose.orders.order import Order
from liquidose.pages.checking import check_label, margin_bar
from liquidose.pages.fonts import further_face
from liquidose.pages.imposing import Fill, Rest, free_places, page_size, rest_on
from liquidose.pages.of_plan import PlanLayout, words_on
from liquidose.pages.shapes import Page, Placed, Shape
from liquidose.pages.templates import Template, load_template
from liquidose.plan import Plan, make_plan
from liquidose.render.pdf import Document
from liquidose.site import Site


class Run(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How labels are printed: the design, the stock, and which places of it are free.

    Raises:
        BadOption: fewer than one copy or part, or a reprint without its reason.
    """

    template: Template
    stock: Stock | None = None
    """None for a page of each label's own size."""
    start_at: tuple[int, ...] = ()
    """The first free place of the first sheet, of the second, …"""
    skip: tuple[frozenset[int], ...] = ()
    """The used places of the first sheet, of the second, …"""
    fill: Fill = "rows"
    copies: int | None = None
    """Labels for each order; None for as many as the order says."""
    reprint: int = 0
    reason: str = ""
    elements: bool = False
    """Whether the manifest lists every element."""

    def __post_init__(self) -> None:
        if self.copies is not None and not 1 <= self.copies <= 1000:
            raise BadOption(
                f"{self.copies} copies cannot be printed.", "Ask for 1 to 1,000.", given=str(self.copies)
            )
        if self.reprint < 0 or bool(self.reprint) != bool(self.reason.strip()):
            raise BadOption(
                "A reprint has a number from 1 and a reason.",
                'Write both: --reprint 1 --reason "jammed".',
                given=str(self.reprint),
            )
        if self.stock is None and (self.start_at or self.skip):
            raise BadOption("Places are counted on a stock.", "Name the stock.", given="start_at")


class Label(NamedTuple):
    """One label ready to be laid on paper."""

    order: int
    id: str
    page: Page


def write_labels(  # noqa: PLR0913  (each is one thing a print job says)
    orders: Iterable[Order | Plan],
    target: str | os.PathLike[str],
    *,
    template: str | Template = "dispensing",
    stock: str | Stock | None = None,
    start_at: int | Sequence[int] = (),
    skip: Sequence[frozenset[int]] = (),
    fill: Fill = "rows",
    copies: int | None = None,
    reprint: int = 0,
    reason: str = "",
    elements: bool = False,
    site: Site | None = None,
) -> Manifest:
    """The manifest of the PDF that was written to ``target``, a label for each order in turn.

    Orders are taken one at a time, so they may come from a generator. On a refusal nothing is written.

    Raises:
        LiquidoseError: as planning an order and laying out a label do; BadOption for places a stock lacks.
        CannotWrite: the target could not be written; nothing was left behind.
    """
    site = site or Site()
    run = Run(
        template=load_template(template) if isinstance(template, str) else template,
        stock=stock_of(stock, site.stock) if isinstance(stock, str) else stock,
        start_at=(start_at,) if isinstance(start_at, int) else tuple(start_at),
        skip=tuple(skip),
        fill=fill,
        copies=copies,
        reprint=reprint,
        reason=reason,
        elements=elements,
    )
    plans = (one if isinstance(one, Plan) else make_plan(one, site) for one in orders)
    content, manifest = label_document(plans, run, site)
    write_whole(target, content)
    return manifest


def label_document(plans: Iterable[Plan], run: Run, site: Site | None = None) -> tuple[bytes, Manifest]:
    """The PDF of a label for each plan, and its manifest.

    Raises:
        BadOption: no order at all, or places a stock lacks.
        DoesNotFit, GiveWhatIsMissing, UnreadableText: as setting a label does.
    """
    site = site or Site()
    first, second, plans = _two_of(plans)
    title = f"Label: {first.drug}" if second is None else "Labels"
    document = Document(title=title)
    digest = hashlib.sha256(_encoded(run))
    entries = []
    for page, entry in _pages(_labels(plans, run, site), run, site):
        document.add(page)
        entries.append(entry)
        digest.update(" ".join(label.id for label in entry.labels).encode())
    manifest = Manifest(
        title=title,
        language=document.language,
        version=__version__,
        data_version=data_version(),
        profile=site.profile,
        template=run.template.id,
        stock=run.stock.id if run.stock else "",
        id=digest.hexdigest()[:16],
        pages=tuple(entries),
    )
    return document.finished(keywords=f"{_document_words(site)}, id {manifest.id}"), manifest


def _two_of(plans: Iterable[Plan]) -> tuple[Plan, Plan | None, Iterator[Plan]]:
    """The first plan, the second if there is one, and all of them."""
    rest = iter(plans)
    first = next(rest, None)
    if first is None:
        raise BadOption("There is no order to print a label for.", "Give at least one.", given="")
    second = next(rest, None)
    return first, second, chain([first] if second is None else [first, second], rest)


def _encoded(value: object) -> bytes:
    return msgspec.json.encode(value, enc_hook=str, order="deterministic")


def _document_words(site: Site) -> str:
    return f"liquidose {__version__}, data {data_version()}, {site.profile} rules"


def _labels(plans: Iterable[Plan], run: Run, site: Site) -> Iterator[Label]:
    """Every label in the order of the plans: each part of an order, and each copy of a part."""
    layout = PlanLayout(run.template, further=tuple(further_face(path) for path in site.fonts))
    known = {element.field for element in run.template.text}
    made_from = hashlib.sha256(_encoded((__version__, data_version(), run.template))).digest()
    words = _document_words(site)
    again = f"REPRINT {run.reprint}: {run.reason.strip()}" if run.reprint else ""
    for number, plan in enumerate(plans, 1):
        texts = words_on(run.template, plan)
        given = plan.order.dispense
        parts, copies = (1, 1) if run.template.kind == "worksheet" else (given.parts, given.copies)
        for part in range(1, parts + 1):
            copy = " · ".join(filter(None, (f"{part} of {parts}" if parts > 1 else "", again)))
            shown = {**texts, "copy": (copy,)} if copy else texts
            identity = hashlib.sha256(made_from + msgspec.json.encode(shown)).hexdigest()[:8]
            own = {"document": (f"{words}, id {identity}",), "id": (identity,)}
            codes = {**codes_of(plan), "document": identity} if run.template.barcode else {}
            wanted = {field: words for field, words in own.items() if field in known}
            page = layout.label(plan, {**shown, **wanted}, codes)
            for _ in range(run.copies or copies):
                yield Label(number, identity, page)


def _pages(labels: Iterator[Label], run: Run, site: Site) -> Iterator[tuple[Page, PageEntry]]:
    """The labels on their pages, with what the manifest says of each page."""
    template, stock = run.template, run.stock
    size, rest = (template.width_mm, template.height_mm), Rest(0, 0)
    art: tuple[Shape, ...] = ()
    if stock is not None:
        rest = rest_on(template, stock, site.stock)
        size = page_size(template, stock, rest)
        art = margin_bar(stock, f"{stock.id}. {_document_words(site)}.") if template.check_bar is None else ()
    if template.check_bar is None and not art:
        bar = check_label(template.width_mm, template.height_mm, template.margin_mm, (_document_words(site),))
        labels = chain([Label(0, "", bar)], labels)
    margin = Page(width_mm=size[0], height_mm=size[1], shapes=art)
    corners: dict[int, tuple[float, float]] = {}
    for number, (_, some) in enumerate(groupby(_placed(labels, run), key=itemgetter(0)), 1):
        shapes: list[Shape] = [Placed(x_mm=0, y_mm=0, page=margin, again=True, name="margin")] if art else []
        entries = []
        for _, place, label in some:
            if place not in corners:
                corners[place] = _corner(stock, place, rest)
            x, y = corners[place]
            shapes.append(Placed(x_mm=x, y_mm=y, page=label.page))
            elements = elements_of(label.page, x, y) if run.elements else ()
            entries.append(
                LabelEntry(order=label.order, id=label.id, place=place, x_mm=x, y_mm=y, elements=elements)
            )
        entry = PageEntry(number=number, width_mm=size[0], height_mm=size[1], labels=tuple(entries))
        yield Page(width_mm=size[0], height_mm=size[1], shapes=tuple(shapes)), entry


def _corner(stock: Stock | None, place: int, rest: Rest) -> tuple[float, float]:
    """The top left corner of a design in its place on the page."""
    if stock is None or stock.paper not in SHEETS:
        return rest.x_mm, rest.y_mm
    label = stock.origin_mm(place - 1)
    return float(label.x_mm) + rest.x_mm, float(label.y_mm) + rest.y_mm


def _placed(labels: Iterator[Label], run: Run) -> Iterator[tuple[int, int, Label]]:
    """Each label with its page and its place there; without a sheet, a page for each."""
    if run.stock is None or run.stock.paper not in SHEETS:
        yield from ((page, 1, label) for page, label in enumerate(labels, 1))
    else:
        free = free_places(run.stock, start_at=run.start_at, skip=run.skip, fill=run.fill)
        yield from ((page, place, label) for label, (page, place) in zip(labels, free, strict=False))
