"""Schemas kept: tools that are shown, arguments they accept, results they declare."""

from collections.abc import Iterator, Mapping, Sequence

from toolweave.core.dialogue import Message, ShownTool
from toolweave.core.finding import Finding
from toolweave.core.model import JsonValue
from toolweave.core.plan import Fault, PlannedCall
from toolweave.evaluation.prepared import Prepared, PreparedTool
from toolweave.evaluation.transcript import Answered, error_of, result_of
from toolweave.schema.parts import Key, covers, format_path, parse
from toolweave.schema.paths import leaf_values
from toolweave.schema.validators import Violation

_LEAVING_OUT = frozenset({"missing_parameter", "out_of_order", "wrong_tool"})
_BREACHING = frozenset({"wrong_type", "invalid_enum"}) | _LEAVING_OUT


def call_findings(
    made: Answered,
    planned: PlannedCall | None,
    shown: Sequence[ShownTool],
    prepared: Prepared,
) -> Iterator[Finding]:
    """The tool is shown by then, and the arguments are what it accepts."""
    call, index = made.call, made.message
    tool = prepared.tools.get(call.name)
    if tool is None:
        yield Finding(
            code="unknown_tool",
            problem=f"no tool {call.name!r} is shown",
            message=index,
            at=call.call,
            value=call.name,
        )
        return
    since = next((item.available_from for item in shown if item.tool.name == call.name), None)
    if since is not None and index < since:
        problem = f"{call.name} is not available before message {since}"
        yield Finding(code="tool_not_available", problem=problem, message=index, value=call.name)
    fault = planned.fault if planned else None
    if planned is not None and planned.mistaken and planned.expect.outcome == "ok":
        # A wrong tool that returns something was called with what it accepts.
        fault = None
    yield from argument_findings(tool, call.arguments, index, call.call, fault)


def argument_findings(
    tool: PreparedTool,
    arguments: Mapping[str, JsonValue],
    index: int,
    name: str = "",
    fault: Fault | None = None,
) -> Iterator[Finding]:
    """Arguments that the tool does not declare, and breaches of its parameter schema."""
    unknown = list(dict.fromkeys(_unknown(tool, dict(arguments))))
    for path in unknown:
        yield Finding(
            code="unknown_argument",
            problem=f"{tool.tool.name} has no parameter {path!r}",
            message=index,
            at=_named(name, path),
        )
    for breach in tool.parameters.violations(dict(arguments)):
        if breach.keyword in ("additionalProperties", "unevaluatedProperties") and unknown:
            continue
        if not _expected(breach, fault):
            yield Finding(
                code="argument_schema",
                problem=breach.message,
                message=index,
                at=_named(name, breach.path),
            )


def _named(name: str, path: str) -> str:
    return ".".join(part for part in (name, path) if part)


def _unknown(tool: PreparedTool, arguments: dict[str, JsonValue]) -> Iterator[str]:
    """Paths of keys that stand in an object whose schema lists its keys, but not them."""
    for leaf, _ in leaf_values(arguments):
        parts = parse(leaf)
        listed = True
        for length, part in enumerate(parts, 1):
            path = format_path(parts[:length])
            schema = tool.parameter(path)
            if schema is None:
                if listed and isinstance(part, Key):
                    yield path
                break
            listed = isinstance(schema, bool) or _lists_keys(schema)


def _lists_keys(schema: Mapping[str, object]) -> bool:
    """Whether an object schema says which keys there are, so that others are unknown."""
    return bool(schema.get("properties")) and schema.get("additionalProperties") is not True


def _expected(breach: Violation, fault: Fault | None) -> bool:
    """Whether a planned mistake accounts for the breach."""
    if fault is None:
        return False
    if fault.kind not in _BREACHING:
        return False
    missing = fault.kind in _LEAVING_OUT
    if breach.keyword in ("required", "dependentRequired"):
        return missing
    if breach.keyword in ("anyOf", "oneOf") and missing:
        return True
    return not fault.path or covers(parse(fault.path), parse(breach.path))


def result_findings(
    made: Answered,
    planned: PlannedCall | None,
    messages: Sequence[Message],
    prepared: Prepared,
) -> Iterator[Finding]:
    """The result is what the tool declares, or the error that the plan expects."""
    if made.answer is None:
        return
    result = result_of(messages[made.answer])
    error = error_of(result)
    expect = planned.expect if planned else None
    name = made.call.call
    if expect is not None and expect.outcome == "error":
        if error is None:
            problem = f"the plan expects the error {expect.code!r}, but the call succeeds"
            yield Finding(code="missing_error", problem=problem, message=made.answer, at=name)
        elif expect.code and error[0] != expect.code:
            problem = f"the error is {error[0]!r}, but the plan expects {expect.code!r}"
            yield Finding(
                code="wrong_error_code",
                problem=problem,
                message=made.answer,
                at=name,
                value=error[0],
            )
    elif error is not None:
        problem = f"the call fails with {error[0]!r}, but the plan expects success"
        yield Finding(
            code="unexpected_error", problem=problem, message=made.answer, at=name, value=error[0]
        )
    else:
        yield from _declared(made, made.answer, result, prepared)


def _declared(
    made: Answered, answer: int, result: JsonValue, prepared: Prepared
) -> Iterator[Finding]:
    tool = prepared.tools.get(made.call.name)
    if tool is None or tool.results is None:
        return
    for breach in tool.results.violations(result):
        yield Finding(
            code="result_schema",
            problem=breach.message,
            message=answer,
            at=_named(made.call.call, breach.path),
        )
