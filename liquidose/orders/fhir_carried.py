"""Where each value of an order stands in FHIR: in elements of its own, or in an extension named after its key.

FHIR has no element for such things as the storage of a medicine at home, so those stand in extensions of the request:
no value of an order is lost on the way out and back, and other readers pass them over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, get_args, get_origin
from unicodedata import category

import msgspec

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
_RULES: Final = frozenset({"directions.titrate", "directions.taper"})
"""What makes steps: carried beside the dosages of those steps."""
_HOLD: Final = "directions.hold"
_UNTIL_NOW: Final = "directions.until_now"
_THEN: Final = "directions.then"
"""A stop is said by the end of the last dosage; that a course goes on, or is reviewed, by the extension as well."""
_NOT_CARRIED: Final = frozenset({"override", "directions.cycle"})
"""What changes a dose must stand where every reader of FHIR looks for it, or not be sent; who passes a limit, passes it here."""


class _Kind(NamedTuple):
    """What the value of a key is made of."""

    several: bool
    """A list, with an extension for each of its entries."""
    parts: type[msgspec.Struct] | None
    """Keys of its own, with an extension for each within that of the value."""

    @classmethod
    def of(cls, declared: Any) -> _Kind:
        """The kind of a declared type: of a union, that of its part which is most."""
        kinds = (declared, *get_args(declared))
        several = next((kind for kind in kinds if get_origin(kind) is tuple), None)
        within = (*kinds, *get_args(several))
        parts = (kind for kind in within if isinstance(kind, type) and issubclass(kind, msgspec.Struct))
        return cls(several is not None, next(parts, None))


def extensions_of(order: Order, *, until_now: str | None = None) -> tuple[dict[str, Any], ...]:
    """The extensions that carry what elements of FHIR do not; a protocol stands in the order, not in its file.

    ``until_now`` is the dose of a day until the first, of a rule that is carried as the doses that it makes.

    Raises:
        BadFile: a value that no extension carries; the message names its key.
    """
    for step in order.directions.steps or ():
        for key in ("volume", "cycle"):
            if getattr(step, key) is not None:
                raise _no_place(f"directions.steps.{key}")
    found: list[dict[str, Any]] = []
    given = [*_given(order), *([] if until_now is None else [(_UNTIL_NOW, until_now)])]
    for key, value in given:
        if key in _NOT_CARRIED:
            raise _no_place(key)
        found += _extensions(f"{PREFIX}{key}", key, value)
    return tuple(found)


def carried(extensions: tuple[dict[str, Any], ...]) -> list[tuple[str, Any]]:
    """The keys of an order, with dots, and the values that its extensions carry; those of others are passed over.

    Raises:
        CheckTheAmount: a key that an element carries, or one that stands twice.
        BadFile: an extension that this version does not write.
    """
    found: dict[str, Any] = {}
    for extension in extensions:
        url = extension.get("url")
        if not isinstance(url, str) or not url.startswith(PREFIX):
            continue
        key = url.removeprefix(PREFIX)
        kind = _KEYS.get(key)
        value = None if kind is None else _value(extension, kind)
        if kind is _EMPTY:
            value = {} if value is True else None
        twice = key in found and not (kind and kind.several)
        if key in ELEMENTS or twice or (key == _THEN and value == "stop"):
            raise CheckTheAmount(
                f"{key!a} stands in an extension beside another place for it.",
                "Have the sender leave one of them out.",
                given=url,
            )
        if kind is None or value is None or (key in {"locale", _THEN} and not isinstance(value, str)):
            raise BadFile(
                f"The extension {url!a} is none that this version writes.",
                "Do not leave it out: it is of an order of another version.",
                given=url,
            )
        found[key] = (*found.get(key, ()), value) if kind.several else value
    return list(found.items())


def _value(extension: dict[str, Any], kind: _Kind) -> Any:
    """The value of an extension, or of one entry of a list; None where it is none that we write."""
    if kind.parts is None:
        value = next((value for name, value in extension.items() if name.startswith("value")), None)
        return value if isinstance(value, str | int) and _is_shown(value) else None
    fields = {field.encode_name: _Kind.of(field.type) for field in msgspec.structs.fields(kind.parts)}
    found: dict[str, Any] = {}
    within = extension.get("extension")
    for part in within if isinstance(within, list) else ():
        if not isinstance(part, dict) or not isinstance(key := part.get("url"), str) or key not in fields:
            return None
        value = _value(part, fields[key])
        if value is None or (key in found and not fields[key].several):
            return None
        found[key] = (*found.get(key, ()), value) if fields[key].several else value
    return found or None


def _is_shown(value: str | int) -> bool:
    """Whether a value can be shown: a control character of a message would act on a terminal."""
    return not isinstance(value, str) or not any(category(character) == "Cc" for character in value)


def _keys() -> Iterator[tuple[str, _Kind]]:
    """Every key of an order, with dots, at most two deep, and what its value is made of."""
    for field in msgspec.structs.fields(Order):
        kind = _Kind.of(field.type)
        if kind.several or kind.parts is None or field.name == _WHOLE:
            yield field.encode_name, kind
            continue
        if type(None) in get_args(field.type):
            yield field.encode_name, _EMPTY
        for inner in msgspec.structs.fields(kind.parts):
            yield f"{field.encode_name}.{inner.encode_name}", _Kind.of(inner.type)


_WHOLE: Final = "protocol"
"""A part of an order that stands in one extension."""
_EMPTY: Final = _Kind(several=False, parts=None)
"""Of a part that an order may leave out: it says ``true`` where the part is there, and holds nothing."""
_KEYS: Final = {key: kind for key, kind in _keys() if key not in _NOT_CARRIED}


def _given(order: Order) -> Iterator[tuple[str, Any]]:
    """Each value of an order that is not its default and that no element carries, by its key."""
    uneven = order.directions.split != "equal"  # which doses those are depends on the syringes of a site
    without = _RULES | {_HOLD} if uneven else frozenset()
    for field in msgspec.structs.fields(order):
        value = getattr(order, field.name)
        if not isinstance(value, msgspec.Struct) or field.name == _WHOLE:
            if value != field.default:
                yield field.encode_name, value
            continue
        said = [
            (f"{field.encode_name}.{inner.encode_name}", one)
            for inner in msgspec.structs.fields(value)
            if (one := getattr(value, inner.name)) != inner.default
        ]
        if not said and field.default is None:
            yield field.encode_name, True
        for key, one in said:
            if key not in ELEMENTS | without and (key, one) != (_THEN, "stop"):
                yield key, one


def _extensions(url: str, key: str, value: Any) -> Iterator[dict[str, Any]]:
    """The extension of a value; one for each entry of a list; one with others within it for keys of its own."""
    if isinstance(value, tuple):
        for one in value:
            yield from _extensions(url, key, one)
    elif isinstance(value, msgspec.Struct):
        within: list[dict[str, Any]] = []
        for field in msgspec.structs.fields(value):
            one = getattr(value, field.name)
            if one != field.default:
                within += _extensions(field.encode_name, f"{key}.{field.encode_name}", one)
        yield {"url": url, "extension": tuple(within)}
    else:
        yield {"url": url, **_typed(key, value)}


def _typed(key: str, value: Any) -> dict[str, Any]:
    """A value under the name that its type has in an extension."""
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int):
        return {"valueInteger": value}
    if isinstance(value, str):
        if not _is_shown(value):
            raise BadFile(f"'{key}' holds a line break or another control character.", LEAVE_OUT, given=key)
        return {"valueString": value}
    if isinstance(value, dt.datetime):  # local, and FHIR's own times need an offset
        return {"valueString": value.isoformat()}
    if isinstance(value, dt.date):
        return {"valueDate": value.isoformat()}
    raise _no_place(key)


def _no_place(key: str) -> BadFile:
    return BadFile(f"'{key}' has no place in FHIR yet.", LEAVE_OUT, given=key)
