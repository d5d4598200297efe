"""Names in other scripts: in the right face, joined, and in the right order; or refused by name."""

from __future__ import annotations

import builtins
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pdfplumber
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont, features

from liquidose import Order, Site, load_order, write_labels
from liquidose.errors import BadFile, UnreadableText
from liquidose.labelling import label_document
from liquidose.pages.elements import Place, TextElement
from liquidose.pages.fonts import drawable, further_face
from liquidose.pages.labels import lay_out
from liquidose.pages.pieces import line_width_mm, pieces
from liquidose.pages.setting import wrap
from liquidose.pages.shapes import Page, Text
from liquidose.pages.shaping import as_seen, levels_of, must_be_shaped
from liquidose.pages.templates import Template, load_template, shipped_templates
from liquidose.plan import make_plan
from liquidose.print_run import Run
from liquidose.render.pdf import render_pdf

EXAMPLES = Path(__file__).parent.parent / "examples"
NOTO = Path("/usr/share/fonts/truetype/noto")
FACES = {
    "Arabic": "NotoSansArabic-Regular.ttf",
    "Hebrew": "NotoSansHebrew-Regular.ttf",
    "Devanagari": "NotoSansDevanagari-Regular.ttf",
}
needs_noto = pytest.mark.skipif(
    not all((NOTO / name).exists() for name in FACES.values()),
    reason="Debian's fonts-noto-core is not installed",
)
NAMES = [
    ("Arabic", "محمد عبد الله", "rtl"),
    ("Arabic", "فاطمة الزهراء", "rtl"),
    ("Hebrew", "שרה כהן", "rtl"),
    ("Devanagari", "प्रिया शर्मा", "ltr"),
    ("Devanagari", "कृष्ण क्षत्रिय", "ltr"),
]


def faces(*scripts: str) -> tuple[str, ...]:
    return tuple(further_face(str(NOTO / FACES[script])) for script in scripts)


def design(width: float = 100) -> Template:
    element = TextElement(field="drug", box_mm=Place(2, 2, width - 4, 26), size_pt=24, floor_pt=6)
    return Template(id="one", width_mm=width, height_mm=30, margin_mm=2, text=(element,))


def ink(image: Image.Image) -> Image.Image:
    """The picture cut to what is drawn, light on dark, in a size of its own."""
    turned = ImageChops.invert(image.convert("L"))
    return turned.crop(turned.getbbox()).resize((600, 120))


def printed(text: str, further: tuple[str, ...]) -> Image.Image:
    page = lay_out_in(text, further)
    with pypdfium2.PdfDocument(render_pdf([page], title="t")) as pdf:
        return ink(pdf[0].render(scale=6).to_pil())


def lay_out_in(text: str, further: tuple[str, ...]) -> Page:
    from liquidose.pages.labels import Layout  # noqa: PLC0415  (beside its only use)

    return Layout(design(), further=further).label({"drug": [text]})


def drawn_by_pillow(text: str, script: str, direction: str) -> Image.Image:
    font = ImageFont.truetype(str(NOTO / FACES[script]), 120, layout_engine=ImageFont.Layout.RAQM)
    image = Image.new("L", (2400, 400), 255)
    ImageDraw.Draw(image).text((50, 100), text, font=font, fill=0, direction=direction, features=["-dlig"])
    return ink(image)


def likeness(one: Image.Image, other: Image.Image) -> float:
    """1 where the inks lie on one another, 0 where they do not touch."""
    a, b = one.tobytes(), other.tobytes()
    both = sum(min(x, y) for x, y in zip(a, b, strict=True))
    return both / max(sum(a), sum(b))


@needs_noto
@pytest.mark.skipif(not features.check("raqm"), reason="this Pillow cannot shape")
@pytest.mark.parametrize(("script", "name", "direction"), NAMES)
def test_a_shaped_name_looks_as_another_shaper_draws_it(script: str, name: str, direction: str) -> None:
    ours = printed(name, faces(script))
    assert likeness(ours, drawn_by_pillow(name, script, direction)) > 0.9
    turned = drawn_by_pillow(name[::-1], script, direction)
    assert likeness(ours, turned) < 0.8, "the measure cannot tell a name from its reverse"


@needs_noto
def test_pieces_are_seen_in_the_order_of_the_bidirectional_algorithm() -> None:
    further = faces("Arabic", "Hebrew")
    line = pieces("Ann (محمد 12) Öz", bold=False, further=further)
    assert [piece.text for piece in line] == ["Ann (", "12", "محمد ", ") Öz"]
    assert [piece.shaped for piece in line] == [False, False, True, False]
    two = pieces("שרה, محمد", bold=True, further=further)
    assert [piece.text.strip(", ") for piece in two] == ["محمد", "", "שרה"]
    assert two[0].face != two[-1].face


def test_levels_and_order_follow_the_standard() -> None:
    assert levels_of("ab") == [0, 0]
    assert levels_of("aאב1") == [0, 1, 1, 2]
    assert as_seen([(0, "a"), (1, "b"), (2, "3"), (1, "d"), (0, "e")]) == ["a", "d", "3", "b", "e"]
    assert as_seen([(0, "x")]) == ["x"]


@pytest.mark.parametrize(("character", "shaped"), [("a", False), ("é", False), ("ầ", False), ("Ł", False), ("漢", False), ("א", True), ("م", True), ("क", True), ("ไ", True), ("\u0308", True)])  # fmt: skip
def test_which_letters_must_be_shaped(character: str, *, shaped: bool) -> None:
    assert must_be_shaped(character) is shaped


@pytest.mark.parametrize("name", ["Nguyễn Thị Ánh Hồng", "Łucja Żółć-Gęś", "Zoë Ångström", "Ελένη", "Сергей"])
def test_european_and_vietnamese_names_need_no_further_face(name: str) -> None:
    page = lay_out(design(200), {"drug": [name]})
    (text,) = [shape for shape in page.flat() if isinstance(shape, Text)]
    assert (text.text, text.face, text.shaped) == (name, "", False)


DESIGNS = {
    name: {"syringe": "syringes/morphine", "oral-syringe": "syringes/baclofen"}.get(name, "prednisolone")
    for name in shipped_templates()
    if "patient" not in load_template(name).left_out and load_template(name).mark is None
}


@needs_noto
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("name", ["محمد علي", "שרה כהן", "अमित शर्मा", "Nguyễn Thị Hồng", "Łukasz Żółć-Gęś"])
def test_an_everyday_name_of_any_of_these_scripts_fits_every_shipped_design(name: str, design: str) -> None:
    site = Site(fonts=tuple(str(NOTO / file) for file in FACES.values()))
    order = load_order(str(EXAMPLES / f"{DESIGNS[design]}.toml"))
    patient = msgspec.structs.replace(order.patient, name=name)
    plan = make_plan(msgspec.structs.replace(order, patient=patient), site)
    content, made = label_document([plan], Run(template=load_template(design)), site)
    assert made.labels == 1
    with pdfplumber.open(BytesIO(content)) as file:
        used = {char["fontname"].partition("+")[2] for page in file.pages for char in page.chars}
    assert any(not font.startswith("SourceSans") for font in used) == (name[0] not in "NŁ")


@needs_noto
def test_the_further_faces_are_tried_in_order_and_spaces_stay_where_they_are() -> None:
    arabic, devanagari = faces("Arabic", "Devanagari")
    (one,) = pieces("प्रिया शर्मा", bold=False, further=(arabic, devanagari))
    assert one.face == devanagari
    with pytest.raises(UnreadableText) as refused:
        drawable("漢", bold=False, field="patient", further=(arabic, devanagari))
    assert str(refused.value) == (
        "The text of 'patient' has '漢' (U+6F22), which the label's typeface cannot draw. Write it in Latin, Greek "
        "or Cyrillic letters, or name a typeface that has it in 'fonts' of the site file."
    )


@needs_noto
def test_a_line_is_as_wide_as_its_pieces_and_wraps_at_spaces() -> None:
    further = faces("Arabic")
    measure = partial(line_width_mm, size_pt=12, bold=False, further=further)
    text = "Ann محمد عبد الله Bob"
    assert measure(text) == pytest.approx(
        sum(measure(part) for part in ("Ann ", "محمد عبد الله", " Bob")), abs=0.02
    )
    rows = wrap(text, 20, measure)
    assert " ".join(rows) == text
    assert all(measure(row) <= 20 for row in rows)


@needs_noto
def test_tall_scripts_are_given_their_room() -> None:
    latin = lay_out_in("Ann", faces("Devanagari"))
    tall = lay_out_in("कैं", faces("Devanagari"))
    first, other = (next(s for s in page.flat() if isinstance(s, Text)) for page in (latin, tall))
    assert other.y_mm > first.y_mm
    with pypdfium2.PdfDocument(render_pdf([tall], title="t")) as pdf:
        picture = ImageChops.invert(pdf[0].render(scale=4).to_pil().convert("L"))
    box = picture.getbbox()
    assert box is not None
    assert box[1] / picture.height * 30 >= 1.9


def order(name: str) -> Order:
    made = load_order(str(Path(__file__).parent.parent / "examples" / "baclofen.toml"))
    return msgspec.structs.replace(made, patient=msgspec.structs.replace(made.patient, name=name))


@needs_noto
def test_the_sites_faces_reach_the_label_and_are_embedded(tmp_path: Path) -> None:
    site = Site(fonts=(str(NOTO / FACES["Arabic"]),))
    for name in ("a.pdf", "b.pdf"):
        write_labels([order("محمد عبد الله")], tmp_path / name, site=site)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    with pdfplumber.open(tmp_path / "a.pdf") as pdf:
        fonts = {char["fontname"] for char in pdf.pages[0].chars}
    assert any("NotoSansArabic" in name for name in fonts)
    with pytest.raises(UnreadableText):
        write_labels([order("محمد")], tmp_path / "c.pdf")


def test_without_the_extra_such_letters_are_refused_and_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name in {"bidi", "uharfbuzz"}:
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UnreadableText) as refused:
        drawable("Sam q\u0308", bold=False, field="patient")
    assert str(refused.value) == (
        "The text of 'patient' has '\u0308' (U+0308), a letter that changes with its neighbours. "
        "Install what sets such scripts: pip install 'liquidose[scripts]'."
    )


@pytest.mark.parametrize(
    "content", [b"", b"not a font", b"\x00\x01\x00\x00" + b"\xff" * 400, b"OTTO" + b"\0" * 100]
)
def test_a_file_that_is_no_typeface_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "face.ttf"
    file.write_bytes(content)
    with pytest.raises(BadFile) as refused:
        write_labels([order("Ann")], tmp_path / "a.pdf", site=Site(fonts=(str(file),)))
    assert refused.value.problem.startswith(f"{file} is no typeface that can be embedded: ")
    assert refused.value.remedy == "Name a TrueType file (.ttf) with its own outlines."
    assert not (tmp_path / "a.pdf").exists()


def test_a_typeface_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="is no typeface that can be embedded"):
        further_face(str(tmp_path / "none.ttf"))


@pytest.mark.parametrize(
    "text", ["Sam\u202eelpmaxE", "Sam\u2067x\u2069", "a\u200db", "\ufeffSam", "Sam\x1b[31m"]
)
def test_what_turns_a_text_round_or_hides_in_it_is_refused(text: str) -> None:
    with pytest.raises(UnreadableText, match="a character that cannot be seen, U\\+"):
        lay_out(design(), {"drug": [text]})


def test_a_picture_of_the_text_is_in_the_file_not_a_box() -> None:
    page = lay_out(design(), {"drug": ["Sam q\u0308"]})
    with pypdfium2.PdfDocument(BytesIO(render_pdf([page], title="t"))) as pdf:
        marked = ink(pdf[0].render(scale=6).to_pil())
    plain = lay_out(design(), {"drug": ["Sam q"]})
    with pypdfium2.PdfDocument(BytesIO(render_pdf([plain], title="t"))) as pdf:
        assert likeness(marked, ink(pdf[0].render(scale=6).to_pil())) > 0.7
