"""Drafts: the tools that a domain pack describes, plain at first and in full depth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from toolweave.checks.inflection import plural
from toolweave.configs.pack_check import operations
from toolweave.configs.vocabulary import Meaning, vocabulary
from toolweave.core.domain import DomainPack, Entity, Operation, Rule
from toolweave.core.model import JsonObject
from toolweave.core.tool import Effect, EffectKind, Tool, ToolError


@dataclass(frozen=True)
class Draft:
    """One tool that a pack describes.

    ``role`` is what the tool is to its kind of thing; ``takes`` are required, ``optional``
    accepted, ``gives`` returned; ``listed`` names the list that holds it, if it is many.
    """

    kind: str
    role: str
    name: str
    description: str
    effect: Effect
    takes: tuple[str, ...]
    optional: tuple[str, ...]
    gives: tuple[str, ...]
    listed: str
    errors: tuple[ToolError, ...]


class Drafts:
    """Every draft of a pack, and the tools they become.

    Args:
        pack: the domain pack, already checked.
    """

    def __init__(self, pack: DomainPack) -> None:
        self.pack = pack
        self.meanings: Mapping[str, Meaning] = vocabulary(pack)

    @cached_property
    def all(self) -> list[Draft]:
        """The drafts in the order of the pack."""
        return [
            draft for kind, entity in self.pack.entities.items() for draft in self._of(kind, entity)
        ]

    def plain(self, draft: Draft) -> Tool:
        """The tool as a first stage makes it: scalar parameters, no rules."""
        held_back = self._held_back(draft)
        kept = tuple(name for name in draft.optional if name not in held_back)
        return self._tool(draft, kept, ())

    def full(self, draft: Draft) -> Tool:
        """The tool in full depth: objects, arrays, defaults and business rules included."""
        named = {*draft.takes, *draft.optional}
        rules = [rule for rule in self.rules if {*rule.when, *rule.requires} <= named]
        return self._tool(draft, draft.optional, rules)

    def depth(self, draft: Draft) -> int:
        """How much the full tool has beyond the plain one; nested parameters and rules count."""
        held_back = self._held_back(draft)
        nested = sum(self._nested(name) for name in held_back)
        return len(held_back) + 3 * nested

    def references(self, draft: Draft) -> int:
        """How many of its parameters some other tool of the pack returns."""
        return sum(
            bool(self._returned.get(name, set()) - {draft.name})
            for name in (*draft.takes, *draft.optional)
        )

    @cached_property
    def _returned(self) -> dict[str, set[str]]:
        """The tools that return each attribute."""
        found: dict[str, set[str]] = {}
        for draft in self.all:
            for name in draft.gives:
                found.setdefault(name, set()).add(draft.name)
        return found

    @cached_property
    def rules(self) -> list[Rule]:
        """The business rules of the pack."""
        return [rule for entity in self.pack.entities.values() for rule in entity.rules]

    def _held_back(self, draft: Draft) -> list[str]:
        named = {*draft.takes, *draft.optional}
        ruled: set[str] = set()
        for rule in self.rules:
            if {*rule.when, *rule.requires} <= named:
                ruled |= {*rule.when, *rule.requires}
        return [name for name in draft.optional if name in ruled or self._nested(name)]

    def _nested(self, name: str) -> bool:
        return self.meanings[name].schema.get("type") in ("object", "array")

    def _of(self, kind: str, entity: Entity) -> Iterator[Draft]:
        own = entity.identifier.name
        if (found := entity.finding) is not None:
            takes, gives = found.takes, _with(own, found.gives)
            effect = Effect(kind="read", entity=kind)
            yield Draft(
                kind, "finding", found.name, found.description, effect, takes, found.optional,
                gives, list_name(kind), found.errors,
            )  # fmt: skip
        if (making := entity.making) is not None:
            gives = _with(own, making.gives, self._state(entity))
            effect = Effect(kind="create", entity=kind)
            yield Draft(
                kind, "making", making.name, making.description, effect, making.takes,
                making.optional, gives, "", making.errors,
            )  # fmt: skip
        if (reading := entity.reading) is not None:
            effect = Effect(kind="read", entity=kind)
            yield Draft(
                kind, "reading", reading.name, reading.description, effect, (own,),
                reading.optional, reading.gives, "", reading.errors or (missing(entity),),
            )  # fmt: skip
        variants = {
            one.name
            for parent in (entity.finding, entity.reading)
            for one in (parent.variants if parent is not None else ())
        }
        for operation in operations(entity):
            role = "variant" if operation.name in variants else "operation"
            yield self._operation(kind, entity, operation, role)

    def _operation(self, kind: str, entity: Entity, operation: Operation, role: str) -> Draft:
        target = operation.entity or kind
        changed = self.pack.entities[target]
        own = changed.identifier.name
        gives = operation.gives
        if operation.kind == "create" and own not in operation.takes:
            gives = _with(own, gives)
        if operation.ends and changed.lifecycle is not None:
            state = changed.lifecycle.attribute
            gives = gives if state in (*gives, *operation.takes) else (*gives, state)
        takes_own = entity.identifier.name in operation.takes
        errors = operation.errors or ((missing(entity),) if takes_own else ())
        listed = operation.gives_list
        if role == "variant" and not listed and not takes_own:
            listed = list_name(target)
        if listed and own not in operation.takes:
            gives = _with(own, gives) if role == "variant" else gives
        return Draft(
            kind, role, operation.name, operation.description,
            Effect(kind=operation.kind, entity=target), operation.takes, operation.optional,
            gives, listed, errors,
        )  # fmt: skip

    @staticmethod
    def _state(entity: Entity) -> tuple[str, ...]:
        return (entity.lifecycle.attribute,) if entity.lifecycle is not None else ()

    def _tool(self, draft: Draft, optional: Sequence[str], rules: Sequence[Rule]) -> Tool:
        parameters: JsonObject = {
            "type": "object",
            "properties": {name: self._schema(name) for name in (*draft.takes, *optional)},
            "required": list(draft.takes),
        }
        conditions = [condition(rule, draft.takes) for rule in rules]
        if len(conditions) == 1:
            parameters |= conditions[0]
        elif conditions:
            parameters["allOf"] = conditions
        because = " ".join(rule.because for rule in rules)
        kind: EffectKind = draft.effect.kind
        return Tool(
            name=draft.name,
            description=f"{draft.description} {because}".strip(),
            parameters=parameters,
            results=self._results(draft),
            errors=draft.errors,
            effect=Effect(kind=kind, entity=draft.effect.entity),
        )

    def _results(self, draft: Draft) -> JsonObject:
        shown: JsonObject = {
            "type": "object",
            "properties": {name: self._output(name) for name in draft.gives},
            "required": list(draft.gives),
        }
        if not draft.listed:
            return shown
        listing = {"type": "array", "items": shown}
        return {"type": "object", "properties": {draft.listed: listing}, "required": [draft.listed]}

    def _schema(self, name: str) -> JsonObject:
        return dict(self.meanings[name].schema)

    def _output(self, name: str) -> JsonObject:
        """The schema of a value returned: what holds of it as an argument, without a default."""
        schema = self._schema(name)
        schema.pop("default", None)
        return schema


def list_name(kind: str) -> str:
    """The name of a list of such things: ``customs_cases``."""
    words = kind.split("_")
    return "_".join([*words[:-1], plural(words[-1])])


def missing(entity: Entity) -> ToolError:
    """The error of every tool that is given a number under which nothing is on record."""
    noun = entity.noun
    code = "_".join(noun.upper().replace("-", " ").split()) + "_NOT_FOUND"
    told = f"there is no {noun} under that number"
    return ToolError(code=code, message=told, when=f"no {noun} has that number")


def condition(rule: Rule, required: Sequence[str]) -> JsonObject:
    """A business rule as JSON Schema: ``dependentRequired`` or ``if`` and ``then``."""
    demanded = [name for name in rule.requires if name not in required]
    if all(value == "*" for value in rule.when.values()) and len(rule.when) == 1:
        return {"dependentRequired": {next(iter(rule.when)): demanded}}
    properties: JsonObject = {}
    for name, value in rule.when.items():
        if value != "*":
            properties[name] = {"enum": value} if isinstance(value, list) else {"const": value}
    return {
        "if": {"properties": properties, "required": list(rule.when)},
        "then": {"required": demanded},
    }


def _with(first: str, *more: Sequence[str]) -> tuple[str, ...]:
    """Names in order without repetition."""
    names = (first, *(name for part in more for name in part))
    return tuple(dict.fromkeys(names))
