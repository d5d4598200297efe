"""make_schedule(): the steps of an order's course, exact and measured, with what must be known before it is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

import msgspec

from liquidose.cautions import Caution
from liquidose.conversion import Conversion
from liquidose.courses.carrying import Carried, Desk
from liquidose.courses.dispensing import supply_cautions
from liquidose.courses.ending import endings
from liquidose.courses.guarding import ceilings
from liquidose.courses.guards import Checked
from liquidose.courses.holding import checked_of, guarded_by, ordered_of
from liquidose.courses.in_date import last_day_of_use, too_old
from liquidose.courses.protocol import Protocol, match, protocol_of
from liquidose.courses.steps import ScheduledDose, Step, day_words
from liquidose.courses.supply import Supply, SupplyOrder, supply_for
from liquidose.courses.switching import Switch, switch_words, switched
from liquidose.courses.tenfold import tenfold_steps
from liquidose.devices.limits import Limits
from liquidose.directions import manner, missed_dose_words
from liquidose.dosing.strength import on_paper, write_stated
from liquidose.errors import ChangeTheDevice, CheckTheAmount, GiveWhatIsMissing
from liquidose.orders.drawn import in_place_of_tablets
from liquidose.orders.order import Order
from liquidose.overrides import OVERRIDDEN, how_to_pass, limits_passed
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.units import Unit
from liquidose.quantities.writing import Profile, english, sentence, written_date
from liquidose.site import Site


class Sofar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was ordered and what was measured from the first day to the end of a step."""

    ordered: Fraction
    measured: Fraction
    unit: Unit

    @property
    def difference(self) -> Fraction:
        """How much more (or less) was measured than ordered."""
        return self.measured - self.ordered


class Schedule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A course, worked out: steps with exact doses, measured volumes, syringes and days.

    Dated where the order has a start, by day numbers otherwise.
    """

    order: Order
    drug: str
    """Name and form."""
    strength: str
    """As the container states it, and per mL."""
    conversions: tuple[Conversion, ...]
    """Each distinct dose with its arithmetic."""
    before: Quantity | None
    """What was taken a day until the first step, where the order says it."""
    steps: tuple[Step, ...]
    manner: str
    """How every dose is given: ``Give by mouth, with food.``"""
    own: tuple[Caution, ...]
    """The order's own warnings and words."""
    notes: tuple[Caution, ...]
    """What reading and measuring had to say."""
    guarded: tuple[Caution, ...]
    """What the guards, the protocol and the search for slips of ten had to say."""
    protocol: Protocol | None
    """What the order is held to, where it names one."""
    supply: Supply | None
    """What to dispense, where the order states a quantity or bottles."""
    runs_out_on: int | None
    """The first day that what is dispensed does not cover: the quantity is used up, or the pack too old; None where neither is known."""
    overridden: tuple[Caution, ...]
    """What was passed, why and by whom: for the pharmacist, on no sheet for the patient."""
    ending: tuple[Caution, ...]
    """What comes after the last step."""
    profile: Profile
    checked: Checked
    """What its guards were held against."""
    switch: Switch | None = None
    """The same course from the bottle before, where that had another strength."""

    @property
    def warnings(self) -> tuple[Caution, ...]:
        """Everything to be known before the first dose; what comes after the course stands last."""
        return self.own + self.notes + self.guarded + self.overridden + self.supplied + self.ending

    @property
    def supplied(self) -> tuple[Caution, ...]:
        """What to dispense and how long it lasts, with a warning where that is not to the end."""
        return supply_cautions(self.supply, self.steps, locale=self.locale)

    @property
    def headed(self) -> str:
        """The drug as it stands in a first line: with its strength, where the bottle before was ten times as strong, or a tenth."""
        if self.switch is not None and self.switch.tenfold:
            return f"{self.drug}, {self.strength},"
        return self.drug

    @property
    def then(self) -> str:
        """``continue``, ``stop`` or ``review on 2026-12-31``."""
        return self.order.directions.then or "continue"

    @property
    def locale(self) -> str | None:
        """The locale for numbers in English sentences."""
        return english(self.order.locale)

    def day_words(self, day: int) -> str:
        """A day of the course as people say it: its date, or its number where the course has no start."""
        return day_words(day, None if self.start is None else self.start + dt.timedelta(days=day - 1))

    @property
    def start(self) -> dt.date | None:
        """The first day, if the order has one."""
        return self.steps[0].first

    @property
    def as_needed(self) -> bool:
        """Whether its doses are given only when they are needed; then all totals are the most that can be given."""
        return self.order.directions.given_as_needed

    @property
    def exact_total_ml(self) -> Fraction:
        """The exact volume of all steps."""
        return sum((step.day_ml * step.dosing_days for step in self.steps), Fraction(0))

    @property
    def measured_total_ml(self) -> Fraction:
        """The measured volume of all steps, which is what the bottle must hold."""
        return sum((step.day_measured_ml * step.dosing_days for step in self.steps), Fraction(0))

    @property
    def so_far(self) -> tuple[Sofar, ...]:
        """Plan and measured side by side, added up to the end of each step."""
        ordered = measured = Fraction(0)
        found = []
        unit = next(step.day_amount.unit for step in self.steps if step.day_amount is not None)
        for step in self.steps:
            if step.day_amount is not None and step.day_given is not None:
                ordered += step.day_amount.to(unit).value * step.dosing_days
                measured += step.day_given.to(unit).value * step.dosing_days
            found.append(Sofar(ordered=ordered, measured=measured, unit=unit))
        return tuple(found)

    def on(self, day: dt.date | int) -> tuple[ScheduledDose, ...]:
        """The doses of one day, by its date or its number; none on a day off, in a pause and after a stop.

        Raises:
            GiveWhatIsMissing: a date, where the course has no start; a day behind the end of a course that is to
                be reviewed.
            CheckTheAmount: a day before the first.
        """
        number = day if isinstance(day, int) else self._number_of(day)
        shown = f"day {day}" if isinstance(day, int) else written_date(day)
        if number < 1:
            raise CheckTheAmount(
                f"The course has not begun on {shown}.",
                "Ask for its first day or a later one.",
                given=str(day),
            )
        step = next(s for s in reversed(self.steps) if s.from_day <= number)
        if step.days is not None and number > step.to_day and self.then != "continue":
            raise GiveWhatIsMissing(
                f"No dose is ordered for {shown}: the course ends before it and is to be reviewed.",
                "Ask the prescriber how it goes on.",
                given=str(day),
            )
        off = step.cycle is not None and not step.cycle.doses_on(number - step.from_day)
        return () if off else step.doses

    def _number_of(self, day: dt.date) -> int:
        if self.start is None:
            raise GiveWhatIsMissing(
                "The course has no start date.",
                "Write directions.start, or ask by the number of the day.",
                given=str(day),
            )
        return (day - self.start).days + 1


def make_schedule(order: Order, site: Site | None = None) -> Schedule:
    """The schedule of an order's course under a site's values; a protocol that the order names is read and held to.

    Raises:
        GiveWhatIsMissing: the order has no course, or its rule lacks what it needs.
        ChangeTheDevice: no stocked syringe measures a step well enough.
        CheckTheAmount: a guard that refuses, steps that go the wrong way, a course that never ends.
        LiquidoseError: as reading doses, strength and protocol does.

    >>> from liquidose.orders.order import decode_order
    >>> order = decode_order('''
    ... patient = { name = "Sam Example" }
    ... drug = { name = "baclofen", strength = "5 mg/5 mL" }
    ... [directions]
    ... times = ["morning", "noon", "bedtime"]
    ... titrate = { start = "5 mg", step = "5 mg", every = "3 days", target = "20 mg" }
    ... then = "continue"
    ... ''', name="order.toml")
    >>> schedule = make_schedule(order)
    >>> [step.doses[0].measured.ml for step in schedule.steps], schedule.measured_total_ml
    ([Fraction(5, 1), Fraction(10, 1), Fraction(15, 1), Fraction(20, 1)], Fraction(450, 1))
    """
    if not order.directions.course.is_course:
        raise GiveWhatIsMissing(
            "The order has one dose and no course.",
            "Write for_days, steps, titrate or taper in directions; 'liquidose label' prints a single dose.",
            given="directions",
        )
    site = site or Site()
    schedule = scheduled(order, site)
    switch = switched(
        order, schedule.steps, lambda before: scheduled(before, site).steps, profile=site.profile
    )
    told = switch_words(order, switch, schedule.strength, schedule.steps)
    return msgspec.structs.replace(schedule, own=(*told, *schedule.own), switch=switch)


def scheduled(order: Order, site: Site) -> Schedule:
    """The schedule of any order: one without a course is a single step without an end.

    Raises:
        LiquidoseError: as :func:`make_schedule` does.
    """
    desk = _desk(order, site)
    site = desk.site
    carried = desk.carry_out()
    protocol = protocol_of(order.protocol)
    checked = checked_of(order, site, carried, protocol)
    bound = ceilings(order.guard, checked)
    if protocol is not None:
        match(protocol, ordered_of(order, site, carried))
        bound |= ceilings(protocol.guard, msgspec.structs.replace(checked, locale=None))
    if bound:
        carried = desk.carry_out(bound)
        checked = checked_of(order, site, carried, protocol)
    tenfold = tenfold_steps(carried.before, carried.steps, profile=site.profile)
    drug, stated = order.drug, carried.source.stated
    strength = drug.strength
    if stated is not None and not carried.doses[0].by_volume:
        strength = write_stated(on_paper(stated), locale=english(order.locale), profile=site.profile)
    good_to = last_day_of_use(order, carried.steps)
    supply = _supply(order, carried, good_to)
    runs_out = min(filter(None, _ends(supply, carried, good_to)), default=None)
    return Schedule(
        order=order,
        drug=f"{drug.name} {drug.form}" if drug.form else drug.name,
        strength=strength,
        conversions=carried.conversions,
        before=carried.before,
        steps=carried.steps,
        manner=manner(
            carried.route,
            next(step for step in carried.steps if step.doses).doses[0].measured.ml,
            often=carried.often,
            with_words=order.directions.with_,
            purpose=order.directions.purpose,
        ),
        own=(*in_place_of_tablets(order, profile=site.profile), *_own(order)),
        notes=(*carried.notes, *_whose(order), *too_old(order, carried.steps, good_to)),
        guarded=(*tenfold, *guarded_by(order, protocol, checked, ordered_of(order, site, carried))),
        overridden=tuple(
            Caution(code=OVERRIDDEN, text=f"Overridden: {override.words}", level="note")
            for override in order.override
        ),
        protocol=protocol,
        supply=supply,
        runs_out_on=runs_out,
        ending=tuple(endings(order.directions.course, carried.steps, runs_out=runs_out))
        if order.directions.course.is_course
        else (),
        profile=site.profile,
        checked=checked,
    )


def _desk(order: Order, site: Site) -> Desk:
    """The doses of an order, measured within the site's limits as far as overrides of the order widen them.

    Raises:
        ChangeTheDevice: a dose that cannot be measured so; with the codes of what may be overridden.
        CheckTheAmount: an override of a limit that is not needed.
    """

    def within(limits: Limits) -> Desk:
        return Desk(order, msgspec.structs.replace(site, limits=limits, audience=limits.audience))

    def measurable(limits: Limits) -> bool:
        try:
            within(limits)
        except ChangeTheDevice:
            return False
        return True

    limits = limits_passed(order.override, site.limits_in_force, measurable)
    try:
        return within(limits)
    except ChangeTheDevice as fault:
        remedy = f"{fault.remedy}{how_to_pass(site.limits_in_force, measurable)}"
        raise ChangeTheDevice(fault.problem, remedy, given=fault.given) from None


def _supply(order: Order, carried: Carried, good_to: int | None) -> Supply | None:
    """What to dispense; None where the order says nothing of it, or its doses have no end."""
    if (order.supply is None and order.dispense.quantity is None) or not order.directions.course.is_course:
        return None
    return supply_for(
        order.supply or SupplyOrder(),
        carried.steps,
        goes_on=order.directions.then == "continue",
        quantity=order.dispense.quantity,
        dispensed=order.dispense.date,
        good_to=good_to,
        locale=order.locale,
    )


def _ends(supply: Supply | None, carried: Carried, good_to: int | None) -> Iterator[int | None]:
    """The first day without a dose to give, by the quantity and by the age of the pack."""
    if supply is not None:
        yield supply.runs_out_on
    last = max(step.from_day + step.last_place for step in carried.steps if step.doses)
    if good_to is not None and good_to < last:
        yield good_to + 1


def _whose(order: Order) -> Iterator[Caution]:
    """A warning, if a taper names no prescriber: it is a plan that somebody must answer for (R160)."""
    if order.directions.taper is not None and order.dispense.prescriber is None:
        yield Caution(
            code="no-prescriber",
            text="A taper is the prescriber's plan, and the order does not name the prescriber: write dispense.prescriber.",
        )


def _own(order: Order) -> Iterator[Caution]:
    """The order's own warnings and words, as they stand on its label."""
    drug, directions = order.drug, order.directions
    for text in directions.warnings:
        yield Caution(code="order", text=sentence(text))
    shake = "Shake the bottle well." if drug.shake else None
    for words in filter(None, (shake, drug.storage)):
        yield Caution(code="order", text=sentence(words), level="note")
    if directions.missed_dose:
        yield Caution(code="order", text=missed_dose_words(directions.missed_dose), level="note")
