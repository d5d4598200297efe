"""One cell of a chart: a dose of one bottle, exact and measured, or why no stocked syringe measures it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import msgspec

from liquidose import cautions
from liquidose.cautions import Caution
from liquidose.conversion import NOT_MEASURABLE, Conversion, work_out
from liquidose.devices.syringes import Route
from liquidose.dosing.dose import Dose
from liquidose.dosing.forms import sign_of
from liquidose.dosing.patient import NOBODY, Patient
from liquidose.dosing.strength import Stated, Strength, on_paper, write_stated
from liquidose.errors import (
    ChangeTheDevice,
    CheckTheRoute,
    GiveWhatIsMissing,
    UnitsDoNotMatch,
    UnreadableText,
)
from liquidose.numbers import MOST_CHARACTERS
from liquidose.quantities.lint import amounts_in, lint
from liquidose.quantities.reading import checked_text
from liquidose.quantities.writing import Profile
from liquidose.site import Site
from liquidose.source import Source, source_of


def chart_bottle(strength: str, drug: str, *, locale: str | None, notes: cautions.Notes) -> Source:
    """The bottle a chart is for; the words of the drug's name tell where it goes and whether it is an insulin.

    Raises:
        GiveWhatIsMissing: a powder whose own volume is not given.
        LiquidoseError: a text that states no one strength.
    """
    found = source_of(strength, locale=locale, notes=notes)
    if found.made_up is not None and not found.made_up.exact:
        raise GiveWhatIsMissing(
            f"The strength '{strength}' leaves out the volume of the powder.",
            "Give the displacement or the final volume, such as ', displacement 0.4 mL'.",
            given=strength,
        )
    return msgspec.structs.replace(
        found,
        name=drug or found.name,
        sign=sign_of(drug) or found.sign,
        insulin=found.insulin or "insulin" in drug.lower(),
    )


def checked_words(text: str, what: str) -> str:
    """Words for a sheet: short, visible, on one line, without an amount or a notation that is misread.

    Raises:
        UnreadableText: they are not.
    """
    if len(text) > MOST_CHARACTERS or any(ord(character) < ord(" ") for character in text):
        raise UnreadableText(
            f"The {what} is not one line of at most {MOST_CHARACTERS} characters.", "Shorten it.", given=text
        )
    words = checked_text(text).strip()
    if found := amounts_in(words):
        raise UnreadableText(
            f"The {what} '{words}' holds an amount, '{found[0]}'.",
            "Leave it out: the strength and the doses stand in their own places.",
            given=text,
        )
    for finding in lint(words):
        problem = finding.problem.rstrip(".")
        raise UnreadableText(f"The {what} '{words}': {problem}.", finding.remedy, given=text)
    return words


def checked_amount(dose: Dose, text: str) -> Dose:
    """The same dose, if it is an amount of drug.

    Raises:
        UnitsDoNotMatch: a dose in mL, of which no amount is known.
    """
    if dose.by_volume:
        raise UnitsDoNotMatch(
            f"'{text}' is a volume already, where an amount of drug is needed.",
            "Write the dose in mg (or units, mEq, mmol), as it was ordered.",
            given=text,
        )
    return dose


def cell_for(  # noqa: PLR0913  (what a conversion depends on)
    dose: Dose,
    bottle: Source,
    site: Site,
    *,
    patient: Patient = NOBODY,
    times_a_day: int | None = None,
    route: Route | None = None,
) -> Conversion:
    """The dose of this bottle; ``measured`` is None where no stocked syringe measures it, and a warning says why.

    Raises:
        CheckTheRoute: no route is stated, and something speaks against the mouth.
        ChangeTheDevice: an insulin, which is dosed in units and not in mL.
        LiquidoseError: as :func:`liquidose.convert` does.
    """
    notes: list[Caution] = []
    cell = work_out(
        dose,
        bottle,
        patient=patient,
        times_a_day=times_a_day,
        route=route,
        syringes=site.syringes,
        limits=site.limits_in_force,
        notes=notes,
        profile=site.profile,
    )
    if cell.measured is None and not refusal_of(cell):
        why = next(w for w in cell.warnings if w.code in {"no-route", "maybe-insulin"})
        raise CheckTheRoute(why.text, "A chart needs the route.", given=bottle.as_written)
    if bottle.insulin or (cell.measured is not None and cell.measured.syringe.kind == "insulin"):
        raise ChangeTheDevice(
            "Insulin is dosed in units, and liquidose prints no chart in mL for it.",
            "Use the insulin's own leaflet.",
            given=bottle.as_written,
        )
    return cell


def refusal_of(cell: Conversion) -> str:
    """Why no stocked syringe measures it; empty where one does."""
    return next((w.text for w in cell.warnings if w.code == NOT_MEASURABLE), "")


def need_one(cells: Iterable[Conversion]) -> None:
    """Nothing comes out, if at least one of the cells can be measured.

    Raises:
        ChangeTheDevice: every cell would be grey.
    """
    all_cells = list(cells)
    if all(cell.measured is None for cell in all_cells):
        raise ChangeTheDevice(
            f"No dose of this chart can be measured. {refusal_of(all_cells[0])}",
            "No chart is made.",
            given=all_cells[0].as_written,
        )


def strength_in(bottle: Source) -> Strength:
    """The strength of a chart's bottle."""
    return cast("Strength", bottle.strength)  # read from a text, it states one or is refused


def bottle_words(bottle: Source, *, locale: str | None, profile: Profile) -> str:
    """The strength as the bottle states it, and per mL: ``5 mg in 5 mL (1 mg per mL)``."""
    stated = cast("Stated", bottle.stated)  # as above
    return write_stated(on_paper(stated), locale=locale, profile=profile)


def only_for(bottle: Source, *, route: Route, locale: str | None, profile: Profile) -> str:
    """Which bottle a volume is for.

    ``Only for the bottle marked 5 mg in 5 mL (1 mg per mL).``
    """
    thing = bottle.container or ("container" if route == "injection" else "bottle")
    how = "marked" if bottle.made_up is None else "made up to"
    return f"Only for the {thing} {how} {bottle_words(bottle, locale=locale, profile=profile)}."
