"""The rows of a matrix with the largest products with each of many others, found through cells.

Few rows are searched exactly, block by block. Many are first sorted into cells of alike rows
(k-means), and each query looks into the cells whose centres suit it best (an inverted file).
"""

from typing import Final

import numpy as np

from toolweave.toolgraph.columns import Numbers, Places

# So many rows are searched one and all.
EXACT: Final = 6_000
_CELL: Final = 256
_PROBED: Final = 10
_BLOCK: Final = 1024
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
    """Each query against the rows of its best cells, cell by cell."""
    centres = _centres(rows, max(2, len(rows) // _CELL))
    home = _best(rows, centres, 1).ravel()
    order = np.argsort(home, kind="stable")
    edges = np.searchsorted(home[order], np.arange(len(centres) + 1))
    probed = _best(queries, centres, min(_PROBED, len(centres)))
    asked = np.argsort(probed.ravel(), kind="stable")
    who = asked // probed.shape[1]
    starts = np.searchsorted(probed.ravel()[asked], np.arange(len(centres) + 1))
    # So many of each cell are kept as come into question; unused places hold row -1.
    width = max(1, min(count, -(-2 * count // probed.shape[1])))
    kept = np.full((len(queries), probed.shape[1], width), -1, np.int32)
    values = np.full(kept.shape, -np.inf, np.float32)
    column = asked % probed.shape[1]
    for cell in range(len(centres)):
        inside = order[edges[cell] : edges[cell + 1]]
        for start in range(starts[cell], starts[cell + 1] if len(inside) else 0, _BLOCK):
            block = slice(start, min(start + _BLOCK, starts[cell + 1]))
            products = queries[who[block]] @ rows[inside].T
            best = _largest(products, width)
            held = best.shape[1]
            kept[who[block], column[block], :held] = inside[best]
            values[who[block], column[block], :held] = np.take_along_axis(products, best, axis=1)
    best = _largest(values.reshape(len(queries), -1), count)
    left = np.repeat(np.arange(len(queries)), best.shape[1])
    flat = kept.reshape(len(queries), -1)
    right = np.take_along_axis(flat, best, axis=1).ravel().astype(np.int64)
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
    """The ``count`` centres with the largest products with each row; one: the nearest."""
    if count == 1:
        return _closest(rows, centres)[:, None]
    parts = []
    for start in range(0, len(rows), _BLOCK):
        products = rows[start : start + _BLOCK] @ centres.T
        parts.append(_largest(products, count))
    return np.concatenate(parts)
