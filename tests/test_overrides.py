"""What a named person may pass, and what nobody may."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from tables import Row, cases, plain

from liquidose import LiquidoseError
from liquidose.devices.limits import Limits
from liquidose.files import exact_number
from liquidose.orders.order import Order, decode_order
from liquidose.overrides import OVERRIDABLE, widened
from liquidose.plan import Plan, make_plan
from liquidose.site import Site

ORDER = """
[patient]
name = "Sam Example"
[drug]
name = "x"
strength = "1 mg/mL"
form = "oral solution"
[directions]
dose = "DOSE"
times_a_day = 1
"""
ONE = '[[override]]\ncode = "CODE"\nreason = "No other syringe tonight"\nby = "A. Chemist"\n'


def order_of(dose: str, codes: list[str]) -> Order:
    text = ORDER.replace("DOSE", dose) + "".join(ONE.replace("CODE", code) for code in codes)
    return decode_order(text, name="order.toml")


def plan_of(row: Row) -> Plan:
    limits = msgspec.convert(row.get("limits", {}), Limits, dec_hook=exact_number)
    site = Site(stocked=tuple(row["stocked"]), limits=limits)
    return make_plan(order_of(row["dose"], row["codes"]), site)


@cases("overrides.toml", "passed")
def test_what_is_passed_is_measured_and_still_warned_of(row: Row) -> None:
    made = plan_of(row)
    assert made.measured.ml == Fraction(row["ml"])
    warned = [w for w in made.warnings if w.level == "warning"]
    assert [w.code for w in warned] == row["warned"]
    for warning in warned:
        assert any(warning.text.rstrip(".") in text for text in made.cautions)


@cases("overrides.toml", "passed")
def test_each_override_is_told_to_the_pharmacist_and_not_on_the_label(row: Row) -> None:
    made = plan_of(row)
    told = [text for text in made.off_paper if text.startswith("Overridden")]
    assert [text.split(",")[0] for text in told] == [f"Overridden: {code}" for code in row["codes"]]
    assert all(text.endswith("Reason: No other syringe tonight. By: A. Chemist.") for text in told)
    assert not any("verrid" in text or "Chemist" in text for text in made.cautions)


@cases("overrides.toml", "passed")
def test_without_each_override_the_dose_is_refused(row: Row) -> None:
    for code in row["codes"]:
        with pytest.raises(LiquidoseError):
            plan_of({**row, "codes": [c for c in row["codes"] if c != code]})


@cases("overrides.toml", "refused")
def test_what_is_not_passed_is_refused_with_the_code_that_would(row: Row) -> None:
    with pytest.raises(LiquidoseError) as caught:
        plan_of(row)
    assert plain(str(caught.value)) == row["message"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            ONE.replace("CODE", "units-do-not-match"),
            "order.toml, override[0]: 'units-do-not-match' cannot be overridden; only rounding, scale-tolerance, "
            "tiny-volume, fillings, guard-most-per-dose, guard-most-per-day, guard-largest-step, guard-shortest-step, guard-shortest-interval, "
            "guard-no-stop-without-taper, guard-no-gap can. Correct it there.",
        ),
        (
            ONE.replace("CODE", "rounding") * 2,
            "order.toml: one code stands in two overrides. Correct it there.",
        ),
        (
            ONE.replace("CODE", "rounding").replace('"A. Chemist"', '" "'),
            "order.toml: override.by is empty. Correct it there.",
        ),
        (
            ONE.replace("CODE", "rounding").replace('reason = "No other syringe tonight"\n', ""),
            "order.toml, override[0]: Object missing required field `reason`. Correct it there.",
        ),
        (
            ONE.replace("CODE", "rounding").replace("tonight", "to\\nnight"),
            "order.toml: override.reason holds a line break or another control character. Correct it there.",
        ),
    ],
)
def test_an_override_names_a_code_a_reason_and_a_person(text: str, message: str) -> None:
    with pytest.raises(LiquidoseError) as caught:
        decode_order(ORDER.replace("DOSE", "5 mg") + text, name="order.toml")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("old", "new"),
    [('"1 mg/mL"', '"1 unit/mL"'), ('"DOSE"', '"1,5 mg"'), ('"oral solution"', '"cream"'), ('"oral solution"', '"injection"')],
)  # fmt: skip
def test_units_routes_and_unreadable_text_are_passed_by_nobody(old: str, new: str) -> None:
    text = ORDER.replace(old, new).replace("DOSE", "5 mg")
    with pytest.raises(LiquidoseError) as without:
        make_plan(decode_order(text, name="order.toml"))
    every = "".join(ONE.replace("CODE", code) for code in OVERRIDABLE)
    with pytest.raises(LiquidoseError) as with_all:
        make_plan(decode_order(text + every, name="order.toml"))
    assert str(with_all.value) == str(without.value)


def test_an_override_widens_the_refusals_and_no_warning() -> None:
    wide = widened(Limits(), tuple(OVERRIDABLE))
    assert [wide.rounding_refused, wide.tolerance_refused] == [20, 40]
    assert [wide.rounding_warns, wide.tolerance_warns] == [5, 10]


def test_a_sites_own_wider_limit_is_never_narrowed() -> None:
    own = Limits(rounding_refused=Fraction(30), tolerance_refused=Fraction(50))
    wide = widened(own, tuple(OVERRIDABLE))
    assert [wide.rounding_refused, wide.tolerance_refused] == [30, 50]
    assert widened(own, ()) == own
    assert msgspec.structs.replace(own, most_draws=3, audience="clinician") == wide
