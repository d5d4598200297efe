"""A strength that changed is told first, in the volumes that were and are measured (R49)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tables import Row, cases, plain

from liquidose import LiquidoseError, make_schedule
from liquidose.orders.order import decode_order
from liquidose.plan import Plan, make_plan
from liquidose.site import Site


def plan_of(row: Row) -> Plan:
    parts: dict[str, dict[str, Any]] = {
        "patient": {"name": "Sam Example", "weight": row.get("weight")},
        "drug": {"name": "x", "strength": row["strength"], "form": row.get("form", "oral solution")},
        "directions": {"dose": row["dose"], "times_a_day": 1, "route": row.get("route")},
        "dispense": {"previous_strength": row["before"]},
    }
    text = ""
    for part, values in parts.items():
        given = {key: value for key, value in values.items() if value is not None}
        text += f"[{part}]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in given.items())
    stocked = row.get("stocked")
    return make_plan(decode_order(text, name="order.toml"), Site(stocked=tuple(stocked) if stocked else None))


@cases("new-strength.toml", "told")
def test_a_new_strength_is_told_before_anything_else(row: Row) -> None:
    made = plan_of(row)
    told = [plain(text) for text in made.cautions]
    assert told[: len(row["on"])] == row["on"]
    assert sum("STRENGTH" in text for text in told) == len(row["on"])
    assert [plain(text) for text in made.off_paper] == row.get("off", [])


@cases("new-strength.toml", "refused")
def test_what_cannot_be_told_safely_is_refused(row: Row) -> None:
    with pytest.raises(LiquidoseError) as caught:
        plan_of(row)
    assert plain(str(caught.value)) == row["message"]
    assert caught.value.given == row["before"]


def test_a_change_is_a_warning_on_the_plan_for_scripts_too() -> None:
    made = plan_of({"dose": "5 mg", "strength": "25 mg/5 mL", "before": "5 mg/5 mL"})
    assert [(w.code, w.level) for w in made.warnings if w.code == "new-strength"] == [
        ("new-strength", "warning")
    ]


def test_a_guard_binds_the_old_volume_on_a_label_as_in_a_schedule() -> None:
    """2.1 mL is the nearest line to 2.06 mL of the old bottle, and would pass the guard: it was never given."""
    order = decode_order(
        '[patient]\nname = "A"\n[drug]\nname = "x"\nstrength = "5 mg/mL"\nform = "oral solution"\n'
        '[directions]\ndose = "2.06 mg"\ntimes_a_day = 1\nfor_days = 3\nthen = "stop"\n'
        '[dispense]\nprevious_strength = "1 mg/mL"\n[[guard]]\nrule = "most_per_dose"\namount = "2.08 mg"\n',
        name="order.toml",
    )
    (step,) = (c.text for c in make_schedule(order).warnings if c.code == "old-volume")
    assert plain(step) == "Step 1: give 0.4 mL (1 mL oral syringe), not 2 mL (3 mL oral syringe)."
    assert (
        plain(make_plan(order).cautions[0])
        == "NEW STRENGTH: give 0.4 mL, not 2 mL. Do not use the old bottle."
    )


def test_without_a_previous_strength_nothing_is_said_of_one() -> None:
    made = make_plan(
        decode_order(
            '[patient]\nname = "A"\n[drug]\nname = "x"\nstrength = "5 mg/5 mL"\n[directions]\ndose = "5 mg"\n',
            name="order.toml",
        )
    )
    assert not any("strength" in w.code for w in made.warnings)
