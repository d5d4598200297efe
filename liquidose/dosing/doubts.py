"""What stands beside a strength and makes it another one, or no exact one: refused, never dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from liquidose.dosing.tokens import Token
from liquidose.errors import UnreadableText
from liquidose.quantities.units import ANY_CASE, SPELLINGS

RATES: Final = frozenset(
    {"h", "hr", "hour", "min", "minute", "day", "d", "kg", "dose", "week", "s", "m2", "actuation"}
)
ANOTHER: Final = frozenset({"dilute", "diluted", "dilution", "not", "max", "maximum", "or"})
"""Words before a strength by which it is not the one in the bottle."""
WORDS_BEFORE: Final = 4
DOUBTFUL_SIGNS: Final = frozenset("~≈<>≤≥±−∓≃≅?")
DOUBTFUL_WORDS: Final = frozenset({"about", "approx", "approximately", "ca", "circa", "around", "roughly"})

_VOLUMES: Final = frozenset(
    text.lower() for text, spelling in (SPELLINGS | ANY_CASE).items() if "volume" in spelling.unit.uses
)
_NOTHING: Final = Token("", "", 0)


def refuse_doubts(tokens: Sequence[Token], start: int, end: int, text: str) -> None:
    """Nothing comes out, unless something before or behind a statement of strength changes it.

    Raises:
        UnreadableText: ``about 3.33 mg/mL``, ``-5 mg/mL``, ``5 to 10 mg/mL``, ``dilute to 5 mg/mL``, ``5 mg/mL/h``,
            ``100 mg/5 mL per kg``, ``500 mg in 5 mL in 100 mL``, ``5 mg/mL approx``.
    """
    before = tokens[start - 1] if start else _NOTHING
    if before.text.lower() in {"to", "or"} and start > 1 and tokens[start - 2].kind == "number":
        raise UnreadableText(
            f"'{text}' states a range.", "Write the exact strength that the container states.", given=text
        )
    if _doubtful(before) or (before.kind == "dash" and start == 1):
        raise UnreadableText(
            f"'{before.text}' before the strength in '{text}' makes it doubtful.",
            "Write the exact strength that the container states.",
            given=text,
        )
    for token in tokens[max(start - WORDS_BEFORE, 0) : start]:
        if token.text.lower() in ANOTHER:
            raise UnreadableText(
                f"'{token.text}' in '{text}' leaves open which strength is in the container.",
                "Write the exact strength that the container states, alone.",
                given=text,
            )
    behind = [*tokens[end : end + 3], _NOTHING, _NOTHING, _NOTHING]
    if _doubtful(behind[0]) or _goes_on(behind[0], behind[1], behind[2]):
        raise UnreadableText(
            f"What stands behind the strength in '{text}' changes it.",
            "Write the strength alone, as the container states it, such as '5 mg/mL'.",
            given=text,
        )


def _doubtful(token: Token) -> bool:
    return token.text.lower() in DOUBTFUL_WORDS or (token.kind == "other" and token.text in DOUBTFUL_SIGNS)


def _goes_on(first: Token, second: Token, third: Token) -> bool:
    """Whether a statement goes on as a rate, per weight, or in a further volume."""
    if first.kind == "slash":
        further = second.kind == "number" and third.text.lower() in _VOLUMES
        return second.kind in {"unit", "per"} or second.text.lower() in RATES or further
    if first.kind == "per":
        return second.kind == "number" or (first.text.lower() == "per" and second.kind in {"unit", "word"})
    return False
