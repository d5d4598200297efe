"""Every strength that a text states: ``250 mg/5 mL``, ``2 %``, ``1:1000``, ``400 mg/57 mg/5 mL``.

Nothing is guessed. What cannot be told is left over, and the reader above decides whether that may be.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple

from liquidose import cautions
from liquidose.dosing.doubts import refuse_doubts
from liquidose.dosing.strength import MG, ML, Notation, Stated, Strength
from liquidose.dosing.tokens import Token, tokens_of
from liquidose.errors import CheckTheAmount, LiquidoseError, UnreadableText
from liquidose.numbers import marks_of, read_number
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import note_spelling
from liquidose.quantities.units import REFUSED, UNITS, Spelling, spelt

MOST_QUALIFIERS: Final = 4
RATIOS: Final = (1_000, 1_000_000)
"""A ratio outside 1:1,000 to 1:1,000,000 is more likely a dilution or a mixture."""

SALT_WORDS: Final = frozenset({"elemental", "base", "pe", "salt"})

_EQUIVALENT: Final = "eq"
_TITLE_CASE: Final = {"Mg": "mg"}


class Amount(NamedTuple):
    """One amount of a statement and the word that says what was counted, such as ``BASE``."""

    quantity: Quantity
    qualifier: str


class Found(NamedTuple):
    """One statement in a text: its amounts, the volume they are in, and where it stands."""

    amounts: tuple[Amount, ...]
    volume: Quantity
    notation: Notation
    start: int
    end: int
    decimals: int
    """Decimals of the last amount as written, so that a rounded second statement can be told."""
    adds_up: bool = True
    """Whether its amounts may have a total: not where a dash could also mean a range."""

    def stated(self, place: int = 0) -> Stated:
        """The statement of one of the amounts."""
        return Stated(amount=self.amounts[place].quantity, volume=self.volume, notation=self.notation)


class _Reader:
    """Walks the tokens of one text; each method tries one thing at a place and says where it ends."""

    def __init__(self, text: str, locale: str | None, notes: cautions.Notes) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.locale = locale
        self.notes = notes

    def kind(self, at: int) -> str:
        return self.tokens[at].kind if at < len(self.tokens) else ""

    def word(self, at: int) -> str:
        return self.tokens[at].text if at < len(self.tokens) else ""

    def number(self, at: int) -> Fraction:
        return read_number(self.word(at), locale=self.locale)

    def decimals(self, at: int) -> int:
        """How many decimals a number is written with."""
        return len(self.word(at).partition(marks_of(self.locale).decimal)[2])

    def unit(self, at: int, use: str) -> Spelling | None:
        """The unit at a place, if it may stand for this use."""
        if self.kind(at) != "unit" or self.word(at) in REFUSED:
            return None
        spelling = spelt(self.word(at))
        return spelling if use in spelling.unit.uses else None

    def amounts(self, at: int) -> tuple[list[Amount], int, int] | None:
        """One or more numbers that share a unit, with their qualifier: ``600-42.9 mg``, ``EQ 5 MG BASE``."""
        start = at
        if self.word(at).lower() == _EQUIVALENT:
            at += 1
        if self.kind(at) != "number":
            return None
        places = [at]
        at += 1
        while self.kind(at) in {"dash", "slash", "plus"} and self.kind(at + 1) == "number":
            places.append(at + 1)
            at += 2
        written = self.word(at)
        spelling = self.unit(at, "amount")
        if written in _TITLE_CASE and self.title_cased(at):
            spelling = spelt(_TITLE_CASE[written])
            cautions.add(self.notes, "doubtful-unit", f"'{written}' was read as mg; write 'mg'.")
        if spelling is None:
            return None
        note_spelling(spelling, written, self.notes)
        qualifier, end = self.qualifier(at + 1)
        if at > start and self.word(start).lower() == _EQUIVALENT and not qualifier:
            qualifier = "equivalent"
        found = [
            Amount(Quantity(value=self.number(p) * spelling.times, unit=spelling.unit), qualifier)
            for p in places
        ]
        return found, end, self.decimals(places[-1])

    def title_cased(self, at: int) -> bool:
        """Whether 'Mg' stands in a title-cased text, with 'Ml' after it."""
        return any(token.text == "Ml" for token in self.tokens[at + 1 : at + 4])

    def qualifier(self, at: int) -> tuple[str, int]:
        """The words between an amount and its volume, if a volume does follow."""
        words: list[str] = []
        end = at
        bracket = self.kind(end) == "open" and self.kind(end + 1) == "word"
        if bracket:
            end += 1
        while self.kind(end) == "word" and self.word(end).isalpha() and len(words) < MOST_QUALIFIERS:
            words.append(self.word(end))
            end += 1
        if bracket and self.kind(end) == "close":
            end += 1
        if words and self.kind(end) in {"slash", "per", "plus", "close"} and self.leads_to_volume(end):
            return " ".join(words), end
        return "", at

    def leads_to_volume(self, at: int) -> bool:
        if self.kind(at) == "close":
            return self.kind(at + 1) in {"slash", "per"}
        if self.kind(at) == "plus":
            return self.kind(at + 1) == "number"
        return self.volume(at) is not None or self.amounts(at + 1) is not None

    def volume(self, at: int) -> tuple[Quantity, int] | None:
        """``/5 mL``, ``per mL``, ``in 5 mL``."""
        if self.kind(at) not in {"slash", "per"}:
            return None
        at += 1
        value = Fraction(1)
        if self.kind(at) == "number":
            if self.unit(at + 1, "volume") is None:
                return None
            value = self.number(at)
            at += 1
        spelling = self.unit(at, "volume")
        if spelling is None:
            return None
        note_spelling(spelling, self.word(at), self.notes)
        return Quantity(value=value, unit=spelling.unit), at + 1

    def amount_statement(self, start: int) -> Found | None:
        first = self.amounts(start)
        if first is None:
            return None
        found, at, decimals = first
        while True:
            bracketed = self.kind(at) == "open"
            joined = self.kind(at) in {"slash", "plus", "dash", "open"} or self.word(at) == "and"
            more = self.amounts(at + 1) if joined else None
            if more is None:
                break
            found += more[0]
            at, decimals = more[1], more[2]
            if bracketed:
                at += self.kind(at) == "close"
        volume = self.volume(at)
        if volume is None:
            return None
        end = volume[1]
        behind = self.salt_behind(end)
        if behind and not found[-1].qualifier:
            found[-1] = Amount(found[-1].quantity, behind)
        values = [amount.quantity.value for amount in found]
        dashed = any(token.kind == "dash" for token in self.tokens[start:end]) and values == sorted(values)
        return Found(tuple(found), volume[0], "amount", start, end, decimals, adds_up=not dashed)

    def salt_behind(self, at: int) -> str:
        """The word behind a volume that says what was counted: ``10 mg/mL elemental``, ``(as sulfate)``."""
        at += self.kind(at) == "open"
        if self.word(at).lower() == "as" and self.kind(at + 1) == "word":
            return " ".join(t.text for t in self.tokens[at + 1 : at + 3] if t.kind == "word")
        return self.word(at) if self.word(at).lower() in SALT_WORDS else ""

    def percent_statement(self, start: int) -> Found | None:
        """``2 %``, ``0.5 % w/v``: 1 g in 100 mL is 1 %."""
        if self.kind(start) != "number" or self.kind(start + 1) != "percent":
            return None
        at = start + 2
        bracket = self.kind(at) == "open" and self.kind(at + 1) == "wv"
        if self.kind(at + bracket) == "wv":
            at += 1 + 2 * bracket
        grams = self.number(start)
        amount = Amount(Quantity(value=grams * 1000, unit=MG), "")
        hundred = Quantity(value=Fraction(100), unit=ML)
        return Found((amount,), hundred, "percent", start, at, self.decimals(start))

    def ratio_statement(self, start: int) -> Found | None:
        """``1:1000``, ``1 in 1000``: 1 g in 1,000 mL."""
        if self.kind(start) == "ratio":
            parts, end = self.word(start).partition(":")[2].strip(), start + 1
        elif (
            self.word(start) == "1"
            and self.word(start + 1).lower() == "in"
            and self.kind(start + 2) == "number"
            and self.unit(start + 3, "volume") is None
            and self.unit(start + 3, "amount") is None
        ):
            parts, end = self.word(start + 2), start + 3
        else:
            return None
        value = read_number(parts, locale=self.locale)
        if not RATIOS[0] <= value <= RATIOS[1]:
            raise CheckTheAmount(
                f"'1:{parts}' is read as a strength only from 1:1000 to 1:1000000. Is this a dilution?",
                "Write the amount in a volume, such as '1 mg/mL'.",
                given=self.text,
            )
        amount = Amount(Quantity(value=Fraction(1000), unit=MG), "")
        return Found((amount,), Quantity(value=value, unit=ML), "ratio", start, end, 0)

    def insulin_statement(self, start: int) -> Found | None:
        """``U-100`` is 100 units in 1 mL."""
        if self.kind(start) != "insulin":
            return None
        amount = Amount(Quantity(value=Fraction(self.word(start)[-3:].strip("Uu-")), unit=UNITS["units"]), "")
        return Found((amount,), Quantity(value=Fraction(1), unit=ML), "u-number", start, start + 1, 0)

    def statement(self, at: int) -> Found | None:
        return (
            self.ratio_statement(at)
            or self.amount_statement(at)
            or self.percent_statement(at)
            or self.insulin_statement(at)
        )


class Statements(NamedTuple):
    """What a text states, its tokens, and the places of those that no statement explains."""

    found: tuple[Found, ...]
    tokens: tuple[Token, ...]
    left: tuple[int, ...]


def find_statements(text: str, *, locale: str | None, notes: cautions.Notes) -> Statements:
    """The statements of strength in a text, in order, and what is left over.

    Raises:
        UnreadableText: a naked decimal, or a percentage by weight or by volume.
        LiquidoseError: a number, unit or ratio in a statement that must be refused.
    """
    reader = _Reader(text, locale, notes)
    for token in reader.tokens:
        if token.kind == "naked":
            read_number(token.text, locale=locale)
        if token.kind == "badpercent":
            raise UnreadableText(
                f"'{token.text}' in '{text}' is not weight in volume.",
                "A strength for a syringe is written like '10 mg/mL' or '1 % w/v'.",
                given=text,
            )
    found: list[Found] = []
    left: list[int] = []
    at = 0
    while at < len(reader.tokens):
        statement = reader.statement(at)
        if statement is None:
            left.append(at)
            at += 1
            continue
        refuse_doubts(reader.tokens, at, statement.end, text)
        found.append(statement)
        at = statement.end
    return Statements(tuple(found), tuple(reader.tokens), tuple(left))


def agree(first: Found, second: Found) -> bool:
    """Whether a second statement says the same as the first, or the same rounded to its own digits.

    A rounding of more than 5 % is a disagreement: that is pharmacy's usual limit for a label claim (R54).
    """
    one, two = first.stated().strength, second.stated().strength
    try:
        exact = one.per_ml.to(two.per_ml.unit).value
    except LiquidoseError:
        return False
    if exact == two.per_ml.value:
        return True
    if abs(exact - two.per_ml.value) * 20 > exact or second.notation not in {"amount", "percent"}:
        return False
    scale = 10**second.decimals
    shown = second.amounts[0].quantity.value / (1000 if second.notation == "percent" else 1)
    meant = exact * second.volume.to(ML).value / (1000 if second.notation == "percent" else 1)
    return Fraction((2 * meant * scale + 1) // 2, scale) == shown


def comparable(first: Strength, second: Strength) -> bool:
    """Whether two strengths count the drug in units that convert into each other."""
    return first.per_ml.unit.dimension == second.per_ml.unit.dimension
