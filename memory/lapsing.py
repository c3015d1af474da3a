"""Days of what is over: a ticket that was used is not for a journey to come."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from toolweave.checks.naming import words
from toolweave.memory.clock import fitted
from toolweave.memory.deriving import PAST
from toolweave.memory.identity import Body, Place
from toolweave.memory.made_call import MadeCall
from toolweave.memory.wishes import Wish
from toolweave.schema.types import as_mapping

OVER: Final = frozenset(
    {
        *("used", "over", "held", "delivered", "returned", "completed", "finished", "done", "past"),
        *("travelled", "traveled", "arrived", "received", "fulfilled", "ended", "wrapped", "paid"),
    }
)
_OVERDUE: Final = frozenset({"overdue"})
# Days that what is over may still have before it.
_AHEAD: Final = re.compile(
    r"(^|_)(due|until|by|next|expir\w*|valid|deadline|warranty|follow|reminder|renew\w*|payout)(_|$)"
)


def lapse(wish: Wish, call: MadeCall) -> None:
    """Put the days of every thing that is shown as over before now, where they are open."""
    for body in call.sight.bodies:
        status = next((p for p in body.places if p.name == "status"), None)
        if status is None or status.owner != body.entity:
            continue
        for one in _objects(wish, body):
            if _says(one.at(status.steps), OVER):
                _date_back(one, [p for p in body.places if _is_day(p, body)], call)
            elif _says(one.at(status.steps), _OVERDUE):
                due = [p for p in body.places if "due" in words(p.steps[-1]) and _dated(p)]
                _date_back(one, due, call)


def _objects(wish: Wish, body: Body) -> Iterator[Wish]:
    if not body.many:
        yield wish.at(body.at)
    elif body.at.count(None) == 1:
        yield from wish.at(body.at[:-1]).items or ()


def _says(wish: Wish, states: frozenset[str]) -> bool:
    value = wish.value()
    return isinstance(value, str) and bool(states & {*words(value)})


def _date_back(wish: Wish, days: Sequence[Place], call: MadeCall) -> None:
    """The thing's days in the order in which they stand, the last one some days ago."""
    free = [place for place in days if not wish.at(place.steps).limits]
    if len(free) < len(days):
        return
    at = call.now - timedelta(days=call.rng.randrange(2, 12) + 2 * len(free))
    at = at.replace(hour=call.rng.randrange(8, 19), minute=0, second=0)
    for place in free:
        wish.at(place.steps).be(PAST, fitted(at, as_mapping(place.schema)))
        at += timedelta(days=call.rng.randrange(1, 3))


def _is_day(place: Place, body: Body) -> bool:
    return _dated(place) and place.owner == body.entity and not _AHEAD.search(place.steps[-1])


def _dated(place: Place) -> bool:
    held = as_mapping(place.schema)
    return held.get("format") in ("date", "date-time") and "const" not in held
