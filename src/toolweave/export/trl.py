"""TRL: conversational rows whose arguments are objects, for any chat template."""

from collections.abc import Iterator, Sequence
from typing import Final

import orjson

from toolweave.core.dialogue import Message
from toolweave.core.model import JsonObject
from toolweave.export.chat import as_object, chat_message, chat_tools
from toolweave.export.conversation import Conversation, notes, training_refusal
from toolweave.export.exporter import BOTH, Order, Part, Taken
from toolweave.export.lines import Lines
from toolweave.export.refusal import Refused
from toolweave.export.usage import usage

MASKED: Final = "masked"


class Trl:
    """``messages`` and ``tools``; prompts and completions where a message is not to be learnt."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.lines = Lines(order.folder)
        self.files = self.lines.files
        self.usage = usage("trl")
        self.parts = BOTH

    def add(self, conversation: Conversation, part: Part) -> Taken | Refused:
        """Write the dialogue: one row, or one per stretch that is learnt."""
        if refused := training_refusal(conversation, single_calls=self.order.single_calls):
            return refused
        tools = chat_tools(conversation.tools)
        if _beyond(tools) or any(_beyond(c.arguments) for c in conversation.calls()):
            return Refused("big_number", "a whole number of more than 64 bits stops the loader")
        if not conversation.masked:
            row = {"messages": _chat(list(conversation.messages())), "tools": tools}
            self.lines.add(part, row)
            return Taken(notes=notes(conversation))
        rows = 0
        for prompt, completion in _stretches(list(conversation.messages())):
            row = {"prompt": _chat(prompt), "completion": _chat(completion), "tools": tools}
            self.lines.add(part, row, MASKED)
            rows += 1
        return Taken(rows, notes(conversation))

    def finish(self) -> None:
        """Nothing describes the rows but themselves."""

    def close(self) -> None:
        """Close the files."""
        self.lines.close()


def _chat(messages: Sequence[Message]) -> list[JsonObject]:
    return [chat_message(message, as_object) for message in messages]


def _beyond(data: object) -> bool:
    """Whether data holds whole numbers that orjson, like the loader of rows, does not take."""
    try:
        orjson.dumps(data)
    except TypeError:
        return True
    return False


def _stretches(messages: Sequence[Message]) -> Iterator[tuple[Sequence[Message], list[Message]]]:
    """What comes before, and from the first to the last learnt message before one that is not."""
    first: int | None = None
    last = 0
    for at, message in enumerate(messages):
        if message.role != "assistant":
            continue
        if message.train:
            first = at if first is None else first
            last = at
        elif first is not None:
            yield messages[:first], list(messages[first : last + 1])
            first = None
    if first is not None:
        yield messages[:first], list(messages[first : last + 1])
