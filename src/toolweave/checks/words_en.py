"""Word forms: identifiers split into words, words brought to a common stem, yes and no."""

import re
from functools import lru_cache
from typing import NamedTuple

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_]+")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)?")

YES = (
    "yes",
    "yeah",
    "yep",
    "yup",
    "sure",
    "certainly",
    "absolutely",
    "definitely",
    "of course",
    "please do",
    "true",
    "that's right",
    "correct",
)
NO = (
    "no",
    "nope",
    "nah",
    "false",
    "no thanks",
    "no thank you",
    "please don't",
    "rather not",
    "don't",
    "do not",
)


def listed(words: str) -> list[str]:
    """The words of a text, for word lists that read best as prose."""
    return words.split()


class Token(NamedTuple):
    """One word of a folded text: its stem and its range."""

    stem: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def split_words(name: str) -> str:
    """An identifier as words: ``in_progress`` and ``InProgress`` both give "in progress"."""
    return " ".join(
        part if part.isupper() and len(part) > 1 else part.lower() for part in _pieces(name)
    )


def _pieces(name: str) -> list[str]:
    pieces = _PARTS.findall(name)
    if name.isupper() and len(pieces) > 1:
        return [piece.lower() for piece in pieces]
    return pieces


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A lower-case word without its light endings: cancelled, cancels, cancelling → cancel."""
    if len(word) < 4 or not word.isalpha():
        return word
    base = word
    if word.endswith(("ies", "ied")) and len(word) > 4:
        base = word[:-3] + "y"
    else:
        for ending in ("ing", "ed", "es", "s"):
            cut = word[: -len(ending)]
            if word.endswith(ending) and not word.endswith("ss") and _is_root(cut):
                base = cut
                break
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "aeiou":
        base = base[:-1]
    return base[:-1] if len(base) > 3 and base.endswith("e") else base


def _is_root(cut: str) -> bool:
    return len(cut) >= 3 and any(vowel in cut for vowel in "aeiouy")


@lru_cache(maxsize=1024)
def tokens(folded: str) -> tuple[Token, ...]:
    """The words of a folded text with their stems."""
    return tuple(Token(stem(match.group()), *match.span()) for match in _TOKEN.finditer(folded))


@lru_cache(maxsize=4096)
def stems(phrase: str) -> tuple[str, ...]:
    """The stems of a folded phrase."""
    return tuple(token.stem for token in tokens(phrase))
