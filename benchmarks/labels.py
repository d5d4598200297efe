"""Labels as ratios in one run: against a hand-written reportlab loop, pylabels and blabel; run by hand with ``make bench``.

The label is ``four-lines`` on Avery L7160, its syringe of 51 lines. The loop keeps each picture as a form, embeds the same
faces and draws the same rows of text, which it is given with their places. The peers get the same shapes in mm, each in an
environment made for it. "Beyond its text" is beyond what the page's rows take when they alone are deflated.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import msgspec
from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from liquidose.devices.stocks import stock_of
from liquidose.labelling import label_document, write_labels
from liquidose.orders.order import decode_order
from liquidose.pages.fonts import face_name
from liquidose.pages.imposing import rest_on
from liquidose.pages.of_plan import PlanLayout, words_on
from liquidose.pages.shapes import MM_PER_PT, Box, Ink, Line, Page, Placed, Polygon, Text
from liquidose.pages.templates import load_template
from liquidose.plan import Plan, make_plan
from liquidose.print_run import Run
from liquidose.site import Site

ROOT = Path(__file__).parent.parent
ROUNDS = 5
EACH = 1050
MANY = 30_000
ON_A_SHEET = 21
PT = 1 / MM_PER_PT
SITE = Site(stocked=("bd-oral-10",))  # 10 mL by 0.2 mL: 51 lines with its zero
TEMPLATE = load_template("four-lines")
STOCK = stock_of("avery-l7160")
RUN = Run(template=TEMPLATE, stock=STOCK)
PEERS = {
    "pylabels": (("pylabels==1.2.1", "reportlab==5.1.0"), 210, 15, 8),
    "blabel": (("blabel==0.1.7", "weasyprint==70.0"), 21, 50, None),
}
"""What is installed, how many labels, and the goals: planned labels, and orders read and planned too."""


def texts(count: int, start: int = 0) -> Iterator[str]:
    """So many orders in TOML, no two of them for one patient."""
    chance = random.Random(start)  # noqa: S311  (inputs of a benchmark)
    for number in range(start, start + count):
        yield (
            f'locale = "en-US"\n[patient]\nname = "Sam Example-{number}"\n'
            f"birth_date = {chance.randint(2008, 2022)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}\n"
            f'[drug]\nname = "baclofen"\nstrength = "5 mg/5 mL"\nform = "oral solution"\n'
            f'[directions]\ndose = "{chance.randint(15, 50) / 5:g} mg"\ntimes = ["morning", "noon", "bedtime"]\n'
            f'route = "by mouth"\nwith = "food"\nwarnings = ["May cause drowsiness. Alcohol makes it worse."]\n'
            f'[dispense]\nrx_number = "{1_000_000 + number}"\n'
        )


def planned(orders: Iterable[str]) -> Iterator[Plan]:
    """The plan of each order, read from its text."""
    return (make_plan(decode_order(text, name="order"), SITE) for text in orders)


Label = tuple[Page, list[tuple[float, float, str, float, str]]]


def rows_and_art(plans: Iterable[Plan]) -> list[Label]:
    """For the loop: the picture of each label, and its rows of text in points from the label's top left corner."""
    layout = PlanLayout(TEMPLATE)
    found = []
    for plan in plans:
        page = layout.label(plan, words_on(TEMPLATE, plan))
        art = next(shape.page for shape in page.shapes if isinstance(shape, Placed))
        rows = [
            (shape.x_mm * PT, shape.y_mm * PT, face_name(bold=shape.bold), shape.size_pt, shape.text)
            for shape in page.shapes
            if isinstance(shape, Text)
        ]
        found.append((art, rows))
    return found


def by_hand(labels: Iterable[Label]) -> bytes:
    """What somebody writes who knows reportlab well: a form for each picture, one text object a label."""
    file = BytesIO()
    plain: Any = face_name(bold=False)
    canvas = Canvas(
        file, pagesize=(210 * PT, 297 * PT), pageCompression=1, invariant=1, initialFontName=plain
    )
    rest = rest_on(TEMPLATE, STOCK)
    origins = [STOCK.origin_mm(k) for k in range(ON_A_SHEET)]
    corners = [((float(o.x_mm) + rest.x_mm) * PT, (297 - float(o.y_mm) - rest.y_mm) * PT) for o in origins]
    high = TEMPLATE.height_mm * PT
    forms: dict[int, str] = {}
    for number, (art, rows) in enumerate(labels):
        if id(art) not in forms:
            forms[id(art)] = name = f"art{len(forms)}"
            canvas.beginForm(name, 0, 0, TEMPLATE.width_mm * PT, high)
            for shape in art.flat():
                draw(canvas, shape, high)
            canvas.endForm()
        if number and not number % ON_A_SHEET:
            canvas.showPage()
        left, top = corners[number % ON_A_SHEET]
        canvas.saveState()
        canvas.translate(left, top - high)
        canvas.doForm(forms[id(art)])
        canvas.restoreState()
        written = canvas.beginText()
        for x, y, face, size, text in rows:
            written.setFont(face, size)
            written.setTextOrigin(left + x, top - y)
            written.textOut(text)
        canvas.drawText(written)
    canvas.showPage()
    before, rl_config.useA85 = rl_config.useA85, 0
    canvas.save()
    rl_config.useA85 = before
    return file.getvalue()


def draw(canvas: Canvas, shape: Ink, high: float) -> None:
    """One shape of a picture, in greys."""
    match shape:
        case Text():
            canvas.setFont(face_name(bold=shape.bold), shape.size_pt)
            canvas.drawString(shape.x_mm * PT, high - shape.y_mm * PT, shape.text)
        case Line():
            canvas.setLineWidth(shape.width_mm * PT)
            canvas.line(shape.x1_mm * PT, high - shape.y1_mm * PT, shape.x2_mm * PT, high - shape.y2_mm * PT)
        case Box():
            canvas.setLineWidth((shape.stroke_mm or 0) * PT)
            canvas.setFillGray(shape.fill_grey or 0)
            canvas.rect(
                shape.x_mm * PT,
                high - (shape.y_mm + shape.height_mm) * PT,
                shape.width_mm * PT,
                shape.height_mm * PT,
                stroke=int(shape.stroke_mm is not None),
                fill=int(shape.fill_grey is not None),
            )
            canvas.setFillGray(0)
        case Polygon():
            path = canvas.beginPath()
            path.moveTo(shape.points_mm[0][0] * PT, high - shape.points_mm[0][1] * PT)
            for x, y in shape.points_mm[1:]:
                path.lineTo(x * PT, high - y * PT)
            path.close()
            canvas.drawPath(path, stroke=0, fill=1)


def seconds(work: Callable[[], object]) -> float:
    """Seconds of this process alone, for the machine may be shared."""
    start = time.process_time()
    work()
    return time.process_time() - start


PYLABELS = """
import json, sys, time
import labels
from reportlab.graphics import shapes
from reportlab.lib.colors import Color, black
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
given = json.load(open("labels.json"))
for weight in ("plain", "bold"):
    pdfmetrics.registerFont(TTFont(weight, given[weight]))
pt = 72 / 25.4
def draw(label, width, height, found):
    for s in found:
        kind = s["kind"]
        if kind == "Text":
            face = "bold" if s["bold"] else "plain"
            one = shapes.String(s["x_mm"] * pt, height - s["y_mm"] * pt, s["text"], fontName=face, fontSize=s["size_pt"])
        elif kind == "Line":
            one = shapes.Line(s["x1_mm"] * pt, height - s["y1_mm"] * pt, s["x2_mm"] * pt, height - s["y2_mm"] * pt,
                              strokeWidth=s["width_mm"] * pt)
        elif kind == "Box":
            grey, stroke = s["fill_grey"], s["stroke_mm"]
            one = shapes.Rect(s["x_mm"] * pt, height - (s["y_mm"] + s["height_mm"]) * pt, s["width_mm"] * pt,
                              s["height_mm"] * pt, fillColor=None if grey is None else Color(grey, grey, grey),
                              strokeColor=None if stroke is None else black, strokeWidth=(stroke or 0) * pt)
        else:
            points = [part for x, y in s["points_mm"] for part in (x * pt, height - y * pt)]
            one = shapes.Polygon(points, fillColor=black, strokeColor=None)
        label.add(one)
start = time.process_time()
sheet = labels.Sheet(labels.Specification(210, 297, 3, 7, 63.5, 38.1, left_margin=7.2, top_margin=15.1,
                                          column_gap=2.5, row_gap=0), draw)
sheet.add_labels(given["labels"])
sheet.save("labels.pdf")
print((time.process_time() - start) / len(given["labels"]))
"""

BLABEL = """
import json, time
from blabel import LabelWriter
given = json.load(open("labels.json"))
css = f'''@font-face {{ font-family: own; src: url(file://{given["plain"]}) }}
@font-face {{ font-family: own; font-weight: bold; src: url(file://{given["bold"]}) }}
@page {{ size: 63.5mm 38.1mm; margin: 0 }} body {{ margin: 0; font-family: own }}'''
open("labels.css", "w").write(css)
item = '''<svg width="63mm" height="38mm" viewBox="0 0 63 38" font-family="own">{% for s in shapes %}{% if s.kind == "Text" %}
<text x="{{ s.x_mm }}" y="{{ s.y_mm }}" font-size="{{ s.size_pt * 25.4 / 72 }}" font-weight="{{ "bold" if s.bold else "normal" }}">{{ s.text|e }}</text>
{% elif s.kind == "Line" %}<line x1="{{ s.x1_mm }}" y1="{{ s.y1_mm }}" x2="{{ s.x2_mm }}" y2="{{ s.y2_mm }}" stroke="black" stroke-width="{{ s.width_mm }}"/>
{% elif s.kind == "Box" %}<rect x="{{ s.x_mm }}" y="{{ s.y_mm }}" width="{{ s.width_mm }}" height="{{ s.height_mm }}"
fill="{{ "none" if s.fill_grey is none else "hsl(0, 0%%, %d%%)" % (s.fill_grey * 100) }}"
{% if s.stroke_mm is not none %}stroke="black" stroke-width="{{ s.stroke_mm }}"{% endif %}/>
{% else %}<polygon points="{% for x, y in s.points_mm %}{{ x }},{{ y }} {% endfor %}"/>{% endif %}{% endfor %}</svg>'''
start = time.process_time()
writer = LabelWriter(item_template=item, default_stylesheets=("labels.css",))
writer.write_labels([{"shapes": found} for found in given["labels"]], target="labels.pdf")
print((time.process_time() - start) / len(given["labels"]))
"""


def by_peer(name: str, packages: tuple[str, ...], count: int) -> float:
    """Seconds a label of a peer that draws the same shapes, in an environment of its own."""
    from font_source_sans_pro import font_files_ttf  # noqa: PLC0415  (where the faces lie)

    layout = PlanLayout(TEMPLATE)
    pages = [layout.label(plan, words_on(TEMPLATE, plan)) for plan in planned(texts(count))]
    shapes = [
        [{"kind": type(one).__name__, **msgspec.structs.asdict(one)} for one in page.flat()] for page in pages
    ]
    faces = {
        "plain": str(font_files_ttf["SourceSansPro"]),
        "bold": str(font_files_ttf["SourceSansProBold"]),
    }
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        subprocess.run(install, check=True, capture_output=True)
        (Path(folder) / "labels.json").write_text(json.dumps({"labels": shapes, **faces}), encoding="utf-8")
        script = PYLABELS if name == "pylabels" else BLABEL
        runs = [
            subprocess.run([python, "-c", script], check=True, capture_output=True, text=True, cwd=folder)
            for _ in range(3)
        ]
        return statistics.median(float(run.stdout) for run in runs)


def drawing() -> None:
    """Planned labels, and orders from their text, against the loop and the peers."""
    plans = list(planned(texts(EACH)))
    labels = rows_and_art(plans)
    label_document(plans, RUN, SITE)
    loops, drawn, whole = [], [], []
    for number in range(1, ROUNDS + 1):
        loops.append(seconds(lambda: by_hand(labels)))
        plans = list(planned(texts(EACH, start=2 * number * EACH)))  # whom no label was drawn for before
        drawn.append(seconds(partial(label_document, plans, RUN, SITE)))
        fresh = list(texts(EACH, start=(2 * number + 1) * EACH))
        unread = planned(fresh)  # a generator: nothing is read before it is drawn
        whole.append(seconds(partial(label_document, unread, RUN, SITE)))
    loop = statistics.median(loops) / EACH
    ours, all_of_it = (
        statistics.median(a / b for a, b in zip(times, loops, strict=True)) for times in (drawn, whole)
    )
    print(f"the loop: {1 / loop:,.0f} labels a second")
    print(f"planned labels: {ours:.2f} times the loop's time (goal 2)")
    print(f"orders read, planned and drawn: {all_of_it:.2f} times the loop's time (goal 4)")
    for name, (packages, count, goal, goal_whole) in PEERS.items():
        theirs = by_peer(name, packages, count)
        print(f"{name}: {1 / theirs:,.0f} labels a second")
        print(f"planned labels: {theirs / loop / ours:.0f} times the labels a second of {name} (goal {goal})")
        if goal_whole:
            print(
                f"orders read, planned and drawn: {theirs / loop / all_of_it:.1f} times {name} (goal {goal_whole})"
            )


def many(who: str) -> None:
    """Peak memory and bytes a label of one document of 30,000, in this fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "labels.pdf"
        if who == "liquidose":
            write_labels(planned(texts(MANY)), target, template=TEMPLATE, stock=STOCK, site=SITE)
        else:
            target.write_bytes(by_hand(islice(cycle(rows_and_art(planned(texts(EACH)))), MANY)))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        rows = [
            " ".join(row[-1] for row in rows) for _, rows in rows_and_art(planned(texts(10 * ON_A_SHEET)))
        ]
        sheets = [rows[k : k + ON_A_SHEET] for k in range(0, len(rows), ON_A_SHEET)]
        text = sum(len(zlib.compress("\n".join(sheet).encode())) for sheet in sheets) / len(rows)
        size = target.stat().st_size / MANY
    goals = (" (goal 75)", " (goal 80)") if who == "liquidose" else ("", "")
    print(
        f"{MANY:,} labels, {who}: peak {peak:.0f} MB{goals[0]}, {size - text:.0f} bytes a label beyond its text{goals[1]}"
    )


def cold() -> None:
    """The whole process against a Python that imports what any such program needs, in an environment made for it."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(ROOT)]
        subprocess.run(install, check=True, capture_output=True)
        order = str(ROOT / "examples" / "baclofen.toml")
        program = [str(Path(python).with_name("liquidose")), "label", order, "-o", "label.pdf"]
        floor = [python, "-c", "import pint, click, reportlab.pdfgen.canvas"]
        ratios = []
        for _ in range(3 * ROUNDS):
            times = []
            for command in (program, floor):
                start = time.perf_counter()
                subprocess.run(command, capture_output=True, check=True, cwd=folder)
                times.append(time.perf_counter() - start)
            ratios.append(times[0] / times[1])
    shown = statistics.median(ratios)
    print(f"liquidose label cold: {shown:.2f} of importing pint, click and reportlab's canvas (goal 1.5)")


if __name__ == "__main__":
    if sys.argv[1:]:
        many(sys.argv[1])
    else:
        drawing()
        for one in ("liquidose", "loop"):
            subprocess.run([sys.executable, __file__, one], check=True)
        cold()
