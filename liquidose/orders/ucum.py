"""UCUM codes to our units and back, by a closed table; every other code is refused by name (R33)."""

from __future__ import annotations

from typing import Final

import msgspec

from liquidose.errors import UnknownUnit
from liquidose.files import load_data
from liquidose.quantities.units import UNITS, Unit

SYSTEM: Final = "http://unitsofmeasure.org"
LEAVE_OUT: Final = "Leave this order out of the FHIR export."
"""The remedy for what FHIR cannot carry."""


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: str
    unit: str
    written: bool = True


class _Refused(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: str
    why: str
    write: str


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: tuple[_Row, ...]
    refused: tuple[_Refused, ...]


_TABLE: Final = load_data("ucum.toml", _Table)
CODES: Final[dict[str, Unit]] = {row.code: UNITS[row.unit] for row in _TABLE.code}
REFUSED: Final = {row.code: row for row in _TABLE.refused}
_WRITTEN: Final = {row.unit: row.code for row in _TABLE.code if row.written}


def unit_of(code: str, *, what: str = "amount") -> Unit:
    """The unit that a UCUM code stands for; case counts. A refusal says whose unit it is.

    Raises:
        UnknownUnit: it is not on the list.

    >>> unit_of("ug").name
    'mcg'
    """
    found = CODES.get(code)
    if found is not None:
        return found
    refused = REFUSED.get(code)
    if refused is not None:
        raise UnknownUnit(f"The unit '{code}' of the {what} {refused.why}.", refused.write, given=code)
    raise UnknownUnit(
        f"The unit {code!a} of the {what} is not one that liquidose reads.",
        f"It reads the UCUM codes {', '.join(CODES)}.",
        given=code,
    )


def code_of(unit: Unit) -> str:
    """The UCUM code of a unit.

    Raises:
        UnknownUnit: an order in units does not say whether they are international units, so no code is right.
    """
    code = _WRITTEN.get(unit.name)
    if code is None:
        raise UnknownUnit(
            f"UCUM has no one code for '{unit.name}': it tells international units from others, and the order does not.",
            LEAVE_OUT,
            given=unit.name,
        )
    return code
