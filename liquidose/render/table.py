"""A chart as plain text: columns between bars, as wide as the terminal allows, no number parted from its unit."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from liquidose.charts.tables import Table, Words

WIDTH: Final = 100
_NARROWEST: Final = 20
_BETWEEN: Final = " | "


def table_text(table: Table, *, width: int = WIDTH) -> str:
    """The whole chart; wider than asked for where many columns stand side by side."""
    count = len(table.columns)
    wide = max((width - len(_BETWEEN) * (count - 1)) // count, _NARROWEST)
    whole = wide * count + len(_BETWEEN) * (count - 1)
    rule = "-" * whole
    parts = [table.title, table.only, *table.warned, *table.lead]
    lines = [line for part in parts for line in _filled(part, whole)]
    lines += [rule, *_row([_filled(head, wide) for head in table.columns], wide), rule]
    for row in table.rows:
        lines += [*_row([_lines(words, wide) for words in row], wide), rule]
    lines += [line for note in table.notes for line in _filled(note, whole)]
    return "\n".join(lines)


def _lines(words: Words, wide: int) -> list[str]:
    return [line for part in (*words.strong, *words.plain) for line in _filled(part, wide)]


def _filled(text: str, wide: int) -> list[str]:
    return textwrap.wrap(text, wide, break_long_words=False, break_on_hyphens=False)


def _row(cells: Sequence[list[str]], wide: int) -> list[str]:
    return [
        _BETWEEN.join(part.ljust(wide) for part in parts).rstrip()
        for parts in zip_longest(*cells, fillvalue="")
    ]
