"""Choosing among goals: good ones that differ, by Maximal Marginal Relevance (App. C.2)."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from toolweave.core.goal import Goal

LAMBDA: Final = 0.7


def mmr(goals: Sequence[Goal], count: int, weight: float = LAMBDA) -> list[Goal]:
    """``count`` goals, each next one the best of score and difference from those chosen.

    The score is scaled to 0…1 over the goals; two goals are as alike as the sets of their tools
    (Jaccard), since what a dialogue contains is decided by its tools.
    """
    if len(goals) <= count:
        return list(goals)
    totals = np.array([goal.scores.total for goal in goals])
    spread = totals.max() - totals.min()
    worth = (totals - totals.min()) / spread if spread else np.ones(len(goals))
    tools = sorted({name for goal in goals for name in goal.workflow.tools})
    place = {name: index for index, name in enumerate(tools)}
    held = np.zeros((len(goals), len(tools)), dtype=np.float32)
    for row, goal in enumerate(goals):
        held[row, [place[name] for name in goal.workflow.tools]] = 1
    sizes = held.sum(axis=1)
    alike = np.zeros(len(goals))
    free = np.ones(len(goals), dtype=bool)
    chosen: list[int] = []
    for _ in range(count):
        value = np.where(free, weight * worth - (1 - weight) * alike, -np.inf)
        best = int(value.argmax())
        chosen.append(best)
        free[best] = False
        common = held @ held[best]
        alike = np.maximum(alike, common / (sizes + sizes[best] - common))
    return [goals[index] for index in chosen]


def covering(chosen: Sequence[Goal], others: Sequence[Goal]) -> list[Goal]:
    """The chosen goals, and the best of the others for every tool that none of them uses."""
    kept = list(chosen)
    used = {name for goal in kept for name in goal.workflow.tools}
    for goal in sorted(others, key=lambda one: (-one.scores.total, one.id)):
        if not used.issuperset(goal.workflow.tools):
            kept.append(goal)
            used.update(goal.workflow.tools)
    return kept
