"""Planned calls: their arguments, what the user states for them, what is known after them."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from toolweave.core.binding import Binding, Selector
from toolweave.core.model import JsonValue
from toolweave.core.tool import Tool
from toolweave.schema.types import Schema


class Unplannable(Exception):
    """A workflow of which no plan can be made.

    Args:
        reason: which parameter of which tool has no source.
    """


class Said(NamedTuple):
    """A value that the user states: the slot, its schema, and the value where it is fixed."""

    slot: str
    schema: Schema
    fixed: tuple[JsonValue, ...] = ()

    @property
    def parameter(self) -> str:
        """The parameter for which it was first stated."""
        return self.slot.partition(".")[2]


@dataclass
class PlannedArguments:
    """The arguments of one call, and what the user has to state for them."""

    call: str
    tool: str
    bindings: dict[str, Binding] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    picks: list[str] = field(default_factory=list)


@dataclass
class DoneCall:
    """An earlier call: its tool, its segment, and how elements of its lists are picked."""

    call: str
    tool: Tool
    segment: int
    selectors: dict[str, Selector] = field(default_factory=dict)


@dataclass
class SoFar:
    """What is known in a dialogue after the calls that were planned so far.

    Attributes:
        done: these calls, in their order.
        stated: what the user said last, by name.
        decided: outputs, by call and path, whose value a requirement hangs on.
        barren: tools that find nothing or fail in this plan, so that nothing can be taken of them.
        chosen: which outputs a thing was made or changed with: what it is, the parameter's name,
            the call and its output.
    """

    done: list[DoneCall] = field(default_factory=list)
    stated: dict[str, Said] = field(default_factory=dict)
    decided: dict[tuple[str, str], JsonValue] = field(default_factory=dict)
    barren: set[str] = field(default_factory=set)
    chosen: set[tuple[str, str, str, str]] = field(default_factory=set)

    def copy(self) -> "SoFar":
        """The same, to try something on."""
        return SoFar(
            [replace(one, selectors=dict(one.selectors)) for one in self.done],
            dict(self.stated), dict(self.decided), set(self.barren), set(self.chosen),
        )  # fmt: skip

    def tools(self) -> frozenset[str]:
        """The names of the tools that were called."""
        return frozenset(one.tool.name for one in self.done)

    def latest(self, tool: str) -> DoneCall:
        """The latest call of a tool that was called."""
        return next(one for one in reversed(self.done) if one.tool.name == tool)

    def call(self, name: str) -> DoneCall:
        """The call of that id."""
        return next(one for one in self.done if one.call == name)


def leaf(path: str) -> str:
    """The last name of a slot or of a parameter's path."""
    return path.split(".")[-1]
