"""A text of FHIR to its resources as they stand: strict JSON, one resource, a Bundle or one resource a line.

Refused here: XML, other releases than R4, a key that stands twice, NaN and infinity, nesting too deep.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple, NoReturn

from liquidose.errors import BadFile
from liquidose.numbers import MOST_CHARACTERS
from liquidose.orders.fhir_amounts import at
from liquidose.orders.fhir_table import RELEASES
from liquidose.orders.fhir_whole import refuse_modified

_HISTORY: Final = "history"
_KIND: Final = re.compile(r"[A-Za-z]{1,64}").fullmatch
_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}").fullmatch
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]").search
_EXCHANGED: Final = (("request", "method"), ("response", "status"))
"""What an entry asks of a server, and what the server answered."""
_ADDS: Final = frozenset({"POST", "PUT"})
_DONE: Final = "2"
"""How the status of HTTP begins that says so."""


class Resource(NamedTuple):
    """One resource as it stands in a file."""

    place: str
    """How a refusal calls it: the file, its type and its id."""
    url: str
    """The full URL that a Bundle gives it; empty without one."""
    data: dict[str, Any]

    @property
    def kind(self) -> str:
        """Its type, such as ``MedicationRequest``."""
        return str(self.data["resourceType"])


def resources_in(text: str, *, name: str) -> list[Resource]:
    """The resources of a text, in its order; those of a Bundle and of lines stand side by side.

    Raises:
        BadFile: not JSON, not FHIR, or another release than R4; the message names the place.
    """
    if text.lstrip()[:1] == "<":
        raise BadFile(f"{name} is XML.", "Have it sent as JSON (application/fhir+json).", given=name)
    try:
        found: list[tuple[str, Any]] = [(name, _decoded(text, name))]
    except _MoreLines:
        lines = enumerate(text.split("\n"), start=1)  # JSON may hold other line breaks
        found = [
            (f"{name}, line {number}", _decoded(line, f"{name}, line {number}"))
            for number, line in lines
            if line.strip()
        ]
    return [resource for place, value in found for resource in resources_of(value, name=place)]


def resources_of(value: Any, *, name: str) -> list[Resource]:
    """The resources of a decoded value: those of a Bundle, or itself.

    Raises:
        BadFile: no resource of FHIR, or of another release than R4.
    """
    whole = _resource(value, name, "")
    return list(_entries(whole, name)) if whole.kind == "Bundle" else [whole]


class _MoreLines(ValueError):
    """A text that goes on after its first value, on another line."""


def _decoded(text: str, name: str) -> Any:
    try:
        value = json.loads(
            text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_without_doubles
        )
        if _HALF(text):  # a pair of halves is one character; a half alone is none, and cannot be shown
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except json.JSONDecodeError as fault:
        if fault.msg == "Extra data" and "\n" in text[: fault.pos]:
            raise _MoreLines from None
        why = f"{fault.msg}, line {fault.lineno}, column {fault.colno}"
    except RecursionError:
        why = "it is nested too deeply"
    except UnicodeEncodeError:
        why = "it holds half a character"
    except (ValueError, ArithmeticError) as fault:
        why = str(fault) if isinstance(fault, _Doubt) else "it holds a number that is too long"
    else:
        return value
    raise BadFile(f"{name} is not JSON that can be read: {why}.", "Have it sent again.", given=name)


class _Doubt(ValueError):
    """JSON that two programs would read in two ways."""


def _no_number(word: str) -> NoReturn:
    raise _Doubt(f"{word} is no number")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise _Doubt(f"the key {twice!a} stands twice in one object")
    return found


def named(value: Any, place: str) -> str:
    """How a refusal calls a resource: its place, its type and its id.

    Raises:
        BadFile: it is no resource, or its type or id is none that FHIR allows.
    """
    kind = value.get("resourceType") if isinstance(value, dict) else None
    if not isinstance(kind, str) or not _KIND(kind):
        raise BadFile(
            f"{place} is no resource of FHIR: it has no resourceType.",
            "Check that it is the file.",
            given=place,
        )
    number = value.get("id", "none")
    if not isinstance(number, str) or not _ID(number):
        raise BadFile(f"{place}, {kind}: {number!a} is no id.", "Have it sent again.", given=str(number))
    return f"{place}, {kind}/{number}" if "id" in value else f"{place}, {kind}"


def _resource(value: Any, place: str, url: str) -> Resource:
    called = named(value, place)
    _refuse_other_releases(value["resourceType"], value, called)
    return Resource(called, url, value)


def _entries(bundle: Resource, name: str) -> Iterator[Resource]:
    if bundle.data.get("type") == _HISTORY:
        raise BadFile(
            f"{bundle.place} is a history: it holds versions that no longer hold.",
            "Send the orders as they stand now.",
            given=_HISTORY,
        )
    for key in ("implicitRules", "modifierExtension"):
        if key in bundle.data:
            raise BadFile(
                f"{bundle.place}: liquidose does not know what its {key} changes.",
                "Do not leave it out: ask the sender what it means.",
                given=key,
            )
    links = bundle.data.get("link", [])
    if isinstance(links, list) and any(
        isinstance(one, dict) and one.get("relation") == "next" for one in links
    ):
        raise BadFile(
            f"{bundle.place} is one page of several.",
            "Send all pages in one Bundle, or each order alone.",
            given="next",
        )
    entries = bundle.data.get("entry", [])
    if not isinstance(entries, list):
        raise BadFile(f"{bundle.place}: entry is no list.", "Have it sent again.", given="entry")
    for number, entry in enumerate(entries):
        yield _entered(entry, f"{name}, entry[{number}]")


def _entered(entry: Any, place: str) -> Resource:
    """The resource of one entry of a Bundle, which adds it, replaces it or only holds it."""
    if not isinstance(entry, dict) or not isinstance(entry.get("fullUrl", ""), str):
        raise BadFile(f"{place} is no entry of a Bundle.", "Have it sent again.", given=place)
    asked, answered = (_within(entry.get(key), word) for key, word in _EXCHANGED)
    if asked is not None and asked not in _ADDS:
        raise BadFile(
            f"{place} asks for {asked!a}, and only what is added or replaced is an order.",
            "Leave that entry out.",
            given=str(asked),
        )
    if answered is not None and not str(answered).startswith(_DONE):
        raise BadFile(
            f"{place} is the answer {str(answered)[:MOST_CHARACTERS]!a}: what was asked for was not done.",
            "Leave that entry out.",
            given=str(answered)[:MOST_CHARACTERS],
        )
    with at(place):
        refuse_modified({key: value for key, value in entry.items() if key != "resource"})
    resource = _resource(entry.get("resource"), place, entry.get("fullUrl", ""))
    if resource.kind == "Bundle":
        raise BadFile(f"{place} is a Bundle in a Bundle.", "Send each Bundle alone.", given=place)
    return resource


def _within(part: Any, key: str) -> Any:
    return part.get(key) if isinstance(part, dict) else part


def _refuse_other_releases(kind: str, data: dict[str, Any], place: str) -> None:
    """Nothing comes out, unless an element of another release stands in it.

    Raises:
        BadFile: naming the release and the element.
    """
    dosages = data.get("dosageInstruction")
    parts = [(kind, data)]
    if isinstance(dosages, list):
        parts += [("Dosage", dosage) for dosage in dosages if isinstance(dosage, dict)]
    contained = data.get("contained")
    if isinstance(contained, list):
        parts += [(str(inner.get("resourceType")), inner) for inner in contained if isinstance(inner, dict)]
    for row in RELEASES:
        for within, part in parts:
            key = next((key for key in row.keys if key in part), None)
            if within == row.within and key is not None:
                raise BadFile(
                    f"{place} is FHIR {row.release}: {within}.{key} is no element of R4, which liquidose reads.",
                    "Have it sent as FHIR R4 (4.0.1).",
                    given=key,
                )
