"""Agreement: whether calls that a reader wrote from the requests are those of the dialogue.

References are compared by what they stand for in the dialogue, as DiGiT-TC substitutes them: two
outputs that hold one value make the same call.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from toolweave.checks.agreeing_values import agree
from toolweave.core.binding import ToolOutputBinding
from toolweave.core.dialogue import Dialogue
from toolweave.core.model import JsonValue
from toolweave.core.plan import PlannedCall
from toolweave.core.tool import Tool
from toolweave.planners.explicitness import latest_calls
from toolweave.schema.parts import covers, joined, parse
from toolweave.schema.paths import leaf_values, schema_at, values_at
from toolweave.schema.types import same

# "$5.00 back" is an amount, not a reference.
_REFERENCE: Final = re.compile(r"\$(\d{1,4})\.(?!\d+\b)(.+)")
_INDEX: Final = re.compile(r"\[\d*\]")


class Made(BaseModel):
    """One call as the reader writes it; references are texts such as ``$1.ticket_id``."""

    tool: str
    arguments: dict[str, Any] = {}


class _Happened(NamedTuple):
    """What the calls of a dialogue sent and got in their last attempts, and who was read as whom.

    ``places`` gives the number of the reader's call for each planned one, from 1.
    """

    sent: Mapping[str, Mapping[str, Any]]
    returned: Mapping[str, JsonValue]
    places: Mapping[str, int]

    def stands_for(self, given: JsonValue) -> list[JsonValue]:
        """The values that a reader's argument may be: its own, or those of what it refers to."""
        found = reference(given)
        if found is None:
            return [given]
        named = next((call for call, place in self.places.items() if place == found[0]), "")
        return values_at(self.returned.get(named), found[1])


def reference(value: object) -> tuple[int, str] | None:
    """``$2.tickets[0].id`` as the call's number and the path without places in lists."""
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return (int(found[1]), plain(found[2])) if found else None


def plain(path: str) -> str:
    """A path without places in lists."""
    return _INDEX.sub("[]", path)


def differences(dialogue: Dialogue, made: Sequence[Made]) -> Iterator[str]:
    """Where regenerated calls depart from the planned ones, in words."""
    planned = [call for segment in dialogue.plan.segments for call in latest_calls(segment)]
    happened = _happened(dialogue, _paired(planned, made))
    for call in planned:
        if call.id not in happened.places:
            yield f"the call of {call.tool} was not found in the requests"
    for place, one in enumerate(made, 1):
        if place not in happened.places.values():
            yield f"a call of {one.tool} was found that is not planned"
    for call in planned:
        if call.id in happened.places:
            read, tool = made[happened.places[call.id] - 1], dialogue.tool(call.tool)
            yield from _departures(call, read, happened, tool)
            yield from _extras(call, read, tool)


def _paired(planned: Sequence[PlannedCall], made: Sequence[Made]) -> dict[str, int]:
    """The number of the regenerated call for each planned one: of one tool, in their order."""
    free = list(enumerate(made, 1))
    places: dict[str, int] = {}
    for call in planned:
        found = next((one for one in free if one[1].tool == call.tool), None)
        if found is not None:
            places[call.id] = found[0]
            free.remove(found)
    return places


def _happened(dialogue: Dialogue, places: Mapping[str, int]) -> _Happened:
    sent: dict[str, Mapping[str, Any]] = {}
    returned: dict[str, JsonValue] = {}
    calls: dict[str, str] = {}
    for message in dialogue.messages:
        for call in message.tool_calls:
            sent[call.call], calls[call.id] = call.arguments, call.call
        if message.role == "tool":
            returned[calls.get(message.tool_call_id, "")] = json.loads(message.content)
    return _Happened(sent, returned, places)


def _departures(
    call: PlannedCall, read: Made, happened: _Happened, tool: Tool | None
) -> Iterator[str]:
    """Planned arguments that were read as something else."""
    for path, binding in call.arguments.items():
        schema = _declared(tool, path)
        default = schema.get("default")
        given = (values_at(read.arguments, path) or [read.arguments.get(path, default)])[0]
        wanted = ""
        if isinstance(binding, ToolOutputBinding):
            place = happened.places.get(binding.call)
            if place is not None and reference(given) == (place, plain(binding.path)):
                continue
            wanted = f"${place or '?'}.{binding.path}"
        value = values_at(dict(happened.sent[call.id]), path)
        if value and not any(agree(value[0], one, schema) for one in happened.stands_for(given)):
            yield f"{call.tool}.{path} was read as {given!r:.60}, not {wanted or value[0]!r:.60}"


def _extras(call: PlannedCall, read: Made, tool: Tool | None) -> Iterator[str]:
    """Arguments that were read though nothing is planned for them, other than defaults."""
    planned = [parse(path) for path in call.arguments]
    for name, value in read.arguments.items():
        here = joined("", name)
        known = any(one[:1] == parse(here) for one in planned)
        for path, extra in leaf_values(value, here) if known else [(here, value)]:
            wanted = any(covers(one, parse(path)) for one in planned)
            if not wanted and not same(extra, _declared(tool, path).get("default")):
                yield f"{call.tool}.{path} was read as {extra!r:.60}, but nothing is planned"


def _declared(tool: Tool | None, path: str) -> Mapping[str, Any]:
    """What a tool declares of the value at a path of its arguments."""
    schema = schema_at(tool.parameters, path) if tool is not None else None
    return schema if isinstance(schema, Mapping) else {}
