"""What the calls of a finished dialogue sent, and in which of the user's words."""

import copy
from dataclasses import dataclass, field

from toolweave.core.dialogue import Dialogue
from toolweave.core.model import JsonObject, JsonValue
from toolweave.schema.paths import values_at
from toolweave.schema.types import same


@dataclass(frozen=True, slots=True)
class Sent:
    """The arguments of a call, by parameter path, and the user's own words for them."""

    arguments: JsonObject
    values: dict[str, JsonValue] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def copied(self) -> JsonObject:
        """The arguments, free to be changed."""
        return copy.deepcopy(self.arguments)


def missed(dialogue: Dialogue, meant: JsonObject) -> bool:
    """Whether a dialogue sends other values than are meant, by argument."""
    known = sent(dialogue)
    for name, value in meant.items():
        call, _, path = name.partition(".")
        if call not in known or not same(known[call].values.get(path), value):
            return True
    return False


def sent(dialogue: Dialogue) -> dict[str, Sent]:
    """What each planned call sent at its last attempt."""
    found: dict[str, Sent] = {}
    for message in dialogue.messages:
        for call in message.tool_calls:
            made = found[call.call] = Sent(call.arguments)
            for path, source in call.sources.items():
                values = values_at(call.arguments, path) if "[]" not in path else []
                if values:
                    made.values[path] = values[0]
                told = source.mention
                if told is not None:
                    text = dialogue.messages[told.message].content
                    made.said[path] = text[told.start : told.end]
    return found
