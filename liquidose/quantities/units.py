"""The closed list of units, how each may be spelt, and the exact factor between two of them.

Pint is imported here and nowhere else, and only when two units differ. It never sees text that a user
wrote: it is given our own definitions, and answers with exact factors or with the news that none exists.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from liquidose.errors import UnitsDoNotMatch, UnknownUnit
from liquidose.files import load_data

MILLION: Final = 1_000_000


class Unit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One unit of the closed list, known by its name."""

    name: str
    dimension: str
    """Units of one dimension convert into each other; units of two never do."""
    uses: tuple[str, ...]
    """Where it may stand: ``amount``, ``volume``, ``weight``, ``height`` or ``surface``."""
    uk: str
    """How the United Kingdom prints it."""
    dense_warns: Fraction | None
    dense_refused: Fraction | None
    """Most of this unit in 1 mL before a strength is doubted, and refused."""

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"unit({self.name!r})"


class Spelling(NamedTuple):
    """What a spelling of a unit stands for."""

    unit: Unit
    times: int
    """1, or a million for 'million units'."""
    doubtful: bool
    """Read, but with a warning."""


class _UnitRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    dimension: str
    definition: str
    uses: tuple[str, ...]
    spellings: tuple[str, ...]
    any_case: tuple[str, ...] = ()
    caution: tuple[str, ...] = ()
    pint: str = ""
    uk: str = ""
    dense_warns: Fraction | None = None
    dense_refused: Fraction | None = None


class _RefusedRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    spellings: tuple[str, ...]
    why: str
    write: str


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    unit: tuple[_UnitRow, ...]
    refused: tuple[_RefusedRow, ...]


_TABLE: Final = load_data("units.toml", _Table)
UNITS: Final[dict[str, Unit]] = {
    row.name: Unit(
        name=row.name,
        dimension=row.dimension,
        uses=row.uses,
        uk=row.uk or row.name,
        dense_warns=row.dense_warns,
        dense_refused=row.dense_refused,
    )
    for row in _TABLE.unit
}
SPELLINGS: Final[dict[str, Spelling]] = {}
ANY_CASE: Final[dict[str, Spelling]] = {}
REFUSED: Final[dict[str, _RefusedRow]] = {s: row for row in _TABLE.refused for s in row.spellings}
for _row in _TABLE.unit:
    _plain = Spelling(UNITS[_row.name], 1, doubtful=False)
    SPELLINGS.update(dict.fromkeys(_row.spellings, _plain))
    SPELLINGS.update(dict.fromkeys(_row.caution, Spelling(UNITS[_row.name], 1, doubtful=True)))
    ANY_CASE.update(dict.fromkeys(_row.any_case, _plain))
ANY_CASE["million units"] = ANY_CASE["million international units"] = Spelling(
    UNITS["units"], MILLION, doubtful=False
)


def unit(name: str) -> Unit:
    """The unit of this name, such as ``"mg"``.

    Raises:
        UnknownUnit: no unit has that name.
    """
    found = UNITS.get(name)
    if found is None:
        raise UnknownUnit(f"'{name}' is not a unit's name.", f"The units are {', '.join(UNITS)}.", given=name)
    return found


def spelt(text: str) -> Spelling:
    """The unit that a spelling stands for.

    Raises:
        UnknownUnit: it is not on the list, or on the list of those that are never read.
    """
    found = SPELLINGS.get(text) or ANY_CASE.get(" ".join(text.lower().split()))
    if found is not None:
        return found
    refused = REFUSED.get(text) or REFUSED.get(text.lower())
    if refused is not None:
        raise UnknownUnit(f"'{text}' {refused.why}.", refused.write, given=text)
    raise UnknownUnit(
        f"'{text}' is not a unit that liquidose reads.",
        "Write mg, mcg, g, units, mEq, mmol or mL.",
        given=text,
    )


@cache
def _registry(dimension: str) -> Any:
    """A registry that knows the units of one dimension and no other."""
    import pint  # noqa: PLC0415  (100 ms, and only where two units differ)

    registry: Any = pint.UnitRegistry(None, non_int_type=Fraction)
    for row in _TABLE.unit:
        if row.dimension == dimension:
            registry.define(row.definition)
    return registry


_PINT_NAMES: Final = {row.name: row.pint or row.name for row in _TABLE.unit}
_FROM_PINT: Final = {pint_name: name for name, pint_name in _PINT_NAMES.items()}


@lru_cache(maxsize=256)
def factor(source: str, target: str) -> Fraction:
    """How many of the target unit one of the source unit is, exactly.

    Raises:
        UnitsDoNotMatch: units of activity, mass, mEq, mmol and volume never become each other.

    >>> factor("g", "mcg")
    Fraction(1000000, 1)
    """
    if UNITS[source].dimension != UNITS[target].dimension:
        raise UnitsDoNotMatch(
            f"{source} and {target} measure different things "
            f"({UNITS[source].dimension} and {UNITS[target].dimension}).",
            f"Give the amount in {target}; no general factor exists.",
            given=source,
        )
    registry = _registry(UNITS[source].dimension)
    answer = registry.Quantity(Fraction(1), _PINT_NAMES[source]).to(_PINT_NAMES[target]).magnitude
    return Fraction(answer)


def from_pint(given: Any) -> tuple[Fraction, dict[str, int]]:
    """The exact magnitude of a foreign pint quantity and its units by our names, with their powers.

    Raises:
        TypeError: the magnitude is a float, or anything else that is not exact.
        UnknownUnit: a unit that is not on our list.
    """
    magnitude = given.magnitude
    if isinstance(magnitude, (bool, float)) or not hasattr(magnitude, "as_integer_ratio"):
        raise TypeError(f"A pint quantity must hold an int, Decimal or Fraction, got {magnitude!r}")
    powers: dict[str, int] = {}
    for name, power in given.unit_items():
        if name not in _FROM_PINT or power not in (1, -1):
            raise UnknownUnit(
                f"'{units_of_pint(given)}' has a unit that liquidose does not know.",
                "Use mg, mcg, g, ng, kg, mL or L.",
                given=units_of_pint(given),
            )
        powers[_FROM_PINT[name]] = int(power)
    return Fraction(magnitude), powers


def units_of_pint(given: Any) -> str:
    """The units of a foreign pint quantity as text; pint's own text fails on Fraction powers (Python 3.11)."""
    return " ".join(name if power == 1 else f"{name}^{power}" for name, power in given.unit_items())


def is_pint(given: object) -> bool:
    """Whether a value is a pint quantity, told without importing pint."""
    return hasattr(given, "magnitude") and hasattr(given, "unit_items")


def to_pint(value: Fraction, name: str, registry: Any) -> Any:
    """A quantity of the caller's own pint registry; the caller's registry must know the unit."""
    return registry.Quantity(value, _PINT_NAMES[name])
