"""What a run says at its end: the rejects, a picking sheet, notes for the pharmacist, a summary that adds up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path
from typing import Final

import msgspec

from liquidose.batch.checking import millilitres
from liquidose.batch.job import Job
from liquidose.batch.journal import FileEntry, Journal
from liquidose.batch.kinds import OWN
from liquidose.batch.rejects import REASON, Refusal, reject_cells, reject_line
from liquidose.batch.rows import Row
from liquidose.batch.twins import MOST_NAMED, Duplicate
from liquidose.devices.stocks import SHEETS, Stock
from liquidose.exchange.conversions import plain
from liquidose.exchange.spreadsheet import csv_line, safe_cell
from liquidose.print_run import Run
from liquidose.whole_files import write_whole

REPORTS: Final = ("rejects.jsonl", "rejects.csv", "picking.csv", "notes.csv", "summary.json")
"""Files that every run writes at its end."""


class KindSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What was printed of one kind of label."""

    kind: str
    """Empty for the command's own."""
    template: str
    stock: str
    labels: int
    sheets: int
    files: tuple[str, ...]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What became of every row: ``rows = accepted + rejects``."""

    schema: str
    rows: int
    accepted: int
    labels: int
    rejects: int
    files: tuple[str, ...]
    sheets: int
    sha256: dict[str, str]
    """Of each file."""
    duplicates: int
    duplicate_rows: tuple[Duplicate, ...]
    """The first hundred."""
    template: str
    stock: str
    kinds: tuple[KindSummary, ...]
    """Each kind of label, the command's own first; ``files`` above names theirs in this order."""
    version: str


def summary_of(journal: Journal, job: Job) -> Summary:
    """The summary of a run that is at its end."""
    order = list(job.kinds)
    files = sorted(journal.files, key=lambda file: (order.index(file.kind), file.number))
    own = job.kinds[OWN]
    return Summary(
        schema="liquidose.batch/1",
        rows=journal.rows,
        accepted=journal.rows - journal.rejected,
        labels=sum(file.labels for file in files),
        rejects=journal.rejected,
        files=tuple(file.name for file in files),
        sheets=sum(file.sheets for file in files),
        sha256={file.name: file.digest for file in files},
        duplicates=journal.twin_count,
        duplicate_rows=tuple(
            Duplicate(file=file, row=row, first_file=first_file, first_row=first)
            for file, row, first_file, first in islice(journal.twins(), MOST_NAMED)
        ),
        template=own.template.id,
        stock=own.stock.id if own.stock else "",
        kinds=tuple(
            _kind(kind, run, [file for file in files if file.kind == kind]) for kind, run in job.kinds.items()
        ),
        version=job.known_by()["version"],
    )


def _kind(kind: str, run: Run, files: Sequence[FileEntry]) -> KindSummary:
    return KindSummary(
        kind=kind,
        template=run.template.id,
        stock=run.stock.id if run.stock else "",
        labels=sum(file.labels for file in files),
        sheets=sum(file.sheets for file in files),
        files=tuple(file.name for file in files),
    )


def write_reports(journal: Journal, job: Job) -> None:
    """Nothing comes out; the reports stand beside the labels, each written whole."""
    folder = Path(journal.folder)
    journal.pair_twins()
    write_whole(folder / "rejects.jsonl", (reject_line(reject) for reject in journal.rejects()))
    write_whole(folder / "rejects.csv", _reject_lines(journal))
    picks = (
        (drug, strength, str(orders), str(labels), millilitres(Fraction(ml)), str(without))
        for drug, strength, orders, labels, ml, without in journal.picks()
    )
    heading = ("drug", "strength", "orders", "labels", "total_ml", "orders_without_quantity")
    write_whole(folder / "picking.csv", _table(heading, picks))
    notes = ((file, str(row), str(line), text) for file, row, line, text in journal.notes())
    same = (
        (file, str(row), "", f"The same row came before: row {first} of {first_file}.")
        for file, row, first_file, first in journal.twins()
    )
    write_whole(folder / "notes.csv", _table(("file", "row", "line", "note"), chain(notes, same)))
    summary = msgspec.json.format(msgspec.json.encode(summary_of(journal, job)), indent=2)
    write_whole(folder / "summary.json", summary + b"\n")


def _reject_lines(journal: Journal) -> Iterator[bytes]:
    headings = list(dict.fromkeys(column for reject in journal.rejects() for column in reject.columns))
    headings = headings or ["cells"]
    yield csv_line(map(safe_cell, (*REASON, *headings)), mark=True)
    for reject in journal.rejects():
        yield csv_line(reject_cells(reject, headings))


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[bytes]:
    yield csv_line(heading, mark=True)
    for row in rows:
        yield csv_line(safe_cell(plain(cell)) for cell in row)


def in_words(summary: Summary, kinds: Mapping[str, Run], folder: str) -> str:
    """The summary as a pharmacist reads it."""
    used = [one for one in summary.kinds if one.labels or len(kinds) == 1] or summary.kinds[:1]
    papers = [
        _paper(one.sheets, kinds[one.kind].stock) + (f" ({one.kind})" if one.kind else "") for one in used
    ]
    said = f"{_counted(summary.labels, 'label')} on {' and '.join(filter(None, (', '.join(papers[:-1]), papers[-1])))}"
    said += f", {summary.rejects:,} rejected"
    if summary.rejects:
        said += f": {Path(folder, 'rejects.csv')}"
    said += "."
    return said + twins_in_words(summary.duplicates, "summary.json")


def twins_in_words(count: int, named_in: str) -> str:
    """That rows came before, and where they are named; empty where none did.

    >>> twins_in_words(1, "summary.json")
    ' 1 row came before: see duplicate_rows in summary.json.'
    """
    return f" {_counted(count, 'row')} came before: see duplicate_rows in {named_in}." if count else ""


def _paper(sheets: int, stock: Stock | None) -> str:
    if stock is None:
        return _counted(sheets, "page")
    part = stock.id if stock.part.startswith("(") else stock.part
    return f"{_counted(sheets, 'sheet')} of {part}" if stock.paper in SHEETS else f"a roll of {part}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def refusal_in_words(row: Row, refusal: Refusal) -> str:
    """One rejected row, for the terminal."""
    return f"{row.file}, row {row.number} (line {row.line}): {refusal.problem} {refusal.remedy}"
