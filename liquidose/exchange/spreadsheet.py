"""Tables for people who open them in a spreadsheet: no cell of theirs is run as a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the first in full width, which a spreadsheet may take for them."""
MARK: Final = "\ufeff"
"""Without it a spreadsheet does not take a file for UTF-8, and spoils names."""


def safe_cell(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would run it.

    >>> safe_cell("=1+1"), safe_cell("5 mg")
    ("'=1+1", '5 mg')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def shown(cell: object) -> str:
    """A cell of any kind as text, a number digit for digit; empty for nothing.

    >>> shown(True), shown(["morning", "noon"]), shown(None)
    ('true', 'morning;noon', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (list, tuple)):
        return ";".join(map(shown, cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(timespec="auto" if cell.second or cell.microsecond else "minutes")
    return str(cell)


def csv_line(cells: Iterable[str], *, mark: bool = False) -> bytes:
    """The cells as one line of CSV in UTF-8, each quoted; with the mark that a spreadsheet wants in front."""
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(cells)
    return (MARK * mark + line.getvalue()).encode()
