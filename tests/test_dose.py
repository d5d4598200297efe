"""What is ordered, and what each administration is for one patient."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, cases

from liquidose.cautions import Caution
from liquidose.dosing.dose import Dose, checked_doses_a_day, dose_for, write_dose
from liquidose.dosing.ordered import dose_from_pint, read_dose
from liquidose.dosing.patient import measurement
from liquidose.errors import CheckTheAmount, LiquidoseError, UnitsDoNotMatch
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.units import unit

LIMITS = ("least", "most", "most_a_day")


def _shown(amount: Quantity | None) -> str | None:
    return None if amount is None else f"{amount.value} {amount.unit.name}"


def _quantity(value: str, name: str) -> Quantity:
    return Quantity(value=Fraction(value), unit=unit(name))


@cases("doses.toml", "read")
def test_reading_dose_keeps_every_part(row: Row) -> None:
    notes: list[Caution] = []
    dose = read_dose(row["text"], locale=row.get("locale"), notes=notes)
    assert _shown(dose.amount) == row["amount"]
    assert (dose.per, dose.a_day, dose.doses_a_day) == (
        row.get("per", "patient"), row.get("a_day", False), row.get("doses_a_day"),
    )  # fmt: skip
    assert [_shown(getattr(dose, name)) for name in LIMITS] == [row.get(name) for name in LIMITS]
    assert [caution.code for caution in notes] == row.get("warnings", [])


@cases("doses.toml", "refused")
def test_reading_dose_refuses_with_remedy(row: Row) -> None:
    with pytest.raises(LiquidoseError) as refusal:
        read_dose(row["text"], locale=row.get("locale"))
    assert (type(refusal.value).__name__, str(refusal.value)) == (row["error"], row["message"])


@cases("doses.toml", "written")
def test_writing_dose_is_in_words_that_read_back(row: Row) -> None:
    dose = read_dose(row["dose"])
    written = write_dose(dose, locale=row.get("locale"), profile=row.get("profile", "us"))
    assert written == row["text"]
    assert read_dose(written, locale=row.get("locale")) == dose


def _of(row: Row) -> tuple[Dose, dict[str, Any]]:
    options: dict[str, Any] = {"times_a_day": row.get("times_a_day")}
    if "weight" in row:
        options["weight"] = measurement(row["weight"], "weight")
    if "surface" in row:
        options["surface"] = measurement(row["surface"], "body surface")
    return read_dose(row["dose"]), options


@cases("each-dose.toml", "given")
def test_each_dose_is_exact_and_says_what_limited_it(row: Row) -> None:
    dose, options = _of(row)
    notes: list[Caution] = []
    each = dose_for(dose, **options, notes=notes)
    assert _shown(each.amount) == row["amount"]
    assert _shown(each.before_limits) == row.get("before_limits", row["amount"])
    assert _shown(each.most) == row.get("most")
    assert _shown(each.least) == row.get("least")
    assert each.doses_a_day == row.get("doses_a_day")
    assert _shown(each.multiplier) == row.get("multiplier")
    assert [f"{caution.code}: {caution.text}" for caution in notes] == row.get("warnings", [])


@cases("each-dose.toml", "refused")
def test_each_dose_refuses_what_is_missing_or_contradicts(row: Row) -> None:
    dose, options = _of(row)
    with pytest.raises(LiquidoseError) as refusal:
        dose_for(dose, **options)
    assert (type(refusal.value).__name__, str(refusal.value)) == (row["error"], row["message"])


@given(
    value=st.fractions("1/1000", 1000),
    kilos=st.fractions("3/10", 350),
    doses=st.integers(1, 24),
    most=st.none() | st.fractions("1/1000", 1000),
    a_day=st.none() | st.fractions("1/1000", 5000),
    least=st.none() | st.fractions("1/1000", 1000),
)
def test_each_dose_never_passes_its_limits(  # noqa: PLR0917  (everything a dose depends on)
    value: Fraction,
    kilos: Fraction,
    doses: int,
    most: Fraction | None,
    a_day: Fraction | None,
    least: Fraction | None,
) -> None:
    def mg(amount: Fraction | None) -> Quantity | None:
        return None if amount is None else Quantity(value=amount, unit=unit("mg"))

    weight = measurement(Quantity(value=kilos, unit=unit("kg")), "weight")
    try:
        dose = Dose(
            amount=Quantity(value=value, unit=unit("mg")), per="kg", a_day=True, doses_a_day=doses,
            least=mg(least), most=mg(most), most_a_day=mg(a_day),
        )  # fmt: skip
        each = dose_for(dose, weight=weight)
    except CheckTheAmount:
        ceilings = [x for x in (most, a_day and a_day / doses) if x is not None]
        assert least is not None
        assert least > min(ceilings)
        return
    plain = value * kilos / doses
    assert each.before_limits.value == plain
    given_ = each.amount.value
    assert most is None or given_ <= most
    assert a_day is None or given_ * doses <= a_day
    assert least is None or given_ >= least
    if (
        (most is None or plain <= most)
        and (a_day is None or plain * doses <= a_day)
        and (least is None or plain >= least)
    ):
        assert given_ == plain


@pytest.mark.parametrize("doses", [0, 25, -1, 1000])
def test_doses_a_day_are_one_to_twenty_four(doses: int) -> None:
    with pytest.raises(CheckTheAmount) as refusal:
        checked_doses_a_day(doses)
    assert str(refusal.value) == f"{doses} doses a day cannot be. Give 1 to 24."


@pytest.mark.parametrize("doses", [True, 3.0, "3"])
def test_doses_a_day_are_a_whole_number(doses: Any) -> None:
    with pytest.raises(TypeError) as fault:
        checked_doses_a_day(doses)
    assert str(fault.value) == f"Doses a day are a whole number, got {doses!r}"


@pytest.mark.parametrize("name", ["kg", "lb", "cm", "m", "m2"])
def test_dose_counts_drug_or_volume(name: str) -> None:
    with pytest.raises(UnitsDoNotMatch) as refusal:
        Dose(amount=_quantity("5", name))
    assert str(refusal.value) == (
        f"{name} does not measure a dose. Write the dose in mg, mcg, g, units, mEq, mmol or mL."
    )


@pytest.mark.parametrize(("text", "by_volume"), [("5 mL", True), ("0.5 mL/kg", True), ("5 mg", False)])
def test_dose_knows_whether_it_is_by_volume(text: str, *, by_volume: bool) -> None:
    assert read_dose(text).by_volume is by_volume


@pytest.mark.parametrize(
    ("units", "expected"),
    [("milligram", Dose(amount=_quantity("5/2", "mg"))), ("milliliter", Dose(amount=_quantity("5/2", "mL"))),
     ("milligram / kilogram", Dose(amount=_quantity("5/2", "mg"), per="kg"))],
)  # fmt: skip
def test_dose_may_be_an_exact_pint_quantity(units: str, expected: Dose) -> None:
    pint = pytest.importorskip("pint")
    registry = pint.UnitRegistry(non_int_type=Fraction)
    assert dose_from_pint(registry.Quantity(Fraction(5, 2), units)) == expected


@pytest.mark.parametrize(
    ("units", "shown"),
    [("milligram / milliliter", "milligram milliliter^-1"), ("1 / kilogram", "kilogram^-1"), ("milligram * gram", "gram milligram")],
)  # fmt: skip
def test_pint_quantity_that_is_no_dose_is_refused(units: str, shown: str) -> None:
    pint = pytest.importorskip("pint")
    given_ = pint.UnitRegistry(non_int_type=Fraction, auto_reduce_dimensions=False).Quantity(
        Fraction(5), units
    )
    with pytest.raises(UnitsDoNotMatch) as refusal:
        dose_from_pint(given_)
    assert sorted(str(refusal.value).split("'")[1].split()) == sorted(shown.split())
    assert str(refusal.value).endswith("is not one. Give it in mg or mg/kg, for example.")
