"""Carrying out ``toolweave report``: what belongs to the run, the page, and where it is put."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from toolweave.cli.figuring import complain_of, reading, workers
from toolweave.cli.inputs import read_twice, tool_graph
from toolweave.cli.streams import STDOUT, note, writable, write_out
from toolweave.core.errors import InputError
from toolweave.evaluation.contamination import Benchmarks
from toolweave.evaluation.figures import Measuring
from toolweave.reporting.report import Subject, report
from toolweave.runs.opened import Opened, opened, sources_of

PAGE: Final = "report.html"


class Order(NamedTuple):
    """What was asked for on the command line."""

    run: str
    out: str | None
    dialogues: int
    tools: str | None
    verdicts: str | None
    seed: int
    proved: int
    against: Sequence[str]
    semantic: bool


def run_report(order: Order) -> int:
    """Write the page; the exit code is 1 when records could not be read.

    Raises:
        InputError: the run or a file beside it cannot be read, or the page cannot be written.
    """
    found = opened(order.run)
    out = order.out or _beside(found)
    writable(out)
    how = Measuring(
        seed=order.seed,
        proved=order.proved,
        against=Benchmarks(order.against) if order.against else None,
        semantic=order.semantic,
        workers=workers(),
        progress=reading,
    )
    subject = _subject(order, found)
    with read_twice(found.path) as kept:
        made = report(replace(subject, path=kept), how, order.dialogues)
    if not (made.figures.structure.dialogues or made.figures.left_out):
        raise InputError("there are no dialogues", file=found.path, mend="name another file")
    write_out(out, made.html)
    complain_of(made.figures)
    if out != STDOUT:
        note(f"{out}: {made.figures.structure.dialogues:,} dialogues")
    return 1 if made.figures.left_out else 0


def _beside(found: Opened) -> str:
    if found.folder is None:
        raise InputError("is no run folder", file=found.path, mend="say where with --out")
    return str(found.folder / PAGE)


def _subject(order: Order, found: Opened) -> Subject:
    graph = tool_graph(order.tools) if order.tools else None
    source = sources_of([order.run], graph)[0]
    name = source.name
    if found.folder is not None:
        folder = found.folder.resolve().name
        name = f"{name}, {folder}" if found.label else folder
    return Subject(
        name=name,
        path=found.path,
        graphs=source.graphs,
        tools=graph.toolset if graph else None,
        rejections=tuple(found.rejected()),
        recipe=found.recipe(),
        verdicts=Path(order.verdicts) if order.verdicts else found.verdicts(),
    )
