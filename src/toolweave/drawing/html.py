"""One self-contained page: the SVG with pan, zoom, search and a panel for the node chosen."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from toolweave.drawing.layout import layout
from toolweave.drawing.model import Arrow, Diagram, Section
from toolweave.drawing.svg import svg_of


@dataclass(frozen=True, slots=True)
class _Link:
    """The arrows to or from one other node, seen from this end."""

    number: int
    name: str
    labels: tuple[str, ...]
    dashed: bool
    faint: bool


@dataclass(frozen=True, slots=True)
class _Card:
    """What the panel tells about a node."""

    number: int
    label: str
    group: str
    joint: bool
    detail: tuple[str, ...]
    sections: tuple[Section, ...]
    incoming: tuple[_Link, ...]
    outgoing: tuple[_Link, ...]


def html(diagram: Diagram) -> str:
    """The drawing as a page that asks for nothing from anywhere and runs only its own script.

    Raises:
        DrawingError: the layout engine refuses the graph.
    """
    placed = layout(diagram)
    shown = placed.diagram
    return _template().render(
        title=shown.title or "Diagram",
        # These three are marked safe in the template: the SVG has escaped every foreign text.
        drawing=svg_of(placed, inline=True),
        style=_page("page.css"),
        script=_page("page.js"),
        cards=_cards(shown),
    )


def _cards(diagram: Diagram) -> list[_Card]:
    """A card per node; a box lists the relations it is in, a joint the arrows that meet there."""
    place = {node.id: number for number, node in enumerate(diagram.nodes)}
    groups = {group.id: group.label for group in diagram.groups}
    incoming: list[list[Arrow]] = [[] for _ in diagram.nodes]
    outgoing: list[list[Arrow]] = [[] for _ in diagram.nodes]
    for arrow in diagram.relations or diagram.arrows:
        outgoing[place[arrow.source]].append(arrow)
        incoming[place[arrow.target]].append(arrow)
    joints = {node.id for node in diagram.nodes if node.joint and diagram.relations}
    for arrow in diagram.arrows:
        if arrow.source in joints:
            outgoing[place[arrow.source]].append(arrow)
        if arrow.target in joints:
            incoming[place[arrow.target]].append(arrow)
    return [
        _Card(
            number,
            node.label,
            groups[node.group] if node.group is not None else "",
            node.joint,
            node.detail,
            node.sections,
            _links(diagram, [(place[a.source], a) for a in incoming[number]]),
            _links(diagram, [(place[a.target], a) for a in outgoing[number]]),
        )
        for number, node in enumerate(diagram.nodes)
    ]


def _links(diagram: Diagram, arrows: list[tuple[int, Arrow]]) -> tuple[_Link, ...]:
    """One entry per neighbour and certainty, with everything the arrows say."""
    labels: dict[tuple[int, bool, bool], dict[str, None]] = {}
    for other, arrow in arrows:
        found = labels.setdefault((other, arrow.dashed, arrow.faint), {})
        if text := arrow.note or arrow.label:
            found[text] = None
    return tuple(
        _Link(other, diagram.nodes[other].label, tuple(names), dashed, faint)
        for (other, dashed, faint), names in labels.items()
    )


def _page(name: str) -> str:
    return files("toolweave.drawing").joinpath("page", name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_page("page.html"))
