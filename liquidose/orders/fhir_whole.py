"""Whether a resource of FHIR is whole, and means what its elements say: no summary of it, and nothing that changes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from liquidose.errors import BadFile
from liquidose.numbers import MOST_CHARACTERS

_MODIFIED: Final = "modifierExtension"
_SUMMARY: Final = "SUBSETTED"
"""The tag of a resource of which a server has left elements out (HL7, v3-ObservationValue)."""


def refuse_changed(data: dict[str, Any]) -> None:
    """Nothing comes out, unless a resource is a summary, or has a modifierExtension at any depth.

    What it contains is looked at when it is read itself.

    Raises:
        BadFile: it is, or has one; what is passed over may not say that it must not be.
    """
    meta = data.get("meta")
    tags = meta.get("tag") if isinstance(meta, dict) else None
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, dict) and tag.get("code") == _SUMMARY:
            raise BadFile(
                f"It is a summary (tag {_SUMMARY}), of which elements have been left out.",
                "Have the whole resource sent.",
                given=_SUMMARY,
            )
    refuse_modified({key: value for key, value in data.items() if key != "contained"})


def refuse_modified(part: Any) -> None:
    """Nothing comes out, unless a part of a resource has a modifierExtension at any depth.

    Raises:
        BadFile: it has one; the message names it and where it stands.
    """
    if not _is_modified(part):
        return
    for path, extensions in _modifiers(part):
        first = extensions[0] if isinstance(extensions, list) else extensions
        url = str(first.get("url") if isinstance(first, dict) else first)[:MOST_CHARACTERS]
        where = f" in its {path}" if path else ""
        raise BadFile(
            f"It has the modifierExtension {url!a}{where}, which may change the meaning of everything in it.",
            "Do not leave it out: ask the sender what it means.",
            given=url,
        )


def _is_modified(part: Any) -> bool:
    """Whether a modifierExtension that is not empty stands anywhere; of every order it is asked, and rarely so."""
    left = [part]
    while left:  # no call within a call: the nesting is the sender's
        value = left.pop()
        if isinstance(value, dict):
            if value.get(_MODIFIED):
                return True
            left += value.values()
        elif isinstance(value, list):
            left += value
    return False


def _modifiers(part: Any) -> Iterator[tuple[str, Any]]:
    """Where each modifierExtension that is not empty stands, and what it says."""
    left: list[tuple[str, Any]] = [("", part)]
    while left:
        path, value = left.pop()
        if isinstance(value, list):
            left += [(f"{path}[{place}]", one) for place, one in enumerate(value)][::-1]
        if isinstance(value, dict):
            if value.get(_MODIFIED):
                yield path, value[_MODIFIED]
            left += [
                (f"{path}.{key}" if path else key, one) for key, one in value.items() if key != _MODIFIED
            ][::-1]
