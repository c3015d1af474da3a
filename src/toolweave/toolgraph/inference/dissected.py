"""A tool taken apart: its verb, what the verb acts on, and what results of any kind are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from toolweave.checks.effects import VERBS, effect_of, identified
from toolweave.checks.inflection import plural, singular
from toolweave.checks.naming import (
    ARTICLES,
    FACETS,
    NOUN_VERBS,
    PERSON,
    PERSON_WORDS,
    STOP_WORDS,
    words,
)
from toolweave.checks.words import spoken
from toolweave.core.model import JsonObject
from toolweave.core.tool import EffectKind, Tool
from toolweave.toolgraph.inference.attributes import NAMELESS
from toolweave.toolgraph.inference.lore import KEPT_KEYS, Lore
from toolweave.toolgraph.inference.result_words import (
    FINDING_OUT,
    LISTING,
    MAKING_TEXT,
    NAMED,
    NUMBERS,
    RECORDS,
    SIGNING_IN,
    SIGNING_OUT,
    TESTING,
    TITLED,
    TURNING,
    UNCOUNTED,
    promised,
)

Fields = dict[str, JsonObject]
STATUS: Final = "status"
_OWN_VERBS: Final = frozenset(
    {
        *(*VERBS, *NUMBERS, *TURNING, *LISTING, *TESTING, *FINDING_OUT, *SIGNING_IN),
        *(*SIGNING_OUT, *MAKING_TEXT),
    }
)
VAGUE: Final = frozenset({"data", "text", "value", "input", "random", "result", "thing", "content"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One tool taken apart: its verb, the words after it, its effect, and what it takes."""

    tool: Tool
    verb: str
    rest: tuple[str, ...]
    kind: EffectKind
    entity: str
    takes: Mapping[str, Any]
    lore: Lore

    @property
    def noun(self) -> str:
        """What the tool itself calls the thing: ``user`` where its entity is a person."""
        if self.entity != PERSON:
            return self.entity
        named = [singular(word) for word in self.rest if singular(word) in PERSON_WORDS]
        return named[-1] if named else "user"

    @property
    def object(self) -> tuple[str, ...]:
        """The words that the verb acts on, up to a preposition."""
        found: list[str] = []
        for word in self.rest:
            if word in STOP_WORDS and found:
                break
            if word not in STOP_WORDS and word not in ARTICLES:
                found.append(word)
        return tuple(found)

    @property
    def last(self) -> str:
        """The last word of what the verb acts on."""
        return self.object[-1] if self.object else ""

    @property
    def many(self) -> bool:
        """Whether the name speaks of several things, or of a list or history."""
        last = self.last
        plural_last = bool(last) and singular(last) != last and last not in FACETS | UNCOUNTED
        return plural_last or last in ("list", "history", "records", "options", "log")

    @property
    def identifier(self) -> str:
        """What things of this kind are told by."""
        return self.lore.identifier(self.entity, self.noun)

    @property
    def named(self) -> bool:
        """Whether the caller says which thing is meant."""
        return any(identified(name) in (self.entity, "") for name in self.takes)

    @property
    def is_record(self) -> bool:
        """Whether the thing is a record of its own."""
        return self.entity in RECORDS or self.lore.known(self.entity)

    @property
    def needed(self) -> frozenset[str]:
        """What the caller has to give."""
        required = self.tool.parameters.get("required")
        return frozenset(required) if isinstance(required, list) else frozenset()

    def field(self, name: str, about: str = "") -> JsonObject:
        """The schema of a field that the result has."""
        return self.lore.typed(name, about or self.noun)

    def echo(self, name: str) -> JsonObject:
        """The schema of an argument that the result repeats: it holds whatever was sent."""
        held = self.takes.get(name)
        kept = {key: held[key] for key in KEPT_KEYS if key in held} if held else {}
        plain = kept.get("type") and "$ref" not in str(kept)
        return (
            {**kept, "description": self.field(name)["description"]} if plain else self.field(name)
        )

    def moment(self, what: str, about: str = "") -> JsonObject:
        """The schema of the time at which something was done to the thing."""
        said = f"When the {spoken(about or self.noun)} was {what}."
        return text(said, format="date-time")

    def status(self, about: str = "") -> Fields:
        """The state of the thing with the values it may have; nothing where it has no states."""
        noun = about or self.entity
        if (declared := self.lore.state_field(noun)) is not None:
            return {declared: self.field(declared, noun)}
        states = self.lore.states(noun, about or self.noun)
        if not states:
            return {}
        return {STATUS: text(f"The state of the {spoken(about or self.noun)}.", enum=list(states))}

    def identity(self) -> Fields:
        """The identifier by which the caller named the thing, echoed; it tells what was meant."""
        own = [name for name in self.takes if identified(name) in (self.entity, "")]
        foreign = [name for name in self.takes if identified(name) not in (None, PERSON)]
        name = next(iter(own or foreign), "")
        held = self.takes.get(name)
        scalar = isinstance(held, Mapping) and held.get("type") in ("string", "integer", "number")
        return {name: self.field(name)} if scalar else {}


def taken_apart(tool: Tool, lore: Lore) -> Asked:
    """The tool's verb, object and effect."""
    found = _joined(words(tool.name))
    place = next(
        (at for at, word in enumerate(found)
         if word in _OWN_VERBS and (at == 0 or word not in NOUN_VERBS)),
        None,
    )  # fmt: skip
    verb = found[place] if place is not None else ""
    rest = found if place is None else found[place + 1 :] or found[:place]
    effect = effect_of(tool)
    takes = tool.parameters.get("properties")
    given = takes if isinstance(takes, Mapping) else {}
    return Asked(tool, verb, rest, effect.kind, effect.entity, given, lore)


def _joined(found: tuple[str, ...]) -> tuple[str, ...]:
    """The words with ``log in`` and ``sign out`` as one."""
    for at in range(len(found) - 1):
        if found[at] in ("log", "sign") and found[at + 1] in ("in", "out", "off"):
            joined = found[at] + found[at + 1]
            return (*found[:at], joined, *found[at + 2 :])
    return found


def text(description: str, **more: Any) -> JsonObject:
    """The schema of a text."""
    return {"type": "string", **more, "description": description}


def truth(description: str) -> JsonObject:
    """The schema of a yes or no."""
    return {"type": "boolean", "description": description}


def has_state(fields: Fields) -> bool:
    """Whether some field tells of the thing's state."""
    return any(words(name)[-1] in ("status", "state", "stage") for name in fields)


def own_fields(asked: Asked) -> Fields:
    """What the toolset knows of such things, without what the caller has just said."""
    known = asked.lore.fields.get(asked.entity, {})
    return {
        name: asked.field(name)
        for name in known
        if name not in asked.takes and name != asked.identifier
    }


def promises(asked: Asked) -> Fields:
    """What the description says is returned."""
    own = {*asked.object, asked.noun, plural(asked.noun)}
    return {
        name: asked.field(name)
        for name in promised(asked.tool.description)
        if name not in asked.takes and not set(words(name)) <= own
    }


def label(asked: Asked, noun: str = "") -> Fields:
    """How people tell such things apart: by a title or a name; nothing where by state and age."""
    noun = noun or asked.noun
    if noun in NAMELESS:
        return {}
    if noun in TITLED:
        return {f"{noun}_title": asked.field(f"{noun}_title", noun)}
    dated = noun in RECORDS and noun not in NAMED
    if dated or words(asked.lore.identifier(noun))[-1] in ("number", "no", "symbol"):
        return {}
    return {f"{noun}_name": asked.field(f"{noun}_name", noun)}


def expected(asked: Asked, entity: str, noun: str, least: int) -> Fields:
    """What people expect to be told of a thing, where less than ``least`` fields are known."""
    named = asked.lore.attributes(entity, noun)
    return {name: asked.field(name, noun) for name in named[:least] if name not in asked.takes}
