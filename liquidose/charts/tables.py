"""The words of a chart, cell by cell, as paper and terminal show them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from liquidose.charts.cells import bottle_words, only_for, refusal_of
from liquidose.charts.strength_chart import StrengthChart
from liquidose.charts.weight_bands import Band, Edge
from liquidose.charts.weight_chart import WeightChart, WeightRow
from liquidose.conversion import NOT_MEASURABLE, Conversion
from liquidose.devices.measuring import Measured
from liquidose.devices.syringes import Route
from liquidose.directions import BY, given_words, joined, line_words, volume_words
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import NO_BREAK, Profile, units_in_words, write_quantity, write_short

_SAID_IN_THE_CELL = frozenset({"check-the-lines", "limited", "raised"})
NOT_MEASURABLE_WORDS = "Cannot be measured"
UK_TEASPOON_ML = 5


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one cell says."""

    strong: tuple[str, ...] = ()
    """First, and in bold."""
    plain: tuple[str, ...] = ()
    refused: bool = False
    """Whether no stocked syringe measures it: greyed, and its words say so."""


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A chart in words."""

    title: str
    """With the strength, for it stands on every page."""
    only: str
    """Which bottles it is for; on every page too."""
    warned: tuple[str, ...]
    """The chart's own warnings, before everything else."""
    lead: tuple[str, ...]
    """What must be read before the first row."""
    columns: tuple[str, ...]
    rows: tuple[tuple[Words, ...], ...]
    notes: tuple[str, ...]
    """Behind the last row, numbered; cells name their numbers. Then the working, cell by cell, where it is asked for."""


class _Notes:
    """Notes in the order they are met, each text once."""

    def __init__(self, profile: Profile) -> None:
        self._numbers: dict[str, int] = {}
        self._profile = profile

    def see(self, texts: list[str]) -> tuple[str, ...]:
        """Where the texts stand: ``See note 1.``; nothing for none."""
        numbers = []
        for text in texts:
            told = units_in_words(text, profile=self._profile)
            numbers.append(self._numbers.setdefault(told, len(self._numbers) + 1))
        if not numbers:
            return ()
        return (f"See note{'s' if len(numbers) > 1 else ''}{NO_BREAK}{joined(list(map(str, numbers)))}.",)

    def told(self) -> tuple[str, ...]:
        """Every note with its number."""
        return tuple(f"Note{NO_BREAK}{number}: {text}" for text, number in self._numbers.items())


def table_of(chart: StrengthChart | WeightChart, *, working: bool = False) -> Table:
    """The words of a chart; with its ``working``, the arithmetic of every cell behind the notes."""
    table = _of_strengths(chart) if isinstance(chart, StrengthChart) else _of_weights(chart)
    return msgspec.structs.replace(table, notes=(*table.notes, *_working(chart))) if working else table


def _working(chart: StrengthChart | WeightChart) -> Iterator[str]:
    """A paragraph for each cell: which it is, then what a person can check by hand."""
    for row in chart.rows:
        if isinstance(row, WeightRow):
            cells: tuple[Conversion, ...] = (row.cell,)
            which = row.band.words(chart.locale)
        else:
            cells = row.cells
            which = write_quantity(row.dose, locale=chart.locale, profile=chart.profile)
        for cell in cells:
            lines = cell.work(profile=chart.profile, locale=chart.locale)
            yield f"Working, {which}: {' '.join(lines)}"


def _of_strengths(chart: StrengthChart) -> Table:
    notes = _Notes(chart.profile)
    bottles = [bottle_words(b, locale=chart.locale, profile=chart.profile) for b in chart.bottles]
    only = [only_for(b, route=chart.route, locale=chart.locale, profile=chart.profile) for b in chart.bottles]
    several = len(bottles) > 1
    rows = tuple(
        (
            Words(strong=(write_quantity(row.dose, locale=chart.locale, profile=chart.profile),)),
            *(_give(cell, notes, chart.profile) for cell in row.cells),
        )
        for row in chart.rows
    )
    cells = [cell for row in chart.rows for cell in row.cells]
    return Table(
        title=f"{chart.drug or 'Dose chart'}: {joined(bottles)}",
        only="Each column is only for the one strength at its head." if several else only[0],
        warned=_warned(chart),
        lead=(
            f"Each dose is given {BY[chart.route]}. Find its row"
            + (", then the column of your strength." if several else "."),
            *_always(cells, chart.profile, chart.route),
        ),
        columns=("Each dose", *only) if several else ("Each dose", "Give"),
        rows=rows,
        notes=notes.told(),
    )


def _of_weights(chart: WeightChart) -> Table:
    notes = _Notes(chart.profile)
    bottle = bottle_words(chart.bottle, locale=chart.locale, profile=chart.profile)
    rows = tuple(
        (
            Words(strong=(row.band.words(chart.locale),), plain=tuple(_in_kg(row.band, chart.locale))),
            _dose(row, chart),
            _give(row.cell, notes, chart.profile),
        )
        for row in chart.rows
    )
    return Table(
        title=f"{chart.drug} {bottle}: each dose by weight",
        only=only_for(chart.bottle, route=chart.route, locale=chart.locale, profile=chart.profile),
        warned=_warned(chart),
        lead=(
            f"Each dose is given {BY[chart.route]}. {_reach(chart)}",
            *_rule(chart),
            *_always([row.cell for row in chart.rows], chart.profile, chart.route),
        ),
        columns=("Weight", "Each dose", "Give"),
        rows=rows,
        notes=notes.told(),
    )


def _warned(chart: StrengthChart | WeightChart) -> tuple[str, ...]:
    return tuple(units_in_words(w.text, profile=chart.profile) for w in chart.warnings)


def _always(cells: list[Conversion], profile: Profile, route: Route) -> Iterator[str]:
    measured = [cell.measured for cell in cells if cell.measured is not None]
    if any(_lines_may_differ(one) for one in measured):
        yield "Check that your syringe has the lines named here. Makers differ."
    if profile == "uk" and route == "oral" and any(one.ml % UK_TEASPOON_ML for one in measured):
        yield f"Supply an oral syringe: not every dose is a multiple of 5{NO_BREAK}mL."
    if any(cell.measured is None for cell in cells):
        yield "A grey field has no volume: no stocked syringe measures that dose well enough. Ask the pharmacist."


def _lines_may_differ(measured: Measured) -> bool:
    return any(w.code == "check-the-lines" for w in measured.warnings)


def _give(cell: Conversion, notes: _Notes, profile: Profile) -> Words:
    """The volume and the syringe, or that there is none."""
    codes = _SAID_IN_THE_CELL | {NOT_MEASURABLE}
    doubts = [w.text for w in cell.warnings if w.level == "warning" and w.code not in codes]
    if cell.measured is None:
        return Words(
            strong=(NOT_MEASURABLE_WORDS,),
            plain=("with the stocked syringes.", *notes.see([refusal_of(cell), *doubts])),
            refused=True,
        )
    given = given_words(cell.measured, profile=profile)
    return Words(
        strong=(volume_words(cell.measured.ml),),
        plain=(
            _syringe(cell.measured),
            *([f"This gives {given}."] if given else []),
            *notes.see(doubts),
        ),
    )


def _syringe(measured: Measured) -> str:
    """Which syringe, and to which line; each filling by itself where there are several."""
    first, *rest = measured.draws_ml
    words = measured.syringe.words
    if _lines_may_differ(measured) and measured.syringe.units_per_ml is None:
        words += f" marked every {volume_words(measured.syringe.step_ml)}"
    if not rest:
        return f"{words}, to the {line_words(measured, first)}."
    fills = [f"fill to the {line_words(measured, first)} and give it"]
    before = first
    for draw in rest:
        again = " again" if draw == before else ""
        fills.append(f"fill to the {line_words(measured, draw)}{again} and give it")
        before = draw
    return f"{words}: {', then '.join(fills)}."


def _dose(row: WeightRow, chart: WeightChart) -> Words:
    """The amount, with what it is for each kg at both ends of its band."""

    def shown(quantity: Quantity) -> str:
        return units_in_words(write_short(quantity, locale=chart.locale), profile=chart.profile)

    low, high = row.per_kg
    lines = [f"{shown(low)} per{NO_BREAK}kg at {_at(row.band.lower, chart.locale)}"]
    if high is None or row.band.upper is None:
        lines.append("and less per kg above")
    else:
        lines.append(f"{shown(high)} per{NO_BREAK}kg at {_at(row.band.upper, chart.locale)}")
    if row.before_limits is not None:
        amount, would = row.cell.dose_amount.value, row.before_limits
        word = "limited to the maximum" if amount < would.value else "raised to the minimum"
        lines.append(f"{word} (would be {shown(would)})")
    return Words(strong=(shown(row.cell.dose_amount),), plain=tuple(lines))


def _at(edge: Edge, locale: str | None) -> str:
    return write_short(edge.weight.given, locale=locale)


def _in_kg(band: Band, locale: str | None) -> Iterator[str]:
    """The ends in kg, where they were given in something else."""
    edges = [edge for edge in (band.lower, band.upper) if edge is not None]
    if any(edge.weight.given != edge.weight.used for edge in edges):
        yield " to ".join(write_short(edge.weight.used, locale=locale) for edge in edges)


def _reach(chart: WeightChart) -> str:
    first, last = chart.rows[0].band, chart.rows[-1].band
    whole = Band(lower=first.lower, upper=last.upper).words(chart.locale)
    return f"This chart is for weights {whole}. For any other weight ask the prescriber."


def _rule(chart: WeightChart) -> Iterator[str]:
    if chart.rule:
        at = {"": "", "lower end": ", worked out for the lower end of each band", "middle": ", worked out for the middle of each band"}  # fmt: skip
        yield f"Ordered: {chart.rule}{at[chart.dose_at]}."
    elif chart.dose_at:
        yield f"A dose per kg is worked out for the {chart.dose_at} of its band."
    if chart.source:
        yield f"Doses from: {chart.source.rstrip('.')}."
