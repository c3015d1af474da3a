"""A tool graph as a diagram: tools, the values that flow between them, and where they flow."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from toolweave.checks.effects import effect_of
from toolweave.core.errors import InputError, SchemaError
from toolweave.core.graph import Link, ToolGraph
from toolweave.core.tool import Tool
from toolweave.drawing.layers import ranks
from toolweave.drawing.model import Arrow, Diagram, Node
from toolweave.schema.parts import Key, parse
from toolweave.toolgraph.picture.bundles import Bundle, End, bundled
from toolweave.toolgraph.picture.facts import tool_sections

MAX_WIDE: Final = 14
"""Boxes side by side; more stand below each other, since names are wider than high."""
VALUE: Final = "value"
UNSURE: Final = "similar"
_LEGEND: Final = (
    ("create", "creates"),
    ("read", "reads"),
    ("update", "changes"),
    ("delete", "removes"),
    (VALUE, "a value: whatever leads in feeds whatever it leads to"),
    (UNSURE, "faint: only the descriptions are alike"),
)


def tools_diagram(graph: ToolGraph) -> Diagram:
    """Tools coloured by effect, joined by arrows that say which output feeds which parameter.

    An output that feeds many parameters, or a parameter fed by many, is drawn as a value between
    them: n + m arrows in place of n · m. ``relations`` are the links one by one, with full paths.

    Raises:
        InputError: two tools share a name, or a link names a tool that is not there.
    """
    _check(graph)
    found = bundled(graph.links)
    values = [_value(bundle, f"value {n}") for n, bundle in enumerate(found.bundles)]
    arrows = [a for value, bundle in zip(values, found.bundles, strict=True)
              for a in _through(value, bundle)]  # fmt: skip
    arrows += _direct(found.single)
    nodes = (*map(_tool, graph.toolset.tools), *values)
    kinds = {node.kind for node in nodes} | {arrow.kind for arrow in arrows}
    diagram = Diagram(
        title=_title(graph),
        nodes=nodes,
        arrows=tuple(arrows),
        legend=tuple(entry for entry in _LEGEND if entry[0] in kinds),
        relations=tuple(
            Arrow(_id(link.source), _id(link.target), told(link), faint=_unsure(link))
            for link in graph.links
        ),
    )
    return replace(diagram, direction="right") if _widest(diagram) > MAX_WIDE else diagram


def _widest(diagram: Diagram) -> int:
    """How many boxes the largest layer holds; those without arrows stand in rows of their own."""
    joined = {end for arrow in diagram.arrows for end in (arrow.source, arrow.target)}
    layers = Counter(rank for node, rank in ranks(diagram).items() if node in joined)
    return max(layers.values(), default=0)


def told(link: Link) -> str:
    """``tickets[].id → ticket_id``."""
    return f"{link.output} → {link.parameter}"


def _check(graph: ToolGraph) -> None:
    known: set[str] = set()
    for tool in graph.toolset.tools:
        if tool.name in known:
            raise InputError(f"two tools are named {tool.name[:80]!r}", mend="rename one")
        known.add(tool.name)
    for index, link in enumerate(graph.links):
        for name in (link.source, link.target):
            if name not in known:
                raise InputError(
                    f"no tool is named {name[:80]!r}", place=f"links[{index}]",
                    mend="link the tools again",
                )  # fmt: skip


def _title(graph: ToolGraph) -> str:
    toolset = graph.toolset
    tools, links = len(toolset.tools), len(graph.links)
    counts = f"{tools} tool{'' if tools == 1 else 's'}, "
    counts += f"{links or 'no'} link{'' if links == 1 else 's'}"
    return f"{toolset.domain or toolset.name or 'tools'} · {counts}"


def _id(tool: str) -> str:
    return f"tool {tool}"


def _tool(tool: Tool) -> Node:
    return Node(_id(tool.name), tool.name, effect_of(tool).kind, sections=tool_sections(tool))


def _value(bundle: Bundle, id: str) -> Node:
    """Named as most of its ends are, parameters first."""
    names = [_last(end.path) for end in (*bundle.parameters, *bundle.outputs)]
    return Node(id, Counter(names).most_common(1)[0][0], VALUE, joint=True)


def _through(value: Node, bundle: Bundle) -> Iterator[Arrow]:
    unsure = [link for link in bundle.links if _unsure(link)]
    sure = [link for link in bundle.links if not _unsure(link)]
    sources = {End(link.source, link.output) for link in sure}
    targets = {End(link.target, link.parameter) for link in sure}
    for tool, ends in _by_tool(bundle.outputs).items():
        faint = bool(unsure) and sources.isdisjoint(ends)
        yield _arrow(_id(tool), value.id, _labels(ends, value), [e.path for e in ends], faint)
    for tool, ends in _by_tool(bundle.parameters).items():
        faint = bool(unsure) and targets.isdisjoint(ends)
        yield _arrow(value.id, _id(tool), _labels(ends, value), [e.path for e in ends], faint)


def _by_tool(ends: Iterable[End]) -> dict[str, list[End]]:
    found: dict[str, list[End]] = {}
    for end in ends:
        found.setdefault(end.tool, []).append(end)
    return found


def _labels(ends: list[End], value: Node) -> list[str]:
    """The paths that are not what the value is called."""
    named = [end.path for end in ends if _last(end.path) != value.label]
    return named if len(ends) == 1 or not named else [end.path for end in ends]


def _direct(links: Iterable[Link]) -> Iterator[Arrow]:
    """One arrow for all links between two tools that no value gathers."""
    pairs: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        pairs.setdefault((link.source, link.target), []).append(link)
    for (source, target), found in pairs.items():
        labels = list(dict.fromkeys(map(_short, found)))
        faint = all(map(_unsure, found))
        yield _arrow(_id(source), _id(target), labels, [told(link) for link in found], faint)


def _arrow(source: str, target: str, labels: list[str], told: list[str], faint: bool) -> Arrow:
    return Arrow(
        source, target, ", ".join(labels), kind=UNSURE if faint else "", faint=faint,
        note=", ".join(told),
    )  # fmt: skip


def _short(link: Link) -> str:
    if _last(link.output) == _last(link.parameter):
        return _last(link.parameter)
    return told(link)


def _last(path: str) -> str:
    """The last name in a path, without indices."""
    try:
        names = [part.name for part in parse(path) if isinstance(part, Key)]
    except SchemaError:
        names = []
    return names[-1] if names else path


def _unsure(link: Link) -> bool:
    """Nothing but descriptions that are alike speaks for the link."""
    return link.kind == UNSURE and link.judged == "score"
