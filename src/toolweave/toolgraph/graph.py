"""Reading tool graphs from files or data, and asking them who may feed whom."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolweave.core.errors import InputError
from toolweave.core.graph import Link, ToolGraph
from toolweave.schema.declared import leaves
from toolweave.schema.documents import read_document
from toolweave.schema.records import build, input_error
from toolweave.toolgraph.readers import check_toolset

if TYPE_CHECKING:
    import networkx


def load_graph(source: object) -> ToolGraph:
    """The tool graph in a file (``-``: standard input), or in data already read.

    Raises:
        InputError: it is no graph, its tools cannot be used, or a link names no tool or field.
    """
    if isinstance(source, ToolGraph):
        return check_graph(source)
    if isinstance(source, str | Path):
        return read_graph(read_document(Path(source)), file=str(source))
    return read_graph(source)


def read_graph(data: object, *, file: str = "") -> ToolGraph:
    """The tool graph that ``data`` describes.

    Raises:
        InputError: as ``load_graph``.
    """
    if not is_graph(data):
        mend = "give what 'toolweave tools link' wrote, or link the tools first"
        raise input_error("this is no tool graph", file=file, mend=mend)
    return check_graph(build(ToolGraph, data, file=file), file=file)


def is_graph(data: object) -> bool:
    """Whether data read from a file means to be a tool graph rather than a toolset."""
    return isinstance(data, Mapping) and "toolset" in data


def check_graph(graph: ToolGraph, *, file: str = "") -> ToolGraph:
    """The graph itself.

    Raises:
        InputError: its tools cannot be used, or a link names no tool or field of theirs.
    """
    check_toolset(graph.toolset, file=file, listed="toolset.tools")
    outputs = {tool.name: _paths(tool.results) for tool in graph.toolset.tools}
    parameters = {tool.name: _paths(tool.parameters) for tool in graph.toolset.tools}
    for at, link in enumerate(graph.links):
        for kind, held, name, path in (
            ("output", outputs, link.source, link.output),
            ("parameter", parameters, link.target, link.parameter),
        ):
            problem = f"there is no tool {name!r}" if name not in held else ""
            if not problem and path not in held[name]:
                problem = f"tool {name!r} has no {kind} {path!r}"
            if problem:
                place, mend = f"links[{at}]", "link the tools again"
                raise input_error(problem, file=file, place=place, mend=mend)
        if link.source == link.target:
            problem = f"tool {link.source!r} feeds itself"
            raise input_error(problem, file=file, place=f"links[{at}]", mend="remove the link")
    return graph


def _paths(schema: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(leaf.path for leaf in leaves(schema)) if schema else frozenset()


class GraphView:
    """A tool graph under the questions that planners ask; tools come in the toolset's order."""

    def __init__(self, graph: ToolGraph) -> None:
        self.graph = graph
        self._place = {tool.name: at for at, tool in enumerate(graph.toolset.tools)}
        self._between: dict[tuple[str, str], list[Link]] = {}
        self._after: dict[str, set[str]] = {name: set() for name in self._place}
        self._before: dict[str, set[str]] = {name: set() for name in self._place}
        for link in graph.links:
            self._between.setdefault((link.source, link.target), []).append(link)
            self._after[link.source].add(link.target)
            self._before[link.target].add(link.source)

    @property
    def names(self) -> tuple[str, ...]:
        """Every tool's name."""
        return tuple(self._place)

    def successors(self, tool: str) -> tuple[str, ...]:
        """The tools that an output of ``tool`` may feed. Raises InputError for an unknown one."""
        return self._sorted(self._after, tool)

    def predecessors(self, tool: str) -> tuple[str, ...]:
        """The tools that may feed ``tool``. Raises InputError for an unknown one."""
        return self._sorted(self._before, tool)

    def links(self, source: str, target: str) -> tuple[Link, ...]:
        """The links between two tools, the best first."""
        found = self._between.get((source, target), ())
        return tuple(sorted(found, key=lambda link: (-link.score, link.parameter, link.output)))

    def sources(self, tool: str, parameter: str) -> tuple[Link, ...]:
        """The links into one parameter, the best first."""
        found = (
            link for name in self.predecessors(tool) for link in self._between[name, tool]
            if link.parameter == parameter
        )  # fmt: skip
        return tuple(sorted(found, key=lambda link: (-link.score, self._place[link.source])))

    @cached_property
    def network(self) -> "networkx.DiGraph[str]":
        """Tools as nodes, one edge between two tools however many links there are."""
        import networkx

        found: networkx.DiGraph[str] = networkx.DiGraph()
        found.add_nodes_from(self._place)
        found.add_edges_from((one, other) for one in self._place for other in self.successors(one))
        return found

    def _sorted(self, held: Mapping[str, set[str]], tool: str) -> tuple[str, ...]:
        if tool not in held:
            raise InputError(f"there is no tool {tool!r} in the graph", mend="check the name")
        return tuple(sorted(held[tool], key=self._place.__getitem__))
