"""The twenty domains grown and linked offline: as rich as they should be, with links by name."""

import asyncio

import pytest

from toolweave.configs.shipping import shipped_names
from toolweave.core.graph import ToolGraph
from toolweave.llm.lexical import LexicalEmbedder
from toolweave.toolgraph.linking.links import SURE, link_tools
from toolweave.toolgraph.metrics import figures_of
from toolweave.toolgraph.synthesis.domains import Growth, grow

DOMAINS = shipped_names("domains")


@pytest.fixture(scope="module")
def graphs() -> dict[str, ToolGraph]:
    found = {}
    for name in DOMAINS:
        made = asyncio.run(grow(Growth(domain=name, similarity=lambda left, right: 0.0)))
        found[name] = link_tools(made.toolset, LexicalEmbedder()).graph
    return found


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@pytest.mark.xdist_group("grown")
def test_grown_domains_are_rich_and_connected(graphs: dict[str, ToolGraph]) -> None:
    figures = [figures_of(graph, seconds=0.2) for graph in graphs.values()]
    for one in figures:
        assert 20 <= one.tools.tools <= 30
        assert 3.5 <= one.tools.parameters <= 5.5
        assert one.tools.required is not None and 0.45 <= one.tools.required <= 0.70
        assert one.tools.interconnectivity >= 1.5
        assert one.tools.complex_tools >= 0.25
        assert one.graph is not None and one.graph.longest_chain >= 6
    assert mean([one.tools.complex_tools for one in figures]) >= 0.3


@pytest.mark.xdist_group("grown")
def test_grown_tools_are_linked_by_name_alone(graphs: dict[str, ToolGraph]) -> None:
    for graph in graphs.values():
        assert graph.links
        for link in graph.links:
            assert link.kind in ("same_name", "entity_name")
            assert link.score >= SURE
            assert link.source != link.target


@pytest.mark.xdist_group("grown")
def test_hardly_any_grown_tool_stands_alone(graphs: dict[str, ToolGraph]) -> None:
    for graph in graphs.values():
        linked = {name for link in graph.links for name in (link.source, link.target)}
        assert len(graph.toolset.tools) - len(linked) <= 1
