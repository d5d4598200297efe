"""One worker here, or several in processes of their own; answers are taken in the order of the questions."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing.connection import wait
from typing import Any, Final

from liquidose.batch.rows import Row
from liquidose.errors import CannotWrite

ROWS: Final = 64
ROWS_SENT: Final = 256
"""Rows that go to a worker together, and to one in another process: what its labels share is sent once."""


class Workers:
    """What is asked of workers by the name of a method of theirs."""

    def __init__(self, here: Any, pool: ProcessPoolExecutor | None, jobs: int) -> None:
        self._here, self._pool = here, pool
        self.ahead = 0 if pool is None else jobs
        """How many answers may be waited for before the first is taken."""

    def in_turn(self, what: str, rows: Iterator[Row]) -> Iterator[Any]:
        """The answers for the rows, some at a time, in their order."""
        waiting: deque[Future[Any]] = deque()
        together = ROWS if self._pool is None else ROWS_SENT
        while some := list(islice(rows, together)):
            waiting.append(self.ask(what, some))
            if len(waiting) > 2 * self.ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def ask(self, what: str, *given: Any) -> Future[Any]:
        """The answer, to come."""
        if self._pool is not None:
            return self._pool.submit(_answer, what, *given)
        done: Future[Any] = Future()
        done.set_result(getattr(self._here, what)(*given))
        return done


@contextmanager
def workers(make: Callable[[], Any], jobs: int) -> Iterator[Workers]:
    """So many workers, each made by calling ``make``; they end with the block, and with this process however it ends.

    Raises:
        CannotWrite: one of their processes was ended from outside.
    """
    if jobs == 1:
        yield Workers(make(), None, jobs)
        return
    # Started afresh, not forked: a copy of this process would hold the journal open.
    afresh = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=afresh, initializer=_start, initargs=(make,))
    try:
        yield Workers(None, pool, jobs)
    except BrokenProcessPool:
        raise CannotWrite(
            "A worker process was ended from outside, perhaps for want of memory.",
            "Give the same command again, with fewer --jobs: labels go on where they stopped.",
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


_own: list[Any] = []
"""The worker of a process that was started for one."""


def _start(make: Callable[[], Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the process that was called
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _own.append(make())


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _answer(what: str, *given: Any) -> Any:
    return getattr(_own[0], what)(*given)
