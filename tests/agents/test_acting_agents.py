"""The tool agent resolves, simulates and errs as planned; the memory agent only ever adds."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from orjson import loads

from toolweave.agents.memory import MemoryAgent
from toolweave.agents.scene import Scene, Turn
from toolweave.agents.tool import ToolAgent, call_id
from toolweave.agents.user import UserAgent
from toolweave.core.errors import GenerationError
from toolweave.core.plan import Plan, ToolInvocation
from toolweave.core.tool import Toolset
from toolweave.graph.nodes import driven
from toolweave.graph.preparing import prepare
from toolweave.graph.setting import agent_of, opening, scene, set_scene
from toolweave.graph.state import State
from toolweave.llm.contexts import Result
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.llm.task import Unacceptable
from toolweave.runs.simulation import simulate

At = Callable[..., Scene]
Data = dict[str, Any]


def acted(scene: Scene) -> Turn:
    return driven(ToolAgent().act(scene))


def test_parallel_calls_go_out_in_one_message_and_are_answered_in_order(at_step: At) -> None:
    turn = acted(at_step(4))
    asking, *answers = turn["messages"]
    assert [message["role"] for message in turn["messages"]] == ["assistant", "tool", "tool"]
    assert [call["name"] for call in asking["tool_calls"]] == ["get_quote", "list_visits"]
    assert [answer["tool_call_id"] for answer in answers] == [c["id"] for c in asking["tool_calls"]]
    assert [answer["name"] for answer in answers] == ["get_quote", "list_visits"]
    assert asking["content"] == ""
    assert [done["message"] for done in turn["calls"]] == [5, 6]


def test_arguments_are_what_their_bindings_yield(at_step: At) -> None:
    scene = at_step(9)
    (done,) = acted(scene)["calls"]
    returned: Any = {name: made["result"] for name, made in scene.memory["calls"].items()}
    visits = returned["c2"]["visits"]
    cheapest = min(visits, key=lambda visit: visit["call_out_fee"])
    assert done["arguments"] == {
        "quote_id": returned["c1"]["quote_id"],
        "visit_id": cheapest["visit_id"],
        "helpers": 2,
        "problem_description": scene.memory["slots"]["c3.problem_description"]["value"],
    }


def test_every_argument_carries_its_source_and_its_mention(at_step: At) -> None:
    scene = at_step(9)
    (call,) = acted(scene)["messages"][0]["tool_calls"]
    sources = call["sources"]
    assert sources.keys() == call["arguments"].keys()
    mention = sources["helpers"]["mention"]
    said = scene.messages[mention["message"]]["content"][mention["start"] : mention["end"]]
    assert said.lower() in ("2", "two", "two of", "a couple", "both", "a pair")
    assert "mention" not in sources["quote_id"]


def test_a_left_out_argument_is_left_out_and_fails_as_planned(at_step: At) -> None:
    turn = acted(at_step(7))
    asking, answer = turn["messages"]
    assert "helpers" not in asking["tool_calls"][0]["arguments"]
    assert loads(answer["content"])["error"]["code"] == "missing_parameter"
    assert asking["train"] is False
    assert turn["calls"][0]["ok"] is False


def test_a_wrong_value_is_sent_as_planned_in_the_second_attempt(at_step: At) -> None:
    asking, answer = acted(at_step(8))["messages"]
    (call,) = asking["tool_calls"]
    assert (call["arguments"]["helpers"], call["attempt"]) == ("two", 2)
    assert loads(answer["content"])["error"]["code"] == "invalid_type"
    assert asking["train"] is False


def test_attempts_of_one_call_have_ids_of_their_own(repair_plan: Plan) -> None:
    ids = [call_id(3, call) for call in repair_plan.calls()]
    assert len(set(ids)) == len(ids) == 6
    assert ids != [call_id(4, call) for call in repair_plan.calls()]


@pytest.mark.parametrize(
    ("result", "objection"),
    [
        ({"quote_id": "Q-1"}, "total_price"),
        ({"quote_id": "Q-1", "total_price": 3}, "minimum"),
        ({"quote_id": 5, "total_price": 90}, "quote_id"),
        ("done", "object"),
    ],
)
def test_a_result_that_breaks_its_schema_is_refused(
    result: object, objection: str, at_step: At
) -> None:
    scene = at_step(4)
    step = scene.placed.step
    assert isinstance(step, ToolInvocation)
    call, agent = step.calls[0], ToolAgent()
    tool = scene.stage.tool("get_quote")
    task = agent.task(scene, call, tool, agent.arguments(scene, call, tool), scene.memory)
    with pytest.raises(Unacceptable) as caught:
        task.accept(Result(result=result))
    assert objection in str(caught.value)


def test_a_cheapest_element_is_cheapest_alone(at_step: At) -> None:
    scene = at_step(4)
    step = scene.placed.step
    assert isinstance(step, ToolInvocation)
    call, agent = step.calls[1], ToolAgent()
    tool = scene.stage.tool("list_visits")
    task = agent.task(scene, call, tool, agent.arguments(scene, call, tool), scene.memory)
    made = OfflineGenerator().answer(task).result
    for visit in made["visits"]:
        visit["call_out_fee"] = 20
    with pytest.raises(Unacceptable, match="stands out"):
        task.accept(Result(result=made))


def test_a_fixed_value_that_its_schema_refuses_ends_in_an_error_of_ours(
    repair_plan: Plan, repair_tools: Toolset
) -> None:
    def lying(task: Any) -> Any:
        answer = OfflineGenerator().answer(task)
        if task.name == "user_clarification_response":
            return answer.model_copy(update={"values": {"c2.visit_day": "someday"}})
        return answer

    with pytest.raises(GenerationError, match="visit_day"):
        simulate(
            repair_plan, repair_tools, generator=ScriptedGenerator(lying, accepting=False), seed=1
        )


@pytest.mark.parametrize("seed", range(3))
def test_remembering_never_changes_what_was_remembered(
    seed: int, repair_plan: Plan, repair_tools: Toolset
) -> None:
    setting = set_scene(prepare(repair_plan, repair_tools), seed, OfflineGenerator())
    state: State = opening(setting)
    memory, agent = state["memory"], MemoryAgent()
    for placed in setting.stage.steps:
        state = {**state, "memory": memory, "cursor": placed.number - 1}
        turn = driven(agent_of(setting, state).act(scene(setting, state)))
        before, spoken = copy.deepcopy(memory), copy.deepcopy(turn)
        after = agent.remember(setting.stage, placed, memory, turn)
        assert memory == before
        assert turn == spoken
        assert after["slots"].keys() >= before["slots"].keys()
        state = {**state, "messages": [*state["messages"], *turn["messages"]]}
        memory = after
    assert memory["calls"]["c3"]["ok"]
    assert memory["calls"]["c3"]["attempt"] == 3


@pytest.mark.parametrize("seed", range(5))
def test_only_good_assistant_messages_are_trained_on(
    seed: int, repair_plan: Plan, repair_tools: Toolset
) -> None:
    made = simulate(repair_plan, repair_tools, seed=seed)
    assert made.checks.proof == "passed"
    failing = [
        index for index, message in enumerate(made.messages)
        if any(call.call == "c3" and call.attempt < 3 for call in message.tool_calls)
    ]  # fmt: skip
    assert len(failing) == 2
    for index, message in enumerate(made.messages):
        assert message.train == (message.role == "assistant" and index not in failing)


def test_messages_follow_the_steps_in_order(repair_plan: Plan, repair_tools: Toolset) -> None:
    made = simulate(repair_plan, repair_tools, seed=2)
    steps = [message.step for message in made.messages[1:]]
    assert made.messages[0].role == "system"
    assert steps == sorted(steps, key=lambda step: step or 0)
    assert set(steps) == {placed.number for placed in repair_plan.steps()}
    roles = [message.role for message in made.messages[:8]]
    assert roles == [
        "system",
        "user",
        "assistant",
        "user",
        "assistant",
        "tool",
        "tool",
        "assistant",
    ]


def test_an_agent_asks_under_a_key_of_its_own(at_step: At) -> None:
    keys = {UserAgent().task(at_step(number)).key for number in (1, 3, 6, 11)}
    assert len(keys) == 4
    assert UserAgent().task(at_step(1, 4)).key not in keys
