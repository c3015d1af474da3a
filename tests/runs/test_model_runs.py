"""Runs of a model on a server: budgets, the cache, and a server that fails in every way."""

import asyncio
import json
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from toolweave.cli.main import run as command
from toolweave.configs.run import read_run
from toolweave.core.errors import BudgetError
from toolweave.graph.preparing import prepare
from toolweave.graph.setting import set_scene
from toolweave.graph.walking import walk
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.task import C, R, Task
from toolweave.runs.batch import batch
from toolweave.runs.jobs import jobs
from toolweave.runs.repertoire import Repertoire

PLAN = "customer_support_case"  # asks twelve times
CALLS = 12
DIALOGUES = 12
Captured = pytest.CaptureFixture[str]


class Recorder:
    """The offline generator, keeping its answers by what a server would be asked."""

    name = "offline"

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers, self.offline = answers, OfflineGenerator()

    async def generate(self, task: Task[C, R]) -> R:
        answer = self.offline.answer(task)
        self.answers[task.render(task.context).user] = answer.model_dump_json()
        return answer


class Server:
    """A model server on loopback, in a thread of its own; fails with a seeded share of calls."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers, self.asked, self.failing = answers, 0, 0.0
        self.draw = random.Random(3)
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Server":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", 0).start())
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        asked = await request.json()
        good = self.answers[asked["messages"][1]["content"].partition("\n\nThat answer")[0]]
        if self.draw.random() < self.failing:
            return await self._fail(request, good)
        return said(good)

    async def _fail(self, request: web.Request, good: str) -> web.StreamResponse:
        way = self.draw.randrange(9)
        if way == 0 and request.transport is not None:
            request.transport.abort()
        elif way == 1:
            await asyncio.sleep(3)
        elif way == 2:
            return web.json_response({"error": {"message": "slow down"}}, status=429)
        elif way in (3, 4):
            return web.json_response({"error": {"message": "no"}}, status=(500, 503)[way - 3])
        bad = {5: good[: len(good) // 2], 6: "", 7: "Sure! {name: 'x", 8: '{"title": "other"}'}
        return said(bad.get(way, ""), "length" if way == 5 else "stop")


def said(content: str, finish: str = "stop") -> web.Response:
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "finish_reason": finish, "message": message}
    usage = {"prompt_tokens": 500, "completion_tokens": 50}
    return web.json_response({"choices": [choice], "usage": usage})


def settings(url: str = "", **more: Any) -> dict[str, Any]:
    model = {"name": "m", "base_url": url, "prices": {"prompt": 1.0, "completion": 2.0}}
    return {"version": 1, "name": "asked", "plans": [PLAN], "repeats": DIALOGUES,
            "model": model, "concurrency": 4, **more}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    answers: dict[str, str] = {}
    config = read_run(settings())
    for job in jobs(config, Repertoire(config.plans, Path())):
        walk(set_scene(prepare(PLAN), job.data["seed"], Recorder(answers)))
    with Server(answers) as running:
        yield running


@pytest.fixture(autouse=True)
def _as_it_was(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.asked, server.failing = 0, 0.0
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def usage(folder: Path) -> dict[str, float]:
    """The totals of a run's usage records."""
    totals: dict[str, float] = {}
    for line in (folder / "usage.jsonl").read_text().splitlines():
        for spent in json.loads(line).values():
            for name, number in spent.items() if isinstance(spent, dict) else ():
                totals[name] = totals.get(name, 0) + number
    return totals


def test_a_budget_of_calls_is_kept_exactly_and_the_rest_resumes(
    server: Server, tmp_path: Path
) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    batch(settings(server.url), whole)
    assert server.asked == CALLS * DIALOGUES
    server.asked = 0
    with pytest.raises(BudgetError, match=r"budget is spent; \d+ dialogues.*--resume"):
        batch(settings(server.url), parts, max_calls=100)
    assert server.asked == usage(parts)["calls"] == 100
    assert (parts / "failures.jsonl").read_bytes() == b""
    batch(settings(server.url), parts, resume=True)
    # What was paid for before the budget was spent is not paid for again.
    assert server.asked == CALLS * DIALOGUES
    names = ("dialogues.jsonl", "failures.jsonl")
    assert [(whole / n).read_bytes() for n in names] == [(parts / n).read_bytes() for n in names]


def test_a_budget_of_money_is_never_passed(server: Server, tmp_path: Path) -> None:
    with pytest.raises(BudgetError):
        batch(settings(server.url), tmp_path / "r", max_cost=0.06)
    spent = usage(tmp_path / "r")
    assert spent["cost"] == pytest.approx(server.asked * 600 / 1e6)
    assert 0.03 < spent["cost"] <= 0.06


def test_the_same_run_again_makes_no_call(server: Server, tmp_path: Path) -> None:
    cache = str(tmp_path / "answers.sqlite")
    batch(settings(server.url), tmp_path / "one", cache=cache)
    server.asked = 0
    batch(settings(server.url), tmp_path / "two", cache=cache)
    assert server.asked == 0
    one, two = ((tmp_path / name / "dialogues.jsonl").read_bytes() for name in ("one", "two"))
    assert one == two


def test_a_server_that_fails_a_third_of_calls_costs_little(server: Server, tmp_path: Path) -> None:
    server.failing = 0.3
    given = settings(server.url)
    given["model"] |= {"timeout": 2, "max_retries": 4}
    tally = batch(given, tmp_path / "r")
    assert tally.left == 0
    assert tally.dialogues + tally.failures == DIALOGUES
    assert tally.failures <= 0.35 * DIALOGUES
    spent = usage(tmp_path / "r")
    assert spent["calls"] == server.asked == tally.spent["calls"]
    assert server.asked <= 1.6 * CALLS * DIALOGUES
    for line in (tmp_path / "r" / "failures.jsonl").read_text().splitlines():
        assert json.loads(line)["kind"] == "GenerationError"


def test_the_command_estimates_stops_and_says_so(
    server: Server, tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "run.yaml"
    file.write_text(json.dumps(settings(server.url)))
    assert command(["batch", str(file), "--dry-run"]) == 0
    assert "about 144 calls" in capsys.readouterr().err
    assert server.asked == 0
    given = ["batch", str(file), "--out", str(tmp_path / "r"), "--max-calls", "30"]
    assert command(given) == 1
    assert "the budget is spent" in capsys.readouterr().err
    assert command([*given[:-2], "--resume"]) == 0
    shown = capsys.readouterr().out
    assert "tool_result: " in shown
    assert "cost 0." in shown


def test_money_without_prices_is_refused_before_anything_is_asked(
    server: Server, tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "run.yaml"
    given = settings(server.url)
    del given["model"]["prices"]
    file.write_text(json.dumps(given))
    assert command(["batch", str(file), "--out", str(tmp_path / "r"), "--max-cost", "1"]) == 2
    assert "model.prices" in capsys.readouterr().err
    assert server.asked == 0


def test_worker_processes_share_one_budget_and_one_cache(server: Server, tmp_path: Path) -> None:
    given = settings(server.url)
    names, parts = ("dialogues.jsonl", "failures.jsonl"), tmp_path / "parts"
    with pytest.raises(BudgetError, match=r"budget is spent; \d+ dialogues.*--resume"):
        batch(given, parts, max_calls=100, executor="processes", workers=2)
    assert server.asked == usage(parts)["calls"] == 100
    batch(given, parts, resume=True, executor="processes", workers=2)
    assert server.asked == CALLS * DIALOGUES
    cache = str(parts / "answers.sqlite")
    batch(given, tmp_path / "again", executor="local", cache=cache)
    assert server.asked == CALLS * DIALOGUES
    for name in names:
        assert (parts / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
