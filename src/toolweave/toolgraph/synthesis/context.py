"""Domain contexts: what a field is about, in the few words that a prompt has room for."""

from pydantic import Field

from toolweave.core.domain import DomainPack, Entity
from toolweave.core.model import Record


class DomainContext(Record):
    """What is known of a domain (ToolWeave, Algorithm 2).

    ``summary`` is prose, ``facts`` are one line each, ``source`` says where both came from.
    """

    title: str
    summary: str = ""
    facts: tuple[str, ...] = Field(default=(), max_length=200)
    source: str = ""


def packed(pack: DomainPack) -> DomainContext:
    """The context that a domain pack gives."""
    facts = [fact for kind, entity in pack.entities.items() for fact in _facts(kind, entity)]
    return DomainContext(
        title=pack.title,
        summary=pack.summary,
        facts=tuple(facts)[:200],
        source=f"pack {pack.domain}",
    )


def joined(first: DomainContext, second: DomainContext) -> DomainContext:
    """Both contexts in one, the first one's words first."""
    return DomainContext(
        title=first.title,
        summary=" ".join(part for part in (first.summary, second.summary) if part),
        facts=tuple(dict.fromkeys((*first.facts, *second.facts)))[:200],
        source=" and ".join(part for part in (first.source, second.source) if part),
    )


def _facts(kind: str, entity: Entity) -> list[str]:
    named = ", ".join(entity.attributes)
    facts = [f"{kind}: {entity.description} Told by {entity.identifier.name}; has {named}."]
    if entity.relations:
        others = ", ".join(relation.to for relation in entity.relations)
        facts.append(f"{kind} refers to {others}.")
    if entity.lifecycle is not None:
        states = ", ".join(entity.lifecycle.states)
        facts.append(f"{kind} goes through {entity.lifecycle.attribute}: {states}.")
    facts.extend(f"{kind}: {rule.because}" for rule in entity.rules)
    return facts
