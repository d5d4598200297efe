"""A barcode as black boxes in mm, with its quiet zone kept free inside its place.

zxing-cpp makes the symbol, and is entered only when a design has a barcode. It takes no notice of an option that it
does not know, so what it wrote is compared with what was asked before anything is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from liquidose.errors import CannotWrite, DoesNotFit, GiveWhatIsMissing, UnreadableText
from liquidose.orders.product_code import ProductCode
from liquidose.pages.elements import LEAST_MODULE_MM, BarcodeElement
from liquidose.pages.shapes import Box
from liquidose.quantities.writing import NO_BREAK

Code = ProductCode | str
Matrix = tuple[tuple[bool, ...], ...]
"""Rows of modules, True for black."""

QUIET_MODULES: Final = {"gs1-datamatrix": (1, 1), "qr": (4, 4), "code128": (10, 0)}
"""Modules that stay white at the sides, and above and below.

Source: GS1 General Specifications, table 6, as quoted (DataMatrix 1 on all sides, Code 128 10 at the sides);
ISO/IEC 18004 for QR, unverified.
"""
_IDENTIFIER: Final = {"gs1-datamatrix": "]d2", "qr": "]Q1", "code128": "]C0"}
"""What a scanner says of the kind of symbol; ``]d2`` is a DataMatrix of GS1."""
_GIVE: Final = {
    "gs1": "drug.gtin, or drug.ndc with its hyphens",
    "gtin": "drug.gtin, or drug.ndc with its hyphens",
    "ndc": "drug.ndc",
    "lot": "drug.lot",
    "serial": "drug.serial",
    "rx_number": "dispense.rx_number",
    "document": "the document's id",
    "patient_id": "patient.id",
}
_ALMOST_MM: Final = 1e-6


def code_of(element: BarcodeElement, codes: Mapping[str, Code], *, template: str) -> Code | None:
    """What the barcode holds; None where the order does not give it and the design can do without.

    Raises:
        GiveWhatIsMissing: the design demands it.
    """
    code = codes.get(element.field)
    if code is None and element.missing == "refuse":
        raise GiveWhatIsMissing(
            f"The label '{template}' must show a barcode of '{element.field}', and there is none.",
            f"Give {_GIVE[element.field]}.",
            given=element.field,
        )
    return code


def words_of(code: Code) -> str:
    """The same for people, who must be able to read it where no scanner is (R129)."""
    return code.words if isinstance(code, ProductCode) else code


def draw_barcode(element: BarcodeElement, code: Code) -> Iterator[Box]:
    """The symbol in the middle of its place, as large as the design says or as fits above the floor.

    Raises:
        DoesNotFit: its modules would be smaller than scanners are promised, or it is too long for its kind.
        UnreadableText: a character that this kind of barcode does not carry safely.
    """
    modules = _modules(element, code)
    left, top, width, height = element.box_mm
    beside, above = QUIET_MODULES[element.kind]
    across = len(modules[0]) + 2 * beside
    down = len(modules) + 2 * above
    linear = element.kind == "code128"  # one row, whose bars are as high as the place
    module = min(element.module_mm, width / across, math.inf if linear else height / down)
    if module < LEAST_MODULE_MM - _ALMOST_MM:
        raise _no_room(
            element, width - across * LEAST_MODULE_MM, height - down * LEAST_MODULE_MM, words_of(code)
        )
    high = height if linear else module
    x0 = left + (width - across * module) / 2 + beside * module
    y0 = top if linear else top + (height - down * module) / 2 + above * module
    for row, cells in enumerate(modules):
        column = 0
        for dark, run in groupby(cells):
            length = len(list(run))
            if dark:
                yield Box(
                    x_mm=x0 + column * module,
                    y_mm=y0 + row * module,
                    width_mm=length * module,
                    height_mm=high,
                    fill_grey=0,
                    name="barcode",
                )
            column += length


def _modules(element: BarcodeElement, code: Code) -> Matrix:
    import zxingcpp  # noqa: PLC0415  (only where a design has a barcode)

    kind = element.kind
    if isinstance(code, ProductCode):
        symbol = zxingcpp.create_barcode(
            code.bracketed, zxingcpp.BarcodeFormat.DataMatrix, gs1=True, force_square=True
        )
        wanted = code.scanned
    else:
        wanted = _plain(element.field, code)
        try:
            if kind == "qr":
                symbol = zxingcpp.create_barcode(wanted, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
            else:
                symbol = zxingcpp.create_barcode(wanted, zxingcpp.BarcodeFormat.Code128)
        except ValueError:
            raise DoesNotFit(
                f"The barcode of '{element.field}' cannot hold {len(wanted)} characters.",
                "Shorten it, or use a design with a 'qr' in its place.",
                given=wanted,
            ) from None
    picture: Any = symbol.to_image(scale=1, add_quiet_zones=False)  # a buffer, of which its types say nothing
    rows: Any = memoryview(picture).tolist()
    if (symbol.symbology_identifier, symbol.bytes) != (_IDENTIFIER[kind], wanted.encode("ascii")) or (
        kind != "code128" and len(rows) != len(rows[0])
    ):
        raise CannotWrite(
            f"The barcode of '{element.field}' would not say what it should.",
            "Install a version of zxing-cpp that liquidose is tested with.",
            given=words_of(code),
        )
    kept = rows[:1] if kind == "code128" else rows
    return tuple(tuple(cell == 0 for cell in row) for row in kept)


def _plain(field: str, text: str) -> str:
    """The text, of printable ASCII: scanners differ in what they make of the rest."""
    for character in text:
        if not " " <= character <= "~":
            raise UnreadableText(
                f"The barcode of '{field}' has a character that scanners read differently, U+{ord(character):04X}.",
                "Write it in Latin letters without accents, digits and plain marks.",
                given=text,
            )
    return text


def _no_room(element: BarcodeElement, wide: float, high: float, words: str) -> DoesNotFit:
    short, way = (wide, "wide") if element.kind == "code128" or wide <= high else (high, "high")
    return DoesNotFit(
        f"The barcode of '{element.field}' does not fit: with modules of {LEAST_MODULE_MM:g}{NO_BREAK}mm, the "
        f"smallest allowed, it is {math.ceil(-short * 10 - _ALMOST_MM) / 10:.1f}{NO_BREAK}mm too {way}.",
        "Use a label design with more room for it.",
        given=words,
    )
