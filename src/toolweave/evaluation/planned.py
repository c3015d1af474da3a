"""The proof of a dialogue made elsewhere against the plan that it should follow."""

from collections.abc import Iterator, Mapping, Sequence

from toolweave.checks.matching import Words as ValueWords
from toolweave.checks.matching import find
from toolweave.checks.words import Words
from toolweave.core.binding import Binding, DefaultBinding, UserBinding
from toolweave.core.dialogue import Message, ShownTool, ToolCall
from toolweave.core.errors import SchemaError
from toolweave.core.finding import Finding
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.plan import AssistantClarification, PlacedStep, Plan, ToolInvocation
from toolweave.core.tool import Tool
from toolweave.evaluation.breaches import result_findings
from toolweave.evaluation.clarifying import clarification_findings
from toolweave.evaluation.conformance import Realised, aligned, compared, kind_of, spoken
from toolweave.evaluation.foreign import prove_foreign
from toolweave.evaluation.grounding import named, unplanned
from toolweave.evaluation.heard import Heard, hear
from toolweave.evaluation.prepared import Prepared, PreparedTool, prepared
from toolweave.evaluation.rereading import Transcript, Unresolved, schema_or_any
from toolweave.evaluation.transcript import NO_CLOCK, Unit, first_clock
from toolweave.schema.paths import values_at
from toolweave.schema.types import Schema, as_mapping, same

# A text of so many words may be in the assistant's own: what it claims is judged instead.
COMPOSED = 4
# Without labels, a question is told from a report by whether it asks.
_OTHER_ACT = 0.4
_OTHER_CALLS = 1.6


def prove_planned(
    messages: Sequence[JsonObject],
    plan: Plan,
    tools: Sequence[Tool],
    lexicon: str = "",
    words: Words | None = None,
) -> list[Finding]:
    """Findings about a dialogue in OpenAI message form, and where it departs from its plan.

    Such a dialogue says neither which step a message realises nor where the user states a value:
    both are derived. A value may be stated in any user message before the call that takes it.
    """
    general = prove_foreign(messages, tools)
    try:
        known = prepared(plan, [ShownTool(tool=tool) for tool in tools], lexicon, words)
        departures = _Departures(messages, plan, known)
        departing = list(departures.findings())
    except SchemaError as error:
        problem = f"a tool's schema or a path of the plan cannot be used: {error}"
        return [*general, Finding(code="unusable_schema", problem=problem)]
    # What the plan does not have sent, or has from elsewhere, need not be doubted a second time;
    # nor need a value that stands where the plan takes it from, in the words of its domain.
    tool_of = {call.id: call.tool for call in plan.calls()}
    judged = {(finding.message, _by_tool(finding.at, tool_of)) for finding in departing}
    judged |= departures.settled
    kept = [finding for finding in general if (finding.message, finding.at) not in judged]
    return sorted([*kept, *departing], key=lambda finding: finding.message or 0)


def _by_tool(at: str, tool_of: Mapping[str, str]) -> str:
    call, _, path = at.partition(".")
    return f"{tool_of.get(call, call)}.{path}"


class _Departures:
    """Where one dialogue departs from its plan."""

    def __init__(self, messages: Sequence[JsonObject], plan: Plan, known: Prepared) -> None:
        self.known = known
        self.messages = _labelled(_written(messages), plan)
        self.walked = compared(self.messages, plan)
        told = (m.content for m in self.messages if m.role == "system")
        self.now = first_clock(told) or NO_CLOCK
        self.transcript = Transcript(self.walked, self.messages, self.now)
        # Message and tool.path of arguments that are what the plan says.
        self.settled: set[tuple[int | None, str]] = set()

    def findings(self) -> Iterator[Finding]:
        """All objections: steps, results, clarifications, arguments."""
        for finding in self.walked.findings:
            # No plan speaks of system messages.
            role = self.messages[finding.message or 0].role if self.messages else "system"
            if finding.code != "unplanned_message" or role != "system":
                yield finding
        for planned, made in self.walked.calls:
            yield from result_findings(made, planned, self.messages, self.known)
        yield from clarification_findings(self.walked, self.messages, self.known)
        for realised in self.walked.calls:
            tool = self.known.tools.get(realised.made.call.name)
            if tool is not None:
                yield from self._arguments(realised, tool)

    def _arguments(self, realised: Realised, tool: PreparedTool) -> Iterator[Finding]:
        planned, made = realised
        for path, binding in planned.arguments.items() if planned.fault is None else ():
            found = values_at(made.call.arguments, path)
            problem, value = "the planned argument is not sent", None
            if found:
                value = found if "[]" in path else found[0]
                problem = self._origin_problem(binding, value, tool, path, made.message)
            if not problem and not _composed(value):
                self.settled.add((made.message, f"{planned.tool}.{path}"))
            if problem:
                yield Finding(
                    code="ungrounded_argument" if found else "missing_argument",
                    problem=problem,
                    message=made.message,
                    at=f"{planned.id}.{path}",
                    value=value,
                )
        yield from unplanned(planned, tool, made.call.arguments, made.message)

    def _origin_problem(
        self, binding: Binding, value: JsonValue, tool: PreparedTool, path: str, index: int
    ) -> str:
        """Why the value is not the planned one; empty when it is, or nothing can be said."""
        schema = schema_or_any(tool.parameter(path))
        if isinstance(binding, UserBinding):
            return self._unstated(binding, value, schema, tool.parameter_words(path), index)
        if isinstance(binding, DefaultBinding):
            default = as_mapping(schema).get("default", value)
            return "" if same(default, value) else f"the plan sends the default {default!r}"
        try:
            wanted = self.transcript.yields(binding, value, index)
        except Unresolved as error:
            return f"its source yields nothing: {error}"
        if same(wanted, value):
            return ""
        return f"the argument is {value!r}, but {named(binding)} yields {wanted!r}"

    def _unstated(
        self, binding: UserBinding, value: JsonValue, schema: Schema, words: ValueWords, index: int
    ) -> str:
        if _composed(value):
            return ""
        said = (message.content for message in self.messages[:index] if message.role == "user")
        if any(find(text, value, schema, now=self.now, words=words) is not None for text in said):
            return ""
        return f"no user message before the call states {value!r} for {binding.slot}"


def _composed(value: JsonValue) -> bool:
    return isinstance(value, str) and len(value.split()) >= COMPOSED


def _written(messages: Sequence[JsonObject]) -> list[Message]:
    """The messages as ours, without labels; what has no known role says nothing."""
    heard = {message.index: message for message in hear(messages).messages}
    ids: dict[int, str] = {}
    written: list[Message] = []
    for index in range(len(messages)):
        message = heard.get(index, Heard(index, "system", ""))
        calls = []
        for place, call in enumerate(message.calls):
            ids[id(call)] = f"{index}.{place}"
            calls.append(ToolCall(id=ids[id(call)], name=call.name, arguments=call.arguments or {}))
        written.append(
            Message(
                role=message.role,
                content=message.text,
                train=False,
                tool_calls=tuple(calls),
                tool_call_id=ids.get(id(message.called), "") if message.called else "",
                name=message.name,
            )
        )
    return written


def _labelled(messages: Sequence[Message], plan: Plan) -> list[Message]:
    """The messages with the step that each most likely realises, and calls with their names."""
    labelled = list(messages)
    for placed, unit, realised in aligned(list(plan.steps()), spoken(messages), _unlikeness):
        if placed is None or unit is None or not realised:
            continue
        for index in (unit.at, *unit.answers):
            labelled[index] = labelled[index].model_copy(update={"step": placed.number})
        if isinstance(placed.step, ToolInvocation):
            calls = _named_calls(placed.step, unit.message.tool_calls)
            labelled[unit.at] = labelled[unit.at].model_copy(update={"tool_calls": calls})
    return labelled


def _named_calls(step: ToolInvocation, made: Sequence[ToolCall]) -> tuple[ToolCall, ...]:
    open_calls = list(step.calls)
    named_calls = []
    for call in made:
        planned = next((item for item in open_calls if item.tool == call.name), None)
        if planned is not None:
            open_calls.remove(planned)
            label = {"call": planned.id, "attempt": planned.attempt}
            call = call.model_copy(update=label)
        named_calls.append(call)
    return tuple(named_calls)


def _unlikeness(placed: PlacedStep, unit: Unit) -> float | None:
    """How unlike a step an unlabelled unit is: by its kind, what it calls, and whether it asks."""
    if unit.kind != kind_of(placed):
        return None
    if isinstance(placed.step, ToolInvocation):
        wanted = [call.tool for call in placed.step.calls]
        return 0.0 if wanted == [call.name for call in unit.message.tool_calls] else _OTHER_CALLS
    if unit.kind == "user":
        return 0.0
    asks = "?" in unit.message.content
    return 0.0 if asks == isinstance(placed.step, AssistantClarification) else _OTHER_ACT
