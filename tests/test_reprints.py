"""REPRINT n on every design: with its reason where there is room, and never at the price of a text."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest
from click.testing import CliRunner
from marks import calibration_row
from tables import Row, rows
from test_longest_texts import DESIGNS, plan_of

from liquidose.cli import main
from liquidose.devices.syringes import catalogue
from liquidose.errors import DoesNotFit, LiquidoseError
from liquidose.files import decode_toml
from liquidose.labelling import label_document
from liquidose.manifest import LabelEntry, Manifest
from liquidose.orders.order import load_order
from liquidose.pages.templates import load_template, shipped_templates
from liquidose.plan import Plan, make_plan
from liquidose.print_run import Run
from liquidose.site import Site

EXAMPLES = Path(__file__).parent.parent / "examples"
LONG = rows("longest-texts.toml", "text")
WORDY = (
    "the first one was stuck on another bottle by mistake, and the second came out of the printer unreadable"
)


def example_for(design: str) -> Plan:
    name = {
        "syringe": "syringes/morphine",
        "oral-syringe": "syringes/baclofen",
        "syringe-mark": "baclofen",
    }.get(design, "prednisolone")
    site = Site()
    if design == "syringe-mark":
        (syringe,) = (one for one in catalogue("oral") if one.id == "bd-oral-5")
        site = decode_toml(f'stocked = ["bd-oral-5"]\n{calibration_row(syringe)}', Site, name="site.toml")
    return make_plan(load_order(str(EXAMPLES / f"{name}.toml")), site)


def printed(plan: Plan, design: str, reason: str, *, number: int = 2) -> tuple[str, Manifest]:
    run = Run(template=load_template(design), reprint=number, reason=reason)
    content, made = label_document([plan], run)
    with pdfplumber.open(BytesIO(content)) as file:
        return " ".join(file.pages[-1].extract_text(use_text_flow=True).replace("\u00a0", " ").split()), made


def entry(made: Manifest) -> LabelEntry:
    (label,) = [label for page in made.pages for label in page.labels if label.order]
    return label


@pytest.mark.parametrize("reason", ["jammed", WORDY])
@pytest.mark.parametrize("design", sorted(shipped_templates()))
def test_every_shipped_design_says_that_it_is_a_reprint(design: str, reason: str) -> None:
    found, made = printed(example_for(design), design, reason)
    assert found.count("REPRINT") == 1
    assert entry(made).reprint in found
    assert entry(made).reprint in {"REPRINT 2", f"REPRINT 2: {reason}"}
    assert made.reprint == f"REPRINT 2: {reason}"


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in LONG])
def test_a_label_that_has_room_for_its_texts_has_room_for_the_word_reprint(row: Row, design: str) -> None:
    if design in row["refused"]:
        with pytest.raises(
            DoesNotFit, match=rf"^The (texts? of .*'{row['refused'][design]}'.*|syringe) do(es)? not fit"
        ):
            printed(plan_of(row), design, WORDY, number=99)
        return
    found, made = printed(plan_of(row), design, WORDY, number=99)
    assert found.count("REPRINT 99") == 1
    assert entry(made).reprint.startswith("REPRINT 99")


def test_the_reason_stands_on_the_label_where_it_has_room_and_makes_no_name_smaller() -> None:
    baclofen = make_plan(load_order(str(EXAMPLES / "baclofen.toml")))
    assert "REPRINT 2: jammed" in printed(baclofen, "dispensing", "jammed")[0]
    found, made = printed(baclofen, "four-lines", "jammed")
    assert entry(made).reprint == "REPRINT 2"
    assert "jammed" not in found


def test_a_first_print_says_nothing_of_it() -> None:
    _, made = label_document([example_for("dispensing")], Run(template=load_template("dispensing")))
    assert (made.reprint, entry(made).reprint) == ("", "")


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ("baclofen --template four-lines --stock zebra-3x2in", "the check label has it"),
        ("baclofen --template four-lines --stock avery-l7160", "the margin has it"),
        ("syringes/morphine --template syringe --stock herma-4201", "the margin has it"),
        ("prednisolone --template dispensing", "the manifest would have it, with --manifest FILE"),
        ("prednisolone --template dispensing --stock avery-l7165 --manifest m.json", "the manifest has it"),
        ("baclofen --template dispensing", ""),
    ],
)
def test_the_screen_says_where_the_reason_stands_that_the_label_leaves_out(
    options: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    example, *given = options.split()
    again = ["--reprint", "2", "--reason", "jammed", "-o", "again.pdf"]
    result = CliRunner().invoke(main, ["label", str(EXAMPLES / f"{example}.toml"), *given, *again])
    assert result.exit_code == 0, result.output
    said = f"The label says REPRINT 2 and has no room for its reason: {where}.\n"
    assert (said in result.output) == bool(where)
    assert ("no room" in result.output) == bool(where)
    with pdfplumber.open("again.pdf") as file:
        shown = " ".join(page.extract_text() for page in file.pages)
    assert ("REPRINT 2: jammed" in shown) == ("manifest" not in where)
    if "--manifest" in given:
        made = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
        assert (made["reprint"], made["pages"][0]["reprint"]) == ("REPRINT 2: jammed", "")


@pytest.mark.parametrize(
    ("number", "reason", "message"),
    [
        (
            100,
            "jammed",
            'A reprint has a number from 1 to 99 and a reason. Write both: --reprint 1 --reason "jammed".',
        ),
        (
            -1,
            "jammed",
            'A reprint has a number from 1 to 99 and a reason. Write both: --reprint 1 --reason "jammed".',
        ),
    ],
)
def test_a_reprint_without_its_number_or_reason_is_refused(number: int, reason: str, message: str) -> None:
    with pytest.raises(LiquidoseError) as refused:
        Run(template=load_template("dispensing"), reprint=number, reason=reason)
    assert str(refused.value) == message


@pytest.mark.parametrize("reason", ["it said 5mL", "gave a teaspoon", "jam\u202emed"])
def test_a_reason_holds_no_amount_beside_the_dose(reason: str) -> None:
    with pytest.raises(LiquidoseError):
        Run(template=load_template("dispensing"), reprint=1, reason=reason)
