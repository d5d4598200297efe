"""The strength chart: the same doses of one or several bottles side by side, in mL and on a syringe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Final

import msgspec

from liquidose.cautions import Caution
from liquidose.charts.cells import (
    cell_for,
    chart_bottle,
    checked_amount,
    checked_words,
    need_one,
    strength_in,
)
from liquidose.conversion import Conversion
from liquidose.devices.syringes import Route
from liquidose.dosing.dose import Dose
from liquidose.dosing.ordered import read_dose
from liquidose.dosing.strength import MG, write_strength
from liquidose.errors import CheckTheAmount, GiveWhatIsMissing, UnitsDoNotMatch
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import Profile, english, write_quantity
from liquidose.site import Site
from liquidose.source import Source

MOST_DOSES: Final = 1000
MOST_STRENGTHS: Final = 12
TENFOLD: Final = 10


class StrengthRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One dose of each bottle, in the order of the chart's bottles."""

    dose: Quantity
    cells: tuple[Conversion, ...]


class StrengthChart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Doses down, bottles across; the doses ascend."""

    drug: str
    bottles: tuple[Source, ...]
    rows: tuple[StrengthRow, ...]
    profile: Profile
    locale: str | None
    """How numbers are written on it: an English locale or none."""
    route: Route
    warnings: tuple[Caution, ...]


def strength_chart(  # noqa: PLR0913  (what a chart is of)
    doses: Sequence[str],
    strengths: Sequence[str],
    *,
    drug: str = "",
    route: Route | None = None,
    locale: str | None = None,
    site: Site | None = None,
) -> StrengthChart:
    """Each dose of each bottle, exact and measured.

    Raises:
        GiveWhatIsMissing: no dose or no strength.
        CheckTheAmount: a dose or a strength twice, too many of them, or an implausible volume in any cell.
        TypeError: one text where a list of them is needed.
        UnitsDoNotMatch: a dose that is not one amount, or counts something else than a bottle does.
        ChangeTheDevice: no cell can be measured.
        LiquidoseError: a text that cannot be read.
    """
    site = site or Site()
    notes: list[Caution] = []
    if isinstance(doses, str) or isinstance(strengths, str):
        raise TypeError("Doses and strengths are given as lists of texts")
    if not doses or not strengths:
        what, example = ("dose", "5 mg") if not doses else ("strength", "5 mg/5 mL")
        raise GiveWhatIsMissing(f"The chart has no {what}.", f"Give one, such as '{example}'.", given="")
    for count, most, what in (
        (len(doses), MOST_DOSES, "doses"),
        (len(strengths), MOST_STRENGTHS, "strengths"),
    ):
        if count > most:
            raise CheckTheAmount(
                f"{count} {what} are more than a chart holds, {most}.",
                "Make several charts.",
                given=str(count),
            )
    name = checked_words(drug, "drug's name")
    bottles = tuple(chart_bottle(text, name, locale=locale, notes=notes) for text in strengths)
    _each_strength_once(bottles)
    ordered = _ascending([_amount(text, locale, notes) for text in doses])
    rows = tuple(
        StrengthRow(
            dose=dose.amount, cells=tuple(cell_for(dose, bottle, site, route=route) for bottle in bottles)
        )
        for dose in ordered
    )
    every = [cell for row in rows for cell in row.cells]
    need_one(every)
    return StrengthChart(
        drug=name,
        bottles=bottles,
        rows=rows,
        profile=site.profile,
        locale=english(locale),
        route=every[0].route or "oral",
        warnings=(*notes, *_of_side_by_side(bottles, site.profile)),
    )


def doses_in(text: str) -> list[str]:
    """The doses of a list such as ``5 mg, 10 mg``: a comma behind a unit parts them, one inside a number does not.

    >>> doses_in("5 mg,10 mg, 1,000 mg")
    ['5 mg', '10 mg', '1,000 mg']
    """
    return re.split(r"(?<=[^\W\d_])\s*,\s*", text.strip())


def _amount(text: str, locale: str | None, notes: list[Caution]) -> Dose:
    dose = checked_amount(read_dose(text, locale=locale, notes=notes), text)
    if dose != Dose(amount=dose.amount):
        raise UnitsDoNotMatch(
            f"'{text}' is not one amount, and a chart of strengths knows no patient.",
            "Write the amount of one dose, such as '5 mg', or make a chart of weights.",
            given=text,
        )
    return dose


def _ascending(doses: list[Dose]) -> list[Dose]:
    unit = doses[0].amount.unit
    found = sorted(doses, key=lambda dose: dose.amount.to(unit).value)
    for one, other in pairwise(found):
        if one.amount.to(unit) == other.amount.to(unit):
            shown = write_quantity(other.amount)
            raise CheckTheAmount(f"The dose {shown} stands twice.", "Leave one out.", given=shown)
    return found


def _each_strength_once(bottles: tuple[Source, ...]) -> None:
    for one, other in combinations(bottles, 2):
        first, second = strength_in(one).per_ml, strength_in(other).per_ml
        if first.unit.dimension == second.unit.dimension and second.to(first.unit) == first:
            raise CheckTheAmount(
                f"'{one.as_written}' and '{other.as_written}' are the same strength.",
                "Leave one out.",
                given=other.as_written,
            )


def _of_side_by_side(bottles: tuple[Source, ...], profile: Profile) -> Iterator[Caution]:
    """What is easily mistaken where several strengths stand on one sheet (R172, R173)."""
    strengths = sorted(
        (strength_in(bottle) for bottle in bottles),
        key=lambda s: s.per_ml.to(strength_in(bottles[0]).per_ml.unit).value,
    )
    for weak, strong in combinations(strengths, 2):
        times = strong.per_ml.to(weak.per_ml.unit).value / weak.per_ml.value
        if times >= TENFOLD:
            shown = write_strength(strong, profile=profile), write_strength(weak, profile=profile)
            by = f"{times} times" if times.denominator == 1 else "more than 10 times"
            yield Caution(
                code="hazard-ratio",
                text=f"{shown[0]} is {by} as strong as {shown[1]}. Read the strength on the bottle first.",
            )
    same = [
        s for s in strengths if s.per_ml.unit.dimension == "mass" and s.per_ml.to(MG).value == Fraction(1)
    ]
    if same and len(strengths) > 1:
        yield Caution(
            code="same-number",
            text=f"Only at {write_strength(same[0], profile=profile)} is a number of mg the same number of mL. "
            "In every other column they differ.",
        )
