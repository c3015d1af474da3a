"""Votes on a finished dialogue: several readers decide what of it is worth learning."""

from collections import Counter
from dataclasses import dataclass
from typing import Final, NamedTuple

from pydantic import BaseModel, Field

from toolweave.checks.turns import agreed, turn_count
from toolweave.core.dialogue import Dialogue
from toolweave.llm.generator import Generator
from toolweave.llm.task import Task, Unacceptable
from toolweave.llm.transcript import shown_messages, tool_lines, transcript
from toolweave.planners.asking import PROMPTS

VOTES: Final = 3


class FaultyTurn(BaseModel):
    """A turn that one reader would not have learnt from."""

    turn: int
    reason: str


class Vote(BaseModel):
    """One reader's verdict on the whole, and on single turns."""

    keep: bool
    reason: str = ""
    faulty_turns: list[FaultyTurn] = Field(default_factory=list)


class Outcome(NamedTuple):
    """What the majority says: reasons against the dialogue, or the turns to keep as context."""

    against: list[str]
    faulty: dict[int, str]


@dataclass(frozen=True)
class Ballot:
    """What a voter reads."""

    goal: str
    tools: tuple[str, ...]
    lines: tuple[str, ...]
    turns: int


async def votes_on(dialogue: Dialogue, generator: Generator, votes: int = VOTES) -> Outcome:
    """What the readers make of a dialogue; ``against`` is empty where the majority keeps it.

    Nobody is asked any more once the majority stands, on the whole and on every turn named.

    Raises:
        GenerationError: a voter gives no acceptable answer.
    """
    ballot = Ballot(
        goal=dialogue.goal,
        tools=tool_lines([shown.tool for shown in dialogue.tools]),
        lines=transcript(shown_messages(dialogue)),
        turns=turn_count(dialogue),
    )
    given: list[Vote] = []
    for voter in range(votes):
        if _decided(given, votes):
            break
        given.append(
            await generator.generate(
                Task(
                    name="vote",
                    context=ballot,
                    result=Vote,
                    render=lambda context: PROMPTS.render("vote", c=context),
                    accept=lambda answer: accept(answer, ballot.turns),
                    key=(dialogue.seed, "vote", dialogue.id, voter),
                )
            )
        )
    against = [vote.reason for vote in given if not vote.keep]
    if 2 * len(against) > votes:
        return Outcome(against, {})
    return Outcome([], agreed([{one.turn: one.reason for one in v.faulty_turns} for v in given]))


def accept(answer: Vote, turns: int) -> Vote:
    """A vote against says why, and names turns that are there."""
    problems = [
        f"faulty_turns: there is no turn {one.turn}, only 1 to {turns}"
        for one in answer.faulty_turns
        if not 1 <= one.turn <= turns
    ]
    if not answer.keep and not answer.reason.strip():
        problems.append("say in a short sentence why it is not to be kept")
    if any(not one.reason.strip() for one in answer.faulty_turns):
        problems.append("say in a short sentence what is wrong with each faulty turn")
    if problems:
        raise Unacceptable(*problems)
    return answer


def _decided(given: list[Vote], votes: int) -> bool:
    """Whether no further vote can change what the majority says."""
    asked = len(given)
    against = sum(not vote.keep for vote in given)
    if 2 * against > votes:
        return True
    named = Counter(turn for vote in given for turn in {one.turn for one in vote.faulty_turns})
    return all(2 * max(count, asked - count) > votes for count in (against, *named.values()))
