"""Weight, height and body surface: plausible, with their unit, shown as used."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, cases

from liquidose.dosing.patient import Measurement, Patient, measurement, mosteller, patient_of
from liquidose.errors import LiquidoseError
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.units import unit


@cases("patient.toml", "read")
def test_measurement_is_read_and_shown_as_used(row: Row) -> None:
    read = measurement(row["text"], row["what"], locale=row.get("locale"))
    assert f"{read.used.value} {read.used.unit.name}" == row["used"]
    assert read.shown() == row["shown"]


@cases("patient.toml", "refused")
def test_measurement_refuses_what_is_not_plausible(row: Row) -> None:
    with pytest.raises(LiquidoseError) as refusal:
        measurement(row["text"], row["what"], locale=row.get("locale"))
    assert (type(refusal.value).__name__, str(refusal.value)) == (row["error"], row["message"])


@cases("patient.toml", "mosteller")
def test_body_surface_by_mosteller_is_to_the_nearest_hundredth(row: Row) -> None:
    surface = mosteller(measurement(row["height"], "height"), measurement(row["weight"], "weight"))
    assert surface.used == Quantity(value=Fraction(row["surface"]), unit=unit("m2"))


@given(height=st.fractions(60, 200), weight=st.fractions(3, 200))
def test_body_surface_is_the_nearest_hundredth_to_the_root(height: Fraction, weight: Fraction) -> None:
    surface = mosteller(
        measurement(Quantity(value=height, unit=unit("cm")), "height"),
        measurement(Quantity(value=weight, unit=unit("kg")), "weight"),
    ).used.value
    square = height * weight / 3600
    half = Fraction(1, 200)
    assert surface.denominator in {1, 2, 4, 5, 10, 20, 25, 50, 100}
    assert (surface - half) ** 2 <= square < (surface + half) ** 2


def test_measurement_of_ours_passes_as_it_is() -> None:
    weight = measurement("18 kg", "weight")
    assert measurement(weight, "weight") == weight


@cases("patient.toml", "patient")
def test_patient_has_what_the_dose_needs(row: Row) -> None:
    given_: dict[str, Any] = {name: row[name] for name in ("weight", "height", "bsa") if name in row}
    patient = patient_of(needs_surface=row["needs_surface"], **given_)
    shown = {
        name: value.shown() for name in ("weight", "surface", "height")
        if isinstance(value := getattr(patient, name), Measurement)
    }  # fmt: skip
    assert shown == row["has"]


@cases("patient.toml", "patient_refused")
def test_patient_refuses_what_is_missing_or_contradicts(row: Row) -> None:
    given_: dict[str, Any] = {name: row[name] for name in ("weight", "height", "bsa") if name in row}
    with pytest.raises(LiquidoseError) as refusal:
        patient_of(needs_surface=True, **given_)
    assert (type(refusal.value).__name__, str(refusal.value)) == (row["error"], row["message"])


def test_patient_may_be_unmeasured() -> None:
    assert patient_of(needs_surface=True) == patient_of(needs_surface=False) == Patient()
