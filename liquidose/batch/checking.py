"""One row of a table to its labels, laid out, or to the reason why it has none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec

from liquidose.batch.column_files import not_parted
from liquidose.batch.kinds import OWN, kind_among
from liquidose.batch.mapping import KIND, KIND_TABLE, ColumnMap
from liquidose.batch.rejects import Refusal, refused
from liquidose.batch.rows import Row
from liquidose.dosing.strength import ML
from liquidose.errors import BadFile, LiquidoseError, UnreadableText
from liquidose.exchange.spreadsheet import shown
from liquidose.label_making import LabelMaker
from liquidose.numbers import decimal_digits, marks_of
from liquidose.orders.cells import columns, tables
from liquidose.orders.order import Order
from liquidose.orders.rows import json_values, order_of_values, values_of_cells
from liquidose.plan import Plan, make_plan
from liquidose.print_run import Label, Run
from liquidose.quantities.reading import read_quantity
from liquidose.site import Site


class Reading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How rows become orders.

    Raises:
        UnreadableText: a locale that is not known.
    """

    mapping: ColumnMap | None = None
    locale: str | None = None
    """For rows that state none; never from the environment."""

    def __post_init__(self) -> None:
        marks_of(self.locale)


class Picked(NamedTuple):
    """What one accepted order takes from the shelf, and what the pharmacist should know of it."""

    kind: str
    """Of its labels."""
    drug: str
    strength: str
    labels: int
    ml: Fraction | None
    """None where the order does not say how much is dispensed."""
    notes: tuple[str, ...]


class Outcome(NamedTuple):
    """What became of one row."""

    row: Row
    digest: bytes
    """Of its cells: a row that comes twice has the same."""
    found: Picked | Refusal


class Checked(NamedTuple):
    """Some rows in turn: what became of each, and the labels of all that were accepted."""

    outcomes: list[Outcome]
    labels: list[list[Label]]
    """For each row, none for a rejected one."""


class Checker:
    """Reads, plans and lays out rows; what cannot be printed is rejected before it takes a place on a sheet."""

    def __init__(self, reading: Reading, kinds: Mapping[str, Run], site: Site) -> None:
        self._reading, self._site = reading, site
        self._makers = {kind: LabelMaker(run, site) for kind, run in kinds.items()}

    def check(self, rows: Iterable[Row]) -> Checked:
        """What became of each row."""
        checked = Checked([], [])
        for row in rows:
            labels: list[Label] = []
            found: Picked | Refusal
            if isinstance(row.order, Refusal):
                found = row.order
            else:
                try:
                    kind, order = kind_and_order(row, self._reading)
                    maker = kind_among(kind, self._makers)
                    plan = make_plan(order, self._site)
                    labels = list(maker.labels(row.number, plan))
                    found = _picked(kind, plan, sum(label.copies for label in labels), row.notes)
                except LiquidoseError as refusal:
                    labels = []
                    found = refused(refusal)
            checked.outcomes.append(Outcome(row, digest_of(row), found))
            checked.labels.append(labels)
        return checked


def digest_of(row: Row) -> bytes:
    """Sixteen bytes of what the row holds."""
    held = row.original or row.cells
    return hashlib.sha256(msgspec.json.encode((row.columns, held))).digest()[:16]


def kind_and_order(row: Row, reading: Reading) -> tuple[str, Order]:
    """The kind of label that a row asks for, empty for the command's own, and its order.

    Raises:
        LiquidoseError: the row cannot be parted, or is no order.
    """
    if isinstance(row.order, Order):
        return OWN, row.order
    values = values_in(row, reading)
    kind = shown(values.pop(KIND, None)).strip(" ")
    return kind, order_of_values(values, locale=reading.locale)


def values_in(row: Row, reading: Reading) -> dict[str, Any]:
    """The values of a row by field, the kind of its label among them.

    Raises:
        LiquidoseError: the row cannot be parted, or a cell is not what its field takes.
    """
    if row.columns is None:
        given = json_values(row.cells[0])
        if reading.mapping is None:
            return given
        ours = {
            name: value
            for name, value in given.items()
            if name.partition(".")[0] in tables() or name.partition(".")[0] == KIND_TABLE
        }
        reading.mapping.check(given, name="the row")
        return {**ours, **_values_of(reading.mapping.cells(given, locale=reading.locale))}
    cells = cells_of(row)
    own = {name: text for name, text in cells.items() if name in columns() or name == KIND}
    if reading.mapping is not None:
        own |= reading.mapping.cells(cells, locale=reading.locale)
    return _values_of(own)


def _values_of(cells: Mapping[str, Any]) -> dict[str, Any]:
    """As :func:`values_of_cells`, and the kind of label as it stands."""
    values = values_of_cells({name: cell for name, cell in cells.items() if name != KIND})
    return values | ({KIND: cells[KIND]} if KIND in cells else {})


def cells_of(row: Row) -> dict[str, Any]:
    """The cells of a table's row by heading.

    Raises:
        BadFile: a row that cannot be parted, or has too few cells or too many.
        UnreadableText: a cell with a null.
    """
    names = row.columns or ()
    if row.fault:
        raise not_parted(row.fault)
    if len(row.cells) != len(names):
        counted = "1 cell" if len(row.cells) == 1 else f"{len(row.cells)} cells"
        raise BadFile(
            f"The row has {counted}, and there are {len(names)} headings.",
            "A cell is missing or too many, so none can be trusted: correct the row.",
            given="",
        )
    for name, cell in zip(names, row.cells, strict=True):
        if isinstance(cell, str) and "\0" in cell:
            raise UnreadableText(f"{name} holds a null character.", "Type the cell afresh.", given=name)
    return dict(zip(names, row.cells, strict=True))


def _picked(kind: str, plan: Plan, labels: int, notes: tuple[str, ...]) -> Picked:
    given = plan.order.dispense
    ml = None
    if given.quantity is not None:
        amount = read_quantity(given.quantity, locale=plan.order.locale)
        ml = amount.to(ML).value if amount.unit.dimension == ML.dimension else None
    elif plan.order.filled_ahead:
        ml = plan.measured.ml * given.parts
    return Picked(kind, plan.drug, plan.strength, labels, ml, (*plan.off_paper, *notes))


def millilitres(ml: Fraction) -> str:
    """The volume as digits for a column in mL."""
    return decimal_digits(ml) or str(ml)
