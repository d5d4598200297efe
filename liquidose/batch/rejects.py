"""Rejected rows as they are written: every cell unchanged for programs, and made safe for a spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from liquidose.errors import LiquidoseError
from liquidose.exchange.conversions import plain
from liquidose.exchange.spreadsheet import safe_cell, shown

REASON: Final = ("file", "row", "line", "code", "problem", "remedy")
"""The first columns of a table of rejects."""


class Refusal(NamedTuple):
    """Why a row is rejected."""

    code: str
    problem: str
    remedy: str


def refused(refusal: LiquidoseError) -> Refusal:
    """The refusal as it stands in the rejects."""
    return Refusal(refusal.code, refusal.problem, refusal.remedy)


class Rejected(NamedTuple):
    """One rejected row."""

    file: str
    number: int
    line: int
    columns: Sequence[str]
    cells: Sequence[Any]
    original: Sequence[str]
    """The JSON it was read from, where that is more than its cells."""
    code: str
    problem: str
    remedy: str

    @property
    def reason(self) -> tuple[str, int, int, str, str, str]:
        """Where it stands, and why it was rejected."""
        return self.file, self.number, self.line, self.code, plain(self.problem), plain(self.remedy)

    @property
    def parted(self) -> bool:
        """Whether each cell has its heading."""
        return len(self.cells) == len(self.columns)


def reject_line(reject: Rejected) -> bytes:
    """The row as JSON, its cells unchanged: by heading, or as they stand where they cannot be parted."""
    cells: Any = list(reject.cells)
    if reject.parted:
        cells = dict(zip(reject.columns, reject.cells, strict=True))
    found = dict(zip(REASON, reject.reason, strict=True)) | {"cells": cells}
    if reject.original:
        found["original"] = list(reject.original)
    return json.dumps(found, ensure_ascii=False, default=shown).encode() + b"\n"


def reject_cells(reject: Rejected, columns: Sequence[str]) -> list[str]:
    """The row under these headings; cells that cannot be parted stand in the first columns."""
    cells = list(reject.cells)
    if reject.parted:
        given = dict(zip(reject.columns, reject.cells, strict=True))
        cells = [given.get(column, "") for column in columns]
    return [safe_cell(shown(cell)) for cell in (*reject.reason, *cells)]
