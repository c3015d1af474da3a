"""What one request changes in a dialogue's state: small, plain, and put together again in order."""

from collections.abc import Mapping
from typing import Any, TypeVar

import orjson

from toolweave.core.errors import InputError
from toolweave.core.model import FORMAT_VERSION
from toolweave.graph.state import State
from toolweave.memory.records import WorldState
from toolweave.memory.state import MemoryState
from toolweave.schema.types import json_bytes

Delta = dict[str, Any]
V = TypeVar("V")


def delta(before: State, after: State) -> Delta:
    """What turns ``before`` into ``after``; nothing in a state is ever taken away from a list."""
    old, new = before["memory"], after["memory"]
    made: Delta = {
        "version": FORMAT_VERSION,
        "cursor": after["cursor"],
        "messages": after["messages"][len(before["messages"]) :],
        "clock": new["world"]["clock"],
        "records": _changes(old["world"]["records"], new["world"]["records"]),
        "slots": _changes(old["slots"], new["slots"]),
        "calls": _changes(old["calls"], new["calls"]),
        "proposals": new["proposals"][len(old["proposals"]) :],
    }
    return made


def applied(state: State, change: Mapping[str, Any]) -> State:
    """The state after a change.

    Raises:
        InputError: the change is of another version or damaged.
    """
    if change.get("version") != FORMAT_VERSION:
        problem = f"a checkpoint of format version {change.get('version')!r}, not {FORMAT_VERSION}"
        raise InputError(problem, mend="serve it with the release that wrote it")
    held = state["memory"]
    try:
        world: WorldState = {
            "clock": change["clock"],
            "records": _merged(held["world"]["records"], change["records"]),
        }
        memory: MemoryState = {
            "slots": _merged(held["slots"], change["slots"]),
            "calls": _merged(held["calls"], change["calls"]),
            "world": world,
            "proposals": [*held["proposals"], *change["proposals"]],
        }
        return {
            **state,
            "cursor": change["cursor"],
            "messages": [*state["messages"], *change["messages"]],
            "turn": None,
            "memory": memory,
        }
    except (KeyError, TypeError) as error:
        raise InputError("a checkpoint is damaged", mend="begin the dialogue anew") from error


def packed(change: Delta) -> bytes:
    """A change as it is stored."""
    return json_bytes(change)


def unpacked(raw: bytes) -> Delta:
    """The change that ``packed`` wrote.

    Raises:
        InputError: it is damaged.
    """
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InputError("a checkpoint is damaged", mend="begin the dialogue anew") from error
    return found if isinstance(found, dict) else {}


def _changes(old: Mapping[str, V], new: Mapping[str, V]) -> dict[str, V]:
    """The entries that differ; the order of the others stays as it was."""
    return {
        key: value
        for key, value in new.items()
        if key not in old or (old[key] is not value and old[key] != value)
    }


def _merged(old: Mapping[str, V], changes: Mapping[str, V]) -> dict[str, V]:
    return {**old, **changes}
