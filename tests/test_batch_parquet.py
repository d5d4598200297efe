"""Parquet into liquidose batch, and out of it: cells of their own kinds, no float for an amount."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from tables_of_orders import batch, order, outputs, rejects, summary, table, write_table

from liquidose.batch import parquet_rows, volume_tables

DAY = dt.date(2026, 11, 23)


def write_parquet(path: Path, rows: list[dict[str, str]], **changes: Any) -> str:
    """The path of a Parquet file with these rows; ``changes`` replaces whole columns, as Series."""
    frame = pl.DataFrame(rows).with_columns(
        series.rename(name.replace("__", ".")) for name, series in changes.items()
    )
    frame.write_parquet(path)
    return str(path)


def kinds_of_their_own(count: int) -> dict[str, pl.Series]:
    """Columns of an order in the kinds that a database gives them."""
    return {
        "dispense__date": pl.Series([DAY] * count),
        "dispense__copies": pl.Series([2, None] * (count // 2), dtype=pl.UInt8),
        "drug__shake": pl.Series([True, False] * (count // 2)),
        "directions__times": pl.Series([["morning", "noon"]] * count),
        "directions__route": pl.Series(["by mouth"] * count, dtype=pl.Categorical),
        "directions__as_needed": pl.Series([False] * count),
        "directions__with": pl.Series([None] * count),
    }


def test_labels_from_parquet_are_those_from_text(tmp_path: Path) -> None:
    rows = [order(k) for k in range(1, 5)]
    written = write_parquet(tmp_path / "orders.parquet", rows, **kinds_of_their_own(4))
    as_text = [
        {**row, "directions.times": "morning;noon", "dispense.copies": "" if k % 2 else "2",
         "drug.shake": "false" if k % 2 else "true"}
        for k, row in enumerate(rows)
    ]  # fmt: skip
    assert batch(written, "-o", tmp_path / "a").exit_code == 0
    assert batch(write_table(tmp_path / "orders.csv", as_text), "-o", tmp_path / "b").exit_code == 0
    assert summary(tmp_path / "a")["labels"] == 6
    assert outputs(tmp_path / "a")["labels-0001.pdf"] == outputs(tmp_path / "b")["labels-0001.pdf"]


def test_every_piece_of_a_file_is_read_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_rows, "_TOGETHER", 3)
    source = write_parquet(tmp_path / "o.parquet", [order(k, directions__dose="5") for k in range(1, 9)])
    assert batch(source, "-o", tmp_path / "out").exit_code == 4
    found = [(one["row"], one["line"], one["cells"]["patient.id"]) for one in rejects(tmp_path / "out")]
    assert found == [(k, k, f"P{k}") for k in range(1, 9)]


def test_rejected_row_keeps_every_cell_of_its_kind(tmp_path: Path) -> None:
    rows = [order(1, directions__dose="2-May"), order(2)]
    own = kinds_of_their_own(2)
    assert batch(write_parquet(tmp_path / "o.parquet", rows, **own), "-o", tmp_path / "out").exit_code == 4
    (one,) = rejects(tmp_path / "out")
    assert one["problem"].startswith("directions.dose '2-May' was turned into a date by a spreadsheet")
    assert one["cells"]["directions.times"] == ["morning", "noon"]
    assert (one["cells"]["drug.shake"], one["cells"]["dispense.copies"]) == (True, 2)
    assert (one["cells"]["dispense.date"], one["cells"]["directions.with"]) == ("2026-11-23", None)
    (shown,) = table(tmp_path / "out" / "rejects.csv")
    assert (shown["directions.times"], shown["drug.shake"]) == ("morning;noon", "true")


FLOAT = "A float is not the number that somebody wrote: write it as text, or as a decimal."


@pytest.mark.parametrize(
    ("column", "series", "says"),
    [
        ("directions.dose", pl.Series([5.0]), f"the column 'directions.dose' holds Float64, not text. {FLOAT}"),
        (
            "directions.dose",
            pl.Series([5]),
            "the column 'directions.dose' holds Int64, not text. Write it as such into the file.",
        ),
        ("dispense.copies", pl.Series([2.0]), f"the column 'dispense.copies' holds Float64, not text or whole numbers. {FLOAT}"),
        ("dispense.date", pl.Series([5]), "holds Int64, not text or dates."),
        ("dispense.date", pl.Series([dt.datetime(2026, 11, 23, tzinfo=dt.UTC)]), "time_zone='UTC'), not text or dates."),
        ("drug.shake", pl.Series([1]), "holds Int64, not text or booleans."),
        ("directions.as_needed", pl.Series([1]), "holds Int64, not text or booleans."),
        ("directions.times", pl.Series([[1, 2]]), "holds List(Int64), not text or a list of texts."),
        ("drug.strength", pl.Series([b"5 mg/5 mL"]), "the column 'drug.strength' holds Binary, not text."),
        ("patient.nmae", pl.Series(["Sam"]), "Did you mean 'patient.name'?"),
    ],
)  # fmt: skip
def test_column_of_another_kind_is_refused_before_the_first_row(
    column: str, series: pl.Series, says: str, tmp_path: Path
) -> None:
    source = write_parquet(tmp_path / "o.parquet", [order(1)], **{column: series})
    result = batch(source, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert says in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["o.parquet"]


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (dt.datetime(2026, 11, 23), ""),  # noqa: DTZ001  (as a table holds it)
        (dt.datetime(2026, 11, 23, 8), "dispense.date '2026-11-23T08:00:00' is not a date."),  # noqa: DTZ001
    ],
)
def test_time_is_a_date_at_its_midnight_only(cell: dt.datetime, says: str, tmp_path: Path) -> None:
    source = write_parquet(tmp_path / "o.parquet", [order(1)], dispense__date=pl.Series([cell]))
    assert batch(source, "-o", tmp_path / "out").exit_code == (4 if says else 0)
    assert all(says == one["problem"] for one in rejects(tmp_path / "out"))


def mapped(tmp_path: Path, values: pl.Series, **changes: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit status and rejects of a table whose doses are made of a typed column and a unit."""
    rows = [order(k, **changes) for k in range(len(values))]
    for row in rows:
        del row["directions.dose"]
    source = write_parquet(tmp_path / "o.parquet", rows, VAL=values)
    code = batch(source, "--map", "dose={VAL} mg", "-o", tmp_path / "out").exit_code
    return code, rejects(tmp_path / "out") if code == 4 else []


@pytest.mark.parametrize("locale", ["", "en-US", "de-DE", "fr-FR"])
def test_decimal_is_the_same_dose_in_every_locale(locale: str, tmp_path: Path) -> None:
    decimals = [Decimal("1.125"), Decimal("2.50"), Decimal(5), Decimal("0.625"), Decimal("1000.5")]
    rows = [order(k, locale=locale, drug__strength="5 mg/mL") for k in range(len(decimals))]
    for row in rows:
        del row["directions.dose"], row["directions.times"]
    values = pl.Series(decimals, dtype=pl.Decimal(12, 3))
    source = write_parquet(tmp_path / "o.parquet", rows, VAL=values)
    target = tmp_path / "t.parquet"
    assert batch(source, "--map", "dose={VAL} mg", "--convert", "-o", target).exit_code == 0
    found = pl.read_parquet(target)
    exact = [Fraction(*pair) for pair in found.select("exact_numerator", "exact_denominator").iter_rows()]
    assert exact == [Fraction(value) / 5 for value in decimals]


@pytest.mark.parametrize(
    ("value", "problem", "remedy"),
    [
        (
            "1.0000000000001",
            "directions.dose is made of 1.0000000000001, which is not an amount of at most 12 digits.",
            "Correct that cell.",
        ),
        ("-1.000", "directions.dose is made of -1.000, which has a sign.", "An amount is written without one."),
        ("-1234567890123", "directions.dose is made of -1234567890123, which has a sign.", "An amount is written without one."),
        ("0.000", "0 mg is no dose.", "Leave it out, or write the dose."),
    ],
)  # fmt: skip
def test_decimal_that_is_no_amount_is_rejected(value: str, problem: str, remedy: str, tmp_path: Path) -> None:
    scale = len(value.partition(".")[2])
    code, (one,) = mapped(tmp_path, pl.Series([Decimal(value)], dtype=pl.Decimal(30, scale)))
    assert (code, one["problem"], one["remedy"]) == (4, problem, remedy)


def test_float_is_never_put_together_into_a_dose(tmp_path: Path) -> None:
    code, _ = mapped(tmp_path, pl.Series([0.1]))
    assert code == 2
    assert mapped(tmp_path, pl.Series([5])) == (0, [])


def test_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "o.parquet"
    source.write_text("patient.name\nSam\n")
    result = batch(source, "-o", tmp_path / "out")
    assert (result.exit_code, result.stderr.startswith(f"liquidose: {source} cannot be read as Parquet: ")) == (2, True)  # fmt: skip
    assert result.stderr.endswith("Check the file.\n")
    result = batch(source, "--encoding", "cp1252", "-o", tmp_path / "out")
    assert result.stderr == f"liquidose: {source} is a Parquet file. Leave --encoding out.\n"


@pytest.mark.newest  # polars of the lowest version writes no integers of 128 bits
def test_columns_that_nobody_maps_may_hold_anything_and_are_kept(tmp_path: Path) -> None:
    rows = [order(1, directions__dose="5")]
    others = {
        "float": pl.Series([float("nan")]), "bytes": pl.Series([b"\xff"]), "how_long": pl.Series([dt.timedelta(hours=1)]),
        "parts": pl.Series([{"a": 1.5, "b": [b"x"]}]), "large": pl.Series([2**100], dtype=pl.Int128),
        "zoned": pl.Series([dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)]),
    }  # fmt: skip
    source = write_parquet(tmp_path / "o.parquet", rows, **others)
    assert batch(source, "--map", "purpose=fever", "-o", tmp_path / "out").exit_code == 4
    (one,) = rejects(tmp_path / "out")
    assert {name: one["cells"][name] for name in others} == {
        "float": "nan", "bytes": "b'\\xff'", "how_long": "1:00:00", "parts": {"a": 1.5, "b": ["b'x'"]},
        "large": str(2**100), "zoned": "2026-11-23T08:00+00:00",
    }  # fmt: skip
    assert batch(source, "--map", "purpose=fever", "--convert", "-o", tmp_path / "t.parquet").exit_code == 4


def test_file_that_is_spoilt_in_the_middle_is_said(tmp_path: Path) -> None:
    source = Path(write_parquet(tmp_path / "o.parquet", [order(k) for k in range(500)]))
    content = bytearray(source.read_bytes())
    content[4:2000] = bytes(1996)
    source.write_bytes(content)
    result = batch(source, "-o", tmp_path / "out")
    assert (
        result.exit_code,
        result.stderr.startswith(f"liquidose: {source} cannot be read as Parquet: "),
    ) == (2, True)


def test_parquet_comes_by_standard_input_too(tmp_path: Path) -> None:
    given = Path(write_parquet(tmp_path / "o.parquet", [order(1)])).read_bytes()
    assert batch("-", "--format", "parquet", "-o", tmp_path / "out", given=given).exit_code == 0
    assert summary(tmp_path / "out")["labels"] == 1


def doses(count: int) -> list[dict[str, str]]:
    """Rows for ``--convert``, one of them without a unit."""
    rows = [{"name": f"Sam {k}", "dose": f"{1 + k} mg", "strength": "3 mg/mL"} for k in range(count)]
    rows[1]["dose"] = "5"
    return rows


def test_volumes_as_parquet_are_those_of_the_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volume_tables, "_TOGETHER", 3)
    source = write_table(tmp_path / "o.csv", doses(10))
    result = batch(source, "--convert", "-o", tmp_path / "t.parquet")
    assert result.exit_code == 4
    assert result.output == (
        f"9 of 10 rows in {tmp_path / 't.parquet'}, 1 rejected: {tmp_path / 't.rejects.csv'}.\n"
    )
    assert batch(source, "--convert", "-o", tmp_path / "u.csv").exit_code == 4
    reader = duckdb.connect()  # a reader that is not ours
    names = [row[0] for row in reader.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(tmp_path / "t.parquet")]).fetchall()]  # fmt: skip
    kinds = dict(reader.execute("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(?))", [str(tmp_path / "t.parquet")]).fetchall())  # fmt: skip
    rows = reader.execute("SELECT * FROM read_parquet(?)", [str(tmp_path / "t.parquet")]).fetchall()
    assert (kinds["row"], kinds["exact_numerator"], kinds["draws_ml"], kinds["dose"]) == (
        "BIGINT", "BIGINT", "VARCHAR[]", "VARCHAR",
    )  # fmt: skip
    shown = [
        {name: ";".join(cell) if isinstance(cell, list) else "" if cell is None else str(cell)
         for name, cell in zip(names, row, strict=True)}
        for row in rows
    ]  # fmt: skip
    assert shown == table(tmp_path / "u.csv")
    assert [row["row"] for row in shown] == ["1", *map(str, range(3, 11))]


def test_volume_past_int64_is_rejected_from_parquet_and_kept_in_csv(tmp_path: Path) -> None:
    row = {"dose": "1.00000000001 mg/kg", "strength": "3.00000000007 mg/0.99999999997 mL", "weight": "3.00000000001 kg"}  # fmt: skip
    source = write_table(tmp_path / "o.csv", [row])
    assert batch(source, "--convert", "-o", tmp_path / "t.csv").exit_code == 0
    (kept,) = table(tmp_path / "t.csv")
    assert int(kept["exact_numerator"]) > 2**63
    assert batch(source, "--convert", "-o", tmp_path / "u.parquet").exit_code == 4
    reject = json.loads((tmp_path / "u.rejects.jsonl").read_text())
    assert f"{reject['problem']} {reject['remedy']}" == (
        "The exact volume is a fraction that 64-bit integers cannot hold. Write the table as CSV."
    )
    assert pl.read_parquet(tmp_path / "u.parquet").height == 0


def test_parquet_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", doses(2))
    result = batch(source, "--convert", "-o", tmp_path / "nowhere" / "t.parquet")
    assert (result.exit_code, "cannot be written: No such file or directory" in result.stderr) == (5, True)
    assert [p.name for p in tmp_path.iterdir()] == ["o.csv"]
