"""convert_frame(): a column of doses and a column of strengths become columns of volumes; every row stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final, cast

from liquidose.batch.answers import INPUTS, Answer, Answers
from liquidose.devices.limits import Limits
from liquidose.devices.syringes import Syringe
from liquidose.errors import BadOption, UnreadableText
from liquidose.files import nearest
from liquidose.quantities.writing import Profile

if TYPE_CHECKING:
    import polars  # noqa: ICN001  (the name a reader of the signatures knows)

NEW: Final = Answer._fields
"""The columns that are added."""
LISTS: Final = ("draws_ml", "warnings")
"""Those of them that hold a list of texts in each row."""
_AT_ONCE: Final = 4_000
"""Rows answered before they become columns: the fewer Python values live, the less often all are looked through."""
_MARK: Final = "liquidose: "
"""Before the names of columns that stand in a frame for a moment only."""


def polars_or_refuse() -> Any:
    """The module polars, which comes with an extra.

    Raises:
        BadOption: it is not installed.
    """
    try:
        import polars  # noqa: ICN001, PLC0415  (an extra)
    except ImportError:
        raise BadOption(
            "Columns are worked on by polars, which is not installed.",
            "Install it: pip install 'liquidose[batch]'.",
        ) from None
    return polars


def for_all(value: str | None) -> Any:
    """One value for all rows, where a text would name a column; None stays None.

    Raises:
        BadOption: polars is not installed.
    """
    return None if value is None else polars_or_refuse().lit(value)


def convert_frame(  # noqa: PLR0913  (as convert: all that a dose can depend on)
    frame: Any,
    *,
    dose: str | polars.Expr,
    strength: str | polars.Expr,
    weight: str | polars.Expr | None = None,
    height: str | polars.Expr | None = None,
    bsa: str | polars.Expr | None = None,
    times_a_day: str | int | polars.Expr | None = None,
    component: str | polars.Expr | None = None,
    route: str | polars.Expr | None = None,
    locale: str | polars.Expr | None = None,
    syringes: Iterable[str | Syringe] | polars.Expr | None = None,
    limits: Limits | None = None,
    profile: Profile = "international",
) -> polars.DataFrame:
    """The frame with what :func:`liquidose.convert` answers to each row in columns behind its own.

    ``frame`` is a polars frame or anything that speaks the Arrow C interface (pyarrow, pandas, DuckDB). ``dose``, ``strength``
    and the others name a column of text, or are a polars expression: ``polars.lit("oral")`` is one value for all
    rows. ``syringes`` are stocked for all rows, or an expression of text: the ids of each row, with spaces between them.
    A row that is refused keeps its place, with ``error`` and ``error_text``. docs/columns.md describes
    the new columns.

    Raises:
        BadOption: a column that is not there, or one that is already called like a new one; polars is missing.
        UnreadableText: a column of something other than text, such as floats.
        TypeError: not a frame.

    >>> import polars
    >>> frame = polars.DataFrame({"dose": ["5 mg", "1,5 mg"], "strength": ["5 mg/5 mL", "5 mg/5 mL"]})
    >>> table = convert_frame(frame, dose="dose", strength="strength")
    >>> table["measured_ml"].to_list(), table["error"].to_list()
    (['5', None], [None, 'unreadable-text'])
    """
    inputs = {
        "dose": dose,
        "strength": strength,
        "weight": weight,
        "height": height,
        "bsa": bsa,
        "times_a_day": times_a_day,
        "component": component,
        "route": route,
        "locale": locale,
    }
    for_each = isinstance(syringes, polars_or_refuse().Expr)
    stocked = None if for_each else cast("Iterable[str | Syringe] | None", syringes)
    answers = Answers(syringes=stocked, limits=limits, profile=profile)
    return Columns({**inputs, "syringes": syringes if for_each else None}, answers.to).of(frame)


class Columns:
    """What answers one frame after the other, from the same columns of each."""

    def __init__(self, inputs: Mapping[str, Any], answer: Callable[..., Answer]) -> None:
        self._pl = polars_or_refuse()
        self._inputs = {
            name: given for name, given in inputs.items() if given is not None or name in {"dose", "strength"}
        }
        self._answer = answer

    def of(self, frame: Any) -> polars.DataFrame:
        """The frame with the new columns.

        Raises:
            LiquidoseError, TypeError: as :func:`convert_frame` does.
        """
        rows = self._frame_of(frame)
        clash = [name for name in rows.columns if name in NEW]
        if clash:
            raise BadOption(
                f"The input has a column '{clash[0]}' already, which is the name of a new one.",
                "Rename it or leave it out.",
                given=clash[0],
            )
        inputs = self._inputs_of(rows)
        distinct = inputs.unique(maintain_order=True)
        pieces = [self._answered(piece) for piece in distinct.iter_slices(_AT_ONCE)]
        new = self._pl.concat(pieces, rechunk=True) if pieces else self._table([])
        if distinct.height < inputs.height:
            known = distinct.hstack(new)
            new = inputs.join(
                known, on=inputs.columns, how="left", nulls_equal=True, maintain_order="left"
            ).select(NEW)
        return rows.hstack(new)

    def _answered(self, inputs: polars.DataFrame) -> polars.DataFrame:
        columns = (self._cells(inputs[name]) if name in self._inputs else repeat(None) for name in INPUTS)
        return self._table([*map(self._answer, *columns)])

    def _cells(self, column: polars.Series) -> list[Any]:
        """What the cells give: nothing, where one that may be left out has no text or spaces alone."""
        pl = self._pl
        if column.dtype == pl.String and column.name not in {"dose", "strength"}:
            cell = pl.col(column.name)
            column = column.to_frame().select(pl.when(cell.str.strip_chars(" ") != "").then(cell)).to_series()
        return column.to_list()

    def _frame_of(self, frame: Any) -> polars.DataFrame:
        found = frame.collect() if isinstance(frame, self._pl.LazyFrame) else frame
        if not isinstance(found, self._pl.DataFrame):
            if not (hasattr(found, "__arrow_c_stream__") or hasattr(found, "__arrow_c_array__")):
                raise TypeError(
                    f"A frame is of polars or speaks the Arrow C interface, got {type(frame).__name__}"
                )
            found = self._pl.DataFrame(found)
        return found  # type: ignore[no-any-return]

    def _inputs_of(self, rows: polars.DataFrame) -> polars.DataFrame:
        """The columns that a row's answer depends on, as text, by the names of the arguments."""
        pl = self._pl
        asked = {name: self._expression(name, given, rows.columns) for name, given in self._inputs.items()}
        # A value for all rows takes the height of the frame only beside the frame's own columns.
        marked = rows.with_columns(**{_MARK + name: expression for name, expression in asked.items()})
        inputs = marked.select(pl.col(_MARK + name).alias(name) for name in asked)
        # pandas takes a column of empty cells for floats; of a frame without rows the kind is all there is to go by.
        empty = {column.name for column in inputs if rows.height and column.null_count() == rows.height}
        return inputs.with_columns(
            pl.lit(None, pl.String).alias(name) if name in empty else self._as_text(name, kind)
            for name, kind in inputs.schema.items()
        )

    def _expression(self, name: str, given: Any, columns: list[str]) -> Any:
        pl = self._pl
        if isinstance(given, pl.Expr):
            return given
        if name == "times_a_day" and isinstance(given, int) and not isinstance(given, bool):
            return pl.lit(given)
        if not isinstance(given, str):
            raise TypeError(f"{name} names a column or is a polars expression, got {given!r}")
        if given not in columns:
            close = nearest(given, columns)
            raise BadOption(
                f"There is no column '{given}' for {name}.",
                f"Did you mean '{close}'?"
                if close
                else "Name one that is there; in Python, polars.lit('…') is one value for all rows.",
                given=given,
            )
        return pl.col(given)

    def _as_text(self, name: str, kind: Any) -> Any:
        """The column as text, or refused for what it holds."""
        pl = self._pl
        column = pl.col(name)
        if name == "times_a_day" and kind.is_integer():
            return column
        if kind in {pl.String, pl.Null} or isinstance(kind, (pl.Categorical, pl.Enum)):
            return column.cast(pl.String)
        given = self._inputs[name]
        called = f"the column '{given}'" if isinstance(given, str) else "the expression"
        if name == "times_a_day":
            remedy = "Give whole numbers, or text."
        elif kind.is_float():
            remedy = "A float is not what was written; read the column as text, with the unit in it."
        else:
            remedy = "Give text with the unit in it; polars.format('{} mg', …) writes it from whole or decimal numbers."
        raise UnreadableText(
            f"For {name}, {called} holds {kind}, where text is needed.", remedy, given=str(given)
        )

    def _table(self, answers: list[Answer]) -> polars.DataFrame:
        """The new columns; few lists are different, so that each is written once and then pointed at."""
        pl = self._pl
        columns = (
            dict(zip(NEW, zip(*answers, strict=True), strict=True)) if answers else dict.fromkeys(NEW, ())
        )
        kinds = {"volume_ml_num": pl.Int64, "volume_ml_den": pl.Int64, "change_percent": pl.Float64}
        made = []
        for name, values in columns.items():
            if name in LISTS:
                known: dict[tuple[str, ...] | None, int] = {}
                places = [known.setdefault(value, len(known)) for value in values]
                lists = pl.Series(
                    name, [None if v is None else list(v) for v in known], dtype=pl.List(pl.String)
                )
                made.append(lists.gather(pl.Series(places, dtype=pl.UInt32)))
            else:
                made.append(pl.Series(name, values, dtype=kinds.get(name, pl.String)))
        return pl.DataFrame(made)  # type: ignore[no-any-return]
