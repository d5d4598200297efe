"""What all pages of a sheet say of their order, and the document they become."""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

import msgspec

from liquidose._version import __version__
from liquidose.courses.schedule import Schedule
from liquidose.courses.table import amount_words
from liquidose.files import data_version
from liquidose.mark_pages import paper_of
from liquidose.orders.order import Order
from liquidose.pages.fonts import further_face
from liquidose.pages.sheet import Head, Look, Part, SheetPaper, numbered
from liquidose.plan import Plan
from liquidose.quantities.writing import Profile, written_date
from liquidose.render.pdf import Document
from liquidose.site import Site
from liquidose.strength_change import tenfold_strengths
from liquidose.tallman import tallman

IN_THE_FOOT: Final = frozenset({"keep-giving", "review"})
"""Said in the foot of every page."""


class Named(NamedTuple):
    """What every page says of its order."""

    drug: str
    """In the capitals of look-alike names, where the profile has them."""
    person: str
    strength: str
    manner: str
    ending: str
    profile: Profile


def named_in_schedule(schedule: Schedule) -> Named:
    """The words of a course."""
    until_now = (
        "" if schedule.before is None else f"Until now: {amount_words(schedule, schedule.before)} a day."
    )
    start = "" if schedule.start is None else f"From {written_date(schedule.start)}."
    return Named(
        drug=_capitals(schedule.headed, schedule.profile),
        person=_person(schedule.order),
        strength=schedule.strength,
        manner=" ".join(filter(None, (schedule.manner, start, until_now, _prescriber(schedule.order)))),
        ending=" ".join(caution.text for caution in schedule.ending if caution.code in IN_THE_FOOT),
        profile=schedule.profile,
    )


def named_in_plan(plan: Plan) -> Named:
    """The words of an order of one dose."""
    return Named(
        drug=_capitals(
            f"{plan.drug}, {plan.strength}," if tenfold_in_plan(plan) else plan.drug, plan.profile
        ),
        person=_person(plan.order),
        strength=plan.strength,
        manner=" ".join(filter(None, (plan.direction, _prescriber(plan.order)))),
        ending="",
        profile=plan.profile,
    )


def tenfold_in_plan(plan: Plan) -> str:
    """What is said where the bottle before was ten times as strong, or a tenth; else nothing."""
    now, before = plan.conversion.strength, None if plan.before is None else plan.before.strength
    return "" if now is None or before is None else tenfold_strengths(now, before)


def _capitals(drug: str, profile: Profile) -> str:
    return tallman(drug) if profile == "us" else drug


def _person(order: Order) -> str:
    patient = order.patient
    born = "" if patient.birth_date is None else f"born {written_date(patient.birth_date)}"
    known = "" if patient.id is None else f"id {patient.id}"
    return ", ".join(filter(None, (patient.name, born, known)))


def _prescriber(order: Order) -> str:
    by = order.dispense.prescriber
    return "" if by is None else f"Prescriber: {by.rstrip('.')}."


def look_of(profile: Profile, paper: SheetPaper | None, site: Site | None, *, large_print: bool) -> Look:
    """The paper, that of the profile unless another is named, and the type on it."""
    further = tuple(further_face(path) for path in site.fonts) if site else ()
    return Look(paper or paper_of(profile), large_print, further)


class Making:
    """A document in the making; its id follows from what stands on its pages."""

    def __init__(self, named: Named, look: Look, kind: str, content: object) -> None:
        self._named = named
        made = f"liquidose {__version__}, data {data_version()}, {named.profile} rules"
        whole = msgspec.json.encode((made, kind, look, named, content))
        self._words = f"{made}, id {hashlib.sha256(whole).hexdigest()[:8]}"

    def head(self, kind: str) -> Head:
        """The words on every page of one kind."""
        return Head(
            title=f"{kind}: {self._named.drug} for {self._named.person}",
            only=f"Only for the bottle marked {self._named.strength}.",
            manner=self._named.manner,
            ending=self._named.ending,
            made=self._words,
        )

    def pdf(self, title: str, parts: list[Part]) -> bytes:
        """The document, each page drawn as soon as it is laid out."""
        document = Document(title=title)
        for page in numbered(parts):
            document.add(page)
        return document.finished(keywords=self._words)
