"""A million orders to labels: the time, the most memory each process held, and every row found again in what came out.

    python benchmarks/million.py                     # a million rows, two processes; about 400 MB of disk
    python benchmarks/million.py --rows 50000 --jobs 1
    python benchmarks/million.py --scheduler tcp://10.0.0.5:8786    # on a cluster; its workers are not watched

Run by hand, never in the tests, on Linux (``/proc`` tells of memory). What must come out is worked out here from the rule that makes the rows, not by
liquidose; the labels are read back from the PDF by pypdfium2: each of them once, in the order of the rows, with the volume of its own row.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2

HEADINGS = (
    "locale", "patient.name", "patient.id", "drug.name", "drug.strength", "drug.form", "directions.dose",
    "directions.times", "directions.route", "dispense.quantity", "dispense.copies",
)  # fmt: skip
DRUGS = (
    ("baclofen", 5, 5), ("amoxicillin", 250, 5), ("paracetamol", 120, 5), ("furosemide", 50, 5), ("midazolam", 2, 1),
    ("levetiracetam", 100, 1), ("prednisolone", 3, 1),
)  # fmt: skip
"""Name, mg, and the mL that hold them."""
TIMES = ("morning", "morning;bedtime", "morning;noon;bedtime")
LABEL = re.compile(r"Give (?P<ml>[\d.]+)\s+mL.*?Sam Example (?P<number>\d+), P(?P<id>\d+)\s", re.DOTALL)
SPOILT, MISSING, OF_UNITS, TWIN, TWICE = 101, 257, 509, 1009, 50
"""One row in so many has a dose that a spreadsheet spoilt, no strength, a dose in units, the cells of the row before it,
or two labels."""


class Made(NamedTuple):
    """One row, and what must become of it."""

    cells: tuple[str, ...]
    number: int
    """On its labels; that of the row before it for a twin."""
    ml: str
    labels: int
    code: str
    """Why it is rejected, or nothing."""


def made(row: int) -> Made:
    """The row that stands in this place, counted from 1."""
    number = row - 1 if row % TWIN == 0 else row
    drug, amount, in_ml = DRUGS[number % len(DRUGS)]
    ml = Fraction(1 + number // len(DRUGS) % 25, 5)  # 0.2 to 5 mL, each a line of a common syringe
    dose, strength, code = f"{float(ml * amount / in_ml):g} mg", f"{amount} mg/{in_ml} mL", ""
    if number % SPOILT == 0:
        dose, code = "2-May", "unreadable-text"
    elif number % MISSING == 0:
        strength, code = "", "give-what-is-missing"
    elif number % OF_UNITS == 0:
        dose, code = "5 units", "units-do-not-match"
    copies = 2 if number % TWICE == 0 else 1
    cells = (
        "en-US", f"Sam Example {number}", f"P{number}", drug, strength, "oral solution", dose, TIMES[number % 3],
        "by mouth", "150 mL", "2" if copies == 2 else "",
    )  # fmt: skip
    return Made(cells, number, f"{float(ml):g}", 0 if code else copies, code)


def write_rows(path: Path, count: int) -> None:
    """A table of so many rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(made(row).cells for row in range(1, count + 1))


def family(process: int) -> list[int]:
    """A process and all that it started."""
    try:
        started = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [process, *(pid for child in started for pid in family(int(child)))]


def watched(command: list[str]) -> tuple[float, dict[str, int]]:
    """Seconds, and the most memory in bytes that each process of a command held."""
    most: dict[int, int] = {}
    roles: dict[int, str] = {}
    start = time.perf_counter()
    run = subprocess.Popen(command, stdout=sys.stderr)
    while run.poll() is None:
        for pid in family(run.pid):
            try:
                status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
                role = Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
            except OSError:
                continue
            peak = re.search(
                r"VmHWM:\s+(\d+) kB", status
            )  # kept by the kernel, so that nothing is missed between looks
            if peak is not None and role:
                roles[pid] = role
                most[pid] = 1024 * int(peak[1])
        time.sleep(0.1)
    seconds = time.perf_counter() - start
    if run.returncode != 4:  # rows were rejected
        raise SystemExit(f"the run ended with {run.returncode}")
    workers = [pid for pid in most if "spawn_main" in roles[pid]]
    return seconds, {
        "the process that was called": most[run.pid],
        **{f"worker {place}": most[pid] for place, pid in enumerate(workers, 1)},
    }


def labels_in(pdf: Path) -> Iterator[tuple[str, str]]:
    """The number and the mL on each label of a file, in the order in which they stand."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            for label in LABEL.finditer(page.get_textpage().get_text_range().replace("\xa0", " ")):
                if label["number"] != label["id"]:
                    raise SystemExit(f"{pdf.name}: a label of two patients, {label[0]!r}")
                yield label["number"], label["ml"]
            page.close()
    finally:
        document.close()


def check_labels(files: list[Path], count: int) -> int:
    """How many labels there are, each the next that must come."""
    expected = (
        (str(row.number), row.ml) for row in map(made, range(1, count + 1)) for _ in range(row.labels)
    )
    found = (label for file in files for label in labels_in(file))
    total = 0
    for total, (one, other) in enumerate(zip_longest(expected, found), 1):
        if one != other:
            raise SystemExit(f"label {total} must be {one}, and is {other}")
    return total


def check_rejects(out: Path, count: int) -> int:
    """How many rows are among the rejects, each with its own reason and its cells unchanged."""
    expected = ((row, made(row)) for row in range(1, count + 1) if made(row).code)
    total = 0
    with (out / "rejects.jsonl").open(encoding="utf-8") as lines:
        for total, (one, line) in enumerate(zip_longest(expected, lines), 1):
            found: dict[str, Any] = json.loads(line) if line else {}
            if one is None or found.get("row") != one[0] or found.get("code") != one[1].code:
                raise SystemExit(f"reject {total} must be row {one and one[0]}, and is {line}")
            if tuple(found["cells"].values()) != one[1].cells:
                raise SystemExit(f"the cells of row {one[0]} are others among the rejects")
    with (out / "rejects.csv").open(encoding="utf-8-sig", newline="") as table:
        if sum(1 for _ in csv.reader(table)) != total + 1:
            raise SystemExit("rejects.csv has another number of rows than rejects.jsonl")
    return total


def check(out: Path, count: int) -> str:
    """What was found, where every row is accounted for."""
    files = sorted(out.glob("labels-*.pdf"), key=lambda path: int(path.stem.rpartition("-")[2]))
    labels, rejects = check_labels(files, count), check_rejects(out, count)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    accepted = sum(1 for row in range(1, count + 1) if not made(row).code)
    claims = {
        "rows": count, "accepted": accepted, "labels": labels, "rejects": count - accepted,
        "duplicates": count // TWIN, "files": [file.name for file in files],
    }  # fmt: skip
    for name, value in claims.items():
        if summary[name] != value:
            raise SystemExit(f"the summary says {summary[name]} {name}, and there are {value}")
    for file in files:
        if summary["sha256"][file.name] != hashlib.sha256(file.read_bytes()).hexdigest():
            raise SystemExit(f"{file.name} is not what the summary says")
    with (out / "picking.csv").open(encoding="utf-8-sig", newline="") as table:
        picked = Counter[str]()
        for line in csv.DictReader(table):
            picked += Counter({name: int(line[name]) for name in ("orders", "labels")})
    if dict(picked) != {"orders": accepted, "labels": labels}:
        raise SystemExit(f"the picking sheet adds up to {dict(picked)}")
    size = sum(file.stat().st_size for file in files)
    return (
        f"{accepted:,} rows on {labels:,} labels in {len(files):,} files ({size / 1e6:,.0f} MB), {rejects:,} rejected: "
        f"every one of {count:,} rows is there once, in its place, with its own volume or its own reason"
    )


def main(count: int, folder: Path, options: list[str]) -> None:
    """One run in the folder."""
    source, out = folder / "orders.csv", folder / "out"
    write_rows(source, count)
    command = [
        sys.executable,
        "-m",
        "liquidose",
        "batch",
        str(source),
        "--template",
        "four-lines",
        "--stock",
        "avery-l7160",
    ]
    seconds, most = watched([*command, "-o", str(out), *options])
    print(f"{count:,} rows, {' '.join(options)}: {seconds:,.0f} s, {count / seconds:,.0f} rows a second")
    for role, peak in most.items():
        print(f"  {role} held at most {peak / 1e6:,.0f} MB" + (" (goal 200)" if "worker" in role else ""))
    start = time.perf_counter()
    print(f"{check(out, count)} (read back in {time.perf_counter() - start:,.0f} s)")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--scheduler", help="the workers of this dask cluster instead")
    asked.add_argument(
        "--folder", type=Path, help="a new folder for all of it, which is kept (else one that is thrown away)"
    )
    given = asked.parse_args()
    at_work = ["--scheduler", given.scheduler] if given.scheduler else ["--jobs", str(given.jobs)]
    if given.folder:
        given.folder.mkdir(parents=True)
        main(given.rows, given.folder, at_work)
    else:
        with tempfile.TemporaryDirectory() as thrown_away:
            main(given.rows, Path(thrown_away), at_work)
