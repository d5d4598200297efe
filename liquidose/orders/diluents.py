"""What was added in a syringe to dilute the dose: its name as safe text, and how much of it, exactly."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final, NamedTuple

from liquidose.dosing.strength import ML
from liquidose.errors import CheckTheAmount, UnreadableText
from liquidose.numbers import read_number, write_number
from liquidose.quantities.lint import amounts_in
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.writing import NO_BREAK

_PERCENT: Final = re.compile(r"(\S+?)[ \u00a0]?%")


class Diluent(NamedTuple):
    """One diluent in one syringe."""

    name: str
    """With its percentage, as in ``sodium chloride 0.9 %``; no other amount stands in it."""
    ml: Fraction


def read_diluent(name: str, volume: str, *, locale: str | None = None) -> Diluent:
    r"""The diluent of an order.

    Raises:
        UnreadableText: a number that could be read two ways, or an amount in the name that is no percentage.
        UnitsDoNotMatch: the volume is none.
        CheckTheAmount: it is nothing.

    >>> read_diluent("sodium chloride 0.90%", "9 mL")
    Diluent(name='sodium chloride 0.9\xa0%', ml=Fraction(9, 1))
    """
    amounts = [found for found in amounts_in(name) if not found.endswith("%")]
    if amounts:
        raise UnreadableText(
            f"preparation.diluent holds an amount, '{amounts[0]}', in its name: '{name}'.",
            "Give how much was added in preparation.diluent_volume only.",
            given=name,
        )
    ml = read_quantity(volume, locale=locale).to(ML).value
    if not ml:
        raise CheckTheAmount(
            f"The volume of diluent '{volume}' is nothing.",
            "Leave out preparation.diluent and its volume.",
            given=volume,
        )
    clean = _PERCENT.sub(lambda m: f"{write_number(read_number(m[1], locale=locale))}{NO_BREAK}%", name)
    return Diluent(clean, ml)
