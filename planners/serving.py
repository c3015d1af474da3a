"""Which goals serve a task that somebody describes ("plan a weekend trip")."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from toolweave.core.goal import Goal
from toolweave.llm.embedding import Embedder
from toolweave.planners.flow import Flow

LEAST: Final = {True: 0.35, False: 0.2}
"""The least likeness that counts, by whether the embedder knows what words mean."""
_NEAR: Final = 0.85


class Serving(NamedTuple):
    """A goal and how well it serves the task, 0…1."""

    goal: Goal
    fit: float


def serving(
    flow: Flow, goals: Sequence[Goal], task: str, embedder: Embedder, count: int = 10
) -> list[Serving]:
    """The goals that serve the task, best first; empty where none does.

    A goal is as like the task as the best of its text, its situation and the text of its tools,
    with a small advantage for goals that do more. Goals much below the best one are left out.
    """
    if not goals:
        return []
    named = sorted({name for goal in goals for name in goal.workflow.tools})
    told = [f"{name.replace('_', ' ')}: {flow.tools[name].description}" for name in named]
    texts = [goal.text for goal in goals]
    reasons = sorted({goal.situation for goal in goals if goal.situation})
    vectors = embedder.encode([task, *told, *texts, *reasons])
    near = vectors[1:] @ vectors[0]
    by_tool = dict(zip(named, near[: len(named)], strict=True))
    by_text = near[len(named) : len(named) + len(texts)]
    by_reason = dict(zip(reasons, near[len(named) + len(texts) :], strict=True))
    found = []
    for goal, text in zip(goals, by_text, strict=True):
        tools = [float(by_tool[name]) for name in goal.workflow.tools]
        best = max(
            float(text), sum(tools) / len(tools), float(by_reason.get(goal.situation, 0.0)) * 0.9
        )
        found.append(Serving(goal, round(best + 0.01 * len(tools), 4)))
    found.sort(key=lambda one: (-one.fit, one.goal.id))
    least = max(LEAST[embedder.semantic], found[0].fit * _NEAR)
    return [one for one in found if one.fit >= least][:count]


def nearest(flow: Flow, goals: Sequence[Goal], task: str, embedder: Embedder) -> list[str]:
    """The texts of the goals that come nearest to a task that none of them serves."""
    if not goals:
        return []
    vectors = embedder.encode([task, *(goal.text for goal in goals)])
    order = (vectors[1:] @ vectors[0]).argsort()[::-1]
    return [goals[int(place)].text for place in order[:3]]
