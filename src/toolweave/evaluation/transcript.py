"""A dialogue's messages read afresh: turns of speech, calls with their answers, and the clock."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from toolweave.checks.result_forms import read
from toolweave.core.dialogue import Message, ToolCall
from toolweave.core.model import JsonValue
from toolweave.schema.nesting import too_deep

UnitKind = Literal["system", "user", "text", "calls", "stray"]

# Where a dialogue names no clock, relative dates are read against this one and prove little.
NO_CLOCK = datetime.fromisoformat("2000-01-01")

DEPTH = 100
# The code of an error that names none.
UNNAMED = "error"
_CLOCK = re.compile(r"\b(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")
_DAY = re.compile(r"\b(\d{4}-\d\d-\d\d)\b")


class Unit(NamedTuple):
    """What realises one step: a message, with the tool messages right behind it if it calls.

    ``at`` and ``answers`` are indices of messages. A tool message behind no call is a ``stray``.
    """

    at: int
    kind: UnitKind
    message: Message
    answers: tuple[int, ...] = ()


class Answered(NamedTuple):
    """One call of message ``message`` and the index of the tool message that answers it."""

    message: int
    call: ToolCall
    answer: int | None


def units(messages: Sequence[Message]) -> list[Unit]:
    """The messages as units, in order."""
    found: list[Unit] = []
    index = 0
    while index < len(messages):
        message = messages[index]
        end = index + 1
        if message.role == "assistant" and message.tool_calls:
            while end < len(messages) and messages[end].role == "tool":
                end += 1
            found.append(Unit(index, "calls", message, tuple(range(index + 1, end))))
        else:
            found.append(Unit(index, _kind(message), message))
        index = end
    return found


def _kind(message: Message) -> UnitKind:
    if message.role == "assistant":
        return "text"
    return "stray" if message.role == "tool" else message.role


def answered(unit: Unit, messages: Sequence[Message]) -> list[Answered]:
    """The calls of a unit with their answers: by id, what is left over by position."""
    by_id = {messages[index].tool_call_id: index for index in unit.answers}
    calls = unit.message.tool_calls
    found = {place: by_id.get(call.id) for place, call in enumerate(calls)}
    taken = set(found.values())
    spare = iter([index for index in unit.answers if index not in taken])
    return [
        Answered(unit.at, call, next(spare, None) if found[place] is None else found[place])
        for place, call in enumerate(calls)
    ]


def parsed(content: str) -> JsonValue:
    """A tool message's content as data; text that is no JSON, or nested absurdly, stays text."""
    try:
        data: JsonValue = json.loads(content)
    except (ValueError, RecursionError):
        return content
    return content if too_deep(data, DEPTH) else data


def result_of(message: Message) -> JsonValue:
    """What a tool's message says, in whatever form it is written."""
    return (
        parsed(message.content) if message.form == "json" else read(message.content, message.form)
    )


def error_of(result: JsonValue) -> tuple[str, str] | None:
    """Code and message of an error result ``{"error": {"code", "message"}}``, else None."""
    error = result.get("error") if isinstance(result, dict) and len(result) == 1 else None
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        return None
    return error["code"], str(error.get("message", ""))


def error_code(text: str, result: JsonValue) -> str:
    """The code of an error result, ``error`` for another sort of one, empty for a success."""
    if (error := error_of(result)) is not None:
        return error[0]
    named = isinstance(result, dict) and bool(result.get("error"))
    return UNNAMED if named or text.lstrip().lower().startswith("error") else ""


def clock_in(text: str) -> datetime | None:
    """The first moment that a system message names, without its time zone."""
    for match in _CLOCK.finditer(text):
        if (moment := _moment(f"{match[1]}T{match[2]}")) is not None:
            return moment
    for match in _DAY.finditer(text):
        if (moment := _moment(match[1])) is not None:
            return moment
    return None


def first_clock(texts: Iterable[str]) -> datetime | None:
    """The first moment that any of these system messages names."""
    return next((moment for text in texts if (moment := clock_in(text))), None)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
