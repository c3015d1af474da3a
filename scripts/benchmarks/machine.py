"""What the engine adds to LangGraph, and what a whole offline dialogue costs."""

import argparse
import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

from scripts.benchmarks import bare
from scripts.benchmarks.recording import recorded, replaying
from scripts.benchmarks.timing import Row, Stopwatch, medians
from toolweave.agents.stage import Stage
from toolweave.configs.run import RunConfig
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import ToolweaveError
from toolweave.graph.finishing import finish
from toolweave.graph.preparing import prepare
from toolweave.graph.setting import Setting, opening, set_scene
from toolweave.graph.walking import awalk, walk
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.task import C, Later, R, Task
from toolweave.runs.executors.machine import settled
from toolweave.runs.folder import DIALOGUES, RunFolder
from toolweave.runs.simulation import proven, simulate

PLAN: Final = "online_banking_card_fraud"
MOST_TIMES_BARE: Final = 1.5
MOST_MS: Final = 25.0
_SEEDS: Final = 12
_TURNS: Final = 12
TITLE: Final = f"CPU of {PLAN}, scripted without proof, then one offline dialogue whole"


def rows(given: argparse.Namespace) -> Iterator[Row]:
    """The machine's rows, then those of a whole dialogue."""
    stage = prepare(PLAN)
    yield from machine_rows(stage, _TURNS * given.times)
    with tempfile.TemporaryDirectory() as folder:
        yield from dialogue_rows(stage, _TURNS * given.times, Path(folder))


def machine_rows(stage: Stage, repeats: int) -> Iterator[Row]:
    """The engine against bare machines of the same supersteps, sync with sync, async with async."""
    kept = recorded(stage, _SEEDS)
    seeds = list(kept)
    script = replaying(chain.from_iterable(kept.values()))
    settings = [set_scene(stage, seed, script) for seed in seeds]
    plain, awaited, counter = bare.machine(), bare.waiting(), bare.counting()
    start: Any = opening(settings[0])
    least = {"acts": start["acts"], "cursor": 0}
    limit: Any = {"recursion_limit": 2 * len(stage.steps) + 5}

    def setting(turn: int) -> Setting:
        return settings[turn % _SEEDS]

    # As in a batch, and for bare machines alike.
    with asyncio.Runner() as loop, settled():
        taken = medians(
            {
                "counter": lambda _: counter.invoke(least, limit),
                "bare": lambda _: plain.invoke(start, limit),
                "engine": lambda turn: walk(setting(turn)),
                "record": lambda turn: simulate(
                    stage, seed=seeds[turn % _SEEDS], generator=script, proof=False
                ),
                "abare": lambda _: loop.run(awaited.ainvoke(start, limit)),
                "aengine": lambda turn: loop.run(awalk(setting(turn))),
            },
            repeats,
        )
    one, other = taken["bare"], taken["abare"]
    yield Row("bare machine, two channels (sync)", taken["counter"], taken["counter"] / one, "x")
    yield Row("bare machine, same channels (sync)", one, 1.0, "x")
    yield Row("engine (sync)", taken["engine"], taken["engine"] / one, "x", MOST_TIMES_BARE)
    yield Row("engine with cast and record (sync)", taken["record"], taken["record"] / one, "x")
    yield Row("bare machine, same channels (async)", other, 1.0, "x")
    yield Row("engine (async)", taken["aengine"], taken["aengine"] / other, "x", MOST_TIMES_BARE)


class Parts(NamedTuple):
    """What the parts of answering a task are called in the table."""

    context: str
    answer: str
    accept: str


_RESULT: Final = Parts("world narrowing", "sampling", "acceptance checks of results")
_WORDS: Final = Parts("contexts of wording", "wording", "acceptance checks of wording")


@dataclass
class Timing:
    """The offline generator with a stopwatch on each of its parts."""

    watch: Stopwatch
    name: str = "offline"
    offline: OfflineGenerator = field(default_factory=OfflineGenerator)

    async def generate(self, task: Task[C, R]) -> R:
        """The offline generator's answer."""
        names = _RESULT if task.name == "tool_result" else _WORDS
        seen = Task(
            task.name,
            Later(lambda: self.watch.timed(names.context, lambda: task.context)),
            task.result,
            task.render,
            lambda answer: self.watch.timed(names.accept, task.accept, answer),
            task.key,
        )
        return self.watch.timed(names.answer, self.offline.answer, seen)


def dialogue_rows(stage: Stage, repeats: int, folder: Path) -> Iterator[Row]:
    """A whole dialogue with its writing, then what its parts take on average."""
    config = RunConfig(version=1, name="benchmark", plans=(stage.plan.id,))
    with RunFolder(folder / "whole", config, resume=False) as records, settled():
        taken = medians({"whole": lambda turn: _made(stage, 10_000 + turn, records)}, repeats)
        whole = taken["whole"]
    yield Row("wording, proof and writing", whole, 1000 * whole, "ms", MOST_MS)
    parts = _parts(stage, repeats, folder)
    for name, seconds in sorted(parts.items(), key=lambda part: -part[1]):
        yield Row(f"  {name}", seconds, 100 * seconds / sum(parts.values()), "%")


def _made(stage: Stage, seed: int, records: RunFolder) -> None:
    """One dialogue made and written; one that cannot be made has cost its time all the same."""
    with suppress(ToolweaveError):
        _write(records, simulate(stage, seed=seed))


def _parts(stage: Stage, repeats: int, folder: Path) -> dict[str, float]:
    """Mean CPU seconds of each part of the offline dialogues that succeed."""
    nothing = bare.machine()
    config = RunConfig(version=1, name="benchmark", plans=(stage.plan.id,))
    limit: Any = {"recursion_limit": 2 * len(stage.steps) + 5}
    taken: Counter[str] = Counter()
    with RunFolder(folder / "parts", config, resume=False) as records:
        for seed in range(20_000, 20_000 + repeats):
            watch = Stopwatch()
            setting = watch.timed("cast", set_scene, stage, seed, Timing(watch))
            try:
                state = watch.timed("walk", walk, setting)
            except ToolweaveError:
                continue
            made = watch.timed("record building", finish, setting, state)
            judged = watch.timed("proof", proven, made)
            watch.timed("writing", _write, records, judged)
            watch.timed("LangGraph", nothing.invoke, opening(setting), limit)
            taken += Counter(_apart(watch.spent) | {"dialogues": 1})
    made_in_all = taken.pop("dialogues", 1)
    return {name: spent / made_in_all for name, spent in taken.items()}


def _apart(spent: dict[str, float]) -> dict[str, float]:
    """The same times without those of parts that were measured inside others."""
    parts = dict(spent)
    for names in (_RESULT, _WORDS):
        parts[names.answer] -= parts[names.context] + parts[names.accept]
    walked = parts.pop("walk")
    parts["agents and memory"] = walked - sum(
        parts[name] for name in ("LangGraph", *_RESULT, *_WORDS)
    )
    return parts


def _write(records: RunFolder, dialogue: Dialogue) -> None:
    records.add(DIALOGUES, dialogue.dump())
