"""A table's cell, as text or of a kind of its own, as the value that a field of an order takes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

import msgspec
from msgspec import inspect

from liquidose.errors import UnreadableText
from liquidose.files import nearest
from liquidose.orders.order import Order

Kind: TypeAlias = Literal["text", "texts", "whole", "yes-no", "yes-no-text", "date", "time"]

SPOILT: Final = frozenset({
    "directions.dose", "directions.max_per_day", "dispense.rx_number", "drug.gtin", "drug.ndc", "drug.strength", "patient.id", "patient.weight",
})  # fmt: skip
"""Columns in which a date or a number with an exponent is a spreadsheet's doing."""
NOT_IN_ROWS: Final = frozenset({"protocol"})
"""What would have a row name a file to be read."""
_BY_COMMA: Final = frozenset({"directions.times"})
"""Lists whose entries hold no comma; sentences do."""

_MONTH: Final = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DATE: Final = re.compile(
    rf"\d{{1,2}}[-/ ]{_MONTH}(?:[-/ ]\d{{2,4}})?|{_MONTH}[-/ ](?:\d{{1,2}}|(?:19|20)\d\d)|\d{{4}}-\d\d-\d\d(?:[ T][\d:.]+)?"
    r"|\d{1,2}([/.])\d{1,2}\1\d{2,4}",
    re.ASCII | re.IGNORECASE,
)
_EXPONENT: Final = re.compile(r"\d+(?:[.,]\d+)?[eE][+-]?\d+", re.ASCII)
_ERROR: Final = re.compile(r"#(?:N/A|NAME\?|REF!|VALUE!|DIV/0!|NULL!|NUM!|#+)")
_KINDS: Final[Mapping[type[inspect.Type], Kind]] = MappingProxyType({
    inspect.StrType: "text", inspect.LiteralType: "text", inspect.IntType: "whole", inspect.BoolType: "yes-no",
    inspect.DateType: "date", inspect.DateTimeType: "time",
})  # fmt: skip


@cache
def columns() -> Mapping[str, Kind]:
    """Every column that a table of orders may have, with what its cells hold; from the order's own fields."""
    found = dict(_columns(inspect.type_info(Order), ""))
    return MappingProxyType({name: kind for name, kind in found.items() if name not in NOT_IN_ROWS})


def field_like(name: str) -> str:
    """The column nearest to a name that is none, by all of it or by its last word; empty where none is like it."""
    by_word: dict[str, str] = {}
    for column in columns():
        word = column.rpartition(".")[2]
        by_word[word] = "" if word in by_word else column  # a word that ends several is no help
    return nearest(name, columns()) or by_word.get(nearest(name, by_word), "")


@cache
def tables() -> frozenset[str]:
    """The tables of an order: a column that begins with one, and a point, is meant for the order."""
    return frozenset(f.encode_name for f in msgspec.structs.fields(Order))


def _columns(kind: inspect.Type, name: str) -> list[tuple[str, Kind]]:
    if isinstance(kind, inspect.UnionType):
        given = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
        if {type(one) for one in given} == {inspect.BoolType, inspect.StrType}:
            return [(name, "yes-no-text")]
        return _columns(given[0], name) if len(given) == 1 else []
    if isinstance(kind, inspect.StructType):
        within = f"{name}." if name else ""
        return [c for field in kind.fields for c in _columns(field.type, f"{within}{field.encode_name}")]
    if isinstance(kind, inspect.VarTupleType):
        return [(name, "texts")] if isinstance(kind.item_type, inspect.StrType) else []
    return [(name, found) for of, found in _KINDS.items() if isinstance(kind, of)]


def not_spoilt(column: str, text: str) -> None:
    """Nothing comes out.

    Raises:
        UnreadableText: a spreadsheet has made a date, a shortened number or an error of this cell.
    """
    if _ERROR.fullmatch(text):
        raise UnreadableText(
            f"{column} {text!a} is a spreadsheet's error and no value.",
            "Correct the formula, or write the value.",
            given=text,
        )
    if column not in SPOILT:
        return
    if _DATE.fullmatch(text):
        raise UnreadableText(
            f"{column} {text!a} was turned into a date by a spreadsheet, and what stood there is lost.",
            "Copy it from the order, and keep that column as text.",
            given=text,
        )
    if _EXPONENT.fullmatch(text):
        raise UnreadableText(
            f"{column} {text!a} was shortened by a spreadsheet, and its digits are lost.",
            "Copy it from the order, and keep that column as text.",
            given=text,
        )


def value_of(column: str, cell: Any) -> Any:
    """What the cell holds, as the column's field takes it; a cell of another kind than text as it is.

    Raises:
        UnreadableText: not a whole number, a date or the like, where one is needed; or a cell that a spreadsheet spoilt.
    """
    if not isinstance(cell, str):
        return _typed(column, cell)
    text = cell.strip(" ")
    not_spoilt(column, text)
    return _read(columns()[column], column, text)


def _read(kind: Kind, column: str, text: str) -> Any:
    match kind:
        case "texts":
            parts = re.split("[;,]" if column in _BY_COMMA else ";", text)
            return [part.strip(" ") for part in parts if part.strip(" ")]
        case "whole":
            return _whole(column, text)
        case "yes-no":
            return _yes_or_no(column, text)
        case "yes-no-text":
            return {"true": True, "false": False}.get(text.lower(), text)
        case "date" | "time":
            return _moment(column, text, kind)
        case "text":
            return text


def _typed(column: str, cell: Any) -> Any:
    if isinstance(cell, dt.datetime) and columns()[column] == "date":
        # Many programs have no other kind for a day than its midnight.
        return cell.date() if cell.time() == dt.time() else _moment(column, cell.isoformat(), "date")
    if isinstance(cell, list):
        return [part.strip(" ") if isinstance(part, str) else part for part in cell]
    return cell


def _whole(column: str, text: str) -> int:
    if not re.fullmatch("[0-9]{1,6}", text):
        raise UnreadableText(
            f"{column} {text!a} is not a whole number.", "Write digits alone, such as 3.", given=text
        )
    return int(text)


def _yes_or_no(column: str, text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise UnreadableText(
            f"{column} {text!a} is neither true nor false.", "Write one of them.", given=text
        )
    return text.lower() == "true"


def _moment(column: str, text: str, kind: Literal["date", "time"]) -> dt.date | dt.datetime:
    """ISO only: in other forms day and month can be taken for each other."""
    day, time = r"\d{4}-\d\d-\d\d", r"[T ]\d\d:\d\d(?::00)?"
    try:
        if kind == "date" and re.fullmatch(day, text, re.ASCII):
            return dt.date.fromisoformat(text)
        if kind == "time" and re.fullmatch(day + time, text, re.ASCII):
            return dt.datetime.fromisoformat(text)
    except ValueError:
        pass  # such as 2026-02-30: refused below like any other
    such = "2026-02-03" if kind == "date" else "2026-02-03T14:30"
    raise UnreadableText(f"{column} {text!a} is not a {kind}.", f"Write it like {such}.", given=text)
