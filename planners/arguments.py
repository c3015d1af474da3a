"""Planning arguments: every parameter gets a source before any text exists (App. D.4)."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from toolweave.checks.effects import effect_of, identified
from toolweave.checks.naming import FOLDER_WORDS, words
from toolweave.checks.states import moved_to
from toolweave.configs.knobs import Knobs
from toolweave.core.binding import (
    Binding,
    DefaultBinding,
    Selector,
    ToolOutputBinding,
    UserBinding,
)
from toolweave.core.graph import Link
from toolweave.core.model import JsonValue
from toolweave.core.tool import Tool
from toolweave.planners.flow import Flow
from toolweave.planners.inputs import can_be_said
from toolweave.planners.selecting import list_of, select
from toolweave.schema.conditional import requirements
from toolweave.schema.paths import schema_at
from toolweave.schema.refs import inline
from toolweave.schema.relations import relation
from toolweave.schema.types import Schema

# Names that mean something else in every tool: what was said for one is not said for another.
_LOOSE: Final = frozenset(
    {
        *(
            "id",
            "name",
            "type",
            "status",
            "description",
            "query",
            "date",
            "amount",
            "value",
            "note",
        ),
        *("notes", "message", "title", "reason", "category", "limit", "page", "text", "comment"),
        *("start_date", "end_date", "number", "code", "content", "state", "quantity", "kind"),
    }
)
_ROUNDS: Final = 8
# Who has so much to state already does not think of what may be left out.
_ENOUGH: Final = 3


Eases = Callable[[str, str], bool]


def _anything(tool: str, path: str) -> bool:
    return True


class Unplannable(Exception):
    """A workflow of which no plan can be made.

    Args:
        reason: which parameter of which tool has no source.
    """


class Said(NamedTuple):
    """A value that the user states: the slot, its schema, and the value where it is fixed."""

    slot: str
    schema: Schema
    fixed: tuple[JsonValue, ...] = ()


@dataclass
class PlannedArguments:
    """The arguments of one call, and what the user has to state for them."""

    call: str
    tool: str
    bindings: dict[str, Binding] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    picks: list[str] = field(default_factory=list)


@dataclass
class _Done:
    """An earlier call: its tool, its segment, and how elements of its lists are picked."""

    call: str
    tool: Tool
    segment: int
    selectors: dict[str, Selector] = field(default_factory=dict)


class ArgumentPlanner:
    """Plans the calls of one dialogue in their order, remembering what is known by then.

    Args:
        flow: the tool graph.
        links: the links that the workflow rests on; they win over others.
        knobs: how often optional parameters join.
        stream: chooses.
        eases: whether somebody would state a tool's parameter unasked.

    ``decided`` are outputs, by call and path, whose value a requirement hangs on; ``barren`` are
    tools that find nothing or fail in this plan, so that nothing can be taken from them.
    """

    def __init__(
        self,
        flow: Flow,
        links: tuple[Link, ...],
        knobs: Knobs,
        stream: random.Random,
        eases: Eases = _anything,
    ) -> None:
        self.flow, self.knobs, self.stream, self.eases = flow, knobs, stream, eases
        self.preferred = {(link.source, link.output, link.target, link.parameter) for link in links}
        self.decided: dict[tuple[str, str], JsonValue] = {}
        self.barren: set[str] = set()
        self.done: list[_Done] = []
        self.stated: dict[str, Said] = {}
        self.chosen: set[tuple[str, str, str, str]] = set()

    def plan(self, call: str, name: str, segment: int) -> PlannedArguments:
        """The arguments of a call to the tool ``name``.

        Raises:
            Unplannable: a required parameter has no source.
        """
        tool = self.flow.tools[name]
        made = PlannedArguments(call, name)
        for one in self.flow.inputs[name]:
            if one.required and one.preset:
                made.bindings[one.path] = DefaultBinding(source="default")
            elif one.required:
                self._bind(made, tool, one.path, one.schema, segment)
        for one in self.flow.inputs[name]:
            if one.required or one.plumbing:
                continue
            if len(made.said) >= _ENOUGH and not self.flow.derivable(name, one.path):
                continue
            if self._joins(name, one.path, one.askable):
                self._bind(made, tool, one.path, one.schema, segment)
        self._change(made, tool, segment)
        self._complete(made, tool, segment)
        for said in made.said:
            self.stated.setdefault(_leaf(said.slot), said)
        self._remember(made, tool)
        self.done.append(_Done(call, tool, segment))
        return made

    def _change(self, made: PlannedArguments, tool: Tool, segment: int) -> None:
        """See that whoever makes or changes a thing says what is to become of it."""
        if effect_of(tool).kind not in ("create", "update") or moved_to(tool.name) is not None:
            return
        if any(identified(path) is None for path in made.bindings):
            return
        open_ = [
            one
            for one in self.flow.inputs[tool.name]
            if one.askable and not one.plumbing and identified(one.path) is None
        ]
        if open_:
            easy = [one for one in open_ if self.eases(tool.name, one.path)]
            one = self.stream.choice(easy or open_)
            self._bind(made, tool, one.path, one.schema, segment)

    def fork(self, **changed: float) -> "ArgumentPlanner":
        """A planner that knows the same, to try something on; ``changed`` are other knobs."""
        knobs = self.knobs.model_copy(update=changed)
        made = ArgumentPlanner(self.flow, (), knobs, self.stream, self.eases)
        made.preferred, made.barren = set(self.preferred), set(self.barren)
        made.decided = dict(self.decided)
        made.done = [replace(one, selectors=dict(one.selectors)) for one in self.done]
        made.stated = dict(self.stated)
        made.chosen = set(self.chosen)
        return made

    def renew(self, old: str, call: str, segment: int, said: Said) -> None:
        """A call was made again with another value: from now on the new one counts."""
        before = next(one for one in self.done if one.call == old)
        self.done.append(_Done(call, before.tool, segment))
        self.stated[_leaf(said.slot)] = said

    def _joins(self, name: str, path: str, askable: bool) -> bool:
        """Whether an optional parameter joins: a value that is at hand is sent more often."""
        linked = [link for link in self.flow.into(name, path) if link.source in self._names()]
        if any(_key(link) in self.preferred and link.source not in self.barren for link in linked):
            # The workflow rests on it: without it the two calls had nothing to do with each other.
            return True
        at_hand = bool(linked)
        known = self._reused(path, self.flow.tools[name]) is not None
        if not (askable or at_hand) or not (at_hand or known or self.eases(name, path)):
            return False
        chance = self.knobs.optional * (2 if known and identified(path) is not None else 1)
        return self.stream.random() < min(1.0, chance)

    def _complete(self, made: PlannedArguments, tool: Tool, segment: int) -> None:
        """Decide what conditions hang on, and bind what they then demand."""
        for _ in range(_ROUNDS):
            known = self._known(made)
            needed = requirements(tool.parameters, known, tuple(made.bindings))
            missing = sorted(path for path in needed.required if path not in made.bindings)
            for path in missing:
                schema = schema_at(tool.parameters, path)
                if schema is None:
                    raise Unplannable(f"{tool.name!r} demands {path!r} but declares no such thing")
                self._bind(made, tool, path, schema, segment)
            if missing:
                continue
            if not needed.possible or not self._decide(made, tool, needed.possible):
                return
        raise Unplannable(f"what {tool.name!r} requires cannot be settled")

    def _known(self, made: PlannedArguments) -> dict[str, JsonValue]:
        """The arguments whose values are fixed already."""
        known = {_parameter(said): said.fixed[0] for said in made.said if said.fixed}
        fixed = {said.slot: said.fixed[0] for said in self.stated.values() if said.fixed}
        for path, binding in made.bindings.items():
            if isinstance(binding, UserBinding) and binding.slot in fixed:
                known[path] = fixed[binding.slot]
            elif isinstance(binding, ToolOutputBinding):
                place = (binding.call, binding.path)
                if place in self.decided:
                    known[path] = self.decided[place]
        return known

    def _decide(self, made: PlannedArguments, tool: Tool, possible: Mapping[str, str]) -> bool:
        """Fix one value on which a requirement hangs; False where there is none to fix."""
        for place, said in enumerate(made.said):
            telling = [] if said.fixed else self._telling(made, tool, _parameter(said), possible)
            if telling:
                made.said[place] = said._replace(fixed=(self.stream.choice(telling),))
                return True
        for path, binding in made.bindings.items():
            if not isinstance(binding, ToolOutputBinding) or "[]" in binding.path:
                continue
            source = next(one for one in self.done if one.call == binding.call)
            output = schema_at(source.tool.results, binding.path)
            allowed = _choices(output) if output is not None else []
            telling = [
                value
                for value in self._telling(made, tool, path, possible)
                if not allowed or value in allowed
            ]
            if telling and (binding.call, binding.path) not in self.decided:
                self.decided[(binding.call, binding.path)] = self.stream.choice(telling)
                return True
        return False

    def _telling(
        self, made: PlannedArguments, tool: Tool, path: str, possible: Mapping[str, str]
    ) -> list[JsonValue]:
        """The values of a parameter that settle something of what may be required."""
        schema = schema_at(tool.parameters, path)
        bound, known = tuple(made.bindings), self._known(made)
        return [
            value
            for value in (_choices(schema) if schema is not None else [])
            if len(requirements(tool.parameters, {**known, path: value}, bound).possible)
            < len(possible)
        ]

    def _bind(
        self, made: PlannedArguments, tool: Tool, path: str, schema: Schema, segment: int
    ) -> None:
        """Give one parameter a source: what the workflow rests on, what was said, what was
        returned, and only then a question to the user."""
        links = [
            link
            for link in self.flow.into(tool.name, path)
            if link.source in self._names() and link.source not in self.barren
        ]
        links = self._unused(made, links) or ([] if self._sayable(tool, path, schema) else links)
        if self._sayable(tool, path, schema):
            links = [link for link in links if _key(link) in self.preferred or self._about(link)]
        first = [link for link in links if _key(link) in self.preferred]
        first = [link for link in links if self._made(link, path)] or first
        if first:
            self._derive(made, path, first[0], segment)
        elif (said := self._reused(path, tool)) is not None:
            made.bindings[path] = UserBinding(source="user", slot=said.slot)
        elif links:
            self._derive(made, path, links[0], segment)
        elif self._sayable(tool, path, schema):
            said = Said(f"{made.call}.{path}", inline(schema, tool.parameters))
            made.said.append(said)
            made.bindings[path] = UserBinding(source="user", slot=said.slot)
        else:
            raise Unplannable(f"nobody can give {tool.name!r} its {path!r}")

    def _sayable(self, tool: Tool, path: str, schema: Schema) -> bool:
        return self.flow.sayable(tool.name, path, askable=can_be_said(path.split(".")[-1], schema))

    def _unused(self, made: PlannedArguments, links: list[Link]) -> list[Link]:
        """The links whose value does not fill another parameter of the call already.

        Nobody flies from a city to itself.
        """
        taken = {
            (binding.call, binding.path)
            for binding in made.bindings.values()
            if isinstance(binding, ToolOutputBinding)
        }
        return [link for link in links if (self._latest(link).call, link.output) not in taken]

    def _about(self, link: Link) -> bool:
        """Whether a value belongs to the very thing that the call is about.

        The fee of one place is none of another's: a value that names nothing is handed on where a
        number or name that does is handed on as well.
        """
        if identified(link.parameter) is not None:
            return True
        source, target = (effect_of(self.flow.tools[one]) for one in (link.source, link.target))
        return source.entity == target.entity or any(
            identified(one.parameter) is not None
            for one in self.flow.between(link.source, link.target)
        )

    def _latest(self, link: Link) -> _Done:
        """The latest call of the tool that a link leads from."""
        return next(one for one in reversed(self.done) if one.tool.name == link.source)

    def _made(self, link: Link, path: str) -> bool:
        """Whether the value is the identifier of a thing that this dialogue made itself.

        Whoever has just booked something and cancels "the booking" means that one.
        """
        named = identified(path)
        made = effect_of(self.flow.tools[link.source])
        whose = named or effect_of(self.flow.tools[link.target]).entity
        return (
            named is not None
            and made.kind == "create"
            and made.entity == whose
            and "[]" not in link.output
        )

    def _derive(self, made: PlannedArguments, path: str, link: Link, segment: int) -> None:
        """Bind to an output of the latest call of the link's tool."""
        source = self._latest(link)
        selector = Selector(kind="first")
        if listed := list_of(link.output):
            schema = self.flow.tools[made.tool].parameters
            target = schema_at(schema, path)
            if _is_array(target):
                selector = Selector(kind="all")
            else:
                selector = self._pick(source, link.output, listed, segment)
                deed = effect_of(self.flow.tools[made.tool])
                before = (deed.entity, _leaf(path), source.call, link.output)
                if deed.kind == "update" and before in self.chosen:
                    selector = self._another(made, path, selector)
                if source.segment != segment:
                    made.picks.append(f"{made.call}.{path}")
        made.bindings[path] = ToolOutputBinding(
            source="tool_output", call=source.call, path=link.output, select=selector
        )

    def _remember(self, made: PlannedArguments, tool: Tool) -> None:
        """Note which elements of lists a thing was made or changed with."""
        deed = effect_of(tool)
        if deed.kind in ("create", "update"):
            self.chosen |= {
                (deed.entity, _leaf(path), binding.call, binding.path)
                for path, binding in made.bindings.items()
                if isinstance(binding, ToolOutputBinding) and identified(path) != deed.entity
            }

    def _another(self, made: PlannedArguments, path: str, old: Selector) -> Selector:
        """Another element than the one that an earlier call took: who moves a visit wants a new
        time.

        Raises:
            Unplannable: there is no other.
        """
        if old.kind == "only":
            raise Unplannable(f"{made.tool!r} has no other {path!r} to change to")
        if old.kind in ("min", "max"):
            return old.model_copy(update={"kind": "max" if old.kind == "min" else "min"})
        return Selector(kind="index", index=1) if old.kind == "first" else Selector(kind="first")

    def _pick(self, source: _Done, output: str, listed: str, segment: int) -> Selector:
        """One list, one pick: whatever is taken from it belongs to the same element."""
        if listed not in source.selectors:
            source.selectors[listed] = select(
                source.tool,
                output,
                self.stream,
                later=source.segment != segment,
                point=self.knobs.point,
            )
        return source.selectors[listed]

    def _asked_by(self, said: Said) -> str:
        """The tool for which a value was first stated."""
        call = said.slot.partition(".")[0]
        return next((one.tool.name for one in self.done if one.call == call), "")

    @staticmethod
    def _folders(name: str) -> bool:
        return bool(FOLDER_WORDS & set(words(name)))

    def _reused(self, path: str, tool: Tool) -> Said | None:
        """What the user already said under this name, where it fits."""
        name = path.split(".")[-1]
        said = self.stated.get(name)
        if said is None or name in _LOOSE:
            return None
        if name == "path" and self._folders(tool.name) != self._folders(self._asked_by(said)):
            # A folder's path is no file's.
            return None
        schema = schema_at(tool.parameters, path)
        if schema is None or relation(said.schema, inline(schema, tool.parameters)) == "disjoint":
            return None
        return said

    def _names(self) -> frozenset[str]:
        return frozenset(one.tool.name for one in self.done)


def _key(link: Link) -> tuple[str, str, str, str]:
    return (link.source, link.output, link.target, link.parameter)


def _leaf(slot: str) -> str:
    return slot.split(".")[-1]


def _parameter(said: Said) -> str:
    return said.slot.partition(".")[2]


def _choices(schema: Schema) -> list[JsonValue]:
    node: Mapping[str, Any] = schema if isinstance(schema, Mapping) else {}
    if "enum" in node:
        return list(node["enum"])
    return [True, False] if node.get("type") == "boolean" else []


def _is_array(schema: Schema | None) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "array"
