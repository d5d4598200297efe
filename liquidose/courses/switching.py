"""A course from a bottle of another strength than the last one: each step's old volume beside its new one (R49).

The whole course is worked out a second time with the previous strength, so that what is told as old is what the
schedule of the old bottle said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from liquidose.cautions import Caution
from liquidose.courses.ending import dose_words
from liquidose.courses.noting import steps_words
from liquidose.courses.steps import Step
from liquidose.errors import ChangeTheDevice, GiveWhatIsMissing, LiquidoseError
from liquidose.orders.order import Order
from liquidose.strength_change import NEW_STRENGTH, SAME

OLD_VOLUME: Final = "old-volume"
"""The code of what is told of one step."""
_SAME: Final = "The previous strength comes to the same amount in 1\u00a0mL: the schedule tells no change."


def switched(
    order: Order, strength: str, steps: tuple[Step, ...], before: Callable[[Order], tuple[Step, ...]]
) -> Iterator[Caution]:
    """What a schedule tells of a previous strength; ``before`` gives the steps of the order with that one.

    Raises:
        GiveWhatIsMissing: doses in mL, which do not say how much drug is meant.
        LiquidoseError: the previous strength cannot be read, or does not match the doses.
    """
    previous = order.dispense.previous_strength
    if previous is None:
        return
    if any("volume" in dose.dose.unit.uses for step in steps for dose in step.doses):
        raise GiveWhatIsMissing(
            f"The doses are ordered in mL and the strength was '{previous}' before, so nobody can tell whether "
            "the volumes are meant for the old bottle or the new one.",
            "Write the doses as amounts of drug, such as '5 mg'.",
            given=previous,
        )
    head = f"NEW STRENGTH: {strength}, not {previous} as before. Do not use the old bottle."
    try:
        old = before(_as_before(order, previous))
    except ChangeTheDevice:
        yield Caution(code=NEW_STRENGTH, text=f"{head} Its volumes are not told: no stocked syringe measures them.")  # fmt: skip
        return
    except LiquidoseError as fault:
        raise type(fault)(
            f"dispense.previous_strength: {fault.problem}", fault.remedy, given=previous
        ) from None
    if [_exact(step) for step in old] == [_exact(step) for step in steps]:
        yield Caution(code=SAME.code, text=_SAME, level=SAME.level)
        return
    yield Caution(code=NEW_STRENGTH, text=head)
    for now, was in zip(steps, old, strict=True):
        if now.doses:
            still = dose_words(now) == dose_words(was)
            words = f"the dose is still {_drawn(now)}" if still else f"give {_drawn(now)}, not {_drawn(was)}"
            yield Caution(code=OLD_VOLUME, text=f"{steps_words([now.number])}: {words}.")


def _as_before(order: Order, previous: str) -> Order:
    """The order with its previous strength, and without the volumes that were written for the new one."""
    replace = msgspec.structs.replace
    written = order.directions.steps
    return replace(
        order,
        drug=replace(order.drug, strength=previous, ndc=None, gtin=None),
        dispense=replace(order.dispense, previous_strength=None),
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
