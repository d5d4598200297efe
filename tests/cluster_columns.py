"""A frame in twenty parts on two worker processes of dask, one of which kills itself in the middle of a part.

Then the same rows as a dask data frame, by ``map_partitions``. Run by ``test_columns_command.py`` in a process of its own; it prints what came out.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import dask.dataframe as dd
import pandas as pd
import polars as pl
from distributed import Client, LocalCluster

from liquidose import convert_frame

PARTS = 20
KILLED = 7


def converted(part: pl.DataFrame, marker: str) -> pl.DataFrame:
    """The part with its volumes; the worker that first gets part 7 dies instead, as by the machine."""
    if part["part"][0] == KILLED and not Path(marker).exists():
        Path(marker).write_text(str(os.getpid()), encoding="ascii")
        os.kill(os.getpid(), signal.SIGKILL)
    return convert_frame(part, dose="dose", strength="strength")


def pandas_of(frame: pl.DataFrame) -> pd.DataFrame:
    """The frame in pandas, its whole numbers whole where some are missing."""
    return frame.to_pandas(use_pyarrow_extension_array=True)


def volumes(part: pd.DataFrame) -> pd.DataFrame:
    """What ``map_partitions`` maps; docs/columns.md shows it."""
    return pandas_of(convert_frame(part, dose="dose", strength="strength"))


def main(folder: str) -> None:
    """One line of counts and what is lost, doubled or different."""
    frame = pl.DataFrame(
        {
            "part": [part for part in range(PARTS) for _ in range(500)],
            "dose": [f"{n % 97 + 1} mg" if n % 50 else "1,5 mg" for n in range(PARTS * 500)],
            "strength": [f"{n % 7 + 1} mg/mL" for n in range(PARTS * 500)],
        }
    )
    marker = Path(folder) / "killed"
    cluster = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=folder
    )
    with cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
        before = set(client.scheduler_info()["workers"])
        parts = client.map(converted, frame.partition_by("part"), marker=str(marker), pure=False)
        table = pl.concat(client.gather(parts))
        after = set(client.scheduler_info()["workers"])
        in_pandas = pandas_of(frame)
        partitions = dd.from_pandas(in_pandas, npartitions=PARTS)  # type: ignore[no-untyped-call]
        mapped = partitions.map_partitions(volumes, meta=volumes(in_pandas.head(0))).compute()
    expected = convert_frame(frame, dose="dose", strength="strength")
    same = table.equals(expected) and pl.from_pandas(mapped.reset_index(drop=True)).equals(expected)
    errors = table["error"].drop_nulls().len()
    killed = marker.exists() and before != after
    print(f"killed: {killed}, rows: {table.height}, errors: {errors}, same: {same}")  # noqa: T201  (a script)


if __name__ == "__main__":
    main(sys.argv[1])
