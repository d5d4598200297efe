"""The words of one plan for a label of the United States: tall man letters, and each element on its own."""

from pathlib import Path

from liquidose.fields import texts_of
from liquidose.orders.order import load_order
from liquidose.plan import make_plan

plan = make_plan(load_order(str(Path(__file__).with_name("prednisolone.toml"))))
for field in ("drug", "give", "purpose", "refills", "discard"):
    print(*texts_of(plan, "us")[field])
