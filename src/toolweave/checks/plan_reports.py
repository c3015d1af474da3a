"""Rules about what is said of results: summaries, reports, decisions, and what points at them."""

from collections.abc import Iterator, Mapping

from toolweave.checks.plan_index import PlanIndex, Ref
from toolweave.core.binding import ToolOutputBinding
from toolweave.core.finding import Finding
from toolweave.core.model import JsonValue
from toolweave.core.plan import (
    AssistantResponse,
    Decision,
    UserClarificationResponse,
    UserRequest,
    calls_of,
)
from toolweave.schema.records import suggestion
from toolweave.schema.relations import intersect, relation
from toolweave.schema.types import Schema, is_false, same
from toolweave.schema.validators import validator

_LIMITS = {
    "<": "exclusiveMaximum",
    "<=": "maximum",
    ">": "exclusiveMinimum",
    ">=": "minimum",
}
_FILLABLE: Schema = {"type": ["array", "object", "string"]}
_LEAST = ("minItems", "minLength", "minProperties")
_MOST = ("maxItems", "maxLength", "maxProperties")


def summary_rules(index: PlanIndex) -> Iterator[Finding]:
    """Responses tell of calls made by then and outputs they declare, and of every call."""
    told: set[str] = set()
    for placed in index.steps:
        if not isinstance(placed.step, AssistantResponse):
            continue
        for call in placed.step.summarizes:
            told.add(call)
            if call not in index.calls or index.calls[call][0].step > placed.number:
                problem = f"no call {call!r} has been made by then"
                mend = suggestion(call, list(index.calls)[:200])
                yield index.error("summary_of_nothing", problem, mend, step=placed.number, at=call)
        for report in placed.step.reports:
            yield from _report(index, placed.number, report)
    for call, attempts in index.calls.items():
        if call not in told:
            problem = f"no response tells of call {call!r}"
            mend = "add it to the summarizes of a later assistant_response"
            yield index.warning("untold_call", problem, mend, step=attempts[0].step, at=call)


def _report(index: PlanIndex, step: int, report: str) -> Iterator[Finding]:
    ref = index.ref(report)
    done = index.done.get(ref.call) if ref else None
    if ref is None or done is None or done.step >= step:
        problem = f"{report!r} is no output of a call that succeeded by then"
        mend = "write CALL.PATH of an earlier call"
        yield index.error("unknown_report", problem, mend, step=step, at=report)
    elif done.call.tool in index.tools and index.declared_output(ref) is None:
        problem = f"{done.call.tool!r} declares no output {ref.path!r}"
        mend = index.mend_path(done.call.tool, "results", ref.path)
        yield index.error("unknown_report", problem, mend, step=step, at=report)


def decision_rules(index: PlanIndex) -> Iterator[Finding]:
    """A decision names a declared output of a successful call, and a value it can have."""
    for decision in index.plan.decisions:
        at = f"{decision.call}.{decision.path}"
        done = index.done.get(decision.call)
        if done is None:
            problem = f"no call {decision.call!r} succeeds in the plan"
            mend = suggestion(decision.call, list(index.calls)[:200])
            yield index.error("unknown_decision", problem, mend, at=at)
            continue
        tool = done.call.tool
        if tool not in index.tools:
            continue
        schema = index.output(tool, decision.path)
        if schema is None:
            problem = f"{tool!r} declares no output {decision.path!r}"
            mend = index.mend_path(tool, "results", decision.path)
            yield index.error("unknown_decision", problem, mend, step=done.step, at=at)
        elif not _possible(decision, schema, index.tools[tool].results):
            value = "" if "empty" in decision.operator else f" {decision.value!r:.60}"
            problem = f"the output can never be {decision.operator}{value}"
            mend = "decide on a value that the schema allows"
            yield index.error(
                "impossible_decision", problem, mend, step=done.step, at=at, value=decision.value
            )


def _possible(decision: Decision, schema: Schema, root: Schema) -> bool:
    value, operator = decision.value, decision.operator
    if operator == "==":
        return validator(schema, root).valid(value)
    if operator == "!=":
        return not _is_only(schema, value)
    if operator in _LIMITS:
        demanded = _side(value, _LIMITS[operator])
        return demanded is not None and relation(schema, demanded, root) != "disjoint"
    named = schema if isinstance(schema, Mapping) else {}
    if operator == "empty":
        excluded = any(named.get(limit, 0) > 0 for limit in _LEAST)
    else:
        excluded = any(named.get(limit, 1) < 1 for limit in _MOST)
    return not excluded and relation(schema, _FILLABLE, root) != "disjoint"


def agreement_rules(index: PlanIndex) -> Iterator[Finding]:
    """Decisions about one output can hold at the same time."""
    left: dict[tuple[str, str], Schema] = {}
    for decision in index.plan.decisions:
        place = (decision.call, decision.path)
        schema = _denied(decision) or decided(decision)
        if schema is None:
            continue
        both = intersect(left[place], schema) if place in left else schema
        if is_false(both):
            done = index.done.get(decision.call)
            yield index.error(
                "decision_conflict",
                f"{decision.operator} {decision.value!r:.60} contradicts another decision on it",
                "keep one of the two",
                step=done.step if done else None,
                at=f"{decision.call}.{decision.path}",
            )
            return
        left[place] = both


def _denied(decision: Decision) -> Schema | None:
    if decision.operator == "!=":
        return {"not": {"const": decision.value}}
    if decision.operator == "empty":
        return {"maxItems": 0, "maxLength": 0}
    return {"minItems": 1, "minLength": 1} if decision.operator == "not_empty" else None


def decided(decision: Decision) -> Schema | None:
    """The values that a decision leaves; None where it says nothing about a single value."""
    if decision.operator == "==":
        return {"const": decision.value}
    if decision.operator not in _LIMITS or isinstance(decision.value, str):
        return None
    return _side(decision.value, _LIMITS[decision.operator])


def _is_only(schema: Schema, value: JsonValue) -> bool:
    """Whether the schema admits this value and no other."""
    if not isinstance(schema, Mapping):
        return schema is False
    choices = [schema["const"]] if "const" in schema else schema.get("enum")
    return choices is not None and all(same(choice, value) for choice in choices)


def _side(value: JsonValue, limit: str) -> Schema | None:
    """The values on one side of ``value``; None where it has no sides."""
    if isinstance(value, str):
        return {"type": "string"}
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return {"type": "number", limit: value}


def same_rules(index: PlanIndex) -> Iterator[Finding]:
    """Every name said to be the same thing is a slot or a declared output."""
    for group in index.plan.same:
        for name in group:
            ref = index.ref(name)
            if name not in index.slots and (ref is None or not _has_output(index, ref)):
                problem = f"{name!r} is neither a slot nor an output of a call"
                mend = "write a slot, or CALL.PATH of a declared output"
                yield index.error("unknown_same", problem, mend, at=name)


def _has_output(index: PlanIndex, ref: Ref) -> bool:
    """Whether the call yields the output, as far as its tool is known."""
    done = index.done.get(ref.call)
    return done is not None and (
        done.call.tool not in index.tools or index.declared_output(ref) is not None
    )


def pointing_rules(index: PlanIndex) -> Iterator[Finding]:
    """What the user points at is picked out of a list that an earlier call returned."""
    for placed in index.steps:
        if not isinstance(placed.step, UserRequest | UserClarificationResponse):
            continue
        for name in placed.step.points_at:
            if not _picked(index, name, placed.number):
                problem = f"{name!r} is no argument of a later call that picks out of a list"
                mend = "point at an argument bound to a path with [] and a selector"
                yield index.error("unknown_pointed", problem, mend, step=placed.number, at=name)


def voicing_rules(index: PlanIndex) -> Iterator[Finding]:
    """What a request asks for outright are calls of its own segment."""
    for placed in index.steps:
        if not isinstance(placed.step, UserRequest):
            continue
        segment = index.plan.segments[index.plan.wanted(placed.segment)]
        own = {call.id for call in calls_of(segment.steps)}
        for name in placed.step.voices:
            if name not in own:
                problem = f"{name!r} is voiced, but no call of this segment has that id"
                mend = suggestion(name, sorted(own))
                yield index.error("unknown_voiced", problem, mend, step=placed.number, at=name)


def _picked(index: PlanIndex, name: str, step: int) -> bool:
    ref = index.ref(name)
    if ref is None:
        return False
    for at in index.calls[ref.call]:
        bound = at.call.arguments.get(ref.path)
        if at.step > step and isinstance(bound, ToolOutputBinding):
            made = index.done.get(bound.call)
            listed = "[]" in bound.path
            if made is not None and made.step < step and listed and bound.select.kind != "all":
                return True
    return False
