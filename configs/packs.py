"""Domain packs: finding the one that is meant, and checking what it says."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from toolweave.configs.shipping import shipped, shipped_names
from toolweave.configs.vocabulary import relation_name, vocabulary
from toolweave.core.domain import DomainPack, Entity, Operation, Rule
from toolweave.core.errors import InputError, SchemaError
from toolweave.schema.documents import read_document
from toolweave.schema.records import build, input_error, nearest
from toolweave.schema.refs import check_schema


def domain_name(name: str) -> str:
    """A domain's name as files carry it: ``E-commerce`` is ``ecommerce``, spaces are ``_``."""
    return "_".join(name.casefold().replace("-", "").split())


@lru_cache(maxsize=64)
def load_pack(name: str) -> DomainPack:
    """A domain pack by the domain's name ("Real Estate", ``real_estate``) or by path.

    Raises:
        InputError: there is none, or what it says does not hold together.
    """
    path = shipped("domains", domain_name(name)) or Path(name)
    if not path.is_file():
        known = shipped_names("domains")
        near = nearest(domain_name(name), known)
        mend = f"did you mean {near!r}? " if near else ""
        raise InputError(
            f"no domain pack {name!r}", mend=f"{mend}shipped: {', '.join(known)}; or give a path"
        )
    pack = build(DomainPack, read_document(path), file=str(path))
    for problem in problems(pack):
        raise input_error(problem, file=str(path), mend="mend the pack")
    return pack


def tool_names(pack: DomainPack) -> list[str]:
    """The names of all tools that may grow from the pack, in its order."""
    return [
        name for entity in pack.entities.values() for name, _, _ in _tools(entity)
    ]


def problems(pack: DomainPack) -> Iterator[str]:
    """What does not hold together in a pack, each in words."""
    try:
        meanings = vocabulary(pack)
    except InputError as error:
        yield str(error)
        return
    for name, meaning in meanings.items():
        yield from _schema_problems(name, meaning.schema)
    known = list(meanings)
    seen: set[str] = set()
    for kind, entity in pack.entities.items():
        for tool, names, operation in _tools(entity):
            if tool in seen:
                yield f"two tools are called {tool!r}"
            seen.add(tool)
            for name in names:
                if name not in meanings:
                    near = nearest(name, known)
                    hint = f"; did you mean {near!r}?" if near else ""
                    yield f"tool {tool!r} names {name!r}, which is no attribute here{hint}"
            if operation is not None:
                yield from _operation_problems(pack, entity, operation)
        for rule in entity.rules:
            yield from _rule_problems(pack, kind, rule)
    for situation in pack.situations:
        for tool in situation.tools:
            if tool not in seen:
                yield f"the situation {situation.text[:60]!r} names {tool!r}, which is no tool here"


def _tools(entity: Entity) -> Iterator[tuple[str, list[str], Operation | None]]:
    """The tools of an entity with the attributes they name."""
    if (finding := entity.finding) is not None:
        yield finding.name, [*finding.takes, *finding.optional, *finding.gives], None
    if (making := entity.making) is not None:
        yield making.name, [*making.takes, *making.optional, *making.gives], None
    if (reading := entity.reading) is not None:
        yield reading.name, [*reading.optional, *reading.gives], None
    for operation in operations(entity):
        named = [*operation.takes, *operation.optional, *operation.gives]
        yield operation.name, named, operation


def operations(entity: Entity) -> list[Operation]:
    """The operations of an entity, then the variants of how it is found and read."""
    found = list(entity.operations)
    for parent in (entity.finding, entity.reading):
        found.extend(parent.variants if parent is not None else ())
    return found


def _schema_problems(name: str, schema: dict[str, object]) -> Iterator[str]:
    if not schema.get("description"):
        yield f"the attribute {name!r} has no description"
    if "type" not in schema and "enum" not in schema:
        yield f"the attribute {name!r} has no type"
    try:
        check_schema(schema)
    except SchemaError as error:
        yield f"the attribute {name!r}: {error}"


def _operation_problems(pack: DomainPack, entity: Entity, operation: Operation) -> Iterator[str]:
    owner = pack.entities.get(operation.entity, entity) if operation.entity else entity
    if operation.entity and operation.entity not in pack.entities:
        yield f"tool {operation.name!r} changes {operation.entity!r}, which is no entity here"
    states = entity.lifecycle.states if entity.lifecycle else {}
    ends = {**states, **(owner.lifecycle.states if owner.lifecycle else {})}
    for state in operation.starts:
        if state not in states:
            yield f"tool {operation.name!r} starts from {state!r}, which is no state here"
    if operation.ends and operation.ends not in ends:
        yield f"tool {operation.name!r} ends in {operation.ends!r}, which is no state here"
    if not operation.gives and not operation.ends:
        yield f"tool {operation.name!r} returns nothing"
    for name in set(operation.takes) & set(operation.gives):
        yield f"tool {operation.name!r} only repeats {name!r} in its result"


def _rule_problems(pack: DomainPack, kind: str, rule: Rule) -> Iterator[str]:
    meanings = vocabulary(pack)
    for name in [*rule.when, *rule.requires]:
        if name not in meanings:
            yield f"a rule of {kind!r} names {name!r}, which is no attribute here"


def related(pack: DomainPack, kind: str) -> list[str]:
    """The attributes by which one kind of thing names others."""
    return [relation_name(pack, relation) for relation in pack.entities[kind].relations]
