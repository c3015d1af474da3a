"""Which dialogues a report shows: drawn by seed, and so that what occurs is seen."""

from collections.abc import Iterator
from heapq import heappush, heapreplace
from pathlib import Path
from typing import Final

from toolweave.core.seeding import digest
from toolweave.evaluation.loading import LoadedDialogue, load_dialogues, raw_lines, read_line
from toolweave.evaluation.observing import Observed
from toolweave.schema.documents import unreadable

SHOWN: Final = 20
# Traits that are looked for; a file may name any number of domains or errors.
_TRAITS: Final = 200
# The share of the sample that may go to what is seldom.
_SELDOM: Final = 0.6


class Sample:
    """Draws the numbers of dialogues one after another, in memory that does not grow.

    A dialogue with the smallest lot stands for each motif, pattern, failure and edit; what these
    leave of ``size`` is filled by lot.
    """

    def __init__(self, seed: int, size: int = SHOWN) -> None:
        self._seed, self._size = seed, size
        self._heap: list[tuple[int, int]] = []
        self._first: dict[str, tuple[int, int]] = {}
        self._seen: dict[str, int] = {}

    def see(self, one: Observed) -> None:
        """One more record."""
        if one.held is None or not self._size:
            return
        lot = digest(self._seed, "report", one.number)
        if len(self._heap) < self._size:
            heappush(self._heap, (-lot, one.number))
        elif -lot > self._heap[0][0]:
            heapreplace(self._heap, (-lot, one.number))
        for trait in _traits(one):
            if trait in self._first or len(self._first) < _TRAITS:
                self._seen[trait] = self._seen.get(trait, 0) + 1
                self._first[trait] = min(
                    self._first.get(trait, (lot, one.number)), (lot, one.number)
                )

    def numbers(self) -> tuple[int, ...]:
        """The numbers of the records drawn so far, in order."""
        chosen: dict[int, None] = {}
        for trait in sorted(self._first, key=lambda name: (self._seen[name], name)):
            if len(chosen) >= _SELDOM * self._size:
                break
            chosen[self._first[trait][1]] = None
        for _, number in sorted(self._heap, reverse=True):
            if len(chosen) >= self._size:
                break
            chosen[number] = None
        return tuple(sorted(chosen))


def drawn(path: str, numbers: tuple[int, ...]) -> Iterator[LoadedDialogue]:
    """The records of a file with these numbers, counted from 1.

    Raises:
        InputError: the file cannot be read.
    """
    wanted = frozenset(numbers)
    if Path(path).suffix.lower() == ".json":
        yield from (one for at, one in enumerate(load_dialogues(path), 1) if at in wanted)
        return
    try:
        with Path(path).open("rb") as stream:
            for at, (line, raw) in enumerate(raw_lines(stream, path), 1):
                if at in wanted:
                    yield read_line(raw, path, line)
    except (OSError, ValueError) as error:
        unreadable(path, error)


def _traits(one: Observed) -> Iterator[str]:
    held = one.held
    assert held is not None
    if held.motif:
        yield f"motif {held.motif}"
    yield from {f"pattern {turn.kind}" for turn in held.turns if turn.kind}
    yield from {f"failure {kind}" for kind in held.failures}
    yield from {f"edit {kind}" for kind in held.edits}
