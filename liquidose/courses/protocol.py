"""A protocol: a site's signed rules for one drug, in a file that the order names; it guards, it never doses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Final, Literal

import msgspec

from liquidose.cautions import Caution
from liquidose.courses.guarding import check
from liquidose.courses.guards import Checked, Guard, age_words, birthday, check_ages
from liquidose.directions import missed_dose_words
from liquidose.dosing.dose import Dose
from liquidose.errors import CheckTheAmount, CheckTheRoute, UnitsDoNotMatch
from liquidose.files import load_toml
from liquidose.quantities.lint import free_of_amounts
from liquidose.quantities.reading import checked_text
from liquidose.quantities.writing import Profile, written_date

COUNTRIES: Final[dict[str, str]] = {"us": "the United States", "uk": "the United Kingdom"}


class Advice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sentence that goes with the drug, and who says so; what to do after a missed dose stands on the caregiver's card.

    Raises:
        UnreadableText: an amount in the words for a missed dose, which would stand beside the dose.
    """

    topic: Literal[
        "stopping", "drowsiness", "food", "kidneys", "when-to-call", "storage", "caution", "missed-dose"
    ]
    text: str
    source: str

    def __post_init__(self) -> None:
        if self.topic == "missed-dose":
            what = "The advice for a missed dose"
            free_of_amounts(checked_text(self.text, field=what), field=what)


class SideEffects(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a diary asks after, and who lists it.

    Raises:
        ValueError: no word, or one that is empty.
    """

    words: tuple[str, ...]
    source: str

    def __post_init__(self) -> None:
        if not self.words or not all(word.strip() for word in self.words):
            raise ValueError("side_effects needs words, none of them empty; leave the table out instead")


class Protocol(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a site has agreed on for one drug.

    Raises:
        ValueError: a guard without a source of its own, or nobody who approved it.
    """

    id: str
    title: str
    version: str
    drug: tuple[str, ...]
    """The names it is for, as orders write them."""
    jurisdiction: Literal["us", "uk"]
    routes: tuple[Literal["by mouth", "by tube", "by injection"], ...]
    units: tuple[str, ...]
    """The units that dose and strength may be counted in."""
    refused_words: tuple[str, ...] = ()
    """Words in the name, form or strength of a drug that this protocol is not for."""
    reason: str = ""
    """Why it is for these routes, units and words only."""
    reason_source: str = ""
    from_age: int | None = None
    """In years; it is for patients from this birthday."""
    to_age: int | None = None
    """It is for patients to this birthday, that day included."""
    population: str = ""
    """The ages in words, with their source."""
    approved_by: str
    review: dt.date
    guard: tuple[Guard, ...] = ()
    advice: tuple[Advice, ...] = ()
    side_effects: SideEffects | None = None

    def __post_init__(self) -> None:
        if not self.approved_by.strip():
            raise ValueError("approved_by must say who approved the protocol, or that nobody has yet")
        check_ages(self.from_age, self.to_age)
        if any(guard.source == Guard(rule="no_gap").source for guard in self.guard):
            raise ValueError("every guard of a protocol needs a source")
        if sum(advice.topic == "missed-dose" for advice in self.advice) > 1:
            raise ValueError("the advice for a missed dose is given once")

    @property
    def missed_dose(self) -> str:
        """What to do after a missed dose, for the one who gives it; empty if it does not say."""
        return next((advice.text for advice in self.advice if advice.topic == "missed-dose"), "")

    @property
    def named(self) -> str:
        """``baclofen-us, version 1``."""
        return f"{self.id}, version {self.version}"


class Ordered(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of an order a protocol must match."""

    drug: str
    words: str
    """Name, form and strength together, where a refused word may stand."""
    route: str
    doses: tuple[Dose, ...]
    strength_unit: str | None
    profile: Profile
    date: dt.date | None
    """The date of the order."""


def protocol_of(named: str | Protocol | None) -> Protocol | None:
    """The protocol of an order, which names its file or holds it.

    Raises:
        BadFile: as load_protocol does.
    """
    return load_protocol(named) if isinstance(named, str) else named


def load_protocol(path: str) -> Protocol:
    """The protocol in a TOML file.

    Raises:
        BadFile: it cannot be read, or has a fault.
    """
    return load_toml(path, Protocol)


def held_to(
    protocol: Protocol, order: Ordered, course: Checked, *, passed: Collection[str] = ()
) -> Iterator[Caution]:
    """What a protocol that matches an order has to say of its course; ``passed`` are the codes of overrides.

    Raises:
        CheckTheAmount: a patient of another age, or a guard that refuses is broken and no override passes it.
    """
    yield from _population(protocol, course)
    if order.profile == "international":
        yield Caution(
            code="protocol-jurisdiction",
            text=f"The protocol {protocol.named} is for {COUNTRIES[protocol.jurisdiction]}, and the site states no profile: "
            "check that it holds here.",
        )
    if order.date is None:
        yield Caution(
            code="protocol-review",
            text=f"The protocol {protocol.named} is to be reviewed by {written_date(protocol.review)}, and the order has no date.",
        )
    elif order.date > protocol.review:
        yield Caution(
            code="protocol-review",
            text=f"The protocol {protocol.named} was to be reviewed by {written_date(protocol.review)}, before this order "
            f"of {written_date(order.date)}.",
        )
    yield from check(protocol.guard, course, whose=f"The protocol {protocol.named},", passed=passed)
    held = "; ".join(guard.words() for guard in protocol.guard)
    yield Caution(
        code="protocol",
        text=f"Checked against {protocol.named}, approved by {protocol.approved_by}: {held}.",
        level="note",
    )
    needed = any(step.as_needed for step in course.steps)
    for advice in protocol.advice:
        text = advice.text.rstrip(".")
        if advice.topic == "missed-dose":
            if needed:
                continue  # of a dose as needed none is missed, and none is given later
            text = missed_dose_words(text).rstrip(".")
        yield Caution(code=f"advice-{advice.topic}", text=f"{text} ({advice.source}).", level="note")


def match(protocol: Protocol, order: Ordered) -> None:
    """Nothing comes out, if drug, country, route and units are those of the protocol.

    Raises:
        CheckTheAmount: another drug or another country.
        CheckTheRoute: another route, or a word that the protocol refuses.
        UnitsDoNotMatch: dose or strength are counted in a unit that it refuses.
    """
    if order.drug.casefold() not in {name.casefold() for name in protocol.drug}:
        raise CheckTheAmount(
            f"The order is for {order.drug}, and the protocol {protocol.named} is for {', '.join(protocol.drug)}.",
            "Name the protocol of this drug, or none.",
            given=order.drug,
        )
    if order.profile not in {"international", protocol.jurisdiction}:
        raise CheckTheAmount(
            f"The protocol {protocol.named} is for {COUNTRIES[protocol.jurisdiction]}, and the site's profile is "
            f"'{order.profile}'.",
            "Name the protocol of your country.",
            given=protocol.id,
        )
    because = f"{protocol.reason.rstrip('.')} ({protocol.reason_source})." if protocol.reason else ""
    remedy = f"{because} Check the order with the prescriber.".strip()
    if order.route not in protocol.routes:
        raise CheckTheRoute(
            f"The order is {order.route}, and the protocol {protocol.named} is for doses {' or '.join(protocol.routes)}.",
            remedy,
            given=order.route,
        )
    for word in protocol.refused_words:
        if word.casefold() in order.words.casefold():
            raise CheckTheRoute(
                f"'{word}' stands in the drug of the order, and the protocol {protocol.named} refuses it.",
                remedy,
                given=word,
            )
    counted = [(dose.amount.unit.name, "dose") for dose in order.doses]
    counted += [(order.strength_unit, "strength")] if order.strength_unit else []
    for unit, what in counted:
        if unit not in protocol.units:
            raise UnitsDoNotMatch(
                f"The {what} is counted in {unit}, and the protocol {protocol.named} refuses every unit but "
                f"{', '.join(protocol.units)}.",
                remedy,
                given=unit,
            )


def _population(protocol: Protocol, course: Checked) -> Iterator[Caution]:
    """A warning where the age is not known; the ages are those on each step's days."""
    if protocol.from_age is None and protocol.to_age is None:
        return
    said = protocol.population or f"patients {age_words(protocol.from_age, protocol.to_age)}"
    dated = [step for step in course.steps if step.first is not None and step.doses]
    if course.birth is None or not dated:
        yield Caution(
            code="age-not-checked",
            text=f"The protocol {protocol.named} is for {said}. The age was not checked: the order lacks the birth date or "
            "the start.",
        )
        return
    for step in dated:
        first, last = step.first or course.birth, step.last or course.birth
        young = protocol.from_age is not None and first < birthday(course.birth, protocol.from_age)
        old = protocol.to_age is not None and last > birthday(course.birth, protocol.to_age)
        if young or old:
            raise CheckTheAmount(
                f"The protocol {protocol.named} is for {said}, and the patient is {'younger' if young else 'older'} "
                f"in step {step.number}, from {step.from_words}.",
                "Name the protocol of this age.",
                given=protocol.id,
            )
