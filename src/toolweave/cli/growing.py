"""Carrying out ``toolweave tools synthesize``: grow, tell, write."""

import asyncio
from collections import Counter
from dataclasses import dataclass

from rapidfuzz import fuzz

from toolweave.cli.streams import STDOUT, counted, note, one_line, writable, write_out
from toolweave.configs.run import ModelSettings
from toolweave.core.errors import InputError
from toolweave.llm.generator import Generator, close
from toolweave.runs.generators import make_generator
from toolweave.schema.types import json_bytes
from toolweave.toolgraph.synthesis.curriculum import Synthesis
from toolweave.toolgraph.synthesis.domains import Growth, grow, staged
from toolweave.toolgraph.synthesis.reasons import Decision
from toolweave.toolgraph.synthesis.wikimedia import Wikimedia, cache_folder


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    domain: str
    out: str | None
    counts: str
    seed: int
    model: str
    base_url: str
    online: bool
    log: str | None
    verbose: bool


def run(order: Order) -> int:
    """Grow the tools and write them; the exit code is 1 when none came of it.

    Raises:
        InputError: the domain, the counts or an output cannot be used.
        ToolweaveError: the model or what was to be looked up gave no usable answer.
    """
    writable(order.out)
    writable(order.log)
    stages = staged(order.counts)
    if order.online and order.model == "offline":
        raise InputError("--online serves a model only", mend="add --model, or leave it out")
    generator = _generator(order)
    growth = Growth(
        domain=order.domain,
        similarity=lambda left, right: fuzz.token_set_ratio(left, right) / 100,
        generator=generator,
        online=Wikimedia(cache_folder()) if order.online else None,
        stages=stages,
        seed=order.seed,
    )
    made = asyncio.run(_grown(growth))
    if order.log:
        lines = [json_bytes(one.dump()) for one in made.decisions]
        write_out(order.log, b"".join(line + b"\n" for line in lines))
    _tell(made, order)
    if not made.toolset.tools:
        return 1
    write_out(order.out or STDOUT, json_bytes(made.toolset.dump(), indent=True) + b"\n")
    return 0


def _generator(order: Order) -> Generator | None:
    settings = ModelSettings(name=order.model, base_url=order.base_url)
    made = make_generator(settings)
    return None if order.model == "offline" else made


async def _grown(growth: Growth) -> Synthesis:
    try:
        return await grow(growth)
    finally:
        if growth.generator is not None:
            await close(growth.generator)


def _tell(made: Synthesis, order: Order) -> None:
    """One line per stage, every decision if wanted, and what came of it all."""
    by_stage: dict[str, list[Decision]] = {}
    for one in made.decisions:
        by_stage.setdefault(one.stage, []).append(one)
    for stage, decisions in by_stage.items():
        verdicts = Counter(one.verdict for one in decisions)
        told = ", ".join(f"{number} {verdict}" for verdict, number in verdicts.items())
        note(f"{stage.replace('_', ' ')}: {told}")
        for one in decisions:
            if order.verbose or one.verdict == "rejected":
                note(f"  {one.tool} {one.verdict}: {one_line(one.reason)}")
    if order.out not in (None, STDOUT) and made.toolset.tools:
        note(f"{order.out} written: {counted(len(made.toolset.tools), 'tool')}")
