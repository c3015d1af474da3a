"""Whether a record answers a question: filters, ranges and search words against its fields."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from toolweave.checks.inflection import singular
from toolweave.checks.naming import PERSON, words
from toolweave.core.model import JsonObject, JsonValue
from toolweave.memory.clock import moment_of
from toolweave.memory.identity import Place
from toolweave.memory.records import WorldRecord
from toolweave.schema.types import same


class Asked(NamedTuple):
    """One argument that was sent."""

    place: Place
    value: JsonValue


def asked(places: Sequence[Place], arguments: JsonObject) -> tuple[Asked, ...]:
    """The arguments that were sent, with what they do."""
    found: list[Asked] = []
    for place in places:
        value: JsonValue = arguments
        for step in place.steps:
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None:
            found.append(Asked(place, value))
    return tuple(found)


def given_arguments(question: Sequence[Asked]) -> JsonObject:
    """The values that were sent as such, by class."""
    return {one.place.key: one.value for one in question if one.place.role.kind == "value"}


def asked_as(key: str) -> str:
    """The field that keeps what a thing was asked for by, until it changes."""
    return f"{key}_asked"


def answers(record: WorldRecord, question: Sequence[Asked]) -> bool:
    """Whether a record belongs into the answer: nothing speaks against it, and it was made here
    or something speaks for it (or nothing was asked).
    """
    verdicts = [v for one in question if (v := _verdict(record, one)) is not None]
    if not all(verdicts) or (record["deleted"] and not _by_state(record, question)):
        return False
    relevant = any(
        one.place.role.kind not in ("limit", "other") and not _asks_whose(one) for one in question
    )
    return bool(verdicts) or not relevant or record["made"]


def _asks_whose(one: Asked) -> bool:
    """Whether the argument only says whose things are meant: the ones spoken of are theirs."""
    return one.place.ident and one.place.owner == PERSON


def _by_state(record: WorldRecord, question: Sequence[Asked]) -> bool:
    """Whether things in the state of this record were asked for by that state."""
    key = f"{record['entity']}.status"
    return any(one.place.key == key for one in question) and key in record["fields"]


def _verdict(record: WorldRecord, one: Asked) -> bool | None:
    """What one argument says of a record; None when it cannot be told."""
    place, kind = one.place, one.place.role.kind
    fields: Mapping[str, Any] = {**record["fields"], **record["ids"]}
    if kind == "value":
        return equals(one.value, fields[place.key]) if place.key in fields else None
    held = fields.get(place.key)
    if kind not in ("limit", "other") and isinstance(held, list) and one.value in held:
        return True
    if kind == "query":
        return _mentions(fields.values(), one.value)
    if kind in ("minimum", "maximum"):
        known, edge = _number(fields.get(f"{place.owner}.{place.role.bounds}")), _number(one.value)
        if known is None or edge is None:
            return None
        return known >= edge if kind == "minimum" else known <= edge
    if kind in ("start", "end"):
        return _within(fields, one)
    return None


def equals(wanted: JsonValue, known: JsonValue) -> bool:
    """Whether a known value is the wanted one, or one of the wanted."""
    if isinstance(wanted, list) and not isinstance(known, list):
        return any(equals(option, known) for option in wanted)
    if isinstance(known, list) and not isinstance(wanted, list):
        return any(equals(wanted, element) for element in known)
    if isinstance(wanted, str) and isinstance(known, str):
        return wanted.strip().casefold() == known.strip().casefold()
    return same(wanted, known) or (
        isinstance(wanted, str | int) and isinstance(known, str | int) and str(wanted) == str(known)
    )


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _within(fields: Mapping[str, Any], one: Asked) -> bool | None:
    owner, bounds = one.place.owner, one.place.role.bounds
    names = [bounds, f"{bounds}_date"] if bounds else ["created", "date", "start", "time"]
    known = next((fields[f"{owner}.{n}"] for n in names if f"{owner}.{n}" in fields), None)
    at, edge = moment_of(known), moment_of(one.value)
    if at is None or edge is None:
        return None
    if one.place.role.kind == "start":
        return at >= edge
    whole_day = isinstance(one.value, str) and len(one.value) == 10
    return at < edge + timedelta(days=1) if whole_day else at <= edge


def _mentions(values: object, query: JsonValue) -> bool | None:
    """Whether any word of the query stands in a text of the record."""
    if not isinstance(query, str):
        return None
    wanted = {singular(word) for word in words(query) if len(word) > 2}
    held = {singular(word) for text in _texts(values) for word in words(text)}
    return bool(wanted & held) if wanted and held else None


def _texts(values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (inner for inner in value if isinstance(inner, str))
