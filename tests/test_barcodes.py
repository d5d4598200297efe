"""Barcodes on paper: scanned back from the PDF by a reader that is not ours, white kept around them, no silent loss."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import biip
import msgspec
import pdfplumber
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from PIL import Image, ImageFilter
from tables import plain
from test_identifiers import PRODUCTS

from liquidose.errors import BadFile, CannotWrite, DoesNotFit, GiveWhatIsMissing, UnreadableText
from liquidose.fields import codes_of
from liquidose.files import decode_toml
from liquidose.labelling import write_labels
from liquidose.orders.order import decode_order
from liquidose.orders.product_code import ProductCode
from liquidose.pages.barcodes import Code, draw_barcode
from liquidose.pages.elements import LEAST_MODULE_MM, BarcodeElement, Place
from liquidose.pages.labels import lay_out
from liquidose.pages.shapes import Box, Page, Text
from liquidose.pages.templates import Template
from liquidose.plan import make_plan
from liquidose.render.pdf import render_pdf

HEAD = """
id = "coded"
width_mm = 105
height_mm = 60
margin_mm = 2
left_out = ["patient", "fill", "details", "pharmacy"]
[[text]]
field = "drug"
box_mm = [3, 2, 99, 5]
size_pt = 12
floor_pt = 9
[[text]]
field = "strength"
box_mm = [3, 7, 99, 5]
size_pt = 12
floor_pt = 9
[[text]]
field = "direction"
box_mm = [3, 12, 99, 9]
size_pt = 9
floor_pt = 9
[[text]]
field = "cautions"
box_mm = [3, 21, 99, 9]
size_pt = 7
floor_pt = 7
"""
GS1 = """
[[barcode]]
kind = "gs1-datamatrix"
field = "gs1"
box_mm = [3, 31, 12, 12]
words_box_mm = [15.5, 31, 24, 12]
missing = "refuse"
"""
QR = """
[[barcode]]
kind = "qr"
field = "document"
box_mm = [42, 31, 14, 14]
words_box_mm = [42, 46, 26, 3]
"""
CODE_128 = """
[[barcode]]
kind = "code128"
field = "rx_number"
box_mm = [58, 31, 44, 9]
words_box_mm = [62, 40.5, 40, 3]
"""
PATIENT = """
[[barcode]]
kind = "code128"
field = "patient_id"
box_mm = [44, 49, 58, 6]
words_box_mm = [10, 49, 30, 3]
patient_data = true
"""
PACK = ProductCode(
    gtin="00352652600115", expiry=dt.date(2027, 12, 31), lot="ABC1234-56", serial="100000000001"
)
CODES: dict[str, Code] = {
    "gs1": PACK,
    "document": "3f9a-0c1d-77e2",
    "rx_number": "1234567",
    "patient_id": "MRN-0099",
}
TEXTS = {"drug": ["baclofen"], "strength": ["5\u00a0mg in 5\u00a0mL"], "direction": ["Give 5\u00a0mL."]}
SAYS = {
    (zxingcpp.BarcodeFormat.DataMatrix, "]d2", PACK.scanned),
    (zxingcpp.BarcodeFormat.QRCode, "]Q1", "3f9a-0c1d-77e2"),
    (zxingcpp.BarcodeFormat.Code128, "]C0", "1234567"),
    (zxingcpp.BarcodeFormat.Code128, "]C0", "MRN-0099"),
}
ORDER = """
[patient]
name = "Sam Example"
id = "MRN-0099"
[drug]
name = "baclofen"
strength = "5 mg/5 mL"
ndc = "52652-6001-1"
lot = "ABC1234-56"
expiry = 2027-12-31

[directions]
dose = "5 mg"
times = ["noon"]
[dispense]
rx_number = "1234567"
"""


def design(toml: str) -> Template:
    return decode_toml(HEAD + toml, Template, name="own.toml")


def label(toml: str = GS1 + QR + CODE_128 + PATIENT, codes: Mapping[str, Code] = CODES) -> Page:
    return lay_out(design(toml), TEXTS, None, codes)


@cache
def printed() -> bytes:
    return render_pdf([label()], title="Label")


def raster(pdf: bytes, dpi: int) -> Image.Image:
    """What a printer of one ink makes of the last page; a check label may come before it."""
    pages = pypdfium2.PdfDocument(pdf)
    grey = pages[len(pages) - 1].render(scale=dpi / 72, grayscale=True).to_pil()
    black: Image.Image = grey.point(lambda level: 255 if level > 127 else 0)
    return black


def scanned(image: Image.Image) -> set[tuple[Any, str, str]]:
    found = zxingcpp.read_barcodes(image)
    return {(code.format, code.symbology_identifier, code.bytes.decode()) for code in found}


def pack_on(image: Image.Image) -> zxingcpp.Barcode:
    (pack,) = (b for b in zxingcpp.read_barcodes(image) if b.format == zxingcpp.BarcodeFormat.DataMatrix)
    return pack


def looks(dots: Image.Image) -> Iterator[Image.Image]:
    """What a hand-held scanner sees, which is finer than the dots and tries again: sharp twice, and out of focus."""
    for finer in (3, 4):
        yield dots.resize((dots.width * finer, dots.height * finer), Image.Resampling.NEAREST)
    yield dots.resize((dots.width * 4, dots.height * 4)).filter(ImageFilter.GaussianBlur(2))


def scanned_text(image: Image.Image) -> str | None:
    """What the one barcode says, if it can be read."""
    texts = [text for _, _, text in scanned(image)]
    assert len(texts) < 2
    return texts[0] if texts else None


def element(**changes: Any) -> BarcodeElement:
    return msgspec.convert(
        {
            "kind": "gs1-datamatrix",
            "field": "gs1",
            "box_mm": [2, 2, 20, 20],
            "words_box_mm": [30, 2, 40, 20],
        }
        | changes,
        BarcodeElement,
    )


def alone(barcode: BarcodeElement, code: Code) -> bytes:
    return render_pdf(
        [Page(width_mm=105, height_mm=30, shapes=tuple(draw_barcode(barcode, code)))], title="x"
    )


# Scanned from the paper


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_every_barcode_is_scanned_back_from_the_printed_label(dpi: int) -> None:
    assert scanned(raster(printed(), dpi)) == SAYS
    pack = pack_on(raster(printed(), dpi))
    assert pack.content_type == zxingcpp.ContentType.GS1


def test_a_scanner_tells_the_pack_by_gtin_expiry_lot_and_serial() -> None:
    pack = pack_on(raster(printed(), 300))
    message = biip.parse(pack.symbology_identifier + pack.bytes.decode()).gs1_message
    assert message is not None
    assert [(e.ai.ai, e.value, e.date) for e in message.element_strings] == [
        ("01", "00352652600115", None),
        ("17", "271231", dt.date(2027, 12, 31)),
        ("10", "ABC1234-56", None),
        ("21", "100000000001", None),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize(
    ("kind", "field", "code"),
    [
        ("gs1-datamatrix", "gs1", PACK),
        ("gs1-datamatrix", "gs1", ProductCode(gtin="00352652600115")),
        (
            "gs1-datamatrix",
            "gs1",
            ProductCode(gtin="00352652600115", lot='a(17)"!%&_x<>?;:,.Z', serial="a" * 20),
        ),
        ("qr", "rx_number", "1234567"),
        ("qr", "document", "3f9a-0c1d-77e2/" * 5),
        ("code128", "rx_number", "RX-1234567"),
        ("code128", "rx_number", "00000007"),
    ],
)
def test_the_smallest_module_is_scanned_wherever_it_falls_among_the_dots(
    kind: str, field: str, code: Code, dpi: int
) -> None:
    wanted = code.scanned if isinstance(code, ProductCode) else code
    for module in (LEAST_MODULE_MM, 0.35, 0.38):
        for part in range(7):
            off = 2 + 25.4 / dpi * part / 7
            box = element(kind=kind, field=field, box_mm=[off, off, 90, 25], module_mm=module)
            seen = looks(raster(alone(box, code), dpi))
            assert next(filter(None, map(scanned_text, seen)), None) == wanted, (module, part)


@settings(max_examples=40)
@given(PRODUCTS)
def test_any_pack_is_scanned_back_character_by_character(code: ProductCode) -> None:
    assert scanned(raster(alone(element(), code), 300)) == {
        (zxingcpp.BarcodeFormat.DataMatrix, "]d2", code.scanned)
    }


# White around it, and words beside it


def test_the_quiet_zone_is_white_in_the_pixels() -> None:
    dpi = 1200
    dots = dpi / 25.4
    image = raster(printed(), dpi)
    for barcode, beside, above in zip(
        design(GS1 + QR + CODE_128 + PATIENT).barcode, (1, 4, 10, 10), (1, 4, 0, 0), strict=True
    ):
        left, top, width, height = (side * dots for side in barcode.box_mm)
        place = image.crop((round(left), round(top), round(left + width), round(top + height)))
        ink = place.point(lambda level: 255 - level).getbbox()
        assert ink is not None
        module = barcode.module_mm * dots
        white = (ink[0], place.width - ink[2], ink[1], place.height - ink[3])
        assert all(free >= beside * module - 2 for free in white[:2]), barcode.field
        assert all(free >= above * module - 2 for free in white[2:]), barcode.field


@pytest.mark.parametrize("toml", [GS1, QR, CODE_128])
def test_a_symbol_that_fills_its_place_still_keeps_its_quiet_zone(toml: str) -> None:
    (barcode,) = design(toml).barcode
    big = msgspec.structs.replace(barcode, module_mm=2.0)
    boxes = list(draw_barcode(big, CODES[barcode.field]))
    left, top, width, height = barcode.box_mm
    module = min(box.width_mm for box in boxes)
    beside, above = {"gs1-datamatrix": (1, 1), "qr": (4, 4), "code128": (10, 0)}[barcode.kind]
    assert min(box.x_mm for box in boxes) - left >= beside * module - 1e-6
    assert left + width - max(box.x_mm + box.width_mm for box in boxes) >= beside * module - 1e-6
    assert min(box.y_mm for box in boxes) - top >= above * module - 1e-6
    assert top + height - max(box.y_mm + box.height_mm for box in boxes) >= above * module - 1e-6
    assert module > barcode.module_mm


def test_a_barcode_is_black_boxes_of_whole_modules_drawn_as_vectors() -> None:
    boxes = [shape for shape in label(GS1).named("barcode") if isinstance(shape, Box)]
    assert boxes == label(GS1).named("barcode")
    for box in boxes:
        assert box.fill_grey == 0
        assert box.width_mm / 0.38 == pytest.approx(round(box.width_mm / 0.38))
        assert box.height_mm == pytest.approx(0.38)


def test_a_barcode_is_no_picture_in_the_file(tmp_path: Path) -> None:
    target = tmp_path / "label.pdf"
    target.write_bytes(printed())
    with pdfplumber.open(target) as pdf:
        (page,) = pdf.pages
        assert not page.images
        assert len(page.rects) == len(label().named("barcode"))


def test_the_same_stands_in_words_beside_every_barcode() -> None:
    page = label()
    words = {
        field: " ".join(row.text for row in page.named(field) if isinstance(row, Text)) for field in CODES
    }
    assert {field: plain(text) for field, text in words.items()} == {
        "gs1": "(01) 00352652600115 (17) 271231 (10) ABC1234-56 (21) 100000000001",
        "document": "3f9a-0c1d-77e2",
        "rx_number": "1234567",
        "patient_id": "MRN-0099",
    }
    assert "(01)\u00a000352652600115" in words["gs1"]


def test_a_data_matrix_is_square_and_grows_with_what_it_holds() -> None:
    sides = []
    for code in (
        ProductCode(gtin="00352652600115"),
        PACK,
        ProductCode(gtin=PACK.gtin, lot="a" * 20, serial="b" * 20),
    ):
        boxes = list(draw_barcode(element(), code))
        side = max(box.x_mm + box.width_mm for box in boxes) - min(box.x_mm for box in boxes)
        assert side == pytest.approx(
            max(box.y_mm + box.height_mm for box in boxes) - min(box.y_mm for box in boxes)
        )
        sides.append(round(side / 0.38))
    assert sides == sorted(set(sides))


# From an order


def test_the_codes_of_an_order_are_what_it_gives_and_no_more() -> None:
    plan = make_plan(decode_order(ORDER, name="order.toml"))
    assert codes_of(plan) == {
        "gs1": ProductCode(gtin="00352652600115", lot="ABC1234-56", expiry=dt.date(2027, 12, 31)),
        "gtin": "00352652600115",
        "ndc": "52652-6001-1",
        "lot": "ABC1234-56",
        "rx_number": "1234567",
        "patient_id": "MRN-0099",
    }
    few = ORDER.replace('ndc = "52652-6001-1"\n', "").replace('rx_number = "1234567"\n', "")
    plan = make_plan(decode_order(few.replace('id = "MRN-0099"\n', ""), name="order.toml"))
    assert codes_of(plan) == {"lot": "ABC1234-56"}


def test_an_order_becomes_a_label_with_its_pack_in_a_barcode(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(HEAD + GS1, encoding="utf-8")
    write_labels([decode_order(ORDER, name="order.toml")], tmp_path / "a.pdf", template=str(own))
    assert scanned(raster((tmp_path / "a.pdf").read_bytes(), 300)) == {
        (zxingcpp.BarcodeFormat.DataMatrix, "]d2", "01003526526001151727123110ABC1234-56")
    }


@pytest.mark.slow
def test_a_label_without_a_barcode_does_not_load_the_library(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from liquidose.labelling import write_labels\n"
        "from liquidose.orders.order import decode_order\n"
        f"write_labels([decode_order('''{ORDER}''', name='a')], {str(tmp_path / 'a.pdf')!r})\n"
        "print('zxingcpp' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout == "False\n"


def test_the_page_on_barcodes_is_true(tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "barcodes.md").read_text(encoding="utf-8")
    drug, *barcodes = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    text = re.sub(r"\[drug\]\n(.*\n)+?\n", drug + "\n", ORDER, count=1)
    own = tmp_path / "own.toml"
    own.write_text(HEAD + "".join(barcodes), encoding="utf-8")
    write_labels([decode_order(text, name="order.toml")], tmp_path / "a.pdf", template=str(own))
    assert {says for _, _, says in scanned(raster((tmp_path / "a.pdf").read_bytes(), 300))} == {
        "01003526526001151727123110ABC1234-56\x1d21100000000001",
        "1234567",
    }
    assert plain(PACK.words) in page


# Refusals


def test_a_barcode_that_is_demanded_and_not_given_is_refused() -> None:
    with pytest.raises(GiveWhatIsMissing) as fault:
        label(GS1, {"lot": "A"})
    assert str(fault.value) == (
        "The label 'coded' must show a barcode of 'gs1', and there is none. "
        "Give drug.gtin, or drug.ndc with its hyphens."
    )


def test_a_barcode_that_is_not_demanded_is_left_out_with_its_words() -> None:
    page = label(CODE_128, {})
    assert not page.named("barcode")
    assert not page.named("rx_number")


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"box_mm": [2, 2, 6.4, 20]}, PACK, "it is 1.6\u00a0mm too wide"),
        ({"box_mm": [2, 2, 20, 5]}, PACK, "it is 3.0\u00a0mm too high"),
        (
            {"kind": "qr", "field": "rx_number", "box_mm": [2, 2, 9, 8]},
            "1234567",
            "it is 1.6\u00a0mm too high",
        ),
        (
            {"kind": "code128", "field": "rx_number", "box_mm": [2, 2, 30, 9]},
            "1234567",
            "it is 6.3\u00a0mm too wide",
        ),
    ],
)
def test_a_symbol_too_small_to_scan_is_refused_with_the_mm_missing(
    changes: dict[str, Any], code: Code, says: str
) -> None:
    barcode = element(**changes)
    with pytest.raises(DoesNotFit) as fault:
        list(draw_barcode(barcode, code))
    assert str(fault.value) == (
        f"The barcode of '{barcode.field}' does not fit: with modules of 0.33\u00a0mm, the smallest allowed, {says}. "
        "Use a label design with more room for it."
    )


def test_the_mm_that_are_said_to_be_missing_are_missing() -> None:
    short, enough = (element(box_mm=[2, 2, 6.4 + more, 20]) for more in (1.5, 1.6))
    with pytest.raises(DoesNotFit, match="0\\.1\u00a0mm too wide"):
        list(draw_barcode(short, PACK))
    assert list(draw_barcode(enough, PACK))


def test_words_without_room_are_refused_by_name() -> None:
    with pytest.raises(DoesNotFit, match=r"The text of 'gs1' does not fit"):
        label(GS1.replace("[15.5, 31, 24, 12]", "[15.5, 31, 10, 12]"))


def test_too_many_characters_for_a_code_128_are_refused() -> None:
    with pytest.raises(DoesNotFit) as fault:
        label(CODE_128, {"rx_number": "A" * 200})
    assert str(fault.value) == (
        "The barcode of 'rx_number' cannot hold 200 characters. "
        "Shorten it, or use a design with a 'qr' in its place."
    )


@pytest.mark.parametrize("text", ["12\x1d34", "12\x0034", "12é", "12\u200b", "１２"])
@pytest.mark.parametrize("toml", [QR.replace("document", "rx_number"), CODE_128])
def test_characters_that_scanners_read_differently_are_refused(toml: str, text: str) -> None:
    with pytest.raises(UnreadableText) as fault:
        label(toml, {"rx_number": text})
    odd = next(c for c in text if not " " <= c <= "~")
    assert str(fault.value) == (
        f"The barcode of 'rx_number' has a character that scanners read differently, U+{ord(odd):04X}. "
        "Write it in Latin letters without accents, digits and plain marks."
    )


def test_every_printable_ascii_character_is_carried() -> None:
    whole = "".join(map(chr, range(32, 127)))
    for toml in (
        element(kind="qr", field="rx_number", box_mm=[2, 2, 25, 25]),
        element(kind="code128", field="rx_number", box_mm=[1, 2, 103, 10]),
    ):
        for text in (whole[k : k + 12] for k in range(0, len(whole), 12)):
            ((_, _, says),) = scanned(raster(alone(toml, text), 300))
            assert says == text


def test_a_library_that_writes_something_else_prints_no_label(monkeypatch: pytest.MonkeyPatch) -> None:
    made = zxingcpp.create_barcode

    def forgetful(content: object, kind: zxingcpp.BarcodeFormat, **_: object) -> zxingcpp.Barcode:
        return made(content, kind)

    def rectangular(content: object, kind: zxingcpp.BarcodeFormat, **_: object) -> zxingcpp.Barcode:
        return made(content, kind, gs1=True)

    for other in (forgetful, rectangular):
        monkeypatch.setattr(zxingcpp, "create_barcode", other)
        with pytest.raises(CannotWrite) as fault:
            label(
                GS1,
                {
                    "gs1": ProductCode(
                        gtin="03453120000011", expiry=dt.date(2019, 11, 25), lot="ABCD1234", serial="10"
                    )
                },
            )
        assert str(fault.value) == (
            "The barcode of 'gs1' would not say what it should. "
            "Install a version of zxing-cpp that liquidose is tested with."
        )


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        (
            PATIENT.replace("patient_data = true", ""),
            "own.toml, barcode[0]: the barcode of 'patient_id' holds the patient's data: if it is meant to, say "
            "patient_data = true. Correct it there.",
        ),
        (
            GS1.replace('"gs1"', '"lot"'),
            "own.toml, barcode[0]: a 'gs1-datamatrix' holds the field 'gs1', and no other kind does. Correct it there.",
        ),
        (
            QR.replace('"document"', '"gs1"'),
            "own.toml, barcode[0]: a 'gs1-datamatrix' holds the field 'gs1', and no other kind does. Correct it there.",
        ),
        (
            QR.replace('"document"', '"patient"'),
            "own.toml, barcode[0].field: 'patient' is not one of its values. Did you mean 'patient_id'?",
        ),
        (
            QR.replace('"qr"', '"aztec"'),
            "own.toml, barcode[0].kind: Invalid enum value 'aztec'. Correct it there.",
        ),
        (
            CODE_128.replace("44, 9]", "44, 4]"),
            "own.toml, barcode[0]: the bars of a 'code128' must be at least 5 mm high. Correct it there.",
        ),
        (
            GS1 + "module_mm = 0.25",
            "own.toml, barcode[0].module_mm: 0.25 is not 0.33 or more. Correct it there.",
        ),
        (
            GS1.replace("words_box_mm = [15.5, 31, 24, 12]\n", ""),
            "own.toml, barcode[0]: Object missing required field `words_box_mm`. Correct it there.",
        ),
        (
            GS1.replace("[3, 31,", "[1, 31,"),
            "own.toml: the barcode of 'gs1' reaches 1.00 mm past the margin of 2 mm (left). Correct it there.",
        ),
        (
            GS1.replace("[3, 31,", "[3, 29,"),
            "own.toml: text 'cautions' and the barcode of 'gs1' overlap by 12.00 mm across and 1.00 mm down. "
            "Correct it there.",
        ),
        (
            GS1.replace("[15.5, 31, 24, 12]", "[14, 31, 24, 12]"),
            "own.toml: the barcode of 'gs1' and the words of the barcode of 'gs1' overlap by 1.00 mm across and "
            "12.00 mm down. Correct it there.",
        ),
        (
            GS1 + "[[line]]\nfrom_mm = [0, 42.8]\nto_mm = [50, 42.8]\n",
            "own.toml: the barcode of 'gs1' and line 1 overlap by 12.00 mm across and 0.20 mm down. Correct it there.",
        ),
        (
            GS1 + "[[box]]\nbox_mm = [10, 31, 40, 20]\nfill_grey = 0.9\n",
            "own.toml: the barcode of 'gs1' and box 1 overlap by 5.00 mm across and 12.00 mm down. Correct it there.",
        ),
        (
            GS1 + "[[box]]\nbox_mm = [10, 31, 40, 20]\nthick_mm = 0.2\n",
            "own.toml: the barcode of 'gs1' and box 1 overlap by 0.20 mm across and 12.00 mm down. Correct it there.",
        ),
    ],
)
def test_a_design_whose_barcode_cannot_be_right_is_refused(toml: str, says: str) -> None:
    with pytest.raises(BadFile) as fault:
        design(toml)
    assert str(fault.value) == says


def test_a_frame_around_a_barcode_and_a_white_ground_are_no_fault() -> None:
    frame = "[[box]]\nbox_mm = [2.5, 30.5, 40, 14]\nthick_mm = 0.2\n"
    white = "[[box]]\nbox_mm = [2.5, 30.5, 10, 14]\nfill_grey = 1\n"
    beside = "[[line]]\nfrom_mm = [2.5, 30]\nto_mm = [2.5, 50]\n"
    assert design(GS1 + frame + white + beside).barcode[0].box_mm == Place(3, 31, 12, 12)
