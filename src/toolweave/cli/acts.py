"""One realised step as it is shown to a person: plain data, ready for any kind of terminal."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from toolweave.agents.stage import Stage
from toolweave.core.binding import UserBinding
from toolweave.core.plan import PlannedCall, ToolInvocation
from toolweave.graph.origins import origin
from toolweave.graph.state import State
from toolweave.memory.state import MemoryState, new_facts
from toolweave.memory.views import Row, row_of, shortened
from toolweave.schema.paths import values_at

TITLES: Final[Mapping[str, str]] = {
    "user_request": "user",
    "user_clarification_response": "user",
    "assistant_clarification": "assistant asks",
    "tool_invocation": "assistant calls",
    "assistant_response": "assistant",
}
_WIDEST: Final = 400


class Argument(NamedTuple):
    """One argument of a call: its path, its value in short, and where it comes from."""

    path: str
    value: str
    origin: str


class CallView(NamedTuple):
    """One call with its answer."""

    tool: str
    arguments: list[Argument]
    returned: str


class Act(NamedTuple):
    """One step: who acts, what is said or called, and what memory learnt from it."""

    number: int
    total: int
    act: str
    text: str
    calls: list[CallView]
    facts: list[Row]

    @property
    def title(self) -> str:
        """Who acts."""
        return TITLES[self.act]


def act_of(stage: Stage, state: State, number: int, before: MemoryState | None = None) -> Act:
    """The step of that number; what memory learnt is told only when ``before`` is given."""
    messages = [m for m in state["messages"] if m.get("step") == number]
    step = stage.steps[number - 1].step
    text = "\n".join(m["content"] for m in messages if m["role"] != "tool" and m["content"])
    calls: list[CallView] = []
    if isinstance(step, ToolInvocation) and messages:
        answers = {m["tool_call_id"]: m["content"] for m in messages if m["role"] == "tool"}
        made = messages[0].get("tool_calls", ())
        calls = [
            _call(stage, planned, call, answers.get(call["id"], ""))
            for planned, call in zip(step.calls, made, strict=False)
        ]
    learnt = new_facts(before, state["memory"]) if before is not None else []
    return Act(number, len(stage.steps), step.act, text, calls, [row_of(fact) for fact in learnt])


def _call(stage: Stage, planned: PlannedCall, call: Mapping[str, Any], answer: str) -> CallView:
    tool = stage.tools.get(planned.tool)
    arguments = []
    for path, binding in planned.arguments.items():
        values = values_at(call["arguments"], path)
        source = origin(binding, stage.plan, tool, path)
        mention = call["sources"].get(path, {}).get("mention")
        if isinstance(binding, UserBinding) and mention:
            source = f"the user, message {mention['message']}"
        arguments.append(Argument(path, shortened(values[0]) if values else "left out", source))
    return CallView(planned.tool, arguments, shortened(answer, _WIDEST))


def lines_of(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    """Messages as text: a role in front of each, calls and results included."""
    lines: list[str] = []
    for message in messages:
        role = str(message["role"])
        if role == "tool":
            lines.append(f"tool: {message.get('name', '')} returned {message['content']}")
        elif message["content"]:
            lines.append(f"{role}: {message['content']}")
        for call in message.get("tool_calls", ()):
            lines.append(f"{role}: calls {call['name']} {_json(call['arguments'])}")
    return lines


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
