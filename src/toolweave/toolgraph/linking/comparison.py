"""All outputs and parameters of many tools as columns, ready to be compared in bulk."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np

from toolweave.checks.inflection import singular
from toolweave.checks.naming import PERSON, PERSON_WORDS, words
from toolweave.core.tool import Tool
from toolweave.llm.embedding import Embedder
from toolweave.llm.lexical import LexicalEmbedder, meanings, text_words
from toolweave.toolgraph.linking.columns import (
    Choices,
    Codes,
    Flags,
    Mentions,
    Numbers,
    Places,
    flags,
    numbers,
    places,
    products,
)
from toolweave.toolgraph.linking.fields import GENERIC, PAGING, Field, ToolFields, fields_of
from toolweave.toolgraph.linking.senses import CODES, MEASURES, qualifier, side_of
from toolweave.toolgraph.linking.shapes import NONE, Shape, fit

_RECORD_TIMES: Final = frozenset(
    {
        *("created", "updated", "modified", "changed", "opened", "closed", "sent", "started"),
        *("ended", "blocked", "last", "timestamp", "placed", "issued", "submitted", "deleted"),
        *("cancelled", "canceled"),
    }
)
_TOLD: Final = frozenset({"status", "flag"})
_CHOSEN: Final = frozenset({"flag", "category", "status", "currency", "language"})
_WIDE: Final = frozenset({"any_text", "number"})
_VAGUE: Final = frozenset(
    {"status", "flag", "category", "moment", "date", "time", "count", "person", "text", "any_text"}
)
_NAMED: Final = frozenset({"name", "person", "company"})
_MANY_TYPES: Final = 6


class Side:
    """The outputs, or the parameters, of all tools as columns; codes are of one ``Codes``."""

    def __init__(self, fields: Sequence[Field], codes: Codes, entities: Codes) -> None:
        self.fields = fields
        self.tool = places(field.tool for field in fields)
        self.sense = places(CODES[field.sense] for field in fields)
        self.identifier = flags(field.entity is not None for field in fields)
        self.person = flags(field.entity == PERSON for field in fields)
        self.unit = flags(bool(field.shape.unit) for field in fields)
        self.opaque = flags(field.shape.opaque for field in fields)
        self.named = flags(field.sense in _NAMED for field in fields)
        self.place = flags(field.sense == "place" for field in fields)
        self.wide = flags(field.sense in _WIDE for field in fields)
        self.measure = flags(field.sense in MEASURES for field in fields)
        self.telling = flags(_telling(field) for field in fields)
        self.side = places(side_of(field.words) for field in fields)
        kinds = [qualifier(field.words) for field in fields]
        self.kind_of = codes.of(kinds)
        self.qualified = flags(map(bool, kinds))
        self.full = codes.of(field.full for field in fields)
        self.plain = codes.of(field.plain for field in fields)
        self.owner = codes.of(field.owner for field in fields)
        self.noun = codes.of(map(_noun, fields))
        self.said = codes.of(field.said for field in fields)
        self.thing = codes.of(map(_thing, fields))
        self.entity = entities.of(field.entity or "" for field in fields)
        self.meant = places(meanings(field.entity or "") for field in fields)

    def __len__(self) -> int:
        return len(self.fields)


class Comparison:
    """The fields of a list of tools; a pair is a row of ``outputs`` and one of ``parameters``."""

    def __init__(self, tools: Sequence[Tool], embedder: Embedder) -> None:
        self.embedder = embedder
        self.tools: list[ToolFields] = fields_of(tools)
        self.codes, entities = Codes(), Codes()
        self.nothing = int(self.codes.of([""])[0])
        out = [field for tool in self.tools for field in tool.outputs]
        into = [field for tool in self.tools for field in tool.parameters]
        self.outputs = Side(out, self.codes, entities)
        self.parameters = Side(into, self.codes, entities)
        self.entities = self._entities(entities)
        self._mention()
        self._roles()
        self._shapes()
        self.choices = Choices(out, into)
        self.vectors = {"lexical": Vectors(self, self._fitted())}
        if embedder.semantic:
            self.vectors["semantic"] = Vectors(self, embedder)

    def parameter(self, tool: str, path: str) -> int | None:
        """The row of a tool's parameter, or None."""
        return self._rows[1].get((tool, path))

    def output(self, tool: str, path: str) -> int | None:
        """The row of a tool's output, or None."""
        return self._rows[0].get((tool, path))

    @cached_property
    def _rows(self) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
        out, into = (
            {(self.tools[field.tool].name, field.path): at for at, field in enumerate(side.fields)}
            for side in (self.outputs, self.parameters)
        )
        return out, into

    def fits(self, outputs: Places, parameters: Places) -> Numbers:
        """How well the types of each pair agree (``shapes.fit``); 0 for pairs of one tool."""
        own = self.outputs.tool[outputs] == self.parameters.tool[parameters]
        return np.where(own, np.float32(NONE), self.type_fits(outputs, parameters))

    def type_fits(self, outputs: Places, parameters: Places) -> Numbers:
        """How well the types of each pair agree, whosoever they are."""
        found: Numbers = self._fit[self._shape_out[outputs], self._shape_in[parameters]]
        return found

    def _entities(self, known: Codes) -> Numbers:
        """A vector per kind of thing that is identified."""
        names = list(known.known) or [""]
        lexical = LexicalEmbedder()
        lexical.fit([])
        spelt = lexical.encode(names)
        if not self.embedder.semantic:
            return spelt
        both = np.concatenate([spelt, self.embedder.encode(names)], axis=1)
        halved: Numbers = (both / np.sqrt(2)).astype(np.float32)
        return halved

    def _mention(self) -> None:
        """Which nouns the text of each parameter and of each tool holds."""
        said = [
            [PERSON if word in PERSON_WORDS else word for word in found]
            for field in self.parameters.fields
            for found in ((*field.words, *text_words(field.description)),)
        ]
        self.said_in = Mentions(self.codes, said)
        self.tool_says = Mentions(self.codes, [tool.words for tool in self.tools])

    def _roles(self) -> None:
        """What each field is in the life of its own tool, by the name of the feature."""
        tools, out, into = self.tools, self.outputs.fields, self.parameters.fields
        making = {kind: tool.entity for kind, tool in enumerate(tools) if tool.kind == "create"}
        self.makes: Places = self.codes.of(making.get(at, "") for at in range(len(tools)))
        alike = [Counter(field.sense for field in tool.outputs) for tool in tools]
        self.acts: Flags = flags(tool.kind != "read" for tool in tools)
        self.told: Flags = flags(field.sense in _TOLD for field in out)
        # Whatever only leafs through a list is nobody's result.
        self.pages: Flags = flags(
            field.entity is None and (field.sense == "paging" or "_".join(field.words) in PAGING)
            for field in into
        )
        given = [{field.full for field in tool.parameters} for tool in tools]
        self.of_output: dict[str, Numbers] = {
            "source_told": numbers(field.sense in _TOLD for field in out),
            "source_record_time": numbers(
                field.sense in ("moment", "date") and bool(_RECORD_TIMES & set(field.words))
                for field in out
            ),
            "source_count": numbers(
                field.sense in ("paging", "count") and tools[field.tool].kind == "read"
                for field in out
            ),
            "source_echo": numbers(field.full in given[field.tool] for field in out),
            "source_written_text": numbers(
                tools[field.tool].kind != "read" and field.sense in ("text", "words", "status")
                for field in out
            ),
            "source_main": numbers(_main(field, tools[field.tool]) for field in out),
            "source_sole": numbers(1 / alike[field.tool][field.sense] for field in out),
            "source_deletes": numbers(tools[field.tool].kind == "delete" for field in out),
        }
        self.of_parameter: dict[str, Numbers] = {
            "target_chosen": numbers(field.sense in _CHOSEN for field in into),
            "target_wide": numbers(field.sense in _WIDE for field in into),
            "target_filter": numbers(not field.required and field.entity is None for field in into),
        }

    def _shapes(self) -> None:
        """The fit of every pair of shapes there is; limits are left to ``shapes.agree``."""
        out: dict[Shape, int] = {}
        into: dict[Shape, int] = {}
        kinds: dict[frozenset[str], int] = {}
        left, right = self.outputs.fields, self.parameters.fields
        self._shape_out = places(out.setdefault(f.shape.coarse, len(out)) for f in left)
        self._shape_in = places(into.setdefault(f.shape.coarse, len(into)) for f in right)
        self._fit: Numbers = np.array(
            [[fit(source, target) for target in into] for source in out] or [[NONE]], np.float32
        )
        # Shapes that differ by format, unit or list alone are searched together.
        self.kind_out = places(kinds.setdefault(f.shape.types, len(kinds)) for f in left)
        self.kind_in = places(kinds.setdefault(f.shape.types, len(kinds)) for f in right)
        bare = [Shape(held, opaque="array" in held and len(held) < _MANY_TYPES) for held in kinds]
        self.kind_fits: Flags = np.array(
            [[fit(one, other) > NONE for other in bare] for one in bare] or [[False]], np.bool_
        )

    def _fitted(self) -> Embedder:
        """The lexical embedder, to which the words of these tools are common or rare."""
        lexical = LexicalEmbedder()
        fields = (*self.outputs.fields, *self.parameters.fields)
        lexical.fit([*(field.text for field in fields), *(tool.text for tool in self.tools)])
        return lexical


class Vectors:
    """The vectors of one embedder: ``known`` has a row per text; the others say which is whose."""

    def __init__(self, over: Comparison, embedder: Embedder) -> None:
        out = [field.text for field in over.outputs.fields]
        into = [field.text for field in over.parameters.fields]
        place: dict[str, int] = {}
        texts = (*out, *into, *(tool.text for tool in over.tools))
        where = places(place.setdefault(text, len(place)) for text in texts)
        self.known = embedder.encode(list(place)) if place else np.zeros((1, 1), np.float32)
        self.out = where[: len(out)]
        self.into = where[len(out) : len(out) + len(into)]
        tools = where[len(out) + len(into) :]
        self._from_tool = tools[over.outputs.tool] if len(tools) else tools
        self._into_tool = tools[over.parameters.tool] if len(tools) else tools

    def alike(self, outputs: Places, parameters: Places) -> dict[str, Numbers]:
        """How alike each pair is: the fields, each field and the other's tool, the two tools."""
        known = self.known
        source, target = known[self.out[outputs]], known[self.into[parameters]]
        from_tool, into_tool = (
            known[self._from_tool[outputs]],
            known[self._into_tool[parameters]],
        )
        return {
            "fields": products(source, target),
            "source_tool": products(from_tool, target),
            "target_tool": products(source, into_tool),
            "tools": products(from_tool, into_tool),
        }


def _telling(field: Field) -> bool:
    """Whether a name says enough that only its like bears it: ``access_token``."""
    return len(field.words) > 1 and not field.generic and field.sense not in _VAGUE


def _noun(field: Field) -> str:
    """The word a text would use for the value: the thing identified, or the last telling word."""
    if field.entity:
        return field.entity
    return next((word for word in reversed(field.words) if word not in GENERIC), field.owner)


def _thing(field: Field) -> str:
    """What kind of thing a name is the name of."""
    if field.sense == "person":
        return PERSON
    before = [word for word in field.words if word not in ("name", "title", "full")]
    return before[-1] if before else field.owner


def _main(field: Field, tool: ToolFields) -> float:
    """How much of the output's name stands in its tool's name: what the tool is there to give."""
    said = {singular(word) for word in words(tool.name)}
    found = [word for word in field.words if not word.isdigit()]
    return sum(word in said for word in found) / len(found) if found else 0.0
