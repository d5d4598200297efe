"""liquidose batch, killed at a hundred random instants, whole processes, by a signal that no program can catch.

By itself: ``python -m pytest tests/test_batch_killed.py``, some minutes. The short form, at every step of a run, is in ``test_batch_resume.py``.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tables_of_orders import order, outputs, write_table

ROWS = [order(k, directions__dose="2-May" if k % 9 == 0 else f"{1 + k % 7} mg") for k in range(400)]
NAMES = ("", "small", "card")
KINDS = ("--kind", "small=four-lines on avery-l7160", "--kind", "card=caregiver-card")
OF_KINDS = [{**row, "print.kind": NAMES[place % 3]} for place, row in enumerate(ROWS)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("most", "rows", "options"),
    [(50, ROWS, ()), (25, ROWS, ("--jobs", "2")), (25, OF_KINDS, ("--jobs", "2", *KINDS))],
    ids=["one process", "two processes", "two processes and three kinds"],
)
def test_killed_at_random_instants_the_union_is_an_undisturbed_run(
    most: int, rows: list[dict[str, str]], options: tuple[str, ...], tmp_path: Path
) -> None:
    source = write_table(tmp_path / "orders.csv", rows)
    command = [sys.executable, "-m", "liquidose", "batch", source, "--sheets-per-file", "25", *options]
    start = time.perf_counter()
    assert (
        subprocess.run(
            [*command, "-o", str(tmp_path / "ref")], stdout=subprocess.DEVNULL, check=False
        ).returncode
        == 4
    )
    whole = time.perf_counter() - start
    expected, instants = outputs(tmp_path / "ref"), random.Random(5)  # noqa: S311  (instants)
    kills = at_work = runs = 0
    while kills < most:
        out, runs = tmp_path / f"run{runs}", runs + 1
        while True:
            process = subprocess.Popen([*command, "-o", str(out)], stdout=subprocess.DEVNULL)
            try:
                process.wait(timeout=instants.uniform(0.3, 1) * whole if kills < most else None)
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                kills += 1
                at_work += (out / "journal.sqlite").exists() and not (out / "summary.json").exists()
            else:
                assert process.returncode == 4
                break
        assert outputs(out) == expected
    assert at_work > most / 4, "most kills came before the run had begun or after its end"
