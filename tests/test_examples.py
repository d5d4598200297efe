"""Every example runs, and every order in it becomes a label."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from liquidose.cli import main

EXAMPLES = Path(__file__).parent.parent / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.py"))
ORDERS = sorted(EXAMPLES.glob("*.toml"))
COURSES = [path for path in ORDERS if path.stem in {"baclofen-titration", "baclofen-taper"}]

EXPECTED = {
    "baclofen.py": "Volume: 5 mg ÷ 1 mg per mL = 5 mL.",
    "paediatric.py": "measured 42/5 mL on oral-10 gives 268.8 mg",
    "concentrate.py": "5 mL of it would hold 100 mg",
    "prednisolone.py": "prednisoLONE sodium phosphate oral solution",
    "levothyroxine.py": "50 micrograms in 5 mL (10 micrograms per mL)",
    "tablets.py": "10 mg needs 10 mL",
    "new_strength.py": "25 mg/5 mL needs 1 mL",
    "baclofen_titration.py": "Keep giving 20 mL. Do not stop. Get more before 05 Dec 2026.",
    "baclofen_taper.py": "2027-03-08: none",
    "as_needed.py": "Give no more than 4 doses (40 mL) in 24 hours.",
    "every_8_hours.py": "3 doses a day of 270 mg",
    "by_volume.py": "Give 5 mL by mouth in the morning, in the afternoon and at night.",
}


def test_each_order_has_a_script_beside_it() -> None:
    assert {p.stem.replace("-", "_") for p in ORDERS} == {p.stem for p in SCRIPTS}
    assert {p.name for p in SCRIPTS} == set(EXPECTED)


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.name)
def test_script_runs(script: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-X", "utf8", str(script)], capture_output=True, check=True, encoding="utf-8"
    )
    assert EXPECTED[script.name] in found.stdout.replace("\u00a0", " ")


@pytest.mark.parametrize("order", [path for path in ORDERS if path not in COURSES], ids=lambda p: p.name)
def test_order_becomes_a_label(order: Path, tmp_path: Path) -> None:
    target = tmp_path / "label.pdf"
    result = CliRunner().invoke(main, ["label", str(order), "-o", str(target)])
    assert result.exit_code == 0, result.stderr
    assert target.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("order", COURSES, ids=lambda p: p.name)
def test_a_course_becomes_a_schedule_and_never_a_label_of_one_dose(order: Path, tmp_path: Path) -> None:
    schedule = CliRunner().invoke(main, ["schedule", str(order)])
    assert schedule.exit_code == 0, schedule.stderr
    label = CliRunner().invoke(main, ["label", str(order), "-o", str(tmp_path / "label.pdf")])
    assert label.exit_code == 3
    assert "Print the course with 'liquidose schedule'." in label.stderr
    assert list(tmp_path.iterdir()) == []
