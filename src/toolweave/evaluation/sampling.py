"""A sample drawn evenly over groups, out of numbered things of unknown number."""

from collections.abc import Mapping
from heapq import heappush, heappushpop
from typing import Final

from toolweave.core.seeding import digest

_NAME: Final = "judge"


class Strata:
    """Draws ``size`` numbers by seed, as evenly over the groups as these allow.

    A larger sample of the same seed holds the smaller one. Memory holds at most ``size`` numbers
    of each group.
    """

    def __init__(self, seed: int, size: int) -> None:
        self._seed, self._size = seed, size
        self._heaps: dict[str, list[tuple[int, int]]] = {}

    def add(self, group: str, number: int) -> None:
        """One more number, and the group that it belongs to."""
        entry = (-digest(self._seed, _NAME, number), -number)
        heap = self._heaps.setdefault(group, [])
        if len(heap) < self._size:
            heappush(heap, entry)
        else:
            heappushpop(heap, entry)

    def drawn(self) -> frozenset[int]:
        """The numbers in the sample."""
        shares = self._shares()
        return frozenset(
            -number
            for group, heap in self._heaps.items()
            for _, number in sorted(heap, reverse=True)[: shares[group]]
        )

    def _shares(self) -> Mapping[str, int]:
        """How many of each group: one of each in turn, in an order drawn by seed."""
        shares = dict.fromkeys(self._heaps, 0)
        order = sorted(shares, key=lambda group: (digest(self._seed, _NAME, group), group))
        left = self._size
        while left and order:
            order = [group for group in order if shares[group] < len(self._heaps[group])]
            for group in order[:left]:
                shares[group] += 1
            left -= min(left, len(order))
        return shares
