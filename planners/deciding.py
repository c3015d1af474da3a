"""Deciding at run time, as in ToolFlow: the assistant chooses its next act, and the plan follows.

Only acts after which the plan still holds are offered, so whatever is chosen can be proved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel

from toolweave.checks.plan_check import check_plan
from toolweave.core.binding import UserBinding
from toolweave.core.plan import (
    AssistantClarification,
    AssistantResponse,
    Expectation,
    Fault,
    Plan,
    PlannedCall,
    Segment,
    Step,
    ToolInvocation,
    UserClarificationResponse,
    UserRequest,
    calls_of,
)
from toolweave.core.tool import Tool, Toolset
from toolweave.llm.generator import Generator
from toolweave.llm.task import Task, Unacceptable
from toolweave.planners.asking import PROMPTS

Choice = Literal["clarify", "call", "answer"]

_CHOICES: Final[dict[str, Choice]] = {
    "assistant_clarification": "clarify",
    "tool_invocation": "call",
    "assistant_response": "answer",
}


class NextAct(BaseModel):
    """What the assistant does next."""

    act: Choice


@dataclass(frozen=True)
class Crossroads:
    """What the assistant sees when it decides: its tools, the conversation, the acts offered."""

    tools: tuple[Tool, ...]
    lines: tuple[str, ...]
    acts: tuple[Choice, ...]


async def next_act(seen: Crossroads, generator: Generator, key: tuple[object, ...]) -> Choice:
    """The act that the assistant chooses.

    Raises:
        GenerationError: the model gives no acceptable answer.
    """
    answer = await generator.generate(
        Task(
            name="next_act",
            context=seen,
            result=NextAct,
            render=lambda context: PROMPTS.render("next_act", c=context),
            accept=lambda answer: accept(answer, seen.acts),
            key=key,
            schema=_choosing(seen.acts),
        )
    )
    return answer.act


def accept(answer: NextAct, offered: Sequence[Choice]) -> NextAct:
    """An act that is offered."""
    if answer.act not in offered:
        raise Unacceptable(f"{answer.act!r} is not offered: choose {' or '.join(offered)}")
    return answer


def _choosing(offered: Sequence[Choice]) -> dict[str, Any]:
    """The schema of an answer that chooses among what is offered, for servers that enforce one."""
    act = {"type": "string", "enum": list(offered)}
    return {"type": "object", "properties": {"act": act}, "required": ["act"]}


def ways(plan: Plan, toolset: Toolset, number: int) -> dict[Choice, Plan]:
    """The plan for every act that may come at step ``number``, the planned one first."""
    placed = next(one for one in plan.steps() if one.number == number)
    planned = _CHOICES[placed.step.act]
    found: dict[Choice, Plan] = {planned: plan}
    if plan.segments[placed.segment].kind != "task":
        return found
    offset = number - 1 - sum(len(one.steps) for one in plan.segments[: placed.segment])
    for act in ("call", "answer"):
        other = None if act in found else _redirected(plan, placed.segment, offset, act)
        if other is not None and _holds(other, toolset):
            found[act] = other
    return found


def _holds(plan: Plan, toolset: Toolset) -> bool:
    return not any(finding.severity == "error" for finding in check_plan(plan, toolset))


def _redirected(plan: Plan, place: int, offset: int, act: Choice) -> Plan | None:
    """The plan if the segment goes on with another act from the step at ``offset``."""
    segment = plan.segments[place]
    if act == "answer":
        return _unserved(plan, place, offset)
    early = _too_early(segment, offset)
    return None if early is None else _with(plan, place, early)


def _unserved(plan: Plan, place: int, offset: int) -> Plan:
    """The assistant answers without the calls that the segment would have made."""
    segment = plan.segments[place]
    calls = calls_of(segment.steps[offset:])
    dropped = {call.id for call in calls}
    answer = AssistantResponse(act="assistant_response")
    steps = (*segment.steps[:offset], answer)
    changed = _needed(
        _with(plan, place, segment.model_copy(update={"kind": "refusal", "steps": steps}))
    )
    left = {call.tool for call in changed.calls()} | set(plan.distractors)
    # What the assistant could have called stays in its sight.
    unused = [tool for tool in dict.fromkeys(call.tool for call in calls) if tool not in left]
    return changed.model_copy(
        update={
            "decisions": tuple(one for one in plan.decisions if one.call not in dropped),
            "distractors": (*plan.distractors, *unused),
        }
    )


def _needed(plan: Plan) -> Plan:
    """The plan without what users state or point at for calls that are not made."""
    bindings = [one for call in plan.calls() for one in call.arguments.values()]
    used = {one.slot for one in bindings if isinstance(one, UserBinding)}
    made = {call.id for call in plan.calls()}

    def needed(step: Step) -> Step:
        if not isinstance(step, UserRequest | UserClarificationResponse):
            return step
        kept = tuple(one for one in step.provides if one.slot in used)
        pointed = tuple(one for one in step.points_at if one.partition(".")[0] in made)
        return step.model_copy(update={"provides": kept, "points_at": pointed})

    segments = [
        one.model_copy(update={"steps": tuple(needed(step) for step in one.steps)})
        for one in plan.segments
    ]
    return plan.model_copy(update={"segments": tuple(segments)})


def _too_early(segment: Segment, offset: int) -> Segment | None:
    """The call goes out before the one value it lacks was asked for, fails, and is made again."""
    question, after = segment.steps[offset], segment.steps[offset:]
    calling = next((step for step in after if isinstance(step, ToolInvocation)), None)
    if not isinstance(question, AssistantClarification) or calling is None:
        return None
    call, path = calling.calls[0], question.asks[0].partition(".")[2]
    if len(question.asks) != 1 or len(calling.calls) != 1 or path not in call.arguments:
        return None
    early = call.model_copy(
        update={
            "arguments": {key: one for key, one in call.arguments.items() if key != path},
            "fault": Fault(kind="missing_parameter", path=path),
            "expect": Expectation(outcome="error", code="missing_parameter"),
        }
    )
    steps: list[Step] = [*segment.steps[:offset], _invoked(early)]
    for step in after:
        again = call.model_copy(update={"attempt": call.attempt + 1})
        steps.append(_invoked(again) if step is calling else step)
    return segment.model_copy(update={"steps": tuple(steps)})


def _invoked(call: PlannedCall) -> ToolInvocation:
    return ToolInvocation(act="tool_invocation", calls=(call,))


def _with(plan: Plan, place: int, segment: Segment) -> Plan:
    segments = (*plan.segments[:place], segment, *plan.segments[place + 1 :])
    return plan.model_copy(update={"segments": segments})
