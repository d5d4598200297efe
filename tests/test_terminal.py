"""The picture in the terminal: at most 80 columns, the plunger at the mark, the mark labelled."""

from __future__ import annotations

from fractions import Fraction

import pytest

from liquidose.devices.measuring import measure
from liquidose.devices.syringes import KINDS, Route, Syringe, catalogue
from liquidose.render.terminal import ASCII, BOXES, Characters, can_draw_boxes, columns_per_mark, picture

ROUTE: dict[str, Route] = {"oral": "oral", "enfit": "tube", "luer": "injection", "insulin": "injection"}
EVERY = [syringe for kind in KINDS for syringe in catalogue(kind)]


def test_picture_of_the_seed() -> None:
    expected = """\
                                                    5 mL line
                                                        ▼
      0         1         2         3         4         5
     ┌┼─┬─┬─┬─┬─┼─┬─┬─┬─┬─┼─┬─┬─┬─┬─┼─┬─┬─┬─┬─┼─┬─┬─┬─┬─┼┐
    ═╡░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░█─────┤
     └───────────────────────────────────────────────────┘"""
    assert picture(measure("5 mL")).replace("\u00a0", " ") == expected


def test_picture_in_plain_ascii() -> None:
    drawn = picture(measure("7.4 mL"), characters=ASCII).replace("\u00a0", " ")
    assert drawn.isascii()
    assert "7.4 mL line" in drawn


def test_each_different_filling_has_a_picture_of_its_own() -> None:
    assert "Each filling: 6" in picture(measure("12 mL", syringes=["oral-5", "oral-10"]))
    drawn = picture(measure("13 mL", syringes=["oral-5", "oral-10"])).replace("\u00a0", " ")
    assert drawn.index("First filling: 10 mL") < drawn.index("Last filling: 3 mL")
    three = picture(measure("21 mL", syringes=["oral-10"])).replace("\u00a0", " ")
    assert three.count("▼") == len(set(measure("21 mL", syringes=["oral-10"]).draws_ml))


def test_insulin_is_drawn_in_units() -> None:
    drawn = picture(measure("0.2 mL", route="injection", insulin=Fraction(100))).replace("\u00a0", " ")
    assert "20 unit line (0.2 mL)" in drawn


@pytest.mark.slow
@pytest.mark.parametrize("characters", [BOXES, ASCII], ids=["boxes", "ascii"])
@pytest.mark.parametrize("syringe", EVERY, ids=lambda s: s.id)
def test_plunger_stands_under_the_arrow_and_on_its_mark(syringe: Syringe, characters: Characters) -> None:
    marks = syringe.marks()
    per_mark = columns_per_mark(syringe)
    for mark in marks[len(marks) // 2 :: max(1, len(marks) // 9)]:
        measured = measure(
            f"{float(mark):.4f} mL" if mark.denominator > 1 else f"{mark} mL",
            route=ROUTE[syringe.kind],
            syringes=[syringe],
            insulin=syringe.units_per_ml,
        )
        label, arrow, _numbers, ticks, barrel, _foot = picture(measured, characters=characters).split("\n")
        column = arrow.index(characters.arrow)
        assert barrel[column] == characters.plunger
        assert abs((column - 6) - mark / syringe.step_ml * per_mark) <= Fraction(1, 2)
        if per_mark >= 1 and mark not in syringe.extra_marks_ml:
            assert ticks[column] in {characters.tick, characters.number_tick}
        assert max(map(len, (label, arrow, ticks, barrel))) <= 80


@pytest.mark.parametrize(
    ("encoding", "can"), [("utf-8", True), ("ascii", False), ("latin-1", False), (None, False), ("x", False)]
)
def test_boxes_are_drawn_only_where_they_can_be_shown(encoding: str | None, can: bool) -> None:  # noqa: FBT001  (a column of a table)
    assert can_draw_boxes(encoding) is can
