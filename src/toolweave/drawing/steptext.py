"""Steps as a list for a terminal: what each one does, and where its arguments come from."""

from toolweave.drawing.model import SEQUENCE, Arrow, Diagram, Node
from toolweave.drawing.text import cells, wrap_cells


def step_list(diagram: Diagram, columns: int) -> list[str]:
    """The rows of the list; origins stand as ``← step 3``, out-of-order arrows as ``→ step 5``."""
    number = {node.id: place for place, node in enumerate(diagram.nodes, start=1)}
    groups = {group.id: group.label for group in diagram.groups}
    digits = len(str(len(diagram.nodes)))
    rows: list[str] = []
    group: str | None = None
    for place, node in enumerate(diagram.nodes):
        if node.group != group:
            rows += [""] if rows else []
            rows += [_rule(groups[node.group], columns)] if node.group is not None else []
            group = node.group
        rows += _step(node, number, digits, diagram.arrows, columns)
        if place + 1 < len(diagram.nodes) and _follows(diagram, place):
            rows.append(" " * digits + " │")
    return rows


def _rule(label: str, columns: int) -> str:
    text = (wrap_cells(label, columns - 8, 1) or ("",))[0]
    return f"── {text} " + "─" * (columns - 4 - cells(text))


def _follows(diagram: Diagram, place: int) -> bool:
    here, after = diagram.nodes[place], diagram.nodes[place + 1]
    return here.group == after.group and any(
        arrow.kind == SEQUENCE and (arrow.source, arrow.target) == (here.id, after.id)
        for arrow in diagram.arrows
    )


def _step(
    node: Node, number: dict[str, int], digits: int, arrows: tuple[Arrow, ...], columns: int
) -> list[str]:
    place = number[node.id]
    own = f"{place}."
    label = node.label[len(own) :].lstrip() if node.label.startswith(own) else node.label
    margin = " " * (digits + 5)
    room = columns - len(margin)
    parts = wrap_cells(label, columns - digits - 3, 3)
    rows = [f"{place:>{digits}} ● {parts[0] if parts else ''}", *(margin + p for p in parts[1:])]
    facts = _facts(node, number, arrows)
    column = max((cells(name) for name, _ in facts if cells(name) <= room // 2), default=0)
    plain = [text for text in node.detail if "←" not in text]
    for text in plain:
        rows += [margin + part for part in wrap_cells(text, room, 3)]
    for name, origin in facts:
        fill = " " * max(column - cells(name), 0)
        pieces = wrap_cells(f"{name}{fill} {origin}", room, 3)
        rows += [margin + pieces[0], *(f"{margin}  {piece}" for piece in pieces[1:])]
    return rows


def _facts(node: Node, number: dict[str, int], arrows: tuple[Arrow, ...]) -> list[tuple[str, str]]:
    """Pairs of an argument and its origin, or of nothing and an order out of turn."""
    entering = [a for a in arrows if a.kind != SEQUENCE and a.target == node.id]
    facts: list[tuple[str, str]] = []
    told: set[str] = set()
    for text in node.detail:
        name, arrow, origin = (part.strip() for part in text.partition("←"))
        if arrow:
            steps = [f"step {number[a.source]}" for a in entering if a.label == name]
            more = [step for step in dict.fromkeys(steps) if step not in origin]
            facts.append((name, f"← {origin}" + (f" ({', '.join(more)})" if more else "")))
            told.add(name)
    for arrow_in in entering:
        if arrow_in.label not in told:
            facts.append((arrow_in.label or "from", f"← step {number[arrow_in.source]}"))
    for out in arrows:
        ahead = number[out.target] - number[out.source]
        if out.kind == SEQUENCE and out.source == node.id and ahead != 1:
            facts.append((out.label or "then", f"→ step {number[out.target]}"))
    return facts
