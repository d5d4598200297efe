"""A file of orders, looked through once before anything is made of it: its bytes, its encoding, its lines."""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Literal, TextIO, TypeAlias

import msgspec

from liquidose.batch.columns import polars_or_refuse
from liquidose.errors import BadFile, BadOption, CannotWrite, LiquidoseError

Format: TypeAlias = Literal["csv", "tsv", "jsonl", "parquet", "fhir"]

SUFFIXES: Final[dict[str, Format]] = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet",
}  # fmt: skip
NO_TEXT: Final[dict[Format, str]] = {"parquet": "a Parquet file", "fhir": "FHIR, which is UTF-8"}
"""Formats whose encoding nobody chooses."""
_NOT_READ: Final = {
    ".xlsx": "a workbook", ".xls": "a workbook", ".ods": "a workbook", ".xml": "XML", ".hl7": "HL7 of version 2", ".zip": "packed",
    ".gz": "packed",
}  # fmt: skip
LONGEST_LINE: Final = 1_000_000
"""In characters; a longer one is no order."""
SPOOL: Final = "standard-input"
"""The name of what came by standard input, in the folder of a run and in its rejects."""
_CHUNK: Final = 1 << 20
_WIDE: Final = frozenset({codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE})
_RESOURCE: Final = b'"resourceType"'
_FHIR_ORDER: Final = re.compile(rb'"resourceType"\s*:\s*"Medication(?:Request|Dispense)"')


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of orders that was looked through."""

    path: str
    format: Format
    encoding: str
    digest: str
    """SHA-256 of its bytes."""
    lines: int
    """About how many rows, for those who wait; of Parquet, exactly how many."""
    state: tuple[int, int]
    """Its size and when it was last written, so that a change meanwhile is noticed."""

    @property
    def name(self) -> str:
        """The file's name without its folder: the same orders elsewhere give the same output."""
        return Path(self.path).name

    @contextmanager
    def opened(self) -> Iterator[TextIO]:
        """The text of the file, its line ends as they are.

        Raises:
            BadFile: it cannot be opened, or is no longer what was looked through.
        """
        with self.watched() as file, io.TextIOWrapper(file, encoding=self.encoding, newline="") as text:
            yield text

    @contextmanager
    def watched(self) -> Iterator[BinaryIO]:
        """The bytes of the file, which is the same before and after.

        Raises:
            BadFile: as :meth:`opened`.
        """
        with _reading(self.path) as file:
            self._is_as_it_was(file)
            yield file
            with _reading(self.path) as again:
                self._is_as_it_was(again)

    def _is_as_it_was(self, file: BinaryIO) -> None:
        if _state(file) != self.state:
            raise BadFile(
                f"{self.path} was changed while it was read.", "Begin again in a new folder.", given=self.path
            )


def look_through(path: str, *, form: Format | None = None, encoding: str | None = None) -> Source:
    """The file, after a first pass over all of it.

    Raises:
        BadFile: it cannot be read, is no file of text in its encoding, or has a line that no order has.
        BadOption: a format or an encoding that is not known.
    """
    found = form or _format_of(path)
    if found in NO_TEXT and encoding is not None:
        raise BadOption(f"{path} is {NO_TEXT[found]}.", "Leave --encoding out.", given=encoding)
    known = _known_encoding(encoding)
    digest, lines = hashlib.sha256(), None if found == "parquet" else _Lines(path, found, known)
    with _reading(path) as file:
        state = _state(file)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            if lines is not None:
                lines.add(chunk)
    count = _rows_in_parquet(path) if lines is None else 0
    if lines is not None:
        lines.add(b"", last=True)
        count = _orders_in_fhir(path) if found == "fhir" else max(0, lines.count - (found != "jsonl"))
    return Source(
        path=path, format=found, encoding=known, digest=digest.hexdigest(), lines=count, state=state
    )


def _format_of(path: str) -> Format:
    """What a file is by its name, and where that leaves it open by what its first line says."""
    suffix = Path(path).suffix.lower()
    named = SUFFIXES.get(suffix)
    if named == "jsonl":
        with _reading(path) as file:
            first = next((line for line in file if line.strip()), b"")
        return "fhir" if _RESOURCE in first else "jsonl"
    if suffix == ".json":
        with _reading(path) as file:
            if _RESOURCE in file.read():
                return "fhir"
        raise BadOption(
            f"{path} is no resource of FHIR: it has no resourceType.",
            "If each line is an order of its own, say so with --format jsonl.",
            given=path,
        )
    if suffix in _NOT_READ:
        raise BadFile(
            f"{path} is {_NOT_READ[suffix]}, which is not read.",
            "Save it as CSV in UTF-8, or have it sent as FHIR R4 in JSON.",
            given=path,
        )
    if named is None:
        raise BadOption(
            f"{path} does not say by its name what it is.",
            "Say it with --format csv, tsv, jsonl, parquet or fhir.",
            given=path,
        )
    return named


def _rows_in_parquet(path: str) -> int:
    pl = polars_or_refuse()
    try:
        found = pl.scan_parquet(path, glob=False, hive_partitioning=False).select(pl.len())
        return int(found.collect().item())
    except pl.exceptions.PolarsError as fault:
        raise unreadable(path, fault) from None


def _orders_in_fhir(path: str) -> int:
    with _reading(path) as file:
        return len(_FHIR_ORDER.findall(file.read()))


def unreadable(path: str, fault: Exception) -> BadFile:
    """The refusal of a file that polars cannot read."""
    why = str(fault).partition("\n")[0].rstrip(".")
    return BadFile(f"{path} cannot be read as Parquet: {why}.", "Check the file.", given=path)


class _Lines:
    """Counts lines as they go by, and looks at their encoding and length."""

    def __init__(self, path: str, form: Format, encoding: str) -> None:
        self.count = 0
        self._path, self._form, self._encoding = path, form, encoding
        self._begins = b""
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._open = 0

    def add(self, chunk: bytes, *, last: bool = False) -> None:
        self._begins = self._begins or chunk[:2]
        try:
            text = self._decoder.decode(chunk, last)
            if self._encoding != "utf-8-sig":
                text.encode()  # UTF-7 and the like can write half a character, which is none
        except UnicodeError as fault:
            raise self._not_text(fault) from None
        first, *others = re.split("\r\n|\r|\n", text)
        longest = self._open + len(first)
        if others:
            longest = max(longest, *map(len, others))
        if longest > LONGEST_LINE and self._form != "fhir":  # a whole Bundle may be one line
            raise BadFile(
                f"{self._path} has a line of more than {LONGEST_LINE:,} characters.",
                "Check that it is a table of orders.",
                given=self._path,
            )
        self._open = len(others[-1]) if others else longest
        self.count += len(others)

    def _not_text(self, fault: UnicodeError) -> BadFile:
        if self._form == "fhir":
            problem, remedy = "is not UTF-8 text", "FHIR is nothing else: have it sent again."
        elif self._encoding == "utf-8-sig":
            like = "utf-16" if self._begins in _WIDE else "cp1252"
            problem = "is not UTF-8 text"
            remedy = f"Save it as UTF-8, or name its encoding, as in --encoding {like}."
        else:
            problem, remedy = f"is not text in {self._encoding}", "Name the encoding it has."
        what = ""
        if isinstance(fault, UnicodeDecodeError):
            line = self.count + fault.object.count(b"\n", 0, fault.start) + 1
            what = f": byte 0x{fault.object[fault.start]:02X} in line {line}"
        return BadFile(f"{self._path} {problem}{what}.", remedy, given=self._path)


def spool(
    stream: BinaryIO | None,
    folder: str,
    *,
    begun: bool = False,
    form: Format | None = None,
    encoding: str | None = None,
) -> Source:
    """Standard input, kept whole in a folder before anything is made of it, for nobody else to read.

    Where nothing comes and some is kept already, that is taken: the same command goes on.

    Raises:
        BadFile: as :func:`look_through`; a stream that is closed (None); or a run is begun, and what comes is not what
            is kept.
        CannotWrite: the folder cannot take it.
    """
    if stream is None:
        raise BadFile("Standard input is closed.", "Send the orders to it, or name their file.", given="-")
    target, temporary = Path(folder, SPOOL), ""
    digest, came = hashlib.sha256(), False
    try:
        handle, temporary = tempfile.mkstemp(prefix=".liquidose-", dir=folder)
        with os.fdopen(handle, "wb") as file:
            while chunk := stream.read(_CHUNK):
                came = True
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        same = target.exists() and _digest(target) == digest.digest()
        if begun and came and target.exists() and not same:
            raise BadFile(
                f"{folder} holds a run of another standard input.",
                "Give the same orders as before, or choose a new folder.",
                given=folder,
            )
        if (came and not same) or not target.exists():  # the same is left to a run that may be reading it
            Path(temporary).replace(target)
    except OSError as fault:
        raise CannotWrite(
            f"{folder} cannot take standard input: {fault.strerror or fault}.",
            "Choose another place with -o.",
            given=folder,
        ) from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
    return look_through(str(target), form=form or "csv", encoding=encoding)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _known_encoding(encoding: str | None) -> str:
    if encoding is None:
        return "utf-8-sig"
    try:
        "0".encode(encoding).decode(encoding)
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError, TypeError):
        raise BadOption(
            f"There is no text encoding '{encoding}'.", "Name one such as cp1252 or utf-16.", given=encoding
        ) from None
    return "utf-8-sig" if name == "utf-8" else name


def _state(file: BinaryIO) -> tuple[int, int]:
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns


@contextmanager
def _reading(path: str) -> Iterator[BinaryIO]:
    try:
        with Path(path).open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise BadFile(
                    f"{path} is no ordinary file.", "Give it by standard input, as '-'.", given=path
                )
            yield file
    except LiquidoseError:
        raise
    except (OSError, ValueError) as fault:  # a null in a path is a ValueError
        why = getattr(fault, "strerror", None) or fault
        raise BadFile(f"{path} cannot be read: {why}.", "Check the path.", given=path) from None
