"""Tools that nobody asks for: what records thoughts, what demonstrates, what is on its way out."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from toolweave.checks.effects import signs
from toolweave.checks.naming import words
from toolweave.core.tool import Tool

# What an agent does in its own head.
_THINKING: Final = frozenset({"think", "reflect", "ponder", "scratchpad", "plan", "reason"})
_THOUGHTS: Final = frozenset(
    {"thought", "thoughts", "reasoning", "plan", "reflection", "thinking", "scratchpad"}
)
_TRYING: Final = re.compile(
    r"\b(?:for|helps? with|used (?:for|in)) (?:debugging|testing|demonstration|demo)"
    r"|\bdemonstrat(?:es|ing|ion)\b|\bechoe?s? (?:back|the input|its input)|\bdoes nothing\b"
    r"|\bno-op\b|\b(?:dummy|test|sample|demo) tool\b|\btoggles? simulated\b|\bsimulates? an?\b"
    r"|append the thought|health ?check|\bping(?:s|ing)? the server",
    re.IGNORECASE,
)
_LEAVING: Final = re.compile(
    r"\bDEPRECATED\b|^deprecated\b|\b(?:is|are|was|has been) (?:now )?deprecated\b"
)


THINKS: Final = "nobody asks for this: it only records what the assistant thinks"
TRIES: Final = "nobody asks for this: it is there for testing or demonstration"
LEAVES: Final = "it is deprecated"


def idle_tools(tools: Iterable[Tool]) -> Mapping[str, str]:
    """The tools that no goal should hold, each with the reason.

    Where hardly anything else would remain, only what thinks aloud is left out.
    """
    every = list(tools)
    found = {tool.name: reason for tool in every if (reason := why_idle(tool))}
    if len(found) * 4 > len(every) * 3:
        return {name: reason for name, reason in found.items() if reason == THINKS}
    return found


def why_idle(tool: Tool) -> str:
    """Why nobody would ask for a tool; empty where somebody may."""
    found = words(tool.name)
    taken = tool.parameters.get("properties", {})
    named = (
        {word for name in taken for word in words(name)} if isinstance(taken, Mapping) else set()
    )
    if set(found) & _THINKING and named and len(taken) == 1 and named <= _THOUGHTS:
        return THINKS
    if found in (("think",), ("sequentialthinking",), ("sequential", "thinking")):
        return THINKS
    if found in (("echo",), ("ping",), ("noop",)) or _TRYING.search(tool.description[:600]):
        return TRIES
    notes = tool.origin.notes if tool.origin is not None else ()
    return LEAVES if "deprecated" in notes or _LEAVING.search(tool.description[:600]) else ""


def only_signs(tools: Iterable[str]) -> bool:
    """Whether tools of these names do nothing but sign somebody in or out."""
    return all(signs(name) for name in tools)
