"""Ties: which place in a dialogue each argument and each statement came from."""

from collections.abc import Iterator
from typing import NamedTuple

from toolweave.core.binding import ContextBinding, ToolOutputBinding, UserBinding
from toolweave.core.dialogue import ArgumentSource, Dialogue, Message, ToolCall
from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonValue
from toolweave.schema.parts import Part, parse
from toolweave.schema.paths import values_at


class Tie(NamedTuple):
    """One value and where it came from.

    ``takes`` is the message that takes it: at the argument ``path`` of call number ``call`` in it,
    or in ``content[start:end]`` where an assistant states it. ``gives`` is the message that gives
    it: in ``content[said[0]:said[1]]``, in what lies at ``output`` of its result, or as a whole.
    ``values`` are those that can be meant at an output with several places.
    """

    id: str
    takes: int
    gives: int
    call: int = -1
    path: str = ""
    start: int = -1
    end: int = -1
    said: tuple[int, int] | None = None
    output: tuple[Part, ...] | None = None
    values: tuple[JsonValue, ...] = ()


def ties_of(dialogue: Dialogue) -> list[Tie]:
    """The ties of all arguments with a source, and of what assistants state out of results."""
    results: dict[str, int] = {}
    answered: dict[str, str] = {}
    found: list[Tie] = []
    for at, message in enumerate(dialogue.messages):
        for place, call in enumerate(message.tool_calls):
            answered[call.id] = call.call
            found.extend(_arguments(dialogue, at, place, call, results))
        if message.role == "tool" and answered.get(message.tool_call_id):
            # A later attempt takes the place of an earlier one.
            results[answered[message.tool_call_id]] = at
        if message.role == "assistant":
            found.extend(_statements(at, message, results))
    return [tie._replace(id=f"t{number}") for number, tie in enumerate(found)]


def _arguments(
    dialogue: Dialogue, at: int, place: int, call: ToolCall, results: dict[str, int]
) -> Iterator[Tie]:
    for path, source in call.sources.items():
        tie = _tie(dialogue, source, Tie("", at, -1, place, path), results)
        if tie is not None:
            yield tie._replace(values=_sent(call, path)) if tie.output else tie


def _tie(
    dialogue: Dialogue, source: ArgumentSource, tie: Tie, results: dict[str, int]
) -> Tie | None:
    bound, said = source.binding, source.mention
    if isinstance(bound, UserBinding) and said is not None:
        if not 0 <= said.message < len(dialogue.messages):
            return None
        return tie._replace(gives=said.message, said=(said.start, said.end))
    if isinstance(bound, ToolOutputBinding) and bound.call in results:
        return tie._replace(gives=results[bound.call], output=_parts(bound.path))
    if isinstance(bound, ContextBinding):
        clock = next((n for n, m in enumerate(dialogue.messages) if m.role == "system"), None)
        return None if clock is None else tie._replace(gives=clock)
    return None


def _statements(at: int, message: Message, results: dict[str, int]) -> Iterator[Tie]:
    for state in message.states:
        call, _, path = state.ref.partition(".")
        if call in results:
            said = message.content[state.start : state.end]
            yield Tie(
                "", at, results[call], start=state.start, end=state.end,
                output=_parts(path), values=(said,),
            )  # fmt: skip


def _sent(call: ToolCall, path: str) -> tuple[JsonValue, ...]:
    try:
        found = values_at(call.arguments, path)
    except SchemaError:
        return ()
    return tuple(v for one in found for v in (one if isinstance(one, list) else [one]))


def _parts(path: str) -> tuple[Part, ...] | None:
    try:
        return parse(path)
    except SchemaError:
        return None
