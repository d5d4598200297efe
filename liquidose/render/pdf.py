"""Pages as a PDF: mm become points and the axis is flipped; everything else was decided before."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import msgspec
from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFPage, PDFStream
from reportlab.pdfgen.canvas import Canvas

from liquidose._version import __version__
from liquidose.files import data_version
from liquidose.pages.fonts import face_name
from liquidose.pages.pieces import glyphs_of
from liquidose.pages.shapes import Page, Placed, Text
from liquidose.quantities.writing import Profile
from liquidose.render.pdf_operators import PT, Codes, in_colour, moved, number, outline, text_at


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
    again is kept as one form. Every page is compressed as soon as it is drawn, so that a long run fits in memory.
    """

    def __init__(self, *, title: str, language: str = "en") -> None:
        self.language = language
        self._canvas = canvas = Canvas(
            BytesIO(),
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
        canvas = self._canvas
        canvas.setPageSize((page.width_mm * PT, page.height_mm * PT))
        canvas.addLiteral(moved(0, -page.height_mm))
        self._pen.draw(page)
        canvas.showPage()
        _compress(self._pen.document.Pages.pages[-1])

    def finished(self, *, keywords: str = "") -> bytes:
        """The whole file.

        Raises:
            ValueError: no page was added.
        """
        if self._empty:
            raise ValueError("A PDF has at least one page")
        self._canvas.setKeywords(keywords)
        with _binary_streams():
            return bytes(self._canvas.getpdfdata())  # type: ignore[no-untyped-call]


def _compress(page: PDFPage) -> None:
    """Nothing comes out; the page's drawing is as it will stand in the file, a tenth as long as reportlab keeps it."""
    content = zlib.compress(page.stream.encode())
    page.Contents = PDFStream(PDFDictionary({"Filter": PDFArray([PDFName("FlateDecode")])}), content)
    page.stream = ""


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
    """Draws shapes on a canvas whose origin is the top left corner of their page, with y upwards.

    What is placed again and again becomes a form, drawn once.
    """

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.document: Any = canvas._doc  # type: ignore[attr-defined]  # noqa: SLF001
        """What reportlab embeds faces in and keeps pages in until the end: the canvas has no other way to either."""
        self._forms: dict[Page, str] = {}
        self._seen: dict[int, tuple[str, Page]] = {}
        """By identity, which is quicker: the page is held beside the name, so that no other takes its place."""
        self._faces: dict[str, Codes] = {}

    def draw(self, page: Page) -> None:
        """Everything on the page."""
        texts: list[Text] = []
        for shape in page.shapes:
            if isinstance(shape, Text):
                texts.append(shape)
                continue
            if texts:
                self._write(texts)
                texts = []
            if isinstance(shape, Placed):
                self._place(shape)
            else:
                self.canvas.addLiteral(outline(shape))
        if texts:
            self._write(texts)

    def _place(self, placed: Placed) -> None:
        """A page on a page; one at its corner needs no move."""
        moves = placed.x_mm or placed.y_mm
        if moves:
            self.canvas.addLiteral(f"q {moved(placed.x_mm, placed.y_mm)}")
        if placed.again:
            self.canvas.doForm(self._form(placed.page))
        else:
            self.draw(placed.page)
        if moves:
            self.canvas.addLiteral("Q")

    def _write(self, texts: list[Text]) -> None:
        """Texts that follow one another, in black: a pen is black whenever nothing is being filled."""
        run: list[str] = []
        set_in: tuple[str, float] | None = None
        for text in texts:
            face = text.face or face_name(bold=text.bold)
            codes = self._codes(face)
            coded = None if text.shaped else codes.of(text.text)
            if coded is None:
                self._end(run)
                self._write_glyphs(text, face)
                run, set_in = [], None
                continue
            if set_in != (face, text.size_pt):
                set_in = face, text.size_pt
                run.append(f"{codes.name} {number(text.size_pt)} Tf")
            run.append(in_colour(f"{text_at(text.x_mm, text.y_mm)} ({coded}) Tj", text.fill_rgb))
        self._end(run)

    def _end(self, run: list[str]) -> None:
        if run:
            self.canvas.addLiteral(f"BT {' '.join(run)} ET")

    def _codes(self, face: str) -> Codes:
        if face not in self._faces:
            self._faces[face] = Codes(face, self.document)
        return self._faces[face]

    def _write_glyphs(self, text: Text, face: str) -> None:
        """A text whose letters join or stack, or which needs more than 256 characters of its face, as reportlab does."""
        written = self.canvas.beginText()
        written.setFont(face, text.size_pt)
        if text.fill_rgb is not None:
            written.setFillColorRGB(*text.fill_rgb)
        written.setTextOrigin(text.x_mm * PT, -text.y_mm * PT)
        written.textLine(glyphs_of(text.text, face, text.size_pt) if text.shaped else text.text)
        if text.fill_rgb is not None:
            written.setFillGray(0)
        self.canvas.drawText(written)

    def _form(self, page: Page) -> str:
        if id(page) in self._seen:
            return self._seen[id(page)][0]
        name = self._forms.get(page) or self._drawn(page)
        self._seen[id(page)] = name, page
        return name

    def _drawn(self, page: Page) -> str:
        name = f"art{len(self._forms)}"
        self._forms[page] = name
        foot = -page.height_mm * PT
        self.canvas.beginForm(name, 0, foot, page.width_mm * PT, 0)  # type: ignore[arg-type]  # the stub takes int
        self.draw(page)
        self.canvas.endForm()
        return name
