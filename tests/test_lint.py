"""The lint: what is misread is found at its place; ordinary text, and our own, is clean."""

from __future__ import annotations

import re
from re import _constants, _parser  # type: ignore[attr-defined]  # the only view of a pattern's quantifiers
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, cases, plain, rows

from liquidose import Finding, lint
from liquidose.errors import UnreadableText
from liquidose.quantities.amount_rules import AMOUNT_RULES, amounts, unitless
from liquidose.quantities.error_prone import WORD_RULES
from liquidose.quantities.lint import amounts_in, free_of_amounts
from liquidose.quantities.units import ANY_CASE, REFUSED, SPELLINGS
from liquidose.quantities.writing import PROFILES

RULES = (*AMOUNT_RULES, *WORD_RULES)
CLEAN = (
    "",
    "Shake well before use. ",
    "Give 2.5\u00a0mL in the morning.\n",
    "Call 555 0100 by 10:30,\r\nthen ",
)


def profile_of(row: Row) -> dict[str, Any]:
    return {"profile": row.get("profile", "international")}


@cases("lint.toml", "finds")
def test_lint_finds(row: Row) -> None:
    findings = lint(row["text"], **profile_of(row))
    assert [finding.rule for finding in findings] == row["rules"]
    found = next(finding for finding in findings if finding.rule == row["rule"])
    assert (found.line, found.column, found.found) == (1, row["column"], row["found"])
    assert plain(found.remedy) == row["remedy"]


@cases("lint.toml", "passes")
def test_lint_passes(row: Row) -> None:
    assert lint(row["text"], **profile_of(row)) == []


def test_every_rule_has_its_rows_both_ways() -> None:
    known = {rule.rule for rule in RULES}
    assert {row["rule"] for row in rows("lint.toml", "finds")} == known
    assert {row["rule"] for row in rows("lint.toml", "passes")} == known | {"R4", "R9"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.rule} {rule.example!a}")
def test_every_rule_finds_its_example_under_its_profiles_only(rule: Any) -> None:
    for profile in PROFILES:
        problems = {finding.problem for finding in lint(rule.example, profile=profile)}
        assert (rule.problem in problems) is (profile in rule.profiles)


def test_every_problem_is_said_in_clean_words() -> None:
    for rule in RULES:
        assert lint(rule.problem) == []


def test_every_remedy_is_clean_itself() -> None:
    for row in rows("lint.toml", "finds"):
        how = profile_of(row)
        for finding in lint(row["text"], **how):
            assert lint(finding.remedy, **how) == [], finding


@given(
    before=st.lists(st.sampled_from(CLEAN), max_size=4).map("".join),
    row=st.sampled_from([r for r in rows("lint.toml", "finds") if "\n" not in r["text"]]),
    after=st.sampled_from(("", "\nKeep in the refrigerator.", "\n\nShake well.\n")),
)
def test_a_notation_is_found_where_it_stands_in_a_longer_text(before: str, row: Row, after: str) -> None:
    findings = lint(before + row["text"] + after, **profile_of(row))
    assert [f.rule for f in findings] == row["rules"]
    found = next(f for f in findings if f.rule == row["rule"])
    lines = before.split("\n")
    place = (len(lines), len(lines[-1]) + row["column"], row["found"])
    assert (found.line, found.column, found.found) == place


def test_findings_come_in_the_order_of_the_text_and_each_place_once() -> None:
    found = lint("5cc QD\n5 µg @ noon, 50 µg")
    assert [(f.rule, f.line, f.column) for f in found] == [
        ("R5", 1, 1), ("R14", 1, 1), ("R25", 1, 5), ("R15", 2, 1), ("R24", 2, 6), ("R15", 2, 14),
    ]  # fmt: skip


def test_a_finding_says_everything() -> None:
    assert lint("Give .5 mL") == [
        Finding(
            rule="R1",
            line=1,
            column=6,
            found=".5 mL",
            problem="no zero before the decimal point: without it, ten times as much is read",
            remedy="Write '0.5\u00a0mL'.",
        )
    ]


def quantifiers(parsed: Any) -> list[int]:
    """The upper bound of every quantifier of a parsed pattern, in look-aheads and branches too."""
    found = []
    for operation, argument in parsed:
        if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT):
            found.append(int(argument[1]))
        parts = argument if isinstance(argument, tuple) else (argument,)
        for part in parts:
            inner = part if isinstance(part, list) else [part]
            found += [n for one in inner if isinstance(one, _parser.SubPattern) for n in quantifiers(one)]
    return found


PATTERNS = {"amounts": amounts().pattern, "unitless": unitless().pattern} | {
    f"{rule.rule} {rule.example!a}": rule.pattern for rule in WORD_RULES
}


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_no_pattern_looks_further_than_200_characters(pattern: str) -> None:
    parsed = _parser.parse(pattern)
    assert max(quantifiers(parsed), default=0) <= 60
    assert parsed.getwidth()[1] <= 200


def test_the_check_on_quantifiers_sees_them() -> None:
    for pattern in ("a+", "(?=a*)b", "(?:x|(?<!y)z{2,})", "(?i:a*?)"):
        assert max(quantifiers(_parser.parse(pattern))) > 200


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["0", ".", "1.0", "5 ", "a", "q.", "1/2 ", "give ", "& ", "drop AS", "\u202f", "\n", "not use a "],
)
def test_a_long_run_of_anything_comes_to_an_end(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    assert all(text.split("\n")[f.line - 1].startswith(f.found, f.column - 1) for f in lint(text)[:3])


@cases("lint.toml", "free")
def test_lint_passes_text_without_amounts(row: Row) -> None:
    assert amounts_in(row["text"]) == ()
    assert free_of_amounts(row["text"], field="directions.with") == row["text"]


@cases("lint.toml", "found")
def test_lint_finds_amounts_and_household_measures(row: Row) -> None:
    assert list(amounts_in(row["text"])) == row["amounts"]
    with pytest.raises(UnreadableText) as refusal:
        free_of_amounts(row["text"], field="directions.with")
    assert str(refusal.value) == (
        f"directions.with holds an amount, '{row['amounts'][0]}', in free text: '{row['text']}'. "
        "Give the dose in directions.dose only, and leave amounts out of the words."
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "at bedtime, QD",
            "directions.with holds 'QD' in 'at bedtime, QD': it is read as four times a day, or as the right eye "
            "(rule R25). Write 'daily'.",
        ),
        (
            "morning & night",
            "directions.with holds '&' in 'morning & night': & is read as 2 (rule R24). Write 'and'.",
        ),
    ],
)
def test_an_order_refuses_what_the_lint_finds_in_its_words(text: str, message: str) -> None:
    with pytest.raises(UnreadableText) as refusal:
        free_of_amounts(text, field="directions.with")
    assert str(refusal.value) == message


@given(
    before=st.sampled_from(("", "give ", "with food; ")),
    number=st.sampled_from(("5", "0.5", "1,000", "½", "1/2", "two", "Half a", "5 ")),
    unit=st.sampled_from(sorted({*SPELLINGS, *ANY_CASE, "tsp", "drops", "tablets"})),
)
def test_lint_finds_every_unit_behind_a_number(before: str, number: str, unit: str) -> None:
    assert amounts_in(f"{before}{number} {unit}, then rest")


def test_no_unit_begins_with_what_a_number_goes_on_with() -> None:
    """The search for an amount gives no digit back, so such a unit would be passed over behind a number."""
    number = re.compile(r"[\d.,/½¼¾⅓⅔\s-]")
    assert not [unit for unit in (*SPELLINGS, *ANY_CASE, *REFUSED, "%") if number.match(unit)]


@given(text=st.text(max_size=300))
def test_any_text_can_be_read_and_every_finding_stands_where_it_says(text: str) -> None:
    rows_of = text.split("\n")
    for profile in PROFILES:
        for finding in lint(text, profile=profile):
            assert rows_of[finding.line - 1].startswith(finding.found, finding.column - 1)
            assert finding.found
            assert re.fullmatch(r"Write .+\.", finding.remedy, re.DOTALL)
