"""Files out: each is written whole or not at all, and those of one command are all there or none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from liquidose.errors import CannotWrite, LiquidoseError


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
        CannotWrite: for any reason; nothing is left behind.
    """
    name = os.fspath(path)
    with _writing(name), whole_files([name]) as (temporary,):
        yield temporary


@contextmanager
def whole_files(names: Sequence[str]) -> Iterator[list[str]]:
    """The paths of as many empty files to write to; they become the targets when the block ends without an error.

    All bytes are on the disk before the first is renamed. If one of the renames fails, those before it are taken
    back; only a power cut between two of them, or a file system without hard links for what was there before, leaves
    some new and some old.

    Raises:
        CannotWrite: one of them, for any reason; nothing is left behind of any.
    """
    import tempfile  # noqa: PLC0415  (4 ms, and most commands write no file)

    temporaries: list[str] = []
    known: set[str] = set()
    try:
        for name in names:
            with _writing(name):
                _may_be_replaced(name, known)
                handle, temporary = tempfile.mkstemp(prefix=".liquidose-", dir=os.path.dirname(name) or ".")  # noqa: PTH120
                os.close(handle)
                temporaries.append(temporary)
        yield temporaries
        for name, temporary in zip(names, temporaries, strict=True):
            with _writing(name), open(temporary, "rb") as file:  # noqa: PTH123
                os.fsync(file.fileno())
                os.chmod(temporary, 0o666 & ~_umask())  # noqa: PTH101
        _put_in_place(names, temporaries)
    finally:
        _remove(temporaries)


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
    """Each temporary file takes the place of its target; if one cannot, none does."""
    before: list[str] = []
    """What each target was, under a second name; empty where there was none, or none could be made."""
    new: list[str] = []
    try:
        for name, temporary in zip(names, temporaries, strict=True):
            with _writing(name):
                was_there = os.path.exists(name)  # noqa: PTH110
                before.append(
                    _second_name(name, f"{temporary}-before") if was_there and len(names) > 1 else ""
                )
                os.replace(temporary, name)  # noqa: PTH105
                new.append("" if was_there else name)
    except BaseException:
        for name, old in zip(names[: len(new)], before, strict=False):
            if old:
                with suppress(OSError):
                    os.replace(old, name)  # noqa: PTH105
        _remove(new)
        raise
    finally:
        _remove(before)


def _second_name(name: str, other: str) -> str:
    """The other name, which is now a second one of the same file; empty on a file system that has no such thing."""
    try:
        os.link(name, other)
    except OSError:
        return ""
    return other


def _remove(names: Iterable[str]) -> None:
    for name in names:
        if name and os.path.exists(name):  # noqa: PTH110
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
