"""One dialogue as the figures see it: turns with their calls, and what was said, in any form."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from toolweave.checks.definitions import besides
from toolweave.checks.renaming import unmasked
from toolweave.core.binding import ToolOutputBinding
from toolweave.core.dialogue import Dialogue, Message, ToolCall
from toolweave.core.model import JsonObject, JsonValue
from toolweave.evaluation.consuming import Consuming
from toolweave.evaluation.heard import Heard, hear
from toolweave.evaluation.loading import LoadedDialogue
from toolweave.evaluation.origins import Sourced, origins_of
from toolweave.evaluation.transcript import NO_CLOCK, error_code, first_clock, parsed, result_of

Speaker = Literal["user", "assistant"]


class NamedSpan(NamedTuple):
    """``text[start:end]`` states the value of the parameter or output at ``path``."""

    start: int
    end: int
    path: str


class Utterance(NamedTuple):
    """What a user or an assistant says, and the values that the record says are stated there."""

    speaker: Speaker
    text: str
    states: tuple[NamedSpan, ...] = ()


class Turn(NamedTuple):
    """One user utterance and everything up to the next.

    ``calls`` are the ids of the calls made in it, each once; ``chained`` says whether one of them
    consumes an output of an earlier one. ``kind`` is the segment's, if there is a plan.
    """

    calls: tuple[str, ...]
    chained: bool
    kind: str = ""

    @property
    def multi_step(self) -> bool:
        """Whether there are two calls or more."""
        return len(self.calls) > 1


class Fed(NamedTuple):
    """An output of one call that a parameter of a later one takes."""

    source: str
    output: str
    target: str
    parameter: str


class Size(NamedTuple):
    """The characters of one message: what is said, and the names and arguments of its calls."""

    role: str
    characters: int


class Conversation(NamedTuple):
    """A dialogue. ``motif`` and ``domain`` are empty where nothing names them.

    ``calls`` counts calls by id, so that several attempts at one planned call are one; ``failures``
    names how each failed attempt failed. ``sent`` and ``returned`` are arguments and results.
    ``sequence`` holds the tools of the calls in order, each call once, ``fed`` what feeds what;
    None where no bindings say so. ``origins`` tells where each argument comes from, ``edits`` what
    was done to the dialogue afterwards; both are empty where no record says it.
    """

    turns: tuple[Turn, ...]
    calls: int
    tools: frozenset[str]
    failures: tuple[str, ...]
    said: tuple[Utterance, ...]
    sent: tuple[JsonValue, ...]
    returned: tuple[JsonValue, ...]
    now: datetime
    motif: str = ""
    domain: str = ""
    sequence: tuple[str, ...] = ()
    fed: frozenset[Fed] | None = None
    sizes: tuple[Size, ...] = ()
    origins: tuple[Sourced, ...] = ()
    edits: tuple[str, ...] = ()


def conversation(loaded: LoadedDialogue) -> Conversation | None:
    """The record of a file as a conversation, None where it could not be read."""
    if loaded.dialogue is not None:
        return of_dialogue(loaded.dialogue)
    return of_messages(loaded.messages) if loaded.messages is not None else None


def of_dialogue(dialogue: Dialogue) -> Conversation:
    """One of our records, under its original names: a call consumes what its bindings name."""
    as_shown = dialogue.messages
    dialogue = unmasked(dialogue)
    messages = dialogue.messages
    kinds = {
        placed.number: dialogue.plan.segments[placed.segment].kind
        for placed in dialogue.plan.steps()
    }
    calls = [call for message in messages for call in message.tool_calls]
    return Conversation(
        turns=tuple(
            Turn(
                tuple(dict.fromkeys(_identity(c) for m in turn for c in m.tool_calls)),
                _chained(turn),
                kinds.get(turn[0].step or 0, ""),
            )
            for turn in _turns(messages)
        ),
        calls=len({_identity(call) for call in calls}),
        tools=frozenset(call.name for call in calls),
        failures=tuple(_failures(dialogue)),
        said=tuple(_said(dialogue)),
        sent=tuple(call.arguments for call in calls),
        returned=tuple(result_of(m) for m in messages if m.role == "tool"),
        now=first_clock(m.content for m in messages if m.role == "system") or NO_CLOCK,
        motif=dialogue.plan.motif,
        domain=dialogue.domain or dialogue.plan.domain,
        # The last attempt says which tool was meant.
        sequence=tuple({_identity(call): call.name for call in calls}.values()),
        fed=frozenset(_feeding(calls)),
        sizes=tuple(
            _size(m.role, m.content, ((c.name, c.arguments) for c in m.tool_calls))
            for m in as_shown
        ),
        origins=tuple(origins_of(dialogue)),
        edits=tuple(edit.kind for edit in dialogue.modifications),
    )


def of_messages(messages: Sequence[JsonObject]) -> Conversation:
    """OpenAI messages: a call consumes values that first appear in a result of its turn.

    Ids may be missing or come again, so a call is told by its place in the dialogue.
    """
    heard = hear(messages).messages
    results = {m.index: parsed(m.text) for m in heard if m.role == "tool"}
    calls = [call for message in heard for call in message.calls]
    failures = (error_code(message.text, results[message.index]) for message in heard
                if message.role == "tool")  # fmt: skip
    return Conversation(
        turns=tuple(_heard_turns(heard, results)),
        calls=len(calls),
        tools=frozenset(call.name for call in calls),
        failures=tuple(code for code in failures if code),
        said=tuple(
            Utterance("user" if m.role == "user" else "assistant", m.text)
            for m in heard
            if m.role in ("user", "assistant") and m.text.strip()
        ),
        sent=tuple(call.arguments for call in calls if call.arguments),
        returned=tuple(results.values()),
        now=first_clock(m.text for m in heard if m.role == "system") or NO_CLOCK,
        sequence=tuple(call.name for call in calls),
        sizes=tuple(
            _size(m.role, m.text, ((c.name, c.arguments or {}) for c in m.calls)) for m in heard
        ),
    )


def _size(role: str, text: str, calls: Iterable[tuple[str, JsonObject]]) -> Size:
    sent = sum(len(name) + len(json.dumps(arguments)) for name, arguments in calls)
    return Size(role, len(text) + sent)


def _feeding(calls: Sequence[ToolCall]) -> Iterator[Fed]:
    made = {_identity(call): call.name for call in calls}
    for call in calls:
        for path, source in call.sources.items():
            bound = source.binding
            if isinstance(bound, ToolOutputBinding) and bound.call in made:
                yield Fed(made[bound.call], bound.path, call.name, path)


def _identity(call: ToolCall) -> str:
    return call.call or call.id


def _turns(messages: Sequence[Message]) -> Iterator[list[Message]]:
    turn: list[Message] = []
    for message in messages:
        if message.role == "user":
            if turn:
                yield turn
            turn = [message]
        elif turn:
            turn.append(message)
    if turn:
        yield turn


def _chained(turn: Sequence[Message]) -> bool:
    earlier: set[str] = set()
    for message in turn:
        for call in message.tool_calls:
            bindings = (source.binding for source in call.sources.values())
            if any(isinstance(b, ToolOutputBinding) and b.call in earlier for b in bindings):
                return True
        earlier.update(_identity(call) for call in message.tool_calls)
    return False


def _failures(dialogue: Dialogue) -> Iterator[str]:
    """The planned mistake behind each failed attempt, else the code of its error."""
    planned = {(call.id, call.attempt): call.fault for call in dialogue.plan.calls()}
    made: dict[str, ToolCall] = {}
    for message in dialogue.messages:
        made.update({call.id: call for call in message.tool_calls})
        if message.role == "tool":
            call = made.get(message.tool_call_id)
            fault = planned.get((call.call, call.attempt)) if call else None
            code = error_code(message.content, result_of(message))
            # A wrong tool may well return something.
            if code or (fault is not None and fault.kind == "wrong_tool"):
                yield fault.kind if fault else str(code)


def _said(dialogue: Dialogue) -> Iterator[Utterance]:
    mentions: dict[int, set[NamedSpan]] = {}
    for message in dialogue.messages:
        for call in message.tool_calls:
            for path, source in call.sources.items():
                if (told := source.mention) is not None:
                    span = NamedSpan(told.start, told.end, path)
                    mentions.setdefault(told.message, set()).add(span)
    tools = {shown.tool.name: shown.tool for shown in dialogue.tools}
    for index, message in enumerate(dialogue.messages):
        if message.role not in ("user", "assistant") or not message.content.strip():
            continue
        brought = [tools[name] for name in message.supplies if name in tools]
        text = besides(message.content, brought)
        spans = mentions.get(index, set())
        spans |= {NamedSpan(s.start, s.end, s.ref.partition(".")[2]) for s in message.states}
        speaker: Speaker = "user" if message.role == "user" else "assistant"
        yield Utterance(speaker, text, tuple(sorted(spans)))


def _heard_turns(heard: Sequence[Heard], results: dict[int, JsonValue]) -> Iterator[Turn]:
    consuming = Consuming(first_clock(m.text for m in heard if m.role == "system") or NO_CLOCK)
    calls: list[str] = []
    chained = begun = False
    for message in heard:
        if message.role == "user":
            if begun:
                yield Turn(tuple(calls), chained)
            calls, chained, begun = [], False, True
            consuming.turn()
        if message.role == "tool":
            consuming.returned(results[message.index])
        elif message.role == "assistant":
            for place, call in enumerate(message.calls):
                calls.append(f"{message.index}.{place}")
                chained |= consuming.called(call.arguments or {})
        else:
            consuming.told(message.text)
    if begun:
        yield Turn(tuple(calls), chained)
