"""Text from outside as it may be kept, shown and given to a model: without what can act."""

import unicodedata
from collections.abc import Callable
from typing import Final

# Controls, directional overrides, half surrogate pairs and private characters.
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
# Joins emoji and letters of several scripts; harmless on its own.
_KEPT: Final = frozenset({"\u200d", "\u200c"})


def clean(text: str) -> str:
    """Text without escapes and controls, line ends kept."""
    if text.isascii() and text.isprintable():
        return text
    kept = (
        char
        if char == "\n" or char in _KEPT
        else " "
        if char in "\t\r\u2028\u2029"
        else _visible(char)
        for char in text
    )
    return "".join(kept)


def one_line(text: str) -> str:
    """``clean`` text on one line."""
    return " ".join(clean(text).split())


def counted(number: int, noun: str) -> str:
    """``1 step``, ``2 steps``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def whole_number(text: str, digits: int) -> int | None:
    """The number that a text is, None where it is not one of at most so many digits."""
    # A number of thousands of digits would not even be converted.
    fits = text.isascii() and text.isdigit() and len(text) <= digits
    return int(text) if fits else None


def tidy(text: str, longest: int, changed: Callable[[str], object]) -> str:
    """Text without controls and of bounded length; ``changed`` hears what was done to it."""
    made = clean(text).strip()
    if len(made) < len(text.strip()):
        changed("control characters in a text were left out")
    if len(made) > longest:
        changed(f"a text of more than {longest} characters was cut")
        made = made[:longest].rstrip() + " …"
    return made


def _visible(char: str) -> str:
    return "" if unicodedata.category(char) in _DROPPED else char
