"""The figures of a file as pages show them: tiles, the paper's tables, plots and every grid."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Self

from toolweave.evaluation.figures import FiguresTable, FileFigures
from toolweave.reporting.charting import plots_of
from toolweave.reporting.comparison import Compared, Comparison, comparisons
from toolweave.reporting.grid import Grid, percent
from toolweave.reporting.harmless import shortened
from toolweave.reporting.plots import Plot
from toolweave.reporting.rejections import Rejected
from toolweave.reporting.structural import figure_grids
from toolweave.schema.text import counted

_NAMED: Final = 50
_LINE: Final = 300


class Tile(NamedTuple):
    """A number that stands out, and what it is beside."""

    name: str
    told: str
    note: str = ""


class Overview(NamedTuple):
    """What is shown of a file; ``unreadable`` are the first records of those ``left_out``."""

    lead: str
    tiles: Sequence[Tile]
    tables: Sequence[Comparison]
    plots: Sequence[Plot]
    grids: Sequence[Grid]
    unreadable: Sequence[str]
    left_out: int

    @classmethod
    def of(cls, compared: Compared, rejections: Rejected) -> Self:
        """What is shown of figures, and how many dialogues came to nothing beside them."""
        held = compared.figures
        failed = rejections.by_file.get("failures.jsonl", 0)
        return cls(
            _lead(held),
            list(_tiles(held, failed)),
            comparisons([compared]),
            list(plots_of(held)),
            list(figure_grids(FiguresTable(files=(held,)))),
            [shortened(one.line(), _LINE) for one in held.unreadable[:_NAMED]],
            held.left_out,
        )


def _lead(held: FileFigures) -> str:
    tools = counted(held.structure.tools, "tool")
    domains = len(held.structure.domains)
    over = f" in {counted(domains, 'domain')}" if domains else ""
    return f"{counted(held.structure.dialogues, 'dialogue')}, {tools} called{over}"


def _tiles(held: FileFigures, failed: int) -> Iterator[Tile]:
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
    yield Tile("failed", f"{failed:,}", "not among the dialogues")


def _edited(held: FileFigures) -> str:
    return f"{held.structure.edited:,} refined" if held.structure.edited else ""
