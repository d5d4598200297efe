"""An order in mL of a combination syrup, as a plan: the label says 5 mL and never an amount in mg."""

from pathlib import Path

from liquidose.orders.order import load_order
from liquidose.plan import make_plan

plan = make_plan(load_order(str(Path(__file__).with_name("by-volume.toml"))))
print(plan.strength)
print(plan.direction)
