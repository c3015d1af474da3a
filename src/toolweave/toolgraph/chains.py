"""The longest simple path of a graph: exact where that can be proved in time, else two bounds.

A path passes each strongly connected part once, so the parts are solved one by one, the last
first: small ones by trying every set of visited nodes, larger ones by branch and bound.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

# Parts of so many nodes are solved by dynamic programming over visited sets.
_SMALL: Final = 12
# Steps between two looks at the clock.
_PAUSE: Final = 64
# Beyond so many nodes the bound of a branch costs more than it saves.
_BOUNDED: Final = 300


class Chain(NamedTuple):
    """A longest path that was found, in order; no path has more than ``most`` nodes."""

    nodes: tuple[str, ...]
    most: int

    @property
    def exact(self) -> bool:
        """Whether no longer path exists."""
        return len(self.nodes) == self.most


def longest_chain(
    successors: Mapping[str, Sequence[str]],
    seconds: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
) -> Chain:
    """The longest path without a repeated node, searched for at most ``seconds``.

    ``successors`` names every node. Within the time the answer is exact and depends on nothing but
    the graph; after it the best path so far stands beside an upper bound that is proved too.
    """
    if not successors:
        return Chain((), 0)
    search = _Search(successors, clock() + seconds, clock)
    for part in search.parts():
        search.solve(part)
    best = max(range(len(search.names)), key=lambda node: (len(search.best[node]), -node))
    return Chain(tuple(search.names[node] for node in search.best[best]), max(search.most))


@dataclass(slots=True)
class _Part:
    """A strongly connected part: its nodes, and the edges between them as bits."""

    nodes: list[int]
    inside: list[int]
    onward: list[tuple[int, ...]]
    reach: list[int]

    @property
    def slack(self) -> int:
        """By how much what lies behind may be longer than what was found there."""
        return max(most - len(found) for most, found in zip(self.reach, self.onward, strict=True))


class _Search:
    """The best path from every node, and a bound on all paths from it."""

    def __init__(
        self, successors: Mapping[str, Sequence[str]], deadline: float, clock: Callable[[], float]
    ) -> None:
        self.names = list(successors)
        place = {name: at for at, name in enumerate(self.names)}
        self.after = [
            sorted({place[other] for other in successors[name]} - {place[name]})
            for name in self.names
        ]
        self.best: list[tuple[int, ...]] = [()] * len(self.names)
        self.most = [0] * len(self.names)
        self.deadline, self.clock, self.steps = deadline, clock, 0
        self.late = False

    def parts(self) -> list[list[int]]:
        """The strongly connected parts, every one after those that it leads to."""
        import networkx

        graph: networkx.DiGraph[int] = networkx.DiGraph()
        graph.add_nodes_from(range(len(self.names)))
        graph.add_edges_from((one, other) for one, held in enumerate(self.after) for other in held)
        whole = networkx.condensation(graph)
        order = list(networkx.topological_sort(whole))
        return [sorted(whole.nodes[part]["members"]) for part in reversed(order)]

    def solve(self, nodes: list[int]) -> None:
        """Fill in ``best`` and ``most`` for the nodes of one part."""
        within = {node: at for at, node in enumerate(nodes)}
        inside = [
            sum(1 << within[other] for other in self.after[node] if other in within)
            for node in nodes
        ]
        onward: list[tuple[int, ...]] = []
        reach: list[int] = []
        for node in nodes:
            outside = [other for other in self.after[node] if other not in within]
            onward.append(max((self.best[other] for other in outside), key=len, default=()))
            reach.append(max((self.most[other] for other in outside), default=0))
        part = _Part(nodes, inside, onward, reach)
        if len(nodes) <= _SMALL:
            self._try_all(part)
        else:
            self._branch(part)

    def _try_all(self, part: _Part) -> None:
        """Every set of visited nodes once."""
        known: dict[tuple[int, int], tuple[int, int]] = {}

        def length(at: int, used: int) -> int:
            """How far one comes from a node when these have been visited; remembers how."""
            if (at, used) in known:
                return known[at, used][0]
            far, to = len(part.onward[at]), -1
            for other in _bits(part.inside[at] & ~used):
                found = length(other, used | 1 << other)
                if found > far:
                    far, to = found, other
            known[at, used] = (1 + far, to)
            return 1 + far

        for at, node in enumerate(part.nodes):
            length(at, 1 << at)
            path, here, used = [node], at, 1 << at
            while (to := known[here, used][1]) >= 0:
                path.append(part.nodes[to])
                here, used = to, used | 1 << to
            self.best[node] = (*path, *part.onward[here])
            self.most[node] = len(self.best[node]) + part.slack

    def _branch(self, part: _Part) -> None:
        """Depth first from every node, leaving branches that cannot beat the best."""
        for at, node in enumerate(part.nodes):
            found, proved = self._from(part, at)
            path, last = [part.nodes[one] for one in found], found[-1]
            self.best[node] = (*path, *part.onward[last])
            ceiling = len(part.nodes) + max(part.reach)
            proof = len(self.best[node]) + part.slack if proved else ceiling
            self.most[node] = min(proof, ceiling)

    def _from(self, part: _Part, start: int) -> tuple[list[int], bool]:
        """The best way through the part from one node, and whether it is proved to be the best."""
        farthest = max(map(len, part.onward))
        ceiling = len(part.nodes) + farthest
        best, value = [start], 1 + len(part.onward[start])
        path, used = [start], 1 << start
        ways = [self._ways(part, start, used)]
        while ways:
            self._tick()
            if value == ceiling:
                return best, True
            if self.late:
                return best, False
            if not ways[-1]:
                ways.pop()
                used &= ~(1 << path.pop())
                continue
            here = ways[-1].pop()
            if len(part.nodes) <= _BOUNDED:
                free = _reached(part, here, used | 1 << here)
                if len(path) + 1 + free.bit_count() + farthest <= value:
                    continue
            path.append(here)
            used |= 1 << here
            if len(path) + len(part.onward[here]) > value:
                best, value = list(path), len(path) + len(part.onward[here])
            ways.append(self._ways(part, here, used))
        return best, True

    def _ways(self, part: _Part, at: int, used: int) -> list[int]:
        """Where one may go, the node with the fewest ways out last: it is taken first."""
        free = list(_bits(part.inside[at] & ~used))
        free.sort(key=lambda one: (-(part.inside[one] & ~used).bit_count(), -one))
        return free

    def _tick(self) -> None:
        self.steps += 1
        if self.steps % _PAUSE == 0 and not self.late:
            self.late = self.clock() > self.deadline


def _bits(mask: int) -> list[int]:
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def _reached(part: _Part, at: int, used: int) -> int:
    """The unvisited nodes that can be reached from a node, as bits."""
    seen, edge = 0, part.inside[at] & ~used
    while edge:
        seen |= edge
        edge = 0
        for one in _bits(seen):
            edge |= part.inside[one]
        edge &= ~used & ~seen
    return seen
