"""Schema masking: tools, and parameters on request, go by generic names (ToolWeave, 3.4)."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from toolweave.checks.leaks import is_inner
from toolweave.checks.masks import MASKING, Mask, mask_of
from toolweave.checks.renaming import Renaming, is_error, renamed
from toolweave.checks.result_forms import read
from toolweave.core.binding import ToolOutputBinding
from toolweave.core.dialogue import Dialogue, Message
from toolweave.core.model import JsonValue
from toolweave.refinement.edit import Guised, Unfit

_GENERIC: Final = re.compile(r"\b(?:func|param)_\d")


class SchemaMasking:
    """Calls the tools of a dialogue ``func_01``, ``func_02``, … wherever they are named.

    ``parameters`` is how often their parameters are masked too, as ``param_01``, …
    """

    kind: Final = MASKING

    def __init__(self, parameters: float = 0.0) -> None:
        self.parameters = parameters

    def guised(self, dialogue: Dialogue, stream: random.Random) -> Guised | Unfit:
        """The dialogue under generic names."""
        deep = stream.random() < self.parameters
        if mask_of(dialogue) is not None:
            return Unfit("it is masked already")
        if _GENERIC.search(dialogue.model_dump_json()):
            return Unfit("names like func_01 occur in it already")
        mask = mask_for(dialogue, stream, parameters=deep)
        if reason := _hindrance(dialogue, mask):
            return Unfit(reason)
        return Guised(renamed(dialogue, Renaming(mask)), mask.detail())


def mask_for(dialogue: Dialogue, stream: random.Random, *, parameters: bool) -> Mask:
    """Generic names for all tools of a dialogue, numbered in no telling order."""
    tools = [shown.tool for shown in dialogue.tools]
    names = dict.fromkeys(tool.name for tool in tools)
    inputs: dict[str, None] = {}
    for tool in tools if parameters else ():
        inputs.update(dict.fromkeys(_properties(tool.parameters)))
    derived = tuple(tool.name for tool in tools if tool.effect is None)
    return Mask(_numbered("func", names, stream), _numbered("param", inputs, stream), derived)


def _numbered(prefix: str, names: Mapping[str, None], stream: random.Random) -> dict[str, str]:
    numbers = list(range(1, len(names) + 1))
    stream.shuffle(numbers)
    width = max(2, len(str(len(numbers))))
    return {
        name: f"{prefix}_{number:0{width}}" for name, number in zip(names, numbers, strict=True)
    }


def _properties(node: Any) -> Iterator[str]:
    """The names of all properties that a schema declares, at any depth."""
    if isinstance(node, list):
        for item in node:
            yield from _properties(item)
    if not isinstance(node, dict):
        return
    declared = node.get("properties")
    if isinstance(declared, dict):
        yield from declared
        for inner in declared.values():
            yield from _properties(inner)
    for key, value in node.items():
        if key not in ("properties", "default", "const", "enum", "examples"):
            yield from _properties(value)


def _hindrance(dialogue: Dialogue, mask: Mask) -> str:
    """Why masks would not hold everywhere; empty where they do."""
    named = [name for name in mask.tools if is_inner(name)]
    for message in dialogue.messages:
        if message.role == "tool" and _names(message, named):
            return "a result names a tool"
        for call in message.tool_calls:
            for path, source in call.sources.items():
                value = call.arguments.get(path.split(".")[0])
                bound = isinstance(source.binding, ToolOutputBinding)
                if bound and "." not in path and _keyed(value, mask.parameters):
                    return "an object passes from a result into an argument"
    return ""


def _names(message: Message, names: Sequence[str]) -> bool:
    """Whether a result that is no error holds one of the names."""
    if is_error(read(message.content, message.form)):
        return False
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message.content) for name in names)


def _keyed(value: JsonValue, names: Mapping[str, str]) -> bool:
    """Whether a value holds an object with a key that would be masked."""
    if isinstance(value, dict):
        return any(key in names or _keyed(item, names) for key, item in value.items())
    return isinstance(value, list) and any(_keyed(item, names) for item in value)
