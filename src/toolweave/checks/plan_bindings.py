"""Rules about bindings: what an argument is bound to exists by then and fits its type."""

from collections.abc import Callable, Iterator, Mapping

from toolweave.checks.plan_index import Argument, PlanIndex
from toolweave.checks.plan_selectors import selector_findings
from toolweave.core.binding import (
    Binding,
    ContextBinding,
    DefaultBinding,
    ToolOutputBinding,
    UserBinding,
)
from toolweave.core.finding import Finding
from toolweave.schema.records import suggestion
from toolweave.schema.types import Schema
from toolweave.schema.validators import validator

_CONTEXT: dict[str, Schema] = {
    "now": {"type": "string", "format": "date-time"},
    "today": {"type": "string", "format": "date"},
    "locale": {"type": "string"},
    "currency": {"type": "string"},
    "timezone": {"type": "string"},
}


def binding_rules(index: PlanIndex) -> Iterator[Finding]:
    """Every objection to what the arguments are bound to."""
    for argument in index.arguments:
        if index.parameter(argument.call.tool, argument.path) is not None:
            yield from _JUDGES[type(argument.binding)](index, argument)


def _judge_output(index: PlanIndex, argument: Argument) -> Iterator[Finding]:
    bound = argument.binding
    if not isinstance(bound, ToolOutputBinding):
        return
    unavailable = _unavailable(index, argument, bound)
    if unavailable is not None:
        yield unavailable
        return
    tool = index.done[bound.call].call.tool
    if tool not in index.tools:
        return
    if index.output(tool, bound.path) is None:
        problem = f"{tool!r} declares no output {bound.path!r}"
        mend = index.mend_path(tool, "results", bound.path)
        yield index.error_at(argument, "undeclared_output", problem, mend)
        return
    objections = list(selector_findings(index, argument, bound))
    yield from objections or _types(index, argument, bound)


def _unavailable(index: PlanIndex, argument: Argument, bound: ToolOutputBinding) -> Finding | None:
    """Why the call that is referred to has no result by then."""
    attempts = index.calls.get(bound.call)
    if attempts is None:
        problem = f"no call {bound.call!r} in the plan"
        mend = suggestion(bound.call, list(index.calls)[:200])
        return index.error_at(argument, "unknown_call", problem, mend)
    done = index.done.get(bound.call)
    if done is None:
        problem = f"call {bound.call!r} never succeeds, so it has no output"
        return index.error_at(argument, "failed_call", problem, "let one attempt succeed")
    fault = argument.call.fault
    if done.step < argument.step or (fault is not None and fault.kind == "out_of_order"):
        return None
    if done.step == argument.step:
        problem = f"call {bound.call!r} goes out in the same step"
        mend = "put the dependent call into a later step"
        return index.error_at(argument, "parallel_dependency", problem, mend)
    problem = f"call {bound.call!r} only comes in step {done.step}"
    return index.error_at(argument, "later_call", problem, "refer to an earlier call")


def _types(index: PlanIndex, argument: Argument, bound: ToolOutputBinding) -> Iterator[Finding]:
    found = index.fit_output(bound, argument)
    source = f"{bound.call}.{bound.path}"
    if found == "disjoint":
        problem = f"no value of {source} can be {argument.at}"
        mend = "bind it to an output of the same type"
        yield index.error_at(argument, "type_mismatch", problem, mend)
    elif found == "overlaps":
        problem = f"not every value of {source} can be {argument.at}"
        mend = "the result will be drawn from what both allow"
        yield index.warning("type_overlap", problem, mend, step=argument.step, at=argument.at)


def _judge_user(index: PlanIndex, argument: Argument) -> Iterator[Finding]:
    bound = argument.binding
    if not isinstance(bound, UserBinding):
        return
    stated = index.slots.get(bound.slot)
    if stated is None:
        problem = f"no user step provides the slot {bound.slot!r}"
        mend = suggestion(bound.slot, list(index.slots)[:200])
        yield index.error_at(argument, "unstated_slot", problem, mend)
    elif stated[0].step >= argument.step:
        problem = f"the slot {bound.slot!r} is only provided in step {stated[0].step}"
        mend = f"provide it before step {argument.step}"
        yield index.error_at(argument, "unstated_slot", problem, mend)


def _judge_default(index: PlanIndex, argument: Argument) -> Iterator[Finding]:
    schema = index.parameter(argument.call.tool, argument.path)
    if schema is None:
        return
    if not isinstance(schema, Mapping) or "default" not in schema:
        problem = f"the schema of {argument.path!r} declares no default"
        mend = "declare one, or bind the argument to something else"
        yield index.error_at(argument, "no_default", problem, mend)
        return
    root = index.tools[argument.call.tool].parameters
    breaches = validator(schema, root).violations(schema["default"])
    if breaches:
        problem = f"the default of {argument.path!r} is not valid: {breaches[0].message}"
        yield index.error_at(argument, "invalid_default", problem, "mend the schema's default")


def _judge_context(index: PlanIndex, argument: Argument) -> Iterator[Finding]:
    bound = argument.binding
    if not isinstance(bound, ContextBinding):
        return
    if index.fit_schema(_CONTEXT[bound.key], argument) == "disjoint":
        problem = f"the session's {bound.key} cannot be {argument.path!r}"
        mend = "bind an argument of its type and format to it"
        yield index.error_at(argument, "context_type", problem, mend)


_JUDGES: dict[type[Binding], Callable[[PlanIndex, Argument], Iterator[Finding]]] = {
    ToolOutputBinding: _judge_output,
    UserBinding: _judge_user,
    DefaultBinding: _judge_default,
    ContextBinding: _judge_context,
}
