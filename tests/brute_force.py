"""A second, deliberately slow reading of how a syringe is chosen, to compare with the real one.

Written from the rule's own words ("The choice, exactly"), by somebody who had not read the program's: it lists every
mark of every syringe, every total that can be set, and throws away what the rule forbids. Where the rule
leaves a choice open, every answer it leaves is returned.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from liquidose.devices.syringes import Syringe

LARGEST_TINY_ML = Fraction(1, 10)
TINY_SYRINGE_ML = Fraction(1, 2)


class Candidate(NamedTuple):
    """One syringe with what each of its fillings is."""

    syringe: Syringe
    draws: tuple[Fraction, ...]

    @property
    def total(self) -> Fraction:
        return sum(self.draws, Fraction(0))

    @property
    def tolerance(self) -> Fraction:
        return sum((tolerance_by_r67(self.syringe.capacity_ml, ml) for ml in self.draws), Fraction(0))


class Rule(NamedTuple):
    """The limits in force, in % of the dose."""

    rounding_refused: Fraction = Fraction(10)
    tolerance_warns: Fraction = Fraction(10)
    tolerance_refused: Fraction = Fraction(20)
    most_draws: int = 3
    clinician: bool = False


def tolerance_by_r67(capacity: Fraction, ml: Fraction) -> Fraction:
    """R67, written out: how far the scale of a syringe may be out at a volume."""
    if capacity < 5:
        return ml * 5 / 100 if ml >= capacity / 2 else capacity * 15 / 1000 + ml * 2 / 100
    return ml * 4 / 100 if ml >= capacity / 2 else capacity * 15 / 1000 + ml / 100


def every_mark(syringe: Syringe) -> tuple[Fraction, ...]:
    """All lines of a scale above zero, found by walking up it."""
    return _walk(syringe.capacity_ml, syringe.step_ml, syringe.extra_marks_ml)


@lru_cache(maxsize=512)
def _walk(capacity: Fraction, step: Fraction, extra: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    marks, at = set(extra), step
    while at <= capacity:
        marks.add(at)
        at += step
    return tuple(sorted(marks))


def offered(
    syringe: Syringe, exact: Fraction, draws: int, least: Fraction | None, most: Fraction | None
) -> Candidate | None:
    """What one syringe offers for so many draws: of all it can be set to, the nearest; a tie is smaller."""

    def nearest(already: Fraction, times: int) -> Fraction | None:
        """The mark that comes nearest, drawn so many times beside what was drawn already."""
        totals = [(already + mark * times, mark) for mark in every_mark(syringe)]
        inside = [
            (abs(total - exact), total, mark)
            for total, mark in totals
            if (least is None or total >= least) and (most is None or total <= most)
        ]
        return min(inside)[2] if inside else None

    equal, rest = nearest(Fraction(0), draws), None
    full = syringe.capacity_ml * (draws - 1)
    if draws > 1 and full < exact:
        rest = nearest(full, 1)
    closer = rest is not None and (equal is None or abs(full + rest - exact) < abs(equal * draws - exact))
    if rest is not None and closer:
        return Candidate(syringe, (*(syringe.capacity_ml,) * (draws - 1), rest))
    return None if equal is None else Candidate(syringe, (equal,) * draws)


def answers(
    stocked: tuple[Syringe, ...],
    exact: Fraction,
    rule: Rule = Rule(),  # noqa: B008  (an immutable value)
    least: Fraction | None = None,
    most: Fraction | None = None,
) -> list[Candidate]:
    """Every candidate that the rule calls best; none where it refuses."""
    if exact <= LARGEST_TINY_ML:
        small = tuple(s for s in stocked if s.capacity_ml <= TINY_SYRINGE_ML)
        if not small and not rule.clinician:
            return []
        stocked = small or stocked
    passing: dict[int, list[Candidate]] = {}
    for draws in range(1, rule.most_draws + 1):
        found = [offered(syringe, exact, draws, least, most) for syringe in stocked]
        passing[draws] = [
            c
            for c in found
            if c is not None
            and abs(c.total - exact) * 100 <= exact * rule.rounding_refused
            and c.tolerance * 100 <= c.total * rule.tolerance_refused
        ]
    for within in (rule.tolerance_warns, rule.tolerance_refused):
        for candidates in passing.values():
            good = [c for c in candidates if c.tolerance * 100 <= c.total * within]
            if good:
                return best_of(good, exact)
    return []


def best_of(candidates: list[Candidate], exact: Fraction) -> list[Candidate]:
    """The first of each test in turn: unrounded, then the smallest capacity, then the smaller tolerance."""

    def rank(candidate: Candidate) -> tuple[bool, Fraction, Fraction]:
        return candidate.total != exact, candidate.syringe.capacity_ml, candidate.tolerance

    first = min(rank(c) for c in candidates)
    return [c for c in candidates if rank(c) == first]
