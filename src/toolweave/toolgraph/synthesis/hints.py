"""What a parameter's description says that its schema leaves out: choices, defaults, conditions."""

import re
from collections.abc import Mapping
from typing import Any, Final

from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonObject, JsonValue
from toolweave.schema.refs import check_schema

_CHOICES: Final = re.compile(
    r"(?:one of|either|options?(?: are)?|allowed values?(?: are)?|values?)\s*:?\s+"
    r"([\"'`]?[\w-]{1,40}[\"'`]?(?:\s*(?:,|/|\||\bor\b|\band\b)+\s*[\"'`]?[\w-]{1,40}[\"'`]?){1,20})",
    re.IGNORECASE,
)
_SPLIT: Final = re.compile(r"\s*(?:,\s*(?:or|and)\b|,|/|\||\bor\b|\band\b)\s*", re.IGNORECASE)
_DEFAULT: Final = re.compile(
    r"\b(?:defaults? (?:to|is|:)|by default,?)\s+[\"'`]?([\w.-]{1,40})[\"'`]?", re.IGNORECASE
)
_OPTIONAL: Final = re.compile(
    r"^\s*\(?optional\b|\bif omitted\b|\bmay be left out\b", re.IGNORECASE
)
_REQUIRED_WHEN: Final = re.compile(
    r"\b(?:required|mandatory|needed|must be given)\s+(?:if|when)\s+[`\"']?([a-z_]{1,48})[`\"']?\s+"
    r"(?:is|equals|=)\s+[`\"']?([\w-]{1,40})[`\"']?",
    re.IGNORECASE,
)
# "one of the customers" lists nobody's choices.
_NO_CHOICE: Final = frozenset({"the", "an", "these", "those", "them", "our", "your"})


def choices(schema: Mapping[str, Any]) -> list[str]:
    """The values that the description of a plain string lists, if it lists any."""
    if schema.get("type") != "string" or {"enum", "const", "format", "pattern"} & schema.keys():
        return []
    found = _CHOICES.search(_told(schema))
    if found is None:
        return []
    named = [part.strip("\"'` ") for part in _SPLIT.split(found.group(1))]
    values = list(dict.fromkeys(part for part in named if part))
    if len(values) < 2 or _NO_CHOICE & {value.casefold() for value in values}:
        return []
    return values


def default(schema: Mapping[str, Any]) -> list[JsonValue]:
    """The default that the description gives, in a list; empty where there is none that fits."""
    if "default" in schema:
        return []
    found = _DEFAULT.search(_told(schema))
    if found is None:
        return []
    value = _as(schema, found.group(1).rstrip("."))
    return [] if value is None or value not in schema.get("enum", [value]) else [value]


def optional(schema: Mapping[str, Any]) -> bool:
    """Whether a parameter need not be given, by its default or its description."""
    return "default" in schema or _OPTIONAL.search(_told(schema)) is not None


def conditions(parameters: Mapping[str, Any]) -> list[JsonObject]:
    """The ``if``/``then`` schemas that descriptions state in words ("required when x is true")."""
    properties = parameters.get("properties", {})
    found = []
    for name, schema in properties.items():
        told = _REQUIRED_WHEN.search(_told(schema)) if isinstance(schema, Mapping) else None
        if told is None or told.group(1) not in properties or told.group(1) == name:
            continue
        value = _as(properties[told.group(1)], told.group(2))
        if value is not None and name not in parameters.get("required", ()):
            found.append(_when(told.group(1), value, name))
    return found


def stated(parameters: Mapping[str, Any]) -> bool:
    """Whether a schema already says what is required under which condition."""
    return bool({"if", "allOf", "dependentRequired", "dependentSchemas"} & parameters.keys())


def _when(name: str, value: JsonValue, required: str) -> JsonObject:
    met = {"properties": {name: {"const": value}}, "required": [name]}
    made: JsonObject = {"if": met, "then": {"required": [required]}}
    try:
        check_schema(made)
    except SchemaError:
        return {}
    return made


def _told(schema: Mapping[str, Any]) -> str:
    told = schema.get("description")
    return told[:2000] if isinstance(told, str) else ""


def _as(schema: Mapping[str, Any], text: str) -> JsonValue:
    """The text as a value of the schema's type, or None."""
    kind = schema.get("type")
    if kind == "boolean":
        return {"true": True, "false": False, "yes": True, "no": False}.get(text.casefold())
    if kind == "integer":
        return int(text) if re.fullmatch(r"-?\d{1,15}", text) else None
    if kind == "number":
        return float(text) if re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", text) else None
    return text if kind == "string" else None
