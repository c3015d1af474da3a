"""The figures of a domain's tools and of their graph (ToolWeave, Appendix B.6 and Table 1)."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any, Final, NamedTuple

from toolweave.core.errors import SchemaError
from toolweave.core.graph import ToolGraph
from toolweave.core.model import Record
from toolweave.core.tool import Tool, Toolset
from toolweave.schema.declared import alternatives, leaves
from toolweave.schema.parts import Key, parse
from toolweave.schema.refs import resolve
from toolweave.schema.types import Schema, type_names
from toolweave.toolgraph.chains import longest_chain
from toolweave.toolgraph.graph import GraphView

_COMPLEX: Final = frozenset({"object", "array"})
_DEEPEST: Final = 8


class PaperColumn(NamedTuple):
    """One column of the paper's Table 1; shares are 0…1."""

    model: str
    tools: float
    parameters: float
    complex_tools: float
    required: float
    interconnectivity: float
    longest_chain: float


PAPER: Final = (
    PaperColumn("GPT-OSS", 25.25, 3.60, 0.236, 0.656, 1.08, 5.5),
    PaperColumn("Mistral", 20.85, 2.92, 0.198, 0.684, 1.85, 5.9),
    PaperColumn("GPT-5-mini", 28.35, 5.01, 0.366, 0.489, 1.03, 6.15),
)


class ToolFigures(Record):
    """What can be counted on tools alone; means are per tool.

    ``complex_tools`` is CAU, ``required`` RPR: tools without parameters have no share of required
    ones and are left out of it (``None`` where all are). ``interconnectivity`` is IC as the paper
    defines it: parameters whose name some tool's output has.
    """

    name: str
    tools: int
    parameters: float
    complex_tools: float
    required: float | None
    without_parameters: int
    interconnectivity: float


class GraphFigures(Record):
    """What can be counted on links.

    ``linked`` is the mean number of a tool's parameters that some link feeds: IC by meaning, not by
    name. ``longest_chain`` counts the tools on the longest simple path, one more than its links;
    where it is not ``exact``, a path of that length was found and none of more than ``chain_bound``
    exists.
    """

    linked: float
    links_per_tool: float
    isolated: int
    longest_chain: int
    chain_bound: int
    exact: bool
    chain: tuple[str, ...] = ()


class Figures(Record):
    """The figures of one domain; ``graph`` is None for tools that nobody linked."""

    tools: ToolFigures
    graph: GraphFigures | None = None


def figures_of(source: Toolset | ToolGraph, seconds: float = 5.0) -> Figures:
    """The figures of a toolset, and of its links where they are known.

    The longest chain is searched for at most ``seconds``.
    """
    if isinstance(source, Toolset):
        return Figures(tools=tool_figures(source))
    return Figures(tools=tool_figures(source.toolset), graph=graph_figures(source, seconds))


def tool_figures(toolset: Toolset) -> ToolFigures:
    """The figures of tools; a parameter is a property of the top level."""
    tools = toolset.tools
    given = {name for tool in tools for name in _output_names(tool)}
    shares = [len(_required(tool)) / len(found) for tool in tools if (found := _parameters(tool))]
    return ToolFigures(
        name=toolset.domain or toolset.name,
        tools=len(tools),
        parameters=mean(len(_parameters(tool)) for tool in tools),
        complex_tools=mean(_complex(tool) for tool in tools),
        required=mean(shares) if shares else None,
        without_parameters=len(tools) - len(shares),
        interconnectivity=mean(len(given & _parameters(tool).keys()) for tool in tools),
    )


def graph_figures(graph: ToolGraph, seconds: float = 5.0) -> GraphFigures:
    """The figures of links."""
    view = GraphView(graph)
    count = len(graph.toolset.tools)
    fed = {(link.target, _top(link.parameter)) for link in graph.links}
    chain = longest_chain({name: view.successors(name) for name in view.names}, seconds)
    return GraphFigures(
        linked=len(fed) / count,
        links_per_tool=len(graph.links) / count,
        isolated=sum(not view.successors(n) and not view.predecessors(n) for n in view.names),
        longest_chain=len(chain.nodes),
        chain_bound=chain.most,
        exact=chain.exact,
        chain=chain.nodes,
    )


class Average(NamedTuple):
    """The means over domains; a figure is None where no domain has it."""

    tools: float
    parameters: float
    complex_tools: float
    required: float | None
    interconnectivity: float
    linked: float | None
    links_per_tool: float | None
    isolated: float | None
    longest_chain: float | None
    exact: bool


def average(found: Sequence[Figures]) -> Average:
    """The means over domains, every domain counting alike, as in the paper's Table 1."""
    tools = [one.tools for one in found]
    graphs = [one.graph for one in found if one.graph is not None]
    return Average(
        tools=mean(one.tools for one in tools),
        parameters=mean(one.parameters for one in tools),
        complex_tools=mean(one.complex_tools for one in tools),
        required=_mean([one.required for one in tools if one.required is not None]),
        interconnectivity=mean(one.interconnectivity for one in tools),
        linked=_mean([one.linked for one in graphs]),
        links_per_tool=_mean([one.links_per_tool for one in graphs]),
        isolated=_mean([one.isolated for one in graphs]),
        longest_chain=_mean([one.longest_chain for one in graphs]),
        exact=all(one.exact for one in graphs),
    )


def _mean(values: Sequence[float]) -> float | None:
    return mean(values) if values else None


def _parameters(tool: Tool) -> Mapping[str, Schema]:
    return _properties(tool.parameters, tool.parameters, 0)


def _properties(schema: Schema, root: Schema, depth: int) -> dict[str, Schema]:
    """The properties of the top level, those of its alternatives too."""
    node = _resolved(schema, root)
    found: dict[str, Schema] = {}
    if depth < _DEEPEST:
        for group in (list(node.get("allOf", ())), *alternatives(node)):
            for branch in group:
                found |= _properties(branch, root, depth + 1)
    own = node.get("properties")
    return found | (dict(own) if isinstance(own, Mapping) else {})


def _required(tool: Tool) -> set[str]:
    node = _resolved(tool.parameters, tool.parameters)
    return set(node.get("required", ())) & _parameters(tool).keys()


def _complex(tool: Tool) -> bool:
    root = tool.parameters
    return any(_types(held, root, 0) & _COMPLEX for held in _parameters(tool).values())


def _types(schema: Schema, root: Schema, depth: int) -> set[str]:
    """The types that a schema names, itself or in an alternative."""
    node = _resolved(schema, root)
    found = set(type_names(node)) if "type" in node else set()
    found |= {"object"} if "properties" in node else set()
    found |= {"array"} if "items" in node or "prefixItems" in node else set()
    if depth < _DEEPEST:
        for group in (list(node.get("allOf", ())), *alternatives(node)):
            for branch in group:
                found |= _types(branch, root, depth + 1)
    return found


def _resolved(schema: Schema, root: Schema) -> Mapping[str, Any]:
    try:
        node = resolve(schema, root)
    except SchemaError:
        return {}
    return {} if isinstance(node, bool) else node


def _output_names(tool: Tool) -> set[str]:
    """The names of all outputs, whatever they are nested in, and of what holds them."""
    if not tool.results:
        return set()
    return {
        part.name
        for leaf in leaves(tool.results)
        for part in parse(leaf.path)
        if isinstance(part, Key)
    }


def _top(path: str) -> str:
    return next((part.name for part in parse(path) if isinstance(part, Key)), path)
