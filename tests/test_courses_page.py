"""What docs/courses.md shows is what comes out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from tables import plain

from liquidose.cli import main
from liquidose.courses.course import CourseStep, Taper, Titrate
from liquidose.courses.guards import Guard
from liquidose.orders.parts import Directions

PAGE = (Path(__file__).parent.parent / "docs" / "courses.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("bare_environment")
def test_the_command_prints_what_the_page_shows() -> None:
    order, _ = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    Path("course.toml").write_text(order, encoding="utf-8")
    (block,) = re.findall(r"```console\n\$ (.*?)```", PAGE, re.DOTALL)
    command, _, expected = block.partition("\n")
    result = CliRunner().invoke(main, shlex.split(command)[1:], prog_name="liquidose")
    assert plain(result.stdout).strip() == expected.strip()


@pytest.mark.usefixtures("bare_environment")
def test_the_supply_of_the_page_is_carried_out() -> None:
    order, supply = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    Path("course.toml").write_text(order + supply, encoding="utf-8")
    result = CliRunner().invoke(main, ["schedule", "course.toml"], prog_name="liquidose")
    assert "473 mL last 20 days, and not through day 21; order more on day 16." in plain(result.stdout)


def test_every_key_and_rule_that_the_page_names_is_one() -> None:
    known = {
        field.rstrip("_")
        for kind in (Directions, CourseStep, Titrate, Taper, Guard)
        for field in kind.__struct_fields__
    }
    table = PAGE.partition("## How a course is written")[2].partition("## How it is rounded")[0]
    named = {
        word
        for row in re.findall(r"^\| (.*?) \|", table, re.MULTILINE)
        for word in re.findall(r"`(\w+)`", row)
    }
    assert named <= known
    assert len(named) > 10
