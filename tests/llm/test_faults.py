"""A server that fails in every way: everything ends, nothing storms, and outages are awaited."""

import asyncio
import random
import socket
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from toolweave.core.errors import GenerationError, ServerError
from toolweave.llm.chat import ChatGenerator
from toolweave.llm.retries import Backoff
from toolweave.llm.watching import Happening

if TYPE_CHECKING:
    from tests.llm.conftest import Answer, LyingServer

CALLS = 400


def faults(server: "LyingServer") -> list["Answer"]:
    """Every way in which a call fails."""
    return [
        server.fails(429, "slow down"),
        server.fails(429, "slow down", headers={"Retry-After": "0.02"}),
        server.fails(500),
        server.fails(502),
        server.fails(503, "overloaded"),
        server.hang_up,
        server.page("<html>Bad gateway</html>"),
        server.says(server.good[:9], finish="length"),
        server.says(""),
        server.message({"role": "assistant", "content": "", "refusal": "I cannot do that."}),
        server.says("Sure! Here you are: {name: 'Ada, age"),
        server.says('{"title": "no such schema"}'),
        server.fall_asleep,
    ]


def test_a_third_of_failing_calls_ends_without_a_storm(server: "LyingServer") -> None:
    draw = random.Random(4)
    ways = faults(server)
    served: list[bool] = []

    def script(_: dict[str, Any]) -> "Answer":
        served.append(draw.random() >= 0.3)
        return server.says(server.good) if served[-1] else draw.choice(ways)

    tasks = [server.task(key=(number,)) for number in range(CALLS)]
    outcome = server.talk(
        script, *tasks, timeout=3, max_retries=4, concurrency=32, backoff=Backoff(0.01, 0.2)
    )
    good = [result for result in outcome.results if isinstance(result, server.person)]
    bad = [result for result in outcome.results if isinstance(result, GenerationError)]
    assert len(good) + len(bad) == CALLS
    assert len(bad) <= 0.05 * CALLS
    assert len(served) <= 1.6 * CALLS
    assert outcome.spent.calls == len(served)


def test_a_request_that_always_fails_on_a_server_that_works_is_its_own_failure(
    server: "LyingServer",
) -> None:
    def script(asked: dict[str, Any]) -> "Answer":
        poison = "poison" in asked["messages"][-1]["content"]
        return server.fails(502, "it died") if poison else server.says(server.good)

    async def scene() -> None:
        async with (
            server.serving(script, []) as url,
            ChatGenerator("tiny", base_url=url, max_retries=2, backoff=server.fast) as generator,
        ):

            async def others() -> None:
                for number in range(60):
                    await generator.generate(server.task(key=(number,)))

            working = asyncio.create_task(others())
            await asyncio.sleep(0.05)
            with pytest.raises(GenerationError, match=r"in spite of retries.*502: it died"):
                await generator.generate(server.task(key=("p",), user="poison"))
            await working

    asyncio.run(scene())


async def outage(
    server: "LyingServer", port: int, answer: Any, gone: float, requests: list[dict[str, Any]]
) -> None:
    """A server that answers for a while, is away for so long, and comes back."""
    async with server.serving([answer], requests, port):
        while len(requests) < 40:
            await asyncio.sleep(0.01)
    await asyncio.sleep(gone)
    async with server.serving([answer], requests, port):
        await asyncio.sleep(30)


@pytest.fixture
def port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    yield number


def through_an_outage(
    server: "LyingServer", port: int, gone: float, patience: float
) -> tuple[list[Any], list[Happening], list[dict[str, Any]]]:
    """What came of many tasks while the server was away for some time."""
    heard: list[Happening] = []
    requests: list[dict[str, Any]] = []

    async def slow(request: Any) -> Any:
        await asyncio.sleep(0.02)
        return await server.says(server.good)(request)

    async def scene() -> list[Any]:
        serving = asyncio.create_task(outage(server, port, slow, gone, requests))
        await asyncio.sleep(0.1)
        url = f"http://127.0.0.1:{port}/v1"
        async with ChatGenerator(
            "tiny", base_url=url, max_retries=2, patience=patience, watcher=heard.append,
            concurrency=8, backoff=Backoff(0.05, 0.1),
        ) as generator:  # fmt: skip
            asked = (generator.generate(server.task(key=(number,))) for number in range(400))
            results = await asyncio.gather(*asked, return_exceptions=True)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return results

    return asyncio.run(scene()), heard, requests


def test_calls_wait_for_a_server_that_went_away(server: "LyingServer", port: int) -> None:
    results, heard, requests = through_an_outage(server, port, gone=1.5, patience=30)
    assert all(isinstance(result, server.person) for result in results)
    assert [happening.kind for happening in heard] == ["paused", "resumed"]
    assert "calls wait for it for up to 30 s" in heard[0].text
    assert "back after" in heard[1].text
    assert len(requests) <= 1.1 * len(results)


def test_patience_ends(server: "LyingServer", port: int) -> None:
    started = time.monotonic()
    results, heard, _ = through_an_outage(server, port, gone=20, patience=1)
    assert time.monotonic() - started < 10
    assert {type(result) for result in results} == {server.person, ServerError}
    assert [happening.kind for happening in heard] == ["paused"]
    last = results[-1]
    assert "did not come back within 1 s" in str(last)


def test_waiting_times_are_the_same_for_the_same_task(server: "LyingServer") -> None:
    backoff = Backoff(0.5, 60.0)
    pauses = [backoff.pause(2, None, random.Random(7)) for _ in range(2)]
    assert pauses[0] == pauses[1] != backoff.pause(2, None, random.Random(8))
