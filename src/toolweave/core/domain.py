"""Domain packs: what a field's people know, from which tools are grown offline.

Attributes are named so that one name means one thing in the whole pack (``policy_number``, never a
bare ``number`` or ``id``): equal names are what links the tools that grow from it.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from toolweave.core.model import JsonObject, JsonValue, Record
from toolweave.core.tool import EffectKind, ToolError

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=48)]


class Identifier(Record):
    """What one thing of its kind is told by.

    Attributes:
        name: the attribute (``tracking_number``).
        schema_: its JSON Schema with description and examples.
        known: whether people have it at hand (on a card, a letter, a label) and can say it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    name: Name
    schema_: JsonObject = Field(alias="schema")
    known: bool = True


class Relation(Record):
    """A thing belongs to, or refers to, another: ``attribute`` holds the other's identifier.

    ``attribute`` is empty where it has the other's own name for it; ``many`` means a list of them.
    """

    to: Name
    attribute: str = ""
    many: bool = False
    note: str = ""


class Rule(Record):
    """A business rule: where every attribute of ``when`` has that value (or one of those listed),
    ``requires`` must be given. A value ``"*"`` means that the attribute is given at all."""

    when: dict[str, JsonValue] = Field(min_length=1)
    requires: tuple[str, ...] = Field(min_length=1)
    because: str


class Operation(Record):
    """Something done with one kind of thing that is more than finding, reading or making it.

    Attributes:
        name: the name of its tool (``redirect_shipment``, ``quote_postage``).
        description: what it does, for whoever chooses among tools; one or two sentences.
        kind: ``read`` for an inquiry (a quote, an availability), else what it changes.
        entity: the kind of thing it makes or changes where that is not its owner.
        takes, optional: attributes it needs and accepts; names of any entity in the pack.
        gives: attributes it returns. ``gives_list`` names the list that holds them, if many.
        starts: states in which it is allowed; ``ends``: the state it leads to.
        errors: how it fails in the field.
    """

    name: Name
    description: str
    kind: EffectKind
    entity: str = ""
    takes: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    gives_list: str = ""
    starts: tuple[str, ...] = ()
    ends: str = ""
    errors: tuple[ToolError, ...] = ()


class Lifecycle(Record):
    """The states a thing goes through; ``attribute`` holds the state; the first is the start."""

    attribute: Name
    states: dict[str, str] = Field(min_length=2)


class Making(Record):
    """How a thing comes to be: the tool that makes it, what that needs, accepts and returns."""

    name: Name
    description: str
    takes: tuple[str, ...] = Field(min_length=1)
    optional: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    errors: tuple[ToolError, ...] = ()


class Finding(Record):
    """How things are found: the tool that lists them, by what, and what each entry shows.

    ``takes`` are needed, ``optional`` narrows down. ``by`` is the attribute that a narrower variant
    of the tool asks for (``search_flights_by_route``), with that variant's name.
    """

    name: Name
    description: str
    takes: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    gives: tuple[str, ...] = Field(min_length=1)
    errors: tuple[ToolError, ...] = ()
    variants: tuple[Operation, ...] = ()


class Reading(Record):
    """How one thing is read: the tool, what it accepts beside the identifier, what it shows."""

    name: Name
    description: str
    optional: tuple[str, ...] = ()
    gives: tuple[str, ...] = Field(min_length=1)
    errors: tuple[ToolError, ...] = ()
    variants: tuple[Operation, ...] = ()


class Entity(Record):
    """A kind of thing: what it is, is told by, consists of, belongs to, and what is done with it.

    ``attributes`` are JSON Schema fragments with a description; ``x-unit`` gives the unit of a
    number. Objects and arrays are written out.
    """

    noun: str
    plural: str = ""
    description: str
    identifier: Identifier
    attributes: dict[Name, JsonObject] = Field(min_length=1)
    relations: tuple[Relation, ...] = ()
    lifecycle: Lifecycle | None = None
    rules: tuple[Rule, ...] = ()
    finding: Finding | None = None
    reading: Reading | None = None
    making: Making | None = None
    operations: tuple[Operation, ...] = ()


class UserSituation(Record):
    """Why somebody turns up: in one sentence, and the tools that would serve it, in order."""

    text: str
    tools: tuple[str, ...] = Field(min_length=1)


class Sum(Record):
    """How an amount follows from other attributes, so that a dialogue's amounts agree.

    Attributes:
        each: the amount for one, or the whole amount where ``among`` is given.
        times: numbers to multiply it by.
        days, nights: the two dates between which it counts per day (both included), or per night.
        among: a number to share it by.
        plus, minus: amounts added and taken off, where they are known.
    """

    each: Name
    times: tuple[Name, ...] = ()
    days: tuple[()] | tuple[Name, Name] = ()
    nights: tuple[()] | tuple[Name, Name] = ()
    among: Name | Literal[""] = ""
    plus: tuple[Name, ...] = ()
    minus: tuple[Name, ...] = ()

    def names(self) -> tuple[str, ...]:
        """Every attribute that it speaks of."""
        named = (self.each, *self.times, *self.days, *self.nights, *self.plus, *self.minus)
        return (*named, self.among) if self.among else named


class Match(Record):
    """What goes with what: for a value of ``by`` (an article), those that ``of`` (its product
    group) can have. Values that are not listed go with anything.
    """

    of: Name
    by: Name
    values: dict[str, tuple[str, ...]] = Field(min_length=1)


class DomainPack(Record):
    """One domain in format version 1.

    ``wikidata`` is its item there, for looking it up online; ``shared`` holds attributes that
    belong to no single kind of thing (``max_results``); ``sums`` says how amounts follow from
    others, ``matches`` which values go together.
    """

    version: Literal[1]
    domain: Name
    title: str
    wikidata: str = Field(default="", pattern=r"^(Q[1-9]\d*)?$")
    summary: str
    shared: dict[Name, JsonObject] = Field(default_factory=dict)
    entities: dict[Name, Entity] = Field(min_length=1)
    sums: dict[Name, Sum] = Field(default_factory=dict)
    matches: tuple[Match, ...] = ()
    situations: tuple[UserSituation, ...] = ()
