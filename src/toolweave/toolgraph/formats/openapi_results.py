"""What an operation answers when it succeeds."""

from collections.abc import Mapping
from typing import Any

from toolweave.checks.inflection import plural
from toolweave.checks.naming import words
from toolweave.toolgraph.formats.openapi_body import flattened
from toolweave.toolgraph.formats.openapi_effects import path_noun
from toolweave.toolgraph.formats.openapi_operation import (
    Operation,
    is_json,
    media,
    ref_name,
    success,
)


def results(operation: Operation, notes: list[str]) -> dict[str, Any]:
    """The schema of the result, an object always; empty where the document says nothing."""
    found = success(operation)
    if found is None:
        return {}
    kind, said = media(found[1].get("content"))
    raw = said.get("schema")
    if raw is None:
        return {}
    work = operation.document.received
    if not is_json(kind):
        notes.append(f"the result is {kind!r}, given as the text 'content'")
        return {"type": "object", "properties": {"content": {"type": "string"}}}
    flat = flattened(operation, raw)
    made = work.convert(flat if flat is not None and flat["properties"] else raw)
    if isinstance(made, bool):
        return {}
    target = _target(operation, raw)
    named = target.get("type")
    if named == "array" or (named is None and "items" in target):
        name = _list_name(operation, target)
        notes.append(f"the result is a list, given as {name!r}")
        made = {"type": "object", "properties": {name: made}}
    elif isinstance(named, str) and named != "object":
        notes.append("the result is a bare value, given as 'result'")
        made = {"type": "object", "properties": {"result": made}}
    whole = work.whole(made)
    return dict(whole) if isinstance(whole, Mapping) else {}


def _target(operation: Operation, raw: object) -> Mapping[str, Any]:
    return operation.resolved(raw) if isinstance(raw, Mapping) else {}


def _list_name(operation: Operation, target: Mapping[str, Any]) -> str:
    name = ref_name(target.get("items")) or path_noun(operation)
    return plural("_".join(words(name))) if name else "items"
