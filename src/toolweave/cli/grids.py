"""Showing tables: columns for a person at a terminal, tab-separated lines for a pipe."""

import sys
from collections.abc import Iterable
from typing import Final

from rich.table import Table
from rich.text import Text

from toolweave.cli.showing import console
from toolweave.cli.streams import clean, is_terminal, one_line
from toolweave.reporting.grid import Grid

# Columns that a cell of words has at least, where it is that long.
_WORDS: Final = 12


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
