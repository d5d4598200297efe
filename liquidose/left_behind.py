"""Temporary files that say whether their command still lives: what a killed one has left is known by that, and removed."""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Collection
from contextlib import suppress

from liquidose.errors import CannotWrite

if sys.platform != "win32":
    import fcntl


def begins(target: str) -> str:
    """How the names of the temporary files for a target begin; it tells nothing of what is in them."""
    return f".liquidose-{zlib.crc32(os.fsencode(os.path.basename(target))):08x}-"  # noqa: PTH119


def temporary_beside(target: str) -> tuple[str, int]:
    """The path of a new, empty file beside the target, and a handle that holds its lock until it is closed."""
    import tempfile  # noqa: PLC0415  (4 ms, and most commands write no file)

    while True:
        handle, path = tempfile.mkstemp(prefix=begins(target), dir=os.path.dirname(target) or ".")  # noqa: PTH120
        _lock(handle)
        if os.path.exists(path):  # noqa: PTH110
            return path, handle
        os.close(handle)  # another command took it for a dead one's before it was locked


def _lock(handle: int) -> None:
    if sys.platform != "win32":
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)


def clear(target: str, own: Collection[str]) -> None:
    """Nothing comes out; what killed commands have left of this target is removed, where the system can tell.

    ``own`` are the temporary files of this one.

    Raises:
        CannotWrite: a command that lives is writing the target.
    """
    names = {os.path.basename(path) for path in own}  # noqa: PTH119
    try:
        with os.scandir(os.path.dirname(target) or ".") as entries:  # noqa: PTH120
            left = [e.path for e in entries if e.name.startswith(begins(target)) and e.name not in names]
    except PermissionError:  # a folder that takes files and shows none
        return
    handles: list[int] = []
    try:
        dead = [path for path in left if _is_nobodys(path, target, handles)]
        for path in dead:
            with suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108
    finally:
        for handle in handles:
            os.close(handle)


def _is_nobodys(path: str, target: str, handles: list[int]) -> bool:
    """Whether nobody holds the lock of a file, which this process holds from now on, by one of the handles."""
    if sys.platform == "win32":
        return False
    try:
        handles.append(os.open(path, os.O_RDWR))
        fcntl.flock(handles[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotWrite(
            f"Another command is writing {target}.",
            "Wait until it ends, or choose another place with -o.",
            given=target,
        ) from None
    except OSError:  # it is gone, or this file system has no locks
        return False
    return True
