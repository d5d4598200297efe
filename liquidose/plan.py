"""make_plan(): every number and sentence that a label or a screen shows of one order, computed once."""

from __future__ import annotations

from typing import Final

import msgspec

from liquidose.cautions import Caution
from liquidose.conversion import NOT_MEASURABLE, Conversion, with_note, work_out
from liquidose.devices.measuring import Measured
from liquidose.directions import direction, filling
from liquidose.dosing.ordered import read_dose
from liquidose.dosing.patient import patient_of
from liquidose.dosing.strength import on_paper, write_stated
from liquidose.errors import ChangeTheDevice, CheckTheRoute, DoesNotFit
from liquidose.orders.drawn import source_of_order
from liquidose.orders.order import Order
from liquidose.quantities.writing import Profile, english, sentence
from liquidose.site import Pharmacy, Site

__all__ = ["Plan", "english", "make_plan", "sentence"]

_ON_PAPER: Final = frozenset({"check-the-lines"})
"""Notes that the person who measures needs as much as any warning."""
_OFF_PAPER: Final = frozenset({"ordered-by-volume"})
"""For the prescriber and the pharmacist; the label itself is in mL."""
_OFF_PAPER_TOO: Final = ("guard", "protocol", "age-", "advice-", "run-out")
"""How the codes of what guards and protocols say begin: for the pharmacist as well."""


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
    fill: str
    pharmacy: Pharmacy | None
    """The order's own, else the site's."""
    profile: Profile
    warnings: tuple[Caution, ...]

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
            own.append(sentence(directions.missed_dose))
        return tuple(sentence(text) for text in (*own, *(w.text for w in self.warnings if _on_paper(w))))

    @property
    def off_paper(self) -> tuple[str, ...]:
        """Notes for the pharmacist: a second volume beside the dose would only confuse at home."""
        return tuple(sentence(w.text) for w in self.warnings if not _on_paper(w))


def _on_paper(caution: Caution) -> bool:
    if caution.code in _OFF_PAPER or caution.code.startswith(_OFF_PAPER_TOO):
        return False
    return caution.level == "warning" or caution.code in _ON_PAPER


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
    order = _one_dose(order)
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
    conversion = work_out(
        dose,
        source,
        patient=patient,
        times_a_day=order.directions.doses_a_day,
        route=order.directions.way,
        syringes=site.syringes,
        limits=site.limits_in_force,
        notes=notes,
    )
    if order.directions.doses_a_day is None:
        often = "The order does not say how often: ask the pharmacist."
        conversion = with_note(conversion, Caution(code="no-times", text=often))
    conversion = _as_guarded(order, site, conversion)
    measured = _measured(conversion)
    strength = order.drug.strength
    if conversion.stated is not None:
        strength = write_stated(on_paper(conversion.stated), locale=english(locale), profile=site.profile)
    directions = order.directions
    return Plan(
        order=order,
        conversion=conversion,
        measured=measured,
        drug=f"{order.drug.name} {order.drug.form}" if order.drug.form else order.drug.name,
        strength=strength,
        direction=direction(
            measured.ml,
            conversion.route or "oral",
            times=directions.times,
            times_a_day=directions.times_a_day,
            with_words=directions.with_,
            purpose=directions.purpose,
            for_days=directions.for_days if directions.then != "continue" else None,
        ),
        fill=filling(measured),
        pharmacy=order.pharmacy or site.pharmacy,
        profile=site.profile,
        warnings=conversion.warnings,
    )


def _one_dose(order: Order) -> Order:
    """The order with its only dose in ``directions.dose``.

    Raises:
        DoesNotFit: it is a course of several doses.
    """
    directions = order.directions
    if directions.steps is not None and len(directions.steps) == 1:
        (step,) = directions.steps
        if isinstance(step.dose, str) and not step.is_none and step.cycle is None and step.strength is None:
            directions = msgspec.structs.replace(
                directions,
                steps=None,
                dose=step.dose,
                for_days=step.days,
                times=step.times or (() if step.times_a_day else directions.times),
                times_a_day=step.times_a_day or directions.times_a_day,
                volume=step.volume,
            )
    if not directions.course.is_one_step:
        raise DoesNotFit(
            "The order is a course of several doses, and a label has room for one: it would say less than was ordered.",
            "Print the course with 'liquidose schedule'.",
            given=order.drug.name,
        )
    return msgspec.structs.replace(order, directions=directions)


def _as_guarded(order: Order, site: Site, conversion: Conversion) -> Conversion:
    """The conversion as guards, a protocol, a volume in the order and the end of a course leave it."""
    directions = order.directions
    if not (directions.course.is_course or directions.volume or order.protocol or order.guard):
        return conversion
    from liquidose.courses.schedule import scheduled  # noqa: PLC0415  (few labels need the whole room)

    schedule = scheduled(order, site)
    conversion = msgspec.structs.replace(conversion, measured=schedule.steps[0].doses[0].measured)
    for caution in schedule.guarded + schedule.ending:
        conversion = with_note(conversion, caution)
    return conversion


def _measured(conversion: Conversion) -> Measured:
    """What the syringe is set to; a plan without it is refused."""
    measured = conversion.measured
    if measured is None:
        why = next(w for w in conversion.warnings if w.code in {NOT_MEASURABLE, "no-route", "maybe-insulin"})
        if why.code == NOT_MEASURABLE:
            raise ChangeTheDevice(why.text, "No label is printed for it.", given=conversion.as_written)
        raise CheckTheRoute(why.text, "Write the route in directions.route.", given=conversion.as_written)
    if measured.syringe.kind == "insulin":
        raise ChangeTheDevice(
            "Insulin is dosed in units, and liquidose prints no label in mL for it.",
            "Use the insulin's own label.",
            given=conversion.as_written,
        )
    return measured
