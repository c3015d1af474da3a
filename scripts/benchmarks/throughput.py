"""Calls a second at many in flight, and what a server that refuses many at once costs."""

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from itertools import chain, cycle, islice
from typing import Any, Final

from scripts.benchmarks.bare_clients import (
    Request,
    bare_client,
    graphs_over,
    loop_over,
    request_of,
)  # fmt: skip
from scripts.benchmarks.recording import Answered, recorded
from scripts.benchmarks.seam import unchecked
from scripts.benchmarks.serving import Server, serving
from scripts.benchmarks.timing import Row, walls
from toolweave.graph.preparing import prepare
from toolweave.llm.chat import ChatGenerator

PLAN: Final = "online_banking_card_fraud"
LATENCY: Final = 0.1
IN_FLIGHT: Final = 128
CALLS: Final = 2560
_SEEDS: Final = 4
TITLE: Final = f"{CALLS} calls, {LATENCY} s latency, {IN_FLIGHT} in flight"


def rows(given: argparse.Namespace) -> Iterator[Row]:
    """Wall time of so many calls, against the bare client on one core."""
    kept = list(chain.from_iterable(recorded(prepare(PLAN), _SEEDS).values()))
    many = list(islice(cycle(kept), CALLS))
    requests = [[request_of(one)] for one in kept]
    requests = list(islice(cycle(requests), CALLS))
    with serving(kept) as server:
        server.behave(mean=LATENCY)
        taken = walls(
            {
                "bare": lambda _: asyncio.run(bare(server, requests, IN_FLIGHT)),
                "graph": lambda _: asyncio.run(graphs_over(requests, server.url, IN_FLIGHT)),
                "ours": lambda _: asyncio.run(ours(server, many, IN_FLIGHT)),
            },
            given.times,
        )
    one = taken["bare"]
    for name, label, target in (
        ("bare", "bare openai client", None),
        ("graph", "LangGraph + ChatOpenAI", None),
        ("ours", "ours, one process", 1.0),
    ):
        rate = CALLS / taken[name]
        yield Row(f"{label}: {rate:.0f} calls/s", taken[name], taken[name] / one, "x", target)


async def bare(server: Server, requests: Sequence[Sequence[Request]], in_flight: int) -> None:
    """All requests by the bare client."""
    async with bare_client(server.url) as ask:
        await loop_over(requests, ask, in_flight)


async def ours(server: Server, kept: Sequence[Answered], in_flight: int) -> None:
    """All tasks by our generator."""
    async with ChatGenerator("measured", base_url=server.url, concurrency=in_flight) as generator:
        tasks: list[Any] = [unchecked(task) for task, _ in kept]
        await asyncio.gather(*(generator.generate(task) for task in tasks))
