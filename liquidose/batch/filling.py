"""Labels into files, each a fixed range of the accepted labels: written whole, recorded, never written again."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from liquidose.batch.checking import Outcome
from liquidose.batch.cluster import Answer
from liquidose.batch.job import Job
from liquidose.batch.journal import FileEntry, Journal
from liquidose.batch.packing import Batch, Piece, Sheaf
from liquidose.batch.rejects import Refusal
from liquidose.batch.workers import Workers
from liquidose.errors import CannotWrite
from liquidose.whole_files import keep_names, write_whole

MOST_OUTCOMES: Final = 5000
"""Rows held in memory while no file is full."""
FILES_TOGETHER: Final = 8
"""At most so many files are rendered at once, all of which are held in memory until they are written."""


class _File(NamedTuple):
    """A file that is full, or the last of its kind."""

    entry: FileEntry
    """But for its digest and sheets."""
    outcomes: list[Outcome]
    sheaf: Sheaf


class _Open:
    """The file of one kind that is being filled."""

    def __init__(self, kind: str, job: Job, written: list[FileEntry]) -> None:
        self.kind, self._job = kind, job
        last = written[-1] if written else None
        self.rows, self.rest = (last.rows, last.rest) if last else (0, 0)
        """How many rows are in files, and how many labels of the last of them are not."""
        self._begin(len(written) + 1)

    def _begin(self, number: int) -> None:
        self.number, self.room = number, self._job.room(self.kind, number)
        self.pieces: list[Piece] = []
        self.labels = 0
        self.first: int | None = None
        """The row of its first label."""

    def next(self) -> None:
        """Nothing comes out; the next file is open."""
        self._begin(self.number + 1)

    def add(self, piece: Piece, row: int) -> None:
        """Nothing comes out; the labels of the row are in the file."""
        self.first = row if self.first is None else self.first
        self.labels += piece.last - piece.first
        before = self.pieces[-1] if self.pieces else None
        if before is not None and before.labels is piece.labels and before.last == piece.first:
            self.pieces[-1] = Piece(piece.labels, before.first, piece.last)
        else:
            self.pieces.append(piece)


class Filling:
    """Goes on from what the journal records: rows in, files out, in the order of the rows, for each kind its own."""

    def __init__(self, job: Job, journal: Journal, helpers: Workers) -> None:
        self._job, self._journal, self._workers = job, journal, helpers
        written = journal.files
        self._open = {
            kind: _Open(kind, job, [file for file in written if file.kind == kind]) for kind in job.kinds
        }
        self._row = written[-1].again if written else 0
        """How many rows were taken."""
        self._recorded = journal.rows
        self._outcomes: list[Outcome] = []
        self._full: list[_File] = []
        """What is to be rendered next: together, for they often share a batch, which then goes to a worker once."""
        self._rendering: deque[tuple[list[_File], Answer]] = deque()

    def fill(self, watch: Callable[[int], None]) -> None:
        """Nothing comes out; every row is in a file or in the rejects. ``watch`` hears how many rows were read."""
        watch(self._row)
        for batch in self._workers.in_turn("check", islice(self._job.rows(), self._row, None)):
            self._take(batch)
            watch(len(batch.outcomes))
            if len(self._outcomes) >= MOST_OUTCOMES:
                self._write(len(self._rendering))
                self._journal.add(self._outcomes)
                self._outcomes = []
        for file in self._open.values():
            if file.pieces:
                self._close(file, self._row, 0)
        self._render()
        self._write(len(self._rendering))
        self._journal.add(self._outcomes)
        self._journal.keep()

    def _take(self, batch: Batch) -> None:
        """The labels of some rows go into the open file of their kind, and into the next when it is full."""
        ends = dict.fromkeys(batch.labels, 0)
        for outcome, count in zip(batch.outcomes, batch.counts, strict=True):
            row, self._row = self._row, self._row + 1
            if row >= self._recorded:
                self._outcomes.append(outcome)
            if isinstance(outcome.found, Refusal):
                continue
            file = self._open[outcome.found.kind]
            first = ends[file.kind]
            end = ends[file.kind] = first + count
            if row < file.rows:  # its labels are in files already, but perhaps the last of them
                first = end - (file.rest if row == file.rows - 1 else 0)
            while first < end:
                last = min(end, first + file.room - file.labels)
                file.add(Piece(batch.labels[file.kind], first, last), row)
                first = last
                if file.labels == file.room:
                    self._close(file, self._row, end - last)
        self._render()

    def _close(self, file: _Open, rows: int, rest: int) -> None:
        """The file is full; ``rest`` labels of its last row go into the next."""
        others = [
            other.first for other in self._open.values() if other is not file and other.first is not None
        ]
        entry = FileEntry(
            kind=file.kind,
            number=file.number,
            name="-".join(filter(None, ("labels", file.kind, f"{file.number:04}.pdf"))),
            labels=file.labels,
            sheets=0,
            digest="",
            rows=rows,
            rest=rest,
            again=min([rows - bool(rest), *others]),
        )
        sheaf = Sheaf(self._job.run_of(file.kind, file.number), file.pieces)
        self._full.append(_File(entry, self._outcomes, sheaf))
        self._outcomes = []
        file.next()
        if len(self._full) == FILES_TOGETHER:
            self._render()

    def _render(self) -> None:
        """The full files are on their way, and what was asked for long enough ago is written."""
        if self._full:
            rendered = self._workers.ask("render", [file.sheaf for file in self._full])
            self._rendering.append((self._full, rendered))
            self._full = []
        self._write(len(self._rendering) - self._workers.ahead)

    def _write(self, times: int) -> None:
        """So many times, what was rendered together is written and recorded."""
        for _ in range(times):
            files, rendered = self._rendering.popleft()
            for file, (content, sheets) in zip(files, rendered.result(), strict=True):
                digest = hashlib.sha256(content).hexdigest()
                self._journal.add(file.outcomes)
                write_once(self._journal.folder, file.entry.name, content)
                self._journal.add_file(file.entry._replace(sheets=sheets, digest=digest))


def write_once(folder: str, name: str, content: bytes) -> None:
    """Nothing comes out; the file is written, or is there already with the same bytes and is left alone.

    Raises:
        CannotWrite: another file of that name is there, or the folder cannot take it.
    """
    path = Path(folder, name)
    if path.exists():
        if path.read_bytes() != content:
            raise CannotWrite(
                f"{path} is there already, and is not of this run.", "Choose a new folder.", given=str(path)
            )
        return
    write_whole(path, content)
    keep_names([folder])  # before it is recorded
