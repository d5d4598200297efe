"""A Patient of FHIR and the measurements that a request names to the patient of an order."""

from __future__ import annotations

import re
from typing import Any, Final

from liquidose.errors import BadFile, CheckTheAmount, GiveWhatIsMissing
from liquidose.files import checked_value
from liquidose.orders.fhir_amounts import at, quantity_of, text_of
from liquidose.orders.fhir_pool import Pool
from liquidose.orders.fhir_resources import Concept, HumanName, Identifier, Observation, Patient, Reference
from liquidose.orders.fhir_table import LOINC, MEASUREMENTS
from liquidose.orders.fhir_text import Resource

_GOOD: Final = frozenset({"final", "amended", "corrected"})
_DAY: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])").fullmatch
_IN_USE: Final = ("official", "usual")
_NO_LONGER: Final = frozenset({"old", "maiden"})
"""The uses of names and numbers that are not those of today."""
_WORD: Final = re.compile(r"[^\W\d_]+").findall


def patient_of(subject: Reference | None, holder: Resource, pool: Pool) -> dict[str, Any]:
    """The patient of an order, by the names of its keys.

    Raises:
        GiveWhatIsMissing: no subject, or no name.
        BadFile: a patient that has died, or whose record is not in use; a group; or a patient of another name.
    """
    if subject is not None and (subject.type == "Group" or "Group/" in (subject.reference or "")):
        raise BadFile(
            "Its subject is a group, and a label is for one patient.",
            "Have an order sent for each of them.",
            given="Group",
        )
    found = pool.find(subject.reference, holder) if subject is not None and subject.reference else None
    if found is None:
        if subject is None or not subject.display:
            raise GiveWhatIsMissing(
                "It has no name of the patient: neither the Patient nor a display of the subject.",
                "Have the Patient sent with it.",
                given="",
            )
        return {"name": subject.display}
    with at(found.place):
        patient = pool.decoded(found, Patient)
        if patient.deceased_boolean or patient.active is False:
            raise BadFile(
                "The patient has died, or the record is not in use.",
                "Check the order with the sender.",
                given="",
            )
        if patient.birth_date is not None and not _DAY(patient.birth_date):
            raise BadFile(
                "The patient's birth date is no whole date.",
                "Have the sender write year, month and day.",
                given="",
            )
        if any(link.type == "replaced-by" for link in patient.link):
            raise BadFile(
                "The patient's record has been replaced by another.",
                "Have the sender name the one that holds.",
                given="link",
            )
        known = {"name": _name(patient.name), "birth_date": patient.birth_date}
        numbers = in_use(patient.identifier)
        if len(numbers) == 1:
            known["id"] = numbers[0].value
    if subject is not None and not _alike(subject.display, known["name"]):
        raise BadFile(
            "Its subject is called by another name than the patient whom it names.",
            "Check with the sender whose order it is.",
            given="subject",
        )
    return {key: value for key, value in known.items() if value is not None}


def in_use(identifiers: tuple[Identifier, ...]) -> list[Identifier]:
    """The numbers that hold today."""
    return [one for one in identifiers if one.use not in _NO_LONGER]


def _alike(display: str | None, name: str | None) -> bool:
    """Whether what a reference calls somebody shares a word with the name: each writes it in its own order."""
    words, own = (set(_WORD((text or "").casefold())) for text in (display, name))
    return not words or bool(words & own)


def _name(names: tuple[HumanName, ...]) -> str:
    names = tuple(name for name in names if name.use not in _NO_LONGER)
    for use in _IN_USE:
        chosen = [name for name in names if name.use == use]
        if chosen:
            break
    else:
        chosen = list(names)
    if len(chosen) != 1:
        raise GiveWhatIsMissing(
            f"The patient has {len(chosen)} names, and a label bears one.",
            "Have the sender mark one as official.",
            given="name",
        )
    words = chosen[0].text or " ".join((*chosen[0].given, chosen[0].family or ""))
    if not words.strip():
        raise GiveWhatIsMissing("The patient's name is empty.", "Have the sender write it.", given="name")
    return words.strip()


def measured(
    references: tuple[Reference, ...], subject: Reference | None, holder: Resource, pool: Pool, *, locale: Any
) -> tuple[dict[str, str], list[str]]:
    """The weight, height and body surface in the observations that a request names, as an order holds them.

    Behind them comes out, for people, when each was measured, which an order does not hold.

    Raises:
        BadFile: one that is not final, or of somebody else.
        CheckTheAmount: two of one kind.
    """
    known: dict[str, str] = {}
    notes: list[str] = []
    for reference in references:
        found = pool.find(reference.reference, holder) if reference.reference else None
        if found is None or found.kind != "Observation":
            continue
        with at(found.place):
            code = checked_value(found.data.get("code"), Concept, name=f"{found.place}, code")
            codes = [coding.code for coding in code.coding if coding.system == LOINC]
            rows = [MEASUREMENTS[code] for code in codes if code in MEASUREMENTS]
            if not rows:
                continue
            observation = pool.decoded(found, Observation)
            if observation.status not in _GOOD or observation.value_quantity is None:
                raise BadFile(
                    f"It is a measurement with the status {observation.status!a}, or without a value.",
                    "Have the sender name one that is final.",
                    given=observation.status,
                )
            whose = observation.subject and observation.subject.reference
            if subject is None or whose != subject.reference:
                raise BadFile(
                    f"It is of {whose!a}, and the order is not.",
                    "Check the order with the sender.",
                    given=str(whose),
                )
            if rows[0].field in known:
                raise CheckTheAmount(
                    f"The request names two measurements of the {rows[0].words.lower()}.",
                    "Have the sender name the one that counts.",
                    given=rows[0].field,
                )
            amount = quantity_of(observation.value_quantity, rows[0].words.lower(), rows[0].use)
            known[rows[0].field] = text_of(amount, locale)
            if observation.effective_date_time is not None:
                day = observation.effective_date_time[:10]
                notes.append(f"{found.place}: the {rows[0].words.lower()} is of {day}, which no label says.")
    return known, notes
