"""A row put into the site file by a command: everything else in it, comments too, stays as a person wrote it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec
import tomlkit
from tomlkit.items import AoT, Item, Table

from liquidose.errors import BadFile, CannotWrite
from liquidose.files import decode_toml, read_text
from liquidose.numbers import decimal_digits
from liquidose.site import Site
from liquidose.whole_files import write_whole

Value = str | int | Fraction | dt.date | Sequence[Mapping[str, Fraction]]
"""What a row may hold; a list of small rows is written in one line."""


def put_row(path: str, table: str, row: Mapping[str, Value | None], *, keys: Sequence[str]) -> None:
    """Nothing comes out; the file's ``[[table]]`` has the row, in place of the one that agrees with it in ``keys``.

    A value of None is left out. A file that is not there is made. What would be written is read as a site
    file first, so that no command leaves one that the next cannot read.

    Raises:
        BadFile: the file has a fault, writes the table as a list in brackets, or would have a fault or change elsewhere.
        CannotWrite: for any reason; the file is as it was.
    """
    text = read_text(path) if os.path.exists(path) else ""  # noqa: PTH110  (pathlib costs 5 ms at every start)
    before = decode_toml(text, Site, name=path)
    document = tomlkit.parse(text)
    rows = document.get(table)
    if rows is not None and not isinstance(rows, AoT):
        raise BadFile(
            f"{path}: '{table}' is a list in brackets, to which no row can be added.",
            f"Write each of its rows under [[{table}]].",
            given=table,
        )
    values = {key: _item(value) for key, value in row.items() if value is not None}
    found = [old for old in rows or () if all(old.get(key) == row.get(key) for key in keys)]
    if found:
        _replace(found[0], values)
    else:
        fresh = tomlkit.table()
        for key, value in values.items():
            fresh.add(key, value)
        if rows is None:
            document.add(table, several := tomlkit.aot())
            several.append(fresh)
        else:
            rows.append(fresh)
    written = tomlkit.dumps(document)
    after = decode_toml(written, Site, name=path)
    if msgspec.structs.replace(after, **{table: getattr(before, table)}) != before:
        raise BadFile(
            f"{path} is written in a way that no row can be added to without changing the rest.",
            f"Move its [[{table}]] rows to the end, and try again.",
            given=path,
        )
    try:
        write_whole(path, written.encode())
    except CannotWrite as fault:
        raise CannotWrite(fault.problem, "Name another site file with --site.", given=path) from None


def _replace(old: Table, values: Mapping[str, Item]) -> None:
    for key in [key for key in old if key not in values]:
        del old[key]
    for key, value in values.items():
        old[key] = value


def _item(value: Value) -> Item:
    """The value as TOML, a fraction by its decimal digits and never through a float.

    Raises:
        ValueError: a fraction that is no decimal of 12 digits.
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        several = tomlkit.array()
        for row in value:
            small = tomlkit.inline_table()
            small.update({key: _item(number) for key, number in row.items()})
            several.append(small)
        return several
    if not isinstance(value, Fraction):
        return tomlkit.item(value)
    digits = decimal_digits(abs(value))
    if digits is None:
        raise ValueError(f"{value} is no decimal of 12 digits")
    return tomlkit.value(("-" if value < 0 else "") + digits)
