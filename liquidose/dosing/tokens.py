"""The words of a product text, each told for what it is: number, unit, percentage, ratio, mark or word."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from liquidose.quantities.units import ANY_CASE, REFUSED, SPELLINGS

MARKS: Final = {"/": "slash", "(": "open", ")": "close", ";": "semicolon", ",": "comma", "+": "plus",
                "-": "dash", "–": "dash", "&": "plus", "|": "semicolon", "=": "equals", ":": "colon"}  # fmt: skip


class Token(NamedTuple):
    """One word of a text: what it is, as written, and where it begins."""

    kind: str
    text: str
    at: int


def _any_of(words: object) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))  # type: ignore[call-overload]


_NUMBER: Final = r"[0-9]+(?:[.,'’\u00a0\u202f][0-9]+)*"
# A naked decimal (.5), a fraction sign, or a number with something glued on is kept whole and stays unexplained.


@cache
def _grammar() -> re.Pattern[str]:
    """Compiled when first needed: most strengths are read on a shorter road."""
    return re.compile(
        rf"(?P<insulin>(?<![\w.])[Uu]-?(?:40|100|200|300|500)(?![\w.,/]))"
        rf"|(?P<ratio>(?<![\w.,:])1\s*:\s*(?>{_NUMBER})(?![\w:]))"
        rf"|(?P<naked>(?<![0-9])[.,][0-9]+(?:[.,][0-9]+)*|(?<![\w.,])(?>{_NUMBER})\.(?![0-9]))"
        rf"|(?P<number>(?<![\w.,]){_NUMBER})"
        rf"|(?P<wv>w\s*/\s*v(?![A-Za-z]))|(?P<badpercent>(?:[vw]\s*/\s*[vw]|m\s*/\s*m)(?![A-Za-z]))"
        rf"|(?P<percent>%)"
        rf"|(?P<unit>(?:{_any_of(SPELLINGS)}|(?i:{_any_of(ANY_CASE)})|{_any_of(REFUSED)})(?![A-Za-z0-9µμ]))"
        rf"|(?P<per>(?i:per|in)(?![A-Za-z0-9]))"
        rf"|(?P<word>[^\W\d_](?:[.'’]?[^\W_])*)"
        rf"|(?P<mark>[/();,+\-–&|=:])"
        rf"|(?P<space>[\s_.*]+)"
        rf"|(?P<other>.)",
        re.DOTALL,
    )


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, spaces left out; marks are named (``slash``, ``open`` …)."""
    found = []
    for match in _grammar().finditer(text):
        kind = match.lastgroup or "other"
        if kind != "space":
            found.append(Token(MARKS[match[0]] if kind == "mark" else kind, match[0], match.start()))
    return found
