"""Bindings: where the value of one argument comes from."""

from typing import Annotated, Literal

from pydantic import Field

from toolweave.core.model import JsonValue, Record

SelectorKind = Literal["only", "first", "last", "index", "all", "min", "max", "match"]


class Selector(Record):
    """Which element of an array output is meant.

    ``index`` counts from 0. ``by`` is a path inside the element, for ``min``, ``max`` and
    ``match``; ``value`` is what ``match`` compares with.
    """

    kind: SelectorKind
    index: int = Field(default=0, ge=0)
    by: str = ""
    value: JsonValue = None


class UserBinding(Record):
    """The user states the value; ``slot`` names the statement, e.g. ``c1.requester_id``."""

    source: Literal["user"]
    slot: str


class ToolOutputBinding(Record):
    """An output of an earlier call, at ``path`` such as ``tickets[].ticket_id``."""

    source: Literal["tool_output"]
    call: str
    path: str
    select: Selector = Selector(kind="first")


class DefaultBinding(Record):
    """The default that the parameter's own schema declares, sent explicitly."""

    source: Literal["default"]


class ContextBinding(Record):
    """A fact of the session: ``now``, ``today``, ``locale``, ``currency`` or ``timezone``."""

    source: Literal["context"]
    key: Literal["now", "today", "locale", "currency", "timezone"]


Binding = Annotated[
    UserBinding | ToolOutputBinding | DefaultBinding | ContextBinding,
    Field(discriminator="source"),
]
