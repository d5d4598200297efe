"""An order as a person writes it in TOML, decoded straight into checked values."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Annotated, Final

import msgspec

from liquidose.clock import DayParts
from liquidose.courses.guards import Guard
from liquidose.courses.protocol import Protocol
from liquidose.courses.supply import SupplyOrder
from liquidose.dosing.products import read_product, read_strength
from liquidose.errors import BadFile, CheckTheAmount, LiquidoseError
from liquidose.files import decode_toml, read_text
from liquidose.numbers import marks_of
from liquidose.orders.diluents import Diluent, read_diluent
from liquidose.orders.parts import Directions, Dispense, OrderDrug, OrderPatient, Preparation
from liquidose.overrides import Override
from liquidose.quantities.lint import amounts_in, free_of_amounts, names_no_amount
from liquidose.quantities.reading import checked_text, read_quantity
from liquidose.quantities.writing import write_quantity
from liquidose.site import Pharmacy


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One order: a patient, a drug, directions.

    Raises:
        UnreadableText: an amount in free text, or text that cannot be shown.
        ValueError: a drug dispensed, or to be kept, beyond its expiry.
        UnitsDoNotMatch: an amount of diluent that is no volume.
        CheckTheAmount: a diluent of 0 mL, or a maximum that is none.
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
    protocol: str | Protocol | None = None
    """The file of the protocol it is held to, from the folder of the order; or the protocol itself, as a message brings it."""
    guard: tuple[Guard, ...] = ()
    """Limits of this order's own."""
    supply: SupplyOrder | None = None
    """Bottles, and how long an opened one may be used."""
    day_parts: DayParts | None = None
    """The clock times of the parts of the day, for a calendar file; they go before the site's, all together."""
    revision: Annotated[int, msgspec.Meta(ge=1, le=9999)] = 1

    def __post_init__(self) -> None:
        marks_of(self.locale)
        if self.supply is not None and not self.directions.course.is_course:
            raise ValueError(
                "supply belongs to a course; write for_days, steps, titrate or taper in directions"
            )
        codes = [override.code for override in self.override]
        if len(set(codes)) != len(codes):
            raise ValueError("one code stands in two overrides")
        self._check_words()
        self._check_days()
        self._count_tablets()
        _ = (
            self.diluent,
            self.directions.frequency(locale=self.locale),
        )  # read now, so that their faults are the file's

    def _check_words(self) -> None:
        """Nothing comes out if every text can be shown, and no free text holds an amount."""
        check_texts(_words(self))
        drug, directions, dispense = self.drug, self.directions, self.dispense
        free = [
            ("drug.storage", drug.storage),
            ("drug.generic_for", drug.generic_for),
            ("directions.with", directions.with_),
            ("directions.purpose", directions.purpose),
            ("directions.as_needed", directions.reason),
            ("directions.missed_dose", directions.missed_dose),
            *(("directions.warnings", warning) for warning in directions.warnings),
            ("tablets.source", directions.tablets.source if directions.tablets else None),
        ]
        for field, words in free:
            if words is not None:
                free_of_amounts(words, field=field)
        names = [
            ("patient.name", self.patient.name),
            ("drug.form", drug.form),
            ("drug.manufacturer", drug.manufacturer),
            ("dispense.prescriber", dispense.prescriber),
            ("dispense.rx_number", dispense.rx_number),
            *(self.pharmacy.words() if self.pharmacy else ()),
        ]
        for field, words in names:
            if words is not None:
                names_no_amount(words, field=field)
        if amounts_in(drug.name) and not _says_the_strength(drug.name, drug.strength, self.locale):
            names_no_amount(drug.name, field="drug.name")

    def _count_tablets(self) -> None:
        """Nothing comes out; the dose of each time is what the tablets hold, and no other where one is written too."""
        tablets, drug = self.directions.tablets, self.drug
        if tablets is None:
            return
        tablets.check_liquid(
            name=drug.name,
            form=drug.form,
            strength=drug.strength,
            component=drug.component,
            injected=self.directions.way == "injection",
        )
        amount = tablets.amount(locale=self.locale)
        written = self.directions.dose
        if written is not None and read_quantity(written, locale=self.locale) != amount:
            raise CheckTheAmount(
                f"directions.dose is '{written}', and the tablets are {write_quantity(amount)}.",
                "Ask the prescriber which of the two is meant.",
                given=written,
            )
        dose = written or write_quantity(amount, locale=self.locale)
        msgspec.structs.force_setattr(self, "directions", msgspec.structs.replace(self.directions, dose=dose))

    def _check_days(self) -> None:
        """Nothing comes out if nothing is dispensed or kept beyond the last day it is good for."""
        for field in ("date", "discard_after"):
            day, last = getattr(self.dispense, field), self.drug.expiry
            if day is not None and last is not None and day > last:
                raise ValueError(f"dispense.{field} is {day}, after drug.expiry, {last}")
        given, born = self.dispense.date, self.patient.birth_date
        if given and self.dispense.discard_after and self.dispense.discard_after < given:
            raise ValueError(f"dispense.discard_after is before dispense.date, {given}")
        for name, first in (("dispense.date", given), ("directions.start", self.directions.start)):
            if first and born and born > first:
                raise ValueError(f"patient.birth_date is after {name}, {first}")
        bottle, syringe = self.dispense.discard_after, self.preparation and self.preparation.discard_at
        if bottle and syringe and syringe.date() > bottle:
            raise ValueError("preparation.discard_at is later than dispense.discard_after")

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


def _says_the_strength(name: str, strength: str, locale: str | None) -> bool:
    """Whether the amounts in a drug's name are its strength, said again."""
    try:
        return read_product(name, locale=locale).strength == read_strength(strength, locale=locale)
    except LiquidoseError:
        return False


def check_texts(texts: Iterable[tuple[str, str]]) -> None:
    """Nothing comes out if each text, by its field, is one that can be shown.

    Raises:
        UnreadableText: it cannot be.
        ValueError: it is empty, or holds a control character.
    """
    for field, text in texts:
        checked_text(text, field=field)
        if not text.strip():
            raise ValueError(f"{field} is empty")
        if not text.isprintable() and any(ord(c) < 32 for c in text):
            raise ValueError(f"{field} holds a line break or another control character")


def _words(order: Order) -> Iterator[tuple[str, str]]:
    """Every text of an order with its field."""
    for part in ("patient", "drug", "directions", "dispense", "preparation", "pharmacy"):
        value = getattr(order, part)
        if value is not None:
            yield from texts_in(value, part, empty=part != "pharmacy")
    if order.directions.tablets is not None:
        yield from texts_in(order.directions.tablets, "tablets")
    for override in order.override:
        yield "override.reason", override.reason
        yield "override.by", override.by


def texts_in(value: msgspec.Struct, part: str, *, empty: bool = True) -> Iterator[tuple[str, str]]:
    """The texts among the fields of a part, and in their tuples; the empty ones too, unless they may be left empty."""
    for name, one in zip(value.__struct_fields__, msgspec.structs.astuple(value), strict=True):
        if isinstance(one, str):
            if one or empty:
                yield f"{part}.{name.rstrip('_')}", one
        elif isinstance(one, tuple):
            for text in one:
                if isinstance(text, str):
                    yield f"{part}.{name.rstrip('_')}", text


NOT_YET: Final = frozenset({
    "as_needed", "max_per_day", "for_days", "every", "steps", "titrate", "taper", "then", "opened",
    "previous_strength", "override", "prepared",
})  # fmt: skip
"""Keys that this version cannot carry out where it does not know them: a label without them would say less than was ordered."""


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
    if not isinstance(order.protocol, str):
        return order
    return msgspec.structs.replace(order, protocol=os.path.join(os.path.dirname(path), order.protocol))  # noqa: PTH118, PTH120  (pathlib costs 5 ms at every start)
