"""The drawing as text for a terminal: box characters, no colours, no escape sequences."""

from dataclasses import replace

from toolweave.drawing.model import Arrow, Diagram
from toolweave.drawing.steptext import step_list
from toolweave.drawing.terminal import layered_boxes
from toolweave.drawing.text import cells, cleaned, wrap_cells

COLUMNS = 80
_INDENT = 2


def ascii_text(diagram: Diagram, columns: int = COLUMNS) -> str:
    """The diagram within ``columns`` terminal columns (at least 40).

    A graph is drawn as boxes in layers when that fits, and always followed by the list of all
    arrows, which alone is complete; steps become a list with the origin of every argument.
    """
    columns = max(columns, 40)
    diagram = cleaned(_unbundled(diagram))
    head = [*wrap_cells(diagram.title, columns, 3)]
    if head:
        head += ["═" * max(cells(row) for row in head), ""]
    if not diagram.nodes:
        body = ["(nothing to draw)"]
    elif diagram.form == "steps":
        body = step_list(diagram, columns)
    else:
        body = _graph(diagram, columns)
    return "\n".join(row.rstrip() for row in [*head, *body, *_legend(diagram, columns)]) + "\n"


def _unbundled(diagram: Diagram) -> Diagram:
    """With every relation as an arrow of its own: a list has no lines that could cross."""
    if not diagram.relations:
        return diagram
    boxes = tuple(node for node in diagram.nodes if not node.joint)
    return replace(diagram, nodes=boxes, arrows=diagram.relations, relations=())


def _graph(diagram: Diagram, columns: int) -> list[str]:
    picture = layered_boxes(diagram, columns)
    rows = [*picture.rows, ""] if picture.rows else []
    rows += _nodes(diagram, columns) if not picture.rows or _has_detail(diagram) else []
    missing = [a for n, a in enumerate(diagram.arrows) if n not in picture.drawn]
    rows += _arrows(diagram, columns)
    if picture.rows and missing:
        names = {node.id: node.label for node in diagram.nodes}
        rows += ["", "Only in the list, not in the picture:"]
        rows += [
            part
            for arrow in missing
            for part in _wrapped("", f"{names[arrow.source]} → {names[arrow.target]}", columns)
        ]
    return rows


def _has_detail(diagram: Diagram) -> bool:
    return any(node.detail for node in diagram.nodes)


def _nodes(diagram: Diagram, columns: int) -> list[str]:
    groups = {group.id: group.label for group in diagram.groups}
    rows = ["Boxes"]
    for node in diagram.nodes:
        label = node.label
        if node.group is not None and groups[node.group]:
            label += f" ({groups[node.group]})"
        rows += _wrapped("", label, columns)
        for text in node.detail:
            rows += _wrapped("    ", text, columns)
    return [*rows, ""]


def _arrows(diagram: Diagram, columns: int) -> list[str]:
    """Every arrow once, under the box it leaves."""
    names = {node.id: node.label for node in diagram.nodes}
    leaving: dict[str, list[Arrow]] = {node.id: [] for node in diagram.nodes}
    for arrow in diagram.arrows:
        leaving[arrow.source].append(arrow)
    if not diagram.arrows:
        return []
    width = max(cells(names[arrow.target]) for arrow in diagram.arrows)
    column = min(width, columns // 3)
    rows = ["Arrows"]
    for source, arrows in leaving.items():
        rows += _wrapped("", names[source], columns) if arrows else []
        for number, arrow in enumerate(arrows):
            last = number + 1 == len(arrows)
            rows += _branch(arrow, names[arrow.target], last, column, columns)
    if any(arrow.dashed for arrow in diagram.arrows):
        rows += ["", "╌▶ only if   ─▶ always"]
    return rows


def _branch(arrow: Arrow, target: str, last: bool, column: int, columns: int) -> list[str]:
    lead = "  " + ("└" if last else "├") + ("╌▶ " if arrow.dashed else "─▶ ")
    if arrow.label and cells(target) <= column:
        target = target + " " * (column - cells(target)) + "  " + arrow.label
    elif arrow.label:
        target = f"{target}: {arrow.label}"
    parts = wrap_cells(target, columns - len(lead), 4)
    rest = "  " + (" " if last else "│") + "      "
    parts = parts or ("",)
    follow = wrap_cells(" ".join(parts[1:]), columns - len(rest), 4) if parts[1:] else ()
    return [lead + parts[0], *(rest + part for part in follow)]


def _wrapped(lead: str, text: str, columns: int) -> list[str]:
    margin = " " * _INDENT + lead
    return [margin + part for part in wrap_cells(text, columns - len(margin), 4)]


def _legend(diagram: Diagram, columns: int) -> list[str]:
    """Kinds are colours elsewhere; here only those that belong to a single box can be told."""
    labels: dict[str, list[str]] = {}
    for node in diagram.nodes:
        labels.setdefault(node.kind, []).append(node.label)
    if any(len(labels.get(kind, ())) > 1 for kind, _ in diagram.legend):
        return []
    rows: list[str] = []
    for kind, text in diagram.legend:
        names = labels.get(kind, [])
        rows += _wrapped("", f"{names[0]}: {text}", columns) if len(names) == 1 else []
    return ["", "Legend", *rows] if rows else []
