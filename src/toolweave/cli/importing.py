"""Carrying out ``toolweave tools import``: read, ask servers, infer, write, tell."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from toolweave.cli.inputs import tool_graph
from toolweave.cli.streams import STDOUT, complain, counted, note, writable, write_out
from toolweave.configs.packs import load_pack
from toolweave.configs.run import ModelSettings
from toolweave.core.domain import DomainPack
from toolweave.core.errors import InputError
from toolweave.core.tool import Toolset
from toolweave.llm.generator import close
from toolweave.runs.generators import make_generator
from toolweave.schema.types import json_bytes
from toolweave.toolgraph.importing import Given, Imported, import_tools
from toolweave.toolgraph.inference.inferring import infer_results_with
from toolweave.toolgraph.mcp_client import listed_tools

FINDINGS = 1
_MOST_LINES = 50
_MOST_KINDS = 8


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    sources: tuple[str, ...]
    form: str = "auto"
    servers: tuple[str, ...] = ()
    timeout: float = 20.0
    domain: str = ""
    name: str = ""
    infer: bool = True
    model: str = "offline"
    base_url: str = ""
    out: str = STDOUT
    report: str = ""
    verbose: bool = False


def run(order: Order) -> int:
    """Import, write the toolset, and tell what became of it; 1 where something was dropped.

    Raises:
        InputError: nothing was named, a source cannot be read, or no tool is left.
        ServerError: the model's server could not be reached.
    """
    writable(order.out)
    writable(order.report)
    if not order.sources and not order.servers:
        raise InputError("no source is named", mend="name a file, or a server with --mcp")
    if order.base_url and order.model == "offline":
        raise InputError("a server is given, but no model", mend="add --model NAME")
    pack = _pack(order.domain)
    offline = order.model == "offline"
    listed = [Given(server, listed_tools(server, order.timeout)) for server in order.servers]
    imported = import_tools(
        [*order.sources, *listed], form=order.form, name=order.name, domain=order.domain, pack=pack,
        infer=order.infer and offline,
    )  # fmt: skip
    if order.infer and not offline:
        asked = asyncio.run(_with_model(order, imported.toolset, pack))
        imported = imported.model_copy(update={"toolset": asked})
    write_out(order.out, json_bytes(imported.toolset.dump(), indent=True) + b"\n")
    if order.report:
        write_out(order.report, json_bytes(_report(imported), indent=True) + b"\n")
    _tell(imported, order)
    return FINDINGS if imported.dropped else 0


def named_or_imported(name: str) -> Toolset:
    """A toolset or a graph's tools, by file or shipped name; tools of another form are imported.

    Raises:
        InputError: they cannot be found or read.
    """
    try:
        return tool_graph(name).toolset
    except InputError as error:
        if not Path(name).exists():
            raise
        try:
            return import_tools(name).toolset
        except InputError:
            raise error from None


def _pack(domain: str) -> DomainPack | None:
    """The domain's pack; a domain that none ships for is only a name."""
    if not domain:
        return None
    try:
        return load_pack(domain)
    except InputError as error:
        if "no domain pack" not in error.problem:
            raise
        return None


async def _with_model(order: Order, toolset: Toolset, pack: DomainPack | None) -> Toolset:
    generator = make_generator(ModelSettings(name=order.model, base_url=order.base_url))
    try:
        return await infer_results_with(generator, toolset, pack)
    finally:
        await close(generator)


def _report(imported: Imported) -> dict[str, object]:
    """The report without the toolset, which has a file of its own."""
    return {
        "tools": len(imported.toolset.tools),
        "inferred": list(imported.inferred),
        "changed": [each.dump() for each in imported.changed],
        "dropped": [each.dump() for each in imported.dropped],
        "remarks": list(imported.remarks),
    }


def _tell(imported: Imported, order: Order) -> None:
    """Drops one by one, changes in sum unless all are wanted."""
    for remark in imported.remarks:
        note(remark)
    for dropped in imported.dropped[:_MOST_LINES]:
        complain(dropped.line())
    more = len(imported.dropped) - _MOST_LINES
    if more > 0:
        hint = f"; {order.report} lists all" if order.report else "; --report FILE lists all"
        note(f"{counted(more, 'more drop')}{hint}")
    if order.verbose:
        for changed in imported.changed:
            note(f"{changed.tool}: {'; '.join(changed.notes)}")
    elif imported.changed:
        kinds = Counter(_kind(text) for each in imported.changed for text in each.notes)
        common = ", ".join(f"{kind} ({n})" for kind, n in kinds.most_common(_MOST_KINDS))
        rest = ", …" if len(kinds) > _MOST_KINDS else ""
        note(f"changed: {counted(len(imported.changed), 'tool')}: {common}{rest} (-v lists each)")
    inferred = f", results inferred for {len(imported.inferred)}" if imported.inferred else ""
    lost = f", {len(imported.dropped)} dropped" if imported.dropped else ""
    where = f"; written to {order.out}" if order.out != STDOUT else ""
    note(f"{counted(len(imported.toolset.tools), 'tool')} imported{inferred}{lost}{where}")


def _kind(text: str) -> str:
    """A note without how often it held."""
    return text.partition(" (")[0] if text.endswith("times)") else text
