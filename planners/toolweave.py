"""ToolWeave's planner: goals become plans in which every argument has a source (Algorithm 6)."""

import random
from collections.abc import Iterator
from typing import Final

from toolweave.checks.effects import effect_of
from toolweave.core.goal import Goal
from toolweave.core.plan import Plan
from toolweave.planners.building import build_plan
from toolweave.planners.planning import Commission, Refusal, in_turn

# How many goals are looked at for a second one, and how many calls of it are too many.
_LOOKED_AT: Final = 24
_MUCH: Final = 8


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
            goals.extend(self._second(goal, stream))
        return build_plan(commission.desk, goals, plan_id, commission.tools, stream)

    def _second(self, first: Goal, stream: random.Random) -> list[Goal]:
        """Another goal that the same person may have: of the few looked at, the nearest one."""
        drawn = stream.choices(self.commission.goals, k=_LOOKED_AT)
        others = [one for one in drawn if not {*one.workflow.tools} & {*first.workflow.tools}]
        return sorted(others, key=lambda one: -self._nearness(first, one))[:1]

    def _nearness(self, first: Goal, other: Goal) -> float:
        """How readily somebody has both goals: one situation, the same things, little to do."""
        tools = self.commission.desk.flow.tools
        mine, theirs = (
            {effect_of(tools[name]).entity for name in one.workflow.tools} for one in (first, other)
        )
        together = bool(first.situation) and first.situation == other.situation
        return together + len(mine & theirs) / len(theirs) - len(other.workflow.tools) / _MUCH
