"""The page of one plan in one design: whether the design may serve it, its words, the colour of its class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from liquidose.devices.drug_classes import class_of
from liquidose.directions import BY, joined
from liquidose.errors import ChangeTheDevice, CheckTheRoute, DoesNotFit, GiveWhatIsMissing
from liquidose.marking import mark_of
from liquidose.pages.barcodes import Code
from liquidose.pages.class_art import coloured, with_room_for_stripes
from liquidose.pages.labels import Layout
from liquidose.pages.shapes import Page
from liquidose.pages.templates import Template
from liquidose.plan import Plan
from liquidose.preparation import words_of
from liquidose.sheet_fields import texts_for

_GIVEN_BY: Final = {
    "prepared": "preparation.prepared",
    "discard_at": "preparation.discard_at",
    "second_id": "patient.birth_date or patient.id",
    "concentration": "directions.dose as an amount of drug and not in mL",
    "dose": "directions.dose as an amount of drug and not in mL",
}
"""Where an order gives what the label of a syringe demands."""


def words_on(template: Template, plan: Plan) -> dict[str, tuple[str, ...]]:
    """The words of a plan by the field names of a design that may serve it.

    Raises:
        CheckTheRoute: the design is for another route.
        ChangeTheDevice: it is for one filled syringe, and the dose takes several fillings.
        DoesNotFit: a warning has no place; or the order is of a filled syringe.
        GiveWhatIsMissing: the design demands what the order leaves out; all of it is named.
    """
    _may_serve(template, plan)
    texts = texts_for(
        plan, template.fields, profile=template.profile, only_named=template.kind == "worksheet"
    )
    if template.mark is not None:
        mark = mark_of(plan)
        texts |= mark.words() | {"cautions": (*texts["cautions"], *mark.to_mind)}
    for element in template.text:
        if words := words_of(plan, element.field):
            texts[element.field] = words
    _has_what_is_demanded(template, texts)
    _has_room_for_warnings(template, plan)
    return texts


class PlanLayout:
    """A design made ready to set the labels of many plans, in the colours of their classes where it shows them."""

    def __init__(self, template: Template, *, further: tuple[str, ...] = ()) -> None:
        self._template = template
        self._further = further
        self._layouts = {"": Layout(template, further=further)}

    def label(
        self,
        plan: Plan,
        texts: Mapping[str, Sequence[str]],
        codes: Mapping[str, Code] = MappingProxyType({}),
    ) -> Page:
        """The label of a plan as shapes in mm.

        Raises:
            DoesNotFit: a text has no room or no place.
            GiveWhatIsMissing: a field the design demands has no text.
            UnreadableText: a character that cannot be drawn, or a name all in capitals.
        """
        colour, name = self._template.class_colour, plan.order.drug.class_
        if colour is None or name is None:
            mark = mark_of(plan) if self._template.mark is not None else None
            return self._layouts[""].label(texts, plan.measured, codes, mark)
        drug_class = class_of(name)
        if name not in self._layouts:
            striped = with_room_for_stripes(self._template, drug_class)
            self._layouts[name] = Layout(striped, further=self._further)
        return coloured(self._layouts[name].label(texts, plan.measured, codes), drug_class, colour.upper_mm)


def _may_serve(template: Template, plan: Plan) -> None:
    if template.kind == "dispensed" and plan.order.filled_ahead:
        raise DoesNotFit(
            f"The label '{template.id}' is not for a filled syringe, and this order says when one was prepared.",
            "Use the label 'syringe' or 'oral-syringe', or take the preparation out of the order.",
            given="preparation.prepared",
        )
    route = plan.conversion.route or "oral"
    if template.routes is not None and route not in template.routes:
        meant = " or ".join(BY[one] for one in template.routes)
        raise CheckTheRoute(
            f"The label '{template.id}' is for doses {meant}, and this one is given {BY[route]}.",
            "Use another label design, or correct directions.route.",
            given=route,
        )
    fillings = len(plan.measured.draws_ml)
    if template.kind in {"filled-syringe", "user-applied"} and fillings > 1:
        raise ChangeTheDevice(
            f"The label '{template.id}' is for one filled syringe, and this dose takes {fillings} fillings.",
            "Stock a larger syringe, or dispense the bottle.",
            given=plan.fill,
        )


def _has_what_is_demanded(template: Template, texts: Mapping[str, Sequence[str]]) -> None:
    """Nothing comes out if the order gives all that a syringe's label demands; else all that is missing is named."""
    demanded = (element.field for element in template.text if element.missing == "refuse")
    missing = list(dict.fromkeys(_GIVEN_BY[f] for f in demanded if f in _GIVEN_BY and not texts.get(f)))
    if missing:
        raise GiveWhatIsMissing(
            f"The label '{template.id}' must show more than this order gives.",
            f"Give {joined(missing)}.",
            given=", ".join(missing),
        )


def _has_room_for_warnings(template: Template, plan: Plan) -> None:
    """Nothing comes out; a warning is on the paper, or there is no paper."""
    shown = "cautions" in {element.field for element in template.text}
    if template.kind == "user-applied" and plan.cautions and not shown:
        raise DoesNotFit(
            f"The label '{template.id}' has no room for warnings, and this order has: {' '.join(plan.cautions)}",
            "Use a label that shows them, or resolve each one and take it out of the order.",
            given=" ".join(plan.cautions),
        )
