"""Verdicts: what a judge model says of one finished dialogue, in format version 1."""

from typing import Final, Literal

from pydantic import Field

from toolweave.core.model import Record

Dimension = Literal["naturalness", "coherence", "helpfulness", "accuracy"]
DIMENSIONS: Final[tuple[Dimension, ...]] = (
    "naturalness", "coherence", "helpfulness", "accuracy",
)  # fmt: skip


class Rating(Record):
    """One mark, 1 (bad) to 5 (without fault), and why."""

    score: int = Field(ge=1, le=5)
    comment: str = ""


class FaultyTurn(Record):
    """A turn that no assistant should learn from. ``turn`` counts user messages from 1."""

    turn: int = Field(ge=1)
    reason: str


class Verdict(Record):
    """What one pass of a judge says of one dialogue (ToolWeave, App. I.3).

    ``record`` is the dialogue's number in its file from 1, ``digest`` that of its conversation,
    so that a verdict is never taken for one on another text. ``judge`` names the model, ``prompts``
    the digest of the judge's prompt. ``turns`` counts the dialogue's turns; those that are not
    ``faulty`` may be learnt from.
    """

    version: Literal[1]
    record: int = Field(ge=1)
    id: str = ""
    digest: str
    domain: str = ""
    pass_number: int = Field(default=1, ge=1)
    judge: str
    prompts: str = ""
    naturalness: Rating
    coherence: Rating
    helpfulness: Rating
    accuracy: Rating
    turns: int = Field(ge=0)
    faulty: tuple[FaultyTurn, ...] = ()

    def score(self, dimension: Dimension) -> int:
        """The mark of one dimension."""
        rating: Rating = getattr(self, dimension)
        return rating.score
