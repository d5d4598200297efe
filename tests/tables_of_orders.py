"""Tables of orders for the tests of ``liquidose batch``."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from liquidose.cli import main

PLAIN = {
    "locale": "en-US",
    "patient.name": "Sam Example",
    "patient.id": "P1",
    "drug.name": "baclofen",
    "drug.strength": "5 mg/5 mL",
    "drug.form": "oral solution",
    "drug.shake": "",
    "drug.ndc": "",
    "drug.gtin": "",
    "directions.dose": "5 mg",
    "directions.times": "morning;noon;bedtime",
    "directions.route": "by mouth",
    "directions.warnings": "",
    "dispense.date": "2026-11-23",
    "dispense.quantity": "150 mL",
    "dispense.copies": "",
    "dispense.parts": "",
}


def order(number: int = 1, **changes: str) -> dict[str, str]:
    """The cells of one order; ``directions__dose="2 mg"`` changes one."""
    own = {"patient.name": f"Sam Example {number}", "patient.id": f"P{number}"}
    return {**PLAIN, **own, **{key.replace("__", "."): cell for key, cell in changes.items()}}


def write_table(path: Path, rows: Iterable[Mapping[str, str]]) -> str:
    """The path of a CSV with these rows; a cell that a row does not have is empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        found = list(rows)
        columns = list(dict.fromkeys(column for row in found for column in row))
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    return str(path)


def batch(*arguments: object, given: bytes | None = None) -> Result:
    """What the command line answers."""
    return CliRunner().invoke(main, ["batch", *map(str, arguments)], input=given, prog_name="liquidose")


def rejects(folder: Path) -> list[dict[str, Any]]:
    """The rejects of a run."""
    return [json.loads(line) for line in (folder / "rejects.jsonl").read_text(encoding="utf-8").splitlines()]


def summary(folder: Path) -> dict[str, Any]:
    """The summary of a run."""
    found: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return found


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV that was written."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def outputs(folder: Path) -> dict[str, bytes]:
    """Every file of a run but its journal."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if not p.name.startswith("journal.sqlite")}
