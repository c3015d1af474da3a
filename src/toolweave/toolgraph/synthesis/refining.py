"""Refining a candidate tool: checked, without echoes, with what its descriptions imply."""

import random
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from toolweave.checks.effects import effect_of, identified
from toolweave.checks.naming import words
from toolweave.core.errors import InputError, SchemaError
from toolweave.core.model import JsonObject
from toolweave.core.tool import Tool, ToolError, Toolset
from toolweave.schema.refs import check_schema
from toolweave.schema.types import same
from toolweave.toolgraph.readers import check_toolset
from toolweave.toolgraph.synthesis import hints
from toolweave.toolgraph.synthesis.phrasing import varied
from toolweave.toolgraph.synthesis.reasons import RefusedTool

_PARTS: Final = frozenset(Tool.model_fields)


class Refined(NamedTuple):
    """A tool that may join the pool, and what was changed on the way."""

    tool: Tool
    changes: tuple[str, ...]


def refine(candidate: object, rng: random.Random) -> Refined:
    """The refined tool (ToolWeave, Algorithm 3, without its duplicate check).

    Names become snake_case; enums, defaults, required parameters and conditions are read from
    descriptions where the schema says nothing; outputs that repeat an input go; effect and errors
    are inferred where they are missing.

    Raises:
        RefusedTool: it is no tool, its schemas are invalid, or nothing is left of its results.
    """
    changes: list[str] = []
    raw = _raw(candidate)
    name = _snake(raw["name"])
    if name != raw["name"]:
        changes.append(f"renamed from {raw['name'][:60]!r}")
    parameters = _object(raw.get("parameters"), name, "parameters")
    results = _object(raw.get("results"), name, "results")
    _checked(parameters, results, name)
    parameters = _inferred(_named(parameters, changes), changes)
    results = _without_echoes(_named(results, changes), parameters, name, changes)
    tool = _built({**raw, "name": name, "parameters": parameters, "results": results}, name)
    tool = _completed(tool, changes)
    told = varied(tool.description, rng)
    return Refined(tool.model_copy(update={"description": told}), tuple(changes))


def _raw(candidate: object) -> dict[str, Any]:
    if not isinstance(candidate, Mapping):
        raise RefusedTool(f"not a tool but {candidate!r:.60}")
    name = candidate.get("name")
    if not isinstance(name, str) or not words(name):
        raise RefusedTool(f"a tool needs a name, not {name!r:.60}")
    if not candidate.get("description"):
        raise RefusedTool("it has no description", name)
    return {key: value for key, value in candidate.items() if key in _PARTS and value is not None}


def _snake(name: str) -> str:
    return "_".join(words(name))[:64]


def _object(schema: object, name: str, part: str) -> JsonObject:
    if not isinstance(schema, Mapping):
        if part == "parameters":
            return {"type": "object", "properties": {}}
        raise RefusedTool("it says nothing about its results", name)
    if schema.get("type") != "object" or not isinstance(schema.get("properties", {}), Mapping):
        raise RefusedTool(f"its {part} are not a JSON Schema object", name)
    return dict(schema)


def _checked(parameters: JsonObject, results: JsonObject, name: str) -> None:
    for part, schema in (("parameters", parameters), ("results", results)):
        try:
            check_schema(schema)
        except SchemaError as error:
            raise RefusedTool(f"its {part} are no valid schema: {error}", name) from error
    if not results.get("properties"):
        raise RefusedTool("its results have no properties", name)


def _named(schema: JsonObject, changes: list[str]) -> JsonObject:
    """The schema with its top-level property names in snake_case, where no rule names them."""
    properties: JsonObject = schema.get("properties", {})
    fresh = {name: _snake(name) or name for name in properties}
    if hints.stated(schema) or len(set(fresh.values())) < len(fresh):
        return schema
    changes.extend(f"{old!r} renamed to {new!r}" for old, new in fresh.items() if old != new)
    renamed = {fresh[name]: held for name, held in properties.items()}
    required = [fresh.get(name, name) for name in schema.get("required", [])]
    return {**schema, "properties": renamed, **({"required": required} if required else {})}


def _inferred(parameters: JsonObject, changes: list[str]) -> JsonObject:
    """The parameters with what their descriptions say."""
    properties: JsonObject = {}
    for name, schema in parameters.get("properties", {}).items():
        properties[name] = _property(name, schema, changes)
    made = {**parameters, "properties": properties}
    if "required" not in parameters and properties:
        required = [
            name
            for name, held in properties.items()
            if not isinstance(held, Mapping) or not hints.optional(held)
        ]
        made["required"] = required
        changes.append(f"required inferred: {', '.join(required) or 'none'}")
    if not hints.stated(made):
        rules = [rule for rule in hints.conditions(made) if rule]
        if rules:
            made |= rules[0] if len(rules) == 1 else {"allOf": rules}
            changes.append("a conditional requirement was read from a description")
    return made


def _property(name: str, schema: object, changes: list[str]) -> object:
    if not isinstance(schema, Mapping):
        return schema
    made = dict(schema)
    if values := hints.choices(made):
        made["enum"] = values
        changes.append(f"{name!r}: choices read from its description")
    if found := hints.default(made):
        made["default"] = found[0]
        changes.append(f"{name!r}: default read from its description")
    return made


def _without_echoes(
    results: JsonObject, parameters: JsonObject, name: str, changes: list[str]
) -> JsonObject:
    """The results without outputs that have the name and type of an input."""
    given = parameters.get("properties", {})
    outputs: JsonObject = results.get("properties", {})
    echoes = [
        key
        for key, held in outputs.items()
        if key in given and same(_type(held), _type(given[key]))
    ]
    if len(echoes) == len(outputs):
        raise RefusedTool("it returns nothing but what it was given", name)
    if not echoes:
        return results
    changes.append(f"outputs that repeat inputs removed: {', '.join(echoes)}")
    kept = {key: held for key, held in outputs.items() if key not in echoes}
    required = [key for key in results.get("required", []) if key in kept]
    return {**results, "properties": kept, "required": required}


def _type(schema: object) -> object:
    return schema.get("type") if isinstance(schema, Mapping) else None


def _built(raw: Mapping[str, Any], name: str) -> Tool:
    try:
        tool = Tool.model_validate(dict(raw))
        check_toolset(Toolset(version=1, tools=(tool,)))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RefusedTool(f"{place}: {first['msg']}", name) from error
    except InputError as error:
        raise RefusedTool(str(error), name) from error
    return tool


def _completed(tool: Tool, changes: list[str]) -> Tool:
    """The tool with an effect and with at least one declared error."""
    fresh: dict[str, object] = {}
    effect = effect_of(tool)
    if tool.effect is None:
        fresh["effect"] = effect
        changes.append(f"effect inferred: {effect.kind} {effect.entity}")
    if not tool.errors:
        fresh["errors"] = (_error(tool, effect.entity),)
        changes.append("an error was added, since it declared none")
    return tool.model_copy(update=fresh) if fresh else tool


def _error(tool: Tool, entity: str) -> ToolError:
    """The way in which any such tool fails: the thing does not exist, or the input is wrong."""
    names = tool.parameters.get("properties", {})
    if any(identified(name) is not None for name in names):
        noun = entity.replace("_", " ")
        told = f"there is no {noun} under that number"
        return ToolError(code=f"{entity.upper()}_NOT_FOUND", message=told, when=f"no such {noun}")
    told = "the request couldn't be processed as given"
    return ToolError(code="INVALID_REQUEST", message=told, when="an argument makes no sense")
