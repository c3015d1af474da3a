"""What other processes do for the studio: figures of a run, texts side by side, large drawings."""

import os
import pickle
import zlib
from collections.abc import Sequence
from typing import Final, NamedTuple

from toolweave.core.graph import ToolGraph
from toolweave.drawing.html import html
from toolweave.evaluation.diversity import Diversity
from toolweave.evaluation.figures import EqualFigures, Measuring, Source, equal_figures, measure
from toolweave.evaluation.judge_figures import judge_figures
from toolweave.evaluation.verdict_file import load_verdicts
from toolweave.reporting.comparison import Compared, ToolsMeasured
from toolweave.runs.opened import Opened
from toolweave.studio.jobs import Tell
from toolweave.toolgraph.picture.diagram import tools_diagram

_PROCESSES: Final = 4


class Texts(NamedTuple):
    """The texts of a run, packed: they serve comparisons alone."""

    name: str
    packed: bytes

    @classmethod
    def of(cls, name: str, texts: Diversity) -> "Texts":
        """Those of a run."""
        return cls(name, zlib.compress(pickle.dumps(texts), 1))

    def unpacked(self) -> tuple[str, Diversity]:
        """As they are compared."""
        held: Diversity = pickle.loads(zlib.decompress(self.packed))  # noqa: S301 (of our own making)
        return self.name, held


class Measured(NamedTuple):
    """A run measured: all that its page shows, and what comparisons need."""

    compared: Compared
    texts: Texts


def measure_run(source: Opened, name: str, tell: Tell) -> Measured:
    """The figures of a run, those of its tools, and what a judge said of it.

    Raises:
        InputError: its file, or one beside it, cannot be read.
    """
    graphs = source.graphs()
    verdicts = source.verdicts()
    judged = judge_figures(name, load_verdicts(verdicts)) if verdicts is not None else None
    tools = ToolsMeasured().average(graphs.values())
    how = Measuring(workers=min(os.cpu_count() or 1, _PROCESSES), progress=tell)
    held = measure(Source(name, path=source.path, graphs=graphs), None, how)
    return Measured(Compared(held.figures, tools, judged), Texts.of(name, held.texts))


def measure_texts(texts: Sequence[Texts], _: Tell) -> tuple[EqualFigures, ...]:
    """How varied texts are, over equal numbers of tokens."""
    return equal_figures([one.unpacked() for one in texts])


def draw_tools(graph: ToolGraph, _: Tell | None = None) -> str:
    """The page of a tool graph.

    Raises:
        DrawingError: the layout engine refuses it.
    """
    return html(tools_diagram(graph))
