"""Whether two arguments mean the same: what the back-translation and the score compare by."""

import re
from collections.abc import Mapping
from typing import Any, Final

from rapidfuzz import fuzz

from toolweave.schema.types import canonical, same

# Texts of so many words may be quoted a little differently.
_PROSE: Final = 3
_ALIKE: Final = 80.0
_DIGITS: Final = re.compile(r"\d+")


def agree(value: object, given: object, schema: Mapping[str, Any]) -> bool:
    """Whether two values mean the same; what is a set may be told in any order."""
    if schema.get("uniqueItems") and isinstance(value, list) and isinstance(given, list):
        return sorted(map(canonical, value)) == sorted(map(canonical, given))
    return _alike(value, given)


def _alike(value: object, given: object) -> bool:
    """Whether two values mean the same: numbers by size, texts but for case, prose nearly."""
    if same(value, given):
        return True
    left, right = (
        " ".join(str(one).casefold().split()).strip(" .,!?\"'") for one in (value, given)
    )
    if left == right:
        return True
    if left.count(" ") < _PROSE or _DIGITS.findall(left) != _DIGITS.findall(right):
        return False
    return fuzz.ratio(left, right) >= _ALIKE
