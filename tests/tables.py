"""The tables in ``tests/cases``: each row is one test, and its id says which."""

from __future__ import annotations

import csv
import json
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from liquidose.orders.order import load_order

CASES = Path(__file__).parent / "cases"
ORDERS_OF_ONE_DOSE = [
    path
    for path in sorted((Path(__file__).parent.parent / "examples").glob("*.toml"))
    if load_order(str(path)).directions.course.is_one_step
]
"""The example orders that a label can carry; courses are not for labels."""
Row = dict[str, Any]


@cache
def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((CASES / name).read_text(encoding="utf-8"), parse_float=Decimal)


def rows(name: str, key: str) -> list[Row]:
    """The rows of one table of a TOML file; there is at least one."""
    found: list[Row] = _toml(name)[key]
    assert found, f"{name} has no {key}"
    return found


def _called(row: Row) -> str:
    shown = (str(v) for k, v in row.items() if k in {"id", "text", "locale", "dose", "volume", "value"})
    return ascii(" | ".join(shown))[1:61]


def cases(name: str, key: str) -> pytest.MarkDecorator:
    """A test for each row of a table, named by the row; the test takes it as ``row``."""
    return pytest.mark.parametrize("row", [pytest.param(r, id=_called(r)) for r in rows(name, key)])


@cache
def _lines(name: str) -> tuple[str, ...]:
    text = (CASES / name).read_text(encoding="utf-8")
    return tuple(line for line in text.split("\n") if line and not line.startswith("#"))


def tsv_rows(name: str) -> list[dict[str, str]]:
    """The rows of a tab-separated file, its comments left out."""
    return list(csv.DictReader(_lines(name), delimiter="\t", quoting=csv.QUOTE_NONE))


def jsonl_rows(name: str) -> list[Row]:
    """The rows of a JSON Lines file, the notice of its licence on the first line left out."""
    first, *others = _lines(name)
    assert "licence" in json.loads(first), f"{name} does not begin with its licence"
    return [json.loads(line) for line in others]


def plain(text: str) -> str:
    """The text with ordinary spaces, as it is easier to write in a table."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")
