"""What a person typed, read as a value of a schema; and what may be typed, in words."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from toolweave.checks.matching import NO_WORDS, Words, find
from toolweave.checks.phrases import phrase_places
from toolweave.checks.readings import Reading, readings
from toolweave.checks.spans import Duration
from toolweave.checks.words_en import NO, YES
from toolweave.core.errors import InputError
from toolweave.core.model import JsonValue
from toolweave.schema.documents import parse_document
from toolweave.schema.types import TYPES, Schema, as_mapping, same
from toolweave.schema.validators import validator

_SECONDS: Final = (1, 60, 3600, 86400, 604800)
_MOMENTS: Final = ("date", "time", "date-time", "duration")
_DEPTH: Final = 3
_CHOICES: Final = 12


class Unfit(Exception):
    """What was typed is no such value; the text says why, for a person."""


def read_typed(
    text: str, schema: Schema, *, now: datetime, words: Words = NO_WORDS, kind: str = ""
) -> JsonValue:
    """The value that a person means.

    Numbers and dates may be said in human forms, enum values in words, lists with commas; nested
    values are JSON.

    Args:
        schema: what the value must be valid against.
        now: the clock that relative dates refer to.
        words: further human words per value.
        kind: what the field is about (``date``, ``time``, …) where the schema names no format.

    Raises:
        Unfit: no reading of the text is valid.
    """
    text = " ".join(text.split())
    if not text:
        raise Unfit("nothing was typed")
    check = validator(schema)
    first: JsonValue = None
    some = False
    for candidate in _candidates(text, as_mapping(schema), now, words, kind, _DEPTH):
        if check.valid(candidate):
            return candidate
        first, some = (first, True) if some else (candidate, True)
    wanted = expected(schema, kind)
    if not some:
        raise Unfit(f"{text!r} is not {wanted}")
    broken = check.violations(first)
    place = f"{broken[0].path}: " if broken and broken[0].path else ""
    raise Unfit(f"{place}{broken[0].message if broken else 'not allowed'}; wanted: {wanted}")


def options(schema: Schema) -> list[str]:
    """What there is to choose from, as it may be typed; nothing where the choice is free."""
    node = as_mapping(schema)
    if choices := _choices(node):
        return [_plain(choice) for choice in choices]
    return ["yes", "no"] if _types(node) == {"boolean"} else []


def expected(schema: Schema, kind: str = "") -> str:
    """What may be typed, in a few words."""
    return _expected(as_mapping(schema), kind, _DEPTH)


def _expected(node: Mapping[str, Any], kind: str, depth: int) -> str:
    choices = _choices(node)
    if choices:
        shown = [_plain(choice) for choice in choices[:_CHOICES]]
        more = len(choices) - len(shown)
        return "one of " + ", ".join(shown) + (f" and {more} more" if more else "")
    types = _types(node)
    if types == {"boolean"}:
        return "yes or no"
    if "array" in types and depth:
        inner = _expected(as_mapping(node.get("items", True)), kind, depth - 1)
        return f"a list, separated by commas, each {inner}"
    if "object" in types and "string" not in types:
        names = ", ".join(list(node.get("properties", {}))[:_CHOICES])
        return "a JSON object" + (f" with {names}" if names else "")
    if types & {"integer", "number"}:
        return ("a number" if "number" in types else "a whole number") + _bounds(node)
    return _text_expected(node, kind)


def _text_expected(node: Mapping[str, Any], kind: str) -> str:
    form = _form(node, kind)
    named = {
        "date": "a date (3 August, next Friday, 2025-08-03)",
        "time": "a time (3 pm, 15:00)",
        "date-time": "a date and time (3 August at 3 pm)",
        "duration": "a length of time (2 hours)",
        "email": "an e-mail address",
        "uri": "a web address",
    }
    if form in named:
        return named[form]
    if "pattern" in node:
        return f"text of the form {str(node['pattern'])[:60]}"
    if "minLength" in node and "maxLength" in node:
        return f"text of {node['minLength']} to {node['maxLength']} characters"
    return "text" + (f" of at most {node['maxLength']} characters" if "maxLength" in node else "")


def _bounds(node: Mapping[str, Any]) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    above, below = node.get("exclusiveMinimum"), node.get("exclusiveMaximum")
    parts = [
        f" from {low}" if low is not None else "",
        f" above {above}" if above is not None else "",
        f" up to {high}" if high is not None else "",
        f" below {below}" if below is not None else "",
    ]
    return "".join(parts)


def _candidates(
    text: str, node: Mapping[str, Any], now: datetime, words: Words, kind: str, depth: int
) -> Iterator[JsonValue]:
    """Every value the text may mean, the likeliest first; none of them is sure to be valid."""
    choices = _choices(node)
    if choices:
        yield from _chosen(text, choices, node, now, words)
        return
    types = _types(node)
    if text[0] in "[{" and types & {"array", "object"}:
        yield from _json(text)
    if "boolean" in types:
        yield from _truth(text, words)
    if types & {"integer", "number"}:
        yield from _numbers(text, node, now)
    if "string" in types:
        yield from _texts(text, node, now, kind)
    if "array" in types and depth:
        yield from _lists(text, node, now, words, kind, depth)


def _choices(node: Mapping[str, Any]) -> list[JsonValue]:
    if "const" in node:
        return [node["const"]]
    found = node.get("enum")
    return [choice for choice in found if choice is not None] if isinstance(found, list) else []


def _types(node: Mapping[str, Any]) -> set[str]:
    """The types the schema names, itself or in its branches; otherwise all of them."""
    named = node.get("type")
    if named is not None:
        return {named} if isinstance(named, str) else set(named)
    found: set[str] = set()
    for key in ("anyOf", "oneOf", "allOf"):
        for branch in node.get(key, ()):
            if isinstance(branch, Mapping) and "type" in branch:
                found |= _types({"type": branch["type"]})
    return found or set(TYPES)


def _chosen(
    text: str, choices: list[JsonValue], node: Mapping[str, Any], now: datetime, words: Words
) -> Iterator[JsonValue]:
    folded = _folded(text)
    for choice in choices:
        said = [_plain(choice), *words.get(_plain(choice), ())]
        if folded in map(_folded, said):
            yield choice
            return
    meant = [c for c in choices if find(text, c, node, now=now, words=words) is not None]
    if len(meant) == 1:
        yield meant[0]
    for number in _numbers(text, {}, now):
        yield from (choice for choice in choices if same(choice, number))


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


def _plain(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _truth(text: str, words: Words) -> Iterator[JsonValue]:
    folded = _folded(text)
    for value, key, said in ((True, "true", YES), (False, "false", NO)):
        if folded in {key[0], "y" if value else "n", *map(_folded, said)}:
            yield value
            return
    for value, key in ((False, "false"), (True, "true")):
        if any(phrase_places(text, phrase) for phrase in words.get(key, ())):
            yield value
            return
    for value, said in ((False, NO), (True, YES)):
        if any(phrase_places(text, phrase) for phrase in said):
            yield value
            return


def _numbers(text: str, node: Mapping[str, Any], now: datetime) -> Iterator[JsonValue]:
    found = readings(text, now)
    kinds = ("number", "amount", "percent", "duration", "ordinal")
    numeric = [reading for reading in found if reading.kind in kinds]
    whole = [reading for reading in numeric if (reading.start, reading.end) == (0, len(text))]
    for reading in whole or (numeric if len(numeric) == 1 else []):
        for value in _number_values(reading):
            number: JsonValue = int(value) if value == value.to_integral_value() else float(value)
            if not node or find(text, number, node, now=now) is not None:
                yield number


def _number_values(reading: Reading) -> Iterator[Decimal]:
    """A length of time in the schema's unit comes before the number that was said."""
    for value in reading.values:
        if isinstance(value, Decimal) and value.is_finite():
            yield value
        elif isinstance(value, Duration):
            if not value.months:
                yield from (value.seconds / seconds for seconds in _SECONDS)
            elif not value.seconds:
                yield from (value.months, value.months / 12)
    if reading.counted is not None:
        yield reading.counted


def _form(node: Mapping[str, Any], kind: str) -> str:
    form = str(node.get("format", ""))
    return form or {"date": "date", "time": "time", "datetime": "date-time"}.get(kind, "")


def _texts(text: str, node: Mapping[str, Any], now: datetime, kind: str) -> Iterator[JsonValue]:
    form = _form(node, kind)
    if form in _MOMENTS:
        check = validator(node)
        if check.valid(text) and (form == "duration" or text[:1].isdigit()):
            yield text
        yield from _moments(text, form, now)
        if "format" in node:
            return
    yield text


def _moments(text: str, form: str, now: datetime) -> Iterator[JsonValue]:
    for reading in readings(text, now):
        for value in reading.values:
            if form == "date-time" and isinstance(value, datetime):
                yield from (value.isoformat(), f"{value.isoformat()}Z", f"{value:%Y-%m-%d %H:%M}")
            elif form == "date" and type(value) is date:
                yield value.isoformat()
            elif form == "time" and isinstance(value, time):
                yield from (f"{value:%H:%M}", f"{value:%H:%M:%S}", f"{value:%H:%M:%S}Z")
            elif form == "duration" and isinstance(value, Duration):
                yield _iso_length(value)
    if form == "date-time":
        for day in _moments(text, "date", now):
            yield from (f"{day}T00:00:00", f"{day}T00:00:00Z")


def _iso_length(length: Duration) -> str:
    months, seconds = int(length.months), int(length.seconds)
    days, seconds = divmod(seconds, 86400)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    day = "".join(f"{n}{unit}" for n, unit in ((months, "M"), (days, "D")) if n)
    clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    return f"P{day}" + (f"T{clock}" if clock else "") if day or clock else "PT0S"


def _lists(
    text: str, node: Mapping[str, Any], now: datetime, words: Words, kind: str, depth: int
) -> Iterator[JsonValue]:
    items = as_mapping(node.get("items", True))
    check = validator(items)
    for parted in _parted(text):
        values: list[JsonValue] = []
        for part in parted:
            read = _candidates(part, items, now, words, kind, depth - 1)
            value = next((candidate for candidate in read if check.valid(candidate)), part)
            values.append(value)
        yield values


def _parted(text: str) -> Iterator[list[str]]:
    """The parts between commas or semicolons; a last "and" parts too, if nothing else fits."""
    separator = ";" if ";" in text else ","
    parts = [part.strip() for part in text.split(separator) if part.strip()]
    *head, last = parts or [text]
    left, and_, right = last.removeprefix("and ").rpartition(" and ")
    if and_ and left.strip() and right.strip():
        yield [*head, left.strip(), right.strip()]
    yield [*head, last.removeprefix("and ")]


def _json(text: str) -> Iterator[JsonValue]:
    try:
        yield parse_document(text, file="typed.json")
    except InputError as error:
        raise Unfit(f"{error.problem}; or type the parts with commas") from error
