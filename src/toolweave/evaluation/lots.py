"""A sample of fixed size out of numbered things of unknown number, drawn by seed."""

from heapq import heappush, heapreplace
from typing import NamedTuple

from toolweave.core.seeding import digest


class Drawn(NamedTuple):
    """Whether a number is in the sample, and the one that leaves it for that."""

    wanted: bool
    leaves: int | None = None


class Lots:
    """Draws the numbers of smallest lot, one after another; all of them where ``size`` is 0."""

    def __init__(self, seed: int, name: str, size: int) -> None:
        self._seed, self._name, self._size = seed, name, size
        self._heap: list[tuple[int, int]] = []

    def draw(self, number: int) -> Drawn:
        """Whether this number is in the sample of those so far."""
        if not self._size:
            return Drawn(wanted=True)
        entry = (-digest(self._seed, self._name, number), -number)
        if len(self._heap) < self._size:
            heappush(self._heap, entry)
            return Drawn(wanted=True)
        if entry < self._heap[0]:
            return Drawn(wanted=False)
        return Drawn(wanted=True, leaves=-heapreplace(self._heap, entry)[1])

    def holds(self) -> frozenset[int]:
        """The numbers that are in the sample of those so far, where it has a size."""
        return frozenset(-number for _, number in self._heap)
