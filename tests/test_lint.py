"""Free text: an amount does not belong in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, cases

from liquidose.errors import UnreadableText
from liquidose.quantities.lint import amounts_in, free_of_amounts
from liquidose.quantities.units import ANY_CASE, SPELLINGS


@cases("lint.toml", "free")
def test_lint_passes_text_without_amounts(row: Row) -> None:
    assert amounts_in(row["text"]) == ()
    assert free_of_amounts(row["text"], field="directions.with") == row["text"]


@cases("lint.toml", "found")
def test_lint_finds_amounts_and_household_measures(row: Row) -> None:
    assert list(amounts_in(row["text"])) == row["amounts"]
    with pytest.raises(UnreadableText) as refusal:
        free_of_amounts(row["text"], field="directions.with")
    assert str(refusal.value) == (
        f"directions.with holds an amount, '{row['amounts'][0]}', in free text: '{row['text']}'. "
        "Give the dose in directions.dose only, and leave amounts out of the words."
    )


@given(
    before=st.sampled_from(("", "give ", "with food; ")),
    number=st.sampled_from(("5", "0.5", "1,000", "½", "1/2", "two", "Half a", "5 ")),
    unit=st.sampled_from(sorted({*SPELLINGS, *ANY_CASE, "tsp", "drops", "tablets"})),
)
def test_lint_finds_every_unit_behind_a_number(before: str, number: str, unit: str) -> None:
    assert amounts_in(f"{before}{number} {unit}, then rest")
