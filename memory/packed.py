"""What a domain pack says of the tools grown from it: whose each attribute is, and what it means.

In a pack one attribute name means one thing, so nothing has to be guessed from spelling.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from toolweave.checks.effects import identified
from toolweave.checks.naming import PERSON
from toolweave.configs.pack_check import operations
from toolweave.configs.packs import load_pack
from toolweave.configs.shipping import shipped
from toolweave.configs.vocabulary import relation_name, vocabulary
from toolweave.core.domain import DomainPack, Match, Sum
from toolweave.core.tool import Tool
from toolweave.memory.fields import TIMES, Field, field_of
from toolweave.memory.layout import Shape, Spot

_GROWN = "synthesized:pack/"


class Lore(NamedTuple):
    """A pack as the world needs it, kinds of things under the names that classes carry.

    ``fields`` by attribute name; ``kinds`` from the pack's names; ``refers``: the kinds that each
    kind belongs to or names; ``ends`` by tool: the kind it leads to a state, and that state;
    ``sums`` by attribute: what the amount follows from; ``matches``: which values go together.
    """

    fields: Mapping[str, Field]
    kinds: Mapping[str, str]
    refers: Mapping[str, frozenset[str]]
    ends: Mapping[str, tuple[str, str]]
    sums: Mapping[str, Sum]
    matches: tuple[Match, ...]


def lore_of(tool: Tool) -> Lore | None:
    """What the shipped pack says that a tool was grown from; None for any other tool."""
    source = tool.origin.source if tool.origin is not None else ""
    if not source.startswith(_GROWN):
        return None
    name = source.removeprefix(_GROWN)
    return _read(name) if shipped("domains", name) is not None else None


def described(lore: Lore, spot: Spot) -> Field | None:
    """The field that the pack knows by the leaf's name."""
    return lore.fields.get(spot.steps[0]) if len(spot.steps) == 1 else None


def about(lore: Lore, shape: Shape, entity: str) -> Shape:
    """The shape of a list under the name of what its elements are."""
    if not shape.many:
        return shape
    found = [described(lore, spot) for spot in shape.spots]
    named = [one.owner for one in found if one is not None and one.ident]
    return shape._replace(noun=entity) if entity in named else shape


@lru_cache(maxsize=64)
def _read(name: str) -> Lore:
    pack = load_pack(name)
    kinds = {kind: _kind(kind, one.identifier.name) for kind, one in pack.entities.items()}
    lives = {e.lifecycle.attribute for e in pack.entities.values() if e.lifecycle is not None}
    fields: dict[str, Field] = {}
    for attribute, meaning in vocabulary(pack).items():
        if meaning.refers:
            own = pack.entities[meaning.refers].identifier.name == attribute
            other = identified(attribute) or attribute
            fields[attribute] = Field(kinds[meaning.refers] if own else other, "id", True)
        elif meaning.owner:
            named = "status" if attribute in lives else _named(attribute, kinds[meaning.owner])
            fields[attribute] = Field(kinds[meaning.owner], named, False)
    refers = {
        kinds[kind]: frozenset(fields[relation_name(pack, one)].owner for one in entity.relations)
        for kind, entity in pack.entities.items()
    }
    return Lore(fields, kinds, refers, dict(_ends(pack, kinds)), pack.sums, pack.matches)


def _kind(kind: str, identifier: str) -> str:
    """A kind's name in classes; whoever is speaking is one person under any name."""
    return PERSON if identified(identifier) == PERSON else kind


def _named(attribute: str, kind: str) -> str:
    """The attribute's own name, but for the times that the world itself keeps."""
    spot = Spot(attribute, (attribute,), {"type": "string"}, required=False)
    found = field_of(spot, kind, frozenset())
    return found.name if found.name in TIMES else attribute


def _ends(pack: DomainPack, kinds: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Per tool, the state it leads to."""
    for kind, entity in pack.entities.items():
        if entity.lifecycle is not None and entity.making is not None:
            yield entity.making.name, (kinds[kind], next(iter(entity.lifecycle.states)))
        for one in operations(entity):
            target = one.entity or kind
            if one.ends and target in kinds:
                yield one.name, (kinds[target], one.ends)
