"""What one dialogue knows: facts with provenance and the world's records, as plain JSON.

No function changes its input: each returns a new state that shares the unchanged parts.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

# pydantic cannot read typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from toolweave.core.errors import InputError
from toolweave.core.model import FORMAT_VERSION, JsonObject, JsonValue
from toolweave.core.plan import PlannedCall
from toolweave.core.tool import Tool
from toolweave.memory.clock import moment
from toolweave.memory.committing import commit
from toolweave.memory.identity import Identity
from toolweave.memory.records import WorldState, new_world
from toolweave.schema.paths import leaf_values
from toolweave.schema.types import canonical

# Leaves of one result that are shown as facts.
LEAVES = 5_000
LIMIT = 50_000_000
_MEND = "give text that was written by dump"


class Told(TypedDict):
    """What the user stated, at ``content[start:end]`` of a message and at a plan's step."""

    value: JsonValue
    step: int
    message: int
    start: int
    end: int


class Called(TypedDict):
    """The attempt of a call that counts: its successful one, else its last one."""

    tool: str
    arguments: JsonObject
    result: JsonValue
    ok: bool
    attempt: int
    step: int
    message: int


class Proposal(TypedDict):
    """A fact read out of text that a person typed, bound to nothing."""

    name: str
    value: JsonValue
    step: int
    message: int


class MemoryState(TypedDict):
    """Told slots, finished calls, the simulated world, and proposals kept apart from all that."""

    slots: dict[str, Told]
    calls: dict[str, Called]
    world: WorldState
    proposals: list[Proposal]


class Fact(NamedTuple):
    """One known value. ``ref`` is a slot or an output such as ``c3.tickets[0].ticket_id``."""

    ref: str
    value: JsonValue
    source: str
    step: int
    message: int


def empty(now: datetime) -> MemoryState:
    """A memory that knows nothing but the time."""
    return {"slots": {}, "calls": {}, "world": new_world(now), "proposals": []}


def tell(
    memory: MemoryState,
    slot: str,
    value: JsonValue,
    *,
    step: int,
    message: int,
    start: int,
    end: int,
) -> MemoryState:
    """Record that the user stated a slot's value; what was stated before gives way."""
    told: Told = {"value": value, "step": step, "message": message, "start": start, "end": end}
    return {**memory, "slots": {**memory["slots"], slot: told}}


def record_call(
    memory: MemoryState,
    identity: Identity,
    call: PlannedCall,
    tool: Tool,
    arguments: JsonObject,
    result: JsonValue,
    *,
    ok: bool,
    step: int,
    message: int,
) -> MemoryState:
    """Record an attempt; success also changes the world, and no failure takes its place.

    ``message`` is the index of the message that brings the result.
    """
    called: Called = {
        "tool": tool.name, "arguments": arguments, "result": result, "ok": ok,
        "attempt": call.attempt, "step": step, "message": message,
    }  # fmt: skip
    noted = note_call(memory, call.id, called)
    if not ok:
        return noted
    return {**noted, "world": commit(memory["world"], tool, arguments, result, identity)}


def note_call(memory: MemoryState, call: str, called: Called) -> MemoryState:
    """Record an attempt and what it returned; the world stays as it is."""
    old = memory["calls"].get(call)
    if old is not None and old["ok"] and not called["ok"]:
        return memory
    return {**memory, "calls": {**memory["calls"], call: called}}


def propose(memory: MemoryState, proposal: Proposal) -> MemoryState:
    """Keep a fact that somebody read out of typed text; nothing is ever resolved from it."""
    return {**memory, "proposals": [*memory["proposals"], proposal]}


def facts(memory: MemoryState) -> list[Fact]:
    """Everything known, in the order it was learnt: slots, and every leaf of every result.

    A result's source is the tool's name, a slot's is ``user``, a proposal's ``proposal``.
    """
    return sorted(_facts(memory), key=lambda fact: (fact.message, fact.step))


def new_facts(before: MemoryState, after: MemoryState) -> list[Fact]:
    """The facts of ``after`` that ``before`` does not hold in the same way."""
    changed: MemoryState = {
        "slots": _changed(before["slots"], after["slots"]),
        "calls": _changed(before["calls"], after["calls"]),
        "world": after["world"],
        "proposals": after["proposals"][len(before["proposals"]) :],
    }
    return facts(changed)


def _changed(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in new.items()
        if key not in old or (old[key] is not value and old[key] != value)
    }


def _facts(memory: MemoryState) -> Iterator[Fact]:
    for slot, told in memory["slots"].items():
        yield Fact(slot, told["value"], "user", told["step"], told["message"])
    for call_id, called in memory["calls"].items():
        for path, value in islice(leaf_values(called["result"]), LEAVES):
            ref = f"{call_id}{path if path.startswith('[') else '.' + path}" if path else call_id
            yield Fact(ref, value, called["tool"], called["step"], called["message"])
    for said in memory["proposals"]:
        yield Fact(said["name"], said["value"], "proposal", said["step"], said["message"])


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[MemoryState]:
    return TypeAdapter(MemoryState)


def dump(memory: MemoryState) -> str:
    """The state as JSON text: the same state is always the same text."""
    return canonical({"version": FORMAT_VERSION, "memory": memory})


def restore(text: str) -> MemoryState:
    """The state that ``dump`` wrote. Raises InputError for any other text."""
    if len(text) > LIMIT:
        raise InputError(f"the memory is larger than {LIMIT // 1_000_000} MB", mend=_MEND)
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("the memory is not valid JSON", mend=_MEND) from error
    if not isinstance(whole, dict) or whole.keys() != {"version", "memory"}:
        raise InputError("the text holds no memory", mend=_MEND)
    if whole["version"] != FORMAT_VERSION:
        problem = f"memory of format version {whole['version']!r}, not {FORMAT_VERSION}"
        raise InputError(problem, place="version", mend="write it again with this version")
    try:
        memory = _adapter().validate_python(whole["memory"], strict=True, extra="forbid")
        moment(memory["world"]["clock"])
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in ("memory", *first["loc"]))
        raise InputError(first["msg"].lower(), place=place, mend=_MEND) from error
    except ValueError as error:
        clock = whole["memory"]["world"]["clock"]
        problem = f"the clock {clock!r} is not an ISO time"
        raise InputError(problem, place="memory.world.clock", mend=_MEND) from error
    return memory
