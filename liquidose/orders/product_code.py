"""What a GS1 DataMatrix says of a pack: GTIN, expiry, lot and serial, in GS1's element strings.

liquidose copies what it is given and makes up none of it (R126). It writes such strings and reads none.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import msgspec

from liquidose.orders.identifiers import checked_code, checked_expiry, read_gtin
from liquidose.quantities.writing import NO_BREAK

SEPARATOR: Final = "\x1d"
"""What a scanner gives for the mark (FNC1) that ends an element of open length."""
_OPEN_LENGTH: Final = frozenset({"10", "21"})


class ProductCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One pack, or one lot of a product, as a scanner identifies it.

    Raises:
        UnreadableText: a GTIN that is not 14 digits with a right check digit; an expiry, a lot or a serial that
            no barcode holds.
    """

    gtin: str
    expiry: dt.date | None = None
    lot: str | None = None
    serial: str | None = None

    def __post_init__(self) -> None:
        if read_gtin(self.gtin) != self.gtin:
            raise ValueError(f"'{self.gtin}' is not yet a GTIN of 14 digits")
        if self.expiry is not None:
            checked_expiry(self.expiry)
        for key in ("lot", "serial"):
            text = getattr(self, key)
            if text is not None:
                checked_code(key, text)

    @property
    def elements(self) -> tuple[tuple[str, str], ...]:
        """Each application identifier with its value: those of fixed length first (R127)."""
        day = self.expiry and f"{self.expiry:%y%m%d}"
        found = (("01", self.gtin), ("17", day), ("10", self.lot), ("21", self.serial))
        return tuple((identifier, value) for identifier, value in found if value)

    @property
    def scanned(self) -> str:
        """The characters a scanner gives: an element of open length ends in a separator unless it is the last.

        >>> ProductCode(gtin="03453120000011", expiry=dt.date(2019, 11, 25), lot="ABCD1234", serial="10").scanned
        '01034531200000111719112510ABCD1234\\x1d2110'
        """
        (*others, last) = self.elements
        ends = (f"{i}{value}{SEPARATOR if i in _OPEN_LENGTH else ''}" for i, value in others)
        return "".join(ends) + "".join(last)

    @property
    def bracketed(self) -> str:
        """The form that zxing-cpp takes. Square brackets, since round ones may stand in a lot."""
        return "".join(f"[{identifier}]{value}" for identifier, value in self.elements)

    @property
    def words(self) -> str:
        """What stands beside the barcode for people; an identifier and its value are never parted."""
        return " ".join(f"({identifier}){NO_BREAK}{value}" for identifier, value in self.elements)
