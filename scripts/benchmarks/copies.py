"""Many tools out of the shipped ones: whole toolsets copied, each copy with things of its own."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from toolweave.checks.effects import effect_of, identified
from toolweave.checks.inflection import singular
from toolweave.checks.naming import PERSON, words
from toolweave.configs.shipping import shipped, shipped_names
from toolweave.core.model import FORMAT_VERSION, JsonObject, JsonValue
from toolweave.core.tool import Tool, Toolset
from toolweave.schema.paths import leaves
from toolweave.toolgraph.readers import load_tools

_WORD: Final = re.compile(r"[A-Za-z]+")
_KEYWORDS: Final = frozenset({"items", "properties", "default", "format", "enum", "const"})
_ONSETS: Final = (
    *("b", "br", "d", "dr", "f", "fl", "g", "gr", "k", "kl", "l", "m", "n", "p", "pl"),
    *("r", "s", "st", "t", "tr", "v", "z"),
)
_VOWELS: Final = ("a", "e", "i", "o", "u", "ai", "ou")
_CODAS: Final = ("n", "m", "r", "l", "s", "t", "k", "x", "nd", "rk", "lt", "mp")
# Words that schemas are written with, and those that stand for nothing in particular.
_KEPT: Final = frozenset(
    {PERSON, "thing", "type", "number", "string", "required", "description", "items", "object"}
)


def copies(count: int) -> Toolset:
    """``count`` tools: copies of all shipped toolsets, their entities renamed from copy to copy."""
    sets = [_shipped(name) for name in shipped_names("tools")]
    return Toolset(version=FORMAT_VERSION, name="copies", tools=tuple(_taken(sets, count)))


def _taken(sets: Sequence[Toolset], count: int) -> Iterator[Tool]:
    made = 0
    number = 0
    while made < count:
        for toolset in sets:
            # A set is taken whole: half a set has links that lead nowhere.
            for tool in _copy(toolset, number):
                if made == count:
                    return
                made += 1
                yield tool
        number += 1


def _shipped(name: str) -> Toolset:
    path = shipped("tools", name)
    assert path is not None
    return load_tools(path)


def _copy(toolset: Toolset, number: int) -> Iterator[Tool]:
    """The toolset with every kind of thing that it deals with under another name."""
    draw = random.Random(f"{toolset.name} {number}")
    new = _Renaming({noun: _made_up(draw) for noun in sorted(_entities(toolset))})
    for tool in toolset.tools:
        entity = tool.effect and new.text(tool.effect.entity)
        yield Tool(
            name=f"{new.text(tool.name)}_{toolset.name[:3]}{number}",
            description=new.text(tool.description),
            parameters=new.schema(tool.parameters),
            results=new.schema(tool.results),
            effect=tool.effect and tool.effect.model_copy(update={"entity": entity}),
        )


class _Renaming:
    """Puts other nouns in the place of some, in the singular and the plural."""

    def __init__(self, nouns: Mapping[str, str]) -> None:
        self.nouns = nouns

    def text(self, text: str) -> str:
        """A text with its nouns renamed."""
        return _WORD.sub(self._word, text)

    def schema(self, held: JsonObject) -> JsonObject:
        """A schema with the nouns of its names and descriptions renamed."""
        found = self._value(held)
        assert isinstance(found, dict)
        return found

    def _word(self, match: "re.Match[str]") -> str:
        word = match.group().lower()
        for noun, ending in ((word, ""), (word.removesuffix("s"), "s"), (word[:-3] + "y", "s")):
            if noun in self.nouns:
                return self.nouns[noun] + ending
        return match.group()

    def _value(self, value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self._value(inner) for inner in value]
        if isinstance(value, dict):
            return {
                key if key in _KEYWORDS else self.text(key): self._value(inner)
                for key, inner in value.items()
            }
        return value


def _entities(toolset: Toolset) -> set[str]:
    """The words for the things that tools deal with and that identifiers stand behind."""
    found = {effect_of(tool).entity for tool in toolset.tools}
    for tool in toolset.tools:
        for leaf in (*leaves(tool.parameters), *leaves(tool.results)):
            name = leaf.path.replace("[]", "").rpartition(".")[2]
            if identified(name):
                found.add(singular(words(name)[-2]))
    return found - _KEPT


def _made_up(draw: random.Random) -> str:
    parts = [draw.choice(_ONSETS) + draw.choice(_VOWELS) for _ in range(2)]
    return "".join(parts) + draw.choice(_CODAS)
