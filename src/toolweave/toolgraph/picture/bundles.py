"""Links gathered around the values they carry: many arrows of one meaning become few."""

import heapq
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from toolweave.core.graph import Link

MAX_PAIRS = 20_000
"""Pairs of outputs whose common targets are tried; beyond it only whole fans are."""


class End(NamedTuple):
    """An output or a parameter: its tool and its path there."""

    tool: str
    path: str


class Bundle(NamedTuple):
    """Every output feeds every parameter, except those of its own tool; ``links`` are these."""

    outputs: tuple[End, ...]
    parameters: tuple[End, ...]
    links: tuple[Link, ...]


class Bundled(NamedTuple):
    """Bundles, and the links that are in none of them."""

    bundles: tuple[Bundle, ...]
    single: tuple[Link, ...]


class _Choice(NamedTuple):
    gain: int
    outputs: tuple[int, ...]
    parameters: int


def bundled(links: Iterable[Link]) -> Bundled:
    """Cover the links by bundles that save arrows and labels, the most saving one first.

    Exact: a bundle never says of an output and a parameter of two tools that they are linked
    when they are not, and every link is in a bundle or among the single ones.
    """
    return _Cover(tuple(links)).run()


class _Cover:
    """A greedy cover by complete two-sided parts; sets of parameters are the bits of integers."""

    def __init__(self, links: tuple[Link, ...]) -> None:
        self.links = links
        self.outputs = list(dict.fromkeys(End(k.source, k.output) for k in links))
        self.parameters = list(dict.fromkeys(End(k.target, k.parameter) for k in links))
        bit = {end: 1 << place for place, end in enumerate(self.parameters)}
        own: dict[str, int] = {}
        for end, mask in bit.items():
            own[end.tool] = own.get(end.tool, 0) | mask
        feeds = dict.fromkeys(self.outputs, 0)
        for link in links:
            feeds[End(link.source, link.output)] |= bit[End(link.target, link.parameter)]
        self.feeds = [feeds[end] for end in self.outputs]
        self.allowed = [feeds[end] | own.get(end.tool, 0) for end in self.outputs]
        self.open = list(self.feeds)
        self.tools_of: Callable[[int], frozenset[str]] = lru_cache(maxsize=None)(self._tools)

    def run(self) -> Bundled:
        heap = [(-self.choice(mask).gain, mask) for mask in self.candidates()]
        heapq.heapify(heap)
        chosen: list[_Choice] = []
        while heap:
            told, mask = heapq.heappop(heap)
            choice = self.choice(mask)
            if choice.gain <= 0:
                continue
            if choice.gain < -told:
                # What others have covered since makes it worth less: back in line.
                heapq.heappush(heap, (-choice.gain, mask))
                continue
            chosen.append(choice)
            for place in choice.outputs:
                self.open[place] &= ~choice.parameters
            heapq.heappush(heap, (-self.choice(mask).gain, mask))
        return self.result(chosen)

    def candidates(self) -> list[int]:
        fans = sorted(set(self.feeds))
        found = dict.fromkeys(fans)
        if len(fans) * (len(fans) - 1) // 2 <= MAX_PAIRS:
            shared = (one & other for one, other in combinations(sorted(set(self.allowed)), 2))
            found |= dict.fromkeys(mask for mask in shared if mask)
        return list(found)

    def choice(self, mask: int) -> _Choice:
        """The best use of a set of parameters: who feeds all of it, and what that would save."""
        outputs = tuple(
            place
            for place, allowed in enumerate(self.allowed)
            if not mask & ~allowed and mask & self.open[place]
        )
        used, pairs = 0, 0
        reached: dict[str, set[str]] = {}
        for place in outputs:
            fresh = mask & self.open[place]
            used |= fresh
            reached.setdefault(self.outputs[place].tool, set()).update(self.tools_of(fresh))
        pairs = sum(map(len, reached.values()))
        # An arrow and its label for every pair of tools, against one arrow a tool and one label.
        gain = 2 * pairs - len(reached) - len(self.tools_of(used)) - 1
        return _Choice(gain, outputs, used)

    def _tools(self, mask: int) -> frozenset[str]:
        return frozenset(self.parameters[place].tool for place in _bits(mask))

    def result(self, chosen: list[_Choice]) -> Bundled:
        known = {(End(k.source, k.output), End(k.target, k.parameter)): k for k in self.links}
        bundles = []
        covered: set[Link] = set()
        for choice in chosen:
            outputs = tuple(self.outputs[place] for place in choice.outputs)
            parameters = tuple(self.parameters[place] for place in _bits(choice.parameters))
            links = tuple(known[a, b] for a in outputs for b in parameters if (a, b) in known)
            covered.update(links)
            bundles.append(Bundle(outputs, parameters, links))
        return Bundled(tuple(bundles), tuple(k for k in known.values() if k not in covered))


def _bits(mask: int) -> list[int]:
    return [place for place in range(mask.bit_length()) if mask >> place & 1]
