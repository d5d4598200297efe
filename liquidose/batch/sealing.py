"""What goes to a worker on another machine and comes back: sealed, for schedulers show and log what passes through them.

dask puts the arguments of a task that fails into its log, with the words of the exception. So what is asked has no ``repr``,
and a worker always answers: what it refuses, or fails at, is an answer too.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
import threading
import traceback
import zlib
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, NamedTuple

from liquidose._version import __version__
from liquidose.errors import BadOption, LiquidoseError
from liquidose.files import data_version

_DRAWING: Final = (
    "reportlab", "msgspec", "pint", "Babel", "zxing-cpp", "font-source-sans-pro", "uharfbuzz", "python-bidi",
)  # fmt: skip
"""The libraries that have a part in what is printed."""
_NOT: Final = "not at all"


class Sealed(bytes):
    """Pickled values that tell nothing of themselves."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} sealed bytes>"

    __str__ = __repr__


class Asked(NamedTuple):
    """A method of a worker, by name, with what it is given."""

    alike: Mapping[str, str]
    """What the worker must have in common with who asks: see :func:`alike`."""
    files: tuple[str, ...]
    make: bytes
    """How the worker is made; the same bytes for all of a run, which makes it once."""
    what: str
    given: bytes


def sealed(value: object) -> Sealed:
    """The value, sealed."""
    return Sealed(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))


def opened(content: bytes) -> Any:
    """The answer of a worker.

    Raises:
        LiquidoseError: what it refused.
        RuntimeError: what it failed at, with its traceback.
    """
    well, found = pickle.loads(content)  # noqa: S301  (a worker of ours sealed it)
    if not well:
        raise found
    return found


def answer(asked: Sealed) -> Sealed:
    """The answer to an :class:`Asked`, both sealed; it never fails."""
    with _one_at_a_time:
        try:
            return sealed((True, _answered(*pickle.loads(asked))))  # noqa: S301  (who asks sealed it)
        except LiquidoseError as refusal:
            return sealed((False, refusal))
        except Exception:  # noqa: BLE001  (its words may be a patient's, and would be logged here)
            return sealed((False, RuntimeError(traceback.format_exc())))


_one_at_a_time: Final = threading.Lock()
"""A worker of dask may have several threads, and reportlab draws in one."""


def _answered(
    expected: Mapping[str, str], files: tuple[str, ...], make: bytes, what: str, given: bytes
) -> object:
    if different := difference(alike(files), expected):
        raise BadOption(
            f"A worker that joined the cluster during this run has {different}.",
            "Take it away and give the same command again: labels go on where they stopped.",
            given=different,
        )
    return getattr(_made(make), what)(*pickle.loads(given))  # noqa: S301  (as above)


@lru_cache(1)
def _made(make: bytes) -> object:
    maker: Callable[[], object] = pickle.loads(make)  # noqa: S301  (as above)
    return maker()


@cache
def alike(files: tuple[str, ...]) -> dict[str, str]:
    """By name, what must be the same in two processes that are to make the same bytes of the same rows.

    ``files`` are those that each reads for itself, such as further fonts.
    """
    found = {"liquidose": __version__, "data": data_version(), "Python": "{}.{}".format(*sys.version_info)}
    for name in _DRAWING:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = _NOT
    found["zlib"] = zlib.ZLIB_RUNTIME_VERSION
    for path in files:
        try:
            found[path] = f"of SHA-256 {hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]}"
        except OSError:
            found[path] = _NOT
    return found


def difference(theirs: Mapping[str, str], ours: Mapping[str, str]) -> str:
    """The first in words, such as ``reportlab 5.0.1 and not 5.0.2``; nothing where there is none."""
    for name, value in ours.items():
        if theirs.get(name, _NOT) != value:
            return f"{name} {theirs.get(name, _NOT)} and not {value}"
    return ""
