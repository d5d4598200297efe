"""Which stocks a design fits, and the refusal that names them."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest

from liquidose.devices.stocks import Stock, stock_of, stocks
from liquidose.errors import DoesNotFit
from liquidose.pages.fitting import check_fits, fits, room_mm, stocks_for
from liquidose.pages.templates import Template, load_template

ROOT = Path(__file__).parent.parent


def sized(width: float, height: float) -> Template:
    return msgspec.structs.replace(
        load_template("four-lines"), width_mm=max(width, 63), height_mm=max(height, 38)
    )


def own_stock(**changes: Any) -> Stock:
    return msgspec.structs.replace(stock_of("zebra-4x6in"), **changes)


@pytest.mark.parametrize(
    ("design", "on", "not_on"),
    [
        ("dispensing", ["avery-l7165", "avery-5164", "zebra-4x6in", "avery-l7166"], ["avery-5163", "avery-l7160"]),
        ("dispensing-us", ["avery-5164", "avery-l7166", "zebra-4x6in"], ["avery-l7165", "avery-l7160"]),
        ("dispensing-uk", ["avery-l7166", "zebra-4x6in"], ["avery-5164", "uk-dispensing-70x35"]),
        ("dispensing-large-print", ["zebra-4x6in", "avery-l7167"], ["avery-l7166", "dymo-30256"]),
        ("four-lines", ["avery-l7160", "avery-l7060", "avery-5163"], ["avery-5160", "brother-dk-11202", "dymo-30334"]),
    ],
)  # fmt: skip
def test_each_design_fits_the_stocks_it_was_drawn_for(design: str, on: list[str], not_on: list[str]) -> None:
    found = [stock.id for stock in stocks_for(load_template(design))]
    assert set(on) <= set(found)
    assert not set(not_on) & set(found)


def test_a_stock_is_listed_exactly_if_the_design_lies_on_its_label_or_what_the_printer_reaches() -> None:
    for name in ("dispensing", "four-lines"):
        design = load_template(name)
        listed = {stock.id for stock in stocks_for(design)}
        for stock in stocks():
            width, height = room_mm(stock)
            assert width <= float(stock.label_width_mm)
            assert height <= float(stock.label_height_mm or stock.max_length_mm or "inf")
            inside = design.width_mm <= width and design.height_mm <= height and stock.shape != "round"
            assert (stock.id in listed) == inside, stock.id


def test_the_smallest_label_comes_first_and_a_site_s_own_stock_stands_for_the_catalogue_s() -> None:
    design = load_template("dispensing")
    own = own_stock(id="ours", label_width_mm=Fraction(99), label_height_mm=Fraction("67.5"))
    assert [stock.id for stock in stocks_for(design, [own])][:2] == ["ours", "avery-l7165"]
    small = own_stock(label_width_mm=Fraction(50))
    assert "zebra-4x6in" not in [stock.id for stock in stocks_for(design, [small])]


def test_a_roll_counts_by_its_printable_box_and_an_endless_one_by_its_longest_cut() -> None:
    design = load_template("four-lines")
    tight = own_stock(print_width_mm=Fraction("62.9"), print_height_mm=Fraction(100))
    assert not fits(design, tight)
    endless = own_stock(label_height_mm=Fraction(0), shape="continuous")
    assert room_mm(endless)[1] == float("inf")
    assert fits(design, endless)
    assert not fits(design, msgspec.structs.replace(endless, max_length_mm=Fraction(30)))


def test_on_a_round_label_the_corners_count() -> None:
    design = load_template("four-lines")
    for diameter, holds in ((73, False), (74, True)):
        across = Fraction(diameter)
        assert fits(design, own_stock(shape="round", label_width_mm=across, label_height_mm=across)) == holds


@pytest.mark.parametrize(
    ("design", "stock", "says"),
    [
        (
            "dispensing-us",
            "avery-l7160",
            "The label 'dispensing-us', 99 by 84.5 mm, does not fit avery-l7160, which has room for 63.5 by 38.1 mm: "
            "it is 35.5 mm too wide and 46.4 mm too high. It fits avery-5164, avery-l7166, zebra-4x6in, avery-l7167.",
        ),
        (
            "dispensing",
            "avery-5163",
            "The label 'dispensing', 99 by 67.5 mm, does not fit avery-5163, which has room for 101.6 by 50.8 mm: "
            "it is 16.7 mm too high. It fits avery-l7165, avery-5164, avery-l7166, zebra-4x6in, avery-l7167.",
        ),
        (
            "four-lines",
            "brother-dk-22205",
            "The label 'four-lines', 63 by 38 mm, does not fit brother-dk-22205, which has room for 58.928 by 1000 mm: "
            "it is 4.1 mm too wide. It fits avery-l7060, avery-l7160, avery-l7161, avery-l7163, avery-5159, "
            "zebra-3x2in, herma-4625, avery-l7164 and 10 more.",
        ),
    ],
)  # fmt: skip
def test_a_stock_too_small_is_refused_with_the_mm_and_the_stocks_that_would_do(
    design: str, stock: str, says: str
) -> None:
    with pytest.raises(DoesNotFit) as fault:
        check_fits(load_template(design), stock_of(stock))
    assert str(fault.value).replace("\u00a0", " ") == says
    assert fault.value.given == stock


def test_a_design_larger_than_every_stock_says_so_and_one_that_fits_says_nothing() -> None:
    with pytest.raises(DoesNotFit, match=r"No stock in the catalogue is large enough\."):
        check_fits(sized(300, 300), stock_of("avery-l7167"))
    round_one = own_stock(shape="round", label_width_mm=Fraction(70), label_height_mm=Fraction(70))
    with pytest.raises(DoesNotFit, match="it is larger than a round label holds"):
        check_fits(load_template("four-lines"), round_one)
    check_fits(load_template("four-lines"), stock_of("avery-l7160"))


def test_the_page_on_labels_gives_each_design_its_size_and_stocks_it_fits() -> None:
    page = (ROOT / "docs" / "labels.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| `([a-z-]+)` \| ([\d.]+) × ([\d.]+) \| (.*?) \|", page)
    assert len(rows) >= 5
    ids = {"4 × 6 inch roll": "zebra-4x6in"}
    for name, width, height, named in rows:
        design = load_template(name)
        assert (design.width_mm, design.height_mm) == (float(width), float(height))
        for stock in named.split(", "):
            assert fits(design, stock_of(ids.get(stock, stock.lower().replace(" ", "-")))), (name, stock)
