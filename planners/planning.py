"""Plans for goals: which goal is drawn next, and what became of those that gave no plan."""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from toolweave.checks.plan_check import check_plan
from toolweave.core.goal import Goal
from toolweave.core.model import Record
from toolweave.core.plan import Motif, Plan
from toolweave.core.seeding import rng
from toolweave.core.tool import Toolset
from toolweave.llm.embedding import Embedder
from toolweave.planners.desk import Desk
from toolweave.planners.planned_call import Unplannable

_TRIES: Final = 6
_HOPELESS: Final = 64
# How much sooner a goal of a higher score is drawn, and one with more to do.
_BETTER: Final = 1.0
_LONGER: Final = 0.35


class Refusal(Record):
    """A goal of which no plan could be made, and why."""

    goal: str
    reason: str


@dataclass(frozen=True)
class Commission:
    """What a strategy is given to plan with.

    Attributes:
        desk: the domain's graph, words and knobs.
        tools: the toolset's file as plans are to name it.
        seed: names the random streams.
        goals: the domain's goals, for strategies that plan for goals.
        shares: how many plans of each motif, relative to one another.
        embedder: compares texts, for strategies that link tools in their own way.
        offline: whether the run has no model, so that what needs one is left out.
        workflows: what the goals' workflows are, as labels say it, where the strategy is to plan
            for others than its own: a rival draws its own tools where this is empty.
    """

    desk: Desk
    tools: str
    seed: int
    goals: Sequence[Goal] = ()
    shares: Mapping[Motif, float] = field(default_factory=dict)
    embedder: Embedder | None = None
    offline: bool = True
    workflows: str = ""

    @property
    def domain(self) -> str:
        """What the tools are about."""
        toolset = self.desk.flow.graph.toolset
        return toolset.domain or toolset.name or "tools"

    def over(self, strategy: str) -> str:
        """The strategy's name, and over which workflows it plans where that is not its own way."""
        return f"{strategy} over {self.workflows}" if self.workflows else strategy

    def labelled(self, rival: str) -> str:
        """What a rival's figures are called."""
        told = self.over(rival)
        return f"{told} (offline imitation)" if self.offline else told


Making = Callable[[Goal, str, random.Random], Plan]
"""Makes a plan for a goal, under an id, with a stream that chooses."""


def quiet(desk: Desk) -> Desk:
    """The desk with none of our own patterns of conversation: rivals bring theirs."""
    ours = ("clarify", "switch", "follow_up", "correct", "overfill", "chat", "refuse", "keep_back")
    return replace(desk, knobs=desk.knobs.model_copy(update=dict.fromkeys(ours, 0.0)))


def attempt(
    name: str,
    toolset: Toolset,
    streams: Iterable[random.Random],
    make: Callable[[random.Random], Plan],
) -> Plan | Refusal:
    """The first plan that passes the plan check, or why the last one did not come about."""
    reason = ""
    for stream in streams:
        try:
            plan = make(stream)
        except Unplannable as error:
            reason = str(error)
            continue
        wrong = [one for one in check_plan(plan, toolset) if one.severity == "error"]
        if not wrong:
            return plan
        reason = wrong[0].line()
    return Refusal(goal=name, reason=reason)


def numbered(
    commission: Commission,
    strategy: str,
    count: int,
    make: Callable[[str, random.Random], Plan],
) -> Iterator[Plan | Refusal]:
    """Up to ``count`` plans that rest on no goals, and refusals in between.

    It ends early where nothing but refusals comes of the tools.
    """
    made = number = idle = 0
    toolset = commission.desk.flow.graph.toolset
    while made < count and idle < _HOPELESS:
        name = f"{commission.domain}-{strategy}-{number:05d}"
        streams = (rng(commission.seed, strategy, name, turn) for turn in range(_TRIES))
        drawn = attempt(name, toolset, streams, partial(make, name))
        number += 1
        if isinstance(drawn, Plan):
            made, idle = made + 1, 0
        else:
            idle += 1
        yield drawn


def in_turn(commission: Commission, count: int, make: Making) -> Iterator[Plan | Refusal]:
    """Up to ``count`` plans for the commission's goals, and refusals in between.

    Goals of one motif take turns; when all had theirs, they come again with other plans. Motifs
    without goals give their share to the others.
    """
    queues = _queues(commission)
    made: Counter[str] = Counter()
    turns: Counter[str] = Counter()
    shares = commission.shares
    missing = count
    idle = 0
    while missing and queues and idle < 4 * len(commission.goals) + 16:
        motif = min(queues, key=lambda one: (made[one] / max(shares[one], 1e-9), one))
        queue = queues[motif]
        drawn = _drawn(
            commission, queue[turns[motif] % len(queue)], turns[motif] // len(queue), make
        )
        turns[motif] += 1
        if isinstance(drawn, Plan):
            made[motif] += 1
            missing, idle = missing - 1, 0
        else:
            idle += 1
            if not made[motif] and turns[motif] > 2 * len(queue):
                del queues[motif]
        yield drawn


def _queues(commission: Commission) -> dict[Motif, list[Goal]]:
    """The goals by motif, in an order of the seed's in which better ones tend to come first."""
    queues: dict[Motif, list[Goal]] = {}
    for goal in sorted(commission.goals, key=lambda one: one.id):
        if commission.shares.get(goal.workflow.motif, 0) > 0:
            queues.setdefault(goal.workflow.motif, []).append(goal)
    for motif, queue in queues.items():
        stream = rng(commission.seed, "draw", commission.tools, motif)
        places = {
            goal.id: math.log(1 - stream.random())
            * math.exp(-_BETTER * goal.scores.total - _LONGER * len(goal.workflow.tools))
            for goal in queue
        }
        queue.sort(key=lambda goal: -places[goal.id])
    return queues


def _drawn(commission: Commission, goal: Goal, turn: int, make: Making) -> Plan | Refusal:
    """The plan that is made of a goal when it has its turn for the ``turn``-th time again."""
    streams = (rng(commission.seed, "plan", goal.id, turn, at) for at in range(_TRIES))
    toolset = commission.desk.flow.graph.toolset
    return attempt(goal.id, toolset, streams, partial(make, goal, f"{goal.id}-{turn:03d}"))
