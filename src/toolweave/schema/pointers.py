"""Looking up local references: ``#``, ``#/pointer`` and ``#anchor``."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from toolweave.core.errors import SchemaError
from toolweave.schema.keywords import children, is_schema
from toolweave.schema.types import Schema


def reference(schema: Mapping[str, Any]) -> str | None:
    """The reference a schema makes with ``$ref`` or ``$dynamicRef``, if any."""
    found = schema.get("$ref", schema.get("$dynamicRef"))
    return found if isinstance(found, str) else None


def lookup(ref: str, root: Schema) -> Schema:
    """The schema a local reference names in ``root``. Raises SchemaError when there is none."""
    if not ref.startswith("#"):
        raise SchemaError(f"$ref {ref!r} is not local (copy the schema under $defs)")
    fragment = unquote(ref[1:])
    found = _pointed(fragment, root) if fragment[:1] in ("", "/") else _anchored(fragment, root)
    if not isinstance(found, bool | Mapping):
        raise SchemaError(f"$ref {ref!r} does not resolve to a schema")
    return found


def _pointed(pointer: str, root: object) -> object:
    node = root
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(node, Mapping):
            node = node.get(key)
        elif isinstance(node, list | tuple) and key.isascii() and key.isdigit():
            node = node[int(key)] if len(key) < 10 and int(key) < len(node) else None
        else:
            return None
    return node


def _anchored(name: str, root: Schema) -> object:
    stack: list[Schema] = [root]
    while stack:
        node = stack.pop()
        if not isinstance(node, Mapping):
            continue
        if name in (node.get("$anchor"), node.get("$dynamicAnchor")):
            return node
        stack.extend(child.schema for child in children(node) if is_schema(child.schema))
    return None
