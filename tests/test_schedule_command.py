"""liquidose schedule: the table a person reads, the rows of a spreadsheet, the document of a script."""

from __future__ import annotations

import csv
import io
import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from course_orders import EVERYTHING, TITRATION
from tables import plain

from liquidose import Schedule, make_schedule
from liquidose.cli import main
from liquidose.courses.table import schedule_text
from liquidose.exchange.schedules import schedule_csv, schedule_json
from liquidose.orders.order import load_order

ROOT = Path(__file__).parent.parent
TITRATION_FILE = str(ROOT / "examples" / "baclofen-titration.toml")
TAPER = str(ROOT / "examples" / "baclofen-taper.toml")
ORDER = """
[patient]
name = "Sam Example"
[drug]
name = "baclofen"
strength = "5 mg/5 mL"
[directions]
"""

pytestmark = pytest.mark.usefixtures("bare_environment")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["schedule", *arguments], prog_name="liquidose")


def written(directions: str) -> str:
    path = Path("order.toml")
    path.write_text(ORDER + directions, encoding="utf-8")
    return str(path)


def schema() -> Any:
    path = ROOT / "liquidose" / "data" / "schemas" / "schedule.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_table_of_the_titration() -> None:
    result = run(TITRATION_FILE)
    assert result.exit_code == 0
    lines = plain(result.stdout).splitlines()
    assert lines[:12] == [
        "baclofen oral solution for Sam Example, from 23 Nov 2026",
        "Only for the bottle marked 5 mg in 5 mL (1 mg per mL).",
        "Give by mouth, with food.",
        "Prescriber: Dr A. Example.",
        "",
        "step  days      from         when                    ordered  exact  measured  syringe             a day  difference so far",
        "1     1 to 3    23 Nov 2026  morning, noon, bedtime  5 mg     5 mL   5 mL      5 mL oral syringe   15 mg  none",
        "2     4 to 6    26 Nov 2026  morning, noon, bedtime  10 mg    10 mL  10 mL     10 mL oral syringe  30 mg  none",
        "3     7 to 9    29 Nov 2026  morning, noon, bedtime  15 mg    15 mL  15 mL     20 mL oral syringe  45 mg  none",
        "4     10 to 12  02 Dec 2026  morning, noon, bedtime  20 mg    20 mL  20 mL     20 mL oral syringe  60 mg  none",
        "",
        "In all, to 04 Dec 2026: exactly 450 mL, measured 450 mL.",
    ]
    assert lines[-1] == "Keep giving 20 mL. Do not stop. Get more before 05 Dec 2026."


def test_the_last_step_of_a_taper_is_none_and_says_so() -> None:
    lines = plain(run(TAPER).stdout).splitlines()
    assert "Until now: 60 mg a day." in lines
    assert "5     36 on     08 Mar 2027  stop: none from 08 Mar 2027" in lines
    assert "In all, to 07 Mar 2027: exactly 1,470 mL, measured 1,470 mL." in lines
    assert not any("Keep giving" in line for line in lines)


def test_a_course_without_a_start_counts_days() -> None:
    lines = plain(run(written(TITRATION.replace("continue", "stop"))).stdout).splitlines()
    assert lines[4].startswith("step  days      when                    ordered")
    assert lines[9] == "5     13 on     stop: none from day 13"


def test_every_kind_of_step_has_its_rows() -> None:
    lines = plain(run(written(EVERYTHING)).stdout).splitlines()
    assert lines[5:12] == [
        "1     1 to 4   24 Feb 2028  morning (1 day on, 1 day off)  5 mg     5 mL     5 mL              5 mL oral syringe   12.5 mg  0.2 mg less",
        "                            bedtime (1 day on, 1 day off)  7.5 mg   7.5 mL   7.4 mL            10 mL oral syringe",
        "2     5        28 Feb 2028  none",
        "3     6        29 Feb 2028  twice a day                    70 mg    70 mL    70 mL as 35 + 35  60 mL oral syringe  140 mg   0.2 mg less",
        "4     7 to 8   01 Mar 2028  once a day                     40 mg    40 mL    40 mL             60 mL oral syringe  40 mg    0.2 mg less",
        "5     9 to 10  03 Mar 2028  3 times a day                  12.5 mg  12.5 mL  12 mL             20 mL oral syringe  37.5 mg  3.2 mg less",
        "",
    ]  # fmt: skip
    assert (
        lines[12] == "In all, to 04 Mar 2028: exactly 320 mL, measured 316.8 mL (3.2 mg less than ordered)."
    )
    assert lines[-2].startswith("Warning: The course runs out: the last dose is on 04 Mar 2028")
    assert lines[-1] == "Review on 20 Mar 2028."


def test_more_than_ordered_is_told_too() -> None:
    lines = run(written('times = ["morning"]\ndose = "11.6 mg"\nfor_days = 2\nthen = "stop"')).stdout
    assert "In all, to day 2: exactly 23.2 mL, measured 24 mL (0.8 mg more than ordered)." in plain(lines)


def test_a_total_that_is_no_decimal_is_not_called_exact() -> None:
    path = written('times = ["morning"]\ndose = "5 mg"\nfor_days = 2\nthen = "stop"')
    Path(path).write_text(
        Path(path).read_text(encoding="utf-8").replace('"5 mg/5 mL"', '"3 mg/mL"'), encoding="utf-8"
    )
    assert "In all, to day 2: about 3.33 mL, measured 3.4 mL (0.2 mg more than ordered)." in plain(
        run(path).stdout
    )


def test_suggestions_are_offered_only_when_asked_for() -> None:
    order = written(TITRATION.replace("5 mg", "7.5 mg").replace("20 mg", "15 mg"))
    assert "could order" not in run(order).stdout
    told = plain(run(order, "--suggest").stdout)
    assert "Note: Step 1: 7.5 mg (7.5 mL) lies on no line of the syringe. The prescriber could order 7.4 mg (7.4 mL) or 7.6 mg (7.6 mL) instead." in told  # fmt: skip
    assert told.splitlines()[-1].startswith("Keep giving")


def test_the_document_of_the_seed_is_the_one_of_the_issue() -> None:
    document = json.loads(run(written(TITRATION), "--format", "json").stdout)
    jsonschema.validate(document, schema())
    assert set(document) == {"schema", "steps", "exact_total_ml", "measured_total_ml", "then", "warnings"}
    assert document["schema"] == "liquidose.schedule/1"
    assert document["steps"][0] == {
        "from_day": 1,
        "days": 3,
        "doses": [
            {"time": time, "dose": {"value": "5", "unit": "mg"}, "volume_ml": "5", "measured_ml": "5", "syringe": "oral-5"}
            for time in ("morning", "noon", "bedtime")
        ],
    }  # fmt: skip
    assert [step["from_day"] for step in document["steps"]] == [1, 4, 7, 10]
    assert (document["exact_total_ml"], document["measured_total_ml"]) == ("450", "450")
    assert document["then"] == "continue"
    assert document["warnings"][-1] == {
        "code": "keep-giving",
        "text": "Keep giving 20 mL. Do not stop. Get more before day 13.",
    }


@pytest.mark.parametrize("order", [TITRATION, EVERYTHING, 'times = ["morning"]\ntaper = { from = "20 mg", percent = 30, last = "4 mg", every = "1 week" }\nthen = "stop"'])  # fmt: skip
def test_every_document_fits_its_schema_and_adds_up(order: str) -> None:
    document = json.loads(run(written(order), "--format", "json", "--suggest").stdout)
    jsonschema.validate(document, schema())
    total = Fraction(0)
    for step in document["steps"]:
        cycle = step.get("cycle", {"on": 1, "off": 0})
        for place in range(step["days"] or 0):
            if place % (cycle["on"] + cycle["off"]) < cycle["on"]:
                total += sum(Fraction(dose["measured_ml"]) for dose in step["doses"])
    assert total == Fraction(document["measured_total_ml"])


def test_a_stop_is_a_step_of_the_document() -> None:
    document = json.loads(run(TAPER, "--format", "json").stdout)
    assert document["steps"][-1] == {"from_day": 36, "days": None, "doses": [], "from_date": "2027-03-08"}
    assert document["then"] == "stop"


def test_what_is_not_every_day_or_one_filling_is_in_the_document() -> None:
    document = json.loads(run(written(EVERYTHING), "--format", "json").stdout)
    assert document["steps"][0]["cycle"] == {"on": 1, "off": 1}
    assert document["steps"][2]["doses"][0]["draws_ml"] == ["35", "35"]
    assert document["then"] == "review on 2028-03-20"


def test_the_rows_of_a_spreadsheet() -> None:
    result = run(written(EVERYTHING), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout, newline="")))
    first, _, pause, large = rows[:4]
    assert first == {
        "step": "1", "from_day": "1", "days": "4", "from_date": "2028-02-24", "days_on": "1", "days_off": "1",
        "every_hours": "", "as_needed": "", "time": "morning", "dose": "5", "unit": "mg", "strength": "5 mg in 5 mL (1 mg per mL)", "volume_ml": "5",
        "measured_ml": "5", "draws_ml": "", "syringe": "oral-5", "words": "",
    }  # fmt: skip
    assert (pause["step"], pause["words"], pause["measured_ml"]) == ("2", "none", "")
    assert large["draws_ml"] == "35 + 35"
    assert rows[-1]["words"] == "Review on 20 Mar 2028."


def test_a_stop_is_a_row_of_the_spreadsheet_and_keep_giving_its_last() -> None:
    stop = list(csv.DictReader(io.StringIO(run(TAPER, "--format", "csv").stdout, newline="")))
    assert [row["words"] for row in stop if row["step"] == "5"] == ["stop: none from 08 Mar 2027"]
    rows = list(csv.DictReader(io.StringIO(run(TITRATION_FILE, "--format", "csv").stdout, newline="")))
    assert rows[-1]["words"] == "Keep giving 20 mL. Do not stop. Get more before 05 Dec 2026."


def test_no_cell_of_the_spreadsheet_is_a_formula() -> None:
    order = written(TITRATION + 'warnings = ["=HYPERLINK(0)", "+1", "plain"]')
    rows = list(csv.DictReader(io.StringIO(run(order, "--format", "csv").stdout, newline="")))
    words = [row["words"] for row in rows if row["words"]]
    assert words[:3] == ["'=HYPERLINK(0).", "'+1.", "Plain."]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_rows_and_documents_are_utf_8_whatever_the_terminal(kind: str) -> None:
    order = written(TITRATION + 'warnings = ["Nicht plötzlich aufhören"]')
    result = CliRunner(charset="ascii").invoke(main, ["schedule", order, "--format", kind])
    assert "Nicht plötzlich aufhören." in result.stdout_bytes.decode("utf-8")


@pytest.mark.parametrize("kind", ["text", "csv", "json"])
def test_a_file_holds_what_would_be_printed(kind: str, tmp_path: Path) -> None:
    printed = run(TITRATION_FILE, "--format", kind)
    target = tmp_path / "schedule"
    result = run(TITRATION_FILE, "--format", kind, "-o", str(target))
    assert result.exit_code == 0
    assert result.stdout == f"Schedule written to {target}.\n"
    assert target.read_bytes().decode() == printed.stdout_bytes.decode()
    assert run(TITRATION_FILE, "--format", kind).stdout_bytes == printed.stdout_bytes


@pytest.mark.parametrize(
    ("directions", "status", "message"),
    [
        ('times = ["morning"]\nsteps = []\nthen = "stop"', 2, "steps holds no step; write at least one."),
        ('times = ["morning"]\ndose = "5 mg"', 3, "The order has one dose and no course."),
        ('dose = "5 mg"\nfor_days = 3\nthen = "stop"\nas_needed = true', 3, "The course does not say how often a day 5\u00a0mg is given."),
    ],
)  # fmt: skip
def test_nothing_is_written_on_a_refusal(directions: str, status: int, message: str) -> None:
    result = run(written(directions), "-o", "out.txt")
    assert result.exit_code == status
    assert message in result.stderr
    assert result.stdout == ""
    assert not Path("out.txt").exists()


def test_a_place_that_cannot_be_written_is_told() -> None:
    result = run(TITRATION_FILE, "-o", "nowhere/out.txt")
    assert result.exit_code == 5
    assert "nowhere/out.txt cannot be written" in result.stderr


def test_a_protocol_is_found_beside_the_order_and_not_in_the_working_folder() -> None:
    assert run(TITRATION_FILE).exit_code == 0
    assert not Path("protocols").exists()


@pytest.mark.parametrize("order", [TITRATION_FILE, TAPER])
def test_every_word_is_clean(order: str) -> None:
    schedule: Schedule = make_schedule(load_order(order))
    text = schedule_text(schedule)
    assert not re.search(r"(?<![\d.])\.\d|\d\.\d*0(?!\d)|\d(mg|mL)|\bml\b|µ|\bcc\b|\b(tid|bid|qd|hs)\b", text)
    assert not re.search(r"\d (mg|mL|mcg)\b", text), "a number and its unit never part"
    for whole in (schedule_csv(schedule), schedule_json(schedule)):
        assert "Sam Example" not in whole
