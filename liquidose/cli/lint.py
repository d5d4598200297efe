"""liquidose lint: what in a text will be misread, where, and how to write it."""

from __future__ import annotations

import sys
from itertools import groupby

import click

from liquidose.cli.finding import find_site, option_site
from liquidose.cli.showing import say
from liquidose.cli.stopping import stop
from liquidose.errors import LiquidoseError
from liquidose.files import read_text, text_in
from liquidose.quantities.lint import Finding, lint
from liquidose.quantities.writing import PROFILES, Profile


@click.command(
    "lint",
    epilog="\b\nExamples:\n  liquidose lint leaflet.txt\n  liquidose lint sigs.txt --profile uk\n"
    '  echo "Give .5 mg QD" | liquidose lint -',
)
@click.argument("file", metavar="FILE|-")
@click.option(
    "--profile",
    "asked",
    type=click.Choice(PROFILES),
    help="Whose rules (else the site's): international finds what is wrong in the US and in the UK.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@option_site
def command(file: str, *, asked: Profile | None, as_json: bool, site_file: str | None) -> None:
    """Notations in FILE that are misread: the rules of ISMP and the Joint Commission.

    FILE is plain text in UTF-8: a label, a leaflet, one direction a line; - reads standard input. The exit status
    is 1 if something was found, 0 if not, 2 if the file cannot be read. The rules stand in docs/lint.md.
    """
    name = "standard input" if file == "-" else file
    try:
        profile = asked or find_site(site_file).site.profile
        text = text_in(sys.stdin.buffer, name=name) if file == "-" else read_text(file)
    except LiquidoseError as error:
        stop(error, as_json=as_json)
    findings = lint(text, profile=profile)
    if as_json:
        from liquidose.exchange.conversions import encoded  # noqa: PLC0415  (only here)
        from liquidose.exchange.findings import lint_document  # noqa: PLC0415  (as above)

        click.echo(encoded(lint_document(findings, file=name, profile=profile), indent=2))
    else:
        _show(findings, name, profile)
    sys.exit(1 if findings else 0)


def _show(findings: list[Finding], name: str, profile: Profile) -> None:
    places = [list(group) for _, group in groupby(findings, key=lambda f: (f.line, f.column, f.found))]
    for place in places:
        remedies = " ".join(dict.fromkeys(finding.remedy for finding in place))
        say(f"line {place[0].line}, column {place[0].column}: '{place[0].found}'. {remedies}")
        for finding in place:
            say(f"  {finding.rule}: {finding.problem}.")
    count = {0: "nothing found", 1: "1 place to correct"}.get(len(places), f"{len(places)} places to correct")
    say(f"{name}: {count} ({profile} rules).")
