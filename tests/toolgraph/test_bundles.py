"""Bundles of links: exact, complete, and worth their while."""

from hypothesis import given, settings
from hypothesis import strategies as st

from toolweave.core.graph import Link
from toolweave.toolgraph.picture.bundles import Bundled, End, bundled

Pair = tuple[End, End]


def link(source: str, target: str, output: str = "id", parameter: str = "id") -> Link:
    return Link(
        source=source,
        output=output,
        target=target,
        parameter=parameter,
        kind="same_name",
        score=0.9,
    )


def pairs(links: tuple[Link, ...]) -> list[Pair]:
    return [(End(k.source, k.output), End(k.target, k.parameter)) for k in links]


def said(found: Bundled) -> set[Pair]:
    """Everything a reader takes the bundles to mean."""
    return {
        (output, parameter)
        for bundle in found.bundles
        for output in bundle.outputs
        for parameter in bundle.parameters
        if output.tool != parameter.tool
    }


@st.composite
def link_sets(draw: st.DrawFn) -> tuple[Link, ...]:
    tool, path = st.sampled_from("abcdef"), st.sampled_from(("id", "x[].id", "name"))
    ends = st.tuples(tool, path, tool, path).filter(lambda e: e[0] != e[2])
    found = draw(st.lists(ends, unique=True, max_size=60))
    return tuple(link(a, b, output, parameter) for a, output, b, parameter in found)


@given(link_sets())
@settings(max_examples=200, deadline=None)
def test_bundles_say_every_link_and_nothing_else(links: tuple[Link, ...]) -> None:
    found = bundled(links)
    single = set(pairs(found.single))
    assert said(found) | single == set(pairs(links))
    assert not said(found) & single
    for bundle in found.bundles:
        assert set(pairs(bundle.links)) <= said(found)


@given(link_sets())
@settings(max_examples=50, deadline=None)
def test_bundling_is_repeatable_and_never_needs_more_arrows(links: tuple[Link, ...]) -> None:
    found = bundled(links)
    assert found == bundled(links)
    tools = [
        len({e.tool for e in b.outputs}) + len({e.tool for e in b.parameters})
        for b in found.bundles
    ]
    arrows = sum(tools) + len({(k.source, k.target) for k in found.single})
    assert arrows <= 2 * len({(k.source, k.target) for k in links})


def test_sources_and_targets_of_one_value_are_one_bundle() -> None:
    links = tuple(link(a, b) for a in "abc" for b in "wxyz")
    (bundle,) = bundled(links).bundles
    assert [end.tool for end in bundle.outputs] == ["a", "b", "c"]
    assert [end.tool for end in bundle.parameters] == ["w", "x", "y", "z"]
    assert bundled(links).single == ()


def test_a_tool_that_takes_and_returns_a_value_splits_no_bundle() -> None:
    links = tuple(link(a, b) for a in "abc" for b in "cde" if a != b)
    (bundle,) = bundled(links).bundles
    assert len(bundle.links) == 8 and bundled(links).single == ()


def test_few_links_stay_single() -> None:
    links = (link("a", "b"), link("a", "c"), link("d", "e"))
    assert bundled(links) == Bundled((), links)


def test_several_links_between_two_tools_are_no_bundle() -> None:
    links = tuple(link("a", "b", "id", f"p{n}") for n in range(9))
    assert bundled(links).bundles == ()


def test_a_link_that_is_missing_is_not_said() -> None:
    links = tuple(link(a, b) for a in "abc" for b in "wxyz" if (a, b) != ("a", "w"))
    found = bundled(links)
    assert (End("a", "id"), End("w", "id")) not in said(found)
    assert 1 <= len(found.bundles) <= 2
