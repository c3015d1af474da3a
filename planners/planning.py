"""Plans for goals: which goal is drawn next, and what became of those that gave no plan."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from toolweave.checks.plan_check import check_plan
from toolweave.core.goal import Goal
from toolweave.core.model import Record
from toolweave.core.plan import Motif, Plan
from toolweave.core.seeding import rng
from toolweave.planners.arguments import Unplannable
from toolweave.planners.building import Desk, build_plan

_TRIES: Final = 6


class Refusal(Record):
    """A goal of which no plan could be made, and why."""

    goal: str
    reason: str


@dataclass(frozen=True)
class Drawer:
    """Draws plans for the goals of one domain.

    Attributes:
        desk: the domain's graph, words and knobs.
        goals: its goals.
        tools: the toolset's file as plans are to name it.
        shares: how many plans of each motif, relative to one another; motifs without goals give
            their share to the others.
        seed: names the random streams.
    """

    desk: Desk
    goals: Sequence[Goal]
    tools: str
    shares: Mapping[Motif, float]
    seed: int

    def plans(self, count: int) -> Iterator[Plan | Refusal]:
        """Up to ``count`` plans, each of which passes the plan check, and refusals in between.

        Goals of one motif take turns; when all had theirs, they come again with other plans.
        """
        queues = self._queues()
        made: Counter[str] = Counter()
        turns: Counter[str] = Counter()
        missing = count
        idle = 0
        while missing and queues and idle < 4 * len(self.goals) + 16:
            motif = min(queues, key=lambda one: (made[one] / max(self.shares[one], 1e-9), one))
            queue = queues[motif]
            goal = queue[turns[motif] % len(queue)]
            drawn = self._draw(goal, turns[motif] // len(queue))
            turns[motif] += 1
            if isinstance(drawn, Plan):
                made[motif] += 1
                missing, idle = missing - 1, 0
            else:
                idle += 1
                if not made[motif] and turns[motif] > 2 * len(queue):
                    del queues[motif]
            yield drawn

    def _queues(self) -> dict[Motif, list[Goal]]:
        """The goals by motif, in an order of the seed's."""
        queues: dict[Motif, list[Goal]] = {}
        for goal in sorted(self.goals, key=lambda one: one.id):
            if self.shares.get(goal.workflow.motif, 0) > 0:
                queues.setdefault(goal.workflow.motif, []).append(goal)
        for motif, queue in queues.items():
            rng(self.seed, "draw", self.tools, motif).shuffle(queue)
        return queues

    def _draw(self, goal: Goal, turn: int) -> Plan | Refusal:
        reason = ""
        for attempt in range(_TRIES):
            stream = rng(self.seed, "plan", goal.id, turn, attempt)
            goals = [goal]
            if stream.random() < self.desk.knobs.switch:
                other = stream.choice(self.goals)
                if not {*other.workflow.tools} & {*goal.workflow.tools}:
                    goals.append(other)
            try:
                plan = build_plan(self.desk, goals, f"{goal.id}-{turn:03d}", self.tools, stream)
            except Unplannable as error:
                reason = str(error)
                continue
            wrong = [
                finding
                for finding in check_plan(plan, self.desk.flow.graph.toolset)
                if finding.severity == "error"
            ]
            if not wrong:
                return plan
            reason = wrong[0].line()
        return Refusal(goal=goal.id, reason=reason)
