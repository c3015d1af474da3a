"""Rules about the order of acts: who may speak after whom, and how segments begin and end."""

from collections.abc import Iterator

from toolweave.checks.plan_index import PlanIndex
from toolweave.core.finding import Finding
from toolweave.core.plan import (
    AssistantClarification,
    AssistantResponse,
    Segment,
    Step,
    ToolInvocation,
    UserClarificationResponse,
    UserRequest,
)

_AFTER: dict[str, tuple[str, ...]] = {
    "user_request": ("assistant_clarification", "tool_invocation", "assistant_response"),
    "assistant_clarification": ("user_clarification_response",),
    "user_clarification_response": (
        "tool_invocation",
        "assistant_clarification",
        "assistant_response",
    ),
    "tool_invocation": ("tool_invocation", "assistant_response", "assistant_clarification"),
    "assistant_response": ("user_request",),
}
_WITHOUT_CALLS = ("chat", "refusal")


def act_rules(index: PlanIndex) -> Iterator[Finding]:
    """Every objection to the order of acts."""
    first = 1
    for number, segment in enumerate(index.plan.segments):
        yield from _order(index, segment, first, number)
        yield from _calls(index, segment, first, number)
        first += len(segment.steps)


def _order(index: PlanIndex, segment: Segment, first: int, number: int) -> Iterator[Finding]:
    where = f"segments[{number}]"
    if not isinstance(segment.steps[0], UserRequest):
        problem = f"the segment begins with {segment.steps[0].act}"
        yield index.error(
            "segment_start", problem, "begin it with a user_request", step=first, at=where
        )
    before: Step | None = None
    for step_number, step in enumerate(segment.steps, first):
        if before is not None and step.act not in _AFTER[before.act]:
            yield _misplaced(index, before, step, step_number)
        before = step
    if not isinstance(segment.steps[-1], AssistantResponse):
        problem = f"the segment ends with {segment.steps[-1].act}"
        last = first + len(segment.steps) - 1
        yield index.error(
            "segment_end", problem, "end it with an assistant_response", step=last, at=where
        )


def _misplaced(index: PlanIndex, before: Step, step: Step, number: int) -> Finding:
    if isinstance(step, UserClarificationResponse):
        return _unasked(index, number)
    if isinstance(before, AssistantClarification):
        problem = f"the clarification in step {number - 1} is followed by {step.act}"
        mend = "put the user_clarification_response between them"
        return index.error("clarification_unanswered", problem, mend, step=number)
    allowed = ", ".join(_AFTER[before.act])
    problem = f"{step.act} cannot follow {before.act}"
    return index.error("act_order", problem, f"allowed here: {allowed}", step=number)


def _unasked(index: PlanIndex, number: int) -> Finding:
    problem = "a user_clarification_response answers no clarification"
    mend = "put an assistant_clarification before it, or make it a user_request"
    return index.error("response_without_clarification", problem, mend, step=number)


def _calls(index: PlanIndex, segment: Segment, first: int, number: int) -> Iterator[Finding]:
    where = f"segments[{number}]"
    calling = [
        step_number
        for step_number, step in enumerate(segment.steps, first)
        if isinstance(step, ToolInvocation)
    ]
    if segment.kind == "task" and not calling:
        mend = "add a tool_invocation, or give the segment another kind"
        problem = "a task segment calls no tool"
        yield index.error("task_without_call", problem, mend, step=first, at=where)
    if segment.kind in _WITHOUT_CALLS and calling:
        mend = "make it a task segment, or remove the calls"
        problem = f"a {segment.kind} segment calls a tool"
        yield index.error("call_not_allowed", problem, mend, step=calling[0], at=where)
