"""Bands of weight: which weights each is for, to the gram, with no gap and no overlap.

An edge says whether it belongs: ``from`` and ``up_to`` do, ``over`` and ``under`` do not. So where one band ends
``under = "7 kg"`` the next begins ``from = "7 kg"``, and every weight is in one band.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Final, Literal, cast

import msgspec

from liquidose.cautions import Notes
from liquidose.dosing.patient import KG, Measurement, measurement
from liquidose.errors import CheckTheAmount, GiveWhatIsMissing, LiquidoseError
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.writing import write_short

MOST_BANDS: Final = 1000


class Edge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a band begins or ends."""

    weight: Measurement
    inside: bool
    """Whether this very weight belongs to the band."""

    @property
    def kg(self) -> Fraction:
        """The weight in kg, exactly."""
        return self.weight.used.value


class Band(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Weights from one edge to another.

    Raises:
        CheckTheAmount: it ends before it begins, or where it begins.
    """

    lower: Edge
    upper: Edge | None
    """None for the last band of a chart that has no upper end."""

    def __post_init__(self) -> None:
        if self.upper is not None and self.upper.kg <= self.lower.kg:
            raise CheckTheAmount(
                f"The band {self.words()} ends before it begins.",
                "Write the smaller weight first.",
                given=self.words(),
            )

    def words(self, locale: str | None = None) -> str:
        """Which weights these are, with the edge that belongs: ``from 12 lb to under 18 lb``."""
        low = write_short(self.lower.weight.given, locale=locale)
        if self.upper is None:
            return f"{low} and over" if self.lower.inside else f"over {low}"
        high = write_short(self.upper.weight.given, locale=locale)
        start = f"from {low}" if self.lower.inside else f"over {low}"
        return f"{start} {'up to and including' if self.upper.inside else 'to under'} {high}"


class BandRow(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}
):
    """One band as a file writes it."""

    from_: str | None = None
    over: str | None = None
    under: str | None = None
    up_to: str | None = None
    dose: str | None = None
    """Where the chart has no dose of its own for every band."""


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Bands of one width: from a weight, to under another."""

    from_: str
    to: str
    every: str


class WeightBands(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A chart of weights as a file writes it.

    Raises:
        ValueError: neither bands nor a step, or both.
    """

    drug: str
    strength: str
    dose: str | None = None
    """For every band: per kg or fixed, with its maximum in brackets behind it."""
    dose_at: Literal["lower end", "middle"] | None = None
    """Which weight of a band a dose per kg is worked out for."""
    times_a_day: int | None = None
    route: str | None = None
    locale: str | None = None
    source: str = ""
    """Who says so; printed."""
    band: tuple[BandRow, ...] = ()
    step: Step | None = None

    def __post_init__(self) -> None:
        if bool(self.band) == (self.step is not None):
            raise ValueError("a chart of weights has [[band]] rows, at least one, or a [step], and not both")
        if len(self.band) > MOST_BANDS:
            raise ValueError(f"a chart holds at most {MOST_BANDS} bands")


def bands_of(chart: WeightBands, *, notes: Notes = None) -> tuple[Band, ...]:
    """The bands in order, each beginning where the one before it ends.

    Raises:
        CheckTheAmount: a gap, an overlap, an end before its start, a weight outside 0.3 to 350 kg, or a step
            that leaves a rest.
        GiveWhatIsMissing: a band without a lower end, or without an upper one that is not the last.
        CannotRead: a weight without its unit, or one that could be read two ways.
    """
    if chart.step is not None:
        return _by_step(chart.step, chart.locale, notes)
    bands = []
    for number, row in enumerate(chart.band, 1):
        try:
            bands.append(_band(row, chart.locale, notes, last=number == len(chart.band)))
        except LiquidoseError as fault:
            raise type(fault)(f"Band {number}: {fault.problem}", fault.remedy, given=fault.given) from None
    for number, (one, other) in enumerate(pairwise(bands), 1):
        _check_they_meet(number, one, other)
    return tuple(bands)


def _band(row: BandRow, locale: str | None, notes: Notes, *, last: bool) -> Band:
    lower = _edge(("from", row.from_), ("over", row.over), locale, notes)
    upper = _edge(("up_to", row.up_to), ("under", row.under), locale, notes)
    if lower is None:
        raise GiveWhatIsMissing(
            "It has no lower end, so no dose per kg can be told for the smallest patient.",
            "Write 'from' or 'over' with the smallest weight it is meant for.",
            given="from",
        )
    if upper is None and not last:
        raise GiveWhatIsMissing(
            "It has no upper end, and it is not the last.", "Write 'under' or 'up_to'.", given="under"
        )
    return Band(lower=lower, upper=upper)


def _edge(
    belongs: tuple[str, str | None], beyond: tuple[str, str | None], locale: str | None, notes: Notes
) -> Edge | None:
    """The edge that one of two keys writes: the first key's weight belongs to the band."""
    if belongs[1] is not None and beyond[1] is not None:
        raise CheckTheAmount(
            f"It has both '{belongs[0]}' and '{beyond[0]}'.", "Write one of them.", given=belongs[1]
        )
    text = belongs[1] if belongs[1] is not None else beyond[1]
    if text is None:
        return None
    weight = measurement(text, "weight", locale=locale, notes=notes)
    return Edge(weight=weight, inside=belongs[1] is not None)


def _check_they_meet(number: int, one: Band, other: Band) -> None:
    """Nothing comes out, if the second band begins exactly where the first ends.

    Raises:
        CheckTheAmount: a weight in neither, or in both.
    """
    end, start = cast("Edge", one.upper), other.lower  # only the last band may lack its upper end
    both = f"Band {number} ({one.words()}) and band {number + 1} ({other.words()})"
    if start.kg < one.lower.kg:
        raise CheckTheAmount(
            f"{both} are not in order.", "Write the band of the smaller weights first.", given=other.words()
        )
    ending, starting = (write_short(edge.weight.given) for edge in (end, start))
    if start.kg > end.kg or (start.kg == end.kg and not start.inside and not end.inside):
        raise CheckTheAmount(
            f"{both} leave a gap: a weight {_missed(end, start)} is in neither.",
            f'End the first with {"under" if start.inside else "up_to"} = "{starting}", or begin the second with '
            f'{"over" if end.inside else "from"} = "{ending}".',
            given=other.words(),
        )
    if start.kg < end.kg or (start.inside and end.inside):
        raise CheckTheAmount(
            f"{both} overlap: a weight of {starting} is in both.",
            "Let the second begin where the first ends: 'under' then 'from', or 'up_to' then 'over'.",
            given=other.words(),
        )


def _missed(end: Edge, start: Edge) -> str:
    """Which weights lie between two edges that do not meet."""
    ending, starting = (write_short(edge.weight.given) for edge in (end, start))
    return f"of {ending}" if start.kg == end.kg else f"between {ending} and {starting}"


def _by_step(step: Step, locale: str | None, notes: Notes) -> tuple[Band, ...]:
    first, last = (measurement(text, "weight", locale=locale, notes=notes) for text in (step.from_, step.to))
    every = read_quantity(step.every, locale=locale, notes=notes)
    if not every.value or not first.given.unit == last.given.unit == every.unit:
        raise CheckTheAmount(
            f"The step of {step.every} from {step.from_} to {step.to} is no number of bands.",
            "Write all three weights in one unit, such as '5 kg'.",
            given=step.every,
        )
    span, width = last.given.value - first.given.value, every.value
    if span <= 0:
        raise CheckTheAmount(
            f"The step goes from {step.from_} to {step.to}: it ends before it begins.",
            "Write the smaller weight first.",
            given=step.to,
        )
    if span % width:
        raise CheckTheAmount(
            f"Bands of {step.every} from {step.from_} do not end at {step.to}: a rest is left over.",
            "Change the end, or write the bands out.",
            given=step.every,
        )
    if span / width > MOST_BANDS:
        raise CheckTheAmount(
            f"Bands of {step.every} would be {span / width} of them; a chart holds {MOST_BANDS}.",
            "Choose a wider step.",
            given=step.every,
        )

    def at(k: int) -> Measurement:
        return measurement(Quantity(value=first.given.value + k * width, unit=first.given.unit), "weight")

    return tuple(
        Band(lower=Edge(weight=at(k), inside=True), upper=Edge(weight=at(k + 1), inside=False))
        for k in range(int(span / width))
    )


def middle_of(band: Band) -> Measurement:
    """The weight halfway between the ends of a band.

    Raises:
        GiveWhatIsMissing: a band without an upper end has no middle.
    """
    if band.upper is None:
        raise GiveWhatIsMissing(
            f"The band {band.words()} has no upper end, and so no middle.",
            'Give it an upper end, or write dose_at = "lower end".',
            given=band.words(),
        )
    return measurement(Quantity(value=(band.lower.kg + band.upper.kg) / 2, unit=KG), "weight")
