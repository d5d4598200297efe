"""The kinds of labels in one run: which design each is in, on which stock, and which places of its first sheets are free."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, TypeVar

from liquidose.batch.mapping import KIND
from liquidose.devices.printers import printer_of
from liquidose.devices.stocks import stock_of
from liquidose.errors import BadOption
from liquidose.files import nearest
from liquidose.pages.imposing import Fill, read_places
from liquidose.pages.templates import load_template
from liquidose.print_run import Run
from liquidose.site import Site

OWN: Final = ""
"""The kind of rows that name none: the command's own design and stock."""
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?")

T = TypeVar("T")


class Printing(NamedTuple):
    """What holds for all kinds, and the places that name theirs."""

    start_at: tuple[str, ...] = ()
    """For the first sheet, the second, …: ``7`` of the command's own kind, ``syringe=7`` of another."""
    skip: tuple[str, ...] = ()
    """The same: ``1,2,5-9`` or ``syringe=1,2,5-9``."""
    fill: Fill = "rows"
    printer: str | None = None


def read_kinds(
    design: str, stock: str | None, others: Iterable[str], printing: Printing, site: Site
) -> dict[str, Run]:
    """How each kind is printed, the command's own first; others from texts such as ``syringe=oral-syringe on avery-l7160``.

    Raises:
        BadOption: a text of another form, a name twice, or places of a kind that there is not.
        LiquidoseError: a design, stock or printer that there is not.
    """
    asked = {OWN: (design, stock)}
    for text in others:
        name, mark, made_of = (part.strip() for part in text.partition("="))
        if not mark or not made_of or not _NAME.fullmatch(name):
            raise BadOption(
                f"'{text}' is no kind of label.",
                "Write it like 'syringe=oral-syringe on avery-l7160', its name in letters, digits and hyphens.",
                given=text,
            )
        if name.casefold() in {known.casefold() for known in asked}:
            raise BadOption(f"The kind '{name}' is given twice.", "Give it once.", given=name)
        before, found, after = made_of.rpartition(" on ")
        asked[name] = (before.strip(), after.strip()) if found else (made_of, None)
    starts, used = _by_kind(printing.start_at, asked), _by_kind(printing.skip, asked)
    return {
        name: Run(
            template=load_template(its_design),
            stock=None if its_stock is None else stock_of(its_stock, site.stock),
            start_at=tuple(map(_place, starts[name])),
            skip=tuple(map(read_places, used[name])),
            fill=printing.fill,
            printer=printer_of(printing.printer, its_stock, site.printer) if printing.printer else None,
        )
        for name, (its_design, its_stock) in asked.items()
    }


def kind_among(name: str, known: Mapping[str, T]) -> T:
    """What belongs to the kind that a row names.

    Raises:
        BadOption: there is none of that name, with the nearest.
    """
    if name in known:
        return known[name]
    others = [other for other in known if other != OWN]
    close = nearest(name, others)
    meant = f"Did you mean '{close}'? " if close else ""
    raise BadOption(
        f"There is no kind of label '{name}' in this run.",
        f"{meant}Name it with --kind, or correct {KIND}.",
        given=name,
    )


def _by_kind(given: Iterable[str], known: Mapping[str, object]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in known}
    for text in given:
        name, mark, rest = text.partition("=")
        if not mark:
            name, rest = OWN, text
        kind_among(name.strip(), known)
        found[name.strip()].append(rest.strip())
    return found


def _place(text: str) -> int:
    if not re.fullmatch("[0-9]{1,4}", text):
        raise BadOption(f"'{text}' is no place on a sheet.", "Write its number, such as 7.", given=text)
    return int(text)
