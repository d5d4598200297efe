"""Several kinds of labels in one run: a design, a stock and a series of files for each."""

from __future__ import annotations

import itertools
from pathlib import Path

import pdfplumber
import pytest
from tables_of_orders import batch, order, outputs, rejects, summary, table, write_table

KINDS = ("--kind", "small=four-lines on avery-l7160", "--kind", "card=caregiver-card")


def of_kinds(*kinds: str) -> list[dict[str, str]]:
    """An order for each kind."""
    return [order(k, **{"print.kind": kind}) for k, kind in enumerate(kinds, 1)]


def patients(path: Path) -> list[str]:
    """The number of each patient in the order of the labels."""
    with pdfplumber.open(path) as pdf:
        words = [word["text"].rstrip(",") for page in pdf.pages for word in page.extract_words()]
    return [after for word, after in itertools.pairwise(words) if word == "Example"]


def test_each_kind_has_its_files_and_the_summary_adds_up(tmp_path: Path) -> None:
    rows = of_kinds("", "card", "small", "smal", "card", "small", "")
    source = write_table(tmp_path / "o.csv", rows)
    out = tmp_path / "out"
    result = batch(source, "--stock", "avery-l7165", *KINDS, "-o", out)
    assert result.exit_code == 4
    assert result.output == (
        f"6 labels on 1 sheet of L7165, 1 sheet of L7160 (small) and 2 pages (card), 1 rejected: {out / 'rejects.csv'}.\n"
    )
    (reject,) = rejects(out)
    assert (reject["row"], reject["code"], reject["cells"]) == (4, "bad-option", rows[3])
    assert f"{reject['problem']} {reject['remedy']}" == (
        "There is no kind of label 'smal' in this run. Did you mean 'small'? "
        "Name it with --kind, or correct print.kind."
    )
    found = summary(out)
    assert found["files"] == ["labels-0001.pdf", "labels-small-0001.pdf", "labels-card-0001.pdf"]
    assert [(one["kind"], one["template"], one["stock"], one["labels"], one["files"]) for one in found["kinds"]] == [
        ("", "dispensing", "avery-l7165", 2, ["labels-0001.pdf"]),
        ("small", "four-lines", "avery-l7160", 2, ["labels-small-0001.pdf"]),
        ("card", "caregiver-card", "", 2, ["labels-card-0001.pdf"]),
    ]  # fmt: skip
    for what in ("labels", "sheets"):
        assert sum(one[what] for one in found["kinds"]) == found[what]
    assert found["rows"] == found["accepted"] + found["rejects"] == 7
    assert set(found["sha256"]) == set(found["files"])
    assert [patients(out / name) for name in found["files"]] == [["1", "7"], ["3", "6"], ["2", "5"]]


def test_kind_is_printed_as_in_a_run_of_its_own(tmp_path: Path) -> None:
    rows = of_kinds(*["", "small", "card"] * 10)
    source = write_table(tmp_path / "o.csv", rows)
    given = ("--stock", "avery-l7165", "--sheets-per-file", 1)
    assert batch(source, *given, *KINDS, "-o", tmp_path / "out").exit_code == 0
    small = write_table(tmp_path / "small.csv", [
        {name: cell for name, cell in row.items() if name != "print.kind"}
        for row in rows if row["print.kind"] == "small"
    ])  # fmt: skip
    alone = ("--template", "four-lines", "--stock", "avery-l7160", "--sheets-per-file", 1)
    assert batch(small, *alone, "-o", tmp_path / "alone").exit_code == 0
    assert patients(tmp_path / "out" / "labels-small-0001.pdf") == patients(
        tmp_path / "alone" / "labels-0001.pdf"
    )
    found = [name for name in outputs(tmp_path / "out") if name.startswith("labels")]
    assert sorted(found) == [
        "labels-0001.pdf", "labels-0002.pdf", *(f"labels-card-{k:04}.pdf" for k in range(1, 11)),
        "labels-small-0001.pdf",
    ]  # fmt: skip


def test_kinds_with_two_processes_give_the_same_bytes(tmp_path: Path) -> None:
    rows = of_kinds(*["", "small", "card", "small", "nope"] * 24)
    source = write_table(tmp_path / "o.csv", rows)
    for jobs in (1, 2):
        given = (source, "--sheets-per-file", 2, *KINDS, "--jobs", jobs)
        assert batch(*given, "-o", tmp_path / str(jobs)).exit_code == 4
    assert outputs(tmp_path / "1") == outputs(tmp_path / "2")


def test_each_kind_has_its_own_part_used_sheet(tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", of_kinds(*["", "small"] * 4))
    places = ("--start-at", 8, "--start-at", "small=21", "--skip", "small=")
    result = batch(source, "--stock", "avery-l7165", *KINDS, *places, "-o", tmp_path / "x")
    assert (result.exit_code, (tmp_path / "x").exists()) == (2, False)
    given = ("--stock", "avery-l7165", *KINDS, *places[:4])
    assert batch(source, *given, "-o", tmp_path / "out").exit_code == 0
    assert [one["sheets"] for one in summary(tmp_path / "out")["kinds"]] == [2, 2, 0]


def test_kind_may_come_from_a_mapped_column_and_from_json_lines(tmp_path: Path) -> None:
    mapped = [{**order(1), "FORM": "card"}]
    source = write_table(tmp_path / "o.csv", mapped)
    given = ("--map", "kind={FORM}", *KINDS)
    assert batch(source, *given, "-o", tmp_path / "a").exit_code == 0
    assert summary(tmp_path / "a")["files"] == ["labels-card-0001.pdf"]
    lines = tmp_path / "o.jsonl"
    lines.write_text(
        '{"print": {"kind": "card"}, "patient": {"name": "Sam Example 1"}, "drug": {"name": "baclofen", '
        '"strength": "5 mg/5 mL"}, "directions": {"dose": "5 mg"}}\n',
        encoding="utf-8",
    )
    result = batch(lines, *KINDS, "-o", tmp_path / "b")
    assert result.exit_code == 0, rejects(tmp_path / "b")
    assert summary(tmp_path / "b")["files"] == ["labels-card-0001.pdf"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("--kind", "small"), "'small' is no kind of label. Write it like 'syringe=oral-syringe on avery-l7160', its name in letters, digits and hyphens."),
        (("--kind", "../x=four-lines"), "'../x=four-lines' is no kind of label."),
        (("--kind", "a=four-lines", "--kind", "A=four-lines"), "The kind 'A' is given twice. Give it once."),
        (("--kind", "a=four-liens"), "four-lines"),
        (("--kind", "a=four-lines on avery-l716"), "avery-l716"),
        (("--kind", "a=four-lines", "--start-at", "b=3"), "There is no kind of label 'b' in this run."),
        (("--kind", "a=four-lines", "--start-at", "a=x"), "'x' is no place on a sheet. Write its number, such as 7."),
        (("--kind", "a=four-lines"), 'o.csv does not say which kind of label each row has. Add the column print.kind, or say which one it is: --map "kind={COLUMN}".'),
    ],
)  # fmt: skip
def test_kind_with_a_fault_is_refused_before_the_first_row(
    given: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    source = write_table(tmp_path / "o.csv", [order(1)])
    result = batch(source, *given, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert says in result.stderr
    assert not (tmp_path / "out").exists()


def test_column_close_to_the_kind_is_refused(tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", [order(1, **{"print.knid": "card"})])
    for given in ((), ("--map", "purpose=fever")):
        result = batch(source, *KINDS, *given, "-o", tmp_path / "out")
        assert result.exit_code == 2
        assert "print.kind" in result.stderr


def test_row_that_names_a_kind_without_one_given_is_rejected(tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", of_kinds("", "card"))
    assert batch(source, "-o", tmp_path / "out").exit_code == 4
    assert [row["row"] for row in table(tmp_path / "out" / "rejects.csv")] == ["2"]
