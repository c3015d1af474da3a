"""Tools and toolsets: what may be called, what it returns, and how it fails."""

from typing import Literal

from pydantic import Field

from toolweave.core.model import JsonObject, Record

EffectKind = Literal["read", "create", "update", "delete"]


class ToolError(Record):
    """An error that a tool declares.

    ``code`` is what the tool returns, ``message`` what it says, ``when`` the condition in words.
    """

    code: str
    message: str
    when: str = ""


class Effect(Record):
    """What a successful call does to which kind of thing."""

    kind: EffectKind
    entity: str


class Origin(Record):
    """Where a tool definition came from, and what a reader changed or inferred on the way in."""

    source: str
    notes: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()


class Tool(Record):
    """A callable API. ``parameters`` and ``results`` are JSON Schema 2020-12 objects."""

    name: str
    description: str = ""
    parameters: JsonObject = Field(default_factory=lambda: {"type": "object", "properties": {}})
    results: JsonObject = Field(default_factory=dict)
    errors: tuple[ToolError, ...] = ()
    effect: Effect | None = None
    origin: Origin | None = None


class Toolset(Record):
    """The tools of one domain. ``lexicon`` names the shipped lexicon that words them, if any."""

    version: Literal[1]
    name: str = ""
    domain: str = ""
    lexicon: str = ""
    tools: tuple[Tool, ...]

    def get(self, name: str) -> Tool | None:
        """The tool of that name, or None."""
        return next((tool for tool in self.tools if tool.name == name), None)
