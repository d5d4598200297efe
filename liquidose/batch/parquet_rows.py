"""The rows of a Parquet file, some thousand at a time, each cell of its column's own kind; a float is never an amount."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from liquidose.batch.columns import polars_or_refuse
from liquidose.batch.rows import Row
from liquidose.batch.sources import Source, unreadable
from liquidose.errors import BadFile
from liquidose.orders import cells

Kind: TypeAlias = Literal["text", "texts", "whole", "yes-no", "date", "time", "decimal", "empty"]

_TOGETHER: Final = 10_000
"""Rows that are read together: a file is never in memory whole."""
_WORDS: Final[dict[cells.Kind, str]] = {
    "text": "text", "texts": "text or a list of texts", "whole": "text or whole numbers",
    "yes-no": "text or booleans", "yes-no-text": "text or booleans", "date": "text or dates", "time": "text or times without a zone",
}  # fmt: skip
_ALSO: Final[dict[cells.Kind, frozenset[str]]] = {
    "date": frozenset({"time"}),
    "yes-no-text": frozenset({"yes-no"}),
}
_PUT_TOGETHER: Final = frozenset({"text", "whole", "yes-no", "date", "time", "decimal", "empty"})
"""What a mapping may name."""
_PLAIN: Final = (str, bool, Decimal, dt.date, type(None))


def header_of_parquet(source: Source) -> tuple[str, ...]:
    """The names of the columns.

    Raises:
        BadFile: it is no Parquet file.
        BadOption: polars is not installed.
    """
    return tuple(_schema(source))


def check_kinds(source: Source, fields: Mapping[str, str], made_of: Mapping[str, str]) -> None:
    """Nothing comes out, if every column that is used holds what an order can be read from.

    ``fields`` has the column of an order for each column that is one, ``made_of`` the field for each column that a
    mapping names.

    Raises:
        BadFile: such as floats, which are not what somebody wrote; the message names the column.
    """
    for name, (kind, called) in _schema(source).items():
        field = fields.get(name)
        if field is not None:
            wanted = cells.columns().get(field, "text")
            if kind not in {wanted, "text", "empty"} | _ALSO.get(wanted, frozenset()):
                raise _other_kind(source, name, called, _WORDS[wanted])
        elif name in made_of and kind not in _PUT_TOGETHER:
            raise _other_kind(source, name, called, "text, whole numbers or decimals")


def _other_kind(source: Source, name: str, called: str, wanted: str) -> BadFile:
    problem = f"{source.name}: the column '{name}' holds {called}, not {wanted}."
    remedy = "Write it as such into the file."
    if called.startswith("Float"):
        remedy = "A float is not the number that somebody wrote: write it as text, or as a decimal."
    return BadFile(problem, remedy, given=name)


def rows_of_parquet(source: Source) -> Iterator[Row]:
    """Every row of the file.

    Raises:
        BadFile: it is no Parquet file, or was changed meanwhile.
        BadOption: polars is not installed.
    """
    pl = polars_or_refuse()
    schema = _schema(source)
    columns = tuple(schema)
    with source.watched():
        found = pl.scan_parquet(source.path, glob=False, hive_partitioning=False)
        for start in range(0, source.lines, _TOGETHER):
            try:
                table = found.slice(start, _TOGETHER).collect()
            except pl.exceptions.PolarsError as fault:
                raise unreadable(source.path, fault) from None
            for number, row in enumerate(table.iter_rows(), start + 1):
                yield Row(
                    file=source.name,
                    number=number,
                    line=number,
                    cells=tuple(map(_plain, row)),
                    columns=columns,
                )


def _plain(cell: Any) -> Any:
    """The cell as it is, or as text where no JSON could hold it."""
    if isinstance(cell, _PLAIN):
        return cell
    if isinstance(cell, int):
        return cell if -(2**63) <= cell < 2**64 else str(cell)
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else str(cell)
    if isinstance(cell, list):
        return [_plain(part) for part in cell]
    if isinstance(cell, dict):
        return {name: _plain(part) for name, part in cell.items()}
    return str(cell)


def _schema(source: Source) -> dict[str, tuple[Kind | None, str]]:
    """For each column what it holds, None for what no order has, and polars' word for it."""
    pl = polars_or_refuse()
    try:
        schema = pl.scan_parquet(source.path, glob=False, hive_partitioning=False).collect_schema()
    except pl.exceptions.PolarsError as fault:
        raise unreadable(source.path, fault) from None
    return {name: (_kind(pl, kind), str(kind)) for name, kind in schema.items()}


def _kind(pl: Any, kind: Any) -> Kind | None:
    kinds: list[tuple[bool, Kind]] = [
        (kind in (pl.String, pl.Categorical, pl.Enum), "text"),
        (kind == pl.List(pl.String), "texts"),
        (kind.is_integer(), "whole"),
        (kind.is_decimal(), "decimal"),
        (kind == pl.Boolean, "yes-no"),
        (kind == pl.Date, "date"),
        (kind == pl.Datetime and getattr(kind, "time_zone", None) is None, "time"),
        (kind == pl.Null, "empty"),
    ]
    return next((word for found, word in kinds if found), None)
