"""Speed as ratios against a floor in the same run; run by hand with ``make bench``, never in the tests.

The floor is pint's own conversion, ``(Quantity(Fraction, "mg") / strength).to("mL")``, and for the cold start a Python that
imports pint and click. Inputs are fresh in every round, so that no memo can answer.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pint

from liquidose import LiquidoseError, convert, read_quantity, read_strength, volume_for

ROOT = Path(__file__).parent.parent
ROUNDS = 7
EACH = 1500
RANDOM = random.Random(20261122)  # noqa: S311  (inputs of a benchmark)


def seconds(work: Callable[[Any], object], inputs: Sequence[Any]) -> float:
    """Seconds for one call of ``work`` on each input."""
    start = time.perf_counter()
    for one in inputs:
        work(one)
    return (time.perf_counter() - start) / len(inputs)


def fresh_texts() -> list[tuple[str, str]]:
    """Doses and strengths that were not seen before: some on a mark, most to be rounded."""
    return [
        (
            f"{RANDOM.randint(1, 999)}.{RANDOM.randint(1, 9)} mg",
            f"{RANDOM.randint(1, 500)}.{RANDOM.randint(1, 9)} mg/{RANDOM.choice((1, 5))} mL",
        )
        for _ in range(EACH)
    ]


def convert_or_refuse(pair: tuple[str, str]) -> None:
    """One conversion from text; a refusal is an answer too."""
    try:
        convert(*pair)
    except LiquidoseError:
        return


def in_process() -> None:
    """convert() and volume_for() against pint."""
    registry: Any = pint.UnitRegistry(non_int_type=Fraction)

    def pint_inputs() -> list[Any]:
        five = registry.Quantity(Fraction(5), "mL")
        return [
            (
                Fraction(RANDOM.randint(1, 9999), 10),
                registry.Quantity(Fraction(RANDOM.randint(1, 5000), 10), "mg") / five,
            )
            for _ in range(EACH)
        ]

    def by_pint(pair: Any) -> object:
        return (registry.Quantity(pair[0], "mg") / pair[1]).to("mL")

    def values() -> list[Any]:
        return [(read_quantity(dose), read_strength(strength)) for dose, strength in fresh_texts()]

    convert_or_refuse(("5 mg", "5 mg/5 mL"))
    texts, volumes, floors = [], [], []
    for _ in range(ROUNDS):
        floor = seconds(by_pint, pint_inputs())
        texts.append(floor / seconds(convert_or_refuse, fresh_texts()))
        volumes.append(floor / seconds(lambda pair: volume_for(*pair), values()))
        floors.append(floor)
    print(f"pint: {1 / statistics.median(floors):,.0f} conversions a second")
    print(
        f"convert() from unseen text, measuring included: {statistics.median(texts):.1f} times pint (goal 3)"
    )
    print(f"volume_for() on read values: {statistics.median(volumes):.0f} times pint (goal 40)")


def cold() -> None:
    """The whole process against a Python that imports pint and click, both in an environment made for it.

    An editable install would add its own finder to every start.
    """
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(ROOT)]
        subprocess.run(install, check=True, capture_output=True)
        program = str(Path(python).with_name("liquidose"))
        for name, strength, goal in (("one unit", "5 mg/5 mL", 0.6), ("two units", "5000 mcg/5 mL", 1.2)):
            ratios = []
            for _ in range(3 * ROUNDS):
                times = []
                for command in (
                    [program, "convert", "5 mg", strength],
                    [python, "-c", "import pint, click"],
                ):
                    start = time.perf_counter()
                    subprocess.run(command, capture_output=True, check=True, cwd=folder)
                    times.append(time.perf_counter() - start)
                ratios.append(times[0] / times[1])
            shown = statistics.median(ratios)
            print(f"liquidose convert cold, {name}: {shown:.2f} of importing pint and click (goal {goal})")


if __name__ == "__main__":
    in_process()
    cold()
