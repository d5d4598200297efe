"""An order as a person writes it in TOML, decoded straight into checked values."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final

import msgspec

from liquidose.devices.drug_classes import class_of
from liquidose.devices.syringes import Route
from liquidose.directions import DAY_PARTS
from liquidose.errors import BadFile, UnreadableText
from liquidose.files import decode_toml, read_text
from liquidose.numbers import marks_of
from liquidose.orders.diluents import Diluent, read_diluent
from liquidose.orders.identifiers import agreed_gtin, checked_code, checked_expiry
from liquidose.orders.product_code import ProductCode
from liquidose.overrides import Override
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


class Directions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it is given.

    Raises:
        ValueError: a time that is no day part, a route that is not known, or both times and a number of them.
    """

    dose: str
    times: tuple[str, ...] = ()
    """Day parts: morning, noon, afternoon, evening, bedtime, night."""
    times_a_day: int | None = None
    route: str | None = None
    with_: str | None = msgspec.field(default=None, name="with")
    """What it is given with, such as ``food``."""
    purpose: str | None = None
    missed_dose: str | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = [time for time in self.times if time not in DAY_PARTS]
        if unknown:
            raise ValueError(f"'{unknown[0]}' is not a time of day; write {', '.join(DAY_PARTS)}")
        if len(set(self.times)) != len(self.times):
            raise ValueError("a time of day stands twice in times")
        if self.times and self.times_a_day not in {None, len(self.times)}:
            raise ValueError(f"times names {len(self.times)} and times_a_day says {self.times_a_day}")
        if self.route is not None and self.route not in ROUTE_WORDS:
            raise ValueError(f"'{self.route}' is not a route; write by mouth, by tube or by injection")

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


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One order: a patient, a drug, directions.

    Raises:
        UnreadableText: an amount in free text, or text that cannot be shown.
        ValueError: a drug dispensed, or to be kept, beyond its expiry.
        UnitsDoNotMatch: an amount of diluent that is no volume.
        CheckTheAmount: a diluent of 0 mL.
    """

    patient: OrderPatient
    drug: OrderDrug
    directions: Directions
    dispense: Dispense = Dispense()
    preparation: Preparation | None = None
    pharmacy: Pharmacy | None = None
    override: tuple[Override, ...] = ()
    """Limits that a named person passes for this order, each with its reason."""
    locale: str | None = None
    """How the numbers in this file are written; never taken from the environment or the site."""
    revision: int = 1

    def __post_init__(self) -> None:
        marks_of(self.locale)
        for field, text in _words(self):
            checked_text(text)
            if not text.strip():
                raise ValueError(f"{field} is empty")
            if any(ord(c) < 32 for c in text):
                raise ValueError(f"{field} holds a line break or another control character")
        codes = [override.code for override in self.override]
        if len(set(codes)) != len(codes):
            raise ValueError("one code stands in two overrides")
        for field in ("date", "discard_after"):
            day, last = getattr(self.dispense, field), self.drug.expiry
            if day is not None and last is not None and day > last:
                raise ValueError(f"dispense.{field} is {day}, after drug.expiry, {last}")
        bottle, syringe = self.dispense.discard_after, self.preparation and self.preparation.discard_at
        if bottle and syringe and syringe.date() > bottle:
            raise ValueError("preparation.discard_at is later than dispense.discard_after")
        free = [("directions.with", self.directions.with_), ("directions.purpose", self.directions.purpose)]
        free += [("directions.missed_dose", self.directions.missed_dose)]
        free += [("drug.generic_for", self.drug.generic_for)]
        free += [("directions.warnings", warning) for warning in self.directions.warnings]
        for field, words in free:
            if words is not None:
                free_of_amounts(words, field=field)
        _ = self.diluent  # read now, so that its fault is the file's

    @property
    def filled_ahead(self) -> bool:
        """Whether it is of one syringe, filled before it is used: the design must then have a place for the time."""
        return self.preparation is not None and self.preparation.prepared is not None

    @property
    def diluent(self) -> Diluent | None:
        """What was added in the syringe; None where nothing was."""
        given = self.preparation
        if given is None or given.diluent is None or given.diluent_volume is None:
            return None
        return read_diluent(given.diluent, given.diluent_volume, locale=self.locale)


def _words(order: Order) -> list[tuple[str, str]]:
    """Every text of an order with its field."""
    found: list[tuple[str, str]] = []
    for part in ("patient", "drug", "directions", "dispense", "preparation", "pharmacy"):
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
    for override in order.override:
        found += [("override.reason", override.reason), ("override.by", override.by)]
    return found


NOT_YET: Final = frozenset({
    "as_needed", "max_per_day", "for_days", "every", "steps", "titrate", "taper", "then", "opened",
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
    return decode_order(read_text(path), name=path)
