"""The workers of a dask cluster: the only importer of distributed, entered where a run names its scheduler."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, Protocol
from uuid import uuid4

from liquidose.batch.sealing import Asked, Sealed, alike, answer, difference, opened, sealed
from liquidose.errors import BadOption, CannotWrite

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
    client = distributed.Client(scheduler, timeout=SECONDS, set_as_default=False, name="liquidose")
    try:
        count = _check_workers(client, scheduler, files)

        def ask(what: str, *given: Any) -> Answer:
            asked = sealed(Asked(alike(files), files, made, what, pickle.dumps(given)))
            # The name of a task is shown and logged: not one made from its arguments.
            key = f"liquidose-{what}-{uuid4().hex}"
            return _Owed(distributed, client, client.submit(answer, asked, key=key, pure=False))

        yield ask, count
    finally:
        client.close()


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
        return opened(self._sealed())

    def _sealed(self) -> Sealed:
        while True:
            try:
                found: Sealed = self._future.result(timeout=PATIENCE)
            except TimeoutError:
                if not self._client.nthreads():
                    raise _lost("No worker of the cluster is left.") from None
            except CancelledError:
                raise _lost("The scheduler of the cluster went away.") from None
            except self._distributed.KilledWorker:
                raise _lost("Several workers ended over the same rows, perhaps for want of memory.") from None
            else:
                return found


def _lost(problem: str) -> CannotWrite:
    return CannotWrite(
        problem, "Mend the cluster and give the same command again: labels go on where they stopped."
    )


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
                f"'{scheduler}' is no address of a scheduler: {fault}.",
                "Write it as in tcp://10.0.0.5:8786.",
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
                f"The worker {address} cannot run liquidose: {theirs}.",
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
