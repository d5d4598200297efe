"""An order from a file, whichever way it is written: TOML, or FHIR R4 in JSON."""

from __future__ import annotations

import os

from liquidose.cautions import Notes
from liquidose.files import read_text
from liquidose.orders import order as in_toml
from liquidose.orders.order import Order


def load_order(path: str | os.PathLike[str], *, notes: Notes = None) -> Order:
    """The one order in a file: FHIR where its name ends in ``.json``, else TOML.

    ``notes`` collects what the sender of FHIR wrote for people, and no label says.

    Raises:
        BadFile: it cannot be read, has a fault, or holds several orders.
        LiquidoseError: as reading an order does.
    """
    path = os.fspath(path)
    if not path.lower().endswith((".json", ".xml")):  # XML is refused as such
        return in_toml.load_order(path)
    from liquidose.orders import fhir  # noqa: PLC0415  (its tables are read only for FHIR)

    return fhir.decode_order(read_text(path), name=path, notes=notes)
