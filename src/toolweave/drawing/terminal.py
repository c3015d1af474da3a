"""Boxes in layers on a grid of characters, neighbouring layers joined by shared lines."""

from typing import NamedTuple

from toolweave.drawing.layers import ranks
from toolweave.drawing.model import Diagram
from toolweave.drawing.text import cells, wrap_cells

MAX_NODES = 24
LABEL_CELLS = 23
_GAPS = (3, 1)
"""Odd, as the boxes are, so that every layer is odd and all middles agree; wide if it fits."""


class Picture(NamedTuple):
    """Rows of text and the places of the arrows they show; no rows if it does not fit."""

    rows: list[str]
    drawn: frozenset[int]


class _Spot(NamedTuple):
    left: int
    width: int
    label: str


class _Net(NamedTuple):
    """Everything above joined with everything below: each upper box has all these arrows."""

    above: tuple[str, ...]
    below: tuple[str, ...]
    down: bool
    up: bool


def layered_boxes(diagram: Diagram, columns: int) -> Picture:
    """Draw all boxes and every arrow between neighbouring layers, if they fit side by side.

    Arrows within a layer, over several layers and back to their own box are left out. Both
    ways between two boxes become one line with two heads. A shared line joins everything above
    it with everything below it, never two boxes of the same layer.
    """
    nothing = Picture([], frozenset())
    if len(diagram.nodes) > MAX_NODES:
        return nothing
    rank = ranks(diagram)
    layers = [
        [node.id for node in diagram.nodes if rank[node.id] == depth]
        for depth in range(max(rank.values()) + 1)
    ]
    spots = _spots(diagram, layers, columns)
    if spots is None:
        return nothing
    rows: list[str] = []
    drawn: set[int] = set()
    for depth, layer in enumerate(layers):
        rows += _boxes([spots[name] for name in layer])
        if depth + 1 < len(layers):
            nets = _nets(diagram, rank, depth)
            between = _between(nets, spots)
            if between is None:
                return nothing
            rows += between
    for place, arrow in enumerate(diagram.arrows):
        if abs(rank[arrow.source] - rank[arrow.target]) == 1:
            drawn.add(place)
    return Picture([row.rstrip() for row in rows], frozenset(drawn))


def _spots(diagram: Diagram, layers: list[list[str]], columns: int) -> dict[str, _Spot] | None:
    names = {node.id: _odd(node.label) for node in diagram.nodes}
    for gap in _GAPS:
        widths = [sum(cells(names[n]) + 4 for n in row) + gap * (len(row) - 1) for row in layers]
        if max(widths) <= columns:
            break
    else:
        return None
    spots: dict[str, _Spot] = {}
    for layer, width in zip(layers, widths, strict=True):
        left = (max(widths) - width) // 2
        for name in layer:
            spots[name] = _Spot(left, cells(names[name]) + 4, names[name])
            left += spots[name].width + gap
    return spots


def _odd(label: str) -> str:
    """The label on one line, padded to an odd number of columns."""
    line = (wrap_cells(label, LABEL_CELLS, 1) or ("",))[0]
    return line if cells(line) % 2 else line + " "


def _boxes(spots: list[_Spot]) -> list[str]:
    rows = ["", "", ""]
    for spot in spots:
        line = "─" * (spot.width - 2)
        for place, piece in enumerate((f"┌{line}┐", f"│ {spot.label} │", f"└{line}┘")):
            rows[place] += " " * (spot.left - cells(rows[place])) + piece
    return rows


def _nets(diagram: Diagram, rank: dict[str, int], depth: int) -> list[_Net]:
    """Arrows between two layers as few bundles; boxes above that lead to the same ones share."""
    ways: dict[tuple[str, str], set[bool]] = {}
    for arrow in diagram.arrows:
        pair = (rank[arrow.source], rank[arrow.target])
        if pair == (depth, depth + 1):
            ways.setdefault((arrow.source, arrow.target), set()).add(True)
        elif pair == (depth + 1, depth):
            ways.setdefault((arrow.target, arrow.source), set()).add(False)
    fans: dict[tuple[str, frozenset[bool]], list[str]] = {}
    for (above, below), way in ways.items():
        fans.setdefault((above, frozenset(way)), []).append(below)
    shared: dict[tuple[tuple[str, ...], frozenset[bool]], list[str]] = {}
    for (above, kind), belows in fans.items():
        shared.setdefault((tuple(sorted(belows)), kind), []).append(above)
    return [
        _Net(tuple(above), below, True in kind, False in kind)
        for (below, kind), above in shared.items()
    ]


def _between(nets: list[_Net], spots: dict[str, _Spot]) -> list[str] | None:
    """The rows between two layers, or nothing if a box has more lines than columns for them."""
    if not nets:
        return [""]
    tops = _ports([net.above for net in nets], spots, [set() for _ in nets])
    if tops is None:
        return None
    # A line from above and one from below may share a column only within the same bundle.
    foreign = [{c for other in tops if other is not top for c in other} for top in tops]
    bottoms = _ports([net.below for net in nets], spots, foreign)
    if bottoms is None:
        return None
    width = max(spot.left + spot.width for spot in spots.values())
    grid = [[" "] * width for _ in range(len(nets) + 2)]
    for track, (net, top, bottom) in enumerate(zip(nets, tops, bottoms, strict=True), start=1):
        _draw(grid, track, net, top, bottom)
    return ["".join(row) for row in grid]


def _ports(
    bundles: list[tuple[str, ...]], spots: dict[str, _Spot], blocked: list[set[int]]
) -> list[list[int]] | None:
    """For every box of every bundle a column of its own, as near to its middle as is free."""
    taken: set[int] = set()
    ports: list[list[int]] = []
    for names, closed in zip(bundles, blocked, strict=True):
        found: list[int] = []
        for name in names:
            spot = spots[name]
            middle = spot.left + spot.width // 2
            inside = range(spot.left + 1, spot.left + spot.width - 1)
            free = [column for column in inside if column not in taken and column not in closed]
            if not free:
                return None
            column = min((abs(column - middle), column) for column in free)[1]
            found.append(column)
            taken.add(column)
        ports.append(found)
    return ports


def _draw(grid: list[list[str]], track: int, net: _Net, top: list[int], bottom: list[int]) -> None:
    last = len(grid) - 1
    for column in range(min(top + bottom), max(top + bottom) + 1):
        _set(grid, track, column, "─")
    for column in top:
        for row in range(track):
            _set(grid, row, column, "│")
    for column in bottom:
        for row in range(track + 1, last + 1):
            _set(grid, row, column, "│")
    for column in {*top, *bottom}:
        left, right = column > min(top + bottom), column < max(top + bottom)
        grid[track][column] = _JOINTS[(column in top, column in bottom, left, right)]
    for column in bottom if net.down else ():
        grid[last][column] = "▼"
    for column in top if net.up else ():
        grid[0][column] = "▲"


def _set(grid: list[list[str]], row: int, column: int, sign: str) -> None:
    """Where two lines cross, the upright one passes in front, so that it is no joint."""
    grid[row][column] = "│" if grid[row][column] == "│" else sign


_JOINTS = {
    (True, False, False, False): "│",
    (False, True, False, False): "│",
    (True, True, False, False): "│",
    (True, False, True, True): "┴",
    (True, False, True, False): "┘",
    (True, False, False, True): "└",
    (False, True, True, True): "┬",
    (False, True, True, False): "┐",
    (False, True, False, True): "┌",
    (True, True, True, True): "┼",
    (True, True, True, False): "┤",
    (True, True, False, True): "├",
}
