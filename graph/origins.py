"""Where an argument comes from, in words."""

import json
from collections.abc import Mapping
from typing import Final

from toolweave.core.binding import (
    Binding,
    ContextBinding,
    DefaultBinding,
    Selector,
    ToolOutputBinding,
    UserBinding,
)
from toolweave.core.plan import Plan
from toolweave.core.tool import Tool
from toolweave.schema.paths import schema_at

_CONTEXT: Final[Mapping[str, str]] = {
    "now": "the present moment",
    "today": "today's date",
    "locale": "the session's language",
    "currency": "the session's currency",
    "timezone": "the session's time zone",
}
_LONGEST: Final = 40


def origin(binding: Binding, plan: Plan, tool: Tool | None = None, path: str = "") -> str:
    """The source of one argument, as a plan states it.

    Args:
        binding: the argument's binding.
        plan: names the tool behind a call's id.
        tool, path: the tool that is called and the parameter, where its default is to be shown.
    """
    if isinstance(binding, UserBinding):
        return "the user"
    if isinstance(binding, ToolOutputBinding):
        source = plan.call(binding.call)
        named = source.tool if source else f"{binding.call}, which no step calls"
        return f"{_output(binding.path, binding.select)} of {named}"
    if isinstance(binding, DefaultBinding):
        return f"its default{_default(tool, path)}"
    return context_words(binding)


def context_words(binding: ContextBinding) -> str:
    """A fact of the session in words."""
    return _CONTEXT[binding.key]


def _output(path: str, select: Selector) -> str:
    if "[]" not in path and "[" not in path:
        return path
    if select.kind == "all":
        return f"every {path}"
    if select.kind == "index":
        return f"{path} number {select.index + 1}"
    if select.kind in ("min", "max"):
        word = "lowest" if select.kind == "min" else "highest"
        return f"{path} with the {word} {select.by or 'value'}"
    if select.kind == "match":
        return f"{path} where {select.by or 'it'} is {_short(select.value)}"
    return f"the {select.kind} {path}"


def _default(tool: Tool | None, path: str) -> str:
    found = schema_at(tool.parameters, path) if tool and path else None
    if not isinstance(found, Mapping) or "default" not in found:
        return ""
    return f" ({_short(found['default'])})"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
