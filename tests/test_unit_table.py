"""The table of units itself, as a person edits it: no spelling stands in it twice."""

from __future__ import annotations

import tomllib
from collections import Counter
from importlib.resources import files

from liquidose import read_quantity, unit
from liquidose.quantities.units import UNITS

TABLE = tomllib.loads((files("liquidose") / "data" / "units.toml").read_text(encoding="utf-8"))


def test_every_spelling_stands_in_the_table_once() -> None:
    spellings = Counter(
        spelling
        for row in (*TABLE["unit"], *TABLE["refused"])
        for key in ("spellings", "any_case", "caution")
        for spelling in row.get(key, ())
    )
    assert [spelling for spelling, count in spellings.items() if count > 1] == []


def test_every_refused_spelling_has_a_reason_and_a_remedy() -> None:
    for row in TABLE["refused"]:
        assert row["why"].strip()
        assert row["write"].endswith(".")


def test_every_unit_of_drug_by_mass_has_a_density_bound() -> None:
    for row in TABLE["unit"]:
        drug = row["dimension"] == "mass" and "amount" in row["uses"]
        assert ("dense_warns" in row, "dense_refused" in row) == (drug, drug)


def test_unit_shows_itself_as_it_is_asked_for() -> None:
    for one in UNITS.values():
        assert eval(repr(one), {"unit": unit}) is one  # noqa: S307  (what a repr promises)
    assert repr(read_quantity("5 mg")) == "Quantity(value=Fraction(5, 1), unit=unit('mg'))"
