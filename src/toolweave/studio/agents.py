"""The agents: their graph as a picture, large with what each does, or small to be lit."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from toolweave.drawing.model import Diagram
from toolweave.graph.drawing import ROUTER, START, agents_diagram
from toolweave.graph.routing import NODE_FOR_ACT
from toolweave.studio.pages import drawn, page

_MORE: Final = {
    ROUTER: "reads the act of the plan's next step, and hands the dialogue to whoever does such "
    "steps",
    "user": "words a request or an answer so that it states exactly what the plan has the user "
    "state; in a live simulation you can take its place",
    "clarification": "asks for exactly those values that are missing for the next call",
    "tool": "takes every argument from memory, makes the calls, and simulates their results",
    "summary": "tells the user what the tools returned, and nothing else",
    "memory": "records every fact of the step with where it comes from; then it is the router's "
    "turn again",
}


def agents(request: Request) -> Response:
    """The graph, with a word on each agent."""
    diagram = agents_diagram()
    drawing = drawn(small(diagram))
    told = [
        (node.label, _MORE[node.id], ", ".join(_acts(node.id)))
        for node in diagram.nodes
        if node.id in _MORE
    ]
    return page(request, "agents.html", drawings=[drawing], drawing=drawing, agents=told)


def _acts(agent: str) -> Iterator[str]:
    """The acts of a plan that an agent carries out."""
    for act, name in NODE_FOR_ACT.items():
        if name == agent:
            yield act.replace("_", " ")


def small(diagram: Diagram) -> Diagram:
    """The graph with names alone, for the side of a page."""
    nodes = [replace(node, detail=()) for node in diagram.nodes if node.id != START]
    arrows = [replace(arrow, label="") for arrow in diagram.arrows if arrow.source != START]
    return replace(
        diagram, title="The agents", nodes=tuple(nodes), arrows=tuple(arrows), direction="right"
    )


def spots(diagram: Diagram) -> str:
    """The agents and what their boxes are called in a drawing: ``user:n2 tool:n4``."""
    return " ".join(f"{node.id}:n{number}" for number, node in enumerate(diagram.nodes))


ROUTES: Final[tuple[Any, ...]] = (Route("/agents", agents),)
