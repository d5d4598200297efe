"""What goes to a worker on another machine and comes back: nothing can be read from it, and every refusal arrives whole."""

from __future__ import annotations

import hashlib
import pickle
from functools import partial
from pathlib import Path

import pytest

from liquidose import errors
from liquidose._version import __version__
from liquidose.batch.sealing import Asked, Sealed, alike, answer, difference, opened, sealed
from liquidose.errors import BadOption, LiquidoseError, UnreadableText

PATIENT = "Sam Example"


class Worker:
    """One that answers, refuses or fails."""

    def echo(self, text: str) -> str:
        """The text."""
        return text

    def refuse(self, text: str) -> None:
        """Refuses."""
        raise UnreadableText(f"{text} is no dose.", "Write a dose.", given=text)

    def fail(self, text: str) -> None:
        """Fails."""
        raise KeyError(text)


def asked(what: str, *, expected: dict[str, str] | None = None) -> Sealed:
    """A question as it is sent."""
    make = pickle.dumps(partial(Worker))
    return sealed(
        Asked(alike(()) if expected is None else expected, (), make, what, pickle.dumps((PATIENT,)))
    )


def test_neither_question_nor_answer_tells_of_a_patient() -> None:
    question = sealed(PATIENT)
    assert PATIENT.encode() in bytes(question)
    assert f"{question!r} {question}" == f"<{len(question)} sealed bytes> <{len(question)} sealed bytes>"
    for what in ("echo", "refuse", "fail"):
        found = answer(asked(what))
        assert PATIENT.encode() in bytes(found)
        assert PATIENT not in f"{found!r} {found}"


def test_answer_is_what_the_worker_says() -> None:
    assert opened(answer(asked("echo"))) == PATIENT


def test_refusal_arrives_whole() -> None:
    with pytest.raises(UnreadableText) as caught:
        opened(answer(asked("refuse")))
    assert (caught.value.problem, caught.value.remedy, caught.value.given) == (
        f"{PATIENT} is no dose.",
        "Write a dose.",
        PATIENT,
    )


def test_failure_arrives_with_the_place_where_it_happened() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)in fail.*KeyError: 'Sam Example'"):
        opened(answer(asked("fail")))


def test_worker_of_another_version_does_not_begin() -> None:
    question = asked("echo", expected={**alike(()), "liquidose": "99"})
    with pytest.raises(BadOption) as caught:
        opened(answer(question))
    assert str(caught.value) == (
        f"A worker that joined the cluster during this run has liquidose {__version__} and not 99. "
        "Take it away and give the same command again: labels go on where they stopped."
    )


@pytest.mark.parametrize(
    ("theirs", "says"),
    [
        ({"reportlab": "5.0.1", "zlib": "1"}, ""),
        ({"reportlab": "5.0.2", "zlib": "1"}, "reportlab 5.0.2 and not 5.0.1"),
        ({"zlib": "2"}, "reportlab not at all and not 5.0.1"),
        ({"reportlab": "5.0.1", "zlib": "2", "more": "1"}, "zlib 2 and not 1"),
    ],
)
def test_first_difference_is_named(theirs: dict[str, str], says: str) -> None:
    assert difference(theirs, {"reportlab": "5.0.1", "zlib": "1"}) == says


def test_font_of_this_machine_must_be_on_the_other(tmp_path: Path) -> None:
    font = tmp_path / "face.ttf"
    theirs = {**alike(()), str(font): "not at all"}
    assert alike((str(font),)) == theirs
    other = tmp_path / "other.ttf"
    other.write_bytes(b"a face")
    digest = hashlib.sha256(b"a face").hexdigest()[:16]
    assert difference(theirs, alike((str(other),))) == f"{other} not at all and not of SHA-256 {digest}"


def leaves(kind: type[LiquidoseError]) -> list[type[LiquidoseError]]:
    """The kind, and every kind of it."""
    return [kind, *(leaf for each in kind.__subclasses__() for leaf in leaves(each))]


@pytest.mark.parametrize(
    "kind", [kind for kind in leaves(LiquidoseError) if kind.__module__ == errors.__name__]
)
def test_every_error_comes_out_of_another_process_as_it_was(kind: type[LiquidoseError]) -> None:
    found = pickle.loads(pickle.dumps(kind("A problem.", "A remedy.", given="5")))  # noqa: S301  (our own)
    assert type(found) is kind
    assert (found.problem, found.remedy, found.given, found.args) == (
        "A problem.",
        "A remedy.",
        "5",
        ("A problem.", "A remedy.", "5"),
    )
