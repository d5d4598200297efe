"""An order as a person writes it in TOML, decoded straight into checked values."""

from __future__ import annotations

import datetime as dt
import os
from typing import Final, Literal

import msgspec

from liquidose.courses.course import Course, CourseStep, Cycle, Taper, Titrate
from liquidose.courses.guards import Guard
from liquidose.courses.supply import SupplyOrder
from liquidose.devices.syringes import Route
from liquidose.errors import BadFile
from liquidose.files import decode_toml, read_text
from liquidose.numbers import marks_of
from liquidose.quantities.lint import free_of_amounts
from liquidose.quantities.reading import checked_text
from liquidose.site import Pharmacy

ROUTE_WORDS: Final[dict[str, Route]] = {
    "by mouth": "oral",
    "oral": "oral",
    "by tube": "tube",
    "by feeding tube": "tube",
    "tube": "tube",
    "by injection": "injection",
    "injection": "injection",
}
MOST_WORDS: Final = 200


class OrderPatient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom it is for."""

    name: str
    id: str | None = None
    birth_date: dt.date | None = None
    weight: str | None = None
    """With its unit, such as ``18 kg``."""
    height: str | None = None
    bsa: str | None = None


class OrderDrug(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is dispensed."""

    name: str
    strength: str
    """As the container states it."""
    form: str | None = None
    component: str | None = None
    """Which amount of a combination the dose counts."""
    shake: bool = False
    storage: str | None = None


class Directions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it is given: one dose, or a course.

    Raises:
        ValueError: no dose, a time that is no day part, a route that is not known, or two things at once.
        CheckTheAmount: a course that ends before it starts, or never.
    """

    dose: str | None = None
    """Of every time of every day; a course of several doses has steps or a rule instead."""
    times: tuple[str, ...] = ()
    """Day parts: morning, noon, afternoon, evening, bedtime, night."""
    times_a_day: int | None = None
    volume: str | None = None
    """The volume of each dose as the prescriber wrote it: it must be the one worked out."""
    for_days: int | None = None
    steps: tuple[CourseStep, ...] | None = None
    titrate: Titrate | None = None
    hold: str | None = None
    """How long the dose is held behind titrate, or before taper: ``2 weeks``."""
    taper: Taper | None = None
    then: str | None = None
    """What comes after a course: ``continue``, ``stop``, or ``review on 2026-12-31``."""
    start: dt.date | None = None
    """The first day of a course; left out, its days are numbered."""
    cycle: Cycle | None = None
    """Days with doses and days without, in turn."""
    split: Literal["equal", "unequal"] = "equal"
    """Whether a day's dose is split evenly, or in measurable doses that add up to it exactly."""
    largest_at: str | None = None
    """At which time the largest of unequal doses stands."""
    route: str | None = None
    with_: str | None = msgspec.field(default=None, name="with")
    """What it is given with, such as ``food``."""
    purpose: str | None = None
    missed_dose: str | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _ = self.course
        if self.route is not None and self.route not in ROUTE_WORDS:
            raise ValueError(f"'{self.route}' is not a route; write by mouth, by tube or by injection")

    @property
    def course(self) -> Course:
        """What is said about doses and days, checked as a whole."""
        return Course(
            dose=self.dose,
            times=self.times,
            times_a_day=self.times_a_day,
            volume=self.volume,
            for_days=self.for_days,
            steps=self.steps,
            titrate=self.titrate,
            hold=self.hold,
            taper=self.taper,
            then=self.then,
            start=self.start,
            cycle=self.cycle,
            split=self.split,
            largest_at=self.largest_at,
        )

    @property
    def doses_a_day(self) -> int | None:
        """How many doses a day, if it is said."""
        return len(self.times) or self.times_a_day

    @property
    def way(self) -> Route | None:
        """The route, if it is said."""
        return None if self.route is None else ROUTE_WORDS[self.route]


class Dispense(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the pharmacy adds."""

    rx_number: str | None = None
    date: dt.date | None = None
    prescriber: str | None = None
    quantity: str | None = None
    """With its unit, such as ``450 mL``; printed as written."""
    discard_after: dt.date | None = None


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One order: a patient, a drug, directions.

    Raises:
        UnreadableText: an amount in free text, or text that cannot be shown.
    """

    patient: OrderPatient
    drug: OrderDrug
    directions: Directions
    dispense: Dispense = Dispense()
    pharmacy: Pharmacy | None = None
    locale: str | None = None
    """How the numbers in this file are written; never taken from the environment or the site."""
    protocol: str | None = None
    """The file of the protocol it is held to, from the folder of the order."""
    guard: tuple[Guard, ...] = ()
    """Limits of this order's own."""
    supply: SupplyOrder | None = None
    """Bottles, and how long an opened one may be used."""
    revision: int = 1

    def __post_init__(self) -> None:
        marks_of(self.locale)
        if self.supply is not None and not self.directions.course.is_course:
            raise ValueError(
                "supply belongs to a course; write for_days, steps, titrate or taper in directions"
            )
        for field, text in _words(self):
            checked_text(text)
            if not text.strip():
                raise ValueError(f"{field} is empty")
            if any(ord(c) < 32 for c in text):
                raise ValueError(f"{field} holds a line break or another control character")
        free = [("directions.with", self.directions.with_), ("directions.purpose", self.directions.purpose)]
        free += [("directions.missed_dose", self.directions.missed_dose)]
        free += [("directions.warnings", warning) for warning in self.directions.warnings]
        for field, words in free:
            if words is not None:
                free_of_amounts(words, field=field)


def _words(order: Order) -> list[tuple[str, str]]:
    """Every text of an order with its field."""
    found: list[tuple[str, str]] = []
    for part in ("patient", "drug", "directions", "dispense", "pharmacy"):
        value = getattr(order, part)
        if value is None:
            continue
        for name in value.__struct_fields__:
            one = getattr(value, name)
            several = one if isinstance(one, tuple) else (one,)
            optional = part == "pharmacy" and not one
            found += [
                (f"{part}.{name.rstrip('_')}", text)
                for text in several
                if isinstance(text, str) and not optional
            ]
    return found


NOT_YET: Final = frozenset({
    "as_needed", "max_per_day", "every", "previous_strength", "override", "opened", "prepared",
})  # fmt: skip
"""Keys of orders that this version cannot carry out: a label without them would say less than was ordered."""


def decode_order(text: str, *, name: str) -> Order:
    """The order in a TOML text.

    Raises:
        BadFile: it has a fault, or needs what this version cannot do; the message names the key.
    """
    try:
        return decode_toml(text, Order, name=name)
    except BadFile as fault:
        if fault.given in NOT_YET:
            raise BadFile(
                fault.problem.replace("there is no key", "this version cannot carry out"),
                "Do not leave it out: write this label by other means.",
                given=fault.given,
            ) from None
        raise


def load_order(path: str) -> Order:
    """The order in a TOML file.

    Raises:
        BadFile: it cannot be read, or has a fault; the message names the key and suggests the nearest.
        UnreadableText: an amount in free text.
    """
    order = decode_order(read_text(path), name=path)
    if order.protocol is None:
        return order
    return msgspec.structs.replace(order, protocol=os.path.join(os.path.dirname(path), order.protocol))  # noqa: PTH118, PTH120  (pathlib costs 5 ms at every start)
