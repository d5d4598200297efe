"""Labels on sheets and rolls: which place each takes, read back from the PDF by a parser that is not ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pdfplumber
import pytest
from click.testing import CliRunner, Result

from liquidose import Manifest, Order, load_order, write_labels
from liquidose.cli import main
from liquidose.devices.stocks import SHEETS, Stock, stock_of, stocks
from liquidose.errors import BadOption, DoesNotFit
from liquidose.manifest import Printed
from liquidose.pages.checking import check_label, margin_bar
from liquidose.pages.elements import Place, TextElement
from liquidose.pages.imposing import Fill, free_places, page_size, read_places, rest_on, stocks_for
from liquidose.pages.shapes import Box
from liquidose.pages.templates import Template, load_template

EXAMPLES = Path(__file__).parent.parent / "examples"
MM = 72 / 25.4
NARROW = Template(
    id="narrow",
    width_mm=60,
    height_mm=34,
    margin_mm=1,
    left_out=("fill", "details", "pharmacy"),
    text=tuple(
        TextElement(field=field, box_mm=Place(1, 1 + 6.4 * k, 58, 6.4), size_pt=7, floor_pt=5, missing="omit")
        for k, field in enumerate(("patient", "drug", "strength", "direction", "cautions"))
    ),
)
WITH_COPY = msgspec.structs.replace(
    NARROW, id="with-copy", height_mm=40, text=(*NARROW.text, TextElement(field="copy", box_mm=Place(1, 34, 58, 5), size_pt=7, floor_pt=7))
)  # fmt: skip


def design(width: float, height: float, margin: float = 1) -> Template:
    place = Place(margin, margin, width - 2 * margin, height - 2 * margin)
    text = (TextElement(field="drug", box_mm=place, size_pt=7, floor_pt=5),)
    return Template(id="narrow", width_mm=width, height_mm=height, margin_mm=margin, text=text)


def order(name: str = "Sam Example", **dispense: Any) -> Order:
    made = load_order(str(EXAMPLES / "baclofen.toml"))
    return msgspec.structs.replace(
        made,
        patient=msgspec.structs.replace(made.patient, name=name),
        dispense=msgspec.structs.replace(made.dispense, **dispense),
    )


def places(manifest: Manifest) -> list[tuple[int, int]]:
    return [(page.number, label.place) for page in manifest.pages for label in page.labels if label.order]


@pytest.mark.parametrize(
    ("start_at", "skip", "fill", "expected"),
    [
        ((), (), "rows", [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (2, 1)]),
        ((), (), "columns", [(1, 1), (1, 3), (1, 5), (1, 2), (1, 4), (1, 6), (2, 1)]),
        ((5,), (), "rows", [(1, 5), (1, 6), (2, 1), (2, 2), (2, 3), (2, 4), (2, 5)]),
        ((5,), (), "columns", [(1, 5), (1, 2), (1, 4), (1, 6), (2, 1), (2, 3), (2, 5)]),
        ((5, 6), (), "rows", [(1, 5), (1, 6), (2, 6), (3, 1), (3, 2), (3, 3), (3, 4)]),
        ((), ("1,2,4-6",), "rows", [(1, 3), (2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (2, 6)]),
        ((2,), ("3", "1-5"), "rows", [(1, 2), (1, 4), (1, 5), (1, 6), (2, 6), (3, 1), (3, 2)]),
    ],
)
def test_free_places_of_part_used_sheets(
    start_at: tuple[int, ...], skip: tuple[str, ...], fill: Fill, expected: list[tuple[int, int]]
) -> None:
    stock = msgspec.structs.replace(stock_of("avery-l7160"), columns=2, rows=3, per_sheet=6)
    used = [read_places(text) for text in skip]
    assert list(islice(free_places(stock, start_at=start_at, skip=used, fill=fill), 7)) == expected


@pytest.mark.parametrize(
    ("start_at", "skip", "message"),
    [
        ((22,), "", "avery-l7160 has no label 22: it has 21. 'liquidose stocks show avery-l7160 --outline' prints their numbers."),
        ((0,), "", "avery-l7160 has no label 0: it has 21. 'liquidose stocks show avery-l7160 --outline' prints their numbers."),
        ((), "3,40", "avery-l7160 has no label 40: it has 21. 'liquidose stocks show avery-l7160 --outline' prints their numbers."),
        ((), "1-21", "Sheet 1 has no free label left. Leave that sheet out."),
        ((21,), "21", "Sheet 1 has no free label left. Leave that sheet out."),
    ],
)  # fmt: skip
def test_a_place_that_is_not_there_is_refused(start_at: tuple[int, ...], skip: str, message: str) -> None:
    used = [read_places(skip)] if skip else []
    with pytest.raises(BadOption) as refused:
        next(free_places(stock_of("avery-l7160"), start_at=start_at, skip=used))
    assert str(refused.value) == message


@pytest.mark.parametrize("text", ["", "a", "1,,2", "5-3", "1-", "-3", "1.5", "١", "1;2"])
def test_what_is_no_list_of_places_is_refused(text: str) -> None:
    with pytest.raises(BadOption) as refused:
        read_places(text)
    assert str(refused.value) == f"'{text}' is not a list of places. Write it like '1,2,5-9'."


def test_a_list_of_places_is_read() -> None:
    assert read_places(" 1, 2,5 - 7") == {1, 2, 5, 6, 7}


@pytest.mark.parametrize("stock", stocks(), ids=lambda stock: stock.id)
def test_a_design_rests_inside_the_label_with_its_ink_inside_what_the_printer_reaches(stock: Stock) -> None:
    small = design(20, 9, 1.5)
    if stock not in stocks_for(small):
        with pytest.raises(DoesNotFit):
            rest_on(small, stock)
        return
    rest = rest_on(small, stock)
    wide, high = page_size(small, stock, rest)
    if stock.paper in SHEETS:
        wide, high = float(stock.label_width_mm), float(stock.label_height_mm)
    assert rest.x_mm >= 0
    assert rest.y_mm >= 0
    assert rest.x_mm + 20 <= wide + 1e-6
    assert rest.y_mm + 9 <= high + 1e-6
    if stock.print_width_mm and stock.print_x0_mm and not rest.turned:
        assert rest.x_mm + 1.5 >= float(stock.print_x0_mm) - 1e-6
        assert rest.x_mm + 18.5 <= float(stock.print_x0_mm + stock.print_width_mm) + 1e-6


def test_a_label_too_small_is_refused_with_the_stocks_that_fit() -> None:
    with pytest.raises(DoesNotFit) as refused:
        rest_on(NARROW, stock_of("avery-l7651"))
    assert (
        str(refused.value)
        .replace("\u00a0", " ")
        .startswith(
            "The label 'narrow', 60 by 34 mm, does not fit avery-l7651, whose labels are 38.1 by 21.17 mm: it is 21.9 mm too wide and 12.9 mm too high. It fits avery-l7060, "
        )
    )
    with pytest.raises(DoesNotFit) as refused:
        rest_on(design(60, 36), stock_of("dymo-99012"))
    assert "of which a printer reaches" in str(refused.value)
    with pytest.raises(DoesNotFit, match="No catalogued stock fits it: use a page of its own size"):
        rest_on(design(400, 400), stock_of("brother-dk-22205"))


@pytest.mark.parametrize(
    ("design", "on", "not_on"),
    [
        ("dispensing", ["avery-l7165", "avery-5164", "zebra-4x6in", "avery-l7166"], ["avery-5163", "avery-l7160"]),
        ("dispensing-us", ["avery-5164", "avery-l7166", "zebra-4x6in"], ["avery-l7165", "avery-l7160"]),
        ("dispensing-uk", ["avery-l7166", "zebra-4x6in"], ["avery-5164", "uk-dispensing-70x35"]),
        ("dispensing-large-print", ["zebra-4x6in", "avery-l7167"], ["avery-l7166", "dymo-30256"]),
        ("four-lines", ["avery-l7160", "avery-l7060", "avery-5163"], ["avery-5160", "dymo-99012", "dymo-30334"]),
        ("syringe", ["iso26825-max"], ["iso26825-min"]),
    ],
)  # fmt: skip
def test_each_shipped_design_fits_the_stocks_it_was_drawn_for(
    design: str, on: list[str], not_on: list[str]
) -> None:
    found = [stock.id for stock in stocks_for(load_template(design))]
    assert set(on) <= set(found)
    assert not set(not_on) & set(found)


@pytest.mark.parametrize("name", ["avery-l7160", "avery-5163", "avery-l7165", "avery-l7163"])
def test_every_label_of_a_sheet_lies_at_its_index(name: str, tmp_path: Path) -> None:
    stock = stock_of(name)
    count = stock.columns * stock.rows
    target = tmp_path / "labels.pdf"
    made = write_labels(
        [order(f"Patient{k:03}") for k in range(count + 1)], target, template=NARROW, stock=name
    )
    assert places(made) == [(1, k + 1) for k in range(count)] + [(2, 1)]
    rest = rest_on(NARROW, stock)
    with pdfplumber.open(target) as pdf:
        assert len(pdf.pages) == 2
        found = {
            word["text"].strip(","): word
            for word in pdf.pages[0].extract_words()
            if word["text"].startswith("Patient")
        }
        for index in range(count):
            corner = stock.origin_mm(index)
            word = found[f"Patient{index:03}"]
            assert word["x0"] / MM == pytest.approx(float(corner.x_mm) + rest.x_mm + 1, abs=0.02)
            assert word["top"] / MM == pytest.approx(float(corner.y_mm) + rest.y_mm + 1, abs=0.6)


def test_a_roll_has_a_label_a_page_and_a_check_label_first(tmp_path: Path) -> None:
    target = tmp_path / "roll.pdf"
    made = write_labels([order("One"), order("Two")], target, template=NARROW, stock="zebra-3x2in")
    with pdfplumber.open(target) as pdf:
        assert [(round(p.width / MM, 1), round(p.height / MM, 1)) for p in pdf.pages] == [(76.2, 50.8)] * 3
        first, *others = (page.extract_text() for page in pdf.pages)
        (bar,) = [r for r in pdf.pages[0].rects if r["height"] < 5]
    assert bar["width"] / MM == pytest.approx(50, abs=0.01)
    assert first.startswith("Check label. This bar is 50 mm long. If not, print at 100 %.")
    assert [text.split()[0] for text in others] == ["One,", "Two,"]
    assert made.labels == 2
    assert [label.order for page in made.pages for label in page.labels] == [0, 1, 2]


def test_a_long_label_lies_on_its_side_on_a_narrow_roll() -> None:
    rest = rest_on(design(60, 26), stock_of("brother-dk-22210"))
    assert rest.turned
    assert page_size(design(60, 26), stock_of("brother-dk-22210"), rest) == (60, 29)


def test_a_continuous_roll_is_cut_to_the_design() -> None:
    stock = stock_of("zebra-4x6in")
    endless = msgspec.structs.replace(
        stock, shape="continuous", label_height_mm=Fraction(0), min_length_mm=Fraction(50), max_length_mm=Fraction(55),
        print_x0_mm=None, print_y0_mm=None, print_width_mm=None, print_height_mm=None,
    )  # fmt: skip
    rest = rest_on(NARROW, endless)
    assert page_size(NARROW, endless, rest) == (101.6, 50)
    with pytest.raises(DoesNotFit, match=r"which is 101\.6"):
        rest_on(design(110, 60), endless)
    assert stock_of("brother-dk-11218").shape == "round"
    rest = rest_on(design(12, 9), stock_of("brother-dk-11218"))
    assert (rest.x_mm, rest.y_mm) == (6, 7.5)


def test_the_bar_stands_in_the_margin_of_every_sheet_where_there_is_one(tmp_path: Path) -> None:
    target = tmp_path / "sheets.pdf"
    write_labels([order()] * 22, target, template=NARROW, stock="avery-l7160")
    with pdfplumber.open(target) as pdf:
        for page in pdf.pages:
            (bar,) = [r for r in page.rects if abs(r["width"] / MM - 50) < 0.01]
            assert bar["bottom"] / MM < float(stock_of("avery-l7160").y0_mm) - 1
            assert "avery-l7160. liquidose 0.1.0, data " in page.extract_text()


@pytest.mark.parametrize("stock", [s for s in stocks() if s.paper in SHEETS], ids=lambda stock: stock.id)
def test_the_margin_bar_touches_no_label(stock: Stock) -> None:
    shapes = margin_bar(stock, "words")
    top = float(stock.y0_mm)
    foot = float(stock.origin_mm(stock.columns * stock.rows - 1).y_mm + stock.label_height_mm)
    for shape in shapes:
        if isinstance(shape, Box):
            assert shape.y_mm + shape.height_mm < top or shape.y_mm > foot
            assert 5 <= shape.y_mm <= float(stock.page_mm[1]) - 5


def test_where_no_margin_has_room_the_first_label_is_the_check_label(tmp_path: Path) -> None:
    flush = msgspec.structs.replace(stock_of("avery-l7160"), y0_mm=Fraction(0), dy_mm=Fraction(42), rows=7)
    assert not margin_bar(flush, "")
    made = write_labels([order()], tmp_path / "a.pdf", template=NARROW, stock=flush)
    assert [(label.order, label.place) for label in made.pages[0].labels] == [(0, 1), (1, 2)]
    low = msgspec.structs.replace(stock_of("avery-l7160"), y0_mm=Fraction(0))
    (bar, *_) = margin_bar(low, "")
    assert isinstance(bar, Box)
    assert bar.y_mm > float(low.origin_mm(20).y_mm + low.label_height_mm)


def test_a_check_label_has_the_longest_bar_that_fits() -> None:
    def length(width: float) -> float:
        (bar, *_) = check_label(width, 20, 1, ()).shapes
        assert isinstance(bar, Box)
        return bar.width_mm

    assert [length(wide) for wide in (120, 60, 40, 25, 12)] == [100, 50, 30, 20, 10]
    with pytest.raises(DoesNotFit) as refused:
        check_label(11, 20, 1, ())
    assert str(refused.value) == "A label 11\u00a0mm wide has no room for a check bar. Use a wider label."
    small = check_label(35, 10, 1, ("words that have no room here " * 5,))
    assert "words" not in "".join(shape.text for shape in small.shapes if hasattr(shape, "text"))


def test_copies_parts_and_reprints(tmp_path: Path) -> None:
    def texts(*orders: Order, **options: Any) -> list[str]:
        made = write_labels(orders, tmp_path / "a.pdf", template=WITH_COPY, elements=True, **options)
        return [
            " ".join(e.text for e in label.elements if isinstance(e, Printed) and e.name == "copy")
            for page in made.pages
            for label in page.labels
            if label.order
        ]

    assert texts(order()) == [""]
    assert texts(order(), copies=2) == ["", ""]
    assert texts(order(parts=2, copies=2)) == ["1 of 2", "1 of 2", "2 of 2", "2 of 2"]
    assert texts(order(copies=3), copies=1) == [""]
    assert texts(order(parts=2), reprint=1, reason="jammed") == [
        "1 of 2 · REPRINT\u00a01: jammed",
        "2 of 2 · REPRINT\u00a01: jammed",
    ]
    made = write_labels([order(parts=2)], tmp_path / "b.pdf", template=NARROW, elements=True)
    names = [
        e.text
        for page in made.pages
        for label in page.labels
        for e in label.elements
        if isinstance(e, Printed) and e.name == "patient"
    ]
    assert [name[-6:] for name in names] == ["1 of 2", "2 of 2"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"copies": 0}, "0 copies cannot be printed. Ask for 1 to 1,000."),
        (
            {"reprint": 1},
            'A reprint has a number from 1 to 99 and a reason. Write both: --reprint 1 --reason "jammed".',
        ),
        (
            {"reason": "x"},
            'A reprint has a number from 1 to 99 and a reason. Write both: --reprint 1 --reason "jammed".',
        ),
        ({"start_at": 2}, "Places are counted on a stock. Name the stock."),
    ],
)
def test_a_print_job_that_contradicts_itself_is_refused(
    options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(BadOption) as refused:
        write_labels([order()], tmp_path / "a.pdf", **options)
    assert str(refused.value) == message


def test_orders_are_taken_one_at_a_time_and_a_refusal_writes_nothing(tmp_path: Path) -> None:
    def orders() -> Iterator[Order]:
        yield order("One")
        yield msgspec.structs.replace(
            order("Two"), directions=msgspec.structs.replace(order().directions, dose="5 units")
        )

    with pytest.raises(ValueError, match="they measure different things"):
        write_labels(orders(), tmp_path / "a.pdf")
    with pytest.raises(BadOption, match="There is no order to print a label for"):
        write_labels(iter(()), tmp_path / "a.pdf")
    assert not list(tmp_path.iterdir())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["label", *arguments], prog_name="liquidose")


def test_the_manifest_says_what_the_file_shows(tmp_path: Path) -> None:
    target, listing = tmp_path / "a.pdf", tmp_path / "a.json"
    result = run(
        str(EXAMPLES / "baclofen.toml"), str(EXAMPLES / "paediatric.toml"), "--stock", "zebra-4x6in",
        "-o", str(target), "--manifest", str(listing),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("2 labels written to ")
    made = json.loads(listing.read_text(encoding="utf-8"))
    assert made["schema"] == "liquidose.manifest/1"
    assert not re.search(rb"[0-9]\.[0-9]{7}", listing.read_bytes()), (
        "to a tenth of a micrometre, without the dust of floats"
    )
    with pdfplumber.open(target) as pdf:
        assert pdf.metadata["Keywords"].endswith(f"international rules, id {made['id']}")
        for page, said in zip(pdf.pages, made["pages"], strict=True):
            (label,) = said["labels"]
            words = " ".join(page.extract_text(layout=False).split())
            for element in label["elements"]:
                if element["kind"] == "text" and element["name"] in {"drug", "strength", "patient"}:
                    assert element["text"].replace("\u00a0", " ") in words
                    left, top, wide, high = (side * MM for side in element["box_mm"])
                    inside = [
                        word["text"]
                        for word in page.extract_words()
                        if left - 0.1 <= word["x0"] <= word["x1"] <= left + wide + 0.1
                        and top <= (word["top"] + word["bottom"]) / 2 <= top + high
                    ]
                    assert " ".join(inside) == element["text"].replace("\u00a0", " ")
            (mark,) = [e for e in label["elements"] if e["kind"] == "dose_mark"]
            at, zero = mark["at_mm"][0], mark["zero_at_mm"][0]
            assert at - zero == pytest.approx(float(mark["ml"]) * mark["mm_per_ml"], abs=0.001)
            drawn = [line["x0"] / MM for line in page.lines if line["x0"] == line["x1"]]
            assert min(abs(x - at) for x in drawn) < 0.02
            assert min(abs(x - zero) for x in drawn) < 0.02


def test_the_same_labels_have_the_same_id_and_others_another(tmp_path: Path) -> None:
    def made(*orders: Order, **options: Any) -> Manifest:
        return write_labels(orders, tmp_path / "a.pdf", template=NARROW, **options)

    one, again, other = made(order()), made(order()), made(order("Ann"))
    assert one.id == again.id != other.id
    assert made(order(), stock="avery-l7160").id != one.id
    assert len({made(order(), copies=k).id for k in (1, 2)}) == 2


def test_a_folder_of_orders_goes_on_one_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    order_file = str(EXAMPLES / "baclofen.toml")
    result = run(order_file, order_file, "--stock", "avery-l7160", "--start-at", "20")
    assert result.exit_code == 3
    assert "does not fit avery-l7160" in result.stderr
    result = run(order_file, order_file, "--copies", "2")
    assert result.stdout.startswith("4 labels written to labels.pdf.")
    result = run(order_file, "--skip", "x", "--stock", "avery-l7160")
    assert result.exit_code == 2
