"""The one door to every format: pages in, the bytes of each file out; only the format asked for is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from liquidose.errors import BadOption
from liquidose.pages.shapes import Page

Format = Literal["pdf", "svg", "png", "zpl"]
FORMATS: tuple[Format, ...] = get_args(Format)


def render(
    pages: Sequence[Page], form: Format, *, title: str, language: str = "en", dpi: int | None = None
) -> list[bytes]:
    """The files: one PDF or one ZPL of all pages, an SVG or a PNG for each page.

    ``dpi`` is the printer's for ZPL, which must be given, and the picture's for PNG, which has a default.

    Raises:
        BadOption: the format needs the ``preview`` extra, and it is not installed; or an unknown format.
        GiveWhatIsMissing: ZPL without the printer's dpi.
        DoesNotFit: a mark would not stand true on the dots of a ZPL printer.
    """
    match form:
        case "pdf":
            from liquidose.render.pdf import render_pdf  # noqa: PLC0415  (each only where asked for)

            return [render_pdf(pages, title=title, language=language)]
        case "svg":
            from liquidose.render.svg import render_svg  # noqa: PLC0415  (as above)

            return render_svg(pages, title=title, language=language)
        case "png":
            from liquidose.render.png import PREVIEW_DPI, render_png  # noqa: PLC0415  (as above)

            return render_png(pages, dpi=dpi or PREVIEW_DPI)
        case "zpl":
            from liquidose.render.zpl import render_zpl  # noqa: PLC0415  (as above)

            return [render_zpl(pages, dpi=dpi)]
        case _:
            raise BadOption(
                f"There is no format '{form}'.", f"Choose one of {', '.join(FORMATS)}.", given=form
            )


def file_names(target: str, count: int) -> list[str]:
    """Where so many files go: the target itself, else numbered before its ending.

    >>> file_names("label.svg", 1), file_names("out.d/label.svg", 2)
    (['label.svg'], ['out.d/label-1.svg', 'out.d/label-2.svg'])
    """
    if count == 1:
        return [target]
    folder, slash, name = target.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    return [f"{folder}{slash}{stem}-{number}{dot}{ending}" for number in range(1, count + 1)]
