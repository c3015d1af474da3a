"""Votes on a finished dialogue: several readers decide, one by one, whether it is worth keeping."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from toolweave.core.dialogue import Dialogue
from toolweave.core.tool import Tool
from toolweave.llm.generator import Generator
from toolweave.llm.task import Task, Unacceptable
from toolweave.planners.asking import PROMPTS
from toolweave.schema.types import json_bytes

VOTES: Final = 3
_LONGEST_RESULT: Final = 1500


class Vote(BaseModel):
    """One reader's verdict."""

    keep: bool
    reason: str = ""


@dataclass(frozen=True)
class Ballot:
    """What a voter reads."""

    goal: str
    tools: tuple[Tool, ...]
    lines: tuple[str, ...]


async def voted_down(dialogue: Dialogue, generator: Generator, votes: int = VOTES) -> list[str]:
    """The reasons of those against, where they are the majority; empty where it is kept.

    Nobody is asked any more once the majority stands.

    Raises:
        GenerationError: a voter gives no acceptable answer.
    """
    tools = tuple(shown.tool for shown in dialogue.tools)
    ballot = Ballot(goal=dialogue.goal, tools=tools, lines=tuple(_lines(dialogue)))
    against: list[str] = []
    for voter in range(votes):
        if 2 * max(len(against), voter - len(against)) > votes:
            break
        vote = await generator.generate(
            Task(
                name="vote",
                context=ballot,
                result=Vote,
                render=lambda context: PROMPTS.render("vote", c=context),
                accept=accept,
                key=(dialogue.seed, "vote", dialogue.id, voter),
            )
        )
        if not vote.keep:
            against.append(vote.reason)
    return against if 2 * len(against) > votes else []


def accept(answer: Vote) -> Vote:
    """A vote against says why."""
    if not answer.keep and not answer.reason.strip():
        raise Unacceptable("say in a short sentence why it is not to be kept")
    return answer


def _lines(dialogue: Dialogue) -> Iterator[str]:
    for message in dialogue.messages:
        if message.role == "tool":
            yield f"tool: {message.name} returned {_shortened(message.content)}"
            continue
        if message.content:
            yield f"{message.role}: {message.content}"
        for call in message.tool_calls:
            yield f"assistant: calls {call.name} with {json_bytes(call.arguments).decode()}"


def _shortened(result: str) -> str:
    """A result as a voter reads it; one that is cut says so, lest an answer seem made up."""
    if len(result) <= _LONGEST_RESULT:
        return result
    return f"{result[:_LONGEST_RESULT]} … (cut here, {len(result)} characters in all)"
