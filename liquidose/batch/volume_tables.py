"""The table of volumes as it is written, in CSV or Parquet: it waits where an interruption leaves no half of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, Final, Self

from liquidose.batch.answers import MOST_INT64, PAST_INT64
from liquidose.batch.columns import polars_or_refuse
from liquidose.batch.rejects import Refusal
from liquidose.batch.spreadsheet import csv_line, safe_cell, shown
from liquidose.errors import CannotWrite
from liquidose.files import whole_file, write_whole

PLACE: Final = ("file", "row", "line")
RESULTS: Final = (
    "exact_ml", "exact_numerator", "exact_denominator", "measured_ml", "syringe", "draws_ml", "dose_given",
    "warning_codes", "warnings",
)  # fmt: skip
BETWEEN: Final = ";"
"""What parts the draws, and the codes, where there are no lists."""
_WHOLE: Final = frozenset({"row", "line", "exact_numerator", "exact_denominator"})
_LISTS: Final = frozenset({"draws_ml", "warning_codes"})
_TOGETHER: Final = 20_000
"""Rows of a piece of a Parquet file."""


@contextmanager
def _writing(target: str, faults: tuple[type[Exception], ...] = (OSError,)) -> Iterator[None]:
    try:
        yield
    except faults as fault:
        why = str(getattr(fault, "strerror", None) or fault).partition("\n")[0].rstrip(".")
        raise CannotWrite(
            f"{target} cannot be written: {why}.", "Choose another place with -o.", given=target
        ) from None


def table_for(target: str, headings: Sequence[str]) -> CsvTable | ParquetTable:
    """The table that a file of this name is: Parquet where it ends so, else CSV."""
    return (ParquetTable if target.endswith(".parquet") else CsvTable)(target, headings)


class Waiting:
    """Output that waits without a name, so that an interruption leaves nothing.

    Raises:
        CannotWrite: the folder of the target cannot take it.
    """

    def __init__(self, target: str) -> None:
        self._target = target

    def __enter__(self) -> Self:
        with _writing(self._target):
            self._file = TemporaryFile(dir=Path(self._target).parent)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, content: bytes) -> None:
        """Nothing comes out; the content is behind what was there."""
        with _writing(self._target):
            self._file.write(content)

    def pieces(self) -> Iterator[bytes]:
        """Everything, in pieces."""
        with _writing(self._target):
            self._file.seek(0)
        while piece := self._file.read(1 << 20):
            yield piece


class CsvTable:
    """The table as CSV, safe for a spreadsheet."""

    def __init__(self, target: str, headings: Sequence[str]) -> None:
        self._target, self._headings = target, headings
        self._waiting = Waiting(target)

    def __enter__(self) -> Self:
        self._waiting.__enter__()
        self._waiting.add(csv_line(self._headings, mark=True))
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.__exit__()

    def add(self, row: Sequence[Any]) -> None:
        """Nothing comes out; the row is the next."""
        own, results = row[: -len(RESULTS)], row[-len(RESULTS) :]
        self._waiting.add(csv_line((*(safe_cell(shown(cell)) for cell in own), *results)))

    def write(self) -> None:
        """Nothing comes out; the target is the table."""
        write_whole(self._target, self._waiting.pieces())


class ParquetTable:
    """The table as Parquet: results of their own kinds, an input's cells as text.

    Raises:
        BadOption: polars is not installed.
        CannotWrite: the folder of the target cannot take it.
    """

    def __init__(self, target: str, headings: Sequence[str]) -> None:
        self._pl = pl = polars_or_refuse()
        self._target = target
        kinds = {**dict.fromkeys(_WHOLE, pl.Int64), **dict.fromkeys(_LISTS, pl.List(pl.String))}
        self._schema = {name: kinds.get(name, pl.String) for name in headings}
        self._rows: list[list[Any]] = []
        self._count = 0

    def __enter__(self) -> Self:
        with self._written():
            self._folder = TemporaryDirectory(prefix=".liquidose-", dir=Path(self._target).parent)
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def _written(self) -> AbstractContextManager[None]:
        return _writing(self._target, (OSError, self._pl.exceptions.PolarsError))

    def add(self, row: Sequence[Any]) -> Refusal | None:
        """Why the table cannot hold the row; where nothing comes out, it is the next."""
        held = {name: _typed(name, cell) for name, cell in zip(self._schema, row, strict=True)}
        if max(held["exact_numerator"], held["exact_denominator"]) > MOST_INT64:
            return Refusal(
                PAST_INT64,
                "The exact volume is a fraction that 64-bit integers cannot hold.",
                "Write the table as CSV.",
            )
        self._rows.append(list(held.values()))
        if len(self._rows) == _TOGETHER:
            self._put_by()
        return None

    def _put_by(self) -> None:
        piece = self._pl.DataFrame(self._rows, schema=self._schema, orient="row")
        with self._written():
            piece.write_parquet(Path(self._folder.name, f"{self._count:09}.parquet"))
        self._rows, self._count = [], self._count + 1

    def write(self) -> None:
        """Nothing comes out; the target is the table."""
        self._put_by()
        pieces = sorted(Path(self._folder.name).iterdir())
        with self._written(), whole_file(self._target) as temporary:
            self._pl.scan_parquet(pieces, glob=False).sink_parquet(temporary, maintain_order=True)


def _typed(name: str, cell: Any) -> Any:
    if name in _WHOLE:
        return int(cell)
    if name in _LISTS:
        return cell.split(BETWEEN) if cell else []
    return None if cell is None or (name in RESULTS and not cell) else shown(cell)
