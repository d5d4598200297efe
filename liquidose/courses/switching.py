"""A course from a bottle of another strength than the last one: each step's old volume beside its new one (R49).

The whole course is worked out a second time with the previous strength, so that what is told as old is what the
schedule of the old bottle said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final, cast

import msgspec

from liquidose.cautions import Caution
from liquidose.courses.ending import dose_words
from liquidose.courses.noting import steps_words
from liquidose.courses.steps import Step
from liquidose.dosing.strength import Stated, on_paper, write_stated
from liquidose.errors import ChangeTheDevice, GiveWhatIsMissing, LiquidoseError
from liquidose.orders.drawn import source_of_order
from liquidose.orders.order import Order
from liquidose.overrides import GUARDS
from liquidose.quantities.writing import Profile, english
from liquidose.strength_change import NEW_STRENGTH, SAME, tenfold_strengths

OLD_VOLUME: Final = "old-volume"
"""The code of what is told of one step."""
_SAME: Final = Caution(
    code=SAME.code,
    text="The previous strength comes to the same amount in 1\u00a0mL: the schedule tells no change.",
    level=SAME.level,
)


class Switch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A course as it was measured from the bottle before."""

    strength: str
    """As that bottle states it, and per mL."""
    steps: tuple[Step, ...] | None
    """Step by step beside those of the new bottle; None where no stocked syringe measures them."""
    tenfold: str = ""
    """What is said where one bottle is ten times as strong as the other, or more."""


def switched(
    order: Order,
    steps: tuple[Step, ...],
    before: Callable[[Order], tuple[Step, ...]],
    *,
    profile: Profile = "international",
) -> Switch | None:
    """The course from the bottle before; ``before`` gives the steps of the order with its strength.

    None where the order names no previous strength, or one that comes to the same volumes.

    Raises:
        GiveWhatIsMissing: doses in mL, which do not say how much drug is meant.
        LiquidoseError: the previous strength cannot be read, or does not match the doses.
    """
    previous = order.dispense.previous_strength
    if previous is None:
        return None
    if any("volume" in dose.dose.unit.uses for step in steps for dose in step.doses):
        raise GiveWhatIsMissing(
            f"The doses are ordered in mL and the strength was '{previous}' before, so nobody can tell whether "
            "the volumes are meant for the old bottle or the new one.",
            "Write the doses as amounts of drug, such as '5 mg'.",
            given=previous,
        )
    once = as_before(order, previous)
    old: tuple[Step, ...] | None = None
    try:
        stated = cast("Stated", source_of_order(once, by_volume=False, notes=[]).stated)  # no dose is in mL
        with suppress(ChangeTheDevice):  # then no volume of it is told
            old = before(once)
    except LiquidoseError as fault:
        raise type(fault)(
            f"dispense.previous_strength: {fault.problem}", fault.remedy, given=previous
        ) from None
    if old is not None and [_exact(step) for step in old] == [_exact(step) for step in steps]:
        return None
    strength = write_stated(on_paper(stated), locale=english(order.locale), profile=profile)
    now = cast("Stated", source_of_order(order, by_volume=False, notes=[]).stated)
    return Switch(strength=strength, steps=old, tenfold=tenfold_strengths(now.strength, stated.strength))


def switch_words(
    order: Order, switch: Switch | None, strength: str, steps: tuple[Step, ...]
) -> Iterator[Caution]:
    """What a schedule tells of a previous strength, before everything else; ``strength`` is the new one."""
    if switch is None:
        if order.dispense.previous_strength is not None:
            yield _SAME
        return
    head = f"NEW STRENGTH: {strength}, not {switch.strength} as before. Do not use the old bottle."
    head = f"{head} {switch.tenfold}".rstrip()
    if switch.steps is None:
        yield Caution(code=NEW_STRENGTH, text=f"{head} The old volumes are not told: no stocked syringe measures them.")  # fmt: skip
        return
    yield Caution(code=NEW_STRENGTH, text=head)
    for now, was in zip(steps, switch.steps, strict=True):
        if now.doses:
            still = dose_words(now) == dose_words(was)
            words = f"the dose is still {_drawn(now)}" if still else f"give {_drawn(now)}, not {_drawn(was)}"
            yield Caution(code=OLD_VOLUME, text=f"{steps_words([now.number])}: {words}.")


def as_before(order: Order, previous: str) -> Order:
    """The order with its previous strength, and without the volumes and limits that were written for the new one."""
    replace = msgspec.structs.replace
    written = order.directions.steps
    return replace(
        order,
        drug=replace(order.drug, strength=previous, ndc=None, gtin=None),
        dispense=replace(order.dispense, previous_strength=None, quantity=None),
        supply=None,  # bottles and quantity are of the new strength
        override=tuple(override for override in order.override if override.code in GUARDS),
        directions=replace(
            order.directions,
            volume=None,
            steps=None
            if written is None
            else tuple(replace(step, volume=None, strength=None) for step in written),
        ),
    )


def _exact(step: Step) -> list[object]:
    return [dose.volume_ml for dose in step.doses]


def _drawn(step: Step) -> str:
    """The doses of a day with their syringes: ``5 mL (5 mL oral syringe)``."""
    syringes = dict.fromkeys(dose.measured.syringe.words for dose in step.doses)
    return f"{dose_words(step)} ({' and '.join(syringes)})"
