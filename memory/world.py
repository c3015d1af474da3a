"""The simulated world: what a call must return, given what is known, and what it leaves behind."""

import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from toolweave.core.binding import Selector
from toolweave.core.model import JsonObject
from toolweave.core.plan import Decision
from toolweave.core.tool import Tool
from toolweave.memory.clock import fitted, moment_of
from toolweave.memory.committing import commit
from toolweave.memory.deriving import GIVEN
from toolweave.memory.identity import Identity
from toolweave.memory.lapsing import lapse
from toolweave.memory.made_call import MadeCall
from toolweave.memory.needs import BOUNDS
from toolweave.memory.records import WorldRecord, WorldState, new_world
from toolweave.memory.settling import settle
from toolweave.memory.wishes import Granted, Wish, grant
from toolweave.memory.wishing import Wisher
from toolweave.memory.zones import tell_times
from toolweave.schema.parts import Each, format_path, parse
from toolweave.schema.paths import schema_at
from toolweave.schema.refs import inline
from toolweave.schema.types import Schema, as_mapping, to_text

__all__ = [
    "Granted",
    "WorldRecord",
    "WorldState",
    "advance",
    "commit",
    "narrow",
    "narrowing",
    "new_world",
    "settle",
]

DECIDED, DEMANDED = 9, 8
_RANGES = {
    "<": "exclusiveMaximum", "<=": "maximum", ">": "exclusiveMinimum", ">=": "minimum",
}  # fmt: skip


def narrow(
    tool: Tool,
    arguments: JsonObject,
    world: WorldState,
    identity: Identity,
    *,
    demands: Mapping[str, Schema] | None = None,
    decisions: Sequence[Decision] = (),
    picks: Sequence[tuple[str, Selector]] = (),
    shapes: Mapping[str, str] | None = None,
    rng: random.Random,
) -> Schema:
    """The result schema narrowed to what this call must return.

    Args:
        tool, arguments: the call, as it was made.
        world: what is known; its clock is the moment of the call.
        identity: the classes of the plan's tools.
        demands: by output path, the schema of the parameters that it will feed.
        decisions: what the plan decides about this call's result.
        picks: the selectors that later calls use on it, by output path.
        shapes: forms of new ids by class, path, field name or kind of thing: ``#`` a digit,
            ``@`` an upper-case letter.
        rng: decides new ids, times and list lengths.

    Everything valid under the returned schema is valid under the tool's own. A fact that the
    schema or a demand contradicts is left out.
    """
    return narrowing(
        tool, arguments, world, identity,
        demands=demands, decisions=decisions, picks=picks, shapes=shapes, rng=rng,
    ).schema  # fmt: skip


def narrowing(
    tool: Tool,
    arguments: JsonObject,
    world: WorldState,
    identity: Identity,
    *,
    demands: Mapping[str, Schema] | None = None,
    decisions: Sequence[Decision] = (),
    picks: Sequence[tuple[str, Selector]] = (),
    shapes: Mapping[str, str] | None = None,
    rng: random.Random,
) -> Granted:
    """``narrow``, with the places where something known or wanted had to be left out."""
    call = MadeCall(tool, arguments, world, identity, shapes or {}, rng)
    wisher = Wisher(call)
    wish = wisher.wish()
    for path, schema in (demands or {}).items():
        wanted = {k: v for k, v in as_mapping(schema).items() if k not in ("default", "examples")}
        place = wish.along(parse(path))
        if wanted and wanted.keys() <= BOUNDS:
            place.least = max(place.least, wanted.get("minItems", 0))
            place.most = wanted.get("maxItems", place.most)
        else:
            place.limit(DEMANDED, wanted)
    for path, selector in picks:
        _pick(wish, path, selector, wisher)
    rows = _rows(picks)
    for decision in decisions:
        _decide(wish, decision, wisher, rows)
    _fill(wish, wisher)
    if call.effect == "read":
        tell_times(wish, _base(to_text(tool.results)), arguments, call.now, GIVEN)
    lapse(wish, call)
    return grant(_base(to_text(tool.results)), wish)


def advance(world: WorldState, seconds: float) -> WorldState:
    """The world after so many seconds; never before."""
    clock = datetime.fromisoformat(world["clock"]) + timedelta(seconds=max(seconds, 0))
    return {**world, "clock": clock.isoformat()}


@lru_cache(maxsize=1024)
def _base(text: str) -> Schema:
    """A result schema that stands alone."""
    return inline(json.loads(text))


def _pick(wish: Wish, path: str, selector: Selector, wisher: Wisher) -> None:
    """Make a list hold what a selector will look for."""
    parts = parse(path)
    last = max((i for i, part in enumerate(parts) if isinstance(part, Each)), default=-1)
    if last < 0:
        return
    array = wish.along(parts[:last])
    array.least = max(array.least, selector.index + 1, 2 if selector.kind in ("min", "max") else 1)
    if selector.kind == "only":
        # Lists within lists count as one: a single element means one in every list around it.
        for place in (i for i, part in enumerate(parts[: last + 1]) if isinstance(part, Each)):
            wish.along(parts[:place]).most = 1
    by = selector.by or format_path(parts[last + 1 :])
    if selector.kind == "match":
        items = array.items = array.items or [wisher.another(format_path(parts[: last + 1]))]
        held = [item.along(parse(by)).value() for item in items]
        if selector.value not in held:
            spot = next((i for i, value in enumerate(held) if value is None), None)
            if spot is None:
                items.append(wisher.another(format_path(parts[: last + 1])))
            items[-1 if spot is None else spot].along(parse(by)).be(DEMANDED, selector.value)


def _rows(picks: Sequence[tuple[str, Selector]]) -> dict[str, int]:
    """By array, the one element that later calls take; -1 where that is not known beforehand."""
    found: dict[str, set[int]] = {}
    for path, selector in picks:
        array, each, rest = path.partition("[]")
        if not each or "[]" in rest:
            continue
        row = {"only": 0, "first": 0, "index": selector.index}.get(selector.kind, -1)
        found.setdefault(f"{array}[]", set()).add(row)
    return {array: min(rows) if len(rows) == 1 else -1 for array, rows in found.items()}


def _decide(wish: Wish, decision: Decision, wisher: Wisher, rows: Mapping[str, int]) -> None:
    schema = schema_at(wisher.call.tool.results, decision.path)
    node = as_mapping(schema) if schema is not None else {}
    parts = parse(decision.path)
    if decision.operator in ("empty", "not_empty"):
        empty = decision.operator == "empty"
        if parts and isinstance(parts[-1], Each):
            parts = parts[:-1]
        place = wish.along(parts)
        if "string" in node.get("type", ()):
            place.limit(DECIDED, {"maxLength": 0} if empty else {"minLength": 1})
        elif empty:
            place.most, place.least, place.items = 0, 0, []
        else:
            place.least = max(place.least, 1)
        return
    if decision.operator == "==" and wisher.filtered(decision.path, decision.value):
        return
    array, each, rest = decision.path.partition("[]")
    row = rows.get(f"{array}{each}", 0) if decision.operator == "==" else -1
    here = wish
    if each and "[]" not in rest and row >= 0:
        here, parts = _row(wish, f"{array}[]", row, wisher), parse(rest.removeprefix("."))
    here.along(parts).limit(DECIDED, _decided(decision, node, wisher.call.rng))


def _row(wish: Wish, path: str, row: int, wisher: Wisher) -> Wish:
    """The wish for one element of an array."""
    array = wish.along(parse(path)[:-1])
    array.least = max(array.least, row + 1)
    items = array.items = array.items or []
    while len(items) <= row:
        items.append(wisher.another(path))
    return items[row]


def _decided(decision: Decision, node: Mapping[str, Any], rng: random.Random) -> dict[str, Any]:
    """A comparison as a schema; moments, which no schema can compare, get a value instead.

    What has no order at all admits nothing, and so is reported as dropped.
    """
    if decision.operator == "==":
        return {"const": decision.value}
    if decision.operator == "!=":
        return {"not": {"const": decision.value}}
    if isinstance(decision.value, str) and (edge := moment_of(decision.value)) is not None:
        days = timedelta(days=rng.randrange(1, 8))
        return {"const": fitted(edge - days if "<" in decision.operator else edge + days, node)}
    if not isinstance(decision.value, int | float) or isinstance(decision.value, bool):
        return {"not": {}}
    return {_RANGES[decision.operator]: decision.value}


def _fill(wish: Wish, wisher: Wisher) -> None:
    """Give every list as many elements as are needed of it, each with wishes of its own."""
    for body in wisher.call.sight.bodies:
        if not body.many or body.at.count(None) != 1:
            continue
        array = wish.at(body.at[:-1])
        if array.most is not None and array.items is not None:
            array.items = array.items[: array.most]
        while array.items is not None and len(array.items) < array.least:
            array.items.append(wisher.another(body.path))
