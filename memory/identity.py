"""Which names mean the same thing: identifiers and fields of all tools of one plan, in classes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from toolweave.checks.effects import effect_of
from toolweave.checks.naming import PERSON
from toolweave.core.binding import ToolOutputBinding, UserBinding
from toolweave.core.plan import Plan
from toolweave.core.tool import Effect, Tool
from toolweave.memory.fields import Field, field_of, kind_of, known_entities
from toolweave.memory.layout import Shape, Spot, identifier, outline, subject_entity
from toolweave.memory.packed import Lore, about, described, lore_of
from toolweave.memory.roles import VALUE, Role, role_of
from toolweave.schema.types import Schema

__all__ = ["Body", "Identity", "Place", "Side", "Sight", "effect_of", "identifier"]

Side = Literal["arguments", "results"]
BodyKind = Literal["record", "query", "container", "line"]
# Second identifiers of the thing that a call makes: a booking's confirmation number.
ALIASES = frozenset({"confirmation", "tracking", "reference", "receipt", "record", "locator"})


class Place(NamedTuple):
    """A leaf with its class.

    ``key`` is the class name (``ticket.status``), ``owner`` the kind of thing it belongs to,
    ``name`` its field name (``status``). ``steps`` are the keys that lead there: from the root for
    an argument, from its object for a result.
    """

    path: str
    steps: tuple[str, ...]
    key: str
    owner: str
    name: str
    ident: bool
    role: Role
    schema: Schema


class Body(NamedTuple):
    """One object of a result, or the elements of one array, seen as a kind of thing.

    ``own`` names the classes of its own identifiers. ``kind``: a ``record`` with an identity; an
    answer known by its ``query`` alone; a ``container`` of other things; a ``line`` about a thing
    that another record lists, such as the products of an order.
    """

    path: str
    at: tuple[str | None, ...]
    many: bool
    entity: str
    kind: BodyKind
    own: tuple[str, ...]
    places: tuple[Place, ...]


class Sight(NamedTuple):
    """What one tool does, takes and gives. ``entity`` is the kind of thing it is about.

    ``ends``: the kind of thing that it leads to a state, and that state, where a pack says so.
    """

    effect: Effect
    entity: str
    arguments: tuple[Place, ...]
    bodies: tuple[Body, ...]
    ends: tuple[str, str] = ("", "")


class _Spotted(NamedTuple):
    """A leaf before classes are final."""

    tool: str
    side: Side
    parent: tuple[str | None, ...]
    path: str
    steps: tuple[str, ...]
    schema: Schema
    found: Field


@dataclass
class _Groups:
    """Disjoint groups of names; of each group the most frequent, then least, name speaks."""

    parents: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def find(self, name: str) -> str:
        root = name
        while (above := self.parents.get(root, root)) != root:
            root = above
        return root

    def join(self, one: str, two: str) -> None:
        first, second = sorted((self.find(one), self.find(two)), key=self._rank)
        self.parents[second] = first
        total = self.counts.get(first, 0) + self.counts.get(second, 0)
        self.counts[first] = total

    def _rank(self, name: str) -> tuple[bool, int, str]:
        return (name.split(".")[0] != PERSON, -self.counts.get(name, 0), name)


@dataclass(frozen=True)
class Identity:
    """The classes of every argument and result of a set of tools, under one plan's links.

    ``refers``: the kinds of things that each kind belongs to or names, as far as a pack says.
    """

    sights: dict[str, Sight]
    keys: dict[tuple[str, str, str], str]
    refers: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, tools: Sequence[Tool], plan: Plan | None = None) -> "Identity":
        """Build the classes from names, and from what the plan's bindings and ``same`` link."""
        return _Builder(tools, plan).build()

    def key(self, tool_name: str, side: Side, path: str) -> str:
        """The class of a leaf; paths no schema declares are named after their tool."""
        found = self.keys.get((tool_name, side, path))
        return found if found is not None else f"{tool_name}.{path}"

    def sight(self, tool: Tool) -> Sight:
        """How a tool is seen; one that the plan did not know is seen by its names alone."""
        found = self.sights.get(tool.name)
        return found if found is not None else Identity.of([tool]).sights[tool.name]


class _Builder:
    def __init__(self, tools: Sequence[Tool], plan: Plan | None) -> None:
        self.tools = {tool.name: tool for tool in tools}
        self.plan = plan
        self.effects: dict[str, Effect] = {}
        self.shapes: dict[str, tuple[Shape, ...]] = {}
        self.takes: dict[str, tuple[Shape, ...]] = {}
        self.entities, self.fields = _Groups(), _Groups()
        self.leaves: dict[tuple[str, str, str], _Spotted] = {}
        self.lores: dict[str, Lore] = {}

    def build(self) -> Identity:
        for tool in self.tools.values():
            effect = effect_of(tool)
            lore = lore_of(tool)
            if lore is not None and tool.effect is not None:
                self.lores[tool.name] = lore
                kind = lore.kinds.get(tool.effect.entity, effect.entity)
                effect = Effect(kind=effect.kind, entity=kind)
            shapes = outline(tool.results, effect.entity)
            if lore is not None:
                shapes = tuple(about(lore, shape, effect.entity) for shape in shapes)
            entity = subject_entity(tool, effect.entity, shapes)
            self.effects[tool.name] = Effect(kind=effect.kind, entity=entity)
            self.shapes[tool.name] = shapes
            self.takes[tool.name] = outline(tool.parameters, entity)
        self._spot()
        self._link()
        keys = {place: self._key(leaf.found) for place, leaf in self.leaves.items()}
        return Identity({name: self._sight(name) for name in self.tools}, keys, self._refers())

    def _refers(self) -> dict[str, frozenset[str]]:
        find = self.entities.find
        refers: dict[str, frozenset[str]] = {}
        for lore in self.lores.values():
            for kind, others in lore.refers.items():
                found = frozenset(find(other) for other in others)
                refers[find(kind)] = refers.get(find(kind), frozenset()) | found
        return refers

    def _spot(self) -> None:
        """Give every leaf the field its own name speaks of."""
        known = known_entities(self.effects.values(), self.shapes.values(), self.takes.values())
        for name, effect in self.effects.items():
            for shape in self.takes[name]:
                self._spot_shape(name, "arguments", shape, effect.entity, known)
            for shape in self.shapes[name]:
                self._spot_shape(name, "results", shape, effect.entity, known)

    def _spot_shape(
        self, tool: str, side: Side, shape: Shape, entity: str, known: frozenset[str]
    ) -> None:
        whose = kind_of(shape, entity) if tool not in self.lores else shape.noun or entity
        taken: set[tuple[str, str]] = set()
        for spot in shape.spots:
            found = self._field(tool, spot, whose, known)
            if (found.owner, found.name) in taken:
                found = found.literal(spot.steps)
            taken.add((found.owner, found.name))
            leaf = _Spotted(tool, side, shape.at, spot.path, spot.steps, spot.schema, found)
            self.leaves[tool, side, spot.path] = leaf
            self.entities.counts[found.owner] = self.entities.counts.get(found.owner, 0) + 1

    def _field(self, tool: str, spot: Spot, whose: str, known: frozenset[str]) -> Field:
        lore = self.lores.get(tool)
        found = described(lore, spot) if lore is not None else None
        return found or field_of(spot, whose, known)

    def _link(self) -> None:
        """Join what the plan links: first kinds of things by their identifiers, then fields."""
        links, told = list(self._links()), list(self._same())
        together = self._together()
        for one, two in (*links, *told):
            if one.found.ident and two.found.ident:
                self._join_entities(one.found.owner, two.found.owner, together)
        beside = self._beside()
        for one, two in links:
            if not one.found.ident and not two.found.ident:
                self._join_fields(self._raw(one.found), self._raw(two.found), beside)
        for one, two in told:
            if not one.found.ident and not two.found.ident:
                self.fields.join(self._raw(one.found), self._raw(two.found))

    def _join_fields(self, one: str, two: str, beside: list[set[str]]) -> None:
        """Join two fields, unless that made one of what stands side by side in some object."""
        first, second = self.fields.find(one), self.fields.find(two)
        if first == second:
            return
        for names in beside:
            found = {self.fields.find(name) for name in names}
            if first in found and second in found:
                return
        self.fields.join(first, second)

    def _beside(self) -> list[set[str]]:
        """Fields of one object: never the same field, whatever is handed from one to another."""
        groups: dict[tuple[str, str, tuple[str | None, ...]], set[str]] = {}
        for leaf in self.leaves.values():
            if not leaf.found.ident:
                place = (leaf.tool, leaf.side, leaf.parent)
                groups.setdefault(place, set()).add(self._raw(leaf.found))
        return [names for names in groups.values() if len(names) > 1]

    def _join_entities(self, one: str, two: str, together: list[set[str]]) -> None:
        first, second = self.entities.find(one), self.entities.find(two)
        if first == second:
            return
        for names in together:
            found = {self.entities.find(name) for name in names}
            if first in found and second in found:
                return
        self.entities.join(first, second)

    def _together(self) -> list[set[str]]:
        """Kinds of things identified side by side in one object: never the same thing."""
        groups: dict[tuple[str, str, tuple[str | None, ...]], set[str]] = {}
        for leaf in self.leaves.values():
            if leaf.found.ident:
                groups.setdefault((leaf.tool, leaf.side, leaf.parent), set()).add(leaf.found.owner)
        return [names for names in groups.values() if len(names) > 1]

    def _links(self) -> Iterator[tuple[_Spotted, _Spotted]]:
        if self.plan is None:
            return
        calls = {call.id: call.tool for call in self.plan.calls()}
        spoken: dict[str, _Spotted] = {}
        for call in self.plan.meant():
            for path, binding in call.arguments.items():
                target = self._leaf(call.tool, "arguments", path)
                source = None
                if isinstance(binding, ToolOutputBinding):
                    source = self._leaf(calls.get(binding.call, ""), "results", binding.path)
                elif isinstance(binding, UserBinding) and target is not None:
                    source = spoken.setdefault(binding.slot, target)
                if source is not None and target is not None and source is not target:
                    yield source, target

    def _same(self) -> Iterator[tuple[_Spotted, _Spotted]]:
        """What the plan itself says is one."""
        if self.plan is None:
            return
        calls = {call.id: call.tool for call in self.plan.calls()}
        for group in self.plan.same:
            found = [leaf for ref in group if (leaf := self._named(ref, calls)) is not None]
            yield from ((found[0], other) for other in found[1:])

    def _named(self, ref: str, calls: dict[str, str]) -> _Spotted | None:
        """The leaf of a slot or output such as ``c1.requester_id``."""
        call, _, path = ref.partition(".")
        tool = calls.get(call, call)
        return self._leaf(tool, "arguments", path) or self._leaf(tool, "results", path)

    def _leaf(self, tool: str, side: Side, path: str) -> _Spotted | None:
        return self.leaves.get((tool, side, path))

    def _raw(self, found: Field) -> str:
        return f"{self.entities.find(found.owner)}.{found.name}"

    def _key(self, found: Field) -> str:
        return self.fields.find(self._raw(found))

    def _place(self, leaf: _Spotted) -> Place:
        key = self._key(leaf.found)
        owner, _, name = key.partition(".")
        role = VALUE
        if leaf.side == "arguments" and not leaf.found.ident:
            reads = self.effects[leaf.tool].kind == "read"
            role = role_of(leaf.steps[-1], leaf.schema) if reads else VALUE
        steps = leaf.steps
        if leaf.side == "arguments":
            steps = (*(key for key in leaf.parent if key is not None), *steps)
        return Place(leaf.path, steps, key, owner, name, leaf.found.ident, role, leaf.schema)

    def _sight(self, name: str) -> Sight:
        effect = self.effects[name]
        entity = self.entities.find(effect.entity)
        mine = [leaf for leaf in self.leaves.values() if leaf.tool == name]
        arguments = tuple(
            self._place(leaf)
            for leaf in mine
            if leaf.side == "arguments" and None not in leaf.parent
        )
        bodies: list[Body] = []
        listed = {self._about(shape, effect) for shape in self.shapes[name] if shape.many}
        for shape in self.shapes[name]:
            inside = [leaf for leaf in mine if leaf.side == "results" and leaf.parent == shape.at]
            places = tuple(self._place(leaf) for leaf in inside)
            bodies.append(self._body(shape, places, effect, arguments, bodies, listed))
        lore = self.lores.get(name)
        kind, state = lore.ends.get(name, ("", "")) if lore is not None else ("", "")
        ends = (self.entities.find(kind), state)
        return Sight(effect, entity, arguments, tuple(bodies), ends)

    def _body(
        self,
        shape: Shape,
        places: tuple[Place, ...],
        effect: Effect,
        arguments: tuple[Place, ...],
        outer: Sequence[Body],
        listed: set[str],
    ) -> Body:
        about = self._about(shape, effect)
        own = _own(places, about)
        if not own and effect.kind == "create" and about == self.entities.find(effect.entity):
            own = _made(places, arguments)
        kind: BodyKind = "record"
        if shape.many and not own:
            foreign = [place for place in places if place.ident and place.owner != PERSON]
            inside = any(body.kind in ("record", "query") for body in outer)
            kind = "line" if inside or not foreign else "record"
            about, own = (foreign[0].owner, (foreign[0].key,)) if foreign else (about, ())
        elif not own and about in listed and effect.kind == "read":
            kind = "container"
        elif not own:
            kind, about = self._loose(about, arguments, effect)
        return Body(shape.path, shape.at, shape.many, about, kind, own, places)

    def _about(self, shape: Shape, effect: Effect) -> str:
        return self.entities.find(shape.noun or effect.entity)

    def _loose(
        self, about: str, arguments: tuple[Place, ...], effect: Effect
    ) -> tuple[BodyKind, str]:
        """The kind of an object without an identifier, and the kind of thing it describes."""
        idents = [place for place in arguments if place.ident]
        if any(place.owner == about for place in idents):
            return "record", about
        if effect.kind == "read" and len(arguments) == 1 and idents:
            return "record", idents[0].owner
        return "query", about


def _made(places: tuple[Place, ...], arguments: tuple[Place, ...]) -> tuple[str, ...]:
    """The one identifier of a new thing that is not called after it."""
    given = {place.key for place in arguments}
    fresh = (p.key for p in places if p.ident and p.key not in given and p.owner != PERSON)
    return tuple(fresh)[:1]


def _own(places: tuple[Place, ...], about: str) -> tuple[str, ...]:
    named = [place.key for place in places if place.ident and place.owner == about]
    also = [place.key for place in places if place.ident and place.owner in ALIASES]
    return tuple(dict.fromkeys([*named, *also]))
