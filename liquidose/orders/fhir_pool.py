"""The resources of one file of FHIR, and where their references lead."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any, TypeVar

from liquidose.errors import BadFile
from liquidose.files import checked_value
from liquidose.orders.fhir_table import PASSED_OVER
from liquidose.orders.fhir_text import Resource, named

T = TypeVar("T")


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

    def find(self, reference: str, holder: Resource) -> Resource | None:
        """The resource that a reference in another names; None where the file does not hold it.

        Raises:
            BadFile: two resources of that name, and not the same, or two requests; or a contained one that is not there.
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
        plain = reference.partition("/_history/")[0]
        found = self._by_name.get(plain, [])
        # A patient that each of several exports holds is one patient; a request that is there twice may be two.
        if len(found) > 1 and (plain in self._unlike or found[0].kind == "MedicationRequest"):
            raise BadFile(
                f"It names {reference!a}, and the file holds {len(found)} resources of that name.",
                "Have each sent once.",
                given=reference,
            )
        return found[0] if found else None

    def refuse_versions(self, order: Resource) -> None:
        """Nothing comes out, unless another of the name of a request or a supply says something else.

        Raises:
            BadFile: it does: nobody could tell which of them holds, and a label for each would be one too many.
        """
        if _names(order) & self._unlike:
            raise BadFile(
                "It was sent more than once, and not with the same contents.",
                "Find out which one holds, and read that alone.",
                given=str(order.data.get("id", "")),
            )

    def request_of(self, dispense: Resource) -> Resource | None:
        """The request that a supply names as its own; None where the file does not hold it.

        Raises:
            BadFile: two resources of that name.
        """
        references = dispense.data.get("authorizingPrescription")
        for reference in references if isinstance(references, list) else []:
            target = reference.get("reference") if isinstance(reference, dict) else None
            if isinstance(target, str) and not target.startswith("#"):
                request = self.find(target, dispense)
                if request is not None and request.kind == "MedicationRequest":
                    return request
        return None

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


def _names(resource: Resource) -> set[str]:
    """How others in the file may name it."""
    names = {resource.url, _relative(resource.url)} - {""}
    if "id" in resource.data:
        names.add(f"{resource.kind}/{resource.data['id']}")
    return names


def _relative(url: str) -> str:
    """The type and id at the end of a web address, by which others in the file may name it."""
    return "/".join(url.split("/")[-2:]) if url.startswith("http") else ""
