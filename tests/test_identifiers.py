"""GTINs, NDCs, lots and serials: copied, checked, never made up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import biip
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, cases, plain

from liquidose.errors import BadFile, CheckTheAmount, UnreadableText
from liquidose.orders.identifiers import agreed_gtin, check_digit, gtin_of_ndc, read_gtin
from liquidose.orders.order import Order, decode_order
from liquidose.orders.parts import OrderDrug
from liquidose.orders.product_code import ProductCode

CHARACTERS_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


def order(drug: str) -> Order:
    text = f'[patient]\nname = "Sam"\n[directions]\ndose = "5 mg"\n[drug]\nname = "a"\nstrength = "1 mg/mL"\n{drug}\n'
    return decode_order(text, name="order.toml")


def scanner_says(scanned: str) -> dict[str, Any]:
    """The elements by a parser that is not ours."""
    message = biip.parse("]d2" + scanned).gs1_message
    assert message is not None
    return {element.ai.ai: element.date or element.value for element in message.element_strings}


@cases("identifiers.toml", "gtin")
def test_a_gtin_is_read_as_14_digits(row: Row) -> None:
    assert read_gtin(row["text"]) == row["reads"]
    assert agreed_gtin(row["text"], None) == row["reads"]


@cases("identifiers.toml", "gtin")
def test_every_single_wrong_digit_of_a_gtin_is_noticed(row: Row) -> None:
    right = row["text"]
    for place in range(len(right)):
        for digit in set("0123456789") - {right[place]}:
            with pytest.raises(UnreadableText):
                read_gtin(right[:place] + digit + right[place + 1 :])


@cases("identifiers.toml", "ndc")
def test_an_ndc_with_its_hyphens_gives_its_gtin(row: Row) -> None:
    assert gtin_of_ndc(row["text"]) == (row["gtin"] or None)
    drug = order(f'ndc = "{row["text"]}"').drug
    assert drug.ndc == row["text"]
    assert drug.product_code == (ProductCode(gtin=row["gtin"]) if row["gtin"] else None)


@cases("identifiers.toml", "scanned")
def test_a_barcode_says_what_was_given_in_order(row: Row) -> None:
    code = ProductCode(**{key: row[key] for key in ("gtin", "expiry", "lot", "serial") if key in row})
    assert code.scanned == row["scanned"]
    assert plain(code.words) == row["words"]
    read = scanner_says(code.scanned)
    assert read == {
        ai: row[key]
        for ai, key in (("01", "gtin"), ("17", "expiry"), ("10", "lot"), ("21", "serial"))
        if key in row
    }


@cases("identifiers.toml", "refused")
def test_what_cannot_be_right_is_refused_in_full_words(row: Row) -> None:
    with pytest.raises(BadFile) as fault:
        order(row["text"])
    assert str(fault.value) == f"order.toml{', ' if row['says'].startswith('drug') else ': '}{row['says']}"


def test_a_gtin_of_another_packaging_level_agrees_with_its_ndc() -> None:
    assert agreed_gtin("50352652600110", "52652-6001-1") == "50352652600110"
    assert agreed_gtin("352652600115", "52652-6001-1") == "00352652600115"
    with pytest.raises(CheckTheAmount):
        agreed_gtin("50369528302085", "52652-6001-1")


def test_a_gtin_stands_beside_an_ndc_of_twelve_digits_as_given() -> None:
    assert agreed_gtin("03453120000011", "012345-0678-09") == "03453120000011"


def test_a_lot_of_digits_with_an_e_among_them_is_a_lot() -> None:
    code = order('gtin = "03453120000011"\nlot = "4E12"').drug.product_code
    assert code is not None
    assert code.lot == "4E12"


def test_nothing_is_made_up() -> None:
    assert OrderDrug(name="a", strength="1 mg/mL", lot="AB1", serial="7").product_code is None
    code = order('gtin = "3453120000011"\nlot = "AB1"').drug.product_code
    assert code == ProductCode(gtin="03453120000011", lot="AB1")


@pytest.mark.parametrize("wrong", [{"gtin": "3453120000011"}, {"gtin": "03453120000011", "lot": "A\x1d"}])
def test_a_product_code_that_exists_is_valid(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"not yet a GTIN of 14|no barcode of a pack holds"):
        ProductCode(**wrong)


@pytest.mark.parametrize("key", ["lot", "serial"])
def test_of_all_characters_below_512_those_of_gs1_are_taken(key: str) -> None:
    taken = ""
    for point in range(512):
        code: dict[str, Any] = {key: f"A{chr(point)}"}
        try:
            OrderDrug(name="a", strength="1 mg/mL", **code)
        except UnreadableText:
            continue
        taken += chr(point)
    assert taken == CHARACTERS_82


CODES = st.text(CHARACTERS_82, min_size=1, max_size=20).filter(lambda text: "E+" not in text.upper())
PRODUCTS = st.builds(
    lambda digits, **others: ProductCode(gtin=digits + check_digit(digits), **others),
    st.integers(1, 10**13 - 1).map(lambda number: f"{number:013}"),
    # A reader takes two digits of a year for one at most 49 years ago or 50 ahead of its own clock.
    expiry=st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2070, 12, 31)),
    lot=st.none() | CODES,
    serial=st.none() | CODES,
)


@given(PRODUCTS)
def test_any_element_string_parses_back_to_the_same_values(code: ProductCode) -> None:
    given_values = {"01": code.gtin, "17": code.expiry, "10": code.lot, "21": code.serial}
    assert scanner_says(code.scanned) == {ai: value for ai, value in given_values.items() if value}
