"""A dose as needed: the direction, the most in 24 hours, and what the bottle must hold at most."""

from pathlib import Path

from liquidose import load_order, make_schedule
from liquidose.plan import make_plan

order = load_order(str(Path(__file__).with_name("as-needed.toml")))
plan = make_plan(order)
print(plan.give)
print(f"most doses in 24 hours: {plan.doses_a_day}")
schedule = make_schedule(order)
if schedule.supply is not None:
    print(f"at most {schedule.supply.needed_ml} mL in all")
