"""The records of the simulated world, as plain JSON that is never changed in place."""

from collections.abc import Iterator
from datetime import datetime

# pydantic cannot read typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from toolweave.checks.naming import PERSON
from toolweave.core.model import JsonObject, JsonValue
from toolweave.schema.types import canonical


class WorldRecord(TypedDict):
    """One thing: its own identifiers and its fields, both by class.

    ``made`` when a call of this dialogue created it, ``deleted`` once one removed it.
    """

    entity: str
    ids: dict[str, JsonValue]
    fields: JsonObject
    made: bool
    deleted: bool


class WorldState(TypedDict):
    """The world's clock (ISO) and its records."""

    clock: str
    records: dict[str, WorldRecord]


def new_world(now: datetime) -> WorldState:
    """A world in which nothing is known yet."""
    return {"clock": now.isoformat(), "records": {}}


def record_key(entity: str, value: JsonValue) -> str:
    """Where the record of a thing with that identifier is kept."""
    return f"{entity}:{value}"


def query_key(tool: str, given: JsonObject) -> str:
    """Where the answer to a question without an identifier is kept."""
    return f"{tool}?{canonical(given)}"


def found_key(world: WorldState, entity: str, value: JsonValue) -> str | None:
    """Where the thing with that identifier, its first or another one, is kept, if anywhere."""
    if value is None or isinstance(value, list | dict):
        return None
    direct = record_key(entity, value)
    if direct in world["records"]:
        return direct
    for key, record in world["records"].items():
        if record["entity"] == entity and value in record["ids"].values():
            return key
    return None


def things(world: WorldState, entity: str) -> Iterator[WorldRecord]:
    """The records of one kind of thing, removed ones too, oldest first."""
    for record in world["records"].values():
        if record["entity"] == entity and record["ids"]:
            yield record


def related(world: WorldState, named: JsonObject) -> list[WorldRecord]:
    """The things named by identifiers (``order.id``), what those name, and what alone names one of
    them; nearest first. People are left out: everything has to do with them.
    """
    found: dict[str, WorldRecord] = {}
    level = named
    for _ in range(2):
        following: JsonObject = {}
        for key, value in level.items():
            owner, _, name = key.partition(".")
            if name != "id" or owner == PERSON:
                continue
            at = found_key(world, owner, value)
            if at is not None and at not in found:
                found[at] = world["records"][at]
                following.update(found[at]["fields"])
            behind = [at for at, one in world["records"].items() if one["fields"].get(key) == value]
            if len(behind) == 1:
                found.setdefault(behind[0], world["records"][behind[0]])
        level = following
    return list(found.values())
