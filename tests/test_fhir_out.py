"""FHIR out: the dose in mg and the volume in mL, accepted by another library, and nothing lost on the way back."""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from fhir.resources.R4B.bundle import Bundle
from hypothesis import assume, given
from hypothesis import strategies as st
from tables import plain

from liquidose import LiquidoseError, load_order
from liquidose.cli import main
from liquidose.directions import DAY_PARTS
from liquidose.errors import BadFile, NameTheComponent, UnknownUnit
from liquidose.exchange.fhir import fhir_of, order_as_fhir
from liquidose.orders.fhir import orders_of
from liquidose.orders.fhir_amounts import text_of
from liquidose.orders.order import Order, decode_order
from liquidose.orders.parts import (
    Directions,
    Dispense,
    OrderDrug,
    OrderPatient,
    Preparation,
)
from liquidose.plan import make_plan
from liquidose.quantities.lint import amounts_in
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.units import unit
from liquidose.site import Pharmacy

EXAMPLE = Path(__file__).parent.parent / "examples" / "baclofen.toml"


def written(order: Order) -> dict[str, Any]:
    """Each resource of an order's Bundle by its type, once another library has accepted the whole."""
    raw = fhir_of(make_plan(order))
    Bundle.model_validate_json(raw)
    return {entry["resource"]["resourceType"]: entry["resource"] for entry in json.loads(raw)["entry"]}


def small(dose: str = "5 mg", strength: str = "5 mg/5 mL", **more: str) -> Order:
    keys = "".join(f'{key} = "{value}"\n' for key, value in more.items())
    text = f'[patient]\nname = "Sam"\nweight = "18 kg"\n[drug]\nname = "it"\nstrength = "{strength}"\n'
    return decode_order(
        f'{text}[directions]\ndose = "{dose}"\ntimes_a_day = 3\n[dispense]\n{keys}', name="order"
    )


def of_component(component: str, strength: str) -> Order:
    order = small("125 mg", strength)
    return msgspec.structs.replace(order, drug=msgspec.structs.replace(order.drug, component=component))


def with_most(most: str) -> Order:
    order = small("5 mg (max 20 mg/day)")
    return msgspec.structs.replace(
        order, directions=msgspec.structs.replace(order.directions, max_per_day=most)
    )


def test_the_request_keeps_the_dose_in_mg_and_the_supply_has_the_volume_in_ml() -> None:
    found = written(load_order(str(EXAMPLE)))
    ((asked,), (supplied,)) = (
        found[kind]["dosageInstruction"] for kind in ("MedicationRequest", "MedicationDispense")
    )
    ucum = {"system": "http://unitsofmeasure.org"}
    assert asked["doseAndRate"][0]["doseQuantity"] == {"value": 5, "unit": "mg", "code": "mg", **ucum}
    assert supplied["doseAndRate"][0]["doseQuantity"] == {"value": 5, "unit": "mL", "code": "mL", **ucum}
    assert asked["timing"] == supplied["timing"]
    assert asked["timing"]["repeat"]["when"] == ["MORN", "NOON", "HS"]


def test_what_stands_on_the_label_stands_in_the_supply() -> None:
    order = load_order(str(EXAMPLE))
    plan = make_plan(order)
    supply = written(order)["MedicationDispense"]
    notes = [note["text"] for note in supply["note"]]
    assert notes == [text.replace("\u00a0", " ") for text in (plan.fill, *plan.cautions)]
    assert supply["dosageInstruction"][0]["text"] == plan.direction.replace("\u00a0", " ")


def test_a_rounded_volume_is_what_is_measured_and_the_dose_is_what_was_ordered() -> None:
    found = written(small("7.5 mg"))
    assert (
        found["MedicationRequest"]["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]["value"] == 7.5
    )
    assert (
        found["MedicationDispense"]["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]["value"] == 7.4
    )


def test_a_quantity_of_nothing_stays_nothing() -> None:
    assert written(small(quantity="0 mL"))["MedicationDispense"]["quantity"]["value"] == 0


def test_limits_and_weight_are_carried() -> None:
    order = small("0.3 mg/kg (max 20 mg) (max 60 mg/day)")
    found = written(order)
    asked = found["MedicationRequest"]["dosageInstruction"][0]
    assert asked["doseAndRate"][0]["doseQuantity"]["code"] == "mg/kg"
    assert asked["maxDosePerAdministration"]["value"] == 20
    assert asked["maxDosePerPeriod"]["numerator"]["value"] == 60
    assert asked["maxDosePerPeriod"]["denominator"]["code"] == "d"
    assert found["Observation"]["valueQuantity"]["value"] == 18
    assert orders_of(fhir_of(make_plan(order)).decode()) == [order]


@pytest.mark.parametrize(
    "order",
    [small("5 mL", "125 mg/31 mg/5 mL"), of_component("first", "125 mg/31 mg/5 mL")],
    ids=["mL", "mg"],
)
def test_a_combination_is_its_ingredients_and_comes_back(order: Order) -> None:
    parts = written(order)["Medication"]["ingredient"]
    assert [part["strength"]["numerator"]["value"] for part in parts] == [125, 31]
    assert [part["strength"]["denominator"]["value"] for part in parts] == [5, 5]
    assert orders_of(fhir_of(make_plan(order)).decode()) == [order]


def test_a_form_in_the_strength_is_kept_as_the_form() -> None:
    assert written(small("5 mg", "5 mg/5 mL oral solution"))["Medication"]["form"] == {
        "text": "oral solution"
    }


def of_directions(**changes: object) -> Order:
    order = small()
    directions = msgspec.structs.replace(order.directions, times_a_day=None, **changes)
    return msgspec.structs.replace(order, directions=directions)


def test_a_dose_as_needed_is_one_for_every_reader_and_comes_back() -> None:
    order = of_directions(as_needed="pain", every="6 hours", max_per_day="4 doses")
    found = written(order)
    ucum = "http://unitsofmeasure.org"
    for kind in ("MedicationRequest", "MedicationDispense"):
        (dosage,) = found[kind]["dosageInstruction"]
        assert dosage["asNeededCodeableConcept"] == {"text": "pain"}
        assert dosage["timing"] == {"repeat": {"frequency": 1, "period": 6, "periodUnit": "h"}}
    (asked,) = found["MedicationRequest"]["dosageInstruction"]
    assert asked["maxDosePerPeriod"]["numerator"] == {
        "value": 4, "unit": "doses", "system": ucum, "code": "{dose}",
    }  # fmt: skip
    assert "extension" not in found["MedicationRequest"]
    assert found["MedicationDispense"]["dosageInstruction"][0]["text"] == (
        "Give 5 mL by mouth as needed for pain. Leave at least 6 hours between doses. "
        "Give no more than 4 doses (20 mL) in 24 hours."
    )
    assert orders_of(fhir_of(make_plan(order)).decode()) == [order]


def test_a_maximum_as_an_amount_is_written_as_one() -> None:
    order = of_directions(as_needed=True, max_per_day="22 mg")
    (asked,) = written(order)["MedicationRequest"]["dosageInstruction"]
    assert asked["asNeededBoolean"] is True
    assert (asked["maxDosePerPeriod"]["numerator"]["value"], asked.get("timing")) == (22, None)
    assert orders_of(fhir_of(make_plan(order)).decode()) == [order]


def test_a_maximum_of_planned_doses_comes_back_behind_the_dose_and_measures_the_same() -> None:
    order = of_directions(every="8 hours", max_per_day="15.5 mg")
    plan = make_plan(order)
    (back,) = orders_of(fhir_of(plan).decode())
    assert (back.directions.dose, back.directions.max_per_day) == ("5 mg (max 15.5 mg/day)", None)
    assert make_plan(back).conversion == plan.conversion


def limited(dose: str, **changes: object) -> Order:
    """An order as needed for 18 kg, three times a day."""
    order = small(dose)
    directions = msgspec.structs.replace(order.directions, as_needed="pain", **changes)
    return msgspec.structs.replace(order, directions=directions)


@pytest.mark.parametrize("course", [{}, {"for_days": 3, "then": "stop"}])
def test_a_dose_as_needed_that_its_maximum_for_a_day_makes_smaller_is_refused(
    course: dict[str, object],
) -> None:
    order = limited("0.5 mg/kg (max 24 mg/day)", **course)
    with pytest.raises(BadFile) as fault:
        order_as_fhir(order)
    assert str(fault.value) == (
        "The dose '0.5 mg/kg (max 24 mg/day)' is made smaller by its maximum for a day, which FHIR cannot say of a dose "
        "as needed. Leave this order out of the FHIR export."
    )


@pytest.mark.parametrize("dose", ["0.5 mg/kg (max 27 mg/day)", "0.5 mg/kg (max 8 mg) (max 30 mg/day)", "0.5 mg/kg (max 8 mg)"])  # fmt: skip
def test_a_dose_as_needed_that_its_maximum_for_a_day_leaves_alone_comes_back(dose: str) -> None:
    order = limited(dose)
    (back,) = orders_of(order_as_fhir(order).decode())
    assert make_plan(back).measured == make_plan(order).measured


def test_days_of_a_dose_as_needed_without_times_are_not_lost() -> None:
    order = of_directions(as_needed=True, max_per_day="3 doses", for_days=5, then="stop")
    (asked,) = written(order)["MedicationRequest"]["dosageInstruction"]
    assert asked["timing"]["repeat"] == {"boundsDuration": asked["timing"]["repeat"]["boundsDuration"]}
    assert orders_of(fhir_of(make_plan(order)).decode()) == [order]


def of_days(then: str) -> Order:
    order = small()
    directions = msgspec.structs.replace(order.directions, for_days=7, then=then)
    return msgspec.structs.replace(order, directions=directions)


def test_a_course_that_stops_has_its_days_in_both_timings_and_comes_back() -> None:
    order = of_days("stop")
    found = written(order)
    for kind in ("MedicationRequest", "MedicationDispense"):
        repeat = found[kind]["dosageInstruction"][0]["timing"]["repeat"]
        assert (repeat["boundsDuration"]["value"], repeat["boundsDuration"]["code"]) == (7, "d")
    assert orders_of(fhir_of(make_plan(order)).decode()) == [order]


def test_a_course_that_goes_on_has_no_end_and_the_days_of_its_supply() -> None:
    order = of_days("continue")
    found = written(order)
    for kind in ("MedicationRequest", "MedicationDispense"):
        assert set(found[kind]["dosageInstruction"][0]["timing"]["repeat"]) == {
            "frequency",
            "period",
            "periodUnit",
        }
    assert found["MedicationRequest"]["dispenseRequest"]["expectedSupplyDuration"]["value"] == 7
    assert found["MedicationDispense"]["daysSupply"]["value"] == 7
    assert orders_of(fhir_of(make_plan(order)).decode()) == [order]


def test_a_course_that_is_reviewed_ends_and_comes_back() -> None:
    order = of_days("review on 2026-12-31")
    found = written(order)
    repeat = found["MedicationRequest"]["dosageInstruction"][0]["timing"]["repeat"]
    assert repeat["boundsDuration"]["value"] == 7
    assert orders_of(fhir_of(make_plan(order)).decode()) == [order]


def test_a_course_with_a_start_has_its_first_and_its_last_day() -> None:
    order = of_days("stop")
    directions = msgspec.structs.replace(order.directions, start=dt.date(2026, 12, 29))
    order = msgspec.structs.replace(order, directions=directions)
    found = written(order)
    repeat = found["MedicationRequest"]["dosageInstruction"][0]["timing"]["repeat"]
    assert repeat["boundsPeriod"] == {"start": "2026-12-29", "end": "2027-01-04"}
    assert "The first day is 29 Dec 2026." in [note["text"] for note in found["MedicationDispense"]["note"]]
    assert orders_of(fhir_of(make_plan(order)).decode()) == [order]


@pytest.mark.parametrize("dose", ["15 mg/day in 3 doses", "15 mg/day"])
def test_a_dose_for_a_whole_day_is_written_as_that_of_each_time(dose: str) -> None:
    found = written(small(dose))
    (asked,) = found["MedicationRequest"]["dosageInstruction"]
    assert (asked["doseAndRate"][0]["doseQuantity"]["value"], asked["timing"]["repeat"]["frequency"]) == (
        5,
        3,
    )


def test_numbers_are_written_digit_for_digit() -> None:
    raw = fhir_of(make_plan(small("0.35 mg", "0.1 mg/mL")))
    assert b'"value": 0.35,' in raw
    assert b'"value": 0.1,' in raw


def test_the_same_order_gives_the_same_bytes_and_two_orders_share_no_id() -> None:
    one, other = (fhir_of(make_plan(small(dose))) for dose in ("5 mg", "6 mg"))
    assert one == fhir_of(make_plan(small("5 mg")))
    ids = [{entry["fullUrl"] for entry in json.loads(raw)["entry"]} for raw in (one, other)]
    assert not ids[0] & ids[1]


@pytest.mark.parametrize(
    ("order", "kind", "message"),
    [
        (
            small("20 mg/day in 3 doses"),
            BadFile,
            "20/3 mg is no decimal of 12 digits or fewer, and FHIR has only decimals. Leave this order out of the FHIR export.",
        ),
        (
            with_most("8 doses"),
            BadFile,
            "The dose '5 mg (max 20 mg/day)' has a maximum for a day beside '8 doses', and FHIR has a place for one of "
            "them. Leave this order out of the FHIR export.",
        ),
        (
            small("0.3 mg/kg (min 2 mg)"),
            BadFile,
            "The dose '0.3 mg per kg, min 2 mg' has a minimum, which FHIR has no place for. "
            "Leave this order out of the FHIR export.",
        ),
        (
            small("5 mL", "75 mg (15 mg elemental)/mL"),
            NameTheComponent,
            "The amounts of '75 mg (15 mg elemental)/mL' are not parts of one sum, and FHIR carries ingredients. "
            "Leave this order out of the FHIR export.",
        ),
        (
            of_component("amoxicillin", "Amoxicillin 25 MG/ML / Clavulanate 6.2 MG/ML Oral Suspension"),
            NameTheComponent,
            "drug.component 'amoxicillin' is a name, and the FHIR export knows amounts by their place. "
            "Write 'first', 'second' or 'total'.",
        ),
        (
            small(quantity="1 bottle"),
            BadFile,
            "dispense.quantity '1 bottle' is no amount that FHIR carries: 'bottle' is not a unit that liquidose "
            "reads. Write it like '450 mL'.",
        ),
    ],
    ids=["day", "most", "minimum", "elemental", "named", "bottle"],
)
def test_what_fhir_cannot_carry_is_refused_by_name(
    order: Order, kind: type[LiquidoseError], message: str
) -> None:
    with pytest.raises(kind) as fault:
        fhir_of(make_plan(order))
    assert plain(str(fault.value)) == message


def test_a_dose_in_units_is_refused_since_nobody_said_which() -> None:
    order = small("5000 units", "1000 units/mL")
    order = msgspec.structs.replace(
        order, directions=msgspec.structs.replace(order.directions, route="by mouth")
    )
    with pytest.raises(UnknownUnit, match="tells international units from others"):
        fhir_of(make_plan(order))


def test_a_powder_is_refused() -> None:
    order = small("100 mg", "500 mg vial + 4.6 mL water for injection, displacement 0.4 mL")
    order = msgspec.structs.replace(
        order, directions=msgspec.structs.replace(order.directions, route="by injection")
    )
    with pytest.raises(BadFile, match="is made up from a powder, and FHIR does not carry how"):
        fhir_of(make_plan(order))


# Nothing is lost on the way out and back.

WORDS = (
    st.text("abcdefghijklmnopqrstuvwxyzéñßÅД ", min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
    .filter(lambda words: not amounts_in(words))
)  # such as "capful"
DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2030, 12, 31))
LOCALES = st.sampled_from([None, "en-US", "en-GB", "de-DE", "fr-FR"])


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """An order of whatever FHIR carries, its amounts written as this version writes them."""
    locale = draw(LOCALES)

    def text(value: Fraction, name: str) -> str:
        return text_of(Quantity(value=value, unit=unit(name)), locale)

    def maybe(strategy: st.SearchStrategy[Any]) -> Any:
        return draw(st.none() | strategy)

    name = draw(st.sampled_from(["mg", "mcg", "g", "mmol", "mEq"]))
    per = draw(st.sampled_from(["", "/kg", "/m2"]))
    amount = Fraction(draw(st.integers(1, 4000)), 1000)
    volume = draw(st.sampled_from([Fraction(1), Fraction(5), Fraction(5, 2)]))
    by_volume = draw(st.booleans()) and not per
    ml = Fraction(draw(st.integers(1, 40)), 2)
    dose = text(ml, "mL") if by_volume else text(amount / volume * ml, name) + per
    if draw(st.booleans()) and not by_volume:
        dose += f" (max {text(amount * 200, name)})"
    needed: bool | str = draw(st.booleans() | st.just("pain"))
    if draw(st.booleans()) and not by_volume and not needed:
        dose += f" (max {text(amount * 2000, name)}/day)"
    times = tuple(draw(st.lists(st.sampled_from(list(DAY_PARTS)), unique=True)))
    every = None if times else maybe(st.sampled_from(["1 hour", "6 hours", "8 hours", "24 hours"]))
    in_all = ["8 doses", text(ml * 5, "mL") if by_volume else text(amount * 2000, name)]
    within = "mL" if volume == 1 else text(volume, "mL")
    day = maybe(DAYS)
    days = maybe(st.integers(1, 90))
    after = ["stop", "review on 2031-12-31"] + ([] if needed else ["continue"])
    return Order(
        patient=OrderPatient(
            name=draw(WORDS),
            id=maybe(WORDS),
            birth_date=maybe(st.just(dt.date(2014, 3, 9))),
            weight=text(Fraction(draw(st.integers(30, 900)), 10), "kg"),
            height=maybe(st.integers(40, 200).map(lambda cm: text(Fraction(cm), "cm"))),
            bsa=text(Fraction(draw(st.integers(20, 250)), 100), "m2"),
        ),
        drug=OrderDrug(
            name=draw(WORDS),
            strength=f"{text(amount, name)}/{within}",
            form=maybe(st.sampled_from(["oral solution", "suspension"])),
            shake=draw(st.booleans()),
            storage=maybe(st.just("Keep in the fridge.")),
            lot=maybe(st.just("A1")),
            expiry=dt.date(2031, 1, 31) if draw(st.booleans()) else None,
            gtin=maybe(st.just("00352652600115")),
        ),
        directions=Directions(
            dose=dose,
            times=times,
            times_a_day=None if times or every else draw(st.integers(1, 6)),
            every=every,
            as_needed=needed,
            max_per_day=maybe(st.sampled_from(in_all if needed else ["24 doses"]))
            if "/day" not in dose
            else None,
            route=draw(st.sampled_from(["by mouth", "by tube", "by injection"])),
            with_=maybe(st.just("food")),
            purpose=None if needed == "pain" else maybe(st.just("spasms")),
            missed_dose=maybe(st.just("Give it when you remember.")),
            for_days=days,
            then=days and draw(st.sampled_from(after)),
            start=day if days else None,
            warnings=tuple(draw(st.lists(st.sampled_from(["Keep upright.", "May stain."]), unique=True))),
        ),
        dispense=Dispense(
            rx_number=maybe(WORDS),
            date=day,
            prescriber=maybe(WORDS),
            quantity=maybe(st.integers(0, 900).map(lambda ml: text(Fraction(ml), "mL"))),
            discard_after=maybe(st.just(dt.date(2031, 1, 31))),
            copies=draw(st.integers(1, 3)),
        ),
        preparation=maybe(
            st.builds(Preparation, prepared=st.just(dt.datetime(2026, 2, 3, 14, 30)), preparer=st.just("AB"))  # noqa: DTZ001  (local by definition)
        ),
        pharmacy=maybe(st.builds(Pharmacy, name=WORDS, phone=st.just("555 0100"))),
        locale=locale,
    )


@given(orders())
def test_an_order_comes_back_as_it_went(order: Order) -> None:
    try:
        plan = make_plan(order)
    except LiquidoseError:
        assume(False)  # noqa: FBT003  (hypothesis' own way to leave an example out)
        raise
    raw = fhir_of(plan)
    assert orders_of(raw.decode()) == [order]


@given(orders())
def test_another_library_accepts_every_bundle(order: Order) -> None:
    try:
        plan = make_plan(order)
    except LiquidoseError:
        assume(False)  # noqa: FBT003  (as above)
        raise
    Bundle.model_validate_json(fhir_of(plan))


# The command.


def test_the_command_writes_the_bundle_and_label_reads_it(tmp_path: Path) -> None:
    target, label = tmp_path / "baclofen-fhir.json", tmp_path / "label.pdf"
    result = CliRunner().invoke(main, ["fhir", str(EXAMPLE), "-o", str(target)])
    assert (result.exit_code, result.output) == (0, f"FHIR written to {target}.\n")
    assert load_order(str(target)) == load_order(str(EXAMPLE))
    assert CliRunner().invoke(main, ["label", str(target), "-o", str(label)]).exit_code == 0
    printed = CliRunner().invoke(main, ["fhir", str(EXAMPLE)])
    assert printed.stdout_bytes == target.read_bytes()


def test_the_command_writes_nothing_on_a_refusal(tmp_path: Path) -> None:
    source, target = tmp_path / "order.toml", tmp_path / "fhir.json"
    source.write_text(EXAMPLE.read_text(encoding="utf-8").replace('"5 mg"', '"20 mg/day"'), encoding="utf-8")
    result = CliRunner().invoke(main, ["fhir", str(source), "-o", str(target)])
    assert result.exit_code == 2
    assert "is no decimal" in result.stderr
    assert not target.exists()
