"""How much room a node, an arrow's label or a headline needs, and the lines inside it."""

from typing import NamedTuple

from toolweave.drawing.model import Node
from toolweave.drawing.placed import Box, Line
from toolweave.drawing.text import text_width, wrap

LABEL_SIZE = 14.0
DETAIL_SIZE = 12.0
ARROW_SIZE = 11.0
TITLE_SIZE = 18.0
PADDING_X = 12.0
PADDING_Y = 9.0
LINE_FACTOR = 1.3
LABEL_ROWS = 3
DETAIL_ROWS = 14
DETAIL_WRAP = 3
NODE_WIDTH = 240.0
"""The widest box of a graph."""
MIN_WIDTH = 72.0
JOINT_PADDING = (10.0, 4.0)


class Content(NamedTuple):
    """Lines relative to the top left corner of the room they need."""

    lines: tuple[Line, ...]
    width: float
    height: float

    def within(self, box: Box) -> tuple[Line, ...]:
        """The lines in the middle of a box that may be larger than they need."""
        dx, dy = (box.width - self.width) / 2, (box.height - self.height) / 2
        return tuple(line.moved(box.x + dx, box.y + dy) for line in self.lines)


def text_block(
    rows: tuple[str, ...], size: float, top: float = 0.0, muted: bool = False
) -> Content:
    """Left-aligned rows below each other, the first one starting at ``top``."""
    pitch = round(size * LINE_FACTOR, 2)
    lines = tuple(
        Line(row, 0.0, round(top + pitch * place + size, 2), text_width(row, size), size, muted)
        for place, row in enumerate(rows)
    )
    return Content(lines, max((line.width for line in lines), default=0.0), top + pitch * len(rows))


def node_content(node: Node, width: float) -> Content:
    """What stands in a node's box, wrapped to ``width`` pixels, the padding included."""
    if node.joint:
        return _joint_content(node, width)
    inner = width - 2 * PADDING_X
    label = text_block(wrap(node.label, LABEL_SIZE, inner, LABEL_ROWS), LABEL_SIZE)
    rows = [row for text in node.detail for row in wrap(text, DETAIL_SIZE, inner, DETAIL_WRAP)]
    if len(rows) > DETAIL_ROWS:
        rows = [*rows[: DETAIL_ROWS - 1], f"… {len(rows) - DETAIL_ROWS + 1} more lines"]
    gap = 3.0 if rows else 0.0
    detail = text_block(tuple(rows), DETAIL_SIZE, label.height + gap, muted=True)
    used = max(label.width, detail.width)
    room = max(used + 2 * PADDING_X, MIN_WIDTH)
    lines = (*label.lines, *detail.lines)
    left = PADDING_X if rows else (room - used) / 2
    placed = tuple(
        line.moved(left if rows else left + (used - line.width) / 2, PADDING_Y) for line in lines
    )
    return Content(placed, room, detail.height + 2 * PADDING_Y)


def _joint_content(node: Node, width: float) -> Content:
    """One small line, as beside an arrow."""
    across, above = JOINT_PADDING
    name = text_block(wrap(node.label, DETAIL_SIZE, width - 2 * across, 1), DETAIL_SIZE)
    lines = tuple(line.moved(across, above) for line in name.lines)
    return Content(lines, name.width + 2 * across, name.height + 2 * above)


def arrow_content(label: str, width: float, rows: int) -> Content:
    """The label of an arrow, wrapped to ``width`` pixels."""
    return text_block(wrap(label, ARROW_SIZE, width, rows), ARROW_SIZE, muted=True)
