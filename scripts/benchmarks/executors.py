"""What a second core brings: one process beside two worker processes, their start included."""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from scripts.benchmarks.timing import Row
from toolweave.configs.run import Executors, RunConfig
from toolweave.runs.batch import batch

PLAN: Final = "online_banking_card_fraud"
DIALOGUES: Final = 2000
LEAST_TIMES_ONE: Final = 1.8
_MOST_TIMES: Final = 3
TITLE: Final = f"{DIALOGUES} offline dialogues of {PLAN}, one core beside two"


class Taken(NamedTuple):
    """Seconds of a run on the wall clock, and CPU seconds of all its processes."""

    wall: float
    cpu: float


def rows(given: argparse.Namespace) -> Iterator[Row]:
    """Wall time of both, taking turns, and the CPU that the second core costs."""
    config = RunConfig(version=1, name="executors", plans=(PLAN,), repeats=DIALOGUES)
    ways: dict[str, tuple[Executors, int | None]] = {
        "one": ("local", None), "two": ("processes", 2),
    }  # fmt: skip
    taken: dict[str, list[Taken]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(min(_MOST_TIMES, given.times)):
            for name, (executor, workers) in ways.items():
                made = Path(folder) / f"{name}{turn}"
                work = _work(config, made, executor, workers)
                taken[name].append(_timed(work))
        records = [(Path(folder) / f"{name}0" / "dialogues.jsonl").read_bytes() for name in ways]
    assert records[0] == records[1], "both leave the same bytes"
    one, two = (statistics.median(run.wall for run in taken[name]) for name in ways)
    cpu = [statistics.median(run.cpu for run in taken[name]) for name in ways]
    yield Row(f"one process: {DIALOGUES / one:.0f} dialogues/s", one, 1.0, "x")
    yield Row(
        f"two workers: {DIALOGUES / two:.0f} dialogues/s, {one / two:.2f} times as fast",
        two, two / one, "x", round(1 / LEAST_TIMES_ONE, 3),
    )  # fmt: skip
    yield Row("CPU of two workers, beside one process", cpu[1], cpu[1] / cpu[0], "x")


def _work(
    config: RunConfig, out: Path, executor: Executors, workers: int | None
) -> Callable[[], object]:
    return lambda: batch(config, out, executor=executor, workers=workers)


def _timed(work: Callable[[], object]) -> Taken:
    wall, before = time.perf_counter(), _cpu()
    work()
    return Taken(time.perf_counter() - wall, _cpu() - before)


def _cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    return sum(os.times()[:4])
