"""Deeds that an assistant says were done although the tool that does them was never called."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from toolweave.checks.effects import VERBS, effect_of
from toolweave.checks.naming import words
from toolweave.checks.words_en import stem
from toolweave.core.finding import Finding
from toolweave.core.tool import Tool
from toolweave.evaluation.heard import HeardCall
from toolweave.schema.types import properties_of

# "three checked bags have been added": the noun before, the verb behind. It is looked for at the
# beginnings of words alone: at every letter, a word of 100,000 letters would take a minute.
_SAID: Final = re.compile(
    r"(?<![^\W\d_])([^\W\d_]+)\s+(?:has|have)\s+(?:(?:now|also|just|already)\s+)?been\s+(?:[a-z]+ly\s+)?([a-z]+ed)\b",
    re.IGNORECASE,
)
_WRITING: Final = frozenset(stem(verb) for verb, kind in VERBS.items() if kind != "read")
# "bags" are "baggage": one word may be the beginning of the other.
_SHORTEST: Final = 3


class Deeds:
    """What tools can do, and which of it was done so far.

    Nothing is objected to where any tool that was called with success names the thing or the verb,
    or where somebody else spoke of it in the same words: only a deed that one tool alone stands
    for, and that tool never called, is surely not done.
    """

    def __init__(self, tools: Sequence[Tool]) -> None:
        self._writing = {
            tool.name: _stems(tool.name) for tool in tools if effect_of(tool).kind != "read"
        }
        self._parameters = {
            tool.name: [stem(word) for name in properties_of(tool.parameters)
                        for word in words(name)]
            for tool in tools
        }  # fmt: skip
        self._done: set[str] = set()
        self._told: list[str] = []

    def done(self, call: HeardCall | None) -> None:
        """A call succeeded."""
        if call is not None:
            self._done.add(call.name)

    def told(self, text: str) -> None:
        """A user, the system or a tool says this."""
        self._told.append(" ".join(text.lower().split()))

    def findings(self, text: str, index: int) -> Iterator[Finding]:
        """Warnings about deeds that the assistant claims in a text and nobody did."""
        for said in _SAID.finditer(text):
            noun, verb = stem(said[1].lower()), stem(said[2].lower())
            undone = self._undone(noun, verb)
            claim = " ".join(said.group().split())
            if undone and not any(claim.lower() in told for told in self._told):
                yield Finding(
                    code="undone_deed",
                    severity="warning",
                    problem=f"says {claim!r}, but no call of {' or '.join(undone)} did so",
                    message=index,
                    value=claim,
                )

    def _undone(self, noun: str, verb: str) -> list[str]:
        """The tools that would have done it, where none that was called may have."""
        if verb not in _WRITING:
            return []
        for name in self._done & self._writing.keys():
            held = self._writing[name]
            if verb in held or any(_same(noun, word) for word in self._parameters[name]):
                return []
            if any(_same(noun, word) for word in held):
                return []
        return [
            name
            for name, held in self._writing.items()
            if name not in self._done and any(_same(noun, word) for word in held)
        ]


def _stems(name: str) -> list[str]:
    return [stem(word) for word in words(name)]


def _same(noun: str, word: str) -> bool:
    short, long = sorted((noun, word), key=len)
    return len(short) >= _SHORTEST and long.startswith(short)
