"""What a tool returns according to its domain's pack, where the pack knows of it."""

from collections.abc import Iterator, Sequence

from toolweave.checks.effects import effect_of
from toolweave.checks.inflection import plural
from toolweave.checks.naming import words
from toolweave.configs.vocabulary import vocabulary
from toolweave.core.domain import DomainPack, Entity
from toolweave.core.model import JsonObject
from toolweave.core.tool import Tool
from toolweave.toolgraph.inference.dissected import taken_apart
from toolweave.toolgraph.inference.lore import Lore


def pack_results(tool: Tool, pack: DomainPack, lore: Lore) -> JsonObject | None:
    """The result that the pack's tool of that name has, or one fit for that kind of thing."""
    takes = tool.parameters.get("properties", {})
    for name, gives, many in _named(pack):
        if name == tool.name:
            return _schema(pack, gives, many, takes)
    kind = effect_of(tool).entity
    found = next(
        ((name, each) for name, each in pack.entities.items() if _is(name, each, kind)), None
    )
    if found is None:
        return None
    name, entity = found
    gives, many = _by_kind(name, entity, tool, lore)
    return _schema(pack, gives, many, takes)


def _is(name: str, entity: Entity, kind: str) -> bool:
    nouns = {name, *words(entity.noun)[-1:], "_".join(words(entity.noun))}
    return kind in nouns


def _named(pack: DomainPack) -> Iterator[tuple[str, Sequence[str], str]]:
    """Every tool that the pack describes: its name, what it gives, and the list that holds it."""
    for name, entity in pack.entities.items():
        listed = entity.plural.replace(" ", "_") or plural(name)
        for operation in entity.operations:
            yield operation.name, operation.gives, operation.gives_list
        if entity.making is not None:
            yield entity.making.name, (entity.identifier.name, *entity.making.gives), ""
        for way, held in (("find", entity.finding), ("read", entity.reading)):
            if held is not None:
                many = listed if way == "find" else ""
                yield held.name, held.gives, many
                for variant in held.variants:
                    yield variant.name, variant.gives or held.gives, variant.gives_list or many


def _by_kind(name: str, entity: Entity, tool: Tool, lore: Lore) -> tuple[list[str], str]:
    """What a tool of this kind gives of such a thing."""
    asked = taken_apart(tool, lore)
    state = [entity.lifecycle.attribute] if entity.lifecycle else []
    own = entity.identifier.name
    shown = list(entity.reading.gives if entity.reading else entity.attributes)
    if asked.kind == "create":
        return [own, *(entity.making.gives if entity.making else state)], ""
    if asked.kind in ("update", "delete"):
        return [*state, *(each for each in entity.attributes if each in asked.takes)], ""
    if asked.many or own not in asked.takes:
        listed = list(entity.finding.gives) if entity.finding else [own, *shown]
        return listed, entity.plural.replace(" ", "_") or plural(name)
    return shown, ""


def _schema(pack: DomainPack, gives: Sequence[str], many: str, takes: object) -> JsonObject | None:
    meanings = vocabulary(pack)
    known = {name: dict(meanings[name].schema) for name in gives if name in meanings}
    if isinstance(takes, dict):
        # What the caller has just said is no news.
        known = {name: schema for name, schema in known.items() if name not in takes} or known
    if not known:
        return None
    entry: JsonObject = {"type": "object", "properties": known, "required": list(known)}
    if not many:
        return entry
    listed = {many: {"type": "array", "items": entry}}
    return {"type": "object", "properties": listed, "required": [many]}
