"""A report: one page about one file of dialogues, with what its run wrote down beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, NamedTuple

from toolweave.core.graph import ToolGraph
from toolweave.core.tool import Toolset
from toolweave.evaluation.figures import FileFigures, Measuring, Source, measure
from toolweave.evaluation.judge_figures import judge_figures
from toolweave.evaluation.verdict_file import load_verdicts
from toolweave.reporting.anchoring import anchored
from toolweave.reporting.comparison import Compared, Comparison, ToolsMeasured
from toolweave.reporting.harmless import shortened
from toolweave.reporting.overheard import shown
from toolweave.reporting.overview import Overview
from toolweave.reporting.page import page
from toolweave.reporting.rejections import rejected
from toolweave.reporting.sampling import SHOWN, Sample, drawn
from toolweave.reporting.shown import ShownDialogue

_RECIPE: Final = 20_000


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
    held = measure(source, subject.tools, replace(how, seen=sample.see)).figures
    failures = rejected(subject.rejections)
    return Report(
        page(
            "report.html",
            ("ties.js", "report.js"),
            title=subject.name,
            overview=Overview.of(_compared(subject, held), failures),
            dialogues=list(_dialogues(subject, sample.numbers())),
            rejected=failures,
            rejections_known=bool(subject.rejections),
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
