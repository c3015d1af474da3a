"""How the values of one schema relate to the demands of another, and their intersection."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, TypeAlias, cast

import jsonschema_rs
from jsonschema_rs import canonical as forms

from toolweave.schema.keywords import mapped
from toolweave.schema.merging import branches, flatten, merge
from toolweave.schema.refs import compiled, inline
from toolweave.schema.types import Schema, canonical, is_false, plain
from toolweave.schema.validators import validator

__all__ = ["Relation", "inline", "intersect", "relation"]

Relation: TypeAlias = Literal["fits", "overlaps", "disjoint"]
MAX_TEXT = 60_000
_POSITIVE = frozenset(
    {
        *("properties", "patternProperties", "additionalProperties", "items", "prefixItems"),
        *("allOf", "anyOf", "oneOf", "then", "else", "dependentSchemas"),
    }
)


def relation(
    source: Schema,
    target: Schema,
    source_root: Schema | None = None,
    target_root: Schema | None = None,
) -> Relation:
    """Whether a value of ``source`` can stand where ``target`` is demanded.

    ``fits``: every value can. ``disjoint``: none can. ``overlaps``: some can, or it cannot be told.
    A declared property of the source counts as present, and arrays are judged by what they hold,
    so arrays of text and arrays of numbers are disjoint although both may be empty.
    Raises SchemaError for an unusable schema.
    """
    return _relation(canonical(_whole(source, source_root)), canonical(_whole(target, target_root)))


def _whole(schema: Schema, root: Schema | None) -> Schema:
    return inline(schema, root, depth=1)


@lru_cache(maxsize=4096)
def _relation(source_text: str, target_text: str) -> Relation:
    source, target = _read(source_text), _read(target_text)
    if source_text == target_text or target in (True, {}):
        return "fits"
    if len(source_text) + len(target_text) > MAX_TEXT:
        return "overlaps"
    try:
        if _form(target).covers(_form(source)) == forms.Containment.YES:
            return "fits"
        both = _held(source, present=True).intersect(_held(target, present=False))
        nothing = both.satisfiability() == forms.Satisfiability.NO
    except ValueError:
        return "overlaps"
    if not nothing and '"format"' in source_text and '"format"' in target_text:
        firm = _firm(source, present=True), _firm(target, present=False)
        nothing = _impossible(intersect(*firm)) and not any(_impossible(one) for one in firm)
    return "disjoint" if nothing else "overlaps"


def _read(text: str) -> dict[str, Any] | bool:
    compiled(schema := json.loads(text))
    return cast("dict[str, Any] | bool", schema)


def _form(schema: Schema) -> jsonschema_rs.CanonicalSchema:
    return jsonschema_rs.canonicalize(
        plain(schema), draft=jsonschema_rs.Draft202012, validate_formats=True, offline=True
    )


def _held(schema: Schema, *, present: bool) -> jsonschema_rs.CanonicalSchema:
    firm = _form(_firm(schema, present=present))
    return _form(schema) if firm.satisfiability() == forms.Satisfiability.NO else firm


def _firm(schema: Schema, *, present: bool) -> Schema:
    """The schema with arrays that hold something and, if ``present``, all properties demanded.

    Definitions of a cycle stay as they are: demanded without end, they would admit nothing.
    """
    if isinstance(schema, bool):
        return schema
    firm = mapped(
        schema,
        lambda keyword, child: _firm(child, present=present) if keyword in _POSITIVE else child,
    )
    if not isinstance(firm.get("items", True), bool) and firm.get("maxItems", 1) >= 1:
        firm["minItems"] = max(1, firm.get("minItems", 0))
    if present and "properties" in firm and "maxProperties" not in firm:
        declared = [name for name, held in firm["properties"].items() if not is_false(held)]
        firm["required"] = sorted({*declared, *firm.get("required", ())})
    return firm


def intersect(a: Schema, b: Schema) -> Schema:
    """A schema whose values satisfy both; ``False`` where it is plain that there are none.

    Each schema is its own root. Types, enums, ranges, properties and elements are merged, so that
    values are easily drawn; the rest stays under ``allOf``.
    """
    one, two = inline(a), inline(b)
    merged = merge(flatten(one, one), flatten(two, two))
    if isinstance(merged, bool) or is_false(merged):
        return not is_false(merged)
    if _impossible(merged):
        return False
    if "enum" in merged or "const" in merged:
        values = [merged["const"]] if "const" in merged else merged["enum"]
        checks = validator(one), validator(two)
        kept = [value for value in values if all(check.valid(value) for check in checks)]
        about = {key: merged[key] for key in merged if key in ("title", "description")}
        return {**about, "enum": kept} if kept else False
    return _branched(merged)


def _impossible(schema: Schema) -> bool:
    try:
        return _form(schema).satisfiability() == forms.Satisfiability.NO
    except ValueError:
        return False


def _branched(merged: Mapping[str, Any]) -> Schema:
    """Alternatives that cannot hold any more dropped, and a single one put in their place."""
    definitions = merged.get("$defs", {})
    result: Schema = {key: value for key, value in merged.items() if key != "$defs"}
    for keyword in ("anyOf", "oneOf"):
        if isinstance(result, bool) or keyword not in result:
            continue
        kept = branches(result, keyword, merged)
        if not kept:
            return False
        result = kept[0] if len(kept) == 1 else {keyword: kept}
    if isinstance(result, bool) or not definitions:
        return result
    return {**result, "$defs": definitions}
