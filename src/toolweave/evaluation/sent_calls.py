"""The calls of any conversation in OpenAI message form, with what came back of each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolweave.core.model import JsonObject, JsonValue
from toolweave.evaluation.transcript import error_code, parsed


@dataclass(frozen=True, slots=True)
class Sent:
    """One call: its place among all calls, its message, its arguments if they are an object."""

    place: int
    message: int
    name: str
    arguments: JsonObject | None
    answer: int | None
    result: JsonValue
    ok: bool


def sent_calls(messages: Sequence[Mapping[str, Any]]) -> list[Sent]:
    """Every call in order; a call that nobody answered counts as failed."""
    found: list[Sent] = []
    for index, message in enumerate(messages):
        asked = message.get("tool_calls") if message.get("role") == "assistant" else None
        for call in asked if isinstance(asked, list | tuple) else ():
            if not isinstance(call, Mapping):
                continue
            inner = call.get("function")
            told = inner if isinstance(inner, Mapping) else call
            answer = _answer(messages, index, call.get("id"))
            text = _text(messages[answer]) if answer is not None else ""
            result = parsed(text)
            ok = answer is not None and not error_code(text, result)
            name, arguments = str(told.get("name", "")), _object(told.get("arguments"))
            found.append(Sent(len(found), index, name, arguments, answer, result, ok))
    return found


def _answer(messages: Sequence[Mapping[str, Any]], asked: int, name: object) -> int | None:
    """The tool message that answers a call, before the assistant speaks again."""
    for index in range(asked + 1, len(messages)):
        if messages[index].get("role") != "tool":
            return None
        if messages[index].get("tool_call_id") == name:
            return index
    return None


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    return content if isinstance(content, str) else json.dumps(content)


def _object(arguments: object) -> JsonObject | None:
    data = parsed(arguments or "{}") if isinstance(arguments, str) else arguments
    return dict(data) if isinstance(data, Mapping) else None
