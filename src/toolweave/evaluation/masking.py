"""Texts with every value replaced by the name of its parameter."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from toolweave.checks.claims import Claim, claims
from toolweave.checks.folding import fold
from toolweave.checks.matching import as_decimal, leaves
from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonValue
from toolweave.evaluation.conversation import Conversation, Utterance
from toolweave.schema.parts import Key, parse

# Plain numbers below this are left to the claims: which parameter they belong to is a guess.
SMALL: Final = 100
LONGEST: Final = 40
_WORD = re.compile(r"[^\W_]+")
_UNSAFE = re.compile(r"\W+")
# A capital at the start of a sentence makes no name.
_OPENING = re.compile(r"(?:^|[.!?\n])[\s\"'*_\u201c-]*$")


class Masked(NamedTuple):
    """A range that is a value: the lower the rank, the better its name is known."""

    start: int
    end: int
    rank: int
    name: str


class Masking:
    """Masks the texts of one conversation.

    A value is, in this order of trust, what the record says is stated there (mentions of user
    bindings, statements), a value of an argument or result that stands there (texts word for
    word, numbers in any form), or a claim (a date, number, amount, id, name …), which is named
    after its kind. Ranges that overlap become one. Single lower-case words and small numbers are
    never looked up: they are as likely plain English.
    """

    def __init__(self, held: Conversation) -> None:
        self._now = held.now
        self._numbers: dict[Decimal, str] = {}
        self._names: dict[tuple[str, ...], tuple[str, str]] = {}
        for value in held.sent + held.returned:
            for leaf in leaves(value, True):
                self._learn(leaf.value, leaf.field)
        self._lengths = sorted({len(words) for words in self._names}, reverse=True)

    def masked(self, said: Utterance) -> str:
        """The text with ``{parameter_name}`` for every value."""
        text = said.text
        found = [
            Masked(span.start, span.end, 0, field_name(span.path))
            for span in said.states
            if 0 <= span.start < span.end <= len(text)
        ]
        found += self._word_for_word(text)
        found += [
            Masked(claim.start, claim.end, *self._claimed(claim))
            for claim in claims(text, self._now)
            if not _only_opens(text, claim)
        ]
        for span in reversed(_merged(found)):
            text = f"{text[: span.start]}{{{span.name}}}{text[span.end :]}"
        return text

    def _claimed(self, claim: Claim) -> tuple[int, str]:
        """Rank and name of a claim: its parameter's where a number is known, else its kind."""
        for value in claim.values:
            if isinstance(value, Decimal) and value in self._numbers:
                return 1, self._numbers[value]
        return 2, claim.kind

    def _learn(self, value: JsonValue, field: str) -> None:
        if isinstance(value, int | float):
            if not isinstance(value, bool) and abs(value) >= SMALL:
                self._numbers.setdefault(as_decimal(value), _name(field))
            return
        text = value.strip() if isinstance(value, str) else ""
        if text.isdecimal() and len(text) < len(str(SMALL)):
            return
        words = tuple(fold(word).text for word in _WORD.findall(text))
        if not 0 < len(words) <= LONGEST:
            return
        single = len(words) == 1 and text.isalpha()
        if not (single and text.islower()):
            # A name of one word is only meant where it is spelt like one.
            self._names.setdefault(words, (_name(field), text if single else ""))

    def _word_for_word(self, text: str) -> Iterator[Masked]:
        if not self._names:
            return
        matches = list(_WORD.finditer(text))
        words = tuple(fold(match.group()).text for match in matches)
        place = 0
        while place < len(words):
            length = next((n for n in self._lengths if self._at(text, matches, words, place, n)), 0)
            if length:
                start, end = matches[place].start(), matches[place + length - 1].end()
                name, _ = self._names[words[place : place + length]]
                yield Masked(start, end, 1, name)
            place += length or 1

    def _at(
        self,
        text: str,
        matches: Sequence[re.Match[str]],
        words: tuple[str, ...],
        place: int,
        length: int,
    ) -> bool:
        if place + length > len(words):
            return False
        known = self._names.get(words[place : place + length])
        return known is not None and (not known[1] or matches[place].group() == known[1])


def masked_texts(held: Conversation) -> tuple[str, ...]:
    """Everything that is said in a conversation, masked."""
    masking = Masking(held)
    return tuple(masking.masked(said) for said in held.said)


def _only_opens(text: str, claim: Claim) -> bool:
    """Whether a name is one word that opens a sentence."""
    if claim.kind != "name" or " " in claim.text:
        return False
    return _OPENING.search(text, max(0, claim.start - 8), claim.start) is not None


def _merged(found: Sequence[Masked]) -> list[Masked]:
    """Ranges that overlap as one, with the best known name of the longest of them."""
    merged: list[Masked] = []
    for span in sorted(found):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            better = min(last, span, key=lambda s: (s.rank, s.start - s.end, s.start, s.name))
            end = max(last.end, span.end)
            merged[-1] = Masked(last.start, end, better.rank, better.name)
        else:
            merged.append(span)
    return merged


@lru_cache(maxsize=8192)
def field_name(path: str) -> str:
    """The last property name of a path; the path itself where it cannot be read."""
    try:
        keys = [part.name for part in parse(path) if isinstance(part, Key)]
    except SchemaError:
        keys = []
    return _name(keys[-1] if keys else path)


def _name(field: str) -> str:
    return _UNSAFE.sub("_", field).strip("_").lower() or "value"
