"""Pages as a PDF: mm become points and the axis is flipped; everything else was decided before."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from liquidose._version import __version__
from liquidose.pages.fonts import face_name
from liquidose.pages.shapes import MM_PER_PT, Box, Line, Page, Polygon, Shape, Text

_PT: Final = 1 / MM_PER_PT


def render_pdf(pages: Sequence[Page], *, title: str, language: str = "en") -> bytes:
    """One PDF of all pages, each at its true size; the same pages give the same bytes.

    It asks viewers not to scale when printing, and embeds the only faces it names.

    Raises:
        ValueError: no page.
    """
    if not pages:
        raise ValueError("A PDF has at least one page")
    file = BytesIO()
    canvas = Canvas(
        file,
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
    for page in pages:
        canvas.setPageSize((page.width_mm * _PT, page.height_mm * _PT))
        for shape in page.shapes:
            _draw(canvas, shape, page.height_mm)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _draw(canvas: Canvas, shape: Shape, high_mm: float) -> None:
    match shape:
        case Text():
            canvas.setFillGray(0) if shape.fill_rgb is None else canvas.setFillColorRGB(*shape.fill_rgb)
            canvas.setFont(face_name(bold=shape.bold), shape.size_pt)
            canvas.drawString(shape.x_mm * _PT, (high_mm - shape.y_mm) * _PT, shape.text)
        case Line():
            canvas.setLineWidth(shape.width_mm * _PT)
            canvas.line(
                shape.x1_mm * _PT,
                (high_mm - shape.y1_mm) * _PT,
                shape.x2_mm * _PT,
                (high_mm - shape.y2_mm) * _PT,
            )
        case Box():
            stroke, fill = _ink(canvas, shape)
            canvas.rect(
                shape.x_mm * _PT,
                (high_mm - shape.y_mm - shape.height_mm) * _PT,
                shape.width_mm * _PT,
                shape.height_mm * _PT,
                stroke=stroke,
                fill=fill,
            )
        case Polygon():
            stroke, fill = _ink(canvas, shape)
            path = canvas.beginPath()
            (x, y), *others = shape.points_mm
            path.moveTo(x * _PT, (high_mm - y) * _PT)
            for x, y in others:
                path.lineTo(x * _PT, (high_mm - y) * _PT)
            path.close()
            canvas.drawPath(path, stroke=stroke, fill=fill)


def _ink(canvas: Canvas, shape: Box | Polygon) -> tuple[int, int]:
    """Whether the shape is outlined and filled, the canvas being set to do so. Lines are black from the start."""
    if shape.stroke_mm is not None:
        canvas.setLineWidth(shape.stroke_mm * _PT)
    if shape.fill_grey is not None:
        canvas.setFillGray(shape.fill_grey)
    if shape.fill_rgb is not None:
        canvas.setFillColorRGB(*shape.fill_rgb)
    return int(shape.stroke_mm is not None), int(shape.fill_grey is not None or shape.fill_rgb is not None)
