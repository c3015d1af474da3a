"""What a toolset as a whole knows about each kind of thing: its identifier and its fields."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from toolweave.checks.effects import effect_of, identified
from toolweave.checks.inflection import singular
from toolweave.checks.kinds import FREE_TEXT, kind_of
from toolweave.checks.naming import PERSON, PERSON_WORDS, noun, words
from toolweave.checks.states import moved_to, states_of, with_opposites
from toolweave.checks.words import spoken
from toolweave.core.model import JsonObject
from toolweave.core.tool import Effect, Tool, Toolset
from toolweave.schema.keywords import DEFINITIONS
from toolweave.toolgraph.inference.attributes import DISPATCHED, FIELDS
from toolweave.toolgraph.inference.result_words import (
    CONTAINERS,
    NATURAL_IDS,
    NUMBER_TAILS,
    RANGES,
    SECRETS,
    STEERING,
    TITLED,
    UNCOUNTED,
    got_from,
    kept_in,
)

# How many tools a phrase may name as the source of a value.
_SOURCES: Final = 50
# From so many tools on a parameter that they share is their context.
_SHARED: Final = 4
KEPT_KEYS: Final = (
    "type",
    "format",
    "enum",
    "items",
    "properties",
    "x-unit",
    "minimum",
    "maximum",
)
# What lists are narrowed down by that things have.
_FILTERS: Final = frozenset({"status", "category", "priority", "type", "genre", "state"})
# Things that are words themselves.
_WORDED: Final = DISPATCHED | {"note", "comment", "review", "post", "feedback", "reply", "answer"}
_NUMBERS: Final = frozenset(
    {"amount", "percent", "rating", "temperature", "weight", "distance", "latitude", "longitude"}
)
_WHOLE: Final = frozenset({"minutes", "hours", "days", "span", "count", "small_count", "year"})
_FORMATS: Final[dict[str, str]] = {
    "date": "date", "datetime": "date-time", "time": "time", "email": "email", "url": "uri",
}  # fmt: skip


class Lore:
    """Identifiers and fields by kind of thing, gathered from every tool of a set."""

    def __init__(self, toolset: Toolset) -> None:
        self.identifiers: dict[str, Counter[str]] = defaultdict(Counter)
        self.fields: dict[str, dict[str, JsonObject]] = defaultdict(dict)
        self.types: dict[str, JsonObject] = {}
        self.changed: set[str] = set()
        self.asked_of: dict[str, dict[str, JsonObject]] = defaultdict(dict)
        self.moved: dict[str, list[str]] = defaultdict(list)
        self.locators: dict[str, set[str]] = defaultdict(set)
        tools = sorted(toolset.tools, key=lambda tool: tool.name)
        self.context = _context(tools)
        for tool in tools:
            self._locate(tool)
        for tool in tools:
            self._learn(tool)
        by_word: dict[str, list[Tool]] = defaultdict(list)
        for tool in tools:
            for word in set(words(tool.name)):
                by_word[word].append(tool)
        for tool in tools:
            self._hear(tool, by_word)

    def identifier(self, entity: str, noun_used: str = "") -> str:
        """The name by which things of a kind are told: what most tools call it, else ``x_id``."""
        known = self.identifiers.get(entity)
        if known:
            return min(known, key=lambda name: (-known[name], name))
        return NATURAL_IDS.get(entity) or f"{noun_used or entity}_id"

    def known(self, entity: str) -> bool:
        """Whether any tool asks for an identifier of such a thing."""
        return bool(self.identifiers.get(entity))

    def states(self, entity: str, noun_used: str = "") -> tuple[str, ...]:
        """The states that such a thing may be in; none where it has none."""
        declared = self.fields.get(entity, {}).get("status", {}).get("enum")
        if declared:
            return tuple(state for state in declared if isinstance(state, str))
        known = states_of(entity) or states_of(noun_used)
        return tuple(dict.fromkeys((*known, *with_opposites(self.moved.get(entity, ())))))

    def state_field(self, entity: str) -> str | None:
        """The name under which such things declare their state, where that is not ``status``."""
        for name, schema in self.fields.get(entity, {}).items():
            if words(name)[-1] in ("state", "stage") and "enum" in schema:
                return name
        return None

    def attributes(self, entity: str, noun_used: str = "") -> tuple[str, ...]:
        """What people expect to be told of such a thing."""
        return FIELDS.get(noun_used) or FIELDS.get(entity, ())

    def typed(self, name: str, about: str) -> JsonObject:
        """A schema for a field of that name: as other tools have it, else by what names mean."""
        held = self.types.get(name)
        schema = dict(held) if held is not None else self._guessed(name)
        if schema.get("type") == "number" and identified(name) is not None:
            schema["type"] = "integer"
        whose = "" if singular(about) in map(singular, words(name)) else f" of the {spoken(about)}"
        return {**schema, "description": f"The {spoken(name)}{whose}."}

    def _guessed(self, name: str) -> JsonObject:
        found = words(name)
        if found and found[0] in ("is", "has", "can", "should"):
            return {"type": "boolean"}
        counted = kind_of(name, {"type": "number"})
        if counted in _NUMBERS or found[-1:] == ("price",):
            return {"type": "number"}
        kind = kind_of(name, {})
        if counted in _WHOLE and kind != "category":
            return {"type": "integer"}
        if kind in _FORMATS:
            return {"type": "string", "format": _FORMATS[kind]}
        last = found[-1] if found else ""
        if last in NUMBER_TAILS:
            return {"type": "number"}
        plural = bool(last) and singular(last) != last and last not in UNCOUNTED
        if plural and kind not in ("identifier", "note", "address"):
            one = singular(last)
            return {"type": "array", "items": self.entry(one)}
        return {"type": "string"}

    def entry(self, entity: str) -> JsonObject:
        """What one of a list of such things shows in passing."""
        if not self.known(entity) and entity not in self.fields:
            return {"type": "string"}
        fields = dict(list(self.fields.get(entity, {}).items())[:3])
        name = self.identifier(entity)
        properties = {name: self.typed(name, entity)}
        properties |= {each: self.typed(each, entity) for each in fields if each != name}
        return {"type": "object", "properties": properties}

    def _locate(self, tool: Tool) -> None:
        """Note by what tools find a thing beside its identifier: an issue's repository."""
        effect = effect_of(tool)
        taken = dict(_properties(tool.parameters))
        own = [name for name in taken if identified(name) in (effect.entity, "")]
        if effect.kind in ("read", "delete") and own:
            needed = tool.parameters.get("required")
            kept = needed if isinstance(needed, list) else ()
            self.locators[effect.entity] |= {name for name in taken if name in kept} - {*own}

    def _learn(self, tool: Tool) -> None:
        effect = effect_of(tool)
        if effect.kind in ("update", "delete"):
            self.changed.add(effect.entity)
            state = moved_to(tool.name)
            if state is not None and effect.kind == "update":
                self.moved[effect.entity].append(state)
        for name, schema in _properties(tool.parameters):
            self._see(name, schema, effect.entity)
            if noun(name) in CONTAINERS and isinstance(schema.get("properties"), Mapping):
                for each, held in _properties(schema):
                    self._add(effect.entity, each, held)
            elif self._tells(name, schema, effect) and (
                effect.kind in ("create", "update") or words(name)[-1] in _FILTERS
            ):
                self._add(effect.entity, name, schema)
        inferred = tool.origin is not None and "results" in tool.origin.inferred
        for name, schema in () if inferred else _properties(tool.results):
            self._see(name, schema, effect.entity, given=True)
            if schema.get("type") not in ("array", "object") and _is_field(name):
                self._add(effect.entity, name, schema)

    def _tells(self, name: str, schema: Mapping[str, Any], effect: Effect) -> bool:
        """Whether what a tool takes is told of the thing later: no remark made on the way."""
        acts = effect.kind in ("create", "update")
        called = words(name) == ("summary",) and effect.entity in TITLED
        worded = kind_of(name, schema) in FREE_TEXT and not called
        remark = worded and effect.entity not in _WORDED
        found_by = self.locators[effect.entity] | self.context
        return _is_field(name, acts) and not remark and name not in found_by

    def _see(self, name: str, schema: Mapping[str, Any], entity: str, given: bool = False) -> None:
        """Note an identifier, a type, and the fields that a nested object tells of."""
        whose = identified(name)
        if whose is not None and name not in ("id", "ids"):
            self.identifiers[whose or entity][name] += 1
        kept = {key: schema[key] for key in KEPT_KEYS if key in schema}
        if kept.get("type") and "$ref" not in str(kept):
            self.types.setdefault(name, kept)
        inner = schema.get("items") if schema.get("type") == "array" else schema
        if isinstance(inner, Mapping) and isinstance(inner.get("properties"), Mapping):
            kind = noun(name)
            for each, held in _properties(inner):
                self._see(each, held, kind, given)
                if _is_field(each):
                    self._add(kind, each, held)

    def _hear(self, tool: Tool, by_word: Mapping[str, list[Tool]]) -> None:
        """What parameters' descriptions say of where their values come from."""
        for name, schema in _properties(tool.parameters):
            told = schema.get("description")
            if not isinstance(told, str):
                continue
            keeper = kept_in(told)
            if keeper:
                self._add(PERSON if keeper in PERSON_WORDS else singular(keeper), name, schema)
            source = got_from(told)
            named = [by_word[word] for word in sorted(source) if word in by_word]
            for other in min(named, key=len, default=[])[:_SOURCES]:
                if other is not tool and _fits(source, other):
                    self.asked_of[other.name].setdefault(name, dict(schema))

    def _add(self, entity: str, name: str, schema: Mapping[str, Any]) -> None:
        if name not in self.fields[entity]:
            self.fields[entity][name] = {key: schema[key] for key in KEPT_KEYS if key in schema}


def _fits(source: frozenset[str], tool: Tool) -> bool:
    """Whether all but filler of the words that name a source are words of the tool's name."""
    named = set(words(tool.name))
    filler = {"tool", "function", "api", "call", "endpoint", "the", "response", "result", "initial"}
    real = [word for word in source if word not in filler]
    return bool(real) and all(word in named or singular(word) in named for word in real[:4])


def _context(tools: Sequence[Tool]) -> frozenset[str]:
    """What so many tools have to be told that it is no property of any one thing."""
    counts = Counter(
        name for tool in tools for name in tool.parameters.get("required", ())
        if isinstance(name, str) and identified(name) is None
    )  # fmt: skip
    least = max(_SHARED, len(tools) * 2 // 5)
    return frozenset(name for name, count in counts.items() if count >= least)


def _is_field(name: str, acts: bool = False) -> bool:
    """Whether a parameter is a property of the thing rather than a way of asking for it.

    What ``acts`` gives a thing its beginning and end.
    """
    found = words(name)
    ranges = RANGES - {"start", "end"} if acts else RANGES
    return (
        bool(found)
        and "_".join(found) not in STEERING
        and not SECRETS & set(found)
        and found[0] not in ranges
        and name not in ("id", "ids")
    )


def _properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The declared properties with their schemas, one reference followed."""
    definitions: Mapping[str, Any] = next((schema[key] for key in DEFINITIONS if key in schema), {})
    given = schema.get("properties")
    for name, held in given.items() if isinstance(given, Mapping) else ():
        if isinstance(held, Mapping):
            ref = held.get("$ref")
            if isinstance(ref, str) and ref.startswith("#/$defs/"):
                held = definitions.get(ref.removeprefix("#/$defs/"), {})
            if isinstance(held, Mapping):
                yield name, held
