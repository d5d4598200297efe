"""Labels from a table against labels without one, and two processes against one; run by hand, never in the tests.

    python benchmarks/batch.py
    python benchmarks/batch.py --rows 6000

The processor seconds tell what the clock cannot on a machine that is shared: work that two processes do and one does not. A run of a million, its memory and an
account of every row: ``million.py``.
The table is made of invented orders, most of them alike in all but the name, as a pharmacy's are.
"""

from __future__ import annotations

import argparse
import csv
import resource
import statistics
import tempfile
import time
from pathlib import Path

from liquidose.batch.checking import Reading
from liquidose.batch.job import Job
from liquidose.batch.kinds import OWN
from liquidose.batch.running import make_labels
from liquidose.batch.sources import look_through
from liquidose.label_making import LabelMaker
from liquidose.labelling import document_of
from liquidose.orders.rows import order_of_values, values_of_cells
from liquidose.pages.templates import load_template
from liquidose.plan import make_plan
from liquidose.print_run import Run
from liquidose.site import Site

SHEETS = 50
HEADINGS = (
    "locale", "patient.name", "patient.id", "drug.name", "drug.strength", "drug.form", "directions.dose",
    "directions.times", "directions.route", "directions.warnings", "dispense.rx_number", "dispense.quantity",
)  # fmt: skip


def cells(number: int) -> tuple[str, ...]:
    """The cells of one invented order."""
    return (
        "en-US", f"Sam Example {number}", f"P{number}", "baclofen", "5 mg/5 mL", "oral solution",
        f"{1 + number % 50 / 10:g} mg", "morning;noon;bedtime", "by mouth", "May cause drowsiness.",
        str(1_000_000 + number), "150 mL",
    )  # fmt: skip


def write_rows(path: Path, count: int) -> None:
    """A table of so many orders."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(map(cells, range(count)))


def without_table(count: int) -> float:
    """Seconds for the labels of so many orders that are there already, in files of the same size."""
    site, run = Site(), Run(template=load_template("dispensing"))
    orders = [
        order_of_values(values_of_cells(dict(zip(HEADINGS, cells(k), strict=True)))) for k in range(count)
    ]
    start = time.perf_counter()
    maker = LabelMaker(run, site)
    for first in range(0, count, SHEETS):
        some = enumerate(orders[first : first + SHEETS], first)
        labels = (label for number, order in some for label in maker.labels(number, make_plan(order, site)))
        document_of(labels, run, site, title="Labels")
    return time.perf_counter() - start


def with_table(source: Path, jobs: int) -> float:
    """Seconds for the same labels from a table, in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        job = Job(
            sources=(look_through(str(source)),),
            reading=Reading(),
            kinds={OWN: Run(template=load_template("dispensing"))},
            site=Site(),
            sheets_per_file=SHEETS,
        )
        made = make_labels(job, str(Path(folder, "out")), jobs=jobs)
        if made.rows != made.labels:
            raise SystemExit(f"{made.rejects} rows were rejected")
        return time.perf_counter() - start


def processor_seconds() -> float:
    """Of this process and those that it waited for."""
    used = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def ratios(count: int, rounds: int) -> None:
    """Labels from a table against labels without, and two processes against one."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "orders.csv")
        write_rows(source, count)
        without_table(SHEETS)
        plain, one, two, work = [], [], [], []
        for _ in range(rounds):
            plain.append(without_table(count))
            start = processor_seconds()
            one.append(with_table(source, 1))
            between = processor_seconds()
            two.append(with_table(source, 2))
            work.append((processor_seconds() - between) / (between - start))
    bare, single, double = map(statistics.median, (plain, one, two))
    print(f"labels without a table: {count / bare:,.0f} a second")
    print(f"labels from CSV: {count / single:,.0f} a second, {100 * bare / single:.0f} % of that (goal 70)")
    print(f"two processes: {single / double:.2f} times one, their start included (goal 1.7)")
    print(
        f"they use {statistics.median(work):.2f} times the processor seconds of one: at best {2 / statistics.median(work):.2f}"
    )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--rows", type=int, default=20000)
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    ratios(given.rows, given.rounds)
