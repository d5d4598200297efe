"""Warnings as values: they travel with the result they belong to and are printed wherever it is."""

from __future__ import annotations

from typing import Literal

import msgspec


class Caution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A thing the reader of a result should know.

    A ``note`` informs; a ``warning`` asks somebody to look before the dose is given.
    """

    code: str
    """Stable name, for scripts."""
    text: str
    level: Literal["note", "warning"] = "warning"


Notes = list[Caution] | None
"""Where a reader collects cautions; None when the caller does not want them."""


def add(notes: Notes, code: str, text: str, *, note: bool = False) -> None:
    """Nothing comes out; the caution is appended once to the list, if there is one."""
    if notes is not None:
        caution = Caution(code=code, text=text, level="note" if note else "warning")
        if caution not in notes:
            notes.append(caution)
