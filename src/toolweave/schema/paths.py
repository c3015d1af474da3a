"""Values at paths: reading them, writing them, and the names of the path grammar in one place."""

from collections.abc import Iterator
from itertools import pairwise
from typing import cast

from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonValue
from toolweave.schema.declared import Leaf, leaves, schema_at
from toolweave.schema.parts import Each, Index, Key, Part, covers, format_path, joined, parse

__all__ = [
    "Each",
    "Index",
    "Key",
    "Leaf",
    "Part",
    "covers",
    "format_path",
    "joined",
    "leaf_values",
    "leaves",
    "parse",
    "put",
    "schema_at",
    "values_at",
]


def values_at(value: JsonValue, path: str) -> list[JsonValue]:
    """Every value at ``path``: none when it is absent, several where ``[]`` fans out."""
    found: list[JsonValue] = [value]
    for part in parse(path):
        found = [inner for outer in found for inner in _inside(outer, part)]
    return found


def leaf_values(value: JsonValue, path: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Every scalar or empty container below ``value`` with its concrete path, in order."""
    stack: list[tuple[str, JsonValue]] = [(path, value)]
    while stack:
        at, here = stack.pop()
        inner: list[tuple[str, JsonValue]] = []
        if isinstance(here, dict) and here:
            inner = [(joined(at, key), held) for key, held in here.items()]
        elif isinstance(here, list) and here:
            inner = [(f"{at}[{index}]", held) for index, held in enumerate(here)]
        else:
            yield at, here
        stack.extend(reversed(inner))


def _inside(value: JsonValue, part: Part) -> list[JsonValue]:
    if isinstance(part, Key):
        return [value[part.name]] if isinstance(value, dict) and part.name in value else []
    if not isinstance(value, list):
        return []
    if isinstance(part, Index):
        return value[part.position : part.position + 1]
    return value


def put(root: dict[str, JsonValue], path: str, value: JsonValue) -> None:
    """Set the value at a concrete path of ``root``, building objects and arrays on the way.

    Elements that an index skips are ``None`` until they are set. Raises SchemaError for the empty
    path, for ``[]``, and where the path meets a value of another kind.
    """
    parts = parse(path)
    if not parts:
        raise SchemaError("the empty path cannot be set (name a property)")
    here: JsonValue = root
    for part, following in pairwise(parts):
        fresh: JsonValue = {} if isinstance(following, Key) else []
        inside = _inside(here, part)
        if not inside or inside[0] is None:
            _set(here, part, fresh, path)
            inside = [fresh]
        elif isinstance(part, Each):
            raise SchemaError(f"path {path!r} names many places (give an index instead of [])")
        here = inside[0]
    _set(here, parts[-1], value, path)


def _set(container: JsonValue, part: Part, value: JsonValue, path: str) -> None:
    if isinstance(part, Each):
        raise SchemaError(f"path {path!r} names many places (give an index instead of [])")
    if isinstance(part, Key) and isinstance(container, dict):
        container[part.name] = value
    elif isinstance(part, Index) and isinstance(container, list):
        missing = part.position + 1 - len(container)
        container.extend(cast("list[JsonValue]", [None]) * max(missing, 0))
        container[part.position] = value
    else:
        kind = type(container).__name__
        raise SchemaError(f"path {path!r} does not fit: it meets a value of type {kind}")
