"""Label stock: the sheets and rolls that labels are printed on, and where each label lies."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from typing import Final, Literal, NamedTuple

import msgspec

from liquidose.errors import UnreadableText
from liquidose.files import load_data, nearest
from liquidose.numbers import write_number

Paper = Literal["A4", "Letter", "roll"]

SHEETS: Final[dict[str, tuple[Fraction, Fraction]]] = {
    "A4": (Fraction(210), Fraction(297)),
    "Letter": (Fraction("215.9"), Fraction("279.4")),
}
"""Width and height of each paper, in mm (ISO 216; ANSI Y14.1)."""

OVERHANG_MM: Final = Fraction(1, 4)
OVERLAP_MM: Final = Fraction(1, 20)
"""How far published figures may be out before a grid is refused: they are rounded."""

NEAR_MM: Final = Fraction(1)
"""A size asked for in whole millimetres finds labels this near to it."""


class Stock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One label stock: its paper, the size of a label and the grid the labels stand in.

    Raises:
        ValueError: labels that overlap or hang over the edge of the sheet, with the millimetres.
    """

    id: str
    brand: str
    part: str
    description: str
    paper: Paper
    shape: Literal["rect", "round", "continuous"]
    label_width_mm: Fraction
    label_height_mm: Fraction
    """0 on a continuous roll."""
    columns: int
    rows: int
    x0_mm: Fraction
    y0_mm: Fraction
    """From the sheet's left and top edges to the first label's."""
    dx_mm: Fraction
    dy_mm: Fraction
    """From a label's edge to the same edge of the next."""
    source: str
    confidence: Literal["high", "medium", "low"]
    iso26825_size: bool = False
    per_sheet: int | None = None
    corner_radius_mm: Fraction | None = None
    use: str = ""
    notes: str = ""
    same_layout_as: str = ""
    crosscheck: str = ""
    crosscheck2: str = ""
    crosscheck_max_origin_diff_mm: Fraction | None = None
    crosscheck_max_size_diff_mm: Fraction | None = None
    media_width_mm: Fraction | None = None
    gap_mm: Fraction | None = None
    min_length_mm: Fraction | None = None
    max_length_mm: Fraction | None = None
    print_x0_mm: Fraction | None = None
    print_y0_mm: Fraction | None = None
    print_width_mm: Fraction | None = None
    print_height_mm: Fraction | None = None

    def __post_init__(self) -> None:
        if not self.source:
            raise ValueError("source must say where the figures come from")
        if self.columns < 1 or self.rows < 1 or not self.label_width_mm:
            raise ValueError("a stock has at least one label")
        if self.per_sheet not in {None, self.columns * self.rows}:
            raise ValueError(
                f"per_sheet says {self.per_sheet}, and the grid has {self.columns * self.rows} labels"
            )
        self._check_axis("columns", self.columns, self.dx_mm, self.label_width_mm, self.x0_mm, 0)
        self._check_axis("rows", self.rows, self.dy_mm, self.label_height_mm, self.y0_mm, 1)

    def _check_axis(  # noqa: PLR0913, PLR0917  (one axis of the grid)
        self, what: str, count: int, pitch: Fraction, size: Fraction, start: Fraction, axis: int
    ) -> None:
        if count > 1 and size - pitch > OVERLAP_MM:
            raise ValueError(f"the {what} overlap by {write_number(size - pitch)} mm")
        if self.paper in SHEETS:
            over = start + (count - 1) * pitch + size - SHEETS[self.paper][axis]
            if over > OVERHANG_MM:
                edge = "right" if axis == 0 else "bottom"
                raise ValueError(
                    f"the labels hang over the {edge} edge of {self.paper} by {write_number(over)} mm"
                )

    @property
    def page_mm(self) -> tuple[Fraction, Fraction]:
        """The size of a page: the sheet, or one label of a roll."""
        return SHEETS.get(self.paper, (self.label_width_mm, self.label_height_mm))

    def origin_mm(self, index: int) -> Place:
        """The top left corner of a label, counted by rows from 0; worked out from the index, never added up.

        Raises:
            IndexError: the sheet has no such label.
        """
        if not 0 <= index < self.columns * self.rows:
            raise IndexError(f"{self.id} has no label {index}")
        row, column = divmod(index, self.columns)
        return Place(self.x0_mm + column * self.dx_mm, self.y0_mm + row * self.dy_mm)


class Place(NamedTuple):
    """A point on a sheet, in mm from its top left corner."""

    x_mm: Fraction
    y_mm: Fraction


class _Stocks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    stock: tuple[Stock, ...]


@cache
def stocks() -> tuple[Stock, ...]:
    """Every catalogued stock."""
    return load_data("label-stocks.toml", _Stocks).stock


def stock_of(identity: str, own: Iterable[Stock] = ()) -> Stock:
    """The stock of this id; the site's own go before the catalogue.

    Raises:
        UnreadableText: there is none, with the nearest id that is.
    """
    known = {s.id: s for s in (*stocks(), *own)}
    found = known.get(identity)
    if found is None:
        close = nearest(identity, known)
        remedy = f"Did you mean '{close}'?" if close else "'liquidose stocks' lists them."
        raise UnreadableText(f"There is no label stock '{identity}'.", remedy, given=identity)
    return found


def find_stocks(
    *,
    size_mm: tuple[Fraction, Fraction] | None = None,
    paper: Paper | None = None,
    own: Iterable[Stock] = (),
) -> tuple[Stock, ...]:
    """The stocks of a paper whose labels are within a millimetre of a size, either way round."""

    def fits(stock: Stock) -> bool:
        label = (stock.label_width_mm, stock.label_height_mm)
        return size_mm is None or any(
            all(abs(a - b) <= NEAR_MM for a, b in zip(label, wanted, strict=True))
            for wanted in (size_mm, size_mm[::-1])
        )

    return tuple(s for s in (*stocks(), *own) if (paper is None or s.paper == paper) and fits(s))
