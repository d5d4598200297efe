"""Courses as ratios against a floor in the same run; run by hand with ``make bench``, never in the tests.

Computing is held against one ``convert()`` for each step. Writing is held against a loop written for it alone: the same
art as forms, the same words over it, straight to reportlab's canvas.
"""

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Final, NamedTuple

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from liquidose import Schedule, convert, make_schedule
from liquidose.courses.table import schedule_words
from liquidose.orders.order import Order, decode_order
from liquidose.pages.diary import diary_part
from liquidose.pages.fonts import face_name
from liquidose.pages.shapes import MM_PER_PT, Page, Placed, Text
from liquidose.pages.sheet import Head, Look, Sheet, numbered
from liquidose.render.pdf import _Pen
from liquidose.sheets import diary_pdf

ROUNDS: Final = 7
PT: Final = 1 / MM_PER_PT
YEAR: Final = 365


def order_of(days: int) -> Order:
    """A titration by eight steps, three doses a day, held to the last of so many days."""
    steps = "\n".join(
        f'[[directions.steps]]\ndose = "{k} mg"\ndays = {14 if k < 8 else days - 98}' for k in range(1, 9)
    )
    return decode_order(
        f'[patient]\nname = "Sam Example"\n[drug]\nname = "baclofen"\nstrength = "5 mg/5 mL"\n[directions]\n'
        f'start = 2026-11-23\nthen = "continue"\ntimes = ["morning", "noon", "bedtime"]\n{steps}\n',
        name="year.toml",
    )


def seconds(work: Callable[[], object]) -> float:
    """The median time of one call."""
    found = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


class Noted(NamedTuple):
    """What a hand would have written down: the art by name, and for each page which art and words go where."""

    art: dict[str, Page]
    pages: list[tuple[list[tuple[str, float, float]], list[tuple[str, bool, float, float, float]]]]
    size: tuple[float, float]


def noted(schedule: Schedule) -> Noted:
    """The diary of a schedule as such notes."""
    head = Head("Diary: baclofen for Sam Example", f"Only for the bottle marked {schedule.strength}.", schedule.manner,
                schedule.ending[-1].text, "benchmark")  # fmt: skip
    part = diary_part(schedule, Sheet(Look("A4"), head), schedule_words(schedule)[:-1])
    art: dict[str, Page] = {}
    names: dict[int, str] = {}
    found = []
    size = (0.0, 0.0)
    for page in numbered([part]):
        size = (page.width_mm * PT, page.height_mm * PT)
        forms, words = [], []
        for shape in page.shapes:
            if isinstance(shape, Placed):
                name = names.setdefault(id(shape.page), f"art{len(names)}")
                art[name] = shape.page
                forms.append((name, shape.x_mm * PT, (page.height_mm - shape.y_mm) * PT))
            elif isinstance(shape, Text):
                words.append(
                    (
                        shape.text,
                        shape.bold,
                        shape.size_pt,
                        shape.x_mm * PT,
                        (page.height_mm - shape.y_mm) * PT,
                    )
                )
        found.append((forms, words))
    return Noted(art, found, size)


def by_hand(notes: Noted) -> bytes:
    """The pages as a loop of reportlab calls writes them that was made for nothing else."""
    file = BytesIO()
    faces = {bold: face_name(bold=bold) for bold in (False, True)}
    canvas = Canvas(file, pageCompression=1, invariant=1, initialFontName=faces[False])  # type: ignore[arg-type]
    for name, page in notes.art.items():
        canvas.beginForm(name, 0, -page.height_mm * PT, page.width_mm * PT, 0)  # type: ignore[arg-type]  # the stub takes int
        _Pen(canvas).draw(page)
        canvas.endForm()
    for forms, words in notes.pages:
        canvas.setPageSize(notes.size)
        for name, x, y in forms:
            canvas.saveState()
            canvas.translate(x, y)
            canvas.doForm(name)
            canvas.restoreState()
        for text, bold, high, x, y in words:
            canvas.setFont(faces[bold], high)
            canvas.drawString(x, y, text)
        canvas.showPage()
    before, rl_config.useA85 = rl_config.useA85, 0  # as render/pdf.py writes its streams
    canvas.save()
    rl_config.useA85 = before
    return file.getvalue()


def peak(work: Callable[[], object]) -> int:
    """The most memory that one call holds, in bytes."""
    gc.collect()
    tracemalloc.start()
    work()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def main() -> None:
    """Nothing comes out; the ratios are printed."""
    order = order_of(YEAR)
    schedule = make_schedule(order)
    one = seconds(lambda: [convert(f"{k} mg", "5 mg/5 mL", route="oral") for k in range(1, 9)])
    ratio = seconds(lambda: make_schedule(order)) / one
    print(f"make_schedule(), {YEAR} days: {ratio:.1f} times one convert() for each of its steps (goal 20)")
    notes = noted(schedule)
    ratio = seconds(lambda: diary_pdf(schedule)) / seconds(lambda: by_hand(notes))
    print(f"its diary of {len(notes.pages)} pages: {ratio:.2f} times the loop written by hand (goal 2)")
    for days in (YEAR, 4 * YEAR, 8 * YEAR):
        longer = make_schedule(order_of(days))
        notes = noted(longer)
        ours, floor = peak(partial(diary_pdf, longer)), peak(partial(by_hand, notes))
        print(
            f"memory, {days} days on {len(notes.pages)} pages: {ours / 1e6:.2f} MB, by hand {floor / 1e6:.2f} MB, "
            f"{(ours - floor) / 1e3:.0f} kB more"
        )


if __name__ == "__main__":
    main()
