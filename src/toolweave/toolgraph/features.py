"""What speaks for and against a link: one row of numbers per pair of output and parameter."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from toolweave.checks.naming import PERSON, PERSON_WORDS, words
from toolweave.checks.words import singular
from toolweave.core.tool import Tool
from toolweave.llm.embedding import Embedder
from toolweave.llm.lexical import LexicalEmbedder, meanings, text_words
from toolweave.toolgraph.fields import GENERIC, PAGING, Field, ToolFields, fields_of
from toolweave.toolgraph.senses import CODES, SENSES, nearness
from toolweave.toolgraph.shapes import CONVERTED, NONE, OVERLAPS, Shape, fit

Places: TypeAlias = NDArray[np.int64]
Numbers: TypeAlias = NDArray[np.float32]
Flags: TypeAlias = NDArray[np.bool_]

_MANY: Final = 6
_CHUNK: Final = 1 << 15
_RECORD_TIMES: Final = frozenset(
    "created updated modified changed opened closed sent started ended blocked last timestamp "
    "placed issued submitted deleted cancelled canceled".split()
)
_TOLD: Final = frozenset({"status", "flag"})
_CHOSEN: Final = frozenset({"flag", "category", "status", "currency", "language"})
_NAMED: Final = frozenset({"name", "person", "company"})
_WIDE: Final = frozenset({"any_text", "number"})

FEATURES: Final = (
    "constant", "same_full_name", "same_name_of_other", "same_id", "same_person", "same_said_id",
    "other_id",
    "id_and_other", "ids_alike", "ids_synonyms", "sense_near", "sense_far", "overlaps", "converted", "unlisted", "same_unit",
    "lexical_fields", "lexical_source_tool", "lexical_target_tool", "lexical_tools",
    "semantic_fields", "semantic_source_tool", "semantic_target_tool", "semantic_tools",
    "noun_in_parameter", "noun_in_source", "noun_in_target", "same_owner",
    "other_owner_acts", "copied_into_new", "copied_same",
    "source_told", "source_record_time", "source_count", "source_echo", "source_written_text",
    "source_deletes", "target_chosen", "target_paging", "target_wide", "target_filter",
    "wide_and_text", "named_alike", "named_otherwise", "shared_choices", "source_main", "source_sole",
)  # fmt: skip


class Side:
    """The outputs, or the parameters, of all tools as columns."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self.fields = fields
        self.tool = _column((field.tool for field in fields), np.int64)
        self.sense = _column((CODES[field.sense] for field in fields), np.int64)
        self.identifier = _column((field.entity is not None for field in fields), np.bool_)
        self.person = _column((field.entity == PERSON for field in fields), np.bool_)
        self.generic = _column((field.generic for field in fields), np.bool_)
        self.unit = _column((bool(field.shape.unit) for field in fields), np.bool_)
        self.opaque = _column((field.shape.opaque for field in fields), np.bool_)
        self.named = _column((field.sense in _NAMED for field in fields), np.bool_)

    def __len__(self) -> int:
        return len(self.fields)


class Comparison:
    """All outputs and parameters of a list of tools, ready to be compared in bulk.

    A pair is a row number of ``outputs`` and one of ``parameters``.
    """

    def __init__(self, tools: Sequence[Tool], embedder: Embedder) -> None:
        self.embedder = embedder
        self.tools: list[ToolFields] = fields_of(tools)
        self.outputs = Side([field for tool in self.tools for field in tool.outputs])
        self.parameters = Side([field for tool in self.tools for field in tool.parameters])
        self.names = _Codes()
        self._name()
        self._mention()
        self._roles()
        self._shapes()
        self.vectors = {"lexical": _Vectors(self, _fitted(self))}
        if embedder.semantic:
            self.vectors["semantic"] = _Vectors(self, embedder)

    def parameter(self, tool: str, path: str) -> int | None:
        """The row of a tool's parameter, or None."""
        return self._places[1].get((tool, path))

    def output(self, tool: str, path: str) -> int | None:
        """The row of a tool's output, or None."""
        return self._places[0].get((tool, path))

    @cached_property
    def _places(self) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
        out, into = (
            {(self.tools[f.tool].name, f.path): at for at, f in enumerate(side.fields)}
            for side in (self.outputs, self.parameters)
        )
        return out, into

    def fits(self, outputs: Places, parameters: Places) -> Numbers:
        """How well the types of each pair agree; 0 for pairs of one tool."""
        own = self.outputs.tool[outputs] == self.parameters.tool[parameters]
        found = self._fit[self._shape_out[outputs], self._shape_in[parameters]]
        return np.where(own, np.float32(NONE), found)

    def features(self, outputs: Places, parameters: Places) -> Numbers:
        """One row per pair, one column per name in ``FEATURES``."""
        rows = np.zeros((len(outputs), len(FEATURES)), np.float32)
        for start in range(0, len(outputs), _CHUNK):
            part = slice(start, start + _CHUNK)
            self._fill(rows[part], outputs[part], parameters[part])
        return rows

    def _fill(self, rows: Numbers, o: Places, i: Places) -> None:
        """Fill the rows of some pairs."""
        out, into = self.outputs, self.parameters
        put = _Putter(rows)
        put("constant", 1.0)
        both = out.identifier[o] & into.identifier[i]
        same_full = self.full_out[o] == self.full_in[i]
        same_plain = self.plain_out[o] == self.plain_in[i]
        put("same_full_name", same_full & ~both)
        put("same_name_of_other", same_plain & ~same_full)
        put("same_id", both & same_full & ~out.person[o])
        put("same_person", both & same_full & out.person[o])
        said = both & ~same_full & self._said_alike(o, i)
        put("same_said_id", said)
        put("other_id", both & ~same_full & ~said)
        put("id_and_other", out.identifier[o] ^ into.identifier[i])
        near = NEARNESS[out.sense[o], into.sense[i]]
        plain = ~(out.identifier[o] | into.identifier[i])
        put("sense_near", near * plain)
        put("sense_far", (near == 0) & plain)
        fits = self._fit[self._shape_out[o], self._shape_in[i]]
        put("overlaps", (fits == np.float32(OVERLAPS)) & ~out.opaque[o])
        put("converted", (fits == np.float32(CONVERTED)) & ~out.opaque[o])
        put("unlisted", (fits < 1) & out.opaque[o])
        put("same_unit", out.unit[o] & into.unit[i])
        alike = (both & ~same_full) * self._ids_alike(o, i)
        put("ids_alike", alike)
        meant = self._meant_out[o] & self._meant_in[i]
        put("ids_synonyms", both & ~same_full & (meant != 0))
        for kind, vectors in self.vectors.items():
            vectors.fill(put, kind, o, i)
        put("noun_in_parameter", self._said_in.holds(i, self.noun_out[o]) & ~same_full)
        put("noun_in_source", self._tool_says.holds(out.tool[o], self.noun_in[i]))
        put("noun_in_target", self._tool_says.holds(into.tool[i], self.noun_out[o]))
        owned = self.owner_out[o] == self.owner_in[i]
        put("same_owner", owned & plain)
        acts = self.acts[into.tool[i]]
        put("other_owner_acts", ~owned & plain & acts)
        put("copied_into_new", owned & plain & acts & ~same_full & ~into.wide[i])
        put("copied_same", owned & plain & acts & same_full)
        for name, column in self.of_output.items():
            put(name, column[o])
        for name, column in self.of_parameter.items():
            put(name, column[i])
        named = out.named[o] & into.named[i]
        alike = self.thing_out[o] == self.thing_in[i]
        put("named_alike", named & alike & ~same_full)
        put("named_otherwise", named & ~alike & ~same_full)
        put("shared_choices", self._choices.shared(o, i))
        put("wide_and_text", (near >= _CLOSE) & into.wide[i] & plain)

    def _said_alike(self, o: Places, i: Places) -> Flags:
        """Whether one identifier's description names what the other identifies."""
        said_out, said_in = self.said_out[o], self.said_in[i]
        found: Flags = (said_out == self.noun_in[i]) | (said_in == self.noun_out[o])
        return found | ((said_out == said_in) & (said_out != self.names.known[""]))

    def _ids_alike(self, o: Places, i: Places) -> Numbers:
        left, right = self._entity_out[o], self._entity_in[i]
        found: Numbers = np.einsum("ij,ij->i", self._entities[left], self._entities[right])
        return np.clip(found, 0, 1)

    def _name(self) -> None:
        """Codes for names, owners and entities."""
        code = self.names
        out, into = self.outputs.fields, self.parameters.fields
        self.full_out, self.full_in = code.of(f.full for f in out), code.of(f.full for f in into)
        self.plain_out, self.plain_in = (
            code.of(f.plain for f in out),
            code.of(f.plain for f in into),
        )
        self.owner_out, self.owner_in = (
            code.of(f.owner for f in out),
            code.of(f.owner for f in into),
        )
        self.noun_out, self.noun_in = code.of(map(_noun, out)), code.of(map(_noun, into))
        self.names.of([""])
        self.said_out, self.said_in = code.of(f.said for f in out), code.of(f.said for f in into)
        self.thing_out, self.thing_in = code.of(map(_thing, out)), code.of(map(_thing, into))
        self._meant_out = _column((meanings(f.entity or "") for f in out), np.int64)
        self._meant_in = _column((meanings(f.entity or "") for f in into), np.int64)
        entities = _Codes()
        self._entity_out = entities.of(f.entity or "" for f in out)
        self._entity_in = entities.of(f.entity or "" for f in into)
        lexical = LexicalEmbedder()
        lexical.fit([])
        known = list(entities.known)
        self._entities: Numbers = lexical.encode(known or [""])
        if self.embedder.semantic and known:
            meant = self.embedder.encode(known)
            self._entities = np.concatenate([self._entities, meant], axis=1) / np.sqrt(2)

    def _mention(self) -> None:
        """Which nouns the text of each parameter and of each tool holds."""
        code = self.names
        said = [
            tuple(PERSON if word in PERSON_WORDS else word for word in found)
            for f in self.parameters.fields
            for found in ((*f.words, *text_words(f.description)),)
        ]
        self._said_in = _Mentions(code, said)
        self._tool_says = _Mentions(code, [tuple(sorted(tool.words)) for tool in self.tools])

    def _roles(self) -> None:
        """What each field is in the life of its own tool."""
        tools, out, into = self.tools, self.outputs.fields, self.parameters.fields
        alike = [Counter(field.sense for field in tool.outputs) for tool in tools]
        self.acts = _flags(tool.kind != "read" for tool in tools)
        given = [{field.full for field in tool.parameters} for tool in tools]
        self.of_output = {
            "source_told": _flags(f.sense in _TOLD for f in out),
            "source_record_time": _flags(
                f.sense in ("moment", "date") and bool(_RECORD_TIMES & set(f.words)) for f in out
            ),
            "source_count": _flags(
                f.sense in ("paging", "count") and tools[f.tool].kind == "read" for f in out
            ),
            "source_echo": _flags(f.full in given[f.tool] for f in out),
            "source_written_text": _flags(
                tools[f.tool].kind != "read" and f.sense in ("text", "words", "status") for f in out
            ),
            "source_main": _column((_main(f, tools[f.tool]) for f in out), np.float32),
            "source_sole": _column((1 / alike[f.tool][f.sense] for f in out), np.float32),
            "source_deletes": _flags(tools[f.tool].kind == "delete" for f in out),
        }
        self.of_parameter = {
            "target_chosen": _flags(f.sense in _CHOSEN for f in into),
            "target_paging": _flags(
                f.sense in ("paging", "secret") or "_".join(f.words) in PAGING for f in into
            ),
            "target_wide": _flags(f.sense in _WIDE for f in into),
            "target_filter": _flags(not f.required and f.entity is None for f in into),
        }
        self.parameters.wide = self.of_parameter["target_wide"]

    def _shapes(self) -> None:
        """The fit of every pair of shapes there is; limits are left to ``shapes.narrow``."""
        out: dict[Shape, int] = {}
        into: dict[Shape, int] = {}
        self._shape_out = _column(
            (out.setdefault(f.shape.coarse, len(out)) for f in self.outputs.fields), np.int64
        )
        self._shape_in = _column(
            (into.setdefault(f.shape.coarse, len(into)) for f in self.parameters.fields), np.int64
        )
        self._choices = _Choices(self.outputs.fields, self.parameters.fields)
        self._fit = np.array(
            [[fit(source, target) for target in into] for source in out] or [[NONE]], np.float32
        )
        # Shapes that differ by format, unit or list alone are searched together.
        kinds: dict[frozenset[str], int] = {}
        self.kind_out = _column(
            (kinds.setdefault(f.shape.types, len(kinds)) for f in self.outputs.fields), np.int64
        )
        self.kind_in = _column(
            (kinds.setdefault(f.shape.types, len(kinds)) for f in self.parameters.fields), np.int64
        )
        bare = [Shape(types, opaque="array" in types and len(types) < _MANY) for types in kinds]
        self.kind_fits = np.array(
            [[fit(one, other) > NONE for other in bare] for one in bare], np.bool_
        )


class _Vectors:
    """The vectors of one embedder: a row per output, parameter and tool."""

    def __init__(self, over: Comparison, embedder: Embedder) -> None:
        out = [field.text for field in over.outputs.fields]
        into = [field.text for field in over.parameters.fields]
        tools = [tool.text for tool in over.tools]
        place: dict[str, int] = {}
        places = [place.setdefault(text, len(place)) for text in (*out, *into, *tools)]
        known = embedder.encode(list(place)) if place else np.zeros((1, 1), np.float32)
        self.known = known
        self.out = np.array(places[: len(out)], np.int64)
        self.into = np.array(places[len(out) : len(out) + len(into)], np.int64)
        self.tools = np.array(places[len(out) + len(into) :], np.int64)
        self._over = over

    def fill(self, put: "_Putter", kind: str, o: Places, i: Places) -> None:
        """The four ways in which a pair and its tools may be alike."""
        over, known = self._over, self.known
        source = known[self.out[o]]
        target = known[self.into[i]]
        alike = np.einsum("ij,ij->i", source, target)
        put(f"{kind}_fields", np.maximum(alike - _NOISE[kind], 0))
        into_tool = known[self.tools[over.parameters.tool[i]]]
        put(f"{kind}_target_tool", np.einsum("ij,ij->i", source, into_tool))
        from_tool = known[self.tools[over.outputs.tool[o]]]
        put(f"{kind}_source_tool", np.einsum("ij,ij->i", from_tool, target))
        put(f"{kind}_tools", np.einsum("ij,ij->i", from_tool, into_tool))


def _fitted(over: Comparison) -> Embedder:
    """The lexical embedder, to which the words of these tools' fields are common or rare."""
    lexical = LexicalEmbedder()
    fields = (*over.outputs.fields, *over.parameters.fields)
    lexical.fit([*(field.text for field in fields), *(tool.text for tool in over.tools)])
    return lexical


class _Putter:
    """Writes a feature's column by its name."""

    def __init__(self, rows: Numbers) -> None:
        self.rows = rows

    def __call__(self, name: str, values: "Numbers | Flags | float") -> None:
        self.rows[:, FEATURES.index(name)] = values


class _Codes:
    """A number for every distinct text."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def of(self, texts: Iterable[str]) -> Places:
        """The numbers of the texts."""
        known = self.known
        return _column((known.setdefault(text, len(known)) for text in texts), np.int64)


class _Choices:
    """The values that enumerated fields allow, compared once per pair of enumerations."""

    def __init__(self, outputs: Sequence[Field], parameters: Sequence[Field]) -> None:
        self._known: dict[frozenset[str], int] = {frozenset(): 0}
        self._out = self._numbers(outputs)
        self._into = self._numbers(parameters)
        self._sets = list(self._known)
        self._shared: dict[tuple[int, int], float] = {}

    def _numbers(self, fields: Sequence[Field]) -> Places:
        known = self._known
        return _column((known.setdefault(f.shape.choices, len(known)) for f in fields), np.int64)

    def shared(self, o: Places, i: Places) -> Numbers:
        """The share of common values in all values of the two; 0 where one is not enumerated."""
        left, right = self._out[o], self._into[i]
        found = np.zeros(len(o), np.float32)
        for at in np.flatnonzero((left > 0) & (right > 0)):
            pair = int(left[at]), int(right[at])
            if pair not in self._shared:
                one, other = self._sets[pair[0]], self._sets[pair[1]]
                self._shared[pair] = len(one & other) / len(one | other)
            found[at] = self._shared[pair]
        return found


class _Mentions:
    """Which rows say which words: a sorted list of (row, word), searched in bulk."""

    def __init__(self, codes: _Codes, rows: Sequence[Sequence[str]]) -> None:
        known = codes.known
        self._width = len(known) + 1
        found = {
            row * self._width + known[word]
            for row, said in enumerate(rows)
            for word in said
            if word in known
        }
        self._keys = np.array(sorted(found), np.int64)

    def holds(self, rows: Places, said: Places) -> Flags:
        """Whether each row says its word."""
        wanted = rows * self._width + said
        if not len(self._keys):
            return np.zeros(len(wanted), np.bool_)
        at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        held: Flags = self._keys[at] == wanted
        return held


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


def _flags(values: Iterable[bool]) -> Flags:
    found: Flags = _column(values, np.bool_)
    return found


def _column(values: Iterable[object], kind: type) -> "NDArray[np.generic]":
    return np.array(list(values), kind)


_CLOSE: Final = 0.5
# How alike two texts are that have nothing to do with each other.
_NOISE: Final = {"lexical": 0.1, "semantic": 0.15}
NEARNESS: Numbers = np.array(
    [[nearness(one, other) for other in SENSES] for one in SENSES], np.float32
)
