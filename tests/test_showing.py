"""Text on a terminal."""

from __future__ import annotations

import io

import pytest

from liquidose.cli import showing


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]  # StringIO has none to speak of
        return self._encoding

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("columns", range(40, 81))
def test_a_number_and_its_unit_never_part_at_the_end_of_a_row(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = "each dose is 13\u00a0mL. Fill a 10\u00a0mL oral syringe to the 10\u00a0mL line and give it."
    rows = showing.shown(text, Terminal()).split("\n")
    assert max(map(len, rows)) <= columns
    for row in rows:
        assert not row[-1].isdigit()
        assert not row.startswith("mL")
    assert " ".join(rows) == text


def test_a_pipe_gets_the_sentence_whole() -> None:
    assert showing.shown("word " * 60, io.StringIO()) == "word " * 60


def test_a_terminal_without_the_characters_gets_plain_ones() -> None:
    assert showing.shown("5\u00a0mg × 2 m²: 1\u202f500 €", Terminal("ascii")) == "5 mg x 2 m2: 1500 ?"


@pytest.mark.parametrize(("encoding", "can"), [("utf-8", True), ("ascii", False), ("none", False)])
def test_what_an_encoding_can_show(encoding: str, can: bool) -> None:  # noqa: FBT001  (a column of a table)
    assert showing.can_show("×", encoding) is can
