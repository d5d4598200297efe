"""The work of one worker on labels: rows checked and laid out, their labels packed; packed labels rendered to a file."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from liquidose.batch.checking import Checker, Outcome, Picked, Reading
from liquidose.batch.rows import Row
from liquidose.labelling import document_of
from liquidose.print_run import Label, Run
from liquidose.site import Site

Labels: TypeAlias = list[Label] | bytes
"""As they are in this process, or packed for another."""


class Batch(NamedTuple):
    """Some rows that were checked, and their labels."""

    outcomes: list[Outcome]
    counts: list[int]
    """How many labels each row has."""
    labels: dict[str, Labels]
    """By kind: a file of one that waits for its labels must not hold those of the others."""


class Piece(NamedTuple):
    """Labels of one kind out of a batch, counted through all its rows: from ``first`` to before ``last``."""

    labels: Labels
    first: int
    last: int


class Sheaf(NamedTuple):
    """The labels of one file, and how they are printed."""

    run: Run
    pieces: list[Piece]


class Rendered(NamedTuple):
    """One file of labels."""

    content: bytes
    sheets: int


class LabelWorker:
    """Checks rows and renders files, here or in a process of its own, where labels come and go packed."""

    def __init__(
        self, reading: Reading, kinds: Mapping[str, Run], site: Site, *, packed: bool = False
    ) -> None:
        self._site, self._packed = site, packed
        self._checker = Checker(reading, kinds, site)

    def check(self, rows: Sequence[Row]) -> Batch:
        """The rows, checked and laid out."""
        found = self._checker.check(rows)
        counts = [sum(label.copies for label in labels) for labels in found.labels]
        flat: dict[str, list[Label]] = {}
        for outcome, labels in zip(found.outcomes, found.labels, strict=True):
            if isinstance(outcome.found, Picked):
                flat.setdefault(outcome.found.kind, []).extend(labels)
        return Batch(found.outcomes, counts, {kind: self._as_sent(some) for kind, some in flat.items()})

    def _as_sent(self, labels: list[Label]) -> Labels:
        return pickle.dumps(labels, pickle.HIGHEST_PROTOCOL) if self._packed else labels

    def render(self, sheaves: Sequence[Sheaf]) -> list[Rendered]:
        """A file for each sheaf."""
        return [self._render(*sheaf) for sheaf in sheaves]

    def _render(self, run: Run, pieces: Sequence[Piece]) -> Rendered:
        labels = (label for piece in pieces for label in _cut(piece))
        content, manifest = document_of(labels, run, self._site, title="Labels")
        return Rendered(content, len(manifest.pages))


@lru_cache(4)
def _unpacked(labels: bytes) -> list[Label]:
    """Kept for the next file, which often begins in the same batch."""
    found: list[Label] = pickle.loads(labels)  # noqa: S301  (what another worker of ours packed)
    return found


def _cut(piece: Piece) -> Iterator[Label]:
    start = 0
    for label in piece.labels if isinstance(piece.labels, list) else _unpacked(piece.labels):
        end = start + label.copies
        copies = min(end, piece.last) - max(start, piece.first)
        if copies > 0:
            yield label._replace(copies=copies)
        start = end
