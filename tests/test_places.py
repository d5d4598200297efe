"""A text is shown whole, shown in its parts, or refused; what is demanded and missing is named all at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from liquidose.errors import DoesNotFit, GiveWhatIsMissing
from liquidose.fields import texts_of
from liquidose.orders.order import load_order
from liquidose.pages.elements import Place, TextElement
from liquidose.pages.places import ORDER_KEYS, PARTS, check_places
from liquidose.pages.templates import Template
from liquidose.plan import make_plan

EXAMPLES = Path(__file__).parent.parent / "examples"
GIVEN = texts_of(make_plan(load_order(str(EXAMPLES / "prednisolone.toml"))))
CORE = ("patient", "drug", "strength", "direction", "cautions")
REST = {"left_out": ("fill", "details", "pharmacy")}


def design(*fields: str, **changes: Any) -> Template:
    text = tuple(
        TextElement(field=field, box_mm=Place(2, 2 + 6 * k, 90, 6), size_pt=9, floor_pt=9)
        for k, field in enumerate(fields)
    )
    return Template(id="own", width_mm=100, height_mm=150, margin_mm=1, text=text, **(REST | changes))


@pytest.mark.parametrize(
    "fields",
    [
        CORE,
        ("patient", "product", "direction", "cautions"),
        ("patient_name", "identifiers", "drug", "strength", "give", "purpose", "cautions"),
        ("patient", "drug_name", "form", "strength", "direction", "cautions"),
        (*CORE, "direction", "give"),
    ],
)
def test_a_whole_or_all_of_its_parts_will_do(fields: tuple[str, ...]) -> None:
    check_places(design(*fields), GIVEN)


def test_details_and_pharmacy_may_be_shown_part_by_part() -> None:
    parts = [part for whole in ("details", "pharmacy") for part in PARTS[whole] if part != "used"]
    check_places(design(*CORE, *parts, left_out=("fill",)), GIVEN)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (("patient", "drug", "direction", "cautions"), "strength"),
        (("patient", "strength", "direction", "cautions"), "drug"),
        (("patient", "drug_name", "strength", "direction", "cautions"), "drug"),
        (("patient", "drug", "strength", "purpose", "cautions"), "direction"),
        (("patient", "drug", "strength", "give", "cautions"), "direction"),
        (("patient_name", "drug", "strength", "direction", "cautions"), "patient"),
        (("patient", "product", "direction"), "cautions"),
    ],
)
def test_a_part_that_is_missing_is_a_text_without_a_place(fields: tuple[str, ...], field: str) -> None:
    with pytest.raises(DoesNotFit, match=f"has no place for the text of '{field}'"):
        check_places(design(*fields), GIVEN)


def test_a_part_without_a_place_is_refused_by_its_own_name_where_the_others_have_theirs() -> None:
    shown = [part for part in PARTS["details"] if part not in {"refills", "used"}]
    with pytest.raises(DoesNotFit, match="has no place for the text of 'details'"):
        check_places(design(*CORE, *shown, left_out=("fill", "pharmacy")), GIVEN)
    check_places(design(*CORE, *shown, left_out=("fill", "pharmacy", "refills")), GIVEN)


def test_the_purpose_may_be_left_out_of_a_label_but_not_the_direction() -> None:
    fields = ("patient", "drug", "strength", "give", "cautions")
    check_places(design(*fields, left_out=("fill", "details", "pharmacy", "purpose")), GIVEN)
    for hidden in ("give", "direction", "product", "drug_name", "strength", "drug", "cautions"):
        with pytest.raises(ValueError, match=f"left_out must not hide {hidden}"):
            design(*CORE, left_out=(hidden,))


def test_a_whole_given_without_its_parts_is_not_taken_for_shown() -> None:
    given = {field: GIVEN[field] for field in CORE}
    with pytest.raises(DoesNotFit, match="has no place for the text of 'direction'"):
        check_places(design("patient", "drug", "strength", "give", "purpose", "cautions"), given)


def test_everything_demanded_and_missing_is_named_at_once_by_where_it_is_written() -> None:
    asks = design(*CORE, demands=("rx_number", "refills", "pharmacy_phone"))
    check_places(asks, GIVEN)
    with pytest.raises(GiveWhatIsMissing) as fault:
        check_places(asks, GIVEN | {"rx_number": (), "refills": (), "pharmacy_phone": ()})
    assert str(fault.value) == (
        "The label 'own' must show dispense.rx_number, dispense.refills and pharmacy.phone, and they are not given. "
        "Write that in the order; the pharmacy may stand in the site file."
    )
    with pytest.raises(GiveWhatIsMissing) as fault:
        check_places(asks, GIVEN | {"refills": ()})
    assert str(fault.value) == (
        "The label 'own' must show dispense.refills, and it is not given. Write that in the order."
    )
    assert fault.value.given == "refills"


def test_what_is_demanded_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="details is both demanded and left out"):
        design(*CORE, demands=("details",))


def test_every_name_in_the_tables_is_a_field_of_a_plan() -> None:
    assert set(ORDER_KEYS) <= set(GIVEN)
    assert {*PARTS, *(part for parts in PARTS.values() for part in parts)} <= set(GIVEN)


def test_every_key_in_the_remedies_is_a_key_of_an_order() -> None:
    order = load_order(str(EXAMPLES / "prednisolone.toml"))
    for key in ORDER_KEYS.values():
        part, _, name = key.partition(".")
        assert hasattr(getattr(order, part), name), key


def test_the_wholes_say_what_their_parts_say() -> None:
    for whole in ("product", "details", "pharmacy", "patient"):
        together = " ".join(GIVEN[whole]).replace("\u00a0", " ")
        for part in PARTS[whole]:
            assert all(words.replace("\u00a0", " ") in together for words in GIVEN[part])
