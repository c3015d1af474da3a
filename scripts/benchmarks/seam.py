"""CPU per model call: a bare client, and the seam with its client, against a local server."""

import argparse
import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import chain
from typing import Any, Final

import aiohttp
import orjson

from scripts.benchmarks.bare_clients import bare_client, loop_over, request_of
from scripts.benchmarks.recording import Answered, recorded
from scripts.benchmarks.serving import serving
from scripts.benchmarks.timing import Row, table
from toolweave.graph.preparing import prepare
from toolweave.llm.chat import ChatGenerator
from toolweave.llm.demand import demand_of
from toolweave.llm.task import Task

PLAN: Final = "online_banking_card_fraud"
MOST_MS: Final = 3.0
IN_FLIGHT: Final = 16
TITLE: Final = "CPU per model call, client and seam, server in its own process"
_SEEDS: Final = 4

Asked = Task[Any, Any]
Ask = Callable[[Asked], Awaitable[object]]


def main(arguments: list[str]) -> int:
    """Print the table: 0 when the target is met, 1 when not."""
    parser = argparse.ArgumentParser(prog="benchmark.py seam", description=__doc__)
    parser.add_argument("--times", type=int, default=7, help="times that every task is asked")
    made = rows(parser.parse_args(arguments))
    print(table(TITLE, made))
    return 0 if all(row.met for row in made) else 1


def rows(given: argparse.Namespace) -> list[Row]:
    """CPU of every way to ask."""
    kept = list(chain.from_iterable(recorded(prepare(PLAN), _SEEDS).values()))
    with serving(kept) as server:
        return asyncio.run(measured(server.url, kept, given.times))


async def measured(url: str, kept: Sequence[Answered], times: int) -> list[Row]:
    """The rows of the table; every way to ask takes its turn in every round."""
    taken: dict[str, list[float]] = {}
    tasks = [task for task, _ in kept]
    free = [unchecked(task) for task in tasks]
    requests = [request_of(one) for one in kept]
    async with asking(url, IN_FLIGHT) as ways, bare_client(url) as bare:
        for _ in range(times + 1):
            start = time.process_time()
            await loop_over([[request] for request in requests], bare, IN_FLIGHT)
            spent = (time.process_time() - start) / len(requests)
            taken.setdefault("bare openai client, requests at hand", []).append(spent)
            for name, ask in ways.items():
                taken.setdefault(name, []).append(await _round(ask, free))
            whole = await _round(ways["seam and client"], tasks)
            taken.setdefault("with the agents' acceptance checks", []).append(whole)
    # The first round pays for connections and caches.
    costs = {name: statistics.median(times[1:]) for name, times in taken.items()}
    target = {"seam and client": MOST_MS}
    return [Row(name, cost, 1000 * cost, "ms", target.get(name)) for name, cost in costs.items()]


@asynccontextmanager
async def asking(url: str, concurrency: int) -> AsyncIterator[dict[str, Ask]]:
    """The ways to ask, by name."""
    async with (
        aiohttp.ClientSession() as session,
        ChatGenerator("measured", base_url=url, concurrency=concurrency) as generator,
    ):
        doors = asyncio.Semaphore(concurrency)

        async def bare(task: Asked) -> object:
            prompt = task.render(task.context)
            messages = [
                {"role": "system", "content": prompt.system},
                {"role": "user", "content": prompt.user},
            ]
            demand = demand_of(task).schema
            body = {"model": "measured", "messages": messages, "response_format": demand}
            async with (
                doors,
                session.post(f"{url}/chat/completions", data=orjson.dumps(body)) as reply,
            ):
                return orjson.loads(await reply.read())

        yield {"prompt, schema and bare aiohttp": bare, "seam and client": generator.generate}


async def _round(ask: Ask, tasks: Sequence[Asked]) -> float:
    """Mean CPU seconds of this process for one call."""
    start = time.process_time()
    await asyncio.gather(*(ask(task) for task in tasks))
    return (time.process_time() - start) / len(tasks)


def unchecked(task: Asked) -> Asked:
    """The same task, taking any answer that validates."""
    return Task(task.name, task.context, task.result, task.render, _taken, task.key, task.schema)


def _taken(answer: Any) -> Any:
    return answer
