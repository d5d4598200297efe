"""The syringe of one dose as lines of characters, the plunger at the mark and the mark labelled."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple

from liquidose.devices.measuring import Measured
from liquidose.devices.syringes import Syringe
from liquidose.directions import line_words, volume_words
from liquidose.numbers import write_number

WIDEST: Final = 60
"""Columns of the scale at most, so that the whole fits on 80."""
_INDENT: Final = 6


class Characters(NamedTuple):
    """What a syringe is drawn with."""

    corner: str
    corner_end: str
    line: str
    tick: str
    number_tick: str
    tip: str
    liquid: str
    plunger: str
    rod: str
    thumb: str
    foot: str
    foot_end: str
    arrow: str


BOXES: Final = Characters("┌", "┐", "─", "┬", "┼", "═╡", "░", "█", "─", "┤", "└", "┘", "▼")
ASCII: Final = Characters("+", "+", "-", "'", "|", "=|", ":", "#", "=", "]", "+", "+", "v")


def can_draw_boxes(encoding: str | None) -> bool:
    """Whether a terminal of this encoding can show the finer characters."""
    try:
        "".join(BOXES).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def picture(measured: Measured, *, characters: Characters = BOXES) -> str:
    """One drawing for each different filling, at most 80 columns wide, each labelled with its line."""
    drawn: list[str] = []
    for place, draw in enumerate(measured.draws_ml):
        if draw in measured.draws_ml[:place]:
            continue
        same = measured.draws_ml.count(draw)
        title = ""
        if len(measured.draws_ml) > 1:
            title = (
                f"Each filling: {volume_words(draw)}" if same > 1 else f"Last filling: {volume_words(draw)}"
            )
            if same == 1 and place == 0:
                title = f"First filling: {volume_words(draw)}"
        drawn.append(_syringe(measured, draw, characters, title))
    return "\n\n".join(drawn)


def columns_per_mark(syringe: Syringe) -> Fraction:
    """Columns from one mark to the next; below 1 where the scale has more marks than columns."""
    marks = syringe.capacity_ml / syringe.step_ml
    if marks <= WIDEST:
        return Fraction(WIDEST // int(marks))
    return Fraction(1, -(-int(marks) // WIDEST))


def _column(syringe: Syringe, ml: Fraction) -> int:
    """The column of a volume; the nearest one where several marks share it."""
    exact = ml / syringe.step_ml * columns_per_mark(syringe)
    return int(exact + Fraction(1, 2))


def _syringe(measured: Measured, ml: Fraction, chars: Characters, title: str) -> str:
    syringe = measured.syringe
    end = _column(syringe, syringe.capacity_ml)
    at = _column(syringe, ml)
    left = " " * (_INDENT - len(chars.tip))
    ticks = [chars.line] * (end + 1)
    numbers = [" "] * (end + 6)
    for mark in [syringe.step_ml * k for k in range(int(syringe.capacity_ml / syringe.step_ml) + 1)]:
        column = _column(syringe, mark)
        every = syringe.numbered_every_ml or syringe.capacity_ml
        if mark % every == 0 or mark == syringe.capacity_ml:
            ticks[column] = chars.number_tick
            number = write_number(mark * (syringe.units_per_ml or 1))
            start = max(column - (len(number) - 1) // 2, 0)
            if all(c == " " for c in numbers[max(start - 1, 0) : start + len(number) + 1]):
                numbers[start : start + len(number)] = number
        elif ticks[column] == chars.line:
            ticks[column] = chars.tick
    label = line_words(measured, ml)
    start = max(_INDENT + at - len(label) // 2, 0)
    liquid = chars.liquid * at + chars.plunger
    rod = chars.rod * (end - at + 5) + chars.thumb
    rows = [
        title,
        " " * start + label,
        " " * (_INDENT + at) + chars.arrow,
        " " * _INDENT + "".join(numbers),
        " " * (_INDENT - 1) + chars.corner + "".join(ticks) + chars.corner_end,
        left + chars.tip + liquid + rod,
        " " * (_INDENT - 1) + chars.foot + chars.line * (end + 1) + chars.foot_end,
    ]
    return "\n".join(row.rstrip() for row in rows if row.strip())
