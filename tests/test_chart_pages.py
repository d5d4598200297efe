"""A chart on paper, read back by a parser that is not ours: every word whole in its own cell, on every page a header."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2
import pytest
from tables import plain

from liquidose import Site, StrengthChart, WeightBands, WeightChart, chart_pdf, make_chart
from liquidose.charting import document_id
from liquidose.charts.tables import Table, Words, table_of
from liquidose.charts.weight_bands import Step
from liquidose.devices.stocks import SHEETS, Paper
from liquidose.errors import DoesNotFit, UnreadableText
from liquidose.pages.chart import REFUSED_GREY, chart_pages

CHARTS = Path(__file__).parent.parent / "examples" / "charts"
PAPERS: tuple[Paper, ...] = ("A4", "Letter")
MM = 72 / 25.4
HAIR_PT = 0.02

SIX = ["1 mg/mL", "2 mg/mL", "3 mg/mL", "4 mg/mL", "5 mg/mL", "10 mg/mL"]
SIDE_BY_SIDE = {
    ("two", False): [[0, 1, 2]],
    ("two", True): [[0, 1, 2]],
    ("six", False): [[0, 1, 2, 3], [0, 4, 5, 6]],
    ("six", True): [[0, 1, 2], [0, 3, 4], [0, 5, 6]],
    ("long", False): [[0, 1, 2]],
    ("long", True): [[0, 1, 2]],
    ("ibuprofen", False): [[0, 1, 2]],
    ("ibuprofen", True): [[0, 1, 2]],
}


@cache
def chart(name: str) -> StrengthChart | WeightChart:
    doses = ["0.1 mg", "5 mg", "10 mg", "15 mg", "20 mg"]
    match name:
        case "two":
            return make_chart(doses=doses, strengths=["5 mg/5 mL", "25 mg/5 mL"], drug="baclofen")
        case "six":
            return make_chart(doses=doses, strengths=SIX, drug="baclofen", site=Site(profile="uk"))
        case "long":
            step = Step(from_="26 kg", to="52 kg", every="1 kg")
            return make_chart(
                bands=WeightBands(
                    drug="levothyroxine",
                    strength="50 mcg/mL",
                    dose="2 mcg/kg (max 100 mcg)",
                    dose_at="lower end",
                    step=step,
                ),
                site=Site(profile="uk"),
            )
        case _:
            return make_chart(bands=CHARTS / "ibuprofen.toml")


@cache
def pages(name: str, paper: Paper, large: Any) -> tuple[Any, ...]:
    content = chart_pdf(chart(name), paper=paper, large_print=large)
    return tuple(pdfplumber.open(BytesIO(content)).pages)


every_sheet = pytest.mark.parametrize(
    ("name", "paper", "large"),
    [(name, paper, large) for (name, large) in SIDE_BY_SIDE for paper in PAPERS],
)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def words_of(cell: Words) -> str:
    return squeezed("".join((*cell.strong, *cell.plain)))


def cells_of(page: Any) -> list[tuple[str, str, Any]]:
    """Every cell of a page in reading order: its text, its shade, its box."""
    found = []
    for rect in page.rects:
        box = (rect["x0"] - HAIR_PT, rect["top"] - HAIR_PT, rect["x1"] + HAIR_PT, rect["bottom"] + HAIR_PT)
        shade = rect["non_stroking_color"] if rect["fill"] else None
        found.append((squeezed(page.within_bbox(box).extract_text()), str(shade), rect))
    return found


@every_sheet
def test_every_word_stands_whole_in_its_own_cell_and_none_is_left_out(
    name: str, paper: Paper, large: Any
) -> None:
    table = table_of(chart(name))
    heads = {squeezed(head) for head in table.columns}
    read = [text for page in pages(name, paper, large) for text, _, _ in cells_of(page) if text not in heads]
    groups = SIDE_BY_SIDE[name, large]
    assert read == [words_of(row[k]) for group in groups for row in table.rows for k in group]


@every_sheet
def test_every_page_has_its_header_and_what_made_it(name: str, paper: Paper, large: Any) -> None:
    table, found = table_of(chart(name)), pages(name, paper, large)
    for number, page in enumerate(found, 1):
        text = squeezed(page.extract_text())
        assert text.startswith(squeezed(table.title + table.only))
        assert squeezed(f"Page {number} of {len(found)}") in text
        assert squeezed(f"{chart(name).profile} rules, id {document_id(table, chart(name).profile)}") in text
        assert squeezed("Nothing here is in true size, so there is no check bar.") in text
        columns = [text for text, _, _ in cells_of(page)][: 1 if page.rects else 0]
        assert columns == [squeezed(table.columns[0])] * len(columns)
        assert (float(page.width), float(page.height)) == pytest.approx(
            tuple(float(side) * MM for side in SHEETS[paper]), abs=0.01
        )


@every_sheet
def test_what_stands_before_and_behind_the_table_is_all_there(name: str, paper: Paper, large: Any) -> None:
    table = table_of(chart(name))
    text = squeezed("".join(page.extract_text() for page in pages(name, paper, large)))
    for words in (*table.warned, *table.lead, *table.notes):
        assert squeezed(words) in text


@every_sheet
def test_nothing_lies_over_the_edge_or_over_the_foot(name: str, paper: Paper, large: Any) -> None:
    for page in pages(name, paper, large):
        foot = min(char["top"] for word in page.search("Page [0-9]+ of") for char in word["chars"])
        for rect in page.rects:
            assert rect["x0"] >= 12 * MM
            assert rect["x1"] <= page.width - 12 * MM
            assert rect["bottom"] <= foot
        for char in page.chars:
            assert char["x0"] >= 12 * MM
            assert char["x1"] <= page.width - 12 * MM


@every_sheet
def test_r106_r107_nothing_but_the_foot_is_below_12_pt_or_in_large_print_below_18_pt_bold(
    name: str, paper: Paper, large: Any
) -> None:
    for page in pages(name, paper, large):
        foot = min(char["top"] for word in page.search("Page [0-9]+ of") for char in word["chars"])
        sizes = {round(char["size"], 2) for char in page.chars if char["top"] < foot - 1}
        assert min(sizes) >= (18 if large else 12)
        if large:
            assert all("Bold" in char["fontname"] for char in page.chars if char["top"] < foot - 1)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("large", [False, True])
def test_r107_lines_of_large_print_stand_one_and_a_half_apart(paper: Paper, large: Any) -> None:
    page = pages("two", paper, large)[0]
    size, spacing = (18, 1.5) if large else (12, 1.25)
    _, head, _ = page.rects[:3]
    box = head["x0"], head["top"], head["x1"], head["bottom"]
    feet = sorted({round(char["bottom"], 2) for char in page.within_bbox(box).chars})
    assert len(feet) > 1
    for above, below in pairwise(feet):
        assert below - above == pytest.approx(size * spacing, abs=0.1)


@pytest.mark.parametrize("large", [False, True])
def test_a_grey_cell_is_grey_on_paper_and_says_so_too_and_no_other_cell_is(large: Any) -> None:
    cells = [cell for page in pages("two", "A4", large) for cell in cells_of(page)]
    grey = [text for text, shade, _ in cells if shade != "None"]
    assert len(grey) == 2
    assert {shade for _, shade, _ in cells} == {"None", str(REFUSED_GREY)}
    assert all(text.startswith("Cannotbemeasuredwiththestockedsyringes.Seenote") for text in grey)
    assert [text for text, _, _ in cells if "Cannot" in text] == grey


def test_r174_black_on_the_grey_has_a_contrast_of_seven_to_one_and_all_ink_is_without_colour() -> None:
    luminance = ((REFUSED_GREY + 0.055) / 1.055) ** 2.4
    assert (luminance + 0.05) / 0.05 >= 7
    for page in pages("two", "A4", large=False):
        assert {len(char["non_stroking_color"]) for char in page.chars} == {1}
        assert {char["non_stroking_color"][0] for char in page.chars} == {0}
    content = chart_pdf(chart("two"), paper="A4")
    with pypdfium2.PdfDocument(BytesIO(content)) as pdf:
        picture = pdf[0].render(scale=1).to_pil().convert("RGB")
    colours = picture.getcolors(1 << 24)
    assert colours is not None
    assert all(max(rgb) - min(rgb) <= 2 for _, rgb in colours if isinstance(rgb, tuple))


def test_the_same_chart_is_the_same_file_and_another_has_another_id() -> None:
    assert chart_pdf(chart("two"), paper="A4") == chart_pdf(chart("two"), paper="A4")
    ids = {document_id(table_of(chart(name)), "us") for name in ("two", "six", "long", "ibuprofen")}
    assert len(ids) == 4
    assert document_id(table_of(chart("two")), "uk") not in ids


@pytest.mark.parametrize(("profile", "paper"), [("us", "Letter"), ("uk", "A4"), ("international", "A4")])
def test_the_paper_is_that_of_the_profile_unless_it_is_named(profile: Any, paper: Paper) -> None:
    made = make_chart(doses=["5 mg"], strengths=["5 mg/5 mL"], site=Site(profile=profile))
    page = pdfplumber.open(BytesIO(chart_pdf(made))).pages[0]
    assert float(page.width) == pytest.approx(float(SHEETS[paper][0]) * MM, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("large", [False, True])
def test_a_thousand_bands_are_all_printed(large: Any) -> None:
    step = Step(from_="1 kg", to="101 kg", every="0.1 kg")
    made = make_chart(
        bands=WeightBands(drug="a", strength="10 mg/mL", dose="5 mg/kg", dose_at="middle", step=step)
    )
    pages_of = chart_pages(table_of(made), paper="A4", large_print=large, foot="made")
    cells = [box for page in pages_of for name in ("cell", "refused") for box in page.named(name)]
    assert sum(hasattr(box, "fill_grey") for box in cells) == 3000


def table(**changed: Any) -> Table:
    words: dict[str, Any] = {
        "title": "a",
        "only": "b",
        "warned": (),
        "lead": (),
        "columns": ("Weight", "Each dose", "Give"),
        "rows": ((Words(strong=("1",)), Words(strong=("2",)), Words(strong=("3",))),),
        "notes": (),
        **changed,
    }
    return Table(**words)


@pytest.mark.parametrize(
    ("changed", "large", "message"),
    [
        ({"title": "m" * 80}, False, "The text of 'title' does not fit: at 15 pt, the smallest allowed, it is 178.8 mm too wide, for 'mmmmmmmm"),
        ({"rows": ((Words(strong=("w" * 40,)), Words(), Words()),)}, True, "The text of 'cell' does not fit: at 18 pt, the smallest allowed, "),
        ({"rows": ((Words(strong=("much",), plain=("a b " * 3000,)), Words(), Words()),)}, False, "'much' is higher than a page. Shorten it."),
        ({"lead": ("a b " * 5000,)}, True, "'a b a b a b a b a b a b a b a b a b a b ' is higher than a page. Shorten it, or leave --large-print out."),
    ],
)  # fmt: skip
def test_what_has_no_room_is_refused_and_never_cut(changed: Any, large: Any, message: str) -> None:
    with pytest.raises(DoesNotFit) as refused:
        chart_pages(table(**changed), paper="A4", large_print=large, foot="made")
    assert plain(str(refused.value)).startswith(message)


def test_what_has_room_is_printed() -> None:
    (page,) = chart_pages(table(), paper="Letter", foot="made by hand")
    assert [getattr(shape, "text", "") for shape in page.named("cell") if hasattr(shape, "text")] == [
        "1",
        "2",
        "3",
    ]


def test_a_character_that_no_face_has_is_refused_by_its_name() -> None:
    with pytest.raises(UnreadableText, match=re.escape("U+30AB")):
        chart_pages(table(title="カ"), paper="A4", foot="made")
