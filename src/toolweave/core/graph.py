"""The tool graph: which output of one tool may feed which parameter of another."""

from typing import Literal

from pydantic import Field

from toolweave.core.model import Record
from toolweave.core.tool import Tool, Toolset

LinkKind = Literal["same_name", "entity_name", "declared", "similar"]
Judge = Literal["score", "model", "declared"]


class Link(Record):
    """One dataflow link ``source.output → target.parameter``.

    Paths are those of ``schema.paths`` (``tickets[].ticket_id``, ``address.city``). ``kind`` says
    how the pair became a candidate, ``score`` (0…1) how good it is, ``judged`` who accepted it.
    """

    source: str
    output: str
    target: str
    parameter: str
    kind: LinkKind
    score: float = Field(ge=0, le=1)
    judged: Judge = "score"


class LinkFigures(Record):
    """What linking did: pairs compared, accepted and refused, and inputs cut to ``limit`` sources.

    ``embedder`` is the name of what compared descriptions.
    """

    embedder: str
    threshold: float
    limit: int
    candidates: int = 0
    accepted: int = 0
    refused: int = 0
    inputs: int = 0
    inputs_cut: int = 0


class ToolGraph(Record):
    """The tools of a toolset and the links between them: a directed multigraph."""

    version: Literal[1]
    toolset: Toolset
    links: tuple[Link, ...] = ()
    figures: LinkFigures | None = None

    def get(self, name: str) -> Tool | None:
        """The tool of that name, or None."""
        return self.toolset.get(name)
