"""What a call itself gives a leaf: the state its verb leads to, a default, a yes."""

from toolweave.checks.naming import words
from toolweave.checks.states import moved_to, states_of
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.seeding import digest
from toolweave.core.tool import Tool
from toolweave.memory.identity import Place, Sight
from toolweave.memory.presenting import presented
from toolweave.memory.records import WorldRecord, WorldState, found_key
from toolweave.memory.semantics import (
    GOOD,
    first_state,
    same_state,
    spelt,
    tells_success,
    tells_verdict,
)
from toolweave.memory.wishes import Wish
from toolweave.schema.types import as_mapping, type_names

# The heavier wish is granted where two clash.
PAST, STATE, ECHO, KNOWN, CHANGED = 2, 3, 5, 6, 7
# An argument read back under its own name; nothing but the plan itself is surer.
GIVEN = CHANGED
_PAID = ("total", "total_price", "total_amount", "total_cost", "amount", "price")
# Of so many verdicts that nothing is decided about, one is a no.
_REFUSED = 8


class Deriver:
    """Wishes for single leaves of one call's result."""

    def __init__(self, tool: Tool, world: WorldState, sight: Sight, given: JsonObject) -> None:
        self.tool, self.world, self.sight, self.given = tool, world, sight, given
        self.effect = sight.effect.kind

    def status(self, wish: Wish, place: Place, record: WorldRecord | None) -> None:
        schema = as_mapping(place.schema)
        moved = moved_to(self.tool.name) if self.effect in ("update", "delete") else None
        if self.sight.ends[0] == place.owner and self.sight.ends[1]:
            moved = self.sight.ends[1]
        if moved is None and record is not None and record["deleted"] and self.effect == "read":
            moved = str(record["fields"].get(place.key, "cancelled"))
        text = "enum" not in schema and "string" in type_names(schema)
        if moved is not None:
            state = moved if text else same_state(moved, schema)
            if state is not None:
                wish.be(CHANGED, state)
        elif self.effect == "create":
            states = states_of(place.owner)
            first = states[0] if text and states else first_state(schema.get("enum", []))
            if first is not None:
                wish.be(STATE, first)

    def default(self, wish: Wish, place: Place) -> None:
        """An argument that was not sent has the value its schema declares."""
        for argument in self.sight.arguments:
            schema = as_mapping(argument.schema)
            if argument.key == place.key and "default" in schema and place.key not in self.given:
                wish.be(STATE, schema["default"])

    def about(self, wish: Wish, place: Place) -> None:
        """A made thing is called what the one thing it is made of is called: a booking's title."""
        told: dict[str, JsonValue] = {}
        for argument in self.sight.arguments:
            if not argument.ident or argument.key not in self.given:
                continue
            key = found_key(self.world, argument.owner, self.given[argument.key])
            fields = self.world["records"][key]["fields"] if key is not None else {}
            if (same := f"{argument.owner}.{place.name}") in fields:
                told[argument.owner] = fields[same]
        named = [value for owner, value in told.items() if owner in words(self.tool.name)]
        if len(told) == 1 or named:
            wish.be(STATE, presented((named or list(told.values()))[0], place))

    def success(self, wish: Wish, place: Place) -> None:
        """A call that went well says so; what is looked into is mostly as one hopes."""
        schema = as_mapping(place.schema)
        types, last = type_names(schema), place.steps[-1]
        hopeful = digest(self.world["clock"], self.tool.name, place.path) % _REFUSED > 0
        if self.effect == "read":
            if types == ("boolean",) and hopeful and (tells_success(last) or tells_verdict(last)):
                wish.be(PAST, True)
        elif types == ("boolean",) and tells_success(last):
            wish.be(STATE, True)
        elif spelt(last) in ("result", "outcome", "success") and "string" in types:
            options = schema.get("enum", ())
            good = [
                option for option in options if isinstance(option, str) and spelt(option) in GOOD
            ]
            if good:
                wish.be(STATE, good[0])

    def refund(self, wish: Wish, place: Place, known: JsonObject) -> None:
        """Nobody gets back more than was paid."""
        paid = [known.get(f"{place.owner}.{name}") for name in _PAID]
        amounts = [n for n in paid if isinstance(n, int | float) and not isinstance(n, bool)]
        if amounts:
            wish.limit(ECHO, {"maximum": amounts[0]})
