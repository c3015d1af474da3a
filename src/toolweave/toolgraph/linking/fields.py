"""The parameters and outputs of tools, each with what can be known of it before any is compared."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from toolweave.checks.effects import effect_of, identified
from toolweave.checks.inflection import singular
from toolweave.checks.naming import (
    FACETS,
    IDENTIFIER_WORDS,
    NOT_IDENTIFIED,
    NUMBER_WORDS,
    PERSON,
    PERSON_WORDS,
    words,
)
from toolweave.core.tool import Tool
from toolweave.llm.lexical import text_words
from toolweave.schema.declared import Leaf, leaves
from toolweave.schema.parts import Each, Index, Key, parse
from toolweave.schema.types import Schema
from toolweave.toolgraph.linking.senses import sense_of
from toolweave.toolgraph.linking.shapes import Shape, shape_of

# Names that say nothing without what they belong to.
_GENERIC_WORDS: Final = (
    "id name status type date description count page limit message success title code value "
    "number text data result list item info detail note time amount total price state key "
    "label content url link category kind summary comment reason body query size level index "
    "offset start end first last sum output input response error created updated timestamp "
    "created_at updated_at start_date end_date start_time end_time language currency address "
    "email phone location city country quantity rating score per format mode order sort "
    "order_by sort_by created_on updated_on last_updated filter method action cursor version "
    "total_count page_size page_number per_page"
)
GENERIC: Final = frozenset(_GENERIC_WORDS.split())
# Containers that only wrap: the thing inside is the owner's.
_WRAPPING: Final = (
    "response payload body content object value output input success params parameter filter "
    "attribute property field node edge hit row page meta update change patch edit new"
)
_WRAPPERS: Final = FACETS | frozenset(_WRAPPING.split())
_PAGING_WORDS: Final = "page limit offset cursor per_page page_size max_result skip top"
PAGING: Final = frozenset(_PAGING_WORDS.split())
_DECLARED: Final = "x-from"
_NO_SCHEMA: Final[Mapping[str, Any]] = {}
_SENTENCE: Final = 240
_HEAD: Final = 60


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter or output of one tool.

    ``words`` are those of its own name in the singular; ``owner`` is the kind of thing it belongs
    to, ``entity`` the kind of thing it identifies (``None``: it is no identifier), and ``said``
    what its description calls that. ``full`` is its name with the owner where the name alone says
    too little: ``ticket id``, ``ticket status``.
    """

    tool: int
    path: str
    words: tuple[str, ...]
    owner: str
    entity: str | None
    full: str
    sense: str
    shape: Shape
    required: bool
    description: str
    declared: tuple[str, ...] = ()
    said: str = ""

    @property
    def plain(self) -> str:
        """The words of the name."""
        return " ".join(self.words)

    @property
    def generic(self) -> bool:
        """Whether the name says nothing without its owner."""
        return "_".join(self.words) in GENERIC

    @property
    def text(self) -> str:
        """What an embedder is shown."""
        return f"{self.full}: {self.description}" if self.description else self.full


@dataclass(frozen=True, slots=True)
class ToolFields:
    """A tool taken apart."""

    name: str
    kind: str
    entity: str
    text: str
    words: frozenset[str]
    parameters: tuple[Field, ...]
    outputs: tuple[Field, ...]


def fields_of(tools: Sequence[Tool]) -> list[ToolFields]:
    """Every tool taken apart, in order."""
    return [_taken_apart(tool, number) for number, tool in enumerate(tools)]


def _taken_apart(tool: Tool, number: int) -> ToolFields:
    effect = effect_of(tool)
    spoken = " ".join(words(tool.name))
    return ToolFields(
        name=tool.name,
        kind=effect.kind,
        entity=effect.entity,
        text=f"{spoken}: {tool.description[:_SENTENCE]}",
        words=frozenset((*text_words(spoken), *text_words(tool.description[:_SENTENCE]))),
        parameters=tuple(
            _field(leaf, tool.parameters, number, tool.name, effect.entity, taken=True)
            for leaf in leaves(tool.parameters)
        ),
        outputs=tuple(
            _field(leaf, tool.results, number, tool.name, effect.entity, taken=False)
            for leaf in _outputs(tool.results)
        ),
    )


def _outputs(results: Schema) -> Iterator[Leaf]:
    """The leaves of a result; a result that is one bare value has none with a path."""
    return iter(leaves(results) if results else ())


def _field(leaf: Leaf, root: Schema, number: int, tool: str, owner: str, *, taken: bool) -> Field:
    keys, listed = _keys(leaf.path)
    named = _singulars(keys[-1]) if keys else ()
    schema: Mapping[str, Any] = leaf.schema if isinstance(leaf.schema, Mapping) else _NO_SCHEMA
    said = schema.get("description")
    description = said[:_SENTENCE] if isinstance(said, str) else ""
    shape = shape_of(schema, root, words(keys[-1]) if keys else (), listed=listed)
    around = _owner(keys[:-1], owner, taken=taken)
    entity = _entity(keys[-1] if keys else "", around, shape, description, taken=taken)
    sense = _sense(named, shape, description, tool, taken=taken, identifier=entity is not None)
    return Field(
        tool=number,
        path=leaf.path,
        words=named,
        owner=around,
        entity=entity,
        full=_full(named, around, entity),
        sense=sense,
        shape=shape,
        required=leaf.required,
        description=description,
        declared=_declared(schema) if taken else (),
        said=_said_entity(description) if entity is not None else "",
    )


@lru_cache(maxsize=65536)
def _singulars(name: str) -> tuple[str, ...]:
    """The words of a name in the singular, without what only counts them: ``num1``."""
    found = tuple(singular(word.rstrip("0123456789") or word) for word in words(name))
    return tuple(word for word in found if not word.isdigit()) or found


def _sense(
    named: tuple[str, ...],
    shape: Shape,
    description: str,
    tool: str,
    *,
    taken: bool,
    identifier: bool,
) -> str:
    hints = [words(description.split(".")[0][:_HEAD])]
    if not taken:
        hints.append(words(tool))
    found = sense_of(named, shape.types, shape.format, hints, taken=taken, identifier=identifier)
    if named and named[-1] in ("state", "status") and '"enum"' in shape.limits:
        return "status"
    listed = '"enum"' in shape.limits and found not in ("status", "currency", "language", "flag")
    return "category" if listed and "string" in shape.types else found


@lru_cache(maxsize=65536)
def _keys(path: str) -> tuple[tuple[str, ...], bool]:
    """The keys of a path, and whether it leads through a list."""
    parts = parse(path)
    keys = tuple(part.name for part in parts if isinstance(part, Key))
    return keys, any(isinstance(part, Each | Index) for part in parts)


def _owner(around: Sequence[str], entity: str, *, taken: bool) -> str:
    """The kind of thing a field belongs to: what holds it, or what the tool deals with."""
    for key in reversed(around):
        found = [singular(word) for word in words(key)]
        while found and found[-1] in _WRAPPERS:
            found.pop()
        if found:
            return PERSON if found[-1] in PERSON_WORDS else found[-1]
    return entity


_ID_OF: Final = re.compile(
    r"\b(?:id|identifier|uuid|number|code|reference) (?:of|for) (?:the |a |an |this |your )?"
    r"(?:\w+ly |\w+ed |new |given |specific )?([a-z]+)",
    re.IGNORECASE,
)
_OWN_ID: Final = re.compile(
    r"^(?:the |unique |a |an )*([a-z]{3,}) (?:id|identifier|uuid|number|code|reference)\b",
    re.IGNORECASE,
)
_ANY_ID: Final = re.compile(
    r"\b(?:identifier|ID|id|uuid|UUID)\b"
    r"|^(?:[Tt]he )?(?:[Rr]eference )?(?:[Nn]umber|[Cc]ode|[Rr]eference) of (?:the|a|an) [a-z]+"
)
# What a result calls its own number, without saying whose it is.
_NUMBERED: Final = (("id",), ("ids",))
_BARE_NUMBERS: Final = (("number",), ("key",), ("reference",), ("ref",))
_NO_NOUN_WORDS: Final = (
    "number which that each it unique numeric string integer internal external new the this valid "
    "house serial model"
)
_NO_NOUNS: Final = NOT_IDENTIFIED | frozenset(_NO_NOUN_WORDS.split())


def _entity(name: str, owner: str, shape: Shape, description: str, *, taken: bool) -> str | None:
    """The kind of thing that a value identifies, by its name, or by what is said of it."""
    if not shape.types & {"string", "integer", "number"} or shape.format not in ("", "uuid"):
        return None
    if not shape.types & {"string", "integer"} and words(name)[-1:] not in _NUMBERED:
        return None
    if '"enum"' in shape.limits or not name:
        return None
    whose = identified(name)
    if not taken and words(name) in _BARE_NUMBERS:
        whose = ""
    if whose is None and "string" in shape.types and _unnamed_id(description):
        last = singular(words(name)[-1])
        whose = last if last not in ("key", "code", "value", "reference") else ""
        whose = PERSON if whose in PERSON_WORDS else whose
    return (_said_entity(description) or owner) if whose == "" else whose


def _unnamed_id(description: str) -> bool:
    """Whether what a name without "id" holds is said to be one: "ID of the station"."""
    if len(description) > _HEAD + 20:
        return False
    return bool(_ANY_ID.search(description[:40])) or bool(_noun(_OWN_ID.search(description)))


def _said_entity(description: str) -> str:
    """The kind of thing that a description says is identified, or nothing."""
    return _noun(_ID_OF.search(description)) or _noun(_OWN_ID.search(description))


def _noun(said: "re.Match[str] | None") -> str:
    if said is None:
        return ""
    found = singular(said.group(1).lower())
    if found in IDENTIFIER_WORDS or found in NUMBER_WORDS or found in _NO_NOUNS:
        return ""
    return PERSON if found in PERSON_WORDS else found


def _full(named: tuple[str, ...], owner: str, entity: str | None) -> str:
    if entity is not None:
        return f"{entity} id"
    plain = " ".join(named)
    if "_".join(named) in GENERIC and owner and owner not in named:
        return f"{owner} {plain}"
    return plain


def _declared(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The outputs that a parameter's ``x-from`` names, as ``tool.path``."""
    stated = schema.get(_DECLARED, ())
    listed = [stated] if isinstance(stated, str) else stated
    return tuple(item for item in listed if isinstance(item, str)) if listed else ()
