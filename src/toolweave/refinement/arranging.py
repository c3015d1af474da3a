"""The tools that are shown: in another order, and more of them than the dialogue needs."""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from toolweave.checks.effects import effect_of
from toolweave.core.dialogue import Dialogue, ShownTool
from toolweave.core.tool import Tool
from toolweave.refinement.edit import Guised, Unfit


class ToolOrder:
    """Shows the tools in another order."""

    kind: Final = "tool_order"

    def guised(self, dialogue: Dialogue, stream: random.Random) -> Guised | Unfit:
        """The dialogue with its tools shuffled; never in the order they had."""
        if len(dialogue.tools) < 2:
            return Unfit("it shows fewer than two tools")
        order = list(range(len(dialogue.tools)))
        while order == sorted(order):
            stream.shuffle(order)
        tools = tuple(dialogue.tools[at] for at in order)
        return Guised(dialogue.model_copy(update={"tools": tools}), {"order": order})


class MoreDistractors:
    """Shows more tools of the same domain that nobody needs.

    Args:
        pools: the tools of each domain.
        most: how many are added at most.
    """

    kind: Final = "distractors"

    def __init__(self, pools: Mapping[str, Sequence[Tool]], most: int = 8) -> None:
        self.pools, self.most = pools, most

    def guised(self, dialogue: Dialogue, stream: random.Random) -> Guised | Unfit:
        """The dialogue with the tools among those that were shown."""
        fitting = list(_fitting(dialogue, self.pools.get(dialogue.domain, ())))
        if not fitting:
            return Unfit("no other tool of its domain is known")
        count = min(len(fitting), stream.randint(min(2, self.most), self.most))
        added = stream.sample(fitting, count)
        tools = list(dialogue.tools)
        for tool in added:
            tools.insert(stream.randint(0, len(tools)), ShownTool(tool=tool))
        names = [tool.name for tool in added]
        plan = dialogue.plan
        wider = plan.model_copy(update={"distractors": (*plan.distractors, *names)})
        done = dialogue.model_copy(update={"tools": tuple(tools), "plan": wider})
        return Guised(done, {"tools": names})


def _fitting(dialogue: Dialogue, pool: Sequence[Tool]) -> Iterator[Tool]:
    """Tools that are not there yet and could do nothing that is called for or refused."""
    shown = {item.tool.name: item.tool for item in dialogue.tools}
    called = {call.tool for call in dialogue.plan.calls()}
    taken = [effect_of(shown[name]) for name in called if name in shown]
    lacking = {name for segment in dialogue.plan.segments for name in segment.lacks}
    by_name = {tool.name: tool for tool in pool}
    taken += [effect_of(by_name[name]) for name in lacking if name in by_name]
    refused = any(s.kind == "refusal" for s in dialogue.plan.segments)
    for tool in pool:
        effect = effect_of(tool)
        if tool.name in shown or tool.name in lacking or effect in taken:
            continue
        # What was refused is not named: anything that changes something might have done it.
        if not (refused and effect.kind != "read"):
            yield tool
