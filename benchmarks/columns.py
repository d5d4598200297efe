"""Speed of convert_frame; run by hand: ``python benchmarks/columns.py [millions of rows]``.

Repeated rows are told as a ratio against polars reading the same input and writing the same output table, in the same
run; rows that are all different in rows a second of one core.
"""

from __future__ import annotations

import gc
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from liquidose import convert_frame

RANDOM = random.Random(20261123)  # noqa: S311  (inputs of a benchmark)
DISTINCT = 5_000
ALL_DISTINCT = 100_000
ROUNDS = 3


def dose() -> str:
    """A dose from 1.1 to 999.9 mg."""
    return f"{RANDOM.randint(1, 999)}.{RANDOM.randint(1, 9)} mg"


def strength() -> str:
    """A strength from 0.2 to 500.9 mg in 1 mL."""
    return f"{RANDOM.randint(1, 500)}.{RANDOM.randint(1, 9)} mg/{RANDOM.choice((1, 5))} mL"


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and of this process."""
    clock, own = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - own


def repeated(rows: int) -> None:
    """Rows of 5,000 distinct inputs, from Parquet to Parquet and from CSV to CSV."""
    pairs = [(dose(), strength()) for _ in range(DISTINCT)]
    chosen = pl.Series([RANDOM.randrange(DISTINCT) for _ in range(rows)], dtype=pl.UInt32)
    frame = pl.DataFrame(pairs, schema=["dose", "strength"], orient="row")[chosen].with_row_index("row")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.parquet", Path(folder) / "out.parquet"
        frame.write_parquet(source)
        del frame
        output = convert_frame(pl.read_parquet(source), dose="dose", strength="strength")

        def floor() -> None:
            pl.read_parquet(source)
            output.write_parquet(target)

        def whole() -> None:
            table = convert_frame(pl.read_parquet(source), dose="dose", strength="strength")
            table.write_parquet(target)

        ratios, floors = [], []
        for _ in range(ROUNDS):
            least, _own = seconds(floor)
            taken, _own = seconds(whole)
            ratios.append(taken / least)
            floors.append(least)
    goal = 4 if rows < 10_000_000 else 3
    print(
        f"{rows:,} rows, {DISTINCT:,} distinct: {statistics.median(ratios):.2f} times polars reading the input "
        f"and writing the table ({statistics.median(floors):.2f} s; goal {goal})"
    )


def all_distinct() -> None:
    """Rows that all differ: in both texts, and in the weight alone."""
    pairs = {(dose(), strength()) for _ in range(ALL_DISTINCT)}
    texts = pl.DataFrame(list(pairs), schema=["dose", "strength"], orient="row")
    weights = pl.DataFrame(
        {"weight": [f"{n // 10_000 + 3}.{n % 10_000:04d} kg" for n in range(ALL_DISTINCT)]}
    )
    weights = weights.with_columns(dose=pl.lit("15 mg/kg (max 1 g)"), strength=pl.lit("160 mg/5 mL"))
    del pairs
    cases = (("pair of texts", texts, None), ("weight", weights, "weight"))
    # What is loaded at the first row, once, is no part of a rate: pint, 0.3 s.
    for _name, frame, weight in cases:
        convert_frame(frame.head(1), dose="dose", strength="strength", weight=weight)
    gc.freeze()  # the objects of this script, of polars and of pint are not what is measured
    for name, frame, weight in cases:
        _clock, own = seconds(
            lambda frame=frame, weight=weight: convert_frame(  # type: ignore[misc]
                frame, dose="dose", strength="strength", weight=weight
            )
        )
        print(f"every {name} different: {frame.height / own:,.0f} rows a second of one core (goal 50,000)")


if __name__ == "__main__":
    repeated(int(sys.argv[1]) * 1_000_000 if len(sys.argv) > 1 else 1_000_000)
    all_distinct()
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:,.0f} MB")
