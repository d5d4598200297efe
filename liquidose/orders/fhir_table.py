"""The table of what liquidose knows of FHIR R4: other releases, routes, times, what is passed over."""

from __future__ import annotations

from typing import Final

import msgspec

from liquidose.files import load_data

SNOMED: Final = "http://snomed.info/sct"
LOINC: Final = "http://loinc.org"
ABBREVIATIONS: Final = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
"""Of a Timing's code."""


class Keys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Elements of one type."""

    within: str
    keys: tuple[str, ...]


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Elements by which another release is known."""

    release: str
    within: str
    keys: tuple[str, ...]


class Beside(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Types that may stand beside an order."""

    types: tuple[str, ...]


class RouteCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A route, or a method that adds nothing to one, in SNOMED CT."""

    code: str
    words: str
    route: str
    """As an order says it."""
    says: str | None = None
    """What the label must still say, where the order's route says less than the code."""
    called: tuple[str, ...] = ()
    """Words of routes that may stand beside the code."""
    written: bool = False


class OtherRoute(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of routes that no order has."""

    called: tuple[str, ...]


class When(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the day."""

    code: str
    time: str


class Often(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number of times a day."""

    code: str
    times_a_day: int


class Ending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instruction that nothing is given afterwards, in SNOMED CT."""

    code: str
    words: str


class Measurement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is measured of a patient, in LOINC."""

    code: str
    words: str
    field: str
    """Of the order's patient."""
    use: str
    """What its unit must be for."""


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    release: tuple[Release, ...]
    passed_over: tuple[Keys, ...]
    beside: tuple[Beside, ...]
    route: tuple[RouteCode, ...]
    other_route: tuple[OtherRoute, ...]
    method: tuple[RouteCode, ...]
    when: tuple[When, ...]
    often: tuple[Often, ...]
    ending: tuple[Ending, ...]
    measurement: tuple[Measurement, ...]


_TABLE: Final = load_data("fhir.toml", _Table)
RELEASES: Final = _TABLE.release
PASSED_OVER: Final = {row.within: frozenset(row.keys) for row in _TABLE.passed_over}
BESIDE: Final = frozenset(kind for row in _TABLE.beside for kind in row.types)
ROUTES: Final = {row.code: row for row in _TABLE.route}
_CALLED: Final = (*(row.called for row in _TABLE.route), *(row.called for row in _TABLE.other_route))
ROUTES_CALLED: Final = frozenset(word for called in _CALLED for word in called)
"""Every word by which a route is known, to find one beside the code of another."""
METHODS: Final = {row.code: row for row in _TABLE.method}
TIMES: Final = {row.code: row.time for row in _TABLE.when}
OFTEN: Final = {row.code: row.times_a_day for row in _TABLE.often}
ENDINGS: Final = {row.code: row.words for row in _TABLE.ending}
MEASUREMENTS: Final = {row.code: row for row in _TABLE.measurement}
