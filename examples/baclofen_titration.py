"""A titration through the Python API: the steps, what day 9 needs, and what the bottle must hold."""

from pathlib import Path

from liquidose import make_schedule
from liquidose.orders.order import load_order

schedule = make_schedule(load_order(str(Path(__file__).with_name("baclofen-titration.toml"))))
for step in schedule.steps:
    print(f"from day {step.from_day}: {step.doses[0].measured.ml} mL, {len(step.doses)} times a day")
for dose in schedule.on(9):
    print(f"day 9, {dose.time}: {dose.measured.ml} mL on {dose.measured.syringe.id}")
print(f"in all {schedule.measured_total_ml} mL")
print(schedule.warnings[-1].text)
