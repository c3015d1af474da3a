"""What a judge model is asked of one dialogue, and which answers are taken (App. I.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, Field

from toolweave.checks.turns import conversation_digest
from toolweave.core.model import JsonObject
from toolweave.core.seeding import token
from toolweave.core.tool import Tool
from toolweave.core.verdict import DIMENSIONS, FaultyTurn, Rating, Verdict
from toolweave.evaluation.heard import Heard, hear
from toolweave.evaluation.loading import LoadedDialogue
from toolweave.llm.prompting import Prompts
from toolweave.llm.task import Prompt, Task, Unacceptable
from toolweave.llm.transcript import (
    ShownCall,
    ShownMessage,
    shown_messages,
    tool_lines,
    transcript,
)
from toolweave.schema.text import one_line
from toolweave.schema.types import json_bytes

PROMPTS: Final = Prompts(Path(__file__).parent / "prompts")
_LONGEST: Final = 500


class Mark(BaseModel):
    """One mark as the model gives it."""

    comment: str
    score: int = Field(ge=1, le=5)


class Fault(BaseModel):
    """A turn that the model would not have learnt from."""

    turn: int
    reason: str


class Judgement(BaseModel):
    """What the model answers."""

    naturalness: Mark
    coherence: Mark
    helpfulness: Mark
    accuracy: Mark
    faulty_turns: list[Fault] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Judged:
    """A dialogue as it is put to the judge, who learns neither its id nor where it comes from."""

    record: int
    id: str
    digest: str
    domain: str
    turns: int
    lines: tuple[str, ...]
    tools: tuple[str, ...]


def judged(loaded: LoadedDialogue, record: int, given: Sequence[Tool] = ()) -> Judged | None:
    """The record of a file as the judge sees it; None where it cannot be read.

    ``given`` are the tools of a dialogue from elsewhere that brings none.
    """
    if loaded.dialogue is not None:
        dialogue = loaded.dialogue
        messages = shown_messages(dialogue)
        tools: Sequence[Tool] = [shown.tool for shown in dialogue.tools]
    elif loaded.messages is not None:
        messages = tuple(_shown(heard) for heard in hear(loaded.messages).messages)
        tools = loaded.tools or given
    else:
        return None
    return Judged(
        record=record,
        id=loaded.id,
        digest=digest_of(loaded),
        domain=loaded.domain,
        turns=sum(message.role == "user" for message in messages),
        lines=transcript(messages),
        tools=tool_lines(tools),
    )


def digest_of(loaded: LoadedDialogue) -> str:
    """The digest of a record's conversation, empty where it cannot be read."""
    if loaded.dialogue is not None:
        return conversation_digest(loaded.dialogue)
    return _raw_digest(loaded.messages) if loaded.messages is not None else ""


def judge_task(subject: Judged, pass_number: int = 1) -> Task[Judged, Judgement]:
    """The question; every pass is asked anew, a cache or a script knows it by its key."""
    return Task(
        name="judge",
        context=subject,
        result=Judgement,
        render=prompt,
        accept=lambda answer: accept(answer, subject.turns),
        key=("judge", subject.digest, pass_number),
    )


def prompt(subject: Judged) -> Prompt:
    """The request to a model: the constant part in the system message, for servers' caches."""
    return PROMPTS.render("judge", c=subject)


def accept(answer: Judgement, turns: int) -> Judgement:
    """The answer with clean comments, or what is missing or not there."""
    problems = []
    marks: dict[str, Mark] = {}
    for name in DIMENSIONS:
        mark: Mark = getattr(answer, name)
        marks[name] = Mark(comment=_comment(mark.comment), score=mark.score)
        if not marks[name].comment:
            problems.append(f"{name}.comment: say in one short sentence why")
    faults: dict[int, str] = {}
    for fault in answer.faulty_turns:
        if not 1 <= fault.turn <= turns:
            problems.append(f"faulty_turns: there is no turn {fault.turn}, only 1 to {turns}")
        elif not _comment(fault.reason):
            problems.append(f"faulty_turns: say what is wrong with turn {fault.turn}")
        else:
            faults.setdefault(fault.turn, _comment(fault.reason))
    if problems:
        raise Unacceptable(*problems)
    named = [Fault(turn=turn, reason=faults[turn]) for turn in sorted(faults)]
    return Judgement(**marks, faulty_turns=named)


def verdict(subject: Judged, answer: Judgement, judge: str, pass_number: int) -> Verdict:
    """The record of an accepted answer."""
    ratings = {name: getattr(answer, name) for name in DIMENSIONS}
    return Verdict(
        version=1,
        record=subject.record,
        id=subject.id,
        digest=subject.digest,
        domain=subject.domain,
        pass_number=pass_number,
        judge=judge,
        prompts=PROMPTS.version,
        turns=subject.turns,
        faulty=tuple(FaultyTurn(turn=f.turn, reason=f.reason) for f in answer.faulty_turns),
        **{name: Rating(score=r.score, comment=r.comment) for name, r in ratings.items()},
    )


def _comment(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …"


def _shown(heard: Heard) -> ShownMessage:
    calls = tuple(ShownCall(call.name, call.arguments) for call in heard.calls)
    name = heard.name or (heard.called.name if heard.called else "")
    return ShownMessage(heard.role, heard.text, calls, name)


def _raw_digest(messages: Sequence[JsonObject]) -> str:
    return token(0, json_bytes(list(messages)).decode(), length=16)
