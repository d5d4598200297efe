"""Labels into files, each a fixed range of the accepted labels: written whole, recorded, never written again."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from liquidose.batch.checking import Outcome
from liquidose.batch.job import Job
from liquidose.batch.journal import FileEntry, Journal
from liquidose.batch.packing import Batch, Piece, Rendered
from liquidose.batch.workers import Workers
from liquidose.errors import CannotWrite
from liquidose.files import write_whole

MOST_OUTCOMES: Final = 5000
"""Rows held in memory while no file is full."""


class _File(NamedTuple):
    """A file that is full, or the last, and is being rendered."""

    number: int
    labels: int
    rest: int
    outcomes: list[Outcome]
    rendered: Future[Rendered]


class Filling:
    """Goes on from what the journal records: rows in, files out, in the order of the rows."""

    def __init__(self, job: Job, journal: Journal, helpers: Workers) -> None:
        self._job, self._journal, self._workers = job, journal, helpers
        written = journal.files
        self._carried = written[-1].rest if written else 0
        """Labels of the row before the first that have no place yet."""
        self._number = len(written) + 1
        self._pieces: list[Piece] = []
        self._outcomes: list[Outcome] = []
        self._labels = 0
        self._room = job.room(self._number)
        self._rendering: deque[_File] = deque()

    def fill(self, watch: Callable[[int], None]) -> None:
        """Nothing comes out; every row is in a file or in the rejects. ``watch`` hears how many rows were read."""
        done = self._journal.rows - bool(self._carried)
        watch(done)
        for batch in self._workers.in_turn("check", islice(self._job.rows(), done, None)):
            self._take(batch)
            watch(len(batch.outcomes))
            if len(self._outcomes) >= MOST_OUTCOMES:
                self._write(len(self._rendering))
                self._record(self._outcomes)
                self._outcomes = []
        if self._pieces:
            self._close(0)
        self._write(len(self._rendering))
        self._record(self._outcomes)
        self._journal.keep()

    def _take(self, batch: Batch) -> None:
        """The labels of some rows go into the open file, and into the next when it is full."""
        start = 0
        for outcome, count in zip(batch.outcomes, batch.counts, strict=True):
            first, start = start, start + count
            if self._carried:  # this row is recorded already, and its first labels are printed
                first = start - self._carried
                self._carried = 0
            else:
                self._outcomes.append(outcome)
            while first < start:
                last = min(start, first + self._room - self._labels)
                self._add(Piece(batch.labels, first, last))
                first = last
                if self._labels == self._room:
                    self._close(start - last)

    def _add(self, piece: Piece) -> None:
        self._labels += piece.last - piece.first
        before = self._pieces[-1] if self._pieces else None
        if before is not None and before.labels is piece.labels and before.last == piece.first:
            self._pieces[-1] = Piece(piece.labels, before.first, piece.last)
        else:
            self._pieces.append(piece)

    def _close(self, rest: int) -> None:
        """The file is rendered; ``rest`` labels of its last row go into the next."""
        rendered = self._workers.ask("render", self._job.run_of(self._number), self._pieces)
        self._rendering.append(_File(self._number, self._labels, rest, self._outcomes, rendered))
        self._number += 1
        self._pieces, self._outcomes, self._labels = [], [], 0
        self._room = self._job.room(self._number)
        self._write(len(self._rendering) - self._workers.ahead)

    def _write(self, files: int) -> None:
        """So many rendered files are written and recorded."""
        for _ in range(files):
            file = self._rendering.popleft()
            content, sheets = file.rendered.result()
            digest = hashlib.sha256(content).hexdigest()
            name = f"labels-{file.number:04}.pdf"
            self._record(file.outcomes)
            write_once(self._journal.folder, name, content)
            self._journal.add_file(FileEntry(file.number, name, file.labels, sheets, digest, file.rest))

    def _record(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            self._journal.add(outcome)


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
    if os.name == "posix":  # the renaming too must outlive a loss of power before it is recorded
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
