"""make_plan(): every number and sentence that a label or a screen shows of one order, computed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import msgspec

from liquidose.cautions import Caution
from liquidose.conversion import NOT_MEASURABLE, Conversion, with_note, work_out
from liquidose.courses.tenfold import mistaken_for_mg
from liquidose.devices.calibration import Calibration
from liquidose.devices.drug_classes import class_of
from liquidose.devices.limits import Limits
from liquidose.devices.measuring import Measured
from liquidose.devices.syringes import Route
from liquidose.directions import Often, direction, filling, missed_dose_words
from liquidose.dosing.ordered import read_dose
from liquidose.dosing.patient import patient_of
from liquidose.dosing.strength import Stated, on_paper, write_stated
from liquidose.errors import ChangeTheDevice, CheckTheRoute
from liquidose.orders.drawn import in_place_of_tablets, one_dose, source_of_order
from liquidose.orders.often import Counted, counted, told_of_a_day
from liquidose.orders.order import Order
from liquidose.overrides import GUARDS, OVERRIDDEN, how_to_pass, limits_passed
from liquidose.quantities.writing import Profile, english, sentence, units_in_words, written_date
from liquidose.site import Pharmacy, Site
from liquidose.source import Source
from liquidose.strength_change import NEW_STRENGTH, strength_change

_ON_PAPER: Final = frozenset({"check-the-lines", "starts"})
"""Notes that the person who measures needs as much as any warning."""
_OFF_PAPER: Final = frozenset({"ordered-by-volume"})
"""For the prescriber and the pharmacist; the label itself is in mL."""
_OFF_PAPER_TOO: Final = (
    "guard",
    "protocol",
    "age-",
    "advice-",
    "run-out",
    "too-old",
    "quantity-short",
    "mg-or-ml",
)
"""How the codes begin of what guards, protocols, and the end of a pack say: for the pharmacist as well."""
_OF_THE_COURSE: Final = frozenset({"too-old", "quantity-short"})
"""Warnings about a course that one dose alone does not give: it outlasts what is dispensed."""


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One order, worked out: the conversion and the words for paper and screen."""

    order: Order
    conversion: Conversion
    measured: Measured
    drug: str
    """Name and form."""
    strength: str
    """As the container states it, and per mL; on its own line."""
    direction: str
    """In mL only."""
    give: str
    """The direction without what it is for."""
    often: Often
    """When it is given; of a dose as needed with the most in 24 hours, counted for this patient."""
    doses_a_day: int | None
    """As ordered; of a dose as needed, the most in 24 hours. None where nothing says."""
    fill: str
    pharmacy: Pharmacy | None
    """The order's own, else the site's."""
    profile: Profile
    warnings: tuple[Caution, ...]
    before: Conversion | None = None
    """The same dose with the previous strength, where the order names one and it is another."""
    calibration: Calibration | None = None
    """What the site measured of the syringe, for a mark in true scale."""
    missed_dose: str = ""
    """What to do after a missed dose: as the order says it, else its protocol."""

    @property
    def cautions(self) -> tuple[str, ...]:
        """What must stand on paper: the order's own warnings and every warning of the plan."""
        drug, directions = self.order.drug, self.order.directions
        own = list(directions.warnings)
        if drug.shake:
            own.insert(0, "Shake the bottle well.")
        if drug.storage:
            own.append(sentence(drug.storage))
        if directions.missed_dose:
            own.append(missed_dose_words(directions.missed_dose))
        ours = [w for w in self.warnings if self._on_paper(w)]
        first = [self._told(w) for w in ours if w.code == NEW_STRENGTH]
        return (*first, *map(sentence, own), *(self._told(w) for w in ours if w.code != NEW_STRENGTH))

    @property
    def off_paper(self) -> tuple[str, ...]:
        """Notes for the pharmacist: a second volume beside the dose would only confuse at home."""
        return tuple(self._told(w) for w in self.warnings if not self._on_paper(w))

    def _told(self, caution: Caution) -> str:
        """A caution in the words of the plan's profile, which may be a label design's own and not the site's."""
        return sentence(units_in_words(caution.text, profile=self.profile))

    def _on_paper(self, caution: Caution) -> bool:
        if caution.code in _OFF_PAPER or caution.code.startswith(_OFF_PAPER_TOO):
            return False
        # Whoever fills a syringe ahead reads the screen; its label is for the one who gives it.
        to_measure = caution.code in _ON_PAPER and not self.order.filled_ahead
        return caution.level == "warning" or to_measure


def make_plan(order: Order, site: Site | None = None) -> Plan:
    """The plan of one order under a site's values.

    Raises:
        DoesNotFit: the order is a course of more than one dose.
        ChangeTheDevice: no stocked syringe measures the dose well enough.
        GiveWhatIsMissing: a strength, a weight, a route, the volume of a powder.
        LiquidoseError: as reading the dose and the strength does.
    """
    site = site or Site()
    notes: list[Caution] = []
    order = one_dose(order)
    locale = order.locale
    dose = read_dose(order.directions.dose or "", locale=locale, notes=notes)
    source = source_of_order(order, by_volume=dose.by_volume, notes=notes)
    patient = patient_of(
        needs_surface=dose.per == "m2",
        weight=order.patient.weight,
        height=order.patient.height,
        bsa=order.patient.bsa,
        locale=locale,
        notes=notes,
    )
    daily = counted(order.directions, dose, patient, locale=locale)

    def worked_out(
        drug: Source, limits: Limits, told: list[Caution], route: Route | None = order.directions.way
    ) -> Conversion:
        return work_out(
            daily.dose,
            drug,
            patient=patient,
            times_a_day=daily.doses_a_day,
            route=route,
            syringes=site.syringes,
            limits=limits,
            notes=told,
        )

    def measurable(limits: Limits) -> bool:
        return worked_out(source, limits, []).measured is not None

    limits = limits_passed(order.override, site.limits_in_force, measurable)
    conversion = worked_out(source, limits, notes)
    for caution in _told_of_the_order(order, daily, conversion, source.stated, site):
        conversion = with_note(conversion, caution)
    conversion, missed_dose = _as_guarded(order, site, conversion)
    measured = _measured(conversion, lambda: how_to_pass(site.limits_in_force, measurable))
    old: Conversion | None = None
    if (previous := order.dispense.previous_strength) is not None:

        def before() -> Conversion:
            drug = msgspec.structs.replace(order.drug, strength=previous)
            heard: list[Caution] = []
            was = source_of_order(msgspec.structs.replace(order, drug=drug), by_volume=False, notes=heard)
            found = worked_out(was, site.limits_in_force, heard, conversion.route)
            if not _is_scheduled(order):
                return found
            return msgspec.structs.replace(found, measured=_guarded_before(order, previous, site))

        told, old = strength_change(previous, conversion, measured, before, profile=site.profile)
        for caution in told:
            conversion = with_note(conversion, caution)
    directions = order.directions
    give = partial(
        direction,
        measured.ml,
        conversion.route or "oral",
        with_words=directions.with_,
        for_days=directions.for_days if directions.then != "continue" else None,
    )
    return Plan(
        order=order,
        conversion=conversion,
        measured=measured,
        drug=f"{order.drug.name} {order.drug.form}" if order.drug.form else order.drug.name,
        strength=_strength(order, conversion, site.profile),
        direction=give(often=daily.often, purpose=directions.purpose),
        give=give(often=msgspec.structs.replace(daily.often, reason=None)),
        often=daily.often,
        doses_a_day=daily.doses_a_day,
        fill=filling(measured),
        pharmacy=order.pharmacy or site.pharmacy,
        profile=site.profile,
        warnings=conversion.warnings,
        before=old,
        calibration=next((c for c in site.calibration if c.syringe == measured.syringe.id), None),
        missed_dose=missed_dose,
    )


def _first_day(order: Order) -> Iterator[Caution]:
    """When a course begins, where its order says it."""
    start = order.directions.start
    if start is not None:
        yield Caution(code="starts", text=f"The first day is {written_date(start)}.", level="note")


def under(plan: Plan, profile: Profile | None) -> Plan:
    """The same plan in the words of a label design's own profile; as it is where the design has none."""
    if profile is None or profile == plan.profile:
        return plan
    return msgspec.structs.replace(
        plan, profile=profile, strength=_strength(plan.order, plan.conversion, profile)
    )


def _strength(order: Order, conversion: Conversion, profile: Profile) -> str:
    if conversion.stated is None:
        return order.drug.strength
    return write_stated(on_paper(conversion.stated), locale=english(order.locale), profile=profile)


def _told_of_the_order(
    order: Order, daily: Counted, conversion: Conversion, stated: Stated | None, site: Site
) -> Iterator[Caution]:
    """What the order itself gives to be told, beside its dose."""
    for override in order.override:
        yield Caution(code=OVERRIDDEN, text=f"Overridden: {override.words}", level="note")
    if order.drug.class_ is not None:
        yield Caution(code="class-colour", text=class_of(order.drug.class_).note, level="note")
    if order.directions.doses_a_day is None and not order.filled_ahead:  # a filled syringe is one dose
        what = "how long to wait between doses" if order.directions.given_as_needed else "how often"
        yield Caution(code="no-times", text=f"The order does not say {what}: ask the pharmacist.")
    yield from told_of_a_day(
        order.directions, daily, conversion.dose_amount, locale=order.locale, profile=site.profile
    )
    yield from mistaken_for_mg(conversion.dose_amount, stated, where="The order", profile=site.profile)
    yield from _first_day(order)
    yield from in_place_of_tablets(order, profile=site.profile)


def _is_scheduled(order: Order) -> bool:
    """Whether a schedule has something to say of the dose: of a course, a volume in the order, guards or a protocol."""
    directions = order.directions
    passes = any(override.code in GUARDS for override in order.override)
    return bool(directions.course.is_course or directions.volume or order.protocol or order.guard or passes)


def _guarded_before(order: Order, previous: str, site: Site) -> Measured | None:
    """What was measured from the bottle before, which the same guards bound; None where no stocked syringe measures it."""
    from liquidose.courses.schedule import scheduled  # noqa: PLC0415  (few labels need the whole room)
    from liquidose.courses.switching import as_before  # noqa: PLC0415  (as above)

    try:
        return scheduled(as_before(order, previous), site).steps[0].doses[0].measured
    except ChangeTheDevice:
        return None


def _as_guarded(order: Order, site: Site, conversion: Conversion) -> tuple[Conversion, str]:
    """The conversion as guards, a protocol, a volume in the order and the end of a course leave it; a missed dose."""
    missed_dose = order.directions.missed_dose or ""
    if not _is_scheduled(order):
        return conversion, missed_dose
    from liquidose.courses.schedule import scheduled  # noqa: PLC0415  (few labels need the whole room)

    schedule = scheduled(order, site)
    conversion = msgspec.structs.replace(conversion, measured=schedule.steps[0].doses[0].measured)
    of_the_pack = tuple(w for w in schedule.notes + schedule.supplied if w.code in _OF_THE_COURSE)
    for caution in schedule.guarded + of_the_pack + schedule.ending:
        conversion = with_note(conversion, caution)
    if schedule.protocol is not None:
        missed_dose = missed_dose or schedule.protocol.missed_dose
    return conversion, missed_dose


def _measured(conversion: Conversion, may_pass: Callable[[], str]) -> Measured:
    """What the syringe is set to; a plan without it is refused, with the codes of what may be overridden."""
    measured = conversion.measured
    if measured is None:
        why = next(w for w in conversion.warnings if w.code in {NOT_MEASURABLE, "no-route", "maybe-insulin"})
        if why.code == NOT_MEASURABLE:
            remedy = f"No label is printed for it.{may_pass()}"
            raise ChangeTheDevice(why.text, remedy, given=conversion.as_written)
        raise CheckTheRoute(why.text, "Write the route in directions.route.", given=conversion.as_written)
    if measured.syringe.kind == "insulin":
        raise ChangeTheDevice(
            "Insulin is dosed in units, and liquidose prints no label in mL for it.",
            "Use the insulin's own label.",
            given=conversion.as_written,
        )
    return measured
