"""Varying how a tool's description begins: "Lists the rooms" and "List the rooms"."""

import random
import re
from typing import Final

from toolweave.checks.effects import VERBS

_MORE: Final = frozenset(
    {
        *(
            "say",
            "give",
            "show",
            "tell",
            "return",
            "keep",
            "take",
            "ask",
            "declare",
            "hand",
            "call",
        ),
        *(
            "have",
            "bring",
            "put",
            "let",
            "work",
            "sign",
            "grant",
            "release",
            "split",
            "match",
            "bid",
        ),
        *("plan", "offer", "propose", "lay", "print", "draw", "mail", "collect", "deliver", "swap"),
    }
)
_THIRD: Final = {"has": "have", "does": "do", "goes": "go"}
_WORD: Final = re.compile(r"[A-Za-z]+")


def varied(description: str, rng: random.Random) -> str:
    """The description, half of the time as a request ("Find …") where it tells ("Finds …").

    It is left alone where a second verb would no longer agree with the first.
    """
    if rng.random() < 0.5:
        return description
    sentence = description.split(". ", 1)[0]
    found = _WORD.match(sentence)
    base = _base(found.group()) if found else ""
    if found is None or not base:
        return description
    rest = description[found.end() :]
    if any(_base(word) for word in _WORD.findall(sentence[found.end() :])):
        return description
    return base.capitalize() + rest


def _base(word: str) -> str:
    """The verb of which this is the third person, or an empty string."""
    low = word.casefold()
    if low in _THIRD:
        return _THIRD[low]
    for ending, put in (("ies", "y"), ("es", ""), ("s", "")):
        base = low.removesuffix(ending) + put
        if low.endswith(ending) and (base in VERBS or base in _MORE):
            return base
    return ""
