"""Doses beside an ordered one that a syringe can be set to, which a prescriber could order instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import partial

from msgspec.structs import replace

from liquidose.cautions import Caution
from liquidose.courses.guarding import keeps_maxima, over
from liquidose.courses.noting import steps_words
from liquidose.courses.schedule import Schedule
from liquidose.courses.steps import ScheduledDose, Step
from liquidose.devices.measuring import Measured, measure
from liquidose.directions import volume_words
from liquidose.dosing.strength import ML
from liquidose.errors import ChangeTheDevice
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import write_quantity, write_short
from liquidose.site import Site


def suggestions(schedule: Schedule, site: Site | None = None) -> tuple[Caution, ...]:
    """A note for each dose that no line stands for, with the measurable doses below and above it.

    They are offered to the prescriber, none above a most that the order or its guards state; the schedule itself
    keeps what is ordered.
    """
    found: dict[Fraction, tuple[ScheduledDose, list[Step]]] = {}
    for step in schedule.steps:
        for dose in step.doses:
            if dose.measured.rounded:
                steps = found.setdefault(dose.volume_ml, (dose, []))[1]
                if step not in steps:
                    steps.append(step)
    return tuple(_suggestion(dose, steps, schedule, site or Site()) for dose, steps in found.values())


def _suggestion(dose: ScheduledDose, steps: list[Step], schedule: Schedule, site: Site) -> Caution:
    measured_as = partial(
        measure,
        route=schedule.conversions[0].route or "oral",
        syringes=site.syringes,
        limits=site.limits_in_force,
    )
    offers = [
        _words(dose, ml, schedule)
        for ml in _offers(dose, measured_as)
        if _on_a_line(ml, measured_as) and _may_be(ml, dose, steps, schedule)
    ]
    instead = f" The prescriber could order {' or '.join(offers)} instead." if offers else ""
    numbers = [step.number for step in steps]
    exact = write_short(Quantity(value=dose.volume_ml, unit=ML))
    ordered = write_short(dose.dose, profile=schedule.profile)
    return Caution(
        code="suggestion",
        text=f"{steps_words(numbers)}: {ordered} ({exact}) lies on no line of the syringe.{instead}",
        level="note",
    )


def _offers(dose: ScheduledDose, measured_as: Callable[..., Measured]) -> Iterator[Fraction]:
    """The nearest settings of the syringe below and above, in as many fillings as were chosen; above the last, another syringe."""
    measured = dose.measured
    draws = len(measured.draws_ml)
    full = measured.syringe.capacity_ml * (draws - 1)
    marks = sorted(
        {ml for mark in measured.syringe.marks() for ml in (mark * draws, full + mark)} | {measured.ml}
    )
    yield from [mark for mark in marks if mark < measured.exact_ml][-1:]
    above = [mark for mark in marks if mark > measured.exact_ml][:1]
    if not above:
        exact = Quantity(value=measured.exact_ml, unit=ML)
        with suppress(ChangeTheDevice):
            above = [measured_as(exact, least=exact).ml]
    yield from above


def _on_a_line(ml: Fraction, measured_as: Callable[..., Measured]) -> bool:
    """Whether a volume that is ordered itself is measured as it is."""
    with suppress(ChangeTheDevice):
        return not measured_as(Quantity(value=ml, unit=ML)).rounded
    return False


def _may_be(ml: Fraction, dose: ScheduledDose, steps: list[Step], schedule: Schedule) -> bool:
    """Whether a volume in place of a dose keeps every most that is stated for it."""
    if ml < dose.volume_ml:
        return True
    each = next(one.each for one in schedule.conversions if one.volume_ml == dose.volume_ml)
    amount = _amount(dose, ml)
    if each.most is not None and over(amount, each.most):
        return False
    guards = [(schedule.order.guard, schedule.checked)]
    if schedule.protocol is not None:
        guards.append((schedule.protocol.guard, replace(schedule.checked, locale=None)))
    return all(
        keeps_maxima(
            guard, course, step, [amount if d.volume_ml == dose.volume_ml else d.dose for d in step.doses]
        )
        for guard, course in guards
        for step in steps
    )


def _amount(dose: ScheduledDose, ml: Fraction) -> Quantity:
    return Quantity(value=ml * dose.dose.value / dose.volume_ml, unit=dose.dose.unit)


def _words(dose: ScheduledDose, ml: Fraction, schedule: Schedule) -> str:
    volume = volume_words(ml)
    if dose.measured.dose_given is None:
        return volume
    return f"{write_quantity(_amount(dose, ml), profile=schedule.profile)} ({volume})"
