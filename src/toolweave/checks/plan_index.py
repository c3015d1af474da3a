"""A plan and its tools, indexed once, so that the rules of the plan check never search."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from toolweave.core.binding import Binding, ToolOutputBinding, UserBinding
from toolweave.core.errors import SchemaError
from toolweave.core.finding import Finding
from toolweave.core.model import JsonValue
from toolweave.core.plan import (
    PlacedStep,
    Plan,
    PlannedCall,
    Provision,
    ToolInvocation,
    UserClarificationResponse,
    UserRequest,
)
from toolweave.core.tool import Tool, Toolset
from toolweave.schema.declared import leaves, schema_at
from toolweave.schema.parts import Each, parse
from toolweave.schema.records import clipped, suggestion
from toolweave.schema.relations import Relation, relation
from toolweave.schema.types import Schema

Part = Literal["parameters", "results"]


class CallAt(NamedTuple):
    """One attempt of a call and the number of its step."""

    step: int
    call: PlannedCall


class StatedAt(NamedTuple):
    """One statement of a user and the number of its step."""

    step: int
    provision: Provision


class Argument(NamedTuple):
    """One bound argument of one attempt."""

    step: int
    call: PlannedCall
    path: str
    binding: Binding

    @property
    def at(self) -> str:
        """The argument as findings name it: ``c2.ticket_id``."""
        return f"{self.call.id}.{self.path}"


class Ref(NamedTuple):
    """A reference such as ``c1.tickets[].id``, taken apart."""

    call: str
    path: str


@dataclass
class PlanIndex:
    """A plan, its tools, and look-up tables over both; schemas and relations are kept."""

    plan: Plan
    tools: dict[str, Tool]
    file: str
    _schemas: dict[tuple[str, str, str], Schema | None] = field(default_factory=dict)
    _names: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _relations: dict[tuple[str, ...], Relation] = field(default_factory=dict)

    @cached_property
    def steps(self) -> list[PlacedStep]:
        """Every step in order."""
        return list(self.plan.steps())

    @cached_property
    def attempts(self) -> list[CallAt]:
        """Every attempt of every call in order."""
        return [
            CallAt(placed.number, call)
            for placed in self.steps
            if isinstance(placed.step, ToolInvocation)
            for call in placed.step.calls
        ]

    @cached_property
    def calls(self) -> dict[str, list[CallAt]]:
        """The attempts of each call."""
        found: dict[str, list[CallAt]] = {}
        for attempt in self.attempts:
            found.setdefault(attempt.call.id, []).append(attempt)
        return found

    @cached_property
    def done(self) -> dict[str, CallAt]:
        """The successful attempt of each call that has one."""
        found: dict[str, CallAt] = {}
        for at in self.attempts:
            if at.call.succeeds:
                found.setdefault(at.call.id, at)
        return found

    @cached_property
    def slots(self) -> dict[str, list[StatedAt]]:
        """The statements of each slot."""
        found: dict[str, list[StatedAt]] = {}
        for stated in self.statements:
            found.setdefault(stated.provision.slot, []).append(stated)
        return found

    @cached_property
    def statements(self) -> list[StatedAt]:
        """Every statement in order."""
        return [
            StatedAt(placed.number, provision)
            for placed in self.steps
            if isinstance(placed.step, UserRequest | UserClarificationResponse)
            for provision in placed.step.provides
        ]

    @cached_property
    def arguments(self) -> list[Argument]:
        """Every bound argument of every attempt whose tool is known and meant."""
        return [
            Argument(at.step, at.call, path, binding)
            for at in self.attempts
            if at.call.tool in self.tools and not wrong_tool(at.call)
            for path, binding in at.call.arguments.items()
        ]

    @cached_property
    def uses(self) -> dict[str, list[Argument]]:
        """The arguments that each slot feeds, those of calls to a wrong tool included."""
        found: dict[str, list[Argument]] = {}
        for at in self.attempts:
            for path, binding in at.call.arguments.items():
                if isinstance(binding, UserBinding):
                    argument = Argument(at.step, at.call, path, binding)
                    found.setdefault(binding.slot, []).append(argument)
        return found

    def parameter(self, tool: str, path: str) -> Schema | None:
        """What the tool declares for an argument; None when nothing, or the path cannot be set."""
        return self._declared(tool, "parameters", path)

    def output(self, tool: str, path: str) -> Schema | None:
        """What the tool declares for an output; None when nothing."""
        return self._declared(tool, "results", path)

    def _declared(self, tool: str, part: Part, path: str) -> Schema | None:
        key = (tool, part, path)
        if key not in self._schemas:
            self._schemas[key] = self._look_up(tool, part, path)
        return self._schemas[key]

    def _look_up(self, tool: str, part: Part, path: str) -> Schema | None:
        if tool not in self.tools:
            return None
        root = getattr(self.tools[tool], part)
        try:
            if not path or (part == "parameters" and any(isinstance(p, Each) for p in parse(path))):
                return None
            return schema_at(root, path)
        except SchemaError:
            return None

    def mend_path(self, tool: str, part: Part, path: str) -> str:
        """What to write instead of a path that the tool does not declare."""
        if (tool, part) not in self._names:
            schema = getattr(self.tools[tool], part)
            paths = [leaf.path for leaf in leaves(schema)]
            self._names[tool, part] = [*schema.get("properties", {}), *paths][:200]
        known = self._names[tool, part]
        return suggestion(path, known) if known else f"declare it in the {part} of {tool!r}"

    def fit(self, source: Argument, target: Argument) -> Relation:
        """How the values of one argument's parameter relate to those of another's."""
        key = ("parameter", source.call.tool, source.path, target.call.tool, target.path)
        return self._relation(
            key,
            self.parameter(source.call.tool, source.path),
            self.tools[source.call.tool].parameters,
            target,
        )

    def fit_output(self, bound: ToolOutputBinding, target: Argument) -> Relation:
        """How the bound output, after its selector, relates to the argument's parameter."""
        tool = self.done[bound.call].call.tool
        every = bound.select.kind == "all"
        key = ("output", tool, bound.path, str(every), target.call.tool, target.path)
        source = self.output(tool, bound.path)
        if every and source is not None:
            source = {"type": "array", "items": source}
        return self._relation(key, source, self.tools[tool].results, target)

    def fit_schema(self, source: Schema, target: Argument) -> Relation:
        """How the values of a free-standing schema relate to the argument's parameter."""
        key = ("schema", repr(source), target.call.tool, target.path)
        return self._relation(key, source, source, target)

    def _relation(
        self, key: tuple[str, ...], source: Schema | None, root: Schema, target: Argument
    ) -> Relation:
        parameter = self.parameter(target.call.tool, target.path)
        if source is None or parameter is None:
            return "overlaps"
        if key not in self._relations:
            demands = self.tools[target.call.tool].parameters
            self._relations[key] = relation(source, parameter, root, demands)
        return self._relations[key]

    def ref(self, text: str) -> Ref | None:
        """``c1.tickets[].id`` taken apart; None when no call of the plan is named."""
        call, dot, path = text.partition(".")
        return Ref(call, path) if dot and path and call in self.calls else None

    def declared_output(self, ref: Ref) -> Schema | None:
        """What the successful attempt of a call declares at the path."""
        done = self.done.get(ref.call)
        return self.output(done.call.tool, ref.path) if done else None

    def error(
        self, code: str, problem: str, mend: str, *, step: int | None = None, at: str = "",
        value: JsonValue = None,
    ) -> Finding:  # fmt: skip
        """An objection that forbids the plan."""
        return Finding(
            code=code, problem=clipped(problem), mend=clipped(mend), file=self.file,
            step=step, at=at, value=value,
        )  # fmt: skip

    def error_at(self, argument: Argument, code: str, problem: str, mend: str) -> Finding:
        """An objection to one argument that forbids the plan."""
        return self.error(code, problem, mend, step=argument.step, at=argument.at)

    def warning(
        self, code: str, problem: str, mend: str, *, step: int | None = None, at: str = ""
    ) -> Finding:
        """An objection that the plan may be run in spite of."""
        found = self.error(code, problem, mend, step=step, at=at)
        return found.model_copy(update={"severity": "warning"})


Rule = Callable[[PlanIndex], Iterator[Finding]]


def index_plan(plan: Plan, toolset: Toolset, file: str = "") -> PlanIndex:
    """The index of a plan over a toolset; ``file`` goes into every finding."""
    return PlanIndex(plan, {tool.name: tool for tool in toolset.tools}, file)


def wrong_tool(call: PlannedCall) -> bool:
    """Whether the attempt calls a tool it is not meant for, so that its arguments need not fit."""
    return call.mistaken
