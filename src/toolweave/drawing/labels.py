"""Where the label of an arrow stands: on its own line, clear of boxes, labels and other lines."""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from toolweave.drawing.measure import Content
from toolweave.drawing.placed import Box, PlacedArrow, Point

STRETCHES = 4
SHARES = (0.5, 0.35, 0.65, 0.2, 0.8, 0.1, 0.9)
DISTANCES = (0.0, -1.0, 1.0, -2.2, 2.2, -3.4, 3.4)
"""How far off the line, in halves of a label; only 0 and 1 are sure to be read rightly."""
_BESIDE = 4.0
_ON_BOX, _ON_LABEL, _ON_LINE, _OUTSIDE, _OFF_LINE = 1000.0, 600.0, 40.0, 30.0, 6.0


class _Candidate(NamedTuple):
    box: Box
    cost: float


def place_labels(
    arrows: tuple[PlacedArrow, ...], contents: list[Content], boxes: tuple[Box, ...]
) -> tuple[PlacedArrow, ...]:
    """The arrows with their labels placed one after the other, each at its cheapest place."""
    lines = [_stretches(arrow.points) for arrow in arrows]
    taken: list[Box] = []
    placed = []
    for number, (arrow, content) in enumerate(zip(arrows, contents, strict=True)):
        if not content.lines:
            placed.append(arrow)
            continue
        room = Box(0.0, 0.0, content.width + 4, content.height)
        near = _reach(arrow.points, room)
        others = [line for place, found in enumerate(lines) if place != number for line in found]
        choice = _cheapest(
            list(_candidates(arrow.points, room)),
            [box for box in boxes if _overlap(box, near)],
            [box for box in taken if _overlap(box, near)],
            [line for line in others if _overlap(line, near)],
        )
        taken.append(choice)
        text = tuple(
            line.moved(choice.x + (choice.width - line.width) / 2, choice.y)
            for line in content.lines
        )
        placed.append(replace(arrow, label=text, label_box=choice))
    return tuple(placed)


def _cheapest(
    candidates: list[_Candidate], boxes: list[Box], labels: list[Box], lines: list[Box]
) -> Box:
    obstacles = (
        [(box, _ON_BOX) for box in boxes]
        + [(box, _ON_LABEL) for box in labels]
        + [(box, _ON_LINE) for box in lines]
    )
    best, least = candidates[0].box, math.inf
    for candidate in sorted(candidates, key=lambda found: found.cost):
        if candidate.cost >= least:
            break
        cost = candidate.cost
        for obstacle, price in obstacles:
            if _overlap(candidate.box, obstacle):
                cost += price
                if cost >= least:
                    break
        else:
            best, least = candidate.box, cost
    return best


def _candidates(points: tuple[Point, ...], room: Box) -> Iterator[_Candidate]:
    """Places on and beside the longest stretches; what is off the line or too wide costs."""
    pairs = sorted(pairwise(points), key=lambda pair: -math.dist(pair[0], pair[1]))
    for order, (a, b) in enumerate(pairs[:STRETCHES]):
        flat = abs(b.x - a.x) >= abs(b.y - a.y)
        # Room for the head and a visible piece of line on either side.
        need = (room.width if flat else room.height) + 24
        base = order * 3.0 + (_OUTSIDE if math.dist(a, b) < need else 0.0)
        across = room.height / 2 + 2 if flat else room.width / 2 + _BESIDE
        for step, share in enumerate(SHARES):
            x, y = a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share
            for off in (across * distance for distance in DISTANCES):
                dx, dy = (0.0, off) if flat else (off, 0.0)
                corner = Box(x + dx - room.width / 2, y + dy - room.height / 2, *room[2:])
                yield _Candidate(corner, base + step + _OFF_LINE * abs(off / across) ** 2)


def _stretches(points: tuple[Point, ...]) -> list[Box]:
    return [
        Box(min(a.x, b.x) - 1, min(a.y, b.y) - 1, abs(b.x - a.x) + 2, abs(b.y - a.y) + 2)
        for a, b in pairwise(points)
    ]


def _reach(points: tuple[Point, ...], room: Box) -> Box:
    left, top = min(p.x for p in points), min(p.y for p in points)
    width, height = max(p.x for p in points) - left, max(p.y for p in points) - top
    dx, dy = 1.5 * room.width, 1.5 * room.height
    return Box(left - dx, top - dy, width + 2 * dx, height + 2 * dy)


def _overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.right
        and other.x < one.right
        and one.y < other.bottom
        and other.y < one.bottom
    )
