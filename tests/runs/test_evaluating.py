"""Somebody's assistant on loopback: good, careless, broken; each gets the verdict it deserves."""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiohttp import web
from jsonschema import Draft202012Validator

import toolweave
from toolweave.cli.main import run
from toolweave.core.score import Trial
from toolweave.evaluation.verdict_file import load_trials
from toolweave.llm.assistant import ChatAssistant
from toolweave.llm.wire import DUMMY_KEY

PLAN = "customer_support_case"
Messages = Sequence[dict[str, Any]]
Answer = Callable[[Messages], dict[str, Any]]


def truth(plan: str, seed: int = 0) -> list[list[tuple[str, str, dict[str, Any]]]]:
    """The calls of each segment, where outputs of other calls are named by their result's path."""
    dialogue = toolweave.simulate(plan, seed=seed)
    segments: list[list[tuple[str, str, dict[str, Any]]]] = []
    for segment in dialogue.plan.segments:
        calls = [c for step in segment.steps if step.act == "tool_invocation" for c in step.calls]
        told = {c.call: c.arguments for m in dialogue.messages for c in m.tool_calls}
        made = []
        for call in calls:
            arguments: dict[str, Any] = dict(told[call.id])
            for path, binding in call.arguments.items():
                if binding.source == "tool_output":
                    arguments[path] = ("from", binding.call, binding.path)
            made.append((call.id, call.tool, arguments))
        segments.append(made)
    return segments


def at(result: Any, path: str) -> Any:
    for part in path.replace("[]", ".0").split("."):
        result = result[int(part)] if part.isdigit() else result[part]
    return result


class Actor:
    """Plays a plan's true calls after what a test changes in them, and asks for what it needs."""

    def __init__(
        self, change: Callable[[list[Any]], list[Any]] = lambda calls: calls, *, asks: bool = True
    ) -> None:
        self.asks = asks
        self.calls = change([one for segment in truth(PLAN) for one in segment])

    def __call__(self, messages: Messages) -> dict[str, Any]:
        results = {
            m["tool_call_id"]: json.loads(m["content"]) for m in messages if m["role"] == "tool"
        }
        place = len(results)
        if place >= len(self.calls):
            return {"role": "assistant", "content": "That is done."}
        name, tool, arguments = self.calls[place]
        sent = {
            path: at(results.get(value[1], {}), value[2]) if isinstance(value, tuple) else value
            for path, value in arguments.items()
        }
        said = " ".join(m["content"] for m in messages if m["role"] == "user")
        if self.asks and str(sent.get("customer_id", "")) not in said:
            return {"role": "assistant", "content": "Could you tell me your customer ID?"}
        function = {"name": tool, "arguments": json.dumps(sent)}
        call = {"id": name, "type": "function", "function": function}
        return {"role": "assistant", "content": None, "tool_calls": [call]}


class Server:
    """A chat server on loopback; ``troubles`` are answered first, in order, with these statuses."""

    def __init__(self, answer: Answer, troubles: Sequence[int] = ()) -> None:
        self.answer, self.troubles, self.asked = answer, list(troubles), 0
        self.loop = asyncio.new_event_loop()

    async def handle(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.troubles:
            return web.json_response({"error": {"message": "no"}}, status=self.troubles.pop(0))
        body = await request.json()
        assert body["tools"]
        message = self.answer(body["messages"])
        if "garbage" in message:
            return web.Response(text=message["garbage"])
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        return web.json_response({"object": "chat.completion", "choices": [choice]})

    def __enter__(self) -> str:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self.handle)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        self.loop.run_until_complete(self.runner.setup())
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        self.loop.run_until_complete(site.start())
        self.thread = Thread(target=self.loop.run_forever)
        self.thread.start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}/v1"

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self.runner.cleanup(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


def evaluated(
    tmp_path: Path, answer: Answer, *options: str, troubles: Sequence[int] = ()
) -> tuple[int, list[Trial]]:
    out = tmp_path / "trials.jsonl"
    with Server(answer, troubles) as url:
        code = run(["evaluate", PLAN, "--assistant", url, "--out", str(out), *options])
    return code, load_trials(out)


def test_an_assistant_that_makes_the_true_calls_passes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, trials = evaluated(tmp_path, Actor(), "--trials", "2")
    assert [one.score and one.score.passed for one in trials] == [True, True], trials
    assert code == 0
    assert "pass^2" in capsys.readouterr().out


def test_trials_are_what_the_printed_schema_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluated(tmp_path, Actor(asks=False))
    capsys.readouterr()
    assert run(["schema", "trial"]) == 0
    judge = Draft202012Validator(json.loads(capsys.readouterr().out))
    (line,) = (tmp_path / "trials.jsonl").read_text("utf-8").splitlines()
    assert '"slips":[{' in line
    judge.validate(json.loads(line))
    assert not judge.is_valid({**json.loads(line), "outcome": "won"})


def test_a_right_guess_that_nobody_stated_is_invented(tmp_path: Path) -> None:
    code, (one,) = evaluated(tmp_path, Actor(asks=False))
    assert code == 1
    assert one.score is not None
    assert {(slip.kind, slip.path) for slip in one.score.slips} == {("invented", "customer_id")}


def test_a_dropped_call_is_missing(tmp_path: Path) -> None:
    code, (one,) = evaluated(tmp_path, Actor(lambda calls: calls[:-1]))
    assert code == 1
    assert one.score is not None
    assert len(one.score.missing) == 1
    assert 0 < one.score.value < 1


def test_a_wrong_value_is_named_with_its_argument(tmp_path: Path) -> None:
    def worse(calls: list[Any]) -> list[Any]:
        name, tool, arguments = calls[0]
        path = next(key for key, value in arguments.items() if isinstance(value, str))
        return [(name, tool, {**arguments, path: "Zyx-99417"}), *calls[1:]]

    code, (one,) = evaluated(tmp_path, Actor(worse, asks=False))
    assert code == 1
    assert one.score is not None
    assert not one.score.passed
    assert ("invented", "Zyx-99417") in [(slip.kind, slip.given) for slip in one.score.slips]


def test_calls_before_what_they_need_do_not_pass(tmp_path: Path) -> None:
    def backwards(messages: Messages) -> dict[str, Any]:
        actor = Actor(lambda calls: calls)
        done = sum(m["role"] == "tool" for m in messages)
        if done:
            return {"role": "assistant", "content": "That is done."}
        calls = [
            {
                "id": name, "type": "function",
                "function": {
                    "name": tool,
                    "arguments": json.dumps(
                        {k: "T-1" if isinstance(v, tuple) else v for k, v in given.items()}
                    ),
                },
            }
            for name, tool, given in reversed(actor.calls)
        ]  # fmt: skip
        return {"role": "assistant", "content": "", "tool_calls": calls}

    code, (one,) = evaluated(tmp_path, backwards)
    assert code == 1
    assert one.score is not None
    assert not one.score.passed
    assert one.score.slips or one.score.misplaced or one.score.missing


def test_an_assistant_that_calls_for_ever_is_stopped(tmp_path: Path) -> None:
    def looping(messages: Messages) -> dict[str, Any]:
        call = {"id": "x", "function": {"name": "no_such_tool", "arguments": "{broken"}}
        return {"role": "assistant", "content": "", "tool_calls": [call]}

    code, (one,) = evaluated(tmp_path, looping, "--rounds", "5")
    assert (code, one.outcome, one.calls) == (1, "looped", 6)
    assert one.score is not None
    assert one.score.failed == 6
    assert "unknown_tool" in str(one.messages)


def test_an_assistant_that_asks_for_ever_is_left(tmp_path: Path) -> None:
    asking = {"role": "assistant", "content": "What is the meaning of life?"}
    code, (one,) = evaluated(tmp_path, lambda _: asking)
    assert (code, one.outcome) == (1, "gave_up")
    assert one.score is not None
    assert one.score.value == 0


def test_who_asks_the_same_again_and_again_comes_to_an_end(tmp_path: Path) -> None:
    asking = {"role": "assistant", "content": "Could you tell me your customer ID?"}
    code, (one,) = evaluated(tmp_path, lambda _: asking)
    assert (code, one.outcome, one.turns) == (1, "endless", 30)


def test_words_without_sense_end_in_a_verdict(tmp_path: Path) -> None:
    nonsense = {"role": "assistant", "content": "\x1b[31m<script>\x00 %%%"}
    code, (one,) = evaluated(tmp_path, lambda _: nonsense)
    assert code == 1
    assert one.score is not None
    assert not one.score.passed


def test_a_server_that_stumbles_is_asked_again(tmp_path: Path) -> None:
    code, (one,) = evaluated(tmp_path, Actor(), troubles=(429, 500, 503))
    assert (code, one.outcome) == (0, "done")


def test_a_body_that_is_no_completion_gives_no_verdict(tmp_path: Path) -> None:
    code, (one,) = evaluated(tmp_path, lambda _: {"garbage": "<html>"}, "--retries", "0")
    assert (code, one.outcome, one.score) == (1, "failed", None)
    assert "no chat completion" in one.problem


def test_a_trial_without_verdict_is_tried_again_and_the_others_stay(tmp_path: Path) -> None:
    out = tmp_path / "trials.jsonl"
    server = Server(Actor(), troubles=(500,))
    with server as url:
        command = ["evaluate", PLAN, "--assistant", url, "--out", str(out), "--trials", "2"]
        command += ["--concurrency", "1", "--retries", "0", "--resume"]
        assert run(command) == 1
        assert [one.outcome for one in load_trials(out)] == ["failed", "done"]
        before = server.asked
        assert run(command) == 0
        once = server.asked - before
        assert run(command) == 0
        assert server.asked - before == once > 0
    assert [(one.trial, one.outcome) for one in load_trials(out)] == [
        (1, "failed"), (1, "done"), (2, "done"),
    ]  # fmt: skip


def test_nobody_there_and_no_key_are_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "trials.jsonl")
    url = "http://127.0.0.1:9/v1"
    assert run(["evaluate", PLAN, "--assistant", url, "--out", out, "--retries", "0"]) == 2
    assert "cannot reach" in capsys.readouterr().err
    command = ["evaluate", PLAN, "--assistant", url, "--out", out, "--key-env", "NOT_SET_AT_ALL"]
    assert run(command) == 2
    assert "NOT_SET_AT_ALL" in capsys.readouterr().err


def conversation(plan: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for message in toolweave.simulate(plan, seed=3).messages:
        shown: dict[str, Any] = {"role": message.role, "content": message.content}
        if message.tool_calls:
            shown["tool_calls"] = [
                {"id": c.id, "function": {"name": c.name, "arguments": json.dumps(c.arguments)}}
                for c in message.tool_calls
            ]
        if message.role == "tool":
            shown["tool_call_id"] = message.tool_call_id
        found.append(shown)
    return found


@pytest.mark.parametrize("plan", ["customer_support_case", "tourism_city_break"])
def test_our_own_dialogues_earn_the_whole_reward(plan: str) -> None:
    assert float(toolweave.reward(plan, conversation(plan))) == 1.0


def test_an_unplanned_change_of_the_world_costs_the_verdict() -> None:
    messages = conversation("ecommerce_return")
    asking = [m for m in messages if "start_return" in json.dumps(m.get("tool_calls"))][-1]
    call = asking["tool_calls"][0]
    again = {**asking, "tool_calls": [{**call, "id": "again"}]}
    answer = next(m for m in messages if m.get("tool_call_id") == call["id"])
    other = json.loads(answer["content"])
    key = next(k for k in other if k.endswith("_id") and "return" in k)
    other[key] = "RT-00000001"
    messages += [again, {**answer, "tool_call_id": "again", "content": json.dumps(other)}]
    score = toolweave.reward("ecommerce_return", messages)
    assert (score.passed, score.right, score.planned) == (False, 2, 2)
    assert score.world
    assert 0 < float(score) < 1


def test_the_documented_example_is_true() -> None:
    import doctest

    from toolweave.runs import rewarding

    assert doctest.testmod(sys.modules[rewarding.__name__]).failed == 0


def test_a_key_in_the_environment_does_not_leave_for_somebody_else_s_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-ours")
    address = "http://127.0.0.1:9/v1"
    assert ChatAssistant("theirs", base_url=address)._wire._client.api_key == DUMMY_KEY
    named = ChatAssistant("theirs", base_url=address, api_key="sk-theirs")
    assert named._wire._client.api_key == "sk-theirs"
