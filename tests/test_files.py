"""Files in: the fault's place is named."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from tables import Row, cases

from liquidose.errors import BadFile, CheckTheAmount
from liquidose.files import (
    MOST_BYTES,
    decode_toml,
    exact_number,
    load_toml,
    nearest,
    read_text,
)


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row inside a row."""

    id: str
    size_ml: Fraction = Fraction(1)

    def __post_init__(self) -> None:
        if not self.size_ml:
            raise CheckTheAmount("A part of 0 mL is none.", "Leave it out.", given="0")


class Piece(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row with an id, a number and a rule of its own."""

    id: str
    capacity_ml: Fraction
    count: int = 0
    parts: tuple[Part, ...] = ()
    next: Piece | None = None

    def __post_init__(self) -> None:
        if not self.capacity_ml:
            raise ValueError("capacity_ml must be above 0")


class Shelf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of rows."""

    piece: tuple[Piece, ...]
    title: str = ""
    label: dict[str, str] = {}


@cases("files.toml", "number")
def test_number_of_a_file_is_an_exact_decimal(row: Row) -> None:
    shelf = decode_toml(f'[[piece]]\nid = "a"\ncapacity_ml = {row["text"]}', Shelf, name="shelf.toml")
    assert shelf.piece[0].capacity_ml == Fraction(row["value"])


@cases("files.toml", "fault")
def test_fault_of_a_file_names_file_row_and_key(row: Row) -> None:
    with pytest.raises(BadFile) as refusal:
        decode_toml(row["text"], Shelf, name="shelf.toml")
    assert str(refusal.value) == row["message"]


def test_file_with_brackets_without_end_is_refused() -> None:
    with pytest.raises(BadFile, match=r"^shelf\.toml is not TOML: maximum recursion depth exceeded"):
        decode_toml("x = " + "[" * 5000, Shelf, name="shelf.toml")


def test_number_of_a_file_is_never_a_float() -> None:
    with pytest.raises(TypeError, match=r"^Expected a number, got 0\.5$"):
        exact_number(Fraction, 0.5)
    with pytest.raises(TypeError, match=r"^cannot hold a complex$"):
        exact_number(complex, 1)


def test_file_is_read_as_utf8_with_or_without_mark(tmp_path: Path) -> None:
    path = tmp_path / "shelf.toml"
    text = 'title = "µg"\n[[piece]]\nid = "a"\ncapacity_ml = 0.1\n'
    for mark in (b"", b"\xef\xbb\xbf"):
        path.write_bytes(mark + text.encode())
        assert read_text(path) == text
        assert load_toml(path, Shelf).title == "µg"


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing, latin, large = tmp_path / "missing.toml", tmp_path / "latin.toml", tmp_path / "large.toml"
    latin.write_bytes("µg".encode("latin-1"))
    large.write_bytes(b"#" * (MOST_BYTES + 1))
    for path, message in (
        (missing, f"{missing} cannot be read: No such file or directory. Check the path."),
        (tmp_path, f"{tmp_path} cannot be read: Is a directory. Check the path."),
        (latin, f"{latin} is not UTF-8 text. Save it as UTF-8."),
        (large, f"{large} is larger than {MOST_BYTES} bytes. Check that it is the file."),
    ):
        with pytest.raises(BadFile) as refusal:
            read_text(path)
        assert str(refusal.value) == message


def test_nearest_word_is_suggested_if_there_is_one() -> None:
    assert nearest("capacty", ["capacity_ml", "count"]) == "capacity_ml"
    assert not nearest("xyz", ["capacity_ml", "count"])
