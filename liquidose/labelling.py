"""From orders to a document of labels: each planned, set in its design, laid on its stock, written whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, groupby
from operator import itemgetter
from typing import NamedTuple

import msgspec

from liquidose._version import __version__
from liquidose.devices.printers import Printer, printer_of
from liquidose.devices.stocks import SHEETS, Stock, stock_of
from liquidose.errors import BadOption, DoesNotFit
from liquidose.fields import codes_of
from liquidose.files import data_version, write_whole
from liquidose.manifest import LabelEntry, Manifest, PageEntry, elements_of
from liquidose.orders.order import Order
from liquidose.pages.checking import check_label, margin_bar
from liquidose.pages.correction import Correction
from liquidose.pages.fonts import further_face
from liquidose.pages.imposing import Fill, Rest, free_places, page_size, rest_on
from liquidose.pages.of_plan import PlanLayout, words_on
from liquidose.pages.shapes import Page, Placed, Shape
from liquidose.pages.templates import Template, load_template
from liquidose.plan import Plan, make_plan
from liquidose.render.formats import Format, file_names, render
from liquidose.render.pdf import Document, keywords_of, made_by
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
    printer: Printer | None = None
    """Whose error the pages make up for."""
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
    printer: str | None = None,
    form: Format = "pdf",
    dpi: int | None = None,
    preview: str | os.PathLike[str] | None = None,
    elements: bool = False,
    site: Site | None = None,
) -> Manifest:
    """The manifest of the file that was written to ``target``, with a label for each order in turn.

    Orders are taken one at a time, so they may come from a generator. An SVG or PNG of several pages becomes as many
    numbered files; ``preview`` is where a PNG of the first page goes besides. On a refusal nothing is written.

    Raises:
        LiquidoseError: as planning an order and laying out a label do; BadOption for places a stock lacks.
        CannotWrite: the target could not be written; nothing was left behind.
    """
    site = site or Site()
    label_stock = stock_of(stock, site.stock) if isinstance(stock, str) else stock
    run = Run(
        template=load_template(template) if isinstance(template, str) else template,
        stock=label_stock,
        start_at=(start_at,) if isinstance(start_at, int) else tuple(start_at),
        skip=tuple(skip),
        fill=fill,
        copies=copies,
        reprint=reprint,
        reason=reason,
        printer=printer_of(printer, label_stock.id if label_stock else None, site.printer)
        if printer
        else None,
        elements=elements,
    )
    plans = (one if isinstance(one, Plan) else make_plan(one, site) for one in orders)
    job = _Job(plans, run, site)
    contents = [job.pdf()] if form == "pdf" else job.pictures(form, dpi)
    pictures = [] if preview is None else [(os.fspath(preview), job.first_page_png())]
    for name, content in (
        *zip(file_names(os.fspath(target), len(contents)), contents, strict=True),
        *pictures,
    ):
        write_whole(name, content)
    return job.manifest()


def label_document(plans: Iterable[Plan], run: Run, site: Site | None = None) -> tuple[bytes, Manifest]:
    """The PDF of a label for each plan, and its manifest.

    Raises:
        BadOption: no order at all, or places a stock lacks.
        DoesNotFit, GiveWhatIsMissing, UnreadableText: as setting a label does.
    """
    job = _Job(plans, run, site or Site())
    return job.pdf(), job.manifest()


class _Job:
    """One document on its way to paper: its pages one by one, and, when they are all made, its manifest."""

    def __init__(self, plans: Iterable[Plan], run: Run, site: Site) -> None:
        first, second, self._plans = _two_of(plans)
        self._run, self._site = run, site
        self._title = f"Label: {first.drug}" if second is None else "Labels"
        self._first: Page | None = None
        self._entries: list[PageEntry] = []
        self._digest = hashlib.sha256(_encoded(run))

    def _pages(self) -> Iterator[Page]:
        for page, entry in _pages(_labels(self._plans, self._run, self._site), self._run, self._site):
            self._entries.append(entry)
            self._digest.update(" ".join(label.id for label in entry.labels).encode())
            if self._first is None and any(label.order for label in entry.labels):
                self._first = page
            yield page

    def pdf(self) -> bytes:
        """All pages as one PDF, each drawn as soon as it is laid out."""
        document = Document(title=self._title)
        for page in self._pages():
            document.add(page)
        return document.finished(keywords=keywords_of(self._site.profile, self.manifest().id))

    def pictures(self, form: Format, dpi: int | None) -> list[bytes]:
        """All pages in another format, as many files as it needs.

        Raises:
            GiveWhatIsMissing: ZPL without the dots of the printer.
            DoesNotFit: a label on its side in ZPL, or a mark that would not stand true on the printer's dots.
        """
        run = self._run
        if form == "zpl":
            dpi = dpi or (run.printer.dpi if run.printer else None)
            if run.stock is not None and rest_on(run.template, run.stock, self._site.stock).turned:
                raise DoesNotFit(
                    f"The label '{run.template.id}' would lie on its side on {run.stock.id}, and a Zebra printer "
                    "takes it upright.",
                    "Use a stock at least as wide as the design.",
                    given=run.stock.id,
                )
        return render(list(self._pages()), form, title=self._title, dpi=dpi)

    def first_page_png(self) -> bytes:
        """A picture of the first page that holds a label of an order, once all are made."""
        return render([self._first] if self._first else [], "png", title=self._title)[0]

    def manifest(self) -> Manifest:
        """What was laid out so far."""
        run = self._run
        return Manifest(
            title=self._title,
            language="en",
            version=__version__,
            data_version=data_version(),
            profile=self._site.profile,
            template=run.template.id,
            stock=run.stock.id if run.stock else "",
            printer=run.printer.name if run.printer else "",
            id=self._digest.hexdigest()[:16],
            pages=tuple(self._entries),
        )


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


def _labels(plans: Iterable[Plan], run: Run, site: Site) -> Iterator[Label]:
    """Every label in the order of the plans: each part of an order, and each copy of a part."""
    layout = PlanLayout(run.template, further=tuple(further_face(path) for path in site.fonts))
    known = {element.field for element in run.template.text}
    made_from = hashlib.sha256(_encoded((__version__, data_version(), run.template))).digest()
    words = made_by(site.profile)
    again = f"REPRINT {run.reprint}: {run.reason.strip()}" if run.reprint else ""
    for number, plan in enumerate(plans, 1):
        texts = words_on(run.template, plan)
        given = plan.order.dispense
        parts, copies = (1, 1) if run.template.kind == "worksheet" else (given.parts, given.copies)
        for part in range(1, parts + 1):
            copy = " · ".join(filter(None, (f"{part} of {parts}" if parts > 1 else "", again)))
            shown = _with_copy(texts, copy, known) if copy else texts
            identity = hashlib.sha256(made_from + msgspec.json.encode(shown)).hexdigest()[:8]
            own = {"document": (f"{words}, id {identity}",), "id": (identity,)}
            codes = {**codes_of(plan), "document": identity} if run.template.barcode else {}
            wanted = {field: words for field, words in own.items() if field in known}
            page = layout.label(plan, {**shown, **wanted}, codes)
            for _ in range(run.copies or copies):
                yield Label(number, identity, page)


def _with_copy(
    texts: Mapping[str, tuple[str, ...]], copy: str, known: AbstractSet[str]
) -> dict[str, tuple[str, ...]]:
    """The texts with which of several a label is, and that it is a reprint: in its own place, or behind another text.

    A design without any of these places is refused like every design without a place for a text.
    """
    place = next(
        (field for field in ("copy", "details", "patient", "patient_name") if field in known), "copy"
    )
    before = texts.get(place, ())
    return {**texts, place: (f"{before[0]} · {copy}", *before[1:]) if before else (copy,)}


def _pages(labels: Iterator[Label], run: Run, site: Site) -> Iterator[tuple[Page, PageEntry]]:
    """The labels on their pages, with what the manifest says of each page."""
    template, stock = run.template, run.stock
    size, rest = (template.width_mm, template.height_mm), Rest(0, 0)
    art: tuple[Shape, ...] = ()
    if stock is not None:
        rest = rest_on(template, stock, site.stock)
        size = page_size(template, stock, rest)
        art = margin_bar(stock, f"{stock.id}. {made_by(site.profile)}.") if template.check_bar is None else ()
    if template.check_bar is None and not art:
        bar = check_label(template.width_mm, template.height_mm, template.margin_mm, (made_by(site.profile),))
        labels = chain([Label(0, "", bar)], labels)
    margin = Page(width_mm=size[0], height_mm=size[1], shapes=art)
    under: list[Shape] = [Placed(x_mm=0, y_mm=0, page=margin, again=True, name="margin")] if art else []
    correct = Correction(run.printer) if run.printer else None
    corners: dict[int, tuple[float, float]] = {}
    for number, (_, some) in enumerate(groupby(_placed(labels, run), key=itemgetter(0)), 1):
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
        yield page, _entry(number, page, laid, elements=run.elements)


def _entry(number: int, page: Page, laid: list[tuple[int, Label]], *, elements: bool) -> PageEntry:
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
                    x_mm=shape.x_mm,
                    y_mm=shape.y_mm,
                    elements=found,
                )
            )
    return PageEntry(number=number, width_mm=page.width_mm, height_mm=page.height_mm, labels=tuple(entries))


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
