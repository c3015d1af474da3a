"""One door to all formats."""

from collections.abc import Callable
from typing import Literal

from toolweave.drawing.ascii import ascii_text
from toolweave.drawing.html import html
from toolweave.drawing.mermaid import mermaid
from toolweave.drawing.model import Diagram, DrawingError
from toolweave.drawing.png import png
from toolweave.drawing.svg import svg

Format = Literal["ascii", "mermaid", "svg", "png", "html"]

FORMATS: dict[Format, Callable[[Diagram], str | bytes]] = {
    "ascii": ascii_text,
    "mermaid": mermaid,
    "svg": svg,
    "png": png,
    "html": html,
}


def render(diagram: Diagram, format: Format) -> str | bytes:
    """The diagram in one of ``FORMATS``: bytes for ``png``, text for all others.

    Raises:
        DrawingError: the format is unknown, or the layout engine refuses the graph.
    """
    if format not in FORMATS:
        raise DrawingError(f"unknown format {format!r}; choose one of {', '.join(FORMATS)}")
    return FORMATS[format](diagram)
