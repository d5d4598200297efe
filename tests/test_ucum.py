"""Our table of UCUM codes, against ucumvert, which reads the whole of UCUM."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import pytest
from ucumvert import PintUcumRegistry
from ucumvert.parser import InvalidUcumError

from liquidose.errors import UnknownUnit
from liquidose.orders.ucum import CODES, REFUSED, code_of, unit_of
from liquidose.quantities.units import UNITS, factor, unit


@cache
def registry() -> Any:
    return PintUcumRegistry()


def one(code: str) -> Any:
    return 1 * registry().from_ucum(code)


@pytest.mark.parametrize(("code", "other"), [pair for pair in product(CODES, CODES) if pair[0] != pair[1]])
def test_two_codes_are_as_far_apart_as_our_units(code: str, other: str) -> None:
    ours, theirs = CODES[code], CODES[other]
    if ours.dimension == theirs.dimension:
        assert one(code).to(one(other).units).magnitude == pytest.approx(
            factor(ours.name, theirs.name), rel=1e-12
        )
    else:
        assert str(one(code).units) != str(one(other).units)


def test_a_code_and_its_unit_have_one_name() -> None:
    assert {code: CODES[code].name for code in CODES if code != CODES[code].name} == {
        "ug": "mcg", "meq": "mEq", "ml": "mL", "l": "L", "[lb_av]": "lb", "[iU]": "units", "[IU]": "units"
    }  # fmt: skip


def test_every_unit_has_a_code() -> None:
    assert {found.name for found in CODES.values()} == set(UNITS)


@pytest.mark.parametrize("name", [name for name in UNITS if name != "units"])
def test_what_is_written_is_read_back(name: str) -> None:
    assert unit_of(code_of(unit(name))).name == name


def test_units_are_not_written_since_nobody_said_which() -> None:
    with pytest.raises(UnknownUnit) as fault:
        code_of(unit("units"))
    assert str(fault.value) == (
        "UCUM has no one code for 'units': it tells international units from others, and the order does not. "
        "Leave this order out of the FHIR export."
    )


@pytest.mark.parametrize("code", ["mcg", "mEq"])
def test_what_we_call_no_ucum_code_is_none(code: str) -> None:
    with pytest.raises(InvalidUcumError):
        one(code)
    assert "is no UCUM code" in REFUSED[code].why


@pytest.mark.parametrize(
    "code", [*REFUSED, "Mg", "MG", "mg ", "", "dL", "uL", "mol/L", "[pH]", "mg/kg", "10*3"]
)
def test_every_other_code_is_refused_by_name(code: str) -> None:
    with pytest.raises(UnknownUnit) as fault:
        unit_of(code, what="dose")
    assert str(fault.value).startswith(f"The unit '{code}' of the dose ")
