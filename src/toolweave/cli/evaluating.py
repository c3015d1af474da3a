"""Carrying out ``toolweave evaluate``: converse, keep the trials, show what they amount to."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolweave.agents.stage import Stage
from toolweave.cli.grids import show
from toolweave.cli.inputs import named_tools, plan_source
from toolweave.cli.streams import INTERRUPTED, STDOUT, complain, counted, note, writable
from toolweave.configs.run import ModelSettings
from toolweave.core.errors import InputError
from toolweave.core.score import Trial
from toolweave.core.tool import Toolset
from toolweave.evaluation.trial_figures import SLIPS, TrialFigures, trial_figures
from toolweave.evaluation.verdict_file import TrialFile
from toolweave.graph.conversing import Bounds
from toolweave.graph.preparing import prepare
from toolweave.llm.assistant import ChatAssistant
from toolweave.llm.generator import Generator
from toolweave.planners.reading import load_plans
from toolweave.reporting.grid import Grid, percent
from toolweave.runs.evaluating import Wanted, evaluate
from toolweave.runs.generators import make_generator
from toolweave.schema.types import json_bytes


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    plans: str
    assistant: str
    assistant_model: str = "assistant"
    trials: int = 1
    key_env: str = ""
    seed: int = 0
    tools: str | None = None
    model: str = "offline"
    base_url: str = ""
    turns: int = 30
    rounds: int = 12
    out: str = "trials.jsonl"
    resume: bool = False
    concurrency: int = 4
    timeout: float = 60.0
    retries: int = 4
    max_tokens: int = 0


def run(order: Order, *, as_json: bool) -> int:
    """Carry out the trials; the exit code is 1 when one did not pass or got no verdict.

    Raises:
        InputError: plans, key, address or the file cannot be used.
        RunFolderError: another process writes the file, or the disk is full.
        ServerError: the assistant cannot be reached.
    """
    if order.out == STDOUT:
        raise InputError("trials need a file", mend="name one with --out")
    writable(order.out)
    stages = _stages(order.plans, named_tools(order.tools))
    key = _key(order.key_env)
    settings = ModelSettings(name=order.model, base_url=order.base_url, timeout=order.timeout)
    generator = make_generator(settings, order.concurrency)
    with TrialFile(order.out, resume=order.resume) as file:
        try:
            trials = asyncio.run(_evaluated(order, key, stages, generator, file))
        except KeyboardInterrupt:
            note(f"interrupted; {order.out} keeps what is over: go on with --resume")
            return INTERRUPTED
        file.finish()
    figures = trial_figures(trials)
    if as_json:
        print(json_bytes(figures.dump(), indent=True).decode())
    else:
        show(_grids(figures))
    for one in trials:
        if one.outcome == "failed":
            complain(f"no verdict on {one.plan}, trial {one.trial}: {one.problem}")
    note(f"{counted(figures.trials, 'trial')} in {order.out}")
    return 0 if figures.passed == figures.trials else 1


async def _evaluated(
    order: Order, key: str | None, stages: Sequence[Stage], generator: Generator, file: TrialFile
) -> list[Trial]:
    assistant = ChatAssistant(
        order.assistant_model, base_url=order.assistant, api_key=key, timeout=order.timeout,
        max_retries=order.retries, max_tokens=order.max_tokens or None,
    )  # fmt: skip
    wanted = Wanted(
        trials=order.trials, seed=order.seed, bounds=Bounds(order.turns, order.rounds),
        concurrency=order.concurrency, server=order.assistant,
    )  # fmt: skip
    try:
        return await evaluate(stages, assistant, generator, file, wanted, _tell)
    finally:
        await assistant.aclose()
        close = getattr(generator, "aclose", None)
        if close is not None:
            await close()


def _tell(one: Trial) -> None:
    verdict = "no verdict" if one.score is None else "passed" if one.score.passed else "not passed"
    turns, calls = counted(one.turns, "turn"), counted(one.calls, "call")
    note(f"{one.plan}, trial {one.trial}: {verdict} ({one.outcome}; {turns}, {calls})")


def _stages(plans: str, toolset: Toolset | None) -> list[Stage]:
    files = [plan_source(plans)]
    if files[0] != STDOUT and Path(files[0]).is_dir():
        kinds = (".yaml", ".yml", ".json", ".jsonl")
        files = [str(one) for one in sorted(Path(files[0]).iterdir()) if one.suffix in kinds]
    stages = [
        prepare(one.plan, one.toolset, file=file)
        for file in files
        for one in load_plans(file, toolset)
    ]
    if not stages:
        raise InputError("there are no plans", file=plans, mend="name another file")
    names = [stage.plan.id for stage in stages]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"two plans are called {twice!r}", file=plans, mend="rename one")
    return stages


def _key(variable: str) -> str | None:
    if not variable:
        return None
    key = os.environ.get(variable, "").strip()
    if not key:
        raise InputError(f"the variable {variable!r} holds no key", mend="set it, or leave it out")
    return key


def _grids(figures: TrialFigures) -> Iterator[Grid]:
    head = ("", "trials", "judged", *(f"pass^{k}" for k in range(1, len(figures.pass_k) + 1)))
    shares = [percent(share) for share in figures.pass_k]
    name = figures.assistant
    yield Grid("Assistant", head, [(name, str(figures.trials), str(figures.judged), *shares)])
    rows = [
        (
            row.plan, f"{row.passed}/{row.judged}", f"{row.value:.2f}", f"{row.turns:.1f}",
            f"{row.calls:.1f}",
        )
        for row in figures.plans
    ]  # fmt: skip
    yield Grid("Plans", ("", "passed", "score", "turns", "calls"), rows)
    named = ("missing", "misplaced", "unplanned", "refused")
    counts = [(one, str(getattr(figures, one))) for one in named]
    yield Grid("Calls that were not right", ("", "calls"), counts)
    outcomes = [(key, str(value)) for key, value in figures.outcomes.items()]
    yield Grid("How conversations ended", ("", "trials"), outcomes)
    if figures.arguments:
        slips = [(row.argument, *map(str, row.counts)) for row in figures.arguments]
        yield Grid("Arguments that were not right", ("", *SLIPS), slips)
