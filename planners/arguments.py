"""Planning arguments: every parameter gets a source before any text exists (App. D.4)."""

import random
from collections.abc import Callable, Mapping
from typing import Final

from toolweave.checks.effects import effect_of, identified
from toolweave.checks.naming import FOLDER_WORDS, words
from toolweave.checks.states import moved_to
from toolweave.configs.knobs import Knobs
from toolweave.core.binding import DefaultBinding, Selector, ToolOutputBinding, UserBinding
from toolweave.core.graph import Link
from toolweave.core.tool import Tool
from toolweave.planners.flow import Flow
from toolweave.planners.inputs import can_be_said
from toolweave.planners.planned_call import (
    DoneCall,
    PlannedArguments,
    Said,
    SoFar,
    Unplannable,
    leaf,
)
from toolweave.planners.selecting import another, list_of, select
from toolweave.planners.settling import known_values, settle
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


class ArgumentPlanner:
    """Plans the calls of one dialogue in their order, remembering what is known by then.

    Args:
        flow: the tool graph.
        links: the links that the workflow rests on; they win over others.
        knobs: how often optional parameters join.
        stream: chooses.
        eases: whether somebody would state a tool's parameter unasked.
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
        self.so_far = SoFar()

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
            self.so_far.stated.setdefault(leaf(said.slot), said)
        self._remember(made, tool)
        self.so_far.done.append(DoneCall(call, tool, segment))
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
        made.preferred, made.so_far = set(self.preferred), self.so_far.copy()
        return made

    def renew(self, old: str, call: str, segment: int, said: Said) -> None:
        """A call was made again with another value: from now on the new one counts."""
        self.so_far.done.append(DoneCall(call, self.so_far.call(old).tool, segment))
        self.so_far.stated[leaf(said.slot)] = said

    def _joins(self, name: str, path: str, askable: bool) -> bool:
        """Whether an optional parameter joins: a value that is at hand is sent more often."""
        linked = [link for link in self.flow.into(name, path) if link.source in self.so_far.tools()]
        if any(
            _key(link) in self.preferred and link.source not in self.so_far.barren
            for link in linked
        ):
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
            known = known_values(made, self.so_far)
            needed = requirements(tool.parameters, known, tuple(made.bindings))
            missing = sorted(path for path in needed.required if path not in made.bindings)
            for path in missing:
                schema = schema_at(tool.parameters, path)
                if schema is None:
                    raise Unplannable(f"{tool.name!r} demands {path!r} but declares no such thing")
                self._bind(made, tool, path, schema, segment)
            if missing:
                continue
            if not needed.possible or not settle(
                made, tool, needed.possible, self.so_far, self.stream
            ):
                return
        raise Unplannable(f"what {tool.name!r} requires cannot be settled")

    def _bind(
        self, made: PlannedArguments, tool: Tool, path: str, schema: Schema, segment: int
    ) -> None:
        """Give one parameter a source: what the workflow rests on, what was said, what was
        returned, and only then a question to the user."""
        links = [
            link
            for link in self.flow.into(tool.name, path)
            if link.source in self.so_far.tools() and link.source not in self.so_far.barren
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
        return [
            link
            for link in links
            if (self.so_far.latest(link.source).call, link.output) not in taken
        ]

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
        source = self.so_far.latest(link.source)
        selector = Selector(kind="first")
        if listed := list_of(link.output):
            schema = self.flow.tools[made.tool].parameters
            target = schema_at(schema, path)
            if _is_array(target):
                selector = Selector(kind="all")
            else:
                selector = self._pick(source, link.output, listed, segment)
                deed = effect_of(self.flow.tools[made.tool])
                before = (deed.entity, leaf(path), source.call, link.output)
                if deed.kind == "update" and before in self.so_far.chosen:
                    selector = self._other(made, path, selector)
                if source.segment != segment:
                    made.picks.append(f"{made.call}.{path}")
        made.bindings[path] = ToolOutputBinding(
            source="tool_output", call=source.call, path=link.output, select=selector
        )

    def _remember(self, made: PlannedArguments, tool: Tool) -> None:
        """Note which elements of lists a thing was made or changed with."""
        deed = effect_of(tool)
        if deed.kind in ("create", "update"):
            self.so_far.chosen |= {
                (deed.entity, leaf(path), binding.call, binding.path)
                for path, binding in made.bindings.items()
                if isinstance(binding, ToolOutputBinding) and identified(path) != deed.entity
            }

    def _other(self, made: PlannedArguments, path: str, old: Selector) -> Selector:
        """Another element than the one that an earlier call took.

        Raises:
            Unplannable: there is no other.
        """
        other = another(old)
        if other is None:
            raise Unplannable(f"{made.tool!r} has no other {path!r} to change to")
        return other

    def _pick(self, source: DoneCall, output: str, listed: str, segment: int) -> Selector:
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
        return next((one.tool.name for one in self.so_far.done if one.call == call), "")

    @staticmethod
    def _folders(name: str) -> bool:
        return bool(FOLDER_WORDS & set(words(name)))

    def _reused(self, path: str, tool: Tool) -> Said | None:
        """What the user already said under this name, where it fits."""
        name = path.split(".")[-1]
        said = self.so_far.stated.get(name)
        if said is None or name in _LOOSE:
            return None
        if name == "path" and self._folders(tool.name) != self._folders(self._asked_by(said)):
            # A folder's path is no file's.
            return None
        schema = schema_at(tool.parameters, path)
        if schema is None or relation(said.schema, inline(schema, tool.parameters)) == "disjoint":
            return None
        return said


def _key(link: Link) -> tuple[str, str, str, str]:
    return (link.source, link.output, link.target, link.parameter)


def _is_array(schema: Schema | None) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "array"
