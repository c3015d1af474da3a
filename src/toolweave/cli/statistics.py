"""Carrying out ``toolweave tools stats``: read, count, and show beside the paper's Table 1."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from toolweave.cli.inputs import named_tools
from toolweave.cli.showing import console
from toolweave.cli.streams import STDOUT, counted, is_terminal, one_line
from toolweave.core.graph import ToolGraph
from toolweave.core.tool import Toolset
from toolweave.schema.documents import read_document
from toolweave.schema.types import json_bytes
from toolweave.toolgraph.graph import is_graph, read_graph
from toolweave.toolgraph.metrics import PAPER, Average, Figures, average, figures_of
from toolweave.toolgraph.readers import read_tools

_NONE: Final = "–"
_HEAD: Final = (
    "domain", "tools", "params", "CAU", "RPR", "IC", "linked", "links", "alone", "chain",
)  # fmt: skip
_GRAPH_COLUMNS: Final = 4


def run(files: Sequence[str], seconds: float, *, as_json: bool) -> int:
    """Show the figures; 0.

    Raises:
        InputError: a file cannot be read.
    """
    found = [figures_of(_source(file), seconds) for file in files]
    if as_json:
        print(json_bytes(_whole(found), indent=True).decode())
    elif is_terminal(sys.stdout):
        _print_table(found)
    else:
        for row in _rows(found):
            print("\t".join(row))
    if not as_json:
        for line in _notes(found):
            print(line)
    return 0


def _source(name: str) -> Toolset | ToolGraph:
    """A graph or a toolset, by what the file holds."""
    path = Path(name)
    if name == STDOUT or path.is_file():
        data = read_document(path)
        stem = "" if name == STDOUT else path.stem
        return (
            read_graph(data, file=name)
            if is_graph(data)
            else read_tools(data, file=name, name=stem)
        )
    toolset = named_tools(name)
    assert toolset is not None
    return toolset


def _rows(found: Sequence[Figures]) -> Iterator[tuple[str, ...]]:
    yield _HEAD
    yield from map(_row, found)
    yield _average_row(average(found))
    for column in PAPER:
        yield (
            f"paper, {column.model}", f"{column.tools:.2f}", f"{column.parameters:.2f}",
            _share(column.complex_tools), _share(column.required),
            f"{column.interconnectivity:.2f}", _NONE, _NONE, _NONE, f"{column.longest_chain:g}",
        )  # fmt: skip


def _row(one: Figures) -> tuple[str, ...]:
    tools, graph = one.tools, one.graph
    first = (
        one_line(tools.name) or _NONE, str(tools.tools), f"{tools.parameters:.2f}",
        _share(tools.complex_tools), _share(tools.required), f"{tools.interconnectivity:.2f}",
    )  # fmt: skip
    if graph is None:
        return (*first, *(_NONE,) * _GRAPH_COLUMNS)
    chain = str(graph.longest_chain)
    if not graph.exact:
        chain = f"{graph.longest_chain} to {graph.chain_bound}"
    return (
        *first, f"{graph.linked:.2f}", f"{graph.links_per_tool:.2f}", str(graph.isolated), chain
    )  # fmt: skip


def _average_row(one: Average) -> tuple[str, ...]:
    return (
        "average", f"{one.tools:.2f}", f"{one.parameters:.2f}", _share(one.complex_tools),
        _share(one.required), f"{one.interconnectivity:.2f}", _number(one.linked),
        _number(one.links_per_tool), _number(one.isolated),
        ("" if one.exact else "at least ") + _number(one.longest_chain),
    )  # fmt: skip


def _share(value: float | None) -> str:
    return _NONE if value is None else f"{100 * value:.1f}%"


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.2f}"


def _notes(found: Sequence[Figures]) -> Iterator[str]:
    """What the columns leave out."""
    yield (
        "params, RPR, linked and links are means per tool; linked: parameters that a link feeds; "
        "alone: tools without links; chain: tools on the longest simple path, one more than "
        "its links."
    )
    left_out = sum(one.tools.without_parameters for one in found)
    if left_out:
        tools = counted(left_out, "tool")
        yield f"RPR leaves out {tools} without parameters."
    bounded = [one.tools.name for one in found if one.graph is not None and not one.graph.exact]
    if bounded:
        names = ", ".join(map(one_line, bounded))
        yield f"Not proved in time (found, and the most there can be): {names}."
    if any(one.graph is None for one in found):
        yield f"{_NONE} needs links: 'toolweave tools link FILE --out GRAPH.json'."


def _print_table(found: Sequence[Figures]) -> None:
    rows = list(_rows(found))
    table = Table(box=None, padding=(0, 1), show_edge=False)
    for at, name in enumerate(rows[0]):
        table.add_column(name, justify="right" if at else "left", no_wrap=at > 0, overflow="fold")
    for row in rows[1:]:
        style = "bold" if row[0] == "average" else "dim" if row[0].startswith("paper, ") else ""
        table.add_row(*(Text(cell, style=style) for cell in row))
    console(sys.stdout).print(table)


def _whole(found: Sequence[Figures]) -> dict[str, Any]:
    return {
        "domains": [one.dump() for one in found],
        "average": average(found)._asdict(),
        "paper": [column._asdict() for column in PAPER],
    }
