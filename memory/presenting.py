"""A known value in the form that another schema has for it."""

from toolweave.core.model import JsonValue
from toolweave.memory.clock import fitted, moment_of
from toolweave.memory.fields import TIMES
from toolweave.memory.identity import Place
from toolweave.memory.semantics import same_state
from toolweave.schema.types import as_mapping, type_names
from toolweave.schema.validators import validator


def presented(value: JsonValue, place: Place) -> JsonValue:
    """A known value in the form that a schema has for it: a time, a state, a number as text."""
    schema = as_mapping(place.schema)
    if validator(place.schema).valid(value):
        return value
    if place.name in TIMES and (at := moment_of(value)) is not None:
        return fitted(at, schema)
    if place.name == "status" and isinstance(value, str):
        return same_state(value, schema) or value
    types = type_names(schema)
    if isinstance(value, int) and not isinstance(value, bool) and "string" in types:
        return str(value)
    return value
