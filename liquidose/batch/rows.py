"""The rows of tables of text and of JSON Lines, one at a time, each with its place; a bad one never shifts another."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any, Final

import msgspec

from liquidose.batch.column_files import MOST_LINES, SEVERAL
from liquidose.batch.rejects import Refusal
from liquidose.batch.sources import Format, Source
from liquidose.errors import BadFile
from liquidose.orders.order import Order

MOST_CELL: Final = 131_072
"""Characters in one cell, as Python's reader of tables has it."""


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row as it stands in its file."""

    file: str
    number: int
    """Which row of the file, from 1, headings and blank lines left out."""
    line: int
    """The line it begins on, from 1, as an editor counts; of Parquet the same as the number."""
    cells: tuple[Any, ...]
    """Text, but of Parquet each of its own kind. Of JSON Lines, and where the row cannot be parted: the line as it is."""
    columns: tuple[str, ...] | None
    """The table's headings; None for JSON Lines."""
    fault: str = ""
    """Why it cannot be parted into cells."""
    order: Order | Refusal | None = None
    """Of FHIR, where nothing is left to be read: what it comes to."""
    original: tuple[str, ...] = ()
    """Of FHIR: the JSON of each resource as it came."""
    notes: tuple[str, ...] = ()
    """For the pharmacist: what the sender wrote beside it."""


def header_of_text(source: Source) -> tuple[str, ...] | None:
    """The headings of a table; None for JSON Lines.

    Raises:
        BadFile: no heading at all, one that is empty, or a heading that cannot be read.
    """
    if source.format == "jsonl":
        return None
    with source.opened() as file:
        return next(iter(_Table(file, source))).cells


def rows_of_text(source: Source) -> Iterator[Row]:
    """Every row of a file.

    Raises:
        BadFile: as :func:`header_of_text`; or the file was changed meanwhile.
    """
    with source.opened() as file:
        if source.format == "jsonl":
            yield from _objects(file, source)
        else:
            found = iter(_Table(file, source))
            columns = next(found).cells
            for number, row in enumerate(found, 1):
                yield msgspec.structs.replace(row, number=number, columns=columns)


def _objects(file: Iterable[str], source: Source) -> Iterator[Row]:
    number = 0
    for line, text in enumerate(file, 1):
        kept = text.rstrip("\r\n")
        if kept.strip():
            number += 1
            yield Row(file=source.name, number=number, line=line, cells=(kept,), columns=None)


class _NeverClosed(Exception):
    pass


class _Table:
    """The records of a table, the headings first. A line that breaks the rules of quoting is a record of its own."""

    def __init__(self, file: Iterable[str], source: Source) -> None:
        self._file, self._name, self._format = iter(file), source.name, source.format
        self._back: deque[str] = deque()
        self._taken: list[str] = []
        self._line = 0
        self._width = 0
        """Of the headings, once they are read."""

    def __iter__(self) -> Iterator[Row]:
        heading = next(self._file, "")
        if heading.lstrip().startswith(("{", "[")):
            raise BadFile(
                f"{self._name} begins like JSON, not like the headings of a table.",
                "Say --format jsonl, or fhir.",
                given=self._name,
            )
        if "\0" in heading:
            raise BadFile(
                f"The headings of {self._name} hold null characters.",
                "If it is UTF-16, name that, as in --encoding utf-16-le; else check that it is a table.",
                given=self._name,
            )
        self._back.append(heading)
        mark = _mark(heading, self._format)
        parted = self._parted(mark)
        first = next(parted, None)
        if first is None or not any(cell.strip() for cell in first.cells):
            raise BadFile(f"{self._name} is empty.", "Give a table with headings.", given=self._name)
        columns = tuple(cell.strip() for cell in first.cells)
        if first.fault or not all(columns):
            why = first.fault or "one of them is empty"
            raise BadFile(
                f"The headings of {self._name} cannot be read: {why}.", "Correct them.", given=self._name
            )
        yield msgspec.structs.replace(first, cells=columns)
        self._width = len(columns)
        yield from parted

    def _parted(self, mark: str) -> Iterator[Row]:
        while True:
            reader = csv.reader(self._lines(), delimiter=mark, strict=True)
            try:
                for cells in reader:
                    if self._may_be_several(mark):
                        yield self._row(("".join(self._taken).rstrip("\r\n"),), SEVERAL)
                    elif cells:
                        yield self._row(tuple(cells))
                    self._line += len(self._taken)
                    self._taken.clear()
            except csv.Error as why:
                fault = _why(str(why))
            except _NeverClosed:
                fault = "a quotation mark is opened and not closed"
            else:
                return
            # The first line alone is given up; what was read beyond it is read again.
            first, *others = self._taken
            self._taken.clear()
            self._back.extendleft(reversed(others))
            yield self._row((first.rstrip("\r\n"),), fault)
            self._line += 1

    def _may_be_several(self, mark: str) -> bool:
        """Whether some line end parts the record into what could be rows: then nobody knows what a stray quote swallowed."""
        if self._width == 1 or len(self._taken) == 1:
            return False
        least = self._width - 1
        so_far = list(accumulate(line.count(mark) for line in self._taken))
        return any(marks >= least and so_far[-1] - marks >= least for marks in so_far)

    def _row(self, cells: tuple[str, ...], fault: str = "") -> Row:
        return Row(file=self._name, number=0, line=self._line + 1, cells=cells, columns=(), fault=fault)

    def _lines(self) -> Iterator[str]:
        while True:
            if len(self._taken) >= MOST_LINES:
                raise _NeverClosed
            line = self._back.popleft() if self._back else next(self._file, None)
            if line is None:
                return
            self._taken.append(line)
            yield line


def _mark(heading: str, form: Format) -> str:
    if form == "tsv":
        return "\t"
    return ";" if ";" in heading and "," not in heading else ","


def _why(fault: str) -> str:
    if "field larger" in fault:
        return f"a cell has more than {MOST_CELL:,} characters"
    if "unexpected end" in fault:
        return "a quotation mark is opened and not closed"
    return "its quotation marks do not match"
