"""What verdicts amount to: means beside the paper's Table 4, by domain, and how passes agree."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import fsum
from statistics import fmean
from typing import Final

from toolweave.checks.turns import agreed
from toolweave.core.model import Record
from toolweave.core.verdict import DIMENSIONS, Dimension, Verdict

_SCORES: Final = range(1, 6)


class JudgeRow(Record):
    """Mean marks of one data set, a row like those of Table 4."""

    name: str
    naturalness: float
    coherence: float
    helpfulness: float
    accuracy: float


class MarkFigures(Record):
    """How often each mark from 1 to 5 was given in one dimension."""

    dimension: Dimension
    mean: float
    given: tuple[int, ...]


class DomainMarks(Record):
    """The mean marks of one domain's dialogues."""

    row: JudgeRow
    dialogues: int


class Agreement(Record):
    """How two passes over the same dialogue agree in one dimension.

    ``kappa`` is Cohen's, with quadratic weights, 1 for full agreement and 0 for what chance gives;
    None where every mark is the same, so that nothing can be told.
    """

    dimension: Dimension
    pairs: int
    exact: float
    within_one: float
    kappa: float | None = None


class JudgeFigures(Record):
    """The figures of a file of verdicts; each dialogue counts once, with the mean of its passes.

    ``agreement`` is empty for a single pass. A turn is ``faulty`` where most passes say so.
    """

    name: str
    judges: tuple[str, ...]
    dialogues: int
    verdicts: int
    row: JudgeRow
    marks: tuple[MarkFigures, ...]
    domains: tuple[DomainMarks, ...] = ()
    agreement: tuple[Agreement, ...] = ()
    turns: int
    faulty_turns: int


def judge_figures(name: str, verdicts: Sequence[Verdict]) -> JudgeFigures | None:
    """The figures of verdicts as ``load_verdicts`` gives them; None where there are none."""
    if not verdicts:
        return None
    by_record: dict[int, list[Verdict]] = defaultdict(list)
    for one in verdicts:
        by_record[one.record].append(one)
    domains: dict[str, list[list[Verdict]]] = defaultdict(list)
    for given in by_record.values():
        domains[given[0].domain].append(given)
    return JudgeFigures(
        name=name,
        judges=tuple(sorted({one.judge for one in verdicts})),
        dialogues=len(by_record),
        verdicts=len(verdicts),
        row=_row(name, by_record.values()),
        marks=tuple(_marks(dimension, verdicts) for dimension in DIMENSIONS),
        domains=tuple(
            DomainMarks(row=_row(domain, held), dialogues=len(held))
            for domain, held in sorted(domains.items())
            if domain
        ),
        agreement=tuple(_agreements(by_record)),
        turns=sum(given[0].turns for given in by_record.values()),
        faulty_turns=sum(len(faulty_turns(given)) for given in by_record.values()),
    )


def faulty_turns(verdicts: Sequence[Verdict]) -> Mapping[int, str]:
    """The turns of one dialogue that most of its passes call faulty, with the first reason."""
    return agreed([{fault.turn: fault.reason for fault in one.faulty} for one in verdicts])


def agreement(dimension: Dimension, pairs: Sequence[tuple[int, int]]) -> Agreement:
    """The agreement of pairs of marks, neither of which comes first."""
    apart = [abs(first - second) for first, second in pairs]
    return Agreement(
        dimension=dimension,
        pairs=len(pairs),
        exact=apart.count(0) / len(pairs),
        within_one=sum(distance <= 1 for distance in apart) / len(pairs),
        kappa=_kappa(pairs),
    )


def _kappa(pairs: Sequence[tuple[int, int]]) -> float | None:
    marks = [mark for pair in pairs for mark in pair]
    shares = {score: marks.count(score) / len(marks) for score in _SCORES}
    expected = fsum(shares[a] * shares[b] * (a - b) ** 2 for a in _SCORES for b in _SCORES)
    if not expected:
        return None
    return 1 - fmean((a - b) ** 2 for a, b in pairs) / expected


def _agreements(by_record: Mapping[int, Sequence[Verdict]]) -> Iterator[Agreement]:
    for dimension in DIMENSIONS:
        pairs = [
            (first.score(dimension), second.score(dimension))
            for given in by_record.values()
            for first, second in combinations(given, 2)
        ]
        if pairs:
            yield agreement(dimension, pairs)


def _marks(dimension: Dimension, verdicts: Sequence[Verdict]) -> MarkFigures:
    scores = [one.score(dimension) for one in verdicts]
    given = tuple(scores.count(score) for score in _SCORES)
    return MarkFigures(dimension=dimension, mean=fmean(scores), given=given)


def _row(name: str, dialogues: Iterable[Sequence[Verdict]]) -> JudgeRow:
    held = list(dialogues)
    means = {
        dimension: fmean(fmean(one.score(dimension) for one in given) for given in held)
        for dimension in DIMENSIONS
    }
    return JudgeRow(name=name, **means)
