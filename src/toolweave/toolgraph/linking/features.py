"""What speaks for and against a link: one row of numbers per pair of output and parameter."""

from typing import Final

import numpy as np

from toolweave.toolgraph.linking.columns import Flags, Numbers, Places, products
from toolweave.toolgraph.linking.comparison import Comparison
from toolweave.toolgraph.linking.senses import SENSES, nearness
from toolweave.toolgraph.linking.shapes import CONVERTED, FITS, OVERLAPS

FEATURES: Final = (
    "constant",
    # Whether the two are of one name, or identify one thing.
    "same_full_name", "same_name_of_other", "same_id", "same_person", "same_said_id", "other_id",
    "id_and_other", "ids_alike", "ids_synonyms", "named_alike", "named_otherwise",
    "same_telling_name", "opposed", "id_as_measure", "new_own_id",
    # Whether one kind of value stands on both sides.
    "sense_near", "sense_far", "overlaps", "converted", "unlisted", "same_unit", "shared_choices",
    "wide_and_text", "told_again", "other_measure",
    # Whether the words are alike: of the fields, of a field and the other's tool, of the tools.
    "lexical_fields", "lexical_source_tool", "lexical_target_tool", "lexical_tools",
    "semantic_fields", "semantic_source_tool", "semantic_target_tool", "semantic_tools",
    "noun_in_parameter", "noun_in_source", "noun_in_target",
    # What the two tools are to each other.
    "same_owner", "other_owner_acts", "place_of_other", "copied_into_new", "copied_same",
    # What the source is, and what the parameter is, whatever stands on the other side.
    "source_told", "source_record_time", "source_count", "source_echo", "source_written_text",
    "source_deletes", "source_main", "source_sole",
    "target_chosen", "target_wide", "target_filter",
)  # fmt: skip
COLUMN: Final = {name: at for at, name in enumerate(FEATURES)}
NEARNESS: Final[Numbers] = np.array(
    [[nearness(one, other) for other in SENSES] for one in SENSES], np.float32
)
_CHUNK: Final = 1 << 15
_CLOSE: Final = 0.5
# How alike two texts are that have nothing to do with each other.
_NOISE: Final = {"lexical": np.float32(0.1), "semantic": np.float32(0.15)}


def features(compared: Comparison, outputs: Places, parameters: Places) -> Numbers:
    """One row per pair, one column per name in ``FEATURES``."""
    rows = np.zeros((len(outputs), len(FEATURES)), np.float32)
    for start in range(0, len(outputs), _CHUNK):
        part = slice(start, start + _CHUNK)
        _Filling(compared, rows[part], outputs[part], parameters[part]).fill()
    return rows


class _Filling:
    """Fills the rows of some pairs."""

    def __init__(self, compared: Comparison, rows: Numbers, o: Places, i: Places) -> None:
        self.compared, self.rows, self.o, self.i = compared, rows, o, i
        out, into = compared.outputs, compared.parameters
        self.both: Flags = out.identifier[o] & into.identifier[i]
        self.plain: Flags = ~(out.identifier[o] | into.identifier[i])
        self.same_full: Flags = out.full[o] == into.full[i]

    def put(self, name: str, values: Numbers | Flags | float) -> None:
        """Write a feature's column."""
        self.rows[:, COLUMN[name]] = values

    def fill(self) -> None:
        """Write every column."""
        self.put("constant", 1.0)
        self._names()
        self._things()
        self._values()
        self._words()
        self._tools()
        for name, column in self.compared.of_output.items():
            self.put(name, column[self.o])
        for name, column in self.compared.of_parameter.items():
            self.put(name, column[self.i])

    def _names(self) -> None:
        out, into, o, i = self.compared.outputs, self.compared.parameters, self.o, self.i
        same_plain: Flags = out.plain[o] == into.plain[i]
        self.put("same_full_name", self.same_full & ~self.both)
        self.put("same_name_of_other", same_plain & ~self.same_full)
        telling = self.same_full & same_plain & self.plain & into.telling[i]
        self.put("same_telling_name", telling)
        # From and to, first and last: of one kind, and never one for the other.
        self.put("opposed", (out.side[o] == -into.side[i]) & (out.side[o] != 0))
        named: Flags = out.named[o] & into.named[i] & ~self.same_full
        alike: Flags = out.thing[o] == into.thing[i]
        self.put("named_alike", named & alike)
        self.put("named_otherwise", named & ~alike)

    def _things(self) -> None:
        """What identifiers identify."""
        compared, o, i = self.compared, self.o, self.i
        out, into = compared.outputs, compared.parameters
        self.put("same_id", self.both & self.same_full & ~out.person[o])
        self.put("same_person", self.both & self.same_full & out.person[o])
        differ: Flags = self.both & ~self.same_full
        # One identifier's description may name what the other identifies.
        said: Flags = (out.said[o] == into.noun[i]) | (into.said[i] == out.noun[o])
        said |= (out.said[o] == into.said[i]) & (out.said[o] != compared.nothing)
        self.put("same_said_id", differ & said)
        self.put("other_id", differ & ~said)
        self.put("id_and_other", out.identifier[o] ^ into.identifier[i])
        measured: Flags = (out.identifier[o] & into.measure[i]) | (
            into.identifier[i] & out.measure[o]
        )
        self.put("id_as_measure", measured)
        # Whoever makes a thing does not give it the number of another.
        made = compared.makes[into.tool[i]] == into.noun[i]
        self.put("new_own_id", self.both & made)
        alike = products(compared.entities[out.entity[o]], compared.entities[into.entity[i]])
        self.put("ids_alike", np.clip(alike, 0, 1) * differ)
        self.put("ids_synonyms", differ & ((out.meant[o] & into.meant[i]) != 0))

    def _values(self) -> None:
        """Senses, types, units and choices."""
        compared, o, i = self.compared, self.o, self.i
        out, into = compared.outputs, compared.parameters
        near: Numbers = NEARNESS[out.sense[o], into.sense[i]]
        self.put("sense_near", near * self.plain)
        self.put("sense_far", (near == 0) & self.plain)
        self.put("wide_and_text", (near >= _CLOSE) & into.wide[i] & self.plain)
        # The state of one thing is seldom what to ask of, or do to, another.
        self.put("told_again", compared.told[o] & (compared.of_parameter["target_chosen"][i] > 0))
        apart: Flags = (out.kind_of[o] != into.kind_of[i]) & out.qualified[o] & into.qualified[i]
        self.put("other_measure", apart & out.measure[o] & into.measure[i])
        fits, opaque = compared.type_fits(o, i), out.opaque[o]
        self.put("overlaps", (fits == np.float32(OVERLAPS)) & ~opaque)
        self.put("converted", (fits == np.float32(CONVERTED)) & ~opaque)
        self.put("unlisted", (fits < np.float32(FITS)) & opaque)
        self.put("same_unit", out.unit[o] & into.unit[i])
        self.put("shared_choices", compared.choices.shared(o, i))

    def _words(self) -> None:
        compared, o, i = self.compared, self.o, self.i
        out, into = compared.outputs, compared.parameters
        for kind, vectors in compared.vectors.items():
            for what, alike in vectors.alike(o, i).items():
                clear = np.maximum(alike - _NOISE[kind], 0) if what == "fields" else alike
                self.put(f"{kind}_{what}", clear)
        self.put("noun_in_parameter", compared.said_in.holds(i, out.noun[o]) & ~self.same_full)
        self.put("noun_in_source", compared.tool_says.holds(out.tool[o], into.noun[i]))
        self.put("noun_in_target", compared.tool_says.holds(into.tool[i], out.noun[o]))

    def _tools(self) -> None:
        """Whose the values are, and whether the second tool makes something of them."""
        out, into, o, i = self.compared.outputs, self.compared.parameters, self.o, self.i
        owned: Flags = (out.owner[o] == into.owner[i]) & self.plain
        acts: Flags = self.compared.acts[into.tool[i]]
        self.put("same_owner", owned)
        self.put("other_owner_acts", ~owned & self.plain & acts)
        # Where one thing is says nothing of where another is to go.
        self.put("place_of_other", ~owned & acts & out.place[o] & into.place[i])
        self.put("copied_into_new", owned & acts & ~self.same_full & ~into.wide[i])
        self.put("copied_same", owned & acts & self.same_full)
