"""What one leaf's name speaks of: whose field it is, and which."""

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from toolweave.checks.effects import identified
from toolweave.checks.inflection import singular
from toolweave.checks.naming import (
    ON_THE_WAY,
    OTHER_WORDS,
    PERSON,
    PERSON_WORDS,
    SYNONYMS,
    noun,
    words,
)
from toolweave.core.tool import Effect
from toolweave.memory.layout import WRAPPERS, Shape, Spot, identifies
from toolweave.schema.types import Schema, as_mapping

# What people have; other words behind "customer" or "user" describe something else (user_rating).
PERSONAL = frozenset(
    {
        *("name", "email", "phone", "first name", "last name", "address", "date of birth"),
        *("birth date", "birthdate", "dob", "surname", "given name", "family name"),
    }
)
# Things that happen at the moment they are recorded: their date is the date of their creation.
MOMENTARY = frozenset(
    {
        *("order", "purchase", "payment", "transaction", "refund", "escalation", "complaint"),
        *("claim", "request", "registration", "enrollment", "subscription", "invoice", "issue"),
        *("submission", "transfer", "cancellation", "report", "ticket", "case", "feedback"),
        *("application", "message", "note", "comment", "review", "return"),
    }
)
# Fields that the world itself keeps.
TIMES = frozenset({"created", "updated", "ended"})
MEASURES = frozenset({"count", "limit", "size", "list", "total", "number"})


class Field(NamedTuple):
    """The field a leaf speaks of, of which kind of thing; an identifier's name is ``id``."""

    owner: str
    name: str
    ident: bool

    def literal(self, steps: tuple[str, ...]) -> "Field":
        """The field by its own spelling, for the second leaf of an object that sounds the same."""
        spelt = "_".join(words(steps[-1])) or steps[-1]
        return Field(spelt, "id", True) if self.ident else Field(self.owner, spelt, False)


def known_entities(
    effects: Iterable[Effect], *sides: Iterable[tuple[Shape, ...]]
) -> frozenset[str]:
    """Every kind of thing that the tools name: by effect, by array, or by identifier."""
    found = {effect.entity for effect in effects}
    for shape in chain.from_iterable(chain.from_iterable(sides)):
        if shape.many:
            found.add(shape.noun)
        for spot in shape.spots:
            if identifies(spot.steps[-1], spot.schema):
                found.add(identified(spot.steps[-1]) or "")
    return frozenset(found - {"", "thing"})


def field_of(spot: Spot, about: str, known: frozenset[str]) -> Field:
    """The field of a leaf inside an object of kind ``about``."""
    *around, last = spot.steps
    around = [key for key in around if key not in WRAPPERS]
    if identifies(last, spot.schema):
        return Field(identified(last) or (_kind(around[-1]) if around else about), "id", True)
    named = _arrived(words(last)) or [last]
    owner = about
    if around and _kind(around[-1]) == PERSON:
        owner, around = PERSON, []
    elif not around:
        owner, named = _owner(named, about, known)
    name = _name(named, owner, spot.schema)
    parts = ["_".join(_arrived(words(key))) for key in around]
    return Field(owner, ".".join([*parts, name]), False)


def class_of(key: str, about: str) -> str:
    """The class that a key alone speaks of, in an object about a kind of thing."""
    found = field_of(Spot(key, (key,), True, False), about, frozenset())
    return f"{found.owner}.{found.name}"


def kind_of(shape: Shape, entity: str) -> str:
    """What the objects of a shape describe: what elements only name, they are about."""
    about = shape.noun or entity
    if not shape.many:
        return about
    found = [
        identified(spot.steps[-1])
        for spot in shape.spots
        if len(spot.steps) == 1 and identifies(spot.steps[-1], spot.schema)
    ]
    foreign = [owner for owner in found if owner and owner != PERSON]
    return foreign[0] if "" not in found and about not in found and len(foreign) == 1 else about


def _arrived(named: tuple[str, ...]) -> list[str]:
    """The words of a name as the record has it: ``new_address`` is its address."""
    if " ".join(named) in SYNONYMS:
        return list(named)
    start = 0
    while start < len(named) - 1 and named[start] in ON_THE_WAY:
        start += 1
    return list(named[start:])


def _kind(key: str) -> str:
    found = noun(key)
    return PERSON if found in PERSON_WORDS else found


def _owner(named: list[str], about: str, known: frozenset[str]) -> tuple[str, list[str]]:
    """Whose field a name is, and the name without its owner: ``ticket_status`` → ticket, status."""
    for index, word in enumerate(named[:-1]):
        if singular(word) == about:
            return about, named[index + 1 :]
    head, rest = named[0], named[1:]
    if not rest or any(word in OTHER_WORDS for word in named):
        return about, named
    spoken = " ".join(rest)
    if head in PERSON_WORDS and SYNONYMS.get(spoken, spoken) in PERSONAL:
        return PERSON, rest
    if singular(head) in known and head not in PERSON_WORDS and rest[-1] not in MEASURES:
        return singular(head), rest
    return about, named


def _name(named: list[str], owner: str, schema: Schema) -> str:
    text = " ".join(named)
    if text in SYNONYMS:
        return SYNONYMS[text]
    if named[-1] == "state" and _states(schema):
        return "status"
    if owner in MOMENTARY and text in ("date", "time", "date time"):
        return "created"
    return "_".join(named)


def _states(schema: Schema) -> bool:
    """Whether a ``state`` is a condition, rather than a part of a country."""
    values = as_mapping(schema).get("enum", ())
    return any(isinstance(value, str) and len(value) > 2 for value in values)
