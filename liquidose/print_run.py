"""A print run: which design goes on which stock, which places are free, and the labels that are made for it."""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

import msgspec

from liquidose.devices.printers import Printer
from liquidose.devices.stocks import Stock
from liquidose.errors import BadOption
from liquidose.pages.imposing import Fill, check_counted
from liquidose.pages.shapes import Page
from liquidose.pages.templates import Template
from liquidose.quantities.lint import free_of_amounts
from liquidose.quantities.reading import checked_text
from liquidose.quantities.writing import Profile

MOST_REPRINTS: Final = 99


class Run(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How labels are printed: the design, the stock, and which places of it are free.

    Raises:
        BadOption: fewer than one copy or part, or a reprint without its reason.
        UnreadableText: an amount in the reason, which would stand beside the dose.
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
        if not 0 <= self.reprint <= MOST_REPRINTS or bool(self.reprint) != bool(self.reason.strip()):
            raise BadOption(
                f"A reprint has a number from 1 to {MOST_REPRINTS} and a reason.",
                'Write both: --reprint 1 --reason "jammed".',
                given=str(self.reprint),
            )
        free_of_amounts(
            checked_text(self.reason.strip(), field="The reason") if self.reprint else "", field="The reason"
        )
        check_counted(self.stock, self.start_at, self.skip)

    @property
    def short_again(self) -> str:
        """That it is a reprint, in the words that every label has room for; empty if it is none."""
        return f"REPRINT {self.reprint}" if self.reprint else ""

    @property
    def again(self) -> str:
        """That it is a reprint, and why; empty if it is none."""
        return f"{self.short_again}: {self.reason.strip()}" if self.reprint else ""

    def rules(self, site: Profile) -> Profile:
        """Whose rules the labels follow: the design's own, else the site's."""
        return self.template.profile or site


class Label(NamedTuple):
    """One label ready to be laid on paper."""

    order: int
    """Which of the orders it is for, from 1; 0 for a check label."""
    id: str
    page: Page
    copies: int = 1
    """How many times it is laid on paper, one after the other."""
    again: str = ""
    """What it says of being a reprint."""


def digest_of(value: object) -> bytes:
    """A value's own fingerprint, the same on every machine."""
    return hashlib.sha256(msgspec.json.encode(value, enc_hook=str, order="deterministic")).digest()
