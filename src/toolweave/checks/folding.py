"""Text folded for comparison: case, accents, quotes, dashes and white space made alike."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from toolweave.checks.spans import Span
from toolweave.checks.words_en import listed

_SINGLE = dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc`\u00b4", "'")
_DOUBLE = dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
_ALIKE = {**_SINGLE, **_DOUBLE, **_DASHES}
_UNSEEN = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_PLAIN = re.compile(r"[!-_a-~]+(?: [!-_a-~]+)*")
_PREFIXES = frozenset(listed("re non un pre anti semi sub co ex post over under mid de dis"))


class Folded(NamedTuple):
    """A folded text; ``places[i]`` is where its character ``i`` starts in the original."""

    text: str
    places: tuple[int, ...] | None

    def span(self, start: int, end: int, length: int) -> Span:
        """The range of the original (of ``length`` characters) behind a folded range."""
        if self.places is None:
            return Span(start, end)
        last = self.places[end - 1]
        return Span(self.places[start], min(length, last + 1))


def fold_char(char: str) -> str:
    """One character in comparable form; marks and invisible characters become ''."""
    if char in _ALIKE:
        return _ALIKE[char]
    if char.isascii():
        return char.lower()
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(
        _ALIKE.get(part, part)
        for part in wide
        if not unicodedata.combining(part) and part not in _UNSEEN
    )


@lru_cache(maxsize=1024)
def fold(text: str) -> Folded:
    """``text`` folded, runs of white space as one blank, with the way back to its places."""
    if text.isascii() and _PLAIN.fullmatch(text):
        return Folded(text.lower(), None)
    out: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        folded = " " if char.isspace() else fold_char(char)
        for part in folded:
            blank = part.isspace()
            if blank and out and out[-1] == " ":
                continue
            out.append(" " if blank else part)
            places.append(place)
    return Folded("".join(out), tuple(places))


@lru_cache(maxsize=4096)
def needle(value: str) -> str:
    """``value`` folded for searching: trimmed, without final punctuation."""
    folded = fold(value).text.strip()
    return folded.rstrip(".!?\u2026").rstrip() or folded


def is_word(char: str) -> bool:
    """Whether ``char`` continues a word."""
    return char.isalnum() or char == "_"


def bounded(text: str, start: int, end: int, *, tight: bool = False) -> bool:
    """Whether ``text[start:end]`` stands alone: not inside a word, nor after "re-" or "non-".

    ``tight`` is for codes and addresses, where "." "-" "@" and "/" also join.
    """
    return _free_before(text, start, tight=tight) and _free_after(text, end, tight=tight)


def _free_before(text: str, start: int, *, tight: bool) -> bool:
    if start == 0 or not is_word(text[start]):
        return True
    before = text[start - 1]
    if is_word(before):
        return False
    further = text[start - 2] if start > 1 else " "
    if not is_word(further):
        return not (tight and before == "@")
    if tight:
        return before not in ".-@/+=" and not (before in ",:" and further.isdigit())
    return before != "-" or not _after_prefix(text, start - 1)


def _after_prefix(text: str, end: int) -> bool:
    begin = end
    while begin > 0 and end - begin < 6 and text[begin - 1].isalpha():
        begin -= 1
    return text[begin:end] in _PREFIXES


def _free_after(text: str, end: int, *, tight: bool) -> bool:
    if end >= len(text) or not is_word(text[end - 1]):
        return True
    if is_word(text[end]):
        return False
    further = text[end + 1] if end + 1 < len(text) else " "
    if not (tight and is_word(further)):
        return True
    return text[end] not in ".-@/" and not (text[end] in ",:" and further.isdigit())


def places_of(text: str, wanted: str, *, tight: bool = False) -> list[Span]:
    """Every bounded place of the folded ``wanted`` in the folded ``text``."""
    found: list[Span] = []
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        end = start + len(wanted)
        if bounded(text, start, end, tight=tight):
            found.append(Span(start, end))
        start = text.find(wanted, start + 1)
    return found
