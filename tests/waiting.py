"""Waiting for other processes, in the tests that end some."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest


def until(happened: Callable[[], bool]) -> None:
    """Nothing comes out, once it has happened; a minute without it is a failure."""
    for _ in range(1200):
        if happened():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen within a minute")


def processes_of(process: int) -> list[int]:
    """The processes that a process has started."""
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def at_work(process: int) -> bool:
    """Whether a process has not ended, and is not merely waiting to be counted out."""
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
