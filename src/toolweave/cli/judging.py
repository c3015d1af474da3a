"""Carrying out ``toolweave judge``: ask, keep the verdicts, show what they amount to."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from toolweave.cli.grids import show
from toolweave.cli.inputs import dialogue_file, named_tools, read_twice
from toolweave.cli.streams import (
    INTERRUPTED,
    STDOUT,
    complain,
    complain_of_unreadable,
    counted,
    note,
    writable,
)
from toolweave.configs.run import ModelSettings
from toolweave.core.errors import InputError
from toolweave.core.verdict import DIMENSIONS
from toolweave.evaluation.judge_figures import JudgeFigures, JudgeRow, judge_figures
from toolweave.evaluation.judging import Judging, Wanted, judge
from toolweave.evaluation.published import TABLE_4
from toolweave.evaluation.verdict_file import VerdictFile
from toolweave.llm.generator import Generator
from toolweave.reporting.grid import Grid, percent
from toolweave.runs.generators import make_generator
from toolweave.runs.opened import verdicts_beside
from toolweave.schema.types import json_bytes

_EVERY: Final = 5.0


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    file: str
    model: str
    base_url: str = ""
    sample: int = 200
    passes: int = 1
    seed: int = 0
    out: str = ""
    resume: bool = False
    tools: str | None = None
    concurrency: int = 16
    timeout: float = 120.0


def run(order: Order, *, as_json: bool) -> int:
    """Judge the file; the exit code is 1 when a dialogue could not be read or got no verdict.

    Raises:
        InputError: no model is named, or the dialogues or the file of verdicts cannot be used.
        RunFolderError: another process writes the verdicts, or the disk is full.
        ServerError: the model server cannot be reached.
    """
    if not order.model or order.model == "offline":
        raise InputError(
            "judging needs a model, and there is none offline",
            mend="name one with --model, and your own server with --base-url",
        )
    path = dialogue_file(order.file)
    out = order.out or _beside(path)
    writable(out)
    toolset = named_tools(order.tools)
    wanted = Wanted(
        sample=order.sample,
        passes=order.passes,
        seed=order.seed,
        concurrency=order.concurrency,
        tools=toolset.tools if toolset else (),
    )
    generator = _generator(order)
    with VerdictFile(out, resume=order.resume) as file, read_twice(path) as kept:
        try:
            standing = asyncio.run(judge(kept, generator, file, wanted, _Told()))
        except KeyboardInterrupt:
            note(f"interrupted; {out} keeps what was given: go on with --resume")
            return INTERRUPTED
        figures = judge_figures(_name(path), file.finish())
    if not standing.total:
        raise InputError("there are no dialogues", file=order.file, mend="name another file")
    _show(figures, as_json=as_json)
    _complain_of(standing, order.file)
    note(f"{counted(standing.given, 'new verdict')}, {standing.before} from before, in {out}")
    return 1 if standing.refused or standing.left_out else 0


def _generator(order: Order) -> Generator:
    settings = ModelSettings(
        name=order.model, base_url=order.base_url, temperature=0.0, timeout=order.timeout
    )
    return make_generator(settings, order.concurrency)


def _beside(path: str) -> str:
    if path == STDOUT:
        raise InputError("nowhere to put the verdicts", file=STDOUT, mend="name a file with --out")
    return str(verdicts_beside(path))


def _name(path: str) -> str:
    if path == STDOUT:
        return "standard input"
    file = Path(path)
    return (file.resolve().parent.name if file.name == "dialogues.jsonl" else "") or file.name


class _Told:
    """A line every few seconds."""

    def __init__(self) -> None:
        self.started = self.told = time.monotonic()

    def __call__(self, standing: Judging) -> None:
        now = time.monotonic()
        if now - self.told < _EVERY:
            return
        self.told = now
        rate = standing.given / (now - self.started)
        left = f", {standing.left / rate:.0f} s left" if rate else ""
        done = standing.before + standing.given
        note(f"{done} of {standing.total} verdicts, {len(standing.refused)} refused{left}")


def _complain_of(standing: Judging, name: str) -> None:
    complain_of_unreadable(standing.unreadable, standing.left_out, name)
    for reason in standing.refused:
        complain(f"no verdict on {reason}")


def _show(figures: JudgeFigures | None, *, as_json: bool) -> None:
    if as_json:
        whole: dict[str, Any] = {} if figures is None else figures.dump()
        whole["paper"] = {"table_4": [row.dump() for row in TABLE_4]}
        print(json_bytes(whole, indent=True).decode())
    elif figures is not None:
        show(_grids(figures))


def _grids(figures: JudgeFigures) -> Iterator[Grid]:
    head = ("", "dialogues", *DIMENSIONS)
    rows = [(*_means(figures.row, str(figures.dialogues)),)]
    rows += [_means(row, "200") for row in TABLE_4]
    yield Grid(f"Marks from 1 to 5 by {', '.join(figures.judges)}", head, rows)
    given = [(mark.dimension, *map(str, mark.given), f"{mark.mean:.2f}") for mark in figures.marks]
    yield Grid("How often each mark was given", ("", "1", "2", "3", "4", "5", "mean"), given)
    if len(figures.domains) > 1:
        domains = [_means(held.row, str(held.dialogues)) for held in figures.domains]
        yield Grid("Domains", head, domains)
    if figures.agreement:
        agreed = [
            (
                one.dimension, str(one.pairs), percent(one.exact), percent(one.within_one),
                "all the same" if one.kappa is None else f"{one.kappa:.2f}",
            )
            for one in figures.agreement
        ]  # fmt: skip
        yield Grid(
            "Agreement of passes", ("", "pairs", "exact", "within one", "weighted kappa"), agreed
        )
    share = percent(figures.faulty_turns / figures.turns) if figures.turns else ""
    faulty = [(str(figures.turns), str(figures.faulty_turns), share)]
    yield Grid("Turns", ("all", "not to be learnt from", "share"), faulty, words=0)


def _means(row: JudgeRow, count: str) -> tuple[str, ...]:
    marks = (row.naturalness, row.coherence, row.helpfulness, row.accuracy)
    return (row.name, count, *(f"{mark:.2f}" for mark in marks))
