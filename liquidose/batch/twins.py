"""Rows that came before: kept all the same, and named."""

from __future__ import annotations

import sqlite3
from typing import Final, Self

import msgspec

MOST_NAMED: Final = 100
"""Duplicates that a summary names; it counts them all."""


class Duplicate(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is the same as one before it; both were kept."""

    file: str
    row: int
    first_file: str
    first_row: int


class Seen:
    """The rows of a run that has no journal, by their digests: on the disk without a name where they are many."""

    def __init__(self) -> None:
        self.count = 0
        self.named: list[Duplicate] = []
        """The first hundred."""

    def __enter__(self) -> Self:
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute(
            "CREATE TABLE seen (digest BLOB PRIMARY KEY, file TEXT NOT NULL, number INTEGER NOT NULL) WITHOUT ROWID"
        )
        self._base.execute("BEGIN")
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    def add(self, digest: bytes, file: str, number: int) -> None:
        """Nothing comes out; the row is counted where one of the same digest was before it."""
        found = self._base.execute("SELECT file, number FROM seen WHERE digest = ?", (digest,)).fetchone()
        if found is None:
            self._base.execute("INSERT INTO seen VALUES (?, ?, ?)", (digest, file, number))
            return
        self.count += 1
        if len(self.named) < MOST_NAMED:
            first_file, first = found
            self.named.append(Duplicate(file=file, row=number, first_file=first_file, first_row=first))
