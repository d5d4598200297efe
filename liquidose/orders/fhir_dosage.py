"""One Dosage of FHIR to the directions of an order; what they could not say is refused by name.

The free text of a dosage is never read: a dose stands in ``doseQuantity`` or nowhere.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from liquidose.dosing.daily import HOURS, INTERVALS, hours_in
from liquidose.errors import BadFile, CheckTheAmount, CheckTheRoute, GiveWhatIsMissing
from liquidose.numbers import MOST_CHARACTERS
from liquidose.orders.fhir_amounts import dose_of, quantity_of, text_of
from liquidose.orders.fhir_needed import DAY, as_needed_of, most_in_a_day
from liquidose.orders.fhir_resources import NOT_YET, Amount, Concept, Dosage, Period, Repeat, Timing
from liquidose.orders.fhir_table import (
    ABBREVIATIONS,
    METHODS,
    OFTEN,
    ROUTES,
    ROUTES_CALLED,
    SNOMED,
    TIMES,
    RouteCode,
)
from liquidose.orders.parts import ROUTE_WORDS
from liquidose.orders.ucum import SYSTEM
from liquidose.quantities.quantity import Quantity

OTHER_MEANS: Final = "Do not leave it out: write this label by other means."
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII).fullmatch
_WORD: Final = re.compile(r"\w+").findall
_SHORT: Final = 2
_NOT_DAILY: Final = re.compile(
    r"other day|alternate|\bqod\b|weekly|monthly|(?:\ba|per|every|each|times in a) (?:week|month)|days a week",
    re.IGNORECASE,
).search
"""Words of a timing that no order's times say, which are those of one day."""
_LONG: Final = {"d": Fraction(1), "wk": Fraction(7)}
"""How many days are one of a unit of time."""
_PRINTED: Final = {"d": {"d", "day", "days"}, "wk": {"wk", "week", "weeks"}}
"""How the unit of a length of time is printed beside its code."""


def instruction_of(dosage: Dosage, *, locale: str | None = None) -> dict[str, Any]:
    """What one dosage says, by the names of an order's keys; ``for_days`` and ``start`` are its bounds.

    Raises:
        BadFile: something that an order's directions could not say.
        GiveWhatIsMissing: no dose in it.
        LiquidoseError: units that are not read, or limits that contradict the dose.
    """
    needed = as_needed_of(dosage)
    found = _times(dosage.timing, planned=not (needed or is_none(dosage))) | needed
    route = _route(dosage)
    if route is not None:
        found["route"] = route.route
    maximum = None if dosage.max_dose_per_period is None else most_in_a_day(dosage.max_dose_per_period)
    if maximum is not None and (found.get("as_needed") or isinstance(maximum, int)):
        found["max_per_day"] = f"{maximum} doses" if isinstance(maximum, int) else text_of(maximum, locale)
        maximum = None
    found["dose"] = _dose(dosage, _doses_a_day(found), maximum, locale)
    warnings = [_instruction(concept) for concept in dosage.additional_instruction]
    if dosage.patient_instruction is not None:
        warnings.append(dosage.patient_instruction)
    if route is not None and route.says is not None:
        warnings.append(route.says)
    found["warnings"] = tuple(dict.fromkeys(warnings))
    return found


def is_none(dosage: Dosage) -> bool:
    """Whether it orders that nothing is given."""
    amounts = [part.dose_quantity for part in dosage.dose_and_rate]
    return len(amounts) == 1 and amounts[0] is not None and amounts[0].value == 0


def _doses_a_day(found: dict[str, Any]) -> int | None:
    if "every" in found:
        return HOURS // hours_in(found["every"])
    return len(found["times"]) if "times" in found else found.get("times_a_day")


def _instruction(concept: Concept) -> str:
    if concept.words is None:
        raise BadFile(
            "It has an additionalInstruction without words.", "Have the sender write what it says.", given=""
        )
    return concept.words


def _dose(dosage: Dosage, doses_a_day: int | None, most_in_a_day: Quantity | None, locale: str | None) -> str:
    amounts = [part.dose_quantity for part in dosage.dose_and_rate if part.dose_quantity is not None]
    if not amounts:
        raise GiveWhatIsMissing(
            "It has no doseQuantity, and a dose is never read from free text.",
            "Have the sender write the dose as doseQuantity.",
            given="",
        )
    if len(dosage.dose_and_rate) > 1:
        raise BadFile(
            f"It has {len(dosage.dose_and_rate)} doses in one dosage.",
            "Have the sender write the one that is ordered.",
            given="doseAndRate",
        )
    dose, per = dose_of(amounts[0], "dose")
    text = text_of(dose, locale) + (f"/{per}" if per else "")
    most = None
    if dosage.max_dose_per_administration is not None:
        most = quantity_of(dosage.max_dose_per_administration, "maxDosePerAdministration", "amount", "volume")
        text += f" (max {text_of(most, locale)})"
    if most_in_a_day is not None:
        text += f" (max {text_of(most_in_a_day, locale)}/day)"
    if not per:
        _refuse_above(dose, 1, most, "maxDosePerAdministration")
        _refuse_above(dose, doses_a_day or 1, most_in_a_day, "maxDosePerPeriod")
    return text


def _refuse_above(dose: Quantity, times: int, limit: Quantity | None, name: str) -> None:
    """Nothing comes out, unless a dose written for this patient is above its own limit: one of the two is wrong."""
    if limit is not None and dose.to(limit.unit).value * times > limit.value:
        often = f", given {times} times a day," if times > 1 else ""
        raise CheckTheAmount(
            f"The dose {text_of(dose, None)}{often} is above its {name} of {text_of(limit, None)}.",
            "Check both with the prescriber.",
            given=text_of(dose, None),
        )


def _times(timing: Timing | None, *, planned: bool) -> dict[str, Any]:
    """The parts of the day, how many times a day or the time between doses, and the bounds; no times where nothing is said."""
    if timing is None:
        return {}
    coded = _often(timing.code, repeats=timing.repeat is not None)
    if timing.repeat is None:
        return {} if coded is None else {"times_a_day": coded}
    found = _repeated(timing.repeat, planned=planned)
    if coded is not None and coded != _doses_a_day(found):
        raise CheckTheAmount(
            f"The timing's code says {coded} a day and its repeat says {_doses_a_day(found)}.",
            "Have the sender correct one of them.",
            given=str(coded),
        )
    return found


def _often(code: Concept | None, *, repeats: bool) -> int | None:
    if code is None:
        return None
    said = next(filter(_NOT_DAILY, code.every_words), None)
    if said is not None:
        raise BadFile(f"Its timing is called {said!a}, {NOT_YET}.", OTHER_MEANS, given=said)
    if not code.coding and repeats:  # words beside a repeat say the same for people
        return OFTEN.get((code.text or "").replace(".", "").strip().upper())
    known = {OFTEN.get(coding.code or "") for coding in code.coding if coding.system == ABBREVIATIONS}
    often = next(iter(known), None)
    if often is None or len(known) != 1 or any(coding.system != ABBREVIATIONS for coding in code.coding):
        shown = ", ".join(coding.code or coding.display or "" for coding in code.coding) or code.text
        raise BadFile(f"Its timing has the code {shown!a}, {NOT_YET}.", OTHER_MEANS, given=str(shown))
    return often


def _repeated(repeat: Repeat, *, planned: bool) -> dict[str, Any]:
    said = any((repeat.when, repeat.frequency, repeat.period, repeat.period_unit))
    found = _of_a_day(repeat) if planned or said else {}
    if repeat.bounds_duration is not None and repeat.bounds_period is not None:
        raise BadFile(
            "Its timing has both boundsDuration and boundsPeriod.",
            "Have the sender write one of them.",
            given="boundsPeriod",
        )
    if repeat.bounds_duration is not None:
        found["for_days"] = whole_days(repeat.bounds_duration, "boundsDuration of its timing")
    if repeat.bounds_period is not None:
        found |= _between(repeat.bounds_period)
    return found


def whole_days(duration: Amount, what: str) -> int:
    """How many days a length of time is.

    Raises:
        BadFile: no whole number of days or weeks in UCUM.
        CheckTheAmount: a printed unit that says something else than the code.
    """
    days = _LONG.get(duration.code or "", 0) * (duration.value or 0)
    if duration.system != SYSTEM or days < 1 or days.denominator != 1:
        raise BadFile(
            f"The {what} is not a whole number of days or weeks (d or wk in UCUM).",
            OTHER_MEANS,
            given=str(duration.code),
        )
    if duration.unit is not None and duration.unit.strip().lower() not in _PRINTED[duration.code or ""]:
        raise CheckTheAmount(
            f"The {what} is printed in {duration.unit[:MOST_CHARACTERS]!a} and coded in {duration.code!a}.",
            "Have the sender correct one of them.",
            given=duration.unit[:MOST_CHARACTERS],
        )
    return int(days)


def _between(period: Period) -> dict[str, Any]:
    """The first day of a period and how many days it has; both days belong to it, as FHIR says."""
    first, last = _whole_date(period.start), _whole_date(period.end)
    if first is None:
        raise GiveWhatIsMissing(
            "The boundsPeriod of its timing has no start.", "Have the sender write it.", given=""
        )
    if last is None:
        return {"start": first}
    if last < first:
        raise CheckTheAmount(
            f"The boundsPeriod of its timing ends on {last}, before it starts on {first}.",
            "Check both dates with the sender.",
            given=str(last),
        )
    return {"start": first, "for_days": (last - first).days + 1}


def day_in(text: str) -> dt.date | None:
    """The day that a text with year, month and day stands for; None where it stands for none."""
    try:
        return dt.date.fromisoformat(text) if _DATE(text) else None
    except ValueError:
        return None


def _whole_date(text: str | None) -> dt.date | None:
    if text is None:
        return None
    found = day_in(text)
    if found is None:
        raise BadFile(
            f"The boundsPeriod of its timing has {text[:MOST_CHARACTERS]!a}, and a course begins and ends with a day.",
            "Have the sender write year, month and day.",
            given=text[:MOST_CHARACTERS],
        )
    return found


def _of_a_day(repeat: Repeat) -> dict[str, Any]:
    if repeat.frequency == 1 and repeat.period_unit == "h" and repeat.period in INTERVALS and not repeat.when:
        return {"every": f"{repeat.period} hour{'s' if repeat.period > 1 else ''}"}
    daily = repeat.period is None and repeat.period_unit is None
    if not daily and (repeat.period is None or DAY.get(repeat.period_unit or "") != repeat.period):
        said = "nothing" if repeat.period is None else f"{repeat.period} {repeat.period_unit}"
        raise BadFile(
            f"Its timing repeats in a period of {said}, and an order's times are those of one day.",
            OTHER_MEANS,
            given=said,
        )
    if not repeat.when:
        if repeat.frequency is None or daily:
            raise BadFile(
                "Its timing does not say how many times in which period.",
                "Have the sender write frequency, period and periodUnit.",
                given="repeat",
            )
        return {"times_a_day": repeat.frequency}
    unknown = [code for code in repeat.when if code not in TIMES]
    if unknown:
        raise BadFile(
            f"Its timing has the time {unknown[0]!a}, which is no part of the day that a label names.",
            OTHER_MEANS,
            given=unknown[0],
        )
    if repeat.frequency not in {None, len(repeat.when)}:
        raise CheckTheAmount(
            f"Its timing names {len(repeat.when)} times and says {repeat.frequency} a day.",
            "Have the sender correct one of them.",
            given=str(repeat.frequency),
        )
    return {"times": tuple(TIMES[code] for code in repeat.when)}


def _route(dosage: Dosage) -> RouteCode | None:
    route = None if dosage.route is None else _one_route(dosage.route)
    if dosage.method is not None:
        codes = {coding.code or "" for coding in dosage.method.coding if coding.system == SNOMED}
        known = METHODS.get(codes.pop()) if len(codes) == 1 else None
        said = (dosage.method.text or "").rstrip(".").casefold()
        if known is None or route is None or known.route != route.route or said not in {"", known.words}:
            shown = dosage.method.words or ", ".join(coding.code or "" for coding in dosage.method.coding)
            raise BadFile(
                f"It has the method {shown!a}, which the label could not say.", OTHER_MEANS, given=shown
            )
    return route


def _route_words(text: str) -> Iterator[str]:
    """The words of a text by which a route may be known; two letters only as capitals, for IM is a route and im a word."""
    return (word.casefold() for word in _WORD(text) if len(word) > _SHORT or word.isupper())


def _one_route(concept: Concept) -> RouteCode:
    """The one route that a concept's codes, or its words without a code, stand for.

    Raises:
        CheckTheRoute: none that is known, or two.
    """
    snomed = [coding for coding in concept.coding if coding.system == SNOMED]
    known = [ROUTES.get(coding.code or "") for coding in snomed]
    if not concept.coding and concept.text is not None and concept.text.lower() in ROUTE_WORDS:
        return RouteCode(code="", words=concept.text, route=concept.text.lower())
    found = {row.words: row for row in known if row is not None}
    said = {word for words in concept.every_words for word in _route_words(words)} & ROUTES_CALLED
    agree = all(said <= set(row.called) for row in found.values())
    if len(found) == 1 and None not in known and agree:
        return next(iter(found.values()))
    if len(found) == 1 and None not in known:
        raise CheckTheRoute(
            f"The route is called {', '.join(map(ascii, dict.fromkeys(concept.every_words)))}, and its code says "
            f"'{next(iter(found))}'.",
            "Have the sender correct one of them.",
            given=", ".join(found),
        )
    shown = [
        *concept.every_words,
        *(coding.code for coding in concept.coding if coding.code and not coding.display),
    ]
    reads = ", ".join(f"{row.code} ({row.words})" for row in ROUTES.values())
    raise CheckTheRoute(
        f"The route {', '.join(dict.fromkeys(shown))!a} is not one that liquidose reads.",
        f"It reads by mouth, by tube and by injection, and in SNOMED CT {reads}.",
        given=", ".join(shown),
    )
