"""A CSV or Parquet file of any size through convert_frame's columns into another, in pieces; whole or not at all."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import msgspec

from liquidose.batch.answers import MOST_KEPT, Answers
from liquidose.batch.columns import LISTS, Columns, polars_or_refuse
from liquidose.errors import BadFile, BadOption, CannotWrite
from liquidose.whole_files import whole_file

if TYPE_CHECKING:
    import polars  # noqa: ICN001  (the name a reader of the signatures knows)

ENDINGS: Final = (".csv", ".parquet")
MOST_LINES: Final = 100
"""In one row: a quotation mark that is never closed would swallow the rest of the file."""
_BETWEEN: Final = {"draws_ml": " + ", "warnings": " "}
"""What stands between the texts of a list, in a CSV file, which has no lists."""


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows came out, and of which kinds."""

    rows: int
    not_measurable: int
    """Rows with an exact volume that no syringe was chosen for; their warnings say why."""
    errors: Mapping[str, int]
    """Rows refused, by the code of the error."""


def convert_file(source: str, target: str, inputs: Mapping[str, Any], answers: Answers) -> Tally:
    """How many rows of ``source`` came out in ``target``; each row of the one is a row of the other, in its place.

    ``inputs`` are the arguments of :func:`liquidose.convert_frame` by their names. Cells of a CSV file are text and
    stay as they are; in a CSV target lists become text.

    Raises:
        BadOption: a name that is not .csv or .parquet, a file that would be written over itself, a column that is
            not there, or polars is missing.
        BadFile: the source cannot be read, or a cell of it goes on for more lines than a row may have.
        UnreadableText: a column of something other than text.
        CannotWrite: the target cannot be written; nothing was left behind.
    """
    pl = polars_or_refuse()
    for name in (source, target):
        if not name.endswith(ENDINGS):
            raise BadOption(
                f"'{name}' is not called .csv or .parquet.",
                "Name the file so that it says what it is.",
                given=name,
            )
    _check_readable(source)
    if os.path.exists(target) and os.path.samefile(source, target):  # noqa: PTH110, PTH121
        raise BadOption(f"{target} is the file that is read.", "Choose another name with -o.", given=target)
    errors: Counter[str | None] = Counter()
    unmeasured = swallowed = 0
    counting = Lock()  # polars calls from several threads
    columns = Columns(inputs, lru_cache(MOST_KEPT)(answers.to))

    def converted(piece: polars.DataFrame) -> polars.DataFrame:
        nonlocal unmeasured, swallowed
        table = columns.of(piece)
        with counting:
            swallowed += _swallowed(piece) if source.endswith(".csv") else 0
            errors.update(dict(table["error"].value_counts().iter_rows()))
            unmeasured += table.filter(pl.col("error").is_null() & pl.col("measured_ml").is_null()).height
        if target.endswith(".csv"):
            table = table.with_columns(pl.col(name).list.join(_BETWEEN[name]) for name in LISTS)
        return table

    schema = _schema_of(source)
    after = converted(pl.DataFrame(schema=schema)).schema  # refuses what no row could make good
    try:
        with whole_file(target) as temporary:
            table = _scan(source).map_batches(converted, schema=after, streamable=True)
            if target.endswith(".csv"):
                table.sink_csv(temporary, maintain_order=True)
            else:
                table.sink_parquet(temporary, maintain_order=True)
            if swallowed:
                raise BadFile(
                    f"{source} has a cell of more than {MOST_LINES} lines: a quotation mark may be opened and not closed, "
                    "and the rows behind it would be lost.",
                    "Correct the table.",
                    given=source,
                )
    except pl.exceptions.PolarsError as fault:
        why = _first_line(fault)
        if "(os error " in why:  # the source was read in part already
            raise CannotWrite(
                f"{target} cannot be written: {why.rpartition('IO error: ')[2]}.",
                "Choose another place with -o.",
                given=target,
            ) from None
        raise BadFile(
            f"{source} cannot be turned into {target}: {why}.", "Check the file that is read.", given=source
        ) from None
    return Tally(
        rows=errors.total(),
        not_measurable=unmeasured,
        errors={code: count for code, count in sorted(errors.items(), key=str) if code is not None},
    )


def _swallowed(piece: polars.DataFrame) -> int:
    """How many cells have more lines than one row may have."""
    long = [name for name in piece.columns if piece[name].str.contains("\n", literal=True).any()]
    return sum(int((piece[name].str.count_matches("\n", literal=True) >= MOST_LINES).sum()) for name in long)


def _scan(source: str) -> Any:
    """The file of exactly this name: brackets in it are no pattern, and no folder's name is a column."""
    pl = polars_or_refuse()
    if source.endswith(".csv"):
        return pl.scan_csv(source, infer_schema=False, glob=False)
    return pl.scan_parquet(source, glob=False, hive_partitioning=False)


def _schema_of(source: str) -> Any:
    """The columns of a file and their kinds; two of one name, of which polars renames the second, are refused."""
    pl = polars_or_refuse()
    try:
        schema = _scan(source).collect_schema()
    except (pl.exceptions.PolarsError, OSError) as fault:
        why = _first_line(fault)
        raise BadFile(f"{source} cannot be read: {why}.", "Check the file.", given=source) from None
    for name in schema:
        first = re.sub(r"_duplicated_[0-9]+$", "", name)
        if first != name and first in schema:
            raise BadFile(f"{source} has two columns called '{first}'.", "Rename one of them.", given=first)
    return schema


def _first_line(fault: Exception) -> str:
    return str(getattr(fault, "strerror", None) or fault).partition("\n")[0].rstrip(".")


def _check_readable(source: str) -> None:
    try:
        with open(source, "rb"):  # noqa: PTH123
            return
    except (OSError, ValueError) as fault:  # a null in a path is a ValueError
        why = getattr(fault, "strerror", None) or fault
        raise BadFile(f"{source} cannot be read: {why}.", "Check the path.", given=source) from None
