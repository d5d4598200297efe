"""Rows of tables: what a writer of tables writes is read back, and a broken line costs itself alone."""

from __future__ import annotations

import csv
import tempfile
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liquidose.batch.column_files import MOST_LINES
from liquidose.batch.rows import Row, rows_of_text
from liquidose.batch.sources import look_through
from liquidose.exchange.spreadsheet import FORMULA_STARTS, safe_cell
from liquidose.orders.cells import columns
from liquidose.orders.order import Order

LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")
CELLS = st.text(LETTERS | st.sampled_from(list('",;\t\r\n= ')), max_size=12)


def read(content: str) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "o.csv")
        path.write_bytes(content.encode())
        return list(rows_of_text(look_through(str(path))))


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_cell_is_read_back_unchanged(rows: list[tuple[str, str, str]], end: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "o.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *rows])
        found = list(rows_of_text(look_through(str(path))))
    assert [row.number for row in found] == list(range(1, len(rows) + 1))
    for row, cells in zip(found, rows, strict=True):
        if row.fault:  # a cell that holds as many marks as a row, on each of several lines
            assert len("".join(cells).splitlines()) > 1
            assert sum(cell.count(",") for cell in cells) >= 2
        else:
            assert row.cells == cells


@given(st.text(LETTERS | st.sampled_from(list('",\n\n')), max_size=80))
def test_nothing_of_a_broken_table_is_lost(content: str) -> None:
    found = read('"a","b"\n' + content)
    kept = "".join(cell for row in found for cell in row.cells)
    for character in set(content) - set('",\r\n'):
        assert kept.count(character) == content.count(character)


def test_mark_that_is_never_closed_costs_its_own_line_in_a_long_table() -> None:
    lines = [f"x{k},y" for k in range(3 * MOST_LINES)]
    lines[7] = '"x7,y'
    found = read("a,b\n" + "\n".join(lines) + "\n")
    assert len(found) == len(lines)
    assert [row.number for row in found if row.fault] == [8]
    assert [row.cells[0] for row in islice(found, 8, None)] == [f"x{k}" for k in range(8, len(lines))]
    assert [row.line for row in found] == list(range(2, len(lines) + 2))


SEVERAL = "it is several lines, each of which may be a row: a quotation mark may be missing"


@pytest.mark.parametrize(
    "lines",
    [
        ['x,5 mg,"a', 'y,6 mg,b"'],
        ['x,"5 mg,a', 'y,6 mg",b'],
        ['x,5 mg,"a', "y,6 mg,b", 'z,7 mg,c"'],
        ['x,5 mg,"a', 'b""', 'y,6 mg,""c', 'd"'],  # each with a note of two lines
        ['"x', 'x",5 mg,"a', 'y,6 mg,b"'],
        ['x,5 mg,"one,', "two, three,", 'four"'],  # one note, or two rows: nobody can know
    ],
)
def test_rows_between_two_stray_marks_are_shown_and_not_passed_over(lines: list[str]) -> None:
    found = read("\n".join(["name,dose,note", "v,4 mg,", *lines, "w,8 mg,"]))
    assert [(row.cells, row.fault) for row in found] == [
        (("v", "4 mg", ""), ""),
        (("\n".join(lines),), SEVERAL),
        (("w", "8 mg", ""), ""),
    ]
    assert [row.line for row in found] == [2, 3, 3 + len(lines)]


@pytest.mark.parametrize("note", ["with food\nor milk", "one, or,\ntwo, three\nfour", "a,b,c\n"])
def test_a_note_of_several_lines_is_one_cell(note: str) -> None:
    found = read(f'name,dose,note\nx,5 mg,"{note}"\ny,6 mg,\n')
    assert [row.cells for row in found] == [("x", "5 mg", note), ("y", "6 mg", "")]


@given(CELLS)
def test_no_cell_is_run_by_a_spreadsheet(cell: str) -> None:
    safe = safe_cell(cell)
    assert not safe.startswith(FORMULA_STARTS)
    assert safe.removeprefix("'") == cell.removeprefix("'")


def test_columns_are_the_orders_own_fields() -> None:
    known = columns()
    assert {"patient.name", "drug.class", "directions.with", "dispense.copies", "locale"} <= set(known)
    assert {part for name in known for part in name.split(".")[:1]} <= set(Order.__struct_fields__)
    assert (known["directions.times"], known["drug.shake"], known["drug.expiry"]) == (
        "texts",
        "yes-no",
        "date",
    )
    assert (known["preparation.prepared"], known["dispense.parts"]) == ("time", "whole")
