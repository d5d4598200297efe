"""What stands beside the strengths in a text: sizes and counts of containers; anything else is refused."""

from __future__ import annotations

from liquidose.dosing.forms import container_words
from liquidose.dosing.statements import Statements
from liquidose.errors import UnreadableText
from liquidose.numbers import read_number
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.units import REFUSED, spelt


def anything_beside(read: Statements) -> bool:
    """Whether anything but marks and brackets stands beside the statements."""
    return any(
        read.tokens[i].kind in {"word", "number", "unit", "percent", "other", "per", "wv"} for i in read.left
    )


def container_size(text: str, read: Statements, locale: str | None) -> Quantity | None:
    """The container's size; every number outside the statements must be one, or a count of containers.

    Raises:
        UnreadableText: a number that nothing explains.
        UnknownUnit: a number with a unit that is never read.
    """
    counts = container_words()
    tokens, left = read.tokens, set(read.left)
    size = None
    for i in read.left:
        if tokens[i].kind == "ratio" or (tokens[i].kind == "percent" and i - 1 not in left):
            raise _unexplained(text, tokens[i].text)
        if tokens[i].kind != "number":
            continue
        after = tokens[i + 1] if i + 1 in left else None
        if after is not None and after.kind == "unit" and after.text not in REFUSED:
            spelling = spelt(after.text)
            if "volume" in spelling.unit.uses and not _over(tokens, i + 2, left):
                size = size or Quantity(value=read_number(tokens[i].text, locale=locale), unit=spelling.unit)
                continue
        elif after is not None and after.text.lower() in counts:
            continue
        elif after is not None and after.text in REFUSED:
            spelt(after.text)
        end = (
            after.at + len(after.text)
            if after and after.kind == "unit"
            else tokens[i].at + len(tokens[i].text)
        )
        raise _unexplained(text, text[tokens[i].at : end])
    return size


def _over(tokens: tuple[object, ...], at: int, left: set[int]) -> bool:
    """Whether a number stands right behind a slash: ``5 mL/10 mg`` is the wrong way round."""
    kinds = [getattr(tokens[i], "kind", "") for i in (at, at + 1) if i < len(tokens) and i in left]
    return kinds == ["slash", "number"]


def refuse_second_drug(text: str, read: Statements) -> None:
    """Nothing comes out, unless two drugs are named and one strength is stated: whose would it be?

    Raises:
        UnreadableText: ``Xylocaine + Adren_Inj 1%``, ``Paracetamol/codeine 120mg/5ml``.
    """
    tokens, before = read.tokens, read.found[0].start if read.found else 0
    for i in range(1, before - 1):
        joined = tokens[i].kind == "plus" or (
            tokens[i].kind == "slash" and min(len(tokens[i - 1].text), len(tokens[i + 1].text)) > 3
        )
        if joined and tokens[i - 1].kind == tokens[i + 1].kind == "word" and len(read.found) == 1:
            if len(read.found[0].amounts) > 1:
                continue
            raise UnreadableText(
                f"'{text}' names more than one drug and states one strength.",
                "Give the strength of the one that the dose counts, alone.",
                given=text,
            )


def _unexplained(text: str, what: str) -> UnreadableText:
    return UnreadableText(
        f"'{what}' in '{text}' is not part of a strength per volume.",
        "Give the strength alone, such as '5 mg/5 mL'.",
        given=text,
    )
