"""Tall man names: by look-up, whole words, and only where the us profile prints."""

from __future__ import annotations

import pytest

from liquidose.tallman import tallman, tallman_names


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("prednisone", "predniSONE"),
        ("prednisolone", "prednisoLONE"),
        ("hydroxyzine hydrochloride", "hydrOXYzine hydrochloride"),
        ("hydralazine", "hydrALAZINE"),
        ("PREDNISONE", "predniSONE"),
        ("Prednisone", "predniSONE"),
        ("methylprednisolone", "methylPREDNISolone"),
        ("vincristine (preservative free)", "vinCRIStine (preservative free)"),
        ("prednisolone-neomycin", "prednisoLONE-neomycin"),
    ],
)
def test_a_listed_word_is_printed_in_its_capitals(name: str, shown: str) -> None:
    assert tallman(name) == shown


@pytest.mark.parametrize(
    "name",
    [
        "baclofen",
        "Baclofen",
        "prednisones",
        "prednisone2",
        "prednisone_x",
        "éprednisone",
        "oxyprednisone",
        "cefuroxime",
        "clonazepam",
        "lorazepam",
    ],
)
def test_a_word_that_is_not_listed_whole_stays_as_it_was_written(name: str) -> None:
    assert tallman(name) == name


def test_the_table_holds_the_43_names_of_the_list_each_once_and_mixed() -> None:
    names = list(tallman_names().values())
    assert len(names) == len({name.lower() for name in names}) == 43
    for name in names:
        assert name.isascii()
        assert name.isalpha()
        assert name not in {name.lower(), name.upper(), name.capitalize()}
