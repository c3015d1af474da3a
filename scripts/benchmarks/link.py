"""Linking many tools: time and memory from 1,000 to 10,000 tools, and what the index misses."""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

import numpy as np

from scripts.benchmarks.copies import copies
from toolweave.core.tool import Toolset
from toolweave.llm.embedding import CachedEmbedder, make_embedder
from toolweave.toolgraph.linking.candidates import candidates
from toolweave.toolgraph.linking.comparison import Comparison
from toolweave.toolgraph.linking.links import LIMIT, THRESHOLD, link_tools
from toolweave.toolgraph.linking.scoring import scores

MOST_SECONDS: Final = 60.0
MOST_GIGABYTES: Final = 2.0
LEAST_RECALL: Final = 0.98
MOST_SECONDS_OF_100: Final = 1.0
# Ten times the tools may take a little more than ten times as long.
MOST_GROWTH: Final = 15.0
_DEPTH: Final = 10
_CHUNK: Final = 1 << 19
T = TypeVar("T")


class Run(NamedTuple):
    """One linking: its size, its time after embedding, and the time of embedding alone."""

    tools: int
    seconds: float
    embedding: float
    links: int
    parameters: int
    cut: int
    gigabytes: float


def main(arguments: list[str]) -> int:
    """Print the table: 0 when the targets are met, 1 when not."""
    parser = argparse.ArgumentParser(prog="benchmark.py link", description=__doc__)
    parser.add_argument("--embedder", default="lexical", help="lexical, minilm or a folder")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--recall-tools", type=int, default=1000, help="0: leave this part out")
    given = parser.parse_args(arguments)
    runs = [measured(copies(size), given.embedder) for size in given.sizes]
    for run in runs:
        print(
            f"{run.tools:6} tools: {run.seconds:6.2f} s after {run.embedding:.2f} s of embedding, "
            f"{run.links} links, {run.cut} of {run.parameters} parameters cut to {LIMIT} sources, "
            f"peak {run.gigabytes:.2f} GB"
        )
    met = [_met(run) for run in runs]
    if len(runs) > 1:
        first, last = runs[-2], runs[-1]
        growth, size = last.seconds / first.seconds, last.tools / first.tools
        print(f"{size:.0f} times the tools took {growth:.1f} times as long")
        met.append(growth <= MOST_GROWTH * size / 10)
    if given.recall_tools:
        met.append(recall(copies(given.recall_tools), given.embedder) >= LEAST_RECALL)
    print("all targets met" if all(met) else "a target was MISSED")
    return 0 if all(met) else 1


def measured(toolset: Toolset, choice: str) -> Run:
    """One linking; the vectors are made beforehand and timed apart."""
    embedder = CachedEmbedder(make_embedder(choice))
    _, embedding = (
        _timed(lambda: Comparison(toolset.tools, embedder)) if embedder.semantic else (0, 0.0)
    )
    linked, seconds = _timed(lambda: link_tools(toolset, embedder))
    figures = linked.graph.figures
    assert figures is not None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scale = 1 << 30 if sys.platform == "darwin" else 1 << 20
    return Run(
        len(toolset.tools), seconds, embedding, figures.accepted, figures.inputs,
        figures.inputs_cut, peak / scale,
    )  # fmt: skip


def recall(toolset: Toolset, choice: str) -> float:
    """The share of each parameter's best sources that the index finds, two ways.

    The best ten of every parameter by exhaustive scoring, whatever their score, and those of them
    that would be links.
    """
    compared = Comparison(toolset.tools, make_embedder(choice))
    found = candidates(compared)
    total = len(compared.outputs)
    held = set((found.parameters * total + found.outputs).tolist())
    best, good = best_of_all(compared)
    among_best = sum(key in held for key in best) / max(1, len(best))
    among_links = sum(key in held for key in good) / max(1, len(good))
    print(
        f"{len(toolset.tools):6} tools: of {len(good)} links among the best {_DEPTH} sources the "
        f"index finds {among_links:.4f}; of all {len(best)} best sources {among_best:.4f}; "
        f"it looks at {len(found) / max(1, len(compared.parameters)):.0f} sources a parameter "
        f"of {total}"
    )
    return among_links


def best_of_all(compared: Comparison) -> tuple[list[int], list[int]]:
    """The keys of every parameter's best sources, and of those that reach the threshold."""
    total = len(compared.outputs)
    outputs = np.arange(total, dtype=np.int64)
    best: list[int] = []
    good: list[int] = []
    for parameter in range(len(compared.parameters)):
        parameters = np.full(total, parameter, np.int64)
        values = scores(compared, outputs, parameters)
        order = np.lexsort((outputs, -values))[:_DEPTH]
        order = order[values[order] > 0]
        best += (parameter * total + order).tolist()
        good += (parameter * total + order[values[order] >= THRESHOLD]).tolist()
    return best, good


def _met(run: Run) -> bool:
    if run.tools <= 100:
        return run.seconds <= MOST_SECONDS_OF_100
    return run.seconds <= MOST_SECONDS and run.gigabytes <= MOST_GIGABYTES


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    done = work()
    return done, time.perf_counter() - start
