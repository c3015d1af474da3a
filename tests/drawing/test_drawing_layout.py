"""Places of boxes, arrows and labels."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from toolweave.drawing.layers import back_arrows, ranks
from toolweave.drawing.layout import layout
from toolweave.drawing.model import Arrow, Diagram, DrawingError, Group, Node
from toolweave.drawing.placed import Box, Placed, Point, head, rounded

Sample = Callable[[str], Diagram]


def on_border(point: Point, box: Box) -> bool:
    inside_x = box.x - 0.6 <= point.x <= box.right + 0.6
    inside_y = box.y - 0.6 <= point.y <= box.bottom + 0.6
    near = min(
        abs(point.x - box.x),
        abs(point.x - box.right),
        abs(point.y - box.y),
        abs(point.y - box.bottom),
    )
    return inside_x and inside_y and near <= 0.6


def overlap(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.x, other.x)
    down = min(one.bottom, other.bottom) - max(one.y, other.y)
    return across > 0.5 and down > 0.5


def labels_of(placed: Placed) -> list[Box]:
    return [arrow.label_box for arrow in placed.arrows if arrow.label_box is not None]


def test_every_arrow_runs_from_the_border_of_its_source_to_that_of_its_target(
    any_diagram: Diagram,
) -> None:
    placed = layout(any_diagram)
    boxes = {node.node.id: node.box for node in placed.nodes}
    assert len(placed.arrows) == len(any_diagram.arrows)
    for arrow in placed.arrows:
        assert on_border(arrow.points[0], boxes[arrow.arrow.source])
        assert on_border(arrow.points[-1], boxes[arrow.arrow.target])


def test_boxes_never_overlap_and_everything_stays_on_the_page(any_diagram: Diagram) -> None:
    placed = layout(any_diagram)
    boxes = [node.box for node in placed.nodes]
    assert len(boxes) == len(any_diagram.nodes)
    assert not any(overlap(a, b) for n, a in enumerate(boxes) for b in boxes[:n])
    page = Box(0, 0, placed.width, placed.height)
    swatches = [swatch.box for swatch in placed.legend]
    for box in [*boxes, *labels_of(placed), *(group.box for group in placed.groups), *swatches]:
        assert box.x >= 0 and box.y >= 0
        assert box.right <= page.right and box.bottom <= page.bottom


def test_text_stays_inside_its_box(any_diagram: Diagram) -> None:
    for node in layout(any_diagram).nodes:
        for line in node.lines:
            assert node.box.x <= line.x and line.x + line.width <= node.box.right
            assert node.box.y <= line.y <= node.box.bottom


@pytest.mark.parametrize(
    "name", ["agents", "plan", "long plan", "tools", "values", "cyclic", "one loop"]
)
def test_labels_cover_no_box_and_no_other_label(name: str, sample: Sample) -> None:
    placed = layout(sample(name))
    labels = labels_of(placed)
    assert labels
    for place, label in enumerate(labels):
        assert not any(overlap(label, node.box) for node in placed.nodes)
        assert not any(overlap(label, other) for other in labels[:place])


def test_lanes_of_different_steps_never_lie_on_each_other(sample: Sample) -> None:
    placed = layout(sample("long plan"))
    spans: dict[tuple[float, str], list[float]] = {}
    for arrow in placed.arrows:
        for a, b in zip(arrow.points, arrow.points[1:], strict=False):
            if len(arrow.points) == 4 and a.x == b.x:
                spans.setdefault((a.x, arrow.arrow.source), []).extend((a.y, b.y))
    for (x, source), heights in spans.items():
        for (other_x, other), levels in spans.items():
            if x == other_x and source != other:
                assert max(heights) < min(levels) or max(levels) < min(heights)


def test_group_frames_hold_their_nodes_and_no_others(sample: Sample) -> None:
    for name in ("plan", "crowd"):
        placed = layout(sample(name))
        assert {group.group.id for group in placed.groups} == {
            node.node.group for node in placed.nodes
        }
        for group in placed.groups:
            for node in placed.nodes:
                inside = group.box.x <= node.box.x and node.box.right <= group.box.right
                inside = inside and group.box.y <= node.box.y <= group.box.bottom
                assert inside == (node.node.group == group.group.id)


def test_a_split_group_of_steps_gets_a_frame_per_run() -> None:
    nodes = tuple(Node(f"s{n}", f"s{n}", group=g) for n, g in enumerate(("a", "b", "a")))
    diagram = Diagram("", nodes, groups=(Group("a", "A"), Group("b", "B")), form="steps")
    assert [group.group.id for group in layout(diagram).groups] == ["a", "b", "a"]


def test_steps_stand_below_each_other_in_the_order_given(sample: Sample) -> None:
    tops = [node.box.y for node in layout(sample("plan")).nodes]
    assert tops == sorted(tops)


def test_direction_decides_where_the_flow_goes() -> None:
    diagram = Diagram("", (Node("a", "a"), Node("b", "b")), (Arrow("a", "b"),))
    down, right = (layout(d).nodes for d in (diagram, replace(diagram, direction="right")))
    assert down[0].box.bottom < down[1].box.y
    assert right[0].box.right < right[1].box.x


def test_the_same_diagram_gives_the_same_page(any_diagram: Diagram) -> None:
    assert layout(any_diagram) == layout(any_diagram)


def test_turned_arrows_leave_no_cycle(any_diagram: Diagram) -> None:
    turned = back_arrows(any_diagram)
    rank = ranks(any_diagram)
    for place, arrow in enumerate(any_diagram.arrows):
        if arrow.source == arrow.target:
            assert place not in turned
        elif place in turned:
            assert rank[arrow.target] < rank[arrow.source]
        else:
            assert rank[arrow.source] < rank[arrow.target]


def test_a_graph_without_cycles_has_no_arrow_turned() -> None:
    pairs = (("a", "t"), ("a", "b"), ("b", "c"), ("c", "t"))
    diagram = Diagram("", tuple(Node(n, n) for n in "tcba"), tuple(Arrow(*p) for p in pairs))
    assert back_arrows(diagram) == frozenset()
    assert ranks(diagram) == {"a": 0, "b": 1, "c": 2, "t": 3}


def test_a_faint_arrow_turns_no_sure_flow() -> None:
    nodes = tuple(Node(n, n) for n in "cba")
    flow = (Arrow("a", "b"), Arrow("b", "c"), Arrow("c", "a", faint=True))
    assert back_arrows(Diagram("", nodes, flow)) == {2}
    sure = (*flow[:2], Arrow("c", "a"))
    assert back_arrows(Diagram("", nodes, sure)) == {1}


def test_boxes_without_arrows_stand_in_rows_below_the_others() -> None:
    nodes = (Node("a", "a"), *(Node(f"l{n}", f"loose {n}") for n in range(30)), Node("b", "b"))
    placed = layout(Diagram("", nodes, (Arrow("a", "b"),))).nodes
    assert [node.node.id for node in placed] == [node.id for node in nodes]
    rows = [(node.box.y, node.box.x) for node in placed[1:-1]]
    assert rows == sorted(rows) and min(rows)[0] > placed[-1].box.bottom
    assert 3 <= len({y for y, _ in rows}) <= 10


def test_a_joint_is_lower_than_a_box(sample: Sample) -> None:
    placed = layout(sample("values")).nodes
    assert placed[3].box.height < placed[0].box.height
    assert [line.text for line in placed[3].lines] == ["case_id"]


def test_the_agents_lie_in_four_layers(sample: Sample) -> None:
    rank = ranks(sample("agents"))
    assert [name for name in rank if rank[name] == 1] == [
        "user",
        "clarification",
        "tool",
        "summary",
    ]
    assert (rank["start"], rank["memory"], rank["end"]) == (0, 2, 3)


def test_a_very_long_chain_needs_no_recursion() -> None:
    nodes = tuple(Node(str(n), str(n)) for n in range(3000))
    arrows = tuple(Arrow(str(n), str((n + 1) % 3000)) for n in range(3000))
    assert max(ranks(Diagram("", nodes, arrows)).values()) > 1000


def test_unknown_and_repeated_ids_are_refused() -> None:
    node = Node("a", "a")
    with pytest.raises(DrawingError, match="two nodes have the id 'a'"):
        Diagram("", (node, node))
    with pytest.raises(DrawingError, match="no known node: 'b'"):
        Diagram("", (node,), (Arrow("a", "b"),))
    with pytest.raises(DrawingError, match="no known group: 'g'"):
        Diagram("", (Node("a", "a", group="g"),))
    with pytest.raises(DrawingError, match="two groups have the id 'g'"):
        Diagram("", (), groups=(Group("g", ""), Group("g", "")))


def test_an_arrow_head_points_along_the_last_stretch() -> None:
    tip, left, right = head((Point(0, 0), Point(0, 50), Point(40, 50)))
    assert tip == Point(40, 50)
    assert left.x == right.x == 31 and {left.y, right.y} == {46, 54}


def test_rounding_keeps_the_ends() -> None:
    path = (Point(0, 0), Point(0, 50), Point(40, 50))
    assert rounded(path)[0] == path[0] and rounded(path)[-1] == path[-1]
    assert Point(0, 50) not in rounded(path)
    assert rounded(path[:2]) == path[:2]
