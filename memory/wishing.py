"""What a result should say: known facts, echoes of arguments, times, new ids and list lengths."""

from collections.abc import Mapping

from toolweave.checks.naming import PERSON, words
from toolweave.core.domain import Sum
from toolweave.core.model import JsonObject, JsonValue
from toolweave.memory.clock import fitted
from toolweave.memory.deriving import CHANGED, ECHO, GIVEN, KNOWN, PAST, STATE, Deriver
from toolweave.memory.elements import Elements
from toolweave.memory.fields import TIMES
from toolweave.memory.identity import Body, Place
from toolweave.memory.made_call import MadeCall
from toolweave.memory.matching import asked_as, equals
from toolweave.memory.reckoning import reckoned
from toolweave.memory.records import WorldRecord, found_key, query_key
from toolweave.memory.semantics import tells_failure
from toolweave.memory.wishes import Wish
from toolweave.schema.types import as_mapping


class Wisher:
    """Wishes for the result of one call, from the world as it is."""

    def __init__(self, call: MadeCall) -> None:
        self.call = call
        self.root = Wish()
        self.elements = Elements(call)
        # What is told of under its object: ``source.timezone`` repeats ``source_timezone``.
        self.spelt = {words(name): value for name, value in call.arguments.items()}
        self.sums: Mapping[str, Sum] = call.lore.sums if call.lore is not None else {}
        self.derive = Deriver(call.tool, call.world, call.sight, call.given)

    def wish(self) -> Wish:
        """The whole tree."""
        for body in self.call.sight.bodies:
            if not body.many:
                self._object(body)
        for body in self.call.sight.bodies:
            if body.many and body.at.count(None) == 1:
                self.elements.fill(self.root.at(body.at[:-1]), body)
            elif body.many:
                # Arrays inside arrays: whole elements, and nothing more.
                for place in body.places:
                    self.root.at((*body.at, *place.steps))
        return self.root

    def another(self, path: str) -> Wish:
        """A wish for one more element of the array whose elements are at ``path``."""
        body = next((body for body in self.call.sight.bodies if body.path == path), None)
        return Wish() if body is None else self.elements.more(body)

    def filtered(self, path: str, value: JsonValue) -> bool:
        """Whether the question asked for another value there, now or when the thing was found:
        what somebody asked for by its state is not shown in another one.
        """
        for body in self.call.sight.bodies:
            place = next((place for place in body.places if place.path == path), None)
            if place is None or self.call.effect != "read":
                continue
            if body.many:
                return place.key in self.call.given and not equals(
                    self.call.given[place.key], value
                )
            record = self._subject(body)
            asked_for = None if record is None else record["fields"].get(asked_as(place.key))
            return asked_for is not None and not equals(asked_for, value)
        return False

    def _object(self, body: Body) -> None:
        record = self._subject(body) if body.kind != "container" else None
        known: JsonObject = {} if record is None else {**record["fields"], **record["ids"]}
        node = self.root.at(body.at)
        named: JsonObject = {}
        for place in sorted(body.places, key=lambda place: self._order(place, body)):
            wish = node.at(place.steps)
            self._place(wish, place, {**named, **known}, body, record)
            if place.ident and (value := wish.value()) is not None:
                # What is said of a thing is known by which thing it is.
                named[place.key] = value

    def _order(self, place: Place, body: Body) -> int:
        """First which known things hold this one, then what else it names: they tell of that."""
        if not place.ident:
            return 2
        return self.call.kin.holder(place, body.entity) is None

    def _subject(self, body: Body) -> WorldRecord | None:
        """The record that an object describes, if the world has it."""
        records = self.call.world["records"]
        for place in self.call.sight.arguments:
            if place.ident and place.owner == body.entity and place.key in self.call.given:
                key = found_key(self.call.world, body.entity, self.call.given[place.key])
                return None if key is None else records[key]
        if self.call.effect == "create":
            return None
        if (same := records.get(query_key(self.call.tool.name, self.call.arguments))) is not None:
            return same
        if body.own and (found := self.call.kin.sought(body.entity)) is not None:
            return found
        alone = self.call.kin.alive(body.entity) if not self.call.arguments else []
        return alone[-1] if alone and not body.own else None

    def _place(
        self,
        wish: Wish,
        place: Place,
        known: JsonObject,
        body: Body,
        record: WorldRecord | None,
    ) -> None:
        """Everything wished of one leaf."""
        if tells_failure(place.steps[-1]):
            wish.absent = True
            return
        if place.key in self.call.given and self._echoes(place, body):
            self.call.be(
                wish,
                CHANGED if self.call.effect == "update" else ECHO,
                place,
                self.call.given[place.key],
            )
        if (spelt := self.spelt.get(words(place.path))) is not None and "." in place.path:
            self.call.be(wish, GIVEN, place, spelt)
        said = self.call.literal.get(words(place.steps[-1])) if len(place.steps) == 1 else None
        if said is not None and body.entity == self.call.sight.entity and not place.ident:
            self.call.be(wish, GIVEN, place, said)
        if place.key in known and not self._changes(place):
            self.call.be(wish, KNOWN, place, known[place.key])
        elif place.owner != body.entity:
            self._other(wish, place, known, body.entity)
        else:
            self._theirs(wish, place, known)
        self._derive(wish, place, known, body, record)
        if place.key not in known and place.steps[-1] in self.sums:
            self._reckon(wish, place, known, body)
        if place.key not in known and place.key not in self.call.given:
            self.call.match(wish, place, known)
        self.derive.success(wish, place)
        if "refund" in place.name:
            self.derive.refund(wish, place, known)

    def _theirs(self, wish: Wish, place: Place, known: JsonObject) -> None:
        """What a thing that this one belongs to says of the same: what was ordered is covered."""
        if self.call.effect == "read" and not place.ident and place.key not in self.call.given:
            said = self.call.kin.through(place, known)
            if said is not None:
                self.call.be(wish, ECHO, place, said)

    def _derive(
        self,
        wish: Wish,
        place: Place,
        known: JsonObject,
        body: Body,
        record: WorldRecord | None,
    ) -> None:
        """What the call itself gives a leaf: a new id, its time, a state, a default."""
        if place.ident and place.key not in known and place.key not in self.call.given:
            self.call.new(wish, place)
        elif place.name in TIMES and place.owner == body.entity:
            self._time(wish, place, place.key in known)
        elif place.name == "status" and place.owner == body.entity:
            self.derive.status(wish, place, record)
        elif self.call.effect == "create":
            self.derive.default(wish, place)
            if place.key not in known and place.key not in self.call.given:
                self.derive.about(wish, place)

    def _reckon(self, wish: Wish, place: Place, known: JsonObject, body: Body) -> None:
        """An amount that follows from what is known already, and not from what comes with it."""
        how = self.sums[place.steps[-1]]
        beside = {one.steps[-1] for one in body.places if one.key not in known}
        if beside & {*how.plus, *how.minus}:
            return
        amount = reckoned(how, lambda name: self.call.kin.value_of(name, known), place.schema)
        if amount is not None:
            self.call.be(wish, KNOWN, place, amount)

    def _echoes(self, place: Place, body: Body) -> bool:
        """Whether a result repeats an argument; an answer to a question (``squared_number``) does
        so only under the very same name.
        """
        if body.kind != "query" or place.ident or self.call.effect != "read":
            return True
        said = words(place.steps[-1])
        return any(
            one.place.key == place.key and words(one.place.steps[-1]) == said
            for one in self.call.question
        )

    def _changes(self, place: Place) -> bool:
        """Whether this call gives the field a value of its own time."""
        return self.call.effect in ("update", "delete") and place.name == "updated"

    def _other(self, wish: Wish, place: Place, known: JsonObject, entity: str) -> None:
        """A field of another thing that this one names, such as the customer's name."""
        named = f"{place.owner}.id"
        value = known.get(named, self.call.given.get(named))
        if (
            value is None
            and place.ident
            and (value := self.call.kin.holder(place, entity)) is not None
        ):
            self.call.be(wish, KNOWN, place, value)
            return
        key = found_key(self.call.world, place.owner, value)
        fields = self.call.world["records"][key]["fields"] if key is not None else {}
        if place.key not in fields and (said := self.call.kin.through(place, known)) is not None:
            self.call.be(wish, KNOWN, place, said)
            return
        if value is None and place.owner == PERSON:
            people = self.call.kin.alive(PERSON)
            value = next(iter(people[0]["ids"].values())) if len(people) == 1 else None
            if place.ident and value is not None:
                self.call.be(wish, STATE, place, value)
                return
        key = found_key(self.call.world, place.owner, value)
        fields = self.call.world["records"][key]["fields"] if key is not None else {}
        if place.key in fields:
            self.call.be(wish, ECHO, place, fields[place.key])

    def _time(self, wish: Wish, place: Place, known: bool) -> None:
        schema = as_mapping(place.schema)
        now = fitted(self.call.now, schema)
        if place.name == "ended":
            wish.be(STATE, now)
        elif self.call.effect == "create":
            wish.be(ECHO, now)
        elif self.call.effect != "read" and place.name == "updated":
            wish.be(CHANGED, now)
        elif not known:
            wish.be(PAST, fitted(self.call.past(place.name), schema))
