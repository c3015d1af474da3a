"""Clocks elsewhere: what time it is in a time zone, and what a time of one is in another."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from toolweave.checks.naming import words
from toolweave.core.model import JsonObject, JsonValue
from toolweave.memory.clock import fitted
from toolweave.memory.wishes import Wish
from toolweave.schema.types import Schema, as_mapping

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?")
_FROM = frozenset({"source", "from", "origin", "local"})


class Clock(NamedTuple):
    """An object of a result that tells the time of a zone: where it is, and its properties."""

    steps: tuple[str, ...]
    properties: Mapping[str, Any]


def tell_times(
    root: Wish, results: Schema, arguments: JsonObject, now: datetime, weight: int
) -> None:
    """Wish that every clock in a result agrees with the session's, or with the time asked about.

    A clock is an object with a time zone and a date-time. Where the call names a time of day and
    its zone, clocks tell that moment; otherwise they tell ``now``.
    """
    # To the minute, as people tell the time.
    moment = (_asked(arguments, now) or now).replace(second=0, microsecond=0)
    hours: list[float] = []
    for clock in _clocks(results):
        there = root.at(clock.steps)
        zone = _zone(next((there.at((n,)).value() for n in clock.properties if _zonal(n)), None))
        if zone is None:
            continue
        local = moment.astimezone(zone)
        hours.append((local.utcoffset() or timedelta()) / timedelta(hours=1))
        for name, node in clock.properties.items():
            value = _said(name, as_mapping(node), local)
            if value is not None:
                there.at((name,)).be(weight, value)
    apart = next((n for n in _properties(results) if words(n) == ("time", "difference")), None)
    if apart is not None and len(hours) > 1:
        root.at((apart,)).be(weight, f"{hours[-1] - hours[0]:+.1f}h")


def _clocks(results: Schema) -> Iterator[Clock]:
    properties = _properties(results)
    for steps, node in ((), results), *(((name,), node) for name, node in properties.items()):
        held = _properties(node)
        if any(_zonal(name) for name in held) and any(_dated(held[name], name) for name in held):
            yield Clock(steps, held)


def _properties(node: object) -> Mapping[str, Any]:
    held = node.get("properties") if isinstance(node, Mapping) else None
    return held if isinstance(held, Mapping) else {}


def _zonal(name: str) -> bool:
    return words(name) in {("timezone",), ("time", "zone"), ("tz",)}


def _dated(node: Schema, name: str) -> bool:
    return as_mapping(node).get("format") == "date-time" or words(name) == ("datetime",)


def _said(name: str, node: Mapping[str, Any], local: datetime) -> JsonValue:
    if _dated(node, name):
        told = fitted(local, node)
        return told if isinstance(told, str) and told[:13] == f"{local:%Y-%m-%dT%H}" else None
    if words(name) == ("day", "of", "week"):
        return f"{local:%A}"
    if words(name) == ("is", "dst"):
        return bool(local.dst())
    return None


def _asked(arguments: JsonObject, now: datetime) -> datetime | None:
    """The moment that a call asks about by a time of day and, if named, the zone it is of."""
    times = [value for name, value in arguments.items() if words(name)[-1:] == ("time",)]
    found = _TIME.fullmatch(times[0]) if len(times) == 1 and isinstance(times[0], str) else None
    zones = {name: zone for name, value in arguments.items() if (zone := _zone(value)) is not None}
    if found is None or not zones:
        return None
    near = [zone for name, zone in zones.items() if _FROM & set(words(name))]
    zone = near[0] if near else next(iter(zones.values()))
    return now.astimezone(zone).replace(hour=int(found[1]), minute=int(found[2]))


def _zone(name: JsonValue) -> ZoneInfo | None:
    """The zone of that name, where there is one."""
    if not isinstance(name, str) or not 0 < len(name) <= 64:
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None
