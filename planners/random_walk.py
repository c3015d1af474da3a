"""Random walks over the tool graph: the sampler that the paper's ablation compares with."""

import random
from collections.abc import Iterator

from toolweave.core.graph import Link
from toolweave.core.workflow import Workflow
from toolweave.planners.flow import Flow


def random_walks(
    flow: Flow, count: int, stream: random.Random, longest: int = 5
) -> Iterator[Workflow]:
    """Up to ``count`` distinct walks along links, with no regard to whether they make sense.

    A walk may start anywhere and visits no tool twice; one that cannot be carried out, because
    nobody could give an identifier it needs, is cut before that tool.
    """
    starts = [name for name in flow.tools if flow.startable(name)]
    seen: set[tuple[str, ...]] = set()
    for _ in range(20 * count):
        if len(seen) >= count or not starts:
            return
        tools, links = _walk(flow, stream.choice(starts), stream, stream.randint(2, longest))
        if len(tools) > 1 and tools not in seen:
            seen.add(tools)
            yield Workflow(motif="linear", tools=tools, links=links)


def _walk(
    flow: Flow, start: str, stream: random.Random, length: int
) -> tuple[tuple[str, ...], tuple[Link, ...]]:
    tools, links = [start], []
    while len(tools) < length:
        ways = [
            (name, found)
            for name, found in sorted(flow.successors(tools[-1]).items())
            if name not in tools and not flow.lacks(name, tools)
        ]
        if not ways:
            break
        name, found = stream.choice(ways)
        tools.append(name)
        links.append(found[0])
    return tuple(tools), tuple(links)
