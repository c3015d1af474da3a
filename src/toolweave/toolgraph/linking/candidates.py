"""Which pairs are worth a closer look: same names, same things, declared, or alike by embedding."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from toolweave.toolgraph.linking.columns import Numbers, Places
from toolweave.toolgraph.linking.comparison import Comparison
from toolweave.toolgraph.linking.features import FEATURES, NEARNESS
from toolweave.toolgraph.linking.nearest import nearest
from toolweave.toolgraph.linking.scoring import weights
from toolweave.toolgraph.linking.shapes import NONE

# Sources looked at per parameter and way of finding them.
PER_WAY: Final = 100
_CHUNK: Final = 1 << 20


class Pairs(NamedTuple):
    """Rows of outputs and of parameters, pair by pair."""

    outputs: Places
    parameters: Places

    def __len__(self) -> int:
        return len(self.outputs)


class Declared(NamedTuple):
    """Links that parameters state: as rows, or as text where there is no such output."""

    pairs: Pairs
    unknown: tuple[str, ...]


def everything(compared: Comparison) -> Pairs:
    """Every pair whose types agree: for small toolsets, and to judge the index by."""
    count = len(compared.outputs), len(compared.parameters)
    outputs = np.tile(np.arange(count[0]), count[1])
    parameters = np.repeat(np.arange(count[1]), count[0])
    return _fitting(compared, outputs, parameters)


def candidates(compared: Comparison, per_way: int = PER_WAY) -> Pairs:
    """The union of all ways, each pair once, ordered by parameter, then by output."""
    if not len(compared.outputs) or not len(compared.parameters):
        return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64))
    near = _Near(compared)
    found = [
        *(near.same(*keys, per_way) for keys in _keys(compared)),
        near.alike(per_way),
        declared(compared).pairs,
    ]
    total = len(compared.outputs)
    keys = np.concatenate([p.parameters * total + p.outputs for p in found])
    # numpy's own unique hashes, which takes several times as long as sorting.
    keys.sort()
    keys = keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys
    return _fitting(compared, keys % total, keys // total)


def declared(compared: Comparison) -> Declared:
    """The links that parameters declare with ``x-from: tool.output``."""
    outputs, parameters, unknown = [], [], []
    tools = {tool.name for tool in compared.tools}
    for row, field in enumerate(compared.parameters.fields):
        for stated in field.declared:
            found = next(
                (at for tool, path in _splits(stated)
                 if tool in tools and (at := compared.output(tool, path)) is not None), None
            )  # fmt: skip
            if found is None:
                unknown.append(stated)
            else:
                outputs.append(found)
                parameters.append(row)
    return Declared(
        Pairs(np.array(outputs, np.int64), np.array(parameters, np.int64)), tuple(unknown)
    )


def _splits(stated: str) -> Iterator[tuple[str, str]]:
    """Every way to read ``a.b.c`` as a tool and a path; names of tools may hold dots."""
    parts = stated.split(".")
    for at in range(1, len(parts)):
        yield ".".join(parts[:at]), ".".join(parts[at:])


def _fitting(compared: Comparison, outputs: Places, parameters: Places) -> Pairs:
    kept = []
    for start in range(0, len(outputs), _CHUNK):
        part = slice(start, start + _CHUNK)
        fitting = compared.fits(outputs[part], parameters[part]) > NONE
        kept.append(start + np.flatnonzero(fitting))
    at = np.concatenate(kept) if kept else np.zeros(0, np.int64)
    return Pairs(outputs[at], parameters[at])


def _keys(compared: Comparison) -> Sequence[tuple[Places, Places]]:
    """What is looked up in an index: full names, plain names, and what descriptions identify."""
    out, into, nothing = compared.outputs, compared.parameters, compared.nothing
    said_out = np.where(out.said == nothing, -1, out.said)
    said_in = np.where(into.said == nothing, -2, into.said)
    named_out = np.where(out.identifier, out.noun, -1)
    named_in = np.where(into.identifier, into.noun, -2)
    return (
        (out.full, into.full),
        (out.plain, into.plain),
        (said_out, named_in),
        (named_out, said_in),
        (said_out, said_in),
    )


class _Near:
    """Outputs and parameters as vectors whose product is most of the logit of their score."""

    def __init__(self, compared: Comparison) -> None:
        self.compared = compared
        worth = dict(
            zip(
                FEATURES,
                weights("semantic" if compared.embedder.semantic else "lexical"),
                strict=True,
            )
        )
        out, into = compared.outputs, compared.parameters
        # Each part stands beside the next: alike texts, near senses, and what the source is.
        lefts: list[Numbers] = []
        rights: list[Numbers] = []
        for kind, vectors in compared.vectors.items():
            root = np.float32(np.sqrt(max(float(worth[f"{kind}_fields"]), 0.0)))
            lefts.append(vectors.known[vectors.out] * root)
            rights.append(vectors.known[vectors.into] * root)
        senses = np.zeros((len(out), len(NEARNESS)), np.float32)
        senses[np.arange(len(out)), out.sense] = ~out.identifier
        lefts.append(senses)
        wanted = NEARNESS[:, into.sense].T * np.float32(worth["sense_near"])
        wanted += (NEARNESS[:, into.sense].T == 0) * np.float32(worth["sense_far"])
        rights.append(wanted * ~into.identifier[:, None])
        both = np.stack([out.identifier, ~out.identifier], axis=1).astype(np.float32)
        lefts.append(both * np.float32(worth["id_and_other"]))
        rights.append(np.stack([~into.identifier, into.identifier], axis=1).astype(np.float32))
        static = np.zeros(len(out), np.float32)
        for name, column in compared.of_output.items():
            static += column * np.float32(worth[name])
        lefts.append(static[:, None])
        rights.append(np.ones((len(into), 1), np.float32))
        self.outputs: Numbers = np.concatenate(lefts, axis=1)
        self.parameters: Numbers = np.concatenate(rights, axis=1)

    def same(self, out: Places, into: Places, count: int) -> Pairs:
        """Pairs of one key; of more than ``count`` outputs with a key, the nearest to each."""
        order = np.argsort(out, kind="stable")
        wanted = np.argsort(into, kind="stable")
        keys, starts = np.unique(into[wanted], return_index=True)
        ends = np.append(starts[1:], len(wanted))
        low = np.searchsorted(out[order], keys, "left")
        high = np.searchsorted(out[order], keys, "right")
        lefts, rights = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for at in np.flatnonzero((high > low) & (keys >= 0)):
            sources = order[low[at] : high[at]]
            targets = wanted[starts[at] : ends[at]]
            if len(sources) <= count:
                lefts.append(np.tile(sources, len(targets)))
                rights.append(np.repeat(targets, len(sources)))
            else:
                asked, found = nearest(self.parameters[targets], self.outputs[sources], count)
                lefts.append(sources[found])
                rights.append(targets[asked])
        return Pairs(np.concatenate(lefts), np.concatenate(rights))

    def alike(self, count: int) -> Pairs:
        """The nearest outputs of a type that each parameter can take."""
        compared = self.compared
        lefts, rights = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for shape in np.unique(compared.kind_in):
            targets = np.flatnonzero(compared.kind_in == shape)
            sources = np.flatnonzero(compared.kind_fits[:, shape][compared.kind_out])
            asked, found = nearest(self.parameters[targets], self.outputs[sources], count)
            lefts.append(sources[found])
            rights.append(targets[asked])
        return Pairs(np.concatenate(lefts), np.concatenate(rights))
