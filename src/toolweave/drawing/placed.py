"""A diagram with every coordinate decided, in pixels from the top left corner."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from toolweave.drawing.model import Arrow, Diagram, Group, Node

CORNER = 6.0
JOINT_CORNER = 9.0
HEAD_LENGTH = 9.0
HEAD_WIDTH = 8.0


class Point(NamedTuple):
    """A place on the page."""

    x: float
    y: float


class Box(NamedTuple):
    """A rectangle by its top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of the right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower edge."""
        return self.y + self.height

    def moved(self, dx: float, dy: float) -> "Box":
        """The same box elsewhere."""
        return Box(self.x + dx, self.y + dy, self.width, self.height)


class Line(NamedTuple):
    """A line of text; ``y`` is the baseline, ``x`` its left end, ``width`` as measured."""

    text: str
    x: float
    y: float
    width: float
    size: float
    muted: bool = False

    def moved(self, dx: float, dy: float) -> "Line":
        """The same text elsewhere."""
        return self._replace(x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node with its box and the lines inside it."""

    node: Node
    box: Box
    lines: tuple[Line, ...]
    tone: int

    @property
    def radius(self) -> float:
        """How round the corners are."""
        return JOINT_CORNER if self.node.joint else CORNER


@dataclass(frozen=True, slots=True)
class PlacedArrow:
    """An arrow with its corners from source to target, and its label with the room it covers."""

    arrow: Arrow
    points: tuple[Point, ...]
    tone: int
    label: tuple[Line, ...] = ()
    label_box: Box | None = None
    thin: bool = False


@dataclass(frozen=True, slots=True)
class PlacedGroup:
    """A group with its frame and its headline."""

    group: Group
    box: Box
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Swatch:
    """An entry of the legend; ``stroke`` says that it explains an arrow, not a box."""

    box: Box
    tone: int
    line: Line
    stroke: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """The whole drawing. Nodes and arrows stand in the order of the diagram."""

    diagram: Diagram
    width: float
    height: float
    title: tuple[Line, ...]
    nodes: tuple[PlacedNode, ...]
    arrows: tuple[PlacedArrow, ...]
    groups: tuple[PlacedGroup, ...]
    legend: tuple[Swatch, ...]


def rounded(points: tuple[Point, ...], radius: float = CORNER) -> tuple[Point, ...]:
    """The polyline with its corners cut into short chords of a curve."""
    if len(points) < 3:
        return points
    path = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(radius, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        first, last = _towards(corner, before, reach), _towards(corner, after, reach)
        for step in (0.0, 0.25, 0.5, 0.75, 1.0):
            path.append(_curve(first, corner, last, step))
    return (*path, points[-1])


def _curve(first: Point, corner: Point, last: Point, step: float) -> Point:
    a, b, c = (1 - step) ** 2, 2 * step * (1 - step), step**2
    return Point(
        round(a * first.x + b * corner.x + c * last.x, 2),
        round(a * first.y + b * corner.y + c * last.y, 2),
    )


def _towards(start: Point, end: Point, distance: float) -> Point:
    whole = math.dist(start, end)
    share = distance / whole if whole else 0.0
    return Point(start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share)


def head(points: tuple[Point, ...]) -> tuple[Point, Point, Point]:
    """The triangle at the end of a polyline: its tip, then the two other corners."""
    tip = points[-1]
    before = next((p for p in reversed(points) if math.dist(p, tip) > 0.5), Point(tip.x, tip.y - 1))
    back = _towards(tip, before, HEAD_LENGTH)
    across = _towards(Point(0, 0), Point(tip.y - back.y, back.x - tip.x), HEAD_WIDTH / 2)
    return (
        tip,
        Point(round(back.x + across.x, 2), round(back.y + across.y, 2)),
        Point(round(back.x - across.x, 2), round(back.y - across.y, 2)),
    )
