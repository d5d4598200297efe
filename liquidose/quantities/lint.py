"""lint(): the error-prone notations of ISMP and the Joint Commission in anybody's text, each with its place.

An order's free text is read by the same rules, and by one more: a second amount hidden in a remark ("give 2 tsp
with food") would reach the label unchecked, so free text with an amount in it is refused.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from liquidose.errors import UnreadableText
from liquidose.quantities.amount_rules import amounts, faults_of, unitless, written
from liquidose.quantities.error_prone import HOUSEHOLD, WORD_RULES, compiled, excused
from liquidose.quantities.units import ANY_CASE, REFUSED, SPELLINGS
from liquidose.quantities.writing import Profile

_UNITS: Final = sorted({*SPELLINGS, *ANY_CASE, *REFUSED, "%"}, key=len, reverse=True)
_NUMBER: Final = r"(?:(?<![\d.,])[.,]?[\d½¼¾⅓⅔][\d.,/½¼¾⅓⅔\u00a0\u202f ]*+|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|hundred|half|quarter)\b)"
"""What a number goes on with is never given back (``*+``): no unit begins with it, and giving it back is slow."""
_FIRST: Final = re.escape("".join(sorted({unit[0] for unit in _UNITS})))
_UNIT: Final = rf"(?=[{_FIRST}])(?:{'|'.join(map(re.escape, _UNITS))})"
"""Any unit; a look at its first character saves trying them all."""
_AMOUNT: Final = re.compile(rf"{_NUMBER}[\s-]*(?:an?\s+)?{_UNIT}s?(?![A-Za-z])", re.IGNORECASE)
_MEASURE: Final = re.compile(rf"\b(?:{'|'.join(HOUSEHOLD)}|spoons?)\b", re.IGNORECASE)


class Finding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One error-prone notation in a text."""

    rule: str
    """The number of the rule, as in docs/lint.md."""
    line: int
    """From 1."""
    column: int
    """The place of its first character in the line, from 1."""
    found: str
    problem: str
    remedy: str


class _Hit(NamedTuple):
    start: int
    end: int
    rule: str
    problem: str
    remedy: str


def lint(text: str, *, profile: Profile = "international") -> list[Finding]:
    """Every notation in a text that one of the rules calls error-prone, in the order of the text.

    ``mcg`` is right in the United States and wrong in the United Kingdom; the international profile finds only
    what is wrong in both.

    >>> for finding in lint("Give .5 mg QD"):
    ...     print(finding.rule, finding.column, finding.found)
    R1 6 .5 mg
    R25 12 QD
    """
    hits = sorted([*_amount_hits(text, profile), *_word_hits(text, profile)], key=_in_order)
    breaks = [match.end() for match in re.finditer("\n", text)]
    found: list[Finding] = []
    kept: dict[str, int] = {}
    for hit in hits:
        if kept.get(hit.rule, 0) > hit.start:  # a part of what that rule has found already
            continue
        kept[hit.rule] = hit.end
        line = bisect_right(breaks, hit.start)
        found.append(
            Finding(
                rule=hit.rule,
                line=line + 1,
                column=hit.start - (breaks[line - 1] if line else 0) + 1,
                found=text[hit.start : hit.end],
                problem=hit.problem,
                remedy=hit.remedy,
            )
        )
    return found


def _in_order(hit: _Hit) -> tuple[int, int, int]:
    return hit.start, -hit.end, int(hit.rule[1:])


def _amount_hits(text: str, profile: Profile) -> Iterator[_Hit]:
    for pattern in (amounts(), unitless()):
        for match in pattern.finditer(text):
            amount = written(match)
            start = match.start() if amount.run_in else match.start("first")
            for rule, remedy in faults_of(amount, profile):
                yield _Hit(start, match.end(), rule.rule, rule.problem, remedy)


def _word_hits(text: str, profile: Profile) -> Iterator[_Hit]:
    for rule in WORD_RULES:
        if profile not in rule.profiles:
            continue
        for match in compiled(rule.pattern).finditer(text):
            group = "found" if match.groupdict().get("found") else 0
            remedy = rule.write if isinstance(rule.write, str) else rule.write(match, profile)
            if not excused(rule, match):
                yield _Hit(match.start(group), match.end(group), rule.rule, rule.problem, remedy)


def amounts_in(text: str) -> tuple[str, ...]:
    """Every amount with a unit, and every household measure, that stands in a free text.

    >>> amounts_in("with food; give 2 tsp"), amounts_in("shake well")
    (('2 tsp', 'tsp'), ())
    """
    return tuple(map(str.strip, _AMOUNT.findall(text) + _MEASURE.findall(text)))


def free_of_amounts(text: str, *, field: str) -> str:
    """The same text, if no amount stands in it, and nothing that is misread.

    Raises:
        UnreadableText: an amount, a household measure or an error-prone notation; the message names the field.
    """
    if fault := _fault(text):
        problem, remedy = fault
        raise UnreadableText(f"{field} {problem}", remedy, given=text)
    return text


def names_no_amount(text: str, *, field: str) -> str:
    """The same text, if no amount stands in it; it may be a name, so how it is spelled is nobody's business.

    Raises:
        UnreadableText: an amount or a household measure; the message names the field.
    """
    if found := amounts_in(text):
        raise UnreadableText(
            f"{field} holds an amount, '{found[0]}': '{text}'.",
            "Give the strength in drug.strength and the dose in directions.dose only.",
            given=text,
        )
    return text


@lru_cache(maxsize=1024)
def _fault(text: str) -> tuple[str, str] | None:
    """What is wrong with a free text, and the remedy; kept, because many orders carry the same words."""
    if found := amounts_in(text):
        return (
            f"holds an amount, '{found[0]}', in free text: '{text}'.",
            "Give the dose in directions.dose only, and leave amounts out of the words.",
        )
    for finding in lint(text):
        where = f"holds '{finding.found}' in '{text}'"
        return f"{where}: {finding.problem} (rule {finding.rule}).", finding.remedy
    return None
