"""The table of volumes as it is written, in CSV or Parquet: it waits where an interruption leaves no half of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final, Self

from liquidose.batch.answers import MOST_INT64, PAST_INT64
from liquidose.batch.columns import polars_or_refuse
from liquidose.batch.rejects import Refusal
from liquidose.errors import BadOption, CannotWrite
from liquidose.exchange.spreadsheet import csv_line, safe_cell, shown
from liquidose.whole_files import whole_files

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
    """The table that a file of this name is.

    Raises:
        BadOption: the name does not end in .csv or .parquet, or polars is not installed.
    """
    if target.endswith(".csv"):
        return CsvTable(target, headings)
    if target.endswith(".parquet"):
        return ParquetTable(target, headings)
    raise BadOption(
        f"'{target}' is not called .csv or .parquet.",
        "Name the file so that it says what it is.",
        given=target,
    )


def put_in_place(
    files: Mapping[str, Callable[[str], None]], summary_as: str, summary: Callable[[dict[str, str]], bytes]
) -> None:
    """Nothing comes out; each file holds what its function wrote to a path, and one more the summary of their SHA-256.

    They get their names when all are written, the last of them last: where it is, all are of one run.

    Raises:
        CannotWrite: none of them is written.
    """
    digests = {}
    with whole_files((summary_as, *files), alone=True) as (temporary_summary, *temporaries):
        for (path, write), temporary in zip(files.items(), temporaries, strict=True):
            with _writing(path):
                write(temporary)
                with open(temporary, "rb") as file:  # noqa: PTH123
                    digests[Path(path).name] = hashlib.file_digest(file, "sha256").hexdigest()
        with _writing(summary_as):
            Path(temporary_summary).write_bytes(summary(digests))


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
        with suppress(OSError):  # of what a full disk did not take, and nobody wants any more
            self._file.close()

    def add(self, content: bytes) -> None:
        """Nothing comes out; the content is behind what was there."""
        with _writing(self._target):
            self._file.write(content)

    def pieces(self, sizes: Iterable[int] | None = None) -> Iterator[bytes]:
        """Everything from the beginning, in pieces of these sizes, else of a million bytes."""
        with _writing(self._target):
            self._file.seek(0)
        for size in sizes or repeat(1 << 20):
            piece = self._file.read(size)
            if not piece:
                return
            yield piece

    def write(self, path: str) -> None:
        """Nothing comes out; the file of that path holds everything."""
        with _writing(self._target), open(path, "wb") as file:  # noqa: PTH123
            file.writelines(self.pieces())


class CsvTable:
    """The table as CSV, safe for a spreadsheet."""

    def __init__(self, target: str, headings: Sequence[str]) -> None:
        self._target, self._headings = target, headings
        self._waiting = Waiting(target)

    def __enter__(self) -> Self:
        self._waiting.__enter__()
        self._waiting.add(csv_line(map(safe_cell, self._headings), mark=True))
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.__exit__()

    def add(self, row: Sequence[Any]) -> None:
        """Nothing comes out; the row is the next."""
        self._waiting.add(csv_line(safe_cell(shown(cell)) for cell in row))

    def write(self, path: str) -> None:
        """Nothing comes out; the file of that path is the table."""
        self._waiting.write(path)


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
        self._waiting = Waiting(target)
        self._sizes: list[int] = []
        """How many bytes each piece has that waits."""

    def __enter__(self) -> Self:
        self._waiting.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.__exit__()

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
        content = BytesIO()
        self._pl.DataFrame(self._rows, schema=self._schema, orient="row").write_ipc(content)
        self._waiting.add(content.getvalue())
        self._sizes.append(content.tell())
        self._rows = []

    def write(self, path: str) -> None:
        """Nothing comes out; the file of that path is the table."""
        self._put_by()
        with _writing(self._target, (OSError, self._pl.exceptions.PolarsError)):
            table = self._pl.io.plugins.register_io_source(self._frames, schema=self._schema)
            table.sink_parquet(path, row_group_size=_TOGETHER, maintain_order=True)

    def _frames(self, columns: Any, condition: Any, most: Any, together: Any) -> Iterator[Any]:  # noqa: ARG002
        """Each piece in turn; polars may ask for less, which a table that is written whole never does."""
        for piece in self._waiting.pieces(self._sizes):
            yield self._pl.read_ipc(BytesIO(piece))


def _typed(name: str, cell: Any) -> Any:
    if name in _WHOLE:
        return int(cell)
    if name in _LISTS:
        return cell.split(BETWEEN) if cell else []
    return None if cell is None or (name in RESULTS and not cell) else shown(cell)
