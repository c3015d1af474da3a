"""Days inside the range that a question sets: what arrives from Tuesday on arrives by then."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from toolweave.checks.naming import words
from toolweave.core.model import JsonValue
from toolweave.memory.clock import fitted, moment_of
from toolweave.memory.identity import Place
from toolweave.memory.matching import Asked
from toolweave.schema.types import as_mapping

# So much of two words is the same in "arriving" and "arrival".
_STEM: Final = 4


def since(one: Asked, place: Place, now: datetime, rng: random.Random) -> JsonValue:
    """A moment for a row's field that an argument bounds from below; None where it does not."""
    schema = as_mapping(place.schema)
    dated = schema.get("format") in ("date", "date-time") and "const" not in schema
    if not dated or one.place.role.kind != "start" or not one.place.role.bounds:
        return None
    stems = {word[:_STEM] for word in words(one.place.role.bounds)}
    edge = moment_of(one.value)
    if edge is None or not stems & {word[:_STEM] for word in words(place.steps[-1])}:
        return None
    room = (now.date() - edge.date()).days if edge.date() < now.date() else 10
    return fitted(edge + timedelta(days=rng.randrange(room + 1)), schema)


def made_in(
    question: Sequence[Asked], created: datetime, now: datetime, rng: random.Random
) -> datetime:
    """A making inside the range that was asked for."""
    low, high = created, now
    for one in question:
        edge = moment_of(one.value)
        if edge is None or one.place.role.bounds:
            continue
        if one.place.role.kind == "start":
            low = edge
        elif one.place.role.kind == "end":
            high = min(high, edge)
    return low + (high - low) * rng.random() if low < high else high
