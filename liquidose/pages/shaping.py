"""Which letters must be shaped, and in which order the parts of a line are seen.

Shaping (HarfBuzz) and the Unicode bidirectional algorithm come with the ``scripts`` extra; without it such letters
are refused, never printed unjoined or in the wrong order.
"""

from __future__ import annotations

import unicodedata
from functools import partial
from itertools import groupby
from typing import Any, Final, TypeVar

from liquidose.errors import UnreadableText

T = TypeVar("T")

_SHAPED_BLOCKS: Final = (
    (0x0590, 0x08FF),
    (0x0900, 0x109F),
    (0x1780, 0x18AF),
    (0x1900, 0x1CFF),
    (0xA800, 0xABFF),
)
"""Hebrew to Arabic Extended; Devanagari to Myanmar; Khmer and Mongolian; Limbu to Vedic; Syloti Nagri to Meetei."""


def must_be_shaped(character: str) -> bool:
    """Whether this character's form or place depends on its neighbours."""
    point = ord(character)
    return (
        unicodedata.category(character)[0] == "M"
        or unicodedata.bidirectional(character) in {"R", "AL"}
        or any(first <= point <= last for first, last in _SHAPED_BLOCKS)
    )


def checked_for_shaping(text: str, *, field: str) -> None:
    """Nothing comes out where the letters stand alone, or where what shapes them is installed.

    Raises:
        UnreadableText: letters that must be shaped, and the ``scripts`` extra is missing.
    """
    found = next(filter(must_be_shaped, text), None)
    if found is None:
        return
    try:
        import bidi  # noqa: F401, PLC0415  (an extra, for some scripts only)
        import uharfbuzz  # noqa: F401, PLC0415  (as above)
    except ImportError:
        raise UnreadableText(
            f"The text of '{field}' has '{found}' (U+{ord(found):04X}), a letter that changes with its neighbours.",
            "Install what sets such scripts: pip install 'liquidose[scripts]'.",
            given=text,
        ) from None


def levels_of(text: str) -> list[int]:
    """The embedding level of each character in a line that runs from left to right as a whole (UAX #9)."""
    from bidi import algorithm  # noqa: PLC0415  (an extra, for some scripts only)

    storage: dict[str, Any] = algorithm.get_empty_storage()
    storage.update(base_level=0, base_dir="L")
    algorithm.get_embedding_levels(text, storage)
    for step in (
        algorithm.explicit_embed_and_overrides,
        algorithm.resolve_weak_types,
        algorithm.resolve_neutral_types,
        algorithm.resolve_implicit_levels,
    ):
        step(storage, debug=False)
    return [int(character["level"]) for character in storage["chars"]]


def as_seen(runs: list[tuple[int, T]]) -> list[T]:
    """Runs and their levels, put in the order they are seen in from left to right.

    From the highest level down, what lies at a level or above it is turned round (UAX #9, rule L2).
    """
    for level in range(max(depth for depth, _ in runs), 0, -1):
        stretches = [(inside, list(some)) for inside, some in groupby(runs, key=partial(_reaches, level))]
        runs = [run for inside, some in stretches for run in (reversed(some) if inside else some)]
    return [run for _, run in runs]


def _reaches(level: int, run: tuple[int, object]) -> bool:
    return run[0] >= level
