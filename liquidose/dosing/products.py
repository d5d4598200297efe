"""What a bottle, a vial or a drug file says, to the one strength that is there."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from liquidose import cautions
from liquidose.dosing.components import Component, choose
from liquidose.dosing.forms import Said, Sign, said_in, sign_in
from liquidose.dosing.leftover import anything_beside, container_size, refuse_second_drug
from liquidose.dosing.statements import Found, Statements, agree, comparable, find_statements
from liquidose.dosing.strength import Stated, Strength, note_density, write_strength
from liquidose.errors import CheckTheAmount, GiveWhatIsMissing, UnreadableText
from liquidose.numbers import read_number
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import checked_text
from liquidose.quantities.units import SPELLINGS


class Product(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a product text says: one strength, and the container, form and name if they are stated."""

    strength: Strength
    stated: Stated
    """The strength as the text states it, such as 5 mg in 5 mL."""
    name: str = ""
    container: str | None = None
    size: Quantity | None = None
    """How much one container holds."""
    form: str | None = None
    sign: Sign | None = None
    """Where the words say it goes; None when they do not say."""
    insulin: bool = False


_SAME_DRUG: Final = frozenset({"equivalent", "equiv", "eq", "as", "elemental", "base", "pe"})
"""Words by which two amounts count one drug in two ways."""

_LONG: Final = re.compile(r"\s*([0-9.,'’]+)\s*([A-Za-zµμ]+)\s*(?:/|(?<=[\s])(?:per|in)\s)\s*(?:([0-9.,'’]+)\s*)?([A-Za-z]+)\s*").fullmatch  # fmt: skip


def plain_strength(text: str, *, locale: str | None = None) -> Stated | None:
    """The statement in the commonest way to write it, ``5 mg/5 mL``, or None for the longer road."""
    match = _LONG(text)
    if match is None:
        return None
    number, written, per, volume = match.groups()
    unit, volume_unit = SPELLINGS.get(written), SPELLINGS.get(volume)
    if unit is None or volume_unit is None or unit.doubtful or volume_unit.doubtful:
        return None
    if "amount" not in unit.unit.uses or "volume" not in volume_unit.unit.uses:
        return None
    return Stated(
        amount=Quantity(value=read_number(number, locale=locale), unit=unit.unit),
        volume=Quantity(value=read_number(per or "1", locale=locale), unit=volume_unit.unit),
    )


def read_strength(
    text: str, *, locale: str | None = None, component: str | None = None, notes: cautions.Notes = None
) -> Strength:
    r"""The strength that a text such as ``5 mg/5 mL``, ``1 %`` or ``U-100`` states, and nothing beside it.

    Raises:
        UnreadableText: no strength, or words beside it (a product text goes through ``read_product``).
        NameTheComponent: more than one amount, and ``component`` names none of them.
        UnknownUnit, CheckTheAmount, GiveWhatIsMissing: as the message says.

    >>> write_strength(read_strength("250 mg per 5 mL"))
    '50\xa0mg per\xa0mL'
    """
    checked_text(text)
    if component is None and (plain := plain_strength(text, locale=locale)):
        strength = plain.strength
        note_density(strength, notes)
        return strength
    read = find_statements(text, locale=locale, notes=notes)
    if read.found and anything_beside(read):
        raise UnreadableText(
            f"'{text}' holds more than a strength.",
            "Give the strength alone, such as '5 mg/5 mL', or read it as a product.",
            given=text,
        )
    return _product(text, read, locale, component, notes, strict=True).strength


def read_product(
    text: str, *, locale: str | None = None, component: str | None = None, notes: cautions.Notes = None
) -> Product:
    r"""The one strength in a product text, with the container, the form and the name if stated.

    Raises:
        GiveWhatIsMissing: no strength per volume in it.
        CheckTheAmount: two statements that disagree, or an implausible one.
        NameTheComponent: a combination, and ``component`` names none of its amounts.
        UnreadableText: a number that nothing explains, or a percentage that is not weight in volume.

    >>> product = read_product("5000 Units/ml- 1ml Vial")
    >>> product.container, write_strength(product.strength)
    ('vial', '5\u202f000\xa0units per\xa0mL')
    """
    checked_text(text)
    read = find_statements(text, locale=locale, notes=notes)
    return _product(text, read, locale, component, notes, strict=False)


def read_container(
    text: str, *, locale: str | None = None, component: str | None = None, notes: cautions.Notes = None
) -> Product:
    """The product of a text that is a strength alone or a whole product text, whichever it is.

    Raises:
        LiquidoseError: as :func:`read_strength` and :func:`read_product` do.
    """
    checked_text(text)
    read = find_statements(text, locale=locale, notes=notes)
    return _product(text, read, locale, component, notes, strict=not anything_beside(read))


def _product(  # noqa: PLR0913  (one room's inside: the text, what was found in it, how it is to be read)
    text: str,
    read: Statements,
    locale: str | None,
    component: str | None,
    notes: cautions.Notes,
    *,
    strict: bool,
) -> Product:
    ends = read.tokens[read.found[-1].end - 1] if read.found else None
    said = said_in(text, text[ends.at + len(ends.text) :] if ends else "")
    size = container_size(text, read, locale)
    refuse_second_drug(text, read)
    if not read.found:
        raise GiveWhatIsMissing(
            f"'{text}' states no strength." if text.strip() else "There is no strength.",
            "Write the amount per volume from the container, such as '5 mg/5 mL'.",
            given=text,
        )
    groups = _grouped(text, read)
    _check_percent(text, groups, said, strict=strict)
    counted_twice = not _SAME_DRUG.isdisjoint(token.text.lower() for token in read.tokens)
    leads = [_lead(read, group[0]) for group in groups]
    if not all(leads):
        leads = [""] * len(groups)  # then the words before the first name the product, not a part of it
    components = tuple(
        Component(
            _best(group).stated(place),
            " ".join(filter(None, (lead, amount.qualifier))),
            adds_up=_best(group).adds_up and not amount.qualifier and not counted_twice,
        )
        for group, lead in zip(groups, leads, strict=True)
        for place, amount in enumerate(_best(group).amounts)
    )
    stated = choose(components, component, text=text)
    strength = stated.strength
    _note(text, groups, stated, notes)
    note_density(strength, notes)
    before = (text + "_").index("_")  # BNF names end in an underscore
    name = " ".join(t.text for t in read.tokens[: groups[0][0].start] if t.kind == "word" and t.at < before)
    insulin = "insulin" in text.lower() or any(f.notation == "u-number" for f in read.found)
    return Product(
        strength=strength,
        stated=stated,
        name=name,
        container=said.containers[0].name if said.containers else None,
        size=size,
        form=said.forms[0].name if said.forms else None,
        sign=sign_in(said) or _sign_of_notation(stated, beside=anything_beside(read)),
        insulin=insulin,
    )


def _sign_of_notation(stated: Stated, *, beside: bool) -> Sign | None:
    """A ratio is the way injections are marked, and a percentage beside other words seldom a drink."""
    if stated.notation == "ratio":
        return "injection"
    return "other" if stated.notation == "percent" and beside else None


def _grouped(text: str, read: Statements) -> list[list[Found]]:
    """Statements that say the same thing, together; each group is one component or one set of them.

    Raises:
        CheckTheAmount: a statement in brackets that disagrees with the one before it.
    """
    groups: list[list[Found]] = []
    for found in read.found:
        between = [t.kind for t in read.tokens[groups[-1][-1].end : found.start]] if groups else ["none"]
        beside = between in (["open"], [], ["equals"], ["close", "open"])
        previous = groups[-1][0] if groups else None
        if previous is None or not beside or len(found.amounts) != 1 or len(previous.amounts) != 1:
            groups.append([found])
        elif agree(previous, found):
            groups[-1].append(found)
        elif comparable(previous.stated().strength, found.stated().strength):
            raise CheckTheAmount(
                f"'{text}' states two strengths that disagree: "
                f"{write_strength(previous.stated().strength)} and {write_strength(found.stated().strength)}.",
                "Check the container, and give the right one alone.",
                given=text,
            )
        else:
            groups.append([found])
    return groups


def _best(group: list[Found]) -> Found:
    """The statement to show: an amount per volume before a percentage or a ratio of the same strength."""
    exact = [f for f in group if f.stated().strength == group[0].stated().strength]
    return next((f for f in exact if f.notation == "amount"), group[0])


def _check_percent(text: str, groups: list[list[Found]], said: Said, *, strict: bool) -> None:
    per_volume = any(f.notation == "amount" for group in groups for f in group)
    liquid = per_volume or any(form.percent for form in said.forms)
    for group in groups:
        percent = [f for f in group if f.notation == "percent"]
        if percent and any(form.semisolid for form in said.forms):
            raise UnreadableText(
                f"The percentage in '{text}' is not weight in volume.",
                "Only a liquid is measured in mL; give its strength as '10 mg/mL'.",
                given=text,
            )
        if len(percent) == len(group) and not strict and not liquid:
            raise UnreadableText(
                f"'{text}' does not say that it is a liquid, so its percentage could be by weight.",
                "Give the strength as '10 mg/mL', or name the form, such as 'oral solution'.",
                given=text,
            )


def _lead(read: Statements, found: Found) -> str:
    """The words that lead up to a statement: they name its component."""
    left, at, words = set(read.left), found.start - 1, list[str]()
    while at in left and read.tokens[at].kind in {"word", "open", "close", "dash", "other"}:
        if read.tokens[at].kind == "word":
            words.append(read.tokens[at].text)
        at -= 1
    return " ".join(reversed(words))


def _note(text: str, groups: list[list[Found]], stated: Stated, notes: cautions.Notes) -> None:
    shown = write_strength(stated.strength)
    if stated.notation == "percent":
        cautions.add(notes, "percent", f"The percentage was read as weight in volume: {shown}.", note=True)
    if stated.notation == "ratio":
        cautions.add(
            notes, "ratio", f"The ratio was read as g in mL: {shown}. Check it against the container."
        )
    for group in groups:
        for amount in _best(group).amounts:
            if amount.qualifier and amount.quantity == stated.amount:
                cautions.add(
                    notes, "stated-as", f"The strength is stated as {amount.qualifier.lower()}: '{text}'."
                )
    if len(groups) == 1 and (said := re.search(r"\((base|as [a-z ]+)\)", text.lower())):
        what = said[1].removeprefix("as ")
        cautions.add(notes, "stated-as", f"The strength is stated as {what}: '{text}'.")
