"""Building plans: every argument has a source, and what comes out can be played and proved."""

import random
from collections.abc import Iterator, Sequence

import pytest

from toolweave import simulate
from toolweave.checks.plan_check import check_plan
from toolweave.configs.knobs import Knobs
from toolweave.configs.packs import load_pack
from toolweave.core.binding import ToolOutputBinding, UserBinding
from toolweave.core.goal import Goal
from toolweave.core.plan import (
    AssistantClarification,
    Motif,
    Plan,
    ToolInvocation,
    UserClarificationResponse,
    UserRequest,
)
from toolweave.core.workflow import Workflow
from toolweave.planners.arguments import ArgumentPlanner
from toolweave.planners.building import build_plan
from toolweave.planners.desk import Desk
from toolweave.planners.flow import Flow
from toolweave.planners.goals import Goals, GoalSettings, make_goals
from toolweave.planners.lifecycles import Called, LifeCycles
from toolweave.planners.partition import choose_partition, partitions
from toolweave.planners.planned_call import Unplannable
from toolweave.planners.planning import Commission, Refusal
from toolweave.planners.toolweave import Toolweave

NEVER = Knobs(
    clarify=0, optional=0, switch=0, follow_up=0, correct=0, overfill=0, chat=0, refuse=0,
    keep_back=0, most_distractors=0,
)  # fmt: skip
SHARES: dict[Motif, float] = {"linear": 0.4, "fan": 0.2, "conditional": 0.2, "parallel": 0.2}


def goals_of(desk: Desk) -> Goals:
    return make_goals(desk.flow, desk.words, GoalSettings(threshold=-9))


def one_of(goals: Goals, motif: str) -> Goal:
    return next(goal for goal in goals.kept if goal.workflow.motif == motif)


def drawn(desk: Desk, goals: Sequence[Goal], count: int, seed: int = 0) -> Iterator[Plan | Refusal]:
    commission = Commission(desk=desk, tools="tools.json", seed=seed, goals=goals, shares=SHARES)
    return Toolweave(commission).plans(count)


def plans(desk: Desk, knobs: Knobs, count: int = 60, seed: int = 0) -> Iterator[Plan]:
    changed = Desk(desk.flow, desk.words, knobs, desk.lives)
    made = 0
    for one in drawn(changed, goals_of(desk).kept, count, seed):
        assert isinstance(one, Plan), one
        made += 1
        yield one
    # Whoever looks at every plan has seen some.
    assert made == count


def test_goals_are_worded_scored_and_named_for_good(desk: Desk) -> None:
    made, again = goals_of(desk), goals_of(desk)
    assert made == again
    assert {goal.workflow.motif for goal in made.kept} >= {"linear", "fan", "conditional"}
    for goal in made.kept:
        assert "_" not in goal.text and goal.text.endswith(".")
        assert -2 <= goal.scores.coherence <= 2 and -2 <= goal.scores.relevance <= 2
    forked = one_of(made, "conditional")
    assert "; otherwise " in forked.text and " if " in forked.text


def test_goals_below_the_threshold_are_dropped_with_the_reason(desk: Desk) -> None:
    made = make_goals(desk.flow, desk.words, GoalSettings(threshold=99))
    assert made.kept == ()
    assert all("below 99" in one.reason for one in made.dropped)


def test_few_linear_goals_still_use_every_tool(desk: Desk) -> None:
    made = make_goals(desk.flow, desk.words, GoalSettings(threshold=-9, linear=1))
    assert {name for goal in made.kept for name in goal.workflow.tools} == set(desk.flow.tools)


def test_a_fan_is_split_in_every_valid_way(desk: Desk) -> None:
    fan = one_of(goals_of(desk), "fan").workflow
    start, *branches, end = fan.tools
    splits = partitions(desk.flow, fan)
    assert ((start, *branches), (end,)) in splits
    assert ((start,), (*branches, end)) in splits
    assert ((start,), tuple(branches), (end,)) in splits
    assert len(set(splits)) == len(splits)
    assert all(sum(split, ()) == fan.tools for split in splits)


def test_splits_prefer_groups_that_feed_one_another(desk: Desk) -> None:
    path = Workflow(motif="linear", tools=("search_books", "reserve_book", "cancel_reservation"))
    chosen = [choose_partition(desk.flow, path, random.Random(seed)) for seed in range(200)]
    alone = sum(all(len(group) == 1 for group in split) for split in chosen)
    assert alone < 40


def test_what_can_be_derived_is_not_asked(desk: Desk) -> None:
    sources = [
        binding
        for plan in plans(desk, NEVER)
        for call in plan.calls()
        for path, binding in call.arguments.items()
        if path == "book_id"
    ]
    assert sources
    assert all(isinstance(binding, ToolOutputBinding) for binding in sources)


def test_what_was_said_once_is_not_asked_again(desk: Desk) -> None:
    planner = ArgumentPlanner(desk.flow, (), NEVER, random.Random(0))
    first = planner.plan("c1", "search_books", 0)
    assert [said.slot for said in first.said] == ["c1.subject"]
    planner.plan("c2", "reserve_book", 1)
    again = planner.plan("c3", "reserve_book", 2)
    binding = again.bindings["reader_number"]
    assert isinstance(binding, UserBinding) and binding.slot == "c2.reader_number"
    assert again.said == []


def test_a_value_that_nobody_can_give_makes_no_plan(desk: Desk) -> None:
    planner = ArgumentPlanner(desk.flow, (), NEVER, random.Random(0))
    with pytest.raises(Unplannable, match="book_id"):
        planner.plan("c1", "get_book", 0)


def test_conditional_requirements_hold_whatever_joins(desk: Desk) -> None:
    eager = NEVER.model_copy(update={"optional": 1.0})
    decided = set()
    for plan in plans(desk, eager):
        assert not [f for f in check_plan(plan, desk.flow.graph.toolset) if f.severity == "error"]
        for call in plan.calls():
            if call.tool == "reserve_book":
                decided.add("branch" in call.arguments)
    assert True in decided


def test_one_list_gives_one_element_to_everything_that_follows(desk: Desk) -> None:
    for plan in plans(desk, Knobs()):
        picked: dict[tuple[str, str], object] = {}
        for call in plan.calls():
            for binding in call.arguments.values():
                if isinstance(binding, ToolOutputBinding) and "[]" in binding.path:
                    place = (binding.call, binding.path.split("[]")[0])
                    assert picked.setdefault(place, binding.select) == binding.select


def test_only_what_was_shown_is_pointed_at(desk: Desk) -> None:
    for plan in plans(desk, Knobs()):
        for segment in plan.segments:
            own = {
                call.id
                for step in segment.steps
                if isinstance(step, ToolInvocation)
                for call in step.calls
            }
            for step in segment.steps:
                if isinstance(step, ToolInvocation):
                    for call in step.calls:
                        for binding in call.arguments.values():
                            if (
                                isinstance(binding, ToolOutputBinding)
                                and binding.call in own
                                and "[]" in binding.path
                            ):
                                assert binding.select.kind in ("only", "all")


@pytest.mark.parametrize("knob", ["follow_up", "correct", "chat", "refuse", "keep_back"])
def test_a_pattern_that_always_comes_occurs_and_can_be_proved(desk: Desk, knob: str) -> None:
    kinds = set()
    changed = NEVER.model_copy(update={knob: 1.0, "clarify": 0.5})
    for plan in plans(desk, changed, 40):
        kinds |= {segment.kind for segment in plan.segments}
        for segment in plan.segments:
            for step in segment.steps:
                if isinstance(step, UserClarificationResponse) and not step.provides:
                    kinds.add("keep_back")  # type: ignore[arg-type]
        made = simulate(plan, desk.flow.graph.toolset, seed=3)
        assert made.checks.proof == "passed", made.checks.findings
    named = {"correct": "correction", "refuse": "refusal"}
    assert named.get(knob, knob) in kinds


def test_an_overfilled_request_says_something_early(desk: Desk) -> None:
    early = 0
    for plan in plans(desk, NEVER.model_copy(update={"overfill": 1.0}), 40):
        first = plan.segments[0]
        here = {
            call.id
            for step in first.steps
            if isinstance(step, ToolInvocation)
            for call in step.calls
        }
        opening = first.steps[0]
        assert isinstance(opening, UserRequest)
        early += any(one.slot.split(".")[0] not in here for one in opening.provides)
    assert early


def test_without_clarifying_everything_is_said_at_once(desk: Desk) -> None:
    for plan in plans(desk, NEVER):
        assert not any(isinstance(p.step, AssistantClarification) for p in plan.steps())


def test_independent_branches_go_out_together(desk: Desk) -> None:
    fan = one_of(goals_of(desk), "fan")
    waves = set()
    for seed in range(30):
        plan = build_plan(Desk(desk.flow, desk.words, NEVER), [fan], "p", "", random.Random(seed))
        for placed in plan.steps():
            if isinstance(placed.step, ToolInvocation):
                waves.add(frozenset(call.tool for call in placed.step.calls))
    assert frozenset({"get_book", "get_reviews"}) in waves


def test_the_other_branch_is_shown_but_not_used(desk: Desk) -> None:
    forked = [goal for goal in goals_of(desk).kept if goal.workflow.branch is not None]
    assert forked
    for goal in forked:
        branch = goal.workflow.branch
        assert branch is not None
        plan = build_plan(Desk(desk.flow, desk.words, NEVER), [goal], "p", "", random.Random(1))
        assert branch.other in plan.distractors or branch.other in goal.workflow.tools
        if branch.operator == "error":
            failed = next(iter(plan.calls()))
            assert failed.expect.code == branch.value


def test_the_same_seed_draws_the_same_plans(desk: Desk) -> None:
    assert list(plans(desk, Knobs(), seed=5)) == list(plans(desk, Knobs(), seed=5))
    assert list(plans(desk, Knobs(), seed=5)) != list(plans(desk, Knobs(), seed=6))


def test_every_drawn_plan_gives_a_dialogue_that_is_proved(desk: Desk) -> None:
    for number, plan in enumerate(plans(desk, Knobs(), 120, seed=2)):
        made = simulate(plan, desk.flow.graph.toolset, seed=number)
        assert made.checks.proof == "passed", (plan.id, made.checks.findings)


def test_goals_whose_tools_cannot_be_fed_are_refusals(desk: Desk) -> None:
    stray = Workflow(motif="linear", tools=("get_book", "compare_offer"))
    goal = goals_of(desk).kept[0].model_copy(update={"workflow": stray, "id": "stray"})
    refused = list(drawn(desk, [goal], 2))
    assert refused and all(isinstance(one, Refusal) for one in refused)
    assert isinstance(refused[0], Refusal) and "book_id" in refused[0].reason


def test_results_show_the_states_that_the_calls_need(flow: Flow) -> None:
    from toolweave.toolgraph.synthesis.drafts import Drafts

    pack = load_pack("logistics")
    drafts = Drafts(pack)
    tools = {draft.name: drafts.full(draft) for draft in drafts.all}
    lives = LifeCycles(pack)
    calls = [Called("c1", tools["track_shipment"]), Called("c2", tools["cancel_shipment"])]
    made = lives.decisions(calls, {}, random.Random(0))
    assert made is not None
    shown = {(one.call, one.path): one.value for one in made}
    assert shown[("c1", "shipment_status")] == "registered"
    assert shown[("c2", "shipment_status")] == "cancelled"
    fixed = {("c1", "shipment_status"): "delivered"}
    assert lives.decisions(calls, fixed, random.Random(0)) is None
