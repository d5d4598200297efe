"""What an acceptance review broke once: each stays mended."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pdfplumber
import pytest
from click.testing import CliRunner, Result
from tables import plain

from liquidose import convert, load_order, write_labels
from liquidose.cli import main
from liquidose.errors import BadFile, BadOption, CannotWrite
from liquidose.files import decode_toml
from liquidose.orders.order import decode_order
from liquidose.pages.fonts import further_face
from liquidose.pages.setting import set_text
from liquidose.pages.templates import Template, load_template, shipped_templates, template_text
from liquidose.site import Site, load_site
from liquidose.whole_files import write_whole

EXAMPLES = Path(__file__).parent.parent / "examples"
ORDER = (EXAMPLES / "baclofen.toml").read_text(encoding="utf-8")


def label(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["label", *arguments], prog_name="liquidose")


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ("[[box]]\nbox_mm = [2, 17, 95, 8]\nfill_grey = 0.0\n", "text 'patient' and box 1 overlap"),
        ("[[box]]\nbox_mm = [2, 17, 95, 8]\nfill_grey = 0.69\n", "text 'patient' and box 1 overlap"),
        ("[[line]]\nfrom_mm = [2, 20]\nto_mm = [97, 20]\nthick_mm = 2\n", "text 'patient' and line"),
        ("[[box]]\nbox_mm = [1, 20, 97, 20]\nthick_mm = 1\n", "text 'patient' and box 1 overlap"),
        ('[[words]]\nwords = "Give 50 mL"\nbox_mm = [84, 64, 13, 2]\nsize_pt = 5\n', "words holds an amount, '50 mL'"),
    ],
)  # fmt: skip
def test_no_design_strikes_words_out_or_adds_a_dose(added: str, message: str) -> None:
    with pytest.raises(BadFile) as refused:
        decode_toml(template_text("dispensing") + added, Template, name="own.toml")
    assert message in str(refused.value)


def test_a_light_shade_and_a_frame_around_words_may_stand() -> None:
    shaded = "[[box]]\nbox_mm = [2, 17, 95, 8]\nfill_grey = 0.9\n[[box]]\nbox_mm = [0.5, 0.5, 98, 66.5]\nthick_mm = 0.3\n"
    assert len(decode_toml(template_text("dispensing") + shaded, Template, name="own.toml").box) == 2


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ('form = "oral solution"', 'form = "oral solution 50 mg/5 mL"', "drug.form"),
        ('name = "baclofen"', 'name = "baclofen 10 mg"', "drug.name"),
        ('form = "oral solution"', 'storage = "give 10 mL"', "drug.storage"),
        ('form = "oral solution"', 'manufacturer = "50 mg/mL"', "drug.manufacturer"),
        ('name = "Sam Example"', 'name = "Sam 5 mL"', "patient.name"),
    ],
)
def test_no_printed_name_holds_another_amount(before: str, after: str, field: str) -> None:
    assert before in ORDER
    with pytest.raises(BadFile) as refused:
        decode_order(ORDER.replace(before, after), name="order.toml")
    assert f"{field} holds an amount" in str(refused.value)


def test_a_drugs_name_may_say_its_strength_again() -> None:
    said = ORDER.replace('name = "baclofen"', 'name = "baclofen 5 mg/5 mL oral solution"')
    assert decode_order(said, name="order.toml").drug.name.startswith("baclofen 5 mg")


def test_a_sites_pharmacy_holds_no_amount_either(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text('[pharmacy]\nname = "give 50 mL"\n', encoding="utf-8")
    with pytest.raises(BadFile, match=r"pharmacy\.name holds an amount, '50 mL'"):
        load_site(str(path))


@pytest.mark.parametrize(("route", "by"), [("oral", "by mouth"), ("tube", "by tube")])
def test_what_is_made_for_injection_is_told_of_where_it_is_swallowed(route: Any, by: str) -> None:
    found = convert("5 mg", "baclofen 1 mg/mL solution for injection", route=route)
    (told,) = [w for w in found.warnings if w.code == "made-for-injection"]
    assert told.level == "warning"
    assert told.text.endswith(f"is made for injection: check that it may be given {by}.")
    assert "made-for-injection" not in convert("5 mg", "1 mg/mL oral solution", route=route).codes


@pytest.mark.parametrize(
    ("key", "day", "message"),
    [
        ("discard_after", "2020-01-22", "dispense.discard_after is before dispense.date"),
        ("birth_date", "2999-01-01", "patient.birth_date is after dispense.date"),
    ],
)
def test_days_in_the_wrong_order_are_refused(key: str, day: str, message: str) -> None:
    lines = [f"{key} = {day}" if line.startswith(f"{key} =") else line for line in ORDER.splitlines()]
    with pytest.raises(BadFile, match=message):
        decode_order("\n".join(lines), name="order.toml")


def calibrated() -> Site:
    return msgspec.convert(
        {
            "stocked": ["bd-oral-5"],
            "calibration": [{"syringe": "bd-oral-5", "date": "2026-01-02", "mm_per_ml": Fraction("8.5")}],
            "printer": [{"name": "desk", "scale_x": Fraction("0.95")}],
        },
        Site,
        dec_hook=lambda _, value: value,
    )


def test_a_mark_measured_with_a_printers_ruler_is_not_corrected_for_it_again(tmp_path: Path) -> None:
    order = load_order(EXAMPLES / "baclofen.toml")
    target = tmp_path / "mark.pdf"
    with pytest.raises(BadOption) as refused:
        write_labels([order], target, template="syringe-mark", printer="desk", site=calibrated())
    assert str(refused.value) == (
        "The mark's millimetres were measured with a printer's own ruler, and would be corrected twice. "
        "Leave the printer's correction out, and print on the printer that printed the ruler."
    )
    assert not target.exists()
    assert write_labels([order], target, template="syringe-mark", site=calibrated()).labels == 1


def test_places_are_not_counted_on_a_roll(tmp_path: Path) -> None:
    order = load_order(EXAMPLES / "baclofen.toml")
    with pytest.raises(BadOption, match="zebra-4x6in is a roll: its next label is the one that comes out"):
        write_labels([order], tmp_path / "a.pdf", stock="zebra-4x6in", start_at=2)


def test_an_order_of_several_bottles_has_one_mark_for_its_one_syringe(tmp_path: Path) -> None:
    order = load_order(EXAMPLES / "baclofen.toml")
    bottles = msgspec.structs.replace(
        order, dispense=msgspec.structs.replace(order.dispense, parts=3, copies=2)
    )
    for copies, labels in ((None, 1), (2, 2)):
        made = write_labels(
            [bottles],
            tmp_path / "a.pdf",
            template="syringe-mark",
            site=calibrated(),
            copies=copies,
            elements=True,
        )
        assert made.labels == labels
        assert "of 3" not in str(made)


@pytest.mark.parametrize("stock", [None, "zebra-4x6in", "avery-l7165"])
def test_to_start_at_the_first_label_is_to_start_as_always(stock: str | None, tmp_path: Path) -> None:
    order = load_order(EXAMPLES / "baclofen.toml")
    made = []
    for number, places in enumerate(({}, {"start_at": 1}, {"start_at": [1]})):
        target = tmp_path / f"{number}.pdf"
        manifest = write_labels([order], target, stock=stock, **places)  # type: ignore[arg-type]
        made.append((target.read_bytes(), manifest))
    assert made[0] == made[1] == made[2]


def test_a_design_may_be_named_by_its_path(tmp_path: Path) -> None:
    own = tmp_path / "ours.toml"
    own.write_text(template_text("dispensing").replace('id = "dispensing"', 'id = "ours"'), encoding="utf-8")
    order = load_order(EXAMPLES / "baclofen.toml")
    for named in (own, str(own)):
        assert write_labels([order], tmp_path / "a.pdf", template=named).template == "ours"


def test_a_designs_own_rules_name_the_documents(tmp_path: Path) -> None:
    order = load_order(EXAMPLES / "prednisolone.toml")
    made = write_labels([order], tmp_path / "a.pdf", template="dispensing-us")
    assert made.profile == "us"


def test_the_id_is_the_same_with_and_without_a_manifest(tmp_path: Path) -> None:
    order = load_order(EXAMPLES / "baclofen.toml")
    one, other = (write_labels([order], tmp_path / f"{k}.pdf", elements=k) for k in (False, True))
    assert one.id == other.id
    assert (tmp_path / "True.pdf").read_bytes() == (tmp_path / "False.pdf").read_bytes()


@pytest.mark.parametrize("design", sorted(shipped_templates()))
def test_the_short_id_of_a_label_is_printed_on_it(design: str, tmp_path: Path) -> None:
    examples = {
        "syringe": "syringes/morphine",
        "oral-syringe": "syringes/baclofen",
        "syringe-mark": "baclofen",
    }
    order = load_order(EXAMPLES / f"{examples.get(design, 'prednisolone')}.toml")
    target = tmp_path / "a.pdf"
    made = write_labels(
        [order], target, template=design, site=calibrated() if design == "syringe-mark" else None
    )
    (entry,) = [label for page in made.pages for label in page.labels if label.order]
    with pdfplumber.open(target) as file:
        shown = " ".join(word["text"] for word in file.pages[-1].extract_words(use_text_flow=True))
    says = {"syringe": entry.id, "worksheet": f"id {entry.id}", "worksheet-blank": f"id {entry.id}"}
    assert re.search(rf"(?<!\S){says.get(design, f'Label {entry.id}')}(?!\S)", shown)


@pytest.mark.parametrize("design", sorted(shipped_templates()))
@pytest.mark.parametrize("words", ["dddddddd", "REPRINT 99"])
def test_no_id_is_too_wide_for_its_place_nor_is_a_reprint_that_stands_there(words: str, design: str) -> None:
    for element in load_template(design).text:
        if element.field == "id":
            (row,) = set_text((f"{element.prefix}{words}".replace(" ", "\u00a0"),), element)
            assert row.size_pt >= 5


def test_what_is_written_takes_no_inputs_place(tmp_path: Path) -> None:
    source, target = tmp_path / "order.toml", tmp_path / "a.pdf"
    source.write_text(ORDER, encoding="utf-8")
    result = label(str(source), "-o", str(source))
    assert result.exit_code == 2
    assert plain(result.stderr).endswith(
        "order.toml would be the label and an order. Choose another name with -o.\n"
    )
    assert source.read_text(encoding="utf-8") == ORDER
    result = label(str(source), "-o", str(target), "--manifest", str(target))
    assert result.exit_code == 2
    assert "would be the label and the manifest" in result.stderr
    assert not target.exists()


def test_a_folder_or_a_device_is_never_replaced(tmp_path: Path) -> None:
    for place in (tmp_path, Path("/dev/null")):
        with pytest.raises(CannotWrite) as refused:
            write_whole(place, b"x")
        assert refused.value.problem == f"{place} is there, and is no file that can be replaced."
    assert not Path("/dev/null").is_file()


def test_a_typeface_without_an_end_is_refused() -> None:
    with pytest.raises(BadFile, match="it is not there, no plain file, or too large"):
        further_face("/dev/zero")


def test_the_warnings_of_a_mark_are_on_the_screen_too(tmp_path: Path) -> None:
    order = tmp_path / "order.toml"
    order.write_text(
        ORDER.replace('form = "oral solution"', 'form = "solution for injection"')
        .replace('route = "by mouth"', 'route = "by injection"')
        .replace("warnings = [", "# ["),
        encoding="utf-8",
    )
    site = tmp_path / "site.toml"
    site.write_text('stocked = ["bd-5"]\n', encoding="utf-8")
    result = label(
        str(order), "--template", "syringe-mark", "--site", str(site), "-o", str(tmp_path / "a.pdf")
    )
    assert result.exit_code == 0, result.output
    assert "The mark: " in result.stdout
