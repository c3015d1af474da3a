"""Carrying out ``toolweave tools link``: read, link, judge, write, and say what was done."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from toolweave.cli.inputs import named_tools
from toolweave.cli.streams import STDOUT, complain, counted, note, one_line, writable, write_out
from toolweave.configs.run import ModelSettings
from toolweave.core.errors import InputError
from toolweave.core.graph import ToolGraph
from toolweave.core.tool import Toolset
from toolweave.llm.embedding import Embedder, make_embedder
from toolweave.schema.types import json_bytes
from toolweave.toolgraph.linking.links import (
    ASKED,
    THRESHOLD,
    Judgement,
    Linked,
    link_tools,
    link_tools_with,
)

# A file of this many links is written without line breaks.
_MANY = 5_000


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    tools: str
    out: str = STDOUT
    embedder: str = "auto"
    threshold: float | None = None
    limit: int = 50
    model: str = "offline"
    base_url: str = ""
    log: str | None = None
    download: bool = False


def run(order: Order) -> int:
    """Write the graph; 0.

    Raises:
        InputError: the tools, the embedder or the output cannot be used.
        GenerationError: the model gives no usable answer.
    """
    writable(order.out)
    writable(order.log)
    if order.base_url and order.model == "offline":
        raise InputError("a server is given, but no model", mend="add --model NAME")
    toolset = named_tools(order.tools)
    assert toolset is not None
    linked = _linked(toolset, make_embedder(order.embedder, download=order.download), order)
    for stated in linked.unknown:
        complain(f"x-from names no output of these tools: {one_line(stated)!r}")
    if order.log:
        write_out(order.log, b"".join(_lines(linked.judgements)))
    graph = linked.graph
    write_out(order.out, json_bytes(graph.dump(), indent=len(graph.links) < _MANY) + b"\n")
    note(summary(graph, order.model))
    return 0


def _linked(toolset: Toolset, embedder: Embedder, order: Order) -> Linked:
    if order.model == "offline":
        threshold = THRESHOLD if order.threshold is None else order.threshold
        return link_tools(toolset, embedder, threshold=threshold, limit=order.limit)
    return asyncio.run(_judged(toolset, embedder, order))


async def _judged(toolset: Toolset, embedder: Embedder, order: Order) -> Linked:
    from toolweave.llm.generator import close
    from toolweave.runs.generators import make_generator
    from toolweave.toolgraph.linking.judging import judged_by

    generator = make_generator(ModelSettings(name=order.model, base_url=order.base_url))
    threshold = ASKED if order.threshold is None else order.threshold
    try:
        return await link_tools_with(
            toolset, embedder, judged_by(generator), threshold=threshold, limit=order.limit
        )
    finally:
        await close(generator)


def _lines(judgements: Iterable[Judgement]) -> Iterable[bytes]:
    for candidate, verdict in judgements:
        line = {**candidate._asdict(), **verdict._asdict()}
        yield json_bytes(line) + b"\n"


def summary(graph: ToolGraph, model: str) -> str:
    """What was done, on one line."""
    done = graph.figures
    assert done is not None
    tools = counted(len(graph.toolset.tools), "tool")
    judge = "by score" if model == "offline" else f"by {model}"
    cut = (
        f"{counted(done.inputs_cut, 'parameter')} of {done.inputs} cut to {done.limit} sources"
        if done.inputs_cut
        else "no parameter cut"
    )
    return (
        f"{tools} linked {judge}, embedder {done.embedder}: "
        f"{counted(done.candidates, 'candidate')}, {done.accepted} accepted, "
        f"{done.refused} refused, {cut}"
    )
