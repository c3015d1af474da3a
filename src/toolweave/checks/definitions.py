"""How a message spells out a tool that it brings, and what is left of it besides."""

from collections.abc import Iterable

from toolweave.core.model import JsonObject
from toolweave.core.tool import Tool
from toolweave.schema.types import json_bytes


def function(tool: Tool) -> JsonObject:
    """A tool's name, description and parameters, as models are shown them."""
    parameters = tool.parameters
    if not isinstance(parameters.get("properties"), dict):
        parameters = {"type": "object", **parameters, "properties": {}}
    return {"name": tool.name, "description": tool.description, "parameters": parameters}


def definition(tool: Tool) -> str:
    """The tool as one line of JSON."""
    return json_bytes(function(tool)).decode()


def besides(text: str, tools: Iterable[Tool]) -> str:
    """The text without the definitions of these tools, which no person words."""
    for tool in tools:
        text = text.replace(definition(tool), "")
    return text.rstrip()
