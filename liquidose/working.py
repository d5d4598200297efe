"""The arithmetic of one dose as lines that a person can check by hand, exact numbers shown."""

from __future__ import annotations

from liquidose.devices.measuring import Measured
from liquidose.dosing.dose import Dose, EachDose, write_dose
from liquidose.dosing.patient import Patient
from liquidose.dosing.strength import ML, Stated
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import Profile, write_exact, write_percent


def dose_lines(
    dose: Dose,
    each: EachDose,
    *,
    patient: Patient,
    profile: Profile = "international",
    locale: str | None = None,
) -> list[str]:
    """How the amount of one administration follows from the order."""

    def shown(quantity: Quantity) -> str:
        return write_exact(quantity, profile=profile, locale=locale)

    lines = [f"Ordered: {write_dose(dose, profile=profile, locale=locale)}."]
    measured = patient.weight if dose.per == "kg" else patient.surface
    if each.multiplier is not None and measured is not None:
        what = "Weight" if dose.per == "kg" else "Body surface"
        lines.append(f"{what}: {measured.shown(locale)}{_mosteller(patient, locale)}.")
    if each.multiplier is not None or dose.a_day:
        sum_ = shown(dose.amount)
        if each.multiplier is not None:
            sum_ += f" per {'kg' if dose.per == 'kg' else 'm²'} × {shown(each.multiplier)}"
        if dose.a_day and each.doses_a_day:
            sum_ += f" ÷ {each.doses_a_day} doses a day"
        lines.append(f"{sum_} = {shown(each.before_limits)} for each dose.")
    if each.amount != each.before_limits:
        lines.append(f"Limited: {shown(each.before_limits)} becomes {shown(each.amount)} for each dose.")
    return lines


def _mosteller(patient: Patient, locale: str | None) -> str:
    if patient.height is None or patient.weight is None:
        return ""
    tall, heavy = patient.height.shown(locale), patient.weight.shown(locale)
    return f", by Mosteller: √({tall} × {heavy} ÷ 3600), to two decimals"


def volume_lines(
    each: EachDose,
    stated: Stated | None,
    volume: Quantity,
    *,
    profile: Profile = "international",
    locale: str | None = None,
) -> list[str]:
    """How the volume follows from the amount and the strength."""

    def shown(quantity: Quantity) -> str:
        return write_exact(quantity, profile=profile, locale=locale)

    if stated is None:
        return [f"Volume: {shown(volume)} for each dose, as ordered; the strength is not used."]
    lines = []
    per_ml = stated.strength.per_ml
    if stated.volume.to(ML).value != 1 or stated.amount.unit.name != per_ml.unit.name:
        lines.append(
            f"Strength: {shown(stated.amount)} ÷ {shown(stated.volume)} = {shown(per_ml)} in 1\u00a0mL."
        )
    else:
        lines.append(f"Strength: {shown(per_ml)} in 1\u00a0mL.")
    amount = each.amount.to(per_ml.unit)
    if amount.unit.name != each.amount.unit.name:
        lines.append(f"{shown(each.amount)} = {shown(amount)}.")
    lines.append(f"Volume: {shown(amount)} ÷ {shown(per_ml)} per mL = {shown(volume)}.")
    return lines


def measured_lines(
    measured: Measured, *, profile: Profile = "international", locale: str | None = None
) -> list[str]:
    """What the syringe is set to, what that gives, and how far the scale may be out."""

    def ml(value: object) -> str:
        return write_exact(Quantity(value=value, unit=ML), locale=locale)  # type: ignore[arg-type]

    syringe = measured.syringe
    draws = " + ".join(ml(draw) for draw in measured.draws_ml)
    lines = [f"Measured: {draws} on a {syringe.words} marked every {ml(syringe.step_ml)} ({syringe.id})."]
    if measured.rounded:
        change = measured.change_percent
        given = ""
        if measured.dose_given is not None:
            given = f" It gives {write_exact(measured.dose_given, profile=profile, locale=locale)}."
        lines.append(
            f"Rounded: {ml(measured.exact_ml)} to {ml(measured.ml)}, {write_percent(abs(change), locale=locale)} "
            f"{'more' if change > 0 else 'less'} than ordered.{given}"
        )
    lines.append(
        f"Scale: may be out by {ml(measured.scale_tolerance_ml)}, "
        f"{write_percent(measured.scale_tolerance_ml / measured.ml * 100, locale=locale)} of the dose, if it meets "
        "ISO 7886-1, which oral syringes need not."
    )
    return lines
