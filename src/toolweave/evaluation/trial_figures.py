"""What trials amount to: pass^k, errors per argument, turns."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import comb
from typing import get_args

from toolweave.core.model import Record
from toolweave.core.score import SlipKind, Trial

SLIPS: tuple[SlipKind, ...] = get_args(SlipKind)


class PlanRow(Record):
    """One plan's trials; those without a score count as neither passed nor failed."""

    plan: str
    trials: int
    judged: int
    passed: int
    value: float
    turns: float
    calls: float


class ArgumentRow(Record):
    """How often an argument of a tool was not right, by kind in the order of ``SLIPS``."""

    argument: str
    counts: tuple[int, ...]


class TrialFigures(Record):
    """All trials. ``pass_k`` holds pass^1, pass^2, … as the mean over plans."""

    assistant: str
    trials: int
    judged: int
    passed: int
    pass_k: tuple[float, ...]
    outcomes: dict[str, int]
    missing: int
    misplaced: int
    unplanned: int
    refused: int
    plans: tuple[PlanRow, ...]
    arguments: tuple[ArgumentRow, ...]


def trial_figures(trials: Sequence[Trial]) -> TrialFigures:
    """The figures of trials; ``pass^k`` is the chance that k trials of a plan all pass.

    A plan with fewer than k judged trials does not count for k.
    """
    plans: dict[tuple[str, str], list[Trial]] = defaultdict(list)
    for one in trials:
        plans[one.plan, one.digest].append(one)
    rows = [_row(held) for held in plans.values()]
    scores = [one.score for one in trials if one.score is not None]
    most = max((row.judged for row in rows), default=0)
    return TrialFigures(
        assistant=", ".join(sorted({one.assistant for one in trials})),
        trials=len(trials),
        judged=len(scores),
        passed=sum(score.passed for score in scores),
        pass_k=tuple(_pass(rows, k) for k in range(1, most + 1)),
        outcomes=dict(sorted(Counter(one.outcome for one in trials).items())),
        missing=sum(len(score.missing) for score in scores),
        misplaced=sum(len(score.misplaced) for score in scores),
        unplanned=sum(len(score.unplanned) for score in scores),
        refused=sum(score.failed for score in scores),
        plans=tuple(rows),
        arguments=tuple(_arguments(trials)),
    )


def _row(trials: Sequence[Trial]) -> PlanRow:
    judged = [one for one in trials if one.score is not None]
    scores = [one.score for one in judged if one.score is not None]
    number = len(judged) or 1
    return PlanRow(
        plan=trials[0].plan,
        trials=len(trials),
        judged=len(judged),
        passed=sum(score.passed for score in scores),
        value=sum(score.value for score in scores) / number,
        turns=sum(one.turns for one in judged) / number,
        calls=sum(one.calls for one in judged) / number,
    )


def _pass(rows: Sequence[PlanRow], k: int) -> float:
    shares = [comb(row.passed, k) / comb(row.judged, k) for row in rows if row.judged >= k]
    return sum(shares) / len(shares) if shares else 0.0


def _arguments(trials: Iterable[Trial]) -> list[ArgumentRow]:
    counts: Counter[tuple[str, SlipKind]] = Counter()
    for one in trials:
        for slip in one.score.slips if one.score is not None else ():
            counts[f"{slip.tool}.{slip.path}", slip.kind] += 1
    names = sorted({name for name, _ in counts})
    return [
        ArgumentRow(argument=name, counts=tuple(counts[name, kind] for kind in SLIPS))
        for name in names
    ]
