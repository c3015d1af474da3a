"""Enums and defaults that do not fit the schema they stand in: mended, or left out."""

import re
from collections import Counter
from functools import lru_cache
from typing import Any, Final, Protocol

import jsonschema_rs

from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonValue
from toolweave.schema.text import clean
from toolweave.schema.types import canonical, to_text
from toolweave.schema.validators import validator

# What writers of Python and others mean by no default.
_ABSENT: Final = frozenset({"None", "null", "NULL", "nil", "undefined"})
_CONSTANTS: Final = {"true": True, "false": False}


class Work(Protocol):
    """The conversion, as far as it is told what was changed."""

    changes: Counter[str]


def mend_enum(work: Work, made: dict[str, Any]) -> None:
    """An enum of distinct values of its own type, or no enum."""
    if "enum" not in made:
        return
    given = made["enum"]
    if not isinstance(given, list) or not given:
        work.changes["an unusable 'enum' was left out"] += 1
        del made["enum"]
        return
    made["enum"] = list({canonical(value): value for value in given}.values())
    if "type" in made and not any(_of_type(made["type"], value) for value in made["enum"]):
        work.changes["a type that no value of its 'enum' has was left out"] += 1
        del made["type"]


@lru_cache(maxsize=64)
def _of_types(names: tuple[str, ...]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"type": list(names)}, offline=True)


def _of_type(named: object, value: object) -> bool:
    names = (named,) if isinstance(named, str) else tuple(named) if isinstance(named, list) else ()
    return not names or _of_types(names).is_valid(value)


def mend_default(work: Work, made: dict[str, Any]) -> None:
    """A default that its own schema refuses is written as the right type, or left out."""
    if "default" not in made or '"$ref"' in to_text(made):
        return
    given = made["default"]
    try:
        check = validator({key: value for key, value in made.items() if key != "default"})
    except SchemaError:
        return
    absent = isinstance(given, str) and given in _ABSENT and "enum" not in made
    if check.valid(given) and not absent:
        return
    readings = [] if absent else _readings(given)
    other = next((value for value in readings if check.valid(value)), None)
    shown = clean(repr(given))[:60]
    if other is None and not check.valid(None):
        work.changes[f"the default {shown} does not fit and was left out"] += 1
        del made["default"]
    else:
        work.changes[f"the default {shown} became {other!r:.60}"] += 1
        made["default"] = other


def _readings(given: JsonValue) -> list[JsonValue]:
    """What a default of the wrong type may have meant."""
    if isinstance(given, bool) or given is None:
        return [str(given).casefold()] if given is not None else []
    if isinstance(given, int | float):
        return [int(given), str(given)] if given == int(given) else [str(given)]
    if not isinstance(given, str):
        return []
    text = given.strip()
    found: list[JsonValue] = []
    if text.casefold() in _CONSTANTS:
        found.append(_CONSTANTS[text.casefold()])
    if re.fullmatch(r"-?\d{1,15}", text):
        found.append(int(text))
    if re.fullmatch(r"-?\d{1,15}\.\d{1,15}", text):
        found.append(float(text))
    if text in ("[]", "{}"):
        found.append([] if text == "[]" else {})
    return found
