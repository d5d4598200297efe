"""Amounts as people write them in running text, and the rules that they can break.

One pattern finds every amount; each rule is a question about it. The way to write it comes from the same place
for all of them, so that a text corrected once is corrected for every rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final

import msgspec

from liquidose.quantities.units import ANY_CASE, SPELLINGS, UNITS, Unit
from liquidose.quantities.writing import NO_BREAK, PROFILES, Profile, write_unit

GAP: Final = "[ \\t\u00a0\u202f]{0,2}"
COUNTED: Final = r"tab(?:let)?s?|cap(?:sule)?s?|drops?|gtts?|puffs?|sprays?|sachets?|patch(?:es)?|suppositor(?:y|ies)|lozenges?"
FRACTION: Final = r"(?:1/[2-8]|2/3|3/[48]|[57]/8)"
"""What people halve with; other numbers belong to combinations, as in ``5/10 mg``."""
ORDERED: Final = (
    r"(?i:\b(?:give|take|inject|instil|instill|swallow|drink|administer|apply|use|draw up|dose)\b)"
)
"""Words behind which a number is a dose."""

_NUMBER: Final = r"[.,]?\d(?:[\d.,\u202f]{0,18}\d)?"
_MEASURED: Final = {name for name, unit in UNITS.items() if {"amount", "volume"} & set(unit.uses)} | {"kg"}
_PLURALS: Final = {
    "mgs": "mg",
    "mcgs": "mcg",
    "gms": "g",
    "kgs": "kg",
    "mEqs": "mEq",
    "mls": "mL",
    "mLs": "mL",
}
_UNWRITTEN: Final = {
    **_PLURALS,
    "ccs": "mL",
    "cm3": "mL",
    "cm³": "mL",
    "u": "units",
    "iu": "units",
    "Iu": "units",
}
_MILLIONS: Final = rf"(?:MM|M|K|k|mil){GAP}(?:[Uu]nits|IU|U)|MU|MIU"
_GRAINS: Final = ("gr", "GR", "grain", "grains")
_SHORT: Final[dict[str, Unit]] = {
    **{s: found.unit for s, found in SPELLINGS.items() if found.unit.name in _MEASURED and s != "G"},
    **{s: UNITS[name] for s, name in _UNWRITTEN.items()},
}
_LONG: Final = sorted(
    (s for s, found in ANY_CASE.items() if found.unit.name in _MEASURED and s != "kgs"), key=len, reverse=True
)
_CASED: Final = "|".join(map(re.escape, sorted({*_SHORT, *_GRAINS} - {"U", "u"}, reverse=True)))
UNIT: Final = (
    rf"(?:{_MILLIONS}|{_CASED}|[Uu](?![-+])|(?i:{'|'.join(map(re.escape, _LONG))}|{COUNTED})|%)(?!\w)"
)

_AMOUNT: Final = (
    r"(?<!\w)(?<!\d[.,:/])(?P<stuck>[^\W\d_]{1,30})?"
    rf"(?P<first>{_NUMBER})(?:(?P<join>{GAP}(?:-|–|/|to|or){GAP})(?P<second>{_NUMBER}))?"
    rf"(?P<gap>{GAP}|-)(?P<unit>{UNIT})(?P<stop>\.(?=[ \u00a0][a-z]|[,;]))?"
)
_UNITLESS: Final = rf"{ORDERED}[ :=\u00a0]{{1,3}}(?P<first>{_NUMBER})(?![\w/%]|[:,.]\d|{GAP}{UNIT})"
_PLAIN: Final = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3}){1,6}|[1-9][0-9]{0,2}(?:\u202f[0-9]{3}){1,6}|[0-9]{0,20})(?:(?P<mark>[.,])(?P<part>[0-9]{1,20}))?"
)
_LABORATORY: Final = re.compile(rf"{GAP}/{GAP}(?:dL|L|l)\b|{GAP}(?:of|CI|confidence|relative|RH)\b")
"""What follows a result or a share of people and never a dose: trailing zeros may stand there (R4)."""
_FROM_A_THOUSAND: Final = 4
_FOURTH: Final = re.compile(r"[1-9][0-9]{0,2}(?:\u202f[0-9]{3}){0,4}\.[0-9]{2}[1-9]0")
"""How a thousandth is written where no locale is stated: the fourth digit keeps it from being a thousand."""


class Number(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number of an amount, in its parts; all empty where it is none we know."""

    text: str
    whole: str = ""
    mark: str = ""
    part: str = ""

    @property
    def naked(self) -> bool:
        """No digit before its decimal mark."""
        return bool(self.part) and not self.whole

    @property
    def trailing(self) -> bool:
        """A zero at the end of its decimals."""
        return self.part.endswith("0") and not _FOURTH.fullmatch(self.text)

    @property
    def ungrouped(self) -> bool:
        """A thousand or more with its thousands together."""
        return len(self.whole) >= _FROM_A_THOUSAND and self.whole.isdigit() and self.mark != ","

    @property
    def clean(self) -> str:
        """As the rules ask for it."""
        if not self.whole and not self.part:
            return self.text
        part = self.part.rstrip("0") if self.trailing else self.part
        together = self.ungrouped or (not part and self.whole.isdigit())
        whole = f"{int(self.whole):,}" if together else self.whole or "0"
        return whole + (self.mark + part if part else "")

    @property
    def thousands(self) -> str:
        """The other reading of ``1.500``: its thousands grouped; empty where there is none."""
        if not (self.trailing and len(self.part) == 3 and self.whole.isdigit() and int(self.whole)):
            return ""
        return f"{int(self.whole + self.part):,}"


class Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount as it stands in a text."""

    numbers: tuple[Number, ...]
    join: str = ""
    """Between two numbers of a range."""
    gap: str = ""
    unit: str = ""
    """Empty where an order counts nothing: ``take 1.0 daily``."""
    stuck: str = ""
    """The word or letter that runs into the number."""
    stop: str = ""
    result: bool = False
    """A laboratory's, or a share of people."""

    @property
    def fraction(self) -> bool:
        """Half of something and the like, which a rule of its own reads."""
        both = "/".join(number.text for number in self.numbers)
        return self.join != "" and re.fullmatch(FRACTION, both) is not None

    @property
    def run_in(self) -> bool:
        """Whether a word runs into the number, and not the letters of a code such as ``lib1g``."""
        return len(self.stuck) > 1 and (self.gap != "" or self.unit not in {"g", "L"})


class AmountRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule about amounts, and the question that finds it broken."""

    rule: str
    problem: str
    example: str
    broken: Callable[[Written], bool]
    profiles: tuple[Profile, ...] = PROFILES
    remedy: str = ""
    """Where the amount alone does not say how to write it."""


def number_of(text: str) -> Number:
    """The parts of a number.

    >>> number_of("1.50").clean, number_of(".5").clean, number_of("12000").clean
    ('1.5', '0.5', '12,000')
    """
    if match := _PLAIN.fullmatch(text):
        return Number(text=text, whole=match["whole"], mark=match["mark"] or "", part=match["part"] or "")
    return Number(text=text)


@cache
def amounts() -> re.Pattern[str]:
    """The pattern of an amount; compiled when first asked for, which costs more than most orders do."""
    return re.compile(_AMOUNT)


@cache
def unitless() -> re.Pattern[str]:
    """The pattern of a dose that counts no unit, such as ``take 1.0 daily``."""
    return re.compile(_UNITLESS)


def written(match: re.Match[str]) -> Written:
    """The amount that a match of either pattern stands for."""
    found = match.groupdict()
    return _written(
        tuple(number for number in (found["first"], found.get("second")) if number),
        tuple(found.get(name) or "" for name in ("join", "gap", "unit", "stuck", "stop")),
        result=_LABORATORY.match(match.string, match.end()) is not None,
        exact=found.get("join") == "/" and match.string.startswith(" (about", match.end()),
    )


@lru_cache(maxsize=4096)
def _written(numbers: tuple[str, ...], parts: tuple[str, ...], *, result: bool, exact: bool) -> Written:
    """The amount of these parts; the numbers of an exact fraction with its decimal beside it have no faults."""
    join, gap, unit, stuck, stop = parts
    return Written(
        numbers=tuple(Number(text=text) if exact else number_of(text) for text in numbers),
        join=join,
        gap=gap,
        unit=unit,
        stuck=stuck,
        stop=stop,
        result=result,
    )


@lru_cache(maxsize=4096)
def faults_of(amount: Written, profile: Profile) -> tuple[tuple[AmountRule, str], ...]:
    """The rules that an amount breaks under a profile, each with the remedy, which is the same for all."""
    if amount.fraction:
        return ()
    broken = [rule for rule in AMOUNT_RULES if profile in rule.profiles and rule.broken(amount)]
    own = next((rule.remedy for rule in broken if rule.remedy), "")
    return tuple((rule, own or _remedy(amount, profile)) for rule in broken)


def clean_unit(unit: str, profile: Profile) -> str:
    """A unit as the profile prints it; words stay as they are."""
    return write_unit(_SHORT[unit], profile=profile) if unit in _SHORT else unit


def _remedy(amount: Written, profile: Profile) -> str:
    """How to write the amount."""
    unit = clean_unit(amount.unit, profile)
    gap = amount.gap if amount.gap == "-" else NO_BREAK if unit else ""

    word = f"{amount.stuck} " if amount.run_in else ""

    def whole(numbers: tuple[str, ...]) -> str:
        return f"'{word}{amount.join.join(numbers)}{gap}{unit}'"

    words = f"Write {whole(tuple(number.clean for number in amount.numbers))}"
    if any(number.thousands for number in amount.numbers):
        other = tuple(number.thousands or number.clean for number in amount.numbers)
        words += f", or {whole(other)} if that is meant"
    return words + "."


def _any(question: Callable[[Number], bool]) -> Callable[[Written], bool]:
    return lambda amount: any(question(number) for number in amount.numbers)


def _unit_in(*units: str) -> Callable[[Written], bool]:
    return lambda amount: amount.unit in units


_MICROGRAM: Final = ("µg", "μg", "ug", "UGM")
_LITRES: Final = ("L", "%")

AMOUNT_RULES: Final = (
    AmountRule(
        rule="R1",
        problem="no zero before the decimal point: without it, ten times as much is read",
        example=".5 mg",
        broken=_any(lambda number: number.naked),
    ),
    AmountRule(
        rule="R2",
        problem="a zero at the end of a decimal: if the point is missed, ten times as much is read",
        example="5.0 mg",
        broken=lambda amount: not amount.result and any(number.trailing for number in amount.numbers),
    ),
    AmountRule(
        rule="R5",
        problem="no space before the unit: the m or U is read as zeros",
        example="10mg",
        broken=lambda amount: (
            amount.gap == ""
            and amount.unit not in {"", *_LITRES}
            and not (amount.stuck and len(amount.unit) == 1)
            and re.fullmatch(rf"(?i:{COUNTED})", amount.unit) is None
        ),
    ),
    AmountRule(
        rule="R6",
        problem="no space between the word and the number: the last letter is read as a digit",
        example="Tegretol300 mg",
        broken=lambda amount: amount.run_in,
    ),
    AmountRule(
        rule="R7",
        problem="no comma between the thousands: the zeros are miscounted",
        example="10000 units",
        broken=lambda amount: amount.unit != "" and any(number.ungrouped for number in amount.numbers),
    ),
    AmountRule(
        rule="R8",
        problem="M is read as a thousand and as a million",
        example="5 MU",
        broken=lambda amount: re.fullmatch(_MILLIONS, amount.unit) is not None,
        remedy="Write the number out, such as '1,000,000\u00a0units' or '1\u00a0million units'.",
    ),
    AmountRule(
        rule="R14",
        problem="the unit of volume is written mL: a small l is read as 1, cc as u",
        example="5 cc",
        broken=_unit_in("ml", "ML", "Ml", "mls", "mLs", "MLS", "cc", "CC", "ccs", "cm3", "cm³"),
    ),
    AmountRule(
        rule="R15",
        problem="a sign for micro is read as m, a thousand times as much",
        example="50 µg",
        broken=_unit_in(*_MICROGRAM),
    ),
    AmountRule(
        rule="R15",
        problem="micrograms and nanograms are spelled out in the United Kingdom",
        example="50 mcg",
        broken=_unit_in("mcg", "MCG", "Mcg", "mcgs", "ng", "NG"),
        profiles=("uk",),
    ),
    AmountRule(
        rule="R16",
        problem="the unit is read as 0, 4, cc, IV or 10",
        example="10 U",
        broken=_unit_in("U", "u", "IU", "iu", "Iu", "[iU]", "[IU]", "UNT"),
    ),
    AmountRule(
        rule="R17",
        problem="an abbreviated unit takes no s",
        example="5 mgs",
        broken=_unit_in(*_PLURALS, "MLS"),
    ),
    AmountRule(
        rule="R17",
        problem="a full stop after a unit is read as 1 or starts another number",
        example="5 mg. twice a day",
        broken=lambda amount: amount.stop != "" and amount.unit in _SHORT,
    ),
    AmountRule(
        rule="R29",
        problem="a grain is 65 mg and is read as a gram",
        example="5 gr",
        broken=_unit_in(*_GRAINS),
        remedy="Write the amount in mg.",
    ),
)  # fmt: skip
