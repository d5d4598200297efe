"""Pages as a PDF: mm become points and the axis is flipped; everything else was decided before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Final

import msgspec
from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from liquidose._version import __version__
from liquidose.files import data_version
from liquidose.pages.fonts import face_name
from liquidose.pages.pieces import glyphs_of
from liquidose.pages.shapes import MM_PER_PT, Box, Line, Page, Placed, Polygon, Text
from liquidose.quantities.writing import Profile

_PT: Final = 1 / MM_PER_PT


def render_pdf(
    pages: Iterable[Page], *, title: str, language: str = "en", profile: Profile = "international"
) -> bytes:
    """One PDF of all pages, as :class:`Document` makes it, with an id from their content alone.

    Raises:
        ValueError: no page.
    """
    document = Document(title=title, language=language)
    content = hashlib.sha256()
    for page in pages:
        document.add(page)
        content.update(msgspec.json.encode(page, enc_hook=str))
    return document.finished(keywords=keywords_of(profile, content.hexdigest()))


def keywords_of(profile: Profile, identity: str) -> str:
    """What every document says of itself: by which version, which data and whose rules it was made, and its id."""
    return f"{made_by(profile)}, id {identity[:16]}"


def made_by(profile: Profile) -> str:
    """By which version, which data and whose rules a document is made."""
    return f"liquidose {__version__}, data {data_version()}, {profile} rules"


class Document:
    """A PDF that pages are added to, each at its true size; the same pages give the same bytes.

    It asks viewers not to scale when printing, and embeds the only faces it names. A page that is placed again and
    again is kept as one form.
    """

    def __init__(self, *, title: str, language: str = "en") -> None:
        self.language = language
        self._file = BytesIO()
        self._canvas = canvas = Canvas(
            self._file,
            pageCompression=1,
            invariant=1,
            # Without it the file also names Helvetica, which is not embedded. The stub takes the name for a number.
            initialFontName=face_name(bold=False),  # type: ignore[arg-type]
            lang=language,
        )
        canvas.setTitle(title)
        canvas.setAuthor("")  # else "anonymous", and the subject "unspecified"
        canvas.setSubject("")
        canvas.setCreator(f"liquidose {__version__}")
        canvas.setProducer(f"liquidose {__version__}")
        canvas.setViewerPreference("PrintScaling", "None")
        self._pen = _Pen(canvas)
        self._empty = True

    def add(self, page: Page) -> None:
        """Nothing comes out; the page is drawn."""
        self._empty = False
        self._canvas.setPageSize((page.width_mm * _PT, page.height_mm * _PT))
        self._pen.draw(page, 0, page.height_mm)
        self._canvas.showPage()

    def finished(self, *, keywords: str = "") -> bytes:
        """The whole file.

        Raises:
            ValueError: no page was added.
        """
        if self._empty:
            raise ValueError("A PDF has at least one page")
        self._canvas.setKeywords(keywords)
        with _binary_streams():
            self._canvas.save()
        return self._file.getvalue()


@contextmanager
def _binary_streams() -> Iterator[None]:
    """Streams stay as they are compressed: as ASCII they would be a quarter longer. The switch is reportlab's own."""
    before = rl_config.useA85
    rl_config.useA85 = 0
    try:
        yield
    finally:
        rl_config.useA85 = before


class _Pen:
    """Draws shapes on a canvas; what is placed again and again becomes a form, drawn once."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self._forms: dict[int, tuple[str, Page]] = {}
        """By identity: the page is held beside the name, so that no other takes its place."""

    def draw(self, page: Page, left_mm: float, top_mm: float) -> None:
        """Everything on the page, whose top left corner is ``top_mm`` above the canvas's foot."""
        texts: list[Text] = []
        for shape in page.shapes:
            if isinstance(shape, Text):
                texts.append(shape)
                continue
            self._write(texts, left_mm, top_mm)
            texts = []
            if not isinstance(shape, Placed):
                self._outline(shape, left_mm, top_mm)
            elif shape.again:
                self._place_form(shape, left_mm, top_mm)
            else:
                self.draw(shape.page, left_mm + shape.x_mm, top_mm - shape.y_mm)
        self._write(texts, left_mm, top_mm)

    def _write(self, texts: list[Text], left_mm: float, top_mm: float) -> None:
        """Texts that follow one another, in black: a pen is black whenever nothing is being filled."""
        if not texts:
            return
        written = self.canvas.beginText()
        set_in: tuple[str, float] | None = None
        for text in texts:
            face = text.face or face_name(bold=text.bold)
            if set_in != (face, text.size_pt):
                set_in = face, text.size_pt
                written.setFont(face, text.size_pt)
            if text.fill_rgb is not None:
                written.setFillColorRGB(*text.fill_rgb)
            written.setTextOrigin((left_mm + text.x_mm) * _PT, (top_mm - text.y_mm) * _PT)
            # Not textOut, which works out the width of each text anew; every text has an origin of its own.
            written.textLine(glyphs_of(text.text, face, text.size_pt) if text.shaped else text.text)
            if text.fill_rgb is not None:
                written.setFillGray(0)
        self.canvas.drawText(written)

    def _place_form(self, placed: Placed, left_mm: float, top_mm: float) -> None:
        name = self._form(placed.page)
        canvas = self.canvas
        canvas.saveState()
        canvas.translate((left_mm + placed.x_mm) * _PT, (top_mm - placed.y_mm - placed.page.height_mm) * _PT)
        canvas.doForm(name)
        canvas.restoreState()

    def _form(self, page: Page) -> str:
        if id(page) in self._forms:
            return self._forms[id(page)][0]
        name = f"art{len(self._forms)}"
        self._forms[id(page)] = name, page
        self.canvas.beginForm(name, 0, 0, page.width_mm * _PT, page.height_mm * _PT)
        self.draw(page, 0, page.height_mm)
        self.canvas.endForm()
        return name

    def _outline(self, shape: Line | Box | Polygon, left_mm: float, top_mm: float) -> None:
        canvas = self.canvas
        match shape:
            case Line():
                canvas.setLineWidth(shape.width_mm * _PT)
                canvas.line(
                    (left_mm + shape.x1_mm) * _PT,
                    (top_mm - shape.y1_mm) * _PT,
                    (left_mm + shape.x2_mm) * _PT,
                    (top_mm - shape.y2_mm) * _PT,
                )
            case Box():
                with _ink(canvas, shape) as (stroke, fill):
                    canvas.rect(
                        (left_mm + shape.x_mm) * _PT,
                        (top_mm - shape.y_mm - shape.height_mm) * _PT,
                        shape.width_mm * _PT,
                        shape.height_mm * _PT,
                        stroke=stroke,
                        fill=fill,
                    )
            case Polygon():
                path = canvas.beginPath()
                (x, y), *others = shape.points_mm
                path.moveTo((left_mm + x) * _PT, (top_mm - y) * _PT)
                for x, y in others:
                    path.lineTo((left_mm + x) * _PT, (top_mm - y) * _PT)
                path.close()
                with _ink(canvas, shape) as (stroke, fill):
                    canvas.drawPath(path, stroke=stroke, fill=fill)


@contextmanager
def _ink(canvas: Canvas, shape: Box | Polygon) -> Iterator[tuple[int, int]]:
    """Whether the shape is outlined and filled, the canvas being set to do so until it is drawn."""
    if shape.stroke_mm is not None:
        canvas.setLineWidth(shape.stroke_mm * _PT)
    filled = shape.fill_grey is not None or shape.fill_rgb is not None
    if shape.fill_rgb is not None:
        canvas.setFillColorRGB(*shape.fill_rgb)
    elif shape.fill_grey:
        canvas.setFillGray(shape.fill_grey)
    yield int(shape.stroke_mm is not None), int(filled)
    if filled:
        canvas.setFillGray(0)
