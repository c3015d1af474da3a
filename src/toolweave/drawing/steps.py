"""Steps in one column; every source has a lane beside it that branches off to its users."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from toolweave.drawing.layered import GROUP_SIZE, HEADER, Parts
from toolweave.drawing.measure import Content, arrow_content, node_content, text_block
from toolweave.drawing.model import SEQUENCE, Arrow, Diagram
from toolweave.drawing.palette import TONES, tones_of
from toolweave.drawing.placed import Box, Line, PlacedArrow, PlacedGroup, PlacedNode, Point
from toolweave.drawing.text import wrap

COLUMN = 400.0
GAP = 24.0
PORT = 19.0
LANE = 15.0
LABEL_WIDTH = 170.0
FRAME = 12.0


class _Port(NamedTuple):
    """Where a line touches a box: the box's place, and the slot on its side from the top."""

    node: int
    slot: int


@dataclass
class _Side:
    """All arrows that run on one side of the column, by their place in the diagram."""

    arrows: list[int]
    entry: dict[int, _Port] = field(default_factory=dict)
    exit: dict[int, _Port] = field(default_factory=dict)
    slots: dict[int, int] = field(default_factory=dict)
    lane: dict[int, int] = field(default_factory=dict)
    tone: dict[int, int] = field(default_factory=dict)
    label_width: float = 0.0

    def port(self, node: int) -> _Port:
        """A fresh slot below those the node has."""
        slot = self.slots.get(node, 0)
        self.slots[node] = slot + 1
        return _Port(node, slot)


def place_steps(diagram: Diagram) -> Parts:
    """Lay out a diagram of the form ``steps``: origins on the right, other orders on the left."""
    if not diagram.nodes:
        return Parts((), (), ())
    index = {node.id: place for place, node in enumerate(diagram.nodes)}
    contents = [node_content(node, COLUMN) for node in diagram.nodes]
    ends = [(index[arrow.source], index[arrow.target]) for arrow in diagram.arrows]
    straight = {
        place
        for place, arrow in enumerate(diagram.arrows)
        if arrow.kind == SEQUENCE and ends[place][1] == ends[place][0] + 1
    }
    left = [p for p, arrow in enumerate(diagram.arrows) if arrow.kind == SEQUENCE]
    right = [p for p, arrow in enumerate(diagram.arrows) if arrow.kind != SEQUENCE]
    sides = (
        _side(diagram, ends, [p for p in left if p not in straight]),
        _side(diagram, ends, right),
    )
    boxes = _column(diagram, contents, sides)
    for side in sides:
        _choose_lanes(side, ends, boxes)
    tones = tones_of(diagram)
    placed = {p: _down(diagram.arrows[p], boxes, ends[p], tones) for p in straight}
    for side, sign in zip(sides, (-1.0, 1.0), strict=True):
        for place in side.arrows:
            order = diagram.arrows[place].kind == SEQUENCE
            tone = tones[SEQUENCE] if order else side.tone[ends[place][0]]
            placed[place] = _beside(diagram.arrows[place], place, side, boxes, sign, ends, tone)
    nodes = tuple(
        PlacedNode(node, box, tuple(line.moved(box.x, box.y) for line in content.lines), tone)
        for node, box, content, tone in zip(
            diagram.nodes, boxes, contents, (tones[n.kind] for n in diagram.nodes), strict=True
        )
    )
    arrows = tuple(placed[place] for place in range(len(diagram.arrows)))
    return Parts(nodes, arrows, _frames(diagram, boxes))


def _side(diagram: Diagram, ends: list[tuple[int, int]], arrows: list[int]) -> _Side:
    """Slots for all arrows: what enters a box above what leaves it."""
    side = _Side(arrows)
    for place in arrows:
        side.entry[place] = side.port(ends[place][1])
        label = arrow_content(diagram.arrows[place].label, LABEL_WIDTH, 1)
        side.label_width = max(side.label_width, label.width)
    for source in dict.fromkeys(ends[place][0] for place in arrows):
        side.exit[source] = side.port(source)
    return side


def _column(diagram: Diagram, contents: list[Content], sides: Iterable[_Side]) -> list[Box]:
    width = max(content.width for content in contents)
    boxes: list[Box] = []
    y, group = 0.0, None
    for place, (node, content) in enumerate(zip(diagram.nodes, contents, strict=True)):
        if place:
            y += GAP
        if node.group != group:
            y += (FRAME if group is not None else 0.0) + (HEADER if node.group is not None else 0.0)
            group = node.group
        slots = max(side.slots.get(place, 0) for side in sides)
        boxes.append(Box(0.0, y, width, max(content.height, slots * PORT + 8)))
        y = boxes[-1].bottom
    return boxes


def _level(port: _Port, side: _Side, boxes: list[Box]) -> float:
    """The y of a port, its slots spread evenly around the middle of the box."""
    box, count = boxes[port.node], side.slots[port.node]
    return box.y + box.height / 2 + (port.slot - (count - 1) / 2) * PORT


def _choose_lanes(side: _Side, ends: list[tuple[int, int]], boxes: list[Box]) -> None:
    """Short spans next to the column; overlapping ones share no lane and, if possible, no tone."""
    spans: dict[int, tuple[float, float]] = {}
    for source, port in side.exit.items():
        levels = [_level(port, side, boxes)]
        levels += [_level(side.entry[p], side, boxes) for p in side.arrows if ends[p][0] == source]
        spans[source] = (min(levels), max(levels))
    taken: list[list[tuple[float, float]]] = []
    for source, (top, bottom) in sorted(spans.items(), key=lambda s: (s[1][1] - s[1][0], s[0])):
        fitting = (
            number
            for number, lane in enumerate(taken)
            if not any(_meet((top, bottom), other) for other in lane)
        )
        number = next(fitting, len(taken))
        taken.extend([[]] * (number == len(taken)))
        taken[number] = [*taken[number], (top, bottom)]
        side.lane[source] = number
    for place, source in enumerate(sorted(spans)):
        near = {side.tone[s] for s in side.tone if _meet(spans[s], spans[source])}
        wished = [(place + step) % (len(TONES) - 1) + 1 for step in range(len(TONES) - 1)]
        side.tone[source] = next((tone for tone in wished if tone not in near), wished[0])


def _meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two spans overlap or almost touch."""
    return one[0] <= other[1] + 4 and other[0] <= one[1] + 4


def _beside(
    arrow: Arrow,
    place: int,
    side: _Side,
    boxes: list[Box],
    sign: float,
    ends: list[tuple[int, int]],
    tone: int,
) -> PlacedArrow:
    source = ends[place][0]
    edge = boxes[0].right if sign > 0 else boxes[0].x
    lane = edge + sign * (side.label_width + 26 + FRAME + side.lane[source] * LANE)
    start = _level(side.exit[source], side, boxes)
    end = _level(side.entry[place], side, boxes)
    points = (Point(edge, start), Point(lane, start), Point(lane, end), Point(edge, end))
    content = arrow_content(arrow.label, LABEL_WIDTH, 1)
    x = edge + (FRAME + 4 if sign > 0 else -FRAME - 4 - content.width)
    lines = tuple(line.moved(x, end - 16) for line in content.lines)
    box = Box(x - 1, end - 15, content.width + 2, 13) if lines else None
    return PlacedArrow(arrow, points, tone, lines, box, thin=arrow.kind == SEQUENCE)


def _down(
    arrow: Arrow, boxes: list[Box], ends: tuple[int, int], tones: dict[str, int]
) -> PlacedArrow:
    above, below = boxes[ends[0]], boxes[ends[1]]
    x = above.x + above.width / 2
    points = (Point(x, above.bottom), Point(x, below.y))
    content = arrow_content(arrow.label, above.width / 2 - 20, 1)
    top = (above.bottom + below.y) / 2 - content.height / 2
    lines = tuple(line.moved(x + 10, top) for line in content.lines)
    box = Box(x + 9, top, content.width + 2, content.height) if lines else None
    return PlacedArrow(arrow, points, tones[arrow.kind], lines, box, thin=True)


def _frames(diagram: Diagram, boxes: list[Box]) -> tuple[PlacedGroup, ...]:
    """A frame per run of neighbours that share a group."""
    groups = {group.id: group for group in diagram.groups}
    frames: list[PlacedGroup] = []
    first = 0
    for place, node in enumerate(diagram.nodes):
        last = place + 1 == len(diagram.nodes) or diagram.nodes[place + 1].group != node.group
        if last and node.group is not None:
            frames.append(_frame(PlacedGroup(groups[node.group], boxes[first], ()), boxes[place]))
        if last:
            first = place + 1
    return tuple(frames)


def _frame(run: PlacedGroup, end: Box) -> PlacedGroup:
    top = run.box.y - HEADER
    box = Box(end.x - FRAME, top, end.width + 2 * FRAME, end.bottom - top + FRAME)
    rows = wrap(run.group.label, GROUP_SIZE, box.width - 20, 1)
    lines: tuple[Line, ...] = text_block(rows, GROUP_SIZE, muted=True).lines
    return PlacedGroup(run.group, box, tuple(line.moved(box.x + 10, top + 4) for line in lines))
