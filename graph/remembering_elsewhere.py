"""What is known after each step of a dialogue from elsewhere: its calls, and what they returned."""

from collections.abc import Iterator, Sequence
from typing import Final

from toolweave.core.model import JsonObject, JsonValue
from toolweave.evaluation.heard import Heard, HeardCall, hear
from toolweave.evaluation.transcript import NO_CLOCK, error_code, parsed
from toolweave.graph.recollection import Recollection, Step, compared
from toolweave.memory.state import Called, MemoryState, empty, note_call

NO_PLAN: Final = "the dialogue comes without a plan: nothing says what its user stated"


def recollected_elsewhere(messages: Sequence[JsonObject]) -> Recollection:
    """What the messages of a dialogue from elsewhere tell: its calls and what they returned.

    Calls go by their ids; one that has none, or that of an earlier one, by its place.
    """
    memory, steps, names = empty(NO_CLOCK), list[Step](), _Names()
    for number, unit in enumerate(_heard_units(hear(messages).messages), 1):
        for call in unit[0].calls:
            names.name(call)
        for answer in unit:
            if answer.role == "tool" and answer.called is not None:
                memory = _told_elsewhere(memory, answer, names.of(answer.called), number)
        steps.append(Step(number, tuple(one.index for one in unit), memory))
    return Recollection(tuple(compared(steps)), (NO_PLAN,))


class _Names:
    """A name of its own for every call, whatever ids a dialogue gives them."""

    def __init__(self) -> None:
        self._given: dict[int, tuple[HeardCall, str]] = {}
        self._taken: set[str] = set()

    def name(self, call: HeardCall) -> None:
        """Name a call that is made now."""
        number = len(self._given) + 1
        name = call.id
        while not name or name in self._taken:
            name = f"call {number}"
            number += 1
        self._taken.add(name)
        # The call is kept so that nothing else ever has its identity.
        self._given[id(call)] = (call, name)

    def of(self, call: HeardCall) -> str:
        """The name of a call that was made."""
        return self._given[id(call)][1]


def _heard_units(heard: Sequence[Heard]) -> Iterator[list[Heard]]:
    """Messages that are steps: one that is said, or calls with the answers behind them."""
    unit: list[Heard] = []
    for message in heard:
        if message.role == "tool" and unit:
            unit.append(message)
            continue
        if unit:
            yield unit
        unit = [message] if message.role != "system" else []
    if unit:
        yield unit


def _told_elsewhere(memory: MemoryState, answer: Heard, call: str, step: int) -> MemoryState:
    made = answer.called
    assert made is not None
    result: JsonValue = parsed(answer.text)
    called: Called = {
        "tool": made.name, "arguments": made.arguments or {}, "result": result,
        "ok": not error_code(answer.text, result), "attempt": 1, "step": step,
        "message": answer.index,
    }  # fmt: skip
    return note_call(memory, call, called)
