"""Which calls of a dialogue made elsewhere consume outputs of an earlier call of their turn."""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from toolweave.checks.folding import fold, needle, places_of
from toolweave.checks.matching import as_decimal, find, leaves
from toolweave.core.model import JsonObject, JsonValue

# Shorter values, and whole numbers below this, agree by chance.
SHORTEST = 2
SMALL = 10
# A value inside a sentence of a result needs more than that.
SHORTEST_IN_TEXT = 3
# A calculation asked for in text, with two numbers at least; no date, and no range of pages.
_SUM = re.compile(r"[\s($]*\d[\d.,]*[\s)]*(?:\s[+\-*/]\s[\s($]*\d[\d.,]*[\s)]*){1,40}")
_TERM = re.compile(r"\d{1,12}(?:\.\d{1,6})?")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?")


class Consuming:
    """Values in the order in which they appear.

    There are no bindings, so values decide: a call consumes an output of its turn when one of its
    arguments equals a value of an earlier result of the same turn (or stands in a sentence of it),
    and nothing before that result gives it: no result or argument of an earlier call, and no user
    or system text in any human form. True, false, null, empty values, single characters and whole
    numbers below ten never count: they agree by chance. The numbers of a calculation that a call
    asks for in text count one by one; what else an assistant composes out of several outputs is
    not seen, so the share errs low.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._known: set[str] = set()
        self._known_texts: list[str] = []
        self._fresh: set[str] = set()
        self._fresh_texts: list[str] = []
        self._told: list[str] = []

    def turn(self) -> None:
        """A user speaks: what was returned before belongs to an earlier turn."""
        self._known |= self._fresh
        self._known_texts += self._fresh_texts
        self._fresh, self._fresh_texts = set(), []

    def told(self, text: str) -> None:
        """The user or the system says this."""
        if text.strip():
            self._told.append(text)

    def returned(self, result: JsonValue) -> None:
        """A tool returns this."""
        for value in _telling(result):
            self._fresh.add(_key(value))
            if isinstance(value, str) and " " in value:
                self._fresh_texts.append(fold(value).text)

    def called(self, arguments: JsonObject) -> bool:
        """A call is made; whether it consumes an output of this turn."""
        values = list(_telling(arguments))
        consumes = any(self._is_fresh(value) for value in values)
        self._known.update(_key(value) for value in values)
        return consumes

    def _is_fresh(self, value: str | int | float) -> bool:
        key = _key(value)
        if key in self._known:
            return False
        if key not in self._fresh and not _stands_in(key, self._fresh_texts):
            return False
        if _stands_in(key, self._known_texts):
            return False
        return all(find(text, value, True, now=self.now) is None for text in self._told)


def _stands_in(key: str, texts: list[str]) -> bool:
    return len(key) >= SHORTEST_IN_TEXT and any(places_of(text, key) for text in texts)


def _telling(value: JsonValue) -> Iterator[str | int | float]:
    """The scalars that are too particular to agree by chance."""
    for leaf in leaves(value, True):
        held = leaf.value
        if isinstance(held, str):
            if _SUM.fullmatch(held):
                yield from _terms(held)
            if len(held.strip()) >= SHORTEST and not _is_small(held.strip()):
                yield held
        elif isinstance(held, int | float) and not isinstance(held, bool):
            number = as_decimal(held)
            if number.is_finite() and (abs(number) >= SMALL or number != int(number)):
                yield held


def _terms(text: str) -> Iterator[float]:
    """The numbers of a calculation that is asked for in text: ``105 + 102``."""
    for term in _TERM.findall(text.replace(",", "")):
        if float(term) >= SMALL:
            yield float(term)


def _is_small(text: str) -> bool:
    return text.isdecimal() and len(text) < len(str(SMALL))


def _key(value: str | int | float) -> str:
    """Equal for equal values: "305" and 305.0, "John Doe" and "john doe"."""
    if isinstance(value, str):
        plain = value.strip()
        return _spelt(Decimal(plain)) if _NUMBER.fullmatch(plain) else needle(plain)
    return _spelt(as_decimal(value))


def _spelt(number: Decimal) -> str:
    return format(number.normalize(), "f") if abs(number.adjusted()) < 30 else str(number)
