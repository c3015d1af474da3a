"""Messages from elsewhere put into one form: text, calls with arguments as objects, pairing."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from toolweave.core.finding import Finding
from toolweave.core.model import JsonObject, JsonValue
from toolweave.evaluation.transcript import DEPTH
from toolweave.schema.nesting import too_deep

HeardRole = Literal["system", "user", "assistant", "tool"]
_ROLES: Mapping[str, HeardRole] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}


class HeardCall(NamedTuple):
    """One call; ``arguments`` is None when they cannot be read."""

    id: str
    name: str
    arguments: JsonObject | None


@dataclass(slots=True)
class Heard:
    """One message: its index in the dialogue, and what it says in our terms."""

    index: int
    role: HeardRole
    text: str
    calls: tuple[HeardCall, ...] = ()
    answers: str = ""
    name: str = ""
    called: HeardCall | None = None


@dataclass(slots=True)
class Hearing:
    """The messages that could be read, and what is wrong with their form."""

    messages: list[Heard] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def object(
        self, code: str, index: int, problem: str, value: JsonValue = None, at: str = ""
    ) -> None:
        """Adds a finding about the form of message ``index``."""
        self.findings.append(Finding(code=code, problem=problem, message=index, value=value, at=at))


def hear(messages: Sequence[JsonObject]) -> Hearing:
    """The messages in one form, every answer paired with the latest call of its id before it."""
    hearing = Hearing()
    for index, message in enumerate(messages):
        role = _ROLES.get(str(message.get("role")))
        if role is None:
            problem = f"the role {message.get('role')!r:.60} is unknown"
            hearing.object("unknown_role", index, problem)
            continue
        text = _text(message.get("content"), index, hearing)
        calls = tuple(_calls(message, index, hearing)) if role == "assistant" else ()
        answers = str(message.get("tool_call_id") or "")
        name = str(message.get("name") or "")
        hearing.messages.append(Heard(index, role, text, calls, answers, name))
    _pair(hearing)
    return hearing


def _text(content: object, index: int, hearing: Hearing) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "\n".join(part for part in parts if isinstance(part, str))
    if isinstance(content, dict):
        return json.dumps(content)
    hearing.object("malformed_message", index, f"the content is no text, but {content!r:.40}")
    return str(content)


def _calls(message: JsonObject, index: int, hearing: Hearing) -> Iterator[HeardCall]:
    listed = message.get("tool_calls") or []
    if message.get("function_call"):
        listed = [{"function": message["function_call"]}]
    if not isinstance(listed, list):
        hearing.object("malformed_message", index, "tool_calls is no list")
        return
    for item in listed:
        call = item if isinstance(item, dict) else {}
        function = call.get("function")
        inner = function if isinstance(function, dict) else call
        if not isinstance(inner.get("name"), str):
            hearing.object("malformed_message", index, "a call has no tool name")
            continue
        arguments = _arguments(inner.get("arguments"), inner["name"], index, hearing)
        yield HeardCall(str(call.get("id") or ""), inner["name"], arguments)


def _arguments(given: object, name: str, index: int, hearing: Hearing) -> JsonObject | None:
    data = given
    if given is None or given == "":
        return {}
    if isinstance(given, str):
        try:
            data = json.loads(given)
        except (ValueError, RecursionError):
            hearing.object(
                "unreadable_arguments", index, f"the arguments of {name} are no JSON", given[:200]
            )
            return None
    if not isinstance(data, dict) or too_deep(data, DEPTH):
        hearing.object(
            "unreadable_arguments", index, f"the arguments of {name} are no usable object"
        )
        return None
    return data


def _pair(hearing: Hearing) -> None:
    """Pairs answers with calls. An id may come again later: the open call of that id is meant."""
    waiting: list[tuple[int, HeardCall]] = []
    for message in hearing.messages:
        if message.role == "tool":
            _answer(message, waiting, hearing)
        ids = [call.id for call in message.calls if call.id]
        for call_id in sorted({call_id for call_id in ids if ids.count(call_id) > 1}):
            problem = f"two calls of one message share the id {call_id!r}"
            hearing.object("duplicate_call_id", message.index, problem, call_id)
        waiting.extend((message.index, call) for call in message.calls)
    last = hearing.messages[-1].index if hearing.messages else 0
    for index, call in waiting:
        # A dialogue cut right behind a call is open, not wrong.
        severity: Literal["error", "warning"] = "warning" if index == last else "error"
        hearing.findings.append(
            Finding(
                code="unanswered_call",
                severity=severity,
                problem=f"nothing answers the call of {call.name}",
                message=index,
                value=call.id,
            )
        )


def _answer(message: Heard, waiting: list[tuple[int, HeardCall]], hearing: Hearing) -> None:
    fitting = [place for place, (_, call) in enumerate(waiting) if _fits(message, call)]
    if not fitting:
        problem = f"this answers {message.answers or message.name!r}, which no call waits for"
        hearing.object("answer_without_call", message.index, problem, message.answers)
        return
    _, call = waiting.pop(fitting[0])
    message.called = call
    if message.name and message.name != call.name:
        problem = f"the answer to {call.name} calls itself {message.name!r}"
        hearing.object("wrong_answer_name", message.index, problem, message.name)


def _fits(message: Heard, call: HeardCall) -> bool:
    if message.answers and call.id:
        return message.answers == call.id
    return not message.name or message.name == call.name
