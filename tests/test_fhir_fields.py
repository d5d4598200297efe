"""Every field of an order out to FHIR and in again: carried, changed in its form, or refused by name; none is forgotten."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from fhir.resources.R4B.bundle import Bundle
from tables import Row, cases, plain, rows

from liquidose import LiquidoseError, load_order, make_schedule
from liquidose.cautions import Caution
from liquidose.courses.protocol import load_protocol
from liquidose.exchange.fhir import order_as_fhir
from liquidose.files import checked_value
from liquidose.orders.fhir import orders_of, outcomes_of
from liquidose.orders.order import Order
from liquidose.plan import make_plan

EXAMPLES = Path(__file__).parent.parent / "examples"
SMALLEST: dict[str, Any] = {
    "patient": {"name": "Sam Example"},
    "drug": {"name": "baclofen", "strength": "5 mg/5 mL"},
    "directions": {"dose": "5 mg", "times_a_day": 3, "route": "by mouth"},
}


def made(added: Row, without: list[str]) -> Order:
    """The smallest order with what a row adds to it, and without what it takes out."""
    data = copy.deepcopy(SMALLEST)
    for dotted in without:
        part, key = dotted.split(".")
        del data[part][key]
    for part, value in added.items():
        data[part] = data.get(part, {}) | value if isinstance(value, dict) else value
    return checked_value(data, Order, name="order")


def structs_in(declared: Any) -> type[msgspec.Struct] | None:
    """The struct that a declared type is, or holds."""
    if isinstance(declared, type) and issubclass(declared, msgspec.Struct):
        return declared
    return next((found for inner in get_args(declared) if (found := structs_in(inner))), None)


def fields_of(kind: type[msgspec.Struct], before: str = "") -> Iterator[str]:
    """Each field of an order, with dots; a part has those within it."""
    for field in msgspec.structs.fields(kind):
        within = structs_in(field.type)
        if within is None:
            yield before + field.encode_name
        else:
            yield from fields_of(within, f"{before}{field.encode_name}.")


def is_stated(value: Any, dotted: str) -> bool:
    """Whether a field of an order has another value than its default."""
    if isinstance(value, tuple):
        return any(is_stated(one, dotted) for one in value)
    if value is None:
        return False
    name, _, rest = dotted.partition(".")
    field = next(field for field in msgspec.structs.fields(value) if field.encode_name == name)
    found = getattr(value, field.name)
    return is_stated(found, rest) if rest else bool(found != field.default)


def stands(resource: Any, path: list[str]) -> bool:
    """Whether an element of a resource is there, in one of the entries of each list on the way."""
    if isinstance(resource, list):
        return any(stands(one, path) for one in resource)
    return not path or (
        isinstance(resource, dict) and path[0] in resource and stands(resource[path[0]], path[1:])
    )


def test_every_field_of_an_order_stands_in_the_table() -> None:
    told = {field for row in rows("fhir-fields.toml", "field") for field in row["fields"]}
    assert told - {"preparation", "supply", "day_parts"} == set(fields_of(Order))


@cases("fhir-fields.toml", "field")
def test_each_field_is_carried_changed_or_refused(row: Row) -> None:
    order = made(row["order"], row.get("without", []))
    assert [field for field in row["fields"] if not is_stated(order, field)] == [], (
        "the row states its fields"
    )
    if row["outcome"] == "refused":
        with pytest.raises(LiquidoseError) as fault:
            order_as_fhir(order)
        assert plain(str(fault.value)) == row["says"]
        return
    raw = order_as_fhir(order)
    whole = json.loads(raw)
    Bundle.model_validate_json(raw)
    (back,) = orders_of(raw.decode())
    if row["outcome"] == "changed":
        assert back == made(row["back"], row.get("back_without", []))
        assert doses(back) == doses(order)
        return
    assert row["outcome"] == "carried"
    assert back == order
    assert order_as_fhir(back) == raw, "and goes out again as it came"
    kind, *path = row["at"].split(".")
    found = {entry["resource"]["resourceType"]: entry["resource"] for entry in whole["entry"]}
    if kind != "extension":
        assert stands(found[kind], path)
        return
    urls = {
        one["url"].removeprefix("urn:x-liquidose:order:") for one in found["MedicationRequest"]["extension"]
    }
    for field in row["fields"]:
        assert any(field == url or field.startswith(f"{url}.") for url in urls), field


def doses(order: Order) -> Any:
    """What an order comes to: the measured doses of its plan, or those of each step by the time."""
    if order.directions.course.is_one_step and not order.directions.course.is_course:
        plan = make_plan(order)
        return plan.measured, plan.conversion.volume_ml
    return [
        (step.days, [(dose.time, dose.measured) for dose in step.doses])
        for step in make_schedule(order).steps
    ]


@pytest.mark.parametrize("name", ["baclofen-titration", "baclofen-taper"])
def test_a_protocol_is_carried_with_all_that_it_holds_an_order_to(name: str) -> None:
    order = load_order(EXAMPLES / f"{name}.toml")
    raw = order_as_fhir(order)
    (back,) = orders_of(raw.decode())
    assert isinstance(order.protocol, str)
    assert back == msgspec.structs.replace(order, protocol=load_protocol(order.protocol))
    ours, theirs = make_schedule(order), make_schedule(back)
    assert theirs.guarded == ours.guarded
    assert theirs.steps == ours.steps
    assert order_as_fhir(back) == raw


def brought(change: Any) -> LiquidoseError | Order:
    """What a message of the titration comes to, once its extensions (by their keys) have been changed."""
    whole = json.loads(order_as_fhir(load_order(EXAMPLES / "baclofen-titration.toml")))
    resources = [entry["resource"] for entry in whole["entry"]]
    (asked,) = [one for one in resources if one["resourceType"] == "MedicationRequest"]
    ours = {one["url"].rpartition(":")[2]: one for one in asked["extension"]}
    change(ours)
    asked["extension"] = list(ours.values())
    ((_, outcome),) = outcomes_of(json.dumps(whole), name="rx.json")
    return outcome


def key(ours: Row, name: str) -> Row:
    """The extension of a key of the protocol."""
    found: Row = next(one for one in ours["protocol"]["extension"] if one["url"] == name)
    return found


OTHERS = (
    "rx.json, entry[2], MedicationRequest: The extension 'urn:x-liquidose:order:{}' is none that this version writes. "
    "Do not leave it out: it is of an order of another version."
)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda ours: ours.update(protocol={"url": ours["protocol"]["url"], "valueString": "/etc/passwd"}),
            OTHERS.format("protocol"),
        ),
        (lambda ours: key(ours, "title").update(valueString="Red \x1b[31m"), OTHERS.format("protocol")),
        (lambda ours: key(ours, "guard")["extension"][0].update(url="rules"), OTHERS.format("protocol")),
        (lambda ours: key(ours, "guard").update(extension=[]), OTHERS.format("protocol")),
        (lambda ours: key(ours, "title").update(url="id"), OTHERS.format("protocol")),
        (
            lambda ours: ours.update(
                override={"url": "urn:x-liquidose:order:override", "valueString": "rounding"}
            ),
            OTHERS.format("override"),
        ),
        (
            lambda ours: ours.update(supply={"url": "urn:x-liquidose:order:supply", "valueBoolean": False}),
            OTHERS.format("supply"),
        ),
        (
            lambda ours: key(ours, "title").update(url="version"),
            OTHERS.format("protocol"),
        ),
        (
            lambda ours: ours["protocol"]["extension"].remove(key(ours, "approved_by")),
            "rx.json, entry[2], MedicationRequest, 'baclofen-us', protocol: Object missing required field `approved_by`. Correct it there.",
        ),
        (
            lambda ours: key(ours, "guard")["extension"][0].update(valueString="highest_dose"),
            "rx.json, entry[2], MedicationRequest, 'baclofen-us', protocol.guard[0].rule: Invalid enum value 'highest_dose'. "
            "Correct it there.",
        ),
    ],
)
def test_a_protocol_that_is_none_is_refused(change: Any, says: str) -> None:
    assert str(brought(change)) == says


def test_a_protocol_in_a_message_holds_the_order_and_is_told() -> None:
    def lower(ours: Row) -> None:
        most = key(ours, "guard")["extension"][1]
        assert most == {"url": "amount", "valueString": "80 mg"}
        most["valueString"] = "50 mg"

    order = brought(lower)
    assert isinstance(order, Order)
    with pytest.raises(LiquidoseError, match=r"baclofen-us, version 1, says: at most 50"):
        make_schedule(order)
    notes: list[Caution] = []
    orders_of(
        order_as_fhir(load_order(EXAMPLES / "baclofen-titration.toml")).decode(), name="rx.json", notes=notes
    )
    assert [note.text for note in notes] == [
        "rx.json, entry[2], MedicationRequest brings the protocol baclofen-us, version 1: check that it is the one of this site."
    ]


def test_a_text_of_several_lines_is_refused_on_the_way_out() -> None:
    row = next(row for row in rows("fhir-fields.toml", "field") if "protocol.id" in row["fields"])
    order = made({"protocol": row["order"]["protocol"] | {"title": "One line\nand another"}}, [])
    with pytest.raises(LiquidoseError) as fault:
        order_as_fhir(order)
    assert str(fault.value) == (
        "'protocol.title' holds a line break or another control character. Leave this order out of the FHIR export."
    )


# Every message that we write holds together.


def every(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a decoded message with its path."""
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from every(inner, f"{path}.{key}")
    if isinstance(value, list):
        for inner in value:
            yield from every(inner, path)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_what_is_written_holds_together(path: Path) -> None:
    whole = json.loads(order_as_fhir(load_order(path)))
    urls = [entry["fullUrl"] for entry in whole["entry"]]
    assert len(set(urls)) == len(urls)
    assert all(url == f"urn:uuid:{uuid.UUID(url.removeprefix('urn:uuid:'))}" for url in urls)
    named = {"MedicationRequest", "MedicationDispense", "Medication", "Patient"}
    kinds = [entry["resource"]["resourceType"] for entry in whole["entry"]]
    assert named <= set(kinds) <= named | {"Observation"}
    assert [kinds.count(kind) for kind in sorted(named)] == [1, 1, 1, 1]
    for place, value in every(whole):
        key = place.rpartition(".")[2]
        assert value not in ("", [], {}, None), f"{place}: FHIR has no empty values"
        if key == "reference":
            assert value in urls, f"{place} leads nowhere"
        if key == "extension" and isinstance(value, list):
            for one in value:
                kinds_of_value = [name for name in one if name.startswith("value")]
                assert len(kinds_of_value) + ("extension" in one) == 1, f"{place}: a value, or others within"
                assert one["url"] == "".join(one["url"].split()) != "", place
        if isinstance(value, str):
            assert value == value.strip(), place
            assert "\u00a0" not in value, place
