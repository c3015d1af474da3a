"""Figures counted by hand, and the longest path against all paths."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolweave.core.errors import InputError
from toolweave.core.graph import Link, ToolGraph
from toolweave.core.tool import Tool, Toolset
from toolweave.toolgraph.chains import longest_chain
from toolweave.toolgraph.graph import GraphView, load_graph
from toolweave.toolgraph.metrics import average, figures_of

TEXT: dict[str, Any] = {"type": "string"}


def tool(name: str, taken: dict[str, Any], returned: dict[str, Any], *required: str) -> Tool:
    return Tool(
        name=name,
        parameters={"type": "object", "properties": taken, "required": list(required)},
        results={"type": "object", "properties": returned},
    )


TOOLS = (
    tool("search", {"q": TEXT, "tags": {"type": "array", "items": TEXT}}, {"hits": {
        "type": "array", "items": {"type": "object", "properties": {"hit_id": TEXT}}}}, "q"),
    tool("open", {"hit_id": TEXT}, {"page": TEXT, "owner": {"type": "object", "properties": {
        "name": TEXT}}}, "hit_id"),
    tool("print", {"page": TEXT, "name": TEXT, "colour": {"type": "boolean"},
                   "paper": {"type": "object"}}, {}, "page"),
    tool("clock", {}, {"now": TEXT}),
)  # fmt: skip


def link(source: str, output: str, target: str, parameter: str) -> Link:
    return Link(
        source=source, output=output, target=target, parameter=parameter, kind="similar", score=1
    )


GRAPH = ToolGraph(
    version=1,
    toolset=Toolset(version=1, name="desk", tools=TOOLS),
    links=(
        link("search", "hits[].hit_id", "open", "hit_id"),
        link("open", "page", "print", "page"),
        link("open", "owner.name", "print", "name"),
    ),
)


def test_figures_of_tools_counted_by_hand() -> None:
    found = figures_of(GRAPH).tools
    assert (found.tools, found.parameters) == (4, 7 / 4)
    # search takes an array, print an object.
    assert found.complex_tools == 2 / 4
    # One of two, one of one, one of four; clock takes nothing and is left out.
    assert found.required == pytest.approx((1 / 2 + 1 + 1 / 4) / 3)
    assert found.without_parameters == 1
    # hit_id, page and name are outputs of some tool.
    assert found.interconnectivity == 3 / 4


def test_figures_of_a_graph_counted_by_hand() -> None:
    found = figures_of(GRAPH).graph
    assert found is not None
    assert (found.linked, found.links_per_tool, found.isolated) == (3 / 4, 3 / 4, 1)
    assert found.chain == ("search", "open", "print")
    assert (found.longest_chain, found.chain_bound, found.exact) == (3, 3, True)


def test_tools_alone_have_no_figures_of_links() -> None:
    alone = figures_of(GRAPH.toolset)
    assert alone.graph is None
    mean = average([figures_of(GRAPH), alone])
    assert (mean.tools, mean.longest_chain) == (4, 3)
    assert average([alone]).longest_chain is None
    nothing = Toolset(version=1, tools=(TOOLS[3],))
    assert figures_of(nothing).tools.required is None


def test_parameters_behind_references_and_alternatives_count() -> None:
    parameters = {
        "$defs": {"place": {"type": "object", "properties": {"city": TEXT}}},
        "type": "object",
        "properties": {"where": {"$ref": "#/$defs/place"}, "when": {"anyOf": [TEXT, {}]}},
        "allOf": [{"properties": {"who": TEXT}}],
        "required": ["where", "unheard_of"],
    }
    one = Toolset(version=1, tools=(Tool(name="go", parameters=parameters),))
    found = figures_of(one).tools
    assert (found.parameters, found.complex_tools) == (3, 1)
    assert found.required == pytest.approx(1 / 3)


def all_paths(edges: dict[str, list[str]]) -> int:
    """The longest simple path by trying all orders."""
    best = 0
    for count in range(1, len(edges) + 1):
        for order in itertools.permutations(edges, count):
            if all(b in edges[a] for a, b in itertools.pairwise(order)):
                best = count
                break
        else:
            break
    return best


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 6), st.data())
def test_the_longest_chain_is_the_longest_of_all(size: int, data: st.DataObject) -> None:
    names = [f"t{number}" for number in range(size)]
    edges = {name: data.draw(st.lists(st.sampled_from(names), max_size=4)) for name in names}
    found = longest_chain(edges)
    proper = {name: [other for other in held if other != name] for name, held in edges.items()}
    assert found.exact
    assert len(found.nodes) == all_paths(proper)
    assert len(set(found.nodes)) == len(found.nodes)
    assert all(b in edges[a] for a, b in itertools.pairwise(found.nodes))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_large_parts_agree_with_small_ones(seed: int) -> None:
    """A ring of 13 with a few chords is searched by branch and bound; a chain hangs on it."""
    size = 13
    edges = {str(at): [str((at + 1) % size)] for at in range(size)}
    edges[str(seed % size)].append(str((seed // size) % size))
    edges["0"].append("tail0")
    edges |= {"tail0": ["tail1"], "tail1": []}
    found = longest_chain(edges, seconds=30)
    # Round the ring from the node behind 0, and down the tail.
    assert (len(found.nodes), found.exact) == (size + 2, True)


def test_without_time_there_is_a_path_and_a_bound() -> None:
    size = 40
    edges = {str(at): [str((at * step + 1) % size) for step in (3, 7, 11)] for at in range(size)}
    found = longest_chain(edges, seconds=0, clock=iter(range(10**9)).__next__)
    assert all(b in edges[a] for a, b in itertools.pairwise(found.nodes))
    assert len(found.nodes) <= found.most <= size
    assert longest_chain({}).nodes == ()


def test_a_graph_is_read_back_and_asked() -> None:
    graph = load_graph(GRAPH.dump())
    assert graph == GRAPH
    view = GraphView(graph)
    assert view.successors("search") == ("open",)
    assert view.predecessors("print") == ("open",)
    assert [one.parameter for one in view.links("open", "print")] == ["name", "page"]
    assert [one.source for one in view.sources("print", "page")] == ["open"]
    assert view.links("print", "open") == ()
    assert sorted(view.network.edges) == [("open", "print"), ("search", "open")]
    with pytest.raises(InputError, match="no tool 'close'"):
        view.successors("close")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": "gone"}, "there is no tool 'gone'"),
        ({"output": "pages"}, "has no output 'pages'"),
        ({"parameter": "gone"}, "has no parameter 'gone'"),
        ({"source": "print", "output": "page"}, "has no output 'page'"),
    ],
)
def test_a_link_that_leads_nowhere_is_refused(change: dict[str, str], message: str) -> None:
    data = GRAPH.dump()
    data["links"][1].update(change)
    with pytest.raises(InputError, match=message) as caught:
        load_graph(data)
    assert "links[1]" in str(caught.value)


def test_a_toolset_is_no_graph() -> None:
    with pytest.raises(InputError, match="no tool graph"):
        load_graph(GRAPH.toolset.dump())
