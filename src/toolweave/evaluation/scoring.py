"""The score of an assistant that chose its own calls: by dependency, by value, by the world."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolweave.checks.agreeing_values import agree
from toolweave.checks.effects import effect_of
from toolweave.core.binding import ContextBinding, ToolOutputBinding, UserBinding
from toolweave.core.errors import BindingError
from toolweave.core.model import JsonValue
from toolweave.core.plan import Plan, PlannedCall, ToolInvocation
from toolweave.core.score import Score, Slip
from toolweave.core.tool import Tool, Toolset
from toolweave.evaluation.known import Known
from toolweave.evaluation.sent_calls import Sent, sent_calls
from toolweave.evaluation.transcript import NO_CLOCK, first_clock
from toolweave.evaluation.world_changes import world_differences
from toolweave.memory.resolving import Session, resolve
from toolweave.memory.state import MemoryState, empty, tell
from toolweave.schema.parts import covers, parse
from toolweave.schema.paths import leaf_values, schema_at, values_at
from toolweave.schema.types import same

_UNTOLD = object()


@dataclass
class _Matching:
    """Planned calls and the calls made for them, with their slips."""

    made: dict[str, Sent] = field(default_factory=dict)
    slips: dict[str, list[Slip]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def score(
    plan: Plan,
    toolset: Toolset,
    messages: Sequence[Mapping[str, Any]],
    told: Mapping[str, JsonValue] | None = None,
) -> Score:
    """What the calls of a conversation are worth against a plan.

    Args:
        plan: what should be done. Attempts that it plans to go wrong are nobody's duty.
        toolset: its tools.
        messages: the conversation in OpenAI message form.
        told: what the user stated, by slot. A slot that is not in it has the value that the plan
            fixes; where it fixes none, any value that the user said is right.
    """
    return _Scoring(plan, toolset, messages, told or {}).score()


class _Scoring:
    """One conversation against one plan."""

    def __init__(
        self,
        plan: Plan,
        toolset: Toolset,
        messages: Sequence[Mapping[str, Any]],
        told: Mapping[str, JsonValue],
    ) -> None:
        self.plan, self.toolset, self.messages = plan, toolset, messages
        self.tools = {tool.name: tool for tool in toolset.tools}
        self.sent = sent_calls(messages)
        systems = (str(one.get("content")) for one in messages if one.get("role") == "system")
        self.now = first_clock(systems) or NO_CLOCK
        values = {p.slot: p.value for _, p in plan.provisions() if p.fixed}
        self.memory = empty(self.now)
        for slot, value in {**values, **told}.items():
            self.memory = tell(self.memory, slot, value, step=0, message=0, start=0, end=0)
        self.planned = _duties(plan)
        self.needs = {
            call.id: _needs(plan, call, self.planned, self.tools) for call in self.planned
        }
        self.evidence: dict[int, Known] = {}

    def score(self) -> Score:
        found = self.match()
        taken = {one.place for one in found.made.values()}
        over = [one for one in self.sent if one.place not in taken]
        unplanned = [one for one in over if one.ok and one.name in self.tools]
        misplaced = [name for name in found.made if self.early(name, found.made)]
        wrong = {name for name, slips in found.slips.items() if slips} | set(misplaced)
        right = len(found.made) - len(wrong)
        changing = [one for one in unplanned if effect_of(self.tools[one.name]).kind != "read"]
        world = world_differences(
            self.plan, self.toolset, self.now, [one for one in self.sent if one.ok], changing
        )
        world += [
            f"{call.tool} ({call.id}) was never carried out" for call in self.planned
            if call.id in found.missing and effect_of(self.tools[call.tool]).kind != "read"
        ]  # fmt: skip
        passed = right == len(self.planned) and not world
        share = right / len(self.planned) if self.planned else 1.0
        # Harm done beside the plan costs as much as one more planned call gone wrong.
        value = share if passed or share < 1 else right / (right + 1)
        return Score(
            passed=passed, value=value, planned=len(self.planned), right=right,
            missing=tuple(found.missing), misplaced=tuple(misplaced),
            unplanned=tuple(one.name for one in unplanned),
            failed=sum(not one.ok for one in over), world=tuple(world),
            slips=tuple(slip for slips in found.slips.values() for slip in slips),
        )  # fmt: skip

    def match(self) -> _Matching:
        """A call made for each planned one: exact ones first, then the nearest."""
        found = _Matching()
        waiting = list(self.planned)
        while waiting:
            exact = next(((c, s) for c in waiting if (s := self.exact(c, found))), None)
            call, sent = exact or (waiting[0], self.nearest(waiting[0], found))
            waiting.remove(call)
            if sent is None:
                found.missing.append(call.id)
                continue
            found.slips[call.id] = list(self.slips(call, sent))
            found.made[call.id] = sent
            self.learn(call, sent)
        return found

    def exact(self, call: PlannedCall, found: _Matching) -> Sent | None:
        if any(name not in found.made for name in self.needs[call.id] - set(found.missing)):
            return None
        fits = [s for s in self.free(call, found) if not any(self.slips(call, s))]
        return min(fits, key=lambda one: self.late(call, one, found)) if fits else None

    def nearest(self, call: PlannedCall, found: _Matching) -> Sent | None:
        # A refused call that nobody planned to be refused was never carried out.
        near = self.free(call, found)
        return min(near, key=lambda one: len(list(self.slips(call, one)))) if near else None

    def late(self, call: PlannedCall, sent: Sent, found: _Matching) -> bool:
        made = [found.made[name] for name in self.needs[call.id] if name in found.made]
        return any(_unanswered(one, sent) for one in made)

    def free(self, call: PlannedCall, found: _Matching) -> list[Sent]:
        taken = {one.place for one in found.made.values()}
        ok = call.expect.outcome == "ok"
        return [
            one for one in self.sent
            if one.name == call.tool and one.place not in taken and one.ok == ok
            and one.arguments is not None
        ]  # fmt: skip

    def early(self, name: str, made: Mapping[str, Sent]) -> bool:
        """Whether a call was made before something that it needs had come back."""
        before = [made[one] for one in self.needs[name] if one in made]
        return any(_unanswered(one, made[name]) for one in before)

    def learn(self, call: PlannedCall, sent: Sent) -> None:
        """What the call returned is what later bindings mean."""
        called = {
            call.id: {
                "tool": call.tool, "arguments": sent.arguments or {}, "result": sent.result,
                "ok": sent.ok, "attempt": 1, "step": 0, "message": sent.message,
            }
        }  # fmt: skip
        memory: Any = {**self.memory, "calls": {**self.memory["calls"], **called}}
        held: MemoryState = memory
        self.memory = held

    def slips(self, call: PlannedCall, sent: Sent) -> Iterator[Slip]:
        """Where the arguments are not what the plan calls for."""
        tool, arguments = self.tools[call.tool], sent.arguments or {}
        for path in call.arguments:
            given = [arguments[path]] if path in arguments else values_at(arguments, path)
            wanted = self.wanted(call, path)
            schema = _declared(tool, path)
            if not given:
                known = "default" in schema and wanted is not _UNTOLD
                if known and agree(wanted, schema["default"], schema):
                    continue
                expected = None if wanted is _UNTOLD else wanted
                yield self.slip("missing", call, path, expected, None)
            elif not self.fits(call, path, wanted, given[0], sent):
                kind = "wrong" if self.grounded(sent, given[0], schema, path) else "invented"
                expected = None if wanted is _UNTOLD else wanted
                yield self.slip(kind, call, path, expected, given[0])
        yield from self.extras(call, sent, tool)

    def slip(
        self, kind: Any, call: PlannedCall, path: str, expected: Any, given: JsonValue
    ) -> Slip:
        return Slip(
            kind=kind, call=call.id, tool=call.tool, path=path, expected=expected, given=given
        )

    def wanted(self, call: PlannedCall, path: str) -> Any:
        """The value that the plan means; ``_UNTOLD`` where only the user's words can tell."""
        schema = _declared(self.tools[call.tool], path)
        try:
            return resolve(
                call.arguments[path], self.memory, schema=schema, session=Session(now=self.now)
            )
        except BindingError:
            return _UNTOLD

    def fits(self, call: PlannedCall, path: str, wanted: Any, given: JsonValue, sent: Sent) -> bool:
        binding = call.arguments[path]
        schema = _declared(self.tools[call.tool], path)
        if wanted is _UNTOLD:
            # An output of a call that was never made is nothing that can be sent. One choice of
            # a few is put in people's words, which do not name it: the doubt speaks for it.
            said = isinstance(binding, UserBinding)
            return said and not self.unfounded(sent, given, schema, path, severe=True)
        if isinstance(binding, ContextBinding) and binding.key == "now":
            # The clock has gone on since; the day is what counts.
            return str(given)[:10] == str(wanted)[:10]
        return agree(wanted, given, schema)

    def extras(self, call: PlannedCall, sent: Sent, tool: Tool) -> Iterator[Slip]:
        """Arguments that nothing is planned for, other than defaults."""
        planned = [parse(path) for path in call.arguments]
        for path, value in leaf_values(sent.arguments or {}):
            schema = _declared(tool, path)
            if path in call.arguments or any(covers(one, parse(path)) for one in planned):
                continue
            if value is None or ("default" in schema and same(value, schema["default"])):
                continue
            kind = "extra" if self.grounded(sent, value, schema, path) else "invented"
            yield self.slip(kind, call, path, None, value)

    def grounded(self, sent: Sent, value: JsonValue, schema: Mapping[str, Any], path: str) -> bool:
        """Whether somebody said the value, or a tool returned it, before the call."""
        return not self.unfounded(sent, value, schema, path)

    def unfounded(
        self, sent: Sent, value: JsonValue, schema: Mapping[str, Any], path: str,
        *, severe: bool = False,
    ) -> bool:  # fmt: skip
        """Whether a value comes from nowhere; with ``severe``, whether that is beyond doubt."""
        known = self.evidence.get(sent.message)
        if known is None:
            known = self.evidence[sent.message] = self.heard(sent.message)
        stands = [known.standing(value, schema, path)]
        if isinstance(value, dict | list):
            tool = self.tools[sent.name]
            stands = [
                known.standing(one, _declared(tool, at), at) for at, one in leaf_values(value, path)
            ]
        return any(one.severe if severe else one.code for one in stands)

    def heard(self, until: int) -> Known:
        known = Known(self.now)
        for message in self.messages[:until]:
            if message.get("role") in ("user", "system"):
                known.hear(
                    str(message.get("content") or ""), instructions=message["role"] == "system"
                )
        for one in self.sent:
            if one.answer is not None and one.answer < until and one.ok:
                known.produce(one.result)
        return known


def _duties(plan: Plan) -> list[PlannedCall]:
    """The attempt of each call that counts; those of a wrong tool never do."""
    counting = {call.id: plan.call(call.id) for call in plan.calls() if not call.mistaken}
    return [call for call in counting.values() if call is not None and not call.mistaken]


def _needs(
    plan: Plan, call: PlannedCall, planned: Sequence[PlannedCall], tools: Mapping[str, Tool]
) -> set[str]:
    """The calls whose results a call takes; one that changes something also awaits the results
    that decide whether it is made.
    """
    there = {one.id for one in planned}
    needs = {b.call for b in call.arguments.values() if isinstance(b, ToolOutputBinding)}
    if effect_of(tools[call.tool]).kind != "read":
        step = _steps(plan)
        needs |= {one.call for one in plan.decisions if step.get(one.call, 0) < step[call.id]}
    return (needs & there) - {call.id}


def _steps(plan: Plan) -> dict[str, int]:
    """Per call, the last step that makes it."""
    return {
        call.id: placed.number
        for placed in plan.steps()
        if isinstance(placed.step, ToolInvocation)
        for call in placed.step.calls
    }


def _unanswered(before: Sent, sent: Sent) -> bool:
    return before.answer is None or before.answer > sent.message


def _declared(tool: Tool, path: str) -> Mapping[str, Any]:
    schema = schema_at(tool.parameters, path)
    return schema if isinstance(schema, Mapping) else {}
