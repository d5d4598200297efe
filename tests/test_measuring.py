"""From an exact volume to marks: the rule, its figures, and a second reading of it."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from brute_force import Rule, answers, every_mark, tolerance_by_r67
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import Row, cases

from liquidose.devices.limits import Limits
from liquidose.devices.measuring import Measured, measure, stock_for
from liquidose.devices.syringes import KINDS, Kind, Route, Syringe, catalogue, default_stock
from liquidose.devices.tolerance import scale_tolerance
from liquidose.dosing.products import read_strength
from liquidose.errors import ChangeTheDevice, CheckTheAmount, LiquidoseError, UnitsDoNotMatch, UnreadableText
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.units import unit

ROUTES: dict[Kind, Route] = {"oral": "oral", "enfit": "tube", "luer": "injection", "insulin": "injection"}
CLINICIAN = Limits(audience="clinician")


def _ml(value: Fraction | str) -> Quantity:
    return Quantity(value=Fraction(value), unit=unit("mL"))


def _own(number: int, capacity: Fraction, step: Fraction, extra: tuple[Fraction, ...] = ()) -> Syringe:
    return Syringe(
        id=f"own-{number}",
        kind="oral",
        capacity_ml=capacity,
        step_ml=step,
        extra_marks_ml=extra,
        source=("a test",),
    )


def _measure_row(row: Row) -> Measured:
    return measure(
        _ml(row["volume"]),
        route=row.get("route", "oral"),
        syringes=row.get("syringes"),
        limits=CLINICIAN if row.get("clinician") else None,
        least=_ml(row["least"]) if "least" in row else None,
        most=_ml(row["most"]) if "most" in row else None,
        insulin=Fraction(row["insulin"]) if "insulin" in row else None,
        strength=read_strength(row["strength"]) if "strength" in row else None,
    )


# The figures of the rules, by name.


@pytest.mark.parametrize(
    ("capacity", "ml", "tolerance"),
    [("1", "0.1", "0.017"), ("1", "0.2", "0.019"), ("1", "0.5", "0.025"), ("3", "0.5", "0.055"), ("5", "2", "0.095"),
     ("5", "2.5", "0.1"), ("10", "0.6", "0.156"), ("10", "4", "0.19"), ("20", "5", "0.35")],
)  # fmt: skip
def test_r68_tolerances_are_as_published(capacity: str, ml: str, tolerance: str) -> None:
    assert scale_tolerance(Fraction(capacity), Fraction(ml)) == Fraction(tolerance)


@pytest.mark.parametrize(
    "capacity", ["0.3", "0.5", "1", "2", "2.5", "3", "4.9", "5", "6", "10", "12", "20", "50", "60"]
)
@given(part=st.fractions("1/100", 1))
def test_r67_tolerance_is_the_formula(capacity: str, part: Fraction) -> None:
    size = Fraction(capacity)
    assert scale_tolerance(size, size * part) == tolerance_by_r67(size, size * part)


@pytest.mark.parametrize(
    ("capacity", "within_ten", "within_five"),
    [("0.5", "0.09375", "0.25"), ("1", "0.1875", "0.5"), ("3", "0.5625", "1.5"), ("5", "5/6", "1.875"), ("10", "5/3", "3.75"),
     ("20", "10/3", "7.5"), ("60", "10", "22.5")],
)  # fmt: skip
def test_r69_smallest_dose_within_ten_and_five_percent(
    capacity: str, within_ten: str, within_five: str
) -> None:
    size, tiny = Fraction(capacity), Fraction(1, 10**6)
    for smallest, percent in ((Fraction(within_ten), 10), (Fraction(within_five), 5)):
        assert scale_tolerance(size, smallest) * 100 <= percent * smallest
        assert scale_tolerance(size, smallest - tiny) * 100 > percent * (smallest - tiny)


# The choice.


@cases("measuring.toml", "measured")
def test_measuring_follows_the_rule(row: Row) -> None:
    measured = _measure_row(row)
    assert measured.syringe.id == row["syringe"]
    assert [str(draw) for draw in measured.draws_ml] == row["draws"]
    assert measured.ml == sum(measured.draws_ml)
    assert measured.exact_ml == Fraction(row["volume"])
    assert [f"{c.level} {c.code}: {c.text}" for c in measured.warnings] == row.get("warnings", [])


@cases("measuring.toml", "refused")
def test_measuring_refuses_with_the_figure_and_what_would_do(row: Row) -> None:
    with pytest.raises(LiquidoseError) as refusal:
        _measure_row(row)
    assert (type(refusal.value).__name__, str(refusal.value)) == (row["error"], row["message"])


def test_measuring_takes_text_and_gives_the_dose_really_given() -> None:
    measured = measure("9.3750 mL", strength=read_strength("160 mg/5 mL"), most=read_quantity("9.3750 mL"))
    assert measured.ml == Fraction("9.2")
    assert measured.dose_given == Quantity(value=Fraction("294.4"), unit=unit("mg"))
    assert measured.change_percent == Fraction(-28, 15)
    assert measured.rounded
    assert not measure("5 mL").rounded
    assert measure("5 mL").dose_given is None


@pytest.mark.parametrize("volume", ["5 mg", "5 units", "5 kg"])
def test_only_volumes_are_measured(volume: str) -> None:
    with pytest.raises(UnitsDoNotMatch) as refusal:
        measure(volume)
    assert str(refusal.value) == f"{volume.replace(' ', chr(160))} is not a volume. Measure mL."


def test_no_volume_is_not_measured() -> None:
    with pytest.raises(CheckTheAmount) as refusal:
        measure("0 mL")
    assert str(refusal.value) == "There is no volume to measure. Check the dose."


def test_route_decides_the_device() -> None:
    for kind in ("oral", "enfit", "luer"):
        assert {s.kind for s in stock_for(ROUTES[kind]).syringes} == {kind}
        everything = [s for k in KINDS for s in catalogue(k)]
        assert {s.kind for s in stock_for(ROUTES[kind], everything).syringes} == {kind}
    for strength in (Fraction(100), Fraction(500)):
        pool = stock_for("injection", None, insulin=strength).syringes
        assert {(s.kind, s.units_per_ml) for s in pool} == {("insulin", strength)}


def test_route_that_is_none_is_refused() -> None:
    route: Route = "mouth"  # type: ignore[assignment]
    with pytest.raises(UnreadableText) as refusal:
        measure("5 mL", route=route)
    assert str(refusal.value) == "'mouth' is not a route. Say oral, tube, injection."


@pytest.mark.parametrize(
    ("figures", "message"),
    [({"rounding_warns": 11}, "a limit that warns must not be above the limit that refuses"),
     ({"tolerance_warns": 21}, "a limit that warns must not be above the limit that refuses"),
     ({"most_draws": 0}, "most_draws must be 1, 2 or 3"), ({"most_draws": 4}, "most_draws must be 1, 2 or 3")],
)  # fmt: skip
def test_impossible_limits_cannot_be_built(figures: dict[str, int], message: str) -> None:
    values = {k: v if k == "most_draws" else Fraction(v) for k, v in figures.items()}
    with pytest.raises(ValueError, match=f"^{message}$"):
        Limits(**values)  # type: ignore[arg-type]


# What holds for every stock and every volume.


@st.composite
def syringes(draw: st.DrawFn) -> Syringe:
    """A syringe with regular marks and perhaps some others."""
    step = draw(st.sampled_from([Fraction(n, 100) for n in (1, 2, 5, 10, 20, 25, 30, 50, 100, 200)]))
    capacity = step * draw(st.integers(1, 60))
    places = draw(st.lists(st.integers(1, 99), max_size=3, unique=True))
    extra = tuple(capacity * place / 100 for place in sorted(places))
    return _own(draw(st.integers(0, 10**9)), capacity, step, extra)


STOCKS = st.lists(
    syringes() | st.sampled_from(catalogue("oral")), min_size=1, max_size=4, unique_by=lambda s: s.id
).map(tuple)


@st.composite
def tasks(draw: st.DrawFn) -> tuple[tuple[Syringe, ...], Fraction, Fraction | None, Fraction | None, Limits]:
    """A stock, a volume near what it can hold, bounds around it and limits."""
    stock: tuple[Syringe, ...] = draw(STOCKS)
    top = max(s.capacity_ml for s in stock)
    volume = draw(
        st.builds(Fraction, st.integers(1, 500), st.just(100))
        | st.builds(lambda n: top * n / 100, st.integers(1, 400))
        | st.builds(lambda s, n: s.step_ml * n, st.sampled_from(stock), st.integers(1, 150))
        | st.builds(lambda s, n: s.step_ml * (2 * n + 1) / 2, st.sampled_from(stock), st.integers(0, 150))
    )
    most = draw(st.none() | st.sampled_from([90, 95, 99, 100, 101, 105]).map(lambda p: volume * p / 100))
    least = draw(st.none() | st.sampled_from([90, 95, 99, 100, 101]).map(lambda p: volume * p / 100))
    if least and most and least > most:
        least = None
    limits = Limits(
        rounding_refused=Fraction(draw(st.sampled_from([5, 10, 20]))),
        tolerance_refused=Fraction(draw(st.sampled_from([10, 20, 30]))),
        most_draws=draw(st.integers(1, 3)),
        audience=draw(st.sampled_from(["caregiver", "clinician"])),
    )
    return stock, volume, least, most, limits


def _measured(
    stock: tuple[Syringe, ...],
    volume: Fraction,
    least: Fraction | None,
    most: Fraction | None,
    limits: Limits,
) -> Measured | None:
    try:
        return measure(
            _ml(volume), syringes=stock, limits=limits,
            least=None if least is None else _ml(least), most=None if most is None else _ml(most),
        )  # fmt: skip
    except ChangeTheDevice:
        return None


def _assert_as_by_hand(
    stock: tuple[Syringe, ...],
    volume: Fraction,
    least: Fraction | None,
    most: Fraction | None,
    limits: Limits,
) -> None:
    rule = Rule(
        limits.rounding_refused, limits.tolerance_warns, limits.tolerance_refused, limits.most_draws,
        limits.audience == "clinician",
    )  # fmt: skip
    expected = answers(stock, volume, rule, least, most)
    measured = _measured(stock, volume, least, most, limits)
    if measured is None:
        assert not expected
        return
    assert (measured.syringe, measured.draws_ml) in [(c.syringe, c.draws) for c in expected]
    assert measured.scale_tolerance_ml in [c.tolerance for c in expected]


@given(task=tasks())
def test_measuring_agrees_with_a_second_reading_of_the_rule(
    task: tuple[tuple[Syringe, ...], Fraction, Fraction | None, Fraction | None, Limits],
) -> None:
    _assert_as_by_hand(*task)


@given(task=tasks())
@settings(max_examples=200)
def test_measuring_keeps_its_promises(
    task: tuple[tuple[Syringe, ...], Fraction, Fraction | None, Fraction | None, Limits],
) -> None:
    stock, volume, least, most, limits = task
    measured = _measured(*task)
    if measured is None:
        return
    assert measured.syringe in stock
    assert 1 <= len(measured.draws_ml) <= limits.most_draws
    assert sum(measured.draws_ml) == measured.ml
    for draw in measured.draws_ml:
        assert 0 < draw <= measured.syringe.capacity_ml
        assert draw in every_mark(measured.syringe)
    assert abs(measured.change_percent) <= limits.rounding_refused
    assert measured.scale_tolerance_ml * 100 <= limits.tolerance_refused * measured.ml
    assert least is None or measured.ml >= least
    assert most is None or measured.ml <= most
    for other in stock:  # never worse than this one alone, under the rule
        alone = _measured((other,), volume, least, most, limits)
        if alone is not None and volume > Fraction(1, 10):
            assert _rank(measured, limits) <= _rank(alone, limits)


def _rank(measured: Measured, limits: Limits) -> tuple[bool, int, bool, Fraction, Fraction]:
    doubted = measured.scale_tolerance_ml * 100 > limits.tolerance_warns * measured.ml
    return (
        doubted, len(measured.draws_ml), measured.rounded, measured.syringe.capacity_ml, measured.scale_tolerance_ml,
    )  # fmt: skip


@pytest.mark.slow
def test_measuring_agrees_with_a_second_reading_on_many_stocks() -> None:
    dice = random.Random(20261122)  # noqa: S311  (a steady sweep, no secret)
    table = [s for kind in ("oral",) for s in catalogue(kind)]
    for number in range(6_000):
        stock = tuple(dice.sample(table, dice.randint(1, 4)))
        if dice.random() < 0.3:
            step = Fraction(dice.choice((1, 2, 5, 10, 20, 25, 50)), 100)
            stock = (*stock, _own(number, step * dice.randint(2, 50), step))
        largest = max(s.capacity_ml for s in stock)
        volume = dice.choice((
            Fraction(dice.randint(1, 500), 100),
            largest * dice.randint(1, 350) / 100,
            Fraction(dice.randint(1, 5000), dice.randint(1, 90)),
        ))  # fmt: skip
        most = volume * dice.choice((95, 100, 103)) / 100 if dice.random() < 0.3 else None
        least = volume * dice.choice((92, 97, 100)) / 100 if dice.random() < 0.3 else None
        if most and least and least > most:
            least = None
        limits = Limits(
            audience=dice.choice(("caregiver", "clinician")), most_draws=dice.choice((3, 3, 2, 1))
        )
        _assert_as_by_hand(stock, volume, least, most, limits)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_mark_of_every_syringe_is_measured_exactly_or_refused(kind: Kind) -> None:
    for syringe in catalogue(kind):
        insulin = syringe.units_per_ml
        for mark in every_mark(syringe):
            tiny = mark <= Fraction(1, 10) and syringe.capacity_ml > Fraction(1, 2)
            good = tolerance_by_r67(syringe.capacity_ml, mark) * 100 <= 20 * mark and not tiny
            try:
                measured = measure(_ml(mark), route=ROUTES[kind], syringes=[syringe], insulin=insulin)
            except ChangeTheDevice:
                assert not good
                continue
            assert good
            assert (measured.syringe, measured.draws_ml, measured.ml) == (syringe, (mark,), mark)
            assert measured.change_percent == 0
            doubted = measured.scale_tolerance_ml * 100 > 10 * mark
            assert ("scale-tolerance" in [c.code for c in measured.warnings]) == doubted


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["oral", "enfit", "luer"])
def test_default_stock_measures_every_volume_as_by_hand(kind: Kind) -> None:
    stock = default_stock(kind)
    for hundredths in (*range(1, 600), *range(600, 20_000, 23)):
        volume = Fraction(hundredths, 100)
        expected = answers(stock, volume)
        try:
            measured = measure(_ml(volume), route=ROUTES[kind])
        except ChangeTheDevice:
            assert not expected
        else:
            assert (measured.syringe, measured.draws_ml) in [(c.syringe, c.draws) for c in expected]
