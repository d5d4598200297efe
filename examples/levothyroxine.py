"""The words of one plan for a label of the United Kingdom: micrograms are spelled out."""

from pathlib import Path

from liquidose.fields import texts_of
from liquidose.orders.order import load_order
from liquidose.plan import make_plan

plan = make_plan(load_order(str(Path(__file__).with_name("levothyroxine.toml"))))
for field in ("drug", "strength", "give", "dispensed"):
    print(*texts_of(plan, "uk")[field])
