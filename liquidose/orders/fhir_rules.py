"""The rule that made the steps of a course: it stands in an extension, and is believed where it makes its dosages' doses."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from liquidose.courses.stretches import Slot, expand
from liquidose.errors import CheckTheAmount
from liquidose.files import checked_value
from liquidose.orders.order import Order
from liquidose.quantities.quantity import Quantity

_RULE: Final = ("titrate", "hold", "taper")
_WRITTEN: Final = ("dose", "for_days", "steps")
"""The keys of directions that a rule stands for."""


def rule_in(data: dict[str, Any]) -> dict[str, Any]:
    """The keys of a rule, taken out of the data of an order, whose dosages are its steps."""
    directions = data["directions"]
    return {key: directions.pop(key) for key in _RULE if key in directions}


def by_its_rule(order: Order, rule: dict[str, Any], *, name: str) -> Order:
    """The same order with the rule in place of the steps; ``name`` is where both are from.

    Raises:
        BadFile: it is no rule.
        CheckTheAmount: the rule makes other doses or days.
        LiquidoseError: as reading directions does.
    """
    said = msgspec.to_builtins(order)
    others = {key: value for key, value in said["directions"].items() if key not in _WRITTEN}
    ruled = checked_value(said | {"directions": others | rule}, Order, name=name)
    if _carried_out(ruled) != _carried_out(order):
        raise _other()
    return ruled


def _carried_out(order: Order) -> list[tuple[int | None, int | None, list[Slot]]]:
    """The days, the hours between doses and the doses of each step, a day's dose as that of each time."""
    stretches = expand(order.directions.course, floor=_no_floor, locale=order.locale).stretches
    return [(stretch.days, stretch.every, [_each(slot) for slot in stretch.slots]) for stretch in stretches]


def _each(slot: Slot) -> Slot:
    dose = slot.dose
    if not dose.a_day:
        return slot
    amount = Quantity(value=dose.amount.value / slot.doses_a_day, unit=dose.amount.unit)
    each = msgspec.structs.replace(dose, amount=amount, a_day=False, doses_a_day=None)
    return msgspec.structs.replace(slot, dose=each)


def _no_floor(_: Slot) -> str:
    """Of a rule without a last dose, which no dosages were ever written for."""
    raise _other()


def _other() -> CheckTheAmount:
    return CheckTheAmount(
        "The rule in its extensions makes other doses or days than its dosage instructions.",
        "Check the order with the sender.",
        given="directions",
    )
