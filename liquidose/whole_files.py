"""Files out: each is written whole or not at all, and those of one command are all there or none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

from liquidose.errors import CannotWrite, LiquidoseError
from liquidose.left_behind import clear, temporary_beside


def write_whole(path: str | os.PathLike[str], content: bytes | Iterable[bytes]) -> None:
    """Nothing comes out; the file holds all of ``content``, or is as it was before.

    The content may come in pieces.

    Raises:
        CannotWrite: for any reason; nothing is left behind.
    """
    write_together([(path, content)])


def write_together(files: Iterable[tuple[str | os.PathLike[str], bytes | Iterable[bytes]]]) -> None:
    """Nothing comes out; every file holds all of its content, or all are as they were before.

    Raises:
        CannotWrite: one of them, for any reason; nothing is left behind of any.
    """
    pairs = [(os.fspath(path), content) for path, content in files]
    names = [name for name, _ in pairs]
    with whole_files(names) as temporaries:
        for (name, content), temporary in zip(pairs, temporaries, strict=True):
            with _writing(name), open(temporary, "wb") as file:  # noqa: PTH123
                file.writelines([content] if isinstance(content, bytes) else content)


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[str]:
    """The path of an empty file to write to; it becomes the target when the block ends without an error.

    It stands beside the target under a name without patient data, and is renamed when its bytes are on the disk.

    Raises:
        CannotWrite: for any reason, or another command is writing it; nothing is left behind.
    """
    name = os.fspath(path)
    with _writing(name), whole_files([name], alone=True) as (temporary,):
        yield temporary


@contextmanager
def whole_files(names: Sequence[str], *, alone: bool = False) -> Iterator[list[str]]:
    """The paths of as many empty files to write to; they become the targets when the block ends without an error.

    All bytes are on the disk before the first is renamed. Of several the last is the one to trust: what was there under
    its name goes out of the way first, and it comes when all others are in their places. So where it is, all are of one
    command, at whatever instant the process ends. If one of the renames fails, those before it are taken back.
    ``alone``, for a few files, removes what a killed command has left of them, and refuses what another one is writing.

    Raises:
        CannotWrite: one of them, for any reason; nothing is left behind of any.
    """
    temporaries: list[str] = []
    known: set[str] = set()
    with ExitStack() as locks:
        locks.callback(_remove, temporaries)
        for name in names:
            with _writing(name):
                _may_be_replaced(name, known)
                temporary, handle = temporary_beside(name)
                temporaries.append(temporary)
                if alone and os.name == "posix":  # elsewhere a file that is open cannot be renamed
                    locks.callback(os.close, handle)
                else:
                    os.close(handle)
        for name in names if alone else ():
            with _writing(name):
                clear(name, temporaries)
        yield temporaries
        for name, temporary in zip(names, temporaries, strict=True):
            with _writing(name), open(temporary, "rb") as file:  # noqa: PTH123
                os.fsync(file.fileno())
                os.chmod(temporary, 0o666 & ~_umask())  # noqa: PTH101
        _put_in_place(names, temporaries)


def _may_be_replaced(name: str, known: set[str]) -> None:
    if os.path.exists(name) and not os.path.isfile(name):  # noqa: PTH110, PTH113
        raise CannotWrite(
            f"{name} is there, and is no file that can be replaced.",
            "Choose another place with -o.",
            given=name,
        )
    real = os.path.realpath(name)
    if real in known:
        raise CannotWrite(f"{name} would be two files at once.", "Give each a name of its own.", given=name)
    known.add(real)


def _put_in_place(names: Sequence[str], temporaries: Sequence[str]) -> None:
    """Each temporary file takes the place of its target, the last when all others have; if one cannot, none does."""
    if len(names) < 2:
        for name, temporary in zip(names, temporaries, strict=True):
            with _writing(name):
                os.replace(temporary, name)  # noqa: PTH105
        return
    folders = {os.path.dirname(name) or "." for name in names}  # noqa: PTH120
    before: dict[str, str] = {}
    """What each target was, under a second name."""
    new: list[str] = []
    *others, last = zip(names, temporaries, strict=True)
    try:
        with _writing(last[0]):
            if os.path.exists(last[0]):  # noqa: PTH110
                before[last[0]] = aside = f"{last[1]}-before"
                os.replace(last[0], aside)  # noqa: PTH105
                keep_names(folders)
            else:
                new.append(last[0])
        for name, temporary in others:
            with _writing(name):
                if os.path.exists(name):  # noqa: PTH110
                    before[name] = f"{temporary}-before"
                    _second_name(name, before[name])
                else:
                    new.append(name)
                os.replace(temporary, name)  # noqa: PTH105
        keep_names(folders)
        with _writing(last[0]):
            os.replace(last[1], last[0])  # noqa: PTH105
    except BaseException:
        _remove(new)
        for name, old in reversed(before.items()):  # the last of the targets comes back last too
            with suppress(OSError):
                os.replace(old, name)  # noqa: PTH105
        _remove(old for name, old in before.items() if os.path.exists(name))  # noqa: PTH110
        raise
    _remove(before.values())
    keep_names(folders)


def _second_name(name: str, other: str) -> None:
    """Nothing comes out; the file has the other name too, or that alone on a file system without hard links."""
    try:
        os.link(name, other)
    except OSError:
        os.replace(name, other)  # noqa: PTH105


def keep_names(folders: Iterable[str]) -> None:
    """Nothing comes out; the names that files got in these folders outlive a loss of power, where the system can do that."""
    if os.name == "posix":
        for folder in folders:
            with suppress(OSError):  # it cannot be read, or its file system has no such thing
                handle = os.open(folder, os.O_RDONLY)
                try:
                    os.fsync(handle)
                finally:
                    os.close(handle)


def _remove(names: Iterable[str]) -> None:
    for name in names:
        with suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108


@contextmanager
def _writing(name: str) -> Iterator[None]:
    """Whatever goes wrong in the block is said of this file."""
    try:
        yield
    except LiquidoseError:
        raise
    except (OSError, ValueError) as fault:  # a null in a path is a ValueError
        raise CannotWrite(
            f"{name} cannot be written: {getattr(fault, 'strerror', None) or fault}.",
            "Choose another place with -o.",
            given=name,
        ) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
