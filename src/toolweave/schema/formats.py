"""Text in the formats that JSON Schema names: dates, addresses, identifiers."""

import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

# RFC 3339 wants a zone, which people and models leave out; the simulated world lives in one.
_ZONED = {"date-time": ("Z", ":00Z"), "time": ("Z", ":00Z")}
_FIRST = date(2024, 1, 1)
_DAYS = 730
_NAMES = ("alex", "dana", "kim", "lee", "mara", "noor", "robin", "sasha", "tomas", "yuki")
_PLACES = ("harbor", "meadow", "north", "orchard", "river", "summit", "valley", "willow")
_TOPICS = ("account", "catalog", "help", "news", "orders", "reports", "status", "support")


def zoned(text: str, schema: Mapping[str, Any]) -> Iterator[str]:
    """The text with the zone that its format demands, where it lacks one."""
    for ending in _ZONED.get(str(schema.get("format", "")), ()):
        if not text.endswith("Z"):
            yield text.replace(" ", "T", 1) + ending


def _date(rng: random.Random) -> str:
    return (_FIRST + timedelta(days=rng.randrange(_DAYS))).isoformat()


def _time(rng: random.Random) -> str:
    return f"{rng.randint(7, 20):02}:{rng.choice((0, 15, 30, 45)):02}:00"


def _date_time(rng: random.Random) -> str:
    moment = datetime.fromisoformat(f"{_date(rng)}T{_time(rng)}")
    return f"{moment.isoformat()}Z"


def _host(rng: random.Random) -> str:
    return f"{rng.choice(_PLACES)}.example.com"


def _email(rng: random.Random) -> str:
    return f"{rng.choice(_NAMES)}.{rng.choice(_PLACES)}@example.com"


def _path(rng: random.Random) -> str:
    return f"/{rng.choice(_TOPICS)}/{rng.randint(1, 999)}"


def _uri(rng: random.Random) -> str:
    return f"https://{_host(rng)}{_path(rng)}"


def _ipv4(rng: random.Random) -> str:
    return f"192.0.2.{rng.randint(1, 254)}"


def _ipv6(rng: random.Random) -> str:
    return f"2001:db8::{rng.randint(1, 0xFFFF):x}"


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def _duration(rng: random.Random) -> str:
    return rng.choice((f"P{rng.randint(1, 30)}D", f"PT{rng.randint(1, 12)}H", "PT45M"))


WRITERS: dict[str, Callable[[random.Random], str]] = {
    "date": _date,
    "date-time": _date_time,
    "time": lambda rng: f"{_time(rng)}Z",
    "duration": _duration,
    "email": _email,
    "idn-email": _email,
    "hostname": _host,
    "idn-hostname": _host,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "uri": _uri,
    "uri-reference": _path,
    "iri": _uri,
    "iri-reference": _path,
    "uri-template": lambda rng: f"{_uri(rng)}/{{id}}",
    "uuid": _uuid,
    "json-pointer": _path,
    "relative-json-pointer": lambda rng: f"{rng.randint(0, 3)}{_path(rng)}",
    "regex": lambda rng: f"^{rng.choice(_TOPICS)}[0-9]+$",
}


_APART = ("date", "date-time", "time", "duration", "uuid", "ipv4", "ipv6")
_KINDS = {name: name for name in _APART}
_KINDS |= {"email": "email", "idn-email": "email", "uri": "uri", "iri": "uri"}


def formats_apart(left: object, right: object) -> bool:
    """Whether text meant for one format is never meant for the other: a date is no date-time."""
    kinds = {_KINDS.get(name) for name in (left, right) if isinstance(name, str)}
    return len(kinds) == 2 and None not in kinds


def write_format(name: object, rng: random.Random) -> str | None:
    """Text in a named format, or ``None`` for a format nobody defined."""
    writer = WRITERS.get(name) if isinstance(name, str) else None
    return writer(rng) if writer else None
