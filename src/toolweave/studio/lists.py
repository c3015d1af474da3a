"""Lists: what is open, the dialogues of one run that a filter lets through, and its failures."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from toolweave.reporting.rejections import rejected
from toolweave.schema.text import whole_number
from toolweave.studio.choosing import DECISIONS, Chosen
from toolweave.studio.holdings import Holding, Holdings
from toolweave.studio.index import FACETS
from toolweave.studio.pages import page, told
from toolweave.studio.rows import Row

PAGE: Final = 50
# Of the number of a page or a record.
DIGITS: Final = 9
# Values that a facet offers; a file from elsewhere may call its domains anything.
_OFFERED: Final = 200


class Facet(NamedTuple):
    """One choice of the filter: what can be chosen, with how many records, and what is."""

    name: str
    label: str
    values: Sequence[tuple[str, int]]
    chosen: str


class Listed(NamedTuple):
    """A row as the list shows it."""

    number: int
    row: Row
    decision: str


def holding(request: Request) -> Holding:
    """The run that an address names, its index brought up to date.

    Raises:
        HTTPException: 404, there is none.
    """
    held: Holdings = request.app.state.holdings
    try:
        found = held.get(request.path_params["slug"])
    except KeyError as error:
        raise HTTPException(404, "no such run is open") from error
    found.index.refresh()
    return found


def home(request: Request) -> Response:
    """What is open."""
    held: Holdings = request.app.state.holdings
    runs = held.all()
    for one in runs:
        one.index.refresh()
    return page(
        request, "home.html", runs=[(one, one.index.progress()) for one in runs], here="runs"
    )


def listing(request: Request) -> Response:
    """The dialogues of a run, those of a filter, fifty a page."""
    run = holding(request)
    chosen = Chosen.of(request.query_params)
    rows = run.index.rows
    decided = run.decisions()
    numbers = chosen.numbers(rows, decided)
    at = _page(request, len(numbers))
    shown = numbers[(at - 1) * PAGE : at * PAGE]
    return page(
        request, "list.html",
        run=run, here="list",
        progress=run.index.progress(),
        facets=list(_facets(run, chosen)),
        decisions=DECISIONS,
        chosen=chosen,
        found=len(numbers),
        listed=[Listed(n, rows[n - 1], decided.get(rows[n - 1].digest, "")) for n in shown],
        at=at,
        first=(at - 1) * PAGE + 1,
        pages=max(1, -(-len(numbers) // PAGE)),
        address=chosen.address(),
    )  # fmt: skip


def progress(request: Request) -> Response:
    """How far the index of a run is."""
    return told(holding(request).index.progress()._asdict())


def failures(request: Request) -> Response:
    """What came to nothing in a run, alike reasons together."""
    run = holding(request)
    found = rejected(run.source.rejected())
    return page(request, "failures.html", run=run, here="failures", rejected=found)


def go_home(_: Request) -> Response:
    """The list of runs has the studio's own address."""
    return RedirectResponse("/", 308)


def _facets(run: Holding, chosen: Chosen) -> Iterator[Facet]:
    for name in FACETS:
        values = [(value, n) for value, n in run.index.counted(name, _OFFERED) if value]
        if values:
            yield Facet(name, name, values, chosen.facets.get(name, ""))


def _page(request: Request, found: int) -> int:
    number = whole_number(request.query_params.get("page", ""), DIGITS)
    return max(1, min(number or 1, -(-found // PAGE)))


ROUTES: Final[tuple[Any, ...]] = (
    Route("/", home),
    Route("/runs", go_home),
    Route("/runs/{slug}", listing),
    Route("/runs/{slug}/progress", progress),
    Route("/runs/{slug}/failures", failures),
)
