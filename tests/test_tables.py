"""The tables the tests stand on: every row says why, and every file says where it is from."""

from __future__ import annotations

import tomllib

import pytest
from tables import CASES

FILES = sorted(path.name for path in CASES.iterdir() if path.name != "README.md")


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".toml")])
def test_every_row_of_a_table_says_why(name: str) -> None:
    data = tomllib.loads((CASES / name).read_text(encoding="utf-8"))
    assert data
    for rows in data.values():
        assert rows
        for row in rows:
            assert row["why"].strip(), row


@pytest.mark.parametrize("name", FILES)
def test_every_table_is_told_of_in_the_readme(name: str) -> None:
    assert f"`{name}`" in (CASES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith((".tsv", ".jsonl"))])
def test_every_corpus_says_its_licence_at_its_head(name: str) -> None:
    head = (CASES / name).read_text(encoding="utf-8")[:400].lower()
    assert "licence" in head
