"""Boxes in layers with arrows routed around them; the only place that knows graphlay."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import graphlay

from toolweave.drawing.labels import place_labels
from toolweave.drawing.layers import back_arrows
from toolweave.drawing.loose import place_loose
from toolweave.drawing.measure import (
    NODE_WIDTH,
    Content,
    arrow_content,
    node_content,
    text_block,
)
from toolweave.drawing.model import Arrow, Diagram, DrawingError
from toolweave.drawing.palette import tones_of
from toolweave.drawing.placed import (
    Box,
    PlacedArrow,
    PlacedGroup,
    PlacedNode,
    Point,
)
from toolweave.drawing.text import wrap

ARROW_LABEL_WIDTH = 110.0
HEADER = 22.0
GROUP_SIZE = 12.0
LAYER_GAP = 46.0
NODE_GAP = 36.0
PORT = 15
JOINT_PORT = 11
MAX_PORTS = 16
_DIRECTION = {"down": "topbottom", "right": "leftright"}


class Parts(NamedTuple):
    """The pieces of a drawing, anywhere on the plane."""

    nodes: tuple[PlacedNode, ...]
    arrows: tuple[PlacedArrow, ...]
    groups: tuple[PlacedGroup, ...]


def place_layers(diagram: Diagram) -> Parts:
    """Lay out a diagram of the form ``graph``; cycles, loops and loose nodes are fine.

    Raises:
        DrawingError: the layout engine refuses the graph.
    """
    joined = {end for arrow in diagram.arrows for end in (arrow.source, arrow.target)}
    loose = [node for node in diagram.nodes if node.id not in joined and node.group is None]
    alone = {node.id for node in loose}
    rest = tuple(node for node in diagram.nodes if node.id not in alone)
    tones = tones_of(diagram)
    parts = _joined(replace(diagram, nodes=rest), tones) if rest else Parts((), (), ())
    if not loose:
        return parts
    boxes = [node.box for node in parts.nodes] + [group.box for group in parts.groups]
    boxes += [Box(p.x, p.y, 0.0, 0.0) for arrow in parts.arrows for p in arrow.points]
    boxes += [arrow.label_box for arrow in parts.arrows if arrow.label_box]
    placed = {node.node.id: node for node in (*parts.nodes, *place_loose(loose, tones, boxes))}
    return parts._replace(nodes=tuple(placed[node.id] for node in diagram.nodes))


def _joined(diagram: Diagram, tones: Mapping[str, int]) -> Parts:
    turned = back_arrows(diagram)
    contents = [node_content(node, NODE_WIDTH) for node in diagram.nodes]
    labels = [arrow_content(arrow.label, ARROW_LABEL_WIDTH, 2) for arrow in diagram.arrows]
    try:
        drawing = graphlay.layout(
            _graph(diagram, contents, labels, turned), options=_options(diagram, labels)
        )
    except graphlay.GraphlayError as problem:
        raise DrawingError(f"the graph cannot be laid out: {problem}") from problem
    boxes = [_box(node) for node in drawing.nodes]
    nodes = tuple(
        PlacedNode(node, box, content.within(box), tones[node.kind])
        for node, box, content in zip(diagram.nodes, boxes, contents, strict=False)
    )
    arrows = tuple(
        _arrow(arrow, edge, place in turned, tones[arrow.kind])
        for place, (arrow, edge) in enumerate(zip(diagram.arrows, drawing.edges, strict=True))
    )
    groups = _groups(diagram, boxes[len(diagram.nodes) :])
    blocked = [node.box for node in nodes] + [_headline(group) for group in groups]
    return Parts(nodes, place_labels(arrows, labels, tuple(blocked)), groups)


def _options(diagram: Diagram, labels: list[Content]) -> dict[str, Any]:
    """Between two layers the longest label finds room along the flow."""
    down = diagram.direction == "down"
    longest = max((label.height if down else label.width for label in labels), default=0.0)
    across = max((label.width if down else label.height for label in labels), default=0.0)
    spacing = {
        "layer_gap": LAYER_GAP + longest,
        "node_gap": max(NODE_GAP, across / 2 + 10),
        "compound_padding": 16.0,
        "compound_header": HEADER,
    }
    return {"direction": _DIRECTION[diagram.direction], "spacing": spacing}


def _graph(
    diagram: Diagram, contents: list[Content], labels: list[Content], turned: frozenset[int]
) -> dict[str, Any]:
    used = _used_groups(diagram)
    parent = {name: len(diagram.nodes) + place for place, name in enumerate(used)}
    index = {node.id: place for place, node in enumerate(diagram.nodes)}
    nodes: list[dict[str, Any]] = []
    room = _port_room(diagram, labels, turned)
    for node, content in zip(diagram.nodes, contents, strict=True):
        size = {"width": math.ceil(content.width), "height": math.ceil(content.height)}
        across = "width" if diagram.direction == "down" else "height"
        size[across] = max(size[across], room[node.id])
        entry: dict[str, Any] = {"key": f"n{len(nodes)}", "size": size, "shape": "box"}
        if node.group is not None:
            entry["parent"] = parent[node.group]
        nodes.append(entry)
    for _ in used:
        size = {"width": 10, "height": 10}
        nodes.append({"key": f"n{len(nodes)}", "size": size, "shape": "box"})
    edges: list[dict[str, Any]] = []
    for place, (arrow, label) in enumerate(zip(diagram.arrows, labels, strict=True)):
        ends = [index[arrow.source], index[arrow.target]]
        source, target = reversed(ends) if place in turned else ends
        edge: dict[str, Any] = {"source": source, "target": target, "weight": 1.0}
        if label.lines:
            edge["label_size"] = {"width": label.width + 6, "height": label.height}
        edges.append(edge)
    return {"nodes": nodes, "edges": edges}


def _pitch(diagram: Diagram, labels: list[Content]) -> int:
    """The least distance of two arrows at a box; beside each other labels are too wide for it."""
    tallest = max((label.height for label in labels), default=0.0)
    return PORT if diagram.direction == "down" else max(PORT, math.ceil(tallest) + 6)


def _port_room(diagram: Diagram, labels: list[Content], turned: frozenset[int]) -> dict[str, int]:
    """How long the sides of each box must be that its arrows, and their labels, stand apart."""
    pitch = _pitch(diagram, labels)
    leaving = Counter[str]()
    entering = Counter[str]()
    for place, arrow in enumerate(diagram.arrows):
        if arrow.source != arrow.target:
            back = place in turned
            leaving[arrow.target if back else arrow.source] += 1
            entering[arrow.source if back else arrow.target] += 1
    return {
        node.id: (JOINT_PORT if node.joint else pitch)
        * (min(max(leaving[node.id], entering[node.id]), MAX_PORTS))
        for node in diagram.nodes
    }


def _used_groups(diagram: Diagram) -> list[str]:
    used = {node.group for node in diagram.nodes}
    return [group.id for group in diagram.groups if group.id in used]


def _box(node: Mapping[str, Any]) -> Box:
    width, height = node["size"]["width"], node["size"]["height"]
    return Box(node["center"]["x"] - width / 2, node["center"]["y"] - height / 2, width, height)


def _arrow(arrow: Arrow, edge: Mapping[str, Any], turned: bool, tone: int) -> PlacedArrow:
    points = tuple(Point(point["x"], point["y"]) for point in edge["points"])
    return PlacedArrow(arrow, points[::-1] if turned else points, tone, thin=arrow.faint)


def _headline(group: PlacedGroup) -> Box:
    width = max((line.width for line in group.lines), default=0.0)
    return Box(group.box.x, group.box.y, width + 20, HEADER)


def _groups(diagram: Diagram, boxes: list[Box]) -> tuple[PlacedGroup, ...]:
    label = {group.id: group for group in diagram.groups}
    placed = []
    for name, box in zip(_used_groups(diagram), boxes, strict=True):
        rows = wrap(label[name].label, GROUP_SIZE, max(box.width - 20, 60), 1)
        lines = text_block(rows, GROUP_SIZE, muted=True).lines
        placed.append(
            PlacedGroup(
                label[name], box, tuple(line.moved(box.x + 10, box.y + 5) for line in lines)
            )
        )
    return tuple(placed)
