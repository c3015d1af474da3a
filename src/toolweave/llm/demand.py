"""What a server is asked to enforce: the schema of a task's answer, and the ways to demand it."""

import json
from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from toolweave.llm.task import C, R, Task

MOST_NODES = 4_000  # of an inlined schema; beyond it the references stay


class Rung(IntEnum):
    """Ways to demand JSON, the strictest first."""

    SCHEMA = 0
    OBJECT_WITH_SCHEMA = 1
    OBJECT = 2
    TEXT = 3


class Demand(NamedTuple):
    """A self-contained JSON Schema, its name on the wire, and its text for the prompt."""

    name: str
    schema: dict[str, Any]
    text: str

    def response_format(self, rung: Rung) -> dict[str, Any] | None:
        """The ``response_format`` of a request on this rung; None for plain text."""
        if rung is Rung.SCHEMA:
            named = {"name": self.name, "strict": False, "schema": self.schema}
            return {"type": "json_schema", "json_schema": named}
        if rung is Rung.OBJECT_WITH_SCHEMA:
            return {"type": "json_object", "schema": self.schema}
        return {"type": "json_object"} if rung is Rung.OBJECT else None


class Ladder:
    """Remembers which rung a server can do, and for which tasks it cannot do as much."""

    def __init__(self, first: Rung = Rung.SCHEMA) -> None:
        self._first = first
        self._by_task: dict[str, Rung] = {}
        self._proven: set[Rung] = set()

    def rungs(self, task_name: str) -> list[Rung]:
        """The rungs to try for a task, in order."""
        first = self._by_task.get(task_name, self._first)
        return [rung for rung in Rung if rung >= first]

    def is_proven(self, rung: Rung) -> bool:
        """Whether the server has answered on this rung before."""
        return rung in self._proven

    def worked(self, task_name: str, rung: Rung) -> None:
        """The server answered a task on this rung, after refusing those above it, if any."""
        self._proven.add(rung)
        expected = self.rungs(task_name)[0]
        if rung < self._first:
            self._first = rung
        elif rung > expected and self.is_proven(expected):
            # The server can do better in general: only this task's schema is beyond it.
            self._by_task[task_name] = rung
        elif rung > expected:
            self._first = rung


def demand_of(task: Task[C, R]) -> Demand:
    """What to demand for ``task``; converted once per result type unless the task narrows it."""
    if task.schema is None:
        return _demand_of_type(task.result)
    return _demand(task.result.__name__, task.schema)


@lru_cache(maxsize=512)
def _demand_of_type(result: type[BaseModel]) -> Demand:
    return _demand(result.__name__, result.model_json_schema())


def _demand(name: str, schema: Mapping[str, Any]) -> Demand:
    schema = self_contained(schema)
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "_" for c in name)[:64]
    compact = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    text = (
        "Answer with exactly one JSON object and nothing else. "
        f"It must be valid under this JSON Schema:\n{compact}"
    )
    return Demand(safe or "answer", schema, text)


def self_contained(schema: Mapping[str, Any]) -> dict[str, Any]:
    """``schema`` with local references put in place and generated titles left out.

    References that lead back into themselves stay, beside their definitions; so do all of them
    where putting them in place would make the schema huge. Nothing is fetched: a reference to
    elsewhere becomes "anything".
    """
    for keep in (False, True):
        inliner = _Inliner(schema, keep)
        try:
            plain = inliner.subschema(schema, ())
        except _TooLarge:
            continue
        made: dict[str, Any] = plain if isinstance(plain, dict) else {}
        if not inliner.kept:
            made.pop("$defs", None)
            made.pop("definitions", None)
        return made
    return {"type": "object"}


class _TooLarge(Exception):
    """The inlined schema has more nodes than a server should be given."""


class _Inliner:
    """One pass over a schema. ``kept`` tells whether a reference had to stay."""

    def __init__(self, root: Mapping[str, Any], keep: bool) -> None:
        self.kept = False
        self._root = root
        self._keep = keep
        self._nodes = 0

    def subschema(self, node: Any, inside: tuple[str, ...]) -> Any:
        """``node`` rewritten; ``inside`` names the references being put in place around it."""
        self._nodes += 1
        if self._nodes > MOST_NODES or len(inside) > 50:
            raise _TooLarge
        if isinstance(node, list):
            return [self.subschema(item, inside) for item in node]
        if not isinstance(node, Mapping):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str):
            return self._referred(node, reference, inside)
        return self._members(node, inside)

    def _members(self, node: Mapping[str, Any], inside: tuple[str, ...]) -> dict[str, Any]:
        made = {}
        for name, value in node.items():
            if name == "title" and isinstance(value, str):
                continue
            if name in ("const", "enum", "default", "examples"):
                made[name] = value
            elif name in ("$defs", "definitions") and not self._keep:
                made[name] = value  # needed only where a reference stays
            elif name in ("properties", "patternProperties") and isinstance(value, Mapping):
                made[name] = {key: self.subschema(sub, inside) for key, sub in value.items()}
            else:
                made[name] = self.subschema(value, inside)
        return made

    def _referred(
        self, node: Mapping[str, Any], reference: str, inside: tuple[str, ...]
    ) -> dict[str, Any]:
        siblings = {name: value for name, value in node.items() if name != "$ref"}
        target = _at(self._root, reference)
        if target is None:
            return self._members(siblings, inside)
        if self._keep or reference in inside:
            self.kept = True
            return {"$ref": reference, **self._members(siblings, inside)}
        plain = self.subschema(target, (*inside, reference))
        if not isinstance(plain, dict):
            return self._members(siblings, inside)
        return {**plain, **self._members(siblings, inside)}


def _at(root: Mapping[str, Any], reference: str) -> Mapping[str, Any] | None:
    """What a local JSON pointer points to, or None where it leads out of the schema."""
    if reference != "#" and not reference.startswith("#/"):
        return None
    node: Any = root
    for part in reference.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node, Mapping) and name in node:
            node = node[name]
        elif isinstance(node, list) and name.isdecimal() and int(name) < len(node):
            node = node[int(name)]
        else:
            return None
    return node if isinstance(node, Mapping) else None
