"""What memory held after each step of a finished dialogue, worked out from its record alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from toolweave.checks.renaming import unmasked
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonObject
from toolweave.core.plan import PlannedCall
from toolweave.core.tool import Tool, Toolset
from toolweave.evaluation.conformance import walk
from toolweave.evaluation.transcript import NO_CLOCK, clock_in, result_of, units
from toolweave.graph.recollection import Recollection, Step, compared
from toolweave.memory.identity import Identity
from toolweave.memory.records import WorldState
from toolweave.memory.state import (
    Called,
    MemoryState,
    empty,
    note_call,
    record_call,
    tell,
)
from toolweave.schema.records import clipped
from toolweave.schema.refs import check_schema

NOISY: Final = "the results hold fields that were added when the dialogue was refined"
NO_WORLD: Final = "the simulated world cannot be worked out: "
# A clock that could run over its last year is nobody's.
_LAST_YEAR: Final = 9990
_NOISE: Final = "noisy_results"


def recollected(dialogue: Dialogue, toolset: Toolset | None = None) -> Recollection:
    """Memory after every step that the messages realise; no agent runs and no model is asked.

    Names are those that the record shows, also where they are masked. A record that departs from
    its plan gives what can be said, with the reason in ``doubts``. What a user stated for a call
    that the assistant then decided against is in no record.

    Args:
        dialogue: any record of ours.
        toolset: the tools it was played with; without it those that it shows, which may group the
            fields of the world's records otherwise.
    """
    # A schema that is none would not survive having its names changed.
    sound = not _unsound(shown.tool for shown in dialogue.tools)
    plain = unmasked(dialogue) if sound else dialogue
    told = _Recorded(plain, toolset)
    steps = told.steps()
    if plain is not dialogue:
        # What a masked tool does to the world is seen by its real name alone.
        worlds = {one.number: one.memory["world"] for one in steps}
        steps = _Recorded(dialogue, None, worlds).steps()
    return Recollection(tuple(compared(steps)), tuple(dict.fromkeys(told.doubts)))


class _Recorded:
    """A record of ours as it is worked through; ``doubts`` fill up on the way.

    Where ``worlds`` are given, by step, the world is not worked out but taken from there.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        toolset: Toolset | None,
        worlds: Mapping[int, WorldState] | None = None,
    ) -> None:
        self.dialogue, self.worlds = dialogue, worlds
        self.doubts: list[str] = []
        self.tools = {one.tool.name: one.tool for one in dialogue.tools}
        if toolset is not None:
            self.tools = {tool.name: tool for tool in toolset.tools}
        if any(edit.kind == _NOISE for edit in dialogue.modifications):
            self.doubts.append(NOISY)
        self.now = self._clock()
        self.identity = self._identity() if worlds is None else None

    def steps(self) -> list[Step]:
        """The memory after every realised step, in the plan's order."""
        messages, walked = self.dialogue.messages, walk(self.dialogue)
        answers = {unit.at: unit.answers for unit in units(messages)}
        places = {placed.number: at for at, placed in walked.steps.items()}
        made: dict[int, list[tuple[PlannedCall, int, JsonObject]]] = {}
        for planned, call in walked.calls:
            if call.answer is not None:
                sent = (planned, call.answer, call.call.arguments)
                made.setdefault(call.message, []).append(sent)
        memory = empty(self.now or NO_CLOCK)
        found: list[Step] = []
        for placed in self.dialogue.plan.steps():
            at = places.get(placed.number)
            if at is None:
                self.doubts.append(f"no message realises step {placed.number}")
                continue
            memory = self._said(memory, at, placed.number)
            for planned, answer, arguments in made.get(at, ()):
                memory = self._called(memory, planned, arguments, answer, placed.number)
            if self.worlds is not None:
                memory = {**memory, "world": self.worlds.get(placed.number, memory["world"])}
            found.append(Step(placed.number, (at, *answers[at]), memory))
        self._see_all_told(found)
        return found

    def _said(self, memory: MemoryState, at: int, step: int) -> MemoryState:
        message = self.dialogue.messages[at]
        for said in message.states if message.role == "user" else ():
            memory = tell(
                memory, said.ref, said.value, step=step, message=at,
                start=said.start, end=said.end,
            )  # fmt: skip
        return memory

    def _called(
        self, memory: MemoryState, call: PlannedCall, arguments: JsonObject, answer: int, step: int
    ) -> MemoryState:
        result = result_of(self.dialogue.messages[answer])
        ok, tool = call.expect.outcome == "ok", self.tools.get(call.tool)
        if self.identity is None or tool is None:
            if tool is None:
                self.doubts.append(f"the record does not show the tool {call.tool!r}")
            called: Called = {
                "tool": call.tool, "arguments": arguments, "result": result, "ok": ok,
                "attempt": call.attempt, "step": step, "message": answer,
            }  # fmt: skip
            return note_call(memory, call.id, called)
        return record_call(
            memory, self.identity, call, tool, arguments, result, ok=ok, step=step, message=answer
        )

    def _clock(self) -> datetime | None:
        first = next(iter(self.dialogue.messages), None)
        opens = first is not None and first.role == "system"
        now = clock_in(first.content) if first is not None and opens else None
        return now if now is not None and now.year < _LAST_YEAR else None

    def _identity(self) -> Identity | None:
        """How the tools' fields are grouped; None where the world cannot be worked out."""
        if self.now is None:
            self.doubts.append(f"{NO_WORLD}the system message names no time")
            return None
        if problem := _unsound(self.tools.values()):
            self.doubts.append(f"{NO_WORLD}{problem}")
            return None
        return Identity.of(tuple(self.tools.values()), self.dialogue.plan)

    def _see_all_told(self, found: Sequence[Step]) -> None:
        told = {index for one in found for index in one.messages}
        messages = enumerate(self.dialogue.messages)
        left = [at for at, one in messages if at not in told and one.role != "system"]
        if left:
            named = ", ".join(map(str, left[:5])) + (", …" if len(left) > 5 else "")
            self.doubts.append(f"the plan has no step for what messages {named} bring")


def _unsound(tools: Iterable[Tool]) -> str:
    """Why a tool's schemas are none; empty where all can be used."""
    for tool in tools:
        try:
            check_schema(tool.parameters)
            check_schema(tool.results)
        except SchemaError as error:
            return clipped(f"{tool.name}: {error}")
    return ""
