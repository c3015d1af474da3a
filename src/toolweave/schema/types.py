"""JSON values and schemas: their type aliases, canonical text and equality."""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias, cast

import orjson

from toolweave.core.errors import SchemaError

Schema: TypeAlias = Mapping[str, Any] | bool

TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value!r} is not JSON")


def to_text(value: object, *, sort: bool = False) -> str:
    """Compact JSON text. Raises SchemaError for what is not JSON or nested too deeply."""
    try:
        return json.dumps(
            value, sort_keys=sort, separators=(",", ":"), ensure_ascii=True, default=_plain
        )
    except RecursionError as error:
        raise SchemaError("nested too deeply to be read (flatten it)") from error
    except (TypeError, ValueError) as error:
        raise SchemaError(f"not JSON: {str(error)[:120]}") from error


def json_bytes(value: object, *, indent: bool = False) -> bytes:
    """JSON as files and messages hold it, in UTF-8; whole numbers may have any size."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 if indent else 0)
    except TypeError:
        # orjson refuses whole numbers of more than 64 bits, which schemas and plans may hold.
        layout = {"indent": 2} if indent else {"separators": (",", ":")}
        return json.dumps(value, ensure_ascii=False, allow_nan=False, **layout).encode()


def canonical(value: object) -> str:
    """JSON text that is equal for equal documents, whatever the order of their keys."""
    return to_text(value, sort=True)


def plain(schema: Schema) -> dict[str, Any] | bool:
    """A copy of the schema made of dicts and lists only."""
    return cast("dict[str, Any] | bool", json.loads(to_text(schema)))


def as_mapping(schema: Schema) -> Mapping[str, Any]:
    """The schema as a mapping: ``True`` is ``{}``, ``False`` is ``{"not": {}}``."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    return schema


def properties_of(schema: Schema) -> Mapping[str, Any]:
    """The properties that a schema declares; none where it is no schema: a record may hold any."""
    found = schema.get("properties") if isinstance(schema, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def is_false(schema: Schema) -> bool:
    """Whether the schema is written as one that admits nothing."""
    return schema is False or (isinstance(schema, Mapping) and schema.get("not") in (True, {}))


def same(left: object, right: object) -> bool:
    """Equality of JSON values: ``1`` equals ``1.0`` but not ``True``."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def type_names(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The types a schema names with ``type``; all seven where it names none."""
    named = schema.get("type")
    if named is None:
        return TYPES
    return (named,) if isinstance(named, str) else tuple(named)
