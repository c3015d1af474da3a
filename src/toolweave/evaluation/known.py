"""What a conversation from elsewhere has established so far: said, produced, or proposed."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, TypeGuard

from toolweave.checks.folding import fold, needle, places_of
from toolweave.checks.matching import as_decimal, find
from toolweave.checks.readings import readings
from toolweave.core.model import JsonValue
from toolweave.evaluation.small_numbers import LARGEST as LARGEST_SMALL
from toolweave.evaluation.small_numbers import SMALLEST, SmallNumbers
from toolweave.evaluation.transcript import NO_CLOCK
from toolweave.schema.paths import leaf_values
from toolweave.schema.types import Schema, same

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_EXPRESSION = re.compile(r"[\d\s.,+\-*/()%^$]{3,400}")
_OPERATOR = re.compile(r"\d\)?(?:\s+-\s+|\s*[+*/%^]\s*)[\d(]")
_ISO_DAY = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")
_CODE = re.compile(r"[A-Z][A-Z0-9]{1,3}")
# Counts of people or hours come from reading, not from a statement.
SMALL = LARGEST_SMALL
# Beyond this, numbers are identifiers or nonsense; nobody adds them up.
LARGEST = 10**15
PAIRS_AT_MOST = 600
# "the day after", "a week later": how far from a known date people count.
DAYS_NEAR = 7


class Standing(NamedTuple):
    """How a value stands: a code and severity for a finding, or empty when it is grounded.

    ``composed`` marks a text in the assistant's own words, whose claims have still to be judged.
    """

    code: str = ""
    severe: bool = False
    problem: str = ""
    value: JsonValue = None
    composed: bool = False


GROUNDED = Standing()


class Known:
    """Evidence gathered message by message.

    ``clock`` is what relative dates are read against, if the conversation names one. ``results``
    are what tools returned, ``texts`` what users, system and tools said, ``proposals`` what the
    assistant said.
    """

    def __init__(self, clock: datetime | None) -> None:
        self.now, self.has_clock = clock or NO_CLOCK, clock is not None
        self.texts: list[str] = []
        self.results: list[JsonValue] = []
        self.proposals: list[str] = []
        self._strings: set[str] = set()
        self._numbers: set[Decimal] = set()
        self._sums: set[Decimal] = set()
        self._days: set[date] = {clock.date()} if clock else set()
        self._folded: list[str] = []
        self._small = SmallNumbers()

    def hear(self, text: str, *, instructions: bool = False) -> None:
        """A user says this, or a tool; or the system, whose rules count other things."""
        if text.strip():
            if not instructions:
                self._small.told(text)
            self.texts.append(text)
            self._folded.append(fold(text).text)
            self._days |= {
                value.date() if isinstance(value, datetime) else value
                for reading in readings(text, self.now)
                for value in reading.values
                if isinstance(value, date)
            }
            self._numbers |= {
                Decimal(match)
                for match in _NUMBER.findall(text.replace(",", ""))
                if len(match) <= 15
            }

    def produce(self, result: JsonValue) -> None:
        """A tool returns this. Text in it is evidence as a whole and word by word."""
        self.results.append(result)
        self._sums |= set(_sums(result))
        self._small.returned(result)
        for _, leaf in leaf_values(result):
            if isinstance(leaf, str):
                self._strings.add(needle(leaf))
                self._folded.append(fold(leaf).text)
                self._days |= set(_iso_days(leaf))
                if " " in leaf.strip():
                    self.hear(leaf)
            elif _is_number(leaf):
                # A refund of -40 is told as 40.
                self._numbers |= {as_decimal(leaf), abs(as_decimal(leaf))}
        for key in _keys(result):
            self._strings.add(needle(key))

    def propose(self, text: str) -> None:
        """The assistant says this: no evidence, but worth knowing."""
        if text.strip():
            self.proposals.append(text)

    def states(self, value: JsonValue, schema: Schema) -> bool:
        """Whether a user, the system or a tool has stated a scalar."""
        if isinstance(value, str):
            wanted = needle(value)
            if wanted in self._strings or any(places_of(text, wanted) for text in self._folded):
                return True
        elif (
            not isinstance(value, bool | list | dict | None) and as_decimal(value) in self._numbers
        ):
            return True
        return any(find(text, value, schema, now=self.now) is not None for text in self.texts)

    def standing(self, value: JsonValue, schema: Schema, path: str) -> Standing:
        """Where the value of the argument at ``path`` may have come from."""
        details = schema if not isinstance(schema, bool) else {}
        if "default" in details and same(details["default"], value):
            return GROUNDED
        if _is_small(value) and "enum" not in details:
            if self._small.gives(value, path, schema, self._days):
                return GROUNDED
            if self.states(value, schema):
                problem = f"no user states {value}, and no result gives it under such a name"
                return Standing("unrelated_number", False, problem, value)
        elif self.states(value, schema):
            return GROUNDED
        if isinstance(value, bool) or not value or "enum" in details or "const" in details:
            problem = f"{value!r} was chosen: nobody stated it and it is no default"
            return Standing("unstated_choice", False, problem, value)
        if _is_number(value):
            return self._number(value, schema)
        return self._text(str(value), schema)

    def _text(self, value: str, schema: Schema) -> Standing:
        if _EXPRESSION.fullmatch(value) and _OPERATOR.search(value):
            return self._expression(value)
        if len(value.split()) >= 4:
            return Standing(composed=True)
        if _CODE.fullmatch(value):
            problem = f"{value!r} stands in no message; whether it names what was said is not known"
            return Standing("unknown_correspondence", False, problem, value)
        for day in _iso_days(value):
            if not self.has_clock:
                problem = f"{value!r} stands in no message, and without a clock no date can be told"
                return Standing("unknown_correspondence", False, problem, value)
            if near := self.near_day(day):
                problem = f"{value!r} was stated by nobody, but is {near}, which was"
                return Standing("derived_argument", False, problem, value)
        return self._proposed(value, schema)

    def near_day(self, day: date) -> str:
        """A known date that is few days away from ``day``, in words, or an empty text."""
        for known in sorted(self._days):
            away = (day - known).days
            if away and abs(away) <= DAYS_NEAR:
                side = "after" if away > 0 else "before"
                return f"{abs(away)} day{'s' if abs(away) > 1 else ''} {side} {known.isoformat()}"
        return ""

    def _expression(self, value: str) -> Standing:
        for text in _NUMBER.findall(value.replace(",", "")):
            number = Decimal(text[:40])
            if number in self._numbers or number <= SMALL:
                continue
            standing = self._number(float(number), True, text)
            if standing.code:
                return standing
        return GROUNDED

    def _number(self, value: int | float, schema: Schema, shown: str = "") -> Standing:
        said = shown or repr(value)
        if self.derivable(as_decimal(value)):
            problem = f"{said} was stated by nobody, but follows from numbers that were"
            return Standing("derived_argument", False, problem, value)
        return self._proposed(value, schema, said)

    def _proposed(self, value: JsonValue, schema: Schema, shown: str = "") -> Standing:
        said = shown or repr(value)
        if any(find(text, value, schema, now=self.now) is not None for text in self.proposals):
            problem = f"{said} was said by the assistant alone: no user and no tool stated it"
            return Standing("proposed_argument", False, problem, value)
        problem = f"{said} was stated by no user and no tool, and is no default"
        return Standing("ungrounded_argument", True, problem, value)

    def derivable(self, target: Decimal) -> bool:
        """Whether a number follows from stated ones: a sum over a list, or two of them combined."""
        if not target.is_finite() or abs(target) >= LARGEST:
            return False
        if target in self._sums:
            return True
        numbers = sorted(self._numbers | self._sums)[-PAIRS_AT_MOST:]
        known = set(numbers)
        for number in numbers:
            if target - number in known or target + number in known:
                return True
            if number > 1 and target % number == 0 and target / number in known:
                return True
        return False

    def holds_squeezed(self, name: str) -> bool:
        """Whether a name stands in anything that was stated, blanks and marks left out."""
        wanted = _squeezed(name)
        return bool(wanted) and any(wanted in _squeezed(text) for text in self._folded)

    def holds_digits(self, digits: str) -> bool:
        """Whether a run of digits stands, as a whole run, in anything that was stated."""
        whole = re.compile(rf"(?<![0-9]){re.escape(digits)}(?![0-9])")
        return any(whole.search(text) for text in self._folded)


def _iso_days(text: str) -> Iterator[date]:
    for match in _ISO_DAY.finditer(text[:100]):
        with suppress(ValueError):
            yield date.fromisoformat(match.group())


def _sums(value: JsonValue) -> Iterator[Decimal]:
    """The sums that a reader of a result would make: one key over all elements of a list."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
            totals: dict[str, Decimal] = {}
            for path, number in ((p, n) for inner in item for p, n in leaf_values(inner)):
                if _is_number(number):
                    totals[path] = totals.get(path, Decimal(0)) + as_decimal(number)
            yield from totals.values()


def _squeezed(text: str) -> str:
    return "".join(char for char in fold(text).text if char.isalnum())


def _is_number(value: JsonValue) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < LARGEST


def _is_small(value: JsonValue) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and SMALLEST <= value <= SMALL


def _keys(value: JsonValue) -> Iterator[str]:
    """Keys that are data themselves: those of objects that hold objects, such as ids."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            for key, inner in item.items():
                yield key
                stack.append(inner)
        elif isinstance(item, list):
            stack.extend(item)
