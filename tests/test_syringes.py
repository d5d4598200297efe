"""The catalogue: every row has its source, and every mark is measured exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from liquidose.devices.syringes import (
    ANY_BRAND,
    KINDS,
    Kind,
    Syringe,
    catalogue,
    default_stock,
    sources,
    syringes_of,
)
from liquidose.errors import UnreadableText
from liquidose.quantities.units import ANY_CASE, REFUSED, SPELLINGS, UNITS, spelt

EVERY = [(kind, syringe) for kind in KINDS for syringe in catalogue(kind)]
EACH = pytest.mark.parametrize(("kind", "syringe"), EVERY, ids=[s.id for _, s in EVERY])


def _own(**changes: Any) -> Syringe:
    row: dict[str, Any] = {
        "id": "own", "kind": "oral", "capacity_ml": Fraction(5), "step_ml": Fraction(1, 5), "source": ("the site",),
    }  # fmt: skip
    return Syringe(**(row | changes))


@pytest.mark.parametrize(
    ("kind", "syringe"),
    [pytest.param(kind, syringe, id=syringe.id) for kind, syringe in EVERY],
)
def test_every_syringe_has_a_source_that_is_listed(kind: Kind, syringe: Syringe) -> None:
    listed = {source.id for source in sources(kind)}
    assert syringe.source
    assert set(syringe.source) <= listed


@pytest.mark.parametrize("kind", KINDS)
def test_every_listed_source_says_what_and_where(kind: Kind) -> None:
    assert sources(kind)
    ids = [source.id for source in sources(kind)]
    assert len(ids) == len(set(ids))
    for source in sources(kind):
        assert all((source.id.strip(), source.title.strip(), source.where.strip(), source.kind.strip()))


@EACH
def test_every_syringe_is_of_its_catalogues_kind(kind: Kind, syringe: Syringe) -> None:
    assert syringe.kind == kind
    assert syringe.geometry == "known" or syringe.calibration_required
    assert syringe.words.startswith(f"{float(syringe.capacity_ml):g}\u00a0mL ")


def test_syringe_ids_are_unique() -> None:
    ids = [syringe.id for _, syringe in EVERY]
    assert len(ids) == len(set(ids))


@EACH
def test_marks_of_a_syringe_rise_to_its_capacity(kind: Kind, syringe: Syringe) -> None:
    marks = syringe.marks()
    assert marks == sorted(set(marks))
    assert (marks[0] > 0, marks[-1]) == (True, syringe.capacity_ml)
    assert set(syringe.extra_marks_ml) <= set(marks)
    assert all(syringe.is_mark(mark) for mark in marks)
    assert not any(syringe.is_mark(mark + syringe.step_ml / 7) for mark in marks)
    assert not syringe.is_mark(Fraction(0))
    assert kind in KINDS


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "insulin"])
def test_default_stock_has_the_coarsest_lines_of_each_size(kind: Kind) -> None:
    stock = default_stock(kind)
    for syringe in stock:
        same = [s.step_ml for s in catalogue(kind) if s.capacity_ml == syringe.capacity_ml]
        assert syringe.step_ml == max(same)
        assert syringe.brand == ANY_BRAND
        assert len(same) > 1, "a default syringe stands for syringes in the table"
    assert len({s.capacity_ml for s in stock}) == len(stock)
    assert catalogue(kind)[: len(stock)] == stock


def test_default_insulin_syringes_have_the_coarsest_lines_of_their_strength() -> None:
    for syringe in default_stock("insulin"):
        same = [
            s.step_ml for s in catalogue("insulin")
            if (s.capacity_ml, s.units_per_ml) == (syringe.capacity_ml, syringe.units_per_ml)
        ]  # fmt: skip
        assert syringe.step_ml == max(same)


def test_syringes_are_found_by_id_or_given_as_values() -> None:
    own = _own()
    assert [s.id for s in syringes_of(["oral-5", "uk-oral-5", own])] == ["oral-5", "uk-oral-5", "own"]
    assert syringes_of(["own"], own=[own]) == (own,)
    assert [s.kind for s in syringes_of(["luer-5", "u100-1-generic"])] == ["luer", "insulin"]


def test_site_may_replace_a_syringe_of_the_catalogue() -> None:
    own = _own(id="oral-5", step_ml=Fraction(1, 2))
    assert syringes_of(["oral-5"], own=[own]) == (own,)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("oral-55", "There is no syringe 'oral-55' in the catalogue. Did you mean 'oral-5'?"),
        ("zzz", "There is no syringe 'zzz' in the catalogue. 'liquidose syringes' lists them."),
        ("oral-0", "There is no syringe 'oral-0' in the catalogue. Did you mean 'oral-60'?"),
    ],
)
def test_unknown_syringe_is_refused_with_the_nearest(wanted: str, message: str) -> None:
    with pytest.raises(UnreadableText) as refusal:
        syringes_of([wanted])
    assert str(refusal.value) == message


def test_syringe_shows_what_is_known_of_it_and_no_more() -> None:
    syringe = Syringe(
        id="ours-5", kind="oral", capacity_ml=Fraction(5), step_ml=Fraction(1, 5), source=("a look",)
    )
    assert repr(syringe) == (
        "Syringe(id='ours-5', kind='oral', capacity_ml=Fraction(5, 1), step_ml=Fraction(1, 5), source=('a look',))"
    )


def test_syringe_is_an_id_or_a_value() -> None:
    wanted: Any = [5]
    with pytest.raises(TypeError, match=r"^A syringe is given by its id or as a Syringe, got 5$"):
        syringes_of(wanted)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"capacity_ml": Fraction(0)}, "capacity_ml must be above 0"),
        ({"step_ml": Fraction(0)}, "step_ml must be above 0"),
        ({"step_ml": Fraction(3, 10)}, "capacity_ml must be a whole number of steps of step_ml"),
        (
            {"extra_marks_ml": (Fraction(5),)},
            "extra_marks_ml must lie on the scale, between 0 and capacity_ml",
        ),
        (
            {"extra_marks_ml": (Fraction(0),)},
            "extra_marks_ml must lie on the scale, between 0 and capacity_ml",
        ),
        ({"kind": "insulin"}, "units_per_ml belongs to an insulin syringe, and it must have it"),
        ({"units_per_ml": Fraction(100)}, "units_per_ml belongs to an insulin syringe, and it must have it"),
        ({"source": ()}, "source must say where the figures come from"),
        ({"source": ("",)}, "source must say where the figures come from"),
    ],
)
def test_impossible_syringe_cannot_be_built(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        _own(**changes)


@pytest.mark.parametrize("name", ["capacity_ml", "step_ml"])
def test_syringe_needs_fractions(name: str) -> None:
    with pytest.raises(TypeError, match=rf"^{name} needs a Fraction, got 5\.0$"):
        _own(**{name: 5.0})


def test_no_spelling_of_a_unit_is_both_read_and_refused() -> None:
    assert not set(SPELLINGS) & set(REFUSED)
    assert not set(ANY_CASE) & {spelling.lower() for spelling in REFUSED}
    assert not set(ANY_CASE) & {spelling.lower() for spelling, known in SPELLINGS.items() if known.times != 1}
    for spelling, known in SPELLINGS.items():
        assert ANY_CASE.get(spelling.lower(), known).unit == known.unit
        assert spelt(spelling) == known
    for name, unit in UNITS.items():
        assert spelt(name) == (unit, 1, False)
