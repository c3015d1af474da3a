"""Carrying out ``toolweave compare``: measure every set, write the tables in the form wanted."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

from toolweave.cli.figuring import complain_of, reading, workers
from toolweave.cli.grids import show
from toolweave.cli.inputs import tool_graph
from toolweave.cli.streams import STDOUT, note, writable, write_out
from toolweave.core.errors import InputError
from toolweave.evaluation.figures import FiguresTable, Measuring, Source, figures
from toolweave.evaluation.judge_figures import JudgeFigures, judge_figures
from toolweave.evaluation.verdict_file import load_verdicts
from toolweave.reporting.comparison import (
    Compared,
    Comparison,
    ToolsMeasured,
    comparisons,
    diversity,
)
from toolweave.reporting.grid import Grid
from toolweave.reporting.markdown import heading, markdown
from toolweave.reporting.report import comparison_page
from toolweave.runs.opened import opened, sources_of
from toolweave.schema.text import one_line

_FORMS: Final[Mapping[str, Literal["html", "markdown"]]] = {
    ".html": "html", ".htm": "html", ".md": "markdown", ".markdown": "markdown",
}  # fmt: skip
TITLE: Final = "Dialogues side by side"
_NAME: Final = 80


class Order(NamedTuple):
    """What was asked for on the command line."""

    runs: Sequence[str]
    out: str | None = None
    verdicts: Sequence[str] = ()
    tools: str | None = None
    seed: int = 0
    proved: int = 4000


def run_compare(order: Order) -> int:
    """Write the tables; the exit code is 1 when records could not be read.

    Raises:
        InputError: a file cannot be read, the form is unknown, or standard input is named twice.
    """
    form = _form(order.out)
    if order.runs.count(STDOUT) > 1:
        raise InputError("standard input is named twice", file=STDOUT, mend="name it once")
    if order.out:
        writable(order.out)
    graph = tool_graph(order.tools) if order.tools else None
    sources = _named(order.runs, sources_of([_run(one) for one in order.runs], graph))
    judged = _verdicts(order)
    how = Measuring(order.seed, order.proved, workers=workers(), progress=reading)
    table = figures(sources, graph.toolset if graph else None, how=how)
    if not any(file.structure.dialogues or file.left_out for file in table.files):
        raise InputError("there are no dialogues", file=", ".join(order.runs), mend="name another")
    tables = [*comparisons(_compared(sources, table, judged)), *diversity(table.equal)]
    if form is None:
        show([_grid(one) for one in tables])
    else:
        assert order.out is not None
        write_out(order.out, _written(form, tables))
        note(f"{order.out}: {len(sources)} sets of dialogues")
    for file in table.files:
        complain_of(file)
    return 1 if any(file.left_out for file in table.files) else 0


def _form(out: str | None) -> Literal["html", "markdown"] | None:
    if out is None:
        return None
    form = _FORMS.get(Path(out).suffix.lower())
    if form is None:
        raise InputError("of which form?", file=out, mend="let it end in .html or .md")
    return form


def _written(form: Literal["html", "markdown"], tables: Sequence[Comparison]) -> str:
    lead = "The paper's figures stand on the right of ours."
    if form == "html":
        return comparison_page(TITLE, lead, tables)
    return markdown(TITLE, lead, tables)


def _grid(table: Comparison) -> Grid:
    title = f"{heading(table)}{f' ({table.missing})' if table.missing else ''}"
    return Grid(title, table.head, table.rows)


def _split(given: str) -> tuple[str, str]:
    """A name and what it names; a path that is there is nobody's name."""
    name, sign, rest = given.partition("=")
    return (name, rest) if sign and name and not Path(given).exists() else ("", given)


def _run(given: str) -> str:
    return _split(given)[1]


def _named(runs: Sequence[str], sources: Sequence[Source]) -> list[Source]:
    return [
        source._replace(name=one_line(_split(given)[0])[:_NAME] or source.name)
        for given, source in zip(runs, sources, strict=True)
    ]


def _verdicts(order: Order) -> list[Path | None]:
    """The file of verdicts of every run, if it has one."""
    given = dict(_pair(one) for one in order.verdicts)
    found: list[Path | None] = []
    for one in order.runs:
        name, run = _split(one)
        named = given.pop(run, None) or (given.pop(name, None) if name else None)
        found.append(Path(named) if named else opened(run).verdicts())
    if given:
        mend = f"name one of: {', '.join(order.runs)}"
        raise InputError(
            "verdicts of a run that is not compared", file=next(iter(given)), mend=mend
        )
    return found


def _pair(given: str) -> tuple[str, str]:
    run, sign, file = given.rpartition("=")
    if not (sign and run and file):
        raise InputError("verdicts of which run?", file=given, mend="write RUN=FILE")
    return run, file


def _compared(
    sources: Sequence[Source], table: FiguresTable, verdicts: Sequence[Path | None]
) -> list[Compared]:
    tools = ToolsMeasured()
    return [
        Compared(file, tools.average(source.graphs.values()), _judged(file.name, path))
        for source, file, path in zip(sources, table.files, verdicts, strict=True)
    ]


def _judged(name: str, path: Path | None) -> JudgeFigures | None:
    return judge_figures(name, load_verdicts(path)) if path is not None else None
