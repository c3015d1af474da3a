"""Columns of numbers about many fields, and lookups of them in bulk."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from toolweave.toolgraph.linking.fields import Field

Places: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = NDArray[np.float32]
Flags: TypeAlias = NDArray[np.bool_]


def places(values: Iterable[int]) -> Places:
    """A column of row numbers or codes."""
    return np.array(list(values), np.int64)


def numbers(values: Iterable[float]) -> Numbers:
    """A column of measures."""
    return np.array(list(values), np.float32)


def flags(values: Iterable[bool]) -> Flags:
    """A column of yes and no."""
    return np.array(list(values), np.bool_)


def products(left: Numbers, right: Numbers) -> Numbers:
    """The product of each row of one matrix with the same row of the other."""
    found: Numbers = np.einsum("ij,ij->i", left, right)
    return found


class Codes:
    """A number for every distinct text."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def of(self, texts: Iterable[str]) -> Places:
        """The numbers of the texts; the same text has the same number."""
        known = self.known
        return places(known.setdefault(text, len(known)) for text in texts)


class Mentions:
    """Which rows say which words: a sorted list of (row, word), searched in bulk."""

    def __init__(self, codes: Codes, rows: Sequence[Iterable[str]]) -> None:
        known = codes.known
        self._width = len(known) + 1
        found = {
            row * self._width + known[word]
            for row, said in enumerate(rows)
            for word in said
            if word in known
        }
        self._keys = places(sorted(found))

    def holds(self, rows: Places, said: Places) -> Flags:
        """Whether each row says the word of that code."""
        wanted = rows * self._width + said
        if not len(self._keys):
            return np.zeros(len(wanted), np.bool_)
        at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        held: Flags = self._keys[at] == wanted
        return held


class Choices:
    """The values that enumerated fields allow, compared once per pair of enumerations."""

    def __init__(self, outputs: Sequence[Field], parameters: Sequence[Field]) -> None:
        self._known: dict[frozenset[str], int] = {frozenset(): 0}
        self._out = self._codes(outputs)
        self._into = self._codes(parameters)
        self._sets = list(self._known)
        self._shared: dict[tuple[int, int], float] = {}

    def _codes(self, fields: Sequence[Field]) -> Places:
        known = self._known
        return places(known.setdefault(field.shape.choices, len(known)) for field in fields)

    def shared(self, outputs: Places, parameters: Places) -> Numbers:
        """The share of common values in all values of the two; 0 where one is not enumerated."""
        left, right = self._out[outputs], self._into[parameters]
        found = np.zeros(len(outputs), np.float32)
        for at in np.flatnonzero((left > 0) & (right > 0)):
            pair = int(left[at]), int(right[at])
            if pair not in self._shared:
                one, other = self._sets[pair[0]], self._sets[pair[1]]
                self._shared[pair] = len(one & other) / len(one | other)
            found[at] = self._shared[pair]
        return found
