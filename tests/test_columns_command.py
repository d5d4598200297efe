"""liquidose columns: files in and out, every row in its place, whole or not at all; and the same on a cluster."""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from liquidose import convert_frame
from liquidose.batch.answers import Answer, Answers
from liquidose.batch.columns import Columns
from liquidose.cli import main

pytestmark = pytest.mark.usefixtures("bare_environment")

CSV = """\
id,dose,strength,weight,note
1,5 mg,5 mg/5 mL,,=1+1
2,"1,5 mg",5 mg/5 mL,,"x, ""y"" z"
3,15 mg/kg (max 300 mg),160 mg/5 mL,20 kg,
4,,5 mg/5 mL,,007
5,12 mg,1 mg/mL,,""
6,0.02 mg,1 mg/mL,,ü
"""
COLUMNS = ("--dose", "dose", "--strength", "strength")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["columns", *arguments])


def orders(name: str = "orders.csv") -> None:
    Path("orders.csv").write_text(CSV, encoding="utf-8")
    if name.endswith(".parquet"):
        pl.read_csv("orders.csv", infer_schema=False).write_parquet(name)


@pytest.mark.parametrize("lines", [99, 100, 5000])
def test_quotation_mark_that_swallows_rows_is_refused(lines: int) -> None:
    between = "5 mg,5 mg/5 mL,b\n" * (lines - 1)
    Path("orders.csv").write_text(
        f'dose,strength,note\n5 mg,5 mg/5 mL,"a\n{between}5 mg,5 mg/5 mL,c"\n5 mg,5 mg/5 mL,\n',
        encoding="utf-8",
    )
    result = run("orders.csv", "-o", "out.csv", *COLUMNS)
    if lines < 100:
        assert result.output == "2 rows in out.csv: 1 converted, 1 with an error.\n  bad-file: 1\n"
        return
    assert result.output == (
        "liquidose: orders.csv has a cell of more than 100 lines: a quotation mark may be opened and not closed, and the "
        "rows behind it would be lost. Correct the table.\n"
    )
    assert result.exit_code == 2
    assert os.listdir() == ["orders.csv"]  # noqa: PTH208  (names alone)


SEVERAL = (
    "The row cannot be read: it is several lines, each of which may be a row: a quotation mark may be missing. "
    "Correct it in the table."
)
"""In the words of liquidose batch."""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("target", ["out.csv", "out.parquet"])
@pytest.mark.parametrize(
    "lines",
    [
        ['5 mg,5 mg/5 mL,"a', '6 mg,5 mg/5 mL,b"'],
        ['5 mg,5 mg/5 mL,"a', "6 mg,5 mg/5 mL,b", '7 mg,5 mg/5 mL,c"'],
        ['5 mg,5 mg/5 mL,"a, b', '6 mg,5 mg/5 mL,c"'],
        ['5 mg,5 mg/5 mL,"a', 'b""', '6 mg,5 mg/5 mL,""c', 'd"'],  # each with a note of two lines
    ],
)
def test_rows_between_two_stray_marks_are_an_error_with_every_character(
    lines: list[str], target: str, end: str
) -> None:
    rows = ["dose,strength,note", "4 mg,5 mg/5 mL,", *lines, "8 mg,5 mg/5 mL,"]
    Path("orders.csv").write_bytes((end.join(rows) + end).encode())
    result = run("orders.csv", "-o", target, *COLUMNS)
    assert result.output == f"3 rows in {target}: 2 converted, 1 with an error.\n  bad-file: 1\n"
    assert result.exit_code == 4
    found = (pl.read_csv if target.endswith("csv") else pl.read_parquet)(target).to_dicts()
    assert [row["measured_ml"] is None for row in found] == [False, True, False]
    held = found[1]
    assert {name: held[name] for name in Answer._fields if held[name] is not None} == {
        "error": "bad-file",
        "error_text": SEVERAL,
    }
    kept = ",".join(held[name] for name in ("dose", "strength", "note"))
    assert kept.replace('"', "") == end.join(lines).replace('"', "")


def test_the_same_rows_are_rejected_with_the_same_words_by_batch() -> None:
    Path("orders.csv").write_text(
        'dose,strength,note\n5 mg,5 mg/5 mL,"a\n6 mg,5 mg/5 mL,b"\n', encoding="utf-8"
    )
    assert CliRunner().invoke(main, ["batch", "orders.csv", "--convert", "-o", "t.csv"]).exit_code == 4
    with Path("t.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["code"], f"{row['problem']} {row['remedy']}") == ("bad-file", SEVERAL)


@pytest.mark.parametrize("note", ["with food\nor milk", "a\r\nb", "one, or,\ntwo, three\nfour", "a,b,c\n"])
def test_a_note_of_several_lines_is_one_cell(note: str) -> None:
    rows = [["dose", "strength", "note"], ["5 mg", "5 mg/5 mL", note], ["6 mg", "5 mg/5 mL", ""]]
    with Path("orders.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    assert run("orders.csv", "-o", "out.parquet", *COLUMNS).exit_code == 0
    assert pl.read_parquet("out.parquet")["note"].to_list() == [note, None]


def test_the_one_cell_of_a_table_of_one_column_may_have_several_lines() -> None:
    Path("orders.csv").write_text('dose\n"5 mg\nor so"\n', encoding="utf-8")
    assert run("orders.csv", "-o", "out.parquet", "--dose", "dose", "--strength", "dose").exit_code == 4
    assert pl.read_parquet("out.parquet")["error"].to_list() == ["unknown-unit"]


def test_rows_of_a_parquet_file_are_no_lines() -> None:
    frame = pl.DataFrame({"dose": ["5 mg"], "strength": ["5 mg/5 mL"], "note": ["a\n6 mg,5 mg/5 mL,b"]})
    frame.write_parquet("orders.parquet")
    assert run("orders.parquet", "-o", "out.parquet", *COLUMNS).exit_code == 0


def test_quoted_empty_cells_give_nothing() -> None:
    Path("orders.csv").write_text(
        '"dose","strength","weight","route","locale","stock"\n'
        '"5 mg","5 mg/5 mL","","","",""\n'
        '"5 mg","5 mg/5 mL","  "," "," "," "\n'
        '"","5 mg/5 mL","","","",""\n',
        encoding="utf-8",
    )
    by_row = ("--route-column", "route", "--locale-column", "locale", "--syringe-column", "stock")
    result = run("orders.csv", "-o", "out.parquet", *COLUMNS, "--weight", "weight", *by_row)
    assert result.output == ("3 rows in out.parquet: 2 converted, 1 with an error.\n  unreadable-text: 1\n")
    table = pl.read_parquet("out.parquet")
    assert table["measured_ml"].to_list() == ["5", "5", None]
    assert table["weight"].to_list() == ["", "  ", ""]


@pytest.mark.parametrize("source", ["orders.csv", "orders.parquet"])
@pytest.mark.parametrize("target", ["out.csv", "out.parquet"])
def test_every_row_comes_out_in_its_place(source: str, target: str) -> None:
    orders(source)
    result = run(source, "-o", target, *COLUMNS, "--weight", "weight")
    assert result.output == (
        f"6 rows in {target}: 4 converted, 2 with an error.\n"
        "  give-what-is-missing: 1\n"
        "  unreadable-text: 1\n"
        "No syringe was chosen for 1 row of the converted; the warnings say why.\n"
    )
    assert result.exit_code == 4
    before = pl.read_csv("orders.csv", infer_schema=False)
    expected = convert_frame(before, dose="dose", strength="strength", weight="weight")
    if target.endswith(".parquet"):
        assert pl.read_parquet(target).equals(expected)
        return
    with Path(target).open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    with Path("orders.csv").open(encoding="utf-8", newline="") as file:
        for row, given in zip(found, csv.DictReader(file), strict=True):
            assert {name: row[name] for name in given} == given
    for row, wanted in zip(found, expected.iter_rows(named=True), strict=True):
        for name in ("volume_ml_num", "volume_ml_den", "measured_ml", "syringe", "error", "error_text"):
            assert row[name] == ("" if wanted[name] is None else str(wanted[name]))
        assert row["draws_ml"] == " + ".join(wanted["draws_ml"] or [])
        assert row["warnings"] == " ".join(wanted["warnings"] or [])


def test_a_table_without_an_error_ends_well() -> None:
    Path("a.csv").write_text("dose,strength\n12 mg,1 mg/mL\n", encoding="utf-8")
    result = run("a.csv", "-o", "b.csv", *COLUMNS, "--syringe", "oral-10")
    assert result.output == "1 row in b.csv: 1 converted, 0 with an error.\n"
    assert result.exit_code == 0
    assert "12,1,12,6 + 6,oral-10,0.0,several-draws check-the-lines,,\n" in Path("b.csv").read_text()


def test_route_and_locale_are_one_value_for_all_rows() -> None:
    Path("a.csv").write_text('dose;oral,strength\n"1,5 mg",1 mg/mL\n'.replace(";oral", ""), encoding="utf-8")
    assert run("a.csv", "-o", "b.csv", *COLUMNS, "--locale", "de-DE", "--route", "injection").exit_code == 0
    assert ",luer-" in Path("b.csv").read_text()


def test_route_locale_and_syringes_may_stand_in_each_row() -> None:
    Path("liquidose.toml").write_text(
        'stocked = ["oral-10"]\n[[syringe]]\nid = "ward-4"\nkind = "oral"\ncapacity_ml = 4\nstep_ml = 0.2\n'
        'source = ["looked at, ward 3"]\n',
        encoding="utf-8",
    )
    Path("a.csv").write_text(
        "dose,strength,how,stock,numbers\n"
        '"1,5 mg",1 mg/mL,injection,luer-3 luer-5,de-DE\n'
        "1.5 mg,1 mg/mL,,ward-4,\n"
        "1.5 mg,1 mg/mL,oral,,en-US\n"
        '"1,5 mg",1 mg/mL,oral,,\n'
        "1.5 mg,1 mg/mL,nose,,\n"
        "1.5 mg,1 mg/mL,,oral-4711,\n",
        encoding="utf-8",
    )
    by_row = ("--route-column", "how", "--syringe-column", "stock", "--locale-column", "numbers")
    assert run("a.csv", "-o", "b.csv", *COLUMNS, *by_row).exit_code == 4
    table = pl.read_csv("b.csv", infer_schema=False)
    assert table["syringe"].to_list() == ["luer-3", "ward-4", "oral-10", None, None, None]
    assert table["error"].to_list() == [None] * 3 + ["unreadable-text"] * 3
    assert table["error_text"][4] == "'nose' is not a route. Say oral, tube, injection."


@pytest.mark.parametrize(("name", "value"), [("route", "oral"), ("locale", "en-US")])
def test_one_value_for_all_rows_and_a_column_are_not_both_taken(name: str, value: str) -> None:
    orders()
    result = run("orders.csv", "-o", "b.csv", *COLUMNS, f"--{name}", value, f"--{name}-column", "note")
    assert result.output == f"liquidose: --{name} and --{name}-column were both given. Give one of them.\n"
    assert result.exit_code == 2
    assert not Path("b.csv").exists()


def test_the_site_says_which_syringes_and_never_how_numbers_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("liquidose.toml").write_text('locale = "de-DE"\nstocked = ["oral-10"]\n', encoding="utf-8")
    monkeypatch.setenv("LIQUIDOSE_LOCALE", "de-DE")
    Path("a.csv").write_text('dose,strength\n5 mg,1 mg/mL\n"1,5 mg",1 mg/mL\n', encoding="utf-8")
    assert run("a.csv", "-o", "b.parquet", *COLUMNS).exit_code == 4
    table = pl.read_parquet("b.parquet")
    assert table["syringe"].to_list() == ["oral-10", None]
    assert table["error"].to_list() == [None, "unreadable-text"]


REFUSED: list[tuple[str, tuple[str, ...], int, str]] = [
    (
        CSV,
        ("orders.csv", "-o", "out.csv", "--dose", "doze", "--strength", "strength"),
        2,
        "There is no column 'doze' for dose. Did you mean 'dose'?",
    ),
    (
        CSV,
        ("orders.csv", "-o", "out.xlsx", *COLUMNS),
        2,
        "'out.xlsx' is not called .csv or .parquet. Name the file so that it says what it is.",
    ),
    (
        CSV,
        ("orders.csv", "-o", "orders.csv", *COLUMNS),
        2,
        "orders.csv is the file that is read. Choose another name with -o.",
    ),
    (
        CSV,
        ("no.csv", "-o", "out.csv", *COLUMNS),
        2,
        "no.csv cannot be read: No such file or directory. Check the path.",
    ),
    (
        "dose,strength,error\n5 mg,1 mg/mL,\n",
        ("orders.csv", "-o", "out.csv", *COLUMNS),
        2,
        "The input has a column 'error' already, which is the name of a new one. Rename it or leave it out.",
    ),
    (
        "dose,strength,dose\n5 mg,1 mg/mL,50 mg\n",
        ("orders.csv", "-o", "out.csv", *COLUMNS),
        2,
        "orders.csv has two columns called 'dose'. Rename one of them.",
    ),
    (
        CSV,
        ("orders.csv", "-o", "missing/out.csv", *COLUMNS),
        5,
        "missing/out.csv cannot be written: No such file or directory. Choose another place with -o.",
    ),
]


@pytest.mark.parametrize(("text", "arguments", "status", "message"), REFUSED)
def test_what_is_refused_writes_nothing(
    text: str, arguments: tuple[str, ...], status: int, message: str
) -> None:
    Path("orders.csv").write_text(text, encoding="utf-8")
    result = run(*arguments)
    assert result.output == f"liquidose: {message}\n"
    assert result.exit_code == status
    assert Path("orders.csv").read_text(encoding="utf-8") == text
    assert [path.name for path in Path().iterdir() if path.is_file()] == ["orders.csv"]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "orders.csv cannot be read: empty CSV. Check the file."),
        (
            b"dose,strength\r5 mg,1 mg/mL\r6 mg,1 mg/mL\r",
            "The lines of orders.csv end in a carriage return alone, which is not read. Save it as CSV in UTF-8 again.",
        ),
        (
            b"dos\xe9e,strength\n5 mg,1 mg/mL\n",
            "orders.csv cannot be read: it is not UTF-8 text. Save it as UTF-8.",
        ),
        (
            b"dose,strength\n5 mg,1 mg/mL\n\xff\xfe,1 mg/mL\n",
            "orders.csv cannot be read: it is not UTF-8 text. Save it as UTF-8.",
        ),
        (
            b"dose,strength\n5 mg,1 mg/mL,9\n",
            "orders.csv cannot be read: a row has more cells than there are headings. Correct the table.",
        ),
        (
            b'dose,strength\n5 mg,"1 mg/mL\n6 mg,1 mg/mL\n',
            "orders.csv cannot be read: its quotation marks do not match. Correct the table.",
        ),
        (
            b'dose,strength\n"5"0 mg,1 mg/mL\n',
            "orders.csv cannot be read: its quotation marks do not match. Correct the table.",
        ),
        (
            b'dose,strength\n5" mg,1 mg/mL\n6 mg,1 mg/mL\n7 mg,1 mg/mL\n',
            "orders.csv cannot be read: its quotation marks do not match. Correct the table.",
        ),
    ],
)
def test_a_file_that_is_no_table_of_text_is_refused(raw: bytes, message: str) -> None:
    Path("orders.csv").write_bytes(raw)
    result = run("orders.csv", "-o", "out.csv", *COLUMNS)
    assert result.exit_code == 2
    assert result.output == f"liquidose: {message}\n"
    assert [path.name for path in Path().iterdir() if path.is_file()] == ["orders.csv"]


def test_lists_of_the_input_have_no_place_in_a_csv_file() -> None:
    frame = pl.DataFrame({"dose": ["5 mg"], "strength": ["1 mg/mL"], "other": [[1, 2]]})
    frame.write_parquet("a.parquet")
    result = run("a.parquet", "-o", "b.csv", *COLUMNS)
    assert result.exit_code == 2
    assert result.output.startswith(
        "liquidose: a.parquet cannot be turned into b.csv: CSV format does not support nested"
    )
    assert not Path("b.csv").exists()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_brackets_in_a_name_are_no_pattern(ending: str) -> None:
    for name, dose in ((f"orders[1].{ending}", "5 mg"), (f"orders1.{ending}", "50 mg")):
        getattr(pl.DataFrame({"dose": [dose], "strength": ["1 mg/mL"]}), f"write_{ending}")(name)
    assert run(f"orders[1].{ending}", "-o", "out.parquet", *COLUMNS).exit_code == 0
    assert pl.read_parquet("out.parquet")["dose"].to_list() == ["5 mg"]


def test_a_folder_called_like_a_column_adds_none() -> None:
    Path("dose=50 mg").mkdir()
    pl.DataFrame({"dose": ["5 mg"], "strength": ["1 mg/mL"]}).write_parquet("dose=50 mg/a.parquet")
    assert run("dose=50 mg/a.parquet", "-o", "out.parquet", *COLUMNS).exit_code == 0
    assert pl.read_parquet("out.parquet")["volume_ml_num"].to_list() == [5]


def test_a_file_of_a_spreadsheet_has_its_mark_and_its_line_ends_read() -> None:
    Path("a.csv").write_bytes("\ufeffdose,strength\r\n5 mg,1 mg/mL\r\n".encode())
    assert run("a.csv", "-o", "b.csv", *COLUMNS).exit_code == 0
    assert Path("b.csv").read_text(encoding="utf-8").startswith("dose,strength,volume_ml_num,")
    assert "\n5 mg,1 mg/mL,5,1,5,5,oral-5,0.0,check-the-lines,,\n" in Path("b.csv").read_text(
        encoding="utf-8"
    )


def test_floats_in_a_parquet_file_are_refused_before_the_first_row() -> None:
    pl.DataFrame({"dose": [5.0], "strength": ["1 mg/mL"]}).write_parquet("a.parquet")
    result = run("a.parquet", "-o", "b.parquet", *COLUMNS)
    assert result.exit_code == 2
    assert "the column 'dose' holds Float64" in result.output
    assert not Path("b.parquet").exists()


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_run_that_fails_leaves_the_old_file_and_nothing_else(
    fault: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders()
    Path("out.csv").write_text("old", encoding="utf-8")

    def fail(*_: Any) -> None:
        raise fault

    monkeypatch.setattr(os, "fsync", fail)
    result = run("orders.csv", "-o", "out.csv", *COLUMNS)
    assert (result.exit_code, result.output) == (
        (5, "liquidose: out.csv cannot be written: No space left on device. Choose another place with -o.\n")
        if isinstance(fault, OSError)
        else (130, "liquidose: interrupted. A file is written whole or not at all.\n")
    )
    assert Path("out.csv").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in Path().iterdir() if path.is_file()) == ["orders.csv", "out.csv"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_disk_that_takes_no_more_is_said_of_the_target(ending: str) -> None:
    frame = pl.DataFrame({"dose": [f"{n} mg" for n in range(1, 3000)]})
    frame.with_columns(strength=pl.lit("5 mg/mL")).write_csv("orders.csv")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        result = run("orders.csv", "-o", f"out.{ending}", *COLUMNS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert result.output == (
        f"liquidose: out.{ending} cannot be written: File too large (os error 27). Choose another place with -o.\n"
    )
    assert result.exit_code == 5
    assert [path.name for path in Path().iterdir() if path.is_file()] == ["orders.csv"]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file that opens and cannot be read")
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_fault_in_reading_is_said_of_the_source(ending: str) -> None:
    Path(f"orders.{ending}").symlink_to("/proc/self/mem")
    result = run(f"orders.{ending}", "-o", "out.csv", *COLUMNS)
    assert result.output.startswith(f"liquidose: orders.{ending} cannot be read: ")
    assert result.exit_code == 2
    assert not Path("out.csv").exists()


def test_a_reader_that_has_ended_is_told_that_the_table_is_there() -> None:
    orders()
    command = [sys.executable, "-m", "liquidose", "columns", "orders.csv", "-o", "out.csv", *COLUMNS]
    reading, writing = os.pipe()
    os.close(reading)
    found = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False, encoding="utf-8")
    os.close(writing)
    assert found.stderr == (
        "liquidose: Standard output cannot be written: Broken pipe. The table is there: see out.csv.\n"
    )
    assert found.returncode == 5
    assert Path("out.csv").exists()


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_file_goes_through_in_pieces_and_each_distinct_row_once(
    ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 400_000
    frame = pl.DataFrame(
        {
            "n": range(count),
            "dose": [f"{n % 89 + 1} mg" if n % 1000 else "five mg" for n in range(count)],
            "strength": ["5 mg/mL", "20 mg/5 mL"] * (count // 2),
        }
    )
    source, target = f"in.{ending}", f"out.{ending}"
    getattr(frame, f"write_{ending}")(source)
    pieces: list[int] = []
    asked: list[tuple[Any, ...]] = []

    convert_piece, answer = Columns.of, Answers.to

    def of(columns: Columns, piece: Any) -> pl.DataFrame:
        pieces.append(piece.height)
        return convert_piece(columns, piece)

    def to(answers: Answers, *row: Any) -> Answer:
        asked.append(row)
        return answer(answers, *row)

    monkeypatch.setattr(Columns, "of", of)
    monkeypatch.setattr(Answers, "to", to)
    result = run(source, "-o", target, *COLUMNS)
    assert result.output.startswith(f"400,000 rows in {target}: 399,600 converted, 400 with an error.\n")
    assert sum(pieces) == count
    assert max(pieces) < count
    # Two threads may ask for the same row at the same moment; nothing else asks twice.
    assert len(set(asked)) <= len(asked) <= 2 * len(set(asked))
    table = pl.read_csv(target) if ending == "csv" else pl.read_parquet(target)
    assert table["n"].to_list() == list(range(count))
    expected = convert_frame(frame, dose="dose", strength="strength")
    assert table["error"].equals(expected["error"])
    assert table["volume_ml_num"].equals(expected["volume_ml_num"])


@pytest.mark.slow
def test_a_worker_killed_in_mid_run_loses_nothing(tmp_path: Path) -> None:
    """In a process of its own, with real worker processes: the tests allow no sockets."""
    script = Path(__file__).parent / "cluster_columns.py"
    found = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=300,
    )
    assert found.stdout == "killed: True, rows: 10000, errors: 200, same: True\n"
