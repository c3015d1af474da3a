"""What a request's dialogue is about: a plan or tools alone, by name or as data, checked."""

import hashlib
from collections.abc import Mapping
from typing import Final

from toolweave.agents.stage import Stage
from toolweave.configs.knobs import Knobs
from toolweave.configs.shipping import Kind, shipped, shipped_names
from toolweave.configs.wording import lexicon_for, words_for
from toolweave.core.errors import InputError
from toolweave.core.goal import Goal
from toolweave.core.graph import ToolGraph
from toolweave.core.model import FORMAT_VERSION, JsonValue
from toolweave.core.plan import Plan
from toolweave.core.seeding import rng
from toolweave.core.tool import Toolset
from toolweave.graph.plays import Frame, Frames, frame_of, unplanned
from toolweave.graph.preparing import prepare
from toolweave.planners.building import build_plan
from toolweave.planners.desk import Desk
from toolweave.planners.flow import Flow
from toolweave.planners.lifecycles import LifeCycles
from toolweave.planners.planned_call import Unplannable
from toolweave.planners.reading import load_plan, read_plan
from toolweave.runs.goals import pack_of
from toolweave.schema.records import build, suggestion
from toolweave.schema.types import canonical
from toolweave.service.bodies import Opening
from toolweave.service.problems import Problem
from toolweave.toolgraph.inference.inferring import infer_results
from toolweave.toolgraph.readers import load_tools, read_tools

MOST_TOOLS: Final = 500
MOST_STEPS: Final = 1000


def asked_frame(opening: Opening, own: Toolset | None, frames: Frames) -> Frame | None:
    """The frame that a request asks for, or None where it names nothing.

    Args:
        opening: the request.
        own: the toolset that the service was started with.
        frames: those at hand.

    Raises:
        Problem: a shipped name is unknown.
        InputError: what is given cannot be used.
    """
    named = {"plan": opening.plan, "goal": opening.goal, "toolset": opening.toolset}
    if all(value is None for value in named.values()):
        return None
    seed = opening.seed or 0 if opening.goal is not None else 0
    data = canonical([named, seed, own.name if own else ""]).encode()
    key = f"asked:{hashlib.blake2b(data, digest_size=16).hexdigest()}"
    found = frames.get(key)
    return found if found is not None else frames.add(_made(opening, own, seed), key)


def _made(opening: Opening, own: Toolset | None, seed: int) -> Frame:
    if opening.plan is not None and opening.goal is not None:
        raise InputError("there are a plan and a goal", mend="give one of the two")
    given = None if opening.toolset is None else _toolset(opening.toolset)
    if opening.plan is not None:
        return frame_of(_planned(opening.plan, given, own), planned=True)
    toolset = given or own
    if opening.goal is not None:
        if toolset is None:
            raise InputError("the goal comes without tools", mend="add a toolset")
        return frame_of(prepare(_for_goal(opening.goal, toolset, seed), toolset), planned=True)
    assert given is not None
    return unplanned(given)


def _planned(
    plan: str | Mapping[str, JsonValue], given: Toolset | None, own: Toolset | None
) -> Stage:
    if isinstance(plan, str):
        _known("plans", plan)
        loaded = load_plan(plan, given)
        return prepare(loaded.plan, loaded.toolset)
    read = read_plan(plan)
    if sum(1 for _ in read.steps()) > MOST_STEPS:
        problem = f"the plan has more than {MOST_STEPS} steps"
        raise InputError(problem, place="plan", mend="make two of it")
    toolset = given or own
    if toolset is None and read.tools and shipped("tools", read.tools) is not None:
        # Only what ships is read here: a plan from elsewhere may name any file of this machine.
        toolset = _toolset(read.tools)
    if toolset is None:
        raise InputError(f"plan {read.id!r:.80} comes without tools", mend="add a toolset")
    return prepare(read, toolset)


def _for_goal(data: object, toolset: Toolset, seed: int) -> Plan:
    """A plan for a goal (ToolWeave, Algorithm 6), offline."""
    goal = build(Goal, data, place="goal")
    known = {tool.name for tool in toolset.tools}
    if missing := [name for name in goal.workflow.tools if name not in known]:
        mend = suggestion(missing[0], sorted(known))
        raise InputError(f"the toolset has no tool {missing[0]!r}", place="goal", mend=mend)
    graph = ToolGraph(version=FORMAT_VERSION, toolset=toolset, links=goal.workflow.links)
    lexicon = lexicon_for(toolset.tools, toolset.lexicon, toolset.domain)
    words = words_for(toolset.tools, lexicon)
    desk = Desk(Flow(graph), words, Knobs(), LifeCycles(pack_of(toolset)))
    try:
        return build_plan(desk, [goal], goal.id, toolset.name, rng(seed, "served", goal.id))
    except Unplannable as error:
        raise InputError(f"no plan comes of the goal: {error}", place="goal") from error


def _toolset(given: str | Mapping[str, JsonValue] | list[dict[str, JsonValue]]) -> Toolset:
    if isinstance(given, str):
        return load_tools(str(_known("tools", given)))
    toolset = read_tools(given)
    if len(toolset.tools) > MOST_TOOLS:
        raise InputError(f"more than {MOST_TOOLS} tools", place="toolset", mend="leave some out")
    return infer_results(toolset)


def _known(kind: Kind, name: str) -> str:
    found = shipped(kind, name)
    if found is None:
        what = "plan" if kind == "plans" else "toolset"
        known = ", ".join(shipped_names(kind))
        problem = f"no shipped {what} is called {name!r:.60}; there are: {known}"
        raise Problem(404, f"{what}_unknown", problem)
    return str(found)
