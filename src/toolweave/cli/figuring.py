"""Carrying out ``toolweave figures``: measure the files, show the tables."""

import os
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from toolweave.cli.grids import show
from toolweave.cli.inputs import tool_graph
from toolweave.cli.streams import STDOUT, complain, complain_of_unreadable, counted, note
from toolweave.core.errors import InputError
from toolweave.evaluation.contamination import WORDS, Benchmarks
from toolweave.evaluation.figures import PROVED, FileFigures, Measuring, figures
from toolweave.evaluation.published import TABLE_2, TABLE_3
from toolweave.reporting.structural import figure_grids
from toolweave.runs.opened import sources_of
from toolweave.schema.types import json_bytes

_EVERY: Final = 10_000
_PROCESSES: Final = 4


class Wanted(NamedTuple):
    """What the command line asks for."""

    tools: str | None = None
    seed: int = 0
    proved: int = PROVED
    against: Sequence[str] = ()
    words: int = WORDS
    semantic: bool = False


def run(files: Sequence[str], wanted: Wanted, *, as_json: bool) -> int:
    """Measure the files; the exit code is 1 when records could not be read.

    Raises:
        InputError: a file or the tools cannot be read, or standard input is named twice.
    """
    if files.count(STDOUT) > 1:
        raise InputError("standard input is named twice", file=STDOUT, mend="name it once")
    graph = tool_graph(wanted.tools) if wanted.tools else None
    how = Measuring(
        seed=wanted.seed,
        proved=wanted.proved,
        against=Benchmarks(wanted.against, wanted.words) if wanted.against else None,
        semantic=wanted.semantic,
        workers=workers(),
        progress=reading,
    )
    table = figures(
        sources_of(files, graph, whole=as_json), graph.toolset if graph else None, how=how
    )
    if not any(file.structure.dialogues or file.left_out for file in table.files):
        raise InputError("there are no dialogues", file=", ".join(files), mend="name another file")
    if as_json:
        whole: dict[str, Any] = table.dump()
        whole["paper"] = {
            "table_2": [row.dump() for row in TABLE_2],
            "table_3": [row.dump() for row in TABLE_3],
        }
        print(json_bytes(whole, indent=True).decode())
    else:
        show(figure_grids(table))
    for file in table.files:
        complain_of(file)
    return 1 if any(file.left_out for file in table.files) else 0


def workers() -> int:
    """How many processes read a large file."""
    return min(os.cpu_count() or 1, _PROCESSES)


def complain_of(file: FileFigures) -> None:
    """Name on stderr what of a file had to be left out."""
    complain_of_unreadable(file.unreadable, file.left_out, file.name)
    if file.spread is not None and file.spread.absent:
        complain(f"{file.name}: no semantic spread: {file.spread.absent}")
    for held in file.contamination.files if file.contamination else ():
        if held.unreadable:
            complain(f"{held.file}: {counted(held.unreadable, 'line')} cannot be read")


def reading(records: int) -> None:
    """A line on stderr now and then."""
    if records % _EVERY == 0:
        note(f"{records:,} records read")
