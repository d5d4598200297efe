"""The resources of one file of FHIR, and where their references lead."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final, TypeAlias, TypeVar

from liquidose.errors import BadFile
from liquidose.files import checked_value
from liquidose.orders.fhir_amounts import at
from liquidose.orders.fhir_table import PASSED_OVER
from liquidose.orders.fhir_text import Resource, named
from liquidose.orders.fhir_whole import refuse_changed

T = TypeVar("T")
_Number: TypeAlias = tuple[str, str]
"""Who gave a number, and the number."""
_REQUEST: Final = "MedicationRequest"
_NUMBERED: Final = frozenset({_REQUEST, "MedicationDispense"})


class Pool:
    """Resources side by side: what one names is another, one inside it, or not there."""

    def __init__(self, resources: list[Resource]) -> None:
        self._by_name: dict[str, list[Resource]] = defaultdict(list)
        for resource in resources:
            for name in _names(resource):
                self._by_name[name].append(resource)
        self._unlike = {
            name for name, found in self._by_name.items() if any(one.data != found[0].data for one in found)
        }
        """The names that resources of different contents have."""
        self._replaced = dict(named for resource in resources for named in _before(resource))
        """The requests that others take the place of or carry out, and the element that says so."""
        self._requests: dict[_Number, list[Resource]] = defaultdict(list)
        alike: dict[tuple[object, ...], list[Resource]] = defaultdict(list)
        for resource in resources:
            for number in _numbers(resource):
                alike[(resource.kind, number, *_item(resource))].append(resource)
                if resource.kind == _REQUEST:
                    self._requests[number].append(resource)
        self._versions = {
            id(one)
            for found in alike.values()
            if any(other.data != found[0].data for other in found)
            for one in found
        }
        """The requests and supplies whose number others have for the same patient and medicine, with other contents."""

    def find(self, reference: str, holder: Resource) -> Resource | None:
        """The resource that a reference in another names; None where the file does not hold it.

        Raises:
            BadFile: two resources of that name, and not the same, or two requests; another version than the one that
                is named; or a contained one that is not there.
        """
        if reference.startswith("#"):
            found = [one for one in self._contained(holder) if f"#{one.data.get('id')}" == reference]
            if not found:
                raise BadFile(
                    f"It names {reference!a}, and contains nothing of that id.",
                    "Have it sent again.",
                    given=reference,
                )
            return found[0]
        plain, _, version = reference.partition("/_history/")
        found = self._by_name.get(plain, [])
        if version and found and _version(found[0]) != version:
            raise BadFile(
                f"It names version {version!a} of {plain!a}, and the file holds another, or does not say which.",
                "Have that version sent.",
                given=reference,
            )
        # A patient that each of several exports holds is one patient; a request that is there twice may be two.
        if len(found) > 1 and (plain in self._unlike or found[0].kind == _REQUEST):
            raise BadFile(
                f"It names {reference!a}, and the file holds {len(found)} resources of that name.",
                "Have each sent once.",
                given=reference,
            )
        return found[0] if found else None

    def refuse_versions(self, order: Resource) -> None:
        """Nothing comes out, unless another of the name of a request or a supply, or of its number, says something else.

        Raises:
            BadFile: it does, or takes its place: a label for each would be one too many.
        """
        for name in _names(order) & self._replaced.keys():
            raise BadFile(
                f"Another request takes its place ({self._replaced[name]}).",
                "Leave it out, or ask the sender.",
                given=str(order.data.get("id", "")),
            )
        if _names(order) & self._unlike or id(order) in self._versions:
            raise BadFile(
                "It was sent more than once, and not with the same contents.",
                "Find out which one holds, and read that alone.",
                given=str(order.data.get("id", "")),
            )

    def request_of(self, dispense: Resource) -> Resource | None:
        """The request that a supply names as its own, by its place or its number; None where the file does not hold it.

        Raises:
            BadFile: two resources of that name, several prescriptions, or one that the supply contains.
        """
        named_there = dispense.data.get("authorizingPrescription")
        references = (
            [one for one in named_there if isinstance(one, dict)] if isinstance(named_there, list) else []
        )
        if len(references) > 1:
            raise BadFile(
                f"It names {len(references)} prescriptions, and a label is for one.",
                "Send one supply a request.",
                given="authorizingPrescription",
            )
        for reference in references:
            target = reference.get("reference")
            if not isinstance(target, str):
                return self._numbered(reference.get("identifier"))
            if target.startswith("#"):
                raise BadFile(
                    f"It contains its prescription, {target!a}.",
                    "Have the two sent side by side.",
                    given=target,
                )
            request = self.find(target, dispense)
            if request is not None and request.kind == _REQUEST:
                return request
        return None

    def _numbered(self, identifier: object) -> Resource | None:
        """The request of a number; None where the file does not hold it.

        Raises:
            BadFile: several have it.
        """
        number = _number(identifier)
        found = self._requests.get(number, []) if number is not None else []
        if len(found) > 1:
            raise BadFile(
                f"It names its prescription by a number that {len(found)} requests have.",
                "Have the sender name it by its place (reference).",
                given="identifier",
            )
        return found[0] if found else None

    def decoded(self, resource: Resource, kind: type[T]) -> T:
        """The resource as a checked value, without what is passed over.

        Raises:
            BadFile: another type of resource, an element that is not known, or one that cannot be honoured.
        """
        if resource.kind != kind.__name__:
            raise BadFile(
                f"A {resource.kind} stands where a {kind.__name__} is named.",
                "Have it sent again.",
                given=resource.kind,
            )
        self._contained(resource)
        with at(resource.place):
            refuse_changed(resource.data)
        passed = PASSED_OVER[resource.kind]
        data = {
            key: value for key, value in resource.data.items() if not {key, key.removeprefix("_")} & passed
        }
        return checked_value(data, kind, name=resource.place)

    def _contained(self, holder: Resource) -> list[Resource]:
        """What a resource contains; nothing in it contains anything again.

        Raises:
            BadFile: something that is no resource, or one id twice.
        """
        contained: Any = holder.data.get("contained", [])
        if not isinstance(contained, list):
            raise BadFile(f"{holder.place}: contained is no list.", "Have it sent again.", given="contained")
        found = [Resource(named(one, holder.place), "", one) for one in contained]
        for one in found:
            if "contained" in one.data:
                raise BadFile(
                    f"{one.place} is contained, and contains others again.",
                    "Have it sent again.",
                    given="contained",
                )
        numbers = Counter(one.data.get("id") for one in found)
        twice = [number for number, count in numbers.items() if count > 1]
        if twice:
            raise BadFile(
                f"{holder.place} contains two resources of the id {twice[0]!a}.",
                "Have it sent again.",
                given=str(twice[0]),
            )
        return found


def _number(identifier: object) -> _Number | None:
    if not isinstance(identifier, dict) or not isinstance(value := identifier.get("value"), str):
        return None
    return str(identifier.get("system", "")), value


def _numbers(resource: Resource) -> set[_Number]:
    """The numbers that others gave a request or a supply."""
    given = resource.data.get("identifier") if resource.kind in _NUMBERED else None
    found = (_number(one) for one in given) if isinstance(given, list) else ()
    return {number for number in found if number is not None}


def _before(resource: Resource) -> Iterator[tuple[str, str]]:
    """The names of the requests that one replaces or carries out, each with the element that says so."""
    for key in ("priorPrescription", "basedOn") if resource.kind == _REQUEST else ():
        named_there = resource.data.get(key)
        for one in named_there if isinstance(named_there, list) else [named_there]:
            name = one.get("reference") if isinstance(one, dict) else None
            if isinstance(name, str):
                yield name.partition("/_history/")[0], key


def _item(resource: Resource) -> tuple[str, ...]:
    """For whom and of what an order is: a prescription of several medicines may have one number for all of them."""
    keys = ("subject", "medicationReference", "medicationCodeableConcept")
    return tuple(json.dumps(resource.data.get(key), sort_keys=True, default=str) for key in keys)


def _version(resource: Resource) -> object:
    meta = resource.data.get("meta")
    return meta.get("versionId") if isinstance(meta, dict) else None


def _names(resource: Resource) -> set[str]:
    """How others in the file may name it."""
    names = {resource.url, _relative(resource.url)} - {""}
    if "id" in resource.data:
        names.add(f"{resource.kind}/{resource.data['id']}")
    return names


def _relative(url: str) -> str:
    """The type and id at the end of a web address, by which others in the file may name it."""
    return "/".join(url.split("/")[-2:]) if url.startswith("http") else ""
