"""Refining: copies a second beside the dialogues a second of a batch, and memory over many."""

import argparse
import multiprocessing
import os
import resource
import statistics
import tempfile
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import orjson

from toolweave.configs.pipeline import load_pipeline
from toolweave.configs.refining import FailureSettings, RefineConfig
from toolweave.configs.run import Executors, RunConfig
from toolweave.runs.batch import batch
from toolweave.runs.folder import DIALOGUES
from toolweave.runs.pipeline import generate
from toolweave.runs.pipeline_folder import PLANS
from toolweave.runs.refining import refine

LEAST_RATIO: Final = 0.8
# What thousands of ids more may cost, and no more than that.
MOST_GROWTH: Final = 1.1
_FEW: Final = 2_000
_RARELY: Final = 0.02


def main(arguments: list[str]) -> int:
    """Print rates and memory: 0 when the targets are met, 1 when not."""
    parser = argparse.ArgumentParser(prog="benchmark.py refine", description=__doc__)
    parser.add_argument("--plans", type=int, default=200)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--dialogues", type=int, default=20_000)
    parser.add_argument("--executor", choices=("local", "processes"), default="local")
    given = parser.parse_args(arguments)
    executor: Executors = given.executor
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        config, base = load_pipeline("smoke")
        plans = config.plans.model_copy(update={"count": given.plans})
        generate(config.model_copy(update={"plans": plans}), base, folder / "run")
        fast = _fast(folder, given.turns, executor)
        return 0 if _flat(folder, given.dialogues, executor) and fast else 1


def _fast(folder: Path, turns: int, executor: Executors) -> bool:
    """Batch and refinement in turns by the same executor, every dialogue with a copy.

    What is compared are the medians of their rates.
    """
    run = RunConfig(
        version=1,
        name="same",
        plans=(PLANS,),
        seed=7,
        executor=executor,
        workers=_workers(executor),
    )
    rates: dict[str, list[float]] = {"batch": [], "refine": []}
    for turn in range(turns + 1):
        made = _rate(lambda: batch(run, folder / f"b{turn}", base=folder / "run").dialogues)  # noqa: B023
        copied = _rate(
            lambda: refine(_config(1.0, executor), folder / "run", folder / f"r{turn}").copies  # noqa: B023
        )
        # The first turn fills what is worked out once.
        if turn:
            rates["batch"].append(made)
            rates["refine"].append(copied)
    batched, refined = (statistics.median(rates[name]) for name in ("batch", "refine"))
    ratio = refined / batched
    told = f"batch: {batched:.1f} dialogues, refine: {refined:.1f} copies"
    print(f"{told} in a CPU second of all processes, executor {executor}")
    print(f"ratio: {ratio:.2f}, target >= {LEAST_RATIO}")
    return ratio >= LEAST_RATIO


def _rate(work: Callable[[], int]) -> float:
    # Nothing waits offline, and CPU time does not mind what else the machine does.
    started = _cpu()
    count = work()
    return count / (_cpu() - started)


def _cpu() -> float:
    """CPU seconds of this process and of its workers that have ended."""
    return sum(os.times()[:4])


def _config(probability: float, executor: Executors) -> RefineConfig:
    failures = FailureSettings(probability=probability, embedder="lexical")
    return RefineConfig(
        version=1, kind="refine", name="measured", seed=7, failures=failures,
        executor=executor, workers=_workers(executor),
    )  # fmt: skip


def _workers(executor: Executors) -> int | None:
    return 2 if executor == "processes" else None


def _flat(folder: Path, count: int, executor: Executors) -> bool:
    """The most memory that few and many dialogues take, each in a process of its own."""
    few, many = (_apart(_repeated(folder, number), folder, executor) for number in (_FEW, count))
    print(f"memory: {few} MB for {_FEW} dialogues, {many} MB for {count}")
    return many <= few * MOST_GROWTH


def _repeated(folder: Path, count: int) -> Path:
    """A file of real dialogues over and over, each with an id of its own."""
    lines = (folder / "run" / DIALOGUES).read_bytes().splitlines()
    records = [orjson.loads(line) for line in lines]
    file = folder / f"{count}.jsonl"
    with file.open("wb") as out:
        for number, record in enumerate(islice(cycle(records), count)):
            out.write(orjson.dumps({**record, "id": f"{record['id']}-{number}"}) + b"\n")
    return file


def _apart(file: Path, folder: Path, executor: Executors) -> int:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_refined, (str(file), str(folder / f"of-{file.stem}"), executor))


def _refined(file: str, out: str, executor: Executors) -> int:
    """Megabytes of the largest process that it took."""
    refine(_config(_RARELY, executor), Path(file), Path(out))
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) // 1024
