"""Drawing a valid value of any schema, with a caller's own values where they fit."""

import random
from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from typing import Any, Final, Protocol

from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonValue
from toolweave.schema.branching import alternatives, kinds
from toolweave.schema.containers import Demands, draw_array, draw_object
from toolweave.schema.keywords import DEFINITIONS
from toolweave.schema.merging import flatten
from toolweave.schema.parts import format_path, parse
from toolweave.schema.paths import values_at
from toolweave.schema.scalars import draw_integer, draw_number, draw_text
from toolweave.schema.types import Schema, is_false
from toolweave.schema.validators import Validator, validator

MAX_STEPS = 6_000
MAX_DEPTH = 40
_ROUNDS = 6
_CALMER = 0.7
_LEAF_TRIES = 25
_CONTAINER_TRIES = 4
_DELICATE = frozenset(
    {
        *("not", "allOf", "pattern", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
        *("uniqueItems", "contains", "propertyNames", "minProperties", "maxProperties"),
        *("minItems", "unevaluatedProperties", "unevaluatedItems", "minLength", "maxLength"),
    }
)


class Missing(Enum):
    """The type of ``MISSING``."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


class Draw(Protocol):
    """Proposes the value at a path, or ``MISSING`` when it has nothing to propose."""

    def __call__(
        self, path: str, schema: Mapping[str, Any], rng: random.Random, /
    ) -> JsonValue | Missing: ...


def sample(
    schema: Schema,
    rng: random.Random,
    draw: Draw | None = None,
    path: str = "",
    root: Schema | None = None,
    optional: float = 0.5,
    demand: Collection[str] = (),
) -> JsonValue:
    """A value valid under the schema, decided by ``rng`` alone.

    Args:
        schema: what the value has to satisfy; its references count from ``root``.
        rng: the stream everything is drawn from.
        draw: asked first for every value, with its concrete path, its schema with references
            followed, and ``rng``; what it proposes is used only when valid.
        path: the path of the value itself, for ``draw``.
        root: the document the schema stands in; the schema itself when absent.
        optional: the chance that an optional property is there.
        demand: paths within the value that must be there.

    Raises SchemaError, saying what cannot be met, when bounded tries find no value.
    """
    whole = schema if root is None else root
    check = validator(schema, whole)
    demands: Demands = tuple(parse(wanted) for wanted in demand)
    reason = "nothing could be drawn"
    spent = 0
    for tried in range(_ROUNDS):
        # Proposals may be what makes it impossible (the same one for each of many unique elements).
        proposing = draw if tried < _ROUNDS - 1 else None
        sampler = _Sampler(rng, proposing, whole, optional * _CALMER**tried)
        try:
            value = sampler.value(schema, path, demands, 0)
        except SchemaError as error:
            reason = str(error)
            spent += sampler.steps
            if spent > 2 * MAX_STEPS:
                break
            continue
        if check.valid(value) and holds(value, demands):
            return value
        reason = _shortcoming(check, value, demands)
    raise SchemaError(f"{path or 'value'}: no valid value found ({reason})")


def holds(value: JsonValue, demands: Demands) -> bool:
    """Whether every demanded path leads somewhere in the value."""
    return all(values_at(value, format_path(demand)) for demand in demands)


def _shortcoming(check: Validator, value: JsonValue, demands: Demands) -> str:
    for violation in check.violations(value):
        return f"{violation.path or 'value'}: {violation.message}"
    lacking = [format_path(demand) for demand in demands if not holds(value, (demand,))]
    return f"{', '.join(lacking)} cannot be there"


class _Sampler:
    """One round of drawing, with a bounded number of steps."""

    def __init__(
        self, rng: random.Random, draw: Draw | None, root: Schema, optional: float
    ) -> None:
        self.rng, self.draw, self.root, self.optional = rng, draw, root, optional
        self.steps = 0
        self.checks: dict[int, tuple[Mapping[str, Any], Validator]] = {}

    def value(self, schema: Schema, path: str, demands: Demands, depth: int) -> JsonValue:
        self.steps += 1
        if self.steps > MAX_STEPS or depth > MAX_DEPTH:
            raise SchemaError(f"{path or 'value'}: the schema demands too large a value")
        flat = flatten(schema, self.root, loose=True)
        if is_false(flat):
            raise SchemaError(f"{path or 'value'}: the schema admits nothing")
        node = {} if isinstance(flat, bool) else _without_definitions(flat)
        for proposed in self.proposals(node, path):
            if self.fits(node, proposed, demands):
                return proposed
        if "const" in node or "enum" in node:
            return self.listed(node, path, demands)
        options = alternatives(node, self.root, self.rng, self.optional, demands)
        if options is None:
            return self.typed(node, path, demands, depth)
        reason = "no alternative can hold"
        for option in options:
            try:
                value = self.value(option, path, demands, depth + 1)
            except SchemaError as error:
                reason = str(error)
                continue
            if self.fits(node, value, demands):
                return value
        raise SchemaError(reason)

    def proposals(self, node: Mapping[str, Any], path: str) -> Iterator[JsonValue]:
        """The caller's value, then at times one of the schema's own examples."""
        if self.draw is not None:
            drawn = self.draw(path, node, self.rng)
            if not isinstance(drawn, Missing):
                yield drawn
        examples = node.get("examples")
        if isinstance(examples, list) and examples and self.rng.random() < 0.5:
            yield self.rng.choice(examples)

    def listed(self, node: Mapping[str, Any], path: str, demands: Demands) -> JsonValue:
        values = [node["const"]] if "const" in node else list(node["enum"])
        fitting = [value for value in values if self.fits(node, value, demands)]
        if not fitting:
            raise SchemaError(f"{path or 'value'}: none of the listed values is valid")
        chosen: JsonValue = self.rng.choice(fitting)
        return chosen

    def typed(self, node: Mapping[str, Any], path: str, demands: Demands, depth: int) -> JsonValue:
        delicate = not _DELICATE.isdisjoint(node) or bool(demands)
        reason = "no type can hold"
        for kind in kinds(node, self.rng):
            inside = kind in ("object", "array")
            for _ in range(_CONTAINER_TRIES if inside else _LEAF_TRIES):
                try:
                    value = self.of_kind(kind, node, path, demands, depth)
                except SchemaError as error:
                    reason = str(error)
                    break
                if not delicate or self.fits(node, value, demands):
                    return value
                reason = f"{path or 'value'}: no {kind} found that is valid"
        raise SchemaError(reason)

    def of_kind(
        self, kind: str, node: Mapping[str, Any], path: str, demands: Demands, depth: int
    ) -> JsonValue:
        if kind == "object":
            return draw_object(self, node, path, demands, depth)
        if kind == "array":
            return draw_array(self, node, path, demands, depth)
        if kind == "string":
            return draw_text(node, self.rng)
        if kind == "integer":
            return draw_integer(node, self.rng)
        if kind == "number":
            return draw_number(node, self.rng)
        return self.rng.random() < 0.5 if kind == "boolean" else None

    def fits(self, node: Mapping[str, Any], value: JsonValue, demands: Demands) -> bool:
        kept = self.checks.get(id(node))
        if kept is None or kept[0] is not node:
            kept = (node, validator(node, self.root))
            self.checks[id(node)] = kept
        return kept[1].valid(value) and holds(value, demands)


def _without_definitions(node: Mapping[str, Any]) -> Mapping[str, Any]:
    if DEFINITIONS.isdisjoint(node):
        return node
    return {key: value for key, value in node.items() if key not in DEFINITIONS}
