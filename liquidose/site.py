"""What holds at one site: how numbers are written, which syringes are stocked, how much rounding is allowed.

Finding the file is the command line's job; without one, everything works on documented defaults.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from liquidose.clock import DayParts
from liquidose.devices.calibration import Calibration, checked
from liquidose.devices.limits import Limits
from liquidose.devices.printers import Printer, each_once
from liquidose.devices.stocks import Stock
from liquidose.devices.syringes import Syringe, syringes_of
from liquidose.files import load_toml
from liquidose.numbers import marks_of
from liquidose.quantities.lint import names_no_amount
from liquidose.quantities.writing import Profile


class Pharmacy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who dispenses."""

    name: str
    address: str = ""
    phone: str = ""

    def words(self) -> list[tuple[str, str]]:
        """Its texts with their fields."""
        return [
            ("pharmacy.name", self.name),
            ("pharmacy.address", self.address),
            ("pharmacy.phone", self.phone),
        ]


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The site's values; each has a documented default.

    Raises:
        UnreadableText: a locale, or a stocked or calibrated syringe, that is not known.
        CheckTheAmount: a calibration beyond what barrels of its size are like.
        BadFile: two rows for one printer and stock.
        ValueError: two calibrations of one syringe.
    """

    locale: str | None = None
    """How numbers typed at the command line are written; a file's own locale is never overridden."""
    profile: Profile = "international"
    audience: Literal["caregiver", "clinician"] = "caregiver"
    stocked: tuple[str, ...] | None = None
    """Ids of the syringes at hand, of the catalogue or of ``[[syringe]]`` below; None for the default stock."""
    syringe: tuple[Syringe, ...] = ()
    """The site's own syringes."""
    stock: tuple[Stock, ...] = ()
    """The site's own label stocks."""
    fonts: tuple[str, ...] = ()
    """TrueType files for characters that the package's own face lacks, in the order they are tried."""
    calibration: tuple[Calibration, ...] = ()
    """Syringes the site measured, one row a syringe."""
    printer: tuple[Printer, ...] = ()
    """What was measured on each printer's calibration page."""
    limits: Limits = Limits()
    pharmacy: Pharmacy | None = None
    day_parts: DayParts = DayParts()
    """At which hours doses are given here; without them a calendar file has whole days."""

    def __post_init__(self) -> None:
        marks_of(self.locale)
        for field, words in self.pharmacy.words() if self.pharmacy else ():
            names_no_amount(words, field=field)
        each_once(self.printer)
        if self.stocked is not None:
            syringes_of(self.stocked, self.syringe)
        measured = [one.syringe for one in self.calibration]
        if len(set(measured)) < len(measured):
            raise ValueError("a syringe has two [[calibration]] rows: keep the newer one")
        for one, syringe in zip(self.calibration, syringes_of(measured, self.syringe), strict=True):
            checked(one, syringe)

    @property
    def syringes(self) -> tuple[Syringe, ...] | None:
        """The stocked syringes, or None for the default stock."""
        if self.stocked is None:
            return self.syringe or None
        return syringes_of(self.stocked, self.syringe)

    @property
    def limits_in_force(self) -> Limits:
        """The limits, for this site's audience."""
        return msgspec.structs.replace(self.limits, audience=self.audience)


def load_site(path: str) -> Site:
    """The values in a site file.

    Raises:
        BadFile: it cannot be read, or has a fault.
    """
    return load_toml(path, Site)
