"""Strength: how much drug is in 1 mL, exactly; and the statement of it that a container carries."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal

import msgspec

from liquidose import cautions
from liquidose.errors import CheckTheAmount, UnitsDoNotMatch
from liquidose.numbers import exceeds, write_number
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.units import UNITS
from liquidose.quantities.writing import NO_BREAK, Profile, write_quantity

ML: Final = UNITS["mL"]
MG: Final = UNITS["mg"]


class Strength(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The amount of drug in 1 mL. Two strengths that are the same are equal, however they were written.

    Raises:
        UnitsDoNotMatch: the amount is not one of drug (a volume, a weight).
        CheckTheAmount: none at all, or more than 2,500 mg in 1 mL.
    """

    per_ml: Quantity
    """In the unit as written; mg for a percentage or a ratio."""

    def __post_init__(self) -> None:
        unit = self.per_ml.unit
        if "amount" not in unit.uses:
            raise UnitsDoNotMatch(
                f"A strength states an amount of drug per volume, not {unit.name} per mL.",
                "Write it like '5 mg/5 mL'.",
                given=unit.name,
            )
        if not self.per_ml.value:
            raise CheckTheAmount(
                f"{write_quantity(self.per_ml)} per mL holds no drug.",
                "Check the label of the container.",
                given="0",
            )
        if unit.dense_refused is not None and exceeds(self.per_ml.value, unit.dense_refused):
            shown = write_quantity(self.per_ml)
            raise CheckTheAmount(
                f"{shown} in 1{NO_BREAK}mL is more than any liquid holds.",
                "Check the strength on the container.",
                given=shown,
            )


def strength_of(amount: Quantity, volume: Quantity) -> Strength:
    """The strength of a liquid with this amount of drug in this volume.

    Raises:
        CheckTheAmount: no volume, no amount, or an implausible strength.
        UnitsDoNotMatch: the amount or the volume is something else.
    """
    millilitres = volume.to(ML).value
    if not millilitres:
        raise CheckTheAmount(
            f"{write_quantity(amount)} in {write_quantity(volume)} is no strength.",
            "Write the volume it is in, such as '5 mg/5 mL'.",
            given=write_quantity(volume),
        )
    value = amount.value if millilitres == 1 else amount.value / millilitres
    return Strength(per_ml=Quantity(value=value, unit=amount.unit))


Notation = Literal["amount", "percent", "ratio", "u-number"]
"""How a container states its strength; U-100 is 100 units in 1 mL."""


class Stated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A strength as a container states it: so much in so much."""

    amount: Quantity
    volume: Quantity
    notation: Notation = "amount"
    """A percentage is weight in volume (1 g in 100 mL is 1 %), a ratio g in mL; both are held in mg."""

    @property
    def strength(self) -> Strength:
        """The strength stated."""
        return strength_of(self.amount, self.volume)


def stated_per_ml(strength: Strength) -> Stated:
    """The statement of a strength that was never written, per mL."""
    return Stated(amount=strength.per_ml, volume=Quantity(value=Fraction(1), unit=ML))


def on_paper(stated: Stated) -> Stated:
    """The statement as a label may carry it: never as a ratio (R18)."""
    return stated_per_ml(stated.strength) if stated.notation == "ratio" else stated


def write_strength(
    strength: Strength, *, locale: str | None = None, profile: Profile = "international"
) -> str:
    """The strength per mL, in words that read back: ``5 mg per mL``."""
    return f"{write_quantity(strength.per_ml, locale=locale, profile=profile)} per{NO_BREAK}mL"


def write_stated(stated: Stated, *, locale: str | None = None, profile: Profile = "international") -> str:
    """The strength as the container states it, and per mL beside it where that differs (R20 to R22).

    ``5 mg in 5 mL (1 mg per mL)``, ``2 % (20 mg per mL)``, ``1:1000 (1 mg per mL)``, ``5 mg per mL``.
    """
    per_ml = write_strength(stated.strength, locale=locale, profile=profile)
    if stated.notation == "percent":
        percent = stated.strength.per_ml.value / 10
        return f"{write_number(percent, locale=locale)}{NO_BREAK}% ({per_ml})"
    if stated.notation == "ratio":
        parts = 1000 / stated.strength.per_ml.value
        return f"1:{parts} ({per_ml})"
    if stated.volume.to(ML).value == 1:
        return per_ml
    amount = write_quantity(stated.amount, locale=locale, profile=profile)
    return f"{amount} in {write_quantity(stated.volume, locale=locale)} ({per_ml})"


def note_density(strength: Strength, notes: cautions.Notes) -> None:
    """Nothing comes out; more than 1,000 mg in 1 mL leaves a warning."""
    unit = strength.per_ml.unit
    if unit.dense_warns is not None and exceeds(strength.per_ml.value, unit.dense_warns):
        shown = write_strength(strength)
        cautions.add(notes, "very-strong", f"{shown} is denser than most liquids; check the container.")
