"""Whether a candidate is a tool the pool already has: by name, by structure, by meaning."""

from collections.abc import Callable, Sequence
from typing import Final

from rapidfuzz import fuzz

from toolweave.checks.effects import effect_of
from toolweave.checks.inflection import singular
from toolweave.checks.naming import STOP_WORDS, words
from toolweave.core.tool import Tool
from toolweave.schema.paths import Key, leaves, parse

Similarity = Callable[[str, str], float]
"""Says how alike two texts are, 0…1."""

# Verbs that promise the same; "search" and "get" do not: one finds many, the other reads one.
_SAME_VERB: Final[dict[str, str]] = {
    name: group[0]
    for group in (
        ("get", "fetch", "retrieve", "read", "show", "view", "load", "describe"),
        ("search", "find", "lookup", "query", "list", "browse"),
        ("create", "add", "new", "make", "register", "insert"),
        ("update", "modify", "change", "edit", "set"),
        ("delete", "remove", "drop"),
    )
    for name in group
}
# Words that add nothing to what a tool does: get_order_details is get_order.
_IDLE: Final = frozenset({"details", "detail", "info", "information", "data", "record", "records"})
_ALIKE: Final = 0.8
_HALF: Final = 0.5
_SAME_MEANING: Final = 0.95
_CLOSE_NAME: Final = 92.0


def duplicate_of(tool: Tool, pool: Sequence[Tool], similarity: Similarity) -> str:
    """Why the tool is a duplicate of one in the pool, or an empty string.

    Two tools are the same when their names say the same and they take and return the same, when
    they take and return the same by whatever name, or when their descriptions mean the same and
    they take and return much the same. Twins that differ in what they take or return are two tools.
    """
    for other in pool:
        if tool.name == other.name:
            return f"the pool has a tool {other.name!r}"
    for other in pool:
        if how := _alike(tool, other, similarity):
            return f"duplicates {other.name!r}: {how}"
    return ""


def _alike(tool: Tool, other: Tool, similarity: Similarity) -> str:
    mine, theirs = effect_of(tool), effect_of(other)
    if mine.kind != theirs.kind:
        return ""
    taken = _jaccard(_names(tool.parameters), _names(other.parameters))
    given = _jaccard(_names(tool.results), _names(other.results))
    said, told = _said(tool), _said(other)
    if said == told and min(taken, given) >= _HALF:
        return "the names say the same"
    if fuzz.ratio(" ".join(said), " ".join(told)) >= _CLOSE_NAME and min(taken, given) >= _ALIKE:
        return "nearly the same name, parameters and results"
    if taken == 1.0 and given == 1.0 and mine.kind == "read":
        return "the same parameters and results"
    if min(taken, given) >= _HALF and taken + given >= 2 * _ALIKE:
        meaning = similarity(tool.description, other.description)
        if meaning >= _SAME_MEANING:
            return "the descriptions mean the same"
    return ""


def _said(tool: Tool) -> tuple[str, ...]:
    """The words of a tool's name without idle ones, verbs that promise the same made equal."""
    kept = [word for word in words(tool.name) if word not in _IDLE and word not in STOP_WORDS]
    return tuple(
        _SAME_VERB.get(word, word) if index == 0 else singular(word)
        for index, word in enumerate(kept)
    )


def _names(schema: object) -> frozenset[str]:
    if not isinstance(schema, dict):
        return frozenset()
    found = set()
    for leaf in leaves(schema):
        keys = [part.name for part in parse(leaf.path) if isinstance(part, Key)]
        found.add(keys[-1] if keys else "")
    return frozenset(found)


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right) if left | right else 1.0
