"""The tools of a run: how they feed each other, drawn, and how many dialogues call each."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from toolweave.core.errors import InputError
from toolweave.core.graph import ToolGraph
from toolweave.studio.choosing import Chosen
from toolweave.studio.drawings import Drawings
from toolweave.studio.holdings import Holding
from toolweave.studio.jobs import Job
from toolweave.studio.lists import holding
from toolweave.studio.pages import framed, page, rendered

# Domains that are offered and tools that are listed; a file from elsewhere may name any number.
_OFFERED: Final = 200
_LISTED: Final = 2000
_LOOKS: Final = 0.05


class Domain(NamedTuple):
    """One choice: a domain, its dialogues, and the tools of its graph, None where it has none."""

    name: str
    dialogues: int
    tools: int | None


class Listed(NamedTuple):
    """A tool, what it is for, and the dialogues that call it: how many, and the list's address."""

    name: str
    about: str
    dialogues: int
    address: str


def tools(request: Request) -> Response:
    """The drawing of one domain's tools above the list of them."""
    run = holding(request)
    problem, graphs = "", {}
    try:
        graphs = run.graphs()
    except InputError as error:
        problem = str(error)
    domains = list(_domains(run, graphs))
    chosen = request.query_params.get("domain", domains[0].name)
    if all(chosen != one.name for one in domains):
        raise HTTPException(404, f"{run.name} has no domain {chosen[:80]!r}")
    graph = graphs.get(chosen)
    listed = list(_listed(run, chosen, graph))
    return page(
        request, "tools_page.html",
        run=run, here="tools",
        problem=problem,
        progress=run.index.progress(),
        domains=domains,
        chosen=chosen,
        title=_title(run, chosen, graph),
        graph=graph,
        drawing=f"{request.url.path}/drawing?{_address(domain=chosen)}",
        listed=listed[:_LISTED],
        left_out=max(0, len(listed) - _LISTED),
    )  # fmt: skip


async def drawing(request: Request) -> Response:
    """The drawing itself, for the frame; one that takes long is waited for."""
    job = await run_in_threadpool(_job, request)
    while not job.finished.is_set():
        await asyncio.sleep(_LOOKS)
    if job.problem:
        return framed(rendered("undrawn.html", problem=job.problem))
    return framed(job.result)


def _job(request: Request) -> Job[str]:
    run, domain = holding(request), request.query_params.get("domain", "")
    graph = run.graphs().get(domain)
    if graph is None:
        raise HTTPException(404, f"{run.name} has no tool graph of that domain")
    held: Drawings = request.app.state.drawings
    return held.of(run.slug, domain, graph)


def _domains(run: Holding, graphs: Mapping[str, ToolGraph]) -> Iterator[Domain]:
    """The choices: the graphs, and beside several of them the domains that have none."""
    held = run.index.facets["domain"]
    for name, graph in graphs.items():
        yield Domain(name, held[name], len(graph.toolset.tools))
    if not graphs:
        yield Domain("", held[""], None)
    elif "" not in graphs:
        others = dict.fromkeys(name for name, _ in list(run.index.called) if name)
        found = (name for name in others if name not in graphs)
        yield from (Domain(name, held[name], None) for name in islice(found, _OFFERED))


def _listed(run: Holding, domain: str, graph: ToolGraph | None) -> Iterator[Listed]:
    """The tools of a graph and whatever else is called there, the most called first."""
    counts: Counter[str] = Counter()
    for (where, name), number in list(run.index.called.items()):
        if domain in ("", where):
            counts[name] += number
    about = {tool.name: tool.description for tool in graph.toolset.tools} if graph else {}
    names = {**dict.fromkeys(about), **dict.fromkeys(counts)}
    facets = {"domain": domain} if domain else {}
    for name in sorted(names, key=lambda one: (-counts[one], one)):
        address = Chosen(facets, tool=name).address()
        told = about.get(name, "" if graph is None else "not among the tools of the graph")
        yield Listed(name, told, counts[name], address)


def _title(run: Holding, domain: str, graph: ToolGraph | None) -> str:
    told = domain or (graph.toolset.domain or graph.toolset.name if graph else "")
    return told.replace("_", " ") or run.name


def _address(**held: str) -> str:
    """The part of an address behind the question mark; a file's name may be no text."""
    return urlencode(held, errors="replace")


ROUTES: Final[tuple[Any, ...]] = (
    Route("/runs/{slug}/tools", tools),
    Route("/runs/{slug}/tools/drawing", drawing),
)
