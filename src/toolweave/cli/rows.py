"""What came of a command, as a few labelled rows on stdout."""

import sys
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from toolweave.cli.showing import console
from toolweave.cli.streams import is_terminal, one_line


def tell(rows: Sequence[tuple[str, str]]) -> None:
    """A table for a person, plain lines for anything else."""
    if not is_terminal(sys.stdout):
        for label, value in rows:
            print(f"{label}: {one_line(value)}")
        return
    table = Table(show_header=False)
    for label, value in rows:
        table.add_row(Text(label, style="bold"), Text(one_line(value)))
    console(sys.stdout).print(table)
