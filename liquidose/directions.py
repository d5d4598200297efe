"""The sentences a carer acts on: what to fill, to which line, when. English; volumes in mL only (R38)."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from liquidose.devices.measuring import Measured
from liquidose.devices.syringes import Route
from liquidose.dosing.strength import ML
from liquidose.numbers import write_number
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import NO_BREAK, Profile, write_percent, write_quantity

DAY_PARTS: Final[dict[str, str]] = {
    "morning": "in the morning",
    "noon": "at noon",
    "afternoon": "in the afternoon",
    "evening": "in the evening",
    "bedtime": "at bedtime",
    "night": "at night",
}
"""The times an order may name, as the direction says them (R100, R101)."""

BY: Final[dict[Route, str]] = {
    "oral": "by mouth",
    "tube": "through the feeding tube",
    "injection": "by injection",
}
"""How each route is said."""
_COUNTS: Final = {1: "once a day", 2: "twice a day"}


def volume_words(ml: Fraction) -> str:
    """A volume as people read it: ``5 mL``."""
    return write_quantity(Quantity(value=ml, unit=ML))


def line_words(measured: Measured, ml: Fraction) -> str:
    """The line to fill to, in what the syringe is marked in: ``5 mL line``, ``20 unit line (0.2 mL)``."""
    per_ml = measured.syringe.units_per_ml
    if per_ml is None:
        return f"{volume_words(ml)} line"
    return f"{write_number(ml * per_ml)}{NO_BREAK}unit line ({volume_words(ml)})"


def filling(measured: Measured) -> str:
    """How to fill the syringe for one dose, filling by filling.

    ``Fill a 5 mL oral syringe to the 5 mL line.``
    """
    first, *rest = measured.draws_ml
    syringe = f"a{'n' if measured.syringe.words[0] == '8' else ''} {measured.syringe.words}"
    if not rest:
        return f"Fill {syringe} to the {line_words(measured, first)}."
    words = f"Each dose is {volume_words(measured.ml)}. Fill {syringe} to the {line_words(measured, first)} and give it."
    for place, draw in enumerate(rest):
        again = ("again" if place == 0 else "once more") if draw == first else ""
        line = f"the {line_words(measured, draw)}"
        words += (
            f" Fill it to {line} {again} and give it." if again else f" Then fill it to {line} and give it."
        )
    return words


def given_words(measured: Measured, *, profile: Profile = "international") -> str:
    """What a rounded dose comes to: ``5.1 mg (2 % more than ordered)``; nothing where it was not rounded."""
    if not measured.rounded:
        return ""
    change = measured.change_percent
    by = f"{write_percent(abs(change))} {'more' if change > 0 else 'less'} than ordered"
    if measured.dose_given is None:
        return f"{volume_words(measured.ml)} ({by})"
    return f"{write_quantity(measured.dose_given, profile=profile)} ({by})"


def answer(  # noqa: PLR0913  (one sentence, its parts)
    bottle: str,
    volume_ml: Fraction,
    measured: Measured | None,
    *,
    container: str = "",
    made_up: bool = False,
    profile: Profile = "international",
) -> str:
    """The answer to one conversion, in a sentence that names the bottle.

    ``From the bottle marked 5 mg in 5 mL (1 mg per mL): for each dose, fill a 5 mL oral syringe to the 5 mL line.``
    """
    start = f"From the {container or 'bottle'} {'made up to' if made_up else 'marked'} {bottle}:"
    if measured is None:
        return f"{start} each dose is {volume_words(volume_ml)}."
    words = filling(measured)
    given = given_words(measured, profile=profile)
    if len(measured.draws_ml) == 1:
        fill = f"{start} for each dose, {words[0].lower()}{words[1:-1]}"
        return f"{fill}, which gives {given}." if given else f"{fill}."
    fill = f"{start} {words[0].lower()}{words[1:]}"
    return f"{fill} Together this gives {given}." if given else fill


def joined(words: list[str]) -> str:
    """A list as people say it: ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def how_often(times: tuple[str, ...], times_a_day: int | None) -> str:
    """The parts of the day, or how many times a day; empty where neither is said."""
    if times:
        return joined([DAY_PARTS[time] for time in times])
    if times_a_day:
        return _COUNTS.get(times_a_day, f"{times_a_day}{NO_BREAK}times a day")
    return ""


def given_with(words: str) -> str:
    """What it is given with, as it goes on behind "with"."""
    return words.removeprefix("with ").rstrip(".")


def direction(  # noqa: PLR0913  (one sentence, its parts)
    ml: Fraction,
    route: Route,
    *,
    times: tuple[str, ...] = (),
    times_a_day: int | None = None,
    with_words: str | None = None,
    purpose: str | None = None,
    for_days: int | None = None,
) -> str:
    """The direction on a label, in mL only, with parts of the day, for how long and what it is given with."""
    words = f"Give {volume_words(ml)} {BY[route]}"
    if often := how_often(times, times_a_day):
        words += f" {often}"
    if for_days is not None:
        words += f", for {for_days}{NO_BREAK}day{'s' if for_days > 1 else ''}"
    return words + manner(with_words, purpose) + "."


def manner(with_words: str | None, purpose: str | None) -> str:
    """What a dose is given with and for: ``, with food, for spasms``."""
    words = f", with {given_with(with_words)}" if with_words else ""
    return words + (f", for {purpose.removeprefix('for ').rstrip('.')}" if purpose else "")


def with_purpose(words: str, purpose: str | None) -> str:
    """The direction with what it is for, where that is said."""
    return f"{words.removesuffix('.')}{manner(None, purpose)}." if purpose else words
