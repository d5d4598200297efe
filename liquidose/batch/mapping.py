"""Which columns of an export make which field of an order: ``dose={DOSE_VAL_RX} {DOSE_UNIT_RX}``.

A mapping puts cells and fixed words together; there is no other expression.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import msgspec

from liquidose.errors import BadFile, BadOption, CannotWrite, GiveWhatIsMissing, UnreadableText
from liquidose.exchange.spreadsheet import shown
from liquidose.files import nearest, read_text
from liquidose.numbers import MOST_DIGITS, decimal_digits, write_number
from liquidose.orders.cells import columns, field_like, not_spoilt
from liquidose.whole_files import write_whole

KIND_TABLE: Final = "print"
KIND: Final = f"{KIND_TABLE}.kind"
"""The one field of a row that is no order's: which kind of label it asks for."""
_COLUMN: Final = re.compile(r"\{([^{}]+)\}")


class ColumnMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each mapped field is made of."""

    fields: dict[str, str]
    """Dotted field to text with columns in braces."""

    @property
    def made_of(self) -> dict[str, str]:
        """The field that is made of each column which the mapping names."""
        return {column: field for field, text in self.fields.items() for column in _COLUMN.findall(text)}

    def check(self, header: Collection[str], *, name: str) -> None:
        """Nothing comes out, unless the table lacks a column that the mapping names, or gives a field itself.

        Raises:
            BadOption: it does.
        """
        for field, text in self.fields.items():
            if field in header:
                raise BadOption(
                    f"{name} has a column '{field}', and the mapping makes that field too.",
                    "Take the field out of the mapping, or rename the column.",
                    given=field,
                )
            for column in _COLUMN.findall(text):
                if column not in header:
                    close = nearest(column, header)
                    raise BadOption(
                        f"The mapping of {field} names the column '{column}', which {name} does not have.",
                        f"Did you mean '{close}'?" if close else f"It has {', '.join(header)}.",
                        given=column,
                    )

    def cells(self, given: Mapping[str, Any], *, locale: str | None = None) -> dict[str, str]:
        """The text of each mapped field from a row's cells; empty where all of its cells are.

        A decimal is written as the row's own locale has it, else ``locale``: it is exact, and reads back as itself.

        Raises:
            GiveWhatIsMissing: one cell of several is empty: what is left could be another amount.
            UnreadableText: a cell that a spreadsheet has spoilt, a decimal with a sign or too many digits, or an unknown
                locale.
        """
        made: dict[str, str] = {}
        locale = shown(given.get("locale")).strip(" ") or locale
        for field, text in sorted(self.fields.items(), key=lambda one: one[0] != "locale"):
            named = {
                column: _text(field, given.get(column), made.get("locale", locale))
                for column in _COLUMN.findall(text)
            }
            empty = [column for column, cell in named.items() if not cell]
            if named and len(empty) == len(named):
                continue
            if empty:
                raise GiveWhatIsMissing(
                    f"{field} is made of several columns, and '{empty[0]}' is empty.",
                    "Fill it, or empty them all.",
                    given=text,
                )
            for cell in named.values():
                not_spoilt(field, cell)
            made[field] = _COLUMN.sub(lambda match, named=named: named[match[1]], text)  # type: ignore[misc]
        return made


def _text(field: str, cell: Any, locale: str | None) -> str:
    if not isinstance(cell, Decimal):
        return shown(cell).strip(" ")
    if cell.is_signed():
        raise UnreadableText(
            f"{field} is made of {cell}, which has a sign.",
            "An amount is written without one.",
            given=str(cell),
        )
    # The digits alone tell how large it is, before a fraction of an enormous exponent is worked out.
    exact = Fraction(cell) if cell.is_finite() and abs(cell.adjusted()) <= 2 * MOST_DIGITS else None
    if exact is None or decimal_digits(exact) is None:
        raise UnreadableText(
            f"{field} is made of {cell}, which is not an amount of at most {MOST_DIGITS} digits.",
            "Correct that cell.",
            given=str(cell),
        )
    return write_number(exact, locale=locale, grouped=False)


def check_kept(mapping: ColumnMap | None, path: str) -> None:
    """Nothing comes out, if :func:`keep_map` may write there.

    Raises:
        BadOption: there is no mapping, or another file of that name.
        BadFile: the file that is there cannot be read.
    """
    if mapping is None:
        raise BadOption("There is no mapping to keep.", "Give it with --map.", given=path)
    if Path(path).exists() and read_text(path) != _as_toml(mapping):
        raise BadOption(
            f"{path} is there already, and holds something else.", "Choose a new name.", given=path
        )


def keep_map(mapping: ColumnMap, path: str) -> None:
    """Nothing comes out; the file holds the mapping, and :func:`read_map` reads it back as the same.

    Raises:
        CannotWrite: it cannot be written.
    """
    try:
        write_whole(path, _as_toml(mapping).encode())
    except CannotWrite as fault:
        raise CannotWrite(
            fault.problem, "All else is done; name another file with --keep-map.", given=path
        ) from None


def _as_toml(mapping: ColumnMap) -> str:
    # A string of JSON is one of TOML, but for the one control character that TOML has escaped and JSON has not.
    quoted = {
        field: json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
        for field, text in mapping.fields.items()
    }
    return "".join(f"{field} = {text}\n" for field, text in quoted.items())


def read_map(given: Iterable[str] = (), file: str | None = None) -> ColumnMap | None:
    """The mapping of ``FIELD={COLUMN}`` texts and of a TOML file; None where neither is given.

    A field may be named by its last word where no other field ends in it, but for parts of parts.

    Raises:
        BadOption: not of that form, or no field of an order, or one field twice.
        BadFile: the file cannot be read.
    """
    pairs = [] if file is None else list(_in_file(file))
    for text in given:
        field, mark, made_of = text.partition("=")
        if not mark:
            raise BadOption(f"'{text}' is no mapping.", "Write it like 'dose={AMOUNT} {UNIT}'.", given=text)
        pairs.append((field.strip(), made_of.strip()))
    if not pairs:
        return None
    fields: dict[str, str] = {}
    for name, made_of in pairs:
        field = _field(name)
        if field in fields:
            raise BadOption(f"{field} is mapped twice.", "Map it once.", given=name)
        if re.search("[{}]", _COLUMN.sub("", made_of)):
            raise BadOption(
                f"The mapping of {field} is '{made_of}', and its braces do not match.",
                "Write each column as {COLUMN}.",
                given=made_of,
            )
        fields[field] = made_of
    return ColumnMap(fields=fields)


def _in_file(path: str) -> Iterable[tuple[str, str]]:
    try:
        data = tomllib.loads(read_text(path))
    except ValueError as fault:
        if isinstance(fault, BadFile):
            raise
        raise BadFile(f"{path} is not TOML: {fault}.", "Correct the line it names.", given=path) from None
    yield from _flat(data, "", path)


def _flat(data: Mapping[str, Any], within: str, path: str) -> Iterable[tuple[str, str]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{within}{key}.", path)
        elif isinstance(value, str):
            yield f"{within}{key}", value
        else:
            raise BadFile(
                f"{path}: {within}{key} is not text.", 'Write it like dose = "{AMOUNT} {UNIT}".', given=key
            )


def _field(name: str) -> str:
    fields = (*columns(), KIND)
    if name in fields:
        return name
    ending = [known for known in fields if known.rpartition(".")[2] == name]
    least = min((known.count(".") for known in ending), default=0)
    same = [known for known in ending if known.count(".") == least]
    if len(same) == 1:
        return same[0]
    close = field_like(name)
    if same:
        remedy = f"Write one of {', '.join(same)}."
    else:
        remedy = f"Did you mean '{close}'?" if close else "Write it like 'directions.dose'."
    problem = "could be several fields" if same else "is no field"
    raise BadOption(f"'{name}' {problem} of an order.", remedy, given=name)
