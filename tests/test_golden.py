"""Generated files are as committed."""

from __future__ import annotations

import json

import pytest
from golden import ROOT, commands, generated, help_of

import liquidose


@pytest.mark.newest
@pytest.mark.parametrize("path", generated())
def test_generated_file_is_as_committed(path: str) -> None:
    committed = (ROOT / path).read_text(encoding="utf-8")
    assert generated()[path] == committed, f"{path} is stale: run make golden and read the diff"


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_has_help_that_says_what_it_does(name: str) -> None:
    text = help_of(name)
    assert text.startswith("Usage: liquidose")
    assert len(text.splitlines()) > 5


@pytest.mark.parametrize("name", [n for n in generated() if n.endswith(".json")])
def test_schemas_are_json(name: str) -> None:
    assert json.loads((ROOT / name).read_text(encoding="utf-8"))["$schema"]


def test_public_names_are_all_there() -> None:
    for name in liquidose.__all__:
        assert getattr(liquidose, name) is not None
    assert set(liquidose.__all__) <= set(dir(liquidose))


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = liquidose.nothing
