"""Lexicons: loading them, and choosing the one that fits a toolset nobody named one for."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from toolweave.checks.words import Words, split_name
from toolweave.configs.shipping import shipped, shipped_names
from toolweave.core.errors import InputError
from toolweave.core.lexicon import Lexicon
from toolweave.core.tool import Tool
from toolweave.drafting.lexicon import draft
from toolweave.schema.declared import leaves
from toolweave.schema.documents import read_document
from toolweave.schema.records import build

GENERAL: Final = "general"
# Below this share of a toolset's field names, a domain's words would sound out of place.
_ENOUGH: Final = 0.34


@lru_cache(maxsize=64)
def load_lexicon(name: str) -> Lexicon:
    """A lexicon by shipped name or by path.

    Raises:
        InputError: there is none, or the file is not a lexicon.
    """
    path = shipped("lexicons", name) or Path(name)
    if not path.is_file():
        known = ", ".join(shipped_names("lexicons"))
        raise InputError(f"no lexicon {name!r}", mend=f"shipped ones: {known}; or give a path")
    return build(Lexicon, read_document(path), file=str(path))


@lru_cache(maxsize=64)
def words(lexicon: str) -> Words:
    """The words of a lexicon over the general ones; the general ones alone for an empty name."""
    return Words(load_lexicon(lexicon) if lexicon else None, load_lexicon(GENERAL))


def words_for(tools: Sequence[Tool], lexicon: str) -> Words:
    """The words for these tools: those of the lexicon, and drafts for tools it does not know."""
    prepared = words(lexicon)
    unknown = tuple(tool for tool in tools if not prepared.prepared(tool.name))
    return _drafted(_Tools(unknown), lexicon) if unknown else prepared


class _Tools:
    """A cache key for tools, which are the same when they are the same objects."""

    def __init__(self, tools: tuple[Tool, ...]) -> None:
        self.tools = tools

    def __hash__(self) -> int:
        return hash(tuple(map(id, self.tools)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Tools) and list(map(id, self.tools)) == list(map(id, other.tools))


@lru_cache(maxsize=32)
def _drafted(unknown: _Tools, lexicon: str) -> Words:
    prepared = words(lexicon)
    unsigned = frozenset(tool.name for tool in unknown.tools if _names_currency(tool))
    return Words(prepared.domain, prepared.general, draft(unknown.tools), unsigned)


def _names_currency(tool: Tool) -> bool:
    """Whether a parameter or an output says what the tool's amounts are in."""
    found = (leaf for whole in (tool.parameters, tool.results) for leaf in leaves(whole))
    return any("currency" in split_name(leaf.path) for leaf in found)


def lexicon_for(tools: Iterable[Tool], named: str = "", domain: str = "") -> str:
    """The name of the lexicon that words these tools: the named one, the domain's, the best fit.

    The best fit is the shipped lexicon that knows most of the tools' field names, if it knows
    enough of them; an empty name stands for the general words alone.
    """
    if named:
        return named
    if domain and domain != GENERAL and shipped("lexicons", domain):
        return domain
    names = _field_names(tools)
    if not names:
        return ""
    scores = {name: _known(name, names) for name in shipped_names("lexicons") if name != GENERAL}
    best = max(sorted(scores), key=lambda name: scores[name], default="")
    return best if best and scores[best] >= _ENOUGH else ""


def _field_names(tools: Iterable[Tool]) -> frozenset[str]:
    names: set[str] = set()
    for tool in tools:
        names.add("_".join(split_name(tool.name)))
        properties = tool.parameters.get("properties")
        if isinstance(properties, dict):
            names.update(properties)
    return frozenset(names)


def _known(lexicon: str, names: frozenset[str]) -> float:
    loaded = load_lexicon(lexicon)
    known = set(loaded.fields) | set(loaded.tools)
    return len(names & known) / len(names)
