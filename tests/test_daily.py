"""How many doses 24 hours hold, and what of an order cannot be."""

from __future__ import annotations

from fractions import Fraction

import pytest
from course_orders import order_of
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, cases, plain

from liquidose import LiquidoseError
from liquidose.dosing.daily import DailyMaximum, Frequency, hours_in, in_a_day, read_daily_maximum
from liquidose.dosing.dose import Dose, dose_for
from liquidose.dosing.ordered import read_dose
from liquidose.dosing.patient import Patient, measurement
from liquidose.plan import make_plan
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.units import UNITS

WEIGHED = Patient(weight=measurement("20 kg", "weight"))


def refusal(fault: pytest.ExceptionInfo[LiquidoseError]) -> str:
    return plain(str(fault.value))


@cases("daily.toml", "interval")
def test_the_time_between_doses_is_read_or_refused(row: Row) -> None:
    if "refused" not in row:
        assert hours_in(row["text"]) == row["hours"]
        return
    with pytest.raises(LiquidoseError) as fault:
        hours_in(row["text"])
    assert refusal(fault) == row["refused"]


@cases("daily.toml", "most")
def test_a_maximum_in_24_hours_is_read_or_refused(row: Row) -> None:
    if "refused" not in row:
        amount = read_quantity(row["amount"]) if "amount" in row else None
        assert read_daily_maximum(row["text"], locale=row.get("locale")) == DailyMaximum(
            amount=amount, doses=row.get("doses")
        )
        return
    with pytest.raises(LiquidoseError) as fault:
        read_daily_maximum(row["text"], locale=row.get("locale"))
    assert refusal(fault) == row["refused"]


@cases("daily.toml", "day")
def test_the_doses_of_a_day_are_counted_or_refused(row: Row) -> None:
    dose = read_dose(row["dose"])
    often = Frequency(
        a_day=row.get("a_day"),
        every=row.get("every"),
        as_needed=row.get("as_needed", False),
        most=read_daily_maximum(row["most"]) if "most" in row else None,
    )
    if "refused" in row:
        with pytest.raises(LiquidoseError) as fault:
            in_a_day(dose, often, WEIGHED)
        assert refusal(fault) == row["refused"]
        return
    found, doses = in_a_day(dose, often, WEIGHED)
    assert (doses or 0) == row["doses"]
    if "each_most" not in row:
        return
    each = dose_for(found, weight=WEIGHED.weight, times_a_day=doses)
    assert each.amount.value == Fraction(row.get("amount", each.amount.value))
    most = each.most.value if each.most is not None else each.amount.value
    assert int(most * 100) == int(Fraction(row["each_most"]) * 100)


def mg(value: Fraction) -> Quantity:
    return Quantity(value=value, unit=UNITS["mg"])


@given(
    one=st.fractions(min_value=Fraction(1, 10), max_value=500, max_denominator=100),
    most=st.fractions(min_value=Fraction(1, 10), max_value=5000, max_denominator=100),
    every=st.sampled_from([1, 2, 3, 4, 6, 8, 12, 24]),
)
def test_doses_as_needed_never_pass_the_maximum_and_one_more_would(
    one: Fraction, most: Fraction, every: int
) -> None:
    often = Frequency(every=every, as_needed=True, most=DailyMaximum(amount=mg(most)))
    dose = Dose(amount=mg(one))
    if one > most:
        with pytest.raises(LiquidoseError):
            in_a_day(dose, often, Patient())
        return
    found, doses = in_a_day(dose, often, Patient())
    assert doses is not None
    assert doses * one <= most
    assert doses == 24 // every or (doses + 1) * one > most
    each = dose_for(found, times_a_day=doses)
    assert each.amount.value == one, "a maximum never makes a dose smaller"
    assert each.most is not None
    assert each.most.value * doses == most


@cases("daily.toml", "order")
def test_an_order_says_all_of_it_or_is_refused(row: Row) -> None:
    if "refused" in row:
        with pytest.raises(LiquidoseError) as fault:
            make_plan(order_of(row["directions"], patient="", strength="5 mg/5 mL"))
        assert refusal(fault) == row["refused"]
        return
    plan = make_plan(order_of(row["directions"], patient="", strength="5 mg/5 mL"))
    assert plain(plan.direction) == row["says"]
    assert [plain(w.text) for w in plan.warnings if w.code != "check-the-lines"] == row["told"]
