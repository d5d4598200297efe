"""A dose of a day, divided by the hours between doses: 45 mg/kg/day, every 8 hours, at 18 kg."""

from pathlib import Path

from liquidose import load_order, write_quantity
from liquidose.plan import make_plan

plan = make_plan(load_order(str(Path(__file__).with_name("every-8-hours.toml"))))
print(f"{plan.doses_a_day} doses a day of {write_quantity(plan.conversion.dose_amount)}")
print(plan.give)
