"""Checking a domain pack: every name means something, and what it says holds together."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from toolweave.configs.vocabulary import Meaning, vocabulary
from toolweave.core.domain import DomainPack, Entity, Operation, Rule
from toolweave.core.errors import InputError, SchemaError
from toolweave.core.model import JsonObject
from toolweave.schema.records import nearest
from toolweave.schema.refs import check_schema


class Described(NamedTuple):
    """One tool that a pack describes: the attributes it names, and its operation, if it is one."""

    tool: str
    names: tuple[str, ...]
    operation: Operation | None = None


def problems(pack: DomainPack) -> Iterator[str]:
    """What does not hold together in a pack, each in words."""
    try:
        meanings = vocabulary(pack)
    except InputError as error:
        yield str(error)
        return
    for name, meaning in meanings.items():
        yield from _schema_problems(name, meaning.schema)
    for kind, entity in pack.entities.items():
        for one in described(entity):
            yield from _name_problems(one, meanings)
            if one.operation is not None:
                yield from _operation_problems(pack, entity, one.operation)
        for rule in entity.rules:
            yield from _rule_problems(kind, rule, meanings)
    yield from _agreement_problems(pack, meanings)
    yield from _tool_problems(pack)


def described(entity: Entity) -> Iterator[Described]:
    """The tools that a pack describes for one kind of thing."""
    if (finding := entity.finding) is not None:
        yield Described(finding.name, (*finding.takes, *finding.optional, *finding.gives))
    if (making := entity.making) is not None:
        yield Described(making.name, (*making.takes, *making.optional, *making.gives))
    if (reading := entity.reading) is not None:
        yield Described(reading.name, (*reading.optional, *reading.gives))
    for operation in operations(entity):
        named = (*operation.takes, *operation.optional, *operation.gives)
        yield Described(operation.name, named, operation)


def operations(entity: Entity) -> list[Operation]:
    """The operations of an entity, then the variants of how it is found and read."""
    found = list(entity.operations)
    for parent in (entity.finding, entity.reading):
        found.extend(parent.variants if parent is not None else ())
    return found


def _agreement_problems(pack: DomainPack, meanings: Mapping[str, Meaning]) -> Iterator[str]:
    """Sums and matches that speak of what the pack has no attribute for."""
    named = [(f"the sum of {name!r}", (name, *how.names())) for name, how in pack.sums.items()]
    named += [("a match", (match.of, match.by)) for match in pack.matches]
    for said, names in named:
        for name in names:
            if name not in meanings:
                yield f"{said} speaks of {name!r}, which is no attribute here"


def _tool_problems(pack: DomainPack) -> Iterator[str]:
    names = [one.tool for entity in pack.entities.values() for one in described(entity)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two tools are called {name!r}"
    for situation in pack.situations:
        for tool in situation.tools:
            if tool not in names:
                yield f"the situation {situation.text[:60]!r} names {tool!r}, which is no tool here"


def _name_problems(one: Described, meanings: Mapping[str, Meaning]) -> Iterator[str]:
    for name in one.names:
        if name not in meanings:
            near = nearest(name, meanings)
            hint = f"; did you mean {near!r}?" if near else ""
            yield f"tool {one.tool!r} names {name!r}, which is no attribute here{hint}"


def _schema_problems(name: str, schema: JsonObject) -> Iterator[str]:
    if not schema.get("description"):
        yield f"the attribute {name!r} has no description"
    if "type" not in schema and "enum" not in schema:
        yield f"the attribute {name!r} has no type"
    try:
        check_schema(schema)
    except SchemaError as error:
        yield f"the attribute {name!r}: {error}"


def _operation_problems(pack: DomainPack, entity: Entity, operation: Operation) -> Iterator[str]:
    if operation.entity and operation.entity not in pack.entities:
        yield f"tool {operation.name!r} changes {operation.entity!r}, which is no entity here"
        return
    owner = pack.entities[operation.entity] if operation.entity else entity
    states = entity.lifecycle.states if entity.lifecycle else {}
    ends = {**states, **(owner.lifecycle.states if owner.lifecycle else {})}
    for state in operation.starts:
        if state not in states:
            yield f"tool {operation.name!r} starts from {state!r}, which is no state here"
    if operation.ends and operation.ends not in ends:
        yield f"tool {operation.name!r} ends in {operation.ends!r}, which is no state here"
    if not operation.gives and not operation.ends:
        yield f"tool {operation.name!r} returns nothing"
    for name in sorted({*operation.takes} & {*operation.gives}):
        yield f"tool {operation.name!r} only repeats {name!r} in its result"


def _rule_problems(kind: str, rule: Rule, meanings: Mapping[str, Meaning]) -> Iterator[str]:
    for name in (*rule.when, *rule.requires):
        if name not in meanings:
            yield f"a rule of {kind!r} names {name!r}, which is no attribute here"
