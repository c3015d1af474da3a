"""Rules about tools that are not there from the start: what is lacking, and what a user brings."""

from collections.abc import Iterator

from toolweave.checks.plan_index import PlanIndex
from toolweave.core.finding import Finding
from toolweave.core.plan import AssistantResponse, UserRequest
from toolweave.schema.records import suggestion


def supply_rules(index: PlanIndex) -> Iterator[Finding]:
    """A tool is brought once, by words of its own, and nobody calls it before."""
    brought: dict[str, int] = {}
    for placed in index.steps:
        step = placed.step
        if not isinstance(step, UserRequest) or not step.supplies:
            continue
        if step.provides or step.points_at or step.voices:
            problem = "a message that brings a tool states, points at or asks for something else"
            mend = "put that into the request before it"
            yield index.error("supply_with_values", problem, mend, step=placed.number)
        for name in step.supplies:
            yield from _brought(index, name, placed.number, brought)


def _brought(
    index: PlanIndex, name: str, number: int, brought: dict[str, int]
) -> Iterator[Finding]:
    if name not in index.tools:
        mend = suggestion(name, sorted(index.tools))
        yield index.error("unknown_tool", f"tool {name!r} is unknown", mend, step=number, at=name)
    if name in brought:
        problem = f"{name!r} is brought again, after step {brought[name]}"
        yield index.error("supplied_twice", problem, "bring it once", step=number, at=name)
    brought.setdefault(name, number)
    uses = [at.step for at in index.attempts if at.call.tool == name]
    if not uses:
        problem = f"{name!r} is brought, but no call uses it"
        mend = "add a call, or end with the refusal"
        yield index.error("supplied_unused", problem, mend, step=number, at=name)
    elif uses[0] < number:
        problem = f"{name!r} is called in step {uses[0]}, before it is brought"
        mend = "bring it before its first call"
        yield index.error("called_before_supply", problem, mend, step=uses[0], at=name)


def lack_rules(index: PlanIndex) -> Iterator[Finding]:
    """What a refusal says is lacking is lacking: not shown at all, or not yet brought."""
    called = {at.call.tool for at in index.attempts}
    for placed in index.steps:
        step = placed.step
        if not isinstance(step, AssistantResponse) or not step.lacks:
            continue
        if index.plan.segments[placed.segment].kind != "refusal":
            mend = "make the segment a refusal"
            problem = "something is lacking in a segment that is no refusal"
            yield index.error("lack_outside_refusal", problem, mend, step=placed.number)
        for name in step.lacks:
            if name not in index.tools:
                problem = f"tool {name!r} is unknown"
                mend = suggestion(name, sorted(index.tools))
                yield index.error("unknown_tool", problem, mend, step=placed.number, at=name)
            elif name in index.plan.distractors or not _comes_later(
                index, name, placed.number, called
            ):
                problem = f"{name!r} is said to be lacking, but it is shown by then"
                mend = "bring it later with supplies, or let nothing show it"
                yield index.error("lacking_shown", problem, mend, step=placed.number, at=name)


def _comes_later(index: PlanIndex, name: str, number: int, called: set[str]) -> bool:
    if name not in called:
        return True
    return any(
        isinstance(placed.step, UserRequest)
        and name in placed.step.supplies
        and placed.number > number
        for placed in index.steps
    )
