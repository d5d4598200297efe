"""The reading rules over anybody's free text: an amount does not belong in it.

An order states its dose in one field. A second amount hidden in a remark ("give 2 tsp with food") would reach
the label unchecked, so free text with an amount or a household measure is refused.
"""

from __future__ import annotations

import re
from typing import Final

from liquidose.errors import UnreadableText
from liquidose.quantities.units import ANY_CASE, REFUSED, SPELLINGS

_HOUSEHOLD: Final = (
    "teaspoon", "teaspoons", "teaspoonful", "teaspoonfuls", "tsp", "tsps", "tablespoon", "tablespoons",
    "tablespoonful", "tablespoonfuls", "tbsp", "spoon", "spoons", "spoonful", "spoonfuls", "dropperful",
    "dropperfuls", "dram", "drams", "ounce", "ounces", "oz", "capful", "capfuls", "cupful", "cupfuls",
    "dessertspoon", "dessertspoons", "dessertspoonful", "dessertspoonfuls",
)  # fmt: skip
_UNITS: Final = sorted({*SPELLINGS, *ANY_CASE, *REFUSED, "%"}, key=len, reverse=True)
_NUMBER: Final = r"(?:(?<![\d.,])[.,]?[\d½¼¾⅓⅔][\d.,/½¼¾⅓⅔\u00a0\u202f ]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|hundred|half|quarter)\b)"
_AMOUNT: Final = re.compile(
    rf"{_NUMBER}[\s-]*(?:an?\s+)?(?:{'|'.join(map(re.escape, _UNITS))})s?(?![A-Za-z])", re.IGNORECASE
)
_MEASURE: Final = re.compile(rf"\b(?:{'|'.join(_HOUSEHOLD)})\b", re.IGNORECASE)


def amounts_in(text: str) -> tuple[str, ...]:
    """Every amount with a unit, and every household measure, that stands in a free text.

    >>> amounts_in("with food; give 2 tsp"), amounts_in("shake well")
    (('2 tsp', 'tsp'), ())
    """
    return tuple(found.strip() for pattern in (_AMOUNT, _MEASURE) for found in pattern.findall(text))


def free_of_amounts(text: str, *, field: str) -> str:
    """The same text, if no amount stands in it.

    Raises:
        UnreadableText: an amount or a household measure stands in it; the message names the field.
    """
    if found := amounts_in(text):
        raise UnreadableText(
            f"{field} holds an amount, '{found[0]}', in free text: '{text}'.",
            "Give the dose in directions.dose only, and leave amounts out of the words.",
            given=text,
        )
    return text
