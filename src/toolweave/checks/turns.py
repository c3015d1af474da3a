"""Turns of a finished dialogue: which text they are, and which of them nobody should learn from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from toolweave.core.dialogue import Dialogue, Message, Modification
from toolweave.core.finding import Finding
from toolweave.core.seeding import token
from toolweave.schema.types import json_bytes

MASKED: Final = "masked_turn"
_LONGEST_REASON: Final = 300


def conversation_digest(dialogue: Dialogue) -> str:
    """A digest of what is said, called and returned, whatever else the record holds."""
    spoken = [
        [m.role, m.content, [[c.id, c.name, c.arguments] for c in m.tool_calls], m.tool_call_id]
        for m in dialogue.messages
    ]
    return token(0, json_bytes(spoken).decode(), length=16)


def turn_count(dialogue: Dialogue) -> int:
    """How many turns there are: every message of the user begins one."""
    return sum(message.role == "user" for message in dialogue.messages)


def agreed(readers: Sequence[Mapping[int, str]]) -> dict[int, str]:
    """The turns that most readers call faulty, each with the first reason that was given."""
    said: dict[int, list[str]] = {}
    for faulty in readers:
        for turn, reason in faulty.items():
            said.setdefault(turn, []).append(reason)
    return {turn: said[turn][0] for turn in sorted(said) if 2 * len(said[turn]) > len(readers)}


def masked(dialogue: Dialogue, faulty: Mapping[int, str], by: str) -> Dialogue:
    """The dialogue with the assistant's messages of faulty turns as context, not to be learnt.

    Args:
        dialogue: any dialogue of ours.
        faulty: the reasons by the turn's number, from 1; turns that are not there are ignored.
        by: who says so; it stands in ``modifications``.
    """
    turns = sorted(turn for turn in faulty if 1 <= turn <= turn_count(dialogue))
    if not turns:
        return dialogue
    reasons = [faulty[turn][:_LONGEST_REASON] for turn in turns]
    edit = Modification(
        kind=MASKED, seed=dialogue.seed, detail={"by": by, "turns": turns, "reasons": reasons}
    )
    messages: list[Message] = []
    turn = 0
    for message in dialogue.messages:
        turn += message.role == "user"
        hidden = message.train and turn in faulty
        messages.append(message.model_copy(update={"train": False}) if hidden else message)
    return dialogue.model_copy(
        update={"messages": tuple(messages), "modifications": (*dialogue.modifications, edit)}
    )


def objections(dialogue: Dialogue, faulty: Mapping[int, str]) -> list[Finding]:
    """Warnings about faulty turns, each at the user's message that begins it, with its number."""
    starts = [at for at, message in enumerate(dialogue.messages) if message.role == "user"]
    return [
        Finding(
            code=MASKED, severity="warning", problem=faulty[turn], message=starts[turn - 1],
            value=turn,
        )
        for turn in sorted(faulty)
        if 1 <= turn <= len(starts)
    ]  # fmt: skip


def masked_by(findings: Iterable[Finding], dialogue: Dialogue, by: str) -> Dialogue:
    """The dialogue with the turns masked that ``objections`` warned of."""
    faulty = {
        one.value: one.problem
        for one in findings
        if one.code == MASKED and isinstance(one.value, int)
    }
    return masked(dialogue, faulty, by)
