"""The steps by which one schema of an older dialect becomes one of JSON Schema 2020-12."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, Literal, Protocol

import jsonschema_rs

from toolweave.schema.dialect_values import mend_enum
from toolweave.schema.foreign_types import FORMAT_OF, JSON_TYPE
from toolweave.schema.text import clean, tidy

Hidden = Literal["", "readOnly", "writeOnly"]

LONGEST_TEXT: Final = 2_000
LONGEST_NAME: Final = 120
_LEFT_OUT: Final = frozenset(
    {
        *("$schema", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "xml", "externalDocs"),
        *("discriminator", "$recursiveRef", "$recursiveAnchor", "optional", "style", "explode"),
    }
)
_PASSED_SILENTLY: Final = frozenset({"$schema", "$id"})
_TEXTS: Final = ("description", "title", "$comment")


class Work(Protocol):
    """The conversion that a step is part of; each step changes the schema it is given."""

    changes: Counter[str]
    hidden: Hidden
    find: Callable[[str], object]

    def convert(self, schema: object) -> dict[str, Any] | bool: ...

    def defined(self, ref: str) -> str: ...


def _references(work: Work, made: dict[str, Any]) -> None:
    if "$dynamicRef" in made:
        made.setdefault("$ref", made.pop("$dynamicRef"))
    ref = made.get("$ref")
    if not isinstance(ref, str):
        return
    work.find(ref)
    made["$ref"] = f"#/$defs/{work.defined(ref)}"


def _keys(work: Work, made: dict[str, Any]) -> None:
    made.pop("$defs", None)
    made.pop("definitions", None)
    for key in list(made):
        if key in _LEFT_OUT or (key.startswith("x-") and key != "x-unit"):
            if key not in _PASSED_SILENTLY:
                work.changes[f"{clean(key)[:40]!r} was left out"] += 1
            del made[key]


def _types(work: Work, made: dict[str, Any]) -> None:
    given = made.get("type")
    if isinstance(given, str) and "|" in given:
        given = [part.strip() for part in given.split("|")]
    names = given if isinstance(given, list) else [given] if isinstance(given, str) else []
    if not names:
        # A type that is itself a schema, or null, says nothing that could be kept.
        if "type" in made:
            work.changes["an unusable 'type' was left out"] += 1
            del made["type"]
        return
    kept: list[str] = []
    for name in names:
        key = name.strip().casefold() if isinstance(name, str) else "null" if name is None else ""
        json_type = JSON_TYPE.get(key, "")
        if name != json_type:
            what = f"became {json_type!r}" if json_type else "was left out"
            work.changes[f"type {clean(str(name))[:40]!r} {what}"] += 1
        if key in FORMAT_OF:
            made.setdefault("format", FORMAT_OF[key])
        if not json_type:
            made.pop("type")
            return
        if json_type not in kept:
            kept.append(json_type)
    made["type"] = kept[0] if len(kept) == 1 and not isinstance(made["type"], list) else kept


def _arrays(work: Work, made: dict[str, Any]) -> None:
    items = made.get("items")
    if isinstance(items, list):
        made.pop("items")
        if items:
            made["prefixItems"] = items
        if "additionalItems" in made:
            made["items"] = made.pop("additionalItems")
        work.changes["a list of 'items' became 'prefixItems'"] += 1
    made.pop("additionalItems", None)
    if made.get("type") == "array" and "properties" in made and "items" not in made:
        # BFCL writes the fields of the elements on the list itself.
        inner = {key: made.pop(key) for key in ("properties", "required") if key in made}
        made["items"] = {"type": "object", **inner}
        work.changes["'properties' of an array became those of its items"] += 1


def _dependencies(work: Work, made: dict[str, Any]) -> None:
    given = made.pop("dependencies", None)
    if not isinstance(given, Mapping):
        return
    for name, needs in given.items():
        if isinstance(needs, list):
            made.setdefault("dependentRequired", {})[name] = needs
        else:
            made.setdefault("dependentSchemas", {})[name] = needs
    work.changes["'dependencies' became 'dependentRequired' or 'dependentSchemas'"] += 1


def _bounds(work: Work, made: dict[str, Any]) -> None:
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        flag = made.get(exclusive)
        if isinstance(flag, bool):
            del made[exclusive]
            if flag and bound in made:
                made[exclusive] = made.pop(bound)
            work.changes[f"a yes-or-no {exclusive!r} became a bound"] += 1


def _examples(work: Work, made: dict[str, Any]) -> None:
    if "examples" in made and not isinstance(made["examples"], list):
        given = made["examples"]
        made["examples"] = list(given.values()) if isinstance(given, Mapping) else [given]
        work.changes["'examples' became a list"] += 1
    if "example" in made:
        made.setdefault("examples", [made["example"]])
        del made["example"]
        work.changes["'example' became 'examples'"] += 1


def _properties(work: Work, made: dict[str, Any]) -> None:
    """Properties as a mapping of usable names, what each says of being required moved up."""
    given = made.get("properties")
    if isinstance(given, list):
        given = {
            str(item["name"]): {key: v for key, v in item.items() if key != "name"}
            for item in given
            if isinstance(item, Mapping) and item.get("name")
        }
        work.changes["a list of 'properties' became a mapping"] += 1
    required = made.get("required")
    named = (
        [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
    )
    if isinstance(given, Mapping):
        kept: dict[str, Any] = {}
        for name, held in given.items():
            _property(work, str(name), held, kept, named)
        made["properties"] = kept
        gone = {str(name) for name in given} - kept.keys()
        named = [name for name in named if name not in gone]
    elif "properties" in made:
        work.changes["unusable 'properties' were left out"] += 1
        del made["properties"]
    made.pop("required", None)
    if named:
        made["required"] = list(dict.fromkeys(named))


def _property(work: Work, name: str, held: object, kept: dict[str, Any], named: list[str]) -> None:
    usable = clean(name).replace("\n", " ").strip()[:LONGEST_NAME]
    if isinstance(held, Mapping) and work.hidden and held.get(work.hidden) is True:
        work.changes[f"{usable!r} is {work.hidden} and was left out"] += 1
        return
    if not usable or usable in kept:
        work.changes[f"a property with the name {usable!r} was left out"] += 1
        return
    if usable != name:
        work.changes["a property's name was cleaned"] += 1
        named[:] = [usable if each == name else each for each in named]
    if isinstance(held, Mapping) and isinstance(held.get("required"), bool | str):
        if held["required"] in (True, "true", "True"):
            named.append(usable)
        held = {key: value for key, value in held.items() if key != "required"}
        work.changes["'required' of a property moved to its object"] += 1
    kept[usable] = held if isinstance(held, bool | Mapping) else work.convert(held)


def _nullable(work: Work, made: dict[str, Any]) -> None:
    nullable = made.pop("nullable", None)
    if nullable is None:
        return
    work.changes["'nullable' became a type"] += 1
    if nullable is not True:
        return
    named = made.get("type")
    if isinstance(named, str):
        made["type"] = [named, "null"]
    elif isinstance(named, list) and "null" not in named:
        made["type"] = [*named, "null"]
    elif named is None and ("$ref" in made or "allOf" in made):
        told: dict[str, Any] = {
            key: made.pop(key) for key in (*_TEXTS, "default", "examples") if key in made
        }
        inner = dict(made)
        made.clear()
        made.update({**told, "anyOf": [inner, {"type": "null"}]})
    if isinstance(made.get("enum"), list) and None not in made["enum"]:
        made["enum"] = [*made["enum"], None]


def _texts(work: Work, made: dict[str, Any]) -> None:
    for key in _TEXTS:
        if key not in made:
            continue
        text = made[key]
        if not isinstance(text, str):
            work.changes[f"an unusable {key!r} was left out"] += 1
            del made[key]
            continue
        made[key] = tidy(text, LONGEST_TEXT, lambda what: work.changes.update([what]))


def _patterns(work: Work, made: dict[str, Any]) -> None:
    if "pattern" in made and not _compiles(made["pattern"]):
        work.changes["a pattern that cannot be used was left out"] += 1
        del made["pattern"]
    given = made.get("patternProperties")
    if isinstance(given, Mapping):
        made["patternProperties"] = {key: v for key, v in given.items() if _compiles(key)}
        if len(made["patternProperties"]) < len(given):
            work.changes["a pattern that cannot be used was left out"] += 1


def _compiles(pattern: object) -> bool:
    return isinstance(pattern, str) and len(pattern) <= 5_000 and _compiled(pattern)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, offline=True)
    except ValueError:
        return False
    return True


STEPS: Final[tuple[Callable[[Work, dict[str, Any]], None], ...]] = (
    _keys, _types, _arrays, _dependencies, _bounds, _examples, _properties, _nullable,
    _references, _texts, _patterns, mend_enum,
)  # fmt: skip
