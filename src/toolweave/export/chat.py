"""OpenAI chat messages and tools, in the variants that consumers ask for."""

from collections.abc import Callable, Iterable
from typing import Any

from toolweave.checks.definitions import function
from toolweave.core.dialogue import Message
from toolweave.core.model import JsonObject
from toolweave.core.tool import Tool
from toolweave.schema.types import json_bytes


def as_object(arguments: JsonObject) -> Any:
    """Arguments as chat templates want them."""
    return arguments


def as_text(arguments: JsonObject) -> Any:
    """Arguments as JSON text."""
    return json_bytes(arguments).decode()


def chat_message(message: Message, arguments: Callable[[JsonObject], Any]) -> JsonObject:
    """A message of the chat protocol. ``content`` is always text: templates fail on null.

    A result carries the name of its tool beside the id of the call: templates use one or the other.
    """
    chat: JsonObject = {"role": message.role, "content": message.content}
    if message.tool_calls:
        chat["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": arguments(call.arguments)},
            }
            for call in message.tool_calls
        ]
    if message.role == "tool":
        chat["tool_call_id"] = message.tool_call_id
        chat["name"] = message.name
    return chat


def chat_tools(tools: Iterable[Tool]) -> list[JsonObject]:
    """Tools of the chat protocol; each has a description, without which templates fail."""
    return [{"type": "function", "function": function(tool)} for tool in tools]
