"""From a mark to its document, and the strip a syringe is calibrated with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from liquidose.devices.calibration import Calibration
from liquidose.devices.stocks import Stock, stocks
from liquidose.devices.syringes import Syringe
from liquidose.errors import DoesNotFit
from liquidose.marking import NOT_NAMED, Mark
from liquidose.pages.fan import calibration_page
from liquidose.pages.mark_sheet import mark_on_stock, mark_page
from liquidose.pages.shapes import Page
from liquidose.quantities.writing import Profile
from liquidose.render.pdf import made_by, render_pdf

_NAMED: Final = 6
"""So many stocks are named in a refusal; 'liquidose stocks' has the others."""


def paper_of(profile: Profile) -> Literal["A4", "Letter"]:
    """Letter in the United States, else A4."""
    return "Letter" if profile == "us" else "A4"


def mark_pdf(
    mark: Mark,
    *,
    profile: Profile = "international",
    stock: Stock | None = None,
    place: int = 1,
    own: Iterable[Stock] = (),
) -> bytes:
    """The mark as a PDF of one page: plain paper, or one label of a stock, its places numbered by rows from 1.

    Raises:
        DoesNotFit: the label is too small; the message names stocks that are not.
        UnreadableText: a character that the embedded face does not have.
    """
    made = made_by(profile)
    identity = hashlib.sha256(msgspec.json.encode((made, mark.words(), mark.to_mind))).hexdigest()[:8]
    if stock is None:
        page = mark_page(mark, paper_of(profile), f"{made}, id {identity}")
    else:
        page = _on_stock(mark, stock, place, tuple(own), identity)
    title = f"Syringe mark: {mark.bottle.removeprefix(NOT_NAMED).strip()}"
    return render_pdf([page], title=title, profile=profile)


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
    page = calibration_page(syringe, calibration, paper_of(profile))
    return render_pdf([page], title=f"Calibration strip: {syringe.id}", profile=profile)
