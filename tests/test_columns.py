"""convert_frame(): the same answers as convert(), row by row, from every kind of frame; every row keeps its place."""

from __future__ import annotations

import builtins
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tables import Row, jsonl_rows, rows

from liquidose import Conversion, Limits, LiquidoseError, convert, convert_frame
from liquidose.batch import answers
from liquidose.batch.answers import INPUTS, Answers
from liquidose.errors import BadOption, UnreadableText

NEW = [
    "volume_ml_num",
    "volume_ml_den",
    "measured_ml",
    "draws_ml",
    "syringe",
    "change_percent",
    "warnings",
    "error",
    "error_text",
]
CASES = [*rows("convert.toml", "case"), *rows("convert-refused.toml", "case")]
NAMED = tuple(name for name in INPUTS if name != "syringes")
"""The arguments that name a column; syringes by row are an expression."""
TWO = pl.DataFrame({"dose": ["5 mg", "1,5 mg"], "strength": ["5 mg/5 mL", "5 mg/5 mL"]})


def one(**asked: Any) -> Conversion | LiquidoseError:
    """What convert() answers: a conversion, or its refusal as a value."""
    asked = {name: value for name, value in asked.items() if value is not None or name == "strength"}
    try:
        return convert(asked.pop("dose"), asked.pop("strength"), **asked)
    except LiquidoseError as refusal:
        return refusal


def check(row: dict[str, Any], expected: Conversion | LiquidoseError) -> None:
    """Nothing comes out where a row of the table says what convert() says."""
    if isinstance(expected, LiquidoseError):
        assert row["error"] == expected.code
        assert row["error_text"] == str(expected).replace("\u00a0", " ")
        assert {row[name] for name in NEW[:7]} == {None}
        return
    assert row["error"] is row["error_text"] is None
    assert Fraction(row["volume_ml_num"], row["volume_ml_den"]) == expected.volume_ml
    assert row["warnings"] == [warning.code for warning in expected.warnings]
    measured = expected.measured
    if measured is None:
        assert row["measured_ml"] is row["draws_ml"] is row["syringe"] is row["change_percent"] is None
        return
    assert Fraction(row["measured_ml"]) == measured.ml
    assert tuple(map(Fraction, row["draws_ml"])) == measured.draws_ml
    assert row["syringe"] == measured.syringe.id
    assert row["change_percent"] == measured.change_percent.numerator / measured.change_percent.denominator


def agree(asked: list[Row], **options: Any) -> None:
    """Nothing comes out where a frame of these rows is answered as convert() answers each."""
    schema = {name: pl.Int64 if name == "times_a_day" else pl.String for name in NAMED}
    frame = pl.DataFrame([{name: row.get(name) for name in NAMED} for row in asked], schema=schema)
    columns = {name: name for name in NAMED}
    table = convert_frame(frame, **columns, **options)  # type: ignore[arg-type]
    assert table.columns == [*NAMED, *NEW]
    assert table.select(NAMED).equals(frame)
    for row, given in zip(table.iter_rows(named=True), asked, strict=True):
        check(row, one(**{name: given.get(name) for name in NAMED}, **options))


def test_cases_of_convert_are_answered_the_same_in_one_frame() -> None:
    agree([row for row in CASES if "syringes" not in row])


@pytest.mark.parametrize("row", [row for row in CASES if "syringes" in row], ids=lambda row: row["why"])
def test_cases_with_their_own_syringes_are_answered_the_same(row: Row) -> None:
    if row.get("message", "").startswith("There is no syringe"):
        with pytest.raises(
            UnreadableText, match="There is no syringe"
        ):  # wrong for all rows: no row is at fault
            agree([row], syringes=row["syringes"])
    else:
        agree([row], syringes=row["syringes"])


def test_each_row_may_name_its_own_syringes() -> None:
    asked = [row for row in CASES if not row.get("message", "").startswith("There is no syringe")]
    frame = pl.DataFrame(
        [{**row, "syringes": " ".join(row["syringes"]) if "syringes" in row else None} for row in asked],
        schema={name: pl.Int64 if name == "times_a_day" else pl.String for name in INPUTS},
        strict=False,
    )
    table = convert_frame(frame, **{name: name for name in NAMED}, syringes=pl.col("syringes"))  # type: ignore[arg-type]
    for row, given in zip(table.iter_rows(named=True), asked, strict=True):
        check(row, one(**{name: given.get(name) for name in INPUTS}))


def test_a_row_that_names_an_unknown_syringe_is_an_error_and_the_others_are_not() -> None:
    frame = TWO.with_columns(dose=pl.lit("5 mg"), ward=pl.Series(["oral-5 oral-4711", "oral-10"]))
    table = convert_frame(frame, dose="dose", strength="strength", syringes=pl.col("ward"))
    assert table["error"].to_list() == ["unreadable-text", None]
    assert table["error_text"][0].startswith("There is no syringe 'oral-4711' in the catalogue.")
    assert table["syringe"].to_list() == [None, "oral-10"]


def test_worked_conversions_are_answered_the_same() -> None:
    found = [*jsonl_rows("conversions.jsonl"), *jsonl_rows("conversions-odbl.jsonl")]
    agree(
        [
            {**row, "weight": row["weight"] if "/kg" in row["dose"] else None, "locale": "en-US"}
            for row in found
        ]
    )


def test_every_dose_at_every_strength_of_the_tables_is_answered_the_same() -> None:
    doses = [
        (row["text"], row.get("locale")) for key in ("read", "refused") for row in rows("doses.toml", key)
    ]
    strengths = [row["text"] for key in ("read", "refused") for row in rows("strengths.toml", key)]
    strengths += [row["text"] for key in ("product", "strength") for row in rows("traps.toml", key)]
    strengths += [row["text"] for row in rows("products.toml", "read")]
    agree(
        [
            {"dose": dose, "strength": strength, "locale": locale, "weight": "18 kg", "bsa": "0.8 m2"}
            for (dose, locale), strength in product(doses, strengths[::3])
        ]
    )


def test_weights_and_times_are_answered_the_same() -> None:
    given = rows("each-dose.toml", "given") + rows("each-dose.toml", "refused")
    names = ("dose", "weight", "height", "bsa", "times_a_day", "locale")
    agree([{"strength": "5 mg/mL", **{n: row[n] for n in names if n in row}} for row in given])


def test_limits_and_profile_are_the_same_for_all_rows() -> None:
    asked = [
        {"dose": "0.1 mg", "strength": "1 mg/mL"},
        {"dose": "20 mcg (max 10 mcg)", "strength": "1 mcg/mL"},
    ]
    agree(asked, limits=Limits(audience="clinician"), profile="uk")


def test_a_warning_that_two_texts_cause_stands_once() -> None:
    frame = pl.DataFrame({"d": ["5 mg/kg"], "s": ["5 mg/5 cc"], "w": ["10 kg"], "v": ["2 cc/kg"]})
    for dose in ("d", "v"):
        row = convert_frame(frame, dose=dose, strength="s", weight="w").row(0, named=True)
        check(row, one(dose=frame[dose][0], strength="5 mg/5 cc", weight="10 kg"))
        assert row["warnings"].count("doubtful-unit") == 1


def test_a_dose_and_a_strength_in_each_others_columns_are_named_as_such() -> None:
    table = convert_frame(TWO, dose="strength", strength="dose")
    check(table.row(0, named=True), one(dose="5 mg/5 mL", strength="5 mg"))
    assert "the other way round" in table["error_text"][0]


def arrow(frame: pl.DataFrame) -> Any:
    return frame.to_arrow()


class Stream:
    """A frame that nobody knows, which speaks the Arrow C interface and nothing else."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return arrow(TWO).__arrow_c_stream__(requested_schema)


class Array:
    """The same in one piece."""

    def __arrow_c_array__(self, requested_schema: object = None) -> object:
        return arrow(TWO).to_batches()[0].__arrow_c_array__(requested_schema)


FRAMES: dict[str, Callable[[], Any]] = {
    "polars": lambda: TWO,
    "lazy": TWO.lazy,
    "pyarrow": lambda: arrow(TWO),
    "pyarrow large": lambda: arrow(TWO).cast(
        pa.schema([("dose", pa.large_string()), ("strength", pa.large_string())])
    ),
    "pyarrow dictionary": lambda: pa.table(
        {name: pa.array(TWO[name].to_list()).dictionary_encode() for name in TWO.columns}
    ),
    "pyarrow stream": lambda: arrow(TWO).to_reader(),
    "pyarrow views": lambda: pa.table(
        {name: pa.array(TWO[name].to_list(), pa.string_view()) for name in TWO.columns}
    ),
    "stream alone": Stream,
    "array alone": Array,
    "pandas": lambda: pd.DataFrame(TWO.to_dict(as_series=False)),
    "pandas categories": lambda: pd.DataFrame(TWO.to_dict(as_series=False)).astype("category"),
    "categorical": lambda: TWO.cast(pl.Categorical),
    "enum": lambda: TWO.with_columns(pl.col("dose").cast(pl.Enum(["1,5 mg", "5 mg"]))),
}  # fmt: skip


@pytest.mark.parametrize("kind", FRAMES)
def test_every_kind_of_frame_gives_a_polars_frame(kind: str) -> None:
    table = convert_frame(FRAMES[kind](), dose="dose", strength="strength")
    assert isinstance(table, pl.DataFrame)
    assert table.columns == ["dose", "strength", *NEW]
    assert table["measured_ml"].to_list() == ["5", None]
    assert table["error"].to_list() == [None, "unreadable-text"]


DUCKDB = """
import duckdb, liquidose
orders = duckdb.sql("select * from (values ('5 mg', '5 mg/5 mL'), ('1,5 mg', '5 mg/5 mL')) t(dose, strength)")
print(liquidose.convert_frame(orders, dose="dose", strength="strength")["error"].to_list())
"""


@pytest.mark.slow
def test_a_relation_of_duckdb_is_a_frame() -> None:
    """In a process of its own: DuckDB complains on standard error when the interpreter ends."""
    found = subprocess.run([sys.executable, "-c", DUCKDB], capture_output=True, check=True, encoding="utf-8")
    assert found.stdout == "[None, 'unreadable-text']\n"


@pytest.mark.parametrize("wrong", [None, "orders.csv", [{"dose": "5 mg"}], {"dose": ["5 mg"]}])
def test_what_is_no_frame_is_a_type_error(wrong: Any) -> None:
    with pytest.raises(TypeError, match="polars or speaks the Arrow C interface"):
        convert_frame(wrong, dose="dose", strength="strength")


@pytest.mark.parametrize("kind", [pl.Float64, pl.Int64, pl.List(pl.String), pl.Boolean])
def test_a_column_that_holds_nothing_gives_nothing_whatever_its_kind(kind: Any) -> None:
    """pandas takes a column of empty cells for floats."""
    frame = TWO.with_columns(weight=pl.lit(None, kind))
    table = convert_frame(frame, dose="dose", strength="strength", weight="weight")
    assert table["error"].to_list() == [None, "unreadable-text"]
    assert table["weight"].dtype == kind
    nothing = pd.DataFrame({"dose": ["5 mg/kg"], "strength": ["5 mg/5 mL"], "weight": [float("nan")]})
    table = convert_frame(nothing, dose="dose", strength="strength", weight="weight")
    assert table["error"].to_list() == ["give-what-is-missing"]
    with pytest.raises(UnreadableText):
        convert_frame(frame.head(0), dose="dose", strength="strength", weight="weight")


def test_rows_keep_their_order_and_their_doubles() -> None:
    doses = ["5 mg", None, "10 mg", "5 mg", "5 mg", None, "1,5 mg"] * 300
    frame = pl.DataFrame({"n": range(len(doses)), "dose": doses, "strength": ["5 mg/5 mL"] * len(doses)})
    table = convert_frame(frame, dose="dose", strength="strength")
    assert table.drop(NEW).equals(frame)
    assert table["measured_ml"].to_list() == ["5", None, "10", "5", "5", None, None] * 300
    missing, unreadable = "give-what-is-missing", "unreadable-text"
    assert table["error"].to_list() == [None, missing, None, None, None, missing, unreadable] * 300


def test_empty_cells_are_an_error_or_mean_not_given() -> None:
    frame = pl.DataFrame(
        {
            "dose": ["5 mg", None, "5 mg/kg", "5 mg/kg", None],
            "strength": [None, "5 mg/mL", "5 mg/mL", "5 mg/mL", None],
            "weight": [None, None, None, "10 kg", None],
        }
    )
    table = convert_frame(frame, dose="dose", strength="strength", weight="weight")
    assert table["error_text"].to_list() == [
        "There is no strength. Write it from the container, such as '5 mg/5 mL'.",
        "There is no dose. Write it as it was ordered, such as '5 mg'.",
        "5 mg per kg needs the weight, which is not given. Give the weight, such as '18 kg'.",
        None,
        "There is no dose. Write it as it was ordered, such as '5 mg'.",
    ]
    nothing = convert_frame(
        pl.DataFrame({"dose": [None], "strength": [None]}), dose="dose", strength="strength"
    )
    assert nothing["error"].to_list() == ["give-what-is-missing"]


def test_measured_volumes_become_exact_decimals_as_the_page_says() -> None:
    doses = [f"{n / 100:.2f}".rstrip("0").rstrip(".") + " mg" for n in range(20, 3000, 7)]
    frame = pl.DataFrame({"d": doses, "s": ["1 mg/mL"] * len(doses)})
    table = convert_frame(frame, dose="d", strength="s").drop_nulls("measured_ml")
    numbers = table["measured_ml"].cast(pl.Decimal(38, 12)).to_list()
    assert [Fraction(number) for number in numbers] == [Fraction(text) for text in table["measured_ml"]]
    assert any(number % 1 for number in numbers)


@pytest.mark.parametrize("count", [0, 1])
def test_frames_of_no_row_and_of_one_have_every_column(count: int) -> None:
    table = convert_frame(
        TWO.head(count), dose="dose", strength="strength", route=pl.lit("oral"), times_a_day=3
    )
    assert table.height == count
    kinds = [table.schema[name] for name in NEW]
    texts = pl.List(pl.String)
    whole, text = pl.Int64(), pl.String()
    assert kinds == [whole, whole, text, texts, text, pl.Float64(), texts, text, text]


def test_a_volume_past_64_bits_is_an_error_and_never_wraps() -> None:
    frame = pl.DataFrame(
        {"dose": ["1.00000000003 mg/kg"], "strength": ["0.70000000001 mg/mL"], "w": ["10.0000000007 kg"]}
    )
    exact = convert(*frame.row(0)[:2], weight=frame["w"][0]).volume_ml
    assert exact.denominator > 2**63 - 1
    row = convert_frame(frame, dose="dose", strength="strength", weight="w").row(0, named=True)
    assert {row[name] for name in NEW[:7]} == {None}
    assert row["error"] == "past-int64"
    assert row["error_text"] == (
        f"The exact volume {exact} mL has more digits than a column of 64-bit integers holds. "
        "Convert this row on its own, with convert() or the command of that name."
    )


def test_a_denominator_alone_past_64_bits_is_an_error_too() -> None:
    frame = pl.DataFrame({"dose": ["1.0000019 mg"], "strength": ["30.0000001 mg/1.00000000003 mL"]})
    exact = convert(*frame.row(0)).volume_ml
    assert exact.numerator <= 2**63 - 1 < exact.denominator
    assert convert_frame(frame, dose="dose", strength="strength")["error"].to_list() == ["past-int64"]


def test_the_largest_64_bit_number_still_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    row = convert_frame(TWO.head(1), dose="dose", strength="strength").row(0, named=True)
    assert row["error"] is None
    monkeypatch.setattr(answers, "MOST_INT64", 5)
    assert convert_frame(TWO.head(1), dose="dose", strength="strength")["volume_ml_num"].to_list() == [5]
    monkeypatch.setattr(answers, "MOST_INT64", 4)
    assert convert_frame(TWO.head(1), dose="dose", strength="strength")["error"].to_list() == ["past-int64"]


@pytest.mark.parametrize(
    ("column", "remedy"),
    [
        (pl.Series([5.0]), "A float is not what was written; read the column as text, with the unit in it."),
        (pl.Series([5]), "Give text with the unit in it; polars.format('{} mg', …) writes it from whole or decimal numbers."),
        (pl.Series([b"5 mg"]), "Give text with the unit in it; polars.format('{} mg', …) writes it from whole or decimal numbers."),
    ],
)  # fmt: skip
def test_a_column_that_is_no_text_is_refused_by_name(column: pl.Series, remedy: str) -> None:
    frame = pl.DataFrame({"mg": column, "strength": ["5 mg/mL"]})
    with pytest.raises(UnreadableText) as refusal:
        convert_frame(frame, dose="mg", strength="strength")
    assert (
        str(refusal.value)
        == f"For dose, the column 'mg' holds {column.dtype}, where text is needed. {remedy}"
    )
    with pytest.raises(UnreadableText, match="For strength, the expression holds"):
        convert_frame(frame, dose="strength", strength=pl.col("mg"))


def test_numbers_with_a_unit_beside_them_become_text_by_an_expression() -> None:
    frame = pl.DataFrame({"mg": [5, 10], "strength": ["5 mg/mL", "5 mg/mL"]})
    table = convert_frame(frame, dose=pl.format("{} mg", "mg"), strength="strength")
    assert table["measured_ml"].to_list() == ["1", "2"]
    assert table.columns == ["mg", "strength", *NEW]


@pytest.mark.parametrize(
    "times", [pl.Series([3, 3]), pl.Series(["3", "3"]), pl.Series([3, 3], dtype=pl.UInt64)]
)
def test_doses_a_day_are_whole_numbers_or_their_text(times: pl.Series) -> None:
    frame = pl.DataFrame({"d": ["30 mg/day", "60 mg/day"], "s": ["5 mg/mL"] * 2, "t": times})
    table = convert_frame(frame, dose="d", strength="s", times_a_day="t")
    assert table["measured_ml"].to_list() == ["2", "4"]
    assert convert_frame(frame, dose="d", strength="s", times_a_day=3).equals(table)


@pytest.mark.parametrize("times", ["2.5", "three", "", "25", "0"])
def test_other_doses_a_day_are_an_error(times: str) -> None:
    frame = pl.DataFrame({"d": ["30 mg/day"], "s": ["5 mg/mL"], "t": [times]})
    assert convert_frame(frame, dose="d", strength="s", times_a_day="t")["error"][0] is not None


def test_doses_a_day_in_floats_are_refused() -> None:
    frame = TWO.with_columns(t=pl.lit(3.0))
    with pytest.raises(UnreadableText) as refusal:
        convert_frame(frame, dose="dose", strength="strength", times_a_day="t")
    assert str(refusal.value) == (
        "For times_a_day, the column 't' holds Float64, where text is needed. Give whole numbers, or text."
    )


@pytest.mark.parametrize("name", NEW)
def test_a_column_called_like_a_new_one_is_refused(name: str) -> None:
    with pytest.raises(BadOption) as refusal:
        convert_frame(TWO.with_columns(pl.lit("").alias(name)), dose="dose", strength="strength")
    assert str(refusal.value) == (
        f"The input has a column '{name}' already, which is the name of a new one. Rename it or leave it out."
    )


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadOption) as refusal:
        convert_frame(TWO, dose="dose", strength="strenght")
    assert str(refusal.value) == "There is no column 'strenght' for strength. Did you mean 'strength'?"
    with pytest.raises(BadOption) as refusal:
        convert_frame(TWO, dose="dose", strength="strength", route="injection")
    assert str(refusal.value) == (
        "There is no column 'injection' for route. "
        "Name one that is there; in Python, polars.lit('…') is one value for all rows."
    )


@pytest.mark.parametrize(
    "wrong",
    [{"dose": 5}, {"dose": None}, {"strength": None}, {"dose": True}, {"times_a_day": True}, {"weight": 18}],
)
def test_an_argument_that_names_no_column_is_a_type_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="names a column or is a polars expression"):
        convert_frame(TWO, **{"dose": "dose", "strength": "strength", **wrong})


def test_one_value_for_all_rows_is_a_literal() -> None:
    frame = pl.DataFrame({"d": ["1,5 mg"] * 2, "s": ["5 mg/mL"] * 2})
    table = convert_frame(frame, dose="d", strength="s", locale=pl.lit("de-DE"), route=pl.lit("injection"))
    for row in table.iter_rows(named=True):
        check(row, one(dose="1,5 mg", strength="5 mg/mL", locale="de-DE", route="injection"))
    unknown = convert_frame(frame, dose="d", strength="s", route=pl.lit("nose"), locale=pl.lit("de-DE"))
    assert unknown["error"].to_list() == ["unreadable-text"] * 2
    literals = convert_frame(frame, dose=pl.lit("5 mg"), strength=pl.lit("5 mg/mL"))
    assert literals["measured_ml"].to_list() == ["1", "1"]


def test_each_distinct_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    for name in ("ordered_of", "source_of"):
        real = getattr(answers, name)

        def spy(text: str, *rest: Any, real: Any = real, **options: Any) -> Any:
            read.append(text)
            return real(text, *rest, **options)

        monkeypatch.setattr(answers, name, spy)
    pairs = [(f"{dose} mg", f"{strength} mg/mL") for dose in range(1, 8) for strength in range(1, 6)] * 3
    convert_frame(pl.DataFrame(pairs, schema=["d", "s"], orient="row"), dose="d", strength="s")
    assert sorted(read) == sorted([f"{n} mg" for n in range(1, 8)] + [f"{n} mg/mL" for n in range(1, 6)])


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_KEPT", 3)
    mine = Answers()
    for number in range(1, 50):
        assert mine.to(f"{number} mg", "10 mg/mL").volume_ml_num == Fraction(number, 10).numerator
        assert len(mine._doses) <= 3


def test_without_polars_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "polars":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BadOption) as refusal:
        convert_frame(TWO, dose="dose", strength="strength")
    assert str(refusal.value) == (
        "Columns are worked on by polars, which is not installed. Install it: pip install 'liquidose[batch]'."
    )
