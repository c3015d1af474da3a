"""Days of what is over: a ticket that was used is not for a journey to come."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from toolweave.checks.naming import words
from toolweave.memory.clock import fitted
from toolweave.memory.deriving import PAST
from toolweave.memory.identity import Body, Place
from toolweave.memory.wishes import Wish
from toolweave.memory.wishing import Wisher
from toolweave.schema.types import as_mapping

OVER: Final = frozenset(
    {
        *("used", "over", "held", "delivered", "returned", "completed", "finished", "done", "past"),
        *("travelled", "traveled", "arrived", "received", "fulfilled", "ended", "wrapped", "paid"),
    }
)
# Days that what is over may still have before it.
_AHEAD: Final = re.compile(
    r"(^|_)(due|until|by|next|expir\w*|valid|deadline|warranty|follow|reminder|renew\w*|payout)(_|$)"
)


def lapse(wish: Wish, wisher: Wisher) -> None:
    """Put the days of every thing that is shown as over before now, where they are open."""
    for body in wisher.sight.bodies:
        status = next((p for p in body.places if p.name == "status"), None)
        if status is None or status.owner != body.entity:
            continue
        for one in _objects(wish, body):
            if _over(one.at(status.steps)):
                _date_back(one, body, wisher)


def _objects(wish: Wish, body: Body) -> Iterator[Wish]:
    if not body.many:
        yield wish.at(body.at)
    elif body.at.count(None) == 1:
        yield from wish.at(body.at[:-1]).items or ()


def _over(wish: Wish) -> bool:
    value = wish.value()
    return isinstance(value, str) and bool(OVER & {*words(value)})


def _date_back(wish: Wish, body: Body, wisher: Wisher) -> None:
    """The thing's days in the order in which they stand, the last one some days ago."""
    days = [place for place in body.places if _is_day(place, body)]
    free = [place for place in days if not wish.at(place.steps).limits]
    if len(free) < len(days):
        return
    at = wisher.now - timedelta(days=wisher.rng.randrange(2, 12) + 2 * len(free))
    at = at.replace(hour=wisher.rng.randrange(8, 19), minute=0, second=0)
    for place in free:
        wish.at(place.steps).be(PAST, fitted(at, as_mapping(place.schema)))
        at += timedelta(days=wisher.rng.randrange(1, 3))


def _is_day(place: Place, body: Body) -> bool:
    held = as_mapping(place.schema)
    open_ = held.get("format") in ("date", "date-time") and "const" not in held
    return open_ and place.owner == body.entity and not _AHEAD.search(place.steps[-1])
