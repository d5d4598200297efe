"""The words of a plan for caregiver cards and worksheets, by the field names that their designs use.

A design gets those it names; what every label shows comes from :mod:`liquidose.fields`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Final

from liquidose.directions import BY, given_with, missed_dose_words, volume_words
from liquidose.dosing.dose import write_dose
from liquidose.fields import texts_of
from liquidose.overrides import OVERRIDDEN
from liquidose.plan import Plan, under
from liquidose.quantities.writing import NO_BREAK, Profile, english, sentence, write_exact, written_date
from liquidose.strength_change import NEW_STRENGTH
from liquidose.working import dose_lines, measured_lines, volume_lines

NO_MISSED_DOSE: Final = "Do not give a double dose. Ask your pharmacist."
"""Where neither the order nor its protocol says what to do after a missed dose; of a dose as needed none is missed."""
NONE: Final = "None."

Texts = tuple[str, ...]


def texts_for(
    plan: Plan, named: Collection[str], *, profile: Profile | None = None, only_named: bool = False
) -> dict[str, Texts]:
    """The texts of the fields that a design names, and of those that every label shows, unless told otherwise.

    They are in the words of ``profile``, a design's own, else of the plan's.
    What has a place of its own, a missed dose or a new strength, is not said again among the cautions.
    """
    plan = under(plan, profile)
    texts = texts_of(plan)
    if only_named:
        texts = {field: lines for field, lines in texts.items() if field in named}
    texts |= {field: words(plan) for field, words in SHEET_FIELDS.items() if field in named}
    said = texts.get("missed_dose", ()) + texts.get("new_strength", ())
    if "missed_dose" in texts and plan.order.directions.missed_dose:
        said += (missed_dose_words(plan.order.directions.missed_dose),)
    if "cautions" in texts:
        texts["cautions"] = tuple(text for text in texts["cautions"] if text not in said)
    return texts


def _big_dose(plan: Plan) -> Texts:
    return (volume_words(plan.measured.ml),)


def _new_strength(plan: Plan) -> Texts:
    return tuple(sentence(w.text) for w in plan.warnings if w.code == NEW_STRENGTH)


def _when(plan: Plan) -> Texts:
    return (plan.often.words,) if plan.often.words else ()


def _with(plan: Plan) -> Texts:
    words = plan.order.directions.with_
    return (given_with(words),) if words else ()


def _missed_dose(plan: Plan) -> Texts:
    if plan.often.as_needed and not plan.order.directions.missed_dose:
        return ()
    return (sentence(plan.missed_dose or NO_MISSED_DOSE),)


def _in_doubt(plan: Plan) -> Texts:
    words = "If you are not sure, do not give it: ask your pharmacist."
    if plan.pharmacy is not None and plan.pharmacy.phone:
        words += f" Phone {plan.pharmacy.phone.replace(' ', NO_BREAK)}."
    return (words,)


def _order_as_typed(plan: Plan) -> Texts:
    """What the order says of the dose, word for word: a second person works from this."""
    order = plan.order
    drug, patient, directions, made = order.drug, order.patient, order.directions, order.preparation
    typed = (
        ("Drug", drug.name),
        ("Form", drug.form),
        ("Strength", drug.strength),
        ("Component", drug.component),
        ("Tablets for each dose", directions.tablets and directions.tablets.words(locale=order.locale)),
        ("Dose", directions.dose),
        ("Times", ", ".join(directions.times)),
        ("Times a day", directions.times_a_day and str(directions.times_a_day)),
        ("Every", directions.every),
        ("As needed", directions.reason or (directions.given_as_needed and "yes") or None),
        ("Most in 24 hours", directions.max_per_day),
        ("Route", directions.route),
        ("Weight", patient.weight),
        ("Height", patient.height),
        ("Body surface", patient.bsa),
        ("Diluent", made and made.diluent),
        ("Diluent volume", made and made.diluent_volume),
        ("Previous strength", order.dispense.previous_strength),
        ("Numbers written as in", order.locale),
    )
    return tuple(f"{what}: {_together(text)}" for what, text in typed if text)


def _together(text: str) -> str:
    """The same text, a number never parted from the unit behind it."""
    return re.sub(r"(?<=[0-9]) (?=[A-Za-zµμ%])", NO_BREAK, text)


def _how_read(plan: Plan) -> Texts:
    conversion, locale = plan.conversion, english(plan.order.locale)
    lines = [f"Dose: {write_dose(conversion.dose, profile=plan.profile, locale=locale)}."]
    if conversion.stated is None:
        lines.append("Strength: not used, for the dose is ordered in mL.")
    else:
        lines.append(f"Strength: {plan.strength}.")
    if conversion.used:
        lines.append(f"{conversion.used}.")
    if conversion.route is not None:
        lines.append(f"Route: {BY[conversion.route]}.")
    if plan.doses_a_day:
        what = f"As needed, most doses in 24{NO_BREAK}hours" if plan.often.as_needed else "Doses a day"
        lines.append(f"{what}: {plan.doses_a_day}.")
    return tuple(lines)


def _formula(plan: Plan) -> Texts:
    conversion, locale = plan.conversion, english(plan.order.locale)
    each, patient = conversion.each, conversion.patient
    _, *dose = dose_lines(conversion.dose, each, patient=patient, profile=plan.profile, locale=locale)
    return (
        *dose,
        *volume_lines(each, conversion.stated, conversion.volume, profile=plan.profile, locale=locale),
    )


def _exact(plan: Plan) -> Texts:
    return (write_exact(plan.conversion.volume, locale=english(plan.order.locale)),)


def _line(plan: Plan, start: str) -> Texts:
    """The line of the working on measuring that begins so, without its beginning; none where there is none."""
    lines = measured_lines(plan.measured, profile=plan.profile, locale=english(plan.order.locale))
    return tuple(sentence(line.removeprefix(start)) for line in lines if line.startswith(start))


def _measured(plan: Plan) -> Texts:
    return _line(plan, "Measured: ")


def _change(plan: Plan) -> Texts:
    return _line(plan, "Rounded: ") or ("None: the exact volume lies on a line.",)


def _tolerance(plan: Plan) -> Texts:
    return _line(plan, "Scale: ")


def _overrides(plan: Plan) -> Texts:
    return tuple(sentence(override.words) for override in plan.order.override) or (NONE,)


def _notes(plan: Plan) -> Texts:
    """What the pharmacist is told off the label; overrides have their own place."""
    passed = {sentence(w.text) for w in plan.warnings if w.code == OVERRIDDEN}
    return tuple(text for text in plan.off_paper if text not in passed) or (NONE,)


def _lot(plan: Plan) -> Texts:
    return (plan.order.drug.lot,) if plan.order.drug.lot else ()


def _expiry(plan: Plan) -> Texts:
    return (written_date(plan.order.drug.expiry),) if plan.order.drug.expiry else ()


SHEET_FIELDS: Final[dict[str, Callable[[Plan], Texts]]] = {
    "big_dose": _big_dose,
    "new_strength": _new_strength,
    "when": _when,
    "with": _with,
    "missed_dose": _missed_dose,
    "in_doubt": _in_doubt,
    "order_as_typed": _order_as_typed,
    "how_read": _how_read,
    "formula": _formula,
    "exact": _exact,
    "measured": _measured,
    "change": _change,
    "tolerance": _tolerance,
    "overrides": _overrides,
    "notes": _notes,
    "lot": _lot,
    "expiry": _expiry,
}
"""What a design may name beyond what every label shows, and where its words come from."""
