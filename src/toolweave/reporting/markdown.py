"""Comparisons as Markdown: tables in which no text from outside can act or end a cell."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from toolweave.reporting.comparison import Comparison
from toolweave.reporting.harmless import harmless

_ACTS: Final = re.compile(r"[\\`*_\[\]|~$]")
_MARKUP: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def markdown(title: str, lead: str, tables: Iterable[Comparison]) -> str:
    """The tables one below the other."""
    lines = [f"# {cell(title)}", "", lead, ""]
    for table in tables:
        lines += [*_table(table), ""]
    return "\n".join(lines)


def cell(text: str) -> str:
    """A text on one line without what Markdown or HTML would take for markup."""
    line = " ".join(harmless(text).split())
    return _ACTS.sub(r"\\\g<0>", line.translate(_MARKUP))


def heading(table: Comparison) -> str:
    """``Table 2: Structure``."""
    return f"Table {table.number}: {table.title}" if table.number else table.title


def _table(table: Comparison) -> Iterator[str]:
    yield f"## {cell(heading(table))}"
    yield ""
    if table.missing:
        yield f"*{cell(table.missing)}. The figures are the paper's.*"
        yield ""
    yield _row(table.head)
    yield _row(["---", *("---:" for _ in table.head[1:])], plain=True)
    yield from map(_row, table.rows)
    for note in table.notes:
        yield ""
        yield cell(note)


def _row(cells: Sequence[str], *, plain: bool = False) -> str:
    return f"| {' | '.join(one if plain else cell(one) for one in cells)} |"
