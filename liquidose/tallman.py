"""Tall man names: the capitals by which the FDA tells two drug names apart, by look-up only (R93 to R95).

Only the us profile prints them: other countries set other capitals, or none. No rule gives this list, so a
name without a row stays as it was written.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import msgspec

from liquidose.files import load_data

_WORD: Final = re.compile(r"(?<!\w)[A-Za-z]+(?!\w)")


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The list, with where and when it was read."""

    source: str
    read: str
    names: tuple[str, ...]


@cache
def tallman_names() -> dict[str, str]:
    """Every listed name in lower case, with its tall man form."""
    return {name.lower(): name for name in load_data("tallman-fda.toml", _Table).names}


def tallman(name: str) -> str:
    """The name with each listed word in tall man letters, whole words only.

    >>> tallman("Prednisolone sodium phosphate"), tallman("baclofen")
    ('prednisoLONE sodium phosphate', 'baclofen')
    """
    listed = tallman_names()
    return _WORD.sub(lambda word: listed.get(word[0].lower(), word[0]), name)
