"""Files out: written whole or not at all, one or several."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from liquidose.errors import CannotWrite
from liquidose.whole_files import write_together, write_whole


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


@pytest.mark.parametrize(("last", "of"), [*enumerate("dabcd")])
def test_a_rename_that_fails_takes_back_those_before_it(
    last: int, of: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
    assert refusal.value.given == str(tmp_path / of)
    assert kept(tmp_path) == {"b": b"old", "d": b"old"}


def test_without_hard_links_a_rename_that_fails_takes_back_the_others_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ac":
        (tmp_path / name).write_bytes(b"old")
    rename = os.replace

    def link(*_: str) -> None:
        raise OSError(95, "Operation not supported")

    def replace(source: str, target: str) -> None:
        if target.endswith("c") and not source.endswith("-before"):
            raise OSError(5, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(os, "link", link)
    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(CannotWrite):
        write_together([(tmp_path / name, b"new") for name in "abc"])
    assert kept(tmp_path) == {"a": b"old", "c": b"old"}


def test_the_last_of_several_files_is_away_until_the_others_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        (tmp_path / name).write_bytes(b"old")
    rename, seen = os.replace, []

    def replace(source: str, target: str) -> None:
        rename(source, target)
        seen.append({name: content for name, content in kept(tmp_path).items() if name in set("abc")})

    monkeypatch.setattr(os, "replace", replace)
    write_together([(tmp_path / name, b"new") for name in "abc"])
    assert seen == [
        {"a": b"old", "b": b"old"},
        {"a": b"new", "b": b"old"},
        {"a": b"new", "b": b"new"},
        {"a": b"new", "b": b"new", "c": b"new"},
    ]
    assert kept(tmp_path) == seen[-1]


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "same").symlink_to(tmp_path / "a")
    for other in (tmp_path / "a", tmp_path / "x" / ".." / "a", tmp_path / "same"):
        with pytest.raises(CannotWrite) as refusal:
            write_together([(tmp_path / "a", b"1"), (other, b"2")])
        assert refusal.value.problem == f"{other} would be two files at once."
    assert kept(tmp_path) == {}
