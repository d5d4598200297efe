"""liquidose batch --convert, killed at every step by which its four files get their names."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tables_of_orders import batch, write_table

MOST = 60
"""More than there are steps."""
OLD = [{"dose": f"{k} mg", "strength": "5 mg/5 mL"} for k in (1, 2, 3)]
NEW = [{"dose": dose, "strength": "5 mg/5 mL"} for dose in ("5 mg", "5", "2 mg", "x")]


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("again", ["", "again"], ids=["in an empty folder", "over the files of another run"])
def test_killed_at_any_step_the_table_stands_only_beside_its_own_rejects(
    ending: str, again: str, tmp_path: Path
) -> None:
    source, before = write_table(tmp_path / "o.csv", NEW), write_table(tmp_path / "p.csv", OLD)
    for name, rows, status in (("new", source, 4), ("old", before, 0)):
        (tmp_path / name).mkdir()
        assert batch(rows, "--convert", "-o", tmp_path / name / f"t.{ending}").exit_code == status
    new, old = files(tmp_path / "new"), files(tmp_path / "old")
    runs = tmp_path / "runs"
    for number in range(MOST):
        (runs / str(number)).mkdir(parents=True)
        for name, content in old.items() if again else ():
            (runs / str(number) / name).write_bytes(content)

    driver = Path(__file__).parent / "dying.py"
    given = ["batch", source, "--convert", "-o", f"{{}}/t.{ending}"]
    told = subprocess.run(
        [sys.executable, str(driver), str(runs), *given], capture_output=True, check=True, text=True
    )
    killed, status = map(int, told.stdout.split())
    assert (killed > 12, status) == (True, 4)

    seen = []
    for number in range(killed):
        folder = runs / str(number)
        found = {name: content for name, content in files(folder).items() if not name.startswith(".")}
        if f"t.{ending}" in found:
            assert found in ([old, new] if again else [new]), f"step {number}: files of two runs"
        seen.append(len(found))
        assert batch(source, "--convert", "-o", folder / f"t.{ending}").exit_code == 4
        assert files(folder) == new, f"step {number}: the same command does not mend it"
    assert set(seen) >= ({3, 4} if again else {0, 1, 2, 3}), "no kill came between the files"
    assert files(runs / str(killed)) == new


def test_summary_names_the_files_by_what_is_in_them(tmp_path: Path) -> None:
    source = write_table(tmp_path / "o.csv", NEW)
    for ending in ("csv", "parquet"):
        (tmp_path / ending).mkdir()
        assert batch(source, "--convert", "-o", tmp_path / ending / f"t.{ending}").exit_code == 4
        written = files(tmp_path / ending)
        named = json.loads(written.pop("t.summary.json"))["sha256"]
        assert named == {name: hashlib.sha256(content).hexdigest() for name, content in written.items()}
