"""The words in a product text that say what the drug is in and where it goes."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal, NamedTuple

import msgspec

from liquidose.files import load_data

Sign = Literal["oral", "injection", "other"]
"""Where a form or a container says that a drug goes."""

ORDER: Final[tuple[Sign, ...]] = ("other", "injection", "oral")
"""Which sign wins where several stand: the one furthest from the mouth."""

SHORT: Final = 2
"""Letters of a container's abbreviation that could be part of a name."""


class _Word(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    words: tuple[str, ...]
    sign: Sign | None = None
    percent: bool = False
    semisolid: bool = False


class _Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    container: tuple[_Word, ...]
    form: tuple[_Word, ...]


class Said(NamedTuple):
    """The forms and containers that stand in a text."""

    forms: tuple[_Word, ...]
    containers: tuple[_Word, ...]


@cache
def _words() -> _Words:
    return load_data("products.toml", _Words)


@cache
def _pattern(kind: str) -> tuple[re.Pattern[str], dict[str, _Word]]:
    rows = {w: row for row in getattr(_words(), kind) for w in row.words}
    joined = "|".join(re.escape(w) for w in sorted(rows, key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z/.])(?:{joined})(?![A-Za-z/])"), rows


def said_in(text: str, tail: str) -> Said:
    """The forms and containers named in a text; a container of one or two letters only in its tail.

    The V in "Penicillin V" is no vial.
    """
    pattern, rows = _pattern("form")
    forms = tuple(rows[m] for m in pattern.findall(_lowered(text)))
    pattern, rows = _pattern("container")
    named = pattern.findall(_lowered(tail))
    named += [m for m in pattern.findall(_lowered(text)) if len(m) > SHORT]
    return Said(forms, tuple(rows[m] for m in dict.fromkeys(named)))


def _lowered(text: str) -> str:
    return " ".join(text.lower().replace("_", " ").split())


def sign_of(form: str) -> Sign | None:
    """Where the words of a form say it goes; None when they do not say.

    >>> sign_of("oral solution"), sign_of("eye drops"), sign_of("solution")
    ('oral', 'other', None)
    """
    return sign_in(said_in(form, form))


def sign_in(said: Said) -> Sign | None:
    """Where the words say it goes; the form speaks before the container."""
    for rows in (said.forms, said.containers):
        signs = {row.sign for row in rows if row.sign is not None}
        for first in ORDER:
            if first in signs:
                return first
    return None


def names_something(text: str) -> bool:
    """Whether a text has a word besides those for forms and containers.

    >>> names_something("baclofen"), names_something("oral solution, bottle")
    (True, False)
    """
    left = _lowered(text)
    for kind in ("form", "container"):
        left = _pattern(kind)[0].sub("", left)
    return any(letter.isalpha() for letter in left)


@cache
def container_words() -> frozenset[str]:
    """Every word for a container, so that a count of containers is told from an amount."""
    return frozenset(word for row in _words().container for word in row.words)
