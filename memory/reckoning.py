"""Amounts that follow from others, as a pack says: a day's rate times the days of a deal."""

from collections.abc import Callable
from math import prod

from toolweave.core.domain import Sum
from toolweave.core.model import JsonValue
from toolweave.memory.clock import moment_of
from toolweave.schema.types import Schema, as_mapping, type_names


def reckoned(how: Sum, value_of: Callable[[str], JsonValue], schema: Schema) -> float | None:
    """The amount, to the cent, or whole where ``schema`` wants that; None where a factor of it is
    not known. What is added or taken off counts as nothing where it is unknown.

    Args:
        how: what it is made of.
        value_of: the value of an attribute, or None.
        schema: what the amount has to be.
    """
    factors = [_number(value_of(name)) for name in (how.each, *how.times)]
    if how.days or how.nights:
        first, last = (moment_of(value_of(name)) for name in (how.days or how.nights))
        known = first is not None and last is not None and first <= last
        span = (last.date() - first.date()).days if first and last and known else None
        factors.append(None if span is None else float(span + bool(how.days)))
    share = _number(value_of(how.among)) if how.among else 1.0
    if not share:
        return None
    found = [factor for factor in factors if factor is not None]
    if len(found) < len(factors):
        return None
    amount = prod(found) / share
    amount += sum(_number(value_of(name)) or 0 for name in how.plus)
    amount = max(amount - sum(_number(value_of(name)) or 0 for name in how.minus), 0)
    types = type_names(as_mapping(schema))
    whole = "number" not in types or round(amount, 2) == int(amount)
    return int(amount) if whole and round(amount, 2) == int(amount) else round(amount, 2)


def _number(value: JsonValue) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
