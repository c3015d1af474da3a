"""The vocabulary of a domain pack: what every attribute name in it means."""

from collections.abc import Mapping
from typing import NamedTuple

from toolweave.core.domain import DomainPack, Entity, Relation
from toolweave.core.errors import InputError
from toolweave.core.model import JsonObject


class Meaning(NamedTuple):
    """What an attribute name stands for: its schema, and the kind of thing it belongs to.

    ``owner`` is empty for shared attributes; ``refers`` names the kind of thing that it identifies.
    """

    schema: JsonObject
    owner: str
    refers: str = ""


def vocabulary(pack: DomainPack) -> Mapping[str, Meaning]:
    """Every attribute name of the pack with its meaning.

    Raises:
        InputError: one name stands for two things, or a relation leads nowhere.
    """
    found: dict[str, Meaning] = {}
    for name, schema in pack.shared.items():
        _add(found, name, Meaning(dict(schema), ""))
    for kind, entity in pack.entities.items():
        own = entity.identifier
        _add(found, own.name, Meaning(_identifier(entity), kind, refers=kind))
        for name, schema in entity.attributes.items():
            _add(found, name, Meaning(dict(schema), kind))
        if entity.lifecycle is not None:
            _add(found, entity.lifecycle.attribute, Meaning(_states(entity), kind))
    for kind, entity in pack.entities.items():
        for relation in entity.relations:
            _relate(found, pack, kind, relation)
    return found


def relation_name(pack: DomainPack, relation: Relation) -> str:
    """The attribute that holds a relation: its own name, else that of the other's identifier."""
    if relation.attribute or relation.to not in pack.entities:
        return relation.attribute
    return pack.entities[relation.to].identifier.name


def _relate(found: dict[str, Meaning], pack: DomainPack, kind: str, relation: Relation) -> None:
    if relation.to not in pack.entities:
        known = ", ".join(pack.entities)
        problem = f"{kind!r} is related to {relation.to!r}, which is no entity here"
        raise InputError(problem, mend=f"entities: {known}")
    other = pack.entities[relation.to]
    name = relation_name(pack, relation)
    if name == other.identifier.name:
        return
    schema = _identifier(other)
    if relation.note:
        schema["description"] = relation.note
    if relation.many:
        note = schema.pop("description", "")
        schema = {"type": "array", "items": schema, "minItems": 1, "description": note}
    meaning = Meaning(schema, kind, refers=relation.to)
    if found.get(name) is None or found[name].refers != relation.to:
        _add(found, name, meaning)


def _identifier(entity: Entity) -> JsonObject:
    """The identifier's schema; ``x-known`` says where no person has it at hand."""
    schema = dict(entity.identifier.schema_)
    return schema if entity.identifier.known else {**schema, "x-known": False}


def _states(entity: Entity) -> JsonObject:
    life = entity.lifecycle
    assert life is not None
    return {
        "type": "string",
        "enum": list(life.states),
        "description": f"Where the {entity.noun} stands.",
    }


def _add(found: dict[str, Meaning], name: str, meaning: Meaning) -> None:
    if name in found:
        owners = f"{found[name].owner or 'shared'} and {meaning.owner or 'shared'}"
        problem = f"the attribute {name!r} is declared twice, by {owners}"
        raise InputError(problem, mend="give each its own name")
    found[name] = meaning
