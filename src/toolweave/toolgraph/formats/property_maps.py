"""Parameters that stand as a bare map or list of names, with no schema around them."""

from collections.abc import Mapping
from typing import Any, Final

_SCHEMA_KEYS: Final = frozenset(
    {"type", "properties", "$ref", "allOf", "anyOf", "oneOf", "$defs", "definitions", "required"}
)


def object_schema(given: Any) -> Any:
    """An object schema out of a bare map of parameters; a schema stays as it is."""
    if given is None:
        return None
    if isinstance(given, list):
        return {"type": "object", "properties": given}
    if not isinstance(given, Mapping) or not is_map(given):
        return given
    return {"type": "object", "properties": dict(given)}


def is_map(given: Mapping[Any, Any]) -> bool:
    """Whether every value describes a parameter, so that the keys are their names."""
    if not given or isinstance(given.get("type"), str | list):
        return False
    if _SCHEMA_KEYS & given.keys() and not all(_described(value) for value in given.values()):
        return False
    return all(isinstance(value, Mapping | str) for value in given.values())


def _described(value: object) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("type"), str)
