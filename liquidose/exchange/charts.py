"""A chart as data: a stable JSON document, and a table of one row for each cell.

Every value is text: a short decimal where it is exact, else a fraction such as ``10/3``. In the table a volume
that is no decimal is rounded and says so, for a spreadsheet takes a fraction for a date.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final, Literal

import msgspec

from liquidose.charts.cells import bottle_words, refusal_of, strength_in
from liquidose.charts.strength_chart import StrengthChart
from liquidose.charts.weight_bands import Edge
from liquidose.charts.weight_chart import WeightChart, WeightRow
from liquidose.conversion import Conversion
from liquidose.exchange.conversions import (
    Amount,
    MeasuredPart,
    VolumePart,
    WarningPart,
    convert_document,
    exact_text,
    plain,
)
from liquidose.numbers import rounded
from liquidose.quantities.quantity import Quantity
from liquidose.source import Source

STRENGTHS: Final = "liquidose.strength-chart/1"
WEIGHTS: Final = "liquidose.weight-chart/1"


class CellPart(msgspec.Struct, frozen=True, kw_only=True):
    """One dose of one bottle."""

    volume: VolumePart
    """Exact; never an instruction where ``measured`` is null."""
    measured: MeasuredPart | None
    refusal: str
    """Why it cannot be measured; empty where it can."""
    warnings: tuple[WarningPart, ...]


class BottlePart(msgspec.Struct, frozen=True, kw_only=True):
    """The strength of a bottle per mL, and in the words of the sheet."""

    value: str
    unit: str
    per: Literal["mL"]
    words: str


class DosePart(msgspec.Struct, frozen=True, kw_only=True):
    """One row: a dose of each bottle, in the order of ``strengths``."""

    dose: Amount
    cells: tuple[CellPart, ...]


class StrengthChartDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Doses of one or several bottles side by side."""

    schema: Literal["liquidose.strength-chart/1"]
    drug: str
    strengths: tuple[BottlePart, ...]
    rows: tuple[DosePart, ...]
    warnings: tuple[WarningPart, ...]


class EdgePart(msgspec.Struct, frozen=True, kw_only=True):
    """Where a band begins or ends."""

    value: str
    unit: str
    kg: str
    belongs: bool
    """Whether this very weight is in the band."""


class BandPart(msgspec.Struct, frozen=True, kw_only=True):
    """One band with its dose; ``upper`` is null only in the last band of a chart without an upper end."""

    words: str
    lower: EdgePart
    upper: EdgePart | None
    dose: Amount
    would_be: Amount | None
    """Before a stated limit, where one applied."""
    per_kg_at_lower: Amount
    per_kg_at_upper: Amount | None
    cell: CellPart


class WeightChartDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A dose for each band of weight."""

    schema: Literal["liquidose.weight-chart/1"]
    drug: str
    strength: BottlePart
    ordered: str
    """The dose of every band; empty where each has its own."""
    dose_at: str
    source: str
    bands: tuple[BandPart, ...]
    warnings: tuple[WarningPart, ...]


def chart_document(chart: StrengthChart | WeightChart) -> StrengthChartDocument | WeightChartDocument:
    """The document of a chart."""
    warnings = tuple(WarningPart(code=w.code, text=plain(w.text)) for w in chart.warnings)
    if isinstance(chart, StrengthChart):
        return StrengthChartDocument(
            schema=STRENGTHS,
            drug=chart.drug,
            strengths=tuple(_bottle(bottle, chart) for bottle in chart.bottles),
            rows=tuple(
                DosePart(dose=_amount(row.dose), cells=tuple(map(_cell, row.cells))) for row in chart.rows
            ),
            warnings=warnings,
        )
    return WeightChartDocument(
        schema=WEIGHTS,
        drug=chart.drug,
        strength=_bottle(chart.bottle, chart),
        ordered=plain(chart.rule),
        dose_at=chart.dose_at,
        source=chart.source,
        bands=tuple(_band(row, chart.locale) for row in chart.rows),
        warnings=warnings,
    )


def _amount(quantity: Quantity) -> Amount:
    return Amount(value=exact_text(quantity.value), unit=quantity.unit.name)


def _bottle(bottle: Source, chart: StrengthChart | WeightChart) -> BottlePart:
    part = _amount(strength_in(bottle).per_ml)
    return BottlePart(value=part.value, unit=part.unit, per="mL", words=_words(bottle, chart))


def _words(bottle: Source, chart: StrengthChart | WeightChart) -> str:
    return plain(bottle_words(bottle, locale=chart.locale, profile=chart.profile))


def _cell(cell: Conversion) -> CellPart:
    document = convert_document(cell)
    return CellPart(
        volume=document.volume,
        measured=document.measured,
        refusal=plain(refusal_of(cell)),
        warnings=document.warnings,
    )


def _edge(edge: Edge) -> EdgePart:
    given = _amount(edge.weight.given)
    return EdgePart(value=given.value, unit=given.unit, kg=exact_text(edge.kg), belongs=edge.inside)


def _band(row: WeightRow, locale: str | None) -> BandPart:
    low, high = row.per_kg
    return BandPart(
        words=plain(row.band.words(locale)),
        lower=_edge(row.band.lower),
        upper=None if row.band.upper is None else _edge(row.band.upper),
        dose=_amount(row.cell.dose_amount),
        would_be=None if row.before_limits is None else _amount(row.before_limits),
        per_kg_at_lower=_amount(low),
        per_kg_at_upper=None if high is None else _amount(high),
        cell=_cell(row.cell),
    )


_HEAD: Final = (
    "dose", "dose_unit", "strength", "volume_ml", "volume_is_rounded", "measured_ml", "fillings_ml", "syringe",
    "refusal", "warnings",
)  # fmt: skip


def chart_csv(chart: StrengthChart | WeightChart) -> str:
    """A row for each cell; bands of weight come first in the row."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if isinstance(chart, StrengthChart):
        writer.writerow(_HEAD)
        words = [_words(bottle, chart) for bottle in chart.bottles]
        for line in chart.rows:
            writer.writerows(_fields(cell, one) for cell, one in zip(line.cells, words, strict=True))
    else:
        writer.writerow(("weight", *_HEAD))
        for row in chart.rows:
            writer.writerow(
                (plain(row.band.words(chart.locale)), *_fields(row.cell, _words(chart.bottle, chart)))
            )
    return out.getvalue()


def _fields(cell: Conversion, strength: str) -> Iterator[str]:
    part, measured = _cell(cell), cell.measured
    yield from (_decimal(cell.dose_amount), cell.dose_amount.unit.name, strength)
    yield part.volume.decimal_ml
    yield "yes" if part.volume.is_rounded else "no"
    yield "" if measured is None else exact_text(measured.ml)
    yield "" if measured is None else " and ".join(map(exact_text, measured.draws_ml))
    yield "" if measured is None else measured.syringe.id
    yield part.refusal
    yield " ".join(w.text for w in part.warnings if w.text != part.refusal)


def _decimal(quantity: Quantity) -> str:
    text = exact_text(quantity.value)
    return f"about {exact_text(rounded(quantity.value))}" if "/" in text else text
