"""What a reader of a foreign form hands on: a candidate for a tool, or why there is none."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from toolweave.core.tool import Effect, ToolError


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tool as its form describes it.

    Schemas are still in that form's dialect, unless they are ``ready``.
    """

    form: str
    place: str
    name: object
    description: object = ""
    parameters: object = None
    results: object = None
    errors: tuple[ToolError, ...] = ()
    effect: Effect | None = None
    notes: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()
    ready: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that does not become a tool: where it stands, what it is called, and why."""

    place: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a whole document that whoever imports it should know."""

    text: str


Read: TypeAlias = Candidate | Refused | Remark
Item: TypeAlias = Mapping[str, Any]
Reader: TypeAlias = Callable[[Item, str], Iterator[Read]]


def first_of(item: Item, *keys: str) -> Any:
    """The value of the first of the keys that is there and not null."""
    return next((item[key] for key in keys if item.get(key) is not None), None)


def unknown(item: Item, known: frozenset[str]) -> tuple[str, ...]:
    """A note on the keys that this form does not have."""
    others = [key for key in item if isinstance(key, str) and key not in known]
    return (f"left out: {', '.join(sorted(others)[:8])}",) if others else ()
