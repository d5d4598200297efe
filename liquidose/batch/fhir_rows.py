"""The orders in files of FHIR R4 as rows: each request with its supply once, and all that cannot be one, refused by name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from liquidose.batch.rejects import refused
from liquidose.batch.rows import Row
from liquidose.batch.sources import Source
from liquidose.errors import BadFile, GiveWhatIsMissing, LiquidoseError
from liquidose.orders.fhir import found_among, refuse_unknown
from liquidose.orders.fhir_text import Resource, resources_in

COLUMNS: Final = ("resource",)
"""The heading of a row of FHIR: which resources it is of."""


class _Entry(msgspec.Struct):
    resource: msgspec.Raw = msgspec.Raw(b"null")


class _Bundle(msgspec.Struct):
    entry: list[_Entry] = []


class _Named(msgspec.Struct):
    kind: str = msgspec.field(name="resourceType")


class _Piece(NamedTuple):
    """One resource of a file, or a part of it that holds none that can be read."""

    source: int
    line: int
    original: str
    resource: Resource | None
    refusal: LiquidoseError | None


def rows_of_fhir(sources: Sequence[Source]) -> list[Iterator[Row]]:
    """The rows of each file, in the order in which their requests, or supplies alone, stand in it.

    What one file names may stand in another. All are in memory at once.

    Raises:
        BadFile: a file that is no JSON at all, or was changed meanwhile.
    """
    pieces = [piece for number, source in enumerate(sources) for piece in _pieces(source, number)]
    place = {id(piece.resource): at for at, piece in enumerate(pieces) if piece.resource is not None}
    rows: dict[int, Row] = {}
    for at, piece in enumerate(pieces):
        if piece.refusal is not None:
            rows[at] = _row(sources, [piece], refusal=piece.refusal)
    readable = [piece.resource for piece in pieces if piece.resource and piece.refusal is None]
    for found in found_among(readable):
        own = [place[id(resource)] for resource in found.resources]
        row = _row(sources, [pieces[at] for at in own])
        outcome = found.outcome
        order = refused(outcome) if isinstance(outcome, LiquidoseError) else outcome
        rows[own[0]] = msgspec.structs.replace(row, order=order, notes=found.notes)
    by_source: list[list[Row]] = [[] for _ in sources]
    for at in sorted(rows):
        mine = by_source[pieces[at].source]
        mine.append(msgspec.structs.replace(rows[at], number=len(mine) + 1))
    return [iter(mine) for mine in by_source]


def check_fhir(sources: Sequence[Source]) -> None:
    """Nothing comes out, if all files are JSON and there is an order in one of them.

    Raises:
        BadFile: a file is not JSON.
        GiveWhatIsMissing: no request and no supply.
    """
    for source in sources:
        with source.opened() as file:
            for _ in _parts(file.read(), source.name):
                pass
    if sources and not any(source.lines for source in sources):
        named = ", ".join(source.name for source in sources)
        raise GiveWhatIsMissing(
            f"{named} holds no MedicationRequest and no MedicationDispense.",
            "Check that it is the file.",
            given=named,
        )


def _row(
    sources: Sequence[Source], pieces: Sequence[_Piece], *, refusal: LiquidoseError | None = None
) -> Row:
    first = pieces[0]
    source = sources[first.source]
    called = [
        piece.resource.place.removeprefix(f"{sources[piece.source].name}, ")
        for piece in pieces
        if piece.resource
    ]
    return Row(
        file=source.name,
        number=0,
        line=first.line,
        cells=(" + ".join(called),),
        columns=COLUMNS,
        order=None if refusal is None else refused(refusal),
        original=tuple(piece.original for piece in pieces),
    )


def _pieces(source: Source, number: int) -> Iterator[_Piece]:
    with source.opened() as file:
        text = file.read()
    for line, name, part in _parts(text, source.name):
        try:
            resources = resources_in(part, name=name)
            originals = _originals(part, resources)
        except LiquidoseError as refusal:
            yield _Piece(number, line, part, None, refusal)
            continue
        at, own_line = 0, line
        for resource, original in zip(resources, originals, strict=True):
            found = max(part.find(original, at), at)
            own_line += part.count("\n", at, found)
            at = found + 1
            try:
                refuse_unknown(resource)
            except LiquidoseError as refusal:
                yield _Piece(number, own_line, original, resource, refusal)
            else:
                yield _Piece(number, own_line, original, resource, None)


def _parts(text: str, name: str) -> Iterator[tuple[int, str, str]]:
    """Line, name and text of what is one JSON value each: the whole, or its lines."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        lines = text.split("\n")  # JSON may hold other line breaks
        first = next((line.strip() for line in lines if line.strip()), "")
        if not (first.startswith("{") and first.endswith("}")):
            resources_in(text, name=name)  # which says what is wrong with it
            raise BadFile(f"{name} is no FHIR in JSON.", "Have it sent again.", given=name) from None
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield number, f"{name}, line {number}", line.strip()
    else:
        yield 1, name, text


def _originals(text: str, resources: Sequence[Resource]) -> list[str]:
    """The JSON of each resource as it stands in the text."""
    try:
        if msgspec.json.decode(text, type=_Named).kind != "Bundle":
            return [text.strip()]
        entries = msgspec.json.decode(text, type=_Bundle).entry
    except msgspec.MsgspecError as fault:
        raise BadFile(
            f"{resources[0].place} cannot be read: {fault}.", "Have it sent again.", given=resources[0].place
        ) from None
    return [bytes(entry.resource).decode() for entry in entries]
