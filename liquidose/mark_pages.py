"""From a mark to its document, and the strip a syringe is calibrated with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from fractions import Fraction
from typing import Final, Literal

import msgspec

from liquidose._version import __version__
from liquidose.devices.calibration import Calibration, not_corrected_twice
from liquidose.devices.printers import Printer
from liquidose.devices.stocks import SHEETS, Stock, stocks
from liquidose.devices.syringes import Syringe
from liquidose.errors import DoesNotFit
from liquidose.files import data_version
from liquidose.manifest import LabelEntry, Manifest, PageEntry, elements_of
from liquidose.marking import NOT_NAMED, Mark
from liquidose.pages.correction import corrected
from liquidose.pages.fan import calibration_page, centre_of_fan
from liquidose.pages.mark_sheet import mark_on_stock, mark_page
from liquidose.pages.shapes import Page
from liquidose.quantities.writing import Profile
from liquidose.render.pdf import Document, keywords_of, made_by, render_pdf

_NAMED: Final = 6
"""So many stocks are named in a refusal; 'liquidose stocks' has the others."""


def paper_of(profile: Profile) -> Literal["A4", "Letter"]:
    """Letter in the United States, else A4."""
    return "Letter" if profile == "us" else "A4"


def mark_document(  # noqa: PLR0913  (each is one thing a print job says)
    mark: Mark,
    *,
    profile: Profile = "international",
    stock: Stock | None = None,
    place: int = 1,
    own: Iterable[Stock] = (),
    printer: Printer | None = None,
) -> tuple[bytes, Manifest]:
    """The mark as a PDF of one page, and its manifest: plain paper, or one label of a stock, numbered by rows from 1.

    Raises:
        BadOption: a printer's error to make up for, where the syringe was measured with a printer's own ruler.
        DoesNotFit: the label is too small; the message names stocks that are not.
        UnreadableText: a character that the embedded face does not have.
    """
    not_corrected_twice(mark.scale.calibration, printer.name if printer else None)
    made = made_by(profile)
    identity = hashlib.sha256(msgspec.json.encode((made, mark.words(), mark.to_mind))).hexdigest()[:8]
    if stock is None:
        page = mark_page(mark, paper_of(profile), f"{made}, id {identity}")
    else:
        page = _on_stock(mark, stock, place, tuple(own), identity)
    title = f"Syringe mark: {mark.bottle.removeprefix(NOT_NAMED).strip()}"
    if printer is not None:
        page = corrected(page, printer)
    digest = hashlib.sha256(msgspec.json.encode(page, enc_hook=str)).hexdigest()
    document = Document(title=title)
    document.add(page)
    x, y = _corner(stock, place, printer)
    label = LabelEntry(order=1, id=identity, place=place, x_mm=x, y_mm=y, elements=elements_of(page, 0, 0))
    manifest = Manifest(
        title=title,
        language=document.language,
        version=__version__,
        data_version=data_version(),
        profile=profile,
        template="mark",
        stock=stock.id if stock else "",
        printer=printer.name if printer else "",
        id=digest[:16],
        pages=(PageEntry(number=1, width_mm=page.width_mm, height_mm=page.height_mm, labels=(label,)),),
    )
    return document.finished(keywords=keywords_of(profile, digest)), manifest


def _corner(stock: Stock | None, place: int, printer: Printer | None) -> tuple[float, float]:
    """Where the top left corner of the label is drawn on the page."""
    x = y = Fraction()
    if stock is not None and stock.paper in SHEETS:
        x, y = stock.origin_mm(place - 1)
    if printer is not None:
        x, y = (x - printer.offset_x_mm) / printer.scale_x, (y - printer.offset_y_mm) / printer.scale_y
    return round(float(x), 4), round(float(y), 4)


def _on_stock(mark: Mark, stock: Stock, place: int, own: tuple[Stock, ...], identity: str) -> Page:
    try:
        return mark_on_stock(mark, stock, place - 1, identity=identity)
    except DoesNotFit as refusal:
        fits = [other.id for other in (*own, *stocks()) if _holds(mark, other)]
        remedy = (
            f"It fits {', '.join(fits[:_NAMED])}." if fits else "Leave --stock out: a plain page holds it."
        )
        raise DoesNotFit(refusal.problem, remedy, given=stock.id) from None


def _holds(mark: Mark, stock: Stock) -> bool:
    try:
        mark_on_stock(mark, stock)
    except DoesNotFit:
        return False
    return True


def calibration_pdf(syringe: Syringe, calibration: Calibration | None, *, profile: Profile) -> bytes:
    """The ruler and the fan of scales for one syringe, as a PDF of one page.

    Raises:
        GiveWhatIsMissing: a syringe of a size that nothing is known of.
    """
    made, (scale, basis) = made_by(profile), centre_of_fan(syringe, calibration)
    identity = hashlib.sha256(msgspec.json.encode((made, syringe.id, str(scale), basis))).hexdigest()[:8]
    page = calibration_page(syringe, calibration, paper_of(profile), f"{made}, id {identity}")
    return render_pdf([page], title=f"Calibration strip: {syringe.id}", profile=profile)
