"""One row of a table, or one object of JSON Lines, as an order: the same fields as an order file, the same refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec

from liquidose.errors import BadFile, GiveWhatIsMissing, LiquidoseError, UnreadableText
from liquidose.files import exact_number, fault_in
from liquidose.orders.cells import NOT_IN_ROWS, columns, field_like, not_spoilt, tables, value_of
from liquidose.orders.order import NOT_YET, Order

T = TypeVar("T")

_MISSING: Final = re.compile(r"missing required field `(\w+)`(?: - at `\$\.?(.*)`)?")


def check_columns(
    names: Iterable[str], *, name: str, others: bool = False, besides: Collection[str] = ()
) -> None:
    """Nothing comes out, unless a table's columns are not an order's, nor among ``besides``.

    ``others`` allows columns of other names, as a mapping does; one that begins like an order's field never passes.

    Raises:
        BadFile: a column that is not known, or stands twice; the message suggests the nearest.
    """
    seen: set[str] = set()
    for column in names:
        if column in seen:
            raise BadFile(f"{name} has the column '{column}' twice.", "Rename or take out one.", given=column)
        seen.add(column)
        ours = column.partition(".")[0] in tables() and "." in column
        if column not in columns() and column not in besides and (ours or not others):
            raise _unknown(column, name)


def _unknown(column: str, name: str) -> BadFile:
    if column.rpartition(".")[2] in NOT_YET:
        return BadFile(
            f"{name}: this version cannot carry out the column '{column}'.",
            "Do not leave it out: write these labels by other means.",
            given=column,
        )
    close = field_like(column)
    remedy = f"Did you mean '{close}'? " if close else ""
    return BadFile(
        f"{name}: there is no column '{column}' in an order.",
        f"{remedy}Rename it, or say with --map which columns are used; then the others are left alone.",
        given=column,
    )


def order_of_values(values: Mapping[str, Any], *, locale: str | None = None) -> Order:
    """The order of values by dotted names, None being no value; ``locale`` where it states none of its own.

    Raises:
        LiquidoseError: as :func:`checked_values`.
    """
    return checked_values(values, Order, locale=locale)


def checked_values(values: Mapping[str, Any], kind: type[T], *, locale: str | None = None) -> T:
    """The value of a kind that has an order's fields, or some of them, from values by dotted names.

    Raises:
        GiveWhatIsMissing: a field that must be there.
        BadFile: a field that is unknown or of the wrong kind.
        LiquidoseError: a value that is refused.
    """
    data = _nested(values, locale)
    try:
        return msgspec.convert(data, kind, dec_hook=exact_number)
    except msgspec.ValidationError as fault:
        if isinstance(fault.__cause__, LiquidoseError):  # a value's own refusal has its own code
            raise fault.__cause__ from None
        if missing := _MISSING.search(str(fault)):
            field = f"{missing[2] or ''}.{missing[1]}".strip(".")
            raise GiveWhatIsMissing(f"The row gives no {field}.", "Fill that cell.", given=field) from None
        refusal = fault_in(fault, data, kind, "The row")
        if refusal.given in NOT_YET:
            problem = refusal.problem.replace("there is no key", "this version cannot carry out")
            remedy = "Do not leave it out: write this label by other means."
            raise BadFile(problem, remedy, given=refusal.given) from None
        raise refusal from None


def _nested(values: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    data: dict[str, Any] = {} if locale is None else {"locale": locale}
    for column, value in values.items():
        if value is None:
            continue
        if column in NOT_IN_ROWS:
            raise BadFile(
                f"A row has no {column}: it would have a file read.", "Take it out of the row.", given=column
            )
        *within, last = column.split(".")
        place = data
        for part in within:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise _twice(column)
        if isinstance(place.get(last), dict):
            raise _twice(column)
        place[last] = value
    return data


def values_of_cells(cells: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a table's cells by column; an empty cell gives none.

    Raises:
        UnreadableText: a cell that its column cannot hold.
    """
    return {column: value_of(column, cell) for column, cell in cells.items() if not is_empty(cell)}


def is_empty(cell: Any) -> bool:
    """Whether a cell of any kind gives nothing: none is there, or spaces alone."""
    return cell is None or (isinstance(cell, str) and not cell.strip(" "))


def json_values(line: str) -> dict[str, Any]:
    """The values of a JSON object by dotted name, its nested objects opened; None for null.

    Raises:
        UnreadableText: not one object, a name given twice, or text that is no Unicode.
    """
    try:
        found = json.loads(line, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once)
        if "\\u" in line:  # an escape can hide half a character
            json.dumps(found, ensure_ascii=False, default=str).encode()
    except LiquidoseError:
        raise
    except UnicodeEncodeError:
        raise UnreadableText("The line holds half a character.", "Type it afresh.", given="") from None
    except (ValueError, ArithmeticError, RecursionError) as fault:
        raise UnreadableText(f"The line is not JSON: {fault}.", "Correct it.", given="") from None
    if not isinstance(found, dict):
        raise UnreadableText("The line is no JSON object.", "Write one object on each line.", given="")
    values: dict[str, Any] = {}
    _open(found, "", values)
    return values


def _open(given: Mapping[str, Any], within: str, values: dict[str, Any]) -> None:
    for key, value in given.items():
        name = f"{within}{key}"
        if isinstance(value, dict):
            _open(value, f"{name}.", values)
        elif name in values:
            raise _twice(name)
        else:
            if isinstance(value, str):
                not_spoilt(name, value)
            values[name] = value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _twice(key)
        found[key] = value
    return found


def _twice(key: str) -> UnreadableText:
    return UnreadableText(f"The line gives '{key}' twice.", "Give it once.", given=key)


def _no_number(text: str) -> Any:
    raise UnreadableText(f"{text} is no number.", "Give a number, or leave it out.", given=text)
