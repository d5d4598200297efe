"""liquidose templates, and labels in a design of one's own."""

from __future__ import annotations

import tomllib
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from marks import calibration_row

from liquidose.cli import main
from liquidose.devices.syringes import syringes_of
from liquidose.fields import texts_of
from liquidose.files import decode_toml
from liquidose.marking import make_mark
from liquidose.orders.order import load_order
from liquidose.pages.field_names import FIELD_NAMES, check_field_names
from liquidose.pages.places import check_design
from liquidose.pages.templates import load_template, shipped_templates, template_schema, template_text
from liquidose.plan import make_plan
from liquidose.preparation import words_of
from liquidose.sheet_fields import SHEET_FIELDS
from liquidose.site import Site

ORDER = Path(__file__).parent.parent / "examples" / "baclofen.toml"
SHIPPED = Path(__file__).parent.parent / "templates"


pytestmark = pytest.mark.usefixtures("bare_environment")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="liquidose")


def test_every_shipped_design_is_listed_shown_and_good() -> None:
    listed = run("templates", "list").output
    for path in SHIPPED.glob("*.toml"):
        assert f"{path.stem}: " in listed
        assert run("templates", "show", path.stem).output == path.read_text(encoding="utf-8")
        assert "can be used" in run("templates", "check", str(path)).output
    assert "dispensing: 99 x 67.5 mm, with patient, drug, strength, direction" in listed


def test_a_copy_can_be_changed_checked_and_used(tmp_path: Path) -> None:
    assert "Design written to ours.toml." in run("templates", "new", "dispensing", "-o", "ours.toml").output
    ours = tmp_path / "ours.toml"
    ours.write_text(
        ours.read_text(encoding="utf-8").replace("width_mm = 99", "width_mm = 110"), encoding="utf-8"
    )
    assert "110 x 67.5 mm" in run("templates", "check", "ours.toml").output
    result = run("label", str(ORDER), "--template", "ours.toml", "-o", "label.pdf")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "label.pdf").exists()


def test_new_writes_over_nothing(tmp_path: Path) -> None:
    (tmp_path / "dispensing.toml").write_text("mine", encoding="utf-8")
    result = run("templates", "new", "dispensing")
    assert result.exit_code == 5
    assert "is there already" in result.stderr
    assert (tmp_path / "dispensing.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("field", ["drug", "strength", "direction", "cautions"])
def test_no_design_may_hide_what_every_label_shows(field: str, tmp_path: Path) -> None:
    text = (SHIPPED / "dispensing.toml").read_text(encoding="utf-8")
    (tmp_path / "ours.toml").write_text(f'left_out = ["{field}"]\n{text}', encoding="utf-8")
    result = run("templates", "check", "ours")
    assert result.exit_code == 2
    assert f"left_out must not hide {field}" in result.stderr


def test_every_field_of_a_plan_a_mark_and_a_run_has_its_name() -> None:
    plan = make_plan(load_order(str(ORDER)))
    injection, flag = (
        make_plan(load_order(str(ORDER.parent / "syringes" / name)))
        for name in ("morphine.toml", "baclofen.toml")
    )
    site = decode_toml(calibration_row(syringes_of(["bd-oral-5"])[0]), Site, name="site.toml")
    mark = make_mark("2.4 mg", "1 mg/mL", syringe="bd-oral-5", drug="baclofen", site=site)
    known = {*texts_of(plan), *texts_of(injection), *SHEET_FIELDS, *mark.words(), "copy", "document", "id"}
    assert {field for field in FIELD_NAMES if words_of(flag, field)} | known == FIELD_NAMES
    for name in shipped_templates():
        check_field_names(load_template(name).named_fields(), name=name)
        check_design(load_template(name), name=name)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'field = "strength"',
            'field = "strenght"',
            "ours.toml, text[2].field: there is no field 'strenght'. Did you mean 'strength'?",
        ),
        (
            'id = "dispensing"',
            'id = "dispensing"\nleft_out = ["pharmacie"]',
            "ours.toml, left_out[0]: there is no field 'pharmacie'. Did you mean 'pharmacy'?",
        ),
        (
            'id = "dispensing"',
            'id = "dispensing"\ndemands = ["zzz"]',
            "ours.toml, demands[0]: there is no field 'zzz'. The fields are big_dose, cautions, ",
        ),
        (
            'missing = "refuse"',
            'missing = "refuze"',
            "ours.toml, text[0].missing: 'refuze' is not one of its values. Did you mean 'refuse'?",
        ),
        (
            'missing = "refuse"',
            'missing = "never"',
            "ours.toml, text[0].missing: Invalid enum value 'never'. Correct it there.",
        ),
        (
            'field = "drug"\nbelow = "patient"',
            'field = "form"\nbelow = "patient"',
            "ours.toml: text 'strength' is below 'drug': it must be the next text, in the same box. Correct it there.",
        ),
        (
            '"direction"',
            '"copy"',
            "ours.toml has no place for direction, and every label shows that. Give it a text of its own.",
        ),
    ],
)
def test_a_design_that_no_order_could_be_printed_with_is_refused_by_the_check(
    old: str, new: str, message: str
) -> None:
    text = (SHIPPED / "dispensing.toml").read_text(encoding="utf-8")
    assert old in text
    Path("ours.toml").write_text(text.replace(old, new), encoding="utf-8")
    result = run("templates", "check", "ours.toml")
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_mark_without_its_words_is_refused_by_the_check() -> None:
    text = (SHIPPED / "syringe-mark.toml").read_text(encoding="utf-8")
    Path("ours.toml").write_text(text.replace('"mark_use"', '"mark_promise"'), encoding="utf-8")
    assert (
        "has no place for mark_use, and every label shows that." in run("templates", "check", "ours").stderr
    )


def test_a_design_without_a_place_for_warnings_is_said_to_have_none() -> None:
    text = (SHIPPED / "dispensing.toml").read_text(encoding="utf-8")
    Path("ours.toml").write_text(text.replace('"cautions"', '"when"'), encoding="utf-8")
    told = "It has no place for warnings (cautions): an order with one is refused."
    assert told in run("templates", "check", "ours.toml").output
    assert (
        "has no place for the text of 'cautions'"
        in run("label", str(ORDER), "--template", "ours.toml").stderr
    )
    for name in ("dispensing", "worksheet-blank"):
        assert told not in run("templates", "check", str(SHIPPED / f"{name}.toml")).output


def test_an_editor_is_given_the_names_of_the_fields() -> None:
    schema = template_schema()
    text = schema["$defs"]["TextElement"]["properties"]["field"]
    assert set(text["enum"]) == FIELD_NAMES
    for name in shipped_templates():
        jsonschema.validate(tomllib.loads(template_text(name)), schema)
    ours = tomllib.loads(template_text("dispensing"))
    ours["text"][0]["field"] = "patien"
    with pytest.raises(jsonschema.ValidationError, match="'patien' is not one of"):
        jsonschema.validate(ours, schema)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("templates", "show", "dispensin"),
            "There is no label design 'dispensin'. Did you mean 'dispensing'?",
        ),
        (("templates", "new", "nothing"), "There are: "),
        (("templates", "check", "nowhere.toml"), "nowhere.toml cannot be read"),
        (("label", str(ORDER), "--template", "dispensin"), "There is no label design 'dispensin'."),
    ],
)
def test_what_is_not_there_is_refused_with_a_remedy(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
