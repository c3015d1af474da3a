"""Explicitness: whether a request says what is wanted before the details of what it leaves unsaid.

DiGiT-TC demands that Kendall's τ between how outspoken a call is and where its details stand is not
above 0: the goal comes first, and what only serves it later.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from toolweave.core.binding import UserBinding
from toolweave.core.dialogue import Dialogue, Message
from toolweave.core.plan import (
    PlannedCall,
    Segment,
    UserRequest,
    calls_of,
)


class Placed(NamedTuple):
    """One call of a request: 1 if it is asked for outright, 0 if not, and where its details are."""

    explicit: int
    position: int


def kendall(calls: Sequence[Placed]) -> float:
    """Kendall's τ-b between explicitness and position, −1…+1; 0 where either does not vary."""
    agreeing = opposed = 0
    by_explicit = by_position = 0
    for one, other in combinations(calls, 2):
        said = one.explicit - other.explicit
        placed = one.position - other.position
        by_explicit += said != 0
        by_position += placed != 0
        agreeing += said * placed > 0
        opposed += said * placed < 0
    if not by_explicit or not by_position:
        return 0.0
    return (agreeing - opposed) / math.sqrt(by_explicit * by_position)


def planned_tau(segment: Segment) -> float:
    """τ as the plan lays the request out: ``provides`` is told in its order."""
    request = segment.steps[0]
    if not isinstance(request, UserRequest):
        return 0.0
    order = {provision.slot: place for place, provision in enumerate(request.provides)}
    return kendall(list(_placed(segment, request, order)))


def spoken_tau(dialogue: Dialogue) -> float:
    """The highest τ of the dialogue's requests, by where their words state the details."""
    number, found = 1, [0.0]
    for segment in dialogue.plan.segments:
        request = segment.steps[0]
        said = next((one for one in dialogue.messages if one.step == number), None)
        if isinstance(request, UserRequest) and said is not None:
            found.append(kendall(list(_placed(segment, request, _stated(said)))))
        number += len(segment.steps)
    return max(found)


def _stated(message: Message) -> dict[str, int]:
    # Where a mention ends: a list is spread over a message, and its first item may turn up earlier
    # in other words, as in "a new time for the van … a bike or a van will do".
    return {stated.ref: stated.end for stated in message.states}


def _placed(segment: Segment, request: UserRequest, order: dict[str, int]) -> Iterator[Placed]:
    """The calls of which the request tells any detail, at the first one.

    What a call left unsaid shares with one that is voiced is a detail of the latter.
    """
    calls = latest_calls(segment)
    voiced = {slot for call in calls if call.id in request.voices for slot in _slots(call)}
    for call in calls:
        explicit = call.id in request.voices
        own = [slot for slot in _slots(call) if slot in order and (explicit or slot not in voiced)]
        if own:
            yield Placed(int(explicit), min(order[slot] for slot in own))


def _slots(call: PlannedCall) -> list[str]:
    """What the user states for a call."""
    bound = call.arguments.values()
    return [binding.slot for binding in bound if isinstance(binding, UserBinding)]


def latest_calls(segment: Segment) -> list[PlannedCall]:
    """The calls of a segment, each by its last attempt."""
    return list({call.id: call for call in calls_of(segment.steps)}.values())
