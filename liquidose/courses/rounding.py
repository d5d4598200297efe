"""One measured volume for each exact one of a course, and never a larger exact volume measured as less.

``devices.measuring`` rounds each volume by itself, and a larger syringe has coarser lines: a step up could come
out as a step down. Where it would, the volume is measured again with the one below it as its least. A volume
always has one measured dose, wherever in the course it stands, and no dose makes up for another.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import cast

from liquidose.conversion import Conversion
from liquidose.devices.measuring import Measured, measure
from liquidose.dosing.strength import ML
from liquidose.dosing.volume import volume_for
from liquidose.quantities.quantity import Quantity
from liquidose.site import Site


def monotone(
    conversions: Iterable[Conversion], site: Site, *, ceilings: frozenset[Fraction] = frozenset()
) -> dict[Fraction, Measured]:
    """What the exact volume of each measured conversion is measured as here; it never falls where the exact volume rises.

    A volume among ``ceilings`` is not rounded upwards.

    Raises:
        ChangeTheDevice: no line is left that a volume could be measured on.
    """
    found: dict[Fraction, Measured] = {}
    lowest = Fraction(0)
    for one in sorted(conversions, key=lambda c: c.volume_ml):
        measured = found.get(one.volume_ml) or cast("Measured", one.measured)
        capped = one.volume_ml in ceilings and measured.ml > one.volume_ml
        if measured.ml < lowest or capped:
            measured = _again(one, site, lowest, one.volume_ml if capped else None)
        found[one.volume_ml] = measured
        lowest = measured.ml
    return found


def _again(one: Conversion, site: Site, least_ml: Fraction, most_ml: Fraction | None) -> Measured:
    """The same volume measured within tighter bounds."""
    most = [most_ml] if most_ml is not None else []
    if one.each.most is not None and one.strength is not None:
        most.append(volume_for(one.each.most, one.strength).value)
    return measure(
        one.volume,
        route=one.route or "oral",
        syringes=site.syringes,
        limits=site.limits_in_force,
        least=Quantity(value=least_ml, unit=ML) if least_ml else None,
        most=Quantity(value=min(most), unit=ML) if most else None,
        strength=one.strength,
    )
