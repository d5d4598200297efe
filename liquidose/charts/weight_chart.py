"""The weight-band chart: one dose for each band of weight, exact and measured, with mg per kg at both its ends."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from liquidose.cautions import Caution
from liquidose.charts.cells import cell_for, chart_bottle, checked_amount, checked_words, need_one
from liquidose.charts.weight_bands import Band, WeightBands, bands_of, middle_of
from liquidose.conversion import Conversion
from liquidose.devices.syringes import Route
from liquidose.dosing.dose import Dose, write_dose
from liquidose.dosing.ordered import read_dose
from liquidose.dosing.patient import Measurement, Patient
from liquidose.errors import GiveWhatIsMissing, LiquidoseError, UnitsDoNotMatch
from liquidose.orders.parts import route_of
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import Profile, english, write_quantity
from liquidose.site import Site
from liquidose.source import Source


class WeightRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One band with its dose."""

    band: Band
    cell: Conversion
    dosed_at: Measurement | None
    """The weight that a dose per kg was worked out for; None for a fixed dose."""

    @property
    def per_kg(self) -> tuple[Quantity, Quantity | None]:
        """What the dose is for each kg at the lower and at the upper end; None where the band has no upper end."""
        dose, upper = self.cell.dose_amount, self.band.upper
        return (
            Quantity(value=dose.value / self.band.lower.kg, unit=dose.unit),
            None if upper is None else Quantity(value=dose.value / upper.kg, unit=dose.unit),
        )

    @property
    def over_order(self) -> Fraction:
        """How many times the dose per kg ordered the smallest patient of the band gets; 1 for a fixed dose."""
        if self.dosed_at is None:
            return Fraction(1)
        ordered = self.cell.each.before_limits.value / self.dosed_at.used.value
        return self.per_kg[0].value / ordered

    @property
    def before_limits(self) -> Quantity | None:
        """What the dose would be without its limits, where one of them applied."""
        each = self.cell.each
        return None if each.before_limits == each.amount else each.before_limits


class WeightChart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bands of weight down, each with its dose of one bottle."""

    drug: str
    bottle: Source
    rows: tuple[WeightRow, ...]
    rule: str
    """The dose of every band as it is ordered; empty where each band has its own."""
    dose_at: str
    source: str
    profile: Profile
    locale: str | None
    """How numbers are written on it: an English locale or none."""
    route: Route
    warnings: tuple[Caution, ...]


def weight_chart(bands: WeightBands, *, site: Site | None = None) -> WeightChart:
    """Each band with its dose, exact and measured.

    Raises:
        CheckTheAmount: a gap or an overlap of bands, a weight outside 0.3 to 350 kg, an implausible volume.
        GiveWhatIsMissing: a dose, the end a dose per kg is worked out for, the doses a day.
        UnitsDoNotMatch: a dose in mL or per m².
        ChangeTheDevice: no band's dose can be measured.
        LiquidoseError: a text that cannot be read.
    """
    site = site or Site()
    notes: list[Caution] = []
    drug, source = checked_words(bands.drug, "drug's name"), checked_words(bands.source, "source")
    if not drug:
        raise GiveWhatIsMissing("The chart names no drug.", "Write its name as 'drug'.", given="drug")
    bottle = chart_bottle(bands.strength, drug, locale=bands.locale, notes=notes)
    route = route_of(bands.route)
    found = bands_of(bands, notes=notes)
    own = [row.dose for row in bands.band] or [None] * len(found)
    rows = []
    for number, (band, text) in enumerate(zip(found, own, strict=True), 1):
        try:
            dose = _dose(bands, text, notes)
            at = _dosed_at(bands, band) if dose.per == "kg" else None
            cell = cell_for(
                dose,
                bottle,
                site,
                patient=Patient(weight=at),
                times_a_day=bands.times_a_day,
                route=route,
            )
        except LiquidoseError as fault:
            raise type(fault)(
                f"Band {number} ({band.words()}): {fault.problem}", fault.remedy, given=fault.given
            ) from None
        rows.append(WeightRow(band=band, cell=cell, dosed_at=at))
    need_one(row.cell for row in rows)
    english_only = english(bands.locale)
    every = read_dose(bands.dose, locale=bands.locale) if bands.dose else None
    return WeightChart(
        drug=drug,
        bottle=bottle,
        rows=tuple(rows),
        rule="" if every is None else write_dose(every, locale=english_only, profile=site.profile),
        dose_at=bands.dose_at or "" if any(row.dosed_at for row in rows) else "",
        source=source,
        profile=site.profile,
        locale=english_only,
        route=rows[0].cell.route or "oral",
        warnings=(*notes, *_more_than_ordered(rows, english_only, site.profile)),
    )


def _more_than_ordered(rows: list[WeightRow], locale: str | None, profile: Profile) -> tuple[Caution, ...]:
    """A warning of the band whose smallest patient gets the most beyond the dose per kg ordered, if one does."""
    worst = max(rows, key=lambda row: row.over_order)
    if worst.over_order <= 1:
        return ()
    low = worst.per_kg[0]
    ordered = Quantity(value=low.value / worst.over_order, unit=low.unit)
    shown = [f"{write_quantity(q, locale=locale, profile=profile)} per\u00a0kg" for q in (low, ordered)]
    text = f"At the lower end of the band {worst.band.words(locale)} the dose is {shown[0]}, where {shown[1]} is ordered."
    return (Caution(code="more-per-kg", text=text),)


def _dose(bands: WeightBands, own: str | None, notes: list[Caution]) -> Dose:
    """What one band orders: its own dose, or the chart's."""
    if (own is None) == (bands.dose is None):
        problem = (
            "It has no dose, and the chart has none." if own is None else "It and the chart have a dose."
        )
        raise GiveWhatIsMissing(
            problem, "Write 'dose' once for the chart, or in every band.", given=own or "dose"
        )
    text = own or bands.dose or ""
    dose = checked_amount(read_dose(text, locale=bands.locale, notes=notes), text)
    if dose.per == "m2":
        raise UnitsDoNotMatch(
            f"'{text}' needs a body surface, which a band of weights does not tell.",
            "Write the dose per kg, or a fixed dose in each band.",
            given=text,
        )
    return dose


def _dosed_at(bands: WeightBands, band: Band) -> Measurement:
    """The weight a dose per kg is worked out for; never guessed."""
    if bands.dose_at is None:
        raise GiveWhatIsMissing(
            "The dose is per kg, and the chart does not say for which weight of a band.",
            'Write dose_at = "lower end", so that nobody gets more per kg than ordered, or dose_at = "middle".',
            given="dose_at",
        )
    return band.lower.weight if bands.dose_at == "lower end" else middle_of(band)
