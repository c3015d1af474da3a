"""Whole numbers so small that they stand everywhere by chance: who gave them, and of what."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from toolweave.checks.matching import find
from toolweave.checks.words_en import split_words, stem
from toolweave.core.model import JsonValue
from toolweave.evaluation.transcript import NO_CLOCK
from toolweave.schema.types import Schema

SMALLEST: Final = 2
LARGEST: Final = 24
_NUMBER: Final = re.compile(r"(?<![\d.])\d{1,2}(?![\d]|\.\d)")
_LIST_MARK: Final = re.compile(r"(?m)^\s*\d{1,3}[.)]\s")
_OF_DATES: Final = frozenset(stem(w) for w in ("day", "month", "date", "hour", "time", "week"))


class SmallNumbers:
    """Evidence for whole numbers from 2 to 24.

    A policy that speaks of three free bags, or a result with three seats left, does not say how
    many bags a person has. So a number counts as given where a user says it, or where a result
    gives it under a name that shares a word with the parameter's, or holds so many of such things.
    """

    def __init__(self) -> None:
        self._told: set[int] = set()
        self._texts: list[str] = []
        self._fields: dict[int, set[str]] = {}
        self._nameless: set[int] = set()

    def told(self, text: str) -> None:
        """A user says this, or a tool in a sentence. The numbers of a list are no statement."""
        plain = _LIST_MARK.sub(" ", text)
        self._told |= {int(number) for number in _NUMBER.findall(plain)}
        self._texts.append(plain)

    def returned(self, result: JsonValue) -> None:
        """A tool returns this."""
        stack: list[tuple[JsonValue, frozenset[str]]] = [(result, frozenset())]
        while stack:
            item, named = stack.pop()
            if isinstance(item, dict):
                stack += [(part, _stems(name)) for name, part in item.items()]
            elif isinstance(item, list):
                self._note(len(item), named)
                stack += [(part, named) for part in item]
            elif isinstance(item, str):
                self._note_text(item, named)
            elif isinstance(item, int | float) and not isinstance(item, bool):
                self._note_number(item, named)

    def gives(self, value: int, path: str, schema: Schema, days: Iterable[date]) -> bool:
        """Whether the value of the parameter at ``path`` was given, small as it is."""
        named = _stems(path)
        if value in self._told or value in self._nameless or named & self._fields.get(value, set()):
            return True
        if named & _OF_DATES and any(value in (day.day, day.month) for day in days):
            return True
        return any(find(text, value, schema, now=NO_CLOCK) is not None for text in self._texts)

    def _note(self, number: int, named: frozenset[str]) -> None:
        if SMALLEST <= number <= LARGEST:
            self._fields.setdefault(number, set()).update(named)

    def _note_number(self, number: float, named: frozenset[str]) -> None:
        if SMALLEST <= number <= LARGEST and number == int(number):
            if named:
                self._note(int(number), named)
            else:
                self._nameless.add(int(number))

    def _note_text(self, text: str, named: frozenset[str]) -> None:
        if " " in text.strip():
            self.told(text)
        elif text.isdecimal() and len(text) <= len(str(LARGEST)):
            self._note(int(text), named)


def _stems(path: str) -> frozenset[str]:
    return frozenset(stem(word) for word in split_words(path.replace(".", " ")).lower().split())
