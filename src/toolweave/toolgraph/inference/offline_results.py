"""What a tool plausibly returns, worked out from its name, description, effect and siblings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from toolweave.checks.effects import VERBS, effect_of, identified
from toolweave.checks.naming import ARTICLES, FACETS, PERSON, PERSON_WORDS, STOP_WORDS, words
from toolweave.checks.words import plural, singular, spoken
from toolweave.core.model import JsonObject
from toolweave.core.tool import EffectKind, Tool
from toolweave.toolgraph.inference.lore import Lore
from toolweave.toolgraph.inference.result_words import (
    ACTING,
    FINDING_OUT,
    LISTING,
    MADE_BY,
    MAKING_TEXT,
    NAMED,
    NOUN_VERBS,
    NUMBERS,
    PARTICIPLES,
    RECORDS,
    SIGNING_IN,
    TESTING,
    TITLED,
    TURNING,
    UNCOUNTED,
    WORKED_OUT,
    promised,
)

Fields = dict[str, JsonObject]
MOST_FIELDS: Final = 12
_STATUS: Final = "status"
_OWN_VERBS: Final = frozenset(
    {*VERBS, *NUMBERS, *TURNING, *LISTING, *TESTING, *FINDING_OUT, *SIGNING_IN, *MAKING_TEXT}
)
_TRUTHS: Final = frozenset(
    {"validity", "availability", "eligibility", "existence", "compatibility"}
)
_DETAILS: Final = frozenset(
    {"details", "detail", "info", "information", "profile", "summary", "overview", "metadata"}
)
_VAGUE: Final = frozenset(
    {"data", "text", "value", "input", "random", "result", "thing", "content"}
)


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
    def many(self) -> bool:
        """Whether the name speaks of several things, or of a list or history."""
        last = self.object[-1] if self.object else ""
        plural_last = bool(last) and singular(last) != last and last not in FACETS | UNCOUNTED
        return plural_last or last in ("list", "history", "records", "options", "log")

    @property
    def identifier(self) -> str:
        return self.lore.identifier(self.entity, self.noun)

    @property
    def named(self) -> bool:
        """Whether the caller says which thing is meant."""
        return any(identified(name) in (self.entity, "") for name in self.takes)

    def field(self, name: str, about: str = "") -> JsonObject:
        """The schema of a field that the result has."""
        return self.lore.typed(name, about or self.noun)


def plausible_results(tool: Tool, lore: Lore) -> JsonObject:
    """An object schema of what the tool may return; never empty."""
    asked = taken_apart(tool, lore)
    fields = _shape(asked)(asked)
    for name, schema in lore.asked_of.get(tool.name, {}).items():
        fields.setdefault(name, {**schema, "description": asked.field(name)["description"]})
    fields = dict(list(fields.items())[:MOST_FIELDS]) or {_STATUS: _text("How the call went.")}
    return {"type": "object", "properties": fields, "required": list(fields)}


def taken_apart(tool: Tool, lore: Lore) -> Asked:
    """The tool's verb, object and effect."""
    found = words(tool.name)
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


def _shape(asked: Asked) -> Callable[[Asked], Fields]:
    """Which kind of answer the tool gives."""
    by_verb: tuple[tuple[object, Callable[[Asked], Fields]], ...] = (
        (SIGNING_IN, _signed_in),
        (TURNING, _turned),
        (TESTING, _tested),
        (FINDING_OUT, _found_out),
    )
    for verbs, shape in by_verb:
        if asked.verb in verbs:  # type: ignore[operator]
            return shape
    if asked.verb in NUMBERS or asked.verb == "count":
        return _computed
    if asked.verb in MAKING_TEXT and not _is_record(asked):
        return _written
    if asked.kind == "read":
        return _read_shape(asked)
    shapes: dict[EffectKind, Callable[[Asked], Fields]] = {
        "create": _created, "update": _updated, "delete": _deleted,
    }  # fmt: skip
    return shapes[asked.kind]


def _read_shape(asked: Asked) -> Callable[[Asked], Fields]:
    last = asked.object[-1] if asked.object else ""
    if last in UNCOUNTED:
        return _value
    if asked.verb in LISTING or asked.many:
        return _listed
    if not asked.verb:
        return _told
    known = asked.named or asked.entity in asked.lore.fields
    return _described if known or _is_record(asked) or last in _DETAILS else _value


def _is_record(asked: Asked) -> bool:
    return asked.entity in RECORDS or asked.lore.known(asked.entity)


def _text(description: str, **more: Any) -> JsonObject:
    return {"type": "string", **more, "description": description}


def _own_fields(asked: Asked) -> Fields:
    """What the toolset knows of such things, without what the caller has just said."""
    known = asked.lore.fields.get(asked.entity, {})
    return {
        name: asked.field(name)
        for name in known
        if name not in asked.takes and name != asked.identifier
    }


def _promises(asked: Asked) -> Fields:
    """What the description says is returned."""
    own = {*asked.object, asked.noun, plural(asked.noun)}
    return {
        name: asked.field(name)
        for name in promised(asked.tool.description)
        if name not in asked.takes and not set(words(name)) <= own
    }


def _listed(asked: Asked) -> Fields:
    """A list of things, each with its identifier, its fields, and what the description adds."""
    entry = {asked.identifier: asked.field(asked.identifier)}
    entry |= _own_fields(asked)
    for name, schema in _promises(asked).items():
        single = "_".join((*words(name)[:-1], singular(words(name)[-1])))
        entry.setdefault(single, schema if single == name else asked.field(single))
    if len(entry) == 1:
        entry |= _label(asked)
    items = {"type": "object", "properties": dict(list(entry.items())[:MOST_FIELDS])}
    name = plural("_".join(_list_words(asked)))
    described = f"The {spoken(name)} that were found."
    return {name: {"type": "array", "items": items, "description": described}}


def _list_words(asked: Asked) -> tuple[str, ...]:
    """``flights`` for ``search_direct_flight``: the thing itself, without what narrows it down."""
    return (asked.noun,)


def _described(asked: Asked) -> Fields:
    """One thing: its fields, what the description promises, and its state."""
    last = asked.object[-1] if asked.object else ""
    if last in (_STATUS, "state"):
        return {_STATUS: _status(asked), "updated_at": _moment("last changed", asked)}
    fields = {**_own_fields(asked), **_promises(asked)}
    if len(fields) < 2:
        fields = {**_label(asked), **fields}
    if not asked.named and asked.entity in (*RECORDS, PERSON):
        fields = {asked.identifier: asked.field(asked.identifier), **fields}
    if asked.entity in asked.lore.changed or len(fields) < 2:
        fields.setdefault(_STATUS, _status(asked))
    return fields


def _label(asked: Asked) -> Fields:
    """How people tell such things apart: by a title, a name, or by state and age."""
    noun = asked.noun
    if noun in TITLED:
        return {f"{noun}_title": asked.field(f"{noun}_title")}
    dated = noun in RECORDS and noun not in NAMED
    if dated or words(asked.identifier)[-1] in ("number", "no", "symbol"):
        made = {"created_at": _moment("made", asked)} if dated else {}
        return {_STATUS: _status(asked), **made}
    return {f"{noun}_name": asked.field(f"{noun}_name")}


def _value(asked: Asked) -> Fields:
    """A value that the name of the tool names: ``get_current_time``, ``get_stock_price``."""
    said = _promises(asked)
    if said:
        return said
    name = _named_value(asked)
    return {name: asked.field(name, asked.entity)}


def _named_value(asked: Asked) -> str:
    kept = [word for word in asked.object if word not in ("details", "info", "information", "data")]
    return "_".join(kept[-3:] or [asked.noun])


def _computed(asked: Asked) -> Fields:
    """A number, named for what is computed."""
    if asked.verb == "count":
        name = f"{asked.noun}_count"
        return {
            name: {"type": "integer", "description": f"How many {plural(asked.noun)} there are."}
        }
    name = _named_value(asked) if asked.object else "result"
    name = f"estimated_{name}" if asked.verb in ("estimate", "predict", "forecast") else name
    if asked.object and asked.object[-1] in WORKED_OUT:
        return {name: _text(f"The {spoken(name)} worked out."), **_promises(asked)}
    said = asked.lore.typed(name, asked.noun)
    kind = said["type"] if said["type"] in ("integer", "number") else "number"
    fields: Fields = {name: {"type": kind, "description": f"The {spoken(name)} computed."}}
    return {**fields, **_promises(asked)} if name == "result" else fields


def _turned(asked: Asked) -> Fields:
    """What one of the parameters became."""
    main = _main_parameter(asked)
    source = asked.takes.get(main)
    kind = source.get("type") if isinstance(source, Mapping) else None
    base = main if main and main not in _VAGUE else "_".join(asked.object[-2:]) or "text"
    name = f"{TURNING[asked.verb]}_{base}"
    return {
        name: {
            "type": kind if kind in ("number", "integer", "string") else "string",
            "description": f"The {spoken(name)}.",
        }
    }


def _main_parameter(asked: Asked) -> str:
    """The parameter that is turned into something: a number before a text, the object by name."""
    texts = [name for name, held in asked.takes.items() if isinstance(held, Mapping)]
    by_name = [name for name in texts if set(words(name)) & set(asked.object)]
    numbers = [name for name in texts if asked.takes[name].get("type") in ("number", "integer")]
    plain = [name for name in texts if words(name)[0] not in ("from", "to", "source", "target")]
    return next(iter([*(n for n in by_name if n in plain), *numbers, *plain]), "")


def _tested(asked: Asked) -> Fields:
    """A yes or no, or the state that was asked for."""
    last = asked.object[-1] if asked.object else ""
    if last in (_STATUS, "state"):
        return {_STATUS: _status(asked)}
    said = _promises(asked)
    whether = f"Whether {spoken('_'.join(asked.object)) or 'it'} holds."
    if last in _TRUTHS:
        name = {"availability": "available", "validity": "is_valid", "eligibility": "eligible",
                "existence": "exists", "compatibility": "compatible"}[last]  # fmt: skip
        return {name: {"type": "boolean", "description": whether}, **said}
    if asked.verb in ("validate", "verify", "test"):
        name = "is_valid" if asked.verb == "validate" else "verified"
        return {name: {"type": "boolean", "description": whether}, **said}
    if asked.verb in ("is", "has", "can"):
        return {"_".join((asked.verb, *asked.rest)): {"type": "boolean", "description": whether}}
    return said or (_described(asked) if asked.named else _value(asked))


def _found_out(asked: Asked) -> Fields:
    """What an analysis finds."""
    said = _promises(asked)
    base = [word for word in asked.object if word not in _VAGUE] or ["analysis"]
    name = "_".join(base[-2:])
    name = (
        name
        if asked.verb != "analyze" or name == "analysis" or "sentiment" in name
        else f"{name}_analysis"
    )
    return {**said, name: _text(f"What was found of the {spoken('_'.join(base))}.")}


def _written(asked: Asked) -> Fields:
    """A text or code that is made rather than recorded."""
    kept = [word for word in asked.object if word not in _VAGUE]
    name = "_".join(kept[-2:]) or "text"
    return _promises(asked) or {name: _text(f"The {spoken(name)} made.")}


def _signed_in(asked: Asked) -> Fields:
    tokens = sorted(name for name in asked.lore.types if words(name)[-1:] == ("token",))
    name = tokens[0] if tokens else "session_id"
    return {
        name: _text("Proves to later calls who is signed in."),
        "login_status": {"type": "boolean", "description": "Whether the sign-in succeeded."},
    }


def _created(asked: Asked) -> Fields:
    """The identifier of what was made, its state and when."""
    made, name = _made(asked)
    fields = {
        name: _text(f"The identifier of the new {spoken(made)}."),
        **_promises(asked),
        _STATUS: _status(asked, made),
        "created_at": _text(f"When the {spoken(made)} was made.", format="date-time"),
    }
    held = asked.lore.types.get(name)
    if held is not None and isinstance(held.get("type"), str):
        fields[name] = {**fields[name], "type": held["type"]}
    return fields


def _made(asked: Asked) -> tuple[str, str]:
    """The kind of thing that a call makes, and its identifier's name."""
    entity, lore = asked.entity, asked.lore
    prepositional = bool(asked.rest) and asked.rest[0] in STOP_WORDS
    fresh = not any(identified(name) == entity for name in asked.takes)
    if asked.verb in ACTING and entity not in (MADE_BY[asked.verb], asked.verb):
        return MADE_BY[asked.verb], lore.identifier(MADE_BY[asked.verb])
    if fresh and not prepositional and (lore.known(entity) or entity in RECORDS):
        return asked.noun, asked.identifier
    made = MADE_BY.get(asked.verb, "")
    if made:
        return made, lore.identifier(made)
    if fresh and not prepositional:
        return asked.noun, asked.identifier
    return asked.verb, f"{asked.verb}_id"


def _updated(asked: Asked) -> Fields:
    """The new state, and what was changed as it is now."""
    changed = {
        name: asked.field(name)
        for name in asked.takes
        if name in asked.lore.fields.get(asked.entity, {})
        and identified(name) is None
        and asked.named
    }
    return {
        _STATUS: _status(asked),
        **_promises(asked),
        **dict(list(changed.items())[:6]),
        "updated_at": _moment("changed", asked),
    }


def _deleted(asked: Asked) -> Fields:
    done = PARTICIPLES.get(asked.verb, "removed")
    return {
        _STATUS: _status(asked),
        f"{done}_at": _moment(done, asked),
        **_promises(asked),
    }


def _told(asked: Asked) -> Fields:
    """A tool whose name holds no verb that says what it does."""
    return _promises(asked) or {_STATUS: _text("How the call went.")}


def _status(asked: Asked, about: str = "") -> JsonObject:
    """The state of the thing, with its values where a sibling declares them."""
    held = asked.lore.fields.get(asked.entity, {}).get(_STATUS, {})
    kept = {"enum": held["enum"]} if "enum" in held else {}
    return _text(f"The state of the {spoken(about or asked.noun)}.", **kept)


def _moment(what: str, asked: Asked) -> JsonObject:
    return _text(f"When the {spoken(asked.noun)} was {what}.", format="date-time")
