"""Rules about calls: known tools, attempts, required arguments, expected errors."""

from collections.abc import Iterator
from itertools import pairwise

from toolweave.checks.errors import STANDARD_ERRORS
from toolweave.checks.plan_guards import avoidable, known_values
from toolweave.checks.plan_index import CallAt, PlanIndex, wrong_tool
from toolweave.core.errors import SchemaError
from toolweave.core.finding import Finding
from toolweave.core.plan import MISTAKES, PlannedCall
from toolweave.schema.conditional import requirements
from toolweave.schema.parts import Each, covers, format_path, parse
from toolweave.schema.records import suggestion


def tool_rules(index: PlanIndex) -> Iterator[Finding]:
    """Tools and distractors are known, and no distractor is called."""
    names = sorted(index.tools)
    for step, call in index.attempts:
        if call.tool not in index.tools and not _meant_unknown(call):
            problem = f"tool {call.tool!r} is unknown"
            mend = suggestion(call.tool, names)
            yield index.error("unknown_tool", problem, mend, step=step, at=call.id)
    called = {call.tool for _, call in index.attempts if not wrong_tool(call)}
    for name in index.plan.distractors:
        if name not in index.tools:
            problem = f"distractor {name!r} is unknown"
            yield index.error("unknown_distractor", problem, suggestion(name, names), at=name)
        elif name in called:
            problem = f"distractor {name!r} is called"
            mend = "take it off the distractors"
            yield index.warning("distractor_called", problem, mend, at=name)


def attempt_rules(index: PlanIndex) -> Iterator[Finding]:
    """Ids can be referred to; several attempts of a call follow each other until one succeeds."""
    for call_id, attempts in index.calls.items():
        step = attempts[0].step
        if not call_id.replace("_", "a").replace("-", "a").isalnum():
            mend = "use letters, digits, _ and -"
            problem = f"call id {call_id[:60]!r} cannot be referred to"
            yield index.error("call_id", problem, mend, step=step, at=call_id)
        objections = [
            finding
            for before, after in pairwise(attempts)
            for finding in _following(index, before, after)
        ]
        if objections:
            yield from objections
            continue
        last = attempts[-1]
        if is_mistake(last.call):
            problem = f"the mistake of call {call_id!r} is never mended"
            mend = "make the call once more, rightly"
            yield index.error("unmended_mistake", problem, mend, step=last.step, at=call_id)
        meant = last.call.tool
        for at in attempts:
            if at.call.tool != meant and not wrong_tool(at.call):
                problem = f"this attempt calls {at.call.tool!r}, the last one {meant!r}"
                mend = "call the same tool, or mark the attempt with the fault wrong_tool"
                yield index.error("attempt_tool", problem, mend, step=at.step, at=call_id)


def _following(index: PlanIndex, before: CallAt, after: CallAt) -> Iterator[Finding]:
    call_id = after.call.id
    if after.call.attempt <= before.call.attempt or after.step == before.step:
        problem = f"call id {call_id!r} is taken by step {before.step}"
        mend = "give the call an id of its own, or a higher attempt in a later step"
        yield index.error("duplicate_call", problem, mend, step=after.step, at=call_id)
    elif before.call.succeeds:
        problem = f"call {call_id!r} already succeeded in step {before.step}"
        mend = "let only the last attempt be ok"
        yield index.error("attempt_after_success", problem, mend, step=after.step, at=call_id)


def expectation_rules(index: PlanIndex) -> Iterator[Finding]:
    """Expected errors are declared or standard, and a fault ends in one."""
    for step, call in index.attempts:
        code = call.expect.code
        if call.expect.outcome == "ok" and call.fault is not None and not wrong_tool(call):
            problem = f"the fault {call.fault.kind!r} is expected to end well"
            mend = "expect an error with its code, or remove the fault"
            yield index.error("fault_without_error", problem, mend, step=step, at=call.id)
        elif call.expect.outcome == "ok" and code:
            problem = f"the call is expected to end well, yet with the error code {code!r}"
            mend = "expect the outcome error, or remove the code"
            yield index.error("error_code", problem, mend, step=step, at=call.id)
        elif call.expect.outcome == "error" and call.tool in index.tools:
            known = (*(error.code for error in index.tools[call.tool].errors), *STANDARD_ERRORS)
            if code not in known:
                problem = f"error code {code!r} is neither declared by {call.tool!r} nor standard"
                mend = suggestion(code, known)
                yield index.error("error_code", problem, mend, step=step, at=call.id)


def argument_rules(index: PlanIndex) -> Iterator[Finding]:
    """Arguments are declared, do not overlap, and none that is required is missing."""
    for step, call in index.attempts:
        if call.tool not in index.tools or wrong_tool(call):
            continue
        undeclared = [path for path in call.arguments if index.parameter(call.tool, path) is None]
        for path in undeclared:
            if call.fault is None or call.fault.path != path:
                yield _unknown_argument(index, step, call, path)
        bound = [path for path in call.arguments if path not in undeclared]
        yield from _overlaps(index, step, call, bound)
        yield from _missing(index, step, call, bound)


def _unknown_argument(index: PlanIndex, step: int, call: PlannedCall, path: str) -> Finding:
    try:
        every = any(isinstance(part, Each) for part in parse(path))
    except SchemaError:
        every = False
    mend = index.mend_path(call.tool, "parameters", path)
    if every:
        mend = "bind the whole list, or one element with its index"
    problem = f"{call.tool!r} has no argument {path!r}"
    return index.error("unknown_argument", problem, mend, step=step, at=f"{call.id}.{path}")


def _overlaps(
    index: PlanIndex, step: int, call: PlannedCall, bound: list[str]
) -> Iterator[Finding]:
    parsed = {parse(path): path for path in bound}
    for parts, path in parsed.items():
        above = next((parts[:n] for n in range(1, len(parts)) if parts[:n] in parsed), None)
        if above is not None and covers(above, parts):
            problem = f"{path!r} is bound, and so is {format_path(above)!r} that holds it"
            mend = "bind one of the two"
            yield index.error(
                "overlapping_arguments", problem, mend, step=step, at=f"{call.id}.{path}"
            )


def _missing(index: PlanIndex, step: int, call: PlannedCall, bound: list[str]) -> Iterator[Finding]:
    schema = index.tools[call.tool].parameters
    present = {*bound, *_withheld(index, call)}
    known = known_values(index, step, call)
    needs = requirements(schema, known, present)
    for path in sorted(needs.required - present):
        problem = f"{call.tool!r} requires {path!r}, and nothing is bound to it"
        mend = "bind it to the user, an earlier output, its default or the context"
        at = f"{call.id}.{path}"
        yield index.error("missing_argument", problem, mend, step=step, at=at)
    for path, reason in sorted(needs.possible.items()):
        if path in present:
            continue
        at, problem = f"{call.id}.{path}", f"{path!r} may be required: {reason}"
        if avoidable(index, call, present, known, path):
            mend = "the value will be drawn so that it is not; bind it to have it either way"
            yield index.warning("conditional_argument", problem, mend, step=step, at=at)
        else:
            mend = "bind it, or fix the value that decides"
            yield index.error("undecided_argument", problem, mend, step=step, at=at)


def _withheld(index: PlanIndex, call: PlannedCall) -> list[str]:
    """The arguments that a fault leaves out on purpose."""
    if call.fault is None or index.parameter(call.tool, call.fault.path) is None:
        return []
    return [call.fault.path]


def is_mistake(call: PlannedCall) -> bool:
    """Whether the attempt is wrong by the assistant's own doing, so that it must be made again."""
    fault = None if call.succeeds or _meant_unknown(call) else call.fault
    return fault is not None and fault.kind in MISTAKES


def _meant_unknown(call: PlannedCall) -> bool:
    return call.fault is not None and call.expect.code == "unknown_tool"
