"""Rating goals offline: from the links a workflow rests on and the situations of its domain."""

from collections.abc import Sequence
from typing import Final

from toolweave.checks.effects import effect_of
from toolweave.core.domain import DomainPack
from toolweave.core.goal import GoalScores
from toolweave.core.workflow import Workflow
from toolweave.planners.coherence import Coherence

# The weights of the paper (App. C.2).
RATING_WEIGHT: Final = 0.5
DATAFLOW_WEIGHT: Final = 0.8
LENGTH_WEIGHT: Final = 0.3
_LONG: Final = 5
_PARALLEL_FLOW: Final = 0.6
# The least coherence of wishes that one person may have at once, and the lowest rating.
_COHERENT: Final = 0.5
_LEAST: Final = -2.0


def scores(coherence: float, relevance: float, flow: float, tools: int, judge: str) -> GoalScores:
    """The hybrid score ``S`` of a goal (ToolWeave, App. C.2), rounded to four places."""
    length = min(1.0, (tools - 1) / (_LONG - 1))
    total = (
        RATING_WEIGHT * (coherence + relevance) + DATAFLOW_WEIGHT * flow + LENGTH_WEIGHT * length
    )
    return GoalScores(
        coherence=round(coherence, 4),
        relevance=round(relevance, 4),
        dataflow=round(flow, 4),
        length=round(length, 4),
        total=round(total, 4),
        judge=judge,
    )


def dataflow(workflow: Workflow) -> float:
    """How well the tools after the first are fed: the mean of the best link into each, 0…1."""
    if workflow.motif == "parallel" or len(workflow.tools) == 1:
        return _PARALLEL_FLOW
    best: dict[str, float] = {}
    for link in workflow.links:
        best[link.target] = max(best.get(link.target, 0.0), link.score)
    later = workflow.tools[1:]
    return sum(best.get(name, 0.0) for name in later) / len(later) if later else 0.0


def rate(
    belonging: Coherence, workflow: Workflow, pack: DomainPack | None, *, needed: bool = False
) -> GoalScores:
    """The scores of a workflow without a model.

    Coherence is how well the tools belong together; relevance is higher the more of them serve one
    of the domain's situations, in its order, and where something gets done. What nobody wants at
    once gets the least of both, unless it is ``needed`` to reach a tool at all.
    """
    fed, flow = dataflow(workflow), belonging.flow
    coherence = belonging.of(workflow)
    relevance = 2 * _fit(workflow.tools, pack) - 0.4
    deeds = sum(effect_of(flow.tools[name]).kind != "read" for name in workflow.tools)
    relevance += 0.4 if deeds else -0.3
    if coherence < _COHERENT and not needed:
        coherence = relevance = _LEAST
    return scores(coherence, _within(relevance), fed, len(workflow.tools), "offline")


def situation(tools: Sequence[str], pack: DomainPack | None) -> str:
    """The situation of the domain that the tools serve best; empty where none fits."""
    if pack is None:
        return ""
    best = max(pack.situations, key=lambda one: _shared(tools, one.tools), default=None)
    return best.text if best is not None and _shared(tools, best.tools) >= 0.5 else ""


def _fit(tools: Sequence[str], pack: DomainPack | None) -> float:
    if pack is None or not pack.situations:
        return 0.4
    return max(_shared(tools, one.tools) for one in pack.situations)


def _shared(tools: Sequence[str], wanted: Sequence[str]) -> float:
    """The share of the tools that occur in the situation in the same order."""
    places = [wanted.index(name) for name in tools if name in wanted]
    ordered = sum(1 for place, at in enumerate(places) if all(at >= one for one in places[:place]))
    return ordered / len(tools)


def _within(value: float) -> float:
    return max(-2.0, min(2.0, value))
