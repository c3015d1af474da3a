"""OpenAI fine-tuning: JSON lines of messages, tools and weights."""

import re
from typing import Final

from toolweave.core.dialogue import Message
from toolweave.core.model import JsonObject
from toolweave.export.chat import as_text, chat_message, chat_tools
from toolweave.export.conversation import LATE_NOTE, Conversation, training_refusal
from toolweave.export.exporter import BOTH, Order, Part, Taken
from toolweave.export.lines import Lines
from toolweave.export.refusal import Refused
from toolweave.export.usage import usage

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_ID: Final = 40


class OpenAI:
    """One row per dialogue: ``messages``, ``tools`` and ``parallel_tool_calls``."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.lines = Lines(order.folder)
        self.files = self.lines.files
        self.usage = usage("openai")
        self.parts = BOTH

    def add(self, conversation: Conversation, part: Part) -> Taken | Refused:
        """Write the dialogue, unless a name or the order of its messages is not allowed."""
        refused = _refusal(conversation) or training_refusal(
            conversation, single_calls=self.order.single_calls
        )
        if refused:
            return refused
        row: JsonObject = {"messages": [_message(m) for m in conversation.messages()]}
        if conversation.tools:
            row["tools"] = chat_tools(conversation.tools)
            row["parallel_tool_calls"] = conversation.parallel
        self.lines.add(part, row)
        return Taken(notes=(LATE_NOTE,) if conversation.late else ())

    def finish(self) -> None:
        """Nothing describes the rows but themselves."""

    def close(self) -> None:
        """Close the files."""
        self.lines.close()


def _refusal(conversation: Conversation) -> Refused | None:
    dialogue = conversation.dialogue
    called = list(conversation.calls())
    names = {shown.tool.name for shown in dialogue.tools} | {call.name for call in called}
    for name in sorted(names):
        if not _NAME.fullmatch(name):
            problem = f"the tool name {name!r} is not 1 to 64 letters, digits, _ and -"
            return Refused("tool_name", problem)
    if any(len(call.id) > _LONGEST_ID for call in called):
        return Refused("call_id", f"the id of a call is longer than {_LONGEST_ID} characters")
    if conversation.spoken[-1].message.role != "assistant":
        return Refused("open_end", "the last message is not the assistant's")
    if conversation.spoken[-1].results:
        return Refused("open_end", "the assistant does not answer the last results")
    return None


def _message(message: Message) -> JsonObject:
    chat = chat_message(message, as_text)
    # The upload refuses keys that its form does not know.
    chat.pop("name", None)
    if message.role == "assistant":
        chat["weight"] = int(message.train)
    return chat
