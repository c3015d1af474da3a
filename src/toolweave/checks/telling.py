"""Whether an answer tells anything at all of what a call returned."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from toolweave.checks.matching import find
from toolweave.checks.readings import readings
from toolweave.checks.verdicts import says_verdict
from toolweave.core.model import JsonValue
from toolweave.schema.paths import leaf_values
from toolweave.schema.types import Schema

# By output path: the schema there, and the human words of its values.
Spoken = Callable[[str], tuple[Schema, Mapping[str, Sequence[str]]]]

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]")
_LOOKED_AT: Final = 200
# Shorter answers, such as "Done.", must at least state a value.
FEWEST_WORDS: Final = 3
_NONE: Final = re.compile(r"(?i)\b(?:no|none|nothing|not|never|empty|any)\b|n['’]t\b")


def tells(text: str, result: JsonValue, spoken: Spoken, now: datetime) -> bool:
    """Whether ``text`` states some value of the result, or how long one of its lists is.

    A result that holds nothing to say (only nulls, empty texts and empty lists) is told by saying
    that there is nothing; one without any content is told by whatever is said.
    """
    known = [(path, value) for path, value in islice(leaf_values(result), _LOOKED_AT)]
    worth = [(path, value) for path, value in known if value not in (None, "", [], {})]
    if not worth:
        return not known or _NONE.search(text) is not None or result in ({}, None)
    counts = {value for reading in readings(text, now) for value in reading.values}
    if any(length in counts for length in lengths(result)):
        return True
    for path, value in worth:
        if isinstance(value, bool) and says_verdict(text, path.split(".")[-1], value):
            return True
        schema, words = spoken(path)
        for said in spoken_of(value):
            if find(text, said, schema, now=now, words=words) is not None:
                return True
    return False


def spoken_of(value: JsonValue) -> Iterator[JsonValue]:
    """The value, and the day of a moment, which is often all that is said of it."""
    yield value
    if isinstance(value, str) and _MOMENT.match(value):
        yield value[:10]


def lengths(value: JsonValue) -> Iterator[int]:
    """The lengths of the lists in a value, at most three levels deep."""
    level: list[JsonValue] = [value]
    for _ in range(3):
        inner: list[JsonValue] = []
        for held in level:
            if isinstance(held, list):
                yield len(held)
                inner.extend(held[:20])
            elif isinstance(held, dict):
                inner.extend(held.values())
        level = inner
