"""liquidose batch, interrupted: the same command goes on, and what comes out is what an undisturbed run gives."""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tables_of_orders import batch, order, outputs, summary, write_table
from waiting import at_work, processes_of, until

from liquidose.batch import filling, running, workers
from liquidose.batch.journal import Journal

FILES = ("--sheets-per-file", 4)
KINDS = ("--kind", "small=four-lines", "--kind", "card=caregiver-card", "--map", "kind={KIND}")
ROWS = [
    order(
        k,
        directions__dose="2-May" if k % 5 == 0 else f"{1 + k % 7} mg",
        dispense__copies="6" if k == 9 else "",
    )
    for k in range(1, 24)
]


def of_kinds(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows, of three kinds by turns, one of them rare."""
    return [
        {**row, "KIND": "card" if k in {3, 19} else "small" if k % 3 else ""} for k, row in enumerate(rows)
    ]


@pytest.fixture(scope="module")
def of_three_kinds(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, bytes]]:
    """A table of three kinds of labels and what it gives."""
    folder = tmp_path_factory.mktemp("kinds")
    source = write_table(folder / "orders.csv", of_kinds(ROWS))
    assert batch(source, *FILES, *KINDS, "-o", folder / "out").exit_code == 4
    return source, outputs(folder / "out")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, bytes]]:
    """A table and what it gives."""
    folder = tmp_path_factory.mktemp("orders")
    source = write_table(folder / "orders.csv", ROWS)
    assert batch(source, *FILES, "-o", folder / "out").exit_code == 4
    return source, outputs(folder / "out")


class Killed(BaseException):
    """The process ends here; nothing after it runs."""


STEPS: dict[str, tuple[object, str]] = {
    "before a file is written": (filling, "write_whole"),
    "a file is opened beside its place": (tempfile, "mkstemp"),
    "a file is on the disk": (os, "fsync"),
    "a file gets its name": (os, "replace"),
    "what became of a row is recorded": (Journal, "add"),
    "a file is recorded": (Journal, "add_file"),
    "the records are kept": (Journal, "keep"),
    "the reports are written": (running, "write_reports"),
    "the end is recorded": (Journal, "finish"),
}


def stopping(real: Callable[..., object], after: int) -> Callable[..., object]:
    calls = iter(range(1_000_000))

    def stop(*given: object, **named: object) -> object:
        if next(calls) >= after:
            raise Killed
        return real(*given, **named)

    return stop


def stopped(home: object, name: str, after: int, *arguments: object, given: bytes | None = None) -> bool:
    """Whether the command was stopped at a call of this function."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(home, name, stopping(getattr(home, name), after))
        try:
            batch(*arguments, given=given)
        except Killed:
            return True
    return False


@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize("step", STEPS)
def test_stopped_at_any_step_the_same_command_goes_on(
    step: str, after: int, undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    source, expected = undisturbed
    out = tmp_path / "out"
    once = step in {"the reports are written", "the end is recorded"}
    assert stopped(*STEPS[step], after, source, *FILES, "-o", out) == (after == 0 or not once)
    written = {p.name: p.stat().st_mtime_ns for p in out.glob("labels-*.pdf")}
    assert batch(source, *FILES, "-o", out).exit_code == 4
    assert outputs(out) == expected
    assert written == {name: (out / name).stat().st_mtime_ns for name in written}, "a file was written again"


@pytest.mark.parametrize("after", range(0, 30, 3))
@pytest.mark.parametrize(
    "step", ["a file is on the disk", "what became of a row is recorded", "the records are kept"]
)
def test_stopped_with_several_kinds_the_same_command_goes_on(
    step: str, after: int, of_three_kinds: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    source, expected = of_three_kinds
    out = tmp_path / "out"
    stopped(*STEPS[step], after, source, *FILES, *KINDS, "-o", out)
    written = {p.name: p.stat().st_mtime_ns for p in out.glob("labels-*.pdf")}
    assert batch(source, *FILES, *KINDS, "-o", out).exit_code == 4
    assert outputs(out) == expected
    assert written == {name: (out / name).stat().st_mtime_ns for name in written}, "a file was written again"


def test_stopped_again_and_again_with_several_kinds(
    of_three_kinds: tuple[str, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, expected = of_three_kinds
    monkeypatch.setattr(filling, "MOST_OUTCOMES", 2)
    monkeypatch.setattr(workers, "ROWS", 1)
    runs = 0
    while stopped(Journal, "add_file", 1, source, *FILES, *KINDS, "-o", tmp_path / "out"):
        runs += 1
    assert runs > 3
    assert outputs(tmp_path / "out") == expected


def test_rejects_without_end_are_not_held_in_memory(
    undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, expected = undisturbed
    monkeypatch.setattr(filling, "MOST_OUTCOMES", 2)
    monkeypatch.setattr(workers, "ROWS", 1)
    for after in (1, 8, 12):
        out = tmp_path / str(after)
        assert stopped(Journal, "add", after, source, *FILES, "-o", out)
        assert batch(source, *FILES, "-o", out).exit_code == 4
        assert outputs(out) == expected


def test_finished_run_writes_nothing_again(undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path) -> None:
    source, expected = undisturbed
    out = tmp_path / "out"
    first = batch(source, *FILES, "-o", out)
    (out / "rejects.csv").write_text("corrected by hand")
    second = batch(source, *FILES, "-o", out, "--jobs", 1)
    assert (second.exit_code, second.output) == (4, first.output)
    assert outputs(out) == {**expected, "rejects.csv": b"corrected by hand"}


@pytest.fixture
def half_done(undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path) -> tuple[str, Path]:
    """A run that was stopped after its second file."""
    assert stopped(Journal, "add_file", 2, undisturbed[0], *FILES, "-o", tmp_path / "out")
    assert len(list((tmp_path / "out").glob("labels-*.pdf"))) == 3
    return undisturbed[0], tmp_path / "out"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--sheets-per-file", 5), "another number of sheets in a file."),
        ((*FILES, "--locale", "de-DE"), "another locale."),
        ((*FILES, "--limit", 20), "another limit."),
        ((*FILES, "--stock", "zebra-4x6in"), "another stock."),
        ((*FILES, "--stock", "avery-l7167", "--start-at", 1), "another stock."),
        ((*FILES, "--fill", "columns"), "another way of printing."),
        ((*FILES, "--map", "kind=", "--kind", "small=four-lines"), "another column mapping."),
        ((*FILES, "--map", "purpose=fever"), "another column mapping."),
        ((*FILES, "--format", "tsv"), "there is no column"),
    ],
)
def test_another_job_is_refused(options: tuple[object, ...], says: str, half_done: tuple[str, Path]) -> None:
    source, out = half_done
    before = outputs(out)
    result = batch(source, *options, "-o", out)
    assert result.exit_code == 2
    assert says in result.stderr
    assert outputs(out) == before


def test_another_input_site_file_template_or_version_is_refused(
    half_done: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = half_done
    other = tmp_path / "orders.csv"
    other.write_bytes(Path(source).read_bytes() + b"\n")
    assert "another input." in batch(other, *FILES, "-o", out).stderr
    site = tmp_path / "site.toml"
    site.write_text('profile = "us"\n', encoding="utf-8")
    assert "another site file." in batch(source, *FILES, "--site", site, "-o", out).stderr
    design = tmp_path / "own.toml"
    shipped = Path(__file__).parent.parent / "templates" / "dispensing.toml"
    design.write_text(shipped.read_text("utf-8").replace('"dispensing"', '"own"'), encoding="utf-8")
    assert "another template." in batch(source, *FILES, "--template", design, "-o", out).stderr
    monkeypatch.setattr("liquidose.batch.job.__version__", "99")
    result = batch(source, *FILES, "-o", out)
    assert result.stderr == (
        f"liquidose: {out} holds a run that was begun with another version. "
        "Give the same command as before, or choose a new folder.\n"
    )


def gone(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def one_bit_altered(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


REMEDY = "Put it back as it was, or choose a new folder: a file is never written twice."


@pytest.mark.parametrize("finished", ["", "finished"])
@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (gone, "is no longer there"),
        (emptied, "is no longer what it wrote"),
        (cut_short, "is no longer what it wrote"),
        (one_bit_altered, "is no longer what it wrote"),
        (a_folder, "cannot be read: Is a directory"),
    ],
)
def test_label_file_that_is_not_as_it_was_written_stops_the_run(
    spoil: Callable[[Path], None], why: str, finished: str, half_done: tuple[str, Path]
) -> None:
    source, out = half_done
    if finished:
        assert batch(source, *FILES, "-o", out).exit_code == 4
    kept = (out / "labels-0002.pdf").read_bytes()
    spoil(out / "labels-0002.pdf")
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    result = batch(source, *FILES, "-o", out)
    assert (result.exit_code, result.stdout, result.stderr) == (
        5,
        "",
        f"liquidose: {out / 'labels-0002.pdf'} was written by this run and {why}. {REMEDY}\n",
    )
    del before["journal.sqlite"]
    assert {n: (out / n).stat().st_mtime_ns for n in before} == before
    if spoil is a_folder:
        (out / "labels-0002.pdf").rmdir()
    (out / "labels-0002.pdf").write_bytes(kept)
    assert batch(source, *FILES, "-o", out).exit_code == 4
    assert summary(out)["files"][1] == "labels-0002.pdf"


def test_report_that_went_missing_is_written_again(
    undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    source, expected = undisturbed
    out = tmp_path / "out"
    assert batch(source, *FILES, "-o", out).exit_code == 4
    (out / "rejects.csv").unlink()
    assert batch(source, *FILES, "-o", out).exit_code == 4
    assert outputs(out) == expected


@pytest.mark.parametrize(("first", "content"), [(0, b"no database"), (4096, b"\xff" * 4096)])
def test_journal_that_is_spoilt_is_said(first: int, content: bytes, half_done: tuple[str, Path]) -> None:
    source, out = half_done
    journal = bytearray((out / "journal.sqlite").read_bytes())
    journal[first : first + len(content)] = content
    (out / "journal.sqlite").write_bytes(journal)
    result = batch(source, *FILES, "-o", out)
    assert result.exit_code == 5
    assert result.stderr.startswith(f"liquidose: The journal in {out} cannot be ")


@pytest.mark.parametrize("reader", ["has ended", "is full"])
def test_output_that_nobody_takes_is_said_and_the_run_is_whole(
    reader: str, undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    source, expected = undisturbed
    out = tmp_path / "out"
    command = [sys.executable, "-m", "liquidose", "batch", source, *map(str, FILES), "-o", str(out)]
    if reader == "has ended":
        ours, theirs = os.pipe()
        os.close(ours)
    else:
        theirs = os.open("/dev/full", os.O_WRONLY)
    ended = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, check=False)
    os.close(theirs)
    why = "Broken pipe" if reader == "has ended" else "No space left on device"
    assert (ended.returncode, ended.stderr.decode()) == (
        5,
        f"liquidose: Standard output cannot be written: {why}. The labels are there: see {out}/summary.json.\n",
    )
    assert outputs(out) == expected


def test_file_of_another_making_is_not_written_over(half_done: tuple[str, Path]) -> None:
    source, out = half_done
    (out / "labels-0004.pdf").write_text("somebody's own")
    result = batch(source, *FILES, "-o", out)
    assert result.exit_code == 5
    assert "labels-0004.pdf is there already, and is not of this run." in result.stderr
    assert (out / "labels-0004.pdf").read_text() == "somebody's own"


def test_one_run_at_a_time(half_done: tuple[str, Path]) -> None:
    source, out = half_done
    with Journal(str(out)):
        result = batch(source, *FILES, "-o", out)
    assert (result.exit_code, "Another run is at work in" in result.stderr) == (5, True)


def test_input_that_changes_meanwhile_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_table(tmp_path / "orders.csv", [order(k) for k in range(200)])
    real = filling.write_once

    def write_once(*given: str) -> None:
        os.utime(source, ns=(1, 1))
        real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(filling, "write_once", write_once)
    result = batch(source, *FILES, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "was changed while it was read. Begin again in a new folder." in result.stderr


def test_full_disk_is_said_and_the_run_goes_on_later(tmp_path: Path) -> None:
    source = write_table(tmp_path / "orders.csv", [order(k) for k in range(100)])
    given = (source, "--sheets-per-file", 100)
    assert batch(*given, "-o", tmp_path / "ref").exit_code == 0
    expected, out = outputs(tmp_path / "ref"), tmp_path / "out"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:  # no file may be as large as the labels; the journal is smaller
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(expected["labels-0001.pdf"]) - 1, before[1]))
        result = batch(*given, "-o", out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert result.exit_code == 5
    assert result.stderr == (
        f"liquidose: {out / 'labels-0001.pdf'} cannot be written: File too large. "
        "Make room or mend it, and give the same command again: it goes on where it stopped.\n"
    )
    assert [p.name for p in out.iterdir()] == ["journal.sqlite"]
    assert batch(*given, "-o", out).exit_code == 0
    assert outputs(out) == expected


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may write anywhere")
def test_folder_that_cannot_be_written_is_said(
    undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    result = batch(undisturbed[0], "-o", locked / "out")
    assert (result.exit_code, "Permission denied" in result.stderr) == (5, True)


def test_folder_that_is_a_file_is_said(undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    result = batch(undisturbed[0], "-o", tmp_path / "out")
    assert (result.exit_code, "cannot be made a folder: File exists." in result.stderr) == (5, True)


def test_standard_input_is_kept_until_the_end_and_then_taken_away(
    undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    given = Path(undisturbed[0]).read_bytes()
    out = tmp_path / "out"
    assert stopped(Journal, "add_file", 1, "-", *FILES, "-o", out, given=given)
    assert (out / "standard-input").read_bytes() == given
    assert (out / "standard-input").stat().st_mode & 0o777 == 0o600
    other = batch("-", *FILES, "-o", out, given=given + b"\n")
    assert (other.exit_code, "holds a run of another standard input." in other.stderr) == (2, True)
    assert batch("-", *FILES, "-o", out, given=b"").exit_code == 4
    assert not (out / "standard-input").exists()
    assert summary(out)["sha256"] == _sha256(undisturbed[1])
    assert batch("-", *FILES, "-o", out, given=given).exit_code == 4
    assert not (out / "standard-input").exists()


def test_same_standard_input_given_again_is_left_to_the_run_that_reads_it(
    undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    given = Path(undisturbed[0]).read_bytes()
    out = tmp_path / "out"
    assert stopped(Journal, "add_file", 1, "-", *FILES, "-o", out, given=given)
    before = (out / "standard-input").stat()
    with Journal(str(out)):  # as a run at work holds it
        other = batch("-", *FILES, "-o", out, given=given)
    assert (other.exit_code, f"Another run is at work in {out}." in other.stderr) == (5, True)
    after = (out / "standard-input").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert batch("-", *FILES, "-o", out, given=given).exit_code == 4


def test_standard_input_that_is_refused_leaves_nothing(tmp_path: Path) -> None:
    result = batch("-", "-o", tmp_path / "out", given=b"a,b\n1,2\n")
    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])


def _sha256(expected: dict[str, bytes]) -> object:
    return json.loads(expected["summary.json"])["sha256"]


def test_interrupt_says_how_to_go_on(undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path) -> None:
    source, expected = undisturbed
    with pytest.MonkeyPatch.context() as patch:

        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(filling, "write_whole", interrupted)
        result = batch(source, *FILES, "-o", tmp_path / "out")
    assert (result.exit_code, "Give the same command again: labels go on" in result.stderr) == (130, True)
    assert batch(source, *FILES, "-o", tmp_path / "out").exit_code == 4
    assert outputs(tmp_path / "out") == expected


def test_journal_is_for_its_owner_alone_and_whole(half_done: tuple[str, Path]) -> None:
    journal = half_done[1] / "journal.sqlite"
    assert journal.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(journal) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_nothing_of_a_patient_is_in_a_temporary_name(
    undisturbed: tuple[str, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    real = os.replace

    def replace(source: str, target: str) -> None:
        seen.append(os.path.basename(source))  # noqa: PTH119  (a name)
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    batch(undisturbed[0], *FILES, "-o", tmp_path / "out")
    assert seen
    assert all(name.startswith(".liquidose-") for name in seen)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells which process started which")
@pytest.mark.parametrize(
    ("end", "status", "says"),
    [
        ("a worker is killed", 5, "A worker process was ended from outside"),
        ("the run is killed", -signal.SIGKILL, ""),
        ("all are interrupted", 130, "interrupted. Give the same command again"),
    ],
)
def test_processes_end_together_and_the_same_command_goes_on(
    end: str, status: int, says: str, tmp_path: Path
) -> None:
    source = write_table(tmp_path / "orders.csv", [order(k) for k in range(4000)])
    command = [sys.executable, "-m", "liquidose", "batch", source, "--jobs", "2", "-o", str(tmp_path / "out")]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    until((tmp_path / "out" / "labels-0003.pdf").exists)
    helpers = processes_of(run.pid)
    if end == "all are interrupted":
        os.killpg(run.pid, signal.SIGINT)
    else:
        os.kill(helpers[-1] if end == "a worker is killed" else run.pid, signal.SIGKILL)
    stderr = run.communicate(timeout=60)[1].decode()
    assert (run.returncode, says in stderr) == (status, True)
    until(lambda: not any(map(at_work, helpers)))
    again = subprocess.run(command, capture_output=True, check=True)
    assert again.stdout.startswith(b"4,000 labels on 4,000 pages, 0 rejected.")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells which process started which")
@pytest.mark.parametrize("later", [0.0, 0.1, 0.4])
def test_interrupt_of_workers_that_are_starting_says_what_any_other_does(
    later: float, tmp_path: Path
) -> None:
    source = write_table(tmp_path / "orders.csv", [order(k) for k in range(4000)])
    command = [sys.executable, "-m", "liquidose", "batch", source, "--jobs", "2", "-o", str(tmp_path / "out")]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    until(lambda: len(processes_of(run.pid)) == 3)  # with the one that counts what they share
    time.sleep(later)
    os.killpg(run.pid, signal.SIGINT)
    assert (run.communicate(timeout=60)[1].decode(), run.returncode) == (
        "liquidose: interrupted. Give the same command again: labels go on where they stopped, a table begins anew.\n",
        130,
    )


def test_report_that_is_written_again_counts_rows_that_came_twice_once(tmp_path: Path) -> None:
    source = write_table(tmp_path / "orders.csv", [order(1), order(2), order(1), order(1)])
    out = tmp_path / "out"
    assert batch(source, "-o", out).exit_code == 0
    expected = outputs(out)
    assert summary(out)["duplicates"] == 2
    (out / "summary.json").unlink()
    assert batch(source, "-o", out).exit_code == 0
    assert outputs(out) == expected
