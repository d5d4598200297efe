"""The workers of a dask cluster: the only importer of distributed, entered where a run names its scheduler."""

from __future__ import annotations

import asyncio
import logging
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, Final, Protocol
from uuid import uuid4

from liquidose.batch.sealing import Asked, Sealed, alike, answer, difference, opened, sealed
from liquidose.errors import BadOption, CannotWrite, LiquidoseError

SECONDS: Final = 10
"""How long a scheduler may take to answer at first."""
PATIENCE: Final = 60
"""Seconds without an answer, after which somebody asks whether any worker is left."""


class Answer(Protocol):
    """What is to come."""

    def result(self) -> Any:
        """It, waited for."""


@contextmanager
def cluster_at(
    scheduler: str, make: Callable[[], Any], files: tuple[str, ...]
) -> Iterator[tuple[Callable[..., Answer], int]]:
    """How a worker is asked, each made by calling ``make``, and how many there are at first.

    ``files`` are those that each worker reads for itself, such as further fonts.

    Raises:
        BadOption: no such scheduler, no worker, or one that would make something else of the same rows.
    """
    distributed = _distributed()
    _reach(distributed, scheduler)
    made = pickle.dumps(make)
    with ExitStack() as kept:
        kept.enter_context(_quietly())
        with _faults_of(distributed):
            client = distributed.Client(scheduler, timeout=SECONDS, set_as_default=False, name="liquidose")
            kept.callback(client.close)
            count = _check_workers(client, scheduler, files)

        def ask(what: str, *given: Any) -> Answer:
            asked = sealed(Asked(alike(files), files, made, what, pickle.dumps(given)))
            # The name of a task is shown and logged: not one made from its arguments.
            key = f"liquidose-{what}-{uuid4().hex}"
            with _faults_of(distributed):
                return _Owed(distributed, client, client.submit(answer, asked, key=key))

        yield ask, count


class _Owed:
    """An answer that a cluster owes."""

    def __init__(self, distributed: Any, client: Any, future: Any) -> None:
        self._distributed, self._client, self._future = distributed, client, future

    def result(self) -> Any:
        """It, waited for.

        Raises:
            LiquidoseError: what a worker refused.
            CannotWrite: the scheduler was lost, or every worker.
        """
        with _faults_of(self._distributed):
            found = self._sealed()
        return opened(found)

    def _sealed(self) -> Sealed:
        while True:
            try:
                found: Sealed = self._future.result(timeout=PATIENCE)
            except TimeoutError:
                if not self._client.nthreads():
                    raise _lost("No worker of the cluster is left.") from None
            else:
                return found


@contextmanager
def _faults_of(distributed: Any) -> Iterator[None]:
    """What dask raises, as what it means for a run. What a worker raises never comes this way: it is an answer."""
    try:
        yield
    except LiquidoseError:
        raise
    except (CancelledError, distributed.comm.CommClosedError):  # it depends on what was asked last
        raise _lost("The scheduler of the cluster went away.") from None
    except distributed.KilledWorker:
        raise _lost(
            "Several workers ended over the same rows, perhaps for want of memory or of liquidose."
        ) from None
    except Exception as fault:  # noqa: BLE001  (dask has no root for its exceptions)
        raise _lost(f"The cluster failed: {type(fault).__name__}: {fault}.") from None


def _lost(problem: str) -> CannotWrite:
    return CannotWrite(
        problem, "Mend the cluster and give the same command again: labels go on where they stopped."
    )


@contextmanager
def _quietly() -> Iterator[None]:
    """Neither log lines of what we say ourselves, nor a warning of the size of what is sent."""
    from dask import config  # noqa: PLC0415  (an extra)

    # Said when the collector finds it, perhaps long after the run: so the filter stays.
    logging.getLogger("asyncio").addFilter(_is_no_ended_wait)
    logs = [
        logging.getLogger(name) for name in ("distributed", "distributed.client")
    ]  # the second has its own level
    before = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL)
    try:
        with config.set({"distributed.admin.large-graph-warning-threshold": "1TB"}):
            yield
    finally:
        for log, level in zip(logs, before, strict=True):
            log.setLevel(level)


def _is_no_ended_wait(record: logging.LogRecord) -> bool:
    """Whether it is anything else than what dask leaves behind of an answer for which nobody waits any more."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or kind.__name__ != "AllExit"


def _distributed() -> Any:
    try:
        import distributed  # noqa: PLC0415  (an extra)
    except ImportError:
        raise BadOption(
            "The workers of a cluster are reached by dask, which is not installed.",
            "Install it: pip install 'liquidose[cluster]'.",
        ) from None
    return distributed


def _reach(distributed: Any, scheduler: str) -> None:
    """Nothing comes out; a scheduler answers at the address."""

    async def identity() -> dict[str, Any]:
        secrets = distributed.Security().get_connection_args("client")
        async with distributed.rpc(scheduler, timeout=SECONDS, connection_args=secrets) as there:
            found: dict[str, Any] = await asyncio.wait_for(there.identity(), SECONDS)
            return found

    with ThreadPoolExecutor(1) as aside:  # for who is called within a loop already
        try:
            found = aside.submit(asyncio.run, identity()).result()
        except (ValueError, TypeError) as fault:
            raise BadOption(
                f"'{scheduler}' is no address that can be called: {fault}.",
                "Write it as in tcp://10.0.0.5:8786; tls:// needs the certificates that are named in the settings of dask.",
                given=scheduler,
            ) from None
        except OSError:
            found = {}
    if found.get("type") != "Scheduler":
        raise BadOption(
            f"No scheduler of dask answers at {scheduler}.",
            "Start one with 'dask scheduler', or correct the address.",
            given=scheduler,
        )


def _check_workers(client: Any, scheduler: str, files: tuple[str, ...]) -> int:
    """How many workers there are, all of which would make the same bytes as this process."""
    found = client.run(alike, files, on_error="return")
    if not found:
        raise BadOption(
            f"The scheduler at {scheduler} has no worker.",
            f"Start some: dask worker {scheduler} --nthreads 1.",
            given=scheduler,
        )
    for address, theirs in found.items():
        if isinstance(theirs, Exception):
            raise BadOption(
                f"The worker {address} cannot run this liquidose: {theirs}.",
                "Install the same version there.",
                given=address,
            )
        if different := difference(theirs, alike(files)):
            raise BadOption(
                f"The worker {address} has {different}.",
                "Make both the same, or take it away.",
                given=address,
            )
    return len(found)
