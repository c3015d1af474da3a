"""CPU per model call: a bare client, and the seam with its client, against a local server."""

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Final

import aiohttp
import orjson

from scripts.benchmarks.recording import Answered, recorded
from scripts.benchmarks.timing import Row, table
from toolweave.graph.preparing import prepare
from toolweave.llm.chat import ChatGenerator
from toolweave.llm.demand import demand_of
from toolweave.llm.task import Task

PLAN: Final = "online_banking_card_fraud"
MOST_MS: Final = 3.0
_SEEDS: Final = 4
_SERVER: Final = Path(__file__).with_name("answering.py")

Asked = Task[Any, Any]
Ask = Callable[[Asked], Awaitable[object]]


def main(arguments: list[str]) -> int:
    """Print the table: 0 when the target is met, 1 when not."""
    parser = argparse.ArgumentParser(prog="benchmark.py seam", description=__doc__)
    parser.add_argument("--plan", default=PLAN, help="a plan's file or shipped name")
    parser.add_argument("--rounds", type=int, default=7, help="times that every task is asked")
    parser.add_argument("--concurrency", type=int, default=16, help="calls in flight")
    given = parser.parse_args(arguments)
    kept = list(chain.from_iterable(recorded(prepare(given.plan), _SEEDS).values()))
    with serving(kept) as url:
        rows = asyncio.run(measured(url, [task for task, _ in kept], given))
    print(table(f"{len(kept)} model calls of {_SEEDS} dialogues, server in its own process", rows))
    return 0 if all(row.met for row in rows) else 1


async def measured(url: str, tasks: Sequence[Asked], given: argparse.Namespace) -> list[Row]:
    """The rows of the table; every way to ask takes its turn in every round."""
    taken: dict[str, list[float]] = {}
    free = [unchecked(task) for task in tasks]
    async with asking(url, given.concurrency) as ways:
        for _ in range(given.rounds + 1):
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


@contextmanager
def serving(kept: Sequence[Answered]) -> Iterator[str]:
    """The base URL of a server in its own process, which gives the recorded answers."""
    answers = {task.render(task.context).user: answer.model_dump_json() for task, answer in kept}
    with subprocess.Popen(
        [sys.executable, str(_SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(orjson.dumps(answers))
            process.stdin.close()
            yield process.stdout.readline().decode().strip()
        finally:
            process.terminate()
