"""The one door to every format: pages in, the bytes of each file out; only the format asked for is loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal, get_args

import msgspec

from liquidose.errors import BadOption
from liquidose.pages.shapes import Page

Format = Literal["pdf", "svg", "png", "zpl"]
FORMATS: tuple[Format, ...] = get_args(Format)


def render(  # noqa: PLR0913  (one parameter a thing that a file says of itself)
    pages: Sequence[Page],
    form: Format,
    *,
    title: str,
    language: str = "en",
    dpi: int | None = None,
    made: str = "",
) -> list[bytes]:
    """The files: one PDF or one ZPL of all pages, an SVG or a PNG for each page.

    ``dpi`` is the printer's for ZPL, which must be given, and the picture's for PNG, which has a default. ``made`` is
    what an SVG, PNG or ZPL says of itself beside its title: version, data, rules and id, else an id of its pages.

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

            return render_svg(pages, title=title, language=language, made=made or _made(pages))
        case "png":
            from liquidose.render.png import PREVIEW_DPI, render_png  # noqa: PLC0415  (as above)

            about = {"Title": title, "Language": language, "Description": made or _made(pages)}
            return render_png(pages, dpi=dpi or PREVIEW_DPI, about=about)
        case "zpl":
            from liquidose.render.zpl import render_zpl  # noqa: PLC0415  (as above)

            return [render_zpl(pages, dpi=dpi, about=f"{title} ({language}). {made or _made(pages)}")]
        case _:
            raise BadOption(
                f"There is no format '{form}'.", f"Choose one of {', '.join(FORMATS)}.", given=form
            )


def _made(pages: Sequence[Page]) -> str:
    """What a document says that has no rules of a site: by which version it was made, and an id of its content."""
    from liquidose.render.pdf import keywords_of  # noqa: PLC0415  (as above)

    content = hashlib.sha256(msgspec.json.encode(pages, enc_hook=str))
    return keywords_of("international", content.hexdigest())


def format_of(name: str) -> Format:
    """The format that the ending of a file's name asks for; a PDF where it asks for none of them.

    >>> format_of("label.SVG"), format_of("label")
    ('svg', 'pdf')
    """
    ending = name.rpartition(".")[2].lower()
    return next((form for form in FORMATS if form == ending), "pdf")


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
