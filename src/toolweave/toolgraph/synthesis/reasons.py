"""What is said of a candidate tool: why it was refused, or what was changed on the way in."""

from typing import Final, Literal

from pydantic import Field

from toolweave.core.model import Record

StageName = Literal[
    "seed_generation",
    "entity_expansion",
    "schema_enrichment",
    "connection_discovery",
    "pattern_expansion",
]
Verdict = Literal["accepted", "deepened", "rejected"]


COINED: Final = "synthesized:"
"""How the origin of a tool begins that was grown here, under one vocabulary for all."""


class Stage(Record):
    """One stage of the curriculum and how many tools it is to bring or deepen."""

    name: StageName
    count: int = Field(ge=0, le=1000)


PAPER: tuple[Stage, ...] = (
    Stage(name="seed_generation", count=8),
    Stage(name="entity_expansion", count=8),
    Stage(name="schema_enrichment", count=5),
    Stage(name="connection_discovery", count=8),
    Stage(name="pattern_expansion", count=5),
)
"""The stages and targets of the ToolWeave paper (App. B.4)."""


class Decision(Record):
    """What became of one candidate: the verdict, its reason, and what refinement changed."""

    stage: StageName
    tool: str
    verdict: Verdict
    reason: str
    changes: tuple[str, ...] = ()


class RefusedTool(Exception):
    """A candidate that cannot join the pool.

    Args:
        reason: why, in words that a model can mend.
        name: its name, as far as it has one.
    """

    def __init__(self, reason: str, name: str = "") -> None:
        self.reason, self.name = reason, name
        super().__init__(reason)
