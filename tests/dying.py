"""Runs ``liquidose`` again and again, each time killed one step later among the steps by which files get their names.

    python dying.py FOLDER ARGUMENT...

``{}`` in an argument becomes FOLDER/0, FOLDER/1 and so on, which are there already. Each run is a process of its own, ended by a signal
that no program can catch, just before its step of that number. Writes how many of them were killed: the one behind them came to
its end.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import liquidose.batch.converting  # noqa: F401  (once for all runs)
from liquidose.cli import main

STEPS = ("chmod", "fsync", "link", "replace", "unlink")


def killed_at(step: int) -> None:
    """Nothing comes out; this process does not outlive the step of that number."""
    steps = itertools.count()
    for name in STEPS:
        setattr(os, name, dying(getattr(os, name), steps, step))


def dying(real: Callable[..., Any], steps: Iterator[int], last: int) -> Callable[..., Any]:
    """The function, but for the last step."""

    def step(*given: Any, **named: Any) -> Any:
        if next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)

    return step


def run(step: int, arguments: list[str]) -> int:
    """The status of one run, or how it was killed as a negative number."""
    child = os.fork()
    if child == 0:
        killed_at(step)
        sys.stdout = sys.stderr
        main(arguments)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    home, *given = sys.argv[1:]
    for number in itertools.count():
        place = str(Path(home, str(number)))
        if (status := run(number, [argument.replace("{}", place) for argument in given])) != -signal.SIGKILL:
            break
    sys.stdout.write(f"{number} {status}\n")
