"""One request of FHIR R4 in a Bundle, as another program would send it, and ways to change it."""

from __future__ import annotations

import copy
import json
from typing import Any

UCUM = "http://unitsofmeasure.org"


def ucum(value: int, code: str) -> dict[str, Any]:
    """A Quantity."""
    return {"value": value, "unit": code, "system": UCUM, "code": code}


PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "sam",
    "identifier": [{"value": "H1"}],
    "name": [{"use": "official", "given": ["Sam"], "family": "Example"}],
    "birthDate": "2014-03-09",
}
MEDICATION: dict[str, Any] = {
    "resourceType": "Medication",
    "id": "baclofen",
    "code": {"text": "baclofen"},
    "form": {"text": "oral solution"},
    "ingredient": [
        {
            "itemCodeableConcept": {"text": "baclofen"},
            "strength": {"numerator": ucum(5, "mg"), "denominator": ucum(5, "mL")},
        }
    ],
}
REQUEST: dict[str, Any] = {
    "resourceType": "MedicationRequest",
    "id": "rx",
    "status": "active",
    "intent": "order",
    "medicationReference": {"reference": "Medication/baclofen"},
    "subject": {"reference": "Patient/sam"},
    "supportingInformation": [{"reference": "Observation/weight"}],
    "dosageInstruction": [
        {
            "text": "50 mg when the moon is full",
            "timing": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}},
            "route": {"coding": [{"system": "http://snomed.info/sct", "code": "26643006"}]},
            "doseAndRate": [{"doseQuantity": ucum(5, "mg")}],
        }
    ],
}
WEIGHT: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "weight",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    "subject": {"reference": "Patient/sam"},
    "valueQuantity": ucum(18, "kg"),
}
DISPENSE: dict[str, Any] = {
    "resourceType": "MedicationDispense",
    "id": "supply",
    "status": "completed",
    "medicationReference": {"reference": "Medication/baclofen"},
    "subject": {"reference": "Patient/sam"},
    "authorizingPrescription": [{"reference": "MedicationRequest/rx"}],
    "quantity": ucum(450, "mL"),
    "dosageInstruction": [
        {
            "timing": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}},
            "route": {"coding": [{"system": "http://snomed.info/sct", "code": "26643006"}]},
            "doseAndRate": [{"doseQuantity": ucum(5, "mL")}],
        }
    ],
}


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    """A Bundle of these resources, or of the request and what it names."""
    chosen = resources or (PATIENT, WEIGHT, MEDICATION, REQUEST)
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in chosen]}


def changed(at: str, value: str, *, supply: bool = False) -> str:
    """The Bundle as text, with the element at a path set to a JSON value, or left out where that is empty.

    A path begins with a type; its numbers are places in lists.
    """
    chosen = (PATIENT, WEIGHT, MEDICATION, REQUEST, *((DISPENSE,) if supply else ()))
    whole = bundle(*copy.deepcopy(chosen))
    kind, *path, last = at.split(".")
    place: Any = next(e["resource"] for e in whole["entry"] if e["resource"]["resourceType"] == kind)
    for key in path:
        place = place[int(key)] if isinstance(place, list) else place.setdefault(key, {})
    if not value:
        del place[last]
        return json.dumps(whole)
    held = "\x00held"
    if isinstance(place, list):
        place[int(last)] = held
    else:
        place[last] = held
    return json.dumps(whole).replace(json.dumps(held), value)
