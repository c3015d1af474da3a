"""Conformance: the plan's steps and the dialogue's messages walked side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from toolweave.core.dialogue import Dialogue, Message, ToolCall
from toolweave.core.finding import Finding
from toolweave.core.plan import (
    MISTAKES,
    PlacedStep,
    Plan,
    PlannedCall,
    ToolInvocation,
    UserClarificationResponse,
    UserRequest,
)
from toolweave.evaluation.transcript import Answered, Unit, UnitKind, answered, clock_in, units

# How unlike a unit is to a step: 0 when it is the step, None when it cannot be.
Price = Callable[[PlacedStep, Unit], float | None]

# A pair that differs in label or calls is still likelier the same step than one too many and one
# too few.
_RELABELLED = 0.8
_OTHER_CALLS = 0.9


class Pair(NamedTuple):
    """A step and the unit that realises it, or stands where it is missing; or a unit too many."""

    step: PlacedStep | None
    unit: Unit | None
    realised: bool = False


class Realised(NamedTuple):
    """A planned call and the call that realises it."""

    planned: PlannedCall
    made: Answered


@dataclass(frozen=True, slots=True)
class Walk:
    """Which message realises which step, which call which planned call, and what departs."""

    findings: list[Finding] = field(default_factory=list)
    steps: dict[int, PlacedStep] = field(default_factory=dict)
    calls: list[Realised] = field(default_factory=list)


def kind_of(placed: PlacedStep) -> UnitKind:
    """The kind of unit that realises a step."""
    if isinstance(placed.step, UserRequest | UserClarificationResponse):
        return "user"
    return "calls" if isinstance(placed.step, ToolInvocation) else "text"


def walk(dialogue: Dialogue) -> Walk:
    """Pairs every step of the plan with the messages that realise it."""
    result = compared(dialogue.messages, dialogue.plan)
    result.findings[:0] = [*_opening(dialogue.messages), *pairing(dialogue.messages)]
    return result


def compared(messages: Sequence[Message], plan: Plan) -> Walk:
    """The steps of a plan beside messages that are labelled with them."""
    result = Walk()
    for placed, unit, realised in aligned(list(plan.steps()), spoken(messages)):
        if placed is None and unit is not None:
            result.findings.append(_extra(unit))
        elif placed is not None and unit is not None and realised:
            _compare(placed, unit, messages, result)
        elif placed is not None:
            result.findings.append(_missing(placed, unit, messages))
    return result


def spoken(messages: Sequence[Message]) -> list[Unit]:
    """The units that a plan has steps for: not the system message that opens, nor stray answers."""
    found = [unit for unit in units(messages) if unit.kind != "stray"]
    return found[1:] if found and found[0].kind == "system" else found


def _opening(messages: Sequence[Message]) -> list[Finding]:
    if not messages or messages[0].role != "system":
        problem = "the dialogue does not open with a system message"
        return [Finding(code="missing_system", problem=problem, message=0)]
    if clock_in(messages[0].content) is None:
        problem = "the system message does not say what time it is"
        return [Finding(code="missing_clock", problem=problem, message=0)]
    return []


def pairing(messages: Sequence[Message]) -> list[Finding]:
    """Every call id is new and answered right behind its message; every answer has its call."""
    findings: list[Finding] = []
    seen: set[str] = set()
    for unit in units(messages):
        if unit.kind == "stray":
            findings.append(_stray(unit.at, unit.message))
        if unit.kind != "calls":
            continue
        for call in unit.message.tool_calls:
            if not call.id or call.id in seen:
                problem = f"call id {call.id!r} is empty or used before"
                findings.append(_at("duplicate_call_id", unit.at, problem, call.id))
            seen.add(call.id)
        findings += _answers(unit, messages)
    return findings


def _answers(unit: Unit, messages: Sequence[Message]) -> list[Finding]:
    findings: list[Finding] = []
    waiting = {call.id: call.name for call in unit.message.tool_calls}
    for index in unit.answers:
        answer = messages[index]
        name = waiting.pop(answer.tool_call_id, None)
        if name is None:
            findings.append(_stray(index, answer))
        elif answer.name != name:
            problem = f"the answer to {name} calls itself {answer.name!r}"
            findings.append(_at("wrong_answer_name", index, problem, answer.name))
    for call_id, name in waiting.items():
        problem = f"nothing right behind it answers call {call_id!r} of {name}"
        findings.append(_at("unanswered_call", unit.at, problem, call_id))
    return findings


def _stray(index: int, message: Message) -> Finding:
    problem = f"this answers {message.tool_call_id!r}, which no call right before it waits for"
    return _at("answer_without_call", index, problem, message.tool_call_id)


def _at(code: str, index: int, problem: str, value: str) -> Finding:
    return Finding(code=code, problem=problem, message=index, value=value)


def aligned(
    planned: Sequence[PlacedStep], found: Sequence[Unit], price_of: Price | None = None
) -> list[Pair]:
    """The cheapest pairing in order; ``price_of`` says how unlike a unit is to a step, from 0 to 2.

    Without it, units are told by the step that their message says it realises.
    """
    price_of = price_of or _price
    if len(planned) == len(found):
        straight = list(zip(planned, found, strict=True))
        if all(price_of(placed, unit) == 0.0 for placed, unit in straight):
            return [Pair(placed, unit, True) for placed, unit in straight]
    prices = [[price_of(placed, unit) for unit in found] for placed in planned]
    costs = _costs(prices, len(found))
    pairs: list[Pair] = []
    left, right = 0, 0
    while left < len(planned) or right < len(found):
        placed = planned[left] if left < len(planned) else None
        unit = found[right] if right < len(found) else None
        here = costs[left][right]
        price = prices[left][right] if placed and unit else None
        if price is not None and here == costs[left + 1][right + 1] + price:
            pairs.append(Pair(placed, unit, True))
            left, right = left + 1, right + 1
        elif placed and here == costs[left + 1][right] + 1:
            pairs.append(Pair(placed, unit))
            left += 1
        else:
            pairs.append(Pair(None, unit))
            right += 1
    return pairs


def _costs(prices: Sequence[Sequence[float | None]], width: int) -> list[list[float]]:
    rows, columns = len(prices) + 1, width + 1
    costs = [[0.0] * columns for _ in range(rows)]
    for left in range(rows - 1, -1, -1):
        for right in range(columns - 1, -1, -1):
            ways = []
            if left < rows - 1:
                ways.append(costs[left + 1][right] + 1)
            if right < columns - 1:
                ways.append(costs[left][right + 1] + 1)
            if left < rows - 1 and right < columns - 1:
                price = prices[left][right]
                if price is not None:
                    ways.append(costs[left + 1][right + 1] + price)
            costs[left][right] = min(ways, default=0.0)
    return costs


def _price(placed: PlacedStep, unit: Unit) -> float | None:
    """How unlike a unit is to a step: 0 when it is the step, None when it cannot be."""
    if unit.kind != kind_of(placed):
        return None
    price = 0.0 if unit.message.step == placed.number else _RELABELLED
    if isinstance(placed.step, ToolInvocation):
        wanted = [call.tool for call in placed.step.calls]
        if wanted != [call.name for call in unit.message.tool_calls]:
            price += _OTHER_CALLS
    return price


def _missing(placed: PlacedStep, unit: Unit | None, messages: Sequence[Message]) -> Finding:
    index = unit.at if unit is not None else max(len(messages) - 1, 0)
    act = placed.step.act.replace("_", " ")
    return Finding(
        code="missing_step",
        problem=f"no message realises this step ({act})",
        message=index,
        step=placed.number,
        at=", ".join(_callees(placed)),
    )


def _callees(placed: PlacedStep) -> list[str]:
    step = placed.step
    return [call.id for call in step.calls] if isinstance(step, ToolInvocation) else []


def _extra(unit: Unit) -> Finding:
    made = ", ".join(call.name for call in unit.message.tool_calls)
    what = f"call of {made}" if made else f"{unit.message.role} message"
    problem = f"the plan has no step for this {what}"
    return Finding(
        code="unplanned_call" if made else "unplanned_message", problem=problem, message=unit.at
    )


def _compare(placed: PlacedStep, unit: Unit, messages: Sequence[Message], result: Walk) -> None:
    result.steps[unit.at] = placed
    for index in (unit.at, *unit.answers):
        if messages[index].step != placed.number:
            problem = f"the message says it realises step {messages[index].step}"
            result.findings.append(
                Finding(code="wrong_step", problem=problem, message=index, step=placed.number)
            )
    if isinstance(placed.step, ToolInvocation):
        _compare_calls(placed.number, placed.step, unit, messages, result)
    elif not unit.message.content.strip():
        problem = "the message says nothing"
        result.findings.append(
            Finding(code="empty_message", problem=problem, message=unit.at, step=placed.number)
        )


def _compare_calls(
    number: int, step: ToolInvocation, unit: Unit, messages: Sequence[Message], result: Walk
) -> None:
    made = answered(unit, messages)
    order: list[int] = []
    for planned in step.calls:
        place = _find(planned, made, order)
        if place is None:
            result.findings.append(
                Finding(
                    code="missing_call",
                    problem=f"the planned call of {planned.tool} is not made",
                    message=unit.at,
                    step=number,
                    at=planned.id,
                )
            )
            continue
        order.append(place)
        result.calls.append(Realised(planned, made[place]))
        result.findings.extend(_labels(planned, made[place].call, unit.at, number))
    for place, extra in enumerate(made):
        if place not in order:
            result.findings.append(
                Finding(
                    code="unplanned_call",
                    problem=f"the plan does not call {extra.call.name} here",
                    message=unit.at,
                    step=number,
                    at=extra.call.call,
                )
            )
    if order != sorted(order):
        problem = "the calls go out in another order than planned"
        result.findings.append(
            Finding(code="call_order", problem=problem, message=unit.at, step=number)
        )


def _find(planned: PlannedCall, made: Sequence[Answered], taken: Sequence[int]) -> int | None:
    """The call that realises a planned one: same tool, and the same name where it has one."""
    free = [
        place
        for place, item in enumerate(made)
        if place not in taken and item.call.name == planned.tool
    ]
    named = [place for place in free if made[place].call.call == planned.id]
    return next(iter(named or free), None)


def _labels(planned: PlannedCall, made: ToolCall, index: int, number: int) -> list[Finding]:
    if (made.call, made.attempt) == (planned.id, planned.attempt):
        return []
    problem = f"the call says it is attempt {made.attempt} of {made.call!r}"
    return [
        Finding(code="wrong_call_name", problem=problem, message=index, step=number, at=planned.id)
    ]


def unmended(walked: Walk) -> list[Finding]:
    """A mistake of the assistant's own is followed by the call as it was meant."""
    last = {planned.id: (planned, made.message) for planned, made in walked.calls}
    return [
        Finding(
            code="unmended_mistake",
            problem=f"the call is made wrongly ({planned.fault.kind}) and never made again",
            message=index,
            at=planned.id,
        )
        for planned, index in last.values()
        if not planned.succeeds and planned.fault is not None and planned.fault.kind in MISTAKES
    ]


def trained_failures(walked: Walk, messages: Sequence[Message]) -> list[Finding]:
    """A message with a call that is planned to fail must not be trained on."""
    findings = []
    for planned, made in walked.calls:
        if planned.fault is None and planned.expect.outcome == "ok":
            continue
        if messages[made.message].train:
            problem = "a call that is planned to fail is marked as something to learn"
            findings.append(
                Finding(
                    code="trained_failure", problem=problem, message=made.message, at=planned.id
                )
            )
    return findings
