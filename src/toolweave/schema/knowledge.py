"""What is known of a value before it exists: bound paths, known values, and what follows."""

from collections.abc import Collection, Mapping
from enum import Enum
from typing import Any

from toolweave.core.model import JsonValue
from toolweave.schema.parts import Key, Part, covers, format_path, parse
from toolweave.schema.paths import values_at
from toolweave.schema.refs import MAX_CHAIN, resolve
from toolweave.schema.types import Schema, type_names
from toolweave.schema.validators import validator


class Status(Enum):
    """What is known of one place."""

    ABSENT = "absent"
    KNOWN = "known"
    BOUND = "bound"
    UNKNOWN = "unknown"


class Knowledge:
    """The paths bound so far and the values known so far, of one object."""

    def __init__(self, known: Mapping[str, JsonValue], present: Collection[str]) -> None:
        self.values = {parse(path): value for path, value in known.items()}
        self.bound = {parse(path) for path in present} | set(self.values)

    def status(self, place: tuple[Part, ...]) -> Status:
        """Absent, known by value, bound (here or below), or hidden in a bound parent."""
        if (values := self.known(place)) is not None:
            return Status.KNOWN if values else Status.ABSENT
        if any(place != path and covers(path, place) for path in self.bound):
            return Status.UNKNOWN
        if any(covers(place, path) for path in self.bound):
            return Status.BOUND
        return Status.ABSENT

    def known(self, place: tuple[Part, ...]) -> list[JsonValue] | None:
        """The value in a list, an empty list if known to be absent, ``None`` if not known."""
        for size in range(len(place), -1, -1):
            if place[:size] in self.values:
                return values_at(self.values[place[:size]], format_path(place[size:]))
        return None

    def whole(self, place: tuple[Part, ...]) -> bool:
        """Whether one binding yields the value at this place or around it."""
        return any(covers(path, place) for path in self.bound)

    def inside(self, place: tuple[Part, ...]) -> list[Part]:
        """The next parts of what is bound strictly inside a place."""
        size = len(place)
        found = [p[size] for p in self.bound if len(p) > size and covers(place, p)]
        return sorted(set(found), key=lambda part: format_path([part]))


class Truth:
    """Three-valued truth of a schema over what is known: true, false, or ``None`` for not yet."""

    def __init__(
        self,
        knowledge: Knowledge,
        root: Schema,
        *,
        incomplete: bool = False,
        expected: Collection[tuple[Part, ...]] = (),
    ) -> None:
        self.knowledge, self.root, self.incomplete = knowledge, root, incomplete
        self.expected = expected

    def status(self, place: tuple[Part, ...]) -> Status:
        """The status of a place; one that is absent but expected is not known yet."""
        status = self.knowledge.status(place)
        absent = status is Status.ABSENT and place in self.expected
        return Status.UNKNOWN if absent else status

    def of(self, schema: Schema, place: tuple[Part, ...], depth: int = 0) -> bool | None:
        """Whether the value at ``place`` satisfies the schema.

        ``incomplete`` ignores what it lacks; ``expected`` places are not taken as absent.
        """
        node = resolve(schema, self.root)
        if isinstance(node, bool):
            return node
        if depth > MAX_CHAIN:
            return None
        known = self.knowledge.known(place)
        if known and (not self.incomplete or not isinstance(known[0], dict)):
            return validator(node, self.root).valid(known[0])
        if place and self.status(place) is Status.ABSENT:
            return True
        return _and([self._keyword(key, node, place, depth) for key in node if key in _KEYWORDS])

    def _keyword(
        self, keyword: str, node: Mapping[str, Any], place: tuple[Part, ...], depth: int
    ) -> bool | None:
        value = node[keyword]
        if keyword == "required":
            return True if self.incomplete else _and([self._has(place, name) for name in value])
        if keyword == "properties":
            return _and([self._property(place, n, held, depth) for n, held in value.items()])
        if keyword == "type":
            return self._type(node, place)
        if keyword in ("allOf", "anyOf"):
            truths = [self.of(branch, place, depth + 1) for branch in value]
            return _and(truths) if keyword == "allOf" else _or(truths)
        if keyword == "not":
            truth = self.of(value, place, depth + 1)
            return None if truth is None else not truth
        return None

    def _has(self, place: tuple[Part, ...], name: str) -> bool | None:
        status = self.status((*place, Key(name)))
        return None if status is Status.UNKNOWN else status is not Status.ABSENT

    def _property(
        self, place: tuple[Part, ...], name: str, held: Schema, depth: int
    ) -> bool | None:
        inner = (*place, Key(name))
        if self.status(inner) is Status.ABSENT:
            return True
        return self.of(held, inner, depth + 1)

    def _type(self, node: Mapping[str, Any], place: tuple[Part, ...]) -> bool | None:
        inside = self.knowledge.inside(place)
        if not inside and place:
            return None
        kind = "array" if inside and not isinstance(inside[0], Key) else "object"
        return kind in type_names(node)


_KEYWORDS = frozenset(
    {
        *("required", "properties", "type", "allOf", "anyOf", "oneOf", "not", "if", "const"),
        *("enum", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "minLength"),
        *("exclusiveMaximum", "maxLength", "multipleOf", "minItems", "maxItems", "contains"),
        *("items", "prefixItems", "uniqueItems", "additionalProperties", "patternProperties"),
        *("minProperties", "maxProperties", "propertyNames", "dependentRequired"),
        *("dependentSchemas", "unevaluatedItems", "unevaluatedProperties"),
    }
)


def _and(truths: list[bool | None]) -> bool | None:
    if False in truths:
        return False
    return None if None in truths else True


def _or(truths: list[bool | None]) -> bool | None:
    if True in truths:
        return True
    return None if None in truths else False
