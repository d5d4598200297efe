"""From an order's course to measured steps: each distinct dose is converted once, whatever the number of days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from functools import partial

import msgspec

from liquidose.cautions import Caution
from liquidose.conversion import NOT_MEASURABLE, Conversion, work_out
from liquidose.courses.course import MOST_DAYS
from liquidose.courses.noting import doubts_on, notes_on
from liquidose.courses.rounding import monotone
from liquidose.courses.splits import split_day
from liquidose.courses.steps import ScheduledDose, Step
from liquidose.courses.stretches import Expanded, Slot, Stretch, expand
from liquidose.courses.tenfold import check_written_volume
from liquidose.devices.measuring import Measured, measure, stock_for
from liquidose.devices.syringes import Route
from liquidose.directions import Often
from liquidose.dosing.dose import Dose, dose_for, write_dose
from liquidose.dosing.ordered import read_dose
from liquidose.dosing.patient import Patient, patient_of
from liquidose.dosing.strength import ML
from liquidose.errors import (
    ChangeTheDevice,
    CheckTheAmount,
    CheckTheRoute,
    Refused,
    UnitsDoNotMatch,
)
from liquidose.orders.drawn import source_of_order
from liquidose.orders.often import Counted, counted, told_of_a_day
from liquidose.orders.order import Order
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import write_quantity, write_short
from liquidose.site import Site
from liquidose.source import Source, source_of


class Carried(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A course, measured."""

    before: Quantity | None
    """What was taken a day until the first step, where the order says it."""
    steps: tuple[Step, ...]
    doses: tuple[Dose, ...]
    """As read, for whom the units matter."""
    conversions: tuple[Conversion, ...]
    source: Source
    patient: Patient
    route: Route
    often: Often
    """When it is given, where that had to be counted, as needed or with a maximum; else the time between all its doses."""
    notes: tuple[Caution, ...]


class Desk:
    """Converts and measures the doses of one order, each distinct one once."""

    def __init__(self, order: Order, site: Site) -> None:
        self.order = order
        self.site = site
        self.notes: list[Caution] = []
        self._source: Source | None = None
        self._by_volume = False
        self._patients: dict[bool, Patient] = {}
        self._conversions: dict[tuple[Dose, int], Conversion] = {}
        self.counted = self._counted()
        self.expanded = self._split(
            expand(
                order.directions.course,
                floor=self.told,
                counted=None if self.counted is None else (self.counted.dose, self.counted.doses_a_day),
                locale=order.locale,
                notes=self.notes,
            )
        )
        self._check_strengths()
        self._check_days()
        for number, stretch in enumerate(self.expanded.stretches, 1):
            for slot in stretch.slots:
                self._checked_conversion(slot, number)

    def _counted(self) -> Counted | None:
        """The only dose of an order, counted for a day, where it is as needed or has a maximum."""
        directions = self.order.directions
        if directions.dose is None or not (directions.given_as_needed or directions.max_per_day):
            return None
        dose = read_dose(directions.dose, locale=self.order.locale, notes=self.notes)
        return counted(directions, dose, self._patient(dose.per == "m2"), locale=self.order.locale)

    def carry_out(self, ceilings: frozenset[Fraction] = frozenset()) -> Carried:
        """The measured steps; no volume among ``ceilings`` is rounded upwards.

        Raises:
            Refused: a dose that no stocked syringe measures, or that differs from the volume the order writes.
        """
        found = monotone(self._conversions.values(), self.site, ceilings=ceilings)
        steps, day = [], 1
        for number, stretch in enumerate(self.expanded.stretches, 1):
            steps.append(self._step(number, day, stretch, found))
            day += stretch.days or 0
        doses = tuple(
            dict.fromkeys(slot.dose for stretch in self.expanded.stretches for slot in stretch.slots)
        )
        source = self._source_for(doses[0])
        return Carried(
            before=self._before(),
            steps=tuple(steps),
            doses=doses,
            conversions=tuple(self._conversions.values()),
            source=source,
            patient=self._patient(any(dose.per == "m2" for dose in doses)),
            route=next(iter(self._conversions.values())).route or "oral",
            often=self.counted.often if self.counted else _apart(steps),
            notes=(
                *self.notes,
                *self._told_of_a_day(),
                *notes_on(steps, self._conversions.values(), found),
                *doubts_on(steps, source.stated, profile=self.site.profile),
            ),
        )

    def _told_of_a_day(self) -> Iterator[Caution]:
        if self.counted is not None:
            each = next(iter(self._conversions.values())).dose_amount
            yield from told_of_a_day(
                self.order.directions, self.counted, each, locale=self.order.locale, profile=self.site.profile
            )

    def told(self, slot: Slot) -> str:
        """A dose with its volume, or nothing where no stocked syringe measures it."""
        try:
            measured = self.conversion(slot).measured
        except Refused:
            return ""
        if measured is None:
            return ""
        dose = write_short(self.conversion(slot).dose_amount)
        return f"{dose} ({write_quantity(Quantity(value=measured.ml, unit=ML))})"

    def conversion(self, slot: Slot) -> Conversion:
        """The conversion of one dose.

        Raises:
            Refused: as :func:`liquidose.conversion.convert` does.
        """
        key = (slot.dose, slot.doses_a_day)
        if key not in self._conversions:
            self._conversions[key] = work_out(
                slot.dose,
                self._source_for(slot.dose),
                patient=self._patient(slot.dose.per == "m2"),
                times_a_day=slot.doses_a_day,
                route=self.order.directions.way,
                syringes=self.site.syringes,
                limits=self.site.limits_in_force,
                notes=[],
            )
        return self._conversions[key]

    def _checked_conversion(self, slot: Slot, number: int) -> None:
        """Nothing comes out, if a dose can be converted and measured; else its refusal names the step."""
        falling = self.order.directions.taper is not None and self.order.directions.course.ends_at_zero
        where = "The taper cannot reach zero in measurable doses. " if falling else ""
        try:
            conversion = self.conversion(slot)
        except Refused as refusal:
            raise type(refusal)(
                f"{where}Step {number}: {refusal.problem}", refusal.remedy, given=refusal.given
            ) from None
        if conversion.measured is not None and conversion.measured.syringe.kind != "insulin":
            return
        given = write_dose(slot.dose)
        if conversion.measured is not None:
            raise ChangeTheDevice(
                "Insulin is dosed in units, and liquidose makes no schedule in mL for it.",
                "Use the insulin's own charts.",
                given=given,
            )
        why = next(w for w in conversion.warnings if w.code in {NOT_MEASURABLE, "no-route", "maybe-insulin"})
        if why.code != NOT_MEASURABLE:
            raise CheckTheRoute(why.text, "Write the route in directions.route.", given=given)
        raise ChangeTheDevice(
            f"{where}Step {number} is {write_short(conversion.dose_amount)} for each dose. {why.text}",
            "No schedule is made of it.",
            given=given,
        )

    def _source_for(self, dose: Dose) -> Source:
        if self._source is None:
            self._by_volume = dose.by_volume
            self._source = source_of_order(self.order, by_volume=dose.by_volume, notes=self.notes)
        if dose.by_volume != self._by_volume:
            raise UnitsDoNotMatch(
                f"{write_dose(dose)} stands in a course whose other doses are counted "
                f"{'in mL' if self._by_volume else 'by amount'}.",
                "Write all doses of a course in one way.",
                given=write_dose(dose),
            )
        return self._source

    def _patient(self, needs_surface: bool) -> Patient:  # noqa: FBT001  (the one thing that differs)
        if needs_surface not in self._patients:
            person = self.order.patient
            self._patients[needs_surface] = patient_of(
                needs_surface=needs_surface,
                weight=person.weight,
                height=person.height,
                bsa=person.bsa,
                locale=self.order.locale,
                notes=self.notes,
            )
        return self._patients[needs_surface]

    def _before(self) -> Quantity | None:
        slots = self.expanded.before
        if not slots:
            return None
        patient = self._patient(slots[0].dose.per == "m2")
        each = dose_for(
            slots[0].dose, weight=patient.weight, surface=patient.surface, times_a_day=slots[0].doses_a_day
        )
        return Quantity(value=each.amount.value * len(slots), unit=each.amount.unit)

    def _split(self, expanded: Expanded) -> Expanded:
        """The course with each day's dose in measurable parts, where the order asks for that."""
        course = self.order.directions.course
        if course.split == "equal":
            return expanded
        stretches = []
        for number, stretch in enumerate(expanded.stretches, 1):
            slots = stretch.slots
            if slots and not slots[0].dose.a_day:
                raise CheckTheAmount(
                    f"Step {number} is {write_dose(slots[0].dose)} for each dose, and split = 'unequal' divides a day's dose.",
                    "Write the dose of a day, such as '10 mg/day', or leave split out.",
                    given=write_dose(slots[0].dose),
                )
            stretches.append(
                msgspec.structs.replace(stretch, slots=self._parts(slots, number)) if slots else stretch
            )
        return msgspec.structs.replace(expanded, stretches=tuple(stretches))

    def _parts(self, slots: tuple[Slot, ...], number: int) -> tuple[Slot, ...]:
        self._checked_conversion(slots[0], number)
        even = self._conversions.pop((slots[0].dose, slots[0].doses_a_day))
        pool = stock_for(even.route or "oral", self.site.syringes)
        each = even.dose_amount.value / even.volume_ml
        amounts = {
            time: Dose(amount=Quantity(value=ml * each, unit=even.dose_amount.unit))
            for time, ml in split_day(
                even.volume_ml * len(slots),
                tuple(slot.time for slot in slots),
                steps_ml=[syringe.step_ml for syringe in pool.syringes],
                on_a_line=partial(self._on_a_line, even.route or "oral"),
                largest_at=self.order.directions.course.largest_at,
            ).items()
        }
        return tuple(Slot(time=time, dose=dose, doses_a_day=len(slots)) for time, dose in amounts.items())

    def _on_a_line(self, route: Route, ml: Fraction) -> bool:
        """Whether a volume is measured without rounding."""
        volume = Quantity(value=ml, unit=ML)
        try:
            found = measure(
                volume, route=route, syringes=self.site.syringes, limits=self.site.limits_in_force
            )
        except ChangeTheDevice:
            return False
        return not found.rounded

    def _check_strengths(self) -> None:
        """Nothing comes out, if every step is drawn from the drug's own strength."""
        for number, step in enumerate(self.order.directions.steps or (), 1):
            if step.strength is None:
                continue
            locale = self.order.locale
            own = source_of(self.order.drug.strength, component=self.order.drug.component, locale=locale)
            if (
                source_of(step.strength, component=self.order.drug.component, locale=locale).strength
                != own.strength
            ):
                raise CheckTheAmount(
                    f"Step {number} is drawn from '{step.strength}', and the drug of the order is "
                    f"'{self.order.drug.strength}': the same dose would be another volume in the middle of the course.",
                    "Write one order for each strength, so that each schedule names its bottle.",
                    given=step.strength,
                )

    def _check_days(self) -> None:
        """Nothing comes out, if the course ends within ten years and the calendar."""
        days = sum(stretch.days or 0 for stretch in self.expanded.stretches)
        if days > MOST_DAYS:
            raise CheckTheAmount(
                f"The course is {days:,} days long, more than ten years.",
                "Check the days of its steps.",
                given=str(days),
            )
        start = self.order.directions.start
        if start is not None and start.toordinal() + days + 1 > dt.date.max.toordinal():
            raise CheckTheAmount(
                f"The course starts on {start}, and no calendar reaches its end.",
                "Check the year.",
                given=str(start),
            )

    def _step(self, number: int, day: int, stretch: Stretch, found: dict[Fraction, Measured]) -> Step:
        directions = self.order.directions
        start = directions.start
        if not directions.course.is_course:
            start = self.order.dispense.date  # of a plain order only its age limits are dated
        doses = []
        for slot in stretch.slots:
            conversion = self.conversion(slot)
            measured = found[conversion.volume_ml]
            if stretch.volume is not None:
                check_written_volume(
                    stretch.volume,
                    conversion,
                    measured.ml,
                    where=f"Step {number}",
                    locale=self.order.locale,
                )
            doses.append(
                ScheduledDose(
                    time=slot.time, dose=conversion.dose_amount, ordered=slot.dose, measured=measured
                )
            )
        return Step(
            number=number,
            from_day=day,
            days=stretch.days,
            doses=tuple(doses),
            cycle=stretch.cycle,
            every=stretch.every,
            as_needed=directions.given_as_needed and bool(doses),
            first=None if start is None else start + dt.timedelta(days=day - 1),
        )


def _apart(steps: list[Step]) -> Often:
    """The time from one dose to the next, where it is the same in all steps with doses."""
    first, *others = {step.every for step in steps if step.doses}
    return Often(every=None if others else first)
