"""convert(): from a dose and a strength to an exact volume and the mark on a syringe, warnings collected."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final, cast

import msgspec

from liquidose import cautions
from liquidose.cautions import Caution
from liquidose.devices.limits import Limits
from liquidose.devices.measuring import Measured, measure
from liquidose.devices.syringes import Route, Syringe
from liquidose.dosing.dose import Dose, EachDose, dose_for
from liquidose.dosing.ordered import dose_from_pint, read_dose
from liquidose.dosing.patient import Measurement, Patient, patient_of
from liquidose.dosing.products import Product, read_container
from liquidose.dosing.reconstitution import Reconstitution
from liquidose.dosing.strength import ML, Stated, Strength
from liquidose.dosing.volume import (
    amount_for,
    check_volume,
    strength_that_gives,
    volume_for,
    weight_that_gives,
)
from liquidose.errors import ChangeTheDevice, LiquidoseError, UnitsDoNotMatch, UnreadableText
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.units import is_pint
from liquidose.quantities.writing import Profile
from liquidose.source import Source, route_for, source_of
from liquidose.working import dose_lines, measured_lines, volume_lines

NOT_MEASURABLE: Final = "not-measurable"
"""The code of the warning that stands where no stocked syringe measures the dose."""


class Conversion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """One dose as an exact volume, and as what a syringe can be set to."""

    dose: Dose
    dose_amount: Quantity
    """What one administration is."""
    each: EachDose
    strength: Strength | None
    """None where the order is by volume: then no amount of drug is computed."""
    stated: Stated | None
    """The strength as the container states it."""
    volume: Quantity
    """Exact, in mL."""
    measured: Measured | None
    """None only together with a warning that says why."""
    notes: tuple[Caution, ...]
    """What reading and converting had to say; the syringe's own warnings stand on ``measured``."""
    route: Route | None = None
    """Stated, or by mouth where nothing speaks against it; None where it would be a guess."""
    as_written: str = ""
    """The strength as it was given."""
    container: str = ""
    """What it comes in, where that was said: ``vial``, ``cup`` …"""
    made_up: bool = False
    """Whether it was made up from a powder, so that no label of the container states the strength."""
    patient: Patient = Patient()

    @property
    def volume_ml(self) -> Fraction:
        """The exact volume of one administration in mL."""
        return self.volume.value

    @property
    def warnings(self) -> tuple[Caution, ...]:
        """Everything that should be known before the dose is given, of reading and of measuring."""
        return self.notes if self.measured is None else self.notes + self.measured.warnings

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the warnings, for who needs no sentences."""
        own = tuple([note.code for note in self.notes]) if self.notes else ()
        return own if self.measured is None else own + self.measured.codes

    @property
    def used(self) -> str:
        """The weight or body surface that the dose was multiplied by, as it was used; empty where none was."""
        if self.dose.per == "kg" and self.patient.weight is not None:
            return f"Weight used: {self.patient.weight.shown(short=True)}"
        if self.dose.per == "m2" and self.patient.surface is not None:
            return f"Body surface used: {self.patient.surface.shown()}"
        return ""

    @property
    def working(self) -> tuple[str, ...]:
        """Lines that a person can check by hand."""
        return self.work()

    def work(self, *, profile: Profile = "international", locale: str | None = None) -> tuple[str, ...]:
        """The working, in the words of a profile and the numbers of a locale."""
        lines = dose_lines(
            self.dose,
            self.each,
            patient=self.patient,
            profile=profile,
            locale=locale,
        )
        lines += volume_lines(self.each, self.stated, self.volume, profile=profile, locale=locale)
        if self.measured is not None:
            lines += measured_lines(self.measured, profile=profile, locale=locale)
        return tuple(lines)


def convert(  # noqa: PLR0913  (the public call: all that a dose can depend on)
    dose: str | Dose | Quantity | Any,
    strength: str | Strength | Product | Reconstitution | Any,
    *,
    weight: str | Quantity | Measurement | None = None,
    height: str | Quantity | Measurement | None = None,
    bsa: str | Quantity | Measurement | None = None,
    times_a_day: int | None = None,
    component: str | None = None,
    route: Route | None = None,
    locale: str | None = None,
    syringes: Iterable[str | Syringe] | None = None,
    limits: Limits | None = None,
    profile: Profile = "international",
) -> Conversion:
    """The exact volume of one dose, and what the stocked syringes can be set to for it.

    ``dose`` and ``strength`` are text, values of ours, or pint quantities with exact magnitudes; the strength
    may be a whole product text or a reconstitution. Nothing missing is ever assumed. ``profile`` chooses the
    words of the warnings.

    Raises:
        CannotRead: a text that could be read two ways.
        Refused: units that do not match, an implausible volume, a missing weight; never a measured volume
            that is merely hard to measure (then ``measured`` is None and a warning says why).
        TypeError: a float, or a pint quantity that holds one.

    >>> conversion = convert("5 mg", "5 mg/5 mL")
    >>> conversion.volume_ml, conversion.measured.syringe.id
    (Fraction(5, 1), 'oral-5')
    """
    notes: list[Caution] = []
    ordered = ordered_of(dose, strength, locale=locale, notes=notes)
    source = source_of(strength, by_volume=ordered.by_volume, component=component, locale=locale, notes=notes)
    patient = patient_of(
        needs_surface=ordered.per == "m2", weight=weight, height=height, bsa=bsa, locale=locale, notes=notes
    )
    return work_out(
        ordered,
        source,
        patient=patient,
        times_a_day=times_a_day,
        route=route,
        syringes=syringes,
        limits=limits,
        notes=notes,
        profile=profile,
    )


def work_out(  # noqa: PLR0913  (what convert and a plan both end in)
    ordered: Dose,
    source: Source,
    *,
    patient: Patient,
    times_a_day: int | None = None,
    route: Route | None = None,
    syringes: Iterable[str | Syringe] | None = None,
    limits: Limits | None = None,
    notes: list[Caution],
    profile: Profile = "international",
) -> Conversion:
    """The conversion of a dose and a source that are read already; what reading noted goes on in ``notes``.

    Raises:
        Refused: as :func:`convert` does.
    """
    each = dose_for(
        ordered,
        weight=patient.weight,
        surface=patient.surface,
        times_a_day=times_a_day,
        notes=notes,
        profile=profile,
    )
    strength = None if ordered.by_volume else source.strength
    if strength is None:
        volume = each.amount.to(ML)
        cautions.add(notes, "ordered-by-volume", "ordered by volume: no amount of drug was computed.")
    else:
        volume = volume_for(each.amount, strength)
    way = route_for(route, source, notes)
    check_volume(volume, each.amount, by_mouth=way == "oral", notes=notes)
    measured = None
    if way is not None:
        measured = _measured(volume, each, strength, source, way, syringes, limits, notes)
    return Conversion(
        dose=ordered,
        dose_amount=each.amount,
        each=each,
        strength=strength,
        stated=None if strength is None else source.stated,
        volume=volume,
        measured=measured,
        notes=tuple(notes),
        route=way,
        container=source.container,
        made_up=source.made_up is not None,
        as_written=source.as_written,
        patient=patient,
    )


def with_note(conversion: Conversion, caution: Caution) -> Conversion:
    """The same conversion with one more thing to know, printed wherever it is."""
    return msgspec.structs.replace(conversion, notes=(*conversion.notes, caution))


def ordered_of(dose: Any, strength: Any, *, locale: str | None = None, notes: list[Caution]) -> Dose:
    """What was given as the dose: text, a value of ours or an exact pint quantity.

    The strength is looked at only to say, of a dose that cannot be read, that the two are the other way round.

    Raises:
        CannotRead: a text that could be read two ways.
        UnitsDoNotMatch: a volume, where no weight or body surface makes it an order by volume.
        TypeError: something else.
    """
    if isinstance(dose, str):
        try:
            ordered = read_dose(dose, locale=locale, notes=notes)
        except LiquidoseError:
            if isinstance(strength, str) and _other_way_round(dose, strength, locale):
                raise UnreadableText(
                    f"'{dose}' is a strength and '{strength}' a dose: they are the other way round.",
                    f"Write the dose first: '{strength}' '{dose}'.",
                    given=dose,
                ) from None
            raise
    elif isinstance(dose, Dose):
        ordered = dose
    elif isinstance(dose, Quantity):
        ordered = Dose(amount=dose)
    elif is_pint(dose):
        ordered = dose_from_pint(dose)
    else:
        raise TypeError(f"A dose is text, a Dose, a Quantity or an exact pint quantity, got {dose!r}")
    if ordered.by_volume and ordered.per == "patient":
        raise UnitsDoNotMatch(
            f"The dose '{dose}' is a volume already, where an amount of drug is needed."
            if isinstance(dose, str)
            else "The dose is a volume already, where an amount of drug is needed.",
            "Write the dose in mg (or units, mEq, mmol), as it was ordered; "
            "amount_in() tells how much drug a volume holds.",
            given=str(dose),
        )
    return ordered


def _other_way_round(dose: str, strength: str, locale: str | None) -> bool:
    try:
        read_container(dose, locale=locale, component="first")
        read_dose(strength, locale=locale)
    except LiquidoseError:
        return False
    return True


def _measured(  # noqa: PLR0913, PLR0917  (the same as measure, from what a conversion has)
    volume: Quantity,
    each: EachDose,
    strength: Strength | None,
    source: Source,
    route: Route,
    syringes: Iterable[str | Syringe] | None,
    limits: Limits | None,
    notes: list[Caution],
) -> Measured | None:
    least, most = each.least, each.most
    if strength is not None:
        least = least and volume_for(least, strength)
        most = most and volume_for(most, strength)
    try:
        return measure(
            volume,
            route=route,
            syringes=syringes,
            limits=limits,
            least=least,
            most=most,
            strength=strength,
            insulin=source.strength.per_ml.value if source.insulin and source.strength is not None else None,
        )
    except ChangeTheDevice as refusal:
        cautions.add(notes, NOT_MEASURABLE, str(refusal))
        return None


def amount_in(
    volume: str | Quantity,
    strength: str | Strength | Product | Reconstitution,
    *,
    component: str | None = None,
    locale: str | None = None,
    notes: cautions.Notes = None,
) -> Quantity:
    """How much drug a volume holds: the way back, for "what did I give?".

    Raises:
        LiquidoseError: as :func:`convert` does.

    >>> amount_in("2.5 mL", "5 mg/5 mL").value
    Fraction(5, 2)
    """
    given = read_quantity(volume, locale=locale, notes=notes) if isinstance(volume, str) else volume
    source = source_of(strength, component=component, locale=locale, notes=notes)
    return amount_for(given, cast("Strength", source.strength))  # source_of finds one or refuses


def strength_for(
    dose: str | Quantity, volume: str | Quantity, *, locale: str | None = None, notes: cautions.Notes = None
) -> Strength:
    """The strength at which this volume holds this dose.

    Raises:
        LiquidoseError: a text that cannot be read, or units that do not match.

    >>> strength_for("5 mg", "2.5 mL").per_ml.value
    Fraction(2, 1)
    """
    amount = read_quantity(dose, locale=locale, notes=notes) if isinstance(dose, str) else dose
    millilitres = read_quantity(volume, locale=locale, notes=notes) if isinstance(volume, str) else volume
    return strength_that_gives(amount, millilitres)


def weight_for(
    dose: str | Dose, amount: str | Quantity, *, locale: str | None = None, notes: cautions.Notes = None
) -> Quantity:
    """The weight in kg at which a dose per kg is this amount.

    Raises:
        LiquidoseError: a text that cannot be read, or units that do not match.

    >>> weight_for("10 mg/kg", "180 mg").value
    Fraction(18, 1)
    """
    ordered = read_dose(dose, locale=locale, notes=notes) if isinstance(dose, str) else dose
    given = read_quantity(amount, locale=locale, notes=notes) if isinstance(amount, str) else amount
    return weight_that_gives(ordered, given)
