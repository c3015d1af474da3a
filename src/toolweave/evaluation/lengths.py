"""Lengths: messages, calls and approximate tokens per dialogue and per message."""

from collections import Counter
from typing import Final

from toolweave.core.model import Record
from toolweave.evaluation.conversation import Conversation

# A token of English text and JSON has about so many characters; no tokenizer is needed.
CHARACTERS: Final = 4
_LONG: Final = 0.95


class Length(Record):
    """The least, mean, middle, 95th percentile and most of a number, and its sum."""

    least: int = 0
    mean: float = 0.0
    median: int = 0
    long: int = 0
    most: int = 0
    total: int = 0


class MessageLength(Record):
    """Tokens per message of one role."""

    role: str
    messages: int
    tokens: Length


class LengthFigures(Record):
    """Lengths per dialogue, and tokens per message by role.

    A token is four characters, rounded up per message, of what is said and of the names and JSON
    arguments of calls. Tool schemas and the marks of a chat template are not counted.
    """

    tokens: Length
    messages: Length
    calls: Length
    roles: tuple[MessageLength, ...] = ()


class Lengths:
    """Gathers lengths of dialogues one after another: counts of whole numbers, so little memory."""

    def __init__(self) -> None:
        self._tokens: Counter[int] = Counter()
        self._messages: Counter[int] = Counter()
        self._calls: Counter[int] = Counter()
        self._roles: dict[str, Counter[int]] = {}

    def add(self, held: Conversation) -> None:
        """One more dialogue."""
        tokens = 0
        for size in held.sizes:
            counted = about_tokens(size.characters)
            self._roles.setdefault(size.role, Counter())[counted] += 1
            tokens += counted
        self._tokens[tokens] += 1
        self._messages[len(held.sizes)] += 1
        self._calls[held.calls] += 1

    def figures(self) -> LengthFigures:
        """The figures so far."""
        return LengthFigures(
            tokens=_length(self._tokens),
            messages=_length(self._messages),
            calls=_length(self._calls),
            roles=tuple(
                MessageLength(role=role, messages=counts.total(), tokens=_length(counts))
                for role, counts in sorted(self._roles.items())
            ),
        )


def about_tokens(characters: int) -> int:
    """About how many tokens a text of so many characters has."""
    return -(-characters // CHARACTERS)


def _length(counts: Counter[int]) -> Length:
    if not counts:
        return Length()
    number, total = counts.total(), sum(value * count for value, count in counts.items())
    return Length(
        least=min(counts),
        mean=total / number,
        median=_at(counts, number, 0.5),
        long=_at(counts, number, _LONG),
        most=max(counts),
        total=total,
    )


def _at(counts: Counter[int], number: int, share: float) -> int:
    """The smallest value that at least this share of all values does not exceed."""
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= share * number:
            return value
    return max(counts)
