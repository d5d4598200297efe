"""How the command line puts text on a terminal: a number and its unit never part at the end of a row."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import Final, TextIO

import click

from liquidose.errors import CannotWrite

_NARROWEST: Final = 40
_PLAINER: Final = str.maketrans(
    {"\u00a0": " ", "\u202f": None, "²": "2", "×": "x", "÷": "/", "√": "sqrt", "…": "..."}
)


def can_show(text: str, encoding: str | None) -> bool:
    """Whether a terminal of this encoding can show a text."""
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def shown(text: str, stream: TextIO) -> str:
    """The text as a stream can show it: wrapped to a terminal, whole in a pipe; in ASCII where there is no more."""
    if stream.isatty():
        width = max(shutil.get_terminal_size().columns, _NARROWEST)
        rows = (
            textwrap.fill(row, width, break_long_words=False, break_on_hyphens=False) if row.strip() else row
            for row in text.split("\n")
        )
        text = "\n".join(rows)
    if not can_show(text, stream.encoding):
        text = text.translate(_PLAINER).encode("ascii", "replace").decode()
    return text


def say(text: str, *, error: bool = False) -> None:
    """Nothing comes out; the text is printed in words, wrapped where it would break badly."""
    click.echo(shown(text, sys.stderr if error else sys.stdout), err=error)


def tell(text: str, otherwise: str) -> None:
    """Nothing comes out; the text is said on standard output, at the end of work that took its time.

    Raises:
        CannotWrite: nobody takes it, such as a pipe whose reader has ended; ``otherwise`` says where to look instead.
    """
    try:
        say(text)
    except OSError as fault:
        raise CannotWrite(
            f"Standard output cannot be written: {fault.strerror}.", otherwise, given="standard output"
        ) from None


def draw(picture: str) -> None:
    """Nothing comes out; the picture is printed as it is, in characters the terminal has."""
    text = picture if can_show(picture, sys.stdout.encoding) else picture.translate(_PLAINER)
    click.echo(text)
