"""Ranking: the outputs of other tools that may feed one parameter, the likeliest first."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from toolweave.core.errors import InputError
from toolweave.core.tool import Tool
from toolweave.llm.embedding import Embedder
from toolweave.toolgraph.linking.comparison import Comparison
from toolweave.toolgraph.linking.scoring import scores
from toolweave.toolgraph.linking.shapes import UNLISTED


class Source(NamedTuple):
    """An output of a tool as the source of some parameter."""

    tool: str
    output: str
    score: float


def rank_sources(
    tools: Sequence[Tool] | Comparison,
    target: str,
    parameter: str,
    embedder: Embedder | None = None,
) -> list[Source]:
    """Every output of another tool whose type suits the parameter, the best first.

    A type suits if some value of it can be handed over as it is, one value of a list included.
    ``tools`` may be a ``Comparison`` already made, which is quicker for several parameters.

    Raises:
        InputError: there is no such tool or parameter.
    """
    compared = tools if isinstance(tools, Comparison) else _compared(tools, embedder)
    place = compared.parameter(target, parameter)
    if place is None:
        raise InputError(f"no parameter {target}.{parameter}", mend="name one that a tool declares")
    outputs = np.arange(len(compared.outputs), dtype=np.int64)
    parameters = np.full(len(outputs), place, np.int64)
    kept = compared.fits(outputs, parameters) >= np.float32(UNLISTED)
    outputs, parameters = outputs[kept], parameters[kept]
    found = scores(compared, outputs, parameters)
    fields, named = compared.outputs.fields, compared.tools
    return [
        Source(named[fields[o].tool].name, fields[o].path, float(score))
        # Equal scores keep the order of the tools.
        for o, score in ((int(outputs[at]), found[at]) for at in np.argsort(-found, kind="stable"))
    ]


def _compared(tools: Sequence[Tool], embedder: Embedder | None) -> Comparison:
    if embedder is None:
        from toolweave.llm.lexical import LexicalEmbedder

        embedder = LexicalEmbedder()
    return Comparison(tools, embedder)
