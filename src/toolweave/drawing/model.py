"""What can be drawn: a diagram is titled nodes and arrows, in groups, with a legend."""

from dataclasses import dataclass
from typing import Literal

from toolweave.core.errors import ToolweaveError

SEQUENCE = "sequence"
"""The arrow kind that means "comes next"; in a diagram of steps all others show origins."""

Direction = Literal["down", "right"]
Form = Literal["graph", "steps"]


class DrawingError(ToolweaveError):
    """A diagram cannot be drawn: unknown or repeated ids, or a format nobody knows."""


@dataclass(frozen=True, slots=True)
class Section:
    """Facts for the panel of a page: a table, or a list of lines where there are no columns."""

    heading: str
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A box: its label is the headline, every entry of ``detail`` a line below it.

    A ``joint`` is no box but a small label on the way: whatever leads into it leads on to all it
    leads to, except back to the same node. ``sections`` are shown only where a reader can ask.
    """

    id: str
    label: str
    kind: str = ""
    detail: tuple[str, ...] = ()
    group: str | None = None
    joint: bool = False
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow between two nodes by id; dashed usually means "only if", faint "less sure".

    ``note`` says in full what the label has no room for.
    """

    source: str
    target: str
    label: str = ""
    dashed: bool = False
    kind: str = ""
    faint: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A labelled frame around the nodes that name it."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """Everything there is to draw.

    ``form`` is ``graph`` for layers of boxes, or ``steps`` for one column in the order given,
    where arrows of kind ``sequence`` run down it and all others beside it. Legend entries are
    pairs of a node or arrow kind and its meaning. Where joints bundle arrows, ``relations`` are
    the single arrows from node to node that they stand for.

    Raises:
        DrawingError: an id occurs twice, or an arrow or node names an id that is not there.
    """

    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...] = ()
    groups: tuple[Group, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()
    direction: Direction = "down"
    form: Form = "graph"
    relations: tuple[Arrow, ...] = ()

    def __post_init__(self) -> None:
        ids = _unique("node", [node.id for node in self.nodes])
        groups = _unique("group", [group.id for group in self.groups])
        for node in self.nodes:
            if node.group is not None and node.group not in groups:
                raise DrawingError(f"node {node.id!r} names no known group: {node.group!r}")
        for arrow in (*self.arrows, *self.relations):
            for end in (arrow.source, arrow.target):
                if end not in ids:
                    raise DrawingError(f"an arrow names no known node: {end!r}")


def _unique(what: str, ids: list[str]) -> frozenset[str]:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise DrawingError(f"two {what}s have the id {name!r}")
        seen.add(name)
    return frozenset(seen)
