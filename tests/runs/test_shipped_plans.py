"""The plans that ship pass their check, and every dialogue of theirs passes its proof."""

from collections import Counter

import pytest

from toolweave.checks.plan_check import check_plan
from toolweave.configs.shipping import shipped_names
from toolweave.core.plan import (
    AssistantClarification,
    Plan,
    ToolInvocation,
    UserRequest,
)
from toolweave.graph.preparing import prepare
from toolweave.planners.reading import load_plan
from toolweave.runs.simulation import simulate

PLANS = shipped_names("plans")


@pytest.mark.parametrize("name", PLANS)
def test_a_shipped_plan_has_nothing_wrong_with_it(name: str) -> None:
    loaded = load_plan(name)
    assert loaded.plan.id == name
    findings = check_plan(loaded.plan, loaded.toolset, name)
    assert [finding.line() for finding in findings if finding.severity == "error"] == []


@pytest.mark.parametrize("name", PLANS)
def test_ten_seeds_of_a_shipped_plan_pass_their_proof(name: str) -> None:
    stage = prepare(name)
    for seed in range(10):
        made = simulate(stage, seed=seed)
        assert [finding.line() for finding in made.checks.findings] == []
        assert made.checks.proof == "passed"


@pytest.mark.parametrize("name", PLANS)
def test_a_shipped_plan_is_worded_by_its_own_lexicon(name: str) -> None:
    assert name.startswith(prepare(name).lexicon)
    assert prepare(name).lexicon


def test_there_are_two_plans_for_each_of_at_least_six_toolsets() -> None:
    count = Counter(load_plan(name).plan.tools for name in PLANS)
    assert len(count) >= 6
    assert min(count.values()) >= 2
    assert {file.rpartition("/")[2].removesuffix(".yaml") for file in count} == set(
        shipped_names("tools")
    )


def test_the_shipped_plans_show_what_plans_can_do() -> None:
    plans = [load_plan(name).plan for name in PLANS]
    assert {plan.motif for plan in plans} >= {"linear", "fan", "conditional"}
    shown = {trait for plan in plans for trait in traits(plan)}
    assert shown >= {"clarification", "nested", "parallel", "error", "pointing", "tool_output"}


def traits(plan: Plan) -> set[str]:
    found: set[str] = set()
    for placed in plan.steps():
        step = placed.step
        if isinstance(step, AssistantClarification):
            found.add("clarification")
        elif isinstance(step, UserRequest) and step.points_at:
            found.add("pointing")
        elif isinstance(step, ToolInvocation):
            found |= {"parallel"} if len(step.calls) > 1 else set()
            for call in step.calls:
                found.add(call.expect.outcome)
                found |= {"nested"} if any("." in path for path in call.arguments) else set()
                found |= {binding.source for binding in call.arguments.values()}
    return found
