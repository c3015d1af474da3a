"""Dialogues of dependent calls to a slow server: how much of the time is waiting for it."""

import argparse
import asyncio
import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import yaml

from scripts.benchmarks.bare_clients import (
    Request,
    bare_client,
    graphs_over,
    loop_over,
    request_of,
)  # fmt: skip
from scripts.benchmarks.recording import Answered, Recorder
from scripts.benchmarks.serving import Server, serving
from scripts.benchmarks.timing import Row, walls
from toolweave.configs.run import RunConfig
from toolweave.configs.shipping import shipped
from toolweave.graph.preparing import prepare
from toolweave.graph.setting import set_scene
from toolweave.graph.walking import walk
from toolweave.runs.batch import batch
from toolweave.runs.jobs import jobs
from toolweave.runs.repertoire import Repertoire

PLAN: Final = "customer_support_case"  # its first segment asks six times
DIALOGUES: Final = 64
IN_FLIGHT: Final = 32
MEAN: Final = 0.5
MOST_TIMES_BARE: Final = 1.05
TITLE: Final = (
    f"{DIALOGUES} dialogues x 6 dependent calls, exponential latency mean {MEAN} s, "
    f"{IN_FLIGHT} in flight"
)


def rows(given: argparse.Namespace) -> Iterator[Row]:
    """Wall time of a whole batch of ours, of a bare loop and of bare graphs, same latencies."""
    with tempfile.TemporaryDirectory() as folder, _key_free():
        config = _config(Path(folder))
        dialogues = [*_recorded(config, Path(folder))]
        requests = [[request_of(one) for one in kept] for kept in dialogues]
        with serving([one for kept in dialogues for one in kept]) as server:
            taken = walls(
                {
                    "bare": lambda turn: asyncio.run(_bare(server, requests, turn)),
                    "graph": lambda turn: asyncio.run(_graph(server, requests, turn)),
                    "ours": lambda turn: _ours(server, config, Path(folder), turn),
                },
                given.times,
            )
    bare = taken["bare"]
    yield Row("bare asyncio loop over the openai client", bare, 1.0, "x")
    yield Row("LangGraph + ChatOpenAI", taken["graph"], taken["graph"] / bare, "x")
    ours = taken["ours"]
    yield Row(
        "toolweave batch, proof and writing included", ours, ours / bare, "x", MOST_TIMES_BARE
    )


def _config(folder: Path) -> RunConfig:
    """A run of a plan with six calls of a model."""
    stage = prepare(PLAN)
    plan = stage.plan.model_copy(update={"segments": stage.plan.segments[:1]}).dump()
    tools = shipped("tools", Path(plan["tools"]).stem)
    (folder / "plan.yaml").write_text(yaml.safe_dump({**plan, "tools": str(tools)}))
    return RunConfig(
        version=1, name="waiting", plans=("plan.yaml",), repeats=DIALOGUES, concurrency=IN_FLIGHT
    )


def _recorded(config: RunConfig, folder: Path) -> Iterator[Sequence[Answered]]:
    stage = prepare(str(folder / "plan.yaml"))
    for job in jobs(config, Repertoire(config.plans, folder)):
        recorder = Recorder()
        walk(set_scene(stage, job.data["seed"], recorder))
        yield recorder.kept


def _behave(server: Server, turn: int) -> None:
    server.behave(mean=MEAN, exponential=True, salt=turn)


async def _bare(server: Server, dialogues: Sequence[Sequence[Request]], turn: int) -> None:
    _behave(server, turn)
    async with bare_client(server.url) as ask:
        await loop_over(dialogues, ask, IN_FLIGHT)


async def _graph(server: Server, dialogues: Sequence[Sequence[Request]], turn: int) -> None:
    _behave(server, turn)
    await graphs_over(dialogues, server.url, IN_FLIGHT)


def _ours(server: Server, config: RunConfig, folder: Path, turn: int) -> None:
    _behave(server, turn)
    tally = batch(
        config, folder / f"ours{turn}", model="measured", base_url=server.url, base=folder
    )
    assert tally.dialogues == DIALOGUES, tally.reasons


@contextlib.contextmanager
def _key_free() -> Iterator[None]:
    """No server or key of the user's own is met."""
    kept = {name: os.environ.pop(name, None) for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL")}
    try:
        yield
    finally:
        os.environ.update({name: value for name, value in kept.items() if value is not None})
