"""A strength that is not the last one: the sentence that keeps an old volume from being given of a new bottle.

The same dose is worked out and measured a second time with the previous strength, by the same steps, so that
"not 5 mL" is what the last label said (R49).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from liquidose.cautions import Caution
from liquidose.conversion import Conversion
from liquidose.devices.measuring import Measured
from liquidose.directions import volume_words
from liquidose.dosing.strength import Strength, write_strength
from liquidose.errors import GiveWhatIsMissing, LiquidoseError

NEW_STRENGTH: Final = "new-strength"
"""The code of the warning that stands first on every label."""


def strength_change(
    previous: str, now: Conversion, measured: Measured, before: Callable[[], Conversion]
) -> tuple[Caution, ...]:
    """What the label and the pharmacist are told of a previous strength.

    ``NEW STRENGTH: give 1 mL, not 5 mL. Do not use the old bottle.`` Where the strength is the same, a note
    off the paper says so; where both volumes come to the same line the sentence says that too; and where the
    old dose has no line on a stocked syringe no old volume is told, for nobody knows what was given.

    Raises:
        GiveWhatIsMissing: an order in mL, which does not say how much drug is meant.
        LiquidoseError: the previous strength cannot be read, or does not match the dose.
    """
    if previous == now.as_written:
        return (_same_as(previous),)
    if now.strength is None:
        raise GiveWhatIsMissing(
            f"The dose is ordered in mL and the strength was '{previous}' before, so nobody can tell whether "
            "the volume is meant for the old bottle or the new one.",
            "Write the dose as an amount of drug, such as '5 mg'.",
            given=previous,
        )
    try:
        old = before()
    except LiquidoseError as fault:
        raise type(fault)(
            f"dispense.previous_strength: {fault.problem}", fault.remedy, given=previous
        ) from None
    if _same(now.strength, old.strength):
        return (_same_as(write_strength(now.strength)),)
    give = volume_words(measured.ml)
    end = f"Do not use the old {'container' if now.route == 'injection' else 'bottle'}."
    if old.measured is None:
        exact = volume_words(old.volume_ml)
        return (
            Caution(code=NEW_STRENGTH, text=f"NEW STRENGTH: give {give}. {end}"),
            Caution(
                code="old-volume-unknown",
                text=f"The label does not tell the old volume: {exact} of the previous strength cannot be "
                "measured with the stocked syringes. Ask what was given.",
                level="note",
            ),
        )
    if old.measured.ml == measured.ml:
        return (Caution(code=NEW_STRENGTH, text=f"NEW STRENGTH: the dose is still {give}. {end}"),)
    was = volume_words(old.measured.ml)
    return (Caution(code=NEW_STRENGTH, text=f"NEW STRENGTH: give {give}, not {was}. {end}"),)


def _same_as(strength: str) -> Caution:
    text = f"The previous strength is the same, {strength}: nothing changes."
    return Caution(code="same-strength", text=text, level="note")


def _same(now: Strength, old: Strength | None) -> bool:
    return old is not None and old.per_ml.to(now.per_ml.unit).value == now.per_ml.value
