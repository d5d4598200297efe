"""A dask cluster of worker processes on this machine, for the tests: it says where it is, and stands until its input ends.

Run in a process of its own, since the tests themselves may open no socket. Its one line is the address of the
scheduler, and then the processes of its workers.
"""

from __future__ import annotations

import os
import sys

from distributed import Client, LocalCluster


def main(folder: str, count: int, threads: int) -> None:
    """So many workers of so many threads, their files in the folder."""
    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=count, threads_per_worker=threads, dashboard_address=None, local_directory=folder
        ) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call]
    ):
        print(cluster.scheduler_address, *client.run(os.getpid).values(), flush=True)  # noqa: T201  (a script)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
