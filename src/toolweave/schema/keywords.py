"""Where the keywords of JSON Schema hold further schemas."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from toolweave.schema.types import Schema

IN_PLACE = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"})
ANNOTATIONS = frozenset(
    {
        *("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"),
        *("$comment", "$schema", "$id", "$anchor", "$dynamicAnchor"),
    }
)
DEFINITIONS = frozenset({"$defs", "definitions"})
_ONE = frozenset(
    {
        *("items", "contains", "additionalProperties", "propertyNames", "contentSchema"),
        *("not", "if", "then", "else", "unevaluatedItems", "unevaluatedProperties"),
    }
)
_LIST = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_MAP = frozenset({"properties", "patternProperties", "dependentSchemas"}) | DEFINITIONS


class Child(NamedTuple):
    """A schema inside a schema, the keyword that holds it and the pointer from its parent."""

    keyword: str
    pointer: str
    schema: Schema


def is_schema(value: object) -> bool:
    """Whether the value has the shape of a schema."""
    return isinstance(value, bool | Mapping)


def children(schema: Mapping[str, Any]) -> Iterator[Child]:
    """Every schema held directly by a keyword of this one."""
    for keyword, value in schema.items():
        if keyword in _ONE and is_schema(value):
            yield Child(keyword, f"/{keyword}", value)
        elif keyword in _LIST and isinstance(value, list | tuple):
            for index, item in enumerate(value):
                if is_schema(item):
                    yield Child(keyword, f"/{keyword}/{index}", item)
        elif keyword in _MAP and isinstance(value, Mapping):
            for name, item in value.items():
                if is_schema(item):
                    yield Child(keyword, f"/{keyword}/{escaped(str(name))}", item)


def mapped(schema: Mapping[str, Any], change: Callable[[str, Schema], Schema]) -> dict[str, Any]:
    """A copy of the schema in which ``change(keyword, child)`` replaces every direct child."""
    result: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _ONE and is_schema(value):
            result[keyword] = change(keyword, value)
        elif keyword in _LIST and isinstance(value, list | tuple):
            result[keyword] = [change(keyword, v) if is_schema(v) else v for v in value]
        elif keyword in _MAP and isinstance(value, Mapping):
            result[keyword] = {
                n: change(keyword, v) if is_schema(v) else v for n, v in value.items()
            }
        else:
            result[keyword] = value
    return result


def escaped(token: str) -> str:
    """A token of a JSON pointer, escaped."""
    return token.replace("~", "~0").replace("/", "~1")
