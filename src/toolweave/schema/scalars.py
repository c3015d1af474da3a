"""Drawing text, numbers and truth values within the bounds a schema sets."""

import math
import random
from collections.abc import Mapping
from typing import Any

from toolweave.core.errors import SchemaError
from toolweave.schema.formats import write_format
from toolweave.schema.patterns import write

MAX_TEXT = 10_000
_SPREAD = 100
_WORDS = (
    *("amber", "anchor", "basic", "bright", "cedar", "clear", "delta", "early", "field", "green"),
    *("grove", "inner", "light", "linen", "maple", "metro", "north", "ocean", "plain", "prime"),
    *("quiet", "rapid", "river", "silver", "solar", "stone", "swift", "urban", "vista", "white"),
)


def draw_text(schema: Mapping[str, Any], rng: random.Random) -> str:
    """Text for a string schema; whoever asks checks it against pattern and length."""
    low, high = schema.get("minLength", 0), schema.get("maxLength", MAX_TEXT)
    if low > min(high, MAX_TEXT):
        raise SchemaError(f"no text is at least {low} and at most {high} characters long")
    if (text := write_format(schema.get("format"), rng)) is not None:
        return text
    patterns = [part["pattern"] for part in (schema, *schema.get("allOf", ())) if "pattern" in part]
    if patterns:
        return write(rng.choice(patterns), rng, spread=min(max(4, 2 * int(low)), 500))
    text = " ".join(rng.choice(_WORDS) for _ in range(rng.randint(1, 2)))
    while len(text) < low:
        text += f" {rng.choice(_WORDS)}"
    return text[: int(high)].strip().ljust(int(low), "x")


def draw_integer(schema: Mapping[str, Any], rng: random.Random) -> int:
    """A whole number within minimum, maximum and multipleOf. Raises SchemaError for none."""
    step = schema.get("multipleOf", 1)
    step = int(step) if step == int(step) else 1
    first, last = _factors(schema, step)
    return rng.randint(first, last) * step


def draw_number(schema: Mapping[str, Any], rng: random.Random) -> float:
    """A number within minimum, maximum and multipleOf. Raises SchemaError for none."""
    if "multipleOf" in schema:
        step = schema["multipleOf"]
        first, last = _factors(schema, step)
        value = rng.randint(first, last) * step
        return value if isinstance(value, int) else round(value, 10)
    lower, upper = _window(schema, 1)
    if lower > upper:
        raise SchemaError(f"no number lies between {lower} and {upper}")
    exact = rng.uniform(lower, upper)
    rounded = round(exact, 2)
    if lower <= rounded <= upper and rounded not in _excluded(schema):
        return rounded
    return (lower + upper) / 2 if exact in _excluded(schema) else exact


def _excluded(schema: Mapping[str, Any]) -> tuple[object, object]:
    return schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")


def _window(schema: Mapping[str, Any], step: float) -> tuple[float, float]:
    """Where to draw from: the bounds, each replaced by something moderate where it is absent."""
    low = _sharper(schema, "minimum", "exclusiveMinimum", 1)
    high = _sharper(schema, "maximum", "exclusiveMaximum", -1)
    spread = _SPREAD * step
    if low is None and high is None:
        return step, spread
    if low is None and high is not None:
        return (step if high > step else high - spread), high
    if high is None and low is not None:
        return low, low + max(spread, abs(low))
    return low or 0, high or 0


def _sharper(schema: Mapping[str, Any], plain: str, exclusive: str, sign: int) -> float | None:
    bounds = [schema[key] for key in (plain, exclusive) if key in schema]
    return max(bounds, key=lambda bound: sign * bound) if bounds else None


def _factors(schema: Mapping[str, Any], step: float) -> tuple[int, int]:
    """The least and the greatest factor of ``step`` within the bounds."""
    lower, upper = _window(schema, step)
    first, last = _above(lower, step), -_above(-upper, step)
    first += first * step == schema.get("exclusiveMinimum")
    last -= last * step == schema.get("exclusiveMaximum")
    if first > last:
        raise SchemaError(f"no multiple of {step} lies between {lower} and {upper}")
    return first, last


def _above(value: float, step: float) -> int:
    if isinstance(value, int) and isinstance(step, int):
        return -(-value // step)
    ratio = value / step
    near = round(ratio)
    return near if math.isclose(ratio, near, rel_tol=1e-12) else math.ceil(ratio)
