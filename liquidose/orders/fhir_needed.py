"""What a Dosage of FHIR says of a dose as needed, and of the most in a day."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Final

from liquidose.errors import BadFile, CheckTheAmount, GiveWhatIsMissing
from liquidose.numbers import MOST_CHARACTERS
from liquidose.orders.fhir_amounts import quantity_of
from liquidose.orders.fhir_resources import Amount, Concept, Dosage, Ratio
from liquidose.orders.ucum import SYSTEM
from liquidose.quantities.quantity import Quantity

DAY: Final = {"d": Fraction(1), "h": Fraction(24)}
"""How many of a unit of time are one day."""
DOSES: Final = "{dose}"
"""The code of UCUM in which doses are counted."""
_PERIOD: Final = {"d": {"d", "day", "days"}, "h": {"h", "hr", "hrs", "hour", "hours"}}
"""How a unit of time is printed beside its code."""
_PRINTED: Final = frozenset({None, "dose", "doses", DOSES})
_NEEDED: Final = re.compile(
    r"\s*\b(?:as|if|when)\s+(?:needed|required|necessary)\b\s*(?:for\b)?\s*", re.IGNORECASE
)
_TAG: Final = re.compile(r"\s*\((?:finding|disorder|qualifier value)\)\s*$")
"""What SNOMED CT writes behind a name to say what kind of name it is."""


def as_needed_of(dosage: Dosage) -> dict[str, Any]:
    """The keys of an order for a dose as needed, and for what; none of a planned one.

    Raises:
        BadFile: it is said in both ways that FHIR has, or what for without words.
    """
    concept, plainly = dosage.as_needed_codeable_concept, dosage.as_needed_boolean
    if concept is None:
        return {"as_needed": True} if plainly else {}
    if plainly is not None:
        raise BadFile(
            "It has asNeededBoolean and asNeededCodeableConcept, and FHIR allows one of them.",
            "Have the sender leave one of them out.",
            given="asNeededBoolean",
        )
    if concept.words is None:
        raise BadFile(
            "It has an asNeededCodeableConcept without words.", "Have the sender write what for.", given=""
        )
    what_for = _TAG.sub("", _NEEDED.sub("", concept.words)).strip()
    return {"as_needed": what_for or True}


def most_in_a_day(ratio: Ratio) -> Quantity | int:
    """The most in a day that a maxDosePerPeriod states: an amount, or a number of doses.

    Raises:
        GiveWhatIsMissing: half of it is missing.
        BadFile: another period than a day.
        CheckTheAmount: no whole number of doses, or a printed period that says something else than the code.
        LiquidoseError: a unit that is not read.
    """
    period = ratio.denominator
    if ratio.numerator is None or period is None or period.value is None:
        raise GiveWhatIsMissing(
            "The maxDosePerPeriod lacks its amount or its period.", "Have the sender write both.", given=""
        )
    if period.system != SYSTEM or DAY.get(period.code or "") != period.value:
        raise BadFile(
            "The maxDosePerPeriod is not for one day (1 d or 24 h in UCUM).",
            "Do not leave it out: write this label by other means.",
            given=str(period.code),
        )
    if period.unit is not None and period.unit.strip().lower() not in _PERIOD[period.code or ""]:
        raise CheckTheAmount(
            f"The period of the maxDosePerPeriod is printed in {period.unit[:MOST_CHARACTERS]!a} and coded in {period.code!a}.",
            "Have the sender correct one of them.",
            given=period.unit[:MOST_CHARACTERS],
        )
    if ratio.numerator.system == SYSTEM and ratio.numerator.code == DOSES:
        return _doses(ratio.numerator)
    return quantity_of(ratio.numerator, "maxDosePerPeriod", "amount", "volume")


def _doses(amount: Amount) -> int:
    if (
        amount.value is None
        or amount.value < 1
        or amount.value.denominator != 1
        or amount.unit not in _PRINTED
    ):
        shown = "nothing" if amount.value is None else str(amount.value)
        raise CheckTheAmount(
            f"The maxDosePerPeriod is {shown} {amount.unit or DOSES!a} and coded as doses.",
            "Have the sender write a whole number of doses.",
            given=shown,
        )
    return int(amount.value)


def as_needed_elements(as_needed: bool | str) -> dict[str, Any]:  # noqa: FBT001  (as the order has it)
    """The element of a Dosage that says that a dose is given as needed; none for a planned one."""
    if isinstance(as_needed, str):
        return {"as_needed_codeable_concept": Concept(text=as_needed)}
    return {"as_needed_boolean": True} if as_needed else {}
