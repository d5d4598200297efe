"""What to dispense for a course, in sentences: the volume, each bottle with its days, how long it lasts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from liquidose.cautions import Caution
from liquidose.courses.steps import Step, day_words
from liquidose.courses.supply import Bottle, Supply
from liquidose.dosing.strength import ML
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import NO_BREAK, write_short


class _Told(NamedTuple):
    """What is dispensed, and for which course."""

    supply: Supply
    steps: tuple[Step, ...]
    locale: str | None

    @property
    def as_needed(self) -> bool:
        return any(step.as_needed for step in self.steps)

    def day_words(self, day: int) -> str:
        start = self.steps[0].first
        return day_words(day, None if start is None else start + dt.timedelta(days=day - 1))


def supply_cautions(
    supply: Supply | None, steps: tuple[Step, ...], *, locale: str | None
) -> tuple[Caution, ...]:
    """What to dispense, as notes, and a warning where the stated quantity does not last; none where nothing is said.

    ``locale`` is that of numbers in English sentences.
    """
    return () if supply is None else tuple(_lines(_Told(supply, steps, locale), supply))


def _lines(told: _Told, supply: Supply) -> Iterator[Caution]:
    needed = _volume(told, supply.needed_ml)
    if told.as_needed:
        most = max(len(step.doses) for step in told.steps)
        yield _note(
            f"To dispense at most: {needed}, as measured. Every dose that a day may have (up to {most}) is counted, "
            "here and in what follows."
        )
    else:
        yield _note(f"To dispense: {needed}, as measured, dose by dose.")
    if supply.overfill_ml:
        yield _note(
            f"Overfill, as the order states: {_volume(told, supply.overfill_ml)}; "
            f"together {_volume(told, supply.dispense_ml)}."
        )
    if len(supply.bottles) > 1:
        together = sum((bottle.size_ml for bottle in supply.bottles), Fraction(0))
        yield _note(f"{len(supply.bottles)} bottles, together {_volume(told, together)}.")
    for bottle in supply.bottles:
        yield _note(_bottle(told, bottle))
    if supply.request.discard_after is not None:
        clock = supply.request.clock
        yield _note(
            f"Discard a bottle {supply.request.discard_after} after {clock}; the day of {clock} "
            f"{supply.request.opening_day} (basis: {supply.request.basis})."
        )
    if supply.quantity_ml is not None:
        yield from _how_long(told, supply, supply.quantity_ml)
    elif supply.refill_on is not None:
        yield _note(f"Order more on {told.day_words(supply.refill_on)}.")


def _how_long(told: _Told, supply: Supply, quantity_ml: Fraction) -> Iterator[Caution]:
    """How long a stated quantity lasts, with a warning where that is not to the end."""
    quantity = _volume(told, quantity_ml)
    if supply.runs_out_on is None:
        yield _note(f"{quantity} last to the end of the course.")
        return
    days = supply.days_supply
    least, perhaps = ("at least ", "perhaps ") if told.as_needed else ("", "")
    words = (
        f"{quantity} last {least}{days}{NO_BREAK}day{'' if days == 1 else 's'}, and {perhaps}not through "
        f"{told.day_words(supply.runs_out_on)}"
    )
    if supply.refill_on is not None:
        words += f"; order more on {told.day_words(supply.refill_on)}"
    yield _note(f"{words}.")
    last = max(step.to_day for step in told.steps if step.doses)
    if supply.runs_out_on <= last:
        why = f"it needs {_volume(told, supply.needed_ml)}"
        if quantity_ml >= supply.needed_ml:
            why += ", and bottles are discarded before they are empty"
        yield Caution(
            code="quantity-short",
            text=f"{quantity} do not last to the end of the course on {told.day_words(last)}"
            f"{' if every dose is needed' if told.as_needed else ''}: {why}.",
        )


def _bottle(told: _Told, bottle: Bottle) -> str:
    days = f"from {told.day_words(bottle.from_day)} to {told.day_words(bottle.to_day)}"
    words = f"Bottle {bottle.number}, {_volume(told, bottle.size_ml)}: {days}, {_volume(told, bottle.used_ml)} used"
    if bottle.left_ml:
        words += f", {_volume(told, bottle.left_ml)} left"
    if bottle.discard_after_day is not None:
        words += f"; not to be used after {told.day_words(bottle.discard_after_day)}"
    return f"{words}."


def _note(text: str) -> Caution:
    return Caution(code="supply", text=text, level="note")


def _volume(told: _Told, ml: Fraction) -> str:
    return write_short(Quantity(value=ml, unit=ML), locale=told.locale)
