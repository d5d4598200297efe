"""How far a mark may be out: both tables, to their last digit, and what the figures decide."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import sqrt

import pytest
from tables import Row, cases

from liquidose.devices.bores import mm_per_ml_of
from liquidose.devices.calibration import Calibration, Span
from liquidose.devices.syringes import Syringe, syringes_of
from liquidose.devices.truescale import MarkError, TrueScale, published_error, true_scale


def of(identity: str) -> Syringe:
    (syringe,) = syringes_of([identity])
    return syringe


def to_digits_of(text: str, value: Fraction | float) -> str:
    """The value to as many decimals as the text has."""
    exact = value if isinstance(value, Fraction) else Fraction(value)
    return str((Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(text), ROUND_HALF_UP))


def published(row: Row, share: Fraction = Fraction(1)) -> tuple[Syringe, Fraction, MarkError]:
    syringe = of(row["id"])
    bore = syringe.inner_diameter_mm
    assert bore is not None
    scale = mm_per_ml_of(bore)
    return syringe, scale, published_error(syringe.capacity_ml * share, bore, scale)


def calibrated(row: Row) -> TrueScale:
    """The syringe, its whole scale and half of it read without a fault."""
    syringe, scale, _ = published(row)
    spans = tuple(
        Span(from_ml=Fraction(0), to_ml=ml, mm=ml * scale)
        for ml in (syringe.capacity_ml, syringe.capacity_ml / 2)
    )
    return true_scale(syringe, [Calibration(syringe=syringe.id, date=dt.date(2026, 1, 2), span=spans)])


@cases("mark-errors.toml", "published")
def test_the_table_of_published_bores_is_reproduced(row: Row) -> None:
    syringe, scale, error = published(row)
    parts = (error.scale_ml, error.print_ml, error.slip_ml)
    found: dict[str, Fraction | float] = {
        "mm_per_ml": scale,
        "ul_per_mm": 1000 / scale,
        "bore_ml": error.scale_ml,
        "print_ml": error.print_ml,
        "slip_ml": error.slip_ml,
        "worst_ml": error.worst_ml,
        "root_sum_ml": sqrt(sum(part**2 for part in parts)),
        "worst_percent": error.worst_ml / syringe.capacity_ml * 100,
        "worst_graduations": error.worst_ml / syringe.step_ml,
    }
    assert {key: to_digits_of(row[key], value) for key, value in found.items()} == {
        key: row[key] for key in found
    }


@cases("mark-errors.toml", "calibrated")
def test_the_table_of_calibrated_syringes_is_reproduced(row: Row) -> None:
    scale = calibrated(row)
    full = scale.syringe.capacity_ml

    def percent(ml: Fraction) -> Fraction:
        return scale.error_at(ml).worst_ml / ml * 100

    def smallest(per_ml: MarkError, limit: int) -> Fraction:
        """Where the worst case is just so many %: what does not grow with the dose is the slip."""
        growing = (per_ml.worst_ml - per_ml.slip_ml) / full
        return per_ml.slip_ml / (Fraction(limit, 100) - growing)

    error, by_bore = scale.error_at(full), published(row)[2]
    within_5 = Fraction(round(smallest(error, 5) * 20), 20)
    found = {
        "worst_ml": error.worst_ml,
        "full_percent": percent(full),
        "half_percent": percent(full / 2),
        "fifth_percent": percent(full / 5),
        "worst_graduations": error.worst_ml / scale.syringe.step_ml,
        "within_5_ml": within_5,
        "within_10_ml": smallest(error, 10),
        "within_10_published_ml": smallest(by_bore, 10),
    }
    assert {key: to_digits_of(row[key], value) for key, value in found.items()} == {
        key: row[key] for key in found
    }
    assert error.print_ml == 0, "a ruler of the same printer cancels its scale"


@cases("mark-errors.toml", "shares")
def test_the_share_grows_as_the_dose_shrinks(row: Row) -> None:
    for key, share in (("half_percent", Fraction(1, 2)), ("fifth_percent", Fraction(1, 5))):
        syringe, _, error = published(row, share)
        assert to_digits_of(row[key], error.worst_ml / (syringe.capacity_ml * share) * 100) == row[key]


def test_a_scale_of_the_fan_may_be_half_a_step_out() -> None:
    measured = Calibration(syringe="bd-3", date=dt.date(2026, 1, 2), mm_per_ml=Fraction("17.3"))
    scale = true_scale(of("bd-3"), [measured])
    error = scale.error_at(Fraction(3))
    assert error.scale_ml == 3 * (Fraction(1, 200) + Fraction("0.3") / (3 * Fraction("17.3")))
    assert (error.print_ml, error.slip_ml) == (Fraction(0), Fraction(1, 2) / Fraction("17.3"))


@pytest.mark.parametrize("identity", ["bd-5", "omnifix-1"])
def test_a_scale_comes_from_the_bore_or_from_a_scale_somebody_measured(identity: str) -> None:
    syringe = of(identity)
    scale = true_scale(syringe)
    assert syringe.mm_per_ml is not None
    assert abs(scale.mm_per_ml - syringe.mm_per_ml) < Fraction(1, 200)
    if syringe.measured_span_mm and syringe.measured_span_ml:
        assert scale.mm_per_ml == syringe.measured_span_mm / syringe.measured_span_ml
