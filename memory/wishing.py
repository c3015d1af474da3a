"""What a result should say: known facts, echoes of arguments, times, new ids and list lengths."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from toolweave.checks.effects import identified
from toolweave.checks.naming import PERSON, words
from toolweave.core.domain import Sum
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.tool import Tool
from toolweave.memory.clock import fitted, moment
from toolweave.memory.dating import made_in, since
from toolweave.memory.deriving import CHANGED, ECHO, KNOWN, PAST, STATE, Deriver
from toolweave.memory.fields import TIMES, class_of
from toolweave.memory.identity import Body, Identity, Place
from toolweave.memory.kin import Kin
from toolweave.memory.matching import Asked, answers, asked, asked_as, equals, given_arguments
from toolweave.memory.newids import new_id, shape_for
from toolweave.memory.packed import lore_of
from toolweave.memory.presenting import presented
from toolweave.memory.reckoning import reckoned
from toolweave.memory.records import (
    WorldRecord,
    WorldState,
    found_key,
    query_key,
    things,
)
from toolweave.memory.semantics import tells_failure
from toolweave.memory.wishes import Wish
from toolweave.schema.types import as_mapping, type_names

# An argument read back under its own name; nothing but the plan itself is surer.
GIVEN = CHANGED
_LENGTHS = (0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5)
_BESIDE_MADE = (0, 0, 0, 1, 1, 2)


@dataclass
class Wisher:
    """Wishes for the result of one call, from the world as it is."""

    tool: Tool
    arguments: JsonObject
    world: WorldState
    identity: Identity
    shapes: Mapping[str, str]
    rng: random.Random
    root: Wish = field(default_factory=Wish)
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
        # What is told of under its object: ``source.timezone`` repeats ``source_timezone``.
        self.spelt = {words(name): value for name, value in self.arguments.items()}
        lore = lore_of(self.tool)
        self.sums: Mapping[str, Sum] = lore.sums if lore is not None else {}
        self.derive = Deriver(self.tool, self.world, self.sight, self.given)
        self.kin = Kin(self.world, self.identity, self.question, self.effect, lore)

    def wish(self) -> Wish:
        """The whole tree."""
        for body in self.sight.bodies:
            if not body.many:
                self._object(body)
        for body in self.sight.bodies:
            if body.many and body.at.count(None) == 1:
                self._list(body)
            elif body.many:
                # Arrays inside arrays: whole elements, and nothing more.
                for place in body.places:
                    self.root.at((*body.at, *place.steps))
        return self.root

    def _literal(self) -> dict[tuple[str, ...], JsonValue]:
        """What an action was given, by the words of its names: a result of one repeats it."""
        if self.effect not in ("create", "update"):
            return {}
        inner = [held for held in self.arguments.values() if isinstance(held, dict)]
        sent = inner[0] if len(inner) == len(self.arguments) == 1 else self.arguments
        return {words(name): value for name, value in sent.items()}

    def filtered(self, path: str, value: JsonValue) -> bool:
        """Whether the question asked for another value there, now or when the thing was found:
        what somebody asked for by its state is not shown in another one.
        """
        for body in self.sight.bodies:
            place = next((place for place in body.places if place.path == path), None)
            if place is None or self.effect != "read":
                continue
            if body.many:
                return place.key in self.given and not equals(self.given[place.key], value)
            record = self._subject(body)
            asked_for = None if record is None else record["fields"].get(asked_as(place.key))
            return asked_for is not None and not equals(asked_for, value)
        return False

    def _object(self, body: Body) -> None:
        record = self._subject(body) if body.kind != "container" else None
        known: JsonObject = {} if record is None else {**record["fields"], **record["ids"]}
        node = self.root.at(body.at)
        named: JsonObject = {}
        for place in sorted(body.places, key=lambda place: not place.ident):
            wish = node.at(place.steps)
            self._place(wish, place, {**named, **known}, body, record)
            if place.ident and (value := wish.value()) is not None:
                # What is said of a thing is known by which thing it is.
                named[place.key] = value

    def _subject(self, body: Body) -> WorldRecord | None:
        """The record that an object describes, if the world has it."""
        records = self.world["records"]
        for place in self.sight.arguments:
            if place.ident and place.owner == body.entity and place.key in self.given:
                key = found_key(self.world, body.entity, self.given[place.key])
                return None if key is None else records[key]
        if self.effect == "create":
            return None
        if (same := records.get(query_key(self.tool.name, self.arguments))) is not None:
            return same
        if body.own and (found := self.kin.sought(body.entity)) is not None:
            return found
        alone = self.kin.alive(body.entity) if not self.arguments else []
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
        if place.key in self.given and self._echoes(place, body):
            self._be(
                wish, CHANGED if self.effect == "update" else ECHO, place, self.given[place.key]
            )
        if (spelt := self.spelt.get(words(place.path))) is not None and "." in place.path:
            self._be(wish, GIVEN, place, spelt)
        said = self.literal.get(words(place.steps[-1])) if len(place.steps) == 1 else None
        if said is not None and body.entity == self.sight.entity and not place.ident:
            self._be(wish, GIVEN, place, said)
        if place.key in known and not self._changes(place):
            self._be(wish, KNOWN, place, known[place.key])
        elif place.owner != body.entity:
            self._other(wish, place, known, body.entity)
        else:
            self._theirs(wish, place, known)
        self._derive(wish, place, known, body, record)
        if place.key not in known and place.steps[-1] in self.sums:
            self._reckon(wish, place, known, body)
        if place.key not in known and place.key not in self.given:
            self._match(wish, place, known)
        self.derive.success(wish, place)
        if "refund" in place.name:
            self.derive.refund(wish, place, known)

    def _theirs(self, wish: Wish, place: Place, known: JsonObject) -> None:
        """What a thing that this one belongs to says of the same: what was ordered is covered."""
        if self.effect == "read" and not place.ident and place.key not in self.given:
            said = self.kin.through(place, known)
            if said is not None:
                self._be(wish, ECHO, place, said)

    def _derive(
        self,
        wish: Wish,
        place: Place,
        known: JsonObject,
        body: Body,
        record: WorldRecord | None,
    ) -> None:
        """What the call itself gives a leaf: a new id, its time, a state, a default."""
        if place.ident and place.key not in known and place.key not in self.given:
            self._new(wish, place)
        elif place.name in TIMES and place.owner == body.entity:
            self._time(wish, place, place.key in known)
        elif place.name == "status" and place.owner == body.entity:
            self.derive.status(wish, place, record)
        elif self.effect == "create":
            self.derive.default(wish, place)
            if place.key not in known and place.key not in self.given:
                self.derive.about(wish, place)

    def _reckon(self, wish: Wish, place: Place, known: JsonObject, body: Body) -> None:
        """An amount that follows from what is known already, and not from what comes with it."""
        how = self.sums[place.steps[-1]]
        beside = {one.steps[-1] for one in body.places if one.key not in known}
        if beside & {*how.plus, *how.minus}:
            return
        amount = reckoned(how, lambda name: self.kin.value_of(name, known), place.schema)
        if amount is not None:
            self._be(wish, KNOWN, place, amount)

    def _match(self, wish: Wish, place: Place, known: JsonObject) -> None:
        """Only what goes with what is known already, and no row like another."""
        allowed = self.kin.fitting(place.steps[-1], known)
        if allowed is not None:
            used = self.matched.setdefault(place.path, [])
            free = [one for one in allowed if one not in used] or allowed
            if "[]" in place.path and place.steps[-1].endswith("_name"):
                free = [self.rng.choice(free)]
                used.extend(free)
            wish.limit(STATE, {"enum": free})

    def _echoes(self, place: Place, body: Body) -> bool:
        """Whether a result repeats an argument; an answer to a question (``squared_number``) does
        so only under the very same name.
        """
        if body.kind != "query" or place.ident or self.effect != "read":
            return True
        said = words(place.steps[-1])
        return any(
            one.place.key == place.key and words(one.place.steps[-1]) == said
            for one in self.question
        )

    def _changes(self, place: Place) -> bool:
        """Whether this call gives the field a value of its own time."""
        return self.effect in ("update", "delete") and place.name == "updated"

    def _be(self, wish: Wish, weight: int, place: Place, value: JsonValue) -> None:
        wish.be(weight, presented(value, place))

    def _other(self, wish: Wish, place: Place, known: JsonObject, entity: str) -> None:
        """A field of another thing that this one names, such as the customer's name."""
        named = f"{place.owner}.id"
        value = known.get(named, self.given.get(named))
        if value is None and place.ident and (value := self.kin.holder(place, entity)) is not None:
            self._be(wish, KNOWN, place, value)
            return
        key = found_key(self.world, place.owner, value)
        fields = self.world["records"][key]["fields"] if key is not None else {}
        if place.key not in fields and (said := self.kin.through(place, known)) is not None:
            self._be(wish, KNOWN, place, said)
            return
        if value is None and place.owner == PERSON:
            people = self.kin.alive(PERSON)
            value = next(iter(people[0]["ids"].values())) if len(people) == 1 else None
            if place.ident and value is not None:
                self._be(wish, STATE, place, value)
                return
        key = found_key(self.world, place.owner, value)
        fields = self.world["records"][key]["fields"] if key is not None else {}
        if place.key in fields:
            self._be(wish, ECHO, place, fields[place.key])

    def _new(self, wish: Wish, place: Place) -> None:
        if wish.limits or not _numbered(place):
            return
        if place.owner not in self.forms:
            self.forms[place.owner] = shape_for(place, self.world, self.shapes, self.rng)
        value = new_id(place, self.world, self.forms[place.owner], self.rng, self.taken)
        if value is not None:
            wish.be(PAST, value)

    def _time(self, wish: Wish, place: Place, known: bool) -> None:
        schema = as_mapping(place.schema)
        now = fitted(self.now, schema)
        if place.name == "ended":
            wish.be(STATE, now)
        elif self.effect == "create":
            wish.be(ECHO, now)
        elif self.effect != "read" and place.name == "updated":
            wish.be(CHANGED, now)
        elif not known:
            wish.be(PAST, fitted(self._past(place.name), schema))

    def _past(self, name: str) -> datetime:
        """A moment before now: up to 40 days for a making, up to a day for a change."""
        minutes = (
            self.rng.randrange(1500, 57_600) if name == "created" else self.rng.randrange(5, 1400)
        )
        return self.now - timedelta(minutes=minutes)

    def _list(self, body: Body) -> None:
        """The elements of an array: the ones known to belong there, then new ones."""
        array = self.root.at(body.at[:-1])
        said = self.literal.get(words(body.at[0] or "")) if len(body.at) == 2 else None
        if isinstance(said, list):
            array.be(GIVEN, said)
        whole = array.value()
        for place in body.places:
            array.at((None, *place.steps))
        if isinstance(whole, list):
            array.limits.clear()
            array.items = [self._like(body, element) for element in whole]
            return
        kept = self._kept(body)
        array.items = [self._element(body, record) for record in kept]
        room = [self.kin.fitting(place.steps[-1], {}) for place in body.places if not kept]
        most = min((len(one) for one in room if one is not None), default=len(_LENGTHS))
        for _ in range(min(self._fresh(body, kept), most)):
            array.items.append(self._more(body, leading=not array.items))

    def _like(self, body: Body, element: JsonValue) -> Wish:
        """A wish for an element that says what a known one says, and what is known besides of the
        thing that it names.
        """
        item = Wish()
        if not isinstance(element, dict):
            item.be(KNOWN, element)
            return item
        said = {class_of(key, body.entity): value for key, value in element.items()}
        key = next(
            (k for own in body.own if (k := found_key(self.world, body.entity, said.get(own)))),
            None,
        )
        known = dict(self.world["records"][key]["fields"]) if key is not None else {}
        for place in body.places:
            wish = item.at(place.steps)
            raw = element.get(place.steps[0]) if len(place.steps) == 1 else None
            value = said.get(place.key) if raw is None else raw
            self._place_in_list(wish, place, known if value is None else {place.key: value}, body)
        return item

    def _kept(self, body: Body) -> list[WorldRecord]:
        if self.effect != "read" or body.entity != self.sight.entity or body.kind != "record":
            return []
        return [r for r in things(self.world, body.entity) if answers(r, self.question)]

    def _fresh(self, body: Body, kept: Sequence[WorldRecord]) -> int:
        if self._asked_before():
            return 0
        if any(one.place.ident and one.place.owner == body.entity for one in self.question):
            return 0 if kept else 1
        if any(self.kin.singled(record) for record in kept):
            return 0
        if any(self.kin.names(one, body.entity) for one in self.question):
            return 0 if kept else 1
        lengths = _BESIDE_MADE if any(record["made"] for record in kept) else _LENGTHS
        room = [one.value for one in self.question if one.place.role.kind == "limit"]
        count = self.rng.choice(lengths)
        if body.kind == "line" or self.effect != "read":
            count = max(count, 1)
        limits = [limit for limit in room if isinstance(limit, int)]
        return max(0, min([count, *(limit - len(kept) for limit in limits)]))

    def _asked_before(self) -> bool:
        """Whether this question, or a wider one, has been answered already."""
        loose = {one.place.path for one in self.question if one.place.role.kind == "limit"}
        head = query_key(self.tool.name, {})[:-2]
        return any(
            all(self.arguments.get(k) == v or k in loose for k, v in record["fields"].items())
            for key, record in self.world["records"].items()
            if key.startswith(head)
        )

    def _element(self, body: Body, record: WorldRecord) -> Wish:
        item = Wish()
        known: JsonObject = {**record["fields"], **record["ids"]}
        for place in body.places:
            self._place_in_list(item.at(place.steps), place, known, body)
        return item

    def another(self, path: str) -> Wish:
        """A wish for one more element of the array whose elements are at ``path``."""
        body = next((body for body in self.sight.bodies if body.path == path), None)
        return Wish() if body is None else self._more(body, leading=False)

    def _more(self, body: Body, *, leading: bool = False) -> Wish:
        """One more element that nobody has seen before.

        The ``leading`` one is what is known of what all are about: the field's crop is planted.
        """
        item = Wish()
        for place in body.places if leading else ():
            if place.owner == body.entity and not place.ident and place.key not in self.given:
                said = self.kin.through(place, {}) if self.effect == "read" else None
                if said is not None:
                    self._be(item.at(place.steps), ECHO, place, said)
        created = made_in(self.question, self._past("created"), self.now, self.rng)
        for place in body.places:
            wish = item.at(place.steps)
            self._place_in_list(wish, place, {}, body)
            if place.name in TIMES and place.owner == body.entity:
                late = created + (self.now - created) * self.rng.random()
                at = created if place.name == "created" else late
                wish.be(PAST, fitted(at, as_mapping(place.schema)))
        return item

    def _place_in_list(self, wish: Wish, place: Place, known: JsonObject, body: Body) -> None:
        if tells_failure(place.steps[-1]):
            wish.absent = True
        elif place.key in known:
            self._be(wish, KNOWN, place, known[place.key])
        elif (
            place.key in self.given
            and self.effect == "read"
            and (body.entity == self.sight.entity or not place.ident)
        ):
            self._echo(wish, place)
        elif place.ident and place.key in self.given and place.owner != body.entity:
            # What was asked about is what the rows are about: a customer's orders are hers.
            self._be(wish, ECHO, place, self.given[place.key])
        elif place.ident:
            self._new(wish, place)
        elif (said := self.kin.theirs(place, known, body)) is not None:
            self._be(wish, ECHO, place, said)
        else:
            self._bounds(wish, place)
            self._match(wish, place, known)

    def _echo(self, wish: Wish, place: Place) -> None:
        value = self.given[place.key]
        if isinstance(value, list) and "array" not in type_names(as_mapping(place.schema)):
            wish.limit(ECHO, {"enum": value})
        else:
            self._be(wish, ECHO, place, value)

    def _bounds(self, wish: Wish, place: Place) -> None:
        """Ranges that the question sets on a number."""
        for one in self.question:
            kind = one.place.role.kind
            if kind in ("minimum", "maximum") and _bounds(one, place):
                wish.limit(ECHO, {kind: one.value})
            if (day := since(one, place, self.now, self.rng)) is not None:
                self._be(wish, PAST, place, day)


def _numbered(place: Place) -> bool:
    """Whether an identifier is a number or code to be drawn; a city is told by its name."""
    return identified(place.steps[-1]) is not None or "pattern" in as_mapping(place.schema)


def _bounds(one: Asked, place: Place) -> bool:
    return one.place.role.bounds == place.name and isinstance(one.value, int | float)
