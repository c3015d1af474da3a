"""Goals: what a user wants of one workflow, with the scores that ranked it."""

from typing import Literal

from pydantic import Field

from toolweave.core.model import Record
from toolweave.core.workflow import Workflow


class GoalScores(Record):
    """What a goal was ranked by (ToolWeave, App. C.2).

    ``coherence`` and ``relevance`` run from −2 to +2, ``dataflow`` and ``length`` from 0 to 1;
    ``judge`` is ``offline`` or the model that rated.
    """

    coherence: float
    relevance: float
    dataflow: float
    length: float
    total: float
    judge: str = "offline"


class GoalPart(Record):
    """One part of a goal as a model laid it out: the tools it covers and what it is for."""

    tools: tuple[str, ...] = Field(min_length=1)
    subgoal: str


class Goal(Record):
    """A user objective in format version 1.

    ``graph`` names the tool graph's file, relative to the goal's own file; ``situation`` is why the
    user turns up, and ``parts`` how a model parted a linear workflow, where these are known.
    """

    version: Literal[1]
    id: str
    domain: str = ""
    graph: str = ""
    text: str
    workflow: Workflow
    scores: GoalScores
    situation: str = ""
    parts: tuple[GoalPart, ...] = ()
