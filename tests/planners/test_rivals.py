"""Rival strategies keep to the rules of their papers; what they plan can be played and proved."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from toolweave import simulate
from toolweave.checks.plan_check import check_plan
from toolweave.configs.knobs import Knobs
from toolweave.configs.pipeline import Strategy
from toolweave.core.binding import UserBinding
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import InputError
from toolweave.core.graph import ToolGraph
from toolweave.core.plan import (
    AssistantClarification,
    Motif,
    Plan,
    ToolInvocation,
    UserClarificationResponse,
    UserRequest,
)
from toolweave.core.tool import Toolset
from toolweave.planners.desk import Desk
from toolweave.planners.explicitness import Placed, kendall, planned_tau, spoken_tau
from toolweave.planners.flow import Flow
from toolweave.planners.goals import GoalSettings, make_goals
from toolweave.planners.planning import Commission, Refusal
from toolweave.planners.strategies import STRATEGIES
from toolweave.planners.tooldial import SEQUENCES
from toolweave.planners.toolflow import Toolflow, related

RIVALS: tuple[Strategy, ...] = ("digit", "toolflow", "tooldial")
COUNT = 60


class Letters:
    """Texts are alike if they hold the same letters; equal texts are equal."""

    name = "letters"
    semantic = False

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), 26), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text.casefold():
                if letter.isascii() and letter.isalpha():
                    row[ord(letter) - 97] += 1
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: NDArray[np.float32] = rows / np.maximum(norms, 1e-9)
        return unit


def commission(desk: Desk, **changed: Any) -> Commission:
    return Commission(desk=desk, tools="tools.json", seed=4, embedder=Letters(), **changed)


def plans(desk: Desk, strategy: Strategy, count: int = COUNT) -> list[Plan]:
    drawn = STRATEGIES[strategy](commission(desk)).plans(count)
    made = [one for one in drawn if isinstance(one, Plan)]
    # Whoever looks at every plan has seen some.
    assert len(made) == count
    return made


def stated(plan: Plan, segment: int) -> set[str]:
    """What the requests up to a segment state."""
    return {
        provision.slot
        for one in plan.segments[: segment + 1]
        for step in one.steps
        if isinstance(step, UserRequest)
        for provision in step.provides
    }


@pytest.mark.parametrize("strategy", RIVALS)
def test_plans_pass_their_check_and_give_proven_dialogues(desk: Desk, strategy: Strategy) -> None:
    made = plans(desk, strategy)
    assert len({plan.id for plan in made}) == COUNT
    for seed, plan in enumerate(made):
        objections = check_plan(plan, desk.flow.graph.toolset)
        assert [one for one in objections if one.severity == "error"] == []
        dialogue = simulate(plan, desk.flow.graph.toolset, seed=seed)
        assert dialogue.checks.proof == "passed", dialogue.checks.findings


@pytest.mark.parametrize("strategy", RIVALS)
def test_the_same_seed_plans_the_same(desk: Desk, strategy: Strategy) -> None:
    assert plans(desk, strategy, 20) == plans(desk, strategy, 20)


@pytest.mark.parametrize("strategy", ["digit", "toolflow"])
def test_requests_state_every_value_and_nothing_is_asked_for(
    desk: Desk, strategy: Strategy
) -> None:
    checked = 0
    for plan in plans(desk, strategy):
        acts = {placed.step.act for placed in plan.steps()}
        assert not acts & {"assistant_clarification", "user_clarification_response"}
        for placed in plan.steps():
            for call in placed.step.calls if isinstance(placed.step, ToolInvocation) else ():
                needed = {
                    one.slot for one in call.arguments.values() if isinstance(one, UserBinding)
                }
                assert needed <= stated(plan, placed.segment)
                checked += bool(needed)
    assert checked > COUNT


def test_digit_puts_connected_calls_into_one_request(desk: Desk) -> None:
    for plan in plans(desk, "digit"):
        for segment in plan.segments:
            calls = {
                call.id: call
                for step in segment.steps
                if isinstance(step, ToolInvocation)
                for call in step.calls
            }
            joined = {next(iter(calls))}
            for _ in calls:
                for call in calls.values():
                    near = {getattr(one, "call", "") for one in call.arguments.values()} & {*calls}
                    if joined & ({call.id} | near):
                        joined |= {call.id} | near
            assert len(calls) > 1 and joined == {*calls}


def test_digit_leaves_some_calls_unsaid_but_never_the_last(desk: Desk) -> None:
    unsaid = 0
    for plan in plans(desk, "digit"):
        for segment in plan.segments:
            request = segment.steps[0]
            calls = [step.calls[0].id for step in segment.steps if isinstance(step, ToolInvocation)]
            assert isinstance(request, UserRequest)
            assert calls[-1] in request.voices
            unsaid += len({*calls} - {*request.voices})
            assert planned_tau(segment) <= 0
    assert unsaid > COUNT / 10


def test_digit_says_the_goal_before_the_details(desk: Desk) -> None:
    late = 0
    for seed, plan in enumerate(plans(desk, "digit")):
        late += spoken_tau(simulate(plan, desk.flow.graph.toolset, seed=seed)) > 0
    assert late <= 0.05 * COUNT


def unsaid_moved(dialogue: Dialogue, edge: str, at: int) -> Dialogue:
    """The dialogue if all details of what its first request leaves unsaid began or ended there."""
    request, said = dialogue.plan.segments[0].steps[0], dialogue.messages[1]
    assert isinstance(request, UserRequest)
    states = tuple(
        one if one.ref.partition(".")[0] in request.voices else one.model_copy(update={edge: at})
        for one in said.states
    )
    moved = said.model_copy(update={"states": states})
    messages = (dialogue.messages[0], moved, *dialogue.messages[2:])
    return dialogue.model_copy(update={"messages": messages})


def test_a_detail_stands_where_its_mention_ends(desk: Desk) -> None:
    """A list is spread over a message, and its first item may turn up early in other words."""
    seen = 0
    for seed, plan in enumerate(plans(desk, "digit")):
        dialogue = simulate(plan, desk.flow.graph.toolset, seed=seed)
        if spoken_tau(dialogue) <= 0 < spoken_tau(unsaid_moved(dialogue, "end", 1)):
            seen += 1
            assert spoken_tau(unsaid_moved(dialogue, "start", 0)) <= 0
    assert seen > 3


def test_a_wrong_call_is_mended_at_once(desk: Desk) -> None:
    careless = replace(desk, knobs=Knobs(mistake=1))
    for plan in plans(careless, "digit", 20):
        failed = [call for call in plan.calls() if call.fault is not None]
        assert failed
        for call in failed:
            mended = plan.call(call.id)
            assert mended is not None and mended.expect.outcome == "ok"
            assert (mended.tool, mended.attempt) == (call.tool, 2)


@pytest.mark.parametrize(
    ("calls", "tau"),
    [
        ([Placed(1, 0), Placed(0, 5)], -1.0),
        ([Placed(0, 0), Placed(1, 5)], 1.0),
        ([Placed(1, 0), Placed(1, 5)], 0.0),
        ([Placed(1, 0), Placed(0, 3), Placed(1, 6), Placed(0, 9)], -0.408),
        ([], 0.0),
    ],
)
def test_kendalls_tau_tells_whether_details_come_first(calls: list[Placed], tau: float) -> None:
    assert kendall(calls) == pytest.approx(tau, abs=0.001)


def test_toolflow_makes_one_call_a_request_and_talks_in_between(desk: Desk) -> None:
    kinds = set()
    for plan in plans(desk, "toolflow"):
        kinds |= {segment.kind for segment in plan.segments}
        for segment in plan.segments:
            calls = sum(isinstance(step, ToolInvocation) for step in segment.steps)
            assert calls == (segment.kind == "task")
    assert kinds == {"task", "chat"}


def test_toolflow_links_tools_whose_parameters_are_alike(graph: ToolGraph) -> None:
    near = related(graph.toolset, Letters(), 0.999)
    assert "get_reviews" in near["get_book"] and "get_book" in near["get_reviews"]
    assert all(name not in others for name, others in near.items()) and any(near.values())
    assert all(name in near[other] for name, others in near.items() for other in others)
    assert related(graph.toolset, Letters(), 1.01) == {name: () for name in near}


def test_toolflow_needs_an_embedder(desk: Desk) -> None:
    with pytest.raises(InputError, match="embedder"):
        Toolflow(Commission(desk=desk, tools="tools.json", seed=0))


def test_toolflow_over_given_goals_takes_their_tools_in_order(desk: Desk) -> None:
    goals = make_goals(desk.flow, desk.words, GoalSettings(threshold=-9)).kept
    shares: dict[Motif, float] = {"linear": 1, "fan": 1, "conditional": 1, "parallel": 0}
    given = commission(desk, goals=goals, shares=shares, workflows="motifs")
    planner = Toolflow(given)
    assert planner.label == "toolflow over motifs (offline imitation)"
    made = [one for one in planner.plans(COUNT) if isinstance(one, Plan)]
    assert len(made) == COUNT
    known = {goal.id: goal.workflow for goal in goals}
    drawn = [known[plan.id.rpartition("-")[0]] for plan in made]
    assert {one.motif for one in drawn} == {"linear", "fan", "conditional"}
    for seed, (plan, workflow) in enumerate(zip(made, drawn, strict=True)):
        assert tuple(call.tool for call in plan.calls()) == workflow.tools
        tasks = [segment for segment in plan.segments if segment.kind == "task"]
        assert len(tasks) == len(workflow.tools) and plan.motif == "linear"
        made_of_it = simulate(plan, desk.flow.graph.toolset, seed=seed)
        assert made_of_it.checks.proof == "passed", made_of_it.checks.findings


def test_goals_alone_do_not_change_how_toolflow_draws_its_tools(desk: Desk) -> None:
    goals = make_goals(desk.flow, desk.words, GoalSettings(threshold=-9)).kept
    drawn = list(Toolflow(commission(desk, goals=goals)).plans(10))
    assert drawn == list(Toolflow(commission(desk)).plans(10)) and len(drawn) >= 10


def test_tooldial_makes_two_calls_at_most_and_ends_with_goodbye(desk: Desk) -> None:
    counts = set()
    for plan in plans(desk, "tooldial"):
        counts.add(len(list(plan.calls())))
        assert plan.segments[-1].subgoal == "say goodbye"
    assert counts == {0, 1, 2}


def test_tooldial_follows_its_sequences(desk: Desk) -> None:
    lengths = {len(actions) for actions in SEQUENCES}
    kept_back = asked = 0
    for plan in plans(desk, "tooldial"):
        # Every action is one step, save the goodbye of both.
        assert sum(1 for _ in plan.steps()) in lengths
        for placed in plan.steps():
            asked += isinstance(placed.step, AssistantClarification)
            if isinstance(placed.step, UserClarificationResponse):
                kept_back += not placed.step.provides
    assert asked and kept_back


@pytest.mark.parametrize("actions", SEQUENCES)
def test_a_sequence_takes_turns_and_calls_twice_at_most(actions: Sequence[str]) -> None:
    users = {"inform_clear", "inform_vague", "inform", "fail_inform", "affirm", "negate"}
    assert actions.count("call") <= 2
    assert actions[-2:] == ("bye", "bye")
    speakers = ["user" if one in users else "system" for one in actions[:-2] if one != "call"]
    assert all(one != other for one, other in pairwise(speakers))


@pytest.mark.parametrize("strategy", RIVALS)
def test_offline_figures_are_labelled_as_an_imitation(desk: Desk, strategy: Strategy) -> None:
    offline = STRATEGIES[strategy](commission(desk))
    with_model = STRATEGIES[strategy](commission(desk, offline=False))
    assert offline.label == f"{strategy} (offline imitation)"
    assert (with_model.label, with_model.not_run) == (strategy, ())
    assert bool(offline.not_run) == (strategy != "tooldial")


@pytest.mark.parametrize("strategy", RIVALS)
def test_tools_of_which_nothing_comes_are_refused_with_a_reason(
    desk: Desk, strategy: Strategy
) -> None:
    closed = {
        "name": "open_vault",
        "parameters": {
            "type": "object",
            "properties": {"vault_uuid": {"type": "string", "format": "uuid"}},
            "required": ["vault_uuid"],
        },
        "results": {"type": "object", "properties": {"open": {"type": "boolean"}}},
    }
    toolset = Toolset.model_validate({"version": 1, "name": "bank", "tools": [closed]})
    alone = replace(desk, flow=Flow(ToolGraph(version=1, toolset=toolset)))
    drawn = list(STRATEGIES[strategy](commission(alone)).plans(5))
    assert drawn and all(isinstance(one, Refusal) and one.reason for one in drawn)
