"""Files in and out: the fault's place is named; a file is written whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tables import Row, cases

from liquidose.errors import BadFile, CannotWrite, CheckTheAmount
from liquidose.files import (
    MOST_BYTES,
    decode_toml,
    exact_number,
    load_toml,
    nearest,
    read_text,
    write_together,
    write_whole,
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


def test_writing_replaces_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "label.pdf"
    path.write_bytes(b"old and longer")
    before = os.umask(0o027)
    try:
        write_whole(path, b"new")
    finally:
        os.umask(before)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["label.pdf"]


def test_writing_beside_works_without_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_whole("label.pdf", b"new")
    assert Path("label.pdf").read_bytes() == b"new"


def test_writing_into_no_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "label.pdf"
    with pytest.raises(CannotWrite) as refusal:
        write_whole(path, b"new")
    assert str(refusal.value) == (
        f"{path} cannot be written: No such file or directory. Choose another place with -o."
    )


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_writing_that_fails_leaves_the_old_file_and_nothing_else(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "label.pdf"
    path.write_bytes(b"old")

    def fails(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fails)
    with pytest.raises(CannotWrite) as refusal:
        write_whole(path, b"new")
    assert str(refusal.value) == (
        f"{path} cannot be written: No space left on device. Choose another place with -o."
    )
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["label.pdf"]


def kept(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


def test_files_written_together_are_all_there(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"old")
    write_together([(tmp_path / "a", b"1"), (str(tmp_path / "b"), iter([b"2", b"3"]))])
    assert kept(tmp_path) == {"a": b"1", "b": b"23"}
    write_together([])


def no_folder(tmp_path: Path) -> tuple[Path, str]:
    return tmp_path / "missing" / "c", "No such file or directory"


def a_file_for_a_folder(tmp_path: Path) -> tuple[Path, str]:
    return tmp_path / "b" / "c", "Not a directory"


@pytest.mark.parametrize("bad", [no_folder, a_file_for_a_folder])
def test_files_written_together_are_not_there_where_one_has_no_place(
    bad: Callable[[Path], tuple[Path, str]], tmp_path: Path
) -> None:
    (tmp_path / "b").write_bytes(b"old")
    path, why = bad(tmp_path)
    with pytest.raises(CannotWrite) as refusal:
        write_together([(tmp_path / "a", b"1"), (tmp_path / "b", b"2"), (path, b"3")])
    assert str(refusal.value) == f"{path} cannot be written: {why}. Choose another place with -o."
    assert kept(tmp_path) == {"b": b"old"}


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="nothing is forbidden to root")
def test_files_written_together_are_not_there_where_one_folder_is_closed(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(CannotWrite, match="Permission denied"):
        write_together([(tmp_path / "a", b"1"), (tmp_path / "closed" / "b", b"2")])
    assert kept(tmp_path) == {}


def test_a_file_whose_content_ends_in_a_fault_takes_the_others_with_it(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"2"
        raise OSError(28, "No space left on device")

    with pytest.raises(CannotWrite) as refusal:
        write_together([(tmp_path / "a", b"1"), (tmp_path / "b", pieces())])
    assert refusal.value.problem == f"{tmp_path / 'b'} cannot be written: No space left on device."
    assert kept(tmp_path) == {}


@pytest.mark.parametrize("last", range(4))
def test_a_rename_that_fails_takes_back_those_before_it(
    last: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "bd":
        (tmp_path / name).write_bytes(b"old")
    rename, done = os.replace, []

    def replace(source: str, target: str) -> None:
        done.append(target)
        if len(done) == last + 1:
            raise OSError(5, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(CannotWrite) as refusal:
        write_together([(tmp_path / name, b"new") for name in "abcd"])
    assert refusal.value.given == str(tmp_path / "abcd"[last])
    assert kept(tmp_path) == {"b": b"old", "d": b"old"}


def test_without_hard_links_only_what_is_new_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"old")
    rename = os.replace

    def link(*_: str) -> None:
        raise OSError(95, "Operation not supported")

    def replace(source: str, target: str) -> None:
        if target.endswith("c"):
            raise OSError(5, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(os, "link", link)
    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(CannotWrite):
        write_together([(tmp_path / name, b"new") for name in "abc"])
    assert kept(tmp_path) == {"a": b"new"}


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "same").symlink_to(tmp_path / "a")
    for other in (tmp_path / "a", tmp_path / "x" / ".." / "a", tmp_path / "same"):
        with pytest.raises(CannotWrite) as refusal:
            write_together([(tmp_path / "a", b"1"), (other, b"2")])
        assert refusal.value.problem == f"{other} would be two files at once."
    assert kept(tmp_path) == {}


def test_nearest_word_is_suggested_if_there_is_one() -> None:
    assert nearest("capacty", ["capacity_ml", "count"]) == "capacity_ml"
    assert not nearest("xyz", ["capacity_ml", "count"])
