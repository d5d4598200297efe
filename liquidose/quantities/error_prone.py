"""Abbreviations, symbols and measures that are misread, beside the amounts of ``amount_rules``.

Each row has the number of its rule, what it is taken for, an example, and what to write. No pattern can match
more than 200 characters, so that reading any text takes time in proportion to its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Final

import msgspec

from liquidose.numbers import decimal_digits, write_number
from liquidose.quantities.amount_rules import COUNTED, FRACTION, GAP, ORDERED, UNIT, clean_unit, number_of
from liquidose.quantities.writing import NO_BREAK, PROFILES, Profile

HOUSEHOLD: Final = (
    "teaspoon", "teaspoons", "teaspoonful", "teaspoonfuls", "tsp", "tsps", "tablespoon", "tablespoons",
    "tablespoonful", "tablespoonfuls", "tbsp", "spoonful", "spoonfuls", "dropperful", "dropperfuls", "dram", "drams",
    "ounce", "ounces", "oz", "capful", "capfuls", "cupful", "cupfuls", "dessertspoon", "dessertspoons",
    "dessertspoonful", "dessertspoonfuls",
)  # fmt: skip
"""Measures of the kitchen; orders may not name them either."""

Match = re.Match[str]


class WordRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A spelling that is misread."""

    rule: str
    problem: str
    example: str
    pattern: str
    """The finding is its group ``found``, else all of it."""
    write: str | Callable[[Match, Profile], str]
    """The remedy, or what makes it."""
    unless: str = ""
    """What excuses it, at the end of the 70 characters before it."""
    profiles: tuple[Profile, ...] = PROFILES


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of this table, compiled once and only when a text is read."""
    return re.compile(pattern)


def excused(rule: WordRule, match: Match) -> bool:
    """Whether what stands before a match excuses it."""
    before = match.string[max(0, match.start() - 70) : match.start()]
    return rule.unless != "" and compiled(rule.unless).search(before) is not None


_DRUG_UNIT: Final = r"(?:mg|mcg|[µμu]g|micrograms?|g|[Uu]nits?|IU|U|mEq|mmol|mL|ml)"
_PER: Final[dict[str, str]] = {
    "kg": "kg", "m2": "m²", "m²": "m²", "day": "day", "d": "day", "dose": "dose", "hour": "hour", "hr": "hour",
    "h": "hour", "min": "minute", "week": "week", "wk": "week",
}  # fmt: skip
_DIVISOR: Final = "|".join(_PER)
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8}
_SIGNS: Final = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}
_DAY_WORDS: Final = r"(?i:am|pm|morning|noon|afternoon|evening|night|bedtime|food|meals?|breakfast|lunch|dinner|supper|mL|mg|mcg|units|daily|tab(?:let)?s?|cap(?:sule)?s?)"
_TOLD: Final = r"(?i:bid|tid|qid|prn|q\d|x\d|hs|qhs|am|pm|in the|daily|once|twice|three|every|for|at|with)"
_DOSED: Final = (
    r"(?:mg|mcg|mL|ml|[Uu]nits?|U|IU|(?i:puffs?|sprays?|drops?|tab(?:let)?s?|cap(?:sule)?s?|daily))"
)
_GIVEN: Final = r"(?i:\b(?:give|take|inject|instil|instill|swallow|drink|administer)\b)"
_EYES: Final = r"(?i:\b(?:drops?|gtts?|instil|instill|apply|ribbon|ointment)\b)"


def _ratio(match: Match, _: Profile) -> str:
    parts = int(match["parts"].replace(",", ""))
    return f"Write '{write_number(Fraction(1000, parts), locale='en-US')}{NO_BREAK}mg per{NO_BREAK}mL'."


def _rate(match: Match, profile: Profile) -> str:
    words = [clean_unit(match["unit"], profile), _PER[match["first"]]]
    if match["second"]:
        words.append(_PER[match["second"]])
    return f"Write '{' per '.join(words)}'."


def _strength(match: Match, profile: Profile) -> str:
    amount = f"{number_of(match['amount']).clean}{NO_BREAK}{clean_unit(match['unit'], profile)}"
    volume = clean_unit(match["volume"], profile)
    if match["parts"]:
        return f"Write '{amount} in {number_of(match['parts']).clean}{NO_BREAK}{volume}'."
    return f"Write '{amount} per{NO_BREAK}{volume}'."


def _fraction(match: Match, profile: Profile) -> str:
    value = int(match["whole"] or 0) + Fraction(_SIGNS.get(match["part"], match["part"]))
    unit = match["unit"]
    if unit is None or re.fullmatch(rf"(?i:{COUNTED})", unit):
        return "Write it in words, such as 'half a tablet'."
    digits = decimal_digits(value)
    if digits is None:
        return f"Write a decimal, such as '{write_number(value)}{NO_BREAK}{clean_unit(unit, profile)}'."
    return f"Write '{digits}{NO_BREAK}{clean_unit(unit, profile)}'."


def _numeral(match: Match, _: Profile) -> str:
    return f"Write '{_ROMAN[match['roman'].lower()]}{NO_BREAK}{match['unit']}'."


def _figure(match: Match, _: Profile) -> str:
    words = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return f"Write '{words.index(match['word'].lower()) + 1}{NO_BREAK}{match['unit']}'."


def _w(text: str) -> str:
    return f"Write '{text}'."


WORD_RULES: Final = (
    WordRule(
        rule="R1", problem="no zero before the decimal point: without it, ten times as much is read", example=".5",
        pattern=r"(?<![\w.])\.(?P<part>\d{1,12})(?!\w|\.\d)",
        write=lambda match, _: _w(number_of(match[0]).clean),
    ),
    WordRule(
        rule="R3", problem="an exponent is not read as part of the number", example="1E+1 mL",
        pattern=rf"(?<![\w.])\d{{1,12}}(?:\.\d{{1,12}})?[eE](?:\+\d{{1,2}}|-?\d{{1,2}}(?={GAP}{UNIT}))(?!\w)",
        write="Write all digits of the number.",
    ),
    WordRule(
        rule="R14", problem="the unit of volume is written mL: a small l is read as 1, cc as u", example="mg/ml",
        pattern=r"(?:(?<=[gGlLUuq%\]]/)|(?<=nits/)|(?<=\bper[ \u00a0]))(?:mls?|ML|Ml|mLs|cc|CC)(?![\w/])|(?<![\w./@-])mls?(?![\w/]|\.\w)",
        write=_w("mL"),
    ),
    WordRule(
        rule="R15", problem="a sign for micro is read as m, a thousand times as much", example="strength in µg",
        pattern=r"(?<![^\W\d_])[µμ]g(?!\w)|(?<=\w/)ug(?!\w)",
        write=lambda _, profile: _w("micrograms" if profile == "uk" else "mcg"),
    ),
    WordRule(
        rule="R15", problem="micrograms and nanograms are spelled out in the United Kingdom", example="strength in mcg",
        pattern=r"(?<![^\W\d_])mcg(?!\w)", write=_w("micrograms"), profiles=("uk",),
    ),
    WordRule(
        rule="R16", problem="it is read as 0, 4, cc, IV or 10", example="IU per mL",
        pattern=r"(?<![\w-])(?:IU|iu|I\.U\.)(?!\w)|(?<![\w-])U(?=/(?:mL|ml|kg|h|hr|day|d)\b)", write=_w("units"),
    ),
    WordRule(
        rule="R18", problem="a ratio says no amount, and its zeros are miscounted", example="1:1000",
        pattern=r"(?:(?<![\w:.,/-])1[:∶] ?|(?i:adrenaline|epinephrine) 1 in )(?P<parts>[1-9]\d{0,2}(?:,\d{3}){1,2}|[1-9]\d{2,6})(?!\d|[:.,]\d)",
        write=_ratio, unless=r"(?i:caine)\b[^\n]{0,60}$",
    ),
    WordRule(
        rule="R19", problem="a slash is read as 1", example="mg/kg/day",
        pattern=rf"(?<![^\W\d_])(?P<unit>{_DRUG_UNIT}){GAP}/{GAP}(?P<first>{_DIVISOR})(?:{GAP}/{GAP}(?P<second>{_DIVISOR}))?(?![\w/])",
        write=_rate,
    ),
    WordRule(
        rule="R19", problem="a slash is read as 1", example="give 25 mg/5 mL",
        pattern=rf"{_GIVEN}[^.\n;]{{0,40}}?(?P<found>(?P<amount>[\d.,]{{1,13}}){GAP}(?P<unit>{_DRUG_UNIT}){GAP}/{GAP}(?P<parts>[\d.,]{{0,13}}){GAP}(?P<volume>mL|ml|ML|L))(?!\w)",
        write=_strength,
    ),
    WordRule(
        rule="R23", problem="a fraction on one line is read as its first or its second number", example="2 1/2 mL",
        pattern=rf"(?<![\w/.,:])(?:(?P<whole>\d{{1,3}})[ -]?)?(?P<part>{FRACTION}|[½¼¾⅓⅔]){GAP}(?:of )?(?:an? )?(?P<unit>{UNIT})(?!{GAP}\(about)",
        write=_fraction,
    ),
    WordRule(
        rule="R23", problem="a fraction on one line is read as its first or its second number", example="take 1/2 twice a day",
        pattern=rf"{ORDERED} (?P<found>(?:(?P<whole>\d)[ -])?(?P<part>{FRACTION}|[½¼¾⅓⅔]))(?P<unit>(?!))?(?![\w/])",
        write=_fraction,
    ),
    WordRule(
        rule="R23", problem="a Roman numeral is read as letters or as other digits", example="ii tablets",
        pattern=rf"(?<![\w.-])(?P<roman>i{{1,3}}|vi{{1,3}}|II|III|VI{{1,3}})[ \u00a0](?P<unit>(?i:{COUNTED})|mL|ml)(?!\w)|(?<![\w.-])(?P<four>iv|IV)[ \u00a0](?P<four_unit>(?i:tab(?:let)?s?|cap(?:sule)?s?)|mL|ml)(?!\w)",
        write=lambda match, profile: f"Write '4{NO_BREAK}{match['four_unit']}'." if match["four"] else _numeral(match, profile),
    ),
    WordRule(
        rule="R24", problem="> and < are mistaken for each other, and for 7 and L", example="> 5 mg",
        pattern=r"(?<![-=<>\w/\"'])[<>](?= ?[.,]?\d)",
        write=lambda match, _: _w("more than" if match[0] == ">" else "less than"),
    ),
    WordRule(
        rule="R24", problem="@ is read as 2", example="5 mL @ bedtime",
        pattern=r"(?<![\w@.])@(?= ?(?:\d|(?i:bed|night|noon|morning|evening|meal|breakfast|lunch|dinner|hs\b)))", write=_w("at"),
    ),
    WordRule(
        rule="R24", problem="& is read as 2", example="morning & night",
        pattern=rf"(?<=[a-z0-9] )&(?= [a-z0-9])|\b{_DAY_WORDS}[ \u00a0]?(?P<found>&)(?=[ \u00a0]?\w)|(?<=[\w)] )&(?= {_DAY_WORDS}\b)",
        write=_w("and"),
    ),
    WordRule(
        rule="R24", problem="+ is read as 4", example="5 mL + 2 mL",
        pattern=rf"\b{_DAY_WORDS}[ \u00a0]?(?P<found>\+)(?=[ \u00a0]?\w)|(?<=[\w)] )\+(?= {_DAY_WORDS}\b)",
        write=_w("and"),
    ),
    WordRule(
        rule="R24", problem="a degree sign for hours is read as a zero", example="q4°",
        pattern=r"\b(?i:q|every) ?\d{1,2} ?°(?! ?[CF])", write="Write 'every … hours'.",
    ),
    WordRule(
        rule="R25", problem="it is read as four times a day, or as the right eye", example="QD",
        pattern=r"(?<![\w.])(?:QD|qd|Qd|[qQ]\.[dD]\.?)(?![\w@]|\.\w)", write=_w("daily"),
    ),
    WordRule(
        rule="R25", problem="it is read as daily or as four times a day", example="q.o.d.",
        pattern=r"(?<![\w.])(?:QOD|qod|Qod|[qQ]\.[oO]\.[dD]\.?)(?![\w@]|\.\w)", write=_w("every other day"),
    ),
    WordRule(
        rule="R25", problem="it is read as the right eye, or as an overdose", example="5 mL OD",
        pattern=r"(?<![\w.])(?<!, )(?:OD|od|[oO]\.[dD]\.?)(?![\w@]|\.\w)", write="Write 'once daily', or 'right eye' if that is meant.",
    ),
    WordRule(
        rule="R26", problem="it is read as half strength", example="5 mL HS",
        pattern=r"(?<![\w.-])(?:q?hs|Q?HS|[hH]\.[sS]\.?)(?![\w@]|\.\w)", write=_w("at bedtime"),
    ),
    WordRule(
        rule="R26", problem="it is read as twice a day", example="1 tablet BT",
        pattern=rf"(?:(?<![^\W\d_]){_DOSED}|\b(?i:at|q))[ \u00a0](?P<found>BT)(?!\w)", write=_w("at bedtime"),
    ),
    WordRule(
        rule="R26", problem="it is read as discharge and as discontinue", example="D/C",
        pattern=r"(?<![\w/])(?:D/C|d/c)(?![\w/])", write="Write 'discharge' or 'stop'.",
    ),
    WordRule(
        rule="R26", problem="it is read as SL, or as 5 every", example="10 units SC",
        pattern=rf"(?<![\w.])(?:SQ|[sS]ub ?[qQ]|[sS]ubq)(?!\w)|(?:(?<![^\W\d_]){_DOSED}|\b(?i:inject|given))[ \u00a0](?P<found>SC|sc|s\.c\.)(?!\w)", write=_w("subcutaneously"),
    ),
    WordRule(
        rule="R26", problem="it is read as 55, or as a scale for insulin", example="ss tablet",
        pattern=rf"(?<![\w.])(?:i{{0,3}}ss)[ \u00a0](?:{COUNTED}|tsp|mL)(?!\w)", write="Write 'half' or the decimal.",
    ),
    WordRule(
        rule="R26", problem="the ear is taken for the eye, or one for the other", example="2 drops AU",
        pattern=rf"{_EYES}[^.\n]{{0,30}}?[ ,](?P<found>AD|AS|AU|OS|OU)(?=[.,;)]|$|\n|[ ](?:\d|{_TOLD}\b))",
        write="Write 'right', 'left' or 'both', and 'ear' or 'eye'.",
    ),
    WordRule(
        rule="R26", problem="it is read as IM, IV or IJ", example="2 sprays IN daily",
        pattern=rf"(?<![^\W\d_]){_DOSED}[ \u00a0](?P<found>IN|IJ)(?=[.,;)]|$|\n|[ ]{_TOLD}\b)", write="Write 'into the nose' or 'by injection'.",
    ),
    WordRule(
        rule="R26", problem="it is read as an eye's abbreviation", example="mix with OJ",
        pattern=r"(?<![^\W\d_])(?i:in|with|w/|of|oz)[ \u00a0](?P<found>OJ)(?!\w)", write=_w("orange juice"),
    ),
    WordRule(
        rule="R27", problem="morphine sulfate and magnesium sulfate are taken for each other", example="MSO4",
        pattern=rf"(?<![\w.])(?:MSO4|MgSO4|MS(?=[ \u00a0]\d{{1,4}}(?:\.\d{{1,3}})?{GAP}mg\b))(?!\w)",
        write=lambda match, _: _w("magnesium sulfate") if match[0] == "MgSO4" else "Write 'morphine sulfate', or 'magnesium sulfate' if that is meant.",
    ),
    WordRule(
        rule="R27", problem="the short name of a drug is taken for another drug's", example="MTX",
        pattern=rf"(?<![\w.-])(?:HCTZ|MTX|AZT|HCT(?=[ \u00a0]?\d{{1,4}}(?:\.\d{{1,3}})?{GAP}mg\b))(?![\w-])",
        write="Write the drug's name in full.",
    ),
    WordRule(
        rule="R29", problem="a household measure: kitchen spoons hold 2.5 to 7.3\u00a0mL", example="1 tsp",
        pattern=rf"(?i:(?<![^\W\d_])(?:{'|'.join(HOUSEHOLD)})(?!\w))", write="Write the volume in mL.",
        unless=r"(?i:\b(?:not|never) (?:use|measure(?: it| this medicine)? with)(?: an?)?(?: [a-z]{1,15}){0,2} )$",
    ),
    WordRule(
        rule="R30", problem="an amount in words is found less quickly and less surely than a numeral", example="two tablets",
        pattern=rf"(?<!\w)(?i:(?P<word>one|two|three|four|five|six|seven|eight|nine|ten))[ \u00a0](?P<unit>{UNIT})",
        write=_figure, profiles=("us",),
    ),
)  # fmt: skip
