"""Validators prepared once per schema: formats checked, nothing ever fetched."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import jsonschema_rs

from toolweave.schema.parts import Index, Key, format_path
from toolweave.schema.refs import compiled, inline, shortened
from toolweave.schema.types import Schema, canonical

MAX_VALUE_DEPTH = 200
_RECURSIVE = ('"$ref"', '"$dynamicRef"', '"uniqueItems"')


class Violation(NamedTuple):
    """One breach of a schema: where in the value, by which keyword, and in words."""

    path: str
    keyword: str
    message: str


class Validator:
    """A schema ready to judge values."""

    __slots__ = ("_compiled", "_recursive")

    def __init__(self, prepared: jsonschema_rs.Draft202012Validator, recursive: bool) -> None:
        self._compiled = prepared
        self._recursive = recursive

    def valid(self, instance: object) -> bool:
        """Whether the value is valid; what is not JSON is not."""
        if self._recursive and _too_deep(instance):
            return False
        try:
            return self._compiled.is_valid(instance)
        except ValueError:
            return False

    def violations(self, instance: object) -> list[Violation]:
        """Every breach, in the order found; empty exactly when the value is valid."""
        if _too_deep(instance):
            return [Violation("", "type", f"nested beyond {MAX_VALUE_DEPTH} levels")]
        try:
            return [_violation(error) for error in self._compiled.iter_errors(instance)]
        except ValueError as error:
            return [Violation("", "type", f"not JSON: {shortened(str(error))}")]


def validator(schema: Schema, root: Schema | None = None) -> Validator:
    """The validator of a schema; with ``root``, references count from there.

    Validators are kept by the schema's canonical text. Raises SchemaError for an unusable schema.
    """
    text = canonical(schema)
    if root is not None and root is not schema and any(key in text for key in _RECURSIVE[:2]):
        text = canonical(inline(schema, root, depth=0))
    return _prepared(text)


@lru_cache(maxsize=4096)
def _prepared(text: str) -> Validator:
    recursive = any(key in text for key in _RECURSIVE)
    return Validator(compiled(json.loads(text)), recursive)


def _violation(error: jsonschema_rs.ValidationError) -> Violation:
    path = format_path(
        Index(token) if isinstance(token, int) else Key(token) for token in error.instance_path
    )
    return Violation(path, error.kind.name, shortened(error.message))


def _too_deep(instance: object) -> bool:
    level: list[object] = [instance]
    for _ in range(MAX_VALUE_DEPTH):
        level = [inner for outer in level for inner in _inner(outer)]
        if not level:
            return False
    return True


def _inner(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [inner for inner in value.values() if isinstance(inner, dict | list | tuple)]
    if isinstance(value, list | tuple):
        return [inner for inner in value if isinstance(inner, dict | list | tuple)]
    return []
