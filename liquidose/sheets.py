"""From a schedule to the sheets that people hold in their hands: step sheet and calendar, and the diary."""

from __future__ import annotations

import hashlib

import msgspec

from liquidose._version import __version__
from liquidose.cautions import Caution
from liquidose.courses.arithmetic import working_lines
from liquidose.courses.schedule import Schedule
from liquidose.courses.table import amount_words, schedule_words
from liquidose.exchange.schedules import schedule_document
from liquidose.files import data_version
from liquidose.mark_pages import paper_of
from liquidose.pages.diary import diary_part
from liquidose.pages.fonts import further_face
from liquidose.pages.month_grid import calendar_part
from liquidose.pages.sheet import Head, Look, Part, Sheet, SheetPaper, numbered
from liquidose.pages.step_sheet import step_bodies
from liquidose.quantities.writing import written_date
from liquidose.render.pdf import Document
from liquidose.site import Site
from liquidose.tallman import tallman

_IN_THE_FOOT = frozenset({"keep-giving", "review"})
"""Said in the foot of every page."""


def schedule_pdf(  # noqa: PLR0913  (each is one thing that is chosen)
    schedule: Schedule,
    *,
    also: tuple[Caution, ...] = (),
    paper: SheetPaper | None = None,
    large_print: bool = False,
    working: bool = False,
    site: Site | None = None,
) -> bytes:
    """The step sheet and the calendar of a course as one PDF; ``also`` are suggestions and what to dispense.

    The paper is Letter under the us profile, else A4, unless it is named.

    Raises:
        DoesNotFit: words or doses that a page has no room for.
        UnreadableText: a character that cannot be drawn.
    """
    look = _look(schedule, paper, site, large_print=large_print)
    made = _Made(schedule, look, "schedule", also=also, working=working)
    upright = Sheet(look, made.head("Step sheet"))
    told = [line for line in schedule_words(schedule, also=also) if line not in made.ending]
    steps = step_bodies(schedule, upright, told, made.working)
    calendar = Sheet(look, made.head("Calendar"), sideways=True)
    return made.pdf("Schedule", [Part(upright, len(steps), steps), calendar_part(schedule, calendar)])


def diary_pdf(
    schedule: Schedule,
    *,
    paper: SheetPaper | None = None,
    large_print: bool = False,
    working: bool = False,
    site: Site | None = None,
) -> bytes:
    """The diary of a course as a PDF, with a row for every dose of every day.

    Raises:
        DoesNotFit: words or doses that a page has no room for.
        UnreadableText: a character that cannot be drawn.
    """
    look = _look(schedule, paper, site, large_print=large_print)
    made = _Made(schedule, look, "diary", working=working)
    told = [line for line in schedule_words(schedule) if line not in made.ending]
    sheet = Sheet(look, made.head("Diary"))
    return made.pdf("Diary", [diary_part(schedule, sheet, told, made.working)])


def _look(schedule: Schedule, paper: SheetPaper | None, site: Site | None, *, large_print: bool) -> Look:
    further = tuple(further_face(path) for path in site.fonts) if site else ()
    return Look(paper or paper_of(schedule.profile), large_print, further)


class _Made:
    """What all pages of one document say: whose course it is, which bottle it is for, and what made it."""

    def __init__(
        self,
        schedule: Schedule,
        look: Look,
        kind: str,
        *,
        also: tuple[Caution, ...] = (),
        working: bool = False,
    ) -> None:
        self._schedule = schedule
        self.working = working_lines(schedule) if working else ()
        self.ending = [caution.text for caution in schedule.ending if caution.code in _IN_THE_FOOT]
        us = schedule.profile == "us"
        self._drug = tallman(schedule.drug) if us else schedule.drug
        made = f"liquidose {__version__}, data {data_version()}, {schedule.profile} rules"
        content = (
            made, kind, look, self._drug, self._person(), schedule.strength, self._manner(), self.working,
            schedule_document(schedule, also=also),
        )  # fmt: skip
        identity = hashlib.sha256(msgspec.json.encode(content)).hexdigest()[:8]
        self._words = f"{made}, id {identity}"

    def head(self, kind: str) -> Head:
        """The words on every page of one kind."""
        return Head(
            title=f"{kind}: {self._drug} for {self._person()}",
            only=f"Only for the bottle marked {self._schedule.strength}.",
            manner=self._manner(),
            ending=" ".join(self.ending),
            made=self._words,
        )

    def _person(self) -> str:
        patient = self._schedule.order.patient
        born = "" if patient.birth_date is None else f"born {written_date(patient.birth_date)}"
        known = "" if patient.id is None else f"id {patient.id}"
        return ", ".join(filter(None, (patient.name, born, known)))

    def _manner(self) -> str:
        schedule = self._schedule
        by = schedule.order.dispense.prescriber
        until_now = (
            "" if schedule.before is None else f"Until now: {amount_words(schedule, schedule.before)} a day."
        )
        start = "" if schedule.start is None else f"From {written_date(schedule.start)}."
        prescriber = "" if by is None else f"Prescriber: {by.rstrip('.')}."
        return " ".join(filter(None, (schedule.manner, start, until_now, prescriber)))

    def pdf(self, kind: str, parts: list[Part]) -> bytes:
        """The document, each page drawn as soon as it is laid out."""
        document = Document(title=f"{kind}: {self._schedule.drug}")
        for page in numbered(parts):
            document.add(page)
        return document.finished(keywords=self._words)
