"""What a killed command has left beside its target goes; what one that lives is writing stays."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from liquidose.errors import CannotWrite
from liquidose.left_behind import begins, temporary_beside
from liquidose.whole_files import whole_file


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_a_killed_command_left_of_this_target_goes(tmp_path: Path) -> None:
    target = tmp_path / "volumes.csv"
    mine, other = f"{begins(str(target))}abc", f"{begins('other.csv')}abc"
    for name in (mine, f"{mine}-before", other, ".liquidose-abc", "volumes.csv"):
        (tmp_path / name).write_bytes(b"old")
    with whole_file(target) as temporary:
        assert not {mine, f"{mine}-before"} & names(tmp_path)
        Path(temporary).write_bytes(b"new")
    assert target.read_bytes() == b"new"
    assert names(tmp_path) == {other, ".liquidose-abc", "volumes.csv"}


def test_target_that_another_command_is_writing_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "volumes.csv"
    (tmp_path / f"{begins(str(target))}abc").write_bytes(b"left")
    path, handle = temporary_beside(str(target))
    before = names(tmp_path)
    with pytest.raises(CannotWrite) as refusal, whole_file(target):
        pytest.fail("it was begun")
    assert str(refusal.value) == (
        f"Another command is writing {target}. Wait until it ends, or choose another place with -o."
    )
    assert Path(path).name in names(tmp_path) <= before
    os.close(handle)
    with whole_file(target):
        pass
    assert names(tmp_path) == {"volumes.csv"}


def test_where_there_are_no_locks_nothing_is_taken_for_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: int) -> None:
        raise OSError(95, "Operation not supported")

    target = tmp_path / "volumes.csv"
    (tmp_path / f"{begins(str(target))}abc").write_bytes(b"left")
    monkeypatch.setattr(fcntl, "flock", flock)
    with whole_file(target):
        pass
    assert names(tmp_path) == {"volumes.csv", f"{begins(str(target))}abc"}


def test_file_that_was_taken_for_a_dead_command_s_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, taken = fcntl.flock, list[str]()

    def flock(handle: int, how: int) -> None:
        if not taken:
            taken.extend(names(tmp_path))
            (tmp_path / taken[0]).unlink()
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    path, handle = temporary_beside(str(tmp_path / "volumes.csv"))
    os.close(handle)
    assert names(tmp_path) == {Path(path).name} != set(taken)


def test_folder_that_takes_files_and_shows_none_takes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scandir(_: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", scandir)
    with whole_file(tmp_path / "volumes.csv") as temporary:
        Path(temporary).write_bytes(b"new")
    assert (tmp_path / "volumes.csv").read_bytes() == b"new"
