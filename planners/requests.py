"""What a request states in one breath, and what is asked for after it."""

import random
from collections.abc import Sequence
from typing import Final, NamedTuple

from toolweave.checks.effects import effect_of
from toolweave.core.binding import ToolOutputBinding
from toolweave.core.plan import (
    AssistantClarification,
    Provision,
    Step,
    UserClarificationResponse,
    UserRequest,
)
from toolweave.llm.offline.phrases import holes
from toolweave.planners.desk import Desk
from toolweave.planners.planned_call import PlannedArguments, Said
from toolweave.planners.wording import woven

# People state few values in one breath; those that no wish holds they would have to recite.
_BREATH: Final = 3
_RECITED: Final = 2
_ASKED_AT_ONCE: Final = 3
_ASKED: Final = 3 * _ASKED_AT_ONCE


class _Limits(NamedTuple):
    """How many values a request states, and how many of them that no wish holds."""

    all: int
    recited: int


_PREPARED: Final = _Limits(_BREATH, _RECITED)
# Where nobody wrote down how a value is told, it comes out in answer to a question.
_DRAFTED: Final = _Limits(_BREATH - 1, 0)


def asking(
    desk: Desk, made: Sequence[PlannedArguments], subgoal: str, stream: random.Random
) -> list[Step]:
    """The request for calls, and the questions and answers for what it leaves out."""
    said = [slot for one in made for slot in one.said]
    later = _left_out(desk, made, said, stream)
    now = [slot for slot in said if slot not in later]
    picks = tuple(pick for one in made for pick in one.picks)
    steps: list[Step] = [
        UserRequest(act="user_request", intent=subgoal, provides=provisions(now), points_at=picks)
    ]
    for start in range(0, len(later), _ASKED_AT_ONCE):
        part = later[start : start + _ASKED_AT_ONCE]
        asks = tuple(slot.slot for slot in part)
        question = AssistantClarification(act="assistant_clarification", asks=asks)
        if stream.random() < desk.knobs.keep_back:
            steps.append(question)
            steps.append(UserClarificationResponse(act="user_clarification_response"))
        steps.append(question)
        steps.append(
            UserClarificationResponse(act="user_clarification_response", provides=provisions(part))
        )
    return steps


def provisions(said: Sequence[Said]) -> tuple[Provision, ...]:
    """What a user states, as steps carry it."""
    return tuple(
        Provision(slot=one.slot, value=one.fixed[0], fixed=True)
        if one.fixed
        else Provision(slot=one.slot)
        for one in said
    )


def _left_out(
    desk: Desk, made: Sequence[PlannedArguments], said: Sequence[Said], stream: random.Random
) -> list[Said]:
    """What the request leaves out: what is too much for one breath, else some of it by chance."""
    # What may be left out is asked for too where nobody wrote down how people tell it.
    required = {
        f"{one.call}.{held.path}"
        for one in made
        for held in desk.flow.inputs[one.tool]
        if held.required or not desk.words.prepared(one.tool)
    }
    askable = [slot for slot in said if slot.slot in required and not slot.fixed]
    if not askable or not desk.knobs.clarify:
        return []
    kept = _in_one_breath(desk, made, said, askable, stream)
    later = [slot for slot in askable if slot not in kept][:_ASKED]
    if not later and stream.random() < desk.knobs.clarify:
        count = stream.randint(1, min(_ASKED_AT_ONCE, len(askable)))
        chosen = stream.sample(range(len(askable)), count)
        later = [askable[place] for place in sorted(chosen)]
    return later


def _in_one_breath(
    desk: Desk,
    made: Sequence[PlannedArguments],
    said: Sequence[Said],
    askable: Sequence[Said],
    stream: random.Random,
) -> list[Said]:
    """What the request states: what nobody asks for, then what its wishes can hold."""
    prepared = all(desk.words.prepared(one.tool) for one in made)
    limits = _PREPARED if prepared else _DRAFTED
    if prepared and len(said) - limits.all > _ASKED_AT_ONCE:
        # Where the words for values are at hand, one question is enough.
        limits = _Limits(len(said) - _ASKED_AT_ONCE, len(said) - _ASKED_AT_ONCE)
    held = {
        f"{one.call}.{path}" for one in made for path in _held(desk, made, one, prepared, stream)
    }
    kept = [slot for slot in said if slot not in askable]
    recited = sum(slot.slot not in held for slot in kept)
    for slot in sorted(stream.sample(askable, len(askable)), key=lambda one: one.slot not in held):
        odd = slot.slot not in held
        if len(kept) < limits.all and not (odd and recited >= limits.recited):
            kept.append(slot)
            recited += odd
    return kept


def _held(
    desk: Desk,
    made: Sequence[PlannedArguments],
    one: PlannedArguments,
    prepared: bool,
    stream: random.Random,
) -> frozenset[str]:
    """The parameters of a call that its wish can hold; of drafted wishes, those that one holds.

    What only serves a later call is mostly not wished for.
    """
    if prepared:
        return woven(desk.words, one.tool)
    serves = effect_of(desk.flow.tools[one.tool]).kind == "read" and any(
        isinstance(binding, ToolOutputBinding) and binding.call == one.call
        for later in made
        for binding in later.bindings.values()
    )
    if serves:
        return frozenset()
    mine = {slot.slot.partition(".")[2] for slot in one.said}
    ways = [holes(phrase) for phrase in desk.words.tool(one.tool).wishes]
    fitting = [way for way in ways if way and way <= mine and len(way) < _BREATH]
    most = max((len(way) for way in fitting), default=0)
    fullest = sorted({tuple(sorted(way)) for way in fitting if len(way) == most})
    return frozenset(stream.choice(fullest)) if fullest else frozenset()
