"""Whether an answer says that it cannot do what was asked."""

import re
from typing import Final

_CANNOT: Final = re.compile(
    r"(?i)\b(?:can(?:no|')t|can not|cannot|could(?: not|n't)|won't be able|unable|not able"
    r"|not possible|isn't possible|impossible|beyond|out of my|no (?:way|means|tool|function|access"
    r"|option|ability)|nothing (?:here|i have|in)|none of (?:my|the|what)|unfortunately not"
    r"|don't have|do not have|doesn't (?:have|include|cover)|haven't got|isn't (?:something|one"
    r"|among|part)|is not (?:something|one|among|part)|lack|missing|not (?:set up|equipped))\b"
)


def declines(text: str) -> bool:
    """Whether an English text says that something cannot be done.

    It is told by the words for it alone, so a text that passes may decline something else.
    """
    return _CANNOT.search(text.replace("\u2019", "'")) is not None
