"""From orders to a document of labels: each planned, set in its design, laid on its stock, written whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final

import msgspec

from liquidose._version import __version__
from liquidose.devices.printers import printer_of
from liquidose.devices.stocks import Stock, stock_of
from liquidose.errors import BadOption, DoesNotFit
from liquidose.files import data_version
from liquidose.label_making import LabelMaker
from liquidose.label_pages import pages_of
from liquidose.manifest import Manifest, PageEntry
from liquidose.orders.order import Order
from liquidose.pages.imposing import Fill, rest_on
from liquidose.pages.shapes import Page
from liquidose.pages.templates import Template, load_template
from liquidose.plan import Plan, make_plan
from liquidose.print_run import Label, Run, digest_of
from liquidose.render.formats import Format, file_names, render
from liquidose.render.pdf import Document, keywords_of
from liquidose.site import Site
from liquidose.whole_files import write_together

_LOT: Final = 32
"""More would not be quicker, and would hold more of a long run at once."""


def write_labels(  # noqa: PLR0913  (each is one thing a print job says)
    orders: Iterable[Order | Plan],
    target: str | os.PathLike[str],
    *,
    template: str | os.PathLike[str] | Template = "dispensing",
    stock: str | Stock | None = None,
    start_at: int | Sequence[int] = 1,
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
    manifest: str | os.PathLike[str] | None = None,
    site: Site | None = None,
) -> Manifest:
    """The manifest of the file that was written to ``target``, with a label for each order in turn.

    Orders are taken one at a time, so they may come from a generator. An SVG or PNG of several pages becomes as many
    numbered files; ``preview`` is where a PNG of the first page goes besides, ``manifest`` where the manifest goes as
    JSON, with every element. On a refusal nothing is written, and all files are written or none.

    Raises:
        LiquidoseError: as planning an order and laying out a label do; BadOption for places a stock lacks.
        CannotWrite: one of the files could not be written; nothing was left behind of any.
    """
    site = site or Site()
    label_stock = stock_of(stock, site.stock) if isinstance(stock, str) else stock
    firsts = (start_at,) if isinstance(start_at, int) else tuple(start_at)
    run = Run(
        template=template if isinstance(template, Template) else load_template(template),
        stock=label_stock,
        start_at=firsts if set(firsts) - {1} else (),
        skip=tuple(skip),
        fill=fill,
        copies=copies,
        reprint=reprint,
        reason=reason,
        printer=printer_of(printer, label_stock.id if label_stock else None, site.printer)
        if printer
        else None,
        elements=elements or manifest is not None,
    )
    plans = (one if isinstance(one, Plan) else make_plan(one, site) for one in orders)
    job = _job(plans, run, site)
    contents = [job.pdf()] if form == "pdf" else job.pictures(form, dpi)
    files = list(zip(file_names(os.fspath(target), len(contents)), contents, strict=True))
    if preview is not None:
        files.append((os.fspath(preview), job.first_page_png()))
    made = job.manifest()
    if manifest is not None:
        files.append((os.fspath(manifest), msgspec.json.encode(made)))
    write_together(files)
    return made


def label_document(plans: Iterable[Plan], run: Run, site: Site | None = None) -> tuple[bytes, Manifest]:
    """The PDF of a label for each plan, and its manifest.

    Raises:
        BadOption: no order at all, or places a stock lacks.
        DoesNotFit, GiveWhatIsMissing, UnreadableText: as setting a label does.
    """
    job = _job(plans, run, site or Site())
    return job.pdf(), job.manifest()


def document_of(labels: Iterable[Label], run: Run, site: Site, *, title: str) -> tuple[bytes, Manifest]:
    """The PDF of labels made before, on their stock, and its manifest.

    Raises:
        BadOption: places a stock lacks.
        DoesNotFit: the design does not fit the stock.
    """
    job = _Job(labels, run, site, title)
    return job.pdf(), job.manifest()


def _job(plans: Iterable[Plan], run: Run, site: Site) -> _Job:
    first, second, plans = _two_of(plans)
    maker = LabelMaker(run, site)
    labels = (label for number, plan in enumerate(_in_lots(plans), 1) for label in maker.labels(number, plan))
    what = "Worksheet" if run.template.kind == "worksheet" else "Label"
    return _Job(labels, run, site, f"{what}: {first.drug}" if second is None else f"{what}s")


class _Job:
    """One document on its way to paper: its pages one by one, and, when they are all made, its manifest."""

    def __init__(self, labels: Iterable[Label], run: Run, site: Site, title: str) -> None:
        self._labels, self._run, self._site, self._title = labels, run, site, title
        self._first: Page | None = None
        self._entries: list[PageEntry] = []
        self._digest = hashlib.sha256(digest_of(msgspec.structs.replace(run, elements=False)))

    def _pages(self) -> Iterator[Page]:
        for page, entry in pages_of(self._labels, self._run, self._site):
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
        return document.finished(keywords=self._made())

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
        pages = list(self._pages())
        return render(pages, form, title=self._title, dpi=dpi, made=self._made())

    def first_page_png(self) -> bytes:
        """A picture of the first page that holds a label of an order, once all are made."""
        first = [self._first] if self._first else []
        return render(first, "png", title=self._title, made=self._made())[0]

    def _made(self) -> str:
        """What the document says of itself, once all pages are made."""
        return keywords_of(self._run.rules(self._site.profile), self.manifest().id)

    def manifest(self) -> Manifest:
        """What was laid out so far."""
        run = self._run
        return Manifest(
            title=self._title,
            language="en",
            version=__version__,
            data_version=data_version(),
            profile=run.rules(self._site.profile),
            template=run.template.id,
            stock=run.stock.id if run.stock else "",
            printer=run.printer.name if run.printer else "",
            id=self._digest.hexdigest()[:16],
            pages=tuple(self._entries),
            reprint=run.again,
        )


def _in_lots(plans: Iterator[Plan]) -> Iterator[Plan]:
    """The same plans, a lot of them made before the first is drawn: a processor is quicker at one thing at a stretch."""
    while lot := list(islice(plans, _LOT)):
        yield from lot


def _two_of(plans: Iterable[Plan]) -> tuple[Plan, Plan | None, Iterator[Plan]]:
    """The first plan, the second if there is one, and all of them."""
    rest = iter(plans)
    first = next(rest, None)
    if first is None:
        raise BadOption("There is no order to print a label for.", "Give at least one.", given="")
    second = next(rest, None)
    return first, second, chain([first] if second is None else [first, second], rest)
