"""liquidose batch --convert: a table with volumes, by the same convert() as everybody else's."""

from __future__ import annotations

import json
import resource
from fractions import Fraction
from pathlib import Path

import pytest
from tables import jsonl_rows, rows
from tables_of_orders import batch, order, table, write_table

from liquidose.batch import converting

OPEN = [*jsonl_rows("conversions.jsonl"), *jsonl_rows("conversions-odbl.jsonl")]
LEFT_OUT = rows("conversions-left-out.toml", "left_out")


def test_worked_conversions_agree_and_what_convert_refuses_is_rejected(tmp_path: Path) -> None:
    given = [
        {"case": row["id"], "dose": row["dose"], "strength": row["strength"],
         "weight": row.get("weight", "") if "/kg" in row["dose"] else ""}
        for row in (*OPEN, *LEFT_OUT)
    ]  # fmt: skip
    target = tmp_path / "volumes.csv"
    result = batch(write_table(tmp_path / "o.csv", given), "--convert", "--locale", "en-US", "-o", target)
    assert result.exit_code == 4
    found = {row["case"]: row for row in table(target)}
    rejected = {row["case"] for row in table(tmp_path / "volumes.rejects.csv")}
    assert rejected == {row["id"] for row in LEFT_OUT}
    assert set(found) == {row["id"] for row in OPEN}
    for row in OPEN:
        answer = found[row["id"]]
        exact = Fraction(int(answer["exact_numerator"]), int(answer["exact_denominator"]))
        assert abs(exact - Fraction(row["expected_ml"])) <= Fraction(row["tolerance"])


def test_table_keeps_its_cells_and_says_what_was_measured(tmp_path: Path) -> None:
    given = [{"=note": "=1+1", "dose": "10 mg", "strength": "3 mg/mL"}]
    assert batch(write_table(tmp_path / "o.csv", given), "--convert", "-o", tmp_path / "t.csv").exit_code == 0
    (row,) = table(tmp_path / "t.csv")
    assert row == {
        "file": "o.csv", "row": "1", "line": "2", "'=note": "'=1+1", "dose": "10 mg", "strength": "3 mg/mL",
        "exact_ml": "about 3.33", "exact_numerator": "10", "exact_denominator": "3", "measured_ml": "3",
        "syringe": "oral-3", "draws_ml": "3", "dose_given": "9 mg", "warning_codes": row["warning_codes"],
        "warnings": row["warnings"],
    }  # fmt: skip
    assert "rounded" in row["warning_codes"]


def test_headings_are_safe_for_a_spreadsheet_too(tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", [{"=1+1": "a", "dose": "5", "strength": "5 mg/5 mL"}])
    assert batch(source, "--convert", "-o", tmp_path / "t.csv").exit_code == 4
    assert batch(source, "--map", "dose={dose}", "-o", tmp_path / "out").exit_code == 4
    for folder, name in ((tmp_path, "t.rejects"), (tmp_path / "out", "rejects")):
        (row,) = table(folder / f"{name}.csv")
        assert (row["'=1+1"], "=1+1" in row) == ("a", False)
        (kept,) = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        assert json.loads(kept)["cells"]["=1+1"] == "a"


def test_table_of_whole_orders_and_json_lines_are_converted_too(tmp_path: Path) -> None:
    whole = write_table(tmp_path / "o.csv", [order(1), order(2, drug__name="insulin", directions__route="")])
    lines = tmp_path / "o.jsonl"
    lines.write_text(
        '{"dose": "5 mg", "drug": {"strength": "5 mg/5 mL"}}\n{"dose": "5 mg"}\n', encoding="utf-8"
    )
    result = batch(whole, lines, "--convert", "-o", tmp_path / "t.csv", "--jobs", 2)
    assert (result.exit_code, result.output) == (
        4,
        f"3 of 4 rows in {tmp_path / 't.csv'}, 1 rejected: {tmp_path / 't.rejects.csv'}. "
        "No syringe was chosen for 1 row of them; the warnings say why.\n",
    )
    found = table(tmp_path / "t.csv")
    assert [(row["file"], row["row"], row["measured_ml"]) for row in found] == [
        ("o.csv", "1", "5"), ("o.csv", "2", ""), ("o.jsonl", "1", "5"),
    ]  # fmt: skip
    (reject,) = (tmp_path / "t.rejects.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(reject)["problem"] == "The row gives no drug.strength."
    counted = json.loads((tmp_path / "t.summary.json").read_text(encoding="utf-8"))
    assert {name: counted[name] for name in ("rows", "converted", "not_measured", "rejects")} == {
        "rows": 4, "converted": 3, "not_measured": 1, "rejects": 1,
    }  # fmt: skip


def test_days_of_an_order_do_not_stop_its_volume(tmp_path: Path) -> None:
    dated = order(1, directions__start="2026-12-01", directions__for_days="3", directions__then="stop")
    assert (
        batch(write_table(tmp_path / "o.csv", [dated]), "--convert", "-o", tmp_path / "t.csv").exit_code == 0
    )
    assert [row["measured_ml"] for row in table(tmp_path / "t.csv")] == ["5"]


@pytest.mark.parametrize(
    ("heading", "says"),
    [
        ("dose,directions.dose,strength", "o.csv has the column 'directions.dose' twice."),
        ("dose,strength,measured_ml", "The table has a column 'measured_ml' already."),
        ("dose,strength,directions.max_per_dya", "there is no column 'directions.max_per_dya' in an order."),
    ],
)
def test_heading_that_could_mislead_is_refused(heading: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(heading + "\n", encoding="utf-8")
    result = batch(tmp_path / "o.csv", "--convert", "-o", tmp_path / "t.csv")
    assert (result.exit_code, says in result.stderr) == (2, True)
    assert [p.name for p in tmp_path.iterdir()] == ["o.csv"]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (
            {"directions.times": "morning;noon", "directions.times_a_day": "3"},
            "times names 2 and times_a_day says 3",
        ),
        ({"directions.times": "morning;morning"}, "a time of day stands twice in times"),
        ({"directions.route": "by nose"}, "'by nose' is not a route;"),
        (
            {"directions.split": "unequal"},
            "The row gives directions.split, which a table of volumes leaves out",
        ),
        ({"dose": "2-May"}, "directions.dose '2-May' was turned into a date by a spreadsheet"),
    ],
)
def test_row_that_contradicts_itself_is_rejected(cells: dict[str, str], says: str, tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", [{"dose": "5 mg", "strength": "5 mg/5 mL", **cells}])
    assert batch(source, "--convert", "-o", tmp_path / "t.csv").exit_code == 4
    assert says in table(tmp_path / "t.rejects.csv")[0]["problem"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("most", [0, 5_000, 20_000, 40_000])
def test_full_disk_leaves_no_file_of_four(most: int, ending: str, tmp_path: Path) -> None:
    bad = [{"dose": f"{k}", "strength": "5 mg/5 mL", "name": "Sam Example " * 20} for k in range(1, 150)]
    good = [{"dose": f"{k} mg", "strength": "5 mg/5 mL", "name": "Sam Example"} for k in range(1, 150)]
    source = write_table(tmp_path / "o.csv", [*good, *bad])
    target = tmp_path / f"t.{ending}"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
        result = batch(source, "--convert", "-o", target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (result.exit_code, "cannot be written: File too large" in result.stderr) == (5, True)
    assert [p.name for p in tmp_path.iterdir()] == ["o.csv"]
    assert batch(source, "--convert", "-o", target).exit_code == 4
    assert len(list(tmp_path.iterdir())) == 5


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_interrupt_while_four_files_are_written_leaves_none(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_table(
        tmp_path / "o.csv", [{"dose": "5 mg", "strength": "5 mg/5 mL"}, {"dose": "5", "strength": ""}]
    )

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(converting, "_as_json", interrupted)
    assert batch(source, "--convert", "-o", tmp_path / f"t.{ending}").exit_code == 130
    assert [p.name for p in tmp_path.iterdir()] == ["o.csv"]


@pytest.mark.parametrize(
    ("source", "target"), [("o.csv", "o.csv"), ("t.rejects.csv", "t.csv"), ("t.rejects.csv", "t.parquet")]
)
def test_file_that_is_read_is_never_written_over(source: str, target: str, tmp_path: Path) -> None:
    path = write_table(tmp_path / source, [{"dose": "5 mg", "strength": "5 mg/5 mL"}])
    before = Path(path).read_bytes()
    result = batch(path, "--convert", "-o", tmp_path / target)
    assert (result.exit_code, result.stderr) == (
        2,
        f"liquidose: {path} is a file that is read. Choose another name with -o.\n",
    )
    assert (Path(path).read_bytes(), len(list(tmp_path.iterdir()))) == (before, 1)


@pytest.mark.parametrize(("there", "asked"), [("t.csv", "t.parquet"), ("t.parquet", "t.csv")])
def test_rejects_of_another_table_are_never_written_over(there: str, asked: str, tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", [{"dose": "5", "strength": "5 mg/5 mL"}])
    assert batch(source, "--convert", "-o", tmp_path / there).exit_code == 4
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    result = batch(source, "--convert", "-o", tmp_path / asked)
    assert (result.exit_code, result.stderr) == (
        2,
        f"liquidose: {tmp_path / there} is there, and its rejects have the names that those of {tmp_path / asked} would "
        "get. Choose another name with -o, or take that table away with its rejects.\n",
    )
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("name", ["-", "t.xlsx", "t", "t.CSV"])
def test_table_of_another_name_is_refused(name: str, tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", [{"dose": "5 mg", "strength": "5 mg/5 mL"}])
    result = batch(source, "--convert", "-o", name)
    assert (result.exit_code, result.stderr) == (
        2,
        f"liquidose: '{name}' is not called .csv or .parquet. Name the file so that it says what it is.\n",
    )


def test_rows_that_came_before_are_kept_and_named(tmp_path: Path) -> None:
    given = [{"dose": dose, "strength": "5 mg/5 mL"} for dose in ("5 mg", "2 mg", "5 mg", "x", "x", "5 mg")]
    result = batch(write_table(tmp_path / "o.csv", given), "--convert", "-o", tmp_path / "t.csv")
    assert result.output == (
        f"4 of 6 rows in {tmp_path / 't.csv'}, 2 rejected: {tmp_path / 't.rejects.csv'}. "
        f"3 rows came before: see duplicate_rows in {tmp_path / 't.summary.json'}.\n"
    )
    found = json.loads((tmp_path / "t.summary.json").read_text(encoding="utf-8"))
    assert found["duplicates"] == 3
    assert [(one["row"], one["first_row"]) for one in found["duplicate_rows"]] == [(3, 1), (5, 4), (6, 1)]
    assert [row["row"] for row in table(tmp_path / "t.csv")] == ["1", "2", "3", "6"]


@pytest.mark.parametrize(
    ("cells", "volume", "codes", "says"),
    [
        ({"dose": "30 mg/kg/day", "every": "8 hours", "weight": "10 kg"}, "10", {"interval"}, ""),
        ({"dose": "30 mg/kg/day", "times_a_day": "3", "weight": "10 kg"}, "10", set(), ""),
        ({"dose": "100 mg", "as_needed": "true"}, "10", {"no-daily-maximum"}, ""),
        ({"dose": "100 mg", "as_needed": "fever", "max_per_day": "4 doses"}, "10", set(), ""),
        ({"dose": "100 mg", "as_needed": "true", "max_per_day": "350 mg"}, "10", {"daily-maximum"}, ""),
        ({"dose": "30 mg/kg/day", "as_needed": "true", "weight": "10 kg"}, "", set(), "nobody knows how many doses of it will be needed."),
        ({"dose": "100 mg", "times_a_day": "4", "max_per_day": "350 mg"}, "", set(), "350 mg"),
        ({"dose": "100 mg", "every": "7 hours"}, "", set(), "does not divide a day"),
        ({"dose": "100 mg", "times_a_day": "3", "every": "8 hours"}, "", set(), "both say how often; keep one"),
    ],
)  # fmt: skip
def test_how_often_is_honoured_or_refused(
    cells: dict[str, str], volume: str, codes: set[str], says: str, tmp_path: Path
) -> None:
    source = write_table(tmp_path / "o.csv", [{"strength": "10 mg/mL", **cells}])
    assert batch(source, "--convert", "-o", tmp_path / "t.csv").exit_code == (4 if says else 0)
    if says:
        assert says in table(tmp_path / "t.rejects.csv")[0]["problem"]
        return
    (row,) = table(tmp_path / "t.csv")
    assert row["exact_ml"] == volume
    of_a_day = {"no-daily-maximum", "daily-maximum", "interval"}
    assert of_a_day & set(row["warning_codes"].split(";")) == codes


def test_dry_run_says_which_rows_would_have_no_volume(tmp_path: Path) -> None:
    given = [{"dose": dose, "strength": "5 mg/5 mL"} for dose in ("5 mg", "5")]
    result = batch(write_table(tmp_path / "o.csv", given), "--convert", "--dry-run")
    assert result.exit_code == 4
    assert result.output.splitlines() == [
        "o.csv, row 2 (line 3): '5' has no unit. Write one, such as '5 mg'.",
        "Rows: 2. To be rejected: 1. Nothing was written.",
    ]
    assert [p.name for p in tmp_path.iterdir()] == ["o.csv"]


MIMIC = [row for row in (*OPEN, *LEFT_OUT) if "MIMIC" in row["source"]]


def test_hospital_orders_agree_under_the_hospital_s_own_headings(tmp_path: Path) -> None:
    """As the PRESCRIPTIONS table of MIMIC-III has them: amount and unit in two columns, the product's text in a third."""
    given = [
        {"ROW_ID": row["id"], "DRUG": row["drug"], "PROD_STRENGTH": row["strength"],
         "DOSE_VAL_RX": row["dose"].partition(" ")[0], "DOSE_UNIT_RX": row["dose"].partition(" ")[2],
         "FORM_VAL_DISP": row["expected_ml"]}
        for row in MIMIC
    ]  # fmt: skip
    assert len(given) == 199
    maps = (
        "--map",
        "dose={DOSE_VAL_RX} {DOSE_UNIT_RX}",
        "--map",
        "strength={PROD_STRENGTH}",
        "--locale",
        "en-US",
    )
    result = batch(write_table(tmp_path / "o.csv", given), *maps, "--convert", "-o", tmp_path / "t.csv")
    assert result.exit_code == 4
    assert {row["ROW_ID"] for row in table(tmp_path / "t.rejects.csv")} == {row["id"] for row in LEFT_OUT}
    tolerance = {row["id"]: Fraction(row.get("tolerance", 0)) for row in MIMIC}
    found = table(tmp_path / "t.csv")
    assert len(found) == len(MIMIC) - len(LEFT_OUT)
    for row in found:
        exact = Fraction(int(row["exact_numerator"]), int(row["exact_denominator"]))
        assert abs(exact - Fraction(row["FORM_VAL_DISP"])) <= tolerance[row["ROW_ID"]], row["ROW_ID"]


def test_table_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", [{"dose": "5 mg", "strength": "5 mg/5 mL"}])
    result = batch(source, "--convert", "-o", tmp_path / "nowhere" / "t.csv")
    assert (result.exit_code, "cannot be written: No such file or directory" in result.stderr) == (5, True)
    assert [p.name for p in tmp_path.iterdir()] == ["o.csv"]


JSON_ORDER = {
    "locale": "en-US",
    "patient": {"name": "Sam Example", "weight": "10 kg"},
    "drug": {"name": "baclofen", "strength": "5 mg/5 mL", "form": "oral solution"},
    "directions": {"dose": "5 mg", "times": ["morning", "noon"], "route": "by mouth"},
}


@pytest.mark.parametrize(
    ("table_of", "key", "value", "says"),
    [
        (
            "directions",
            "as_needed",
            "false",
            "The row, directions: as_needed is 'false', which names no reason; write true, or what it is needed for, such as 'pain'.",
        ),
        (
            "directions",
            "as_needed",
            "true",
            "The row, directions: as_needed is 'true', which names no reason; write true, or what it is needed for, such as 'pain'.",
        ),
        ("directions", "as_needed", "", "The row: directions.as_needed is empty."),
        ("directions", "as_needed", False, ""),
        ("directions", "as_needed", None, ""),
        ("patient", "weight", "", "The row: patient.weight is empty."),
        ("patient", "weight", " ", "The row: patient.weight is empty."),
        ("patient", "weight", None, ""),
        ("patient", "weight", " 10 kg ", ""),
        ("patient", "weight", 10, "The row, patient.weight: text is needed, and not 10."),
        (
            "directions",
            "times",
            "morning;noon",
            "The row, directions.times: a list is needed, and not 'morning;noon'.",
        ),
        ("directions", "times", [], ""),
        (
            "directions",
            "times",
            [" morning"],
            "The row, directions: ' morning' is not a time of day; write morning, noon, afternoon, evening, bedtime, night.",
        ),
        (
            "directions",
            "dose",
            "",
            "The row, directions: there is no dose; write dose, or a course as steps, titrate or taper.",
        ),
        ("directions", "dose", 5, "The row, directions.dose: text is needed, and not 5."),
        (
            "directions",
            "dose",
            "2-May",
            "directions.dose '2-May' was turned into a date by a spreadsheet, and what stood there is lost.",
        ),
        (
            "directions",
            "route",
            "",
            "The row, directions: '' is not a route; write by mouth, by tube or by injection.",
        ),
        ("drug", "strength", None, "The row gives no drug.strength."),
        ("drug", "strength", "", "The row: drug.strength is empty."),
        ("drug", "component", "", "The row: drug.component is empty."),
    ],
)
def test_json_lines_are_read_alike_for_labels_and_for_volumes(
    table_of: str, key: str, value: object, says: str, tmp_path: Path
) -> None:
    given = {**JSON_ORDER, table_of: {**JSON_ORDER[table_of], key: value}}  # type: ignore[dict-item]
    source = tmp_path / "o.jsonl"
    source.write_text(json.dumps(given) + "\n", encoding="utf-8")
    status = 4 if says else 0
    assert batch(source, "-o", tmp_path / "out").exit_code == status
    assert batch(source, "--convert", "-o", tmp_path / "t.csv").exit_code == status
    labels, volumes = (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for path in (tmp_path / "out" / "rejects.jsonl", tmp_path / "t.rejects.jsonl")
    )
    assert labels == volumes
    assert [one["problem"] for one in labels] == [says] * bool(says)
    short = {"strength": "5 mg/5 mL", "dose": "5 mg"} | {key: value}
    source.write_text(json.dumps(short) + "\n", encoding="utf-8")
    batch(source, "--convert", "-o", tmp_path / "t.csv")
    found = json.loads((tmp_path / "t.rejects.jsonl").read_text(encoding="utf-8") or "{}")
    assert found.get("problem") == (labels[0]["problem"] if says else None)
