"""Grounding: every argument is what its binding yields when it is read again from the messages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from toolweave.checks.matching import find
from toolweave.core.binding import (
    Binding,
    ContextBinding,
    DefaultBinding,
    ToolOutputBinding,
    UserBinding,
)
from toolweave.core.dialogue import ArgumentSource, Mention, Message
from toolweave.core.finding import Finding
from toolweave.core.model import JsonValue
from toolweave.core.plan import Fault, PlannedCall
from toolweave.evaluation.conformance import Realised, Walk
from toolweave.evaluation.prepared import Prepared, PreparedTool
from toolweave.evaluation.rereading import Transcript, Unresolved, schema_or_any
from toolweave.schema.parts import covers, parse
from toolweave.schema.paths import leaf_values, values_at
from toolweave.schema.types import Schema, as_mapping, same

_LEFT_OUT = ("missing_parameter", "out_of_order")


@dataclass(frozen=True, slots=True)
class _Argument:
    """One planned argument of one call with everything needed to judge it."""

    index: int
    planned: PlannedCall
    path: str
    binding: Binding
    source: ArgumentSource | None
    value: JsonValue
    schema: Schema
    words: Mapping[str, Sequence[str]]

    @property
    def name(self) -> str:
        return f"{self.planned.id}.{self.path}"

    def object(self, code: str, problem: str, message: int | None = None) -> Finding:
        where = self.index if message is None else message
        return Finding(code=code, problem=problem, message=where, at=self.name, value=self.value)


class Grounding:
    """The arguments of one dialogue judged against its own messages."""

    def __init__(
        self,
        walked: Walk,
        messages: Sequence[Message],
        prepared: Prepared,
        transcript: Transcript,
        now: datetime,
    ) -> None:
        self.walked, self.messages, self.prepared = walked, messages, prepared
        self.transcript, self.now = transcript, now
        self._unstated: set[tuple[str, int]] = set()
        # By slot and the step that states it: a correction may state a slot once more.
        self.slots: dict[
            tuple[str, int], tuple[JsonValue, Schema, Mapping[str, Sequence[str]]]
        ] = {}

    def findings(self) -> Iterator[Finding]:
        """All objections, call by call, then the values that user messages fail to state."""
        for realised in self.walked.calls:
            tool = self.prepared.tools.get(realised.made.call.name)
            if tool is not None:
                yield from self._call(realised, tool)
        yield from self._unused()

    def _call(self, realised: Realised, tool: PreparedTool) -> Iterator[Finding]:
        planned, made = realised
        arguments = made.call.arguments
        for path, binding in planned.arguments.items():
            found = values_at(arguments, path)
            if _left_out(planned.fault, path):
                continue
            if not found and self._too_early(planned, binding, made.message):
                continue
            if not found:
                yield Finding(
                    code="missing_argument",
                    problem="the planned argument is not sent",
                    message=made.message,
                    at=f"{planned.id}.{path}",
                )
                continue
            argument = _Argument(
                index=made.message,
                planned=planned,
                path=path,
                binding=binding,
                source=made.call.sources.get(path),
                value=found if "[]" in path else found[0],
                schema=schema_or_any(tool.parameter(path)),
                words=tool.parameter_words(path),
            )
            yield from self._argument(argument)
        yield from unplanned(planned, tool, arguments, made.message)
        for path in made.call.sources:
            if path not in planned.arguments:
                yield Finding(
                    code="changed_source",
                    problem="a source is given for an argument that the plan does not have",
                    message=made.message,
                    at=f"{planned.id}.{path}",
                )

    def _too_early(self, planned: PlannedCall, binding: Binding, index: int) -> bool:
        """Whether a call out of order cannot know the value that the binding names."""
        early = planned.fault is not None and planned.fault.kind == "out_of_order"
        if not early or not isinstance(binding, ToolOutputBinding):
            return False
        return not any(True for _ in self.transcript.results(binding.call, index))

    def _argument(self, argument: _Argument) -> Iterator[Finding]:
        if argument.source is None:
            yield argument.object("missing_source", "no source is recorded for the argument")
        elif argument.source.binding != argument.binding:
            problem = "the recorded source is not the planned one"
            yield argument.object("changed_source", problem)
        fault = argument.planned.fault
        if fault is not None and fault.path == argument.path:
            if not same(fault.value, argument.value):
                problem = f"the planned mistake is {fault.value!r}"
                yield argument.object("ungrounded_argument", problem)
            return
        if isinstance(argument.binding, UserBinding):
            yield from self._stated(argument, argument.binding.slot)
        else:
            yield from self._yielded(argument)

    def _yielded(self, argument: _Argument) -> Iterator[Finding]:
        try:
            value = self._value(argument)
        except Unresolved as error:
            fault = argument.planned.fault
            if fault is None or fault.kind != "out_of_order":
                yield argument.object("ungrounded_argument", f"its source yields nothing: {error}")
            return
        if not same(value, argument.value):
            source = named(argument.binding)
            problem = f"the argument is {argument.value!r}, but {source} yields {value!r}"
            yield argument.object("ungrounded_argument", problem)

    def _value(self, argument: _Argument) -> JsonValue:
        binding = argument.binding
        if isinstance(binding, DefaultBinding):
            details = as_mapping(argument.schema)
            if "default" not in details:
                raise Unresolved("the schema declares no default")
            default: JsonValue = details["default"]
            return default
        return self.transcript.yields(binding, argument.value, argument.index)

    def _stated(self, argument: _Argument, slot: str) -> Iterator[Finding]:
        placed = self.walked.steps.get(argument.index)
        before = placed.number if placed else len(self.prepared.steps) + 1
        number, provision = self.prepared.provided(slot, before)
        self.slots.setdefault((slot, number), (argument.value, argument.schema, argument.words))
        if provision is None:
            yield argument.object("ungrounded_argument", f"no user step provides {slot}")
            return
        if provision.fixed and not self._agrees(provision.value, argument):
            problem = f"the plan fixes {slot} to {provision.value!r}"
            yield argument.object("ungrounded_argument", problem)
        mention = argument.source.mention if argument.source else None
        problem = self._mention_problem(mention, number, argument.index)
        if mention is None or problem:
            yield argument.object("bad_mention", problem)
            return
        understood = self._understood(slot, mention.message)
        if understood is not None and not self._agrees(understood, argument):
            problem = f"the user's words for {slot} were understood as {understood!r}"
            yield argument.object("ungrounded_argument", problem)
            return
        text = self.messages[mention.message].content[mention.start : mention.end]
        if self._says(text, argument.value, argument.schema, argument.words):
            return
        # One statement serves every parameter that the slot feeds, however each would be said.
        if any(self._says(text, argument.value, *other) for other in self.prepared.readings(slot)):
            return
        problem = f"the user's words for {slot} are {text!r}: they do not state {argument.value!r}"
        yield argument.object("ungrounded_argument", problem)
        if (slot, mention.message) not in self._unstated:
            self._unstated.add((slot, mention.message))
            problem = f"the message does not state {argument.value!r} for {slot} where it should"
            yield argument.object("unstated_value", problem, mention.message)

    def _understood(self, slot: str, index: int) -> JsonValue:
        """What the user's message says it was understood as; None where it does not say."""
        states = self.messages[index].states
        return next((statement.value for statement in states if statement.ref == slot), None)

    def _agrees(self, fixed: JsonValue, argument: _Argument) -> bool:
        if same(fixed, argument.value):
            return True
        return isinstance(fixed, str | int | float) and str(fixed) == str(argument.value)

    def _mention_problem(self, mention: Mention | None, number: int, index: int) -> str:
        """What is wrong with the place where the user is said to state a value."""
        if mention is None:
            return "no place is recorded where the user states it"
        if not 0 <= mention.message < min(index, len(self.messages)):
            return "the user is said to state it in a message that does not come before the call"
        placed = self.walked.steps.get(mention.message)
        if placed is None or placed.number != number:
            return f"message {mention.message} is not the one in which the plan has it stated"
        if not 0 <= mention.start <= mention.end <= len(self.messages[mention.message].content):
            return f"the place lies outside message {mention.message}"
        return ""

    def _says(
        self,
        text: str,
        value: JsonValue,
        schema: Schema,
        words: Mapping[str, Sequence[str]],
    ) -> bool:
        span = find(text, value, schema, now=self.now, words=words)
        if span is None:
            return False
        if not isinstance(value, str) or span == (0, 0):
            return True
        # A text cut short is found inside the longer one that the user said.
        rest = text[: span.start] + text[span.end :]
        free = not as_mapping(schema).keys() & {"enum", "format", "const"}
        return not (free and any(char.isalnum() for char in rest))

    def _unused(self) -> Iterator[Finding]:
        """Values that a user step provides and no call takes: a fixed one must still be said."""
        where = {placed.number: index for index, placed in self.walked.steps.items()}
        stated = (
            (slot, number, provision)
            for slot, statements in self.prepared.slots.items()
            for number, provision in statements
        )
        for slot, number, provision in stated:
            index = where.get(number)
            if (slot, number) in self.slots or not provision.fixed or index is None:
                continue
            tool, path = self.prepared.place(slot)
            schema = schema_or_any(tool.parameter(path) if tool else None)
            words = tool.parameter_words(path) if tool else {}
            said = find(
                self.messages[index].content, provision.value, schema, now=self.now, words=words
            )
            if said is None:
                yield Finding(
                    code="unstated_value",
                    problem=f"the message does not state {provision.value!r} for {slot}",
                    message=index,
                    step=number,
                    at=slot,
                    value=provision.value,
                )


def _left_out(fault: Fault | None, path: str) -> bool:
    return fault is not None and fault.kind in _LEFT_OUT and fault.path == path


def named(binding: Binding) -> str:
    """The place a binding takes its value from, in words."""
    if isinstance(binding, ToolOutputBinding):
        return f"{binding.call}.{binding.path}"
    return binding.key if isinstance(binding, ContextBinding) else f"the {binding.source}"


def unplanned(
    planned: PlannedCall, tool: PreparedTool, arguments: Mapping[str, JsonValue], index: int
) -> Iterator[Finding]:
    """Arguments that no planned path covers, and whether they equal the schema's default."""
    fault = planned.fault
    left_out = {path for path in planned.arguments if _left_out(fault, path)}
    paths = [parse(path) for path in planned.arguments if path not in left_out]
    if fault is not None and fault.path and fault.kind not in _LEFT_OUT:
        paths.append(parse(fault.path))
    for leaf, value in leaf_values(dict(arguments)):
        if not leaf or any(covers(path, parse(leaf)) for path in paths):
            continue
        schema = tool.parameter(leaf)
        problem = "the plan does not send this argument"
        if schema is not None and "default" in as_mapping(schema):
            default = as_mapping(schema)["default"]
            if same(default, value):
                problem += f"; it equals the default {default!r}"
            else:
                problem += f"; the default is {default!r}"
        yield Finding(
            code="unplanned_argument",
            problem=problem,
            mend="leave it out or plan it",
            message=index,
            at=f"{planned.id}.{leaf}",
            value=value,
        )
