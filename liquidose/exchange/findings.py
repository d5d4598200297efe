"""What the lint found in a text, as a stable JSON document."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from liquidose.exchange.conversions import plain
from liquidose.quantities.lint import Finding
from liquidose.quantities.writing import Profile

LINT: Final = "liquidose.lint/1"


class LintDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The findings in one text; none where it is clean."""

    schema: Literal["liquidose.lint/1"]
    file: str
    profile: Profile
    findings: tuple[Finding, ...]


def lint_document(findings: list[Finding], *, file: str, profile: Profile) -> LintDocument:
    """The document of one text's findings, each remedy with ordinary spaces."""
    return LintDocument(
        schema=LINT,
        file=file,
        profile=profile,
        findings=tuple(
            msgspec.structs.replace(one, problem=plain(one.problem), remedy=plain(one.remedy))
            for one in findings
        ),
    )
