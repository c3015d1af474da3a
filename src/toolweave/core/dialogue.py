"""Dialogues: the finished record, with a source for every argument and a proof."""

from typing import Literal

from pydantic import Field

from toolweave.core.binding import Binding
from toolweave.core.finding import Finding
from toolweave.core.model import JsonObject, JsonValue, Record
from toolweave.core.plan import Plan
from toolweave.core.tool import Tool

Role = Literal["system", "user", "assistant", "tool"]
ResultForm = Literal["json", "yaml", "lines", "envelope"]


class Mention(Record):
    """Where the user states a value: ``content[start:end]`` of message number ``message``."""

    message: int
    start: int
    end: int


class ArgumentSource(Record):
    """The binding of one argument, and the mention behind it when the user stated it."""

    binding: Binding
    mention: Mention | None = None


class ToolCall(Record):
    """One call as the assistant made it.

    ``id`` pairs it with its answer; ``call`` and ``attempt`` name it in the plan. ``sources`` is
    keyed by parameter path like the plan's arguments.
    """

    id: str
    name: str
    arguments: JsonObject
    call: str = ""
    attempt: int = 1
    sources: dict[str, ArgumentSource] = Field(default_factory=dict)


class Statement(Record):
    """``content[start:end]`` states the value of ``ref``: a slot, or an output like ``c1.id``.

    ``value`` is how a user's words were understood; what assistants state is known from its ref.
    """

    ref: str
    start: int
    end: int
    value: JsonValue = None


class Message(Record):
    """One chat message. ``step`` is the plan's step, absent on the system message.

    ``content`` is always a string. ``train`` says whether a model should learn to write it.
    ``supplies`` names the tools that a user's message spells out and makes available; ``form`` is
    how a tool's message writes its result.
    """

    role: Role
    content: str
    train: bool
    step: int | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""
    name: str = ""
    states: tuple[Statement, ...] = ()
    supplies: tuple[str, ...] = ()
    form: ResultForm = "json"


class ShownTool(Record):
    """A tool the assistant may see; from message ``available_from``, if not from the start."""

    tool: Tool
    available_from: int | None = None


class Modification(Record):
    """An edit that made this dialogue out of another one."""

    kind: str
    seed: int
    detail: JsonObject = Field(default_factory=dict)


class Checks(Record):
    """The verdict of the proof."""

    proof: Literal["passed", "failed", "off"]
    findings: tuple[Finding, ...] = ()


class Provenance(Record):
    """What made the record: nothing in it depends on time, retries or order.

    ``lexicon`` names the words that human forms of values were read with.
    """

    model: str
    package: str
    prompts: str
    config: str = ""
    lexicon: str = ""


class Dialogue(Record):
    """A finished dialogue in format version 1."""

    version: Literal[1]
    id: str
    seed: int
    goal: str
    domain: str = ""
    plan: Plan
    tools: tuple[ShownTool, ...]
    messages: tuple[Message, ...]
    modifications: tuple[Modification, ...] = ()
    checks: Checks
    provenance: Provenance

    def tool(self, name: str) -> Tool | None:
        """The shown tool of that name, or None."""
        return next((shown.tool for shown in self.tools if shown.tool.name == name), None)
