"""A PDF to a print queue of CUPS, at its actual size, by the program ``lp``.

The file goes through a pipe under a fixed title: no text of a label reaches the command line, a file name or the
list of jobs.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from typing import Final, Protocol

from liquidose.errors import BadOption, CannotWrite, DoesNotFit

TITLE: Final = "liquidose"
_NAMED_MM: Final = {(210.0, 297.0): "A4", (215.9, 279.4): "Letter"}
_NEAR_MM: Final = 0.05
_PATIENCE_S: Final = 60


class Sized(Protocol):
    """A page, or what a manifest says of one."""

    @property
    def width_mm(self) -> float:
        """Across."""

    @property
    def height_mm(self) -> float:
        """Down."""


def media_of(pages: Sequence[Sized]) -> str:
    """The name of the pages' paper, as CUPS reads it: A4, Letter, or a size in mm.

    Raises:
        DoesNotFit: pages of different sizes, which one job cannot print at their true size.
    """
    sizes = {(page.width_mm, page.height_mm) for page in pages}
    if len(sizes) != 1:
        raise DoesNotFit(
            f"The pages have {len(sizes)} different sizes.", "Print them as one job for each size.", given=""
        )
    ((wide, high),) = sizes
    for (named_wide, named_high), name in _NAMED_MM.items():
        if abs(wide - named_wide) < _NEAR_MM and abs(high - named_high) < _NEAR_MM:
            return name
    return f"Custom.{wide:g}x{high:g}mm"


def print_pdf(content: bytes, pages: Sequence[Sized], *, queue: str) -> str:
    """What ``lp`` says of the job; ``content`` is the PDF of these pages.

    Raises:
        BadOption: a queue that cannot be one.
        CannotWrite: ``lp`` is not installed, or the queue did not take the job.
        DoesNotFit: pages of different sizes.
    """
    if not queue or queue.startswith("-") or any(c.isspace() or not c.isprintable() for c in queue):
        raise BadOption(
            f"'{queue}' is not the name of a print queue.", "'lpstat -e' lists them.", given=queue
        )
    media = media_of(pages)
    program = shutil.which("lp")
    if program is None:
        raise CannotWrite(
            "The program lp, which prints, is not installed.",
            "Install CUPS, or write the PDF with -o and print it at 100 % (actual size).",
            given=queue,
        )
    options = ("print-scaling=none", f"media={media}", "number-up=1", "sides=one-sided")
    command = [
        program,
        "-d",
        queue,
        "-t",
        TITLE,
        *(part for option in options for part in ("-o", option)),
        "-",
    ]
    try:
        done = subprocess.run(  # noqa: S603  (a fixed program, no shell, and a queue without blanks)
            command, input=content, capture_output=True, check=False, timeout=_PATIENCE_S
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        why = "it did not answer" if isinstance(fault, subprocess.TimeoutExpired) else fault.strerror
        raise CannotWrite(
            f"lp could not print: {why}.", "Check that CUPS runs: lpstat -t.", given=queue
        ) from None
    if done.returncode:
        said = (
            done.stderr.decode(errors="replace").strip().removeprefix("lp: ").rstrip(".") or "no reason given"
        )
        raise CannotWrite(
            f"The queue '{queue}' did not take the job: {said}.", "'lpstat -e' lists the queues.", given=queue
        )
    return done.stdout.decode(errors="replace").strip()
