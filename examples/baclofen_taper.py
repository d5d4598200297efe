"""A taper through the Python API: what a day needs, and that the last step is none."""

import datetime as dt
from pathlib import Path

from liquidose import make_schedule, write_quantity
from liquidose.orders.order import load_order

schedule = make_schedule(load_order(str(Path(__file__).with_name("baclofen-taper.toml"))))
for step in schedule.steps:
    amount = "none" if step.day_amount is None else f"{write_quantity(step.day_amount)} a day"
    print(f"{step.first}: {amount}")
print(f"on 20 February 2027: {[str(dose.measured.ml) for dose in schedule.on(dt.date(2027, 2, 20))]} mL")
print(f"on 15 March 2027: {schedule.on(dt.date(2027, 3, 15))}")
