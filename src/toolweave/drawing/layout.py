"""From a diagram to a page: every box, arrow, label, headline and legend has its place."""

from collections.abc import Iterable

from toolweave.drawing.layered import Parts, place_layers
from toolweave.drawing.measure import DETAIL_SIZE, TITLE_SIZE, text_block
from toolweave.drawing.model import SEQUENCE, Diagram
from toolweave.drawing.palette import tones_of
from toolweave.drawing.placed import (
    Box,
    Line,
    Placed,
    PlacedArrow,
    PlacedGroup,
    PlacedNode,
    Point,
    Swatch,
)
from toolweave.drawing.steps import place_steps
from toolweave.drawing.text import cleaned, text_width, wrap

MARGIN = 20.0
MIN_TITLE = 320.0
_FORMS = {"graph": place_layers, "steps": place_steps}


def layout(diagram: Diagram) -> Placed:
    """Place everything, in pixels; the same diagram always gives the same page.

    Raises:
        DrawingError: the layout engine refuses the graph.
    """
    diagram = cleaned(diagram)
    parts = _FORMS[diagram.form](diagram)
    inner = _extent(parts)
    width = max(inner.width, MIN_TITLE)
    title = text_block(wrap(diagram.title, TITLE_SIZE, width, 2), TITLE_SIZE)
    top = MARGIN + title.height + (14.0 if title.lines else 0.0)
    # Centred, so that a narrow drawing does not cling to the corner under a wide title.
    dx, dy = MARGIN - inner.x + (width - inner.width) / 2, top - inner.y
    legend, bottom = _legend(diagram, width, top + inner.height)
    return Placed(
        diagram=diagram,
        width=round(width + 2 * MARGIN, 2),
        height=round(bottom + MARGIN, 2),
        title=tuple(line.moved(MARGIN, MARGIN) for line in title.lines),
        nodes=tuple(
            PlacedNode(n.node, _box(n.box, dx, dy), _lines(n.lines, dx, dy), n.tone)
            for n in parts.nodes
        ),
        arrows=tuple(_arrow(arrow, dx, dy) for arrow in parts.arrows),
        groups=tuple(
            PlacedGroup(g.group, _box(g.box, dx, dy), _lines(g.lines, dx, dy)) for g in parts.groups
        ),
        legend=legend,
    )


def _extent(parts: Parts) -> Box:
    boxes = [node.box for node in parts.nodes] + [group.box for group in parts.groups]
    boxes += [arrow.label_box for arrow in parts.arrows if arrow.label_box]
    points = [point for arrow in parts.arrows for point in arrow.points]
    xs = [p.x for p in points] + [box.x for box in boxes] + [box.right for box in boxes]
    ys = [p.y for p in points] + [box.y for box in boxes] + [box.bottom for box in boxes]
    if not xs:
        return Box(0.0, 0.0, 0.0, 0.0)
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _box(box: Box, dx: float, dy: float) -> Box:
    return Box(*(round(side, 2) for side in box.moved(dx, dy)))


def _lines(lines: Iterable[Line], dx: float, dy: float) -> tuple[Line, ...]:
    return tuple(line._replace(x=round(line.x + dx, 2), y=round(line.y + dy, 2)) for line in lines)


def _arrow(arrow: PlacedArrow, dx: float, dy: float) -> PlacedArrow:
    return PlacedArrow(
        arrow.arrow,
        tuple(Point(round(p.x + dx, 2), round(p.y + dy, 2)) for p in arrow.points),
        arrow.tone,
        _lines(arrow.label, dx, dy),
        _box(arrow.label_box, dx, dy) if arrow.label_box else None,
        arrow.thin,
    )


def _legend(diagram: Diagram, width: float, top: float) -> tuple[tuple[Swatch, ...], float]:
    """The entries in rows below the drawing, and where the page's content ends."""
    tones = tones_of(diagram)
    boxes = {node.kind for node in diagram.nodes}
    swatches: list[Swatch] = []
    x, y = MARGIN, top + 18.0
    for kind, text in diagram.legend:
        rows = wrap(text, DETAIL_SIZE, width - 32, 1)
        row = rows[0] if rows else ""
        room = 26.0 + text_width(row, DETAIL_SIZE)
        if x > MARGIN and x + room > MARGIN + width:
            x, y = MARGIN, y + 22.0
        line = Line(row, x + 26, y + 12, text_width(row, DETAIL_SIZE), DETAIL_SIZE, muted=True)
        stroke = kind == SEQUENCE or kind not in boxes
        swatches.append(Swatch(Box(x, y + 1, 18.0, 13.0), tones[kind], line, stroke))
        x += room + 20.0
    return tuple(swatches), y + 16.0 if swatches else top
