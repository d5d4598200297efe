"""Orders with a course, for the tests: small texts around the directions that a test is about."""

from __future__ import annotations

from liquidose import Schedule, make_schedule
from liquidose.orders.order import Order, decode_order
from liquidose.site import Site

TITRATION = """
times = ["morning", "noon", "bedtime"]
titrate = { start = "5 mg", step = "5 mg", every = "3 days", target = "20 mg" }
then = "continue"
"""
EVERYTHING = """
start = 2028-02-24
then = "review on 2028-03-20"
[[directions.steps]]
dose = { morning = "5 mg", bedtime = "7.5 mg" }
days = 4
cycle = { on = 1, off = 1 }
[[directions.steps]]
dose = "none"
days = 1
[[directions.steps]]
dose = "70 mg"
times_a_day = 2
days = 1
[[directions.steps]]
dose = "40 mg"
times_a_day = 1
days = 2
[[directions.steps]]
dose = "12.5 mg"
times_a_day = 3
days = 2
"""
"""Alternate days, different doses in a day, a pause, two fillings, 29 February."""

WEIGHED = 'weight = "18 kg"'
BACLOFEN = 'name = "baclofen"'


def order_of(
    directions: str, *, strength: str = "1 mg/mL", top: str = "", patient: str = WEIGHED, drug: str = BACLOFEN
) -> Order:
    """An order for baclofen with these directions."""
    parts = [top, '[patient]\nname = "Sam Example"', patient, "[drug]", drug, f'strength = "{strength}"']
    return decode_order("\n".join([*parts, "[directions]", directions]), name="order.toml")


def schedule_of(directions: str, site: Site | None = None, **parts: str) -> Schedule:
    """The schedule of such an order."""
    return make_schedule(order_of(directions, **parts), site)
