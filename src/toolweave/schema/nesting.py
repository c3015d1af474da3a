"""Nested data, level by level: walked without recursion, so that no depth can end the program."""

from collections.abc import Iterator

from toolweave.core.model import JsonValue


def levels(value: JsonValue) -> Iterator[list[JsonValue]]:
    """What lies at each depth: the value itself, then what it holds, then what that holds."""
    level = [value]
    while level:
        yield level
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]


def too_deep(value: JsonValue, limit: int) -> bool:
    """Whether something lies ``limit`` levels below the value, or deeper."""
    return any(depth >= limit for depth, _ in enumerate(levels(value)))
