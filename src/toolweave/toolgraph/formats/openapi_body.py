"""The request body of an operation, taken apart into values of its own."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from toolweave.checks.effects import identified
from toolweave.checks.inflection import plural, singular
from toolweave.checks.naming import words
from toolweave.toolgraph.formats.openapi_operation import (
    Operation,
    Slot,
    is_form,
    is_json,
    media,
    ref_name,
)

_CHOICES: Final = frozenset({"oneOf", "anyOf", "if", "not", "patternProperties"})
_DEEPEST: Final = 12


def body_slots(operation: Operation, notes: list[str], *, named: bool = True) -> Iterator[Slot]:
    """Each property of an object body, or the whole body where it is something else.

    ``named`` is whether a parameter says what the operation is done to; where none does, an update
    keeps the read-only identifier of its body.
    """
    if operation.raw.get("requestBody") is None:
        return
    body = operation.resolved(operation.raw["requestBody"])
    kind, said = media(body.get("content"))
    content = body.get("content")
    if kind and isinstance(content, Mapping) and len(content) > 1:
        notes.append(f"of the body's media types {kind!r} was taken")
    if not (is_json(kind) or is_form(kind)):
        yield _raw_body(kind, said, body)
        return
    raw = said.get("schema", {})
    flat = flattened(operation, raw)
    own = "" if named or flat is None else _read_only_id(operation, flat)
    if own and flat is not None:
        held = operation.resolved(flat["properties"][own])
        shown = {key: value for key, value in held.items() if key != "readOnly"}
        flat = {**flat, "properties": {**flat["properties"], own: shown}}
        notes.append(f"{own!r} is readOnly and was kept: nothing else says what is to be updated")
    converted = operation.document.sent.convert(flat if flat is not None else raw)
    if flat is None or not isinstance(converted, Mapping) or not converted.get("properties"):
        name = _whole_name(raw)
        notes.append(f"the body as a whole is the parameter {name!r}")
        yield Slot(name, "body", converted, body.get("required") is True)
        return
    needed = set(converted.get("required", ()))
    if needed and body.get("required") is not True:
        notes.append("the body was taken as required: some of its properties are")
    for name, schema in converted["properties"].items():
        yield Slot(name, "body", schema, name in needed or name == own)


def _read_only_id(operation: Operation, flat: Mapping[str, Any]) -> str:
    """The identifier that a body marks as read-only, where it has no other."""
    if operation.method not in ("put", "patch"):
        return ""
    held = {
        name: operation.resolved(schema) if isinstance(schema, Mapping) else {}
        for name, schema in flat["properties"].items()
        if isinstance(name, str) and identified(name) is not None
    }
    nouns = {singular(word) for part in operation.path.split("/") for word in words(part)}
    of_it = [name for name in held if identified(name) in (*nouns, "")]
    if any(held[name].get("readOnly") is not True for name in of_it):
        return ""
    return next(iter(of_it), "")


def _raw_body(kind: str, said: Mapping[str, Any], body: Mapping[str, Any]) -> Slot:
    """A body that is no JSON and no form: a text or a file."""
    textual = kind.startswith("text/") or "xml" in kind
    schema: dict[str, Any] = {"type": "string", "description": f"The {kind or 'body'} to send."}
    if not textual:
        schema["contentEncoding"] = "base64"
    return Slot("content" if textual else "file", "body", schema, body.get("required") is True)


def _whole_name(raw: object) -> str:
    """``users`` for an array of users, else ``body``."""
    if isinstance(raw, Mapping) and (name := ref_name(raw.get("items"))):
        return plural("_".join(words(name)))
    return "body"


def flattened(operation: Operation, raw: object, depth: int = 0) -> dict[str, Any] | None:
    """An object schema with references and ``allOf`` at its root dissolved; None for others."""
    if not isinstance(raw, Mapping) or depth > _DEEPEST:
        return None
    if isinstance(raw.get("$ref"), str):
        return flattened(operation, operation.document.references.find(raw["$ref"]), depth + 1)
    if _CHOICES & raw.keys() or raw.get("type", "object") not in ("object", ["object"]):
        return None
    own = raw.get("properties")
    properties: dict[str, Any] = {}
    required: list[Any] = []
    for part in raw.get("allOf") or ():
        inner = flattened(operation, part, depth + 1)
        if inner is None:
            return None
        properties.update(inner["properties"])
        required += inner["required"]
    properties.update(own if isinstance(own, Mapping) else {})
    required += raw["required"] if isinstance(raw.get("required"), list) else []
    kept = {key: raw[key] for key in ("additionalProperties", "description") if key in raw}
    return {**kept, "type": "object", "properties": properties, "required": required}
