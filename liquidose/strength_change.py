"""A strength that is not the last one: the sentence that keeps an old volume from being given of a new bottle.

The same dose is worked out and measured a second time with the previous strength, by the same steps, so that
"not 5 mL" is what the last label said (R49).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final, NamedTuple, cast

from liquidose.cautions import Caution
from liquidose.conversion import NOT_MEASURABLE, Conversion
from liquidose.devices.measuring import Measured
from liquidose.directions import volume_words
from liquidose.dosing.strength import Strength, write_strength
from liquidose.errors import GiveWhatIsMissing, LiquidoseError
from liquidose.quantities.writing import Profile, write_short

_TENFOLD: Final = 10
NEW_STRENGTH: Final = "new-strength"
"""The code of the warning that stands first on every label."""
SAME: Final = Caution(
    code="same-strength",
    text="The previous strength comes to the same amount in 1\u00a0mL: the label tells no change.",
    level="note",
)
"""For the pharmacist, where the order names a previous strength that is the present one."""


class StrengthChange(NamedTuple):
    """What a previous strength changes."""

    told: tuple[Caution, ...]
    before: Conversion | None
    """The same dose with it; None where it comes to the same amount in 1 mL."""


def strength_change(
    previous: str,
    now: Conversion,
    measured: Measured,
    before: Callable[[], Conversion],
    *,
    profile: Profile = "international",
) -> StrengthChange:
    """What the label and the pharmacist are told of a previous strength; ``before`` gives the dose with that one.

    ``NEW STRENGTH: give 1 mL, not 5 mL. Do not use the old bottle.`` The pharmacist's note has the exact
    old volume and the syringe, and where one bottle is ten times as strong as the other another says so (R172).
    Where the strength is the same, a note off the paper says so; where both volumes come to the same line the
    sentence says that too; and where the old dose has no line on a stocked syringe no old volume is told, for
    nobody knows what was given.

    Raises:
        GiveWhatIsMissing: an order in mL, which does not say how much drug is meant.
        LiquidoseError: the previous strength cannot be read, or does not match the dose.
    """
    if previous == now.as_written:
        return StrengthChange((SAME,), None)
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
    strength = cast("Strength", old.strength)  # the same dose, and it is no volume
    doubts = tuple(_doubt(w.text) for w in old.notes if w not in now.notes and w.code != NOT_MEASURABLE)
    if strength.per_ml.to(now.strength.per_ml.unit) == now.strength.per_ml:
        return StrengthChange((SAME, *doubts), None)
    give = volume_words(measured.ml)
    exact = write_short(old.volume)
    if old.measured is None:
        told = f"give {give}"
        note = Caution(
            code="old-volume-unknown",
            text=f"The label does not tell the old volume: {exact} of the previous strength cannot be "
            "measured with the stocked syringes. Ask what was given.",
            level="note",
        )
    else:
        was = volume_words(old.measured.ml)
        told = f"the dose is still {give}" if old.measured.ml == measured.ml else f"give {give}, not {was}"
        note = Caution(
            code="old-volume",
            text=f"With the previous strength, {write_strength(strength, profile=profile)}, the exact dose is "
            f"{exact}, measured as {was} on a {old.measured.syringe.words}.",
            level="note",
        )
        if tenfold := tenfold_strengths(now.strength, strength):
            doubts = (Caution(code="tenfold-strength", text=tenfold, level="note"), *doubts)
    bottle = "container" if now.route == "injection" else "bottle"
    warning = Caution(code=NEW_STRENGTH, text=f"NEW STRENGTH: {told}. Do not use the old {bottle}.")
    return StrengthChange((warning, note, *doubts), old)


def tenfold_strengths(now: Strength, before: Strength) -> str:
    """What is said where one of two bottles is ten times as strong as the other, or more (R172); else nothing."""
    ratio = now.per_ml.value / before.per_ml.to(now.per_ml.unit).value
    if ratio >= _TENFOLD:
        return "The new bottle is at least ten times as strong: the old number of mL would be an overdose."
    if ratio <= Fraction(1, _TENFOLD):
        return (
            "The old bottle was at least ten times as strong: the old number of mL would be far too little."
        )
    return ""


def _doubt(text: str) -> Caution:
    """What reading the previous strength had to say, for the pharmacist."""
    return Caution(code="previous-strength", text=f"Previous strength: {text}", level="note")
