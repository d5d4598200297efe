"""The parts of an order: whom it is for, what is dispensed, how it is given, what the pharmacy adds."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Annotated, Final, Literal

import msgspec

from liquidose.courses.course import Course, CourseStep, Cycle, Taper, Titrate
from liquidose.devices.drug_classes import class_of
from liquidose.devices.syringes import Route
from liquidose.directions import check_reason
from liquidose.dosing.daily import Frequency, hours_in, read_daily_maximum
from liquidose.errors import UnreadableText
from liquidose.orders.identifiers import agreed_gtin, checked_code, checked_expiry
from liquidose.orders.product_code import ProductCode
from liquidose.orders.tablets import Tablets

ROUTE_WORDS: Final[dict[str, Route]] = {
    "by mouth": "oral",
    "oral": "oral",
    "by tube": "tube",
    "by feeding tube": "tube",
    "tube": "tube",
    "by injection": "injection",
    "injection": "injection",
}


def route_of(words: str | None) -> Route | None:
    """The route that words say; None where none are given.

    Raises:
        UnreadableText: words that are no route.
    """
    if words is None:
        return None
    if words not in ROUTE_WORDS:
        raise UnreadableText(
            f"'{words}' is not a route.", "Write by mouth, by tube or by injection.", given=words
        )
    return ROUTE_WORDS[words]


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
    """What is dispensed.

    Raises:
        LiquidoseError: an NDC, a GTIN, a lot, an expiry or a serial that cannot be right, or a GTIN that is not
            the NDC's.
        UnreadableText: a class that ISO 26825 does not have.
    """

    name: str
    strength: str
    """As the container states it."""
    form: str | None = None
    component: str | None = None
    """Which amount of a combination the dose counts."""
    shake: bool = False
    storage: str | None = None
    generic_for: str | None = None
    """The brand that this generic stands for."""
    manufacturer: str | None = None
    ndc: str | None = None
    """With its hyphens, such as ``52652-6001-1``."""
    gtin: str | None = None
    """8, 12, 13 or 14 digits, in quotes."""
    lot: str | None = None
    expiry: dt.date | None = None
    serial: str | None = None
    class_: str | None = msgspec.field(default=None, name="class")
    """Its class by ISO 26825, such as ``opioid``: asks for that colour on a user-applied syringe label."""

    def __post_init__(self) -> None:
        if self.class_ is not None:
            class_of(self.class_)
        agreed_gtin(self.gtin, self.ndc)
        for key, code in (("lot", self.lot), ("serial", self.serial)):
            if code is not None:
                checked_code(key, code)
        if self.expiry is not None:
            checked_expiry(self.expiry)

    @property
    def product_code(self) -> ProductCode | None:
        """What its barcode says; None without a GTIN, given or the NDC's."""
        gtin = agreed_gtin(self.gtin, self.ndc)
        if gtin is None:
            return None
        return ProductCode(gtin=gtin, expiry=self.expiry, lot=self.lot, serial=self.serial)


class Directions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """How it is given: one dose, or a course.

    Raises:
        ValueError: no dose, a time that is no day part, a route that is not known, or two things at once.
        CheckTheAmount: a course that ends before it starts, or never.
    """

    dose: str | None = None
    """Of every time of every day; a course of several doses has steps or a rule instead."""
    tablets: Tablets | None = None
    """Tablets that each dose takes the place of; the order then works its dose out of them."""
    times: tuple[str, ...] = ()
    """Day parts: morning, noon, afternoon, evening, bedtime, night."""
    times_a_day: int | None = None
    every: str | None = None
    """The time from one dose to the next, such as ``8 hours``; of a dose as needed, the shortest."""
    as_needed: bool | str = False
    """Whether it is given only when it is needed; or for what, such as ``pain``."""
    max_per_day: str | None = None
    """The most in 24 hours: an amount such as ``60 mg``, or ``4 doses``."""
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
    until_now: str | None = None
    """The dose taken until the first day, of steps and single doses; ``taper`` says it as ``from``."""
    route: str | None = None
    with_: str | None = msgspec.field(default=None, name="with")
    """What it is given with, such as ``food``."""
    purpose: str | None = None
    missed_dose: str | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.tablets is not None and (self.steps or self.titrate or self.taper):
            raise ValueError("tablets belong to a single dose; write the doses of steps and rules as amounts")
        if self.max_per_day is not None and (self.steps or self.titrate or self.taper):
            raise ValueError(
                "max_per_day belongs to a single dose; of a course write a [[guard]] with rule = 'most_per_day'"
            )
        _ = self.course
        if isinstance(self.as_needed, str):
            check_reason(self.as_needed)
            if self.purpose is not None:
                raise ValueError("as_needed and purpose both say what it is for; keep one")
        if self.route is not None and self.route not in ROUTE_WORDS:
            raise ValueError(f"'{self.route}' is not a route; write by mouth, by tube or by injection")

    @cached_property
    def course(self) -> Course:
        """What is said about doses and days, checked as a whole."""
        to_be_counted = None if self.tablets is None else "tablets"  # no dose that anybody could read
        return Course(
            dose=self.dose or to_be_counted,
            times=self.times,
            times_a_day=self.times_a_day,
            every=self.every,
            as_needed=self.given_as_needed,
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
            until_now=self.until_now,
        )

    @property
    def given_as_needed(self) -> bool:
        """Whether it is given only when it is needed."""
        return self.as_needed is not False

    @property
    def reason(self) -> str | None:
        """What a dose as needed is needed for, where ``as_needed`` says it."""
        return self.as_needed if isinstance(self.as_needed, str) else None

    @property
    def doses_a_day(self) -> int | None:
        """How many doses a day there are by the times, their number or the hours between them, if that is said."""
        return Frequency(a_day=len(self.times) or self.times_a_day, every=self.hours_apart).said

    @property
    def hours_apart(self) -> int | None:
        """Hours from one dose to the next, if it is said so."""
        return None if self.every is None else hours_in(self.every)

    def frequency(self, *, locale: str | None) -> Frequency:
        """How often the dose is ordered, and the most in 24 hours.

        Raises:
            LiquidoseError: as reading the maximum does.
        """
        most = None if self.max_per_day is None else read_daily_maximum(self.max_per_day, locale=locale)
        return Frequency(
            a_day=len(self.times) or self.times_a_day,
            every=self.hours_apart,
            as_needed=self.given_as_needed,
            most=most,
        )

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
    refills: Annotated[int, msgspec.Meta(ge=0, le=99)] | None = None
    discard_after: dt.date | None = None
    """The last day on which it may be used."""
    initials: Annotated[str, msgspec.Meta(max_length=10)] | None = None
    """Of the pharmacist who answers for it."""
    previous_strength: str | None = None
    """Of the last supply, as its container stated it; a change is told on every label."""
    copies: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    """Labels alike."""
    parts: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    """Containers with a label each, numbered ``1 of 3``."""


class Preparation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One syringe that is filled before it is used (R82 to R85); times are local, as a clock on the wall shows them.

    Raises:
        ValueError: a time with an offset or with seconds, times in the wrong order, one person twice, or half a diluent.
    """

    prepared: dt.datetime | None = None
    discard_at: dt.datetime | None = None
    """When this syringe is thrown away, which is never later than its bottle."""
    preparer: str | None = None
    """Initials."""
    checker: str | None = None
    diluent: str | None = None
    """What was added in the syringe, with its percentage."""
    diluent_volume: str | None = None
    """How much of it, with its unit."""

    def __post_init__(self) -> None:
        for moment in (self.prepared, self.discard_at):
            if moment is not None and (moment.tzinfo or moment.second or moment.microsecond):
                raise ValueError("a time is local and to the minute, such as 2026-02-03T14:30:00")
        if self.prepared and self.discard_at and self.discard_at <= self.prepared:
            raise ValueError("discard_at must be later than prepared")
        if self.preparer is not None and self.preparer == self.checker:
            raise ValueError("preparer and checker are the same; a second person checks")
        if (self.diluent is None) != (self.diluent_volume is None):
            raise ValueError("diluent and diluent_volume belong together")
