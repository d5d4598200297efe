"""A dose mark for one syringe: what it says, where on the scale it lies, and how far it may be out."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

import msgspec

from liquidose.cautions import Caution
from liquidose.conversion import NOT_MEASURABLE, convert
from liquidose.devices.calibration import far_from
from liquidose.devices.measuring import Measured
from liquidose.devices.syringes import KIND_FOR, KIND_WORDS, Kind, Route, Syringe, syringes_of
from liquidose.devices.truescale import (
    BORE_OUT_MM,
    MarkError,
    TrueScale,
    published_scale,
    refuse_what_is_no_syringe,
    true_scale,
)
from liquidose.directions import volume_words
from liquidose.dosing.forms import names_something
from liquidose.dosing.strength import on_paper, write_stated
from liquidose.errors import ChangeTheDevice, CheckTheRoute, GiveWhatIsMissing
from liquidose.numbers import rounded, write_number
from liquidose.plan import Plan
from liquidose.quantities.lint import free_of_amounts
from liquidose.quantities.reading import checked_text
from liquidose.quantities.speaking import number_in_words
from liquidose.quantities.writing import NO_BREAK, write_percent, written_date
from liquidose.site import Site
from liquidose.source import source_of

NOT_NAMED: Final = "_" * 20
"""The line for the drug's name, to be written by hand."""
_SAY_DRUG: Final = (
    "No drug is named: write its name on the line before the mark is used, or print it with --drug."
)
_SEEN: Final = frozenset({"mark-error", "drug-not-named"})
WARNS_PERCENT: Final = 5
REFUSED_PERCENT: Final = 10
FINEST_ML: Final = Fraction(2, 100)
"""No mark on a syringe of 1 mL and under is promised better than this; on others, than one of its lines."""

_ROUTE_TEXT: Final[dict[Route, str]] = {
    "oral": "By mouth only.",
    "tube": "Through the feeding tube only.",
    "injection": "By injection only: not for doses by mouth.",
}
_SAY_ROUTE: Final[dict[Kind, str]] = {"enfit": "by tube", "luer": "by injection"}


class Mark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One dose on one syringe's true scale; what exists may be printed.

    Raises:
        ChangeTheDevice: several draws, or a mark that may be out by more than 10 % of the dose.
        GiveWhatIsMissing: the catalogue does not say which lines of the syringe are numbered.
    """

    measured: Measured
    scale: TrueScale
    route: Route
    bottle: str
    """The drug and its strength, which the mark is only for."""
    notes: tuple[Caution, ...] = ()
    """What reading the dose had to say."""

    def __post_init__(self) -> None:
        draws, amount = len(self.measured.draws_ml), volume_words(self.measured.ml)
        if draws > 1:
            raise ChangeTheDevice(
                f"{amount} takes {draws} fillings of a {self.measured.syringe.words}, and a mark shows one filling only.",
                "Choose a syringe that holds the whole dose.",
                given=amount,
            )
        if self.error_percent > REFUSED_PERCENT:
            raise ChangeTheDevice(
                f"A printed mark for {amount} on {self.scale.called} may be out by {self.error_words}, and "
                f"{REFUSED_PERCENT}{NO_BREAK}% is the most allowed.",
                "Choose a smaller syringe"
                + (
                    "."
                    if self.scale.calibration
                    else f", or measure this one: 'liquidose syringes calibrate {self.measured.syringe.id}'."
                ),
                given=amount,
            )
        if self.measured.syringe.numbered_every_ml is None:
            raise GiveWhatIsMissing(
                f"It is not said which lines of {self.measured.syringe.id} have numbers, and the mark is checked against one.",
                "Add numbered_every_ml to the syringe in the site file.",
                given=self.measured.syringe.id,
            )

    @property
    def ml(self) -> Fraction:
        """The dose."""
        return self.measured.ml

    @property
    def error(self) -> MarkError:
        """How far the mark may be out."""
        return self.scale.error_at(self.ml)

    @property
    def error_percent(self) -> Fraction:
        """The worst case, in % of the dose."""
        return self.error.worst_ml / self.ml * 100

    @property
    def error_words(self) -> str:
        """``0.1 mL, 4 % of the dose``; the volume rounded up to two figures."""
        worst = rounded_up(self.error.worst_ml)
        return f"{volume_words(worst)}, {write_percent(self.error_percent)} of the dose"

    @property
    def numbered_ml(self) -> tuple[Fraction, ...]:
        """The numbered lines of the syringe above 0, the farthest first."""
        step = self.measured.syringe.numbered_every_ml or self.measured.syringe.capacity_ml
        return tuple(k * step for k in range(int(self.measured.syringe.capacity_ml / step), 0, -1))

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """What should be known before the mark is used."""
        found = [note for note in self.notes if note.code != "check-the-lines"]  # the ticks check them
        if self.error_percent > WARNS_PERCENT:
            text = f"The mark may be out by {self.error_words}; a smaller syringe would be more exact."
            found.append(Caution(code="mark-error", text=text))
        syringe, measured = self.measured.syringe, self.scale.calibration
        low, high = syringe.bore_low_mm, syringe.bore_high_mm
        if measured is None:
            if syringe.confidence != "verified-multiple":
                why = "comes from one source only"
            elif low and high and high - low > 2 * BORE_OUT_MM:
                why = f"is given from {write_number(low)} to {write_number(high)}{NO_BREAK}mm"
            else:
                why = "is the published one, and this syringe was not measured"
            text = f"The bore of {syringe.id} {why}: trust the two ticks, and calibrate it."
            found.append(Caution(code="not-calibrated", text=text))
        elif (published := published_scale(syringe)) and (off := far_from(published, measured)):
            text = f"Your measure of {syringe.id} is {write_percent(off)} off the published one: check that it is this syringe."
            found.append(Caution(code="far-from-published", text=text))
        return tuple(found)

    @property
    def to_mind(self) -> tuple[str, ...]:
        """The warnings that must stand on paper beside the error and the line for a name, which speak for themselves."""
        return tuple(c.text for c in self.cautions if c.level == "warning" and c.code not in _SEEN)

    def words(self) -> dict[str, tuple[str, ...]]:
        """What a mark must say, by the field names that a label design uses."""
        spoken = f"{number_in_words(self.ml)} mL".replace(" ", NO_BREAK)
        edge = f"{volume_words(self.ml)} ({spoken}): the black block's edge on the TIP side."
        finest = FINEST_ML if self.measured.syringe.capacity_ml <= 1 else self.measured.syringe.step_ml
        agrees = volume_words(max(finest, rounded_up(self.error.worst_ml)))
        promise = (
            f"If both ticks meet, it agrees with the syringe's printed scale to {agrees}; how exact that scale is, "
            "its maker says."
        )
        return {
            "mark_dose": (edge,),
            "mark_use": ("Use only if both ticks meet the syringe's own lines of the same numbers.",),
            "mark_syringe": (self.scale.called,),
            "mark_only": (f"Only for {self.bottle}, syringe {self.scale.called}.",),
            "mark_error": (f"The mark may be out by {self.error_words}.",),
            "mark_promise": (promise,),
            "mark_route": (_ROUTE_TEXT[self.route],),
            "mark_source": (self._source(),),
        }

    def _source(self) -> str:
        measured = self.scale.calibration
        figure = f"{write_number(rounded(self.scale.mm_per_ml))}{NO_BREAK}mm"
        if measured is None:
            return f"Scale: {figure} for each mL, by the published bore."
        printer = f", printer {measured.printer}" if measured.printer else ""
        return f"Scale: {figure} for each mL, measured {written_date(measured.date)}{printer}."


def rounded_up(ml: Fraction) -> Fraction:
    """An error to two figures, never smaller than it is.

    >>> rounded_up(Fraction("0.0463")), rounded_up(Fraction("1.329"))
    (Fraction(47, 1000), Fraction(7, 5))
    """
    scale = 10
    while ml * scale < 10:
        scale *= 10
    return Fraction(-(-ml * scale // 1), scale)


def make_mark(  # noqa: PLR0913  (all that a mark can depend on)
    dose: str,
    strength: str,
    *,
    syringe: str,
    drug: str = "",
    route: Route | None = None,
    site: Site | None = None,
    locale: str | None = None,
) -> Mark:
    """The mark for one dose on one syringe.

    It is for ``drug``, else for the one that a product text names; where neither says, there is a line to write it on.

    Raises:
        ChangeTheDevice: no syringe at all, an insulin syringe, or one that cannot measure the dose.
        CheckTheRoute: a syringe for tubes or injections without its route.
        GiveWhatIsMissing: the drug and the strength's own text name two drugs.
        GiveWhatIsMissing: the syringe is not calibrated and no bore of it is published.
        LiquidoseError: as :func:`convert` does.
    """
    site = site or Site()
    refuse_what_is_no_syringe(syringe)
    (chosen,) = syringes_of([syringe], site.syringe)
    scale = true_scale(chosen, site.calibration)
    _check_route(chosen, route)
    if drug:
        free_of_amounts(checked_text(drug, field="The drug's name"), field="The drug's name")
    conversion = convert(
        dose, strength, route=route, locale=locale, syringes=[chosen], limits=site.limits_in_force
    )
    if conversion.measured is None or conversion.route is None:
        why = next(w for w in conversion.warnings if w.code in {NOT_MEASURABLE, "no-route", "maybe-insulin"})
        raise ChangeTheDevice(why.text, "No mark is printed.", given=dose)
    bottle, named = conversion.as_written, ""
    if conversion.stated is not None:
        named = _drug_named_in(strength, locale)
        _check_same_drug(drug, named, strength)
        bottle = write_stated(on_paper(conversion.stated), profile=site.profile)
    notes = conversion.warnings
    name = drug or named
    if not name:
        name = NOT_NAMED
        notes = (*notes, Caution(code="drug-not-named", text=_SAY_DRUG))
    return Mark(
        measured=conversion.measured,
        scale=scale,
        route=conversion.route,
        bottle=f"{name} {bottle}",
        notes=notes,
    )


def _drug_named_in(strength: str, locale: str | None) -> str:
    """The drug that a product text names; empty unless its words lead straight up to the strength, with nothing left out."""
    name = source_of(strength, locale=locale).name
    follows = re.match(rf"{re.escape(name)}\s+[0-9]", strength.strip(), re.IGNORECASE)
    return name if names_something(name) and follows else ""


def _check_same_drug(drug: str, named: str, strength: str) -> None:
    one, other = drug.lower(), named.lower()
    if drug and named and one not in other and other not in one:
        raise GiveWhatIsMissing(
            f"The drug is '{drug}', and '{strength}' names {named}.",
            "Give the name and the strength of one drug.",
            given=drug,
        )


def mark_of(plan: Plan) -> Mark:
    """The mark for what a plan measures; its warnings stand on the plan.

    Raises:
        Refused: as :func:`make_mark` does.
    """
    return Mark(
        measured=plan.measured,
        scale=true_scale(plan.measured.syringe, (plan.calibration,) if plan.calibration else ()),
        route=plan.conversion.route or "oral",
        bottle=f"{plan.drug} {plan.strength}",
    )


def _check_route(syringe: Syringe, route: Route | None) -> None:
    kind = KIND_FOR[route or "oral"]
    if syringe.kind == kind:
        return
    words = KIND_WORDS[syringe.kind]
    if route is None:
        raise CheckTheRoute(
            f"{syringe.id} is a{'n' if words[0] in 'aeio' else ''} {words}, and no route is stated.",
            f'Say --route "{_SAY_ROUTE[syringe.kind]}" if that is the route, or choose an oral syringe; '
            "such a mark is not for doses by mouth.",
            given=syringe.id,
        )
    raise CheckTheRoute(
        f"{syringe.id} is a{'n' if words[0] in 'aeio' else ''} {words}, which is not for this route.",
        f"Choose a{'n' if KIND_WORDS[kind][0] in 'aeio' else ''} {KIND_WORDS[kind]}.",
        given=syringe.id,
    )
