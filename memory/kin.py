"""What known things say of one another: whose meter it is, which attorney the case has."""

from collections.abc import Mapping, Sequence

from toolweave.checks.naming import PERSON, words
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.tool import EffectKind
from toolweave.memory.fields import TIMES, Field
from toolweave.memory.identity import Body, Identity, Place
from toolweave.memory.matching import Asked, answers, given_arguments
from toolweave.memory.packed import Lore
from toolweave.memory.pairing import fitting
from toolweave.memory.records import WorldRecord, WorldState, found_key, related, things

# Of each thing its own, whatever it belongs to.
_OWN = frozenset({"status", *TIMES})
# What things are told apart by.
_SINGLING = frozenset({"name", "email", "phone", "barcode", "plate", "serial", "title"})


class Kin:
    """The known things that have to do with one call.

    Args:
        world, identity: what is known, and the classes of the plan's tools.
        question: the arguments of the call; ``effect``: what it does.
        lore: what a pack says of the tool.
    """

    def __init__(
        self,
        world: WorldState,
        identity: Identity,
        question: Sequence[Asked],
        effect: EffectKind,
        lore: Lore | None,
    ) -> None:
        self.world, self.identity, self.effect = world, identity, effect
        self.fields: Mapping[str, Field] = lore.fields if lore is not None else {}
        self.matches = lore.matches if lore is not None else ()
        self.question, self.given = question, given_arguments(question)

    def alive(self, entity: str) -> list[WorldRecord]:
        return [record for record in things(self.world, entity) if not record["deleted"]]

    def through(self, place: Place, known: JsonObject) -> JsonValue:
        """What a thing that is named here is known to refer to: its attorney is the case's."""
        for key, value in {**self.given, **known}.items():
            owner, _, name = key.partition(".")
            if name != "id" or owner == place.owner:
                continue
            held = found_key(self.world, owner, value)
            fields = self.world["records"][held]["fields"] if held is not None else {}
            shared = self.fields and place.steps[-1] not in self.fields
            same = f"{owner}.{place.name}" if shared else place.key
            said: JsonValue = fields.get(place.key, fields.get(same))
            referred = place.ident and place.owner in self.identity.refers.get(owner, ())
            told = isinstance(said, str) and not place.ident and place.name not in _OWN
            if said is not None and (referred or told):
                return said
        return self.sharing(place, known) if place.ident and self.effect == "read" else None

    def sharing(self, place: Place, known: JsonObject) -> JsonValue:
        """The one known thing that belongs where this belongs: the meter of a bill's account."""
        around = self.identity.refers.get(place.owner, frozenset()) - {PERSON}
        ids = {f"{owner}.id" for owner in around}
        told = {key: value for key, value in {**self.given, **known}.items() if key in ids}
        found = [
            record["ids"][place.key]
            for record in self.alive(place.owner)
            if place.key in record["ids"]
            and any(record["fields"].get(key) == value for key, value in told.items())
        ]
        return found[0] if len(found) == 1 else None

    def holder(self, place: Place, entity: str) -> JsonValue:
        """The one known thing that names what is asked about: the order that a warranty is of."""
        asked = self.given.get(f"{entity}.id")
        held = self.alive(place.owner) if asked is not None else []
        named = [one for one in held if one["fields"].get(f"{entity}.id") == asked]
        return named[0]["ids"].get(place.key) if len(named) == 1 else None

    def theirs(self, place: Place, known: JsonObject, body: Body) -> JsonValue:
        """What is known of another thing that a row names, or that all rows are about.

        Of the latter only texts: how many there are differs from row to row.
        """
        if place.owner == body.entity:
            return None
        named = f"{place.owner}.id"
        key = found_key(self.world, place.owner, known.get(named, self.given.get(named)))
        value = self.world["records"][key]["fields"].get(place.key) if key is not None else None
        return value if named in known or isinstance(value, str) else None

    def value_of(self, name: str, known: JsonObject) -> JsonValue:
        """An attribute of what is spoken of, or of the one known thing that has to do with it."""
        found = self.fields.get(name)
        if found is None:
            return None
        key = f"{found.owner}.{found.name}"
        here = {**known, **self.given}
        if key in here:
            known_here: JsonValue = here[key]
            return known_here
        near = related(self.world, here)
        held = [record["fields"][key] for record in near if key in record["fields"]]
        first: JsonValue = held[0] if held else None
        return first

    def fitting(self, name: str, known: JsonObject) -> list[str] | None:
        """The values of an attribute that go with what is known; None where any does."""
        if not self.matches:
            return None
        return fitting(name, self.matches, lambda other: self.value_of(other, known))

    def sought(self, entity: str) -> WorldRecord | None:
        """The known thing that has what a question for one thing names: its mail address."""
        return next((r for r in self.alive(entity) if self.singled(r)), None)

    def singled(self, record: WorldRecord) -> bool:
        """Whether a question names a thing by a text of its own, and nothing speaks against it."""
        texts = (
            one.place.key in record["fields"]
            for one in self.question
            if isinstance(one.value, str)
            and one.place.role.kind == "value"
            and not one.place.ident
            and _SINGLING & {*words(one.place.steps[-1])[-1:]}
        )
        return any(texts) and answers(record, self.question)

    def names(self, one: Asked, entity: str) -> bool:
        """Whether a question asks for a thing by its own name: hardly two payees have one."""
        said = words(one.place.steps[-1])
        named = len(said) > 1 and said[-1] == "name" and said[-2] in entity.split("_")
        return named and one.place.owner == entity and one.place.role.kind == "value"
