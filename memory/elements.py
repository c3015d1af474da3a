"""The elements of a result's lists: the ones known to belong there, then ones nobody has seen."""

from collections.abc import Sequence

from toolweave.checks.naming import words
from toolweave.core.model import JsonObject, JsonValue
from toolweave.memory.clock import fitted
from toolweave.memory.dating import made_in, since
from toolweave.memory.deriving import ECHO, GIVEN, KNOWN, PAST
from toolweave.memory.fields import TIMES, class_of
from toolweave.memory.identity import Body, Place
from toolweave.memory.made_call import MadeCall
from toolweave.memory.matching import Asked, answers
from toolweave.memory.records import WorldRecord, found_key, query_key, things
from toolweave.memory.semantics import tells_failure
from toolweave.memory.wishes import Wish
from toolweave.schema.types import as_mapping, type_names

_LENGTHS = (0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5)
_BESIDE_MADE = (0, 0, 0, 1, 1, 2)


class Elements:
    """Wishes for what stands in the lists of one result."""

    def __init__(self, call: MadeCall) -> None:
        self.call = call

    def fill(self, array: Wish, body: Body) -> None:
        """The elements of an array: the ones known to belong there, then new ones."""
        said = self.call.literal.get(words(body.at[0] or "")) if len(body.at) == 2 else None
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
        room = [self.call.kin.fitting(place.steps[-1], {}) for place in body.places if not kept]
        most = min((len(one) for one in room if one is not None), default=len(_LENGTHS))
        for _ in range(min(self._fresh(body, kept), most)):
            array.items.append(self.more(body, leading=not array.items))

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
            (
                k
                for own in body.own
                if (k := found_key(self.call.world, body.entity, said.get(own)))
            ),
            None,
        )
        known = dict(self.call.world["records"][key]["fields"]) if key is not None else {}
        for place in body.places:
            wish = item.at(place.steps)
            raw = element.get(place.steps[0]) if len(place.steps) == 1 else None
            value = said.get(place.key) if raw is None else raw
            self._place(wish, place, known if value is None else {place.key: value}, body)
        return item

    def _kept(self, body: Body) -> list[WorldRecord]:
        if (
            self.call.effect != "read"
            or body.entity != self.call.sight.entity
            or body.kind != "record"
        ):
            return []
        return [r for r in things(self.call.world, body.entity) if answers(r, self.call.question)]

    def _fresh(self, body: Body, kept: Sequence[WorldRecord]) -> int:
        if self._asked_before():
            return 0
        if any(one.place.ident and one.place.owner == body.entity for one in self.call.question):
            return 0 if kept else 1
        if any(self.call.kin.singled(record) for record in kept):
            return 0
        if any(self.call.kin.names(one, body.entity) for one in self.call.question):
            return 0 if kept else 1
        lengths = _BESIDE_MADE if any(record["made"] for record in kept) else _LENGTHS
        room = [one.value for one in self.call.question if one.place.role.kind == "limit"]
        count = self.call.rng.choice(lengths)
        if body.kind == "line" or self.call.effect != "read":
            count = max(count, 1)
        limits = [limit for limit in room if isinstance(limit, int)]
        return max(0, min([count, *(limit - len(kept) for limit in limits)]))

    def _asked_before(self) -> bool:
        """Whether this question, or a wider one, has been answered already."""
        loose = {one.place.path for one in self.call.question if one.place.role.kind == "limit"}
        head = query_key(self.call.tool.name, {})[:-2]
        return any(
            all(self.call.arguments.get(k) == v or k in loose for k, v in record["fields"].items())
            for key, record in self.call.world["records"].items()
            if key.startswith(head)
        )

    def _element(self, body: Body, record: WorldRecord) -> Wish:
        item = Wish()
        known: JsonObject = {**record["fields"], **record["ids"]}
        for place in body.places:
            self._place(item.at(place.steps), place, known, body)
        return item

    def more(self, body: Body, *, leading: bool = False) -> Wish:
        """One more element that nobody has seen before.

        The ``leading`` one is what is known of what all are about: the field's crop is planted.
        """
        item = Wish()
        for place in body.places if leading else ():
            if place.owner == body.entity and not place.ident and place.key not in self.call.given:
                said = self.call.kin.through(place, {}) if self.call.effect == "read" else None
                if said is not None:
                    self.call.be(item.at(place.steps), ECHO, place, said)
        created = made_in(
            self.call.question,
            self.call.past("created"),
            self.call.now,
            self.call.rng,
        )
        for place in body.places:
            wish = item.at(place.steps)
            self._place(wish, place, {}, body)
            if place.name in TIMES and place.owner == body.entity:
                late = created + (self.call.now - created) * self.call.rng.random()
                at = created if place.name == "created" else late
                wish.be(PAST, fitted(at, as_mapping(place.schema)))
        return item

    def _place(self, wish: Wish, place: Place, known: JsonObject, body: Body) -> None:
        if tells_failure(place.steps[-1]):
            wish.absent = True
        elif place.key in known:
            self.call.be(wish, KNOWN, place, known[place.key])
        elif (
            place.key in self.call.given
            and self.call.effect == "read"
            and (body.entity == self.call.sight.entity or not place.ident)
        ):
            self._echo(wish, place)
        elif place.ident and place.key in self.call.given and place.owner != body.entity:
            # What was asked about is what the rows are about: a customer's orders are hers.
            self.call.be(wish, ECHO, place, self.call.given[place.key])
        elif place.ident:
            self.call.new(wish, place)
        elif (said := self.call.kin.theirs(place, known, body)) is not None:
            self.call.be(wish, ECHO, place, said)
        else:
            self._bounds(wish, place)
            self.call.match(wish, place, known)

    def _echo(self, wish: Wish, place: Place) -> None:
        value = self.call.given[place.key]
        if isinstance(value, list) and "array" not in type_names(as_mapping(place.schema)):
            wish.limit(ECHO, {"enum": value})
        else:
            self.call.be(wish, ECHO, place, value)

    def _bounds(self, wish: Wish, place: Place) -> None:
        """Ranges that the question sets on a number."""
        for one in self.call.question:
            kind = one.place.role.kind
            if kind in ("minimum", "maximum") and _bounds(one, place):
                wish.limit(ECHO, {kind: one.value})
            if (day := since(one, place, self.call.now, self.call.rng)) is not None:
                self.call.be(wish, PAST, place, day)


def _bounds(one: Asked, place: Place) -> bool:
    return one.place.role.bounds == place.name and isinstance(one.value, int | float)
