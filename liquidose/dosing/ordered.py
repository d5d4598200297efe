"""Text to one Dose: ``5 mg``, ``10 mg/kg (max 300 mg)``, ``25 mg/kg/day in 3 doses``, ``300 mg/m2``."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from liquidose import cautions
from liquidose.dosing.dose import Dose
from liquidose.errors import CheckTheAmount, UnitsDoNotMatch, UnreadableText
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import checked_text, read_quantity
from liquidose.quantities.units import UNITS, from_pint, units_of_pint

# Patterns that most doses never need are compiled by `re` when first used: it keeps the start short.
_DOSE: Final = (
    r"\s*(?P<amount>[^/(]+?)"
    r"(?:\s*(?:/|\bper\b)\s*(?P<per>kg|m2|m²|m\^2))?"
    r"(?:\s*(?:/|\bper\b)\s*(?P<each>dose|day))?"
    r"(?:\s+(?:divided\s+)?in\s+(?P<count>[0-9]{1,2})\s+(?:divided\s+)?doses?)?"
    r"(?P<limits>(?:[\s,;]*\(?\s*\b(?:min|max)\b[^()]*\)?)*)\s*"
)
_PLAIN: Final = re.compile(r"\s*[0-9.,]+\s*[A-Za-zµμ]+\s*").fullmatch
_LIMIT: Final = (
    r"[\s,(]*\b(min|max)\s+((?:(?!\bmin\b|\bmax\b|,\s).)+?)\s*(?:(?:/|\bper\b)\s*(dose|day))?[\s)]*"
    r"(?=,\s|\(|\bmin\b|\bmax\b|$)"
)
_RANGE: Final = r"[0-9][0-9.,]*\s*(?:[A-Za-zµμ]+\s*)?(?:-|–|—|\bto\b|\bor\b)\s*[0-9]"
_RATE: Final = r"(?:/|\bper\b)\s*(h|hr|hrs|hour|hours|min|mins|minute|minutes|s|sec|week|wk|month)\b"
_TIMES: Final = r"\b(times|once|twice|daily|a day|every|bd|bid|tds|tid|qds|qid|od|q[0-9]+h|prn|hourly)\b"


def read_dose(text: str, *, locale: str | None = None, notes: cautions.Notes = None) -> Dose:
    """The dose that a text orders.

    Raises:
        UnreadableText: a range, a rate, a schedule in words, or an amount that could be read two ways.
        CheckTheAmount: nothing at all, or limits that contradict each other.
        UnknownUnit, UnitsDoNotMatch: as the message says.

    >>> dose = read_dose("10 mg/kg (max 300 mg)")
    >>> dose.per, dose.most.value
    ('kg', Fraction(300, 1))
    """
    checked_text(text)
    if "max" in text.lower() or "min" in text.lower():
        written = re.sub(r"\b(min|max)(?:imum\b|\.(?=\s))", r"\1", text, flags=re.IGNORECASE)
        written = re.sub(r"\[(\s*(?:min|max)\b[^\[\]]*)\]", r"(\1)", written, flags=re.IGNORECASE)
        return _read(written.replace(";", ","), locale, notes)
    return _read(text, locale, notes)


def _read(text: str, locale: str | None, notes: cautions.Notes) -> Dose:
    if _PLAIN(text):
        return Dose(amount=read_quantity(text, locale=locale, notes=notes))
    match = re.fullmatch(_DOSE, text, re.IGNORECASE)
    if not text.strip():
        raise UnreadableText("There is no dose.", "Write one, such as '5 mg'.", given=text)
    if match is None:
        _refuse_what_it_is(text)
        raise UnreadableText(
            f"'{text}' is not written as a dose.",
            "Write it like '5 mg', '10 mg/kg', '25 mg/kg/day in 3 doses', '300 mg/m2', "
            "with '(max 300 mg)' or '(max 1 g/day)' behind it if there is a maximum.",
            given=text,
        )
    _refuse_half_said(text, match)
    try:
        amount = read_quantity(match["amount"], locale=locale, notes=notes)
    except UnreadableText:
        _refuse_what_it_is(text)
        raise
    except ValueError:
        _refuse_what_it_is(text, words_only=True)
        raise
    per: Literal["patient", "kg", "m2"] = "patient"
    if match["per"]:
        per = "kg" if match["per"].lower() == "kg" else "m2"
    limits = _limits(match["limits"], text, locale, notes) if match["limits"] else {}
    return Dose(
        amount=amount,
        per=per,
        a_day=(match["each"] or "").lower() == "day",
        doses_a_day=int(match["count"]) if match["count"] else None,
        least=limits.get("min"),
        most=limits.get("max"),
        most_a_day=limits.get("max a day"),
    )


def _refuse_half_said(text: str, match: re.Match[str]) -> None:
    """Nothing comes out, unless a text was cut short, or divides what is not a day's dose.

    Raises:
        UnreadableText: with the way to write it.
    """
    if text.count("(") != text.count(")"):
        raise UnreadableText(
            f"'{text}' has brackets that do not close.", "Write them like '(max 300 mg)'.", given=text
        )
    if match["count"] and (match["each"] or "").lower() != "day":
        raise UnreadableText(
            f"'{text}' does not say whether its amount is for a day or for each dose.",
            f"Write '/day in {match['count']} doses' for a day's dose, or the amount of one dose alone.",
            given=text,
        )


def _limits(written: str, text: str, locale: str | None, notes: cautions.Notes) -> dict[str, Quantity]:
    limits: dict[str, Quantity] = {}
    at = 0
    for match in re.finditer(_LIMIT, written, re.IGNORECASE):
        if written[at : match.start()].strip(" ,()"):
            break
        which, amount, per = match.groups()
        key = which.lower() + (" a day" if (per or "").lower() == "day" else "")
        if key == "min a day":
            raise UnreadableText(
                f"'{text}' has a minimum for a whole day.", "Write the minimum for each dose.", given=text
            )
        if re.search(r"/|\bper\b", amount):
            raise UnreadableText(
                f"The limit '{amount}' in '{text}' is not for a dose or a day.",
                "Write it for this patient, like 'max 300 mg' or 'max 1 g/day'.",
                given=text,
            )
        if key in limits:
            raise CheckTheAmount(f"'{text}' has two limits of one kind.", "Write one of each.", given=text)
        limits[key] = read_quantity(amount, locale=locale, notes=notes)
        at = match.end()
    if written[at:].strip(" ,()") or not limits:
        raise UnreadableText(
            f"The limits in '{text}' are not written safely.",
            "Write them like '(min 0.1 mg) (max 0.5 mg)' or 'max 1 g/day'.",
            given=text,
        )
    return limits


def _refuse_what_it_is(text: str, *, words_only: bool = False) -> None:
    """Nothing comes out, unless the text is a range, a rate or a schedule: then its own refusal.

    Raises:
        UnreadableText: with the remedy for that kind of text.
    """
    if re.search(_RATE, text, re.IGNORECASE):
        raise UnreadableText(
            f"'{text}' is a rate; liquidose measures single doses.",
            "Write the amount of one dose, such as '5 mg'.",
            given=text,
        )
    if re.search(_TIMES, text, re.IGNORECASE):
        raise UnreadableText(
            f"'{text}' holds a schedule beside the dose.",
            "Write the dose alone, such as '5 mg', and give the times a day apart.",
            given=text,
        )
    if not words_only and re.search(_RANGE, text):
        raise UnreadableText(
            f"'{text}' is a range.", "Choose one amount, with the prescriber, and write that.", given=text
        )


def dose_from_pint(given: Any) -> Dose:
    """The dose that an exact pint quantity is, such as 5 mg or 10 mg/kg.

    Raises:
        TypeError: its magnitude is a float.
        UnitsDoNotMatch: it is no dose.
        UnknownUnit: a unit that is not on our list.
    """
    value, powers = from_pint(given)
    over = [name for name, power in powers.items() if power == 1]
    under = [name for name, power in powers.items() if power == -1]
    if len(over) != 1 or under not in ([], ["kg"]):
        raise UnitsDoNotMatch(
            f"A pint dose in '{units_of_pint(given)}' is not one.",
            "Give it in mg or mg/kg, for example.",
            given=units_of_pint(given),
        )
    return Dose(amount=Quantity(value=value, unit=UNITS[over[0]]), per="kg" if under else "patient")
