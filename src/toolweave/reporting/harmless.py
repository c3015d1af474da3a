"""Text from anywhere as a page may hold it: what acts or hides is shown by its number instead."""

import unicodedata
from typing import Final

# Controls, directional marks, half surrogate pairs and private characters.
_SHOWN_BY_NUMBER: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
# Joins emoji and letters of several scripts; harmless on its own.
_KEPT: Final = frozenset({"\n", "\u200c", "\u200d"})
_MARKS: Final = frozenset({"Mn", "Me"})
# Marks kept per character: more only serve to paint over neighbouring lines.
_MOST_MARKS: Final = 3


def harmless(text: str) -> str:
    """The text with every character that acts or hides written as ``⟦U+202E⟧``."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for char in text:
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in _MARKS else 0
        if char == "\t":
            shown.append(" ")
        elif (kind in _SHOWN_BY_NUMBER and char not in _KEPT) or char in "\u2028\u2029":
            shown.append(f"⟦U+{ord(char):04X}⟧")
        elif marks <= _MOST_MARKS:
            shown.append(char)
    return "".join(shown)


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning and how much of it is left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]} … ({len(text) - limit:,} more characters)"
