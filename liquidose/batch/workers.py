"""One worker here, several in processes of their own, or those of a cluster; answers come in the order of the questions."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from itertools import islice
from multiprocessing.connection import wait
from typing import Any, Final

from liquidose.batch.cluster import Answer, cluster_at
from liquidose.batch.rows import Row
from liquidose.errors import BadOption, CannotWrite

ROWS: Final = 64
ROWS_SENT: Final = 256
"""Rows that go to a worker together, and to one in another process: what its labels share is sent once."""


class Workers:
    """What is asked of workers by the name of a method of theirs."""

    def __init__(self, ask: Callable[..., Answer], *, ahead: int) -> None:
        self.ask = ask
        """The answer, to come, of a method by its name and what it is given."""
        self.ahead = ahead
        """How many answers may be waited for before the first is taken: 0 where each is worked out when asked for."""

    def in_turn(self, what: str, rows: Iterator[Row]) -> Iterator[Any]:
        """The answers for the rows, some at a time, in their order."""
        waiting: deque[Answer] = deque()
        together = ROWS_SENT if self.ahead else ROWS
        while some := list(islice(rows, together)):
            waiting.append(self.ask(what, some))
            if len(waiting) > 2 * self.ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def workers(
    make: Callable[[], Any], jobs: int, *, scheduler: str | None = None, files: tuple[str, ...] = ()
) -> Iterator[Workers]:
    """So many workers, each made by calling ``make``; they end with the block, and with this process however it ends.

    With the address of a ``scheduler`` they are those of its cluster, and outlive the run. ``files`` are what a worker
    there reads for itself.

    Raises:
        BadOption: a scheduler and several jobs; or as :func:`~liquidose.batch.cluster.cluster_at`.
        CannotWrite: one of their processes was ended from outside.
    """
    if scheduler is not None:
        if jobs > 1:
            raise BadOption(
                "--jobs counts processes here, and a cluster has its own.",
                "Leave --jobs out.",
                given=str(jobs),
            )
        with cluster_at(scheduler, make, files) as (ask, count):
            yield Workers(ask, ahead=count)
    elif jobs == 1:
        yield Workers(partial(_answer_here, make()), ahead=0)
    else:
        with _processes(make, jobs) as pool:
            yield Workers(partial(_answer_of, pool), ahead=jobs)


def _answer_here(worker: Any, what: str, *given: Any) -> Answer:
    done: Future[Any] = Future()
    done.set_result(getattr(worker, what)(*given))
    return done


@contextmanager
def _processes(make: Callable[[], Any], jobs: int) -> Iterator[ProcessPoolExecutor]:
    # Started afresh, not forked: a copy of this process would hold the journal open.
    afresh = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=afresh, initializer=_start, initargs=(make,))
    try:
        yield pool
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


def _answer_of(pool: ProcessPoolExecutor, what: str, *given: Any) -> Answer:
    with _interrupts_held():
        return pool.submit(_answer, what, *given)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """An interrupt waits for the end of the block, and for ever in a process that is started within."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _answer(what: str, *given: Any) -> Any:
    return getattr(_own[0], what)(*given)
