"""Worked conversions from dispensing records, labels, exams and other programs' tests, through the public API."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tables import Row, jsonl_rows, rows

from liquidose import LiquidoseError, convert

OPEN = [*jsonl_rows("conversions.jsonl"), *jsonl_rows("conversions-odbl.jsonl")]
LEFT_OUT = rows("conversions-left-out.toml", "left_out")


@pytest.mark.parametrize("row", OPEN, ids=lambda row: row["id"])
def test_worked_conversion_gives_its_volume(row: Row) -> None:
    weight = row["weight"] if "/kg" in row["dose"] else None
    conversion = convert(row["dose"], row["strength"], weight=weight, locale="en-US")
    tolerance = Fraction(row["tolerance"])
    assert abs(conversion.volume_ml - Fraction(row["expected_ml"])) <= tolerance
    assert conversion.volume_ml == Fraction(row["expected_ml"]) or tolerance > 0


@pytest.mark.parametrize("row", LEFT_OUT, ids=lambda row: row["id"])
def test_worked_conversion_left_out_is_refused(row: Row) -> None:
    with pytest.raises(LiquidoseError):
        convert(row["dose"], row["strength"], locale="en-US")


def test_at_most_three_percent_of_worked_conversions_are_left_out() -> None:
    assert {row["id"] for row in OPEN}.isdisjoint(row["id"] for row in LEFT_OUT)
    assert len(LEFT_OUT) * 100 <= 3 * (len(OPEN) + len(LEFT_OUT))


def test_every_worked_conversion_has_its_source_and_licence() -> None:
    for row in (*OPEN, *LEFT_OUT):
        assert row["source"].strip()
        assert row["licence"].strip()
    odbl = {row["licence"] for row in jsonl_rows("conversions-odbl.jsonl")}
    assert odbl == {"ODbL-1.0"}
    assert "ODbL-1.0" not in {row["licence"] for row in jsonl_rows("conversions.jsonl")}
