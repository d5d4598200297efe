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

from liquidose.batch.answers import MOST_KEPT, Answer, Answers
from liquidose.batch.columns import LISTS, NEW, Columns, polars_or_refuse
from liquidose.errors import BadFile, BadOption, CannotWrite, LiquidoseError
from liquidose.exchange.conversions import plain
from liquidose.whole_files import whole_file

if TYPE_CHECKING:
    import polars  # noqa: ICN001  (the name a reader of the signatures knows)

ENDINGS: Final = (".csv", ".parquet")
MOST_LINES: Final = 100
"""In one row: a quotation mark that is never closed would swallow the rest of the file."""
SEVERAL: Final = "it is several lines, each of which may be a row: a quotation mark may be missing"
"""What is said of a row that a line end parts into two with as many commas as a row has: a stray quote may have swallowed one."""
_QUOTES: Final = ("its quotation marks do not match", "Correct the table.")
_NOT_UTF_8: Final = ("it is not UTF-8 text", "Save it as UTF-8.")
_FAULTS: Final = {
    "could not parse": _QUOTES,
    "CSV malformed": _QUOTES,
    "found more fields": ("a row has more cells than there are headings", "Correct the table."),
    "invalid utf-8": _NOT_UTF_8,
}
"""What polars says of a CSV file, whose words may be a patient's; and what is said here, with the remedy."""
_BETWEEN: Final = {"draws_ml": " + ", "warnings": " "}
"""What stands between the texts of a list, in a CSV file, which has no lists."""


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows came out, and of which kinds."""

    rows: int
    not_measurable: int
    """Rows with an exact volume that no syringe was chosen for; their warnings say why."""
    errors: Mapping[str, int]
    """Rows refused, by the code of the error."""


def not_parted(why: str) -> BadFile:
    """The refusal of a row of a table that cannot be parted into its cells."""
    return BadFile(f"The row cannot be read: {why}.", "Correct it in the table.", given="")


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
        long = _of_several_lines(piece) if source.endswith(".csv") else []
        if long:
            table = _without_several(table, piece)
        with counting:
            swallowed += _swallowed(piece, long)
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
        raise _cannot(source, target, _first_line(fault)) from None
    return Tally(
        rows=errors.total(),
        not_measurable=unmeasured,
        errors={code: count for code, count in sorted(errors.items(), key=str) if code is not None},
    )


def _of_several_lines(piece: polars.DataFrame) -> list[str]:
    """The columns that have a cell of several lines, which are few or none."""
    return [name for name in piece.columns if piece[name].str.contains("[\n\r]").any()]


def _swallowed(piece: polars.DataFrame, long: list[str]) -> int:
    """How many cells have more lines than one row may have."""
    return sum(int((piece[name].str.count_matches("\n", literal=True) >= MOST_LINES).sum()) for name in long)


def _without_several(table: polars.DataFrame, piece: polars.DataFrame) -> polars.DataFrame:
    """The table with an error in each row that may be several of the file, as in liquidose.batch.rows.

    Its commas are those of the file: only the quotation marks are no longer there.
    """
    pl = polars_or_refuse()
    if piece.width == 1:
        return table
    row = pl.concat_str(pl.col(piece.columns).fill_null(""), separator=",").str.replace_all("\r\n?", "\n")
    so_far = pl.element().str.count_matches(",", literal=True).cum_sum()
    parted = (so_far >= piece.width - 1) & (so_far + piece.width - 1 <= so_far.last())
    several = piece.select(row.str.split("\n").list.eval(parted).list.any()).to_series()
    refusal = not_parted(SEVERAL)
    instead = Answer(error=refusal.code, error_text=plain(str(refusal)))
    return table.with_columns(
        pl.when(several).then(pl.lit(value, dtype=table.schema[name])).otherwise(pl.col(name)).alias(name)
        for name, value in zip(NEW, instead, strict=True)
    )


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
        if "\ufffd" in name:  # polars has put it in the place of what it could not read
            raise BadFile(f"{source} cannot be read: {_NOT_UTF_8[0]}.", _NOT_UTF_8[1], given=source)
        if "\r" in name:
            raise BadFile(
                f"The lines of {source} end in a carriage return alone, which is not read.",
                "Save it as CSV in UTF-8 again.",
                given=source,
            )
        first = re.sub(r"_duplicated_[0-9]+$", "", name)
        if first != name and first in schema:
            raise BadFile(f"{source} has two columns called '{first}'.", "Rename one of them.", given=first)
    return schema


def _cannot(source: str, target: str, why: str) -> LiquidoseError:
    """The refusal of what polars could not carry out."""
    if "(os error " in why:  # of the target: the source was read in part already
        why = why.rpartition("IO error: ")[2]
        return CannotWrite(
            f"{target} cannot be written: {why}.", "Choose another place with -o.", given=target
        )
    known = next((words for said, words in _FAULTS.items() if said in why), None)
    if source.endswith(".csv") and known is not None:
        return BadFile(f"{source} cannot be read: {known[0]}.", known[1], given=source)
    return BadFile(
        f"{source} cannot be turned into {target}: {why}.", "Check the file that is read.", given=source
    )


def _first_line(fault: Exception) -> str:
    return str(getattr(fault, "strerror", None) or fault).partition("\n")[0].rstrip(".")


def _check_readable(source: str) -> None:
    try:
        with open(source, "rb"):  # noqa: PTH123
            return
    except (OSError, ValueError) as fault:  # a null in a path is a ValueError
        why = getattr(fault, "strerror", None) or fault
        raise BadFile(f"{source} cannot be read: {why}.", "Check the path.", given=source) from None
