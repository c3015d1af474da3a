"""One dialogue as a BFCL multi-turn entry: questions, the true calls, and the recorded world."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from toolweave.checks.result_forms import read
from toolweave.core.dialogue import Message, ToolCall
from toolweave.core.errors import InputError
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.plan import PlannedCall
from toolweave.export.bfcl_toolsets import BfclToolset, changes, parameters_of
from toolweave.export.conversation import Conversation, Spoken
from toolweave.export.refusal import Refused
from toolweave.schema.documents import parse_document

# How the checker finds names of methods in the text of a call, strings included.
_CALLED: Final = re.compile(r"\b([a-zA-Z_]\w*)\s*(?=\()")
# Attempts that a better assistant would not have made.
_MISTAKES: Final = frozenset(
    {"missing_parameter", "wrong_type", "invalid_enum", "out_of_order", "wrong_tool"}
)


class TrueCall(NamedTuple):
    """A call that the truth holds, with its recorded result."""

    call: ToolCall
    result: JsonValue
    succeeded: bool


class BfclTurn(NamedTuple):
    """A user's message and the calls that follow it; ``brings`` names tools that come with it."""

    messages: list[JsonObject]
    calls: list[TrueCall]
    brings: list[str]


def turns_of(conversation: Conversation) -> list[BfclTurn] | Refused:
    """The turns of a dialogue, or why the checker could not score it."""
    planned = {(call.id, call.attempt): call for call in conversation.dialogue.plan.calls()}
    last: dict[str, int] = {}
    for call in conversation.calls():
        last[call.call] = max(last.get(call.call, 0), call.attempt)
    arriving = _arriving(conversation)
    turns: list[BfclTurn] = []
    opening: list[JsonObject] = []
    for said in conversation.spoken:
        message = said.message
        if message.role == "system":
            opening.append({"role": "system", "content": message.content})
        elif message.role == "user":
            brings = arriving.pop(id(message), [])
            asked = [] if brings else [{"role": "user", "content": message.content}]
            turns.append(BfclTurn([*opening, *asked], [], brings))
            opening = []
        elif not turns:
            return Refused("starts_with_assistant", "the first to speak is not the user")
        else:
            turns[-1].calls.extend(_true(said, planned, last))
    return _scorable(turns, arriving)


def _arriving(conversation: Conversation) -> dict[int, list[str]]:
    """Late tools by the identity of the message that brings them."""
    messages: Sequence[Message] = conversation.dialogue.messages
    found: dict[int, list[str]] = {}
    for shown in conversation.late:
        at = shown.available_from or 0
        key = id(messages[at]) if at < len(messages) else 0
        found.setdefault(key, []).append(shown.tool.name)
    return found


def _scorable(turns: list[BfclTurn], left: dict[int, list[str]]) -> list[BfclTurn] | Refused:
    if left or turns[0].brings:
        return Refused("late_tool", "a tool arrives with a message that is no later user message")
    if not any(turn.calls for turn in turns):
        return Refused("no_calls", "there is no call to score")
    return turns


def _true(
    said: Spoken, planned: dict[tuple[str, int], PlannedCall], last: dict[str, int]
) -> list[TrueCall]:
    """The calls of a message that belong to the truth: the last attempt of each, no mistakes."""
    found = []
    for call, result in zip(said.message.tool_calls, said.results, strict=True):
        plan = planned.get((call.call, call.attempt))
        mistaken = plan is not None and plan.fault is not None and plan.fault.kind in _MISTAKES
        if call.attempt == last[call.call] and not mistaken:
            succeeded = plan is None or plan.expect.outcome == "ok"
            found.append(TrueCall(call, _result(result), succeeded))
    return found


def _result(message: Message) -> JsonValue:
    text = message.content
    if message.form != "json":
        return read(text, message.form)
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return parse_document(text, file="result.json")
    except InputError:
        return text


def question(
    identity: str, turns: list[BfclTurn], toolset: BfclToolset, conversation: Conversation
) -> JsonObject:
    """The entry of the question file. ``shown`` is replaced by what is hidden at the end."""
    world = [
        {
            "tool": true.call.name,
            "arguments": true.call.arguments,
            "result": true.result,
            "changes": true.succeeded and changes(toolset.tools[true.call.name]),
        }
        for turn in turns
        for true in turn.calls
    ]
    return {
        "id": identity,
        "question": [turn.messages for turn in turns],
        "initial_config": {toolset.name: {"calls": world}},
        "path": [f"{toolset.name}.{call['tool']}" for call in world],
        "involved_classes": [toolset.name],
        "missed_function": {str(at): turn.brings for at, turn in enumerate(turns) if turn.brings},
        "shown": [shown.tool.name for shown in conversation.dialogue.tools],
        "dialogue": conversation.dialogue.id,
    }


def truth(turns: list[BfclTurn], toolset: BfclToolset) -> list[list[str]] | Refused:
    """The true calls of every turn as text; a turn without any is empty."""
    found: list[list[str]] = []
    for turn in turns:
        for true in turn.calls:
            if refused := _misshapen(true.call, toolset):
                return refused
        texts = [written(true.call.name, true.call.arguments) for true in turn.calls]
        for text in texts:
            if sum(name in toolset.tools for name in _CALLED.findall(text)) > 1:
                problem = "an argument looks like a call to the checker, which would change it"
                return Refused("call_in_text", problem)
        found.append(texts)
    return found


def _misshapen(call: ToolCall, toolset: BfclToolset) -> Refused | None:
    """A call that the tool's back end could not take, though the dialogue's world did."""
    tool = toolset.tools[call.name]
    known = parameters_of(tool)
    if odd := next((name for name in call.arguments if name not in known), None):
        return Refused("call_shape", f"{call.name} has no parameter {odd!r}")
    required = tool.parameters.get("required", [])
    if gone := next((name for name in required if name not in call.arguments), None):
        return Refused("call_shape", f"{call.name} is called without {gone!r}")
    return None


def written(name: str, arguments: JsonObject) -> str:
    """A call as Python text."""
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"
