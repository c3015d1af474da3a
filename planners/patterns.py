"""Conversation patterns: what real conversations hold besides goals reached one by one."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from toolweave.checks.effects import effect_of
from toolweave.checks.words import Words
from toolweave.core.binding import UserBinding
from toolweave.core.plan import (
    AssistantResponse,
    PlannedCall,
    Provision,
    Segment,
    ToolInvocation,
    UserRequest,
)
from toolweave.llm.offline.chats import FAREWELL
from toolweave.planners.arguments import ArgumentPlanner
from toolweave.planners.flow import Flow
from toolweave.planners.planned_call import PlannedArguments, Said, Unplannable
from toolweave.planners.reporting import reports
from toolweave.planners.wording import deed

# Values that people get wrong or think better of; ids and names are right or the call fails.
_CORRECTED: Final = frozenset({"string", "integer", "number"})
# How far a thing has come is what the plan decides of it.
_STATES: Final = ("status", "state")
_TRIED: Final = 12


def chat() -> Segment:
    """A remark in passing and an answer to it."""
    return Segment(
        kind="chat",
        subgoal="say something in passing",
        steps=(UserRequest(act="user_request"), AssistantResponse(act="assistant_response")),
    )


def goodbye() -> Segment:
    """The end of a conversation."""
    return chat().model_copy(update={"subgoal": FAREWELL})


def refusal(
    flow: Flow, words: Words, hidden: Sequence[str], said: Sequence[str], stream: random.Random
) -> tuple[Segment, str] | None:
    """A wish that no tool shown can serve, and which tool would have; None without such a tool.

    ``hidden`` are the tools that will not be shown, ``said`` the subgoals so far.
    """
    candidates = [name for name in hidden if effect_of(flow.tools[name]).kind != "read"]
    stream.shuffle(candidates)
    for name in candidates:
        wanted = deed(flow, name, words, stream, again=True)
        if wanted not in said:
            steps = (
                UserRequest(act="user_request", intent=wanted),
                AssistantResponse(act="assistant_response"),
            )
            return Segment(kind="refusal", subgoal=wanted, steps=steps), name
    return None


def follow_up(
    planner: ArgumentPlanner,
    words: Words,
    call: str,
    segment: int,
    said: Sequence[str],
    stream: random.Random,
) -> tuple[Segment, PlannedArguments] | None:
    """A look at something related for which nothing new has to be said; None if there is none."""
    used = {one.tool.name for one in planner.so_far.done}
    near = [
        name
        for one in planner.so_far.done[-2:]
        for name in planner.flow.successors(one.tool.name)
        if name not in used and effect_of(planner.flow.tools[name]).kind == "read"
    ]
    stream.shuffle(near)
    for name in near[:_TRIED]:
        trial = planner.fork(optional=0.0)
        try:
            made = trial.plan(call, name, segment)
        except Unplannable:
            # A look-up that nothing feeds was only one of several to choose from; the plan stands.
            continue
        wanted = deed(planner.flow, name, words, stream, again=True)
        if made.said or wanted in said:
            continue
        planner.so_far = trial.so_far
        return _single("follow_up", wanted, made, planner.flow, ()), made
    return None


def correction(
    planner: ArgumentPlanner,
    made: Sequence[PlannedArguments],
    call: str,
    segment: int,
    stream: random.Random,
) -> tuple[Segment, PlannedArguments] | None:
    """The user takes back one value of a segment's last look-up, and it is made again.

    None if nothing suits: only what nothing else rests on can be looked up anew.
    """
    last = made[-1]
    if effect_of(planner.flow.tools[last.tool]).kind != "read":
        return None
    shared = {
        binding.slot
        for one in made[:-1]
        for binding in one.bindings.values()
        if isinstance(binding, UserBinding)
    }
    open_to_change = [
        said
        for said in last.said
        if not said.fixed
        and said.slot not in shared
        and _changeable(said)
        and "." not in said.slot.partition(".")[2]
        and not said.slot.endswith(_STATES)
    ]
    if not open_to_change:
        return None
    old = stream.choice(open_to_change)
    path = old.slot.partition(".")[2]
    fresh = old._replace(slot=f"{call}.{path}")
    again = replace(
        last,
        call=call,
        bindings={**last.bindings, path: UserBinding(source="user", slot=fresh.slot)},
        said=[fresh],
        picks=[],
    )
    planner.renew(last.call, call, segment, fresh)
    provision = Provision(slot=fresh.slot, replaces=old.slot)
    told = f"change the {path.replace('_', ' ')}"
    return _single("correction", told, again, planner.flow, (provision,)), again


def _single(
    kind: str,
    wanted: str,
    made: PlannedArguments,
    flow: Flow,
    provides: tuple[Provision, ...],
) -> Segment:
    """A segment of one request, one call and one answer."""
    tool = flow.tools[made.tool]
    call = PlannedCall(id=made.call, tool=made.tool, arguments=made.bindings)
    told = tuple(f"{made.call}.{path}" for path in reports(tool, (), last=True))
    request = UserRequest(
        act="user_request", intent=wanted, provides=provides, points_at=tuple(made.picks)
    )
    return Segment(
        kind="correction" if kind == "correction" else "follow_up",
        subgoal=wanted,
        steps=(
            request,
            ToolInvocation(act="tool_invocation", calls=(call,)),
            AssistantResponse(act="assistant_response", summarizes=(made.call,), reports=told),
        ),
    )


def _changeable(said: Said) -> bool:
    schema = said.schema if isinstance(said.schema, dict) else {}
    return schema.get("type") in _CORRECTED and "pattern" not in schema


def overfilled(segments: Sequence[Segment], stream: random.Random) -> list[Segment]:
    """The segments with one value of a later request stated in the first one already."""
    first, made = segments[0], list(segments)
    opening = first.steps[0]
    movable = [
        (place, provision)
        for place, segment in enumerate(segments)
        for step in segment.steps[:1]
        if place and segment.kind == "task" and isinstance(step, UserRequest)
        for provision in step.provides
        if not provision.replaces
    ]
    if not movable or not isinstance(opening, UserRequest):
        return made
    place, moved = stream.choice(movable)
    later = segments[place].steps[0]
    if not isinstance(later, UserRequest):
        return made
    left = tuple(one for one in later.provides if one != moved)
    early = opening.model_copy(update={"provides": (*opening.provides, moved)})
    late = later.model_copy(update={"provides": left})
    made[0] = first.model_copy(update={"steps": (early, *first.steps[1:])})
    made[place] = segments[place].model_copy(update={"steps": (late, *segments[place].steps[1:])})
    return made
