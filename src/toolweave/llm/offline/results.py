"""Simulated results: the narrowed schema filled with values a person of the field believes."""

import random
import re
from collections.abc import Mapping
from typing import Any, Final

from toolweave.core.model import JsonValue
from toolweave.llm.contexts import Result, ResultContext
from toolweave.llm.offline.answering import answered
from toolweave.llm.offline.sums import worked_out
from toolweave.llm.offline.values import Drawer
from toolweave.schema.sampling import Missing, sample
from toolweave.schema.types import as_mapping, type_names
from toolweave.schema.validators import validator

_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}|\d{2}:\d{2}")


def result(context: ResultContext, stream: random.Random) -> Result:
    """An instance of the narrowed result schema.

    Raises:
        SchemaError: the schema cannot be met.
    """
    if not context.schema:
        # Nothing is declared: an acknowledgement is what such a tool gives.
        return Result(result={"success": True})
    drawer = Drawer(
        context.words,
        context.cast,
        stream,
        dict(context.arguments),
        context.tool.name,
        result_at=context.clock,
        stated=context.stated,
    )

    sole = _figures(context.schema)

    def leaf(path: str, schema: Any) -> JsonValue | Missing:
        told: JsonValue = answered(context.tool, context.arguments, path, schema, stream)
        if told is None and path in sole:
            told = _in_form(worked_out(context.tool.name, context.arguments), schema)
        return told if told is not None else drawer.leaf(path, schema)

    drawn = sample(
        context.schema,
        stream,
        draw=lambda path, schema, _: leaf(path, schema),
        optional=0.85,
    )
    return Result(result=in_order(drawn, context.schema))


def _figures(schema: Mapping[str, Any]) -> list[str]:
    """The one place of a result that can hold what a calculation comes to."""
    properties = as_mapping(schema.get("properties", {}))
    numbers = [
        name
        for name, held in properties.items()
        if {"number", "integer"} & set(type_names(as_mapping(held)))
    ]
    return numbers if len(numbers) == 1 else [name for name in properties if len(properties) == 1]


def _in_form(value: float | None, schema: Any) -> JsonValue:
    """The number in the form that a schema has for it; None where it has none."""
    if value is None:
        return None
    whole = int(value) if value == int(value) else value
    forms: tuple[JsonValue, ...] = (value, whole, str(whole))
    return next((form for form in forms if validator(schema).valid(form)), None)


def in_order(result: JsonValue, schema: Mapping[str, Any]) -> JsonValue:
    """The result with each list in the order of its times, where the schema leaves them open."""
    if not isinstance(result, dict):
        return result
    for key, rows in result.items():
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            continue
        timed = next((name for name in (rows[0] if rows else ()) if _is_moment(rows, name)), None)
        if timed is None:
            continue
        moments = sorted(str(row[timed]) for row in rows)
        placed = [{**row, timed: moment} for row, moment in zip(rows, moments, strict=True)]
        if validator(schema).valid({**result, key: placed}):
            result = {**result, key: placed}
    return result


def _is_moment(rows: list[dict[str, JsonValue]], name: str) -> bool:
    return all(
        isinstance(row.get(name), str) and _MOMENT.match(str(row[name])) is not None for row in rows
    )
