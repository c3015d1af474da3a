"""Tables of figures: columns for a person at a terminal, tab-separated lines for a pipe."""

import sys
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from rich.table import Table
from rich.text import Text

from toolweave.cli.showing import console
from toolweave.cli.streams import clean, is_terminal, one_line
from toolweave.evaluation.published import TABLE_2
from toolweave.evaluation.structure import Spread, StructureFigures

# Columns that a cell of words has at least, where it is that long.
_WORDS: Final = 12


class Grid(NamedTuple):
    """A table to show: the first ``words`` columns hold text, the others figures."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1


def show(grids: Iterable[Grid]) -> None:
    """Tables for a person, titled lines of tab-separated cells otherwise; on stdout."""
    at = console(sys.stdout) if is_terminal(sys.stdout) else None
    for place, grid in enumerate(grids):
        if at is not None:
            at.print(Text(clean(f"{chr(10) if place else ''}{grid.title}"), style="bold"))
            at.print(_table(grid))
        else:
            print(f"{chr(10) if place else ''}# {one_line(grid.title)}")
            for row in (grid.head, *grid.rows):
                print("\t".join(one_line(cell) for cell in row))


def structure_grid(files: Iterable[StructureFigures]) -> Grid:
    """Rows of figures above those of the paper's Table 2."""
    rows = [
        (
            row.name, str(count) if count else "", _spread(row.turns),
            _spread(row.calls), percent(row.multi_step), percent(row.true_multi_step),
        )
        for row, count in [
            *((file.row, file.dialogues) for file in files),
            *((row, 0) for row in TABLE_2),
        ]
    ]  # fmt: skip
    # Broken, so that eighty columns leave room for the names.
    head = ("", "dialogues", "turns", "calls", "multi-step", "true\nmulti-step")
    return Grid("Structure (turns and calls: least/most/mean; shares of turns)", head, rows)


def percent(share: float) -> str:
    """A share with two digits: ``44.87%``."""
    return f"{share:.2%}"


def _spread(spread: Spread) -> str:
    return f"{spread.least}/{spread.most}/{spread.mean:.2f}"


def _table(grid: Grid) -> Table:
    """A rich table; figures never wrap, words do."""
    table = Table(box=None, padding=(0, 1), show_edge=False)
    for place, name in enumerate(grid.head):
        if place < grid.words:
            longest = max((len(row[place]) for row in grid.rows), default=0)
            table.add_column(name, overflow="fold", min_width=min(longest, _WORDS))
        else:
            table.add_column(name, justify="right", no_wrap=True)
    for row in grid.rows:
        table.add_row(*(Text(one_line(cell)) for cell in row))
    return table
