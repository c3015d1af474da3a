"""Failed attempts put into a plan: where calls stand, and the plan with attempts before them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from toolweave.core.model import JsonValue
from toolweave.core.plan import (
    Expectation,
    Fault,
    FaultKind,
    Plan,
    PlannedCall,
    Segment,
    Step,
    ToolInvocation,
)


class Site(NamedTuple):
    """A call that succeeds at its first attempt: ``plan.segments[segment].steps[place]``."""

    segment: int
    place: int
    call: PlannedCall


def sites(plan: Plan) -> list[Site]:
    """Every call that succeeds at its first attempt, in order."""
    attempts = Counter(call.id for call in plan.calls())
    return [
        Site(number, place, call)
        for number, segment in enumerate(plan.segments)
        for place, call in _calls(segment)
        if attempts[call.id] == 1 and call.expect.outcome == "ok"
    ]


def _calls(segment: Segment) -> Iterator[tuple[int, PlannedCall]]:
    for place, step in enumerate(segment.steps):
        if isinstance(step, ToolInvocation):
            yield from ((place, call) for call in step.calls)


def failed(
    call: PlannedCall, kind: FaultKind, code: str, path: str = "", value: JsonValue = None
) -> PlannedCall:
    """An attempt of the call that ends in an error for the planned reason."""
    return call.model_copy(
        update={
            "fault": Fault(kind=kind, path=path, value=value),
            "expect": Expectation(outcome="error", code=code),
        }
    )


def with_attempts(plan: Plan, segment: int, place: int, attempts: Sequence[PlannedCall]) -> Plan:
    """The plan with attempts, each a step of its own, before a step; later ones are numbered on."""
    held = plan.segments[segment]
    number: Counter[str] = Counter()
    before: list[Step] = []
    for call in attempts:
        number[call.id] += 1
        one = call.model_copy(update={"attempt": number[call.id]})
        before.append(ToolInvocation(act="tool_invocation", calls=(one,)))
    after = (_numbered(step, number) for step in held.steps[place:])
    steps = (*held.steps[:place], *before, *after)
    return with_segments(plan, segment, (held.model_copy(update={"steps": steps}),))


def with_segments(plan: Plan, number: int, segments: Sequence[Segment]) -> Plan:
    """The plan with other segments in the place of one."""
    held = (*plan.segments[:number], *segments, *plan.segments[number + 1 :])
    return plan.model_copy(update={"segments": held})


def _numbered(step: Step, more: Counter[str]) -> Step:
    if not isinstance(step, ToolInvocation) or not any(call.id in more for call in step.calls):
        return step
    calls = tuple(
        call.model_copy(update={"attempt": call.attempt + more[call.id]}) for call in step.calls
    )
    return step.model_copy(update={"calls": calls})
