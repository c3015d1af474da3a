"""Places in a text and what stands there: spans, readings and durations."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

ReadingKind = Literal[
    "number", "ordinal", "amount", "percent", "date", "month", "time", "datetime", "duration"
]


class Span(NamedTuple):
    """Half-open character range of a text."""

    start: int
    end: int


NOTHING_TO_SAY = Span(0, 0)
"""Where a value that needs no words (null, empty text, empty list) is "found"."""


class Placed(Protocol):
    """Anything that stands at a half-open character range of a text."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it has ended."""


def within(part: Placed, others: Iterable[Placed]) -> bool:
    """Whether one of the others covers the whole part."""
    return any(other.start <= part.start and part.end <= other.end for other in others)


class Duration(NamedTuple):
    """A length of time; calendar months are kept apart from seconds."""

    months: Decimal
    seconds: Decimal


ReadingValue = Decimal | date | time | datetime | Duration | str


class Reading(NamedTuple):
    """One value-like statement of a text.

    ``values`` lists every value it may mean: numbers as ``Decimal``; dates, times and date-times
    as naive objects of ``datetime``; lengths of time as ``Duration``; months as ``"YYYY-MM"``.
    ``unit`` is a currency code for amounts and the time unit for durations of one unit, ``counted``
    the number stated before that unit. ``decimals`` counts the digits shown after the point and
    is negative for "1.2 million".
    """

    start: int
    end: int
    kind: ReadingKind
    values: tuple[ReadingValue, ...]
    unit: str = ""
    counted: Decimal | None = None
    decimals: int = 0
