"""liquidose batch on the workers of a dask cluster: real processes, on this machine; what comes out is a local run's."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from tables_of_orders import batch, order, outputs, write_table
from waiting import at_work, until

from liquidose._version import __version__

PACKAGE = Path(__file__).parent.parent / "liquidose"
FILES = ("--sheets-per-file", "25")
ROWS = [order(k, directions__dose="2-May" if k % 9 == 0 else f"{1 + k % 7} mg") for k in range(1800)]
GO_ON = "Mend the cluster and give the same command again: labels go on where they stopped.\n"


class Cluster(NamedTuple):
    """A cluster of this machine."""

    process: subprocess.Popen[str]
    address: str
    workers: list[int]
    log: Path


@contextmanager
def cluster_of(count: int, folder: Path, *, threads: int = 1) -> Iterator[Cluster]:
    """A cluster of so many workers, each of so many threads, that stands within the block, if nobody kills it."""
    script = Path(__file__).parent / "local_cluster.py"
    log = folder / "cluster.log"
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(
            [sys.executable, script, folder / "dask", str(count), str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True,
        )  # fmt: skip
        with process:
            if process.stdout is None:
                pytest.fail("nothing to read from")
            address, *workers = process.stdout.readline().split()
            yield Cluster(process, address, [int(worker) for worker in workers], log)


@contextmanager
def joined(cluster: Cluster, folder: Path, path: Path | None = None) -> Iterator[int]:
    """A further worker, whose Python finds what is in ``path`` first, from when the scheduler knows it."""
    command = [
        sys.executable, "-m", "distributed.cli.dask_worker", cluster.address, "--no-nanny", "--no-dashboard",
        "--nthreads", "1", "--local-directory", str(folder / "joined"),
    ]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(path)} if path else dict(os.environ)
    log = folder / "joined.log"
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=said, stderr=said)
    with process:
        try:
            until(lambda: "Registered to:" in log.read_text(encoding="utf-8"))
            yield process.pid
        finally:
            process.kill()


def without_liquidose(folder: Path) -> Path:
    """Where a Python looks that finds no liquidose, as if none were installed."""
    folder.mkdir()
    absent = 'raise ModuleNotFoundError("No module named \'liquidose\'", name="liquidose")\n'
    (folder / "liquidose.py").write_text(absent, encoding="utf-8")
    return folder


def with_another_version(folder: Path) -> Path:
    """Where a Python looks that finds another liquidose."""
    shutil.copytree(PACKAGE, folder / "liquidose")
    shutil.copytree(PACKAGE.parent / "templates", folder / "liquidose" / "templates")
    (folder / "liquidose" / "_version.py").write_text('__version__ = "0.0.1"\n', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, bytes]]:
    """A table and what one process gives."""
    folder = tmp_path_factory.mktemp("orders")
    source = write_table(folder / "orders.csv", ROWS)
    assert batch(source, *FILES, "-o", folder / "out").exit_code == 4
    return source, outputs(folder / "out")


def started(source: str, out: Path, *options: str, patience: int = 60) -> subprocess.Popen[str]:
    """The command at work, in a process that may open sockets."""
    begin = (
        "from liquidose.batch import cluster; from liquidose.cli import main; "
        f"cluster.PATIENCE = {patience}; main(prog_name='liquidose')"
    )
    command = [sys.executable, "-c", begin, "batch", source, *FILES, "-o", str(out), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ran(source: str, out: Path, *options: str) -> tuple[int, str]:
    """The status of the command and what it said of what went wrong."""
    run = started(source, out, *options)
    stderr = run.communicate(timeout=120)[1]
    return run.returncode, stderr


def half_way(run: subprocess.Popen[str], out: Path) -> None:
    """Nothing comes out, once a few of the files are written."""
    until(lambda: (out / "labels-0004.pdf").exists() or run.poll() is not None)
    assert run.poll() is None
    assert not (out / "summary.json").exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells whether a process has ended")
@pytest.mark.parametrize("killed", [1, 2])
def test_workers_killed_in_mid_run_lose_nothing(
    killed: int, undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    source, expected = undisturbed
    out = tmp_path / "out"
    with cluster_of(2, tmp_path) as cluster:
        run = started(source, out, "--scheduler", cluster.address)
        half_way(run, out)
        for worker in cluster.workers[:killed]:
            os.kill(worker, signal.SIGKILL)
        said = run.communicate(timeout=120)
        assert not any(map(at_work, cluster.workers[:killed]))
        log = cluster.log.read_text(encoding="utf-8")
    assert (run.returncode, *said) == (
        4,
        f"1,600 labels on 1,600 pages, 200 rejected: {out / 'rejects.csv'}.\n",
        "",
    )
    assert outputs(out) == expected
    assert "Sam Example" not in log


@pytest.mark.slow
def test_lost_scheduler_is_said_and_one_process_goes_on(
    undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    source, expected = undisturbed
    out = tmp_path / "out"
    with cluster_of(1, tmp_path) as cluster:
        run = started(source, out, "--scheduler", cluster.address)
        half_way(run, out)
        cluster.process.kill()
        said = run.communicate(timeout=120)
    assert (run.returncode, *said) == (5, "", f"liquidose: The scheduler of the cluster went away. {GO_ON}")
    written = {p.name: p.stat().st_mtime_ns for p in out.glob("labels-*.pdf")}
    assert 4 <= len(written) < len(expected)
    assert batch(source, *FILES, "-o", out).exit_code == 4
    assert outputs(out) == expected
    assert written == {name: (out / name).stat().st_mtime_ns for name in written}, "a file was written again"


@pytest.mark.slow
def test_cluster_without_a_worker_left_is_said_and_goes_on_when_one_comes(
    undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    source, expected = undisturbed
    out = tmp_path / "out"
    with cluster_of(0, tmp_path) as cluster:
        none = ran(source, out, "--scheduler", cluster.address)
        assert none == (
            2,
            f"liquidose: The scheduler at {cluster.address} has no worker. "
            f"Start some: dask worker {cluster.address} --nthreads 1.\n",
        )
        assert not out.exists()
        with joined(cluster, tmp_path) as worker:
            run = started(source, out, "--scheduler", cluster.address, patience=1)
            half_way(run, out)
            os.kill(worker, signal.SIGKILL)
            said = run.communicate(timeout=120)
        assert (run.returncode, *said) == (5, "", f"liquidose: No worker of the cluster is left. {GO_ON}")
        with joined(cluster, tmp_path):
            assert ran(source, out, "--scheduler", cluster.address) == (4, "")
    assert outputs(out) == expected


ODD: dict[str, tuple[Callable[[Path], Path], str]] = {
    "without liquidose": (
        without_liquidose,
        "cannot run this liquidose: ModuleNotFoundError(\"No module named 'liquidose'\"). Install the same version there.",
    ),
    "with another version": (
        with_another_version,
        f"has liquidose 0.0.1 and not {__version__}. Make both the same, or take it away.",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD)
def test_worker_that_would_make_something_else_is_refused_by_name(
    odd: str, undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    make, says = ODD[odd]
    path = make(tmp_path / "other")
    with cluster_of(1, tmp_path) as cluster, joined(cluster, tmp_path, path):
        status, said = ran(undisturbed[0], tmp_path / "out", "--scheduler", cluster.address)
    assert (status, re.sub(r"tcp://[\d.:]+", "ADDRESS", said)) == (
        2,
        f"liquidose: The worker ADDRESS {says}\n",
    )
    assert not (tmp_path / "out").exists()


LATER = {
    "without liquidose": (4, ""),  # dask ends such a worker, and its rows go to the other
    "with another version": (
        2,
        f"liquidose: A worker that joined the cluster during this run has liquidose 0.0.1 and not {__version__}. "
        "Take it away and give the same command again: labels go on where they stopped.\n",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD)
def test_worker_that_joins_in_mid_run_has_no_part_in_it_if_it_would_make_something_else(
    odd: str, undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    source, expected = undisturbed
    out = tmp_path / "out"
    path = ODD[odd][0](tmp_path / "other")
    with cluster_of(1, tmp_path) as cluster:
        run = started(source, out, "--scheduler", cluster.address)
        half_way(run, out)
        run.send_signal(signal.SIGSTOP)  # it waits until the other worker is there
        with joined(cluster, tmp_path, path):
            run.send_signal(signal.SIGCONT)
            said = run.communicate(timeout=120)[1]
        assert (run.returncode, said) == LATER[odd]
        assert "'liquidose'" in (tmp_path / "joined.log").read_text("utf-8") or odd == "with another version"
        assert ran(source, out, "--scheduler", cluster.address) == (4, "")
    assert outputs(out) == expected


@pytest.mark.slow
def test_labels_volumes_and_a_look_ahead_from_several_threads_are_those_of_one_process(
    undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    source, labels = undisturbed
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    assert batch(source, "--convert", "-o", here / "v.csv").exit_code == 4
    expected = batch(source, "--dry-run").output
    with cluster_of(1, tmp_path, threads=4) as cluster:
        options = ("--scheduler", cluster.address)
        assert ran(source, tmp_path / "out", *options) == (4, "")
        assert ran(source, there / "v.csv", "--convert", *options) == (4, "")
        run = subprocess.run(
            [sys.executable, "-m", "liquidose", "batch", source, "--dry-run", *options],
            capture_output=True, check=False, text=True,
        )  # fmt: skip
    assert outputs(tmp_path / "out") == labels
    assert outputs(there) == outputs(here)
    assert (run.returncode, run.stdout, run.stderr) == (4, expected, "")


REFUSED = {
    "tcp://127.0.0.1:1": "No scheduler of dask answers at tcp://127.0.0.1:1. Start one with 'dask scheduler', or correct the address.",
    "here": "'here' is no address that can be called: missing port number in address 'here'. "
    "Write it as in tcp://10.0.0.5:8786; tls:// needs the certificates that are named in the settings of dask.",
}


@pytest.mark.slow
@pytest.mark.parametrize("address", REFUSED)
def test_scheduler_that_cannot_be_reached_is_said_and_nothing_is_written(
    address: str, undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert ran(undisturbed[0], out, "--scheduler", address) == (2, f"liquidose: {REFUSED[address]}\n")
    assert not out.exists()


def test_jobs_are_not_counted_with_a_cluster(
    undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    result = batch(undisturbed[0], "-o", tmp_path / "out", "--jobs", 2, "--scheduler", "tcp://127.0.0.1:1")
    assert (result.exit_code, result.stderr) == (
        2,
        "liquidose: --jobs counts processes here, and a cluster has its own. Leave --jobs out.\n",
    )
    assert not (tmp_path / "out").exists()


def test_dask_that_is_not_installed_is_said(
    undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = batch(undisturbed[0], "-o", tmp_path / "out", "--scheduler", "tcp://127.0.0.1:1")
    assert (result.exit_code, result.stderr) == (
        2,
        "liquidose: The workers of a cluster are reached by dask, which is not installed. "
        "Install it: pip install 'liquidose[cluster]'.\n",
    )
