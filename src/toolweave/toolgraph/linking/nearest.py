"""The rows of a matrix with the largest products with each of many others, found through cells.

Few rows are searched exactly, block by block. Many are first sorted into cells of alike rows
(k-means), and each query looks into the cells whose centres suit it best (an inverted file).
"""

from itertools import pairwise
from typing import Final

import numpy as np

from toolweave.toolgraph.linking.columns import Numbers, Places

# So many rows are searched one and all.
EXACT: Final = 6_000
_CELL: Final = 256
_PROBED: Final = 10
_BLOCK: Final = 1024
_ASKED: Final = 4096
_ROUNDS: Final = 4
_SAMPLE: Final = 20_000


def nearest(queries: Numbers, rows: Numbers, count: int) -> tuple[Places, Places]:
    """Pairs (query, row) of each query with ``count`` rows of the largest products, unordered.

    Exact for up to ``EXACT`` rows; beyond that a row may be missed whose cell was not looked into.
    """
    if not len(queries) or not len(rows):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    if len(rows) <= EXACT:
        return _exact(queries, rows, np.arange(len(queries)), np.arange(len(rows)), count)
    return _through_cells(queries, rows, count)


def _exact(
    queries: Numbers, rows: Numbers, named: Places, placed: Places, count: int
) -> tuple[Places, Places]:
    """Every row against every query; ``named`` and ``placed`` are what they are called outside."""
    left, right = [], []
    width = min(count, len(placed))
    chosen_rows = rows if len(placed) == len(rows) else rows[placed]
    for start in range(0, len(named), _BLOCK):
        block = named[start : start + _BLOCK]
        products = queries[block] @ chosen_rows.T
        best = _largest(products, width)
        left.append(np.repeat(block, width))
        right.append(placed[best].ravel())
    return np.concatenate(left), np.concatenate(right)


def _through_cells(queries: Numbers, rows: Numbers, count: int) -> tuple[Places, Places]:
    """Each query against the rows of its best cells, cell by cell, some thousand at a time."""
    cells = _Cells(rows)
    parts = [
        (start, *cells.search(queries[start : start + _ASKED], count))
        for start in range(0, len(queries), _ASKED)
    ]
    return (
        np.concatenate([start + asked for start, asked, _ in parts]),
        np.concatenate([found for _, _, found in parts]),
    )


class _Cells:
    """Rows sorted into cells of alike ones."""

    def __init__(self, rows: Numbers) -> None:
        self.rows = rows
        self.centres = _centres(rows, max(2, len(rows) // _CELL))
        home = _closest(rows, self.centres)
        order = np.argsort(home, kind="stable")
        edges = np.searchsorted(home[order], np.arange(len(self.centres) + 1))
        self.held = [order[low:high] for low, high in pairwise(edges.tolist())]

    def search(self, queries: Numbers, count: int) -> tuple[Places, Places]:
        """Pairs of a query and a row."""
        probed = _best(queries, self.centres, min(_PROBED, len(self.centres)))
        asked = np.argsort(probed.ravel(), kind="stable")
        who, column = np.divmod(asked, probed.shape[1])
        starts = np.searchsorted(probed.ravel()[asked], np.arange(len(self.centres) + 1))
        # Unused places hold row -1.
        kept = np.full((*probed.shape, count), -1, np.int32)
        values = np.full(kept.shape, -np.inf, np.float32)
        for inside, (low, high) in zip(self.held, pairwise(starts.tolist()), strict=True):
            if not len(inside) or low == high:
                continue
            products = queries[who[low:high]] @ self.rows[inside].T
            best = _largest(products, count)
            place = who[low:high], column[low:high], slice(best.shape[1])
            kept[place] = inside[best]
            values[place] = np.take_along_axis(products, best, axis=1)
        best = _largest(values.reshape(len(queries), -1), count)
        flat = kept.reshape(len(queries), -1)
        right = np.take_along_axis(flat, best, axis=1).ravel().astype(np.int64)
        left = np.repeat(np.arange(len(queries)), best.shape[1])
        return left[right >= 0], right[right >= 0]


def _largest(values: Numbers, count: int) -> Places:
    """The columns of the ``count`` largest values of each row, unordered."""
    width = values.shape[1]
    if width <= count:
        return np.broadcast_to(np.arange(width), values.shape)
    return np.argpartition(values, width - count, axis=1)[:, -count:]


def _centres(rows: Numbers, count: int) -> Numbers:
    """Centres of cells, by a few rounds of k-means over a sample drawn with a fixed seed."""
    draw = np.random.default_rng(0)
    sample = rows[draw.permutation(len(rows))[: min(len(rows), max(_SAMPLE, 8 * count))]]
    centres = sample[:count].copy()
    for _ in range(_ROUNDS):
        home = _closest(sample, centres)
        sums = np.zeros_like(centres)
        np.add.at(sums, home, sample)
        held = np.bincount(home, minlength=count).astype(np.float32)
        full = held > 0
        centres[full] = sums[full] / held[full, None]
    return centres


def _closest(rows: Numbers, centres: Numbers) -> Places:
    """The centre nearest to each row by distance."""
    half = (centres * centres).sum(axis=1) / 2
    parts = [
        np.argmax(rows[start : start + _BLOCK] @ centres.T - half, axis=1)
        for start in range(0, len(rows), _BLOCK)
    ]
    return np.concatenate(parts)


def _best(rows: Numbers, centres: Numbers, count: int) -> Places:
    """The ``count`` centres with the largest products with each row."""
    parts = [
        _largest(rows[start : start + _BLOCK] @ centres.T, count)
        for start in range(0, len(rows), _BLOCK)
    ]
    return np.concatenate(parts)
