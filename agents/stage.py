"""A plan made ready to be played: everything about it that no seed changes, worked out once."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolweave.checks.asking import AskTarget, ask_target
from toolweave.checks.effects import identified, looks_up
from toolweave.checks.naming import OTHER_WORDS, PERSON
from toolweave.checks.words import Words
from toolweave.core.binding import ToolOutputBinding, UserBinding
from toolweave.core.errors import InputError
from toolweave.core.model import JsonValue
from toolweave.core.plan import (
    PlacedStep,
    Plan,
    PlannedCall,
    Provision,
    ToolInvocation,
    UserRequest,
    calls_of,
)
from toolweave.core.tool import Tool, Toolset
from toolweave.llm.contexts import Slot, Wish
from toolweave.memory.identity import Identity
from toolweave.memory.needs import Need, needs
from toolweave.schema.conditional import triggers
from toolweave.schema.paths import joined, schema_at
from toolweave.schema.refs import inline
from toolweave.schema.relations import intersect

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """What the agents need of a plan.

    Attributes:
        steps: every step with its number, in order.
        slots: every value a user states, by name, with the schema all its uses share.
        uses: per slot the calls and parameter paths it feeds.
        needs: per call, what the rest of the plan needs of its result.
        targets: per slot, what a question about it sounds like.
        turns: per step, its number as if no attempt were made again: it names the streams of what
            is drawn there, so that a dialogue with a failure in it keeps the words of one without.
        guarded: per tool, whether an argument's value can make another one necessary.
        stated: leaf names of all slots.
        tool_names, parameter_names: what no user would say.
    """

    plan: Plan
    toolset: Toolset
    words: Words
    lexicon: str
    tools: Mapping[str, Tool]
    steps: tuple[PlacedStep, ...]
    slots: Mapping[str, Slot]
    uses: Mapping[str, tuple[tuple[PlannedCall, str], ...]]
    needs: Mapping[str, Need]
    targets: Mapping[str, AskTarget]
    wishes: Mapping[int, tuple[Wish, ...]]
    identity: Identity
    shapes: Mapping[str, str]
    turns: Mapping[int, int]
    guarded: Mapping[str, bool]
    stated: frozenset[str]
    tool_names: tuple[str, ...]
    parameter_names: tuple[str, ...]

    def tool(self, name: str) -> Tool:
        """The tool of that name.

        Raises:
            InputError: the toolset has none.
        """
        tool = self.tools.get(name)
        if tool is None:
            raise InputError(f"the toolset has no tool {name!r}", mend="check the plan first")
        return tool

    def shown(self) -> list[Tool]:
        """The tools the assistant sees: those the plan calls and its distractors, in file order."""
        used = {call.tool for call in self.plan.calls()} | set(self.plan.distractors)
        return [tool for tool in self.toolset.tools if tool.name in used]


def set_stage(plan: Plan, toolset: Toolset, words: Words, lexicon: str = "") -> Stage:
    """Prepare a checked plan.

    Raises:
        InputError: the plan names a tool or parameter the toolset lacks.
    """
    tools = {tool.name: tool for tool in toolset.tools}
    steps = tuple(plan.steps())
    uses = _uses(plan)
    slots = {p.slot: _slot(p, uses, tools, words, plan) for _, p in plan.provisions()}
    identity = Identity.of(toolset.tools, plan)
    return Stage(
        plan=plan,
        toolset=toolset,
        words=words,
        lexicon=lexicon,
        tools=tools,
        steps=steps,
        slots=slots,
        uses=uses,
        needs=needs(plan, toolset),
        targets={name: ask_target(slot.view) for name, slot in slots.items()},
        wishes=_wishes(plan, tools),
        identity=identity,
        shapes=_shapes(words),
        stated=frozenset(slot.view.name for slot in slots.values()),
        turns=_turns(plan),
        guarded={name: _guarded(tool) for name, tool in tools.items()},
        tool_names=tuple(tools),
        parameter_names=tuple(
            sorted(
                {name for tool in toolset.tools for name in tool.parameters.get("properties", {})}
            )
        ),
    )


def _uses(plan: Plan) -> dict[str, tuple[tuple[PlannedCall, str], ...]]:
    uses: dict[str, list[tuple[PlannedCall, str]]] = defaultdict(list)
    for call in plan.meant():
        for path, binding in call.arguments.items():
            if isinstance(binding, UserBinding):
                uses[binding.slot].append((call, path))
    return {slot: tuple(found) for slot, found in uses.items()}


def _parameter(tools: Mapping[str, Tool], tool: str, path: str) -> Schema:
    schema = schema_at(tools[tool].parameters, path) if tool in tools else None
    if not isinstance(schema, Mapping):
        return {}
    # References count from the tool's whole schema, which is not at hand where this is used.
    alone = inline(schema, tools[tool].parameters)
    return alone if isinstance(alone, Mapping) else {}


def _slot(
    provision: Provision,
    uses: Mapping[str, tuple[tuple[PlannedCall, str], ...]],
    tools: Mapping[str, Tool],
    words: Words,
    plan: Plan,
) -> Slot:
    """A provision with the schema that all its uses share and the words of its first use."""
    fed = uses.get(provision.slot) or _replaced_uses(provision, plan, uses)
    fixed = (provision.value,) if provision.fixed else ()
    if not fed:
        path = provision.slot.split(".", 1)[-1]
        return Slot(
            provision.slot, "", words.field("", path, {"type": "string"}), {"type": "string"}, fixed
        )
    first, path = fed[0]
    own = _parameter(tools, first.tool, path)
    schema: Schema = own
    for call, other in fed[1:]:
        both = intersect(schema, _parameter(tools, call.tool, other))
        schema = both if isinstance(both, Mapping) else schema
    for decided in _decided(fed, plan):
        both = intersect(schema, {"const": decided})
        schema = both if isinstance(both, Mapping) else schema
    return Slot(provision.slot, first.tool, words.field(first.tool, path, own), schema, fixed)


def _decided(fed: Sequence[tuple[PlannedCall, str]], plan: Plan) -> Iterator[JsonValue]:
    """What the plan decides of the very field that the user filters by: who asks for what is open
    and goes on with what is closed would ask for something else.
    """
    for call, path in fed:
        for decision in plan.decisions:
            same = decision.path.split(".")[-1] == path.split(".")[-1]
            if same and decision.call == call.id and decision.operator == "==":
                yield decision.value


def _replaced_uses(
    provision: Provision, plan: Plan, uses: Mapping[str, tuple[tuple[PlannedCall, str], ...]]
) -> tuple[tuple[PlannedCall, str], ...]:
    """A value that is corrected before any call used it is worded like the one that is used."""
    for _, other in plan.provisions():
        if other.replaces == provision.slot:
            return uses.get(other.slot, ())
    return ()


def _wishes(plan: Plan, tools: Mapping[str, Tool]) -> dict[int, tuple[Wish, ...]]:
    """Per segment, its calls once each, and whether a later call of the segment uses them.

    Where a segment's tools are lacking, it wishes for the calls that are made once they are there;
    where they never come, for the tools themselves.
    """
    wishes: dict[int, tuple[Wish, ...]] = {}
    spoken_of: set[str] = set()
    counting = {call.id: plan.call(call.id) for call in plan.calls()}
    for index, segment in enumerate(plan.segments):
        calls = calls_of(plan.segments[plan.wanted(index)].steps)
        latest = {
            call.id: call for call in calls if counting[call.id] is call and call.tool in tools
        }
        feeding = {
            binding.call
            for call in latest.values()
            for binding in call.arguments.values()
            if isinstance(binding, ToolOutputBinding)
        }
        wishes[index] = tuple(
            Wish(
                call.id,
                tools[call.tool],
                call.id in feeding,
                looks_up(tools[call.tool]),
                _at_hand(call, spoken_of),
            )
            for call in latest.values()
        ) or tuple(
            Wish("", tools[name], False, looks_up(tools[name]))
            for name in segment.lacks
            if name in tools
        )
        spoken_of |= {call.id for call in calls_of(segment.steps)}
        spoken_of |= {
            provision.slot
            for step in segment.steps
            for provision in getattr(step, "provides", ())
            if identified(provision.slot) is not None
        }
    return wishes


def _turns(plan: Plan) -> dict[int, int]:
    turns: dict[int, int] = {}
    again = 0
    for placed in plan.steps():
        turns[placed.number] = placed.number - again
        segment, step = plan.segments[placed.segment], placed.step
        if isinstance(step, ToolInvocation):
            later = {(call.id, call.attempt) for call in calls_of(segment.steps)}
            again += all((call.id, call.attempt + 1) in later for call in step.calls)
        elif isinstance(step, UserRequest) and step.supplies:
            # The refusal before it and the message itself: the request was there without them.
            again += 2
    return turns


def _at_hand(call: PlannedCall, spoken_of: Collection[str]) -> bool:
    """Whether a call is about what was said or returned before its segment.

    Only then can somebody say "that booking"; who is speaking is no such thing, nor is what the
    segment itself finds first.
    """
    old = new = False
    for path, binding in call.arguments.items():
        named = identified(path)
        if named in (PERSON, *OTHER_WORDS):
            continue
        if isinstance(binding, ToolOutputBinding):
            old |= binding.call in spoken_of
            new |= named is not None and binding.call not in spoken_of
        elif isinstance(binding, UserBinding):
            old |= binding.slot in spoken_of
    return old and not new


def _shapes(words: Words) -> dict[str, str]:
    if words.domain is None:
        return {}
    return {name: field.shape for name, field in words.domain.fields.items() if field.shape}


def _guarded(tool: Tool) -> bool:
    names = tool.parameters.get("properties", {})
    return any(triggers(tool.parameters, joined("", name)) for name in names)
