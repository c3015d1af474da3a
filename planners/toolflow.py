"""ToolFlow's planner: a walk over tools that are alike, and a list of requests with small talk.

Two tools are related where a parameter of one is like a parameter or an output of the other; what
each request needs is stated by the user. Which act comes next is the assistant's own choice, made
while the dialogue runs; offline the list is played as it stands.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

import numpy as np

from toolweave.core.errors import InputError
from toolweave.core.goal import Goal
from toolweave.core.graph import Link, ToolGraph
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.core.workflow import Workflow
from toolweave.llm.embedding import Embedder
from toolweave.planners.arguments import ArgumentPlanner
from toolweave.planners.building import Draft
from toolweave.planners.company import distractors
from toolweave.planners.flow import Flow
from toolweave.planners.patterns import chat
from toolweave.planners.planned_call import Unplannable
from toolweave.planners.planning import Commission, Refusal, in_turn, numbered, quiet
from toolweave.planners.wording import as_goal, together
from toolweave.schema.paths import leaves

NOT_RUN: Final = ("the assistant's choice of its next act",)
THRESHOLD: Final = 0.82
"""The cosine above which two parameters, or a parameter and an output, relate their tools."""
_LONGEST_WALK: Final = 5
_CHAT: Final = 0.35
_MOST_CHATS: Final = 2
_CHUNK: Final = 1024


def related(
    toolset: Toolset, embedder: Embedder, threshold: float = THRESHOLD
) -> dict[str, tuple[str, ...]]:
    """The undirected graph of ToolFlow: by tool, its neighbours in the toolset's order.

    Parameters are compared with the parameters and the outputs of all other tools.
    """
    names = [tool.name for tool in toolset.tools]
    owners: list[int] = []
    texts: list[str] = []
    outputs: list[int] = []
    for place, tool in enumerate(toolset.tools):
        for name, schema in tool.parameters.get("properties", {}).items():
            owners.append(place)
            texts.append(_told(name, schema))
    taken = len(texts)
    for place, tool in enumerate(toolset.tools):
        for leaf in leaves(tool.results):
            outputs.append(place)
            texts.append(_told(leaf.path.replace("[]", "").split(".")[-1], leaf.schema))
    joined = np.zeros((len(names), len(names)), dtype=bool)
    if taken:
        vectors = embedder.encode(texts)
        sides = np.array([*owners, *outputs])
        for start in range(0, taken, _CHUNK):
            rows = vectors[start : min(start + _CHUNK, taken)]
            left, right = np.nonzero(rows @ vectors.T > threshold)
            joined[sides[start + left], sides[right]] = True
    joined |= joined.T
    np.fill_diagonal(joined, False)
    return {
        name: tuple(names[at] for at in np.flatnonzero(joined[i])) for i, name in enumerate(names)
    }


def _told(name: str, schema: object) -> str:
    """A parameter or an output as it is compared: its name and what is said of it."""
    about = schema.get("description", "") if isinstance(schema, Mapping) else ""
    return f"{name.replace('_', ' ')}. {about}"[:300]


class Toolflow:
    """Plans as ToolFlow makes them, over its own walks or over the workflows of given goals.

    Args:
        commission: what to plan with; it has to bring an embedder.
    """

    name: Final = "toolflow"

    def __init__(self, commission: Commission) -> None:
        if commission.embedder is None:
            raise InputError("toolflow compares parameters by an embedder", mend="give it one")
        self.commission, self.embedder = commission, commission.embedder
        self.label = commission.labelled(self.name)
        self.not_run = NOT_RUN if commission.offline else ()
        given = quiet(commission.desk)
        # An assistant that decides for itself is given something to find missing.
        clarify = 0.0 if commission.offline else commission.desk.knobs.clarify
        knobs = given.knobs.model_copy(update={"clarify": clarify})
        self.desk = replace(given, flow=Flow(_stated(given.flow)), knobs=knobs)

    @cached_property
    def neighbours(self) -> dict[str, tuple[str, ...]]:
        """Which tools are related."""
        return related(self.desk.flow.graph.toolset, self.embedder)

    def plans(self, count: int) -> Iterator[Plan | Refusal]:
        """Up to ``count`` plans that pass the plan check, and refusals in between."""
        if self.commission.workflows:
            return in_turn(self.commission, count, self._for_goal)
        return numbered(self.commission, self.name, count, self._walked)

    def _walked(self, plan_id: str, stream: random.Random) -> Plan:
        return self._listed(plan_id, self._walk(stream), (), stream)

    def _for_goal(self, goal: Goal, plan_id: str, stream: random.Random) -> Plan:
        return self._listed(plan_id, goal.workflow.tools, goal.workflow.links, stream)

    def _listed(
        self, plan_id: str, tools: Sequence[str], links: tuple[Link, ...], stream: random.Random
    ) -> Plan:
        """A request for each tool, with small talk in between; ``links`` are taken first.

        The plan is linear whatever motif its tools come from: a list of requests opens no fan and
        leaves nothing to a condition.
        """
        planner = ArgumentPlanner(self.desk.flow, links, self.desk.knobs, stream)
        draft = Draft(self.desk, stream, planner)
        for name in tools:
            draft.add(Workflow(motif="linear", tools=(name,)), ((name,),))
            talked = sum(segment.kind == "chat" for segment in draft.segments)
            if talked < _MOST_CHATS and stream.random() < _CHAT:
                draft.segments.append(chat())
        wanted = [segment.subgoal for segment in draft.segments if segment.kind == "task"]
        draft.settle()
        return draft.plan(
            plan_id,
            domain=self.commission.domain,
            goal=as_goal(together(wanted)),
            motif="linear",
            tools=self.commission.tools,
            shown=distractors(
                self.desk.flow, self.desk.knobs.most_distractors, draft.tools, "", stream
            ),
        )

    def _walk(self, stream: random.Random) -> Sequence[str]:
        """A walk over related tools that ends where no new one can be called."""
        flow = self.desk.flow
        starts = [name for name in flow.tools if flow.startable(name)]
        if not starts:
            raise Unplannable("no tool can be called with what a person could say")
        walk = [stream.choice(starts)]
        for _ in range(stream.randint(1, _LONGEST_WALK) - 1):
            near = [
                name
                for name in self.neighbours[walk[-1]]
                if name not in walk and not flow.lacks(name, walk)
            ]
            if not near:
                break
            walk.append(stream.choice(near))
        return walk


def _stated(flow: Flow) -> ToolGraph:
    """The graph with links only into what no person could say: all else the user states."""
    said = {(name, one.path) for name in flow.tools for one in flow.inputs[name] if one.askable}
    kept = tuple(link for link in flow.graph.links if (link.target, link.parameter) not in said)
    return flow.graph.model_copy(update={"links": kept})
