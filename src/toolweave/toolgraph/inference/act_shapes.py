"""What actions return: whose identifier, which state, what was set, and when."""

from collections.abc import Mapping
from typing import Any, Final

from toolweave.checks.effects import identified
from toolweave.checks.kinds import FREE_TEXT, kind_of
from toolweave.checks.naming import PERSON, STOP_WORDS, words
from toolweave.checks.states import moved_to
from toolweave.checks.words import spoken
from toolweave.core.model import JsonObject
from toolweave.toolgraph.inference.attributes import DISPATCHED
from toolweave.toolgraph.inference.dissected import (
    STATUS,
    VAGUE,
    Asked,
    Fields,
    has_state,
    promises,
    text,
    truth,
)
from toolweave.toolgraph.inference.result_words import (
    ACTING,
    MADE_BY,
    PARTICIPLES,
    RECORDS,
    SECRETS,
    STEERING,
    TITLED,
)

_ECHOED: Final = 4
_CHANGED: Final = 6
_PLAIN_TYPES: Final = frozenset({"string", "integer", "number", "boolean"})
# What callers word themselves is not read back to them.


def signed_in(asked: Asked) -> Fields:
    """The token under its name in other tools, and until when it holds."""
    tokens = sorted(
        name for name in asked.lore.types
        if words(name)[-1:] == ("token",) and not {"refresh", "page", "device"} & set(words(name))
    )  # fmt: skip
    name = tokens[0] if tokens else "session_id"
    return {
        name: text("Proves to later calls who is signed in."),
        "expires_at": text("Until when the sign-in holds.", format="date-time"),
    }


def signed_out(asked: Asked) -> Fields:
    """Nothing but that it is done."""
    return {"success": truth("Whether the sign-out succeeded.")}


def created(asked: Asked) -> Fields:
    """The identifier of what was made, what it is, its state and when."""
    if _dispatches(asked):
        return _sent(asked)
    if asked.verb == "apply" and asked.identity():
        return _applied(asked)
    made, name = _made(asked)
    if "id" in asked.takes and name not in asked.takes:
        name = "id"
    if not made:
        done = PARTICIPLES.get(asked.verb, "added" if asked.verb == "add" else "recorded")
        return {"success": truth("Whether it was done."), f"{done}_at": asked.moment(done)}
    fields = {name: text(f"The identifier of the new {spoken(made)}."), **promises(asked)}
    held = asked.lore.types.get(name)
    if held is not None and held.get("type") in ("integer", "number", "string"):
        fields[name] = {**fields[name], "type": "string" if held["type"] == "string" else "integer"}
    fields = {**fields, **_echoes(asked, made, {*fields})}
    if asked.entity != PERSON and made not in ("user", "person") and not has_state(fields):
        fields |= asked.status(made)
    return {**fields, "created_at": asked.moment("made", made)}


def _applied(asked: Asked) -> Fields:
    """What something was applied to, and what it was."""
    own = asked.identity()
    return {**own, **_echoes(asked, asked.noun, {*own}), "updated_at": asked.moment("applied")}


def _echoes(asked: Asked, made: str, besides: set[str]) -> Fields:
    """What the made thing is, as its maker said: what had to be said before what may be."""
    named = sorted(asked.takes, key=lambda name: name not in asked.needed)
    kept = [
        name
        for name in named
        if name not in besides
        and identified(name) is None
        and name not in asked.lore.locators[asked.entity] | asked.lore.context
        and _is_told(name, asked.takes[name], made)
    ]
    return {name: asked.echo(name) for name in kept[:_ECHOED]}


def _is_told(name: str, schema: object, made: str) -> bool:
    """Whether a result would repeat an argument: a plain value that is no secret and no wording."""
    held: Mapping[str, Any] = schema if isinstance(schema, Mapping) else {}
    said = set(words(name))
    plain = held.get("type") in _PLAIN_TYPES and "_".join(words(name)) not in STEERING
    worded = kind_of(name, held) in FREE_TEXT and not (said == {"summary"} and made in TITLED)
    return plain and not SECRETS & said and not worded and "_".join(words(name)) not in VAGUE


def _dispatches(asked: Asked) -> bool:
    sends = asked.verb in ("send", "notify", "contact", "alert", "message", "text", "email")
    about = {asked.entity, *asked.object}
    return sends and (asked.verb != "send" or bool(DISPATCHED & about))


def _sent(asked: Asked) -> Fields:
    """That it went out, and when."""
    noun = asked.entity if asked.entity in DISPATCHED else "message"
    name = f"{noun}_id"
    return {
        name: text(f"The identifier of the {noun}."),
        "delivered": truth(f"Whether the {noun} was delivered."),
        "sent_at": asked.moment("sent", noun),
    }


def _made(asked: Asked) -> tuple[str, str]:
    """The kind of thing that a call makes, and its identifier's name; empty where nothing is."""
    entity, lore = asked.entity, asked.lore
    prepositional = bool(asked.rest) and asked.rest[0] in STOP_WORDS
    fresh = not any(identified(name) == entity for name in asked.takes)
    if asked.verb in ACTING and entity not in (MADE_BY[asked.verb], asked.verb):
        return MADE_BY[asked.verb], lore.identifier(MADE_BY[asked.verb])
    if fresh and (lore.known(entity) or (entity in RECORDS and not prepositional)):
        return asked.noun, asked.identifier
    made = MADE_BY.get(asked.verb, "")
    if made:
        return made, lore.identifier(made)
    if fresh and not prepositional:
        return asked.noun, asked.identifier
    return "", ""


def updated(asked: Asked) -> Fields:
    """Which thing it was, what was set as it is now, and the state that the verb leaves."""
    own = asked.lore.fields.get(asked.entity, {})
    changed = {
        name: asked.echo(name)
        for name, held in asked.takes.items()
        if name in own
        and not (isinstance(held, Mapping) and held.get("type") == "object")
        and identified(name) is None
        and name not in asked.lore.locators[asked.entity] | asked.lore.context
    }
    kept = dict(list(changed.items())[:_CHANGED])
    state = moved_to(asked.tool.name)
    status: Fields = {}
    if "toggle" in words(asked.tool.name)[:1]:
        status = asked.status() or {"enabled": truth(f"Whether the {asked.noun} is on now.")}
    elif state is not None:
        status = asked.status() or {STATUS: _state(asked, state)}
    fields = {**asked.identity(), **kept, **promises(asked)}
    fields |= {name: schema for name, schema in status.items() if not has_state(kept)}
    if not fields:
        fields = asked.status() or {"success": truth("Whether it was done.")}
    return {**fields, "updated_at": asked.moment("changed")}


def deleted(asked: Asked) -> Fields:
    """Which thing it was, that it is gone, and since when."""
    done = PARTICIPLES.get(asked.verb, "removed")
    return {
        **asked.identity(),
        STATUS: _state(asked, done),
        f"{done}_at": asked.moment(done),
        **promises(asked),
    }


def _state(asked: Asked, state: str) -> JsonObject:
    """The one state that a verb leaves, in the words of the thing's own states."""
    states = asked.lore.states(asked.entity, asked.noun)
    near = [each for each in states if words(each) == words(state)]
    return text(f"The state of the {spoken(asked.noun)}.", enum=near or [state])
