"""A report: one page about one file of dialogues, with what its run wrote down beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, NamedTuple

from toolweave.core.graph import ToolGraph
from toolweave.core.tool import Toolset
from toolweave.evaluation.figures import (
    FileFigures,
    Measuring,
    Source,
    figures,
)
from toolweave.evaluation.judge_figures import judge_figures
from toolweave.evaluation.verdict_file import load_verdicts
from toolweave.reporting.anchoring import anchored
from toolweave.reporting.charting import plots_of
from toolweave.reporting.comparison import Compared, Comparison, ToolsMeasured, comparisons
from toolweave.reporting.grid import percent
from toolweave.reporting.harmless import shortened
from toolweave.reporting.overheard import shown
from toolweave.reporting.page import page
from toolweave.reporting.rejections import Rejected, rejected
from toolweave.reporting.sampling import SHOWN, Sample, drawn
from toolweave.reporting.shown import ShownDialogue
from toolweave.reporting.structural import figure_grids
from toolweave.schema.text import counted

_RECIPE: Final = 20_000
_NAMED: Final = 50


class Tile(NamedTuple):
    """A number that stands out, and what it is beside."""

    name: str
    told: str
    note: str = ""


class Recipe(NamedTuple):
    """The configuration of a run, as its file holds it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about.

    ``path`` holds the dialogues, ``rejections`` the records that came to nothing, ``recipe`` the
    run's configuration and ``verdicts`` what a judge said, as far as there are such files.
    """

    name: str
    path: str
    graphs: Mapping[str, ToolGraph]
    tools: Toolset | None = None
    rejections: Sequence[Path] = ()
    recipe: Path | None = None
    verdicts: Path | None = None


class Report(NamedTuple):
    """The page, and the figures that it shows."""

    html: str
    figures: FileFigures


def report(subject: Subject, how: Measuring, size: int = SHOWN) -> Report:
    """Measure a file, read ``size`` of its dialogues again, and put it all on one page.

    The file is read record by record, so that memory does not grow with it.

    Raises:
        InputError: the file, or one beside it, cannot be read.
    """
    sample = Sample(how.seed, size)
    source = Source(subject.name, path=subject.path, graphs=subject.graphs)
    table = figures([source], subject.tools, how=replace(how, seen=sample.see))
    held = table.files[0]
    tables = comparisons([_compared(subject, held)])
    return Report(
        page(
            "report.html",
            ("ties.js", "report.js"),
            title=subject.name,
            lead=_lead(held),
            tiles=_tiles(held, rejected_here := rejected(subject.rejections)),
            tables=tables,
            plots=list(plots_of(held)),
            dialogues=list(_dialogues(subject, sample.numbers())),
            rejected=rejected_here,
            rejections_known=bool(subject.rejections),
            left_out=f"{held.left_out:,}",
            unreadable=[shortened(f.line(), 300) for f in held.unreadable[:_NAMED]],
            grids=list(figure_grids(table)),
            recipe=_recipe(subject.recipe),
            maker=maker(),
        ),
        held,
    )


def maker() -> str:
    """What made a page."""
    try:
        return f"Made by ToolWeave {version('toolweave')}."
    except PackageNotFoundError:
        return "Made by ToolWeave."


def _compared(subject: Subject, held: FileFigures) -> Compared:
    verdicts = load_verdicts(subject.verdicts) if subject.verdicts else []
    return Compared(
        held,
        ToolsMeasured().average(subject.graphs.values()),
        judge_figures(subject.name, verdicts),
    )


def _lead(held: FileFigures) -> str:
    tools = counted(held.structure.tools, "tool")
    domains = len(held.structure.domains)
    over = f" in {counted(domains, 'domain')}" if domains else ""
    return f"{counted(held.structure.dialogues, 'dialogue')}, {tools} called{over}"


def _tiles(held: FileFigures, rejections: Rejected) -> Iterator[Tile]:
    structure, hallucination = held.structure, held.hallucination
    row = structure.row
    yield Tile("dialogues", f"{structure.dialogues:,}", _edited(held))
    yield Tile("turns", f"{row.turns.mean:.2f}", f"{row.turns.least} to {row.turns.most}; 2.71 *")
    yield Tile("calls", f"{row.calls.mean:.2f}", f"{row.calls.least} to {row.calls.most}; 3.22 *")
    yield Tile("multi-step turns", percent(row.multi_step), "44.87% *")
    yield Tile("true multi-step", percent(row.true_multi_step), "40.67% *")
    clean = f"{'at most ' if hallucination.row.clean_at_most else ''}"
    told = f"{clean}{percent(hallucination.row.clean)}"
    yield Tile("clean by the proof", told, f"of {hallucination.measured:,} proved; 80.00% *")
    arguments = hallucination.arguments
    if arguments.arguments:
        share = percent(arguments.grounded / arguments.arguments)
        yield Tile("arguments grounded", share, f"of {arguments.arguments:,}")
    failed = rejections.by_file.get("failures.jsonl", 0)
    yield Tile("failed", f"{failed:,}", "not among the dialogues")


def _edited(held: FileFigures) -> str:
    return f"{held.structure.edited:,} refined" if held.structure.edited else ""


def _dialogues(subject: Subject, numbers: tuple[int, ...]) -> Iterator[ShownDialogue]:
    given = subject.tools.tools if subject.tools else None
    if not numbers:
        return
    for place, loaded in enumerate(drawn(subject.path, numbers)):
        made = shown(loaded, given)
        if made is not None:
            yield anchored(made, f"d{place}")


def _recipe(path: Path | None) -> Recipe | None:
    if path is None or not path.is_file():
        return None
    text = path.read_text(encoding="utf-8", errors="replace")
    return Recipe(path.name, shortened(text, _RECIPE))


def comparison_page(title: str, lead: str, tables: Sequence[Comparison]) -> str:
    """Tables side by side on one page."""
    return page("compare.html", title=title, lead=lead, tables=tables, maker=maker())
