"""Boxes without arrows, in rows below all others."""

from collections.abc import Mapping, Sequence

from toolweave.drawing.measure import NODE_WIDTH, node_content
from toolweave.drawing.model import Node
from toolweave.drawing.placed import Box, PlacedNode

MIN_ROOM = 720.0
GAP = 20.0
ABOVE = 40.0


def place_loose(
    nodes: Sequence[Node], tones: Mapping[str, int], others: Sequence[Box]
) -> tuple[PlacedNode, ...]:
    """The nodes in their order, in columns of one width as wide as the boxes above them."""
    contents = [node_content(node, NODE_WIDTH) for node in nodes]
    left = min((box.x for box in others), default=0.0)
    right = max((box.right for box in others), default=0.0)
    top = max((box.bottom for box in others), default=-ABOVE) + ABOVE
    width = max(content.width for content in contents)
    fitting = int((max(right - left, MIN_ROOM) + GAP) // (width + GAP))
    columns = max(1, min(fitting, len(nodes)))
    placed: list[PlacedNode] = []
    for first in range(0, len(nodes), columns):
        row = range(first, min(first + columns, len(nodes)))
        height = max(contents[place].height for place in row)
        for place in row:
            x = left + (place - first) * (width + GAP)
            box = Box(x, top, width, height)
            placed.append(
                PlacedNode(nodes[place], box, contents[place].within(box), tones[nodes[place].kind])
            )
        top += height + GAP
    return tuple(placed)
