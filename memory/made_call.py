"""A call that was made, in the world as it is: what it asks for and what is known by then."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from toolweave.checks.effects import identified
from toolweave.checks.naming import words
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.tool import Tool
from toolweave.memory.clock import moment
from toolweave.memory.deriving import PAST, STATE
from toolweave.memory.identity import Identity, Place
from toolweave.memory.kin import Kin
from toolweave.memory.matching import asked, given_arguments
from toolweave.memory.newids import new_id, shape_for
from toolweave.memory.packed import lore_of
from toolweave.memory.presenting import presented
from toolweave.memory.records import WorldState
from toolweave.memory.wishes import Wish
from toolweave.schema.types import as_mapping


@dataclass
class MadeCall:
    """One call in the world as it is, and what any leaf of its result may be told by them.

    ``taken``, ``forms`` and ``matched`` are what earlier leaves of the result have used up: new
    ids, the forms of ids by what they name, and values that rows may not share.
    """

    tool: Tool
    arguments: JsonObject
    world: WorldState
    identity: Identity
    shapes: Mapping[str, str]
    rng: random.Random
    taken: set[str] = field(default_factory=set)
    forms: dict[str, str] = field(default_factory=dict)
    matched: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sight = self.identity.sight(self.tool)
        self.effect = self.sight.effect.kind
        self.question = asked(self.sight.arguments, self.arguments)
        self.given = given_arguments(self.question)
        self.now = moment(self.world["clock"])
        self.literal = self._literal()
        self.lore = lore_of(self.tool)
        self.kin = Kin(self.world, self.identity, self.question, self.effect, self.lore)

    def _literal(self) -> dict[tuple[str, ...], JsonValue]:
        """What an action was given, by the words of its names: a result of one repeats it."""
        if self.effect not in ("create", "update"):
            return {}
        inner = [held for held in self.arguments.values() if isinstance(held, dict)]
        sent = inner[0] if len(inner) == len(self.arguments) == 1 else self.arguments
        return {words(name): value for name, value in sent.items()}

    def be(self, wish: Wish, weight: int, place: Place, value: JsonValue) -> None:
        """Wish for a value, presented as the place wants it."""
        wish.be(weight, presented(value, place))

    def new(self, wish: Wish, place: Place) -> None:
        """Wish for an identifier that nothing has yet."""
        if wish.limits or not _numbered(place):
            return
        if place.owner not in self.forms:
            self.forms[place.owner] = shape_for(place, self.world, self.shapes, self.rng)
        value = new_id(place, self.world, self.forms[place.owner], self.rng, self.taken)
        if value is not None:
            wish.be(PAST, value)

    def match(self, wish: Wish, place: Place, known: JsonObject) -> None:
        """Only what goes with what is known already, and no row like another."""
        allowed = self.kin.fitting(place.steps[-1], known)
        if allowed is not None:
            used = self.matched.setdefault(place.path, [])
            free = [one for one in allowed if one not in used] or allowed
            if "[]" in place.path and place.steps[-1].endswith("_name"):
                free = [self.rng.choice(free)]
                used.extend(free)
            wish.limit(STATE, {"enum": free})

    def past(self, name: str) -> datetime:
        """A moment before now: up to 40 days for a making, up to a day for a change."""
        minutes = (
            self.rng.randrange(1500, 57_600) if name == "created" else self.rng.randrange(5, 1400)
        )
        return self.now - timedelta(minutes=minutes)


def _numbered(place: Place) -> bool:
    """Whether an identifier is a number or code to be drawn; a city is told by its name."""
    return identified(place.steps[-1]) is not None or "pattern" in as_mapping(place.schema)
