"""Turns: the four modes, forks, retries, what is refused, and what comes out at the end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import ServerError
from toolweave.evaluation.loading import load_dialogues
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.runs.simulation import simulate

if TYPE_CHECKING:
    from tests.service.conftest import Json, Serve, Served
    from toolweave.llm.task import Task

PLAN = "tourism_city_break"
CASE: dict[str, Any] = {
    "customer_id": "C-763011",
    "issue_description": "The till is broken",
    "category": "billing",
}


def played(service: Served, **opening: Any) -> list[Json]:
    """Every turn of a plan."""
    turns = [service.turn(mode="plan", **opening)]
    while not turns[-1]["finished"]:
        turns.append(service.turn(mode="plan", token=turns[-1]["token"]))
    return turns


def record(service: Served, token: str, form: str = "record") -> Json:
    answer = service.ask("GET", f"/v1/dialogues/{token}", params={"format": form})
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


def problem(answer: Any, status: int, code: str) -> Json:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: Json = answer.json()
    assert (told["status"], told["code"]) == (status, code), told
    assert told["type"] and told["title"] and told["detail"]
    return told


def test_a_plan_played_turn_by_turn_is_the_dialogue_that_simulating_it_gives(
    service: Served,
) -> None:
    turns = played(service, plan=PLAN, seed=7)
    assert [turn["turn"] for turn in turns] == list(range(1, len(turns) + 1))
    assert record(service, turns[-1]["token"]) == simulate(PLAN, seed=7).dump()


def test_two_services_on_one_store_take_turns_at_one_dialogue(serve: Serve) -> None:
    both = [serve(), serve()]
    turn = both[0].turn(mode="plan", plan=PLAN, seed=3)
    number = 0
    while not turn["finished"]:
        number += 1
        turn = both[number % 2].turn(mode="plan", token=turn["token"])
    assert record(both[0], turn["token"]) == simulate(PLAN, seed=3).dump()


def test_the_messages_of_all_turns_are_those_of_the_dialogue(service: Served) -> None:
    turns = played(service, plan=PLAN)
    whole = record(service, turns[-1]["token"], "summary")
    assert [m for turn in turns for m in turn["messages"]] == whole["messages"][1:]
    assert [c for turn in turns for c in turn["tool_calls"]] == whole["calls"]
    assert all(call["ok"] for call in whole["calls"])
    assert whole["finished"] and whole["turns"] == len(turns)


def test_an_unfinished_dialogue_exports_as_the_part_that_was_played(service: Served) -> None:
    turns = played(service, plan=PLAN, seed=5)
    for number, turn in enumerate(turns, 1):
        made = Dialogue.model_validate(record(service, turn["token"]))
        assert made.checks.proof == "passed", made.checks.findings
        assert len(made.plan.segments) == number


def test_openai_messages_of_a_dialogue_are_read_by_the_checks(
    service: Served, tmp_path: Path
) -> None:
    turns = played(service, plan=PLAN)
    file = tmp_path / "one.json"
    file.write_text(json.dumps(record(service, turns[-1]["token"], "openai")))
    (loaded,) = load_dialogues(file)
    assert loaded.problem is None
    assert loaded.messages and loaded.tools


def test_an_old_token_forks_the_dialogue(service: Served) -> None:
    first = service.turn(mode="plan", plan=PLAN)
    left = service.turn(mode="plan", token=first["token"])
    ours = service.turn(mode="tools", token=first["token"], tool_calls=[_call("no_such_tool")])
    right = service.turn(mode="plan", token=first["token"])
    assert len({first["token"], left["token"], ours["token"], right["token"]}) == 4
    assert left["messages"] == right["messages"]
    assert len(record(service, first["token"], "summary")["messages"]) < len(
        record(service, left["token"], "summary")["messages"]
    )


def test_requests_at_once_on_one_token_all_fork(service: Served) -> None:
    first = service.turn(mode="plan", plan=PLAN)
    body = {"mode": "plan", "token": first["token"]}
    answers = service.several([("POST", "/v1/turns", {"json": body})] * 12)
    told = [answer.json() for answer in answers]
    assert {answer.status_code for answer in answers} == {200}
    assert len({one["token"] for one in told}) == 12
    assert all(one["messages"] == told[0]["messages"] for one in told)
    ends = [played(service, token=one["token"])[-1]["token"] for one in told[:2]]
    assert record(service, ends[0]) == record(service, ends[1]) == simulate(PLAN, seed=0).dump()


def test_a_retried_request_is_not_applied_twice(service: Served) -> None:
    body = {"mode": "tools", "tool_calls": [_call("open_case", CASE)]}
    key = {"Idempotency-Key": "retry-1"}
    first = service.post("/v1/turns", body, **key).json()
    again = service.several([("POST", "/v1/turns", {"json": body, "headers": key})] * 5)
    assert all(answer.json() == first for answer in again)
    other = service.post("/v1/turns", {**body, "seed": 9}, **key)
    problem(other, 422, "idempotency_key_reused")
    free = service.post("/v1/turns", body, **{"Idempotency-Key": "retry-2"}).json()
    assert free["token"] != first["token"]


def test_requests_with_one_key_at_once_are_applied_once(service: Served) -> None:
    body = {"mode": "tools", "tool_calls": [_call("open_case", CASE)]}
    given = {"json": body, "headers": {"Idempotency-Key": "all at once"}}
    answers = service.several([("POST", "/v1/turns", given)] * 10)
    assert len({answer.json()["token"] for answer in answers}) == 1


def test_a_person_may_speak_the_user_in_mode_plan(service: Served) -> None:
    said = "I have a problem with an invoice. My invoice shows the wrong amount. It is for billing."
    refused = service.post("/v1/turns", {"mode": "plan", "plan": "customer_support_case",
                                         "utterance": "Hello?"})  # fmt: skip
    told = problem(refused, 422, "utterance_refused")
    assert any("c1.category" in one["detail"] for one in told["errors"])
    values = {
        "c1.issue_description": "My invoice shows the wrong amount",
        "c1.category": "billing",
    }
    turn = service.turn(mode="plan", plan="customer_support_case", utterance=said, values=values)
    assert [message["role"] for message in turn["messages"]] == ["user", "assistant"]
    assert turn["messages"][0]["content"] == said
    rest = played(service, token=turn["token"])
    made = Dialogue.model_validate(record(service, rest[-1]["token"]))
    assert made.checks.proof == "passed", made.checks.findings


def test_simulated_tools_remember_what_was_done(service: Served) -> None:
    opened = service.turn(mode="tools", tool_calls=[_call("open_case", CASE, "mine")])
    (call,) = opened["tool_calls"]
    assert call["ok"] and call["id"] == "mine"
    case = call["result"]["case_id"]
    looked = service.turn(
        mode="tools", token=opened["token"],
        tool_calls=[_call("get_case", json.dumps({"case_id": case})), _call("list_cases", CASE)],
    )  # fmt: skip
    held, listed = (one["result"] for one in looked["tool_calls"])
    assert held["issue_description"] == CASE["issue_description"]
    assert held["customer_id"] == CASE["customer_id"]
    assert case in [one["case_id"] for one in listed["cases"]]
    assert [message["role"] for message in looked["messages"]] == ["tool", "tool"]


def test_calls_that_a_plan_foresees_take_their_place_in_it(service: Served) -> None:
    whole = simulate("customer_support_case", seed=1)
    calls = [call for message in whole.messages for call in message.tool_calls]
    answers = {m.tool_call_id: json.loads(m.content) for m in whole.messages if m.role == "tool"}
    turn = service.turn(
        mode="tools", plan="customer_support_case", seed=1,
        tool_calls=[_call(calls[0].name, calls[0].arguments)],
    )  # fmt: skip
    got, planned = turn["tool_calls"][0]["result"], answers[calls[0].id]
    assert got.keys() == planned.keys()


def test_a_simulated_user_is_led_through_a_plan_by_any_assistant(service: Served) -> None:
    turn = service.turn(mode="user", plan="customer_support_case", seed=4)
    assert [message["role"] for message in turn["messages"]] == ["user"]
    question = "Could you give me your customer number, and how shall we contact you?"
    turn = service.turn(mode="user", token=turn["token"], utterance=question)
    summary = record(service, turn["token"], "summary")
    assert "C-" in turn["messages"][0]["content"]
    assert summary["messages"][-2]["content"] == question
    for said in ("Your case is open.", "I have added that.", "You have no other open cases."):
        assert not turn["finished"]
        turn = service.turn(mode="user", token=turn["token"], utterance=said)
    assert (turn["finished"], turn["outcome"]) == (True, "done")
    more = service.post("/v1/turns", {"mode": "user", "token": turn["token"], "utterance": "?"})
    problem(more, 409, "finished")


def test_the_user_says_a_value_again_as_they_said_it_before(service: Served) -> None:
    turn = service.turn(mode="user", plan="customer_support_case", seed=4)
    said = []
    for _ in range(2):
        turn = service.turn(
            mode="user", token=turn["token"], utterance="What is your customer number?"
        )
        said.append(turn["messages"][0]["content"])
    numbers = [{word.strip(".,") for word in text.split() if "C-" in word} for text in said]
    assert numbers[0] == numbers[1] != set()


def test_a_user_who_is_only_asked_what_they_cannot_know_leaves(service: Served) -> None:
    turn = service.turn(mode="user", plan="customer_support_case")
    for _ in range(6):
        if turn["finished"]:
            break
        turn = service.turn(mode="user", token=turn["token"], utterance="What is your shoe size?")
    assert (turn["finished"], turn["outcome"]) == (True, "gave_up")


def test_an_assistant_needs_a_model(service: Served) -> None:
    answer = service.post("/v1/turns", {"mode": "assistant", "utterance": "Hello"})
    told = problem(answer, 422, "model_required")
    assert "--model" in told["detail"]


def test_a_model_chooses_its_calls_and_speaks_of_them(serve: Serve) -> None:
    def answered(task: Task[Any, Any]) -> Any:
        if task.name != "assistant_move":
            return OfflineGenerator().answer(task)
        prompt = task.render(task.context)
        assert "open_case" in prompt.user and "{{" not in prompt.user
        spoke = [line for line in task.context.history if line.role == "tool"]
        if spoke:
            return {"say": "Your case is open.", "calls": []}
        return {"say": "", "calls": [{"name": "open_case", "arguments": CASE}]}

    tools = str(Path(__file__).parents[2] / "configs" / "tools" / "customer_support.yaml")
    service = serve(tools=tools, given={"generator": ScriptedGenerator(answered)})
    turn = service.turn(mode="assistant", utterance="Please open a case for my broken till.")
    roles = [message["role"] for message in turn["messages"]]
    assert roles == ["assistant", "tool", "assistant"]
    assert turn["tool_calls"][0]["ok"]
    assert turn["messages"][-1]["content"] == "Your case is open."


def test_a_model_that_cannot_be_reached_is_a_bad_gateway(serve: Serve) -> None:
    def lost(task: Task[Any, Any]) -> Any:
        raise ServerError("the model server does not answer")

    service = serve(given={"generator": ScriptedGenerator(lost)})
    problem(service.post("/v1/turns", {"mode": "plan", "plan": PLAN}), 502, "model_unavailable")


def test_a_goal_is_planned_for_and_played(service: Served) -> None:
    link = {"source": "open_case", "output": "case_id", "target": "get_case",
            "parameter": "case_id", "kind": "same_name", "score": 1.0}  # fmt: skip
    goal = {
        "version": 1, "id": "look_after", "text": "Open a case and look at it.",
        "workflow": {"motif": "linear", "tools": ["open_case", "get_case"], "links": [link]},
        "scores": {"coherence": 1, "relevance": 1, "dataflow": 1, "length": 1, "total": 1},
    }  # fmt: skip
    turns = played(service, goal=goal, seed=2)
    names = [call["name"] for turn in turns for call in turn["tool_calls"]]
    assert names == ["open_case", "get_case"]


def test_a_plan_that_names_a_file_of_the_machine_does_not_get_it(serve: Serve) -> None:
    plan = simulate(PLAN, seed=0).plan.dump() | {"tools": "/etc/passwd"}
    told = problem(serve().post("/v1/turns", {"mode": "plan", "plan": plan}), 422, "input_unusable")
    assert "comes without tools" in told["detail"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"mode": "plan"}, 422, "plan_required"),
        ({"mode": "plan", "plan": "no_such_plan"}, 404, "plan_unknown"),
        ({"mode": "plan", "plan": "../../etc/passwd"}, 404, "plan_unknown"),
        ({"mode": "plan", "plan": {"version": 1}}, 422, "input_unusable"),
        ({"mode": "plan", "plan": PLAN, "tool_calls": []}, 422, "request_invalid"),
        ({"mode": "dance"}, 422, "request_invalid"),
        ({"mode": "plan", "plan": PLAN, "unheard": 1}, 422, "request_invalid"),
        ({"mode": "plan", "plan": PLAN, "seed": -1}, 422, "request_invalid"),
        ({"mode": "plan", "plan": PLAN, "seed": "1"}, 422, "request_invalid"),
        ({"mode": "plan", "plan": 7}, 422, "request_invalid"),
        ({"mode": "tools"}, 422, "request_invalid"),
        ({"mode": "tools", "tool_calls": [{"name": 3}]}, 422, "request_invalid"),
        ({"mode": "tools", "tool_calls": [], "toolset": []}, 422, "request_invalid"),
        ({"mode": "user", "toolset": "nothing"}, 404, "toolset_unknown"),
        ({"mode": "tools", "toolset": [], "tool_calls": [{"name": "x"}]}, 422, "input_unusable"),
        ({"mode": "user"}, 422, "plan_required"),
        ({"mode": "plan", "token": "tw1.AAAA.BBBB"}, 400, "token_invalid"),
        ({"mode": "plan", "token": "tw9.AAAA.BBBB"}, 400, "token_version"),
        ({"mode": "plan", "token": "x" * 201}, 422, "request_invalid"),
        ([], 422, "request_invalid"),
        ("text", 422, "request_invalid"),
    ],
)  # fmt: skip
def test_a_bad_turn_is_refused_with_its_reason(
    service: Served, body: Any, status: int, code: str
) -> None:
    problem(service.post("/v1/turns", body), status, code)


def test_a_token_goes_with_its_own_plan_and_tools_only(service: Served) -> None:
    token = service.turn(mode="plan", plan=PLAN, seed=1)["token"]
    again = service.turn(mode="plan", token=token, plan=PLAN, seed=1, toolset=None)
    assert again["turn"] == 2
    for other, code in (
        ({"plan": "ecommerce_gift"}, "other_plan"),
        ({"toolset": "ecommerce"}, "other_toolset"),
        ({"seed": 2}, "other_seed"),
    ):
        answer = service.post("/v1/turns", {"mode": "plan", "token": token, **other})
        problem(answer, 409, code)
    assert service.turn(mode="plan", token=token, toolset="tourism")["turn"] == 2


def test_a_token_that_another_store_wrote_is_unknown(serve: Serve, tmp_path: Path) -> None:
    keys = ("a secret that both of them share",)
    elsewhere = {"store": f"sqlite:///{tmp_path}/elsewhere.db", "token_keys": keys}
    token = serve(secrets=elsewhere).turn(mode="plan", plan=PLAN)["token"]
    here = serve(secrets={"token_keys": keys})
    problem(here.post("/v1/turns", {"mode": "plan", "token": token}), 404, "token_unknown")
    problem(here.ask("GET", f"/v1/dialogues/{token}"), 404, "token_unknown")


def test_an_expired_token_is_gone(serve: Serve) -> None:
    service = serve(lifetime=0.001)
    token = service.turn(mode="plan", plan=PLAN)["token"]
    problem(service.post("/v1/turns", {"mode": "plan", "token": token}), 410, "token_expired")


def test_a_finished_plan_has_no_next_turn(service: Served) -> None:
    token = played(service, plan="telecommunications_fault")[-1]["token"]
    problem(service.post("/v1/turns", {"mode": "plan", "token": token}), 409, "finished")


def test_no_record_is_made_of_what_keeps_to_no_plan(service: Served) -> None:
    token = service.turn(mode="tools", tool_calls=[_call("open_case", CASE)])["token"]
    answer = service.ask("GET", f"/v1/dialogues/{token}", params={"format": "record"})
    problem(answer, 409, "no_record")


def _call(name: str, arguments: Any = None, identifier: str = "") -> Json:
    return {"name": name, "arguments": arguments or {}, "id": identifier}
