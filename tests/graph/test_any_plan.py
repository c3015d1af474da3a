"""Whatever plan passes its check becomes a dialogue that passes its proof, for any tools and seed."""

from collections.abc import Callable
from typing import Any, Protocol

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

import toolweave
from toolweave.core.errors import ToolweaveError
from toolweave.core.plan import Plan, ToolInvocation
from toolweave.core.tool import Toolset

# Of the plans that pass their check, how many may still turn out to admit nothing sayable.
UNSAYABLE = 0.01


class Case(Protocol):
    """A drawn plan with its tools."""

    @property
    def plan(self) -> Plan: ...
    @property
    def toolset(self) -> Toolset: ...
    @property
    def errors(self) -> list[str]: ...


Compose = Callable[[int], Case]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(number=st.integers(0, 10**9), seed=st.integers(0, 2**31 - 1))
def test_a_plan_that_passes_its_check_gives_a_dialogue_that_passes_its_proof(
    composed: Compose, number: int, seed: int
) -> None:
    case = composed(number)
    assume(not case.errors)
    try:
        made = toolweave.simulate(case.plan, case.toolset, seed=seed)
    except ToolweaveError as error:
        event(f"unsayable: {type(error).__name__}")
        return
    assert [finding.line() for finding in made.checks.findings] == []
    assert made.checks.proof == "passed"


@pytest.mark.parametrize("part", range(4))
def test_hardly_any_plan_that_passes_its_check_is_unsayable(composed: Compose, part: int) -> None:
    numbers = range(part * 60, part * 60 + 60)
    plans = [case for number in numbers if not (case := composed(number)).errors]
    failed = []
    for seed, case in enumerate(plans):
        try:
            made = toolweave.simulate(case.plan, case.toolset, seed=seed)
        except ToolweaveError as error:
            failed.append(str(error))
        else:
            assert made.checks.proof == "passed", made.checks.findings
    assert len(plans) > 45
    assert len(failed) <= UNSAYABLE * len(numbers) + 1, failed


def test_the_drawn_plans_cover_what_plans_may_hold(composed: Compose) -> None:
    """The property says little where the composer never draws a thing."""
    seen: set[str] = set()
    for number in range(120):
        case = composed(number)
        if case.errors:
            continue
        dumped = case.plan.dump()
        seen |= {segment.get("kind", "task") for segment in dumped["segments"]}
        seen |= {name for name in ("decisions", "distractors") if dumped.get(name)}
        for placed in case.plan.steps():
            seen.add(placed.step.act)
            seen |= {"points_at"} if getattr(placed.step, "points_at", ()) else set()
            seen |= {"replaces" for p in getattr(placed.step, "provides", ()) if p.replaces}
            seen |= {"fixed" for p in getattr(placed.step, "provides", ()) if p.fixed}
            seen |= _called(placed.step) if isinstance(placed.step, ToolInvocation) else set()
    assert seen >= {
        *("task", "follow_up", "chat", "refusal", "correction", "decisions", "distractors"),
        *("user_request", "assistant_clarification", "user_clarification_response"),
        *("tool_invocation", "assistant_response", "points_at", "replaces", "fixed", "parallel"),
        *("user", "tool_output", "default", "context", "retry", "error", "fault"),
        *("select first", "select last", "select index", "select only", "select all"),
        *("select min", "select max", "select match"),
    }


def _called(step: ToolInvocation) -> set[str]:
    seen = {"parallel"} if len(step.calls) > 1 else set()
    for call in step.calls:
        seen |= {"retry"} if call.attempt > 1 else set()
        seen |= {"fault"} if call.fault else set()
        seen.add(call.expect.outcome)
        for binding in call.arguments.values():
            seen.add(binding.source)
            select: Any = getattr(binding, "select", None)
            seen |= {f"select {select.kind}"} if select else set()
    return seen
