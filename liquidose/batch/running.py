"""A run from its job to its folder; the same command goes on after any interruption, and finishes the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from liquidose.batch import journal as journals
from liquidose.batch.checking import Picked
from liquidose.batch.filling import Filling
from liquidose.batch.job import Job
from liquidose.batch.journal import Journal
from liquidose.batch.packing import LabelWorker
from liquidose.batch.rejects import Refusal
from liquidose.batch.reports import REPORTS, Summary, summary_of, write_reports
from liquidose.batch.rows import Row
from liquidose.batch.sources import SPOOL
from liquidose.batch.workers import Workers, workers
from liquidose.errors import BadOption, CannotWrite, LiquidoseError


@contextmanager
def folder_for_input(folder: str) -> Iterator[bool]:
    """Whether a run is begun in the folder, which is there within the block; a refusal before one is begun leaves nothing.

    Raises:
        BadOption: it holds something else.
        CannotWrite: it cannot be made.
    """
    there, spooled = Path(folder).exists(), Path(folder, SPOOL).exists()
    begun = _make_folder(folder)
    try:
        yield begun
    except LiquidoseError:
        if not spooled and (begun or not Path(folder, journals.NAME).exists()):
            Path(folder, SPOOL).unlink(missing_ok=True)
            if not there:
                Path(folder).rmdir()
        raise


def _make_folder(folder: str) -> bool:
    """Whether a run is begun in the folder; it is made where it is not there."""
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
        inside = [p.name for p in path.iterdir() if p.name != SPOOL and not p.name.startswith(".liquidose-")]
    except OSError as fault:
        raise CannotWrite(
            f"{folder} cannot be made a folder: {fault.strerror}.",
            "Choose another place with -o.",
            given=folder,
        ) from None
    if inside and journals.NAME not in inside:
        raise BadOption(f"{folder} is not empty, and holds no run.", "Choose a new folder.", given=folder)
    return bool(inside)


def make_labels(
    job: Job,
    folder: str,
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    watch: Callable[[int], None] = lambda _: None,
) -> Summary:
    """The summary of the run whose labels, rejects and reports now stand in the folder.

    So many ``jobs``, or the workers of the dask cluster of a ``scheduler``, make them; the bytes are the same.
    ``watch`` hears how many more rows are done.

    Raises:
        BadFile: a heading that no order has, or an input that changed meanwhile.
        BadOption: the folder is another run's, and the message says what differs; or a cluster that cannot be used.
        CannotWrite: the disk is full or the folder cannot be written; the same call goes on.
    """
    job.check_headings()
    there = Path(folder).exists()
    _make_folder(folder)
    try:
        with Journal(folder) as journal:
            return _carried_on(job, journal, jobs, scheduler, watch)
    except BadOption:
        # Refused before anything was done: the names would be another run's, begun with other options.
        if not there and [path.name for path in Path(folder).iterdir()] == [journals.NAME]:
            Path(folder, journals.NAME).unlink()
            Path(folder).rmdir()
        raise
    except CannotWrite as fault:
        remedy = fault.remedy
        if remedy == "Choose another place with -o.":
            remedy = "Make room or mend it, and give the same command again: it goes on where it stopped."
        raise CannotWrite(fault.problem, remedy, given=fault.given) from None


def _carried_on(
    job: Job, journal: Journal, jobs: int, scheduler: str | None, watch: Callable[[int], None]
) -> Summary:
    folder = Path(journal.folder)
    journal.begin(job.known_by())
    for left in folder.glob(".liquidose-*"):  # of a run that was ended in the middle of writing
        left.unlink()
    _check_files(journal)
    if not journal.finished:
        with _workers(job, jobs, scheduler) as helpers:
            Filling(job, journal, helpers).fill(watch)
    if not journal.finished or not all((folder / name).exists() for name in REPORTS):
        write_reports(journal, job)
        journal.finish()
    (folder / SPOOL).unlink(missing_ok=True)
    return summary_of(journal, job)


def look_over(
    job: Job, *, jobs: int = 1, scheduler: str | None = None
) -> Iterator[tuple[Row, Picked | Refusal]]:
    """Each row, and what would become of it; nothing is written.

    Raises:
        BadFile, BadOption: as :func:`make_labels`.
    """
    job.check_headings()
    with _workers(job, jobs, scheduler) as helpers:
        for batch in helpers.in_turn("check", job.rows()):
            yield from ((outcome.row, outcome.found) for outcome in batch.outcomes)


def _workers(job: Job, jobs: int, scheduler: str | None) -> AbstractContextManager[Workers]:
    packed = jobs > 1 or scheduler is not None
    make = partial(LabelWorker, job.reading, job.kinds, job.site, packed=packed)
    return workers(make, jobs, scheduler=scheduler, files=job.site.fonts)


def _check_files(journal: Journal) -> None:
    """Nothing comes out, if every file that was written is where it was, byte for byte."""
    for file in journal.files:
        path = Path(journal.folder, file.name)
        try:
            with path.open("rb") as content:
                same = hashlib.file_digest(content, "sha256").hexdigest() == file.digest
            why = "" if same else "is no longer what it wrote"
        except FileNotFoundError:
            why = "is no longer there"
        except OSError as fault:
            why = f"cannot be read: {fault.strerror}"
        if why:
            raise CannotWrite(
                f"{path} was written by this run and {why}.",
                "Put it back as it was, or choose a new folder: a file is never written twice.",
                given=file.name,
            )
