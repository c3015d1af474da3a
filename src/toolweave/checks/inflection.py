"""English nouns in the singular and the plural, and the article before them."""

import re
from functools import lru_cache

_IRREGULAR = {
    "people": "person", "children": "child", "men": "man", "women": "woman", "feet": "foot",
    "movies": "movie", "cookies": "cookie", "series": "series", "news": "news", "data": "data",
    "analyses": "analysis", "criteria": "criterion", "addresses": "address", "buses": "bus",
    "indices": "index", "policies": "policy", "knives": "knife", "leaves": "leave",
}  # fmt: skip
_IRREGULAR_PLURALS = {one: many for many, one in _IRREGULAR.items()}


def article(noun: str) -> str:
    """``a`` or ``an`` for what follows."""
    return "an" if re.match(r"(?i)[aeio]|u(?!ni|se|s\b|r[ai]n)|h(our|onest|eir)", noun) else "a"


def plural(noun: str) -> str:
    """The plural of an English noun phrase, by rule."""
    if noun in _IRREGULAR:
        return noun
    if noun in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[noun]
    if not noun or (noun.endswith("s") and not noun.endswith("ss")):
        return noun
    if re.search(r"(s|x|z|ch|sh)$", noun):
        return noun + "es"
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + "s"


@lru_cache(maxsize=16384)
def singular(word: str) -> str:
    """The singular of an English noun, by rule."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zzes")):
        return word[:-2]
    # Statuses and bonuses, but not warehouses, causes and uses.
    if word.endswith("uses") and not word.endswith(("auses", "ouses", "fuses")) and word != "uses":
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
