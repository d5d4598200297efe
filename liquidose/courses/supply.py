"""What to dispense for a course: the volume, the bottles and their days, and how long a quantity lasts.

Volumes are the measured ones, added up dose by dose. Nothing is added for loss but what the order states, and
that stands on a line of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain, count, repeat, takewhile
from typing import Literal, NamedTuple

import msgspec

from liquidose.courses.course import MOST_DAYS, days_in
from liquidose.courses.steps import Step
from liquidose.devices.unmeasurable import millilitres
from liquidose.dosing.strength import ML
from liquidose.errors import CheckTheAmount, GiveWhatIsMissing, UnitsDoNotMatch
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.writing import written_date


class SupplyOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an order says about bottles.

    Raises:
        ValueError: a discard period without its basis, or a basis without one.
    """

    bottles: tuple[str, ...] = ()
    """The sizes to be had, such as ``120 mL``."""
    discard_after_opening: str | None = None
    """How long an opened bottle may be used: ``60 days``; its clock starts with its first dose."""
    discard_after_mixing: str | None = None
    """How long a mixed bottle may be used; each is mixed on the day of its first dose, the first when it is dispensed."""
    first_bottle: dt.date | None = None
    """The day on which the first bottle was opened or mixed, where that was before its first dose."""
    basis: str | None = None
    """Where that comes from: a label, a monograph, a study."""
    opening_day: Literal["counts", "does not count"] = "counts"
    """Whether the day of opening or mixing is the first of these days; counting it ends a day earlier (R132)."""
    overfill: str | None = None
    """Volume for loss, on a line of its own."""
    refill_before: str | None = None
    """How long before it runs out more is to be ordered: ``5 days``."""

    def __post_init__(self) -> None:
        for text in filter(None, (self.discard_after_opening, self.discard_after_mixing, self.refill_before)):
            days_in(text)
        if self.discard_after_opening is not None and self.discard_after_mixing is not None:
            raise ValueError(
                "discard_after_opening and discard_after_mixing are both given; keep the one that ends first"
            )
        if (self.discard_after is None) != (self.basis is None):
            raise ValueError(
                "discard_after_opening (or discard_after_mixing) and basis belong together: say where the period comes from"
            )
        if self.first_bottle is not None and self.discard_after is None:
            raise ValueError(
                "first_bottle starts a clock; write discard_after_opening or discard_after_mixing too"
            )

    @property
    def discard_after(self) -> str | None:
        """How long a bottle may be used, whatever starts its clock."""
        return self.discard_after_opening or self.discard_after_mixing

    @property
    def clock(self) -> Literal["opening", "mixing"]:
        """What starts it."""
        return "opening" if self.discard_after_mixing is None else "mixing"

    @property
    def days_of_use(self) -> int | None:
        """How many days a bottle is used, the day of opening or mixing included; None without a limit."""
        if self.discard_after is None:
            return None
        return days_in(self.discard_after) + (self.opening_day == "does not count")


class Bottle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One bottle: from which day to which it is used, and what is left in it then."""

    number: int
    size_ml: Fraction
    from_day: int
    to_day: int
    """The day of its last dose."""
    used_ml: Fraction
    discard_after_day: int | None
    """The last day on which it may be used."""

    @property
    def left_ml(self) -> Fraction:
        """What is discarded."""
        return self.size_ml - self.used_ml


class Supply(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to dispense for a course, and how long a stated quantity lasts."""

    request: SupplyOrder
    needed_ml: Fraction
    """Measured, all doses together."""
    overfill_ml: Fraction
    bottles: tuple[Bottle, ...]
    """Empty where the order names no sizes."""
    quantity_ml: Fraction | None
    """What is dispensed, if the order says it."""
    days_supply: int | None
    """How many whole days that quantity lasts, at most to the last dose of a course that stops.

    It is taken from bottles of the named sizes as far as it goes, each used no longer than it may be; where no sizes are
    named it is one bottle.
    """
    runs_out_on: int | None
    """The first day it does not cover; None where it lasts to the end of the course."""
    refill_on: int | None
    """The day on which more is to be ordered; without a quantity it counts to the end of a course that goes on."""

    @property
    def dispense_ml(self) -> Fraction:
        """The volume to dispense, overfill included."""
        return self.needed_ml + self.overfill_ml


class _Dose(NamedTuple):
    day: int
    ml: Fraction


class _Clock(NamedTuple):
    """How long bottles may be used."""

    days_of_use: int | None
    """From opening or mixing, that day included."""
    age: int
    """How many days the first bottle is old on the day of the first dose."""
    good_to: int | None
    """The last day for what is dispensed, whenever it is opened; a bottle behind it is of another lot."""

    def until(self, opened: int, *, first: bool) -> int | None:
        """The last day for a bottle; None without a limit."""
        limits = []
        if self.days_of_use is not None:
            limits.append(opened + self.days_of_use - 1 - (self.age if first else 0))
        if self.good_to is not None and opened <= self.good_to:
            limits.append(self.good_to)
        return min(limits, default=None)


def supply_for(  # noqa: PLR0913  (each is one thing that an order says)
    request: SupplyOrder,
    steps: tuple[Step, ...],
    *,
    goes_on: bool,
    quantity: str | None,
    dispensed: dt.date | None = None,
    good_to: int | None = None,
    locale: str | None = None,
) -> Supply:
    """What to dispense for measured steps; ``goes_on`` where the last dose is continued behind them.

    ``good_to`` is the last day on which what is dispensed may be used at all, whenever it is opened.

    Raises:
        CheckTheAmount: a bottle smaller than a dose, or one that is too old for its first dose.
        GiveWhatIsMissing: a day on which the first bottle was opened or mixed, where the course has no start.
        UnitsDoNotMatch: a size, an overfill or a quantity that is no volume.
    """
    doses = tuple(_doses(steps))
    largest = max(dose.ml for dose in doses)
    sizes = sorted(_volume(text, "supply.bottles", locale) for text in request.bottles)
    for size in sizes:
        if size < largest:
            raise CheckTheAmount(
                f"A bottle of {millilitres(size)} is smaller than a dose of {millilitres(largest)}.",
                "Name larger bottles: no dose is taken from two of them.",
                given=millilitres(size),
            )
    start = steps[0].first
    first = None if start is None else start + dt.timedelta(days=doses[0].day - 1)
    clock = _Clock(request.days_of_use, _age(request, first, dispensed), good_to)
    bottles = tuple(_bottles(doses, sizes, clock)) if sizes else ()
    quantity_ml = None if quantity is None else _volume(quantity, "dispense.quantity", locale)
    lasts = runs_out = None
    if quantity_ml is not None:
        ahead = chain(doses, _further(steps)) if goes_on else iter(doses)
        opened = [*(bottle.size_ml for bottle in bottles), sizes[-1] if sizes else quantity_ml]
        runs_out = _runs_out(quantity_ml, ahead, opened, clock)
        lasts = doses[-1].day if runs_out is None else runs_out - 1
    early = 0 if request.refill_before is None else days_in(request.refill_before)
    more = runs_out
    if quantity_ml is None and goes_on:
        more = steps[-1].to_day + 1
    if good_to is not None and good_to < doses[-1].day:
        more = min(good_to + 1, more or good_to + 1)
    return Supply(
        request=request,
        needed_ml=sum((dose.ml for dose in doses), Fraction(0)),
        overfill_ml=Fraction(0)
        if request.overfill is None
        else _volume(request.overfill, "supply.overfill", locale),
        bottles=bottles,
        quantity_ml=quantity_ml,
        days_supply=lasts,
        runs_out_on=runs_out,
        refill_on=None if more is None or not early else max(more - early, 1),
    )


def _volume(text: str, field: str, locale: str | None) -> Fraction:
    amount = read_quantity(text, locale=locale)
    if "volume" not in amount.unit.uses:
        raise UnitsDoNotMatch(f"{field} is '{text}', which is no volume.", "Write it in mL.", given=text)
    if not amount.value:
        raise CheckTheAmount(
            f"{field} is '{text}', which is nothing.", "Leave it out, or write it.", given=text
        )
    return amount.to(ML).value


def _doses(steps: Iterable[Step]) -> Iterator[_Dose]:
    """Every dose of steps with its day, in order."""
    for step in steps:
        for place in range(step.days or 0):
            if step.cycle is None or step.cycle.doses_on(place):
                for dose in step.doses:
                    yield _Dose(step.from_day + place, dose.measured.ml)


def _further(steps: tuple[Step, ...]) -> Iterator[_Dose]:
    """The doses behind the end of a course that goes on, for at most ten years."""
    last = steps[-1]
    for day in takewhile(lambda day: day <= MOST_DAYS, count(last.to_day + 1)):
        if last.cycle is None or last.cycle.doses_on(day - last.from_day):
            for dose in last.doses:
                yield _Dose(day, dose.measured.ml)


def _age(request: SupplyOrder, first: dt.date | None, dispensed: dt.date | None) -> int:
    """How many days before its first dose the first bottle was opened or mixed.

    Raises:
        CheckTheAmount: it may not be used any more on that day, or is opened only behind it.
        GiveWhatIsMissing: a stated day, where the course has no start to count from.
    """
    since = request.first_bottle
    if since is None and request.clock == "mixing":
        since = dispensed if first is not None and dispensed is not None and dispensed < first else None
    if since is None:
        return 0
    if first is None:
        raise GiveWhatIsMissing(
            f"supply.first_bottle is {since}, and the course has no start to count its days to.",
            "Write directions.start.",
            given=str(since),
        )
    age = (first - since).days
    if age < 0 or (request.days_of_use is not None and age >= request.days_of_use):
        when = "after" if age < 0 else "too long before"
        raise CheckTheAmount(
            f"The first bottle is of {written_date(since)}, {when} the first dose on {written_date(first)}.",
            f"Check the dates; a bottle is used for {request.discard_after} after {request.clock}.",
            given=str(since),
        )
    return age


def _runs_out(
    left_ml: Fraction,
    doses: Iterable[_Dose],
    sizes: list[Fraction],
    clock: _Clock,
) -> int | None:
    """The first day with a dose that a quantity does not cover, in bottles of these sizes; of the last from then on.

    A last bottle holds what the quantity leaves.
    """
    opening = chain(sizes, repeat(sizes[-1]))
    in_bottle, until, first = Fraction(0), None, True
    for day, ml in doses:
        if clock.good_to is not None and day > clock.good_to:
            return day
        if ml > in_bottle or (until is not None and day > until):
            in_bottle = min(next(opening), left_ml)
            if ml > in_bottle:
                return day
            left_ml -= in_bottle
            until, first = clock.until(day, first=first), False
        in_bottle -= ml
    return None


def _bottles(doses: tuple[_Dose, ...], sizes: list[Fraction], clock: _Clock) -> Iterator[Bottle]:
    """The bottles one after another: each the smallest that lasts its time, else the largest there is.

    A dose is never taken from two bottles: what is left below a dose is discarded.
    """
    place = number = 0
    while place < len(doses):
        opened = doses[place].day
        until = clock.until(opened, first=not number)
        wanted = sum((d.ml for d in doses[place:] if until is None or d.day <= until), Fraction(0))
        size = next((size for size in sizes if size >= wanted), sizes[-1])
        used, last, number = Fraction(0), opened, number + 1
        while (
            place < len(doses)
            and (until is None or doses[place].day <= until)
            and used + doses[place].ml <= size
        ):
            used, last = used + doses[place].ml, doses[place].day
            place += 1
        yield Bottle(
            number=number, size_ml=size, from_day=opened, to_day=last, used_ml=used, discard_after_day=until
        )
