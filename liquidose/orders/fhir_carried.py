"""Where each value of an order stands in FHIR: in elements of its own, or in an extension named after its key.

FHIR has no element for such things as the storage of a medicine at home, so those stand in extensions of the request:
no value of an order is lost on the way out and back, and other readers pass them over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final, get_args

import msgspec

from liquidose.courses.course import Taper, Titrate
from liquidose.errors import BadFile, CheckTheAmount
from liquidose.orders.order import Order
from liquidose.orders.ucum import LEAVE_OUT

PREFIX: Final = "urn:x-liquidose:order:"
OWN_NOTES: Final = "liquidose"
"""The author of the notes that stand beside a supply which this program worked out."""
ELEMENTS: Final = frozenset({
    "patient.name", "patient.id", "patient.birth_date", "patient.weight", "patient.height", "patient.bsa",
    "drug.name", "drug.strength", "drug.form", "drug.lot", "drug.expiry",
    "directions.dose", "directions.times", "directions.times_a_day", "directions.route", "directions.warnings",
    "directions.for_days", "directions.start", "directions.steps", "directions.split", "directions.largest_at",
    "directions.every", "directions.as_needed", "directions.max_per_day",
    "dispense.rx_number", "dispense.date", "dispense.prescriber", "dispense.quantity",
    "dispense.refills",
})  # fmt: skip
"""The keys of an order that elements of FHIR carry; unequal doses of a day are carried as the doses that they are."""
_RULES: Final[dict[str, type[msgspec.Struct]]] = {"directions.titrate": Titrate, "directions.taper": Taper}
"""What makes steps: carried beside the dosages of those steps, with an extension for each of its keys."""
_HOLD: Final = "directions.hold"
_THEN: Final = "directions.then"
"""A stop is said by the end of the last dosage; that a course goes on, or is reviewed, by the extension as well."""
_NOTED: Final = "protocol"
"""A file beside the order, which FHIR from elsewhere must not name here: a note says which it was held to."""
_NOT_CARRIED: Final = frozenset({
    _NOTED, "directions.volume", "directions.steps.volume", "directions.steps.cycle",
})  # fmt: skip
"""What changes a dose must stand where every reader of FHIR looks for it, or not be sent."""


def extensions_of(order: Order) -> tuple[dict[str, Any], ...]:
    """The extensions that carry what elements of FHIR do not.

    Raises:
        BadFile: a value that no extension carries; the message names its key.
    """
    taper = order.directions.taper
    if order.directions.split != "equal" and taper is not None and taper.from_ is not None:
        raise BadFile(
            "A taper in unequal parts of a day goes into FHIR as its doses, and the dose taken until now "
            f"('{taper.from_}') would be lost.",
            LEAVE_OUT,
            given=taper.from_,
        )
    for step in order.directions.steps or ():
        for key in ("volume", "cycle"):
            if getattr(step, key) is not None:
                raise _no_place(f"directions.steps.{key}")
    return tuple({"url": f"{PREFIX}{key}", **_value(key, value)} for key, value in _given(order))


def carried(extensions: tuple[dict[str, Any], ...]) -> list[tuple[str, Any]]:
    """The keys of an order, with dots, and the values that its extensions carry; those of others are passed over.

    Raises:
        CheckTheAmount: a key that an element carries, or one that stands twice.
    """
    found: dict[str, Any] = {}
    for extension in extensions:
        url = extension.get("url")
        if not isinstance(url, str) or not url.startswith(PREFIX):
            continue
        key = url.removeprefix(PREFIX)
        value = _inner(extension, _RULES[key]) if key in _RULES else _plain(extension)
        if key in ELEMENTS or key in found or (key == _THEN and value == "stop"):
            raise CheckTheAmount(
                f"{key!a} stands in an extension beside another place for it.",
                "Have the sender leave one of them out.",
                given=url,
            )
        if key not in _KEYS or value is None or (key in {"locale", _THEN} and not isinstance(value, str)):
            raise BadFile(
                f"The extension {url!a} is none that this version writes.",
                "Do not leave it out: it is of an order of another version.",
                given=url,
            )
        found[key] = value
    return list(found.items())


def _plain(extension: dict[str, Any]) -> str | int | None:
    """The value of an extension, if it is one of those that we write."""
    value = next((value for name, value in extension.items() if name.startswith("value")), None)
    return value if isinstance(value, str | int) else None


def _inner(extension: dict[str, Any], rule: type[msgspec.Struct]) -> dict[str, Any] | None:
    """The values of the extensions within one, by the keys of a rule; None where one of them is none of ours."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(rule)}
    found: dict[str, Any] = {}
    parts = extension.get("extension")
    for part in parts if isinstance(parts, list) else ():
        if not isinstance(part, dict) or not isinstance(key := part.get("url"), str) or key not in fields:
            return None
        value, is_list = _plain(part), isinstance(fields[key].default, tuple)
        if value is None or (key in found and not is_list):
            return None
        found[key] = (*found.get(key, ()), value) if is_list else value
    return found or None


def _keys() -> frozenset[str]:
    """Every key of an order, with dots, at most two deep."""
    found = set()
    for field in msgspec.structs.fields(Order):
        kinds = (field.type, *get_args(field.type))
        part = next((k for k in kinds if isinstance(k, type) and issubclass(k, msgspec.Struct)), None)
        if part is None:
            found.add(field.encode_name)
        else:
            found |= {f"{field.encode_name}.{inner.encode_name}" for inner in msgspec.structs.fields(part)}
    return frozenset(found) - _NOT_CARRIED


_KEYS: Final = _keys()


def _given(order: Order) -> Iterator[tuple[str, Any]]:
    """Each value of an order that is not its default and that no element carries, by its key."""
    uneven = order.directions.split != "equal"  # which doses those are depends on the syringes of a site
    without = _RULES.keys() | {_HOLD} if uneven else set()
    for field in msgspec.structs.fields(order):
        value = getattr(order, field.name)
        if not isinstance(value, msgspec.Struct):
            if value != field.default and field.name != _NOTED:
                yield field.encode_name, value
            continue
        for inner in msgspec.structs.fields(value):
            key = f"{field.encode_name}.{inner.encode_name}"
            one = getattr(value, inner.name)
            if one != inner.default and key not in ELEMENTS | without and (key, one) != (_THEN, "stop"):
                yield key, one


def _value(key: str, value: Any) -> dict[str, Any]:
    if key in _NOT_CARRIED:
        raise _no_place(key)
    if isinstance(value, Titrate | Taper):
        return {"extension": tuple(_parts(value))}
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int):
        return {"valueInteger": value}
    if isinstance(value, str):
        return {"valueString": value}
    if isinstance(value, dt.datetime):  # local, and FHIR's own times need an offset
        return {"valueString": value.isoformat()}
    if isinstance(value, dt.date):
        return {"valueDate": value.isoformat()}
    raise _no_place(key)


def _parts(rule: Titrate | Taper) -> Iterator[dict[str, Any]]:
    """An extension for each key of a rule, and for each entry of a list."""
    for field in msgspec.structs.fields(rule):
        value = getattr(rule, field.name)
        if value != field.default:
            for one in value if isinstance(value, tuple) else (value,):
                yield {"url": field.encode_name, **_value(field.encode_name, one)}


def _no_place(key: str) -> BadFile:
    return BadFile(f"'{key}' has no place in FHIR yet.", LEAVE_OUT, given=key)
