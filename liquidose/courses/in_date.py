"""How long the pack of an order may be used, counted in the days of its course (R131)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from liquidose.cautions import Caution
from liquidose.courses.steps import Step
from liquidose.errors import CheckTheAmount
from liquidose.orders.order import Order
from liquidose.quantities.writing import written_date


def last_day_of_use(order: Order, steps: tuple[Step, ...]) -> int | None:
    """The number of the last day on which the pack may be used, whatever its other clocks say.

    None where the order dates neither the pack nor the course.

    Raises:
        CheckTheAmount: a pack that is too old for the first dose.
    """
    start, stated = steps[0].first, _stated(order)
    if start is None or stated is None:
        return None
    last, name = stated
    first = next(step.first for step in steps if step.doses and step.first is not None)
    if last < first:
        raise CheckTheAmount(
            f"The first dose is on {written_date(first)}, and {name} is {written_date(last)}.",
            "Check both dates; nothing is given of a pack behind its last day.",
            given=str(last),
        )
    return (last - start).days + 1


def too_old(order: Order, steps: tuple[Step, ...], good_to: int | None) -> Iterator[Caution]:
    """A warning, if the course goes on behind the last day of its pack."""
    stated = _stated(order)
    last = max(step.from_day + step.last_place for step in steps if step.doses)
    if good_to is None or stated is None or last <= good_to:
        return
    day, name = stated
    end = day + dt.timedelta(days=last - good_to)
    yield Caution(
        code="too-old",
        text=f"The pack may be used to {written_date(day)} ({name}), and the last dose is on {written_date(end)}. "
        "Another pack is needed for the days between.",
    )


def _stated(order: Order) -> tuple[dt.date, str] | None:
    """The earliest of the days that the order states, and which it is."""
    days = (order.drug.expiry, "drug.expiry"), (order.dispense.discard_after, "dispense.discard_after")
    return min(((day, name) for day, name in days if day is not None), default=None)
