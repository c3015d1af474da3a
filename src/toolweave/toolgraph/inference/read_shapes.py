"""What look-ups and reckonings return: rows, one thing's fields, one value, a verdict."""

from collections.abc import Mapping
from typing import Final

from toolweave.checks.effects import identified
from toolweave.checks.inflection import plural, singular
from toolweave.checks.naming import FACETS, PERSON, words
from toolweave.checks.words import spoken
from toolweave.toolgraph.inference.attributes import HOLDS, SHOWN
from toolweave.toolgraph.inference.dissected import (
    STATUS,
    VAGUE,
    Asked,
    Fields,
    expected,
    has_state,
    label,
    own_fields,
    promises,
    text,
    truth,
)
from toolweave.toolgraph.inference.result_words import (
    LISTING,
    NAMED,
    RECORDS,
    TURNING,
    UNCOUNTED,
    WORKED_OUT,
)

MOST_FIELDS: Final = 12
# Fewer fields than this tell too little of a thing.
_LEAST: Final = 3
_TRUTHS: Final = {
    "availability": "available", "validity": "is_valid", "eligibility": "eligible",
    "existence": "exists", "compatibility": "compatible", "coverage": "covered",
}  # fmt: skip
_DETAILS: Final = frozenset(
    {"details", "detail", "info", "information", "profile", "summary", "overview", "metadata"}
)
_PROVING: Final = frozenset({"validate", "verify", "test"})


def read_fields(asked: Asked) -> Fields:
    """What a look-up returns."""
    last = asked.last
    if last in UNCOUNTED:
        return value(asked)
    if singular(last) in SHOWN and asked.verb not in LISTING and not asked.many:
        return _shown(asked)
    if last == "results" and len(asked.object) > 1:
        return _held(asked, "result")
    if last in HOLDS:
        return _held(asked, HOLDS[last])
    if asked.verb in LISTING or asked.many:
        return _listed(asked)
    if not asked.verb:
        return promises(asked) or {STATUS: text("How the call went.")}
    known = asked.named or asked.entity in asked.lore.fields
    detailed = last in _DETAILS or (last in FACETS and len(asked.object) > 1)
    told = bool(asked.lore.attributes(asked.entity, asked.noun))
    return _described(asked) if known or asked.is_record or detailed or told else value(asked)


def _listed(asked: Asked) -> Fields:
    """A list of things, each with its identifier, its fields, and what the description adds."""
    more: Fields = {}
    for name, schema in promises(asked).items():
        single = "_".join((*words(name)[:-1], singular(words(name)[-1])))
        more.setdefault(single, schema if single == name else asked.field(single))
    own = own_fields(asked) | more
    return _rows(asked, asked.entity, asked.noun, own)


def _held(asked: Asked, noun: str) -> Fields:
    """The things that a menu, a portfolio or a schedule holds."""
    known = asked.lore.fields.get(noun, {})
    own = {name: asked.field(name, noun) for name in known if name not in asked.takes}
    return _rows(asked, noun, noun, own)


def _rows(asked: Asked, entity: str, noun: str, own: Fields) -> Fields:
    """A list of things of a kind: identifier, name, and what is known or expected of them."""
    identifier = asked.lore.identifier(entity, noun)
    entry: Fields = {}
    if identifier not in asked.takes:
        entry[identifier] = asked.field(identifier, noun)
    telling = [name for name in own if identified(name) is None]
    if len(telling) < _LEAST:
        entry |= {} if _told_apart(own) else label(asked, noun)
        own = own | expected(asked, entity, noun, _LEAST)
    entry |= own
    if len(entry) < _LEAST and not has_state({**entry, **asked.takes}) and entity != PERSON:
        entry |= asked.status(noun)
    if len(entry) == 1 and entity in RECORDS and entity not in NAMED:
        entry["created_at"] = asked.moment("made", noun)
    items = {
        "type": "object",
        "properties": dict(list(entry.items())[:MOST_FIELDS]),
        "required": list(entry)[:MOST_FIELDS],
    }
    name = plural(noun)
    described = f"The {spoken(name)} that were found."
    return {name: {"type": "array", "items": items, "description": described}}


def _told_apart(fields: Fields) -> bool:
    """Whether some field is what people call the thing."""
    return any(words(name)[-1] in ("name", "title", "subject", "summary") for name in fields)


def _described(asked: Asked) -> Fields:
    """One thing: its fields, what the description promises, and its state."""
    if asked.last in (STATUS, "state"):
        own = asked.status() or {STATUS: text(f"The state of the {spoken(asked.noun)}.")}
        return {**asked.identity(), **own, "updated_at": asked.moment("last changed")}
    fields = {**own_fields(asked), **promises(asked)}
    if len(fields) < _LEAST:
        named = {} if _told_apart(fields) else label(asked)
        fields = {**named, **fields, **expected(asked, asked.entity, asked.noun, _LEAST)}
    fresh = not asked.named and not any(identified(name) is not None for name in asked.takes)
    if fresh and (asked.lore.known(asked.entity) or not asked.takes) and asked.is_record:
        fields = {asked.identifier: asked.field(asked.identifier), **fields}
    if (asked.entity in asked.lore.changed or len(fields) < 2) and not has_state(fields):
        fields |= asked.status()
    if not fields:
        fields = label(asked) or {"created_at": asked.moment("made")}
    return fields


def value(asked: Asked) -> Fields:
    """A value that the name of the tool names: ``get_current_time``, ``get_stock_price``."""
    said = promises(asked)
    if said:
        return said
    name = _named_value(asked)
    return {name: asked.field(name, asked.entity)}


def _shown(asked: Asked) -> Fields:
    """A link to what is looked at."""
    name = _named_value(asked)
    name = name if words(name)[-1] in ("url", "link") else f"{name}_url"
    return {name: text(f"Where the {spoken(_named_value(asked))} is found.", format="uri")}


def _named_value(asked: Asked) -> str:
    kept = [word for word in asked.object if word not in ("details", "info", "information", "data")]
    return "_".join(kept[-3:] or [asked.noun])


def computed(asked: Asked) -> Fields:
    """A number, named for what is computed."""
    if asked.verb == "count":
        said = f"How many {plural(asked.noun)} there are."
        return {f"{asked.noun}_count": {"type": "integer", "description": said}}
    name = _named_value(asked) if asked.object else "result"
    name = f"estimated_{name}" if asked.verb in ("estimate", "predict", "forecast") else name
    if asked.object and asked.last in WORKED_OUT:
        return {name: text(f"The {spoken(name)} worked out."), **promises(asked)}
    held = asked.lore.typed(name, asked.noun)
    kind = held["type"] if held["type"] in ("integer", "number") else "number"
    fields: Fields = {name: {"type": kind, "description": f"The {spoken(name)} computed."}}
    return {**fields, **promises(asked)} if name == "result" else fields


def turned(asked: Asked) -> Fields:
    """What one of the parameters became."""
    main = _main_parameter(asked)
    source = asked.takes.get(main)
    kind = source.get("type") if isinstance(source, Mapping) else None
    base = main if main and main not in VAGUE else "_".join(asked.object[-2:]) or "text"
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


def tested(asked: Asked) -> Fields:
    """A yes or no, or the state that was asked for."""
    if asked.last in (STATUS, "state"):
        return _described(asked)
    said = promises(asked)
    whether = f"Whether {spoken('_'.join(asked.object)) or 'it'} holds."
    if asked.last in _TRUTHS:
        return {_TRUTHS[asked.last]: truth(whether), **said}
    if asked.verb in _PROVING:
        name = "is_valid" if asked.verb == "validate" else "verified"
        return {name: truth(whether), **said}
    if asked.verb in ("is", "has", "can"):
        return {"_".join((asked.verb, *asked.rest)): truth(whether)}
    return said or read_fields(asked)


def found_out(asked: Asked) -> Fields:
    """What an analysis finds."""
    said = promises(asked)
    base = [word for word in asked.object if word not in VAGUE] or ["analysis"]
    name = "_".join(base[-2:])
    if asked.verb == "analyze" and name != "analysis" and "sentiment" not in name:
        name = f"{name}_analysis"
    return {**said, name: text(f"What was found of the {spoken('_'.join(base))}.")}


def written(asked: Asked) -> Fields:
    """A text or code that is made rather than recorded."""
    kept = [word for word in asked.object if word not in VAGUE]
    name = "_".join(kept[-2:]) or "text"
    if kept and singular(kept[-1]) in SHOWN:
        return promises(asked) or _shown(asked)
    return promises(asked) or {name: text(f"The {spoken(name)} made.")}
