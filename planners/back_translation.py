"""Back-translation: a reader who sees only the requests and the tools writes the calls again.

DiGiT-TC keeps a request only where those calls agree with the planned ones.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, Field
from rapidfuzz import fuzz

from toolweave.core.binding import DefaultBinding, ToolOutputBinding
from toolweave.core.dialogue import Dialogue
from toolweave.core.plan import PlannedCall, UserRequest
from toolweave.core.tool import Tool
from toolweave.llm.generator import Generator
from toolweave.llm.task import Task, Unacceptable
from toolweave.planners.asking import PROMPTS
from toolweave.planners.explicitness import calls_of
from toolweave.schema.paths import leaves, schema_at, values_at
from toolweave.schema.types import same

_REFERENCE: Final = re.compile(r"\$(\d+)\.(.+)")
_INDEX: Final = re.compile(r"\[\d*\]")
# Texts of so many words may be quoted a little differently.
_PROSE: Final = 3
_ALIKE: Final = 80.0
_MOST_OUTPUTS: Final = 40


class Made(BaseModel):
    """One call as the reader writes it; references are texts such as ``$1.ticket_id``."""

    tool: str
    arguments: dict[str, Any] = {}


class MadeCalls(BaseModel):
    """All calls that the reader finds in the requests."""

    calls: list[Made] = Field(min_length=1)


@dataclass(frozen=True)
class Reading:
    """What the reader sees."""

    clock: str
    requests: tuple[str, ...]
    tools: tuple[Tool, ...]
    outputs: tuple[str, ...]


def reading(dialogue: Dialogue) -> Reading:
    """The requests and tools of a dialogue, without anything that the assistant did."""
    starts = {
        placed.number for placed in dialogue.plan.steps() if isinstance(placed.step, UserRequest)
    }
    tools = tuple(shown.tool for shown in dialogue.tools)
    return Reading(
        clock=dialogue.messages[0].content,
        requests=tuple(one.content for one in dialogue.messages if one.step in starts),
        tools=tools,
        outputs=tuple(
            ", ".join([leaf.path for leaf in leaves(tool.results)][:_MOST_OUTPUTS]) or "none"
            for tool in tools
        ),
    )


async def back_translated(dialogue: Dialogue, generator: Generator) -> list[str]:
    """Where the calls of a fresh reader differ from those of the dialogue; empty if they agree.

    Raises:
        GenerationError: the reader gives no acceptable answer.
    """
    seen = reading(dialogue)
    answer = await generator.generate(
        Task(
            name="back_translation",
            context=seen,
            result=MadeCalls,
            render=lambda context: PROMPTS.render("back_translation", c=context),
            accept=lambda answer: accept(answer, seen),
            key=(dialogue.seed, "back_translation", dialogue.id),
        )
    )
    return list(differences(dialogue, answer.calls))


def accept(answer: MadeCalls, seen: Reading) -> MadeCalls:
    """Calls of tools that are there, with their parameters, and references that lead somewhere."""
    problems = [
        problem
        for number, made in enumerate(answer.calls, 1)
        for problem in _problems(number, made, answer.calls, {one.name: one for one in seen.tools})
    ]
    if problems:
        raise Unacceptable(*problems)
    return answer


def _problems(
    number: int, made: Made, calls: Sequence[Made], tools: Mapping[str, Tool]
) -> Iterator[str]:
    tool = tools.get(made.tool)
    if tool is None:
        yield f"call {number}: there is no tool {made.tool[:60]!r}"
        return
    for name, value in made.arguments.items():
        if schema_at(tool.parameters, name) is None:
            yield f"call {number}: {made.tool} has no parameter {name[:60]!r}"
        reference = _reference(value)
        if reference is None:
            continue
        source, path = reference
        named = tools.get(calls[source - 1].tool) if 0 < source < number else None
        if named is None:
            yield f"call {number}: {value!r:.60} refers to no earlier call"
        elif path not in {_plain(leaf.path) for leaf in leaves(named.results)}:
            yield f"call {number}: {value!r:.60} is no output of {named.name}"


def differences(dialogue: Dialogue, made: Sequence[Made]) -> Iterator[str]:
    """Where regenerated calls depart from the planned ones, in words."""
    planned = [call for segment in dialogue.plan.segments for call in calls_of(segment)]
    places = _paired(planned, made)
    for call in planned:
        if call.id not in places:
            yield f"the call of {call.tool} was not found in the requests"
    for place, one in enumerate(made):
        if place not in places.values():
            yield f"a call of {one.tool} was found that is not planned"
    sent = _sent(dialogue)
    for call in planned:
        if call.id in places:
            tool = dialogue.tool(call.tool)
            yield from _departures(call, made[places[call.id]], sent[call.id], places, tool)


def _paired(planned: Sequence[PlannedCall], made: Sequence[Made]) -> dict[str, int]:
    """The place of the regenerated call for each planned one: of one tool, in their order."""
    free = list(range(len(made)))
    places: dict[str, int] = {}
    for call in planned:
        place = next((one for one in free if made[one].tool == call.tool), None)
        if place is not None:
            places[call.id] = place
            free.remove(place)
    return places


def _sent(dialogue: Dialogue) -> dict[str, Mapping[str, Any]]:
    """The arguments of each call in its last attempt."""
    return {
        call.call: call.arguments for message in dialogue.messages for call in message.tool_calls
    }


def _departures(
    call: PlannedCall,
    made: Made,
    sent: Mapping[str, Any],
    places: Mapping[str, int],
    tool: Tool | None,
) -> Iterator[str]:
    for path, binding in call.arguments.items():
        given = values_at(made.arguments, path) or [made.arguments.get(path)]
        if isinstance(binding, ToolOutputBinding):
            wanted = (places.get(binding.call, -1) + 1, _plain(binding.path))
            if _reference(given[0]) != wanted:
                yield f"{call.tool}.{path} was read as {given[0]!r:.60}, not as a result"
            continue
        value = values_at(dict(sent), path)
        left_out = given[0] is None and isinstance(binding, DefaultBinding)
        if value and not left_out and not _alike(value[0], given[0]):
            yield f"{call.tool}.{path} was read as {given[0]!r:.60}, not {value[0]!r:.60}"
    for path, given_value in made.arguments.items():
        schema = schema_at(tool.parameters, path) if tool is not None else None
        default = schema.get("default") if isinstance(schema, Mapping) else None
        inside = any(one == path or one.startswith(f"{path}.") for one in call.arguments)
        if not inside and not same(given_value, default):
            yield f"{call.tool}.{path} was read as {given_value!r:.60}, but nothing is planned"


def _alike(value: object, given: object) -> bool:
    """Whether two values mean the same: numbers by size, texts but for case, prose nearly."""
    if same(value, given):
        return True
    left, right = (
        " ".join(str(one).casefold().split()).strip(" .,!?\"'") for one in (value, given)
    )
    if left == right:
        return True
    return left.count(" ") >= _PROSE and fuzz.ratio(left, right) >= _ALIKE


def _reference(value: object) -> tuple[int, str] | None:
    """``$2.tickets[0].id`` as the call's number and the path without places in lists."""
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return (int(found[1]), _plain(found[2])) if found else None


def _plain(path: str) -> str:
    return _INDEX.sub("[]", path)
