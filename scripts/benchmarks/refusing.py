"""A server that answers 429 above some calls in flight: time against the ideal, and refusals."""

import argparse
import asyncio
from collections.abc import Iterator
from itertools import chain, cycle, islice
from statistics import median
from typing import Final

from scripts.benchmarks.bare_clients import request_of
from scripts.benchmarks.recording import recorded
from scripts.benchmarks.serving import serving
from scripts.benchmarks.throughput import PLAN, bare, ours
from scripts.benchmarks.timing import Row, walls
from toolweave.graph.preparing import prepare

CALLS: Final = 256
IN_FLIGHT: Final = 32
TAKEN: Final = 8
LATENCY: Final = 0.2
IDEAL: Final = CALLS / TAKEN * LATENCY
MOST_TIMES_IDEAL: Final = 1.4
MOST_REFUSED: Final = 10.0
_SEEDS: Final = 4
TITLE: Final = (
    f"{CALLS} calls, at most {TAKEN} served at a time of {IN_FLIGHT} wished, {LATENCY} s latency"
)


def rows(given: argparse.Namespace) -> Iterator[Row]:
    """Wall time against the ideal, and the share of calls that were refused."""
    kept = list(chain.from_iterable(recorded(prepare(PLAN), _SEEDS).values()))
    many = list(islice(cycle(kept), CALLS))
    requests = [[request_of(one)] for one in many]
    refused: dict[str, list[float]] = {"bare": [], "ours": []}
    with serving(kept) as server:

        def counted(name: str) -> None:
            server.behave(mean=LATENCY, most=TAKEN)
            if name == "bare":
                asyncio.run(bare(server, requests, IN_FLIGHT))
            else:
                asyncio.run(ours(server, many, IN_FLIGHT))
            count = server.behave()
            refused[name].append(100 * count.refused / count.asked)

        taken = walls(
            {"bare": lambda _: counted("bare"), "ours": lambda _: counted("ours")}, given.times
        )
    yield Row("ideal", IDEAL, 1.0, "x")
    yield Row("bare openai client", taken["bare"], taken["bare"] / IDEAL, "x")
    yield Row("  of its calls refused", taken["bare"], median(refused["bare"]), "%")
    yield Row("ours", taken["ours"], taken["ours"] / IDEAL, "x", MOST_TIMES_IDEAL)
    yield Row("  of its calls refused", taken["ours"], median(refused["ours"]), "%", MOST_REFUSED)
