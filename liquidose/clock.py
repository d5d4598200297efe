"""At which hour a part of the day is: only as an order or a site states it, never assumed."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

import msgspec


class DayParts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The clock times of the parts of the day, such as ``morning = "08:00"``; what is left out has none.

    Raises:
        ValueError: no clock time, or times that do not follow one another through one day.
    """

    morning: str | None = None
    noon: str | None = None
    afternoon: str | None = None
    evening: str | None = None
    bedtime: str | None = None
    night: str | None = None
    """Before midnight; a dose behind it belongs to the next day, and nothing here could say so."""
    reminder: str | None = None
    """When an entry for a whole day rings."""

    def __post_init__(self) -> None:
        stated = [
            (name, time)
            for name in self.__struct_fields__
            if (text := getattr(self, name)) is not None and (time := _clock(name, text)) is not None
        ]
        parts = [(name, time) for name, time in stated if name != "reminder"]
        for (before, early), (name, late) in pairwise(parts):
            if late <= early:
                raise ValueError(
                    f"{name} is {late:%H:%M} and {before} is {early:%H:%M}: the parts of a day follow one another, "
                    "all before midnight"
                )

    @property
    def words(self) -> str:
        """What is stated: ``morning 08:00, noon 13:00``."""
        stated = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return ", ".join(f"{name} {text}" for name, text in stated if text is not None)

    def clock(self, part: str) -> dt.time | None:
        """The clock time of a part of the day, or None where none is stated."""
        text = getattr(self, part, None)
        return None if text is None else _clock(part, text)


def _clock(name: str, text: str) -> dt.time:
    if re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text, re.ASCII) is None:
        raise ValueError(f"{name} is '{text}', which is no clock time; write it like '08:00' or '20:30'")
    return dt.time.fromisoformat(text)
