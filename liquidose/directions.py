"""The sentences a carer acts on: what to fill, to which line, when. English; volumes in mL only (R38)."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

import msgspec

from liquidose.devices.measuring import Measured
from liquidose.devices.syringes import Route
from liquidose.dosing.strength import ML
from liquidose.numbers import write_number
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import NO_BREAK, Profile, sentence, write_percent, write_quantity

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


class Often(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a dose is given: at parts of the day, so many times, at an interval, or as needed."""

    times: tuple[str, ...] = ()
    times_a_day: int | None = None
    every: int | None = None
    """Hours from one dose to the next; of a dose as needed, the fewest."""
    as_needed: bool = False
    reason: str | None = None
    """What a dose as needed is needed for."""
    most: int | None = None
    """The most doses in 24 hours of a dose as needed, where the order states a maximum."""

    @property
    def words(self) -> str:
        """``in the morning``, ``every 8 hours``, ``up to 3 times a day as needed for pain``; empty where nothing is said."""
        if not self.as_needed:
            return every_words(self.every) if self.every else how_often(self.times, self.times_a_day)
        planned = how_often(self.times, self.times_a_day)
        planned = f"up to {planned}" if planned and not self.times else planned
        return f"{planned} as needed{needed_for(self.reason)}".strip()

    def bounds(self, ml: Fraction) -> str:
        """What limits a dose as needed, in sentences: how far apart, and how many of so many mL in 24 hours (R117)."""
        said = []
        if self.as_needed and self.every:
            said.append(f"Leave at least {_hours(self.every)} between doses.")
        if self.as_needed and self.most:
            doses = f"{self.most}{NO_BREAK}dose{'s' if self.most > 1 else ''}"
            said.append(f"Give no more than {doses} ({volume_words(ml * self.most)}) in {_hours(24)}.")
        return " ".join(said)


def every_words(hours: int) -> str:
    """``every 8 hours``, ``every hour``."""
    return "every hour" if hours == 1 else f"every {_hours(hours)}"


def _hours(hours: int) -> str:
    return f"{hours}{NO_BREAK}hour{'s' if hours > 1 else ''}"


def how_often(times: tuple[str, ...], times_a_day: int | None) -> str:
    """The parts of the day, or how many times a day; empty where neither is said."""
    if times:
        return joined([DAY_PARTS[time] for time in times])
    if times_a_day:
        return _COUNTS.get(times_a_day, f"{times_a_day}{NO_BREAK}times a day")
    return ""


_LEADS_ON: Final = frozenset({"for", "if", "when"})
_NO_REASON: Final = frozenset({
    "yes", "no", "y", "n", "true", "false", "prn", "needed", "for", "if", "when", "as directed",
    *(f"{word} {need}" for word in ("as", "if", "when") for need in ("needed", "required", "necessary")),
})  # fmt: skip
"""What stands where a reason should, and is none."""
_HOW_OFTEN: Final = re.compile(
    r"\b(?:times|doses?|hours?|hourly|h|daily|max(?:imum)?|every \d+|q\d+h|qds?|bd|bid|od|tds|tid|qid)\b",
    re.IGNORECASE,
)


def check_reason(reason: str) -> None:
    """Nothing comes out, if words say what a dose as needed is needed for, and nothing of how often.

    Raises:
        ValueError: they name no reason, or say how often.
    """
    words = reason.strip(" .").lower()
    if words in _NO_REASON or (reason.strip() and not re.search(r"[^\W\d]", words)):
        raise ValueError(
            f"as_needed is '{reason}', which names no reason; write true, or what it is needed for, such as 'pain'"
        )
    if _HOW_OFTEN.search(words):
        raise ValueError(
            f"as_needed is '{reason}', which says how often; write that as every, times or times_a_day, and the most as "
            "max_per_day"
        )


def needed_for(reason: str | None) -> str:
    """What it is for, as it goes on behind "as needed": `` for pain``, `` when in pain``; empty where nothing is said."""
    words = (reason or "").strip().rstrip(".")
    if not words:
        return ""
    first, _, rest = words.partition(" ")
    return f" {first.lower()} {rest}" if first.lower() in _LEADS_ON and rest else f" for {words}"


_SAYS_MISSED: Final = re.compile(r"\b(?:miss|forg[eo]t)", re.IGNORECASE)


def missed_dose_words(words: str) -> str:
    """What to do after a missed dose, among other sentences: "Missed dose: leave it out", where the words do not say when.

    Without that "Leave it out" could be read as said of the dose itself.
    """
    return sentence(words if _SAYS_MISSED.search(words) else f"Missed dose: {words}")


def given_with(words: str) -> str:
    """What it is given with, as it goes on behind "with"."""
    return words.removeprefix("with ").rstrip(".")


NOT_SAID: Final = Often()


def direction(  # noqa: PLR0913  (one sentence, its parts)
    ml: Fraction,
    route: Route,
    *,
    often: Often = NOT_SAID,
    with_words: str | None = None,
    purpose: str | None = None,
    for_days: int | None = None,
) -> str:
    """The direction on a label, in mL only, with parts of the day, for how long and what it is given with.

    What limits a dose as needed follows in sentences of their own.
    """
    days = "" if for_days is None else f", for {for_days}{NO_BREAK}day{'s' if for_days > 1 else ''}"
    return _given(f"Give {volume_words(ml)} {BY[route]}", often, days, ml, with_words, purpose)


def manner(
    route: Route,
    ml: Fraction,
    *,
    often: Often = NOT_SAID,
    with_words: str | None = None,
    purpose: str | None = None,
) -> str:
    """How every dose of a course is given: "Give by mouth every 8 hours, with food, for spasms".

    Parts of the day stand in its steps; a dose as needed says here that it is, with its limits.
    """
    said = often if often.as_needed else Often(every=often.every)
    return _given(f"Give {BY[route]}", said, "", ml, with_words, purpose)


def _given(  # noqa: PLR0913, PLR0917  (as above)
    words: str, often: Often, days: str, ml: Fraction, with_words: str | None, purpose: str | None
) -> str:
    words += f" {often.words}" if often.words else ""
    what_for = needed_for(purpose)
    words += what_for if often.as_needed else ""
    words += days
    words += f", with {given_with(with_words)}" if with_words else ""
    words += f",{what_for}" if what_for and not often.as_needed else ""
    return f"{words}. {often.bounds(ml)}".rstrip()
