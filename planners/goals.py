"""Goals for a tool graph: worded, rated, sifted, and chosen so that they differ (Algorithm 5)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from toolweave.checks.words import Words
from toolweave.core.domain import DomainPack
from toolweave.core.goal import Goal
from toolweave.core.model import FORMAT_VERSION
from toolweave.core.seeding import rng, token
from toolweave.core.workflow import Workflow
from toolweave.planners.coherence import Coherence
from toolweave.planners.diversify import covering, mmr
from toolweave.planners.flow import Flow
from toolweave.planners.rating import rate, situation
from toolweave.planners.wording import goal_text
from toolweave.planners.workflows import Sampling, find_workflows, way_to


@dataclass(frozen=True)
class GoalSettings:
    """How goals are sifted: the least score, how many linear ones are kept, how they are found."""

    threshold: float = -0.5
    linear: int = 300
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True)
class DroppedGoal:
    """A workflow that gave no goal, and why."""

    workflow: Workflow
    reason: str


@dataclass(frozen=True)
class Goals:
    """The goals of a graph, the workflows that gave none, and the tools that none can hold."""

    kept: tuple[Goal, ...]
    dropped: tuple[DroppedGoal, ...]
    unreached: dict[str, str]


def make_goals(
    flow: Flow,
    words: Words,
    settings: GoalSettings,
    *,
    seed: int = 0,
    graph: str = "",
    pack: DomainPack | None = None,
) -> Goals:
    """The goals of a tool graph, without a model.

    All valid fan, conditional and parallel ones are kept; of the linear ones those that MMR picks
    and those that some tool needs to be used at all.
    """
    maker = _Maker(flow, words, Coherence(flow, pack), seed, graph, pack)
    found = find_workflows(flow, settings.sampling, rng(seed, "workflows", maker.domain), pack)
    kept, dropped = _sifted([maker.goal(workflow) for workflow in found.workflows], settings)
    kept.extend(_ways(maker, found.workflows, kept, settings))
    needed = {goal.workflow.key() for goal in kept}
    dropped = [one for one in dropped if one.workflow.key() not in needed]
    linear = [goal for goal in kept if goal.workflow.motif == "linear"]
    rest = [goal for goal in kept if goal.workflow.motif != "linear"]
    chosen = covering([*rest, *mmr(linear, settings.linear)], linear)
    left = {goal.id for goal in kept} - {goal.id for goal in chosen}
    dropped.extend(
        DroppedGoal(goal.workflow, "others like it were chosen") for goal in kept if goal.id in left
    )
    return Goals(tuple(chosen), tuple(dropped), found.unreached)


@dataclass(frozen=True)
class _Maker:
    """Makes goals of the workflows of one graph."""

    flow: Flow
    words: Words
    belonging: Coherence
    seed: int
    graph: str
    pack: DomainPack | None

    @property
    def domain(self) -> str:
        toolset = self.flow.graph.toolset
        return toolset.domain or toolset.name

    def goal(self, workflow: Workflow, *, needed: bool = False) -> Goal:
        """The goal of a workflow, worded and rated."""
        stream = rng(self.seed, "goal", self.domain, workflow.key())
        return Goal(
            version=FORMAT_VERSION,
            id=f"{self.domain or 'tools'}-{token(0, workflow.key(), length=10)}",
            domain=self.domain,
            graph=self.graph,
            text=goal_text(self.flow, workflow, self.words, stream),
            workflow=workflow,
            scores=rate(self.belonging, workflow, self.pack, needed=needed),
            situation=situation(workflow.tools, self.pack),
        )


def _ways(
    maker: _Maker, found: Sequence[Workflow], kept: Sequence[Goal], settings: GoalSettings
) -> list[Goal]:
    """The shortest goal for each tool that only goals below the threshold would have held."""
    held = {name for goal in kept for name in goal.workflow.tools}
    made = []
    for name in dict.fromkeys(name for workflow in found for name in workflow.tools):
        way = None if name in held else way_to(maker.flow, name)
        goal = maker.goal(way, needed=True) if way is not None else None
        if goal is not None and goal.scores.total >= settings.threshold:
            made.append(goal)
            held.update(goal.workflow.tools)
    return made


def _sifted(goals: Sequence[Goal], settings: GoalSettings) -> tuple[list[Goal], list[DroppedGoal]]:
    """Goals above the threshold, the best of those that come to the same."""
    kept: dict[str, Goal] = {}
    dropped: list[DroppedGoal] = []
    for goal in sorted(goals, key=lambda one: (-one.scores.total, one.id)):
        if goal.scores.total < settings.threshold:
            told = f"its score {goal.scores.total} is below {settings.threshold}"
            dropped.append(DroppedGoal(goal.workflow, told))
        elif (mark := _sameness(goal)) in kept:
            dropped.append(DroppedGoal(goal.workflow, f"nearly the same as {kept[mark].id}"))
        else:
            kept[mark] = goal
    return sorted(kept.values(), key=lambda one: one.id), dropped


def _sameness(goal: Goal) -> str:
    """What two goals that come to the same have in common: the same tools in another order."""
    branch = goal.workflow.branch
    fork = f"{branch.path}{branch.operator}{branch.value}" if branch is not None else ""
    return f"{goal.workflow.motif}:{','.join(sorted(goal.workflow.tools))}:{fork}"
