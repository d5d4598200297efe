"""Draws the pages of the two courses of the examples, in each paper and print, for a person to look at.

``make pictures`` runs it and writes ``docs/pictures/course-*.png``; the pages are shown in grey, as an office printer would.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import pypdfium2
from PIL import Image

from liquidose import load_order, make_schedule
from liquidose.sheets import diary_pdf, schedule_pdf
from liquidose.site import Site

ROOT: Final = Path(__file__).parent.parent
COURSES: Final = ("titration", "taper")
LOOKS: Final[tuple[tuple[Literal["A4", "Letter"], bool], ...]] = (
    ("A4", False),
    ("A4", True),
    ("Letter", False),
    ("Letter", True),
)
_DOTS_TO_THE_INCH: Final = 56
_ACROSS: Final = 4
_GREYS: Final = 16
_GAP: Final = 6


def pictures() -> Iterator[tuple[Path, Image.Image]]:
    """Each file with its picture: the whole schedule, then of the diary the first page, one of the days, and the last.

    Letter is printed under the us profile, A4 under none.
    """
    for course in COURSES:
        order = load_order(str(ROOT / "examples" / f"baclofen-{course}.toml"))
        for paper, large in LOOKS:
            schedule = make_schedule(order, Site(profile="us") if paper == "Letter" else None)
            diary = _pages(diary_pdf(schedule, paper=paper, large_print=large))
            pages = _pages(schedule_pdf(schedule, paper=paper, large_print=large))
            name = f"course-{course}-{paper.lower()}{'-large' if large else ''}.png"
            yield (
                ROOT / "docs" / "pictures" / name,
                _together([*pages, diary[0], diary[len(diary) // 2], diary[-1]]),
            )


def _pages(content: bytes) -> list[Image.Image]:
    """The pages of a PDF in grey."""
    with pypdfium2.PdfDocument(io.BytesIO(content)) as pdf:
        return [
            page.render(scale=_DOTS_TO_THE_INCH / 72, grayscale=True).to_pil().convert("L") for page in pdf
        ]


def _together(pages: list[Image.Image]) -> Image.Image:
    """The pages side by side, so many in a row, on grey; those that lie on their side are in rows of their own."""
    upright = [page for page in pages if page.height > page.width]
    sideways = [page for page in pages if page.height <= page.width]
    rows = [
        group[start : start + across]
        for group, across in ((upright, _ACROSS), (sideways, _ACROSS - 1))
        for start in range(0, len(group), across)
    ]
    wide = max(sum(page.width + _GAP for page in row) for row in rows) + _GAP
    high = sum(max(page.height for page in row) + _GAP for row in rows) + _GAP
    sheet, down = Image.new("L", (wide, high), 160), _GAP
    for row in rows:
        across = _GAP
        for page in row:
            sheet.paste(page, (across, down))
            across += page.width + _GAP
        down += max(page.height for page in row) + _GAP
    return sheet.quantize(_GREYS)


if __name__ == "__main__":
    for path, picture in pictures():
        picture.save(path, optimize=True)
        print(path.relative_to(ROOT), path.stat().st_size)  # noqa: T201  (this file is a script)
