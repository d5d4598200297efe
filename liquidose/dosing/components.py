"""Which amount of a combination a dose counts: named, placed, or refused; never guessed."""

from __future__ import annotations

from typing import Final, NamedTuple

from liquidose.dosing.strength import Stated
from liquidose.errors import NameTheComponent
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import write_quantity

PLACES: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
TOTAL: Final = "total"


class Component(NamedTuple):
    """One way a text counts its drug, and the words the text gives it."""

    stated: Stated
    name: str
    adds_up: bool
    """False for the same drug counted otherwise (as base, elemental) and for what could be a range."""


def _shown(component: Component) -> str:
    stated = component.stated
    volume = stated.volume if stated.notation == "amount" else None
    amount = write_quantity(stated.amount if volume else stated.strength.per_ml)
    return f"{component.name} {amount}".strip()


def choose(components: tuple[Component, ...], wanted: str | None, *, text: str) -> Stated:
    """The one statement that the dose counts.

    Raises:
        NameTheComponent: several and none named, or a name that fits none or more than one of them.
    """
    if len(components) == 1 and (wanted is None or wanted.strip().lower() in {"first", TOTAL}):
        return components[0].stated
    if wanted is None:
        listed = " and ".join(_shown(c) for c in components)
        raise NameTheComponent(
            f"'{text}' states more than one amount: {listed}.",
            "Say which one the dose counts: its name, 'first', 'second', or 'total'.",
            given=text,
        )
    wish = " ".join(wanted.lower().split())
    if wish == TOTAL:
        return _total(components, text)
    if wish in PLACES and PLACES.index(wish) < len(components):
        return components[PLACES.index(wish)].stated
    words = wish.split()
    fitting = [c for c in components if words and set(words) <= set(_words(c.name))]
    if len(fitting) != 1:
        raise NameTheComponent(
            f"'{wanted}' does not name one amount of '{text}'.",
            f"Its amounts are: {', '.join(_shown(c) for c in components)}; name one, or say its place.",
            given=wanted,
        )
    return fitting[0].stated


def _words(name: str) -> list[str]:
    return name.lower().replace("(", " ").replace(")", " ").replace("-", " ").split()


def _total(components: tuple[Component, ...], text: str) -> Stated:
    first = components[0].stated
    alike = all(
        c.stated.volume == first.volume
        and c.stated.amount.unit.dimension == first.amount.unit.dimension
        and c.adds_up
        for c in components
    )
    if not alike:
        raise NameTheComponent(
            f"The amounts of '{text}' do not add up to a total.", "Name one of them.", given=text
        )
    total = sum((c.stated.amount.to(first.amount.unit).value for c in components[1:]), first.amount.value)
    return Stated(amount=Quantity(value=total, unit=first.amount.unit), volume=first.volume)
