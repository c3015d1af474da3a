"""ToolWeave's planner: goals become plans in which every argument has a source (Algorithm 6)."""

import random
from collections.abc import Iterator
from typing import Final

from toolweave.core.goal import Goal
from toolweave.core.plan import Plan
from toolweave.planners.building import build_plan
from toolweave.planners.planning import Commission, Refusal, in_turn


class Toolweave:
    """Plans for the goals of one domain.

    Args:
        commission: what to plan with; it has to bring goals and the shares of their motifs.
    """

    name: Final = "toolweave"
    not_run: tuple[str, ...] = ()

    def __init__(self, commission: Commission) -> None:
        self.commission = commission
        self.label = commission.over(self.name)

    def plans(self, count: int) -> Iterator[Plan | Refusal]:
        """Up to ``count`` plans that pass the plan check, and refusals in between."""
        return in_turn(self.commission, count, self._make)

    def _make(self, goal: Goal, plan_id: str, stream: random.Random) -> Plan:
        commission, goals = self.commission, [goal]
        if stream.random() < commission.desk.knobs.switch:
            other = stream.choice(commission.goals)
            if not {*other.workflow.tools} & {*goal.workflow.tools}:
                goals.append(other)
        return build_plan(commission.desk, goals, plan_id, commission.tools, stream)
