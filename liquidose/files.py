"""Files in: TOML into checked values with the path to a fault."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, BinaryIO, Final, TypeVar

import msgspec

from liquidose.errors import BadFile, LiquidoseError
from liquidose.numbers import MOST_DIGITS

T = TypeVar("T")

_TYPES: Final = {
    "str": "text", "int": "a whole number", "float": "a number", "decimal": "a number with decimals", "bool": "true or false",
    "array": "a list", "object": "a table", "date": "a date", "datetime": "a date with its time", "time": "a time of day",
}  # fmt: skip
"""The types of values by msgspec's names."""
_LIMITS: Final = {">=": "{} or more", "<=": "{} or less", ">": "more than {}"}

_HERE: Final = os.path.dirname(__file__)  # noqa: PTH120  (pathlib costs 5 ms at every start)
MOST_BYTES: Final = 4_000_000
MOST_DOTS: Final = 100
"""In one line: the parser takes minutes over a key of thousands of dotted parts."""


class Signed(Fraction):
    """A number that a file may write with a minus, such as a shift; every other number there is an amount."""

    __slots__ = ()


def exact_number(kind: type[Any], raw: object) -> Any:
    """The Fraction a typed field's number stands for; such a number is an exact decimal by definition.

    Raises:
        ValueError: more than 12 digits, or an exponent, infinity or NaN that stands for them.
        TypeError: not a number. msgspec adds the path to either.
    """
    if kind not in {Fraction, Signed}:
        raise TypeError(f"cannot hold a {kind.__name__}")
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal)):
        raise TypeError(f"Expected a number, got {raw!r}")
    value = Decimal(raw) if isinstance(raw, int) else raw
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or len(digits) > MOST_DIGITS or abs(exponent) > MOST_DIGITS:
        raise ValueError(f"'{value}' is not a number of at most {MOST_DIGITS} digits")
    if sign and kind is not Signed:
        raise ValueError(f"'{value}' is below zero")
    return kind(value)


def decode_toml(text: str, kind: type[T], *, name: str) -> T:
    """The value of ``kind`` that a TOML text holds.

    Raises:
        BadFile: not TOML, an unknown key, a wrong type, a rule broken; the message names file and place.
    """
    if text.count(".") > MOST_DOTS and any(
        line.count(".") > MOST_DOTS for line in text.splitlines() if not line.lstrip().startswith("#")
    ):
        raise BadFile(
            f"{name} has a line with more than {MOST_DOTS} dots.", "Write it on several lines.", given=name
        )
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as fault:  # TOMLDecodeError is a ValueError
        raise BadFile(f"{name} is not TOML: {fault}.", "Correct the line it names.", given=name) from None
    return checked_value(data, kind, name=name)


def checked_value(data: Any, kind: type[T], *, name: str) -> T:
    """The value of ``kind`` that decoded data stand for; ``name`` is where they are from.

    Raises:
        BadFile: an unknown key, a wrong type, a rule broken; the message names the place.
    """
    try:
        return msgspec.convert(data, kind, dec_hook=exact_number)
    except msgspec.ValidationError as fault:
        raise fault_in(fault, data, kind, name) from None


def fault_in(fault: msgspec.ValidationError, data: Any, kind: type[Any], name: str) -> BadFile:
    """The refusal of a file's value: its place, what is wrong there, and the nearest key for one that is not known."""
    what, _, where = str(fault).partition(" - at `")
    where = where.rstrip("`")
    path = where.removeprefix("$.").removeprefix("$")
    row = _row_id(data, where)
    place = f"{name}, {row}{path}" if path else name
    if unknown := re.search(r"unknown field `(.*)`", what):
        close = nearest(unknown[1], _keys(kind))
        remedy = (
            f"Did you mean '{close}'?" if close else "Correct its name; what is not known is never ignored."
        )
        return BadFile(f"{place}: there is no key '{unknown[1]}'.", remedy, given=unknown[1])
    own = fault.__cause__
    if isinstance(own, LiquidoseError):  # a value's own refusal has its own remedy
        return BadFile(f"{place}: {own.problem}", own.remedy, given=own.given)
    if wrong := re.search(r"Invalid enum value '(.*)'", what):
        key = re.sub(r"\[\d+\]$", "", path).rpartition(".")[2]
        if close := nearest(wrong[1], _choices(kind, key)):
            return BadFile(
                f"{place}: '{wrong[1]}' is not one of its values.", f"Did you mean '{close}'?", given=wrong[1]
            )
    value = _value_at(data, where)
    remedy = "Correct it there."
    if what.startswith("Expected `str") and isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        remedy = "Write it in quotation marks."
    return BadFile(f"{place}: {_in_words(what.rstrip('.'), value)}.", remedy, given=path)


def _value_at(data: Any, where: str) -> Any:
    """The value that a path of msgspec leads to; None where the path does not say which key it is."""
    for key, index in re.findall(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]", where):
        if index == "...":
            return None
        data = data[key] if key else data[int(index)]
    return data


def _in_words(what: str, value: Any) -> str:
    """What msgspec says is wrong with a value, for people who know no type by its name; else as it stands."""
    if wrong := re.fullmatch(r"Expected `([^`]+)`, got `(\w+)`", what):
        wanted = " or ".join(_TYPES.get(kind, kind) for kind in wrong[1].split(" | ") if kind != "null")
        return f"{wanted} is needed, and not {_shown(value) or _TYPES.get(wrong[2], wrong[2])}"
    if beyond := re.fullmatch(r"Expected `(?:int|float|decimal)` (>=|<=|>) (\S+)", what):
        return f"{_shown(value) or 'it'} is not {_LIMITS[beyond[1]].format(beyond[2].removesuffix('.0'))}"
    if long := re.fullmatch(r"Expected `str` of length <= (\d+)", what):
        return f"{_shown(value) or 'it'} has more than {long[1]} characters"
    return what


def _shown(value: Any) -> str:
    """A single value as the file has it; empty for others."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}'"
    return str(value) if isinstance(value, (int, float, Decimal)) else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one, to suggest it; empty where none is like it."""
    import difflib  # noqa: PLC0415  (3 ms, and only to help after a fault)

    return next(iter(difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.7)), "")


def _row_id(data: Any, where: str) -> str:
    """The id of the row a path passes through, so that the reader need not count rows."""
    found = ""
    for key, index in re.findall(r"\.?([A-Za-z_]+)|\[(\d+)\]", where):
        data = data[key] if key else data[int(index)]
        if isinstance(data, dict) and isinstance(data.get("id"), str):
            found = f"'{data['id']}', "
    return found


def _keys(kind: object, seen: frozenset[object] = frozenset()) -> set[str]:
    """Every key a file of this kind may hold, at any depth, to suggest the nearest."""
    if kind in seen:
        return set()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = msgspec.structs.fields(kind)
        below = (_keys(f.type, seen | {kind}) for f in fields)
        return {f.encode_name for f in fields}.union(*below)
    return set().union(*(_keys(inner, seen) for inner in getattr(kind, "__args__", ())))


def _choices(kind: object, key: str, seen: frozenset[object] = frozenset()) -> set[str]:
    """Every word that a key of this name may have, at any depth, to suggest the nearest."""
    if kind in seen:
        return set()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = msgspec.structs.fields(kind)
        words = (_words(f.type) for f in fields if f.encode_name == key)
        return set().union(*words, *(_choices(f.type, key, seen | {kind}) for f in fields))
    return set().union(*(_choices(inner, key, seen) for inner in getattr(kind, "__args__", ())))


def _words(kind: object) -> set[str]:
    """The words of a closed list, within whatever else a key may hold."""
    inner = getattr(kind, "__args__", ())
    return {word for word in inner if isinstance(word, str)}.union(*map(_words, inner))


def read_text(path: str | os.PathLike[str]) -> str:
    """The text of a file, as UTF-8.

    Raises:
        BadFile: no such file, too large, or not UTF-8.
    """
    name = os.fspath(path)
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return text_in(file, name=name)
    except BadFile:
        raise
    except (OSError, ValueError) as fault:  # a null in a path is a ValueError
        why = getattr(fault, "strerror", None) or fault
        raise BadFile(f"{name} cannot be read: {why}.", "Check the path.", given=name) from None


def text_in(file: BinaryIO, *, name: str) -> str:
    """The text of an open file, as UTF-8; ``name`` is what a refusal calls it.

    Raises:
        BadFile: too large, or not UTF-8.
    """
    raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise BadFile(f"{name} is larger than {MOST_BYTES} bytes.", "Check that it is the file.", given=name)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile(f"{name} is not UTF-8 text.", "Save it as UTF-8.", given=name) from None


def load_toml(path: str | os.PathLike[str], kind: type[T]) -> T:
    """The value of ``kind`` in a TOML file.

    Raises:
        BadFile: it cannot be read, or has a fault.
    """
    return decode_toml(read_text(path), kind, name=os.fspath(path))


def load_data(name: str, kind: type[T]) -> T:
    """The value of ``kind`` in one of the package's own tables."""
    with open(os.path.join(_HERE, "data", name), encoding="utf-8") as file:  # noqa: PTH118, PTH123
        return decode_toml(file.read(), kind, name=name)


@cache
def data_version() -> str:
    """Eight hexadecimal digits that change whenever a row of the package's own tables does."""
    import hashlib  # noqa: PLC0415  (only documents name it)

    found = hashlib.sha256()
    for folder, folders, names in os.walk(os.path.join(_HERE, "data")):  # noqa: PTH118
        folders.sort()
        for name in sorted(names):
            if name.endswith(".toml"):
                with open(os.path.join(folder, name), "rb") as file:  # noqa: PTH118, PTH123
                    found.update(name.encode() + b"\0" + file.read())
    return found.hexdigest()[:8]
