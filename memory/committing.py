"""What a successful call leaves behind in the world: records made, merged, changed and removed."""

from collections.abc import Iterator
from datetime import datetime

from toolweave.checks.states import moved_to
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.seeding import digest
from toolweave.core.tool import Tool
from toolweave.memory.clock import later, moment_of, written
from toolweave.memory.identity import Body, Identity
from toolweave.memory.matching import asked, asked_as, given_arguments
from toolweave.memory.records import WorldState, found_key, query_key, record_key

# Fields of an order line that say nothing about the product it names.
LINE_FIELDS = frozenset(
    {"quantity", "total", "subtotal", "line_total", "amount", "discount", "status", "position"}
)
_MISSING = object()


def commit(
    world: WorldState, tool: Tool, arguments: JsonObject, result: JsonValue, identity: Identity
) -> WorldState:
    """The world after a successful call. ``world`` itself stays as it is.

    The clock moves forward by 4 to 12 seconds.
    """
    return _Commit(world, tool, arguments, identity).run(result)


def objects_at(value: JsonValue, at: tuple[str | None, ...]) -> list[JsonObject]:
    """The objects of a result that a body describes."""
    level: list[JsonValue] = [value]
    for step in at:
        if step is None:
            level = [inner for outer in level if isinstance(outer, list) for inner in outer]
        else:
            level = [outer[step] for outer in level if isinstance(outer, dict) and step in outer]
    return [inner for inner in level if isinstance(inner, dict)]


def fields_of(body: Body, held: JsonObject) -> JsonObject:
    """The fields of one object, by class."""
    found: JsonObject = {}
    for place in body.places:
        value: object = held
        for step in place.steps:
            value = value.get(step, _MISSING) if isinstance(value, dict) else _MISSING
        if value is not _MISSING:
            found[place.key] = value
    return found


class _Commit:
    """One call being written down over a copy of the records."""

    def __init__(
        self, world: WorldState, tool: Tool, arguments: JsonObject, identity: Identity
    ) -> None:
        self.tool, self.arguments = tool, arguments
        self.clock = world["clock"]
        self.world: WorldState = {"clock": self.clock, "records": dict(world["records"])}
        self.sight, self.refers = identity.sight(tool), identity.refers
        self.effect = self.sight.effect.kind
        self.question = asked(self.sight.arguments, arguments)
        self.given = given_arguments(self.question)

    def run(self, result: JsonValue) -> WorldState:
        self._mention()
        subject = False
        for body in self.sight.bodies:
            if body.kind == "container":
                self._asked()
                continue
            for held in objects_at(result, body.at):
                fields = fields_of(body, held)
                if not body.many and body.kind in ("record", "query"):
                    self._subject(body.entity, body.own, body.kind, fields)
                    subject = True
                else:
                    self._listed(body, fields)
        if not subject and self.effect != "read":
            self._subject(self.sight.entity, (), "record", {})
        self._end()
        seconds = 4 + digest(self.clock, self.tool.name) % 9
        return {"clock": later(self.clock, seconds), "records": self.world["records"]}

    def _end(self) -> None:
        """The state of another thing that the call leads there: a signed offer's is accepted."""
        kind, state = self.sight.ends
        named = self.given.get(f"{kind}.id")
        if state and kind != self.sight.entity and _scalar(named):
            self._merge(kind, {f"{kind}.id": named}, {f"{kind}.status": state})

    def _mention(self) -> None:
        """Whatever an argument identifies exists."""
        for place in self.sight.arguments:
            if place.ident and place.key in self.given:
                self._foreign(place.owner, place.key, self.given[place.key], self.given)

    def _foreign(self, owner: str, key: str, value: JsonValue, around: JsonObject) -> None:
        """What an object says about another thing that it names."""
        if isinstance(value, list | dict) or value is None:
            return
        head = f"{owner}."
        said = {k: v for k, v in around.items() if k.startswith(head) and k != key}
        self._merge(owner, {key: value}, said)

    def _subject(self, entity: str, own: tuple[str, ...], kind: str, fields: JsonObject) -> None:
        """The one thing that a call is about."""
        ids = {key: fields[key] for key in own if _scalar(fields.get(key))}
        if not ids:
            ids = {key: self.given[key] for key in self._given_ids(entity)}
        said = {**self._said(entity), **fields}
        if self.effect == "read" and (kind == "query" or not ids):
            self._write(query_key(self.tool.name, self.arguments), entity, {}, said)
            return
        if self.effect != "read":
            self._time(entity, said, fields)
        if ids:
            key = self._merge(entity, ids, said)
            self._mark(key)
        elif self.effect == "create":
            self._write(query_key(self.tool.name, self.arguments), entity, {}, said)
        self._others(entity, said, ids)

    def _mark(self, key: str) -> None:
        """Note on the record that this call made or removed the thing."""
        if self.effect in ("create", "delete"):
            record = self.world["records"][key]
            made, deleted = self.effect == "create", self.effect == "delete"
            self.world["records"][key] = {
                **record,
                "made": record["made"] or made,
                "deleted": deleted,
            }

    def _given_ids(self, entity: str) -> Iterator[str]:
        for place in self.sight.arguments:
            if place.ident and place.owner == entity and _scalar(self.given.get(place.key)):
                yield place.key

    def _said(self, entity: str) -> JsonObject:
        """What the arguments say about the subject; a new thing also takes unsent defaults."""
        if self.effect == "create":
            return {**self._defaults(), **self.given}
        if self.effect == "read":
            return {k: v for k, v in self.given.items() if k.startswith(f"{entity}.")}
        return dict(self.given)

    def _defaults(self) -> JsonObject:
        return {
            place.key: place.schema["default"]
            for place in self.sight.arguments
            if not isinstance(place.schema, bool) and "default" in place.schema
        }

    def _time(self, entity: str, said: JsonObject, fields: JsonObject) -> None:
        """When the subject was made or changed, and what its verb made of its status."""
        now = written(datetime.fromisoformat(self.clock))
        if self.effect == "create":
            said.setdefault(f"{entity}.created", now)
        if f"{entity}.updated" not in fields:
            said[f"{entity}.updated"] = (
                said[f"{entity}.created"] if self.effect == "create" else now
            )
        status = f"{entity}.status"
        if self.sight.ends[0] == entity and self.sight.ends[1]:
            said.setdefault(status, self.sight.ends[1])
        if self.effect != "create" and status not in said and (moved := moved_to(self.tool.name)):
            said[status] = moved

    def _listed(self, body: Body, fields: JsonObject) -> None:
        """An element of a list: seen, and found by what was asked for."""
        ids = {key: fields[key] for key in body.own if _scalar(fields.get(key))}
        if not ids:
            return
        if body.kind == "line":
            fields = {k: v for k, v in fields.items() if k.split(".", 1)[1] not in LINE_FIELDS}
        elif self.effect == "read" and body.entity == self.sight.entity:
            fields = {**self._found_by(body.entity, ids), **self.given, **fields}
            status = f"{body.entity}.status"
            if status in self.given and not isinstance(self.given[status], list):
                fields[asked_as(status)] = self.given[status]
        self._merge(body.entity, ids, fields)
        self._others(body.entity, fields, ids)

    def _others(self, entity: str, fields: JsonObject, ids: JsonObject) -> None:
        """Other things that a thing's fields identify; what belongs to it knows it as well."""
        for key, value in fields.items():
            owner, _, name = key.partition(".")
            if name != "id" or owner == entity:
                continue
            self._foreign(owner, key, value, fields)
            back = ids.get(f"{entity}.id")
            if back is not None and entity in self.refers.get(owner, ()) and _scalar(value):
                self._belongs(owner, key, value, f"{entity}.id", back)

    def _belongs(self, owner: str, key: str, value: JsonValue, to: str, back: JsonValue) -> None:
        """A thing that was named by the one it belongs to: an invoice, by its policy."""
        found = found_key(self.world, owner, value)
        if found is None or to not in self.world["records"][found]["fields"]:
            self._merge(owner, {key: value}, {to: back})

    def _found_by(self, entity: str, ids: JsonObject) -> JsonObject:
        """The searches and ranges under which a thing was found, this one included."""
        key = found_key(self.world, entity, next(iter(ids.values())))
        known = self.world["records"][key]["fields"] if key is not None else {}
        found: JsonObject = {}
        for one in self.question:
            if one.place.role.kind not in ("value", "limit", "other"):
                # A field of the thing itself may bear the same name as the search for it.
                held = known.get(one.place.key)
                earlier = held if isinstance(held, list) else []
                found[one.place.key] = [v for v in earlier if v != one.value] + [one.value]
        return found

    def _asked(self) -> None:
        """Remember a question about a list, so that asking again finds nothing new."""
        if self.effect == "read":
            key = query_key(self.tool.name, self.arguments)
            self._write(key, self.tool.name, {}, self.arguments)

    def _merge(self, entity: str, ids: JsonObject, fields: JsonObject) -> str:
        """Add to the record of a thing, known by any of its ids, and return its key."""
        key = None
        for value in ids.values():
            key = key or found_key(self.world, entity, value)
        key = key or record_key(entity, next(iter(ids.values())))
        self._write(key, entity, ids, fields)
        return key

    def _write(self, key: str, entity: str, ids: JsonObject, fields: JsonObject) -> None:
        records = self.world["records"]
        old = records.get(key)
        if old is None:
            records[key] = {
                "entity": entity, "ids": dict(ids), "fields": dict(fields),
                "made": False, "deleted": False,
            }  # fmt: skip
            return
        known = old["ids"]
        if any(value not in known.values() for value in ids.values()):
            known = {**ids, **known}
        if self.effect == "update":
            fields = {_known_as(name, old["fields"]): value for name, value in fields.items()}
        merged = {**old["fields"], **fields}
        if self.effect != "read":
            merged.pop(asked_as(f"{old['entity']}.status"), None)
        for name in fields.keys() & old["fields"].keys():
            if _coarser(fields[name], old["fields"][name]):
                merged[name] = old["fields"][name]
        records[key] = {**old, "ids": known, "fields": merged}


def _coarser(new: JsonValue, old: JsonValue) -> bool:
    """Whether a value is only the date, or the epoch, of a moment known by the second."""
    if new == old or not isinstance(old, str) or len(old) <= 10:
        return False
    if isinstance(new, str):
        return len(new) == 10 and old.startswith(f"{new}T")
    return moment_of(new) is not None and moment_of(new) == moment_of(old)


def _known_as(name: str, fields: JsonObject) -> str:
    """The field that a shorter name means: ``address`` where only a shipping address is known."""
    if name in fields:
        return name
    owner, _, short = name.partition(".")
    longer = [k for k in fields if k.startswith(f"{owner}.") and k.endswith(f"_{short}")]
    return longer[0] if len(longer) == 1 else name


def _scalar(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
