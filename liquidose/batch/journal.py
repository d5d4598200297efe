"""What a run has done so far, kept beside its files: enough for the same command to go on after any interruption."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from liquidose.batch.checking import Outcome, Picked
from liquidose.batch.rejects import Refusal, Rejected
from liquidose.errors import BadOption, CannotWrite
from liquidose.exchange.spreadsheet import shown

NAME: Final = "journal.sqlite"
_TABLES: Final = """
BEGIN;
CREATE TABLE IF NOT EXISTS job (what TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS file (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL UNIQUE,
    labels INTEGER NOT NULL, sheets INTEGER NOT NULL, digest TEXT NOT NULL, rows INTEGER NOT NULL,
    rest INTEGER NOT NULL, again INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS reject (
    id INTEGER PRIMARY KEY, file TEXT NOT NULL, number INTEGER NOT NULL, line INTEGER NOT NULL,
    columns TEXT NOT NULL, cells TEXT NOT NULL, original TEXT NOT NULL, code TEXT NOT NULL, problem TEXT NOT NULL, remedy TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS note (
    id INTEGER PRIMARY KEY, file TEXT NOT NULL, number INTEGER NOT NULL, line INTEGER NOT NULL, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pick (
    drug TEXT, strength TEXT, orders INTEGER NOT NULL, labels INTEGER NOT NULL, ml TEXT NOT NULL,
    without INTEGER NOT NULL, PRIMARY KEY (drug, strength));
CREATE TABLE IF NOT EXISTS seen (
    id INTEGER PRIMARY KEY, digest BLOB NOT NULL, file TEXT NOT NULL, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS twin (
    id INTEGER PRIMARY KEY, file TEXT NOT NULL, number INTEGER NOT NULL, first_file TEXT NOT NULL,
    first INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS done (what TEXT PRIMARY KEY, count INTEGER NOT NULL);
INSERT OR IGNORE INTO done VALUES ('rows', 0), ('finished', 0);
COMMIT;
"""


class FileEntry(NamedTuple):
    """One file of labels that is written and will not be written again."""

    kind: str
    number: int
    """Of its kind, from 1."""
    name: str
    labels: int
    sheets: int
    digest: str
    rows: int
    """How many rows of the run stand before its end."""
    rest: int
    """How many labels of the last of them go into the kind's next file."""
    again: int
    """How many rows have all their labels in this file and those before: the rows behind them are read again."""


class Journal:
    """The journal of one folder. What is recorded counts from the next :meth:`keep`."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        path = Path(folder, NAME)
        with self._writing():
            path.touch(mode=0o600)
            self._base = sqlite3.connect(path, isolation_level=None, timeout=0)
        try:
            with self._writing():
                # One run at a time: the lock is held until the end, and goes with the process.
                self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
                self._base.execute("PRAGMA synchronous = FULL")
                self._base.executescript(_TABLES)
                self._base.execute("BEGIN EXCLUSIVE")
        except CannotWrite:
            self._base.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()  # what was not kept is forgotten
        if isinstance(fault, sqlite3.Error):
            raise CannotWrite(
                f"The journal in {self.folder} cannot be read: {fault}.",
                "Choose a new folder: what this one has done is no longer known.",
                given=self.folder,
            ) from None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as fault:
            if "locked" in str(fault):
                raise CannotWrite(
                    f"Another run is at work in {self.folder}.", "Wait until it ends.", given=self.folder
                ) from None
            raise CannotWrite(
                f"The journal in {self.folder} cannot be written: {getattr(fault, 'strerror', None) or fault}.",
                "Choose another place with -o.",
                given=self.folder,
            ) from None

    def begin(self, job: Mapping[str, str]) -> None:
        """Nothing comes out; the journal is this job's from now on.

        Raises:
            BadOption: it is another job's; the message says what differs.
        """
        with self._writing():
            kept = dict(self._base.execute("SELECT what, value FROM job"))
            if not kept:
                self._base.executemany("INSERT INTO job VALUES (?, ?)", job.items())
                self.keep()
                return
        other = [what for what in {**job, **kept} if job.get(what) != kept.get(what)]
        if other:
            raise BadOption(
                f"{self.folder} holds a run that was begun with another {other[0]}.",
                "Give the same command as before, or choose a new folder.",
                given=other[0],
            )

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Nothing comes out; what became of the next rows is recorded."""
        seen, rejects, notes = [], [], []
        picks: dict[tuple[str, str], list[Picked]] = {}
        for row, digest, found in outcomes:
            place = (row.file, row.number)
            # Not looked up among all that came before, which costs more with every row: see pair_twins.
            seen.append((digest, *place))
            if isinstance(found, Refusal):
                held = (row.columns or (), row.cells, row.original)
                written = (json.dumps(list(part), default=shown) for part in held)
                rejects.append((*place, row.line, *written, *found))
            else:
                notes += [(*place, row.line, text) for text in found.notes]
                picks.setdefault((found.drug, found.strength), []).append(found)
        with self._writing():
            self._base.execute("UPDATE done SET count = count + ? WHERE what = 'rows'", (len(seen),))
            self._base.executemany("INSERT INTO seen VALUES (NULL, ?, ?, ?)", seen)
            self._base.executemany("INSERT INTO reject VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rejects)
            self._base.executemany("INSERT INTO note VALUES (NULL, ?, ?, ?, ?)", notes)
            for key, some in picks.items():
                self._pick(key, some)

    def _pick(self, key: tuple[str, str], some: list[Picked]) -> None:
        before = self._base.execute("SELECT ml FROM pick WHERE drug = ? AND strength = ?", key).fetchone()
        stated = [picked.ml for picked in some if picked.ml is not None]
        self._base.execute(
            "INSERT INTO pick VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE "
            "SET orders = orders + ?3, labels = labels + ?4, ml = ?5, without = without + ?6",
            (
                *key,
                len(some),
                sum(picked.labels for picked in some),
                str(sum(stated, Fraction(before[0]) if before else Fraction(0))),
                len(some) - len(stated),
            ),
        )

    def pair_twins(self) -> None:
        """Nothing comes out; each row that came before is recorded with the first that was the same."""
        with self._writing():
            self._base.execute("DELETE FROM twin")  # of reports that were written before
            self._base.execute(
                "INSERT INTO twin SELECT NULL, file, number, first_file, first FROM ("
                "SELECT id, file, number, row_number() OVER same AS nth, "
                "first_value(file) OVER same AS first_file, first_value(number) OVER same AS first "
                "FROM seen WINDOW same AS (PARTITION BY digest ORDER BY id)) WHERE nth > 1 ORDER BY id"
            )

    def add_file(self, entry: FileEntry) -> None:
        """Nothing comes out; the file is recorded, and everything recorded before it is kept."""
        with self._writing():
            self._base.execute("INSERT INTO file VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", entry)
        self.keep()

    def keep(self) -> None:
        """Nothing comes out; what was recorded outlives a loss of power."""
        with self._writing():
            self._base.execute("COMMIT")
            self._base.execute("BEGIN EXCLUSIVE")

    def finish(self) -> None:
        """Nothing comes out; there is nothing left to do in this folder."""
        with self._writing():
            self._base.execute("UPDATE done SET count = 1 WHERE what = 'finished'")
        self.keep()

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return bool(self._count("SELECT count FROM done WHERE what = 'finished'"))

    @property
    def rows(self) -> int:
        """How many rows are accounted for."""
        return self._count("SELECT count FROM done WHERE what = 'rows'")

    @property
    def files(self) -> list[FileEntry]:
        """The files that are written, in the order in which they were."""
        return [FileEntry(*row) for _, *row in self._base.execute("SELECT * FROM file ORDER BY id")]

    @property
    def rejected(self) -> int:
        """How many rows were rejected."""
        return self._count("SELECT count(*) FROM reject")

    def rejects(self) -> Iterator[Rejected]:
        """The rejected rows in the order of the input."""
        for file, number, line, columns, cells, original, *why in self._base.execute(
            "SELECT file, number, line, columns, cells, original, code, problem, remedy FROM reject ORDER BY id"
        ):
            yield Rejected(file, number, line, *map(json.loads, (columns, cells, original)), *why)

    def notes(self) -> Iterator[tuple[str, int, int, str]]:
        """File, row, line and text of each note for the pharmacist."""
        return self._base.execute("SELECT file, number, line, text FROM note ORDER BY id")

    def picks(self) -> Iterator[tuple[str, str, int, int, str, int]]:
        """Drug, strength, orders, labels, mL and orders without a quantity, by drug."""
        return self._base.execute("SELECT * FROM pick ORDER BY drug, strength")

    def twins(self) -> Iterator[tuple[str, int, str, int]]:
        """File and row of each row that came before, with file and row of the first."""
        return self._base.execute("SELECT file, number, first_file, first FROM twin ORDER BY id")

    @property
    def twin_count(self) -> int:
        """How many rows came before."""
        return self._count("SELECT count(*) FROM twin")

    def _count(self, question: str) -> int:
        return int(self._base.execute(question).fetchone()[0])
