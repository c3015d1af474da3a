"""YAML text as plain data: no tags, unique keys, bounded aliases, dates and times as strings."""

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from toolweave.core.errors import InputError
from toolweave.core.model import JsonValue

# How many values, or runs of 64 characters, all aliases of a document may stand for.
ALIASED = 1_000_000

# The JSON schema of YAML 1.2 rather than YAML 1.1: `no`, `12:30`, `007` and `2024-05-01` are text.
_WORDS: dict[str, JsonValue] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,300})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]{1,300})?(?:[eE][-+]?[0-9]{1,2})?")
MERGE = "<<"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class _Open:
    """A list or mapping whose end has not been read yet."""

    value: list[Any] | dict[str, Any]
    anchor: str | None
    key: str | None = None
    size: int = 1
    merged: list[dict[str, Any]] = field(default_factory=list)

    def closed(self) -> list[Any] | dict[str, Any]:
        """The finished value: its own keys first, then those merged into it with ``<<``."""
        if isinstance(self.value, dict):
            for other in self.merged:
                for name, value in other.items():
                    self.value.setdefault(name, value)
        return self.value


@dataclass
class _Builder:
    """Builds data out of parser events without recursion.

    Sizes count values as if every alias were written out, which is what later steps would walk.
    """

    file: str
    depth: int
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    aliased: int = 0
    documents: int = 0
    root: Any = None

    def take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.refuse("a second document begins", event, "keep one document per file")
        elif isinstance(event, CollectionStartEvent):
            self.open(event)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            done = self.stack.pop()
            self.put(done.closed(), done.size, done.anchor)
        elif isinstance(event, ScalarEvent):
            self.scalar(event)
        elif isinstance(event, AliasEvent):
            self.alias(event)

    def open(self, event: CollectionStartEvent) -> None:
        self.refuse_tag(event)
        if self.awaits_key():
            self.refuse("a key is not plain text", event, "write the key as text")
        if len(self.stack) >= self.depth:
            self.refuse(f"nested more than {self.depth} levels deep", event, "nest less")
        value: list[Any] | dict[str, Any] = {} if isinstance(event, MappingStartEvent) else []
        self.stack.append(_Open(value, event.anchor))

    def scalar(self, event: ScalarEvent) -> None:
        self.refuse_tag(event)
        plain = bool(event.implicit[0]) and not event.style
        if self.awaits_key():
            self.key(event.value, event)
            if event.anchor:
                self.anchors[event.anchor] = (event.value, 1 + len(event.value) // 64)
            return
        value = _scalar(event.value) if plain else event.value
        self.put(value, 1 + len(event.value) // 64, event.anchor)

    def alias(self, event: AliasEvent) -> None:
        name = str(event.anchor)
        if name not in self.anchors:
            self.refuse(f"the alias {name!r} has no finished anchor", event, "write the value out")
        value, size = self.anchors[name]
        self.aliased += size
        if self.aliased > ALIASED:
            self.refuse(f"aliases stand for more than {ALIASED} values", event, "write them out")
        if self.awaits_key():
            self.key(value, event)
            return
        self.put(value, size, None)

    def awaits_key(self) -> bool:
        top = self.stack[-1] if self.stack else None
        return top is not None and isinstance(top.value, dict) and top.key is None

    def key(self, name: Any, event: Event) -> None:
        top = self.stack[-1]
        if not isinstance(name, str):
            self.refuse("a key is not plain text", event, "write the key as text")
        if name in top.value:
            self.refuse(f"the key {name!r} stands twice", event, "keep one of the two")
        top.key = name

    def put(self, value: Any, size: int, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = (value, size)
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        top.size += size
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key == MERGE and isinstance(value, dict):
            top.merged.append(value)
            top.key = None
        elif top.key is not None:
            top.value[top.key] = value
            top.key = None

    def refuse_tag(self, event: ScalarEvent | CollectionStartEvent) -> None:
        if event.tag is not None and event.tag != "!":
            self.refuse(f"the tag {event.tag!r} is not allowed", event, "remove the tag")

    def refuse(self, problem: str, event: Event, mend: str) -> NoReturn:
        mark = event.start_mark
        place = f"line {mark.line + 1}" if mark else ""
        raise InputError(problem, file=self.file, place=place, mend=mend)


def parse_yaml(text: str, file: str, depth: int) -> JsonValue:
    """The data of one YAML document, nested at most ``depth`` levels; keys are always strings.

    Raises InputError with file, line and mend: for text that is not YAML, tags, duplicate keys, a
    second document, recursive aliases, and aliases that stand for over a million values.
    """
    builder = _Builder(file, depth)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = f"not valid YAML: {error.problem or error.context}"
        mend = "correct the text there, or quote it"
        raise InputError(problem, file=file, place=place, mend=mend) from error
    except (yaml.YAMLError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else "nested too deep"
        mend = "remove what is not printable text"
        raise InputError(f"not valid YAML: {reason}", file=file, mend=mend) from error
    if not builder.documents:
        raise InputError("the file is empty", file=file)
    return builder.root  # type: ignore[no-any-return]


def _scalar(text: str) -> JsonValue:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
