"""liquidose batch: every row of a table comes out exactly once, as a label or among the rejects."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pdfplumber
import pytest
from tables import Row, cases
from tables_of_orders import PLAIN, batch, order, outputs, rejects, summary, table, write_table

from liquidose.batch.mapping import read_map

ROLL = ("--stock", "zebra-4x6in")
EXAMPLE = Path(__file__).parent.parent / "examples" / "orders.csv"


def names(folder: Path) -> list[str]:
    """The patient on each label, in the order of the files and their pages."""
    found = []
    for name in summary(folder)["files"]:
        with pdfplumber.open(folder / name) as pdf:
            for page in pdf.pages:
                text = page.extract_text().replace("\u00a0", " ")
                found += [line.partition(",")[0] for line in text.splitlines() if line.startswith("Sam Ex")]
    return found


@cases("batch.toml", "refused")
def test_bad_row_is_rejected_and_its_neighbours_are_printed(row: Row, tmp_path: Path) -> None:
    bad = {**order(2), **row["cells"]}
    source = write_table(tmp_path / "orders.csv", [order(1), bad, order(3)])
    out = tmp_path / "out"
    result = batch(source, *ROLL, "-o", out)
    assert result.exit_code == 4, result.output
    (reject,) = rejects(out)
    assert (reject["file"], reject["row"], reject["line"]) == ("orders.csv", 2, 3)
    assert reject["code"] == row["code"]
    assert row["says"] in f"{reject['problem']} {reject['remedy']}"
    assert reject["cells"] == bad
    assert names(out) == ["Sam Example 1", "Sam Example 3"]


@cases("batch.toml", "accepted")
def test_good_row_is_printed(row: Row, tmp_path: Path) -> None:
    source = write_table(tmp_path / "orders.csv", [{**order(1), **row["cells"]}])
    result = batch(source, *ROLL, "-o", tmp_path / "out")
    assert result.exit_code == 0, rejects(tmp_path / "out")
    assert result.output == "1 label on a roll of zebra-4x6in, 0 rejected.\n"


def test_example_runs_and_its_page_shows_its_rejects(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert batch(EXAMPLE, *ROLL, "-o", out).exit_code == 4
    found = summary(out)
    assert (found["rows"], found["accepted"], found["rejects"], found["labels"]) == (200, 190, 10, 195)
    page = (EXAMPLE.parent.parent / "docs" / "batch.md").read_text(encoding="utf-8")
    for reject in rejects(out):
        assert f"| {reject['row']} | `{reject['code']}` | `{reject['problem']}` |" in page
    assert found["duplicate_rows"] == [
        {"file": "orders.csv", "row": 110, "first_file": "orders.csv", "first_row": 109}
    ]


def test_copies_run_over_the_end_of_a_file(tmp_path: Path) -> None:
    rows = [order(1), order(2, dispense__copies="5"), order(3, dispense__copies="2"), order(4)]
    out = tmp_path / "out"
    assert batch(write_table(tmp_path / "o.csv", rows), "--sheets-per-file", 3, "-o", out).exit_code == 0
    expected = [1, 2, 2, 2, 2, 2, 3, 3, 4]
    assert names(out) == [f"Sam Example {number}" for number in expected]
    assert summary(out)["files"] == ["labels-0001.pdf", "labels-0002.pdf", "labels-0003.pdf"]


def test_part_used_sheets_are_the_first_of_the_run_only(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(
        '[[stock]]\nid = "own-8"\nbrand = "Own"\npart = "8"\ndescription = "eight"\npaper = "A4"\n'
        'shape = "rect"\nlabel_width_mm = 105\nlabel_height_mm = 74\ncolumns = 2\nrows = 4\nx0_mm = 0\n'
        'y0_mm = 0.5\ndx_mm = 105\ndy_mm = 74\nsource = "a ruler"\nconfidence = "low"\n',
        encoding="utf-8",
    )
    source = write_table(tmp_path / "o.csv", [order(k) for k in range(1, 20)])
    out = tmp_path / "out"
    given = ("--stock", "own-8", "--start-at", 6, "--sheets-per-file", 1, "--site", site)
    assert batch(source, *given, "-o", out).exit_code == 0
    assert summary(out)["sheets"] == 3
    assert [len(_on(out / name)) for name in summary(out)["files"]] == [3, 8, 8]


def _on(path: Path) -> list[str]:
    with pdfplumber.open(path) as pdf:
        return [w["text"] for page in pdf.pages for w in page.extract_words() if w["text"] == "Example"]


def test_check_label_takes_a_place_in_each_file(tmp_path: Path) -> None:
    design = tmp_path / "own.toml"
    shipped = (EXAMPLE.parent.parent / "templates" / "dispensing.toml").read_text(encoding="utf-8")
    bare = shipped.partition("[check_bar]")
    design.write_text(bare[0].replace('"dispensing"', '"own"'), encoding="utf-8")
    source = write_table(tmp_path / "o.csv", [order(k) for k in range(1, 6)])
    given = (source, "--template", design, "-o", tmp_path / "out", "--sheets-per-file")
    result = batch(*given, 1)
    assert result.exit_code == 2
    assert "have no place for a label beside the check label." in result.stderr
    assert batch(*given, 3).exit_code == 0
    assert (summary(tmp_path / "out")["labels"], summary(tmp_path / "out")["sheets"]) == (5, 8)
    assert names(tmp_path / "out") == [f"Sam Example {k}" for k in range(1, 6)]


def test_unknown_printer_is_refused_before_the_first_row(tmp_path: Path) -> None:
    result = batch(write_table(tmp_path / "o.csv", [order(1)]), "--printer", "nobody", "-o", tmp_path / "out")
    assert (result.exit_code, "nobody" in result.stderr) == (2, True)
    assert not (tmp_path / "out").exists()


def test_unknown_locale_is_refused_before_the_first_row(tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", [order(1)])
    assert batch(source, "--locale", "xx-YY", "-o", tmp_path / "out").exit_code == 2
    assert not (tmp_path / "out").exists()


def test_same_bytes_with_two_processes(tmp_path: Path) -> None:
    rows = [order(k, directions__dose="2-May" if k % 7 == 0 else f"{1 + k % 9} mg") for k in range(1, 150)]
    source = write_table(tmp_path / "orders.csv", rows)
    for jobs in (1, 2):
        assert (
            batch(source, "--sheets-per-file", 20, "--jobs", jobs, "-o", tmp_path / str(jobs)).exit_code == 4
        )
    assert outputs(tmp_path / "1") == outputs(tmp_path / "2")


def test_rejects_are_safe_for_a_spreadsheet_and_unchanged_as_json(tmp_path: Path) -> None:
    cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"]
    rows = [order(k, patient__name=cell, directions__dose="much") for k, cell in enumerate(cells)]
    out = tmp_path / "out"
    assert batch(write_table(tmp_path / "o.csv", rows), "-o", out).exit_code == 4
    assert [reject["cells"]["patient.name"] for reject in rejects(out)] == cells
    assert [row["patient.name"] for row in table(out / "rejects.csv")] == [f"'{cell}" for cell in cells]


def test_picking_sheet_and_notes(tmp_path: Path) -> None:
    rows = [order(1), order(2), order(3, dispense__quantity="", directions__dose="5.06 mg")]
    out = tmp_path / "out"
    assert batch(write_table(tmp_path / "o.csv", rows), "-o", out).exit_code == 0
    (pick,) = table(out / "picking.csv")
    assert pick == {
        "drug": "baclofen oral solution", "strength": "5 mg in 5 mL (1 mg per mL)", "orders": "3", "labels": "3",
        "total_ml": "300", "orders_without_quantity": "1",
    }  # fmt: skip
    (note,) = table(out / "notes.csv")
    assert (note["row"], note["note"][:26]) == ("3", "The exact dose is 5.06 mL;")


def test_every_row_that_came_before_is_kept_and_noted(tmp_path: Path) -> None:
    rows = [order(1), *[order(2, directions__dose="5.06 mg")] * 150, order(1)]
    out = tmp_path / "out"
    assert batch(write_table(tmp_path / "o.csv", rows), "-o", out).exit_code == 0
    assert (summary(out)["labels"], summary(out)["duplicates"]) == (152, 150)
    notes = [(row["row"], row["note"]) for row in table(out / "notes.csv")]
    same = [note for note in notes if note[1].startswith("The same row came before")]
    assert same[0] == ("3", "The same row came before: row 2 of o.csv.")
    assert same[-1] == ("152", "The same row came before: row 1 of o.csv.")
    assert len(same) == 150
    assert notes[-1] == same[-1]


def test_dry_run_says_what_would_be_rejected_and_writes_nothing(tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", [order(1), order(2, directions__dose="5")])
    result = batch(source, "--dry-run")
    assert result.exit_code == 4
    assert result.output.splitlines() == [
        "o.csv, row 2 (line 3): '5' has no unit. Write one, such as '5 mg'.",
        "Rows: 2. To be rejected: 1. Labels to be printed: 1. Nothing was written.",
    ]
    assert [p.name for p in tmp_path.iterdir()] == ["o.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("convert", [(), ("--convert",)])
def test_progress_is_shown_on_a_terminal_and_not_in_a_pipe(convert: tuple[str, ...], tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", [order(k) for k in range(130)])
    command = [sys.executable, "-m", "liquidose", "batch", source, *convert, "-o"]
    ours, theirs = pty.openpty()
    subprocess.run([*command, str(tmp_path / "a.csv")], stderr=theirs, stdout=subprocess.PIPE, check=True)
    os.close(theirs)
    shown = b""
    while len(shown) < 4000:
        try:
            shown += os.read(ours, 4000)
        except OSError:  # all was read, and nobody writes any more
            break
    os.close(ours)
    steps = [line for line in shown.decode().split("\r") if "Rows" in line]
    assert "64/130" in "".join(steps)
    assert re.search(r"Rows  \[#{36}\]  130/130  [0-9,]+ rows a second", steps[-1])
    quiet = subprocess.run([*command, str(tmp_path / "b.csv")], capture_output=True, check=True)
    assert (quiet.stderr, quiet.stdout.count(b"\n")) == (b"", 1)


def test_limit_reads_the_first_rows(tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", [order(k) for k in range(9)])
    assert batch(source, "--limit", 4, "-o", tmp_path / "out").exit_code == 0
    assert summary(tmp_path / "out")["rows"] == 4


def test_numbers_never_depend_on_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_table(tmp_path / "o.csv", [order(1, locale="", directions__dose="2,5 mg")])
    monkeypatch.setenv("LIQUIDOSE_LOCALE", "de-DE")
    assert batch(source, "-o", tmp_path / "a").exit_code == 4
    assert batch(source, "-o", tmp_path / "b", "--locale", "de-DE").exit_code == 0


def test_several_files_in_turn_each_with_its_own_headings(tmp_path: Path) -> None:
    one = write_table(tmp_path / "one.csv", [order(1)])
    two = tmp_path / "two.tsv"
    kept = {key: cell for key, cell in order(2).items() if cell}
    two.write_text("\t".join(kept) + "\n" + "\t".join(kept.values()) + "\n", encoding="utf-8")
    three = tmp_path / "three.jsonl"
    nested = {"patient": {"name": "Sam Example 3"}, "drug.name": "baclofen", "drug.strength": "5 mg/5 mL",
              "directions": {"dose": "5 mg", "times": ["morning", "noon"], "times_a_day": None}}  # fmt: skip
    three.write_text(json.dumps(nested) + "\n\n" + '{"patient": 1}\n', encoding="utf-8")
    out = tmp_path / "out"
    assert batch(one, two, three, "-o", out).exit_code == 4
    assert names(out) == ["Sam Example 1", "Sam Example 2", "Sam Example 3"]
    (reject,) = rejects(out)
    assert (reject["file"], reject["row"], reject["line"]) == ("three.jsonl", 2, 3)
    assert reject["cells"] == ['{"patient": 1}']


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "The line is not JSON"),
        ("[1]", "The line is no JSON object."),
        ('{"locale": "en-US", "locale": "de-DE"}', "The line gives 'locale' twice."),
        ('{"patient": {"name": "a"}, "patient.name": "b"}', "The line gives 'patient.name' twice."),
        ('{"patient": "a", "patient.name": "b"}', "The line gives 'patient.name' twice."),
        ('{"revision": NaN}', "NaN is no number."),
        ('{"patient": {"name": "\\ud800"}}', "The line holds half a character."),
        ('{"directions": {"dose": 5}}', "The row, directions.dose: text is needed, and not 5."),
        ('{"directions": {"times": "noon"}}', "The row, directions.times: a list is needed, and not 'noon'."),
        ('{"drug": {"shake": 1}}', "The row, drug.shake: true or false is needed, and not 1."),
        ('{"patient": ' * 5000, "The line is not JSON"),
        ('{"directions": {"dose": "2-May"}}', "was turned into a date by a spreadsheet"),
        ('{"directions": {"as_needed": true}}', ""),
        ('{"protocol": "/etc/passwd"}', "A row has no protocol: it would have a file read."),
    ],
)
def test_json_line_that_is_no_order_is_rejected(line: str, says: str, tmp_path: Path) -> None:
    source = tmp_path / "o.jsonl"
    source.write_text(line + "\n", encoding="utf-8")
    assert batch(source, "-o", tmp_path / "out").exit_code == 4
    (reject,) = rejects(tmp_path / "out")
    assert says in reject["problem"]
    assert reject["cells"] == [line]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "o.csv is empty."),
        (b"\n\n", "o.csv is empty."),
        (b"a;b\n", "there is no column 'a' in an order."),
        (b"patient.name,patient.name\n", "o.csv has the column 'patient.name' twice."),
        (b"patient.name,drug.strenght\n", "Did you mean 'drug.strength'?"),
        (b"patient.name,strength\n", "Did you mean 'drug.strength'?"),
        (b"patient.name,\n", "The headings of o.csv cannot be read: one of them is empty."),
        (b'patient.name,"locale\n', "The headings of o.csv cannot be read: a quotation mark is opened"),
        (b"patient.name\nJ\xf6rg\n", "o.csv is not UTF-8 text: byte 0xF6 in line 2."),
        (
            "patient.name\nJ".encode("utf-16"),
            "byte 0xFF in line 1. Save it as UTF-8, or name its encoding, as in --encoding utf-16.",
        ),
        (
            "patient.name\nJ".encode("utf-16-le"),
            "The headings of o.csv hold null characters. If it is UTF-16, name that, as in --encoding utf-16-le; else check "
            "that it is a table.",
        ),
        (b"patient.name\n" + b"a" * 1_000_001, "o.csv has a line of more than 1,000,000 characters."),
    ],
)
def test_table_that_cannot_be_read_is_refused_before_the_first_row(
    content: bytes, says: str, tmp_path: Path
) -> None:
    source = tmp_path / "o.csv"
    source.write_bytes(content)
    result = batch(source, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert says in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["o.csv"]


@pytest.mark.parametrize(
    ("name", "what"), [("o.xlsx", "a workbook"), ("o.XML", "XML"), ("o.csv.gz", "packed")]
)
def test_file_of_another_kind_is_refused_by_name(name: str, what: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"PK")
    result = batch(tmp_path / name, "-o", tmp_path / "out")
    assert (result.exit_code, result.stderr) == (
        2,
        f"liquidose: {tmp_path / name} is {what}, which is not read. "
        "Save it as CSV in UTF-8, or have it sent as FHIR R4 in JSON.\n",
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("--limit", 0), "At least one sheet and one row are needed. Ask for 1 or more."),
        (("--sheets-per-file", 0), "At least one sheet and one row are needed. Ask for 1 or more."),
        (("--encoding", "rot13"), "There is no text encoding 'rot13'. Name one such as cp1252 or utf-16."),
        (("--encoding", "utf-16"), "o.csv is not text in utf-16. Name the encoding it has."),
        (("--encoding", "utf-7", "half.csv"), "half.csv is not text in utf-7. Name the encoding it has."),
        (("--map-file", "nowhere.toml"), "nowhere.toml cannot be read: No such file or directory."),
        (("--map-file", "bad.toml"), "bad.toml is not TOML: "),
        (("--map-file", "number.toml"), 'number.toml: directions.dose is not text. Write it like dose = "{AMOUNT} {UNIT}".'),
        (("orders",), "orders does not say by its name what it is. Say it with --format csv, tsv, jsonl, parquet or fhir."),
        (("folder.csv",), "folder.csv cannot be read: Is a directory. Check the path."),
        (("pipe.csv",), "pipe.csv is no ordinary file. Give it by standard input, as '-'."),
        (("nowhere.csv",), "nowhere.csv cannot be read: No such file or directory. Check the path."),
    ],
)  # fmt: skip
def test_command_that_cannot_be_carried_out_says_why_and_writes_nothing(
    given: tuple[object, ...], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_table(tmp_path / "o.csv", [order(1)])
    (tmp_path / "half.csv").write_text("patient.name\n+2AA-\n", encoding="ascii")
    (tmp_path / "orders").touch()
    (tmp_path / "bad.toml").write_text("dose", encoding="utf-8")
    (tmp_path / "number.toml").write_text("[directions]\ndose = 5\n", encoding="utf-8")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "pipe.csv").symlink_to(os.devnull)
    before = sorted(tmp_path.iterdir())
    result = batch("o.csv", *given, "-o", "out")
    assert result.exit_code == 2
    assert says in result.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_json_by_standard_input_is_known_for_what_it_is(tmp_path: Path) -> None:
    result = batch("-", "-o", tmp_path / "out", given=b'{"patient.name": "Sam, Example"}\n')
    assert (result.exit_code, result.stderr) == (
        2,
        "liquidose: standard-input begins like JSON, not like the headings of a table. Say --format jsonl, or fhir.\n",
    )


@pytest.mark.parametrize("convert", [(), ("--convert",)])
def test_closed_standard_input_is_said(convert: tuple[str, ...], tmp_path: Path) -> None:
    target = tmp_path / ("o.csv" if convert else "out")
    found = subprocess.run(
        [Path(sys.executable).with_name("liquidose"), "batch", "-", *convert, "-o", target],
        preexec_fn=lambda: os.close(0), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (found.returncode, found.stderr) == (
        2, "liquidose: Standard input is closed. Send the orders to it, or name their file.\n",
    )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("convert", [(), ("--convert",)])
def test_two_files_of_one_name_are_refused(convert: tuple[str, ...], tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_table(tmp_path / folder / "o.csv", [order(1)])
    result = batch(tmp_path / "a" / "o.csv", tmp_path / "b" / "o.csv", *convert, "-o", tmp_path / "t.csv")
    assert (result.exit_code, result.stderr) == (
        2,
        "liquidose: Two files are called o.csv, and a rejected row is found again by its file's name. "
        "Rename one, or read it in a run of its own.\n",
    )


def test_headings_alone_are_a_run_of_no_rows(tmp_path: Path) -> None:
    source = tmp_path / "o.csv"
    source.write_text(",".join(PLAIN), encoding="utf-8")
    assert batch(source, "-o", tmp_path / "out").output == "0 labels on 0 pages, 0 rejected.\n"
    assert summary(tmp_path / "out")["files"] == []


@pytest.mark.parametrize(
    ("encoding", "option"), [("utf-8-sig", ()), ("cp1252", ("--encoding", "cp1252")), ("utf-16", ("--encoding", "utf-16"))]
)  # fmt: skip
def test_table_is_read_in_its_encoding(encoding: str, option: tuple[str, ...], tmp_path: Path) -> None:
    source = tmp_path / "o.csv"
    text = Path(write_table(tmp_path / "plain.csv", [order(1, patient__name="Sam Exämple")])).read_text(
        "utf-8"
    )
    source.write_text(text, encoding=encoding)
    assert batch(source, *option, "-o", tmp_path / "out").exit_code == 0
    assert names(tmp_path / "out") == ["Sam Exämple"]


@pytest.mark.parametrize("broken", ['"Sam', 'Sam,"', '"Sam" Example', "x" * 140_000, "Sam,one cell more", ""])
def test_broken_line_is_one_reject_and_shifts_no_other(broken: str, tmp_path: Path) -> None:
    lines = (
        Path(write_table(tmp_path / "plain.csv", [order(k) for k in range(1, 6)])).read_text().splitlines()
    )
    lines[2] = broken or "only"
    source = tmp_path / "o.csv"
    source.write_text("\r\n".join(lines), encoding="utf-8")
    out = tmp_path / "out"
    assert batch(source, "-o", out).exit_code == 4
    assert [(r["row"], r["line"]) for r in rejects(out)] == [(2, 3)]
    assert names(out) == [f"Sam Example {k}" for k in (1, 3, 4, 5)]
    assert "".join(rejects(out)[0]["cells"]) == lines[2].replace(",", "", lines[2].count(",one"))


def test_quoted_cells_may_hold_marks_and_line_breaks(tmp_path: Path) -> None:
    rows = [order(1, patient__id='a,"b"'), order(2, patient__id="a\nb"), order(3)]
    out = tmp_path / "out"
    assert batch(write_table(tmp_path / "o.csv", rows), "-o", out).exit_code == 4
    (reject,) = rejects(out)
    assert (reject["row"], reject["line"], reject["cells"]["patient.id"]) == (2, 3, "a\nb")
    assert names(out) == ["Sam Example 1", "Sam Example 3"]


def test_semicolons_part_a_table_whose_headings_have_them(tmp_path: Path) -> None:
    source = tmp_path / "o.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(
            [PLAIN, order(1, locale="de-DE", directions__dose="2,5 mg").values()]
        )
    assert batch(source, "-o", tmp_path / "out").exit_code == 0


class TestMapping:
    EXPORT = "NAME,DRUG,STRENGTH,DOSE_VAL,DOSE_UNIT,WARD,TIMES\n"
    MAPS = (
        "--map", "patient.name={NAME}", "--map", "drug.name={DRUG}", "--map", "strength={STRENGTH}",
        "--map", "dose={DOSE_VAL} {DOSE_UNIT}", "--map", "route=by mouth", "--map", "times_a_day={TIMES}",
    )  # fmt: skip

    def run(self, tmp_path: Path, row: str, *maps: str) -> int:
        source = tmp_path / "o.csv"
        source.write_text(self.EXPORT + row, encoding="utf-8")
        return batch(source, *(maps or self.MAPS), "-o", tmp_path / "out").exit_code

    def test_columns_make_fields_and_others_are_left_alone(self, tmp_path: Path) -> None:
        assert self.run(tmp_path, "Sam Example,baclofen,5 mg/5 mL,5,mg,Ward 3,3\n") == 0
        assert names(tmp_path / "out") == ["Sam Example"]

    def test_the_same_in_a_file(self, tmp_path: Path) -> None:
        kept = tmp_path / "map.toml"
        kept.write_text(
            'route = "by mouth"\ndose = "{DOSE_VAL} {DOSE_UNIT}"\ntimes_a_day = "{TIMES}"\n'
            '[patient]\nname = "{NAME}"\n[drug]\nname = "{DRUG}"\nstrength = "{STRENGTH}"\n',
            encoding="utf-8",
        )
        row = "Sam Example,baclofen,5 mg/5 mL,5,mg,Ward 3,3\n"
        assert self.run(tmp_path, row, "--map-file", str(kept)) == 0

    def test_mapping_is_kept_for_next_time(self, tmp_path: Path) -> None:
        row = "Sam Example,baclofen,5 mg/5 mL,5,mg,Ward 3,3\n"
        kept = tmp_path / "map.toml"
        odd = ("--map", 'purpose=for "a\\b"\x7fé')
        assert self.run(tmp_path, row, *self.MAPS, *odd, "--keep-map", str(kept)) in {0, 4}
        assert read_map(file=str(kept)) == read_map([*self.MAPS[1::2], odd[1]])
        assert batch(tmp_path / "o.csv", "--map-file", kept, "-o", tmp_path / "b").exit_code in {0, 4}
        assert outputs(tmp_path / "b") == outputs(tmp_path / "out")
        result = batch(tmp_path / "o.csv", *self.MAPS, "--keep-map", tmp_path / "o.csv", "-o", tmp_path / "c")
        assert (result.exit_code, result.stderr) == (
            2,
            f"liquidose: {tmp_path / 'o.csv'} is there already, and holds something else. Choose a new name.\n",
        )
        for given, says in [
            (("--dry-run", *self.MAPS), "--dry-run writes nothing. Leave --keep-map out."),
            (("-o", tmp_path / "c"), "There is no mapping to keep. Give it with --map."),
        ]:
            result = batch(tmp_path / "o.csv", *given, "--keep-map", tmp_path / "new.toml")
            assert (result.exit_code, says in result.stderr) == (2, True)
        assert not (tmp_path / "new.toml").exists()
        assert not (tmp_path / "c").exists()

    def test_mapping_that_cannot_be_kept_is_said_and_the_labels_are_there(self, tmp_path: Path) -> None:
        self.run(tmp_path, "Sam Example,baclofen,5 mg/5 mL,5,mg,Ward 3,3\n")
        kept = tmp_path / "nowhere" / "map.toml"
        result = batch(tmp_path / "o.csv", *self.MAPS, "-o", tmp_path / "b", "--keep-map", kept)
        assert (result.exit_code, result.stderr) == (
            5,
            f"liquidose: {kept} cannot be written: No such file or directory. "
            "All else is done; name another file with --keep-map.\n",
        )
        assert outputs(tmp_path / "b") == outputs(tmp_path / "out")

    def test_one_empty_cell_of_several_rejects_the_row(self, tmp_path: Path) -> None:
        assert self.run(tmp_path, "Sam Example,baclofen,5 mg/5 mL,,mg,Ward 3,3\n") == 4
        (reject,) = rejects(tmp_path / "out")
        assert reject["problem"] == "directions.dose is made of several columns, and 'DOSE_VAL' is empty."

    def test_a_cell_is_looked_at_before_it_is_put_together(self, tmp_path: Path) -> None:
        assert self.run(tmp_path, "Sam Example,baclofen,5 mg/5 mL,2-May,mg,Ward 3,3\n") == 4
        assert "directions.dose '2-May' was turned into a date" in rejects(tmp_path / "out")[0]["problem"]

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            (
                "dose={DOSE_VAL} {UNIT}",
                "names the column 'UNIT', which o.csv does not have. It has NAME, DRUG",
            ),
            ("dose={DOSE_UNITS}", "Did you mean 'DOSE_UNIT'?"),
            (
                "name={NAME}",
                "'name' could be several fields of an order. Write one of patient.name, drug.name",
            ),
            ("dosee={DOSE_VAL}", "'dosee' is no field of an order. Did you mean 'directions.dose'?"),
            ("dose", "'dose' is no mapping. Write it like 'dose={AMOUNT} {UNIT}'."),
            ("dose={DOSE_VAL", "its braces do not match"),
            ("dose={DOSE_VAL.x!r}", "names the column 'DOSE_VAL.x!r'"),
        ],
    )
    def test_mapping_with_a_fault_is_refused_before_the_first_row(
        self, text: str, says: str, tmp_path: Path
    ) -> None:
        source = tmp_path / "o.csv"
        source.write_text(self.EXPORT, encoding="utf-8")
        result = batch(source, "--map", text, "-o", tmp_path / "out")
        assert result.exit_code == 2
        assert says in result.stderr
        assert not (tmp_path / "out").exists()

    def test_field_is_given_once(self, tmp_path: Path) -> None:
        source = write_table(tmp_path / "o.csv", [order(1)])
        result = batch(source, "--map", "dose={patient.id}", "-o", tmp_path / "out")
        assert "o.csv has a column 'directions.dose', and the mapping makes that field too." in result.stderr
        result = batch(source, "--map", "id={locale}", "--map", "patient.id=1", "-o", tmp_path / "out")
        assert "patient.id is mapped twice." in result.stderr

    def test_column_that_begins_like_an_order_is_never_left_alone(self, tmp_path: Path) -> None:
        source = tmp_path / "o.csv"
        source.write_text("A,directions.max_per_dya\n", encoding="utf-8")
        result = batch(source, "--map", "dose={A}", "-o", tmp_path / "out")
        assert "there is no column 'directions.max_per_dya' in an order." in result.stderr

    def test_json_lines_are_mapped_by_their_keys(self, tmp_path: Path) -> None:
        source = tmp_path / "o.jsonl"
        good = {
            "n": "Sam Example",
            "d": {"value": 5, "unit": "mg"},
            "drug": {"name": "baclofen", "strength": "5 mg/5 mL"},
        }
        bad = {"n": "Sam Example", "drug": {"name": "baclofen", "strength": "5 mg/5 mL"}}
        source.write_text(json.dumps(good) + "\n" + json.dumps(bad) + "\n", encoding="utf-8")
        maps = ("--map", "patient.name={n}", "--map", "dose={d.value} {d.unit}")
        assert batch(source, *maps, "-o", tmp_path / "out").exit_code == 4
        (reject,) = rejects(tmp_path / "out")
        assert "names the column 'd.value', which the row does not have" in reject["problem"]


@pytest.mark.parametrize("given", [(), ("-o", ""), ("--convert", "-o", "")])
def test_output_has_no_place_by_default(given: tuple[str, ...], tmp_path: Path) -> None:
    result = batch(write_table(tmp_path / "o.csv", [order(1)]), *given)
    assert (result.exit_code, result.stderr) == (
        2,
        "liquidose: There is no place for what comes out. Name it, as in -o OUT.\n",
    )


def test_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", [order(1)])
    result = batch(source, "-o", tmp_path)
    assert result.exit_code == 2
    assert "is not empty, and holds no run. Choose a new folder." in result.stderr
    assert os.listdir(tmp_path) == ["o.csv"]  # noqa: PTH208  (names are enough)
