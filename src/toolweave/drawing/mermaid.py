"""A Mermaid flowchart; ids are ours, and every text is escaped character by character."""

from toolweave.drawing.model import Arrow, Diagram, Node
from toolweave.drawing.palette import TONES, tones_of
from toolweave.drawing.text import cleaned

_DIRECTIONS = {"down": "TD", "right": "LR"}
_PLAIN = frozenset(" ,←→·…")
_INSIDE = frozenset("._-")
_DETAIL_ROWS = 12
_DETAIL_CHARS = 120


def mermaid(diagram: Diagram) -> str:
    """The diagram as Mermaid text. Nodes are ``n0``, ``n1`` …, groups ``g0``, ``g1`` …."""
    diagram = cleaned(diagram)
    place = {node.id: number for number, node in enumerate(diagram.nodes)}
    lines = [*_title(diagram.title), f"flowchart {_DIRECTIONS[diagram.direction]}"]
    if not diagram.nodes:
        lines.append('    n0["nothing to draw"]')
    lines += [_node(node, place[node.id]) for node in diagram.nodes if node.group is None]
    for number, group in enumerate(diagram.groups):
        members = [node for node in diagram.nodes if node.group == group.id]
        if members:
            lines.append(f'    subgraph g{number}["{escaped(group.label) or " "}"]')
            lines += ["    " + _node(node, place[node.id]) for node in members]
            lines.append("    end")
    lines += [_arrow(arrow, place) for arrow in diagram.arrows]
    return "\n".join([*lines, *_classes(diagram)]) + "\n"


def escaped(text: str) -> str:
    """The text with everything but letters, digits and harmless signs as numbered entities.

    Points, dashes and underscores stay only inside words: elsewhere Mermaid takes them for
    Markdown, and "1. call" for a list it refuses to draw.
    """
    padded = f" {text} "
    return "".join(
        char
        if char.isalnum()
        or char in _PLAIN
        or (char in _INSIDE and before.isalnum() and after.isalnum())
        else f"#{ord(char)};"
        for before, char, after in zip(padded, text, padded[2:], strict=False)
    )


def _title(title: str) -> list[str]:
    """Front matter, which is YAML: a quoted string with every doubtful sign by its number."""
    quoted = "".join(
        char if char.isalnum() or char in _PLAIN | _INSIDE else f"\\U{ord(char):08x}"
        for char in title
    )
    return ["---", f'title: "{quoted}"', "---"] if title else []


def _node(node: Node, number: int) -> str:
    rows = [escaped(node.label)]
    rows += [escaped(_short(text)) for text in node.detail[:_DETAIL_ROWS]]
    if len(node.detail) > _DETAIL_ROWS:
        rows.append("…")
    start, end = ("([", "])") if node.joint else ("[", "]")
    return f'    n{number}{start}"{"<br/>".join(rows)}"{end}'


def _short(text: str) -> str:
    return text if len(text) <= _DETAIL_CHARS else text[: _DETAIL_CHARS - 1] + "…"


def _arrow(arrow: Arrow, place: dict[str, int]) -> str:
    line = "-.->" if arrow.dashed else "-->"
    label = f'|"{escaped(arrow.label)}"|' if arrow.label else ""
    return f"    n{place[arrow.source]} {line}{label} n{place[arrow.target]}"


def _classes(diagram: Diagram) -> list[str]:
    tones = tones_of(diagram)
    members: dict[int, list[str]] = {}
    for number, node in enumerate(diagram.nodes):
        members.setdefault(tones[node.kind], []).append(f"n{number}")
    lines = []
    for tone, names in sorted(members.items()):
        colours = f"fill:{TONES[tone].fill},stroke:{TONES[tone].line},color:#1c2430"
        lines += [f"    classDef k{tone} {colours}", f"    class {','.join(names)} k{tone}"]
    return lines
