"""Plans in which a needed tool is lacking: the user brings it later, or it never comes."""

import random
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from toolweave.checks.effects import effect_of, looks_up
from toolweave.core.binding import ToolOutputBinding, UserBinding
from toolweave.core.plan import (
    AssistantResponse,
    Plan,
    PlannedCall,
    Segment,
    Step,
    UserRequest,
    calls_of,
)
from toolweave.core.tool import Tool
from toolweave.refinement.edit import Edited, Source, Unfit

_ASKING = ("task", "follow_up")
BROUGHT: Final = "missing_function"
NEVER: Final = "function_never_comes"


class MissingFunction:
    """Keeps a needed tool back until the user brings it (ToolWeave, Appendix F), or for good.

    ``never`` is how often it never comes, where nothing depends on it.
    """

    kind: Final = BROUGHT

    def __init__(self, never: float = 0.3) -> None:
        self.never = never

    def edited(self, source: Source, stream: random.Random) -> Edited | Unfit:
        """The plan without the tool, at first or altogether."""
        held = withholdable(source.plan, source.toolset.tools)
        if not held:
            return Unfit("no tool is needed that was not called before and has no stand-in")
        if stream.random() < self.never:
            plans = [(one, plan) for one in held if (plan := never_brought(source.plan, one))]
            if plans:
                one, plan = stream.choice(plans)
                return Edited(NEVER, plan, source.toolset, {"tool": one.tool})
        one = stream.choice(held)
        plan = brought_later(source.plan, one)
        return Edited(BROUGHT, plan, source.toolset, {"tool": one.tool})


class Withheld(NamedTuple):
    """A tool that can be kept back, and the index of the segment that needs it."""

    tool: str
    segment: int


def withholdable(plan: Plan, tools: Sequence[Tool]) -> list[Withheld]:
    """The tools without which what a segment is after cannot be had, in order.

    A tool that was called before is known to be there; one that another shown tool can stand in
    for is not needed. What is only looked up on the way is not what anybody asks for.
    """
    known = {tool.name: tool for tool in tools}
    found: dict[Withheld, None] = {}
    called: set[str] = set()
    for index, segment in enumerate(plan.segments):
        calls = calls_of(segment.steps)
        if segment.kind in _ASKING and not segment.supplies:
            for call in calls:
                needed = call.tool in known and call.tool not in called
                if needed and _asked_for(call, calls, known) and _alone(call.tool, plan, known):
                    found[Withheld(call.tool, index)] = None
        called |= {call.tool for call in calls}
    return list(found)


def _asked_for(call: PlannedCall, calls: Sequence[PlannedCall], known: dict[str, Tool]) -> bool:
    feeds = any(
        isinstance(binding, ToolOutputBinding) and binding.call == call.id
        for other in calls
        for binding in other.arguments.values()
    )
    wrong = call.fault is not None and call.fault.kind == "wrong_tool"
    return not wrong and not (feeds and looks_up(known[call.tool]))


def _alone(name: str, plan: Plan, known: dict[str, Tool]) -> bool:
    """Whether no other tool that is shown does the same to the same kind of thing."""
    shown = {call.tool for call in plan.calls()} | set(plan.distractors)
    effect = effect_of(known[name])
    return all(
        effect_of(known[other]) != effect for other in shown if other != name and other in known
    )


def brought_later(plan: Plan, held: Withheld) -> Plan:
    """The plan in which the tool is lacking when it is first needed, and then the user brings it.

    The request is refused, the next message spells the tool out, and what was asked for is done.
    """
    segment = plan.segments[held.segment]
    refused = Segment(
        kind="refusal",
        subgoal=segment.subgoal or plan.goal,
        steps=(segment.steps[0], _lacking(held.tool)),
    )
    supply = UserRequest(act="user_request", supplies=(held.tool,))
    done = segment.model_copy(update={"steps": (supply, *segment.steps[1:])})
    segments = (
        *plan.segments[: held.segment], refused, done, *plan.segments[held.segment + 1 :],
    )  # fmt: skip
    return plan.model_copy(update={"segments": segments})


def never_brought(plan: Plan, held: Withheld) -> Plan | None:
    """The plan in which the tool never comes and its segment ends in the refusal.

    None where something else depends on what the segment says or does, where more is done after
    it (who goes on may speak of what was refused), or where no tool would be shown at all.
    """
    segment = plan.segments[held.segment]
    if any(calls_of(later.steps) for later in plan.segments[held.segment + 1 :]):
        return None
    if any(call.fault or call.expect.outcome == "error" for call in calls_of(segment.steps)):
        # A failure that was put in is there to be recovered from.
        return None
    others = [one for at, one in enumerate(plan.segments) if at != held.segment]
    if _said_before(others, {call.id for call in calls_of(segment.steps)}):
        return None
    if _depend(others, segment, held.tool):
        return None
    intent = segment.steps[0].intent if isinstance(segment.steps[0], UserRequest) else ""
    request = UserRequest(act="user_request", intent=intent or segment.subgoal)
    refused = Segment(
        kind="refusal",
        subgoal=segment.subgoal or intent or plan.goal,
        steps=(request, _lacking(held.tool)),
    )
    gone = {call.id for call in calls_of(segment.steps)}
    still = {call.tool for one in others for call in calls_of(one.steps)}
    left = [call.tool for call in calls_of(segment.steps) if call.tool not in (held.tool, *still)]
    distractors = tuple(dict.fromkeys((*plan.distractors, *left)))
    if not still and not distractors:
        return None
    groups = (
        tuple(name for name in group if name.split(".")[0] not in gone) for group in plan.same
    )
    return plan.model_copy(
        update={
            "segments": tuple(refused if one is segment else one for one in plan.segments),
            "decisions": tuple(one for one in plan.decisions if one.call not in gone),
            "same": tuple(group for group in groups if len(group) > 1),
            "distractors": tuple(name for name in distractors if name != held.tool),
        }
    )


def _lacking(tool: str) -> AssistantResponse:
    return AssistantResponse(act="assistant_response", lacks=(tool,))


def _depend(others: Sequence[Segment], segment: Segment, tool: str) -> bool:
    """Whether other segments need the tool, a result or a statement of this one."""
    calls = {call.id for call in calls_of(segment.steps)}
    slots = {
        provision.slot for step in segment.steps for provision in getattr(step, "provides", ())
    }
    for other in others:
        if any(call.tool == tool or _takes(call, calls, slots) for call in calls_of(other.steps)):
            return True
        if any(_names(step, calls, slots) for step in other.steps):
            return True
    return False


def _said_before(others: Sequence[Segment], calls: set[str]) -> bool:
    """Whether another segment states a value for one of the calls, which then would serve none."""
    return any(
        provision.slot.split(".")[0] in calls
        for other in others
        for step in other.steps
        for provision in getattr(step, "provides", ())
    )


def _takes(call: PlannedCall, calls: set[str], slots: set[str]) -> bool:
    return call.id in calls or any(
        (isinstance(binding, ToolOutputBinding) and binding.call in calls)
        or (isinstance(binding, UserBinding) and binding.slot in slots)
        for binding in call.arguments.values()
    )


def _names(step: Step, calls: set[str], slots: set[str]) -> bool:
    """Whether a step reports on the calls, or corrects what was stated."""
    return any(name in calls or name in slots for name in _named(step))


def _named(step: Step) -> Iterator[str]:
    yield from getattr(step, "summarizes", ())
    yield from getattr(step, "asks", ())
    for report in getattr(step, "reports", ()):
        yield report.split(".")[0]
    for provision in getattr(step, "provides", ()):
        yield provision.replaces
