"""A conversation as a model reads it: one JSON object a line, which no text in it can break."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import orjson

from toolweave.core.dialogue import Dialogue
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.tool import Tool
from toolweave.schema.nesting import too_deep
from toolweave.schema.text import clean
from toolweave.schema.types import as_mapping, json_bytes

# What is longer is cut where it is shown, and says so.
_LONGEST: Final = 8000
_DEEPEST: Final = 50


class ShownCall(NamedTuple):
    """A call as it was made; ``arguments`` are None where they could not be read."""

    name: str
    arguments: JsonValue


class ShownMessage(NamedTuple):
    """One message: ``name`` is the tool that returned it."""

    role: str
    text: str
    calls: tuple[ShownCall, ...] = ()
    name: str = ""


def shown_messages(dialogue: Dialogue) -> tuple[ShownMessage, ...]:
    """The messages of one of our dialogues."""
    return tuple(
        ShownMessage(
            message.role,
            message.content,
            tuple(ShownCall(call.name, call.arguments) for call in message.tool_calls),
            message.name,
        )
        for message in dialogue.messages
    )


def transcript(messages: Iterable[ShownMessage]) -> tuple[str, ...]:
    """A line for every message and call; a user's message begins a turn and bears its number.

    ``<`` is escaped, so that no text can hold the line that ends the fence around them.
    """
    return tuple(fenced(entry) for entry in _entries(messages))


def tool_lines(tools: Sequence[Tool]) -> tuple[str, ...]:
    """A line for every tool: its name, what it does, and what it takes."""
    return tuple(fenced(_tool(tool)) for tool in tools)


def fenced(entry: JsonObject) -> str:
    """Data as one line of JSON without anything that could end a fence or act on a terminal."""
    return clean(json_bytes(entry).decode()).replace("\n", " ").replace("<", "\\u003c")


def _entries(messages: Iterable[ShownMessage]) -> Iterator[JsonObject]:
    turn = 0
    for message in messages:
        if message.role == "user":
            turn += 1
            yield {"turn": turn, "user": _cut(message.text)}
            continue
        if message.role == "tool":
            yield {"tool": message.name, "returned": _result(message.text)}
            continue
        if message.text or not message.calls:
            yield {message.role: _cut(message.text)}
        for call in message.calls:
            yield {"assistant calls": call.name, "arguments": _short(call.arguments)}


def _tool(tool: Tool) -> JsonObject:
    required = tool.parameters.get("required", ())
    properties = tool.parameters.get("properties", {})
    takes = {
        name: _takes(as_mapping(schema).get("type"), must=name in required)
        for name, schema in properties.items()
    }
    return {"tool": tool.name, "does": _cut(tool.description), "takes": takes}


def _takes(kind: object, *, must: bool) -> str:
    named = " or ".join(map(str, kind)) if isinstance(kind, list) else str(kind or "any")
    return named if must else f"{named}, may be left out"


def _short(arguments: JsonValue) -> JsonValue:
    if too_deep(arguments, _DEEPEST):
        return "nested too deeply to be shown"
    text = json_bytes(arguments).decode()
    return arguments if len(text) <= _LONGEST else _cut(text)


def _result(text: str) -> JsonValue:
    """Data as data, which reads more easily than data quoted in data; anything else as text."""
    if len(text) > _LONGEST or not text.startswith(("{", "[")):
        return _cut(text)
    try:
        data: JsonValue = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return text if too_deep(data, _DEEPEST) else data


def _cut(text: str) -> str:
    """A text as it is shown; one that is cut says so, lest what follows from it seem made up."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]} … (cut here, {len(text)} characters in all)"
