"""Memory step by step: what was known after each step of a dialogue, and what was new in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from toolweave.memory.state import Fact, MemoryState, new_facts


class Remembered(NamedTuple):
    """Memory right after one step.

    Attributes:
        step: the step's number in the plan; without a plan, that of the message or of the calls
            with their answers, from 1.
        messages: the indices of the messages that realise it.
        memory: all that is known: slots with the words that state them, calls with what they
            returned, the world's records.
        learnt: the facts that are new or changed, each with its source, step and message.
        things: the keys of the world's records that are new or changed.
    """

    step: int
    messages: tuple[int, ...]
    memory: MemoryState
    learnt: tuple[Fact, ...]
    things: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recollection:
    """Memory step by step.

    ``doubts`` say why it may not be what memory held; without any, slots and calls are exactly
    that. The world's records are exact where the toolset was handed over, or shows all its tools.
    """

    steps: tuple[Remembered, ...]
    doubts: tuple[str, ...] = ()

    def after(self, step: int) -> MemoryState | None:
        """What was known after a step; None where no such step is realised."""
        return next((one.memory for one in self.steps if one.step == step), None)


class Step(NamedTuple):
    """One step and the memory after it."""

    number: int
    messages: tuple[int, ...]
    memory: MemoryState


def compared(steps: Sequence[Step]) -> Iterator[Remembered]:
    """Every step with what it brought."""
    before: MemoryState | None = None
    for number, messages, memory in steps:
        old = before or {**memory, "slots": {}, "calls": {}, "proposals": []}
        records = before["world"]["records"] if before is not None else {}
        things = tuple(_changed(records, memory["world"]["records"]))
        yield Remembered(number, messages, memory, tuple(new_facts(old, memory)), things)
        before = memory


def _changed(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    for key, record in new.items():
        if key not in old or (old[key] is not record and old[key] != record):
            yield key
